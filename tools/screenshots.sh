#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Take the pictures of the documentation: Wireshark under Xvfb with the plugin and the profile of this tree, and the HTML
# report in Chromium.
#
# Needs the Debian packages wireshark-qt, xvfb, xdotool, imagemagick and chromium.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${DSMIPV4_BUILD:-$root/build}
nobody=65534

usage() {
	cat <<-TEXT
	Usage: tools/screenshots.sh [FOLDER]

	Writes packet-list.png, nodes.png, response-times.png and report.png to FOLDER (default: doc/pictures).
	TEXT
}

case "${1-}" in
--help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac
folder=$(realpath -- "${1:-$root/doc/pictures}")
for program in wireshark Xvfb xdotool import chromium; do
	command -v "$program" >/dev/null || { echo "tools/screenshots.sh: $program is not installed" >&2; exit 3; }
done

# Wireshark ignores plugin folders of a user's choice when it runs as root.
temporary=$(mktemp -d)
processes=()
cleanup() {
	kill "${processes[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$temporary"
}
trap cleanup EXIT
configuration=$temporary/home/.config/wireshark
mkdir -p "$configuration/profiles"
cp -r "$build/plugins" "$temporary/plugins"
cp -r "$root/plugin/profile/DSMIPv4" "$configuration/profiles/"
cat >> "$configuration/profiles/DSMIPv4/recent" <<-'TEXT'
	gui.geometry_main_upper_pane: 250
	gui.geometry_main_lower_pane: 1000
TEXT
for example in no_ipv6 old_tunnel wrong_key; do
	"$build/gen/dsmipgen" write "$root/doc/examples/$example.yaml" -w "$temporary/$example.pcapng"
done
chmod -R go+rX "$temporary"
as_user=(env HOME="$temporary/home" XDG_CONFIG_HOME="$temporary/home/.config" XDG_RUNTIME_DIR="$temporary/home"
	WIRESHARK_PLUGIN_DIR="$temporary/plugins" TZ=UTC)
if [ "$(id -u)" -eq 0 ]; then
	chown -R $nobody:$nobody "$temporary/home"
	as_user=(setpriv --reuid=$nobody --regid=$nobody --clear-groups "${as_user[@]}")
fi
cd "$temporary"

Xvfb -displayfd 3 -screen 0 1800x700x24 3> display >/dev/null 2>&1 &
processes+=($!)
until [ -s display ]; do sleep 0.1; done
DISPLAY=:$(cat display)
export DISPLAY

# window TITLE: the id of the window whose title begins so, once it is there and drawn.
window() {
	local id=''
	for _ in $(seq 100); do
		id=$(xdotool search --name "^$1" 2>/dev/null | tail -n 1) && [ -n "$id" ] && break
		sleep 0.2
	done
	[ -n "$id" ] || { echo "tools/screenshots.sh: no window \"$1\"" >&2; exit 3; }
	sleep 3
	printf '%s' "$id"
}

# picture FILE TITLE WIDTH HEIGHT ARGUMENTS OF WIRESHARK...
picture() {
	local file=$1 title=$2 width=$3 height=$4 id wireshark
	shift 4
	"${as_user[@]}" wireshark -C DSMIPv4 "$@" >wireshark.log 2>&1 &
	wireshark=$!
	processes+=($wireshark)
	id=$(window "$title")
	xdotool windowmove "$id" 0 0 windowsize "$id" "$width" "$height"
	sleep 2
	import -window "$id" "$folder/$file"
	kill $wireshark
	wait $wireshark 2>/dev/null || true
	echo "$folder/$file"
}

picture packet-list.png old_tunnel 1380 640 -r old_tunnel.pcapng -g 10
picture nodes.png '.*DSMIPv4 Mobile Nodes' 1800 200 -r wrong_key.pcapng -z dsmipv4,nodes
picture response-times.png '.*Service Response Time' 900 420 -r no_ipv6.pcapng -z dsmipv4,srt
"${as_user[@]}" "$build/check/dsmipcheck" -q --html "$temporary/home/report.html" old_tunnel.pcapng || [ $? -eq 1 ]
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1000,1400 \
	--screenshot="$folder/report.png" "file://$temporary/home/report.html" >chromium.log 2>&1
echo "$folder/report.png"
