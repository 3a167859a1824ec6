# SPDX-License-Identifier: GPL-2.0-or-later
"""Tunnels are found whatever is below IPv4, after reassembly, and not in what an ICMP error quotes."""

import struct

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import Ether
from scapy.utils import rdpcap

import dsmipgen
from dsmipv4_tshark import checked, scratch, tshark

FIELDS = ["dsmipv4.tunnel.mode", "dsmipv4.tunnel.encap", "dsmipv4.tunnel.hoa", "dsmipv4.binding.frame", "dsmipv4.rule"]
SCENARIOS = ["fa_hoa_mode", "coa_mode_gre_key", "hoa_mode_minimal", "natt_hoa_mode", "tun_hoa_expected", "natt_ports"]

# Link type, and what stands before the IPv4 header.
LINKS = {
    "raw": (101, b""),
    "ppp": (9, bytes.fromhex("ff030021")),
    "cooked": (113, bytes.fromhex("0000000100060200c633640100000800")),
    "vlan": (1, bytes.fromhex("0200c0000221" "0200c6336401" "8100" "0064" "0800")),
    "two_vlans": (1, bytes.fromhex("0200c0000221" "0200c6336401" "88a8" "0064" "8100" "0065" "0800")),
}


def write(name, link_type, packets):
    path = scratch() / f"{name}.pcap"
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type))
        for seconds, data in packets:
            whole = int(seconds)
            out.write(struct.pack("<IIII", whole, int((seconds - whole) * 1e6), len(data), len(data)) + data)
    path.chmod(0o644)
    return path


def described(capture):
    args = ["-n", "-r", capture, "-T", "fields"]
    for field in FIELDS:
        args += ["-e", field]
    return tshark(args).splitlines()


def packets_of(name):
    return [(float(p.time), p) for p in rdpcap(str(dsmipgen.write(name, suffix=".pcap")))]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_link_layer(name, link):
    link_type, before = LINKS[link]
    packets = [(seconds, before + bytes(p[Ether].payload)) for seconds, p in packets_of(name)]
    expected = described(dsmipgen.write(name, suffix=".pcap"))
    assert any(line.strip() for line in expected)
    assert described(write(f"{name}-{link}", link_type, packets)) == expected


@pytest.mark.parametrize("name", SCENARIOS)
def test_quoted_in_an_icmp_error(name):
    """The error's receiver is told of the packet, which was judged when it was sent."""
    packets = packets_of(name)
    errors = [(seconds + 100, bytes(IP(src="203.0.113.254", dst=p[IP].src) / ICMP(type=3, code=1) / bytes(p[IP])))
              for seconds, p in packets]
    capture = write(f"{name}-errors", 101, [(s, bytes(p[Ether].payload)) for s, p in packets] + errors)
    assert not any(line.strip() for line in described(capture)[len(packets):])


def test_after_reassembly():
    scenario = scratch() / "fragments.yaml"
    scenario.write_text("base: coloc_hoa_mode\nsteps:\n  - step: data_to_mn\n    fragment: 40\n")
    capture = scratch() / "fragments.pcapng"
    checked(dsmipgen.dsmipgen("write", scenario, "-w", capture))
    capture.chmod(0o644)
    lines = described(capture)
    whole = described(dsmipgen.write("coloc_hoa_mode"))
    assert len(lines) > len(whole)
    assert [line.split("\t")[:3] for line in lines if line.strip()] == \
           [line.split("\t")[:3] for line in whole if line.strip()]
