#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages of the plugin and of the tools, for the Debian that this runs on.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: packaging/build-deb.sh [--setup] [--test] [--check] [FOLDER]

	Builds wireshark-plugin-dsmipv4 and dsmipv4-tools for the version of Debian and of Wireshark on this
	machine, from the files of the source tree, and puts them into FOLDER (default: build/deb). Install them:

	  sudo apt install FOLDER/*.deb

	  --setup  install the packages that building needs first
	  --test   run the unit tests, too
	  --check  check the packages with lintian, and the compiler's options with blhc
	TEXT
}

setup=no
check=no
test=no
folder=
for option; do
	case $option in
	--setup) setup=yes ;;
	--test) test=yes ;;
	--check) check=yes ;;
	--help) usage; exit ;;
	-*) usage >&2; exit 2 ;;
	*) [ -z "$folder" ] || { usage >&2; exit 2; }; folder=$option ;;
	esac
done

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${folder:-$top/build/deb}")
. /etc/os-release
suffix=${VERSION_ID:+deb$VERSION_ID}
suffix=${suffix:-sid}
version=$(sed -n -E 's/^project\(dsmipv4 VERSION ([0-9.]+).*/\1/p' "$top/CMakeLists.txt")
# Two builds of the same files are the same: the time is that of the newest change.
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null || date +%s -r "$top/CHANGELOG.md")}

if [ $setup = yes ]; then
	"$top/tools/debian-setup.sh" --package
fi

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
source=$temporary/dsmipv4-$version
mkdir -p "$source" "$folder"
tar -C "$top" --exclude=./build --exclude=./.git --exclude=__pycache__ --exclude=.pytest_cache -c . | tar -C "$source" -x
cp -r "$top/packaging/debian" "$source/debian"
maintainer=$(sed -n 's/^Maintainer: //p' "$source/debian/control")
cat >"$source/debian/changelog" <<TEXT
dsmipv4 ($version+$suffix) ${VERSION_CODENAME:-unstable}; urgency=medium

  * See the upstream changelog.

 -- $maintainer  $(date -u -R -d "@$epoch")
TEXT

options=(nocheck)
[ $test = no ] || options=()
log=$folder/dsmipv4_$version+$suffix.build
if ! (cd "$source" && SOURCE_DATE_EPOCH=$epoch DEB_BUILD_OPTIONS="${options[*]-} parallel=$(nproc)" \
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
