#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What tools/demo.sh shows, checked where plugin and tools are installed: check-deb.sh and check-install.sh run this, as
# the user who is to use them.
set -eu

cd "$(mktemp -d)"
if ldd "$(command -v dsmipgen)" "$(command -v dsmipcheck)" | grep -E 'lib(wireshark|wiretap|wsutil)'; then
	exit 1
fi
tshark -G plugins 2>/dev/null | grep -q '^dsmipv4.so'
tshark -D 2>/dev/null | grep -q dsmipgen

dsmipgen write coa_mode fa_hoa_mode -w good.pcapng
dsmipgen write prefix_bits mode_fa_coa -w bad.pcapng
test -z "$(tshark -n -r good.pcapng -Y dsmipv4.rule 2>/dev/null)"
tshark -n -r bad.pcapng -Y dsmipv4.rule -T fields -e dsmipv4.rule 2>/dev/null | sort | uniq -c | tee rules
grep -q ' prefix_bits$' rules
grep -q ' mode_fa_coa$' rules

dsmipcheck good.pcapng >/dev/null
status=0
dsmipcheck bad.pcapng >/dev/null || status=$?
test $status = 1
dsmipcheck --expect good.pcapng bad.pcapng >/dev/null
echo "passed as $(id -un)"
