# SPDX-License-Identifier: GPL-2.0-or-later
"""Information items of tunneled packets: what is said of which flow, and what is said once only."""

import pytest

import dsmipgen
from dsmipv4_tshark import scratch, tshark


def frames(name, item, two_pass=False):
    """Numbers of the frames that have the item."""
    args = ["-n", "-r", dsmipgen.write(name), "-Y", f"dsmipv4.info.{item}", "-T", "fields", "-e", "frame.number"]
    return [int(number) for number in tshark(args, two_pass=two_pass).split()]


@pytest.mark.parametrize("two_pass", [False, True], ids=["one_pass", "two_pass"])
@pytest.mark.parametrize("item, said, unsaid", [
    ("not_seen", "dhcp6_before_ll.near_miss", "coa_mode"),
    ("mld", "mld_in_hoa_tunnel", "coa_mode"),
    ("df_dynamic", "tun_df", "coa_mode"),
    ("ll_stage", "prefix_delegation", "coa_mode"),
    ("implicit_mode", "implicit_mode", "coa_mode"),
    ("double_encap_overhead", "coloc_hoa_mode", "coa_mode"),
])
def test_said(item, said, unsaid, two_pass):
    assert frames(said, item, two_pass)
    assert not frames(unsaid, item, two_pass)


TEN_PACKETS = "base: coloc_hoa_mode\nsteps:\n" + "".join(
    f"  - step: more_{i}\n    like: data_to_mn\n  - step: back_{i}\n    like: data_from_mn\n" for i in range(5))


def test_said_once_in_each_direction():
    scenario = scratch() / "ten_packets.yaml"
    scenario.write_text(TEN_PACKETS)
    assert len(frames(str(scenario), "double_encap_overhead")) == 2
    assert frames(str(scenario), "double_encap_overhead", two_pass=True) == frames(str(scenario),
                                                                                "double_encap_overhead")
