# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the generator of the build tree and reads back what it says about its packets."""

import functools
import re
import struct
from pathlib import Path

from dsmipv4_tshark import BUILD, checked, run, scratch

ENHANCED_PACKET, OPT_COMMENT = 6, 1  # of a pcapng file; dsmipgen writes little-endian ones

PROGRAM = BUILD / "gen" / "dsmipgen"
COMMENT = re.compile(r"^dsmipgen (\S+) step (\S+)(?: node (\d+))?(?: fragment \d+ of \d+)?(?: expect: (none|\w+(?: \w+)*))?$")


class Comment(tuple):
    """(scenario, step, set of expected rule ids, or None where the scenario claims nothing), and the number of the node
    where there are many."""

    node = None


def dsmipgen(*args, program=PROGRAM):
    """Run dsmipgen; the finished process, whatever its exit status."""
    return run([program, *args], ordinary_user=False)


@functools.lru_cache
def names(kind: str) -> tuple:
    """Names of all flows or all rules that dsmipgen knows."""
    lines = checked(dsmipgen("list", kind)).splitlines()
    return tuple(line.split()[0] for line in lines if line.strip())


def flows() -> tuple:
    return names("flows")


def rules() -> tuple:
    return names("rules")


def scenarios() -> tuple:
    """Names of all scenarios: flows, and for each rule the violation and the near miss."""
    return flows() + tuple(name for rule in rules() for name in (rule, rule + ".near_miss"))


@functools.lru_cache(maxsize=None)
def write(*scenario_names, suffix=".pcapng"):
    """The capture of one or more scenarios one after another; written once by each test process."""
    stem = scenario_names[0] if len(scenario_names) == 1 else f"{len(scenario_names)}-from-{scenario_names[0]}"
    path = scratch() / (stem + suffix)
    checked(dsmipgen("write", *scenario_names, "-w", path))
    path.chmod(0o644)
    return path


def blocks(path):
    """The enhanced packet blocks of a pcapng file, read here: many tests ask, and tshark takes its time to start."""
    data, at = Path(path).read_bytes(), 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind == ENHANCED_PACKET:
            yield data[at:at + length]
        at += length


def comment_lines(path) -> list:
    """The comment of each packet of a pcapng file."""
    found = []
    for block in blocks(path):
        captured, = struct.unpack_from("<I", block, 20)
        found.append(option(block[28 + -(-captured // 4) * 4:-4], OPT_COMMENT))
    return found


def packets(path) -> list:
    """(time in microseconds, length, bytes as captured) of each packet of a pcapng file."""
    found = []
    for block in blocks(path):
        high, low, captured, length = struct.unpack_from("<IIII", block, 12)
        found.append(((high << 32) + low, length, block[28:28 + captured]))
    return found


def option(options, wanted):
    """The text of an option of a pcapng block."""
    while options:
        code, length = struct.unpack_from("<HH", options)
        if code == wanted:
            return options[4:4 + length].decode()
        options = options[4 + -(-length // 4) * 4:]
    return ""


def comments(path) -> dict:
    """Frame number -> the packet's Comment."""
    return {number: parse_comment(line) for number, line in enumerate(comment_lines(path), 1)}


def parse_comment(comment: str) -> Comment:
    match = COMMENT.match(comment)
    assert match, f"not a comment of dsmipgen: {comment!r}"
    scenario, step, node, expected = match.groups()
    claim = None if expected is None else set() if expected == "none" else set(expected.split())
    comment = Comment((scenario, step, claim))
    comment.node = None if node is None else int(node)
    return comment
