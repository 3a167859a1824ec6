# SPDX-License-Identifier: GPL-2.0-or-later
"""One fault in an otherwise conforming network: which rule it breaks, and on which packet.

A fault waits until its victim, the first node of the network, has registered; then it changes one thing that somebody
is about to send, and marks it with the rule. Stages: `request` and `signed` (a request before and after its
authentication), `relay`, `verdict` and `reply` (what the agents make of it), `inner` and `packet` (data before and
after encapsulation, messages with their headers). A fault that is a packet of its own has the stage `none`.
"""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

from . import inner, mobileip as mip
from .mobileip import FHAE, MFAE, MHAE, Auth, short
from .network import Note
from .node import Exchange
from .tunnel import to_care_of, to_home_address
from .wire import GRE, IPIP, IPV6, MINIMAL, UDP, Gre, Icmp, IPv4, IPv6, TunnelData, Udp, address, checksum

BASE = {  # of the victim: an explicit node that registers by timestamps and wants the care-of address mode
    "ipv6": "explicit",
    "style": "timestamp",
    "clock": 0.0,
    "repeats": False,
    "wants_coa_mode": True,
    "reverse_tunnel": True,
    "flags": 0,
    "simultaneous": False,
    "delivers_encapsulated": False,
    "identified_by_name": False,
    "knows_home_address": True,
    "sends_home_address": True,
    "solicits_all": False,
    "always_asks_udp": False,
    "port": 434,
    "algorithm": "hmac-md5",
    "signs_to_agents": False,
    "uses_gre_key": False,
    "dynamic_mtu": False,
    "extras": [],
    "lifetime": 20,
    "talks_ipv4": True,
    "largest": 300,
    "forbidden": {},
    "pause": 0.3,
    "steady": True,
    "keeps_link_local": False,
    "settles": 0.0,
}
HOA_MODE = {"wants_coa_mode": False}


@dataclass
class Fault:
    rule: str
    stage: str
    change: object  # (thing, context) -> what is sent instead; None where it was changed in place
    when: object = None  # (thing, context) -> whether this one is to be changed
    traits: dict = field(default_factory=dict)  # of the victim, beside BASE
    way: str = "direct"  # where the victim is; several, separated by spaces, one after another
    point: str = "home-agent"  # where it is looked at
    verdict: int = 0  # with which code the home agent denies a request that is broken
    also: tuple = ()  # more rules that the same packet breaks
    after: tuple = ()  # rules that later packets break because of it
    agent: dict = field(default_factory=dict)  # of the home agent
    foreign: dict = field(default_factory=dict)  # of the foreign agent
    times: int = 1
    since: float = 10.0
    people: object = None  # (world): more to arrange
    shows_in_reply: bool = False  # the fault is in a request, and the rule is about the answer

    def arrange(self, world):
        """Called once the people of the network are there."""
        self.world, self.left = world, self.times
        net, victim = world.net, world.nodes[0]
        world.duration, net.loss, net.errors, net.lab = 45, 0.0, 0.0, False
        number = victim.number
        for name, value in {**BASE, **self.traits}.items():
            setattr(victim, name, value)
        if "prefixes" not in self.traits:
            victim.prefixes = [(net.prefix48(0x100 + number), 48)]
        victim.wanted = list(victim.prefixes) if victim.ipv6 == "explicit" else []
        places = self.way.split()
        victim.ways = [(place, 60 / len(places)) for place in places]
        ha = victim.ha
        for name, value in {
            "longest": 600,
            "supports_ipv6": True,
            "allows_coa_mode": True,
            "simultaneous": True,
            "keepalive": 30,
            "dynamic_mtu": False,
            "busy": 0,
            "answers_partly": False,
            "greets": False,
            "revokes": False,
            **self.agent,
        }.items():
            setattr(ha, name, value)
        for foreign in world.foreign_agents:
            for name, value in {
                "signs": False,
                "signs_to_nodes": False,
                "negotiates_revocation": False,
                "busy": 0,
                "gre_ok": True,
                "longest": 0xFFFF,
                "uses_434": True,
                **self.foreign,
            }.items():
                setattr(foreign, name, value)
        if self.people:
            self.people(world)

    def touch(self, stage, thing, node, request=None, binding=None, note=None):
        if not self.left and stage not in ("verdict", "reply") or node is not self.world.nodes[0]:
            return thing
        if stage == "verdict":
            return self.verdict if self.verdict and self.rule in request.broken else thing
        if stage == "reply" and self.shows_in_reply and self.rule in request.broken:
            thing.broken = [self.rule]
        context = SimpleNamespace(
            net=self.world.net, world=self.world, node=node, ha=node.ha, request=request, binding=binding, note=note
        )
        if (
            not self.left
            or stage != self.stage
            or self.world.net.now < self.since
            or self.when
            and not self.when(thing, context)
        ):
            return thing
        try:
            changed = self.change(thing, context)
        except ValueError:  # it has not what is to be changed: the next, perhaps
            return thing
        self.left -= 1
        changed = changed if isinstance(changed, (mip.Message, IPv4, IPv6)) else thing
        owner = note if note is not None else changed
        owner.broken = owner.broken + [self.rule]
        return changed


# -- what may be changed


def registers(message, _context):
    return message.lifetime > 0


def accepts(reply, context):
    return reply.code < 64 and context.request.lifetime > 0


def data_down(thing, context):
    """An ordinary packet of a correspondent to the node, before or after encapsulation."""
    inside = context.note.inside
    return context.note.kind == "tunnel" and inside.src in context.ha.correspondents6 and inside.dst[0] == 0x24


def multicast_down(_thing, context):
    """A packet to the group that the node has joined."""
    inside = context.note.inside
    return context.note.kind == "tunnel" and inside.src in context.ha.correspondents6 and inside.dst[0] == 0xFF


def data_up(thing, context):
    inside = context.note.inside
    return context.note.kind == "tunnel" and inside.dst in context.ha.correspondents6


def ipv4_up(_thing, context):
    """IPv4 from the node to a correspondent."""
    return context.note.kind == "tunnel4" and context.note.inside.dst in context.ha.correspondents4


def icmp6(number):
    """Tunneled ICMPv6 of one type from the node."""

    def when(_thing, context):
        payload = context.note.inside.payload if context.note.kind == "tunnel" else None
        return isinstance(payload, Icmp) and payload.kind == number

    return when


def dhcp(_thing, context):
    payload = context.note.inside.payload if context.note.kind == "tunnel" else None
    return isinstance(payload, Udp) and payload.dport == 547


def kind(name):
    return lambda _thing, context: context.note.kind == name


def extension(message, number, subtype=None):
    """The place of an extension in a message."""
    for place, e in enumerate(message.extensions):
        if (e.kind if isinstance(e, Auth) else e[0]) == number and (subtype is None or e[2] == subtype):
            return place
    raise ValueError(f"no extension {number}")


def changed(number, subtype, change):
    """A change of the bytes of one extension."""

    def do(message, _context):
        place = extension(message, number, subtype)
        message.extensions[place] = bytes(change(bytearray(message.extensions[place])))

    return do


def put(offset, value):
    """A change of one byte."""

    def do(data):
        data[offset] = value
        return data

    return do


def flipped(offset, bits):
    def do(data):
        data[offset] |= bits
        return data

    return do


def more(*extensions):
    """More extensions before the authentication."""

    def do(message, _context):
        message.extensions[0:0] = extensions

    return do


def trailing(*extensions):
    def do(message, _context):
        message.extensions += extensions

    return do


def attribute(name, value):
    """Another value of a field; `value` may be a function of the context."""

    def do(thing, context):
        setattr(thing, name, value(context) if callable(value) else value)

    return do


def prefix(value, length):
    """Asks for another prefix, beside its own."""
    return more(mip.prefix_request(address(value), length))


def cut_payload(size):
    def do(packet, _context):
        packet.payload.payload = packet.payload.payload.pack()[:size]

    return do


def without_auth(message, _context):
    message.extensions = [e for e in message.extensions if not (isinstance(e, Auth) and e.kind == MHAE)]


def auth_with(**changes):
    def do(message, context):
        place = extension(message, MHAE)
        message.extensions[place] = replace(message.extensions[place], **changes)

    return do


def auth_bytes(size, spi=0x100):
    def do(message, _context):
        message.extensions[extension(message, MHAE)] = short(
            32, spi.to_bytes(4, "big")[:size] + bytes(max(size - 4, 0))
        )

    return do


def reordered(message, context):
    """The foreign agent's authentication before the home agent's."""
    message.extensions.insert(
        extension(message, MHAE), Auth(MFAE, context.node.foreign_association(context.world.foreign_agents[0]))
    )


def behind_auth(number, subtype=None):
    def do(message, _context):
        message.extensions.append(message.extensions.pop(extension(message, number, subtype)))

    return do


NATT = {"way": "nat0", "point": "nat-outside"}
FA = {"way": "fa0", "traits": HOA_MODE}
INSIDE = {**FA, "point": "agent-inside"}


def request(rule, change, **more_):
    return Fault(rule, "request", change, **{"when": registers, **more_})


def signed(rule, change, **more_):
    return Fault(rule, "signed", change, **{"when": registers, **more_})


def reply(rule, change, **more_):
    return Fault(rule, "reply", change, **{"when": accepts, **more_})


def packet_of(kind_name, rule, change, **more_):
    return Fault(rule, "packet", change, **{"when": kind(kind_name), **more_})


ALL = [
    # the message as a whole
    packet_of("reply", "udp_port", lambda p, c: setattr(p.payload, "sport", 5434)),
    packet_of("request", "udp_cksum_zero", lambda p, c: setattr(p.payload, "without_sum", True)),
    packet_of("request", "msg_short", cut_payload(23)),
    signed("ext_trailing", trailing(b"\x86")),
    signed("auth_missing", without_auth, verdict=131),
    reply("auth_multiple", lambda m, c: m.extensions.append(Auth(MHAE, c.node.association(c.ha)))),
    # each extension
    signed("ext_overrun", trailing(b"\x86\x14" + bytes(19))),
    request("ext_nonskip_unknown", more(short(120, b"x")), verdict=70),
    request("ext152_empty", more(b"\x98\0")),
    request("req_length", changed(152, 1, lambda d: bytearray([152, 17]) + d[2:19])),
    reply("rep_length", changed(152, 2, lambda d: bytearray([152, 18]) + d[2:20]), after=("tun_implicit_coa",)),
    request("mode_length", changed(152, 3, lambda d: bytearray(b"\x98\3\3\0\0"))),
    request("subtype_reserved", more(short(152, b"\4\0"))),
    reply("req_in_wrong_msg", more(mip.prefix_request(address("2400:ffff::"), 48))),
    request("rep_in_wrong_msg", more(mip.prefix_reply(0, address("2400:ffff::"), 48))),
    reply("mode_in_wrong_msg", more(mip.TUNNELING_MODE)),
    reply("rep_reserved", changed(152, 2, put(5, 1))),
    request("mode_reserved", changed(152, 3, put(3, 1))),
    reply("code_reserved", changed(152, 2, put(3, 10)), after=("tun_prefix_rejected",)),
    request("prefix_bits", changed(152, 1, flipped(19, 1))),
    request("prefix_len_range", prefix("2400:ffff::", 129)),
    request("ll_not_linklocal", prefix("2400:ffff::1", 255)),
    request("ll_len", prefix("fe80::", 64), after=("tun_prefix_rejected",)),
    request("ll_format", prefix("fe80:1::1", 255)),
    request("prefix_multicast", prefix("ff05::", 16)),
    request("prefix_loopback", prefix("::1", 128)),
    request("prefix_unspecified", prefix("::", 64)),
    request("prefix_v4mapped", prefix("::ffff:192.0.2.0", 120)),
    request("prefix_v4compat", prefix("::192.0.2.0", 120)),
    request("prefix_scope", prefix("fec0:1::", 48)),
    request("prefix_host", prefix("2400:ffff::1", 128)),
    signed("auth_short", auth_bytes(3), verdict=131, also=("auth_missing",)),
    signed("auth_size", auth_bytes(4), verdict=131, also=("auth_bad",)),
    signed("auth_spi", auth_with(association=mip.Association(0xFF, "hmac-md5", b"x")), verdict=131),
    signed("auth_bad", auth_with(flip=1), verdict=131),
    signed("ext_order", reordered),
    request("utrq_length", changed(144, None, lambda d: bytearray([144, 5]) + d[2:7]), **NATT),
    request("utrq_reserved", changed(144, None, put(3, 1)), **NATT),
    request("utrq_reserved3", changed(144, None, put(7, 1)), verdict=134, **NATT),
    request("utrq_encap_value", changed(144, None, put(5, 50)), traits={"ipv6": "none"}, verdict=142, **NATT),
    reply("utrp_length", changed(44, None, lambda d: bytearray([44, 4]) + d[2:6]), **NATT, after=("natt_no_assent",)),
    request("utrp_in_request", more(mip.udp_tunnel_reply(0, 30)), **NATT),
    request("mne_prefix_len", more(short(148, b"\0\x21" + bytes(4)))),
    # registration request
    request("rrq_reserved_bits", lambda m, c: setattr(m, "flags", m.flags | 1), verdict=134),
    request("mode_no_prefix", more(mip.TUNNELING_MODE), traits={"ipv6": "implicit"}),
    request("mode_m_only", lambda m, c: setattr(m, "flags", m.flags | mip.M)),
    request("mode_dup", more(mip.TUNNELING_MODE)),
    request("mode_fa_coa", more(mip.TUNNELING_MODE), **INSIDE),
    signed("req_ext_after_auth", behind_auth(152, 3), after=("tun_coa_expected",)),
    request("req_dup_prefix", lambda m, c: m.extensions.append(m.extensions[extension(m, 152, 1)])),
    request("req_overlap_self", lambda m, c: m.extensions.append(mip.prefix_request(m.prefixes[0][0], 64))),
    request(
        "ll_no_hoa",
        prefix("fe80::9", 255),
        traits={"identified_by_name": True, "sends_home_address": False, "knows_home_address": False},
        since=0,
    ),
    request("rrq_coa_is_hoa", attribute("coa", lambda c: c.node.hoa), verdict=128),
    request("rrq_addr_kind", attribute("coa", address("224.0.0.11")), verdict=128),
    request("rrq_hoa_zero_no_nai", attribute("hoa", bytes(4)), verdict=128),
    packet_of("request", "rrq_src_fa", lambda p, c: setattr(p, "src", c.net.subnet(6, 99)), **INSIDE),
    packet_of(
        "request",
        "rrq_ttl_mcast",
        lambda p, c: setattr(p, "ttl", 64),
        **{**INSIDE, "traits": {**HOA_MODE, "solicits_all": True}},
    ),
    packet_of("request", "rrq_ttl_rt", lambda p, c: setattr(p, "ttl", 64), **INSIDE),
    request("ident_order", lambda m, c: setattr(m, "ident", m.ident - (60 << 32)), verdict=133),
    request("ident_clock", lambda m, c: setattr(m, "ident", m.ident + (60 << 32)), verdict=133, after=("ident_order",)),
    signed(
        "eds_no_t", lambda m, c: (m.extensions.append(short(130, b"")), setattr(m, "flags", m.flags & ~mip.T)), **INSIDE
    ),
    request("eds_order", more(short(130, b"")), **INSIDE),
    signed("eds_length", trailing(short(130, b"\0")), **INSIDE),
    Fault("eds_relayed", "relay", trailing(short(130, b"")), when=lambda m, c: m.kind == mip.REQUEST, **FA),
    request("utrq_encap_dsmip", changed(144, None, put(5, 4)), **NATT),
    request("utrq_no_d", more(mip.udp_tunnel_request()), verdict=134, **FA),
    signed("utrq_fa_d", trailing(mip.udp_tunnel_request()), verdict=134),
    request("utrq_no_t", lambda m, c: setattr(m, "flags", m.flags & ~mip.T), **NATT),
    signed("mne_order", trailing(short(148, b"\0\x18" + bytes([192, 0, 2, 0])))),
    Fault(
        "fhae_dereg",
        "relay",
        lambda m, c: m.extensions.append(Auth(FHAE, c.world.foreign_agents[0].association(c.ha))),
        when=lambda m, c: m.kind == mip.REQUEST and m.lifetime == 0,
        people=lambda w: leaves(w, "fa0"),
        **FA,
    ),
    Fault(
        "dereg_with_prefix",
        "request",
        prefix("2400:ffff::", 48),
        when=lambda m, c: m.lifetime == 0,
        people=lambda w: leaves(w, "direct"),
    ),
    Fault(
        "rrq_d_at_home",
        "request",
        lambda m, c: setattr(m, "flags", m.flags | mip.D),
        way="direct home",
        point="home-link",
        when=lambda m, c: c.node.attachment.home,
    ),
    # registration reply
    reply("code_unknown", attribute("code", 63)),
    reply("rep_ext_after_auth", behind_auth(152, 2)),
    reply("rep_dup", lambda m, c: m.extensions.insert(0, m.extensions[extension(m, 152, 2)])),
    reply(
        "rep_ll_coa",
        changed(152, 2, put(3, 1)),
        when=lambda m, c: accepts(m, c) and c.request.prefixes and c.request.prefixes[0][1] == 255,
        traits={"ipv6": "delegated", "prefixes": []},
        since=0,
    ),
    reply("utrp_order", behind_auth(44), **NATT),
    reply("utrp_keepalive", changed(44, None, put(7, 5)), **NATT),
    # request and reply
    reply("utrp_unrequested", more(mip.udp_tunnel_reply(64, 0))),
    reply("utrp_missing", lambda m, c: m.extensions.pop(extension(m, 44)), **NATT, after=("natt_no_assent",)),
    reply("utrp_force", changed(44, None, flipped(4, 0x80)), **NATT),
    reply("id_low", lambda m, c: setattr(m, "ident", m.ident ^ 0x55), after=("tun_expired",)),
    reply("id_high", lambda m, c: setattr(m, "ident", m.ident ^ 0x55 << 32)),
    reply(
        "id_resync",
        lambda m, c: setattr(m, "ident", c.request.ident),
        when=lambda m, c: m.code == 133,
        traits={"clock": -60.0},
        since=0,
    ),
    reply("lifetime_increase", lambda m, c: setattr(m, "lifetime", c.request.lifetime + 1)),
    Fault(
        "dereg_lifetime",
        "reply",
        attribute("lifetime", 600),
        when=lambda m, c: c.request.lifetime == 0 and m.code < 64,
        people=lambda w: leaves(w, "direct"),
    ),
    reply("hoa_mismatch", attribute("hoa", lambda c: c.net.subnet(1, 200))),
    reply("ha_mismatch", attribute("ha", lambda c: c.net.subnet(0, 200))),
    packet_of("reply", "reply_addr", lambda p, c: setattr(p.payload, "dport", 5000)),
    reply("rep_not_requested", more(mip.prefix_reply(0, address("2400:ffff::"), 48))),
    reply("rep_len_mismatch", changed(152, 2, put(4, 64))),
    reply(
        "rep_missing_some",
        lambda m, c: m.extensions.pop(extension(m, 152, 2)),
        after=("tun_prefix_rejected",),
        traits={"prefixes": [(address("2400:fff0::"), 48), (address("2400:fff1::"), 48)]},
    ),
    reply("coa_mode_unasked", changed(152, 2, put(3, 1)), traits=HOA_MODE),
    reply("coa_mode_fa", changed(152, 2, put(3, 1)), also=("coa_mode_unasked",), **FA),
    Fault(
        "nonskip_accepted",
        "reply",
        lambda m, c: None,
        when=lambda m, c: accepts(m, c) and c.request.has(120),
        traits={"extras": [short(120, b"x")]},
    ),
    Fault(
        "reserved_accepted",
        "reply",
        lambda m, c: None,
        when=accepts,
        traits={"flags": mip.X},
        also=(),
        after=("rrq_reserved_bits",),
    ),
    Fault("auth_accepted_bad", "signed", auth_with(flip=1), when=registers, also=("auth_bad",), shows_in_reply=True),
    # the foreign agent
    Fault(
        "relay_request_modified",
        "relay",
        lambda m, c: setattr(m, "relayed", m.relayed[:1] + bytes([m.relayed[1] ^ mip.B]) + m.relayed[2:]),
        when=lambda m, c: m.kind == mip.REQUEST and m.lifetime,
        verdict=131,
        also=("auth_bad",),
        **{**FA, "point": "router"},
    ),
    Fault(
        "relay_reply_modified",
        "relay",
        lambda m, c: setattr(m, "relayed", m.relayed[:3] + bytes([m.relayed[3] ^ 1]) + m.relayed[4:]),
        when=lambda m, c: m.kind == mip.REPLY and m.lifetime,
        also=("auth_bad",),
        **{**FA, "point": "router"},
    ),
    Fault(
        "relay_not_stripped",
        "relay",
        lambda m, c: m.extensions.append(c.request.extensions[-1]),
        when=lambda m, c: m.kind == mip.REQUEST,
        **{**FA, "point": "router", "traits": {**HOA_MODE, "signs_to_agents": True}},
    ),
    Fault(
        "fa_deny_copy",
        "packet",
        lambda p, c: setattr(p.payload.payload, "ident", p.payload.payload.ident ^ 1 << 40),
        when=lambda p, c: c.note.kind == "reply" and p.payload.payload.code in (64, 66),
        since=0,
        people=lambda w: denies(w),
        **INSIDE,
    ),
    Fault(
        "relay_dst",
        "packet",
        lambda p, c: setattr(p, "dst", c.net.subnet(0, 99)),
        when=lambda p, c: c.note.kind == "request" and p.src == c.world.foreign_agents[0].address,
        **{**FA, "point": "router"},
    ),
    Fault(
        "rep_by_fa",
        "packet",
        lambda p, c: p.payload.payload.extensions.insert(0, mip.prefix_reply(8, c.node.prefixes[0][0], 48)),
        when=lambda p, c: c.note.kind == "reply" and p.payload.payload.code in (64, 66),
        since=0,
        people=lambda w: denies(w),
        **INSIDE,
    ),
    request(
        "life_after_69",
        attribute("lifetime", 20),
        when=lambda m, c: c.node.limits and m.lifetime,
        since=0,
        **{**INSIDE, "foreign": {"longest": 10}},
    ),
    # more of requests and replies
    packet_of("request", "rrq_src_coloc", lambda p, c: setattr(p, "src", c.net.subnet(5, 99))),
    request(
        "ident_reuse",
        lambda m, c: (setattr(m, "ident", c.node.last_message.ident), setattr(m, "lifetime", 19)),
        verdict=133,
    ),
    request("ll_before_hoa", lambda m, c: m.extensions.insert(0, mip.prefix_request(c.node.link_local, 255)), since=0),
    reply("code_agent", attribute("code", 65)),
    reply("rep_accept_in_deny", attribute("code", 130)),
    reply("zero_grant", attribute("lifetime", 0), after=("tun_no_binding",)),
    Fault(
        "rep_in_dereg",
        "reply",
        lambda m, c: m.extensions.insert(0, mip.prefix_reply(0, *c.node.prefixes[0])),
        when=lambda m, c: c.request.lifetime == 0 and m.code < 64,
        people=lambda w: leaves(w, "direct"),
    ),
    # the binding table
    reply(
        "prefix_overlap", lambda m, c: None, since=0, times=99, people=lambda w: neighbour(w), after=("prefix_overlap",)
    ),
    reply(
        "mode_mixed",
        changed(152, 2, put(3, 0)),
        traits={"prefixes": [(address("2400:fff0::"), 48), (address("2400:fff1::"), 48)]},
        after=("tun_hoa_expected",),
    ),
]


def leaves(world, place):
    """The victim deregisters where it is after a while."""
    victim = world.nodes[0]
    victim.ways, victim.leaves = [(place, 15), (place, 60)], True


def denies(world):
    """The foreign agent is busy once."""
    world.foreign_agents[0].busy = 1.0
    world.later(12, setattr, world.foreign_agents[0], "busy", 0)


def neighbour(world):
    """The second node has a part of what the victim asks for later."""
    victim, other = world.nodes[:2]
    other.ha = victim.ha
    for name, value in BASE.items():
        setattr(other, name, value)
    other.prefixes = other.wanted = [(victim.prefixes[0][0], 64)]
    other.ways = [("direct", 60)]
    victim.ways = [("home", 15), ("direct", 60)]


def wrapped(how):
    """The same packet in another encapsulation."""

    def do(packet, context):
        note = context.note
        inside = (
            note.inside
            if note.mode == "coa"
            else to_home_address(
                context.net.chance,
                note.inside,
                *(
                    (packet.src, context.node.hoa)
                    if packet.src == context.ha.address
                    else (context.node.hoa, packet.dst)
                ),
            )
        )
        return how(context, inside, packet)

    return do


def by(name):
    return wrapped(lambda c, inside, p: to_care_of(c.net.chance, inside, p.src, p.dst, name))


def into(proto):
    """The IPv6 packet after an IPv4 header of this protocol."""
    return wrapped(lambda c, inside, p: replace(p, proto=proto, payload=c.note.inside))


def mode(value):
    return lambda packet, context: setattr(context.note, "mode", value)


def of_payload(name, value):
    return lambda packet, context: setattr(packet.payload, name, value)


def of_tunnel_data(name, value):
    return lambda packet, context: setattr(packet.payload.payload, name, value)


def enlarged(size):
    """As long as `size` with its IPv6 header."""

    def do(packet, _context):
        packet.proto, packet.payload = UDP, Udp(40003, 40004, bytes(size - 48))

    return do


def with_option(packet, context):
    packet.payload.body += b"\1\1" + context.node.mac


def data(rule, change, **more_):
    """A fault in an ordinary packet to the node, as it leaves the home agent."""
    return Fault(rule, "packet", change, **{"when": data_down, **more_})


def inside(rule, change, **more_):
    """A fault in what is tunneled, or in which tunnel."""
    return Fault(rule, "inner", change, **{"when": data_down, **more_})


def from_node(rule, change, stage="packet", **more_):
    return Fault(rule, stage, change, **{"when": data_up, **more_})


def reserved_bit(packet, context):
    """In the minimal forwarding header, with the right checksum."""
    length = 12 if packet.payload[1] & 0x80 else 8
    head = packet.payload[:1] + bytes([packet.payload[1] | 1]) + b"\0\0" + packet.payload[4:length]
    packet.payload = head[:2] + checksum(head).to_bytes(2, "big") + head[4:] + packet.payload[length:]


G = {"traits": {"flags": mip.G}}
H = {"traits": HOA_MODE}
NATT_HOA = {**NATT, "traits": HOA_MODE}
DELEGATED = {"traits": {"ipv6": "delegated", "prefixes": []}, "since": 0}

ALL += [
    # the form of the tunnel
    inside("tun_hoa_expected", mode("coa"), **H),
    inside("tun_coa_expected", mode("hoa")),
    inside("tun_fa_coa_direct", mode("coa"), **FA),
    inside("tun_implicit_coa", mode("coa"), traits={"ipv6": "implicit"}),
    inside("natt_mode", mode("coa"), **NATT_HOA),
    inside("tun_mcast_form", mode("hoa"), when=multicast_down),
    inside("mld_not_hoa", mode("coa"), when=icmp6(143)),
    # for 2 s after a node's first registration it is not known what was before
    inside("dhcp6_via_coa", mode("coa"), when=dhcp, since=0, traits={**DELEGATED["traits"], "settles": 2.5}),
    data("tun_encap", by("ipip"), **G),
    data(
        "tun_hoa_encap",
        lambda p, c: setattr(p, "payload", replace(p.payload, proto=GRE, payload=Gre(0x86DD, c.note.inside))),
        **H,
    ),
    data("tun_minenc_ipv6", into(MINIMAL)),
    data(
        "minenc_fragment",
        reserved_bit,
        when=lambda p, c: data_down(p, c) and p.proto == MINIMAL,
        traits={**HOA_MODE, "flags": mip.M},
    ),
    data("tun_ip4_carries_ip6", into(IPIP)),
    data("tun_loop", lambda p, c: setattr(p, "dst", c.node.hoa), **H),
    data("natt_not_used", by("ipip"), **NATT),
    data("natt_no_assent", lambda p, c: replace(p, proto=UDP, payload=Udp(434, 434, TunnelData(IPV6, c.note.inside)))),
    from_node("tun_encap_reverse", by("gre")),
    # the headers around
    data("tun_outer_addr", attribute("dst", address("224.0.0.1"))),
    data("tun_outer_options", attribute("options", b"\1\1\1\0")),
    data("tun_outer_length", attribute("length_error", -10)),
    data("tun_ecn", lambda p, c: setattr(p, "tos", p.tos | 3), when=lambda p, c: data_down(p, c) and not p.tos & 3),
    data("tun_dscp", lambda p, c: setattr(p, "tos", p.tos ^ 0x40)),
    data("tun_ip4_df", lambda p, c: (setattr(p, "df", False), setattr(p.payload, "df", True)), **H),
    data("tun_ip4_tos", lambda p, c: setattr(p, "tos", p.tos ^ 0x40), **H),
    data("tun_ha_addr", attribute("src", lambda c: c.net.subnet(0, 99))),
    from_node("tun_outer_src", attribute("src", lambda c: c.net.subnet(5, 99))),
    data("gre_version", of_payload("flags", 1), **G),
    data("gre_reserved", of_payload("flags", 0x4000), **G),
    data(
        "gre_key",
        lambda p, c: setattr(p.payload, "key", p.payload.key ^ 1),
        traits={"flags": mip.G, "uses_gre_key": True},
    ),
    data("gre_checksum", lambda p, c: (setattr(p.payload, "summed", True), setattr(p.payload, "sum_error", 1)), **G),
    data("gre_proto", of_payload("kind", 0x0800), **G),
    data("natt_nexthdr", of_tunnel_data("next_header", IPIP), **NATT),
    data("natt_reserved", of_tunnel_data("reserved", 1), **NATT),
    from_node("natt_ports", of_payload("sport", 4434), **NATT),
    # the packet inside
    inside("tun_mtu", enlarged(1490)),
    inside("tun_frag", enlarged(1490), also=("tun_mtu",)),
    inside("natt_frag", enlarged(1470), **NATT),
    inside("tun_src_invalid", attribute("src", address("ff02::1"))),
    inside("tun_hop_zero", attribute("hops", 0)),
    inside("tun_nd_hoplimit", attribute("hops", 64), when=icmp6(135)),
    inside("tun_nd_lladdr", with_option, when=icmp6(135)),
    inside("mld_hoplimit", attribute("hops", 64), when=icmp6(143)),
    inside("mld_src", attribute("src", lambda c: c.node.prefixes[0][0][:15] + b"\1"), when=icmp6(143)),
    inside("mld_router_alert", attribute("ahead", b""), when=icmp6(143)),
    inside(
        "tun_inner_dst",
        attribute("dst", lambda c: c.world.nodes[1].prefixes[0][0][:15] + b"\1"),
        people=lambda w: second(w),
    ),
    from_node("tun_inner_src", attribute("src", address("2400:ffff::1")), stage="inner"),
    from_node("tun_inner_src_ipv4", attribute("src", address("203.0.113.99")), stage="inner", when=ipv4_up),
    from_node(
        "tun_prefix_rejected",
        attribute("src", address("2400:fff1::1")),
        stage="inner",
        traits={
            "prefixes": [(address("2400:fff0::"), 48), (address("2400:fff1::"), 48)],
            "forbidden": {(address("2400:fff1::"), 48): 9},
        },
    ),
    from_node(
        "tun_prefix_removed",
        attribute("src", address("2400:fff1::1")),
        stage="inner",
        since=32,
        traits={"prefixes": [(address("2400:fff0::"), 48), (address("2400:fff1::"), 48)]},
        people=lambda w: w.later(12, w.nodes[0].wanted.pop),
    ),
]


def second(world):
    """The second node is like the victim, with a prefix of its own, and talks little."""
    victim, other = world.nodes[:2]
    other.ha = victim.ha
    for name, value in BASE.items():
        setattr(other, name, value)
    other.prefixes = other.wanted = [(world.net.prefix48(0x180), 48)]
    other.ways = [("direct", 60)]


def said(rule, do, since=30, **more_):
    """A fault that is a packet of its own; `do` makes it, and sends it with the note that it gets."""

    def people(world):
        world.later(since, lambda: do(world, world.nodes[0], Note("fault", world.nodes[0], broken=[rule])))
        if "people" in more_:
            more_["people"](world)

    return Fault(rule, "none", None, **{**more_, "people": people})


def to_node_after(world, node, note):
    """The home agent tunnels though no binding is left."""
    packet = inner.ordinary(world.net.chance, node.ha.correspondents6[0], node.prefixes[0][0][:15] + b"\1", 200)
    packet = to_care_of(world.net.chance, packet, node.ha.address, node.last_message.coa, "ipip")
    world.net.send(packet, [world.core, node.ha.link][::-1], note, up=False, lossy=False)


def request_again(world, node, note):
    """Two requests within a fifth of a second."""
    for delay in (0, 0.2):
        world.later(delay, lambda late=delay: hurried(world, node, note.broken if late else []))


def hurried(world, node, broken):
    message = node.request(node.lifetime, node.wanted)
    message.broken = broken
    node.transmit(Exchange(node, message))


def own_request_in_tunnel(world, node, note):
    message = node.request(node.lifetime, node.wanted)
    packet = IPv4(node.hoa, node.ha.address, UDP, Udp(434, 434, message))
    packet = to_care_of(world.net.chance, packet, node.attachment.address, node.ha.address, "ipip", ports=(434, 434))
    world.net.send(packet, node.attachment.path, note, lossy=False)


def advertised(world, node, note):
    packet = inner.router_advertisement(node.ha.link_local, prefix=node.prefixes[0][0])
    world.net.show(packet, node.ha.home_link, False, note)


def solicited(world, node, note):
    packet = inner.neighbor_solicitation(node.ha.link_local, node.prefixes[0][0][:15] + b"\x77")
    world.net.show(packet, node.ha.home_link, False, note)


def stays(world):
    """The victim is away for longer than neighbors at home may ask for it."""
    world.duration, world.nodes[0].ways = 90, [("direct", 200)]


def link_local_data(source=None, kind_name="ping"):
    def do(world, node, note):
        src = source or node.link_local
        packet = (
            inner.dhcp6(1, src, inner.DHCP_SERVERS, 77)
            if kind_name == "dhcp"
            else inner.ordinary(world.net.chance, src, node.ha.link_local, 200)
        )
        packet = to_home_address(world.net.chance, packet, node.hoa, node.ha.address)
        packet = to_care_of(world.net.chance, packet, node.attachment.address, node.ha.address, "ipip")
        world.net.send(packet, node.attachment.path, note, lossy=False)

    return do


def reverse_tunneled(world, node, note):
    agent = world.foreign_agents[0]
    packet = inner.ordinary(world.net.chance, node.prefixes[0][0][:15] + b"\1", node.ha.correspondents6[0], 200)
    packet = to_home_address(world.net.chance, packet, node.hoa, node.ha.address)
    packet = to_care_of(world.net.chance, packet, agent.address, node.ha.address, "ipip")
    world.net.send(packet, agent.path_of(node.ha), note, lossy=False)


def gives_up(world):
    """The victim falls silent."""
    victim = world.nodes[0]

    def stop():
        victim.sleep += 1
        victim.view, victim.waiting = None, None

    world.later(14, stop)
    world.later(15, setattr, victim, "talks_ipv4", False)


ALL += [
    said(
        "tun_no_binding",
        to_node_after,
        since=30,
        people=lambda w: (leaves(w, "direct"), w.nodes[0].ways.__setitem__(1, ("home", 60))),
    ),
    said("tun_expired", to_node_after, since=44, people=gives_up),
    said("rrq_rate", request_again, since=25),
    said("sig_tunnelled", own_request_in_tunnel, **NATT),
    said("prefix_ra_onlink", advertised, point="router"),
    said("prefix_nd_onlink", solicited, point="router", since=80, people=stays),
    said("ll_not_registered", link_local_data()),
    said("dhcp6_before_ll", link_local_data(kind_name="dhcp")),
    said(
        "ll_wrong_source",
        link_local_data(address("fe80::77")),
        traits={**DELEGATED["traits"], "keeps_link_local": True},
    ),
    said("rt_no_t", reverse_tunneled, **{**FA, "traits": {**HOA_MODE, "reverse_tunnel": False}}),
]
