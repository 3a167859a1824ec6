# SPDX-License-Identifier: GPL-2.0-or-later
"""Conforming networks raise no warning, and the fields about them are true (networks/)."""

import pytest

from networks import capture
from networks.faults import ALL as FAULTS
from networks.judge import judge_faults, judge_seeds, kind_of
from networks.world import World

GROUP = 30  # networks in one file: starting tshark costs more than they do
SEEDS = range(1, 301)

# Parts of the networks and faults of capturing that the plugin is known to judge wrongly. To shrink to nothing.
UNMENDED = frozenset()


@pytest.mark.parametrize("first", SEEDS[::GROUP])
def test_conforming_networks_are_silent(first):
    result = judge_seeds(range(first, first + GROUP), without=UNMENDED)
    assert not result.alarms, "\n".join(map(str, result.alarms[:20]))
    assert result.frames > 1000 and result.fields > result.frames / 2  # silence about nothing would prove nothing


def test_every_point_meets_every_fault():
    kinds = {kind_of(seed) for seed in SEEDS}
    assert kinds == {(point, fault) for point in capture.POINTS for fault in capture.FAULTS}


def test_same_seed_same_bytes(tmp_path):
    files = []
    for name in ("one", "other"):
        view = capture.view(World(7).run(), "router", "duplicates")
        capture.write_pcapng(tmp_path / name, [view])
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("two_pass", [False, True], ids=["one-pass", "two-passes"])
def test_one_fault_is_named_and_nothing_else(two_pass):
    verdicts = judge_faults(FAULTS, two_pass, first_seed=3001, without=UNMENDED)
    problems = [f"{fault.rule}: not named" for fault, named, _ in verdicts if not named]
    problems += [f"{fault.rule}: {alarm}" for fault, _, wrong in verdicts for alarm in wrong]
    assert not problems, "\n".join(problems)


def test_faults_are_many():
    assert len({fault.rule for fault in FAULTS}) >= 150
