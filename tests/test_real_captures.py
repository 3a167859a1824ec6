# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that others made raise no false alarm, and no malformed report that Wireshark has not.

They are not part of the repository: ../shared/real-captures, or the folder that the environment names
in DSMIPV4_REAL_CAPTURES.
"""

import os
from pathlib import Path

import pytest

import sessions
from dsmipv4_rules import load_rules
from dsmipv4_tshark import ROOT, readable

FOLDER = Path(os.environ.get("DSMIPV4_REAL_CAPTURES", ROOT.parent / "shared" / "real-captures"))
CAPTURES = sorted(path for path in FOLDER.glob("*") if path.suffix in {".pcap", ".pcapng", ".dump"})
RULES = load_rules()
OUR_TREE = "\nDual-Stack Mobile IPv4\n"

pytestmark = pytest.mark.skipif(not CAPTURES, reason=f"no captures in {FOLDER}")

NO_AUTHENTICATOR = ("auth_missing", "24 or 20 bytes of UDP payload: a Click model of Mobile IP without any extension")

# Reviewed by hand: (file, frame) -> rules of severity warn or error that it does break, and why.
REVIEWED = {}


def review(name, frames, rule, reason):
    for frame in frames:
        REVIEWED.setdefault((name, frame), {})[rule] = reason


CLICK = "JeroenVerstraelen__resources__pcap-files__"
review(CLICK + "awayScenario__foreign.pcap", [2, 3, 70, 71, 138, 139], *NO_AUTHENTICATOR)
review(CLICK + "awayScenario__public.pcap", [31, 34, 121, 122, 206, 207], *NO_AUTHENTICATOR)
review(CLICK + "returnScenario__foreign.pcap", [3, 4], *NO_AUTHENTICATOR)
review(CLICK + "returnScenario__home.pcap", [15, 16], *NO_AUTHENTICATOR)
review(CLICK + "returnScenario__public.pcap", [14, 17], *NO_AUTHENTICATOR)
review("MarkVanAcker__click-reference__solution__foreign.pcap", [6, 9, 68, 69], *NO_AUTHENTICATOR)
review("MarkVanAcker__click-reference__solution__public.pcap", [29, 32, 110, 111], *NO_AUTHENTICATOR)

review("foreign-ha-gre.pcap", [1], "req_ext_after_auth", "type 152 at byte 46 follows extension 32 at byte 24")
review("foreign-ha-registrations.pcap", [17], "req_ext_after_auth", "type 152 at byte 46 follows extension 32 at 24")
review("foreign-ha-registrations.pcap", [4], "rrq_rate", "a deregistration 0.248 s after the registration of frame 1")
review("foreign-ha-registrations.pcap", [16], "id_resync", "denial 133 repeats 07:22:14 of the request at 08:22:14")


def loud(rules):
    """Those that may be a warning or an error."""
    return {rule for rule in rules if {RULES[rule].severity, *RULES[rule].also} & {"WARN", "ERROR"}}


def check_alarms(capture, rules):
    raised = {frame: loud(ids) for frame, ids in rules.items()}
    reviewed = {frame: set(ids) for (name, frame), ids in REVIEWED.items() if name == capture.name}
    assert {frame: ids for frame, ids in raised.items() if ids} == reviewed


each_capture = pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.name)


@each_capture
def test_no_false_alarm_in_one_pass(capture, together):
    check_alarms(capture, sessions.rules(tuple(map(readable, together("capture"))))[readable(capture)])


@each_capture
def test_no_false_alarm_in_two_passes(capture):
    check_alarms(capture, sessions.sharkd().load(capture).rules())


@each_capture
def test_no_change_but_our_tree(capture, together):
    """Traffic that is none of ours is byte for byte the stock output; elsewhere nothing else is malformed."""
    captures, capture = tuple(map(readable, together("capture"))), readable(capture)
    shown = sessions.texts(captures, ("-V",))[capture]
    if OUR_TREE in shown:
        ours, stock = (sessions.fields(captures, ("_ws.malformed",), plugin=plugin) for plugin in (True, False))
        assert ours[capture] == stock[capture]
    else:
        assert shown == sessions.texts(captures, ("-V",), plugin=False)[capture]


def test_reviewed_files_exist():
    names = {path.name for path in CAPTURES}
    assert {name for name, _ in REVIEWED} <= names
