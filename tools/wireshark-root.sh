#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Unpack another Debian suite's Wireshark beside the system's, to build and test the plugin against it.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: tools/wireshark-root.sh SUITE [FOLDER]

	Makes FOLDER (default: build/wireshark-SUITE) from the packages of a Debian suite, for example trixie
	(Wireshark 4.4) or sid (4.6), and builds the plugin against it with the host's compiler. Nothing is
	installed on the host. FOLDER/programs has tshark and sharkd of that suite, which run as they are;
	FOLDER/build has the plugin:

	  PATH=FOLDER/programs:\$PATH WIRESHARK_PLUGIN_DIR=FOLDER/build/plugins tshark -r capture.pcapng

	tools/test.sh --wireshark SUITE tests the plugin with it.

	Packages are kept in \${XDG_CACHE_HOME:-~/.cache}/dsmipv4/SUITE, and fetched again when the suite has newer ones.
	Exit status: 0 done, 1 it does not build, 2 usage, 3 the packages could not be fetched.
	TEXT
}

case "${1-}" in
--help) usage; exit ;;
'' | -*) usage >&2; exit 2 ;;
esac
suite=$1
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${2:-$top/build/wireshark-$suite}")
root=$folder/root
apt=${XDG_CACHE_HOME:-$HOME/.cache}/dsmipv4/$suite
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | awk '/debian$/ && !found++')

mkdir -p "$apt"/{lists/partial,cache/archives/partial}
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/sources.list"
options=(-qq -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" -o Dir::State::status=/dev/null
	-o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
	-o APT::Sandbox::User=root -o Debug::NoLocking=true -o APT::Update::Error-Mode=any)

fetch() {
	apt-get "${options[@]}" update &&
		apt-get "${options[@]}" install -y --download-only --no-install-recommends tshark libwireshark-dev &&
		apt-get "${options[@]}" autoclean &&
		(cd "$apt/cache/archives" && apt-get "${options[@]}" download wireshark-dev libgcrypt20-dev libgpg-error-dev)
}

if ! fetch; then
	echo "tools/wireshark-root.sh: the packages of $suite could not be fetched from $mirror" >&2
	exit 3
fi

mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
for link in bin sbin lib lib64; do ln -sfn "usr/$link" "$root/$link"; done
for package in "$apt"/cache/archives/*.deb; do
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink
done

config=$(find "$root/usr/lib" -name WiresharkConfig.cmake -printf '%h' -quit)
cmake -G Ninja -S "$top" -B "$folder/build" -DWireshark_DIR="$config" -DDSMIPV4_PLUGIN_ONLY=ON -DDSMIPV4_WERROR=ON
cmake --build "$folder/build"

# Its programs run with its own libraries, by its own loader: no chroot is needed.
libraries=${config%/cmake/*}
loader=$(find "$libraries" -maxdepth 1 -name 'ld-*.so.*' -print -quit)
mkdir -p "$folder/programs"
for program in tshark sharkd; do
	cat >"$folder/programs/$program" <<-TEXT
	#!/bin/sh
	export WIRESHARK_DATA_DIR='$root/usr/share/wireshark'
	exec '$loader' --library-path '$libraries' '$root/usr/bin/$program' "\$@"
	TEXT
	chmod 755 "$folder/programs/$program"
done
"$folder/programs/tshark" --version | sed -n 1p
