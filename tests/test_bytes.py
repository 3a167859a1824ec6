# SPDX-License-Identifier: GPL-2.0-or-later
"""The bytes that Wireshark highlights for a broken rule are those that are wrong: of headers by the RFCs' layouts.

The values are those of the violations' scenarios, written by hand.
"""

import base64

import pytest

import dsmipgen
import sessions
from dsmipv4_rules import every_rule_on

# Rule -> the bytes in the first frame that breaks it.
WRONG = {
    # UDP header (RFC 768)
    "udp_port": "153a",  # 5434
    "udp_cksum_zero": "0000",
    # The IPv4 header (RFC 791): protocol, flags, addresses, options
    "tun_minenc_ipv6": "37",
    "tun_ip4_carries_ip6": "04",
    "tun_df": "40",
    "tun_ip4_df": "00",
    "tun_dscp": "00",
    "tun_outer_options": "01010100",
    "tun_outer_addr": "e0000001",  # 224.0.0.1
    "tun_outer_src": "cb0071c8",  # 203.0.113.200
    "tun_ha_addr": "c6336403",  # 198.51.100.3
    "tun_loop": "c6336401c633644d",  # 198.51.100.1 and 198.51.100.77
    "tun_encap": "29",
    "tun_encap_forward": "2f",
    "tun_encap_reverse": "2f",
    "tun_hoa_encap": "2f",
    "natt_no_assent": "11",
    "natt_not_used": "29",
    # The address of the node's end
    "tun_hoa_expected": "c0000221",  # 192.0.2.33
    "tun_coa_expected": "c633644d",  # 198.51.100.77
    "tun_fa_coa_direct": "cb007109",  # 203.0.113.9
    "tun_mcast_form": "c633644d",
    "tun_implicit_coa": "c0000221",
    "tun_no_binding": "c0000221",
    "tun_expired": "c0000221",
    "mld_not_hoa": "c0000221",
    "dhcp6_via_coa": "c0000221",
    "ll_via_coa": "c0000221",
    "natt_mode": "c00002c8",  # 192.0.2.200
    # The port of the node's end
    "natt_ports": "c503",  # 50435
    "natt_keepalive_port": "c503",
    # The IPv6 header inside (RFC 8200)
    "tun_prefix_rejected": "20010db8000d00000000000000000001",
    "tun_prefix_removed": "20010db8000d00000000000000000001",
    "tun_inner_src": "20010db8000b00000000000000000001",
    "tun_hop_zero": "00",
    "tun_outer_length": "0064",
}

pytestmark = pytest.mark.xdist_group("test_bytes")  # one sharkd


def highlighted(program, name, rule):
    """The bytes of the item of that rule, in the first frame that has it."""
    program.load(dsmipgen.write(name))
    frame = min(number for number, ids in program.rules().items() if rule in ids)
    answer = program.ask("frame", frame=frame, proto=True, bytes=True)
    item = next(node for node in sessions.nodes(answer["tree"]) if node.get("f") == f'dsmipv4.rule == "{rule}"')
    start, length = item.get("h", (0, 0))
    return base64.b64decode(answer["bytes"])[start:start + length].hex()


@pytest.mark.parametrize("rule", WRONG)
def test_wrong_bytes_are_highlighted(rule):
    assert highlighted(sessions.sharkd(tuple(every_rule_on())), rule, rule) == WRONG[rule]


@pytest.mark.parametrize("flow, frame, start, length", [
    ("coa_mode", 3, 14, 20),  # IPv4, then IPv6
    ("coloc_hoa_mode", 3, 14, 40),  # twice IPv4
    ("natt_coa_mode", 3, 14, 32),  # IPv4, UDP, tunnel data
    ("coa_mode_gre", 3, 14, 24),
])
def test_tunnel_is_its_headers(flow, frame, start, length):
    program = sessions.sharkd(tuple(every_rule_on())).load(dsmipgen.write(flow))
    tree = next(node for node in program.tree(frame) if node.get("f") == "dsmipv4")
    assert tree["h"] == [start, length]
