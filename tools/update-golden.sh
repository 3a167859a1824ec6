#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Write tests/golden/FLOW.txt, what tshark prints of each flow. Check what changed against the RFC
# before you commit it: the tests only hold the plugin to what is in these files.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dsmipgen=${DSMIPV4_BUILD:-$root/build}/gen/dsmipgen
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

mkdir -p "$root/tests/golden"
rm -f "$root"/tests/golden/*.txt
"$dsmipgen" list flows | awk 'NF { print $1 }' | while read -r flow; do
	"$dsmipgen" write "$flow" -w "$temporary/$flow.pcapng"
	LC_ALL=C.UTF-8 TZ=UTC "$root/tools/tshark.sh" -n -r "$temporary/$flow.pcapng" -P -O dsmipv4 \
		>"$root/tests/golden/$flow.txt" </dev/null
done
