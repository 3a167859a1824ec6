# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen run and respond with IPv4 packets in fragments: what is whole again is judged like any other packet."""

import re

import pytest

from dsmipv4_tshark import scratch, tshark
from network import needs_network
from test_judge import judge, verdicts_of
from test_run import SUITE, agent, bare_ends, check_all_pass, own_suite, run, verdicts

pytestmark = needs_network

SHORTEST_MTU = "68"  # RFC 791 3.2: 48 bytes and a header


@pytest.fixture(scope="module", name="ends")
def fixture_ends():
    with bare_ends() as pairs:
        yield pairs[0]


def fields(capture, *names):
    for path in [capture, *capture.parents][:3]:
        path.chmod(0o755)
    words = [word for name in names for word in ("-e", name)]
    output = tshark(["-o", "ip.defragment:FALSE", "-r", capture, "-T", "fields", "-E", "occurrence=f", *words])
    return [line.split("\t") for line in output.splitlines()]


def pieces(report, name):
    """Length and offset of each fragment that the device sent in a test."""
    packets = next(test["packets"] for test in verdicts_of(report)["tests"] if test["id"] == name)
    texts = [packet["summary"] for packet in packets if packet["sender"] == "device"]
    return [re.match(r"fragment of IPv4 packet 0x[0-9a-f]{4}, (\d+) bytes at (\d+), 198", text).groups() for text in texts]


def test_device_that_fragments(ends, tmp_path):
    """Every test of the suite passes, and once more from the evidence."""
    with agent(ends, "--mtu", SHORTEST_MTU):
        process = run(ends, tmp_path, "--report", tmp_path / "report")
    check_all_pass(process, 60)
    again = judge("ha", tmp_path / "device.yaml", tmp_path / "report" / "evidence.pcapng", "--report", tmp_path / "again")
    assert again.stdout.replace("/again/", "/report/") == process.stdout
    assert verdicts_of(tmp_path / "again") == verdicts_of(tmp_path / "report")
    # UDP 8, reply 20, prefix reply 22, authentication 22; IPv6 40, echo 16
    assert pieces(tmp_path / "report", "HA-80") == [("48", "0"), ("24", "48"), ("48", "0"), ("8", "48")]


ASKED = SUITE.replace("{ code: 0 }]", "{ code: 1 }]")


@pytest.mark.parametrize("keys, verdict, offsets", [
    ("fragment: 24", "PASS", [0, 24, 48, 72]),
    ("fragment: 24\n        order: 4 3 2 2 1", "PASS", [72, 48, 24, 24, 0]),
    ("fragment: 24\n        order: 4 3 1", "FAIL", [72, 48, 0]),
])
def test_step_in_fragments(ends, keys, verdict, offsets):
    folder = scratch()
    suite = own_suite(folder, ASKED.replace("- step: request\n", f"- step: request\n        {keys}\n"))
    with agent(ends):
        process = run(ends, folder, "--report", folder / "report", suite=suite)
    assert verdicts(process) == {"T1": verdict}, process.stdout
    sent = [(int(offset), comment) for source, offset, comment in
            fields(folder / "report" / "evidence" / "T1.pcapng", "ip.src", "ip.frag_offset", "frame.comment")
            if source == "192.0.2.33"]
    assert [8 * offset for offset, _ in sent] == offsets
    for offset, comment in sent:
        assert comment.startswith(f"dsmipgen run T1 step request, fragment {offset // 3 + 1} of 4")
    again = judge(suite, folder / "device.yaml", folder / "report" / "evidence.pcapng")
    assert again.returncode == process.returncode and f"{verdict}    T1" in again.stdout
