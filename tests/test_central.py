# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin raises exactly the rules that the generator's packets are said to break.

For every flow, every rule's violation and every near miss that dsmipgen lists, and per frame: the ids
in dsmipv4.rule equal the ids in the packet's comment, in one pass over the capture and in two.
"""

import xml.etree.ElementTree as ElementTree

import pytest

import dsmipgen
from dsmipv4_rules import load_rules
from dsmipv4_tshark import rules_per_frame, tshark

RULES = load_rules()
OFF_BY_DEFAULT = [rule.id for rule in RULES.values() if rule.off_by_default]
ALL_RULES_ON = [arg for rule in OFF_BY_DEFAULT for arg in ("-o", f"dsmipv4.{rule}:TRUE")]
SEVERITIES = {0x100000: "COMMENT", 0x200000: "CHAT", 0x400000: "NOTE", 0x600000: "WARN", 0x800000: "ERROR"}
LOUD = {"WARN", "ERROR"}


class Frame:
    """What one frame of a capture was expected to raise, and what it raised."""

    def __init__(self, packet):
        comments = [field.get("show") for field in packet.iter("field") if field.get("name") == "frame.comment"]
        assert len(comments) == 1, "not one comment in each packet"
        self.scenario, self.step, self.expected = dsmipgen.parse_comment(comments[0])
        self.rules = [field.get("show") for field in packet.iter("field") if field.get("name") == "dsmipv4.rule"]
        self.experts = [expert for expert in map(self._expert, packet.iter("field")) if expert]

    @staticmethod
    def _expert(item):
        """(rule id, severity, message) of one of our expert items, else None."""
        if item.get("name") != "_ws.expert":
            return None
        parts = {field.get("name"): field.get("show") for field in item.iter("field")}
        for name in parts:
            if name.startswith("dsmipv4.rule."):
                severity = SEVERITIES[int(parts["_ws.expert.severity"])]
                return name.removeprefix("dsmipv4.rule."), severity, parts["_ws.expert.message"]
        return None


def dissect(capture, two_pass):
    args = ["-n", "-r", capture, "-T", "pdml", *ALL_RULES_ON]
    return [Frame(packet) for packet in ElementTree.fromstring(tshark(args, two_pass=two_pass)).iter("packet")]


def describe(number, frame):
    return (f"frame {number}, step {frame.step}: expected {sorted(frame.expected) or 'none'}, "
            f"raised {sorted(frame.rules) or 'none'}: {[message for _, _, message in frame.experts]}")


def check_own_rule(name, frames):
    """A violation raises its own rule; a near miss does not, unless as a note or a chat."""
    rule, near_miss, _ = name.partition(".near_miss")
    severities = {severity for frame in frames for raised, severity, _ in frame.experts if raised == rule}
    if near_miss:
        assert not severities & LOUD, f"the near miss raises {rule}"
    else:
        assert severities, f"the violation does not raise {rule}"


@pytest.mark.parametrize("name", dsmipgen.scenarios())
@pytest.mark.parametrize("two_pass", [False, True], ids=["one_pass", "two_pass"])
def test_scenario(name, two_pass):
    frames = dissect(dsmipgen.write(name), two_pass)
    assert frames, "no packets"
    wrong = [describe(number, frame) for number, frame in enumerate(frames, 1) if set(frame.rules) != frame.expected]
    assert not wrong, "\n".join(wrong)
    for number, frame in enumerate(frames, 1):
        assert len(frame.rules) == len(set(frame.rules)), f"frame {number} names a rule twice"
        assert {rule for rule, _, _ in frame.experts} == set(frame.rules), f"frame {number}: other expert items"
        for rule, severity, message in frame.experts:
            assert severity in [RULES[rule].severity, *RULES[rule].also], f"frame {number}: {rule} is {severity}"
            assert message.endswith("]") and "[" in message, f"frame {number}: no source at the end of {message!r}"
    if name in dsmipgen.flows():
        loud = [expert for frame in frames for expert in frame.experts if expert[1] in LOUD]
        assert not loud, "a conformant flow warns"
    else:
        check_own_rule(name, frames)
    assert {frame.scenario for frame in frames} == {name}


@pytest.mark.parametrize("name", dsmipgen.scenarios())
def test_machine_interface(name):
    """tshark -T fields -e frame.number -e dsmipv4.rule, with the rules on that are on by default."""
    capture = dsmipgen.write(name)
    expected = {number: rules - set(OFF_BY_DEFAULT) for number, (_, _, rules) in dsmipgen.comments(capture).items()}
    assert rules_per_frame(capture) == expected


@pytest.mark.parametrize("rule", OFF_BY_DEFAULT)
def test_off_by_default(rule):
    """A rule that is off by default is silent until its own preference switches it on."""
    capture = dsmipgen.write(rule)
    assert all(rule not in rules for rules in rules_per_frame(capture).values())
    switched_on = rules_per_frame(capture, extra=["-o", f"dsmipv4.{rule}:TRUE"])
    assert any(rule in rules for rules in switched_on.values())


def test_silence():
    """The preference dsmipv4.silence takes away the rules it names and no others."""
    capture = dsmipgen.write("prefix_bits", "rep_reserved")
    before = set().union(*rules_per_frame(capture).values())
    after = set().union(*rules_per_frame(capture, extra=["-o", "dsmipv4.silence:prefix_bits"]).values())
    assert {"prefix_bits", "rep_reserved"} <= before
    assert after == before - {"prefix_bits"}
