# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen writes the committed captures byte for byte, and tshark shows the flows as reviewed.

captures/NAME.pcapng is scenario NAME; tools/update-captures.sh writes them all. tests/golden/FLOW.txt
is what tshark prints of a flow; tools/update-golden.sh writes it, and before it is committed its values
are checked by hand against the RFC.
"""

import pytest

import dsmipgen
import sessions
from dsmipv4_tshark import ROOT, checked

CAPTURES = ROOT / "captures"
GOLDEN = ROOT / "tests" / "golden"


def test_every_scenario_has_a_capture():
    assert {path.stem for path in CAPTURES.glob("*.pcapng")} == set(dsmipgen.scenarios())


@pytest.mark.parametrize("name", sorted(path.stem for path in CAPTURES.glob("*.pcapng")))
def test_capture_is_reproduced(name):
    committed = (CAPTURES / f"{name}.pcapng").read_bytes()
    assert dsmipgen.write(name).read_bytes() == committed, "see tools/update-captures.sh"


def test_same_seed_same_bytes(tmp_path):
    first, second, other = tmp_path / "1.pcapng", tmp_path / "2.pcapng", tmp_path / "3.pcapng"
    checked(dsmipgen.dsmipgen("write", *dsmipgen.flows(), "--seed", "7", "-w", first))
    checked(dsmipgen.dsmipgen("write", *dsmipgen.flows(), "--seed", "7", "-w", second))
    checked(dsmipgen.dsmipgen("write", *dsmipgen.flows(), "--seed", "8", "-w", other))
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != other.read_bytes()


def test_every_flow_has_a_golden_text():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(dsmipgen.flows())


@pytest.mark.parametrize("name", dsmipgen.flows())
def test_golden_text(name, together):
    captures = tuple(map(dsmipgen.write, together("name")))
    shown = sessions.texts(captures, ("-P", "-O", "dsmipv4"), sessions.SUMMARY)[dsmipgen.write(name)]
    assert shown == (GOLDEN / f"{name}.txt").read_text(), "see tools/update-golden.sh"
