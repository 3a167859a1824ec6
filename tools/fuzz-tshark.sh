#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Feed mutated packets of every scenario to tshark with the plugin built under the sanitizers.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: tools/fuzz-tshark.sh [--cases] [PACKETS [SEED]]

	Dissects at least PACKETS (default 100000) mutated packets, both passes, with AddressSanitizer,
	UndefinedBehaviorSanitizer and Wireshark's strict memory checks. The first capture is mutated with
	SEED (default 1), the next with SEED + 1, and so on. A capture that fails is kept and named.

	With --cases the packets are those of \`dsmipgen fuzz\`, of one scenario after the other; they
	know the structure of a message. Else bytes of all scenarios' packets are changed anywhere. What
	the plugin has allocated and not freed at the end of a capture is a failure too.

	Needs dsmipgen in build/ and the plugin in build/asan/ (or where DSMIPV4_BUILD and
	DSMIPV4_ASAN_BUILD say):
	  cmake --preset asan && cmake --build --preset asan
	TEXT
}

[ "${1-}" != --help ] || { usage; exit; }
cases=no
[ "${1-}" != --cases ] || { cases=yes; shift; }
[[ ${1-1} =~ ^[1-9][0-9]*$ && ${2-1} =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }
packets=${1-100000}
seed=${2-1}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${DSMIPV4_BUILD:-$root/build}
asan_build=${DSMIPV4_ASAN_BUILD:-$root/build/asan}
nobody=65534

# libwireshark may leak itself, so leaks do not fail a run: see try().
hard=(
	ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 LSAN_OPTIONS=exitcode=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	WIRESHARK_DEBUG_WMEM_OVERRIDE=strict WIRESHARK_ABORT_ON_DISSECTOR_BUG=1 WIRESHARK_ABORT_ON_TOO_MANY_ITEMS=1
)

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
mkdir "$temporary/home"
cp -r "$asan_build/plugins" "$temporary/plugins"
chmod -R go+rX "$temporary"

libraries=$(ldd "$temporary"/plugins/*/epan/dsmipv4.so | awk '/lib(a|ub)san/ { print $3 }' | paste -sd:)
if [ -z "$libraries" ]; then
	echo "tools/fuzz-tshark.sh: the plugin in $asan_build is not built with the sanitizers" >&2
	exit 2
fi

as_user=()
[ "$(id -u)" -ne 0 ] || as_user=(setpriv "--reuid=$nobody" "--regid=$nobody" --clear-groups)

# Programs that tshark might start would run under the sanitizers too: no extcap folder.
hard_tshark() {
	timeout --kill-after=10 300 "${as_user[@]}" env HOME="$temporary/home" WIRESHARK_PLUGIN_DIR="$temporary/plugins" \
		WIRESHARK_EXTCAP_DIR="$temporary/home" LD_PRELOAD="$libraries" "${hard[@]}" tshark "$@" </dev/null
}

names=$("$build/gen/dsmipgen" list flows; "$build/gen/dsmipgen" list rules | awk '{ print $1; print $1 ".near_miss" }')
mapfile -t names < <(awk 'NF { print $1 }' <<<"$names")
"$build/gen/dsmipgen" write "${names[@]}" -w "$temporary/all.pcap"
chmod 644 "$temporary/all.pcap"
if [ -z "$(hard_tshark -nr "$temporary/all.pcap" -Y dsmipv4.rule)" ]; then
	echo "tools/fuzz-tshark.sh: tshark does not load the plugin of $asan_build" >&2
	exit 1
fi
each=$(capinfos -Mc "$temporary/all.pcap" | awk '/Number of packets/ { print $NF }')

fail() {
	local kept
	kept=$(mktemp -d)/${1##*/}
	cp "$1" "$kept"
	cat "$temporary/log" >&2
	echo "tools/fuzz-tshark.sh: $2 on $kept (seed $seed${name:+, scenario $name})" >&2
	exit 1
}

# Dissect a capture. Who allocated what leaked is only known after a walk up the stack for every block,
# which costs ten times the rest: it is done once there is a leak.
try() {
	chmod 644 "$1"
	hard_tshark -2 -nVxr "$1" >/dev/null 2>"$temporary/log" || fail "$1" 'tshark failed'
	if grep -q LeakSanitizer "$temporary/log"; then
		hard+=(ASAN_OPTIONS=detect_leaks=1:abort_on_error=1:fast_unwind_on_malloc=0)
		hard_tshark -2 -nVxr "$1" >/dev/null 2>"$temporary/log" || fail "$1" 'tshark failed'
		! grep -q 'dsmipv4\.so' "$temporary/log" || fail "$1" 'the plugin leaked'
		unset "hard[-1]"
	fi
	rm "$1"
}

# One seed in two leaves Ethernet, IPv4 and UDP alone, so that more of it reaches the plugin.
name=
done=0
while [ "$done" -lt "$packets" ] && [ $cases = no ]; do
	capture=$temporary/mutated-$seed.pcap
	editcap -F pcap -o $((seed % 2 * 42)) -E 0.02 --seed "$seed" "$temporary/all.pcap" "$capture" >/dev/null 2>&1
	try "$capture"
	seed=$((seed + 1))
	done=$((done + each))
done

# A share for each scenario, but enough to be worth the start of a program.
each=$(((packets + ${#names[@]} - 1) / ${#names[@]}))
[ $each -ge 1000 ] || each=1000
while [ "$done" -lt "$packets" ]; do
	name=${names[$((done / each % ${#names[@]}))]}
	capture=$temporary/cases-$name-$seed.pcap
	"$build/gen/dsmipgen" fuzz "$name" --seed "$seed" --count $each -w "$capture"
	try "$capture"
	seed=$((seed + 1))
	done=$((done + each))
done
echo "$done mutated packets, no finding"
