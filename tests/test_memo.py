# SPDX-License-Identifier: GPL-2.0-or-later
"""Preference `memo`: packets that are judged like those before them look as they do when each is judged by itself.

tests/unit/rules/test_memo.c compares the verdicts for all captures."""

import functools

from dsmipv4_tshark import checked, plugin_dir, run, scratch
from networks import capture
from networks.world import World

OFF = ("-o", "dsmipv4.memo:FALSE")
NAMES = ("frame.number", "dsmipv4.rule", "dsmipv4.rule_text", "dsmipv4.rule_severity", "dsmipv4.info", "dsmipv4.node",
         "dsmipv4.tunnel.mode", "dsmipv4.tunnel.expected", "dsmipv4.tunnel.direction", "dsmipv4.tunnel.coa",
         "dsmipv4.tunnel.expected_coa", "dsmipv4.tunnel.prefix_with_len", "dsmipv4.binding.frame",
         "dsmipv4.binding.age", "dsmipv4.binding.remaining", "_ws.col.Info")
SEEDS = range(1, 13)


def look(command):
    return checked(run(command, plugins=plugin_dir()))


@functools.lru_cache
def networks():
    """What tshark prints of conforming networks in a row, with all options in turn."""
    path = scratch() / "memo.pcapng"
    capture.write_pcapng(path, [capture.view(World(seed).run(), "router", "none") for seed in SEEDS])
    path.chmod(0o644)
    args = ["tshark", "-n", "-r", path, "-T", "fields", *(arg for name in NAMES for arg in ("-e", name))]
    return [look([*args, *options]) for options in ([], OFF, ["-2"], ["-2", *OFF])]


def test_networks_look_the_same():
    with_memo, without, with_memo_again, without_again = networks()
    assert with_memo == without and with_memo_again == without_again
    assert with_memo.count("coa\tto-mn") > 100


def test_report_is_the_same():
    """The report counts the rules that held, packet for packet."""
    networks()
    args = ["tshark", "-n", "-q", "-r", scratch() / "memo.pcapng", "-z", "dsmipv4,report,json"]
    assert look(args) == look([*args, *OFF])
