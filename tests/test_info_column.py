# SPDX-License-Identifier: GPL-2.0-or-later
"""The Info column says first what became of a registration, and what is wrong with a packet. About 3 s of a processor."""

import pytest

import dsmipgen
import sessions
from dsmipv4_tshark import tshark

OLD = "[to old care-of address 192.0.2.33, registered 192.0.2.133] Echo (ping) request"

# Scenario, frame, and how its Info begins: what an operator must read there, by the values in the scenario.
INFOS = [
    ("denied", 2, "Reg Reply: denied, insufficient resources (130), HoA=198.51.100.77"),
    ("deregistration", 5, "Reg Request: deregistration, HoA=198.51.100.77 CoA=198.51.100.77"),
    ("deregistration", 6, "Reg Reply: deregistered, HoA=198.51.100.77"),
    ("ipv4_only_agent", 2, "Reg Reply: HoA=198.51.100.77 Code=0 Lifetime=600, IPv6 not granted: home agent does not support"
                           " IPv6 prefixes"),
    ("coa_mode", 1, "Reg Request: HoA=198.51.100.77 CoA=192.0.2.33 IPv6: 2001:db8:a::/48 (mode: CoA)"),
    ("coa_mode", 2, "Reg Reply: HoA=198.51.100.77 Code=0 Lifetime=600 IPv6: 2001:db8:a::/48 accepted (CoA)"),
    ("coa_mode", 3, "Echo (ping) request"),
    ("prefix_bits", 1, "[Prefix bits beyond the prefix length are not zero] Reg Request: HoA=198.51.100.77"),
    ("tun_no_binding", 17, OLD),
    ("tun_no_binding", 7, "[to 192.0.2.33, deregistered] Echo (ping) request"),
    ("tun_hoa_expected", 3, "[tunneled to care-of address, expected home address] Echo (ping) request"),
    ("tun_expired", 5, "Echo (ping) request"),  # a refresh may not have been captured
    ("tun_expired", 6, "[to 192.0.2.33, expired 604.9 s ago] Echo (ping) request"),
    ("tun_dscp", 3, "Echo (ping) request"),  # a note says nothing here
]

NO_ANSWER = "Reg Request: HoA=198.51.100.77 CoA=192.0.2.33 IPv6: 2001:db8:a::/48 (mode: CoA)"


@pytest.fixture(scope="module")
def infos():
    """Scenario -> Info of each frame."""
    captures = {name: dsmipgen.write(name) for name in dict.fromkeys(name for name, _, _ in INFOS)}
    found = sessions.fields(tuple(captures.values()), ("_ws.col.Info",))
    return {name: [row[0] for row in found[capture]] for name, capture in captures.items()}


@pytest.mark.parametrize("name,frame,begin", INFOS, ids=[f"{name}-{frame}" for name, frame, _ in INFOS])
def test_info_begins_with(name, frame, begin, infos):
    assert infos[name][frame - 1].startswith(begin)


def test_no_answer_once_the_capture_was_read():
    capture = dsmipgen.write("no_reply")
    args = ["-n", "-r", capture, "-T", "fields", "-e", "_ws.col.Info"]
    assert tshark(args).splitlines()[4] == NO_ANSWER
    assert tshark([*args, "-2"]).splitlines()[4] == NO_ANSWER + ", no answer"
