#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the packages in a fresh root of their Debian, uses them there as root and as an ordinary user, and removes
# them again. Needs root and mmdebstrap.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: packaging/check-deb.sh SUITE FOLDER [TARBALL]

	Makes a root of the Debian suite (or unpacks one that mmdebstrap made: TARBALL), installs the packages in
	FOLDER with apt, lets dsmipgen write what tools/demo.sh shows, judges it with tshark and dsmipcheck, as
	root and as an ordinary user, and purges the packages. Exit status 0 if all went well and nothing is left.
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
	mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | awk '/debian$/ && !found++')
	mmdebstrap --quiet --variant=apt "$suite" "$root" "$mirror"
fi
chmod 755 "$root"
in_root() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		chroot "$root" "$@"
}
files() {
	(cd "$root" && find etc usr opt var/lib -xdev ! -path 'var/lib/dpkg/*' ! -path 'var/lib/apt/*' ! -name '*.cache' | LC_ALL=C sort)
}

printf '=== %s: install\n' "$suite"
in_root apt-get -qq update
in_root apt-get -qq -y --no-install-recommends install tshark >/dev/null
in_root useradd --create-home tester
files >"$root/before"
mkdir "$root/packages"
cp "$packages"/wireshark-plugin-dsmipv4_*.deb "$packages"/dsmipv4-tools_*.deb "$root/packages"
in_root sh -c 'apt-get -qq -y --no-install-recommends install /packages/*.deb' >/dev/null
in_root tshark --version | sed -n 1p

cat >"$root/use.sh" <<'USE'
set -eu
cd "$(mktemp -d)"
ldd /usr/bin/dsmipgen /usr/bin/dsmipcheck | grep -E 'libwire|libwsutil' && exit 1
tshark -G plugins 2>/dev/null | grep -q '^dsmipv4.so'
tshark -D 2>/dev/null | grep -q dsmipgen
dsmipgen write coa_mode fa_hoa_mode -w good.pcapng
dsmipgen write prefix_bits mode_fa_coa -w bad.pcapng
test -z "$(tshark -n -r good.pcapng -T fields -e dsmipv4.rule 2>/dev/null | tr -d '\n')"
tshark -n -r bad.pcapng -Y dsmipv4.rule -T fields -e dsmipv4.rule 2>/dev/null | sort | uniq -c
dsmipcheck good.pcapng >/dev/null
status=0
dsmipcheck bad.pcapng >/dev/null || status=$?
test $status = 1
dsmipcheck --expect good.pcapng bad.pcapng >/dev/null
echo "passed as $(id -un)"
USE
in_root sh /use.sh
in_root su tester -c 'sh /use.sh'

printf '=== %s: purge\n' "$suite"
in_root apt-get -qq -y --auto-remove purge wireshark-plugin-dsmipv4 dsmipv4-tools >/dev/null
files >"$root/after"
left=$(LC_ALL=C comm -13 "$root/before" "$root/after")
if [ -n "$left" ]; then
	printf 'packaging/check-deb.sh: left after the purge:\n%s\n' "$left" >&2
	exit 1
fi
echo 'nothing is left'
