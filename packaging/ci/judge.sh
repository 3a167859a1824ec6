#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the templates for pipelines run: dsmipcheck over captures, with reports for the pipeline and for people.
#
#   DSMIPV4_CAPTURES  captures, as a shell pattern; several are separated by spaces
#   DSMIPV4_FAIL_ON   note, warn (default) or error
#   DSMIPV4_OPTIONS   more options of dsmipcheck, such as --require-service
#   DSMIPV4_REPORTS   folder for report.xml (JUnit), report.html and report.json (default: dsmipcheck-reports)
#
# Its exit status is that of dsmipcheck. That no capture is there is a failure (3).
set -euo pipefail

reports=${DSMIPV4_REPORTS:-dsmipcheck-reports}
read -r -a options <<<"${DSMIPV4_OPTIONS-}"
shopt -s nullglob globstar
# The pattern is meant to expand.
# shellcheck disable=SC2206
captures=(${DSMIPV4_CAPTURES:?"no captures named; expected a pattern such as captures/*.pcapng"})
if [ ${#captures[@]} -eq 0 ]; then
	echo "packaging/ci/judge.sh: no file matches '$DSMIPV4_CAPTURES'" >&2
	exit 3
fi
mkdir -p "$reports"
exec dsmipcheck --fail-on "${DSMIPV4_FAIL_ON:-warn}" "${options[@]}" --junit "$reports/report.xml" \
	--html "$reports/report.html" --json "$reports/report.json" -- "${captures[@]}"
