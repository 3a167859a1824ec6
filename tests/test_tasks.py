# SPDX-License-Identifier: GPL-2.0-or-later
"""Tasks of a lab engineer as scenario files, and populations. One sharkd for all of them: three seconds."""

from collections import Counter, defaultdict

import pytest

import dsmipgen
import sessions
from dsmipv4_rules import every_rule_on
from dsmipv4_tshark import ROOT, checked, scratch
from test_cli import USAGE, check_refusal, write_bad

TASKS = sorted((ROOT / "tests" / "tasks").glob("*.yaml"))
MOST_LINES = 39


def written(path, *options):
    capture = scratch() / f"task-{path.stem}.pcapng"
    checked(dsmipgen.dsmipgen("write", path, *options, "-w", capture))
    capture.chmod(0o644)
    return capture


def test_there_are_seven():
    assert len(TASKS) == 7
    assert max(len(path.read_text().splitlines()) for path in TASKS) <= MOST_LINES


@pytest.mark.parametrize("path", TASKS, ids=lambda path: path.stem)
def test_task(path):
    """Each packet raises exactly what the file expects of it, and claims something."""
    capture = written(path)
    expected = {number: claim for number, (_, _, claim) in dsmipgen.comments(capture).items()}
    assert None not in expected.values() and len(expected) >= 4
    assert sessions.sharkd(tuple(every_rule_on(with_keys=False))).load(capture).rules() == expected


# Populations.

def comments(tmp_path, text, *options):
    own, target = tmp_path / "own.yaml", tmp_path / "own.pcapng"
    own.write_text(text)
    checked(dsmipgen.dsmipgen("write", own, *options, "-w", target))
    return list(dsmipgen.comments(target).values()), dsmipgen.packets(target)


def test_shares_and_numbers(tmp_path):
    """Six of ten, three of ten, and what is counted comes first out of the total; nodes are numbered part by part."""
    text = ("nodes: 13\npopulation:\n  - { scenario: registration, nodes: 3 }\n  - { scenario: coa_mode, share: 2 }\n"
            "  - { scenario: handoff, share: 1 }\n")
    found, _ = comments(tmp_path, text)
    flows = dict((comment.node, comment[0]) for comment in found)
    assert [flows[node] for node in range(13)] == 3 * ["registration"] + 7 * ["coa_mode"] + 3 * ["handoff"]
    assert Counter(comment.node for comment in found) == {node: {"registration": 2, "coa_mode": 4, "handoff": 8}[flow]
                                                          for node, flow in flows.items()}


def test_nodes_are_those_of_nodes(tmp_path):
    """Node K has the addresses that --nodes gives it, whatever its scenario."""
    _, packets = comments(tmp_path, "population: [{ scenario: registration, nodes: 3 }]\n")
    addresses = {packet[42 + 4:42 + 8] for _, _, packet in packets if packet[42] == 1}
    checked(dsmipgen.dsmipgen("write", "registration", "--nodes", "3", "-w", tmp_path / "many.pcapng"))
    assert addresses == {packet[42 + 4:42 + 8] for _, _, packet in dsmipgen.packets(tmp_path / "many.pcapng")}


def test_starts_are_in_time(tmp_path):
    """A constant, a spacing, and a range; all packets in the order of time."""
    text = ("population:\n  - { scenario: registration, nodes: 2, start: 5, spacing: 2.5 }\n"
            "  - { scenario: registration, nodes: 50, start: 10..20 }\n")
    found, packets = comments(tmp_path, text)
    times = [time for time, _, _ in packets]
    assert times == sorted(times)
    begin = 1767225600 * 10 ** 6  # of all captures
    first = {}
    for comment, time in zip(found, times):
        first.setdefault(comment.node, time - begin)
    assert (first[0], first[1]) == (5000000, 7500000)
    drawn = [first[node] for node in range(2, 52)]
    assert min(drawn) >= 10000000 and max(drawn) <= 20000000 and len(set(drawn)) == 50


def lifetimes(packets):
    return [int.from_bytes(packet[44:46], "big") for _, _, packet in packets if packet[42] == 1]


def test_each_node_draws_for_itself(tmp_path):
    """From the seed: the same one gives the same bytes, another one others."""
    text = ("population:\n  - { scenario: registration, nodes: 40, spacing: 1, "
            "set: [\"request.lifetime=60..600\", \"reply.lifetime=request.lifetime\"] }\n")
    _, packets = comments(tmp_path, text)
    assert all(60 <= lifetime <= 600 for lifetime in lifetimes(packets)) and len(set(lifetimes(packets))) > 20
    assert comments(tmp_path, text)[1] == packets
    assert lifetimes(comments(tmp_path, text, "--seed", "2")[1]) != lifetimes(packets)
    replies = [int.from_bytes(packet[44:46], "big") for _, _, packet in packets if packet[42] == 3]
    assert replies == lifetimes(packets)


def test_scenarios_side_by_side(tmp_path):
    """One node each: the packets of both are mixed, those of each in their order."""
    found, _ = comments(tmp_path, "population:\n  - { scenario: coa_mode }\n  - { scenario: handoff, start: 0.05 }\n")
    assert [comment[0] for comment in found[:4]] == ["coa_mode", "handoff", "coa_mode", "handoff"]
    steps = defaultdict(list)
    for comment in found:
        steps[comment[0]].append(comment[1])
    for name, order in steps.items():
        assert order == [comment[1] for comment in dsmipgen.comments(dsmipgen.write(name)).values()]


def test_all_packets_lost(tmp_path):
    """A node without a packet is no end."""
    (tmp_path / "lost.yaml").write_text("base: registration\nsteps:\n  - { step: request, order: none }\n"
                                        "  - { step: reply, order: none, answers: request }\n")
    found, _ = comments(tmp_path, "population:\n  - { scenario: lost.yaml }\n  - { scenario: registration, start: 1 }\n")
    assert [comment[1] for comment in found] == ["request", "reply"]


def test_show_of_a_population(tmp_path):
    own, again = tmp_path / "own.yaml", tmp_path / "again.yaml"
    own.write_text("nodes: 4\npopulation:\n  - { scenario: coa_mode, share: 1, start: exp(3), set: [\"request.lifetime=7\"] }\n"
                   "  - { scenario: denied, nodes: 1, spacing: 1 }\n")
    again.write_text(checked(dsmipgen.dsmipgen("show", own)))
    for path in (own, again):
        checked(dsmipgen.dsmipgen("write", path, "-w", path.with_suffix(".pcap")))
    assert own.with_suffix(".pcap").read_bytes() == again.with_suffix(".pcap").read_bytes()


@pytest.mark.parametrize("text, line, words", [
    ("population: []\n", 1, ["empty", "at least one part"]),
    ("population:\n  - { nodes: 3 }\n", 2, ["has no scenario"]),
    ("population:\n  - { scenario: no_such }\n", 2, ["unknown scenario 'no_such'"]),
    ("population:\n  - { scenario: coa_mode, nodes: 1, share: 1 }\n", 2, ["share", "together with `nodes`"]),
    ("population:\n  - { scenario: coa_mode, share: 1 }\n", 2, ["unknown number", "`nodes` beside `population`"]),
    ("nodes: 3\npopulation:\n  - { scenario: coa_mode }\n", 1, ["no part has a share"]),
    ("nodes: 3\npopulation:\n  - { scenario: coa_mode, nodes: 5 }\n  - { scenario: coa_mode, share: 1 }\n", 1, ["fewer than the 5"]),
    ("population:\n  - { scenario: coa_mode, nodes: 100001 }\n", 2, ["100001 nodes", "1 to 100000"]),
    ("population:\n  - { scenario: coa_mode, nodes: 0 }\n", 2, ["0 nodes"]),
    ("population:\n  - { scenario: coa_mode, nodes: many }\n", 2, ["wrong value 'many'"]),
    ("population:\n  - { scenario: coa_mode, start: soon }\n", 2, ["wrong value 'soon'", "seconds"]),
    ("population:\n  - { scenario: coa_mode, set: [request.lifetim=3] }\n", 2, ["lifetime"]),
    ("population:\n  - { scenario: two_nodes }\n", None, ["two_nodes.yaml:", "second mobile node, mn2"]),
    ("base: coa_mode\npopulation:\n  - { scenario: coa_mode }\n", 3, ["beside a base or steps"]),
])
def test_refused(tmp_path, text, line, words):
    process = write_bad(tmp_path, text)
    check_refusal(process, USAGE, *([f"bad.yaml:{line}: "] if line else []), *words)


def test_only_written(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("population: [{ scenario: coa_mode }]\n")
    check_refusal(dsmipgen.dsmipgen("fuzz", own, "-w", tmp_path / "x.pcap"), USAGE, "has a population")
    check_refusal(dsmipgen.dsmipgen("send", own, "-i", "lo"), USAGE, "has a population", "dsmipgen write")
    check_refusal(dsmipgen.dsmipgen("write", own, "--nodes", "3", "-w", tmp_path / "x.pcap"), USAGE, "--nodes", "population")
    (tmp_path / "outer.yaml").write_text("population: [{ scenario: own.yaml }]\n")
    check_refusal(dsmipgen.dsmipgen("write", tmp_path / "outer.yaml", "-w", tmp_path / "x.pcap"), USAGE,
                  "outer.yaml:1: ", "population itself")
