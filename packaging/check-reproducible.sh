#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the project twice, in folders, at times and in environments that differ, and compares what is installed.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: packaging/check-reproducible.sh [--keep FOLDER]

	Builds and installs the source tree twice and compares every file. The builds differ in their folders,
	languages, time zones, umasks, numbers of processors and times of day. Exit status 0 if all files are
	the same, 1 if not; what differs is then listed.

	  --keep FOLDER  leave what was installed in FOLDER/first and FOLDER/second
	TEXT
}

keep=
while [ $# -gt 0 ]; do
	case $1 in
	--keep) keep=$(realpath -m "${2:?--keep needs a folder}"); shift ;;
	--help) usage; exit ;;
	*) usage >&2; exit 2 ;;
	esac
	shift
done

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
installed=${keep:-$temporary/installed}
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null || date +%s -r "$top/CHANGELOG.md")}

# build NAME FOLDER [VARIABLE=VALUE...]: install what is built in that folder below $installed/NAME
build() {
	local name=$1 source=$temporary/$2
	shift 2
	mkdir -p "$source" "$installed/$name"
	tar -C "$top" --exclude=./build --exclude=./.git --exclude=__pycache__ -c . | tar -C "$source" -x
	if ! (
		cd "$source"
		export "$@"
		cmake -G Ninja -S . -B out -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_TESTING=OFF &&
			cmake --build out -j"$JOBS" && DESTDIR=$installed/$name cmake --install out
	) >"$temporary/$name.log" 2>&1; then
		tail -n 40 "$temporary/$name.log" >&2
		echo "packaging/check-reproducible.sh: the $name build failed" >&2
		exit 1
	fi
}

sums() {
	(cd "$installed/$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum && find . -type l -printf '%p -> %l\n' | sort)
}

umask 022
build first a JOBS="$(nproc)" LC_ALL=C.UTF-8 TZ=UTC
sleep 1
umask 077
build second a-folder/with-a-longer-name/of-its-own JOBS=1 LC_ALL=C TZ=Asia/Kathmandu
if ! diff <(sums first) <(sums second); then
	echo 'packaging/check-reproducible.sh: these files differ between the builds' >&2
	exit 1
fi
echo "$(sums first | wc -l) files are the same in both builds"
