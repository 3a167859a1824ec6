#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the plugin inside Wireshark's source tree, as plugins/epan/dsmipv4, and uses it. Needs root and mmdebstrap.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: packaging/check-in-tree.sh SUITE [FOLDER]

	Makes a root of the Debian suite (bookworm: Wireshark 4.0, trixie: 4.4, sid: 4.6), fetches Wireshark's source
	package there, copies plugin/ into it, builds tshark and the plugin with few options, and compares
	what this tshark says of the captures of tools/demo.sh with the verdicts that dsmipgen wrote into
	them. Exit status 0 if they agree. Needs build/gen/dsmipgen, and most of an hour of one processor.

	Everything stays in FOLDER, and what is there already is used again; without FOLDER nothing stays.
	JOBS is the number of compilers at once (default: one for each processor).
	TEXT
}

case "${1-}" in
--help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac
[ $# -eq 1 ] || [ $# -eq 2 ] || { usage >&2; exit 2; }
suite=$1
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${JOBS:-$(nproc)}
if [ $# -eq 2 ]; then
	folder=$(realpath -m "$2")
else
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
fi
root=$folder/root
source=$root/src/wireshark
mkdir -p "$folder"
in_root() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		chroot "$root" "$@"
}
# logged NAME COMMAND ...: its output goes into FOLDER/NAME.log, and to the terminal only if it fails
logged() {
	local log=$folder/$1.log
	shift
	if ! "$@" >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		echo "packaging/check-in-tree.sh: failed: $*" >&2
		exit 1
	fi
}

needed=(
	gcc g++ libc6-dev cmake ninja-build pkgconf python3 perl flex dpkg-dev
	libglib2.0-dev libgcrypt20-dev libc-ares-dev libpcap-dev libpcre2-dev libspeexdsp-dev zlib1g-dev
	libxml2-dev libxxhash-dev # from 4.4 on
)
if [ ! -d "$root" ]; then
	printf '=== %s: a root\n' "$suite"
	logged root "$top/packaging/debian-root.sh" "$suite" "$root" --variant=minbase --include="$(IFS=,; echo "${needed[*]}")"
fi
if [ ! -d "$source" ]; then
	printf '=== %s: the source\n' "$suite"
	sed 's/^deb /deb-src /' "$root/etc/apt/sources.list" >"$root/etc/apt/sources.list.d/source.list"
	mkdir -p "$root/src"
	logged update in_root apt-get -qq update
	logged source in_root sh -c 'cd /src && apt-get -qq source --download-only wireshark &&
		dpkg-source -x wireshark_*.dsc wireshark'
fi

printf '=== %s: build in %s\n' "$suite" "$(sed -n 's/^Version: /wireshark /p' "$root"/src/wireshark_*.dsc)"
rm -rf "$source/plugins/epan/dsmipv4"
cp -rp "$top/plugin" "$source/plugins/epan/dsmipv4"
echo 'set(CUSTOM_PLUGIN_SRC_DIR plugins/epan/dsmipv4)' >"$source/CMakeListsCustom.txt"
# All options are off but those that tshark, its plugins and its captures need.
mapfile -t off < <(sed -n -E 's/^[[:space:]]*option\(((BUILD|ENABLE)_[[:alnum:]_]+).*/\1/p' "$source/CMakeOptions.txt" |
	grep -v -x -E 'BUILD_tshark|ENABLE_(PLUGINS|PCAP|ZLIB|COMPILER_COLOR_DIAGNOSTICS)' | sort -u | sed 's/.*/-D&=OFF/')
# A first configuration takes the flags from the environment.
logged configure in_root env CFLAGS=-O0 CXXFLAGS=-O0 \
	cmake -G Ninja -S /src/wireshark -B /src/build -DCMAKE_BUILD_TYPE=None "${off[@]}"
logged build in_root ninja -C /src/build -j "$jobs" tshark dsmipv4

printf '=== %s: use\n' "$suite"
mkdir -p "$root/src/captures"
"$top/build/gen/dsmipgen" write coa_mode fa_hoa_mode -w "$root/src/captures/good.pcapng"
"$top/build/gen/dsmipgen" write prefix_bits mode_fa_coa -w "$root/src/captures/bad.pcapng"
chmod -R go+rX "$folder" "$root/src/captures"
# Not as root: for root, tshark ignores plugins outside its own folder. It finds its own folders by /proc.
tshark() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/nonexistent LC_ALL=C.UTF-8 \
		unshare --pid --fork --mount-proc="$root/proc" \
		chroot --userspec=65534:65534 "$root" /src/build/run/tshark "$@" 2>>"$folder/tshark.log"
}
tshark --version | sed -n 1p
tshark -G plugins | grep '^dsmipv4.so'
for capture in good bad; do
	tshark -n -r "/src/captures/$capture.pcapng" -T fields -e frame.number -e frame.comment -e dsmipv4.rule |
		sed -E 's/\t.*expect: /\t/; s/\tnone\t/\t\t/; s/,/ /g' | tee "$folder/$capture.txt" |
		awk -F '\t' -v capture=$capture '
			$2 != $3 { printf "%s frame %s: expected %s, raised %s\n", capture, $1, $2, $3; wrong = 1 }
			$2 != "" { broken++ }
			END {
				print capture ": " NR " frames, " broken + 0 " with broken rules"
				exit wrong || NR == 0 || (capture == "good") != (broken == 0)
			}'
done
echo 'passed'
