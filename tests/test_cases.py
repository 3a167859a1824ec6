# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures whose right verdicts are known (../shared/cases beside the checkout), where they are there.

check.py there starts tshark for each capture and pass. Here it judges what fewer starts have seen.
"""

import functools
import importlib.util
import re
import shlex
import xml.etree.ElementTree as ElementTree

import pytest

import sessions
from dsmipv4_tshark import ROOT, readable

CASES = ROOT.parent / "shared" / "cases"
CHECK = CASES / "check.py"
TAKEOVER = ("-o", "dsmipv4.takeover:TRUE")
HIDDEN = ["dsmipv4." + name for name in ("tunnel.hoa", "tunnel.expected", "tunnel.expected_coa", "tunnel.direction",
                                         "binding.created_in")]
EXPERT = re.compile(r"Expert Info \((?P<severity>\w+)/\w+\): (?P<message>.*)", re.DOTALL)
FINDINGS = ("dsmipv4.rule.", "dsmipv4.info.")
SEVERITIES = {"Comment": "comment", "Chat": "chat", "Note": "note", "Warning": "warn", "Error": "error"}


@functools.cache
def check():
    spec = importlib.util.spec_from_file_location("check", CHECK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def packets(output, room, counts):
    """A split of PDML: the packets of each capture by their numbers."""
    elements = ElementTree.fromstring(output).findall("packet")
    assert len(elements) == room * len(counts)
    return [{number: check().read_packet(element)
             for number, element in enumerate(elements[index * room:index * room + count], 1)}
            for index, count in enumerate(counts)]


def experts(node):
    """The findings below a node: name, severity, and texts of the node and of its expert item."""
    for item in node.get("n", []):
        expert = EXPERT.fullmatch(item["l"])
        names = [child["f"] for child in item.get("n", []) if child.get("f", "").startswith(FINDINGS)] if expert else []
        yield from ((name.removeprefix("dsmipv4."), check().SEVERITIES[SEVERITIES[expert["severity"]]],
                     f"{node['l']} {expert['message']}") for name in names)


def frame_of(tree):
    """A frame of check.py's, from the tree that sharkd shows."""
    frame = check().Frame()
    for node in sessions.nodes(tree):
        name, _, value = node.get("f", "").partition(" == ")
        frame.trees += node.get("t") == "proto" and name.split(".")[0] == "dsmipv4"
        if name.startswith("dsmipv4."):
            frame.fields.setdefault(name, []).append((value.strip('"'), node["l"]))
        frame.experts += experts(node)
    return frame


def add_hidden(frames, rows):
    """What sharkd leaves out of its trees, from columns: a row of values of each frame."""
    for number, values in enumerate(rows, 1):
        for name, value in zip(HIDDEN, values):
            if value:
                frames[number].fields.setdefault(name, [(value, "")])


def alone(names, second, options):
    """File -> its frames, by a start of tshark for each."""
    return {name: check().run_tshark(str(readable(CASES / name)), second, shlex.join(options)) for name in names}


def second_pass(names, options):
    """File -> its frames in the second pass. A Decode As, which sharkd's command line lacks, needs tshark."""
    if "-d" in options:
        return alone(names, True, options)
    server = sessions.Sharkd((*TAKEOVER, *options))
    found = {}
    for capture, count in sessions.frame_counts([CASES / name for name in names]).items():
        server.load(capture)
        found[capture.name] = {number: frame_of(server.tree(number)) for number in range(1, count + 1)}
        add_hidden(found[capture.name], server.fields(HIDDEN))
    server.close()
    return found


def first_pass(names, options):
    """File -> its frames in one pass. Files are joined, which gives packets without a time the time zero."""
    timeless = [name for name in names if name.startswith("no-times")]
    joined = [CASES / name for name in names if name not in timeless]
    found = sessions.one_pass(joined, [*TAKEOVER, *options, "-T", "pdml"], packets) if joined else {}
    return {capture.name: frames for capture, frames in found.items()} | alone(timeless, False, options)


ROWS = check().read_rows(CASES) if CHECK.exists() else []


@functools.cache
def seen(options, second):
    """File -> frames, of all files that a row has with these options and this pass."""
    names = dict.fromkeys(row["file"] for row in ROWS if row["options"] == options and second in row["passes"])
    return (second_pass if second else first_pass)(list(names), tuple(shlex.split(options)))


@pytest.mark.skipif(not ROWS, reason=f"no {CHECK}: the cases are not part of this repository")
def test_cases_are_there():
    assert len(ROWS) > 200


@pytest.mark.xdist_group("cases")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['file']}:{row['line']}")
def test_case_holds(row):
    for second in row["passes"]:
        bad = check().judge(row, seen(row["options"], second)[row["file"]])
        assert not bad, f"{'two passes' if second else 'one pass'}: not {bad}; {row['why']}"
