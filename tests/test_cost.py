# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin costs, beside what it cost when tests/bench/cost.json was written, as ratios to stock tshark."""

import json
import shutil
import sys

import pytest

from dsmipv4_tshark import ROOT, plugin_dir

sys.path.insert(0, str(ROOT / "tests" / "bench"))
import bench_cost  # noqa: E402

COSTS = ROOT / "tests" / "bench" / "cost.json"
PAGE = ROOT / "doc" / "cost.md"


@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed")
@pytest.mark.skipif(not (plugin_dir() / "4.0").exists(), reason="the ratios are those of Wireshark 4.0")
def test_no_dearer_than_before():
    rows = bench_cost.measure(bench_cost.SMALL, ["-q"], bench_cost.PACKETS)
    assert not bench_cost.steeper(rows, json.loads(COSTS.read_text())), "if it must be: bench_cost.py --json --doc"


def test_dearer_is_noticed():
    earlier = [{"kind": "registrations", "mode": "-q", "ratio": 1.2}]
    assert not bench_cost.steeper([{"kind": "registrations", "mode": "-q", "ratio": 1.23}], earlier)
    assert bench_cost.steeper([{"kind": "registrations", "mode": "-q", "ratio": 1.24}], earlier)


def test_page_is_the_committed_rows():
    assert PAGE.read_text() == bench_cost.table(json.loads(COSTS.read_text()))
