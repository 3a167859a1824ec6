#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds and installs the project in a fresh root of Debian as an ordinary user, as README.md says, and uses it there.
# Needs root and mmdebstrap.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: packaging/check-install.sh SUITE [TARBALL]

	Makes a root of the Debian suite (or unpacks one that mmdebstrap made: TARBALL) and installs there what
	tools/debian-setup.sh --build names. The rest is done by an ordinary user: build, install below
	~/.local, run packaging/check-use.sh, uninstall. Exit status 0 if all went well and nothing is left.
	TEXT
}

case "${1-}" in
--help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac
[ $# -eq 1 ] || [ $# -eq 2 ] || { usage >&2; exit 2; }
suite=$1
tarball=${2-}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
if [ -n "$tarball" ]; then
	tar -x -C "$root" -f "$tarball"
	chmod 755 "$root"
else
	"$top/packaging/debian-root.sh" "$suite" "$root" --variant=minbase
fi
in_root() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 chroot "$root" "$@"
}

printf '=== %s: what building needs\n' "$suite"
in_root useradd --create-home tester
mkdir "$root/home/tester/source"
tar -C "$top" --exclude=./build --exclude=./.git --exclude=__pycache__ --exclude=.pytest_cache -c . |
	tar -C "$root/home/tester/source" -x
in_root /home/tester/source/tools/debian-setup.sh --build >/dev/null
in_root chown -R tester: /home/tester

printf '=== %s: build, install, use, uninstall\n' "$suite"
in_root su - tester -c '
	set -eu
	cd source
	find ~ -path ~/source -prune -o -print | sort >/tmp/before
	cmake --preset default -DBUILD_TESTING=OFF >/dev/null
	cmake --build --preset default >/dev/null
	cmake --install build --prefix ~/.local | grep "Wireshark .* finds the plugin"
	PATH=~/.local/bin:$PATH sh packaging/check-use.sh
	cmake --build build --target uninstall >/dev/null
	find ~ -path ~/source -prune -o ! -type d -print | sort >/tmp/after
	comm -13 /tmp/before /tmp/after >/tmp/left'
if [ -s "$root/tmp/left" ]; then
	echo 'packaging/check-install.sh: left after uninstalling:' >&2
	cat "$root/tmp/left" >&2
	exit 1
fi
echo 'nothing is left'
