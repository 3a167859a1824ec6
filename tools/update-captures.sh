#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Write captures/NAME.pcapng for every scenario, and remove those whose scenario is gone.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dsmipgen=${DSMIPV4_BUILD:-$root/build}/gen/dsmipgen

mkdir -p "$root/captures"
rm -f "$root"/captures/*.pcapng
names=$("$dsmipgen" list flows; "$dsmipgen" list rules | awk '{ print $1; print $1 ".near_miss" }')
awk 'NF { print $1 }' <<<"$names" | while read -r name; do
	"$dsmipgen" write "$name" -w "$root/captures/$name.pcapng"
done
