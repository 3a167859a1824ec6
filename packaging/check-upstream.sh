#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Applies the patches of doc/upstream to Wireshark's source tree, checks and builds them, and compares what the patched
# tshark says without the plugin with what is expected. Needs root.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: packaging/check-upstream.sh FOLDER

	FOLDER is one that packaging/check-in-tree.sh left: a root with Wireshark's source, built. Applies
	doc/upstream/*.patch there, runs Wireshark's own checkers over the files that they change, builds tshark,
	lets it read captures without the plugin, and compares with doc/upstream/expected.txt. Takes the patches
	back at the end. Exit status 0 if all is as expected.
	TEXT
}

case "${1-}" in
--help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac
[ $# -eq 1 ] || { usage >&2; exit 2; }
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath "$1")
root=$folder/root
source=$root/src/wireshark
log=$folder/upstream.log
in_root() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 chroot "$root" "$@"
}

printf '=== apply\n'
applied=()
take_back() {
	local patch plugin
	for plugin in "$log".*.so; do
		[ ! -e "$plugin" ] || mv "$plugin" "$(echo "$root"/src/build/run/plugins/*/epan)/dsmipv4.so"
	done
	for patch in "${applied[@]}"; do
		patch -d "$source" -p1 -R -s <"$patch"
	done
}
trap take_back EXIT
for patch in "$top"/doc/upstream/*.patch; do
	patch -d "$source" -p1 -s --no-backup-if-mismatch <"$patch"
	applied=("$patch" "${applied[@]}")
done
mapfile -t files < <(sed -n 's|^+++ b/\(.*\.c\)$|\1|p' "$top"/doc/upstream/*.patch | sort -u)
printf '%s\n' "${files[@]}"

printf "=== Wireshark's own checkers\n"
for file in "${files[@]}"; do
	in_root sh -c "
		set -e
		cd /src/wireshark
		perl tools/checkAPIs.pl -g dissectors-prohibited -g dissectors-restricted $file
		perl tools/checkfiltername.pl $file
		cd ${file%/*}
		perl /src/wireshark/tools/checkhf.pl ${file##*/}"
done
in_root sh -c "cd /src/wireshark; for file in ${files[*]}; do
	python3 tools/check_typed_item_calls.py --consecutive --mask --label --missing-items --file \$file
	python3 tools/check_tfs.py --file \$file; done" | tee "$log" | grep -E 'warning|error' |
	sort -u
if grep -q -E '(^|[^0-9])[1-9][0-9]* (warnings|errors)' "$log"; then
	exit 1
fi

printf '=== build\n'
if ! in_root ninja -C /src/build -j "${JOBS:-$(nproc)}" tshark >"$log" 2>&1; then
	tail -n 40 "$log" >&2
	exit 1
fi

printf '=== use, without the plugin\n'
mv "$root"/src/build/run/plugins/*/epan/dsmipv4.so "$log.dsmipv4.so"
mkdir -p "$root/src/captures"
cp "$top"/captures/{coa_mode,denied,hoa_mode_minimal,natt_coa_mode,natt_nexthdr}.pcapng "$root/src/captures"
# show CAPTURE FIELD ...: a line for each frame, by the tshark that was built
show() {
	local capture=$1 field options=()
	shift
	for field; do options+=(-e "$field"); done
	printf '%s: %s\n' "$capture" "$*"
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/nonexistent LC_ALL=C.UTF-8 \
		unshare --pid --fork --mount-proc="$root/proc" chroot --userspec=65534:65534 "$root" \
		/src/build/run/tshark -n -r "/src/captures/$capture.pcapng" -T fields -E separator=';' "${options[@]}" 2>>"$log"
}
extension=mip.ext.dsmipv4
{
	show coa_mode frame.number frame.protocols $extension.subtype $extension.code $extension.prefix $extension.prefix_length
	show denied frame.number $extension.subtype $extension.code $extension.prefix $extension.prefix_length
	show hoa_mode_minimal frame.number frame.protocols minenc.protocol minenc.dst minenc.src minenc.checksum.status
	show natt_coa_mode frame.number frame.protocols mip.nattt.nexthdr
	show natt_nexthdr frame.number frame.protocols mip.nattt.nexthdr
} | tee "$log.said" | diff "$top/doc/upstream/expected.txt" - || {
	echo 'packaging/check-upstream.sh: tshark says (>) something else than expected (<)' >&2
	exit 1
}
echo 'passed'
