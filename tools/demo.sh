#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Build everything, generate a capture, and show what tshark says of it.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: tools/demo.sh [--no-setup]

	Installs the packages that the project needs, builds it, lets dsmipgen write two conformant
	sessions and two malformed registrations, and shows how tshark with the plugin decodes them.

	  --no-setup   do not install packages
	TEXT
}

setup=yes
case "${1-}" in
'') ;;
--no-setup) setup=no ;;
--help) usage; exit ;;
*) usage >&2; exit 2 ;;
esac

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
capture=$build/demo.pcapng
conformant=(coa_mode fa_hoa_mode)
malformed=(prefix_bits mode_fa_coa)

# Run a command that has nothing to say unless it fails.
quietly() {
	local log
	log=$(mktemp)
	if ! "$@" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}

heading() {
	printf '\n=== %s\n\n' "$1"
}

tshark() {
	LC_ALL=C.UTF-8 "$root/tools/tshark.sh" -n -r "$capture" "$@"
}

# Of the frames that pass filter $1 the line of the summary and our tree.
dissection() {
	tshark -Y "$1" -P -O dsmipv4 | sed -n -E '/^ *[0-9]+ +[0-9]+\.[0-9]/p; /^Dual-Stack/,/^$/p'
}

if [ $setup = yes ]; then
	echo 'Installing what is missing (tools/debian-setup.sh --build) ...'
	quietly "$root/tools/debian-setup.sh" --build
fi
echo 'Building ...'
cd "$root"
quietly cmake --preset default
quietly cmake --build --preset default
quietly "$build/gen/dsmipgen" write "${conformant[@]}" "${malformed[@]}" -w "$capture"

heading "Two conformant sessions (${conformant[*]}) and two malformed ones (${malformed[*]})"
tshark

heading 'A registration and its reply'
dissection 'frame.number <= 2'

heading 'What is wrong with the malformed ones, and which RFC says so'
dissection dsmipv4.rule

heading 'All warnings of the capture'
tshark -q -z 'expert,note,dsmipv4.rule'

cat <<TEXT

Written: $capture
Look at it again: tools/tshark.sh -r $capture -O dsmipv4
TEXT
