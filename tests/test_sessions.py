# SPDX-License-Identifier: GPL-2.0-or-later
"""What many captures show through one start of tshark or sharkd is what each shows in a program of its own."""

import pytest

import dsmipgen
import sessions
from dsmipv4_tshark import rules_per_frame, tshark

# Of the same nodes, so that what is remembered of one would change what is said of the next.
NAMES = ("registration", "deregistration", "tun_no_binding", "rrq_rate", "two_nodes", "ident_order.near_miss", "revocation",
         "prefix_overlap", "tun_expired", "coa_mode")


@pytest.fixture(scope="module", name="captures")
def fixture_captures():
    return tuple(map(dsmipgen.write, NAMES))


def test_one_would_change_the_next(captures):
    """The test below can fail."""
    path = sessions.merged(captures, sessions.frame_counts(captures), 1)
    together = [rules for _, rules in sorted(rules_per_frame(path).items())]
    alone = [rules for capture in captures for _, rules in sorted(rules_per_frame(capture).items())]
    assert len(together) == len(alone) and together != alone


def test_rules_in_one_pass(captures):
    assert sessions.rules(captures) == {capture: rules_per_frame(capture) for capture in captures}


def test_rules_in_two_passes(captures):
    program = sessions.sharkd()
    found = {capture: program.load(capture).rules() for capture in captures}
    assert found == {capture: rules_per_frame(capture, two_pass=True) for capture in captures}


def without_delta(text):
    """tshark does not forget the time of the frame that it displayed last when it begins a new session."""
    return [line for line in text.splitlines() if "[Time delta from previous displayed frame" not in line]


@pytest.mark.parametrize("args, start", [(("-V",), sessions.VERBOSE), (("-P", "-O", "dsmipv4"), sessions.SUMMARY),
                                         ((), sessions.SUMMARY)], ids=["verbose", "tree", "summary"])
def test_texts(captures, args, start):
    found = sessions.texts(captures, args, start)
    for capture in captures[::3]:
        assert without_delta(found[capture]) == without_delta(tshark(["-n", "-r", capture, *args]))


def test_preferences_of_sharkd():
    """Those of its home folder, and those that are set later."""
    capture = dsmipgen.write("prefix_bits")
    program = sessions.Sharkd(("-o", "dsmipv4.takeover:FALSE"))
    assert not any(program.load(capture).rules().values())
    program.set("dsmipv4.takeover", "TRUE")
    assert program.load(capture).rules() == rules_per_frame(capture, two_pass=True)
    program.close()
