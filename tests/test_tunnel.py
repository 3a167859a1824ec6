# SPDX-License-Identifier: GPL-2.0-or-later
"""Tunneled packets as Wireshark shows them: what it has no dissector for, below any link layer, put
together from fragments, and quoted in ICMP errors.
"""

import functools
import struct
from dataclasses import dataclass, replace

import pytest
from scapy.utils import RawPcapReader

import dsmipgen
import sessions
from dsmipv4_rules import every_rule_on, load_rules
from dsmipv4_tshark import scratch, tshark

ETHERNET, PPP, RAW_IP, LINUX_COOKED, LINUX_COOKED_2 = 1, 9, 101, 113, 276
IPIP, UDP, IPV6, GRE, MINIMAL = 4, 17, 41, 47, 55
TUNNEL_DATA = 4
MF = 0x2000

# What the plugin says of a tunneled packet.
TUNNEL = ["mode", "direction", "encap", "ha", "hoa", "coa", "prefix", "prefix_len", "expected"]
COLUMNS = ["dsmipv4.rule", *(f"dsmipv4.tunnel.{name}" for name in TUNNEL), "dsmipv4.binding.frame"]


@dataclass
class Packet:
    """An IPv4 packet as captured; the wire may have carried more."""

    time: tuple
    bytes: bytes
    wire_len: int

    @property
    def header_len(self):
        return 4 * (self.bytes[0] & 15)

    @property
    def protocol(self):
        return self.bytes[9]

    @property
    def payload(self):
        return self.bytes[self.header_len:]

    @property
    def is_tunnel(self):
        return self.protocol in (IPIP, IPV6, GRE, MINIMAL) or self.payload[8:9] == bytes([TUNNEL_DATA])


@functools.lru_cache(maxsize=None)
def packets(*names):
    """The IPv4 packets of scenarios one after another."""
    found = []
    for data, meta in RawPcapReader(str(dsmipgen.write(*names, suffix=".pcap"))):
        assert data[12:14] == b"\x08\x00", f"no IPv4 in {names}"
        found.append(Packet((meta.sec, meta.usec), data[14:], meta.wirelen - 14))
    return tuple(found)


def write(name, link, frames):
    """A capture of these packets, each behind the header that the link layer gives it."""
    path = scratch() / f"{name}.pcap"
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link))
        for header, packet in frames:
            data = header + packet.bytes
            file.write(struct.pack("<IIII", *packet.time, len(data), len(header) + packet.wire_len) + data)
    path.chmod(0o644)
    return path


def shown(captures, columns):
    """Capture -> one list of strings for each frame."""
    return sessions.fields(tuple(captures), tuple(columns), tuple(every_rule_on(with_keys=False)))


def write_raw_ip(name, frames):
    return write(name, RAW_IP, [(b"", packet) for packet in frames])


def of_raw_ip(name, frames, columns=COLUMNS):
    capture = write_raw_ip(name, frames)
    return shown([capture], columns)[capture]


# Below any link layer.

LINKS = {
    "ethernet": (ETHERNET, bytes.fromhex("020000000001 020000000002 0800")),
    "vlan": (ETHERNET, bytes.fromhex("020000000001 020000000002 8100 0064 0800")),
    "two_vlans": (ETHERNET, bytes.fromhex("020000000001 020000000002 88a8 0064 8100 0065 0800")),
    "ppp": (PPP, bytes.fromhex("ff03 0021")),
    "raw_ip": (RAW_IP, b""),
    "linux_cooked": (LINUX_COOKED, bytes.fromhex("0000 0001 0006 020000000001 0000 0800")),
    "linux_cooked_2": (LINUX_COOKED_2, bytes.fromhex("0800 0000 00000001 0001 00 06 0200000000010000")),
}
# tun_hop_decrement looks at IPv6 outside of any tunnel as well.
OVER_IPV4 = [rule.id for rule in load_rules().values()
             if rule.layer.startswith(("TUNNEL", "BINDING", "AGENT")) and rule.id != "tun_hop_decrement"]


@functools.lru_cache(maxsize=None)
def everything():
    return packets(*dsmipgen.flows(), *OVER_IPV4)


@functools.lru_cache(maxsize=None)
def on_link(name):
    link, header = LINKS[name]
    return write(name, link, [(header, packet) for packet in everything()])


@functools.lru_cache(maxsize=None)
def on_each_link():
    captures = {name: on_link(name) for name in LINKS}
    rows = shown(captures.values(), [*COLUMNS, "dsmipv4.tunnel.overhead"])
    return {name: rows[capture] for name, capture in captures.items()}


def on_ethernet():
    return on_each_link()["ethernet"]


def test_ethernet_says_something():
    rules = {rule for row in on_ethernet() for rule in row[0].split(",")}
    modes = {row[1] for row in on_ethernet()}
    assert len(rules & set(OVER_IPV4)) > len(OVER_IPV4) * 3 / 4
    assert {"hoa", "coa", "fa-coa-direct"} <= modes


@pytest.mark.parametrize("name", sorted(LINKS.keys() - {"ethernet"}))
def test_link_layer(name):
    assert on_each_link()[name] == on_ethernet()


# Fragments.

def fragment(packet, at):
    """The packet in two, `at` bytes of payload in the first; checksums are left as they were."""
    assert at % 8 == 0 and 0 < at < len(packet.payload)
    header = packet.bytes[:packet.header_len]

    def part(payload, flags, offset):
        head = bytearray(header)
        struct.pack_into("!H", head, 2, len(header) + len(payload))
        struct.pack_into("!HH", head, 4, 0x5454 + packet.time[1] // 1000, flags | offset)
        return replace(packet, bytes=bytes(head) + payload, wire_len=len(head) + len(payload))

    return [part(packet.payload[:at], MF, 0), part(packet.payload[at:], 0, at // 8)]


FRAGMENTED = ["coa_mode", "coa_mode_gre", "coa_mode_gre_key", "coloc_hoa_mode", "hoa_mode_gre", "hoa_mode_minimal",
              "fa_hoa_mode", "natt_coa_mode", "natt_hoa_mode"]


def expected_of_fragments(packet, row):
    """The same but for the rules about fragments."""
    encap = row[COLUMNS.index("dsmipv4.tunnel.encap")]
    about_fragments = {"41": "tun_frag"}.get(encap, "natt_frag" if packet.protocol == UDP else "")
    return [",".join(filter(None, [about_fragments, row[0]])), *row[1:]]


@functools.lru_cache(maxsize=None)
def whole(name):
    return write_raw_ip(f"whole-{name}", packets(name))


@functools.lru_cache(maxsize=None)
def fragmented(name, at):
    frames = [part for packet in packets(name) for part in (fragment(packet, at) if packet.is_tunnel else [packet])]
    return write_raw_ip(f"fragments-{name}-{at}", frames)


@pytest.mark.parametrize("at", [8, 24, 40])
@pytest.mark.parametrize("name", FRAGMENTED)
def test_put_together_from_fragments(name, at, together):
    """The frame that completes the packet says what the whole packet said."""
    names = together("name")
    rows_of = shown([*map(whole, names), *(fragmented(one, length) for one in names for length in together("at"))], COLUMNS)
    rows = iter(rows_of[fragmented(name, at)])
    for packet, before in zip(packets(name), rows_of[whole(name)], strict=True):
        if packet.is_tunnel:
            assert not any(next(rows)), "the first fragment tells nothing yet"
            before = expected_of_fragments(packet, before)
        assert next(rows) == before


# Where the tunnel to the home address begins, behind the outermost IPv4 header.
INNER_AT = {"coloc_hoa_mode": 0, "hoa_mode_gre": 4, "natt_hoa_mode": 12}


def fragment_inside(packet, inner_at, at):
    """Fragmented before the outer encapsulation, as RFC 3519 4.8 asks for."""
    start = packet.header_len + inner_at
    frames = []
    for inner in fragment(replace(packet, bytes=packet.bytes[start:]), at):
        outer = bytearray(packet.bytes[:start])
        struct.pack_into("!H", outer, 2, start + len(inner.bytes))
        if packet.protocol == UDP:
            struct.pack_into("!HH", outer, packet.header_len + 4, start - packet.header_len + len(inner.bytes), 0)
        frames.append(replace(packet, bytes=bytes(outer) + inner.bytes, wire_len=start + len(inner.bytes)))
    return frames


@functools.lru_cache(maxsize=None)
def fragmented_inside(name):
    frames = [part for packet in packets(name)
              for part in (fragment_inside(packet, INNER_AT[name], 16) if packet.is_tunnel else [packet])]
    return write_raw_ip(f"inside-{name}", frames)


@pytest.mark.parametrize("name", INNER_AT)
def test_fragmented_inside(name, together):
    """The layers around the fragments are not forgotten when those are put together."""
    rows_of = shown([make(one) for one in together("name") for make in (whole, fragmented_inside)], COLUMNS)
    rows = iter(rows_of[fragmented_inside(name)])
    for packet, before in zip(packets(name), rows_of[whole(name)], strict=True):
        if packet.is_tunnel:
            assert not any(next(rows)), "IPv4 inside, and no fault"
            before = [",".join(filter(None, ["tun_frag", before[0]])), *before[1:]]
        assert next(rows) == before


def test_fragment_alone():
    """A first fragment whose others are missing is not judged as if it were whole."""
    header = fragment(packets("coa_mode_gre_key")[2], 40)[0]
    assert header.protocol == GRE
    rows = of_raw_ip("fragment-alone", [*packets("coa_mode_gre_key")[:2], header])
    assert not any(rows[2])
    args = ["-n", "-r", scratch() / "fragment-alone.pcap", "-o", "ip.defragment:FALSE", *every_rule_on(with_keys=False),
            "-T", "fields", "-e", "dsmipv4.rule", "-e", "dsmipv4.tunnel.encap"]
    assert tshark(args).splitlines()[2].split("\t")[0] == ""


# Quoted in ICMP errors: that was judged when it was sent.

def quoted(packet):
    """Destination unreachable, fragmentation needed (RFC 792), from a router on the way."""
    icmp = bytes.fromhex("0304 0000 0000 05c8") + packet.bytes
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(icmp), 0, 0, 64, 1, 0) + bytes([203, 0, 113, 254])
    data = header + packet.bytes[12:16] + icmp
    return replace(packet, bytes=data, wire_len=len(data) + packet.wire_len - len(packet.bytes))


def test_silent_in_icmp_errors():
    frames = [quoted(packet) if packet.is_tunnel else packet for packet in everything()]
    rows = of_raw_ip("icmp-errors", frames, [*COLUMNS, "frame.protocols"])
    before = on_ethernet()
    for packet, row, other in zip(everything(), rows, before, strict=True):
        if packet.is_tunnel:
            assert row[-1].startswith("raw:ip:icmp") and "dsmipv4" not in row[-1]
            assert not any(row[:-1])
    assert sum(1 for packet, row in zip(everything(), before) if packet.is_tunnel and row[0]) > 50


# Minimal encapsulation (RFC 2004), which Wireshark has no dissector for.

MINENCAP = ["protocol", "s", "reserved", "checksum", "checksum.status", "dst", "src"]
GOOD, BAD = "1", "0"


def write_minencap(name, data_to_mn):
    """A capture of a flow with this in place of its third packet."""
    scenario, capture = scratch() / f"minencap-{name}.yaml", scratch() / f"minencap-{name}.pcap"
    scenario.write_text("base: hoa_mode_minimal\nsteps:\n" + data_to_mn)
    result = dsmipgen.dsmipgen("write", scenario, "-w", capture)
    assert result.returncode == 0, result.stderr
    capture.chmod(0o644)
    return capture


def minencap(captures):
    """Capture -> fields of minencap, then the protocols, what is wrong and where it goes, of the third packet."""
    names = [f"minencap.{name}" for name in MINENCAP]
    rows = shown(captures, [*names, "frame.protocols", "_ws.expert.message", "ipv6.dst"])
    return {capture: rows[capture][2] for capture in captures}


INNER_IPV6 = "ipv6: { source: cn.address6, destination: mn.address6 }"


def minimal_step(fields, inner=INNER_IPV6, upper="icmpv6_echo_request: {}"):
    return ("  - step: data_to_mn\n    stack:\n"
            "      - ipv4: { source: ha.address, destination: mn.coa }\n"
            f"      - minimal: {{ {fields} }}\n" + (f"      - {inner}\n" if inner else "") + f"      - {upper}\n")


# Checksums as in tests/unit/wire/test_tunnel.c.
MINIMAL_HEADERS = {
    "without_source": ("destination: mn.hoa", ["41", "0", "0x00", "0xac7e", GOOD, "198.51.100.77", ""]),
    "with_source": ("destination: mn.hoa, source: ha.address",
                    ["41", "1", "0x00", "0x81c9", GOOD, "198.51.100.77", "198.51.100.1"]),
    "bad_checksum": ("destination: mn.hoa, checksum: bad",
                     ["41", "0", "0x00", "0xac7f", BAD, "198.51.100.77", ""]),
    "reserved_bits": ("destination: mn.hoa, flags: 0x05",  # 2905 + c633 + 644d = 15385, folded 5386
                      ["41", "0", "0x05", "0xac79", GOOD, "198.51.100.77", ""]),
}


@functools.lru_cache(maxsize=None)
def minimal_headers(name):
    return write_minencap(name, minimal_step(MINIMAL_HEADERS[name][0]))


@pytest.mark.parametrize("name", MINIMAL_HEADERS)
def test_minimal_encapsulation(name, together):
    expected = MINIMAL_HEADERS[name][1]
    row = minencap(tuple(map(minimal_headers, together("name"))))[minimal_headers(name)]
    shown_as = {"True": "1", "False": "0"}  # by newer versions of tshark
    assert [shown_as.get(value, value) for value in row[:len(MINENCAP)]] == expected
    protocols, experts, ipv6 = row[len(MINENCAP):]
    assert ":ip:minencap:ipv6:icmpv6" in protocols
    assert ipv6 == "2001:db8:a::1"
    assert ("Bad minimal encapsulation checksum" in experts) == (name == "bad_checksum")


def test_minimal_encapsulation_of_icmp():
    """IPv4 of the node's own, for which it was made; lists of packets speak of its own addresses."""
    capture = write_minencap("icmp", minimal_step("destination: mn.hoa, source: cn.address", "",
                                                  "icmpv4_echo_request: {}"))
    row = minencap((capture,))[capture]
    assert row[0] == "1" and row[MINENCAP.index("src")] == "203.0.113.80"
    assert row[len(MINENCAP)].endswith(":ip:minencap:icmp:data")
    summary = tshark(["-n", "-r", capture]).splitlines()[2]
    assert "203.0.113.80 → 198.51.100.77 ICMP" in summary


def test_minimal_encapsulation_cut():
    """A header that was not captured or sent completely does not make Wireshark report a bug in the plugin."""
    packet = packets("hoa_mode_minimal")[3]
    frames = [replace(packet, bytes=packet.bytes[:20 + n]) for n in range(13)]
    rows = of_raw_ip("minencap-cut", frames, ["frame.protocols", "_ws.malformed", "minencap.dst"])
    assert not any(row[1] for row in rows)
    assert [bool(row[2]) for row in rows] == [False] * 12 + [True]


# Tunnel data whose payload the built-in dissector takes for IP (RFC 3519 3.3).

def tunnel_data(next_header, payload):
    """Tunnel data from the home agent to the NAT, without a UDP checksum."""
    data = bytes([TUNNEL_DATA, next_header, 0, 0]) + payload
    udp = struct.pack("!HHHH", 434, 61000, 8 + len(data), 0) + data
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, UDP, 0)
    return Packet((1700000000, 0), header + bytes([198, 51, 100, 1, 192, 0, 2, 200]) + udp, 20 + len(udp))


IPV6_PACKET = bytes.fromhex("60000000 0000 3b 40 20010db800cc0000 0000000000000001 20010db8000a0000 0000000000000001")
IPV4_41 = bytes.fromhex("4500003c 00000000 40290000 c6336401 c633644d") + IPV6_PACKET
TUNNEL_DATA_PAYLOADS = {
    "gre_ipv6": (GRE, bytes.fromhex("000086dd") + IPV6_PACKET, "mip:gre:ipv6"),
    "gre_key": (GRE, bytes.fromhex("200086dd 00005454") + IPV6_PACKET, "mip:gre:ipv6"),
    "gre_ipv4": (GRE, bytes.fromhex("00000800") + IPV4_41, "mip:gre:ip:ipv6"),
    "minimal": (MINIMAL, bytes.fromhex("2900ac7e c633644d") + IPV6_PACKET, "mip:minencap:ipv6"),
    "minimal_source": (MINIMAL, bytes.fromhex("298081c9 c633644d c6336401") + IPV6_PACKET, "mip:minencap:ipv6"),
    "ipv6": (IPV6, IPV6_PACKET, "mip:ip:ipv6"),
    "ipv4": (IPIP, IPV4_41, "mip:ip:ipv6"),
}


@functools.lru_cache(maxsize=None)
def tunnel_data_payload(name):
    next_header, payload, _ = TUNNEL_DATA_PAYLOADS[name]
    return write_raw_ip(f"tunnel-data-{name}", [tunnel_data(next_header, payload)])


@pytest.mark.parametrize("name", TUNNEL_DATA_PAYLOADS)
def test_tunnel_data(name, together):
    next_header, _, protocols = TUNNEL_DATA_PAYLOADS[name]
    captures = map(tunnel_data_payload, together("name"))
    row, = shown(captures, ["frame.protocols", "mip.type", "mip.nattt.nexthdr", "mip.nattt.reserved", "ipv6.dst",
                            "_ws.malformed", "_ws.expert.severity"])[tunnel_data_payload(name)]
    assert row[0].endswith(":udp:" + protocols)
    assert [int(value, 0) for value in row[1:4]] == [TUNNEL_DATA, next_header, 0]
    assert row[4] == "2001:db8:a::1" and not row[5]
    assert not row[6] or max(map(int, row[6].split(","))) < 0x600000


@pytest.mark.parametrize("name", [name for name, row in TUNNEL_DATA_PAYLOADS.items() if row[0] in (GRE, MINIMAL)])
def test_tunnel_data_with_the_plugin_off(name, together):
    """Then the built-in dissector decodes it as before."""
    captures = tuple(map(tunnel_data_payload, together("name")))
    off = sessions.texts(captures, ("-V", "-o", "dsmipv4.takeover:FALSE"))
    assert off[tunnel_data_payload(name)] == sessions.texts(captures, ("-V",), plugin=False)[tunnel_data_payload(name)]
