# SPDX-License-Identifier: GPL-2.0-or-later
"""Which form of the tunnel is right: the table in doc/bindings.md, with the severities.

Each registration becomes a scenario of its own, with a node of its own; all of them are one capture.
A rule breaks with its own severity, or with the one that follows its id: "tun_coa_expected:note".
H is the home agent, C the co-located care-of address, S a second one, F a foreign agent, O the home
address, P a private care-of address behind the NAT N. "H>C gre H>O" is an IPv4 header from H to C, GRE,
an IPv4 header from H to O, IPv6.
"""

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import dsmipgen
from dsmipv4_rules import every_rule_on, load_rules
from dsmipv4_tshark import checked, scratch, tshark

RULES = load_rules()

ADDRESSES = {"H": "ha.address", "C": "mn.coa", "S": "mn.second_coa", "F": "fa.address", "O": "mn.hoa",
             "P": "mn.private_coa", "N": "nat.address", "X": "203.0.113.250"}
AUTH = {"mn_ha_auth": {}}
FA_AUTH = {"fa_ha_auth": {}}
DATA_AT = 10
PREVIOUS = "previous-row"  # an address of the node of the row before


@dataclass
class Packet:
    """A tunneled packet: its form, what is inside, the rules it breaks."""

    form: str
    rules: str
    inner: str
    source: str = "mn.address6"

    @property
    def to_mn(self):
        return self.form.startswith("H>")


def ids(rules):
    """The rules without their severities."""
    return [rule.partition(":")[0] for rule in rules.split()]


def mirror(form):
    """The same form in the other direction."""
    turned = [">".join(reversed(word.split(">"))) if ">" in word and ":" not in word else word
              for word in form.split()]
    return " ".join(turned)


def both(form, rules="", inner="data", back=None):
    """The packet in both directions; `back`: rules of the one from the node, where they differ."""
    return [Packet(form, rules, inner), Packet(mirror(form), rules if back is None else back, inner)]


def one(form, rules="", inner="data", source="mn.address6"):
    return [Packet(form, rules, inner, source)]


# Where a node sends from, and what its registration travels through.
HOPS = {
    "coloc": ("C", "C", None),
    "coloc2": ("S", "S", None),
    "nat": ("N", "P", "nat.port"),
    "fa": ("F", "F", None),
    "fanat": ("N", "F", "nat.port"),
    "home": ("O", "O", None),
}


@dataclass
class Registration:
    """A request and its reply, between home agent and node or foreign agent."""

    kind: str
    flags: str = ""
    mode: bool = False
    prefixes: list = field(default_factory=lambda: [("mn.prefix", "mn.prefix_length", 0)])
    natt: str = ""  # request: "asked"; and granted: "granted", declined: "declined"
    delivery: bool = False
    reverse: bool = True  # the T flag
    code: int = 0
    request_rules: str = ""
    reply_rules: str = ""

    def steps(self, number, at):
        source, coa, port = HOPS[self.kind]
        via_fa = self.kind.startswith("fa")
        home = self.kind == "home"
        flags = self.flags + ("" if via_fa or home else "D") + ("T" if self.reverse and not home else "")
        lifetime = 0 if home else 600
        asked = [{"prefix_request": {"prefix": p, "length": length}} for p, length, _ in self.prefixes]
        asked += [{"tunneling_mode": {}}] if self.mode else []
        granted = [{"prefix_reply": {"prefix": p, "length": length, "code": code}}
                   for p, length, code in self.prefixes if code is not None]
        asked_natt = [{"udp_tunnel_request": {"flags": "F" if via_fa else "none"}}] if self.natt else []
        granted_natt = {"granted": 0, "declined": 64}
        granted_natt = ([{"udp_tunnel_reply": {"code": granted_natt[self.natt], "flags": "F" if via_fa else "none"}}]
                        if self.natt in granted_natt else [])
        if via_fa:
            request_exts = asked + [AUTH, *asked_natt, FA_AUTH]
            reply_exts = granted + [AUTH, *granted_natt, FA_AUTH]
        else:
            request_exts = asked + asked_natt + [AUTH]
            reply_exts = granted + granted_natt + [AUTH]
        request = {"step": f"request_{number}", "at": at,
                   "ipv4": {"source": ADDRESSES[source], "destination": "ha.address"},
                   "request": {"flags": flags or "none", "lifetime": lifetime, "care_of_address": ADDRESSES[coa]},
                   "extensions": request_exts, "expect": ids(self.request_rules)}
        reply = {"step": f"reply_{number}",
                 "ipv4": {"source": "ha.address", "destination": ADDRESSES[source]},
                 "reply": {"code": self.code, "lifetime": lifetime}, "extensions": reply_exts,
                 "expect": ids(self.reply_rules)}
        if port:
            request["udp"], reply["udp"] = {"source_port": port}, {"destination_port": port}
        return [*self.steps_to_fa(number, at, request), request, reply] if self.delivery else [request, reply]

    def steps_to_fa(self, number, at, request):
        """The request on its way to the foreign agent, which takes the extension 130 off."""
        name = f"request_to_fa_{number}"
        request["at"] = at + 0.05
        request["request"] = {**request["request"], "identification": f"step:{name}"}
        asked = request["extensions"][:-2]
        message = {key: value for key, value in request["request"].items() if key != "identification"}
        return [{"step": name, "at": at,
                 "ipv4": {"source": "mn.hoa", "destination": "fa.address", "ttl": 255}, "request": message,
                 "extensions": [*asked, AUTH, {"encapsulating_delivery": {}}, {"mn_fa_auth": {}}]}]


INNERS = {  # to the node, from it
    "data": ([{"ipv6": {"source": "cn.address6", "destination": "mn.address6"}}, {"icmpv6_echo_request": {}}],
             [{"ipv6": {"source": "mn.address6", "destination": "cn.address6"}}, {"icmpv6_echo_reply": {}}]),
    "ll": ([{"ipv6": {"source": "ha.link_local", "destination": "mn.link_local"}}, {"icmpv6_echo_request": {}}],
           [{"ipv6": {"source": "mn.link_local", "destination": "ha.link_local"}}, {"icmpv6_echo_reply": {}}]),
    "nd": ([{"ipv6": {"source": "ha.link_local", "destination": "mn.link_local", "hop_limit": 255}},
            {"neighbor_solicitation": {"target": "mn.link_local"}}],
           [{"ipv6": {"source": "mn.link_local", "destination": "ha.link_local", "hop_limit": 255}},
            {"neighbor_advertisement": {"target": "mn.link_local"}}]),
    "dhcp": ([{"ipv6": {"source": "ha.link_local", "destination": "mn.link_local"}}, {"udp": {}},
              {"dhcpv6": {"message": "advertise", "prefix": "mn.prefix", "length": 48}}],
             [{"ipv6": {"source": "mn.link_local", "destination": "ff02::1:2"}}, {"udp": {}},
              {"dhcpv6": {"message": "solicit"}}]),
    "mld": ([{"ipv6": {"source": "ha.link_local", "destination": "ff02::1", "hop_limit": 1}}, {"hop_by_hop": {}},
             {"mld_query": {}}],
            [{"ipv6": {"source": "mn.link_local", "destination": "ff02::16", "hop_limit": 1}}, {"hop_by_hop": {}},
             {"mldv2_report": {"group": "ff05::5454"}}]),
    "multicast": ([{"ipv6": {"source": "cn.address6", "destination": "ff05::5454"}},
                   {"udp": {"source_port": 5454, "destination_port": 5454}}, {"payload": {"length": 32}}],
                  [{"ipv6": {"source": "mn.address6", "destination": "ff05::5454"}},
                   {"udp": {"source_port": 5454, "destination_port": 5454}}, {"payload": {"length": 32}}]),
}


def ipv4(word):
    addresses, _, protocol = word.partition(":")
    source, destination = addresses.split(">")
    header = {"source": ADDRESSES[source], "destination": ADDRESSES[destination]}
    return {"ipv4": {**header, "protocol": int(protocol)} if protocol else header}


def stack_of(packet):
    layers, words = [], packet.form.split()
    while words:
        word, outer = words.pop(0), packet.form.split()[0].split(":")[0]
        name, _, value = word.partition(":")
        if name == "gre":
            layers.append({"gre": {"protocol": int(value, 16)} if value else {}})
        elif name == "udp":
            port = {"destination_port": "nat.port"} if packet.to_mn else {"source_port": "nat.port"}
            layers += [{"udp": port}, {"tunnel_data": {"next_header": int(value)} if value else {}}]
        elif name == "min":
            source, destination = words.pop(0).split(">")
            original = {} if source == outer.split(">")[0] else {"source": ADDRESSES[source]}
            layers.append({"minimal": {"destination": ADDRESSES[destination], **original}})
        else:
            layers.append(ipv4(word))
    inner = json.loads(json.dumps(INNERS[packet.inner][0 if packet.to_mn else 1]))
    if not packet.to_mn and packet.inner == "data":
        inner[0]["ipv6"]["source"] = packet.source
    return layers + inner


@dataclass
class Row:
    """A row of the table, or one of its variants: registrations, then data packets."""

    number: int
    variant: str
    registrations: list
    expected: str  # dsmipv4.tunnel.expected of data in a registered prefix
    packets: list
    link_local: bool = False  # a 255 entry is registered

    @property
    def name(self):
        return f"row{self.number}" + ("_" + self.variant if self.variant else "")

    def scenario(self, index):
        """The scenario's text; YAML takes JSON."""
        settings = [f"mn1.hoa=198.51.100.{100 + index}", f"mn1.coa=192.0.2.{50 + index}",
                    f"mn1.second_coa=192.0.3.{50 + index}", f"mn1.private_coa=10.0.0.{50 + index}",
                    f"nat.address=203.0.113.{100 + index}", f"fa.address=203.0.114.{100 + index}",
                    f"mn1.prefix=2001:db8:{0x100 + index:x}::", f"mn1.address6=2001:db8:{0x100 + index:x}::1"]
        steps = [step for number, registration in enumerate(self.registrations)
                 for step in registration.steps(number, 3 * number)]
        for number, packet in enumerate(self.packets):
            step = {"step": f"data_{number}", "stack": stack_of(packet), "expect": ids(packet.rules)}
            steps.append({**step, "at": DATA_AT} if number == 0 else step)
        text = json.dumps({"summary": self.name, "set": settings, "steps": steps})
        return text.replace(PREVIOUS, f"2001:db8:{0xff + index:x}::1")

    def expected_of(self, packet):
        if packet.form == "F>H" and packet.inner == "mld":
            return ""  # a foreign agent has many guests
        if packet.inner == "mld" or (self.link_local and packet.inner in ("ll", "nd", "dhcp")):
            return "hoa"
        registered = packet.inner == "data" or (packet.inner == "multicast" and not packet.to_mn)
        return self.expected if registered else ""


def mode_of(packet, row):
    """dsmipv4.tunnel.mode by the header next to IPv6."""
    last = [word for word in packet.form.split() if ">" in word][-1].split(":")[0]
    peer = last.split(">")[1 if packet.to_mn else 0]
    if peer == "X":  # nobody's; inside another header it is where the home address should be
        return "hoa" if len(packet.form.split()) > 1 else "unknown"
    if peer == "N" and row.registrations[0].kind == "fanat":
        return "fa-coa-direct"
    return {"O": "hoa", "F": "fa-coa-direct"}.get(peer, "coa")


def prefix(code):
    return [("mn.prefix", "mn.prefix_length", code)]


LL = ("mn.link_local", 255)
SECOND = "2001:db8:f00::"

FA_HOA = [*both("H>F H>O"), *both("H>O")]
FA_DIRECT = both("H>F", "tun_fa_coa_direct", back="tun_fa_coa_direct:warn")
FA_DIRECT_GRANTED = both("H>F", "tun_fa_coa_direct:warn")
COLOC_HOA = [*both("H>C H>O"), *both("H>O")]
COLOC_DIRECT = both("H>C", "tun_hoa_expected", back="tun_hoa_expected:warn")
COA_WRONG = [packet for form in ("H>C H>O", "H>O")
             for packet in both(form, "tun_coa_expected", back="tun_coa_expected:note")]


def coloc(code, **more):
    return [Registration("coloc", prefixes=prefix(code), **more)]


def fa(code, **more):
    return [Registration("fa", prefixes=prefix(code), **more)]


def nat(code, natt="granted", **more):
    return [Registration("nat", prefixes=prefix(code), natt=natt, **more)]


def home_address_first(*then):
    """The registration of the home address alone, which must come before that of a link-local one."""
    return [Registration(then[0].kind, prefixes=[]), *then]


ROWS = [
    Row(1, "", fa(0), "hoa", [*FA_HOA, *FA_DIRECT]),
    Row(2, "", fa(0, flags="G"), "hoa", [*both("H>F gre H>O"), *both("H>F gre", "tun_fa_coa_direct", back="tun_fa_coa_direct:warn"),
                                         *both("H>O"),
                                         *both("H>F H>O", back="tun_encap_reverse:note")]),
    Row(3, "", fa(0, flags="M"), "hoa", [*both("H>F min H>O"), *both("H>O"), *FA_DIRECT,
                                         *both("H>F min H>F", "tun_minenc_ipv6:warn tun_fa_coa_direct",
                                               back="tun_minenc_ipv6:warn tun_fa_coa_direct:warn")]),
    Row(4, "", fa(1, reply_rules="coa_mode_unasked coa_mode_fa"), "", [*FA_HOA, *FA_DIRECT_GRANTED]),
    Row(5, "", fa(0, mode=True, request_rules="mode_fa_coa:warn"), "hoa", [*FA_HOA, *FA_DIRECT]),
    Row(6, "", fa(1, mode=True, request_rules="mode_fa_coa:warn", reply_rules="coa_mode_fa"), "hoa",
        [*FA_HOA, *FA_DIRECT_GRANTED]),
    Row(7, "", coloc(0), "hoa", [*COLOC_HOA, *COLOC_DIRECT]),
    Row(7, "gre", coloc(0, flags="G"), "hoa", [*both("H>C gre H>O"), *both("H>C gre", "tun_hoa_expected", back="tun_hoa_expected:warn"),
                                               *one("H>C", "tun_hoa_expected"), *both("H>O")]),
    Row(7, "minimal", coloc(0, flags="M"), "hoa", [*both("H>C min H>O"), *COLOC_HOA, *COLOC_DIRECT]),
    Row(8, "", coloc(1, reply_rules="coa_mode_unasked"), "", [*COLOC_HOA, *both("H>C")]),
    Row(9, "", coloc(1, mode=True), "coa", [*both("H>C"), *COA_WRONG,
                                            *both("H>C gre", "tun_encap", back="tun_encap_reverse")]),
    Row(9, "no_t", coloc(1, mode=True, reverse=False), "coa", [*both("H>C"), *COA_WRONG]),
    Row(10, "", coloc(1, mode=True, flags="G"), "coa",
        [*both("H>C gre"), *both("H>C", "tun_encap", back="tun_encap_reverse:note"),
         *both("H>C gre H>O", "tun_coa_expected", back="tun_coa_expected:note"), *both("H>C gre:0800", "gre_proto")]),
    Row(11, "", coloc(1, mode=True, flags="M", request_rules="mode_m_only"), "coa",
        [*both("H>C"), *COA_WRONG, *both("H>C min H>C", "tun_minenc_ipv6:warn"), *both("H>C:55", "tun_minenc_ipv6")]),
    Row(12, "", coloc(0, mode=True), "hoa", [*COLOC_HOA, *COLOC_DIRECT]),
    *[Row(13, f"coloc_{code}", coloc(code, reply_rules="code_reserved" if code > 9 else ""), "",
          [*both("H>C", "tun_prefix_rejected"), *both("H>C H>O", "tun_prefix_rejected"),
           *both("H>O", "tun_prefix_rejected")]) for code in (8, 9, 10)],
    Row(13, "fa_9", fa(9), "", [*both("H>F H>O", "tun_prefix_rejected"), *both("H>O", "tun_prefix_rejected")]),
    Row(13, "missing", [Registration("coloc", mode=True, reply_rules="rep_missing_some",
                                     prefixes=[*prefix(None), (SECOND, 48, 1)])], "",
        [*both("H>C", "tun_prefix_rejected"), *both("H>C H>O", "tun_prefix_rejected")]),
    *[Row(14, f"{kind}_{code}", [Registration(kind, mode=kind == "coloc", prefixes=prefix(code),
                                              reply_rules="code_reserved")], "",
          [*both(f"H>{peer} H>O"), *both("H>O"), *both(f"H>{peer}")])
      for code in (2, 7) for kind, peer in (("coloc", "C"), ("fa", "F"))],
    Row(15, "", [Registration("coloc", prefixes=[])], "hoa", [*COLOC_HOA, *both("H>C", "tun_implicit_coa")]),
    Row(15, "gre", [Registration("coloc", prefixes=[], flags="G")], "hoa",
        [*both("H>C gre H>O"), *both("H>C gre", "tun_implicit_coa")]),
    Row(15, "fa", [Registration("fa", prefixes=[])], "hoa",
        [*FA_HOA, *one("F>H O>H", source="2001:db8:ffff::1")]),
    Row(16, "", nat(1, mode=True), "coa", [*both("H>N udp"), *both("H>N udp:4", "natt_nexthdr"),
                                           *both("H>N", "natt_not_used"), *both("H>N udp H>O", "natt_mode:warn", back="natt_mode:note")]),
    *[Row(17, mode and "mode_asked", nat(0, mode=bool(mode)), "hoa",
          [*both("H>N udp H>O"), *both("H>N udp", "natt_mode", back="natt_mode:warn"), *both("H>N H>O", "natt_not_used"), *both("H>O")])
      for mode in ("", "mode_asked")],
    Row(18, "", nat(1, mode=True, flags="G"), "coa", [*both("H>N udp"), *both("H>N udp gre", "natt_nexthdr:note"),
                                                      *both("H>N gre", "natt_not_used")]),
    Row(19, "", [Registration("fanat", natt="granted")], "hoa",
        [*both("H>N udp H>F H>O"), *both("H>O"), *both("H>F H>O", "natt_not_used"),
         *both("H>N udp", "tun_fa_coa_direct", back="tun_fa_coa_direct:warn"),
         *both("H>N H>O", "natt_not_used")]),
    Row(20, "declined", nat(1, natt="declined", mode=True), "coa",
        [*both("H>N udp", "natt_no_assent"), *both("H>N")]),
    Row(20, "unanswered", nat(0, natt="asked", reply_rules="utrp_missing"), "hoa",
        [*both("H>N udp H>O", "natt_no_assent"), *both("H>N H>O")]),
    Row(20, "unasked", coloc(1, mode=True), "coa", [*both("H>C udp", "natt_no_assent"), *both("H>C")]),
    Row(21, "row_1", fa(0), "hoa", [*both("H>F H>O", inner="mld"), *both("H>O", inner="mld"),
                                    *one("F>H", "mld_not_hoa", inner="mld")]),
    Row(21, "row_2", fa(0, flags="G"), "hoa", both("H>F gre H>O", inner="mld")),
    Row(21, "row_3", fa(0, flags="M"), "hoa", both("H>F min H>O", inner="mld")),
    Row(21, "row_7", coloc(0), "hoa", [*both("H>C H>O", inner="mld"), *both("H>C", "mld_not_hoa", inner="mld")]),
    Row(21, "row_9", coloc(1, mode=True), "coa", [*both("H>C H>O", inner="mld"), *both("H>O", inner="mld"),
                                                  *both("H>C", "mld_not_hoa", inner="mld")]),
    Row(21, "row_16", nat(1, mode=True), "coa", [*both("H>N udp H>O", inner="mld"),
                                                 *both("H>N udp", "mld_not_hoa", inner="mld")]),
    *[Row(22, f"{kind}_{code}",
          home_address_first(Registration(kind, prefixes=[(*LL, code)], mode=bool(code),
                                          request_rules="mode_fa_coa:warn" if code and kind == "fa" else "",
                                          reply_rules=code * ("rep_ll_coa" + " coa_mode_fa" * (kind == "fa")))),
          "hoa",
          [packet for inner, rule in (("ll", "ll_via_coa"), ("nd", "ll_via_coa"), ("dhcp", "dhcp6_via_coa"))
           for packet in (*both(f"H>{peer} H>O", inner=inner), *both("H>O", inner=inner),
                          *(both(f"H>{peer}", rule, inner=inner) if kind == "coloc" else []))], link_local=True)
      for kind, peer in (("coloc", "C"), ("fa", "F")) for code in (0, 1)],
    Row(22, "global", home_address_first(Registration("coloc", prefixes=[(*LL, 0)])), "hoa",
        one("H>C", "ll_via_coa"), link_local=True),
    Row(23, "", home_address_first(Registration("coloc", mode=True, prefixes=[*prefix(1), (*LL, 0)])), "coa",
        [*both("H>C"), *COA_WRONG, *both("H>C H>O", inner="ll"), *both("H>C H>O", inner="dhcp"),
         *both("H>C", "ll_via_coa:warn", inner="ll"), *both("H>C", "dhcp6_via_coa:warn", inner="dhcp")], link_local=True),
    Row(24, "", coloc(1, mode=True), "coa", [*both("H>C", inner="nd"), *both("H>C H>O", inner="nd"),
                                             *one("C>H O>H", "dhcp6_before_ll", inner="dhcp"),
                                             *one("C>H", "dhcp6_before_ll", inner="dhcp")]),
    Row(25, "row_1", fa(0), "hoa", both("H>F H>O", inner="multicast")),
    Row(25, "row_7", coloc(0), "hoa", both("H>C H>O", inner="multicast")),
    Row(25, "row_9", coloc(1, mode=True), "coa", both("H>C", inner="multicast")),
    Row(26, "", fa(0, reverse=False), "hoa", [*one("O>H"), *one("H>F H>O"), *one("H>O"),
                                              *one("F>H O>H", "rt_no_t")]),
    Row(27, "", fa(0), "hoa", [*one("O>H"), *one("F>H O>H"), *one("F>H gre O>H", "tun_encap_reverse"),
                               *one("F>H min O>H", "tun_encap_reverse")]),
    Row(27, "gre", fa(0, flags="G"), "hoa", [*one("F>H gre O>H"), *one("F>H O>H", "tun_encap_reverse:note")]),
    Row(27, "minimal", fa(0, flags="M"), "hoa", [*one("F>H min O>H"), *one("F>H O>H")]),
    Row(28, "", fa(0, delivery=True), "hoa", [*one("O>F O>H"), *one("F>H O>H"), *one("O>H"),
                                              *one("F>H O>H", "rt_delivery")]),
    *[Row(29, "" if reverse else "no_t", coloc(0, reverse=reverse), "hoa",
          [*one("C>H O>H"), *one("O>H"), *one("X>H O>H", "tun_outer_src"), *one("C>H X>H", "tun_outer_src"),
           *one("X>H", "tun_outer_src")]) for reverse in (True, False)],
    Row(29, "inner", coloc(0), "", [*one("C>H O>H", "tun_inner_src:warn", source="2001:db8:ffff::1"),
                                    *one("C>H O>H", "tun_inner_src", source=PREVIOUS)]),
    Row(30, "", [*coloc(1, mode=True), Registration("home", prefixes=[])], "",
        [*both("H>C", "tun_no_binding"), *both("H>C H>O", "tun_no_binding"), *both("H>O", "tun_no_binding")]),
    Row(31, "", [*coloc(1, mode=True, flags="S"), Registration("coloc2", flags="S")], "coa", both("H>C")),
    Row(31, "second", [*coloc(1, mode=True, flags="S"), Registration("coloc2", flags="S")], "hoa",
        [*both("H>S H>O"), *both("H>O"), *both("H>S", "tun_hoa_expected", back="tun_hoa_expected:warn")]),
    Row(31, "wrong", [*coloc(1, mode=True, flags="S"), Registration("coloc2", flags="S")], "coa",
        both("H>C H>O", "tun_coa_expected", back="tun_coa_expected:note")),
]


@functools.lru_cache(maxsize=None)
def capture():
    """All rows, one after another."""
    files = []
    for index, row in enumerate(ROWS):
        path = scratch() / f"{row.name}.yaml"
        path.write_text(row.scenario(index))
        files.append(path)
    path = scratch() / "decision-table.pcapng"
    checked(dsmipgen.dsmipgen("write", *files, "-w", path))
    path.chmod(0o644)
    return path


@functools.lru_cache(maxsize=None)
def frames(two_pass):
    """Row name -> step name -> (rules, mode, expected form, direction)."""
    names = ["frame.comment", "dsmipv4.rule", "dsmipv4.rule_severity",
             *(f"dsmipv4.tunnel.{name}" for name in ("mode", "expected", "direction"))]
    args = ["-n", "-r", capture(), "-T", "fields", *(arg for name in names for arg in ("-e", name)),
            *every_rule_on(with_keys=False)]
    found = {}
    for line in tshark(args, two_pass=two_pass).splitlines():
        comment, ids, severities, *tunnel = line.split("\t")
        scenario, step, _ = dsmipgen.parse_comment(comment)
        rules = {id if severity == RULES[id].severity.lower() else f"{id}:{severity}"
                 for id, severity in zip(ids.split(","), severities.split(",")) if id}
        found.setdefault(Path(scenario).stem, {})[step] = (rules, *tunnel)
    return found


def test_every_row_is_there():
    assert {row.number for row in ROWS} == set(range(1, 32))
    assert len({row.name for row in ROWS}) == len(ROWS) < 100
    with_rules = {row.number for row in ROWS if any(packet.rules for packet in row.packets)}
    assert set(range(1, 32)) - with_rules == {8, 14, 25}, "rows that let every form pass"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("two_pass", [False, True], ids=["one_pass", "two_passes"])
def test_row(row, two_pass):
    seen = dict(frames(two_pass)[row.name])
    wrong = []
    for number, packet in enumerate(row.packets):
        rules, mode, expected, direction = seen.pop(f"data_{number}")
        right = (set(packet.rules.split()), mode_of(packet, row), row.expected_of(packet),
                 "to-mn" if packet.to_mn else "from-mn")
        if (rules, mode, expected, direction) != right:
            wrong.append(f"{packet.form} {packet.inner}: expected {right}, found {rules, mode, expected, direction}")
    for number, registration in enumerate(row.registrations):
        for step, rules in ((f"request_{number}", registration.request_rules),
                            (f"reply_{number}", registration.reply_rules)):
            raised = seen.pop(step)[0]
            if raised != set(rules.split()):
                wrong.append(f"{step}: expected {rules or 'none'}, raised {raised}")
    wrong += [f"{step}: raised {rules}" for step, (rules, *_) in seen.items() if rules]
    assert not wrong, "\n".join(wrong)
