#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fetch the scripts by which Wireshark checks its own sources.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: tools/upstream-checkers.sh [FOLDER]

	Leaves the folder tools/ of Wireshark's source package in FOLDER (default: build/upstream), unless it is
	there already. The package is that of this machine's Debian release, 45 MB, from the mirror that apt uses;
	the sources that apt knows stay as they are, and nothing is installed.

	tests/test_upstream.py runs the scripts.
	TEXT
}

case "${1-}" in
--help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${1:-$top/build/upstream}")
mkdir -p "$folder"
exec 9>"$folder/lock" # whoever else wants them waits
flock 9
[ ! -d "$folder/tools" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | awk '/debian$/ && !found++')
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mkdir -p "$work"/{lists,cache/archives}/partial
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$work/sources.list"
options=(-qq -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o Dir::State::status=/dev/null
	-o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
	-o APT::Sandbox::User=root -o Debug::NoLocking=true -o APT::Update::Error-Mode=any
	-o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20)

cd "$work"
apt-get "${options[@]}" update
apt-get "${options[@]}" source --download-only wireshark
mkdir unpacked
tar -x -f wireshark_*.orig.tar.* -C unpacked --strip-components=1 --wildcards '*/tools/*.pl' '*/tools/*.py'
mv unpacked/tools "$folder/tools"
