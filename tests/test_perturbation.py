# SPDX-License-Identifier: GPL-2.0-or-later
"""A lost, late or repeated packet makes no warning and no error out of conforming traffic.

Conforming flows are captured badly: each packet in turn is lost, changes places with the next one, or is there
twice; the capture begins at each packet, sees one side only, is merged from two places whose clocks differ, or
is cut at many lengths. Every variant has IPv4 addresses of its own, so that many of them make one capture.
The addresses are changed such that no checksum changes.
"""

import json
import re
import struct
from collections import defaultdict
from dataclasses import dataclass, replace

import pytest
from scapy.utils import RawPcapReader

import dsmipgen
from dsmipv4_tshark import checked, readable, scratch, tshark

SECOND = 1_000_000
MOST_VARIANTS = 250  # of one capture: as many private addresses can be told apart
WARN = 6291456  # as Wireshark numbers severities; errors are above
GRACE = 2 * SECOND

# H home agent, Q its private address behind a NAT, J another one; O home address, C and S care-of addresses,
# P a private one behind the NATs N and M, F and G foreign agents; o, c those of the second node; X anybody.
ADDRESSES = {"H": "198.51.100.1", "Q": "10.9.200.1", "J": "198.51.100.2", "O": "mn.hoa", "C": "192.0.2.33",
             "S": "192.0.2.133", "P": "10.0.200.33", "N": "192.0.2.200", "M": "192.0.2.201", "F": "203.0.113.9",
             "G": "203.0.113.19", "o": "mn2.hoa", "c": "192.0.2.34", "X": "203.0.113.250"}
# Those of the flows that dsmipgen brings.
MORE_ADDRESSES = ["192.0.2.134", "203.0.113.80", "203.0.113.200"]
OWN_ADDRESSES = [a for a in ADDRESSES.values() if a[0].isdigit()] + MORE_ADDRESSES


# Conforming flows.

def mirrored(form):
    return " ".join(">".join(reversed(word.split(">"))) for word in form.split())


COA = [("mn.prefix", "mn.prefix_length", 1)]
HOA = [("mn.prefix", "mn.prefix_length", 0)]
SECOND_COA = [("mn.second_prefix", "mn.prefix_length", 1)]
SECOND_REFUSED = [("mn.second_prefix", "mn.prefix_length", 9)]
LINK_LOCAL = [("mn.link_local", 255, 0)]


class Flow:
    """Steps of a scenario in the order of their times."""

    def __init__(self, *settings):
        self.steps, self.settings = [], [f"mn1.private_coa={ADDRESSES['P']}", *settings]

    def add(self, kind, at, node="mn1", **step):
        name = f"{kind}_{len(self.steps)}"
        self.steps.append({"step": name, "at": round(at, 6), "node": node, **step})
        return name

    def request(self, at, hop="C>H", coa=None, flags="DT", life=600, prefixes=COA, after=(), node="mn1", port=None,
                nai=False, natt=None, ha="H", hoa="O", same_as=None, ttl=64):
        """A request to the second address of the hop, for the care-of address or else the first."""
        source, destination = hop.split(">")
        asked = [{"prefix_request": {"prefix": p, "length": n}} for p, n, _ in prefixes]
        asked += [{"tunneling_mode": {}}] if any(code == 1 for *_, code in prefixes) else []
        asked += [{"nai": {}}] if nai else []
        asked += [{"udp_tunnel_request": {"flags": natt}}] if natt else []
        fields = {"flags": flags, "lifetime": life, "care_of_address": ADDRESSES[coa or source],
                  "home_agent": ADDRESSES[ha], "home_address": ADDRESSES[hoa]}
        fields |= {"identification": f"step:{same_as}"} if same_as else {}
        return self.add("request", at, node, request=fields, extensions=[*asked, {"mn_ha_auth": {}}, *after],
                        ipv4={"source": ADDRESSES[source], "destination": ADDRESSES[destination], "ttl": ttl},
                        **({"udp": {"source_port": port}} if port else {}))

    def reply(self, at, answers, hop="H>C", code=0, life=600, prefixes=COA, after=(), node="mn1", port=None, nai=False,
              natt=None, ha="H", hoa="O"):
        source, destination = hop.split(">")
        granted = [{"prefix_reply": {"prefix": p, "length": n, "code": c}} for p, n, c in prefixes if code < 64]
        granted += ([{"nai": {}}] if nai else []) + ([{"udp_tunnel_reply": {}}] if natt else [])
        fields = {"code": code, "lifetime": life, "home_agent": ADDRESSES[ha], "home_address": ADDRESSES[hoa]}
        self.add("reply", at, node, answers=answers, reply=fields, extensions=[*granted, {"mn_ha_auth": {}}, *after],
                 ipv4={"source": ADDRESSES[source], "destination": ADDRESSES[destination]},
                 **({"udp": {"destination_port": port}} if port else {}))

    def register(self, at, hop="C>H", code=0, grant=None, answer=0.1, coa=None, flags="DT", same_as=None, **both):
        name = self.request(at, hop, coa=coa, flags=flags, same_as=same_as, **both)
        life = both.pop("life", 600) if grant is None else grant
        both.pop("life", None)
        self.reply(at + answer, name, mirrored(hop), code=code, life=life, **both)
        return name

    def visit(self, at, fa="F", prefixes=HOA, delivery=False):
        """Registration through a foreign agent, both legs."""
        style = [{"encapsulating_delivery": {}}] if delivery else []
        mn_fa, fa_ha = [{"mn_fa_auth": {}}], [{"fa_ha_auth": {}}]
        asked = {"coa": fa, "flags": "T", "prefixes": prefixes}
        name = self.request(at, f"O>{fa}", after=style + mn_fa, ttl=255, **asked)
        self.request(at + 0.02, f"{fa}>H", after=fa_ha, same_as=name, **asked)
        self.reply(at + 0.1, name, f"H>{fa}", prefixes=prefixes, after=fa_ha)
        self.reply(at + 0.12, name, f"{fa}>O", prefixes=prefixes, after=mn_fa)

    def send(self, at, form, inner="data", node="mn1", port=None, address="mn.address6", peer="cn.address6", **header):
        """A packet in headers like "H>C H>O", "H>N udp", "C>H gre"."""
        words, layers = form.split(), []
        to_mn = words[0][0] in "HJQX"
        for word in words:
            if word == "gre":
                layers.append({"gre": {}})
            elif word == "udp":
                ours = {"destination_port": port, "source_port": 434} if to_mn else \
                    {"source_port": port, "destination_port": 434}
                layers += [{"udp": ours}, {"tunnel_data": {}}]
            else:
                source, destination = word.split(">")
                layers.append({"ipv4": {"source": ADDRESSES[source], "destination": ADDRESSES[destination], **header}})
        self.add("data", at, node, stack=layers + inner_packet(inner, to_mn, address, peer))

    def both(self, at, form, **more):
        self.send(at, form, **more)
        self.send(at + 0.01, mirrored(form), **more)

    def change(self, at, old, new, **more):
        """Packets of both forms around a reply at that time: some of the old form are still under way."""
        for delay in (-2.5, -0.3, -0.04, 0.2, 0.5):
            self.both(at + delay, old, **more)
        for delay in (0.03, 0.3, 1, 2.5):
            self.both(at + delay, new, **more)

    def text(self):
        steps = sorted(self.steps, key=lambda step: step["at"])
        return json.dumps({"summary": "a conforming flow", "set": self.settings, "steps": steps})


def inner_packet(inner, to_mn, address, peer):
    here, there = ("ha.link_local", "mn.link_local") if to_mn else ("mn.link_local", "ha.link_local")
    if inner == "data":
        source, destination = (peer, address) if to_mn else (address, peer)
        return [{"ipv6": {"source": source, "destination": destination}}, {"icmpv6_echo_request": {}}]
    if inner == "ipv4":
        source, destination = ("cn.address", "mn.hoa") if to_mn else ("mn.hoa", "cn.address")
        return [{"ipv4": {"source": source, "destination": destination}}, {"icmpv4_echo_request": {}}]
    if inner == "keepalive":
        return [{"ipv4": {"source": "mn.hoa", "destination": "ha.address"}}, {"icmpv4_echo_request": {}}]
    if inner == "mld":
        message = {"mld_query": {}} if to_mn else {"mldv2_report": {"group": "ff05::5454"}}
        group = "ff02::1" if to_mn else "ff02::16"  # RFC 3810 5.1.15, 5.2.14
        return [{"ipv6": {"source": here, "destination": group, "hop_limit": 1}}, {"hop_by_hop": {}}, message]
    if inner == "nd":
        return [{"ipv6": {"source": here, "destination": there, "hop_limit": 255}},
                {"neighbor_solicitation": {"target": there}}]
    prefix = {} if inner == "solicit" else {"prefix": "mn.prefix", "length": 48}
    return [{"ipv6": {"source": here, "destination": there if to_mn else "ff02::1:2"}}, {"udp": {}},
            {"dhcpv6": {"message": inner, **prefix}}]


def modes():
    f = Flow()
    f.register(0)
    f.both(1, "H>C")
    f.register(10, prefixes=HOA)
    f.change(10.1, "H>C", "H>C H>O")
    f.register(20)
    f.change(20.1, "H>C H>O", "H>C")
    return f


def moves():
    """Foreign agent, own care-of address, home, another foreign agent, another care-of address."""
    f = Flow()
    f.visit(0)
    f.both(1, "H>F H>O")
    f.both(1.05, "H>O")
    f.register(10)
    f.change(10.1, "H>F H>O", "H>C")
    f.both(19.9, "H>C")
    f.register(20, "O>H", flags="none", life=0, prefixes=[])
    f.both(20.3, "H>C")
    f.visit(30, "G")
    f.both(31, "H>G H>O")
    f.register(40, "S>H")
    f.change(40.1, "H>G H>O", "H>S")
    return f


def two_care_of_addresses():
    f = Flow()
    f.register(0, flags="SDT", prefixes=HOA)
    f.both(1, "H>C H>O")
    f.register(10, "S>H", flags="SDT")
    for at in (10.2, 11, 15):
        f.both(at, "H>C H>O")
        f.both(at + 0.03, "H>S")
    f.register(20, "S>H", coa="C", flags="DT", life=0, prefixes=[])
    f.both(20.3, "H>C H>O")
    f.both(25, "H>S")
    return f


def new_ports():
    f = Flow()
    f.register(0, "N>H", coa="P", port=50434, natt="R")
    f.send(0.2, "N>H udp", "keepalive", port=50999)
    f.both(1, "H>N udp", port=50999)
    f.register(10, "N>H", coa="P", port=50434, natt="none")
    f.both(10.3, "H>N udp", port=50434)
    f.register(20, "M>H", coa="P", port=50999, natt="none")
    f.both(20.2, "H>N udp", port=50434)
    f.both(20.3, "H>M udp", port=50999)
    f.register(30)
    f.change(30.1, "H>M udp", "H>C", port=50999)
    return f


def both_sides_of_a_nat():
    f = Flow()
    name = f.request(0, "P>H", port=434, natt="none")
    f.request(0.001, "N>H", coa="P", port=50434, natt="none", same_as=name)
    f.reply(0.101, name, "H>N", port=50434, natt="none")
    f.reply(0.102, name, "H>P", port=434, natt="none")
    f.both(1, "H>N udp", port=50434)
    f.both(1.02, "H>P udp", port=434)
    return f


def agent_behind_a_nat():
    f = Flow()
    name = f.request(0, "C>H")
    f.request(0.001, "C>Q", same_as=name, ttl=57)
    f.reply(0.101, name, "Q>C")
    f.reply(0.102, name, "H>C")
    f.both(1, "H>C")
    f.both(1.001, "Q>C")
    f.reply(10.1, f.request(10, "C>Q", prefixes=HOA, ttl=57), "Q>C", prefixes=HOA)
    f.both(13, "Q>C Q>O")
    return f


def guests(outer, inner, agent="H"):
    """A node in the network of another one, whose tunnel carries its tunnel."""
    f = Flow()
    f.register(0, prefixes=HOA if "O" in outer else COA)
    f.both(0.5, outer)
    f.register(2, f"c>{agent}", node="mn2", prefixes=HOA if "o" in inner else COA, ha=agent)
    f.both(5, inner, node="mn2")
    f.both(5.1, "H>C " + inner, node="mn2")
    return f


def nodes_that_talk():
    f = Flow()
    f.register(0)
    f.register(2, "c>H", node="mn2")
    f.send(5, "C>H", peer="mn2.address6")
    f.send(5.01, "H>c", node="mn2", peer="mn1.address6")
    f.send(6, "c>H", node="mn2", peer="mn1.address6")
    f.send(6.01, "H>C", peer="mn2.address6")
    return f


def one_home_address():
    """Two nodes with the same private home address and another NAI."""
    f = Flow("mn1.hoa=10.1.1.77", "mn2.hoa=10.1.1.77")
    f.register(0, nai=True)
    f.both(1, "H>C")
    f.register(2, "c>H", node="mn2", nai=True)
    f.both(3, "H>c", node="mn2")
    f.both(5, "H>C H>O", inner="mld")
    f.both(5.1, "H>c H>O", inner="mld", node="mn2")
    f.register(10, "S>H", nai=True)
    f.change(10.1, "H>C", "H>S")
    return f


def delegation():
    f = Flow()
    f.register(0, prefixes=[])
    f.register(2, prefixes=LINK_LOCAL)
    for at, message, answer in ((3, "solicit", "advertise"), (4, "request", "reply")):
        f.send(at, "C>H O>H", message)
        f.send(at + 0.1, "H>C H>O", answer)
    f.register(5, prefixes=LINK_LOCAL + COA)
    f.both(6, "H>C")
    f.both(6.2, "H>C H>O", inner="nd")
    f.send(100, "C>H O>H", 5)  # Renew
    f.send(100.1, "H>C H>O", "reply")
    f.both(101, "H>C")
    return f


def prefixes():
    f = Flow()
    f.register(0, prefixes=COA + SECOND_COA)
    f.both(1, "H>C", address="mn.second_address6")
    f.register(10)
    f.both(10.3, "H>C", address="mn.second_address6")
    f.register(20, prefixes=COA + SECOND_COA)
    f.both(20.15, "H>C", address="mn.second_address6")
    f.both(25, "H>C", address="mn.second_address6")
    f.register(30, prefixes=COA + SECOND_REFUSED)
    f.both(30.3, "H>C", address="mn.second_address6")
    f.both(33, "H>C")
    return f


def refreshes():
    """Over the end of a lifetime, denied, sent again, granted less."""
    f = Flow()
    f.register(0, life=60)
    f.register(59.5, answer=1, life=60)
    for at in (30, 60.3, 61, 63):
        f.both(at, "H>C")
    f.register(90, code=133, grant=0)
    f.both(90.5, "H>C")
    f.register(92)
    f.both(95, "H>C")
    name = f.request(300)
    f.request(301, same_as=name)
    f.register(303, same_as=name)
    f.register(308, same_as=name, grant=595)
    f.both(850, "H>C")
    return f


def all_sorts():
    """IPv4 and other tunnels between the same hosts, GRE, the agent's other peers, delivery to a foreign agent."""
    f = Flow()
    f.register(0, flags="GDT")
    f.both(1, "H>C gre")
    f.both(2, "H>C gre", inner="ipv4")
    f.both(3, "H>C gre H>O", inner="mld")
    f.both(4, "H>X", address="2001:db8:ff::1")
    f.both(5, "X>C", address="2001:db8:ff::1")
    f.register(6, "C>J", ha="J", hoa="G", prefixes=SECOND_COA)
    f.both(7, "J>C", address="mn.second_address6")
    f.visit(10, delivery=True)
    for at, inner in ((13, "data"), (14, "mld")):
        f.send(at, "O>F O>H", inner)
        f.send(at + 0.02, "F>H O>H", inner)
    return f


FLOWS = {flow.__name__: flow for flow in (
    modes, moves, two_care_of_addresses, new_ports, both_sides_of_a_nat, agent_behind_a_nat, nodes_that_talk,
    one_home_address, delegation, prefixes, refreshes, all_sorts)}
FLOWS |= {f"guest_{i}": lambda args=args: guests(*args) for i, args in enumerate(
    [("H>C", "H>c"), ("H>C", "H>c H>o"), ("H>C H>O", "H>c H>o"), ("H>C H>O", "J>c", "J"), ("H>C", "J>c J>o", "J")])}


# Captures of them.

@dataclass
class Packet:
    step: str
    time: int  # microseconds
    bytes: bytes
    wire_len: int

    @property
    def source(self):
        return self.bytes[26:30]


def packets(name):
    if name in FLOWS:
        path = scratch() / f"{name}.yaml"
        path.write_text(FLOWS[name]().text())
        name = path
    steps, captured = scratch() / "perturbed.pcapng", scratch() / "perturbed.pcap"
    for path in (steps, captured):
        checked(dsmipgen.dsmipgen("write", name, "-w", path, "--set", f"mn1.private_coa={ADDRESSES['P']}"))
        path.chmod(0o644)
    comments = dsmipgen.comments(steps)
    return [Packet(comments[number][1], meta.sec * SECOND + meta.usec, data, meta.wirelen)
            for number, (data, meta) in enumerate(RawPcapReader(str(captured)), 1)]


def later(packet, microseconds):
    return replace(packet, time=packet.time + microseconds)


def tagged(packet):
    return replace(packet, bytes=packet.bytes[:12] + bytes.fromhex("81000064") + packet.bytes[12:],
                   wire_len=packet.wire_len + 4)


def after_a_router(packet):
    """Where TTL 255 asks for a link without routers it stays."""
    ttl = packet.bytes[22]
    return packet if ttl == 255 else replace(packet, bytes=packet.bytes[:22] + bytes([ttl - 1]) + packet.bytes[23:])


def in_order(captured):
    return sorted(captured, key=lambda packet: packet.time)


def merged(flow, clock):
    return in_order(flow + [later(after_a_router(packet), clock) for packet in flow])


def variants(flow):
    yield "as it is", flow
    for i, packet in enumerate(flow):
        yield f"without {packet.step}", flow[:i] + flow[i + 1:]
        yield f"{packet.step} twice", flow[:i + 1] + [later(packet, 200)] + flow[i + 1:]
        yield f"{packet.step} late", in_order(flow[:i] + [later(packet, 90_000)] + flow[i + 1:])
        if packet.step.startswith("reply"):
            yield f"{packet.step} again", in_order(flow + [later(packet, 1_500_000)])
        if i:
            yield f"from {packet.step} on", flow[i:]
        if i + 1 < len(flow) and flow[i + 1].time - packet.time < SECOND / 2:
            one, two = replace(packet, time=flow[i + 1].time), replace(flow[i + 1], time=packet.time)
            yield f"{packet.step} after the next", flow[:i] + [two, one] + flow[i + 2:]
    yield "all twice", [p for packet in flow for p in (packet, later(packet, 200))]
    yield "all twice in a VLAN", [p for packet in flow for p in (packet, tagged(packet))]
    yield "all before and after a router", [p for packet in flow for p in (packet, after_a_router(packet))]
    yield "merged, one clock late", merged(flow, 300_000)
    yield "merged, one clock early", merged(flow, -300_000)
    if not any(packet.bytes[22] == 255 or "in_flight" in packet.step for packet in flow):
        yield "merged, one clock very late", merged(flow, 1_400_000)
    for length in range(34, 150, 5):
        yield f"cut at {length}", [replace(packet, bytes=packet.bytes[:length]) for packet in flow]
    for source in sorted({packet.source for packet in flow}):
        yield f"nothing from {source.hex()}", [packet for packet in flow if packet.source != source]
    for kind in ("request", "reply"):
        yield f"no {kind}", [packet for packet in flow if not packet.step.startswith(kind)]


def packed(address):
    return bytes(int(part) for part in address.split("."))


OWN = re.compile(b"|".join(re.escape(packed(address)) for address in OWN_ADDRESSES), re.DOTALL)


def moved(address, number):
    """Another address, of the same kind and the same sum."""
    high, low = struct.unpack("!HH", address)
    number = -number if high >> 8 == 10 else number
    return struct.pack("!HH", high - number, low + number)


def write(captures):
    """One capture of all; and whose packet each frame is: number of the variant and packet."""
    path, owners = scratch() / "perturbations.pcap", [None]
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number, (_, captured) in enumerate(captures):
            for packet in captured:
                data = OWN.sub(lambda found, n=number: moved(found[0], n), packet.bytes)
                file.write(struct.pack("<IIII", *divmod(packet.time, SECOND), len(data), packet.wire_len) + data)
                owners.append((number, packet))
    path.chmod(0o644)
    return path, owners


def alarms(captures):
    """Number of the variant -> its packets with a warning or an error, and what was said."""
    path, owners = write(captures)
    fields = ["frame.number", "_ws.expert.severity", "_ws.expert.message"]
    output = tshark(["-n", "-r", readable(path), "-Y", f"dsmipv4.rule && _ws.expert.severity >= {WARN}", "-T", "fields",
                     "-E", "aggregator=|", *(arg for field in fields for arg in ("-e", field))])
    found = defaultdict(list)
    for line in output.splitlines():
        frame, severities, messages = line.split("\t")
        said = [message for severity, message in zip(severities.split("|"), messages.split("|"))
                if int(severity) >= WARN and "[RFC" in message]
        number, packet = owners[int(frame)]
        found[number] += [(packet, message) for message in said]
    return found


def is_open(captured, packet, name):
    """What the first registration of a capture changed is not known: within the grace period nothing is expected."""
    first = next((p.time for p in captured if p.step.startswith("reply")), 0)
    return name.startswith(("from ", "no ")) and packet.time - first < GRACE


@pytest.mark.parametrize("name", [*FLOWS, *dsmipgen.flows()])
def test_no_alarm(name):
    flow = packets(name)
    everything = list(variants(flow))
    wrong = []
    for first in range(0, len(everything), MOST_VARIANTS):
        some = everything[first:first + MOST_VARIANTS]
        for number, said in alarms(some).items():
            title, captured = some[number]
            wrong += [f"{title}: {packet.step}: {message}" for packet, message in said
                      if not is_open(captured, packet, title)]
    assert not wrong, "\n".join(wrong)


def test_alarms_are_heard():
    """The same way, a packet that breaks a rule is found in each variant that holds all."""
    flow = packets("tun_hoa_expected")
    found = alarms([("as it is", flow), ("twice", merged(flow, 50_000))])
    assert [len(found[number]) for number in (0, 1)] == [len(found[0]), 2 * len(found[0])] != [0, 0]
