# SPDX-License-Identifier: GPL-2.0-or-later
"""Every authenticator of every flow is right, computed by Python's hmac over a walk of our own.

RFC 3344 3.5.1: HMAC-MD5 over the UDP payload from its first byte to the end of the SPI of the
authentication extension. The keys below repeat the generator's own; neither its code nor the
plugin's decoder is used.
"""

import hmac
import struct

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.mobileip import MobileIPRRP, MobileIPRRQ
from scapy.utils import rdpcap

import dsmipgen
import sessions

FIXED_PART = {1: 24, 3: 20, 7: 20, 15: 12}  # request, reply, revocation, its acknowledgement
LONG_LAYOUT = {36, 38, 40, 41, 42, 43, 47}  # Type, Sub-Type, 16 bits of Length
MN_HA, MN_FA, FA_HA = 32, 33, 34
KEYS = {
    (MN_HA, 0x100): b"mn1-ha secret",
    (MN_HA, 0x101): b"mn2-ha secret",
    (MN_FA, 0x200): b"mn1-fa secret",
    (MN_FA, 0x201): b"mn2-fa secret",
    (FA_HA, 0x300): b"fa-ha secret",
}


def control_messages(capture):
    """UDP payloads of registrations and revocations on port 434, with the frame they are in."""
    for number, packet in enumerate(rdpcap(str(capture)), 1):
        if UDP not in packet or 434 not in (packet[UDP].sport, packet[UDP].dport) or packet[IP].proto != 17:
            continue
        ip = packet[IP].original
        udp = ip[(ip[0] & 15) * 4:]
        payload = udp[8:struct.unpack("!H", udp[4:6])[0]]
        if payload and payload[0] in FIXED_PART:
            yield number, packet, payload


def extensions(payload):
    """(type, offset, header length, body) of each extension."""
    at = FIXED_PART[payload[0]]
    while at < len(payload):
        kind = payload[at]
        header = 4 if kind in LONG_LAYOUT else 2
        length = struct.unpack("!H", payload[at + 2:at + 4])[0] if header == 4 else payload[at + 1]
        assert at + header + length <= len(payload), "extension beyond the end"
        yield kind, at, header, payload[at + header:at + header + length]
        at += header + length
    assert at == len(payload)


def wrong_authenticators(payload, keys):
    """Types of the authentication extensions whose authenticator does not fit; and of all of them."""
    wrong, seen = [], []
    for kind, at, header, body in extensions(payload):
        if kind in (MN_HA, MN_FA, FA_HA):
            seen.append(kind)
            spi = struct.unpack("!I", body[:4])[0]
            covered = payload[:at + header + 4]
            if body[4:] != hmac.digest(keys[kind, spi], covered, "md5"):
                wrong.append(kind)
    return wrong, seen


@pytest.mark.parametrize("name", dsmipgen.flows())
def test_flow(name):
    messages = list(control_messages(dsmipgen.write(name)))
    assert len(messages) >= 2, "no registration in this flow"
    for number, _, payload in messages:
        wrong, seen = wrong_authenticators(payload, KEYS)
        assert seen, f"frame {number} carries no authenticator"
        assert not wrong, f"frame {number}: wrong authenticator in extension {wrong}"


def test_all_kinds_of_authenticator_are_seen():
    seen = set()
    for name in dsmipgen.flows():
        for _, _, payload in control_messages(dsmipgen.write(name)):
            seen |= set(wrong_authenticators(payload, KEYS)[1])
    assert seen == {MN_HA, MN_FA, FA_HA}


@pytest.mark.parametrize("name", dsmipgen.rules())
def test_rule_violations_are_signed_too(name):
    """What breaks one rule must not break another: malformed messages are re-signed."""
    for number, _, payload in control_messages(dsmipgen.write(name)):
        try:
            wrong, _ = wrong_authenticators(payload, KEYS)
        except (AssertionError, KeyError, IndexError, struct.error):
            continue  # cannot be walked, or has an SPI or a size of its own: that is its violation
        assert not wrong or name.startswith("auth"), f"frame {number}: wrong authenticator in extension {wrong}"


def test_key_from_the_command_line(tmp_path):
    capture = tmp_path / "key.pcap"
    process = dsmipgen.dsmipgen("write", "coa_mode", "--set", "mn1.key=0x00112233445566778899aabbccddeeff",
                                "-w", capture)
    assert process.returncode == 0, process.stderr
    key = bytes.fromhex("00112233445566778899aabbccddeeff")
    for _, _, payload in control_messages(capture):
        assert wrong_authenticators(payload, {(MN_HA, 0x100): key}) == ([], [MN_HA])
        assert wrong_authenticators(payload, KEYS) == ([MN_HA], [MN_HA])


def test_scapy_reads_the_same_addresses():
    """scapy's own Mobile IP layer finds the base addresses where RFC 3344 puts them."""
    packets = [packet for _, packet, _ in control_messages(dsmipgen.write("coa_mode"))]
    request, reply = packets[0][MobileIPRRQ], packets[1][MobileIPRRP]
    assert (request.homeaddr, request.haaddr, request.coaddr) == ("198.51.100.77", "198.51.100.1", "192.0.2.33")
    assert (reply.homeaddr, reply.haaddr, reply.code) == ("198.51.100.77", "198.51.100.1", 0)
    assert (request.lifetime, reply.lifetime) == (600, 600)
    assert request.id == reply.id


def key(peer, algorithm, secret):
    return "-o", f'uat:dsmipv4_keys:"any","{peer}","0x100","{algorithm}","{secret}"'


# What is said of an authenticator that was made with HMAC-MD5 and the key of mn1, 198.51.100.77.
SAID = {
    "no_key": ((), "not checked (no key for SPI 0x100)"),
    "right": (key("198.51.100.77", "hmac-md5", "mn1-ha secret"), "good"),
    "algorithm": (key("198.51.100.77", "keyed-md5", "mn1-ha secret"), "bad (verifies with hmac-md5 instead)"),
    "other_node": (key("198.51.100.77", "hmac-md5", "mn2-ha secret") + key("198.51.100.78", "hmac-md5", "mn1-ha secret"),
                   "bad (verifies with the key of 198.51.100.78, SPI 0x100)"),
    "wrong": (key("198.51.100.77", "hmac-md5", "mn2-ha secret"), "bad"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_is_said(name):
    """Why an authenticator was not checked, and with what a bad one does verify."""
    options, words = SAID[name]
    wireshark = sessions.Sharkd(options)
    tree = wireshark.load(dsmipgen.write("registration")).tree(1)
    wireshark.close()
    labels = [node["l"] for node in sessions.nodes(tree) if node.get("f", "").startswith("dsmipv4.auth == ")]
    assert labels == [f"Authentication: {words}"]
