#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Unpack another Debian suite's Wireshark beside the system's, to build and test the plugin against it.
set -euo pipefail

usage() {
	cat <<TXT
Usage: tools/wireshark-root.sh SUITE [FOLDER]

Makes FOLDER (default: build/wireshark-SUITE) from the packages of a Debian suite, for example trixie
(Wireshark 4.4) or sid (4.6), builds the plugin against it with the host's compiler, and has its
tshark list and use the plugin. Nothing is installed on the host. Needs root, for chroot.
TXT
}

[ $# -ge 1 ] && [ "$1" != --help ] || { usage; exit $(( $# ? 0 : 2 )); }
suite=$1
top=$(cd "$(dirname "$0")/.." && pwd)
root=$(realpath -m "${2:-$top/build/wireshark-$suite}")
apt=$root.apt
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m 1 'debian$')

mkdir -p "$apt"/{lists/partial,cache/archives/partial}
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/sources.list"
options=(-qq -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" -o Dir::State::status=/dev/null
	-o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
	-o APT::Sandbox::User=root -o Debug::NoLocking=true)

apt-get "${options[@]}" update
apt-get "${options[@]}" install -y --download-only --no-install-recommends tshark libwireshark-dev
(cd "$apt/cache/archives" && apt-get "${options[@]}" download wireshark-dev libgcrypt20-dev libgpg-error-dev)

mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
for link in bin sbin lib lib64; do ln -sfn "usr/$link" "$root/$link"; done
for package in "$apt"/cache/archives/*.deb; do
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink
done

config=$(find "$root/usr/lib" -name WiresharkConfig.cmake -printf '%h' -quit)
cmake -G Ninja -S "$top" -B "$root.build" -DWireshark_DIR="$config" -DDSMIPV4_PLUGIN_ONLY=ON -DDSMIPV4_WERROR=ON
cmake --build "$root.build"
mkdir -p "$root/pd"
cp -r "$root.build/plugins/." "$root/pd/"
mkdir -p "$root/tmp"
chmod 1777 "$root/tmp"
env -i PATH="$PATH" HOME=/nonexistent WIRESHARK_PLUGIN_DIR=/pd chroot --userspec=65534:65534 "$root" /usr/bin/tshark -G plugins |
	grep dsmipv4
echo "$root is ready: chroot --userspec=65534:65534 $root env WIRESHARK_PLUGIN_DIR=/pd tshark ..."
