#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Build everything with warnings as errors and run all tests, the sanitizers and the fuzzers too.
set -uo pipefail

usage() {
	cat <<-TEXT
	Usage: tools/test.sh [OPTION...]

	Installs the packages that the project needs, builds it and runs every test. The last line counts
	them. Exit status 0 if all passed.

	  --no-setup         do not install packages
	  --no-fuzz          leave the fuzzers out
	  --fuzz-seconds N   how long each fuzzer runs (default 15)
	  --jobs N           tests at a time (default: one for each processor)
	  --wireshark SUITE  test the plugin with the Wireshark of another Debian suite as well, for
	                     example trixie (4.4) or sid (4.6)
	TEXT
}

setup=yes
fuzz=yes
fuzz_seconds=15
jobs=$(nproc)
suites=()
while [ $# -gt 0 ]; do
	case $1 in
	--no-setup) setup=no ;;
	--no-fuzz) fuzz=no ;;
	--fuzz-seconds | --jobs)
		[[ ${2-} =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }
		if [ "$1" = --jobs ]; then jobs=$2; else fuzz_seconds=$2; fi
		shift
		;;
	--wireshark)
		[[ ${2-} =~ ^[a-z]+$ ]] || { usage >&2; exit 2; }
		suites+=("$2")
		shift
		;;
	--help) usage; exit ;;
	*) usage >&2; exit 2 ;;
	esac
	shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
root=$PWD
python=/usr/bin/python3 # Debian's, with its pytest and scapy, whatever else is in PATH
results=$root/build/test-results

passed=0
failed=0
skipped=0

# Runners answer Ctrl-C themselves and end in order, after which this script would go on with the next one.
trap 'trap - INT; kill -INT $$' INT

finish() {
	local extra=
	[ $skipped -eq 0 ] || extra=", $skipped skipped"
	echo
	echo "$passed passed, $failed failed$extra"
	[ $failed -eq 0 ] && [ $passed -gt 0 ]
	exit
}

heading() {
	printf '\n=== %s\n' "$1"
}

# A step that nothing after it can do without.
need() {
	if ! "$@"; then
		echo "tools/test.sh: failed: $*" >&2
		failed=$((failed + 1))
		finish
	fi
}

# Add the figures of a JUnit file, which a runner writes when it ended in order. $1: its exit status.
count() {
	local counts p f s
	if ! [ -s "$2" ] || ! counts=$($python - "$2" <<'PYTHON'
import sys
import xml.etree.ElementTree as ElementTree
suites = list(ElementTree.parse(sys.argv[1]).iter("testsuite"))
total, failed, skipped = (sum(int(s.get(key) or 0) for s in suites) for key in ("tests", "failures", "skipped"))
failed += sum(int(s.get("errors") or 0) for s in suites)
skipped += sum(int(s.get("disabled") or 0) for s in suites)
print(total - failed - skipped, failed, skipped)
PYTHON
	); then
		failed=$((failed + 1))
		return
	fi
	read -r p f s <<<"$counts"
	# A runner that failed without a failed test did not run them all.
	[ "$1" -eq 0 ] || [ "$f" -gt 0 ] || f=1
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

build() {
	heading "Build: preset $1"
	need cmake --preset "$1" -DDSMIPV4_WERROR=ON --log-level=WARNING
	need cmake --build --preset "$1"
}

unit_tests() {
	heading "Unit tests: preset $1"
	local junit=$results/unit-$1.xml
	rm -f "$junit"
	ctest --test-dir "$2" --output-on-failure --no-tests=error -j "$jobs" --output-junit "$junit"
	count $? "$junit"
}

python_tests() {
	heading 'tshark and dsmipgen'
	local junit=$results/pytest.xml
	rm -f "$junit"
	DSMIPV4_BUILD=$root/build DSMIPV4_ASAN_BUILD=$root/build/asan $python -m pytest tests -q -n "$jobs" --dist loadgroup \
		--junit-xml "$junit"
	count $? "$junit"
}

# What depends on Wireshark's version, but for texts of its own. The folder is one that an ordinary user,
# as whom tshark runs, can read. Without its packages nothing can be said of a version.
other_wireshark() {
	local folder status junit=$results/pytest-$1.xml
	heading "Wireshark of $1"
	folder=$(mktemp -d)
	tools/wireshark-root.sh "$1" "$folder"
	status=$?
	if [ $status -ne 0 ]; then
		if [ $status -eq 3 ]; then skipped=$((skipped + 1)); else failed=$((failed + 1)); fi
		rm -rf "$folder"
		return
	fi
	ln -s "$root"/build/{gen,check} "$folder/build"
	chmod -R go+rX "$folder"
	rm -f "$junit"
	PATH=$folder/programs:$PATH DSMIPV4_BUILD=$folder/build $python -m pytest -q -n "$jobs" --dist loadgroup \
		--junit-xml "$junit" \
		tests/test_{cases,central,decision_table,handmade,random_access,real_captures,taps}.py
	count $? "$junit"
	rm -rf "$folder"
}

# One fuzzer: its artifacts and what it found begin with its name in the folder of results, its words are in NAME.log.
fuzz_one() {
	local name=${1##*/} corpus
	local -a dictionary
	mkdir -p "$results/$name"
	corpus=tests/fuzz/corpus_${name#fuzz_}
	[ -d "$corpus" ] || corpus=tests/fuzz/corpus
	dictionary=(tests/fuzz/"${name#fuzz_}".dict)
	[ -f "${dictionary[0]}" ] && dictionary=(-dict="${dictionary[0]}") || dictionary=()
	"$1" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
		-seed=1 -print_final_stats=1 "${dictionary[@]}" \
		-artifact_prefix="$results/$name-" "$results/$name" "$corpus" >"$results/$name.log" 2>&1
}

fuzzers() {
	local program name
	local -A running=()
	heading "Fuzzers, $fuzz_seconds seconds each"
	for program in build/fuzz/tests/fuzz/fuzz_*; do
		if ! [ -f "$program" ] || [[ $program == *_replay ]]; then
			continue
		fi
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do sleep 0.2; done
		fuzz_one "$program" &
		running[${program##*/}]=$!
	done
	for name in "${!running[@]}"; do
		echo "$name:"
		if wait "${running[$name]}"; then
			passed=$((passed + 1))
			grep stat:: "$results/$name.log"
		else
			failed=$((failed + 1))
			cat "$results/$name.log"
		fi
	done
	if [ ${#running[@]} -eq 0 ]; then
		echo 'tools/test.sh: no fuzzer was built' >&2
		failed=$((failed + 1))
	fi
}

[ $setup = no ] || need tools/debian-setup.sh
need mkdir -p "$results"
build default
unit_tests default build
build asan
unit_tests asan build/asan
python_tests
for suite in "${suites[@]}"; do other_wireshark "$suite"; done
if [ $fuzz = yes ]; then
	build fuzz
	fuzzers
fi
finish
