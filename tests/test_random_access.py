# SPDX-License-Identifier: GPL-2.0-or-later
"""A packet looks the same whenever it is clicked: frames in any order equal the second pass.

sharkd, Wireshark without its window, loads the capture once and then dissects single frames as asked.
"""

import random

import pytest

import conversations
import dsmipgen
import sessions
from dsmipv4_rules import every_rule_on, load_rules
from dsmipv4_tshark import rules_per_frame


def trees(capture, frames):
    """The protocol tree of each frame, in the order asked for."""
    program = sessions.sharkd().load(capture)
    return [(frame, program.tree(frame)) for frame in frames]


def rules_in(tree):
    """Ids of the broken rules that a tree names."""
    return set(sessions.values(tree, "dsmipv4.rule"))


N_NODES = 30
N_TUNNELED = 3500  # frames of theirs, at least


def capture_of(group):
    if group == "fifty nodes":
        return conversations.capture(50)
    if group == "tunnels":
        return conversations.capture(N_NODES, conversations.TUNNEL_STORY)
    if group == "worn tunnels":
        return conversations.worn(N_NODES, len(rules_per_frame(capture_of("tunnels"))))
    return dsmipgen.write(*getattr(dsmipgen, group)())


@pytest.mark.parametrize("group", ["flows", "scenarios", "fifty nodes", "worn tunnels"])
def test_any_order(group):
    capture = capture_of(group)
    second_pass = rules_per_frame(capture, two_pass=True)
    in_order = dict(trees(capture, list(second_pass)))
    assert {frame: rules_in(tree) for frame, tree in in_order.items()} == second_pass
    if group != "flows":
        assert any(second_pass.values())
    if group == "fifty nodes":
        assert len(second_pass) >= 2000
    order = list(second_pass) * 2
    random.Random(1).shuffle(order)
    for frame, tree in trees(capture, order):
        assert tree == in_order[frame], f"frame {frame} changed"


@pytest.mark.parametrize("group", ["flows", "scenarios", "fifty nodes", "tunnels", "worn tunnels"])
def test_one_pass_says_what_two_say(group):
    """What comes later changes no verdict; rules that need the future are the second pass's alone."""
    capture = capture_of(group)
    needs_future = {rule.id for rule in load_rules().values() if rule.needs_future}
    options = every_rule_on(with_keys=False)
    first = rules_per_frame(capture, extra=options)
    second = rules_per_frame(capture, two_pass=True, extra=options)
    assert first == {frame: rules - needs_future for frame, rules in second.items()}
    if group.endswith("tunnels"):
        assert len(first) >= N_TUNNELED / (2 if group.startswith("worn") else 1)
        raised = set().union(*first.values())
        assert {"tun_prefix_removed", "natt_keepalive_form", "tun_expired", "tun_coa_expected"} <= raised
