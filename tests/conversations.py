# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture of many mobile nodes at once, whose conversations interleave."""

import functools

import dsmipgen
from dsmipv4_tshark import checked, run, scratch

# Flows and faults that a node goes through one after another.
STORY = ("fa_hoa_mode", "handoff", "drop_prefix", "rrq_rate", "partial_accept", "id_low", "revocation",
         "deregistration")


@functools.lru_cache(maxsize=None)
def capture(nodes):
    """The path of a capture in which `nodes` mobile nodes live the story at the same time."""
    parts = []
    for node in range(nodes):
        path = scratch() / f"node-{node}.pcapng"
        settings = [f"mn1.hoa=198.51.100.{100 + node}", f"mn1.coa=192.0.2.{100 + node}",
                    f"mn1.second_coa=192.0.3.{100 + node}", f"mn1.prefix=2001:db8:{0x100 + node:x}::",
                    f"mn1.address6=2001:db8:{0x100 + node:x}::1"]
        checked(dsmipgen.dsmipgen("write", *STORY, "-w", path, *(a for s in settings for a in ("--set", s))))
        parts.append(path)
    merged = scratch() / f"{nodes}-nodes.pcapng"
    checked(run(["mergecap", "-w", merged, *parts], ordinary_user=False))
    merged.chmod(0o644)
    return merged
