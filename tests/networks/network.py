# SPDX-License-Identifier: GPL-2.0-or-later
"""A network in time: links that packets cross, NATs that change them, and what could be seen of it."""

import heapq
import random
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .wire import IPv4, Udp, fragments, routed

MTU = 1500


@dataclass
class Note:
    """What is true of a packet, whatever a capture shows of it."""

    kind: str = "other"  # request, reply, revocation, acknowledgment, tunnel (IPv6 inside), tunnel4 (IPv4 inside), or another
    node: object = None
    exchange: object = None  # what a request and its reply share, or a revocation and its acknowledgment
    mode: str = ""  # of tunneled IPv6: hoa or coa
    binding: object = None  # that the sender of tunneled data acts on
    coa: bytes = b""  # of that binding, where the packet shows it
    inside: object = None  # the packet in the tunnel
    broken: list = field(default_factory=list)  # ids of the rules that this packet breaks, on purpose


@dataclass(frozen=True)
class Link:
    """A wire. `low` is the end towards the mobile node, `high` the one towards the home agent."""

    name: str
    latency: float
    low: bytes
    high: bytes
    marks: bool = False  # a congested router behind it marks ECN


class Sighting(NamedTuple):
    time: float
    link: Link
    up: bool  # on its way from the node
    data: bytes  # from the IP header on
    note: Note


class Nat:
    """A NAT with port translation (RFC 3022): only UDP passes."""

    def __init__(self, public: bytes, first_port: int):
        self.public, self.next_port = public, first_port
        self.outside, self.inside = {}, {}

    def port_of(self, src: bytes, sport: int) -> int:
        if (src, sport) not in self.outside:
            self.outside[src, sport] = self.next_port
            self.inside[self.next_port] = (src, sport)
            self.next_port += 1
        return self.outside[src, sport]

    def translate(self, packet: IPv4, up: bool):
        """The packet on the other side, or None."""
        datagram = packet.payload
        if not isinstance(datagram, Udp):
            return None
        if up:
            return replace(
                packet, src=self.public, payload=replace(datagram, sport=self.port_of(packet.src, datagram.sport))
            )
        if datagram.dport not in self.inside:
            return None
        src, sport = self.inside[datagram.dport]
        return replace(packet, dst=src, payload=replace(datagram, dport=sport))


class Network:
    """The clock, the addresses, and everything that was seen on any link."""

    def __init__(self, seed: int, fault=None, without=frozenset()):
        self.seed, self.fault, self.without = seed, fault, without
        self.chance = random.Random(seed)
        self.now = 0.0
        self.start = 1_500_000_000 + self.chance.randrange(10**8)  # the time of day at 0.0
        self.queue, self.ticket = [], 0
        self.sightings = []
        self.loss = 0.0
        self.lab = False  # all addresses are private, and no NAT is there
        self.macs = {}

    # -- addresses

    def subnet(self, number: int, host: int = 0) -> bytes:
        """An IPv4 address of this network's /20, which no other seed within 4096 has."""
        base = (10 if self.lab else 20) << 24 | self.seed % 4096 << 12
        return (base | number << 8 | host).to_bytes(4, "big")

    def prefix48(self, number: int) -> bytes:
        return ((0x2400_0000 + self.seed % 4096) << 96 | number << 80).to_bytes(16, "big")

    def mac(self, owner) -> bytes:
        if owner not in self.macs:
            self.macs[owner] = b"\2" + self.seed.to_bytes(4, "big")[1:] + len(self.macs).to_bytes(2, "big")
        return self.macs[owner]

    # -- time

    def at(self, delay: float, do, *args):
        self.ticket += 1
        heapq.heappush(self.queue, (self.now + delay, self.ticket, do, args))

    def run(self, until: float):
        while self.queue and self.queue[0][0] <= until:
            self.now, _, do, args = heapq.heappop(self.queue)
            do(*args)

    def time_of_day(self) -> float:
        return self.start + self.now

    # -- packets

    def touch(self, stage: str, thing, node, **context):
        """Where a fault may change what somebody is about to send (faults.py); as it is without one."""
        return self.fault.touch(stage, thing, node, **context) if self.fault else thing

    def send(self, packet: IPv4, path, note: Note, arrive=None, up: bool = True, lossy: bool = True):
        """Let a packet cross links and NATs; `arrive` is called with what comes out at the other end."""
        packet = replace(packet)
        crossings = sum(isinstance(hop, Link) for hop in path)
        lost_behind = self.chance.randrange(crossings) if lossy and self.chance.random() < self.loss else None
        when, crossed, data = self.now, 0, None
        for hop in path:
            if isinstance(hop, Nat):
                packet, data = hop.translate(packet, up), None
                if packet is None:
                    return
                continue
            when += hop.latency * self.chance.uniform(1, 1.1)
            data = packet.pack() if data is None else routed(data)
            self.see(when, hop, up, packet, data, note)
            if crossed == lost_behind:
                return
            crossed += 1
            packet.ttl -= 1
            if hop.marks and packet.tos & 3 in (1, 2) and self.chance.random() < 0.2:
                packet.tos |= 3
                data = None
        if arrive:
            self.at(when - self.now, arrive, packet)

    def show(self, packet, link: Link, up: bool, note=None, delay=0.0):
        """A packet that only crosses one link, of whatever IP version."""
        self.sightings.append(Sighting(self.now + delay, link, up, packet.pack(), note or Note()))

    def see(self, when, link, up, packet, data, note):
        if len(data) <= MTU:
            self.sightings.append(Sighting(when, link, up, data, note))
            return
        pieces = fragments(packet, 1400)
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            self.sightings.append(
                Sighting(when + number * 1e-5, link, up, piece.pack(), note if last else Note("fragment"))
            )
