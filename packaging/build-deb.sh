#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages of the plugin and of the tools, for the Debian that this runs on or for another.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: packaging/build-deb.sh [--setup] [--suite SUITE] [--test] [--check] [FOLDER]

	Builds wireshark-plugin-dsmipv4 and dsmipv4-tools for the version of Debian and of Wireshark on this
	machine, from the files of the source tree, and puts them into FOLDER (default: build/deb, or build/deb/SUITE).
	Install them:

	  sudo apt install FOLDER/*.deb

	  --setup        install the packages that this needs first
	  --suite SUITE  build for another suite of Debian, for example trixie (Wireshark 4.4) or sid (4.6): in a
	                 fresh root of it that is removed afterwards. Needs root and mmdebstrap, and installs
	                 nothing here
	  --test         run the unit tests, too
	  --check        check the packages with lintian, and the compiler's options with blhc
	TEXT
}

setup=no
suite=
check=no
test=no
folder=
in_root=(--setup) # the options for this script where it runs in a root of another suite
while [ $# -gt 0 ]; do
	case $1 in
	--setup) setup=yes ;;
	--suite) suite=${2:?--suite needs the name of a suite}; shift ;;
	--test) test=yes; in_root+=("$1") ;;
	--check) check=yes; in_root+=("$1") ;;
	--help) usage; exit ;;
	-*) usage >&2; exit 2 ;;
	*) [ -z "$folder" ] || { usage >&2; exit 2; }; folder=$1 ;;
	esac
	shift
done

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${folder:-$top/build/deb${suite:+/$suite}}")
version=$(sed -n -E 's/^project\(dsmipv4 VERSION ([0-9.]+).*/\1/p' "$top/CMakeLists.txt")
# Two builds of the same files are the same: the time is that of the newest change.
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null || date +%s -r "$top/CHANGELOG.md")}

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
# copy_source FOLDER: the files of the source tree, and nothing that was built from them
copy_source() {
	mkdir -p "$1"
	tar -C "$top" --exclude=./build --exclude=./.git --exclude=__pycache__ --exclude=.pytest_cache -c . | tar -C "$1" -x
}
mkdir -p "$folder"

if [ -n "$suite" ]; then
	root=$temporary/root
	"$top/packaging/debian-root.sh" "$suite" "$root"
	copy_source "$root/source"
	status=0
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH="$epoch" \
		chroot "$root" /source/packaging/build-deb.sh "${in_root[@]}" /packages || status=$?
	cp -r "$root/packages/." "$folder"
	exit $status
fi

if [ $setup = yes ]; then
	"$top/tools/debian-setup.sh" "$([ $check = yes ] && echo --lint || echo --package)"
fi
. /etc/os-release
suffix=${VERSION_ID:+deb$VERSION_ID}
suffix=${suffix:-sid}
distribution=${VERSION_ID:+$VERSION_CODENAME}
source=$temporary/dsmipv4-$version
copy_source "$source"
cp -r "$top/packaging/debian" "$source/debian"
maintainer=$(sed -n 's/^Maintainer: //p' "$source/debian/control")
cat >"$source/debian/changelog" <<TEXT
dsmipv4 ($version+$suffix) ${distribution:-unstable}; urgency=medium

  * See the upstream changelog.

 -- $maintainer  $(date -u -R -d "@$epoch")
TEXT

options=(noautodbgsym) # what FOLDER/*.deb names is all that users install
[ $test = yes ] || options+=(nocheck)
log=$folder/dsmipv4_$version+$suffix.build
if ! (cd "$source" && SOURCE_DATE_EPOCH=$epoch DEB_BUILD_OPTIONS="${options[*]} parallel=$(nproc)" \
	dpkg-buildpackage -us -uc -b) >"$log" 2>&1; then
	tail -n 40 "$log" >&2
	echo "packaging/build-deb.sh: the build failed; its whole output is in $log" >&2
	exit 1
fi
mv "$temporary"/*.deb "$temporary"/*.changes "$temporary"/*.buildinfo "$folder"
ls "$folder"/*"_$version+$suffix"_*.deb
if [ $check = yes ]; then
	lintian --fail-on error,warning --allow-root "$folder/dsmipv4_$version+${suffix}_$(dpkg --print-architecture).changes"
	blhc --all "$log"
fi
