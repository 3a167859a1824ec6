# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen respond --role mn: the reference mobile node, against a home agent of a few lines and packets of scapy."""

import hashlib
import hmac
import signal
import socket
import struct
import subprocess
import time

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import Ether

import dsmipgen
from mobile_node import D, DSMIPV4, MN1, MN_HA_AUTH, NTP_OFFSET, PORT, T, authenticated
from network import ADDRESS_HERE, MAC_HERE, MAC_THERE, THERE, Receiver, needs_network, pair
from test_cli import check_refusal

pytestmark = needs_network

NODE, SECOND, HOA = "10.0.0.50", "10.0.0.51", MN1[0]
PREFIX, ADDRESS, CN = "2001:db8:a::", "2001:db8:a::1", "2001:db8:c0::1"


class Request:
    """A registration request, taken apart."""

    def __init__(self, data):
        kind, self.flags, self.lifetime, hoa, ha, coa, self.identification = struct.unpack(">BBH4s4s4sQ", data[:24])
        assert kind == 1
        self.hoa, self.ha, self.coa = map(socket.inet_ntoa, (hoa, ha, coa))
        self.extensions, at = [], 24
        while at < len(data):
            self.extensions.append((data[at], data[at + 2:at + 2 + data[at + 1]]))
            at += 2 + data[at + 1]
        body = struct.pack(">I", MN1[1]) + hmac.new(MN1[2], data[:-16], hashlib.md5).digest()
        self.is_signed = self.extensions[-1] == (MN_HA_AUTH, body)


class HomeAgent:
    """The socket of a home agent, and the node that it serves."""

    def __init__(self, process, server, receiver):
        self.process, self.socket, self.receiver = process, server, receiver

    def hear(self, seconds=5.0):
        self.socket.settimeout(seconds)
        data, self.peer = self.socket.recvfrom(2048)
        return Request(data)

    def is_silent(self, seconds):
        try:
            self.hear(seconds)
        except TimeoutError:
            return True
        return False

    def reply(self, identification, code=0, lifetime=600, prefix_code=None, key=MN1[2]):
        message = struct.pack(">BBH4s4sQ", 3, code, lifetime, socket.inet_aton(HOA), socket.inet_aton(ADDRESS_HERE),
                              identification)
        if prefix_code is not None:
            message += bytes([DSMIPV4, 20, 2, prefix_code, 48, 0]) + socket.inet_pton(socket.AF_INET6, PREFIX)
        self.socket.sendto(authenticated(message, MN1[1], key), self.peer)

    def register(self, **fields):
        self.reply(self.hear().identification, **fields)

    def ask(self, packet, seconds=3):
        """Sends a packet to the node, and returns the first IPv4 packet that has its data."""
        self.receiver.frames()
        self.receiver.socket.send(bytes(Ether(src=MAC_HERE, dst=MAC_THERE, type=0x0800) / packet))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for frame in map(Ether, self.receiver.wait(1, 0.05)):
                if IP in frame and b"data" in bytes(frame):
                    return frame[IP]
        return None


@pytest.fixture(scope="module", name="ends")
def fixture_ends():
    with pair() as both:
        yield both


@pytest.fixture(name="home")
def fixture_home(ends):
    with ends[0].entered():
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((ADDRESS_HERE, PORT))
    with server, Receiver(ends[0], "test0") as receiver:
        settings = [f"ha.address={ADDRESS_HERE}", f"mn1.coa={NODE}", f"mn1.second_coa={SECOND}"]
        process = ends[1].start(dsmipgen.PROGRAM, "respond", "--role", "mn", "-i", THERE,
                                *(word for setting in settings for word in ("--set", setting)), stdout=subprocess.PIPE)
        yield HomeAgent(process, server, receiver)
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=10)[0].startswith(f"mobile node {NODE} on {THERE}\n")
        assert process.returncode == 0


def test_request(home):
    """RFC 5944 3.3, RFC 5454 2.1 and 2.3."""
    request = home.hear()
    assert (request.hoa, request.ha, request.coa, request.lifetime, request.flags) == (HOA, ADDRESS_HERE, NODE, 600, D | T)
    assert home.peer == (NODE, PORT) and request.is_signed
    assert request.extensions[:-1] == [(DSMIPV4, bytes([1, 48]) + socket.inet_pton(socket.AF_INET6, PREFIX)),
                                       (DSMIPV4, bytes([3, 0]))]
    assert abs((request.identification >> 32) - NTP_OFFSET - time.time()) < 2


def test_retransmission(home):
    """After one second, then after two, each with a new identification (RFC 5944 3.6.3)."""
    times, ids = [], []
    for _ in range(3):
        ids.append(home.hear().identification)
        times.append(time.monotonic())
    assert 0.9 < times[1] - times[0] < 1.9 < times[2] - times[1] < 3.5
    assert ids == sorted(set(ids))


def test_answered(home):
    home.register()
    assert home.is_silent(1.2)


@pytest.mark.parametrize("wrong", [{"key": b"wrong"}, {"identification": 5}])
def test_ignored(home, wrong):
    request = home.hear()
    home.reply(**{"identification": request.identification, **wrong})
    assert home.hear(2).identification > request.identification


def test_refresh(home):
    home.register(lifetime=2)
    assert home.hear(1.9).lifetime == 600


def test_resynchronization(home):
    request = home.hear()
    home.reply(request.identification + (1000 << 32), code=133, lifetime=0)
    assert abs((home.hear(1).identification >> 32) - (request.identification >> 32) - 1000) <= 2


def test_denied(home):
    home.reply(home.hear().identification, code=129, lifetime=0)
    assert home.is_silent(1.2)


def test_signals(home):
    home.register()
    home.process.send_signal(signal.SIGUSR1)
    home.register()
    home.process.send_signal(signal.SIGUSR2)
    assert home.hear().coa == SECOND and home.peer == (SECOND, PORT)


TO_COA, TO_HOA = {"src": ADDRESS_HERE, "dst": NODE}, {"src": ADDRESS_HERE, "dst": HOA}
PING = IPv6(src=CN, dst=ADDRESS) / ICMPv6EchoRequest(id=5, seq=6, data=b"data")
PONG = bytes(IPv6(src=ADDRESS, dst=CN, hlim=64) / ICMPv6EchoReply(id=5, seq=6, data=b"data"))
BY_COA, BY_HOA = IP(**TO_COA, proto=41) / PING, IP(**TO_COA, proto=4) / IP(**TO_HOA, proto=41) / PING


@pytest.mark.parametrize("code, packet, outer", [
    (1, BY_COA, [(NODE, ADDRESS_HERE)]),
    (0, BY_HOA, [(NODE, ADDRESS_HERE), (HOA, ADDRESS_HERE)]),
    (1, BY_HOA, None), (0, BY_COA, None), (8, BY_COA, None), (None, BY_HOA, None),
    (1, IP(src="10.0.0.3", dst=NODE, proto=41) / PING, None),
    (1, IP(**TO_COA, proto=41) / IPv6(src=CN, dst="2001:db8:b::1") / ICMPv6EchoRequest(data=b"data"), None),
])
def test_ipv6(home, code, packet, outer):
    home.register(prefix_code=code)
    answer = home.ask(packet, 3 if outer else 0.2)
    if not outer:
        assert answer is None
        return
    data = bytes(answer)[:answer.len]
    assert data[-len(PONG):] == PONG and len(data) == len(PONG) + 20 * len(outer)
    assert [(IP(data[20 * i:]).src, IP(data[20 * i:]).dst) for i in range(len(outer))] == outer


def test_ipv4(home):
    home.register()
    answer = home.ask(IP(**TO_COA, proto=4) / IP(src="203.0.113.80", dst=HOA) / ICMP(id=5, seq=6) / b"data")
    inner = IP(bytes(answer)[20:answer.len])
    assert [(answer.src, answer.dst, answer.proto), (inner.src, inner.dst)] == [(NODE, ADDRESS_HERE, 4), (HOA, "203.0.113.80")]
    assert bytes(inner)[20:] == bytes(IP() / ICMP(type=0, id=5, seq=6) / b"data")[20:]


def test_address_of_the_machine(ends):
    check_refusal(ends[1].run(dsmipgen.PROGRAM, "respond", "--role", "mn", "-i", THERE, "--set", "mn1.coa=10.0.0.2"), 3,
                  "10.0.0.2 is an address of this machine", "expected another mn1.coa")
