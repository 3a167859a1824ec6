# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark itself, without the plugin, finds nothing wrong in any conformant flow.

Every checksum that it can check is right, no packet is malformed. What it does not check (RFC 2004's
header) is summed here.
"""

import pytest
from scapy.layers.inet import IP
from scapy.utils import rdpcap

import dsmipgen
import sessions

CHECK = ("-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")
STATUS = ["ip.checksum.status", "udp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status",
          "gre.checksum.status"]
COLUMNS = (*STATUS, "_ws.malformed", "_ws.expert.severity", "_ws.expert.message")
GOOD, NOT_PRESENT = "1", "3"
WARN = 0x600000
MINIMAL_ENCAPSULATION = 55

pytestmark = pytest.mark.xdist_group("test_checksums")  # all flows are seen once


def fields(name):
    """One list of strings for each frame, with the values of a column joined by commas."""
    captures = tuple(map(dsmipgen.write, dsmipgen.flows()))
    return sessions.fields(captures, COLUMNS, CHECK, plugin=False)[dsmipgen.write(name)]


@pytest.mark.parametrize("name", dsmipgen.flows())
def test_flow(name):
    rows = fields(name)
    for number, row in enumerate(rows, 1):
        *statuses, malformed, severities, messages = row
        for column, values in zip(STATUS, statuses):
            allowed = {GOOD} if column == "ip.checksum.status" else {GOOD, NOT_PRESENT}
            assert set(values.split(",")) - {""} <= allowed, f"frame {number}: {column} is {values}"
        assert not malformed, f"frame {number} is malformed"
        loud = [s for s in severities.split(",") if s and int(s) >= WARN]
        assert not loud, f"frame {number}: {messages}"
    assert all(row[0] for row in rows), "a frame without a checked IPv4 header"
    assert any(GOOD in row[1].split(",") for row in rows), "no UDP checksum was checked"


def test_every_kind_of_checksum_is_seen():
    seen = set()
    for name in dsmipgen.flows():
        for row in fields(name):
            seen |= {column for column, values in zip(STATUS, row) if GOOD in values.split(",")}
    assert {"ip.checksum.status", "udp.checksum.status", "icmpv6.checksum.status", "gre.checksum.status"} <= seen


def ones_complement_sum(data: bytes) -> int:
    total = sum(int.from_bytes(data[i:i + 2].ljust(2, b"\0"), "big") for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def test_minimal_encapsulation_headers():
    """RFC 2004: the checksum covers the minimal forwarding header, 8 bytes or with the S bit 12."""
    seen = 0
    for name in dsmipgen.flows():
        for protocol, payload in ipv4_payloads(name):
            if protocol == MINIMAL_ENCAPSULATION:
                length = 12 if payload[1] & 0x80 else 8
                assert ones_complement_sum(payload[:length]) == 0xffff, name
                seen += 1
    assert seen


def ipv4_payloads(name):
    """(protocol, payload) of the outer IPv4 header of each frame."""
    for packet in rdpcap(str(dsmipgen.write(name))):
        ip = bytes(packet[IP])
        yield ip[9], ip[(ip[0] & 15) * 4:]
