# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin raises exactly the rules that the comments of the generator's packets expect.

For every flow, every rule's violation and every near miss that dsmipgen lists, and per frame: the ids
in dsmipv4.rule equal the ids in the packet's comment, in one pass over the capture and in two. Rules
that need the future are expected of the second pass only.
"""

import pytest

import dsmipgen
import sessions
from dsmipv4_rules import every_rule_on, load_rules
from dsmipv4_tshark import rules_per_frame, scratch

RULES = load_rules()
OFF_BY_DEFAULT = [rule.id for rule in RULES.values() if rule.off_by_default]
NEEDS_FUTURE = {rule.id for rule in RULES.values() if rule.needs_future}
EVERY_RULE_ON = tuple(every_rule_on())
FIELDS = ("frame.number", "dsmipv4.rule", "frame.comment")
SEVERITIES = {"Chat": "CHAT", "Note": "NOTE", "Warning": "WARN", "Error": "ERROR"}
LOUD = {"WARN", "ERROR"}


class Frame:
    """What one frame of a capture was expected to raise, and what it raised."""

    def __init__(self, comment, tree):
        self.scenario, self.step, self.expected = dsmipgen.parse_comment(comment)
        self.rules = sessions.values(tree, "dsmipv4.rule")
        self.experts = [expert for expert in map(self._expert, sessions.nodes(tree)) if expert]

    @staticmethod
    def _expert(item):
        """(rule id, severity, message) of one of our expert items, else None."""
        if item.get("f") != "_ws.expert":
            return None
        severity, = sessions.values(item["n"], "_ws.expert.severity")
        for node in item["n"]:
            if node.get("f", "").startswith("dsmipv4.rule."):
                return node["f"].removeprefix("dsmipv4.rule."), SEVERITIES[severity], node["l"]
        return None


def dissect(capture, options=EVERY_RULE_ON):
    """The frames of a capture as the second pass shows them."""
    program = sessions.sharkd(options).load(capture)
    comments = program.fields(["frame.comment"])
    return [Frame(comment, program.tree(number)) for number, (comment,) in enumerate(comments, 1)]


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
def test_one_pass(name, together):
    """By the machine interface: tshark -T fields -e frame.number -e dsmipv4.rule."""
    rows = sessions.fields(tuple(map(dsmipgen.write, together("name"))), FIELDS, EVERY_RULE_ON)[dsmipgen.write(name)]
    wrong = []
    for number, rules, comment in rows:
        _, step, expected = dsmipgen.parse_comment(comment)
        if set(filter(None, rules.split(","))) != expected - NEEDS_FUTURE:
            wrong.append(f"frame {number}, step {step}: expected {sorted(expected - NEEDS_FUTURE)}, raised [{rules}]")
    assert rows and not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", dsmipgen.scenarios())
def test_two_passes(name):
    """By the expert items, whose severity and words are looked at as well."""
    frames = dissect(dsmipgen.write(name))
    assert frames and {frame.scenario for frame in frames} == {name}
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


@pytest.mark.parametrize("rule", [rule.id for rule in RULES.values() if rule.also])
def test_every_severity_is_raised(rule):
    """A rule with more than one severity has a packet for each."""
    frames = dissect(dsmipgen.write(rule)) + dissect(dsmipgen.write(rule + ".near_miss"))
    raised = {severity for frame in frames for id, severity, _ in frame.experts if id == rule}
    assert raised == {RULES[rule].severity, *RULES[rule].also}


TWO_OF_A_KIND = """\
base: coa_mode
steps:
  - step: request
    extensions:
      - prefix_request: { prefix: "2001:db8:a::1", length: 48 }
      - prefix_request: { prefix: "2001:db8:b::1", length: 48 }
      - tunneling_mode: {}
      - mn_ha_auth: {}
    expect: [prefix_bits]
"""


def test_a_rule_broken_twice_is_named_once(tmp_path):
    """dsmipv4.rule names it once, and each place has an expert item of its own."""
    scenario = tmp_path / "two_of_a_kind.yaml"
    scenario.write_text(TWO_OF_A_KIND)
    capture = scratch() / "two_of_a_kind.pcapng"
    assert dsmipgen.dsmipgen("write", scenario, "-w", capture).returncode == 0
    capture.chmod(0o644)
    frame = dissect(capture)[0]
    assert frame.rules == ["prefix_bits"]
    assert [rule for rule, _, _ in frame.experts] == ["prefix_bits", "prefix_bits"]


@pytest.mark.parametrize("rule", OFF_BY_DEFAULT)
def test_off_by_default(rule):
    """A rule that is off by default is silent until the preference dsmipv4.severities switches it on."""
    capture = dsmipgen.write(rule)
    assert all(rule not in rules for rules in rules_per_frame(capture).values())
    switched_on = rules_per_frame(capture, extra=["-o", f"dsmipv4.severities:{rule}={RULES[rule].severity.lower()}"])
    assert any(rule in rules for rules in switched_on.values())


def test_severities_off():
    """The preference dsmipv4.severities takes away the rules that it switches off and no others."""
    capture = dsmipgen.write("prefix_bits", "rep_reserved")
    before = set().union(*rules_per_frame(capture).values())
    after = set().union(*rules_per_frame(capture, extra=["-o", "dsmipv4.severities:prefix_bits=off"]).values())
    assert {"prefix_bits", "rep_reserved"} <= before
    assert after == before - {"prefix_bits"}
