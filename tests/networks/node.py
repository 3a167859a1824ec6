# SPDX-License-Identifier: GPL-2.0-or-later
"""A mobile node and its life: it attaches, registers, refreshes, moves, and its hosts talk to others."""

from dataclasses import dataclass

from . import inner, mobileip as mip
from .mobileip import MFAE, MHAE, REQUEST, Association, Auth, Message
from .network import Note
from .tunnel import to_care_of, to_home_address
from .wire import UDP, IPv4, IPv6, Udp, address

MISMATCH = 133  # reply code: identification


class Exchange:
    """A request of one identification, its copies, and its reply."""

    def __init__(self, node, message):
        self.node, self.message = node, message


@dataclass(frozen=True, eq=False)
class Attachment:
    """Where a node is: its address there, and the way to its home agent."""

    address: bytes  # of the node on that link; of the home address behind a foreign agent
    path: list
    agent: object = None
    nat: object = None
    home: bool = False


class Node:
    def __init__(self, net, number: int, ha):
        chance = net.chance
        self.net, self.number, self.ha = net, number, ha
        self.mac = net.mac(f"node{number}")
        self.hoa = net.subnet(1 + ha.number, 10 + number)
        self.name = f"node{number}@example.net".encode()
        self.attachment, self.view = None, None
        self.waiting, self.sleep, self.last_message = None, 0, None
        self.steady = False  # always asks for the same
        self.leaves = False  # always deregisters before it leaves a link
        self.ways = []  # (kind of place, seconds there) where it goes first; then by chance
        self.limits = {}  # lifetimes that foreign agents accept, as their denials said
        self.last_sent = -1e9
        self.last_up = 0.0
        self.shortest = 1.2 if "haste" in net.without else 1.0  # between requests (RFC 5944 3.6.3)
        # replay protection
        self.style = chance.choice(["timestamp", "timestamp", "nonce"])
        self.clock = chance.choice([0.0, 0.0, chance.uniform(-3, 3), chance.uniform(-200, 200)])
        if "wrong-clock" in net.without:
            self.clock = min(max(self.clock, -3), 3)
        self.last_accepted, self.nonce_of, self.answered = {}, {}, {}
        self.nonce = chance.getrandbits(32)
        self.repeats = self.style == "nonce" and "same-request-again" not in net.without
        # what it can and wants
        self.ipv6 = chance.choice(["explicit"] * 6 + ["implicit", "implicit", "none", "delegated", "delegated"])
        self.wants_coa_mode = chance.random() < 0.5
        self.reverse_tunnel = chance.random() < 0.8
        self.flags = chance.choice([0, 0, 0, mip.G, mip.M, mip.G | mip.M])
        self.simultaneous = chance.random() < 0.15
        self.delivers_encapsulated = chance.random() < 0.3
        self.identified_by_name = chance.random() < 0.3
        self.knows_home_address = not self.identified_by_name or chance.random() < 0.5
        self.sends_home_address = self.knows_home_address
        self.solicits_all = chance.random() < 0.3  # sends its request to All Mobility Agents
        self.always_asks_udp = chance.random() < 0.2
        self.port = chance.choice([434, 434, chance.randrange(1025, 65000)])
        self.algorithm = chance.choice(["hmac-md5", "hmac-md5", "keyed-md5", "hmac-sha1"])
        self.spi = 0x100 + number
        self.same_spi_everywhere = chance.random() < 0.3 and "same-spi" not in net.without
        self.signs_to_agents = chance.random() < 0.4
        self.uses_gre_key = "long-layout" not in net.without and bool(self.flags & mip.G) and chance.random() < 0.4
        self.dynamic_mtu = chance.random() < 0.2
        self.extras = [e for e in self.vocabulary() if chance.random() < 0.12 and not self.left_out(e)]
        self.lifetime = chance.choice([20, 40, 90, 300, 1800, 0xFFFF])
        self.talks_ipv4 = chance.random() < 0.5
        self.largest = chance.choice([300, 300, 600, 1200])
        # its prefixes; the last are not there from the beginning
        base = net.prefix48(0x100 + number)
        self.prefixes = []
        self.forbidden = {}
        if chance.random() < 0.5:
            self.prefixes.append((base, chance.choice([48, 52, 56, 60, 64])))
        else:
            self.prefixes += [(base[:7] + bytes([n]) + base[8:], 64) for n in range(chance.randrange(1, 4))]
        if chance.random() < 0.15:
            other = net.prefix48(0x800 + number)
            self.prefixes.append((other, 64))
            self.forbidden[other, 64] = chance.choice([8, 9])
        if chance.random() < 0.1:
            self.prefixes.append((net.prefix48(0x900 + number)[:15] + b"\7", 128))
        self.delegation = base, chance.choice([48, 56, 60])
        self.wanted = list(self.prefixes)
        self.link_local = address("fe80::")[:12] + self.hoa
        self.keeps_link_local = chance.random() < 0.5 and "link-local-kept" not in net.without
        self.group = address("ff0e::42")[:14] + number.to_bytes(2, "big")
        self.joined = self.delegated = False
        self.settles = 0.0  # s between the registration of the home address and delegation
        self.pause = chance.choice([0.5, 1, 2, 4])  # between what it says, on average
        self.registered_at = self.registered_until = 0.0  # as far as it knows
        if self.ipv6 != "explicit":
            self.wanted = []
        if self.ipv6 == "delegated":
            self.prefixes, self.knows_home_address, self.sends_home_address = [], True, True

    def vocabulary(self) -> list:
        """Extensions of others that a request may carry before its authentication."""
        return [
            mip.short(134, b"\0\0" + (9).to_bytes(4, "big") + b"\0\1data"),
            mip.short(255, b"\1experiment"),
            mip.long(38, 0, (9).to_bytes(4, "big") + b"\0\1data"),
            mip.long(127, 1, b"experiment"),
            mip.long(139, 1, self.ha.address),
            mip.short(151, b"service"),
            mip.PADDING,
            mip.short(148, b"\0\x18" + self.net.subnet(12, 0)),
            mip.short(138, b"\1" + self.mac),
            mip.long(40, 1, bytes(8)),
            mip.short(200, b""),
            mip.short(147, b"\1\1"),
        ]

    def left_out(self, extension) -> bool:
        """Whether the network is to be without such extensions."""
        kind = (
            "padding" if extension == mip.PADDING else "long-layout" if extension[0] in (127, 139, 48, 50, 154) else ""
        )
        return kind in self.net.without

    def sprinkle(self) -> list:
        """Extensions that a home agent adds to replies."""
        chance = self.net.chance
        return [
            e
            for e in (
                mip.PADDING,
                mip.short(134, b"\0\0" + (9).to_bytes(4, "big") + b"\0\2"),
                mip.long(38, 0, (9).to_bytes(4, "big") + b"\0\1x"),
            )
            if chance.random() < 0.05 and not self.left_out(e)
        ]

    def association(self, ha) -> Association:
        return Association(self.spi, self.algorithm, f"secret {self.number} of {self.net.seed}".encode())

    def foreign_association(self, agent) -> Association:
        return Association(
            self.spi if self.same_spi_everywhere else 0x200 + self.number, "hmac-md5", f"foreign {self.number}".encode()
        )

    # -- life: generators that yield the seconds to wait; a reply ends the wait early

    def begin(self, life):
        self.life = life
        self.resume(self.sleep)

    def resume(self, ticket):
        if ticket != self.sleep:
            return
        self.sleep += 1
        try:
            self.net.at(next(self.life), self.resume, self.sleep)
        except StopIteration:
            self.life = iter(())

    def receive_reply(self, reply, exchange, binding):
        if self.waiting is exchange:
            self.waiting = (reply, binding)
            self.resume(self.sleep)

    def revoked(self, agent):
        """The foreign agent has told the node, by an advertisement, that it serves it no more: register again."""
        if self.view and self.view.attachment.agent is agent:
            self.view, self.registered_until = None, 0.0
            if not isinstance(self.waiting, Exchange):
                self.resume(self.sleep)

    def attach(self, attachment):
        self.attachment = attachment
        if self.view and not attachment.home:
            self.view = None  # what was registered elsewhere is of no use here
        if attachment.agent and self.net.chance.random() < 0.5:
            packet = inner.agent_solicitation(self.hoa if self.sends_home_address else bytes(4))
            self.net.send(packet, attachment.path[:1], Note())

    @property
    def through_agent(self) -> bool:
        """Whether it uses the foreign agent's care-of address."""
        return bool(self.attachment.agent) and self.attachment.address == self.hoa

    def register(self, lifetime=None, wanted=None):
        """Register until accepted, six attempts at most; whether it was."""
        net, chance = self.net, self.net.chance
        lifetime = self.lifetime if lifetime is None else lifetime
        wanted = self.wanted if wanted is None else wanted
        lifetime = min(lifetime, self.limits.get(self.attachment.agent, 0xFFFF))
        timeout, where = chance.uniform(1.0, 1.3) * self.shortest, self.attachment
        for _attempt in range(7):
            while (pause := self.last_sent + self.shortest - net.now) > 1e-6:
                yield pause
            again = self.waiting if self.repeats and isinstance(self.waiting, Exchange) else None
            if not again or again.message.coa != self.care_of():
                self.waiting = again = Exchange(self, self.request(lifetime, wanted))
            self.transmit(again)
            yield timeout
            if where is not self.attachment:
                return False
            if isinstance(self.waiting, Exchange):
                timeout = min(timeout * 2, 8)
                continue
            (reply, binding), self.waiting = self.waiting, None
            if self.style == "nonce" and reply.code not in range(64, 128):
                self.nonce = reply.ident >> 32
            if reply.code < 64:
                if any(reply.hoa):
                    self.sends_home_address = True if self.knows_home_address else chance.random() < 0.7
                self.view = binding
                self.registered_at = net.now
                self.registered_until = binding.expires if binding else 0.0
                return True
            if reply.code == MISMATCH and self.style == "timestamp":
                self.clock = (reply.ident >> 32) - mip.NTP_OF_1970 - net.time_of_day() + 0.5
            elif reply.code == 69:
                self.limits[where.agent] = lifetime = reply.lifetime
            elif reply.code == 72:
                self.flags &= ~mip.G
                self.uses_gre_key = False
            else:
                yield chance.uniform(1, 4)
            if where is not self.attachment:
                return False
            timeout = chance.uniform(1.0, 1.3) * self.shortest
        self.waiting = None
        return False

    def care_of(self) -> bytes:
        where = self.attachment
        if where.home:
            return self.hoa
        return where.agent.address if self.through_agent else where.address

    def identification(self) -> int:
        if self.style == "nonce":
            return self.nonce << 32 | self.net.chance.getrandbits(32)
        now = self.net.time_of_day() + self.clock + mip.NTP_OF_1970
        return int(now) << 32 | int(now % 1 * 2**32) & 0xFFFFFF00 | self.net.chance.getrandbits(8)

    def request(self, lifetime, wanted) -> Message:
        chance, where = self.net.chance, self.attachment
        foreign = self.through_agent
        flags = self.flags | (0 if foreign else mip.D)
        if where.home:
            flags = 0
        reverse = self.reverse_tunnel or where.nat or (where.agent and where.agent.nat)
        flags |= mip.T if reverse and not where.home else 0
        flags |= mip.S if self.simultaneous and lifetime and not where.home else 0
        hoa = self.hoa if self.sends_home_address or where.home or not lifetime else bytes(4)
        message = Message(
            REQUEST, lifetime, hoa, self.ha.address, self.identification(), coa=self.care_of(), flags=flags
        )
        add = message.extensions.append
        if self.identified_by_name:
            add(mip.short(131, self.name))
        if lifetime and not where.home:
            for prefix, length in wanted:
                if length == 255 and self.registered_until <= self.net.now:
                    continue  # first the home address (RFC 5454 3.7.1)
                add(mip.prefix_request(prefix, length))
            if self.wants_coa_mode and message.prefixes and not foreign:
                add(mip.TUNNELING_MODE)
            if where.nat or self.always_asks_udp and not where.agent:
                add(mip.udp_tunnel_request())
            if self.uses_gre_key and not foreign and not where.nat:
                add(mip.gre_key(chance.getrandbits(32)))
            message.extensions += self.extras
        message = self.net.touch("request", message, self)
        add = message.extensions.append
        add(Auth(MHAE, self.association(self.ha)))
        if foreign and self.delivers_encapsulated and flags & mip.T and lifetime:
            add(mip.short(130, b""))
        if where.agent and self.signs_to_agents:
            add(Auth(MFAE, self.foreign_association(where.agent)))
        return self.net.touch("signed", message, self)

    def transmit(self, exchange):
        net, chance, where, message = self.net, self.net.chance, self.attachment, exchange.message
        self.last_sent, self.last_message = net.now, message
        if not message.lifetime:
            self.view, self.registered_until = None, 0.0
        src, dst, ttl = where.address, self.ha.address, 64
        if where.agent:
            src, dst = (
                self.hoa if any(message.hoa) else bytes(4)
            ) if self.through_agent else where.address, where.agent.inside
            ttl = 255 if message.flags & mip.T else 64
            if self.solicits_all and self.through_agent:
                dst, ttl = mip.ALL_AGENTS, 1
        packet = IPv4(src, dst, UDP, Udp(self.port, 434, message), ttl=ttl, ident=chance.getrandbits(16))
        note = Note("request", self, exchange, broken=message.broken)
        packet = net.touch("packet", packet, self, note=note)
        if where.agent:
            net.send(packet, where.path[:1], note, lambda p: where.agent.receive(p, message, self, exchange, where))
        else:
            net.send(packet, where.path, note, lambda p: self.ha.receive(p, message, self, exchange, where))

    # -- data from the node

    @property
    def encapsulates_to_agent(self) -> bool:
        return self.delivers_encapsulated and bool(self.view.flags & mip.T)

    def mode(self, source: bytes):
        """The form for a source address, or None where nothing is registered for it."""
        if not self.view.explicit:
            return "hoa" if self.ipv6 == "implicit" else None
        for prefix, length, granted in self.view.prefixes:
            if mip.mask(source, length) == prefix and (prefix, length) in self.wanted:
                return granted
        return None

    def emit(self, packet, mode=None):
        """Tunnel a packet towards the home agent."""
        net, chance, view, where = self.net, self.net.chance, self.view, self.attachment
        if not view or not where or where.home or view.attachment is not where or view.expires <= net.now:
            return
        self.last_up = net.now
        note = Note(
            "tunnel" if isinstance(packet, IPv6) else "tunnel4", self, mode=mode or "", binding=view, inside=packet
        )
        packet = net.touch("inner", packet, self, note=note)
        home = self.ha.address
        if note.mode == "hoa":
            packet = to_home_address(chance, packet, self.hoa, home, self.dynamic_mtu)
        if self.through_agent:
            if self.encapsulates_to_agent:
                packet = to_care_of(chance, packet, self.hoa, where.agent.inside, view.up)
            packet = net.touch("packet", packet, self, note=note)
            net.send(
                packet, where.path[:1], note if mode else Note(), lambda p: where.agent.reverse(p, self, note, view)
            )
            return
        if not view.flags & mip.T and (
            note.kind == "tunnel4" or note.mode == "hoa" and not view.port and self.number % 2
        ):
            native = packet.dst == home
            net.send(
                packet,
                where.path if native else where.path[:-1],
                note if native and mode else Note(),
                lambda p: self.ha.release(note) if native else None,
            )
            return
        note.coa = view.coa
        ports = (self.port, 434) if view.port else None
        packet = to_care_of(chance, packet, where.address, home, view.up, view.key_up, ports, self.dynamic_mtu)
        packet = net.touch("packet", packet, self, note=note)
        net.send(packet, where.path, note, lambda p: self.ha.release(note))
