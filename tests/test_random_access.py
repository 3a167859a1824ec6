# SPDX-License-Identifier: GPL-2.0-or-later
"""A packet looks the same whenever it is clicked: frames in any order equal the second pass.

sharkd, Wireshark without its window, loads the capture once and then dissects single frames as asked.
"""

import json
import random

import pytest

import conversations
import dsmipgen
from dsmipv4_tshark import checked, plugin_dir, rules_per_frame, run


def sharkd(capture, frames):
    """The protocol tree of each frame, in the order asked for."""
    requests = [{"method": "load", "params": {"file": str(capture)}}]
    requests += [{"method": "frame", "params": {"frame": frame, "proto": True}} for frame in frames]
    lines = [json.dumps({"jsonrpc": "2.0", "id": number, **request}) for number, request in enumerate(requests, 1)]
    output = checked(run(["sharkd", "-"], plugins=plugin_dir(), input_text="\n".join(lines) + "\n"), quiet=False)
    answers = [json.loads(line) for line in output.splitlines() if line.strip()]
    by_id = {answer["id"]: answer for answer in answers}
    assert by_id[1].get("result", {}).get("status") == "OK", by_id[1]
    return [(frame, by_id[number]["result"]["tree"]) for number, frame in enumerate(frames, 2)]


def nodes(tree):
    for node in tree:
        yield node
        yield from nodes(node.get("n", []))


def rules_in(tree):
    """Ids of the broken rules that a tree names."""
    prefix = 'dsmipv4.rule == "'
    return {node["f"].removeprefix(prefix).rstrip('"') for node in nodes(tree) if node.get("f", "").startswith(prefix)}


def capture_of(group):
    if group == "fifty nodes":
        return conversations.capture(50)
    return dsmipgen.write(*getattr(dsmipgen, group)())


@pytest.mark.parametrize("group", ["flows", "scenarios", "fifty nodes"])
def test_any_order(group):
    capture = capture_of(group)
    second_pass = rules_per_frame(capture, two_pass=True)
    in_order = dict(sharkd(capture, list(second_pass)))
    assert {frame: rules_in(tree) for frame, tree in in_order.items()} == second_pass
    if group != "flows":
        assert any(second_pass.values())
    if group == "fifty nodes":
        assert len(second_pass) >= 2000
    for seed in (1, 2):
        order = list(second_pass) * 2
        random.Random(seed).shuffle(order)
        for frame, tree in sharkd(capture, order):
            assert tree == in_order[frame], f"frame {frame} changed (seed {seed})"
