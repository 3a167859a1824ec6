# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen respond --role fa: the reference foreign agent, against packets that scapy and a few lines make."""

import signal
import socket
import struct
import subprocess

import pytest
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

import dsmipgen
from mobile_node import MN1, PORT, T, authenticated, extension, request
from network import MAC_HERE, MAC_THERE, THERE, Receiver, needs_network, pair

pytestmark = needs_network

AGENT, HOA, HOME = "10.0.0.9", MN1[0], "10.0.0.1"
HOME_MAC = "02:00:00:00:00:0a"  # frames for the home agent, beside those for the node at MAC_HERE


class Wire:
    """The end of the wire where the node and its home agent are."""

    def __init__(self, receiver):
        self.receiver = receiver

    def send(self, packet, source=MAC_HERE, mac=MAC_THERE):
        self.receiver.socket.send(bytes(Ether(src=source, dst=mac, type=0x0800) / packet))

    def next(self, wanted, seconds=3):
        """The first frame of which `wanted` is true; the home agent's ARP is answered meanwhile."""
        while frames := self.receiver.wait(1, seconds):
            for frame in map(Ether, frames):
                if ARP in frame and frame[ARP].op == 1 and frame[ARP].pdst == HOME:
                    self.receiver.socket.send(bytes(Ether(src=HOME_MAC, dst=frame.src) / ARP(
                        op=2, hwsrc=HOME_MAC, psrc=HOME, hwdst=frame.src, pdst=AGENT)))
                if wanted(frame):
                    return frame
        return None

    def message(self, kind, seconds=3):
        return self.next(lambda frame: UDP in frame and bytes(frame[UDP].payload)[:1] == bytes([kind]), seconds)

    def ask(self, message, port=50434):
        self.send(IP(src=HOA, dst=AGENT) / UDP(sport=port, dport=PORT) / message)

    def answer(self, asked, code=0, lifetime=60, identification=None):
        body = struct.pack(">BBH4s4s", 3, code, lifetime, socket.inet_aton(HOA), socket.inet_aton(HOME))
        self.reply = authenticated(body + (identification or asked[16:24]), *MN1[1:])
        self.send(IP(src=HOME, dst=AGENT) / UDP(sport=PORT, dport=PORT) / self.reply, source=HOME_MAC)

    def register(self, code=0, flags=T):
        message = signed(flags=flags)
        self.ask(message)
        assert self.message(1)
        self.answer(message, code)
        return self.message(3)


def signed(flags=T, care_of=AGENT, **fields):
    return authenticated(request(MN1, HOME, care_of, flags, **fields), *MN1[1:])


@pytest.fixture(scope="module", name="ends")
def fixture_ends():
    with pair() as both:
        both[0].ip("addr del 10.0.0.1/24 dev test0")  # the home agent is played
        yield both


@pytest.fixture(name="wire")
def fixture_wire(ends):
    process = ends[1].start(dsmipgen.PROGRAM, "respond", "--role", "fa", "-i", THERE, "--set", f"fa.address={AGENT}",
                            "--set", f"ha.address={HOME}", stdout=subprocess.PIPE)
    with Receiver(ends[0], "test0") as receiver:
        assert process.stdout.readline() == f"foreign agent {AGENT} on {THERE}\n"
        yield Wire(receiver)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_relays_both_ways(wire):
    """Byte for byte, from port 434, and back to the address, the port and the Ethernet address of the request."""
    message = signed(extensions=[extension(200, b"unknown"), extension(152, bytes([9, 1]))])
    wire.ask(message)
    frame = wire.message(1)
    assert (frame.dst, frame[IP].src, frame[IP].dst, frame[UDP].sport, frame[UDP].dport) == (HOME_MAC, AGENT, HOME, PORT, PORT)
    assert bytes(frame[UDP].payload) == message
    wire.answer(message)
    frame = wire.message(3)
    assert (frame.dst, frame[IP].src, frame[IP].dst, frame[UDP].sport, frame[UDP].dport) == (MAC_HERE, AGENT, HOA, PORT, 50434)
    assert bytes(frame[UDP].payload) == wire.reply


@pytest.mark.parametrize("fields, code, lifetime", [({"care_of": "10.0.0.77"}, 77, 0), ({"lifetime": 601}, 69, 600)])
def test_denials(wire, fields, code, lifetime):
    message = signed(**fields)
    wire.ask(message)
    payload = bytes(wire.message(3)[UDP].payload)
    assert payload == struct.pack(">BBH", 3, code, lifetime) + message[4:12] + message[16:24]


@pytest.mark.parametrize("packet", [
    IP(src=HOA, dst=AGENT) / UDP(sport=PORT, dport=PORT) / signed(extensions=[extension(35, b"x")]),
    IP(src=HOA, dst=AGENT) / UDP(sport=PORT, dport=PORT, chksum=0x1234) / signed(),
    IP(src=HOA, dst=AGENT) / UDP(sport=PORT, dport=PORT) / signed()[:23],
])
def test_ignored(wire, packet):
    wire.send(packet)
    assert wire.next(lambda frame: UDP in frame, seconds=0.2) is None


def test_reply_to_no_request(wire):
    message = signed()
    wire.ask(message)
    assert wire.message(1)
    wire.answer(message, identification=message[16:20] + b"abcd")
    assert wire.message(3, seconds=0.2) is None
    wire.answer(message)
    assert wire.message(3)
    wire.answer(message)
    assert wire.message(3, seconds=0.2) is None, "it is answered"


INNER = IP(src="203.0.113.80", dst=HOA, ttl=9) / ICMP(id=7) / b"data"


@pytest.mark.parametrize("code, home, is_delivered", [(0, HOME, True), (129, HOME, False), (0, "10.0.0.66", False)])
def test_out_of_the_tunnel(wire, code, home, is_delivered):
    wire.register(code)
    wire.send(IP(src=home, dst=AGENT, proto=4) / INNER, source=HOME_MAC)
    frame = wire.next(lambda frame: IP in frame and b"data" in bytes(frame), seconds=3 if is_delivered else 0.2)
    if not is_delivered:
        assert frame is None
        return
    expected = INNER.copy()
    expected.ttl = 8
    assert frame.dst == MAC_HERE and bytes(frame[IP])[:len(expected)] == bytes(expected)


@pytest.mark.parametrize("flags, is_tunneled", [(T, True), (0, False)])
def test_into_the_tunnel(wire, flags, is_tunneled):
    wire.register(flags=flags)
    wire.send(IP(src=HOA, dst="203.0.113.80", ttl=9) / ICMP(id=7) / b"data")
    frame = wire.next(lambda frame: IP in frame and b"data" in bytes(frame), seconds=3 if is_tunneled else 0.2)
    if not is_tunneled:
        assert frame is None
        return
    inner = IP(src=HOA, dst="203.0.113.80", ttl=8) / ICMP(id=7) / b"data"
    assert (frame.dst, frame[IP].src, frame[IP].dst, frame[IP].proto) == (HOME_MAC, AGENT, HOME, 4)
    assert bytes(frame[IP])[20:20 + len(inner)] == bytes(inner)


def test_advertisement(wire):
    """RFC 5944 2.1: type 9, the agent as router, and an extension of ten bytes with sequence, lifetime, flags, care-of address."""
    wire.receiver.socket.send(bytes(Ether(src=MAC_HERE, dst="01:00:5e:00:00:0b", type=0x0800) /
                                    IP(src=HOA, dst="224.0.0.11", ttl=1, proto=1) / Raw(b"\x0a\0\xf5\xff\0\0\0\0")))
    frame = wire.next(lambda frame: IP in frame and frame[IP].dst == HOA and frame[IP].proto == 1)
    body = bytes(frame[IP])[20:frame[IP].len]
    agent = socket.inet_aton(AGENT)
    assert body[0] == 9 and body[8:12] == agent and body[16:18] == bytes([16, 10])
    assert struct.unpack(">H", body[20:22]) == (600,) and body[24:28] == agent
    assert body[22] & 0x10, "the F flag: a foreign agent"
