# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that others made raise no false alarm, and no malformed report that Wireshark has not.

They are not part of the repository: ../shared/real-captures, or the folder that the environment names
in DSMIPV4_REAL_CAPTURES.
"""

import os
from pathlib import Path

import pytest

from dsmipv4_rules import load_rules
from dsmipv4_tshark import ROOT, readable, rules_per_frame, tshark

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


def loud(rules):
    """Those that may be a warning or an error."""
    return {rule for rule in rules if {RULES[rule].severity, *RULES[rule].also} & {"WARN", "ERROR"}}


@pytest.mark.parametrize("two_pass", [False, True], ids=["one_pass", "two_pass"])
@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.name)
def test_no_false_alarm(capture, two_pass):
    raised = {frame: loud(rules) for frame, rules in rules_per_frame(capture, two_pass=two_pass).items()}
    reviewed = {frame: set(rules) for (name, frame), rules in REVIEWED.items() if name == capture.name}
    assert {frame: rules for frame, rules in raised.items() if rules} == reviewed


def malformed(capture, plugin):
    args = ["-n", "-r", readable(capture), "-Y", "_ws.malformed", "-T", "fields", "-e", "frame.number",
            "-e", "_ws.malformed"]
    return tshark(args, plugin=plugin)


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.name)
def test_no_change_but_our_tree(capture):
    """Traffic that is none of ours is byte for byte the stock output; elsewhere nothing else is malformed."""
    args = ["-n", "-r", readable(capture), "-V"]
    shown = tshark(args)
    if OUR_TREE in shown:
        assert malformed(capture, plugin=True) == malformed(capture, plugin=False)
    else:
        assert shown == tshark(args, plugin=False)


def test_reviewed_files_exist():
    names = {path.name for path in CAPTURES}
    assert {name for name, _ in REVIEWED} <= names
