#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the packages in a fresh root of their Debian, uses them there as root and as an ordinary user, and removes
# them again. Needs root and mmdebstrap.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: packaging/check-deb.sh SUITE FOLDER [TARBALL]

	Makes a root of the Debian suite (or unpacks one that mmdebstrap made: TARBALL), installs the packages in
	FOLDER with apt, runs packaging/check-use.sh as root and as an ordinary user, lets that user send by the
	file capability that README.Debian describes, and purges the packages. Exit status 0 if all went well
	and the same files are there as before.
	TEXT
}

case "${1-}" in
--help) usage; exit ;;
esac
[ $# -eq 2 ] || [ $# -eq 3 ] || { usage >&2; exit 2; }
suite=$1
packages=$(realpath "$2")
tarball=${3-}

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
if [ -n "$tarball" ]; then
	tar -x -C "$root" -f "$tarball"
else
	"$(dirname "${BASH_SOURCE[0]}")/debian-root.sh" "$suite" "$root" --variant=minbase
fi
chmod 755 "$root"
in_root() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		chroot "$root" "$@"
}
# All files but those in which apt and dpkg keep their own records, and those of this script.
files() {
	(cd "$root" && find . -xdev ! -path './var/lib/dpkg/*' ! -path './var/lib/apt/*' ! -path './var/cache/apt/*' \
		! -path './var/log/*' ! -path './tmp/*' ! -path './packages*' ! -name use.sh ! -path './before' ! -path './after') |
		LC_ALL=C sort
}

printf '=== %s: install\n' "$suite"
in_root apt-get -qq update
in_root apt-get -qq -y --no-install-recommends install tshark libcap2-bin iproute2 >/dev/null
in_root useradd --create-home tester
files >"$root/before"
mkdir "$root/packages"
cp "$packages"/wireshark-plugin-dsmipv4_*.deb "$packages"/dsmipv4-tools_*.deb "$root/packages"
in_root sh -c 'apt-get -qq -y --no-install-recommends install /packages/*.deb' >/dev/null
in_root tshark --version | sed -n 1p

cp "$(dirname "${BASH_SOURCE[0]}")/check-use.sh" "$root/use.sh"
in_root sh /use.sh
in_root su tester -c 'sh /use.sh'

printf '=== %s: send without being root, as README.Debian says\n' "$suite"
in_root setcap cap_net_raw+ep /usr/bin/dsmipgen
in_root unshare --net sh -c 'ip link set lo up && su tester -c "dsmipgen send coa_mode -i lo --topspeed"'

printf '=== %s: purge\n' "$suite"
in_root apt-get -qq -y --auto-remove purge wireshark-plugin-dsmipv4 dsmipv4-tools >/dev/null
files >"$root/after"
if ! LC_ALL=C diff "$root/before" "$root/after" >&2; then
	echo 'packaging/check-deb.sh: after the purge, files are left (>) or missing (<)' >&2
	exit 1
fi
echo "nothing is left: $(wc -l <"$root/before") files and folders before, $(wc -l <"$root/after") after"
