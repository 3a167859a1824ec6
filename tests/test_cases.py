# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures whose right verdicts are known (../shared/cases beside the checkout), where they are there."""

import subprocess
import sys

import pytest

from dsmipv4_tshark import ROOT

CASES = ROOT.parent / "shared" / "cases"
CHECK = CASES / "check.py"


@pytest.mark.skipif(not CHECK.exists(), reason=f"no {CHECK}: the cases are not part of this repository")
def test_all_cases_hold():
    """A start of tshark for each capture and pass, two at a time."""
    process = subprocess.run([sys.executable, CHECK, "--jobs", "2"], cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 0, process.stdout + process.stderr
