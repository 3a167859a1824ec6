# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen respond: what the reference home agent forwards, against packets that scapy makes and takes apart."""

import contextlib
import signal
import subprocess

import pytest
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import (ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6MLDone, ICMPv6MLQuery, ICMPv6MLReport,
                                ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptDstLLAddr, IPv6, IPv6ExtHdrHopByHop, RouterAlert)
from scapy.layers.l2 import ARP, GRE, Ether
from scapy.packet import Raw

import dsmipgen
from mobile_node import (D, G, M, MN1, PORT, T, TUNNELING_MODE, Reply, authenticated, prefix_request, request,
                         udp_tunnel_request)
from network import MAC_HERE, MAC_THERE, THERE, Receiver, needs_network, pair

pytestmark = needs_network

AGENT, HOA, COA, NAT = "10.0.0.9", MN1[0], "10.0.0.1", "10.0.0.77"
PREFIX, ADDRESS, STRANGER, CN = prefix_request("2001:db8:a::", 48), "2001:db8:a::1", "2001:db8:e::1", "2001:db8:c0::1"
LINK_LOCAL, AGENT_LINK_LOCAL, GROUP = "fe80::c633:644d", "fe80::c633:6401", "ff05::5454"
CN_MAC = "02:00:00:00:00:c0"
SECONDS = 3


class Wire:
    """The node's end of the wire: frames are sent and received as they are."""

    def __init__(self, space):
        self.receiver = Receiver(space, "test0", outgoing=False)

    def send(self, packet, mac=MAC_THERE, source=MAC_HERE):
        kind = 0x86DD if isinstance(packet, IPv6) else 0x0800
        self.receiver.socket.send(bytes(Ether(src=source, dst=mac, type=kind) / packet))

    def next(self, wanted, seconds=SECONDS):
        """The first frame of which `wanted` is true, None: there was none in time."""
        frames = self.receiver.wait(1, seconds)
        while frames:
            for frame in map(Ether, frames):
                if wanted(frame):
                    return frame
            frames = self.receiver.wait(1, seconds)
        return None

    def register(self, flags=D | T, extensions=(), source=COA, port=PORT, care_of=COA, lifetime=60):
        message = authenticated(request(MN1, AGENT, care_of, flags, lifetime, extensions=extensions), *MN1[1:])
        self.send(IP(src=source, dst=AGENT) / UDP(sport=port, dport=PORT) / message)
        frame = self.next(lambda frame: UDP in frame and frame[UDP].sport == PORT and bytes(frame[UDP].payload)[0] == 3)
        assert frame and frame[UDP].dport == port and Reply(bytes(frame[UDP].payload)).code == 0


@pytest.fixture(scope="module", name="ends")
def fixture_ends():
    with pair() as both:
        yield both


@contextlib.contextmanager
def agent(ends, *options):
    process = ends[1].start(dsmipgen.PROGRAM, "respond", "--role", "ha", "-i", THERE, "--set", f"ha.address={AGENT}",
                            *options, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith("home agent")
    wire = Wire(ends[0])
    try:
        yield wire
    finally:
        wire.receiver.socket.close()
        process.send_signal(signal.SIGTERM)
        wire.log = process.communicate(timeout=10)[0].splitlines()


@pytest.fixture(name="wire")
def fixture_wire(ends):
    with agent(ends) as wire:
        yield wire


PING = IPv6(src=CN, dst=ADDRESS, hlim=9) / ICMPv6EchoRequest(id=7, data=b"out")
BACK = IPv6(src=ADDRESS, dst=CN, hlim=9) / ICMPv6EchoReply(id=7, data=b"back")
OUTER, INNER = {"src": AGENT, "dst": COA}, {"src": AGENT, "dst": HOA}
UDP_TUNNEL = udp_tunnel_request(0x80)
# Minimal forwarding headers (RFC 2004 3.1): protocol 41, without and with the source, checksum, addresses.
MINIMAL, MINIMAL_BACK = bytes.fromhex("2900ac7ec633644d"), bytes.fromhex("2980a1f50a000009c633644d")

# name: (flags, extensions, what stands between the Ethernet header and the packet for the node)
FORMS = {
    "care-of address": (D | T, [PREFIX, TUNNELING_MODE], [IP(**OUTER, proto=41)]),
    "home address": (D | T, [PREFIX], [IP(**OUTER, proto=4), IP(**INNER, proto=41)]),
    "GRE": (D | T | G, [PREFIX, TUNNELING_MODE], [IP(**OUTER, proto=47), GRE(proto=0x86DD)]),
    "GRE, home address": (D | T | G, [PREFIX], [IP(**OUTER, proto=47), GRE(proto=0x0800), IP(**INNER, proto=41)]),
    "minimal": (D | T | M, [PREFIX], [IP(**OUTER, proto=55), Raw(MINIMAL)]),
    "UDP": (D | T, [PREFIX, TUNNELING_MODE, UDP_TUNNEL], [IP(**OUTER), UDP(sport=PORT, dport=PORT), Raw(b"\4\x29\0\0")]),
    "UDP, home address": (D | T, [PREFIX, UDP_TUNNEL], [IP(**OUTER), UDP(sport=PORT, dport=PORT), Raw(b"\4\4\0\0"),
                                                        IP(**INNER, proto=41)]),
}


def joined(headers, packet):
    whole = packet
    for header in reversed(headers):
        whole = header.copy() / whole
    return IP(bytes(whole))


def turned(headers):
    """The same headers in the other direction."""
    other = [Raw(MINIMAL_BACK) if bytes(header) == MINIMAL else header.copy() for header in headers]
    for header in other:
        if IP in header:
            header.src, header.dst = header.dst, header.src
    return other


def without_free_fields(headers, data):
    """The bytes of these headers, with zeros for what the sender chooses, and for the checksums over that."""
    data, at = bytearray(data), 0
    for header in headers:
        free = {IP: [4, 5, 10, 11], UDP: [6, 7]}.get(type(header), [])
        for byte in free:
            data[at + byte] = 0
        at += len(header)
    return bytes(data[:at])


def forwarded(packet):
    packet = packet.copy()
    packet.hlim -= 1
    return bytes(packet)


@pytest.mark.parametrize("form", FORMS)
def test_to_the_node(wire, form):
    flags, extensions, headers = FORMS[form]
    wire.register(flags, extensions)
    wire.send(PING)
    frame = wire.next(lambda frame: IP in frame and b"out" in bytes(frame))
    expected = bytes(joined(headers, Raw(forwarded(PING))))
    found = bytes(frame[IP])[:frame[IP].len]
    assert frame.dst == MAC_HERE
    assert without_free_fields(headers, found) == without_free_fields(headers, expected)
    assert found[-len(PING):] == forwarded(PING) and len(found) == len(expected)


@pytest.mark.parametrize("form", FORMS)
def test_from_the_node(wire, form):
    """The agent asks for the correspondent node by neighbor discovery, and forwards what waited."""
    flags, extensions, headers = FORMS[form]
    wire.register(flags, extensions)
    wire.send(joined(turned(headers), BACK))
    question = wire.next(lambda frame: ICMPv6ND_NS in frame)
    assert (question[ICMPv6ND_NS].tgt, question[IPv6].src, question[IPv6].hlim) == (CN, AGENT_LINK_LOCAL, 255)
    assert question[IPv6].dst == "ff02::1:ff00:1" and question.dst == "33:33:ff:00:00:01"
    wire.send(IPv6(src=CN, dst=AGENT_LINK_LOCAL, hlim=255) / ICMPv6ND_NA(tgt=CN, R=0, S=1, O=1) /
              ICMPv6NDOptDstLLAddr(lladdr=CN_MAC), source=CN_MAC)
    frame = wire.next(lambda frame: b"back" in bytes(frame))
    assert (frame.dst, frame.src) == (CN_MAC, MAC_THERE)
    assert bytes(frame[IPv6])[:len(BACK)] == forwarded(BACK)


@pytest.mark.parametrize("packet", [
    IP(src=COA, dst=AGENT, proto=41) / IPv6(src=STRANGER, dst=CN) / ICMPv6EchoReply(),  # not its prefix
    IP(src=NAT, dst=AGENT, proto=41) / BACK,  # not its care-of address
    IP(src=COA, dst=AGENT, proto=4) / IP(src="198.51.100.79", dst=AGENT, proto=41) / BACK,  # nor its home address
    IP(src=COA, dst=AGENT) / UDP(sport=PORT, dport=PORT) / Raw(b"\4\x29\0\0" + bytes(BACK)),  # no UDP tunnel was granted
    IP(src=COA, dst=AGENT, proto=41) / IPv6(src=ADDRESS, dst=CN, hlim=1) / ICMPv6EchoReply(),
    IP(src=COA, dst=AGENT, proto=41) / Raw(bytes(BACK)[:39]),
    IP(src=COA, dst=AGENT, proto=4) / Raw(b"\x45"),
])
def test_not_from_the_node(ends, packet):
    with agent(ends) as wire:
        wire.register(extensions=[PREFIX, TUNNELING_MODE])
        wire.send(packet)
        wire.send(joined([IP(src=COA, dst=AGENT, proto=41)], IPv6(src=ADDRESS, dst="2001:db8:c0::2") / ICMPv6EchoReply()))
        question = wire.next(lambda frame: ICMPv6ND_NS in frame)
        assert question[ICMPv6ND_NS].tgt == "2001:db8:c0::2", "the one after it is the first that is forwarded"
    assert wire.log[0].startswith(f"{HOA} at {COA}: accepted")


def test_log(ends):
    with agent(ends) as wire:
        wire.register(extensions=[PREFIX])
        wire.send(IP(src=NAT, dst=AGENT, proto=41) / BACK)
        wire.send(IP(src=COA, dst=AGENT, proto=41) / IPv6(src=STRANGER, dst=CN) / ICMPv6EchoReply())
        wire.send(IP(src=NAT, dst=AGENT, proto=41) / BACK)
        wire.register(lifetime=0)
    assert [line for line in wire.log if line.startswith("tunnel")] == [
        f"tunnel from {NAT}: dropped, no node is registered there",
        f"tunnel from {COA}: dropped, the node has not registered the source {STRANGER}",
        f"tunnel from {NAT}: dropped, no node is registered there",
    ]


@pytest.mark.parametrize("flags, protocol", [(D | T, 4), (D | T | G, 47), (D | T | M, 55)])
def test_ipv4(wire, flags, protocol):
    """By ARP for the home address, then in the tunnel; in minimal encapsulation with both addresses (RFC 2004 3.1)."""
    wire.register(flags)
    wire.receiver.socket.send(bytes(Ether(src=MAC_HERE, dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=MAC_HERE, psrc=COA, pdst=HOA)))
    assert wire.next(lambda frame: ARP in frame and frame[ARP].op == 2)[ARP].hwsrc == MAC_THERE
    wire.send(IP(src="203.0.113.80", dst=HOA, ttl=9) / ICMP(id=7) / b"out")
    frame = wire.next(lambda frame: IP in frame and b"out" in bytes(frame))
    assert (frame[IP].src, frame[IP].dst, frame[IP].proto) == (AGENT, COA, protocol)
    inside = bytes(frame[IP])[20:frame[IP].len]
    if protocol == 55:
        assert inside[:2] == b"\x01\x80" and inside[4:12] == bytes([198, 51, 100, 77, 203, 0, 113, 80])
        return
    inner = IP(inside[4 if protocol == 47 else 0:])
    assert (inner.src, inner.dst, inner.ttl) == ("203.0.113.80", HOA, 8)
    fresh = inner.copy()
    del fresh.chksum
    assert bytes(fresh) == bytes(inner), "the checksum goes with the TTL"


def test_keepalive(wire):
    """RFC 3519 4.9: a ping in the UDP tunnel, from the NAT's address and port."""
    wire.register(extensions=[udp_tunnel_request()], source=NAT, port=50434, care_of="10.0.0.33")
    ping = IP(src=HOA, dst=AGENT) / ICMP(id=7) / b"keep"
    wire.send(IP(src=NAT, dst=AGENT) / UDP(sport=50434, dport=PORT) / Raw(b"\4\4\0\0" + bytes(ping)))
    frame = wire.next(lambda frame: b"keep" in bytes(frame))
    assert (frame[IP].dst, frame[UDP].sport, frame[UDP].dport) == (NAT, PORT, 50434)
    payload = bytes(frame[UDP].payload)
    answer = IP(payload[4:])
    assert payload[:4] == b"\4\4\0\0" and (answer.src, answer.dst, answer[ICMP].type) == (AGENT, HOA, 0)
    fresh = bytes(IP(src=AGENT, dst=HOA) / ICMP(type=0, id=7) / b"keep")
    assert bytes(answer)[20:] == fresh[20:], "the checksum is that of a reply"


def multicast(message):
    return joined([IP(src=COA, dst=AGENT, proto=4), IP(src=HOA, dst=AGENT, proto=41)],
                  IPv6(src=LINK_LOCAL, dst=GROUP, hlim=1) / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / message)


def test_multicast(wire):
    """Nothing before the node joins; then all of the group; then a query in the tunnel to the home address (RFC 2710 4)."""
    wire.register(extensions=[PREFIX, TUNNELING_MODE])
    data = IPv6(src=CN, dst=GROUP) / UDP(sport=1, dport=2) / b"group"
    wire.send(data, mac="33:33:00:00:54:54")
    wire.send(multicast(ICMPv6MLReport(mladdr=GROUP)))
    wire.send(IPv6(src=CN, dst=GROUP) / UDP(sport=1, dport=3) / b"group", mac="33:33:00:00:54:54")
    frame = wire.next(lambda frame: b"group" in bytes(frame))
    assert (frame[IP].dst, frame[IP].proto, bytes(frame[IP])[20 + 40 + 2:20 + 40 + 4]) == (COA, 41, b"\0\3")
    wire.send(multicast(ICMPv6MLDone(mladdr=GROUP)))
    query = wire.next(lambda frame: IP in frame and frame[IP].proto == 4)
    inner = IP(bytes(query[IP])[20:])
    assert (inner.dst, inner.proto) == (HOA, 41)
    assert (inner[IPv6].dst, inner[IPv6].hlim, inner[ICMPv6MLQuery].mladdr) == (GROUP, 1, GROUP)
    wire.send(data, mac="33:33:00:00:54:54")
    assert wire.next(lambda frame: b"group" in bytes(frame), seconds=0.15) is None


def test_link_local(wire):
    """RFC 5454 3.7.1: link-local packets in the tunnel of the home address."""
    wire.register(extensions=[prefix_request(LINK_LOCAL, 255)])
    ping = IPv6(src=LINK_LOCAL, dst="ff02::2", hlim=255) / ICMPv6EchoRequest(id=9, seq=3, data=b"link")
    wire.send(joined([IP(src=COA, dst=AGENT, proto=4), IP(src=HOA, dst=AGENT, proto=41)], ping))
    frame = wire.next(lambda frame: b"link" in bytes(frame))
    assert [(layer.src, layer.dst) for layer in (frame[IP], IP(bytes(frame[IP])[20:]))] == [(AGENT, COA), (AGENT, HOA)]
    answer = IPv6(bytes(frame[IP])[40:frame[IP].len])
    expected = IPv6(src=AGENT_LINK_LOCAL, dst=LINK_LOCAL, hlim=64) / ICMPv6EchoReply(id=9, seq=3, data=b"link")
    assert bytes(answer) == bytes(expected)


def test_neighbor_solicitation(wire):
    wire.send(IPv6(src=LINK_LOCAL, dst="ff02::1:ff33:6401", hlim=255) / ICMPv6ND_NS(tgt=AGENT_LINK_LOCAL), mac="33:33:ff:33:64:01")
    frame = wire.next(lambda frame: ICMPv6ND_NA in frame)
    assert (frame[ICMPv6ND_NA].tgt, frame[ICMPv6NDOptDstLLAddr].lladdr, frame.dst) == (AGENT_LINK_LOCAL, MAC_THERE, MAC_HERE)
    data = bytes(frame[IPv6])
    fresh = IPv6(data[:40] + data[40:42] + bytes(2) + data[44:])
    del fresh[ICMPv6ND_NA].cksum
    assert bytes(fresh) == data
