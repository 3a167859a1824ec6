#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The installed tshark with the plugin of the build tree: tools/tshark.sh -r capture.pcapng -V
#
# Wireshark ignores plugin folders of a user's choice when it runs as root. So as root, tshark is run
# as an ordinary user, from copies of the plugin and of the capture that this user can read.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
plugins=${DSMIPV4_BUILD:-$root/build}/plugins
nobody=65534

if ! compgen -G "$plugins/*/epan/dsmipv4.so" >/dev/null; then
	echo "tools/tshark.sh: no plugin below $plugins; build it first:" >&2
	echo "  cmake --preset default && cmake --build --preset default" >&2
	exit 2
fi

if [ "$(id -u)" -ne 0 ]; then
	WIRESHARK_PLUGIN_DIR=$plugins exec tshark "$@"
fi

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
cp -r "$plugins" "$temporary/plugins"
mkdir "$temporary/home"
chown -R "$nobody:$nobody" "$temporary/home"
chmod -R go+rX "$temporary"

as_user() {
	setpriv --reuid=$nobody --regid=$nobody --clear-groups env HOME="$temporary/home" \
		WIRESHARK_PLUGIN_DIR="$temporary/plugins" "$@"
}

# The path that the ordinary user finds the capture $1 at.
readable() {
	local path
	if [ "$1" = - ]; then
		printf '%s' -
		return
	fi
	path=$(realpath -- "$1")
	if [ -f "$path" ] && ! as_user test -r "$path"; then
		cp -- "$path" "$temporary/"
		path=$temporary/${path##*/}
		chmod 644 "$path"
	fi
	printf '%s' "$path"
}

# -r FILE, -rFILE, and both behind letters that take no argument: -nr FILE
option='^(-[2DghIlLnpPqQSvVx]*r|--read-file=)(.*)$'
arguments=()
while [ $# -gt 0 ]; do
	if [[ $1 =~ $option && -n ${BASH_REMATCH[2]} ]]; then
		arguments+=("${BASH_REMATCH[1]}$(readable "${BASH_REMATCH[2]}")")
	elif [[ $1 = --read-file || $1 =~ $option ]] && [ $# -gt 1 ]; then
		arguments+=("$1" "$(readable "$2")")
		shift
	else
		arguments+=("$1")
	fi
	shift
done

# Where that user may not enter, tshark complains about the files that it looks for, such as IOR.txt. An
# empty folder that it may not write to stands in: what it could not write before, it still cannot.
if ! as_user test -x .; then
	mkdir -m 755 "$temporary/empty"
	cd "$temporary/empty"
fi
as_user tshark "${arguments[@]}"
