# SPDX-License-Identifier: GPL-2.0-or-later
"""Home agents and foreign agents."""

from dataclasses import replace

from . import inner, mobileip as mip
from .mobileip import FHAE, MFAE, MHAE, REPLY, Association, Auth, Message, Revocation
from .network import Note
from .tunnel import Binding, to_care_of, to_home_address
from .wire import GRE, IPIP, MINIMAL, UDP, Gre, IPv4, IPv6, TunnelData, Udp, address

ACCEPTED, NO_SIMULTANEOUS, UNKNOWN_REASON, PROHIBITED, RESOURCES, BAD_AUTH, MISMATCH = 0, 1, 128, 129, 130, 131, 133
CLOCK_SKEW = 7  # seconds that a home agent tolerates (RFC 5944 5.7.1)


class HomeAgent:
    """Answers registrations, keeps bindings, and tunnels to nodes what arrives for them."""

    def __init__(self, net, number: int):
        chance = net.chance
        self.net, self.number = net, number
        self.address = net.subnet(0, 1 + number)
        self.link_local = address("fe80::1")
        self.global6 = net.prefix48(0)[:8] + bytes(7) + bytes([1 + number])
        self.correspondents6 = [net.prefix48(1)[:15] + bytes([n]) for n in range(1, 5)]
        self.correspondents4 = [net.subnet(10, n) for n in range(1, 5)]
        self.bindings = {}  # node -> list of Binding
        self.longest = chance.choice([40, 120, 600, 0xFFFE])
        self.supports_ipv6 = chance.random() < 0.93
        self.allows_coa_mode = chance.random() < 0.9
        self.simultaneous = chance.random() < 0.7
        self.keepalive = chance.choice([0, 20, 30, 110])
        self.dynamic_mtu = chance.random() < 0.2
        self.busy = 0.04  # chance of a denial for lack of resources
        self.answers_partly = chance.random() < 0.3  # leaves rejected prefixes out of the reply
        self.greets = chance.random() < 0.3  # adds a message string
        self.revokes = chance.random() < 0.5

    # -- registration

    def receive(self, packet: IPv4, message: Message, node, exchange, attachment, relay=None):
        """A request has arrived; the answer goes back along the way that it came."""
        self.net.at(
            self.net.chance.uniform(0.001, 0.02), self.answer, packet, message, node, exchange, attachment, relay
        )

    def identification(self, message, node):
        """(code, identification of the reply)."""
        high, low = message.ident >> 32, message.ident & 0xFFFFFFFF
        if node.style == "timestamp":
            now = int(self.net.time_of_day() + mip.NTP_OF_1970)
            if abs(high - now) > CLOCK_SKEW or message.ident <= node.last_accepted.get(self, 0):
                return MISMATCH, now << 32 | low
            node.last_accepted[self] = message.ident
            return ACCEPTED, message.ident
        expected = node.nonce_of.get(self)
        node.nonce_of[self] = fresh = self.net.chance.getrandbits(32)
        return (ACCEPTED if high == expected else MISMATCH), fresh << 32 | low

    def answer(self, packet, message, node, exchange, attachment, relay):
        net, chance = self.net, self.net.chance
        earlier = node.answered.get(self)
        if node.style == "nonce" and earlier and earlier[0] == message.ident:  # a retransmission: the same answer
            reply, granted_at = earlier[1], earlier[2]
            if reply.code < 64 and 0 < reply.lifetime < 0xFFFF:
                passed = int(net.now - granted_at)
                reply = replace(reply, lifetime=max(reply.lifetime - passed, 1))
            self.reply(packet, reply, node, exchange, earlier[3], attachment, relay)
            return
        code, ident = self.identification(message, node)
        hoa = message.hoa if any(message.hoa) else node.hoa
        if code == ACCEPTED and message.lifetime and chance.random() < self.busy:
            code = RESOURCES
        code = net.touch("verdict", code, node, request=message)
        if code == ACCEPTED and message.flags & mip.S and not self.simultaneous:
            code = NO_SIMULTANEOUS
        lifetime = min(message.lifetime, self.longest)
        if code >= 64 and not any(message.hoa) and chance.random() < 0.5:
            hoa = bytes(4)  # nothing was assigned
        reply = Message(REPLY, lifetime, hoa, self.address, ident, code=code)
        accepted = code < 64
        behind_nat = packet.src != message.coa and any(e[0] == 144 for e in message.extensions if isinstance(e, bytes))
        binding = None
        if accepted:
            binding = self.bind(packet, message, node, exchange, attachment, lifetime, behind_nat)
        self.extend(reply, message, node, binding, accepted, behind_nat)
        node.answered[self] = (message.ident, reply, net.now, binding)
        reply = net.touch("reply", reply, node, request=message, binding=binding)
        self.reply(packet, reply, node, exchange, binding, attachment, relay)

    def decide_prefixes(self, message, node, binding):
        """(code, prefix, length) for each prefix that is asked for."""
        wants_coa = message.has(152, 3) and self.allows_coa_mode and message.flags & mip.D
        for prefix, length in dict.fromkeys((mip.mask(p, n), n) for p, n in message.prefixes):
            if 128 < length < 255 or length == 255 and prefix[:2] != b"\xfe\x80":
                continue  # not well formed
            if length == 255:
                yield (0 if prefix == node.link_local else 8), prefix, length
            elif not any(
                mip.mask(prefix, owned) == own and length >= owned for own, owned in node.prefixes + [node.delegation]
            ):
                yield 9, prefix, length
            elif (prefix, length) in node.forbidden:
                yield node.forbidden[prefix, length], prefix, length
            else:
                yield (1 if wants_coa else 0), prefix, length

    def bind(self, packet, message, node, exchange, attachment, lifetime, behind_nat):
        chance = self.net.chance
        if not message.lifetime:
            if message.coa == message.hoa or not any(message.coa):
                self.bindings.pop(node, None)
            else:
                self.bindings[node] = [b for b in self.bindings.get(node, []) if b.coa != message.coa]
            return None
        binding = Binding(
            node,
            self,
            exchange,
            message.coa,
            packet.src if behind_nat else message.coa,
            packet.payload.sport if behind_nat else None,
            message.flags,
            attachment.path,
            attachment,
        )
        choices = ["gre"] * bool(message.flags & mip.G) + ["minimal"] * bool(message.flags & mip.M) or ["ipip"]
        binding.down, binding.up = chance.choice(choices), chance.choice(choices)
        binding.explicit = bool(message.prefixes)
        binding.expires = self.net.now + lifetime if lifetime < 0xFFFF else float("inf")
        binding.keepalive = self.keepalive
        for key in (e for e in message.extensions if isinstance(e, bytes) and e[0] == 48):
            binding.key_down, binding.key_up = int.from_bytes(key[4:8], "big"), chance.getrandbits(32)
            binding.down = binding.up = "gre"
        if self.supports_ipv6:
            for code, prefix, length in self.decide_prefixes(message, node, binding):
                if length == 255 and not code:
                    binding.link_local = prefix
                elif code < 2:
                    binding.prefixes.append((prefix, length, ("hoa", "coa")[code]))
        keeps = message.flags & mip.S and self.simultaneous
        others = [b for b in self.bindings.get(node, []) if keeps and b.coa != binding.coa]
        self.bindings[node] = others + [binding]
        return binding

    def extend(self, reply, message, node, binding, accepted, behind_nat):
        chance, add = self.net.chance, reply.extensions.append
        extensions = [e for e in message.extensions if isinstance(e, bytes)]
        for extension in extensions:
            if extension[0] == 131:
                add(extension)
        if self.supports_ipv6 and message.lifetime and accepted:
            for code, prefix, length in self.decide_prefixes(message, node, binding):
                if code < 8 or not self.answers_partly:
                    add(mip.prefix_reply(code, prefix, length))
        elif self.supports_ipv6 and not accepted and chance.random() < 0.3:
            for prefix, length in message.prefixes:
                add(mip.prefix_reply(8, mip.mask(prefix, length), length))
        request144 = [e for e in extensions if e[0] == 144]
        answer144 = []
        if request144 and accepted and message.lifetime:
            answer144 = [mip.udp_tunnel_reply(0 if behind_nat else 64, self.keepalive if behind_nat else 0)]
        if message.flags & mip.D:
            reply.extensions += answer144
        if binding and binding.key_up is not None:
            add(mip.gre_key(binding.key_up))
        if self.greets:
            add(mip.short(145, b"\1" + b"hello"))
        reply.extensions += node.sprinkle()
        add(Auth(MHAE, node.association(self)))
        if not message.flags & mip.D:
            reply.extensions += answer144
        if any(e[0] == 137 for e in extensions):
            add(mip.short(137, bytes(6)))
        for extension in message.extensions:
            if isinstance(extension, Auth) and extension.kind == FHAE:
                add(extension)
        if chance.random() < 0.1 and not node.left_out(mip.PADDING):
            add(mip.PADDING)

    def reply(self, packet, reply, node, exchange, binding, attachment, relay):
        """Send to where the request came from."""
        datagram = Udp(434, packet.payload.sport, reply)
        answer = IPv4(packet.dst, packet.src, UDP, datagram, ident=self.net.chance.getrandbits(16))
        note = Note("reply", node, exchange, binding=binding, broken=reply.broken)
        answer = self.net.touch("packet", answer, node, note=note)
        if relay:
            self.net.send(
                answer, relay.path[::-1], note, lambda p: relay.relay_reply(p, reply, node, exchange, binding), up=False
            )
        else:
            path = attachment.path[::-1]
            present = node.attachment is attachment
            self.net.send(
                answer,
                path if present else path[:-1],
                note,
                lambda p: node.receive_reply(reply, exchange, binding) if present else None,
                up=False,
            )

    def live(self, node):
        return [b for b in self.bindings.get(node, []) if b.expires > self.net.now]

    def revoke(self, node):
        """Tell the foreign agent that the node's registration is over (RFC 3543)."""
        for binding in self.live(node):
            agent = binding.attachment.agent
            if not agent or binding.port or not agent.negotiates_revocation or binding.flags & mip.D:
                continue
            self.bindings[node].remove(binding)
            ident = int(self.net.time_of_day() + mip.NTP_OF_1970) & 0xFFFFFFFF
            message = Revocation(node.hoa, self.address, agent.address, ident, agent.association(self))
            packet = IPv4(self.address, agent.address, UDP, Udp(434, 434, message))
            self.net.send(
                packet,
                agent.path_of(self)[::-1],
                Note("revocation", node, message, binding=binding),
                lambda p, m=message, a=agent: a.acknowledge(m, self, node),
                up=False,
                lossy=False,
            )

    # -- data to the node

    def forward(self, node, packet, force_hoa=False):
        """Tunnel a packet for the node's home address or prefix by each of its bindings."""
        for binding in self.live(node):
            if isinstance(packet, IPv4):
                self.emit(binding, packet, Note("tunnel4", node, binding=binding, inside=packet))
                continue
            mode = None if binding.explicit else "hoa"
            for prefix, length, granted in binding.prefixes:
                if mip.mask(packet.dst, length) == prefix:
                    mode = granted
            if packet.dst[0] == 0xFF and binding.prefixes:
                mode = binding.prefixes[0][2]
            if mode is None and not force_hoa:
                continue
            mode = "hoa" if force_hoa else mode
            self.emit(binding, packet, Note("tunnel", node, binding=binding, mode=mode, inside=packet))

    def emit(self, binding, packet, note):
        net, chance, node = self.net, self.net.chance, binding.node
        packet = net.touch("inner", packet, node, note=note)
        if note.mode == "hoa":
            packet = to_home_address(chance, packet, self.address, node.hoa, self.dynamic_mtu)
        ports = (434, binding.port) if binding.port else None
        note.coa = binding.coa
        packet = to_care_of(
            chance, packet, self.address, binding.endpoint, binding.down, binding.key_down, ports, self.dynamic_mtu
        )
        packet = net.touch("packet", packet, node, note=note)
        agent = binding.attachment.agent
        present = binding.attachment is node.attachment
        if agent and not binding.flags & mip.D:
            net.send(packet, agent.path_of(self)[::-1], note, lambda p: agent.deliver(p, node, note, present), up=False)
        else:
            path = binding.attachment.path[::-1]
            net.send(packet, path if present else path[:-1], note, up=False)
        if chance.random() < net.errors:
            self.icmp_error(packet, binding, note)

    def release(self, note):
        """A packet from a node's tunnel goes on to the home link, if it leaves it."""
        packet = note.inside
        if (
            isinstance(packet, IPv6)
            and packet.hops > 1
            and packet.dst[0] not in (0xFE, 0xFF)
            and packet.dst != self.global6
        ):
            self.net.show(replace(packet, hops=packet.hops - 1), self.home_link, False)

    def icmp_error(self, packet, binding, note):
        """A router on the way could not forward the packet and says so."""
        net, chance = self.net, self.net.chance
        data = packet.pack()
        kind, code, mtu = chance.choice(
            [(3, 1, 0), (11, 0, 0), (3, 4, 1480) if packet.df and len(data) > 1480 else (3, 0, 0)]
        )
        error = inner.unreachable4(net.subnet(11, 254), data, kind, code, mtu, chance.choice([28, 60, 120]))
        net.send(
            error, binding.path[-2:], Note("quoted", note.node, mode=note.mode, binding=note.binding, coa=note.coa)
        )


class ForeignAgent:
    """Relays registrations, takes IPv4 out of the tunnel to its care-of address, and tunnels back."""

    def __init__(self, net, number: int, nat=None):
        chance = net.chance
        self.net, self.number, self.nat = net, number, nat
        self.public = net.subnet(6 + number, 1)
        self.address = address(f"192.168.{number}.1") if nat else self.public
        self.inside = self.address  # where nodes reach it
        self.signs = chance.random() < 0.5 or not nat and chance.random() < 0.3
        self.signs_to_nodes = chance.random() < 0.3
        self.negotiates_revocation = self.signs and chance.random() < 0.5
        self.longest = chance.choice([100, 600, 0xFFFF])
        self.busy = 0.05
        self.gre_ok = chance.random() < 0.8
        self.number_of_advertisements = 0
        self.uses_434 = chance.random() < 0.7
        self.pending = {}  # exchange -> the request as the node sent it

    def association(self, peer) -> Association:
        return Association(0x300 + self.number, "hmac-md5", b"fa-secret" + peer.address)

    def path_of(self, ha) -> list:
        return self.to_core + [ha.link]

    def advertise(self):
        net = self.net
        flags = 0x10 | 0x04 * self.gre_ok | 0x01  # F, G, T
        packet = inner.agent_advertisement(self.inside, self.address, flags, self.number_of_advertisements & 0xFFFF)
        self.number_of_advertisements += 1
        net.send(packet, [self.link_of(b"\x02\0\0\0\0\0")], Note(), up=False)

    def receive(self, packet, message, node, exchange, attachment):
        self.net.at(self.net.chance.uniform(0.001, 0.01), self.relay, packet, message, node, exchange, attachment)

    def relay(self, packet, message, node, exchange, attachment):
        """Deny the request, or pass it on to the home agent."""
        net, chance = self.net, self.net.chance
        code = 0
        if message.lifetime and chance.random() < self.busy:
            code = chance.choice([64, 66])
        if message.flags & mip.G and not self.gre_ok and not message.flags & mip.D:
            code = 72
        if message.lifetime > self.longest and not message.flags & mip.D:
            code = 69
        if code:
            reply = Message(
                REPLY,
                self.longest if code == 69 else message.lifetime,
                message.hoa,
                message.ha,
                message.ident,
                code=code,
            )
            self.deny(packet, reply, node, exchange)
            return
        copy = replace(message, relayed=message.signed_part(), extensions=[])
        if self.nat and not message.flags & mip.D:
            copy.extensions.append(mip.udp_tunnel_request())
        if self.negotiates_revocation:
            copy.extensions.append(mip.short(137, bytes(6)))
        if self.signs:
            copy.extensions.append(Auth(FHAE, self.association(node.ha)))
        copy = net.touch("relay", copy, node, request=message)
        # What the home agent sees of the extensions, those of the node too.
        seen = replace(copy, extensions=[e for e in message.extensions] + copy.extensions)
        relayed = IPv4(self.address, message.ha, UDP, Udp(self.port_to(node), 434, copy), ttl=64)
        note = Note("request", node, exchange, broken=copy.broken)
        relayed = net.touch("packet", relayed, node, note=note)
        self.pending[exchange] = (packet, message)
        net.send(
            relayed,
            self.path_of(node.ha),
            note,
            lambda p: node.ha.receive(
                p, self.as_home_agent_sees(seen, message), node, exchange, attachment, Relay(self, node.ha)
            ),
        )

    def as_home_agent_sees(self, seen, message):
        """The relayed request with the node's extensions up to its authentication, then the agent's own."""
        mine = seen.extensions[len(message.extensions) :]
        kinds = [e.kind if isinstance(e, Auth) else e[0] for e in message.extensions]
        upto = kinds.index(MHAE) + 1 if MHAE in kinds else len(kinds)
        return replace(seen, relayed=b"", extensions=message.extensions[:upto] + mine)

    def port_to(self, node) -> int:
        return 434 if self.uses_434 else 20000 + self.number

    def deny(self, packet, reply, node, exchange):
        if self.signs_to_nodes:
            reply.extensions.append(Auth(MFAE, node.foreign_association(self)))
        self.send_to_node(packet, reply, node, exchange, None)

    def relay_reply(self, reply, node, exchange, binding):
        packet, message = self.pending.get(exchange, (None, None))
        if packet is None:
            return
        copy = replace(reply, relayed=reply.signed_part(), extensions=[])
        if self.signs_to_nodes:
            copy.extensions.append(Auth(MFAE, node.foreign_association(self)))
        copy = self.net.touch("relay", copy, node, request=message)
        self.send_to_node(packet, copy, node, exchange, binding)

    def send_to_node(self, request, reply, node, exchange, binding):
        net = self.net
        dst = request.src if any(request.src) else reply.hoa if any(reply.hoa) else b"\xff\xff\xff\xff"
        answer = IPv4(self.inside, dst, UDP, Udp(434, request.payload.sport, reply))
        note = Note("reply", node, exchange, binding=binding, broken=reply.broken)
        answer = net.touch("packet", answer, node, note=note)
        net.send(
            answer, [self.link_of(node.mac)], note, lambda p: node.receive_reply(reply, exchange, binding), up=False
        )

    def acknowledge(self, message, ha, node):
        answer = replace(message, acknowledges=True)
        packet = IPv4(self.address, ha.address, UDP, Udp(434, 434, answer))
        self.net.send(packet, self.path_of(ha), Note("acknowledgment", exchange=message), lossy=False)
        node.revoked(self)

    def deliver(self, packet: IPv4, node, note, present):
        """Take a packet out of the tunnel and hand it to the node."""
        inside = decapsulated(packet)
        if inside is None or not present:
            return
        if packet.tos & 3 == 3 and inside.tos & 3:
            inside = replace(inside, tos=inside.tos | 3)
        inside = replace(inside, ttl=inside.ttl - 1)
        if note.kind == "tunnel4":
            note = Note("other")
        else:
            note = replace(note, coa=b"", broken=[])
        self.net.send(inside, [self.link_of(node.mac)], note, up=False)

    def reverse(self, packet: IPv4, node, note, binding):
        """A packet from the node: into the tunnel to the home agent, or natively on its way."""
        net = self.net
        if packet.proto in (IPIP, GRE, MINIMAL) and packet.dst == self.inside:
            packet = decapsulated(packet)
        if not binding.flags & mip.T:
            native = packet.dst == node.ha.address
            net.send(
                packet,
                self.path_of(node.ha) if native else self.to_core,
                note if native else Note(),
                lambda p: node.ha.release(note) if native else None,
            )
            return
        ports = None
        if binding.port:
            ports = (self.port_to(node), 434)
        packet = replace(packet, ttl=packet.ttl - 1)
        outside = to_care_of(net.chance, packet, self.address, node.ha.address, binding.up, binding.key_up, ports)
        note = replace(note, coa=binding.coa, broken=[])
        outside = net.touch("packet", outside, node, note=note)
        net.send(outside, self.path_of(node.ha), note, lambda p: node.ha.release(note))


class Relay:
    """The way of a reply through a foreign agent."""

    def __init__(self, agent, ha):
        self.agent, self.path = agent, agent.path_of(ha)

    def relay_reply(self, _packet, reply, node, exchange, binding):
        self.agent.relay_reply(reply, node, exchange, binding)


def decapsulated(packet: IPv4):
    """What is in an IPv4 header, a GRE header or a UDP tunnel, if it is IPv4."""
    if packet.proto == MINIMAL:
        body = packet.payload
        source = body[8:12] if body[1] & 0x80 else packet.src
        return replace(packet, src=source, dst=body[4:8], proto=body[0], payload=body[12 if body[1] & 0x80 else 8 :])
    payload = packet.payload
    if isinstance(payload, Udp):
        payload = payload.payload
        if not isinstance(payload, TunnelData):
            return None
        if payload.next_header == MINIMAL:
            return decapsulated(replace(packet, proto=MINIMAL, payload=payload.payload))
        payload = payload.payload
    if isinstance(payload, Gre):
        payload = payload.payload
    return payload if isinstance(payload, IPv4) else None
