# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture of many mobile nodes at once, whose conversations interleave."""

import functools
import random

import dsmipgen
from dsmipv4_tshark import checked, run, scratch

# Flows and faults that a node goes through one after another.
STORY = ("fa_hoa_mode", "handoff", "drop_prefix", "rrq_rate", "partial_accept", "id_low", "revocation",
         "deregistration")

# The same for tunneled packets; all nodes are behind one NAT or visit one foreign agent.
TUNNEL_STORY = ("natt_coa_mode", "fa_hoa_mode", "tun_hoa_expected", "handoff", "natt_ports", "simultaneous_bindings",
                "tun_prefix_removed", "rt_delivery", "prefix_delegation", "natt_keepalive_form", "tun_expired",
                "natt_hoa_mode", "case_omit_in_flight", "tun_coa_expected", "deregistration")


@functools.lru_cache(maxsize=None)
def capture(nodes, story=STORY):
    """The path of a capture in which `nodes` mobile nodes go through the story at the same time."""
    parts = []
    name = "nodes" if story == STORY else "tunnel-nodes"
    for node in range(nodes):
        path = scratch() / f"{name}-{node}.pcapng"
        settings = [f"mn1.hoa=198.51.100.{100 + node}", f"mn1.coa=192.0.2.{100 + node}",
                    f"mn1.second_coa=192.0.3.{100 + node}", f"mn1.private_coa=10.0.0.{100 + node}",
                    f"nat.port={50000 + node}",
                    f"mn1.prefix=2001:db8:{0x100 + node:x}::",
                    f"mn1.address6=2001:db8:{0x100 + node:x}::1"]
        checked(dsmipgen.dsmipgen("write", *story, "-w", path, *(a for s in settings for a in ("--set", s))))
        parts.append(path)
    merged = scratch() / f"{nodes}-{name}.pcapng"
    checked(run(["mergecap", "-w", merged, *parts], ordinary_user=False))
    merged.chmod(0o644)
    return merged


def editcap(source, name, *args):
    """A capture made from another by editcap, whose arguments may follow the names (frame numbers) or not."""
    target = scratch() / name
    options = [arg for arg in args if str(arg).startswith("-")]
    frames = [arg for arg in args if arg not in options]
    checked(run(["editcap", *options, source, target, *frames], ordinary_user=False), quiet=False)
    target.chmod(0o644)
    return target


@functools.lru_cache(maxsize=None)
def worn(nodes, total, story=TUNNEL_STORY, seed=1):
    """The same capture, started late and damaged: the first third is missing, then every tenth packet, and every
    tenth of the rest is there twice, the copy a little later. `total`: the number of frames."""
    chance = random.Random(seed)
    late = editcap(capture(nodes, story), "late.pcapng", "-r", f"{total // 3}-{total}")
    left = total - total // 3 + 1
    lossy = editcap(late, "lossy.pcapng", *sorted(chance.sample(range(1, left + 1), left // 10)))
    left -= left // 10
    twice = editcap(lossy, "twice.pcapng", "-r", "-t0.003", *sorted(chance.sample(range(1, left + 1), left // 10)))
    merged = scratch() / "worn.pcapng"
    checked(run(["mergecap", "-w", merged, lossy, twice], ordinary_user=False))
    merged.chmod(0o644)
    return merged
