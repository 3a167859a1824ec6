# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts a network together from a seed: agents, NATs, nodes, their ways and their traffic."""

from . import inner
from .agents import ForeignAgent, HomeAgent
from .network import Link, Nat, Network, Note
from .node import Attachment, Node
from .tunnel import to_care_of
from .wire import ICMPV6, Icmp, IPv6, address

WAYS = ("direct", "direct", "nat0", "nat0", "nat1", "fa0", "fa0", "fa1", "fa0own", "home")


class World:
    """One network with all that lives in it."""

    def __init__(self, seed: int, fault=None, without=frozenset()):
        self.net = net = Network(seed, fault, without)
        chance = net.chance
        net.lab = chance.random() < 0.15 and not fault
        net.loss = chance.choice([0, 0, 0.01, 0.05]) * ("lost-packets" not in without)
        net.errors = chance.choice([0, 0, 0.02])
        congested = chance.random() < 0.2
        self.duration = chance.choice([40, 80, 160])
        self.core = Link("core", chance.uniform(0.002, 0.03), net.mac("edge"), net.mac("core"), marks=congested)
        self.agents = [HomeAgent(net, number) for number in range(chance.choice([1, 1, 1, 2]))]
        for ha in self.agents:
            ha.link = Link(f"ha{ha.number}", 0.001, net.mac("core"), net.mac(f"ha{ha.number}"))
            ha.home_link = Link(f"home{ha.number}", 0.0005, net.mac(f"hosts{ha.number}"), net.mac(f"ha{ha.number}"))
        self.make_access()
        same_private = len(self.agents) > 1 and chance.random() < 0.4
        self.nodes = []
        for number in range(3 if fault else chance.choice([1, 2, 3, 4, 6])):
            node = Node(net, number, self.agents[number % len(self.agents)])
            if same_private:  # each home agent's network has the same private addresses
                node.hoa = address(f"172.16.77.{10 + number // 2}")
                node.link_local = node.link_local[:12] + node.hoa
                node.reverse_tunnel = True
            self.nodes.append(node)
        self.used_addresses = set()
        if fault:
            fault.arrange(self)
        for node in self.nodes:
            node.begin(self.life(node))
            self.later(chance.uniform(1, 5), self.talk, node)
        self.surroundings()

    def later(self, delay, do, *args):
        self.net.at(delay, do, *args)

    def make_access(self):
        net, chance = self.net, self.net.chance
        self.nats = [Nat(net.subnet(8 + n, 1), chance.choice([1024, 40000])) for n in range(0 if net.lab else 2)]
        self.foreign_agents = [ForeignAgent(net, 0)]
        if not net.lab and chance.random() < 0.5 and "shared-nat" not in net.without:
            self.foreign_agents.append(ForeignAgent(net, 1, nat=self.nats[1]))
        for agent in self.foreign_agents:
            name = f"fa{agent.number}"
            agent.link_of = lambda mac, n=name: Link(f"{n}.in", 0.002, mac, net.mac(n + "in"))
            out = Link(f"{n}.out" if (n := name) else "", 0.002, net.mac(name + "out"), net.mac("edge"))
            agent.to_core = [out, agent.nat, self.core] if agent.nat else [out, self.core]

    # -- where nodes go

    def attachment(self, node, kind):
        net, chance = self.net, self.net.chance
        to_ha = [self.core, node.ha.link]
        if kind == "home":
            return Attachment(
                node.hoa, [Link(node.ha.home_link.name, 0.0005, node.mac, node.ha.home_link.high)], home=True
            )
        if kind.startswith("fa"):
            agent = self.foreign_agents[int(kind[2]) % len(self.foreign_agents)]
            where = self.unused(lambda: net.subnet(6 + agent.number, chance.randrange(10, 250)))
            own = kind.endswith("own") and not agent.nat and "own-address-at-agent" not in net.without
            return Attachment(where if own else node.hoa, [agent.link_of(node.mac)] + agent.path_of(node.ha), agent)
        if kind.startswith("nat") and self.nats:
            number = int(kind[3])
            nat = self.nats[number]
            if "shared-nat" in net.without:
                number = 2 + len(self.nats)
                nat = Nat(net.subnet(8, number), 40000)
                self.nats.append(nat)
            where = self.unused(
                lambda: address(f"192.168.{100 + chance.randrange(3) * (number % 2)}.{chance.randrange(10, 250)}"),
                number,
            )
            return Attachment(
                where, [Link(f"nat{number % 2}.in", 0.003, node.mac, net.mac(f"nat{number}")), nat] + to_ha, nat=nat
            )
        number = chance.randrange(3)
        where = self.unused(lambda: net.subnet(3 + number, chance.randrange(10, 250)))
        return Attachment(where, [Link(f"access{number}", 0.003, node.mac, net.mac("edge"))] + to_ha)

    def unused(self, propose, key=0):
        while True:
            candidate = propose()
            if (key, candidate) not in self.used_addresses:
                self.used_addresses.add((key, candidate))
                return candidate

    def life(self, node):
        net, chance = self.net, self.net.chance
        yield chance.uniform(0.1, 8)
        while net.now < self.duration:
            kind, stay = node.ways.pop(0) if node.ways else (chance.choice(WAYS), chance.uniform(8, self.duration / 2))
            node.attach(self.attachment(node, kind))
            if node.attachment.home:
                yield from node.register(0)
                yield stay
                continue
            yield from self.visit(node, net.now + stay)
            if not node.simultaneous and node.view and (node.leaves or chance.random() < 0.2):
                yield from node.register(0)
                node.view = None
                yield chance.uniform(3, 10)
            yield chance.uniform(0.05, 0.5)  # without a link
        if chance.random() < 0.5 and node.attachment and not node.attachment.home:
            yield from node.register(0)
        node.view = None

    def visit(self, node, until):
        """Stay on a link: register, and again before it expires."""
        net, chance = self.net, self.net.chance
        if node.ipv6 == "delegated" and not node.delegated:
            if not (yield from self.delegate(node)):
                yield chance.uniform(5, 10)
                return
        elif not (yield from node.register()):
            yield chance.uniform(5, 10)
            return
        while node.view:
            granted = node.view.expires - node.registered_at
            rest = until - net.now
            due = max(min(granted * chance.uniform(0.5, 0.75), 60), 1.5)
            if rest <= due:
                yield max(rest, 0.5)
                return
            yield due
            self.change_mind(node)
            if not (yield from node.register()):
                if chance.random() < 0.5:
                    node.view = None
                return

    def change_mind(self, node):
        """What the next registration asks for may differ."""
        chance = self.net.chance
        if node.steady:
            return
        if node.ipv6 == "explicit" and chance.random() < 0.3:
            node.wanted = [p for p in node.prefixes if chance.random() < 0.7]
        if node.ipv6 == "explicit" and chance.random() < 0.1:
            node.wants_coa_mode = not node.wants_coa_mode

    def delegate(self, node):
        """Register the home address, a link-local one, and the prefix that DHCPv6 then gives (RFC 5454 3.7.1)."""
        chance = self.net.chance
        if not (yield from node.register(wanted=[])):
            return False
        if not node.ha.supports_ipv6:
            return True
        if node.settles:
            yield node.settles
        if not (yield from node.register(wanted=[(node.link_local, 255)])):
            return False
        prefix, length = node.delegation
        number = chance.getrandbits(24)
        for kind, down in ((1, False), (2, True), (3, False), (7, True)):
            src, dst = (node.ha.link_local, node.link_local) if down else (node.link_local, inner.DHCP_SERVERS)
            packet = inner.dhcp6(kind, src, dst, number, prefix if down else b"", length)
            if down:
                node.ha.forward(node, packet, force_hoa=True)
            else:
                node.emit(packet, "hoa")
            yield chance.uniform(0.1, 0.4)
        node.delegated = True
        node.wanted = [(prefix, length)] if chance.random() < 0.7 else [(prefix, 64)]
        node.prefixes = list(node.wanted)
        if node.keeps_link_local:
            node.wanted.append((node.link_local, 255))
        return (yield from node.register())

    # -- traffic

    def talk(self, node):
        """One packet or a short exchange of the node with others, and later the next."""
        net, chance = self.net, self.net.chance
        if net.now > self.duration + 5:
            return
        kinds = ["down", "down", "down", "up", "up", "up"]
        kinds += ["down4", "up4"] * node.talks_ipv4 + ["multicast", "neighbor", "error", "link_local"]
        getattr(self, "talk_" + chance.choice(kinds))(node)
        if node.view and node.view.keepalive and node.view.port and node.attachment.nat:
            if net.now - node.last_up > node.view.keepalive * 0.8:
                node.emit(inner.keepalive(chance, node.hoa, node.ha.address))
                self.later(0.1, node.ha.forward, node, inner.keepalive(chance, node.ha.address, node.hoa, True))
        self.later(chance.expovariate(1 / node.pause), self.talk, node)

    def address_of(self, node, prefixes):
        """An address of the node: in one of these, or for implicit mode in what is its own."""
        if not prefixes:
            return None
        prefix, length = self.net.chance.choice(prefixes)[:2]
        host = self.net.chance.choice([1, 1, 2, 0x1000]) if length < 120 else 0
        return (int.from_bytes(prefix, "big") | host).to_bytes(16, "big")

    def source(self, node):
        view = node.view
        if not view or view.attachment is not node.attachment or view.expires <= self.net.now:
            return None
        if view.explicit:
            return self.address_of(node, [p for p in view.prefixes if p[:2] in node.wanted])
        return self.address_of(node, node.prefixes) if node.ipv6 == "implicit" else None

    def talk_up(self, node):
        src = self.source(node)
        if src:
            net = self.net
            hops = net.chance.choice([64, 64, 63, 255])
            node.emit(
                inner.ordinary(net.chance, src, net.chance.choice(node.ha.correspondents6), node.largest, hops),
                node.mode(src),
            )

    def talk_down(self, node):
        net = self.net
        for binding in node.ha.live(node)[-1:]:
            prefixes = binding.prefixes if binding.explicit else node.prefixes if node.ipv6 == "implicit" else []
            dst = self.address_of(node, prefixes)
            if not dst:
                return
            packet = inner.ordinary(net.chance, net.chance.choice(node.ha.correspondents6), dst, node.largest)
            net.show(packet, node.ha.home_link, True)
            packet.hops -= 1
            node.ha.forward(node, packet)

    def talk_down4(self, node):
        packet = inner.ordinary(
            self.net.chance, self.net.chance.choice(node.ha.correspondents4), node.hoa, node.largest
        )
        if node.ha.live(node):
            self.net.show(packet, node.ha.home_link, True)
            packet.ttl -= 1
            node.ha.forward(node, packet)

    def talk_up4(self, node):
        node.emit(
            inner.ordinary(self.net.chance, node.hoa, self.net.chance.choice(node.ha.correspondents4), node.largest)
        )

    def talk_multicast(self, node):
        """Reports and queries go in the tunnel to the home address, data like unicast (RFC 5454 3.3.3)."""
        chance = self.net.chance
        if not self.source(node):
            return
        if not node.joined:
            node.emit(inner.mld_report(chance, node.link_local, node.group), "hoa")
            node.joined = True
        elif chance.random() < 0.2:
            node.emit(inner.mld_done(node.link_local, node.group), "hoa")
            node.joined = False
        elif chance.random() < 0.4:
            node.ha.forward(node, inner.mld_query(chance, node.ha.link_local), force_hoa=True)
            self.later(0.3, node.emit, inner.mld_report(chance, node.link_local, node.group), "hoa")
        else:
            packet = inner.ordinary(chance, chance.choice(node.ha.correspondents6), node.group, node.largest)
            node.ha.forward(node, packet)

    def talk_neighbor(self, node):
        """Reachability (RFC 4213 3.8): between link-local addresses in the tunnel that the node's traffic uses."""
        chance = self.net.chance
        if not self.source(node):
            return
        node.emit(inner.neighbor_solicitation(node.link_local, node.ha.link_local), "hoa")
        node.ha.forward(node, inner.neighbor_advertisement(node.ha.link_local, node.link_local), force_hoa=True)
        if chance.random() < 0.3:
            node.emit(inner.router_solicitation(node.link_local), "hoa")
            node.ha.forward(node, inner.router_advertisement(node.ha.link_local, node.link_local), force_hoa=True)

    def talk_error(self, node):
        """An ICMPv6 error from the home agent about the node's packet, and one from the node."""
        chance, src = self.net.chance, self.source(node)
        if not src:
            return
        about = inner.ordinary(chance, src, chance.choice(node.ha.correspondents6), 300)
        about.proto, about.payload = ICMPV6, Icmp(128, 0, bytes(1404))  # large enough to be too big
        node.ha.forward(node, inner.too_big(node.ha.global6, about, chance.choice([1280, 1400])))
        arrived = inner.ordinary(chance, chance.choice(node.ha.correspondents6), src, 300)
        error = IPv6(src, arrived.src, ICMPV6, Icmp(1, 4, bytes(4) + arrived.pack()[:600]))
        node.emit(error, node.mode(src))

    def talk_link_local(self, node):
        chance, view = self.net.chance, node.view
        if view and (view.link_local or node.ipv6 == "implicit"):
            node.emit(inner.ordinary(chance, node.link_local, node.ha.link_local, 200), "hoa")
            node.ha.forward(node, inner.ordinary(chance, node.ha.link_local, node.link_local, 200), force_hoa=True)

    # -- everything else on the links

    def surroundings(self):
        net, chance = self.net, self.net.chance
        for ha in self.agents:
            for _ in range(chance.randrange(4)):
                self.later(chance.uniform(0, self.duration), self.advertise_home, ha)
            if ha.revokes:
                for node in self.nodes:
                    self.later(chance.uniform(20, self.duration), ha.revoke, node)
        for agent in self.foreign_agents:
            for _ in range(3):
                self.later(chance.uniform(0, self.duration), agent.advertise)
        for _ in range(chance.choice([0, 0, 5, 20])):
            self.later(chance.uniform(0, self.duration), self.noise)

    def advertise_home(self, ha):
        net = self.net
        net.show(inner.router_advertisement(ha.link_local, prefix=net.prefix48(0)), ha.home_link, False)
        host = net.prefix48(0)[:15] + b"\x42"
        net.show(inner.neighbor_solicitation(ha.link_local, host), ha.home_link, False)
        net.show(inner.neighbor_advertisement(ha.global6, host), ha.home_link, False)

    def noise(self):
        """Traffic that is nobody's mobile node: the home agent's own 6in4 and GRE uplinks, TCP between others."""
        net, chance = self.net, self.net.chance
        ha = chance.choice(self.agents)
        broker = net.subnet(11, 1)
        kind = chance.choice(["6in4", "gre", "tcp", "6to4"])
        packet = inner.ordinary(chance, net.prefix48(0x7000), net.prefix48(0)[:15] + b"\x99", 300)
        if kind == "tcp":
            packet = inner.ordinary(chance, net.subnet(11, 2), net.subnet(10, 3), 300)
            net.send(packet, [self.core], Note())
        elif kind == "6to4":
            packet.dst = b"\x20\x02" + ha.address + bytes(9) + b"\1"
            net.send(to_care_of(chance, packet, net.subnet(11, 3), ha.address, "ipip"), [self.core, ha.link], Note())
        else:
            how = "ipip" if kind == "6in4" else "gre"
            net.send(to_care_of(chance, packet, broker, ha.address, how), [self.core, ha.link], Note())

    def run(self):
        self.net.run(self.duration + 30)
        self.net.sightings.sort(key=lambda s: s.time)
        return self
