# SPDX-License-Identifier: GPL-2.0-or-later
"""Every field of every layer can be wrong: what the scenario says is what is on the wire, and no more.

Bytes are taken apart by scapy or here, not by the plugin. What follows from a change (lengths,
checksums, authenticators) must follow, what the scenario chose must stay.
"""

import struct

import pytest
from scapy.layers.inet import IP, UDP, defragment
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.utils import RawPcapReader

import dsmipgen
from dsmipv4_tshark import checked
from test_auth import KEYS, wrong_authenticators
from test_cli import USAGE, check_refusal

MESSAGE = "base: coa_mode\nsteps:\n  - step: request\n"
DATA = ("base: coa_mode\nsteps:\n  - step: data_to_mn\n    stack:\n"
        "      - ipv4: { source: ha.address, destination: mn.coa }\n")
STEPS = ["request", "reply", "data_to_mn", "data_from_mn"]


def packets(tmp_path, scenario, *options):
    path = tmp_path / "deviation.yaml"
    path.write_text(scenario)
    checked(dsmipgen.dsmipgen("write", path, "-w", tmp_path / "x.pcap", *options))
    return [data for data, _ in RawPcapReader(str(tmp_path / "x.pcap"))]


def packet(tmp_path, lines, step="request"):
    """The packet of a step: `lines` for a step of one message, else for the rest of a stack."""
    scenario = (MESSAGE if step == "request" else DATA) + lines
    return packets(tmp_path, scenario)[STEPS.index(step)]


def refusal(tmp_path, scenario, *words):
    path = tmp_path / "deviation.yaml"
    path.write_text(scenario)
    process = dsmipgen.dsmipgen("write", path, "-w", tmp_path / "x.pcap")
    check_refusal(process, USAGE, "deviation.yaml:", *words)


def checksum(data):
    words = struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp_checksum_holds(frame, ip=14):
    """Of a datagram in an IPv4 packet without options."""
    length = struct.unpack("!H", frame[ip + 24:ip + 26])[0]
    pseudo = frame[ip + 12:ip + 20] + struct.pack("!HH", 17, length)
    return checksum(pseudo + frame[ip + 20:ip + 20 + length]) == 0


def test_the_base_is_right(tmp_path):
    frame = packet(tmp_path, "    ipv4: {}\n")
    assert len(frame) == 112 and checksum(frame[14:34]) == 0 and udp_checksum_holds(frame)
    assert not wrong_authenticators(frame[42:], KEYS)[0]


@pytest.mark.parametrize("key,offset,expected", [
    ("ttl: 1", 22, "01"),
    ("tos: 0xff", 15, "ff"),
    ("dscp: 46", 15, "b8"),
    ("ecn: 3", 15, "03"),
    ("dscp: 46, ecn: 1, tos: 0", 15, "b9"),
    ("flags: RF", 20, "80"),
    ("flags: DF", 20, "40"),
    ("flags: RF DF MF", 20, "e0"),
    ("fragment_offset: 0x1234", 20, "1234"),
    ("version: 5", 14, "55"),
    ("ihl: 15", 14, "4f"),
    ("total_length: 7", 16, "0007"),
    ("identification: 0xfedc", 18, "fedc"),
    ("protocol: 255", 23, "ff"),
    ('patch: "1=7f 8=03"', 15, "7f"),
    ('patch: "9=fd"', 23, "fd"),
])
def test_ipv4_header(tmp_path, key, offset, expected):
    """The field is as given, and the header checksum covers it."""
    frame = packet(tmp_path, f"    ipv4: {{ {key} }}\n")
    assert frame[offset:].hex().startswith(expected)
    assert checksum(frame[14:34]) == 0


@pytest.mark.parametrize("layer,offset", [("ipv4", 24), ("udp", 40)])
def test_chosen_checksums(tmp_path, layer, offset):
    right = packet(tmp_path, f"    {layer}: {{}}\n")
    for value, expected in (("none", 0), ("0x1234", 0x1234), ("0", 0), ("bad", None)):
        frame = packet(tmp_path, f"    {layer}: {{ checksum: {value} }}\n")
        found = struct.unpack("!H", frame[offset:offset + 2])[0]
        if expected is None:
            assert found not in (0, struct.unpack("!H", right[offset:offset + 2])[0])
        else:
            assert found == expected
        assert frame[:offset] + frame[offset + 2:] == right[:offset] + right[offset + 2:]


def test_vlan_tags(tmp_path):
    frame = Ether(packet(tmp_path, "    vlan: { priority: 5, dei: true, id: 100 }\n"))
    assert (frame.type, frame[Dot1Q].prio, frame[Dot1Q].id, frame[Dot1Q].vlan, frame[Dot1Q].type) == \
        (0x8100, 5, 1, 100, 0x0800)
    plain = packet(tmp_path, "    ipv4: {}\n")
    assert bytes(frame)[:12] == plain[:12] and bytes(frame)[18:] == plain[14:]
    lines = ("      - ipv6: { source: cn.address6, destination: mn.address6 }\n      - icmpv6_echo_request: {}\n")
    tagged = (MESSAGE.replace("request", "data_to_mn") + "    stack:\n      - ethernet: { type: 0x88a8 }\n"
              "      - vlan: { id: 2000 }\n      - vlan: { id: 7, type: 0x1234 }\n"
              "      - ipv4: { source: ha.address, destination: mn.coa }\n" + lines)
    data = packets(tmp_path, tagged)[2]
    assert data[12:22].hex() == "88a807d081000007" + "1234"
    assert data[:12] == packet(tmp_path, lines, "data_to_mn")[:12], "addresses follow from the IP layer beyond the tags"


def test_append(tmp_path):
    """Bytes count in the layers around, not in their own, and the checksums hold."""
    frame = packet(tmp_path, '    ipv4: { append: "a1a2a3" }\n    udp: { append: "b1b2" }\n    request: { append: "c1" }\n')
    plain = packet(tmp_path, "    ipv4: {}\n")
    assert frame[112:].hex() == "c1b1b2a1a2a3"
    assert struct.unpack("!H", frame[16:18])[0] == 112 - 14 + 3
    assert struct.unpack("!H", frame[38:40])[0] == 112 - 34 + 1
    assert frame[42:112] == plain[42:]
    assert checksum(frame[14:34]) == 0 and udp_checksum_holds(frame)


def test_append_in_a_tunnel(tmp_path):
    lines = ('      - gre: { checksum: auto, append: "d1d2" }\n'
             '      - ipv6: { source: cn.address6, destination: mn.address6, append: "e1" }\n      - icmpv6_echo_request: {}\n')
    frame = packet(tmp_path, lines, "data_to_mn")
    assert frame[-3:].hex() == "e1d1d2"
    gre = frame[34:]
    assert checksum(gre) == 0, "as the receiver sums it: GRE has no length"
    assert struct.unpack("!H", gre[8 + 4:8 + 6])[0] == 16
    assert struct.unpack("!H", frame[16:18])[0] == len(frame) - 14


def test_patch_is_signed(tmp_path):
    """In the message and in an extension; the authenticator of the patched message holds."""
    frame = packet(tmp_path, '    request: { patch: "1=ff 3=01" }\n    extensions:\n'
                             '      - prefix_request: { patch: "3=81, 4=ffff" }\n      - mn_ha_auth: {}\n')
    assert frame[42:46].hex() == "01ff0201"
    assert frame[66:72].hex() == "98120181ffff"
    assert not wrong_authenticators(frame[42:], KEYS)[0] and udp_checksum_holds(frame)


def test_patch_of_inner_layers(tmp_path):
    lines = ('      - ipv6: { source: cn.address6, destination: mn.address6, dscp: 10, ecn: 2, patch: "7=01 3=99" }\n'
             '      - icmpv6_echo_request: { code: 3, patch: "4=abcd" }\n')
    inner = IPv6(packet(tmp_path, lines, "data_to_mn")[34:])
    assert (inner.tc, inner.fl, inner.hlim, inner.nh) == (42, 0x99, 1, 58)
    body = bytes(inner)[40:]
    assert body[1] == 3 and body[4:6].hex() == "abcd"
    assert checksum(bytes(inner)[8:40] + struct.pack("!II", len(body), 58) + body) == 0


@pytest.mark.parametrize("scenario,words", [
    (MESSAGE + '    ipv4: { patch: "20=00" }\n', ["ipv4.patch", "byte 21", "20"]),
    (MESSAGE + '    request: { patch: "23=0000" }\n', ["request.patch", "25", "24"]),
    (MESSAGE + '    ipv4: { patch: "1" }\n', ["OFFSET=HEX"]),
    (MESSAGE + '    ipv4: { patch: "x=00" }\n', ["OFFSET=HEX"]),
    (MESSAGE + '    ipv4: { patch: "1=0" }\n', ["OFFSET=HEX"]),
    (MESSAGE + "    extensions:\n      - tunneling_mode: { patch: \"4=00\" }\n", ["tunneling_mode.patch", "byte 5", "4"]),
    (MESSAGE + "    ipv4: { ecn: 4 }\n", ["ecn", "0 to 3"]),
    (MESSAGE + "    vlan: { id: 4096 }\n", ["id", "4095"]),
    (MESSAGE + "    fragment: 20\n", ["fragment", "20", "multiple of 8"]),
    (MESSAGE + "    fragment: 0\n", ["fragment", "multiple of 8"]),
    ("steps:\n  - step: a\n    fragment: 8\n    stack:\n      - ipv6: { source: cn.address6, destination: mn.address6 }\n"
     "      - payload: { length: 40 }\n", ["fragment", "IPv4"]),
])
def test_refusals(tmp_path, scenario, words):
    refusal(tmp_path, scenario, *words)


@pytest.mark.parametrize("size,count", [(8, 10), (40, 2), (48, 2), (72, 2), (80, 1), (65528, 1)])
def test_fragments(tmp_path, size, count):
    """They come together to the whole packet, in scapy's eyes; each has a right header."""
    whole = IP(packet(tmp_path, "    ipv4: { identification: 7 }\n")[14:])
    found = [Ether(data) for data in packets(
        tmp_path, MESSAGE + f"    ipv4: {{ identification: 7 }}\n    fragment: {size}\n")[:count]]
    assert all(checksum(bytes(frame)[14:34]) == 0 for frame in found)
    assert [frame[IP].frag * 8 for frame in found] == [i * size for i in range(count)]
    assert [frame[IP].flags.MF for frame in found] == [True] * (count - 1) + [False]
    assert all(frame[IP].len == len(frame) - 14 for frame in found)
    back = defragment([frame[IP] for frame in found])
    assert len(back) == 1 and bytes(back[0])[20:] == bytes(whole)[20:]


def test_fragments_keep_what_was_chosen(tmp_path):
    lines = ('    vlan: { id: 9 }\n    ipv4: { identification: 7, flags: RF DF, options: "94040000", checksum: bad, '
             'append: "ee" }\n    fragment: 64\n')
    found = packets(tmp_path, MESSAGE + lines)[:2]
    assert all(data[14:18].hex() == "00090800" for data in found)
    assert [data[18 + 6] for data in found] == [0xe0, 0xc0]
    assert all(data[38:42].hex() == "94040000" for data in found)
    assert all(checksum(data[18:42]) not in (0, 0xffff) for data in found)
    assert len(found[0]) == 18 + 24 + 64 and found[1][-1:] == b"\xee"
    assert struct.unpack("!H", found[1][20:22])[0] == len(found[1]) - 18 - 1


def test_fragments_of_a_tunnel(tmp_path):
    """The outermost packet is cut; IPv6 inside stays as it is."""
    lines = ("      - ipv6: { source: cn.address6, destination: mn.address6 }\n      - icmpv6_echo_request: {}\n")
    whole = packet(tmp_path, lines, "data_to_mn")
    found = packets(tmp_path, DATA + lines + "    fragment: 24\n")[2:5]
    assert b"".join(data[34:] for data in found) == whole[34:]


def test_expected_of_the_last_fragment(tmp_path):
    path = tmp_path / "deviation.yaml"
    path.write_text(MESSAGE + "    request: { flags: DTx }\n    fragment: 40\n    expect: [rrq_reserved_bits]\n")
    checked(dsmipgen.dsmipgen("write", path, "-w", tmp_path / "x.pcapng"))
    found = list(dsmipgen.comments(tmp_path / "x.pcapng").values())
    assert [(comment[1], comment[2]) for comment in found[:2]] == [("request", set()), ("request", {"rrq_reserved_bits"})]


@pytest.mark.parametrize("algorithm, byte, inverted", [
    ("hmac-md5", None, 15), ("hmac-md5", 0, 0), ("hmac-md5", 15, 15), ("hmac-sha1", 7, 7), ("hmac-sha1", None, 19),
])
def test_bad_byte(tmp_path, algorithm, byte, inverted):
    """Of a bad authenticator one byte is inverted, and all others are right."""
    lines = "    extensions:\n      - mn_ha_auth: {{ algorithm: {}{} }}\n"
    bad = ", authenticator: bad" + ("" if byte is None else f", bad_byte: {byte}")
    right, wrong = [packets(tmp_path, MESSAGE + lines.format(algorithm, more))[0] for more in ("", bad)]
    length = 20 if algorithm == "hmac-sha1" else 16
    assert right[42:-length] == wrong[42:-length]
    assert [at for at in range(length) if right[-length + at] != wrong[-length + at]] == [inverted]
    assert right[-length + inverted] ^ wrong[-length + inverted] == 0xFF


@pytest.mark.parametrize("keys, words", [
    ("bad_byte: 3", "expected authenticator: bad"),
    ("authenticator: none, bad_byte: 0", "expected authenticator: bad"),
    ("authenticator: bad, bad_byte: 16", "beyond the authenticator"),
])
def test_wrong_bad_byte(tmp_path, keys, words):
    refusal(tmp_path, MESSAGE + f"    extensions:\n      - mn_ha_auth: {{ {keys} }}\n", "bad_byte", words)


@pytest.mark.parametrize("lines", [
    "    fragment: 40\n    vlan: { id: 3 }\n",
    '    ipv4: { patch: "12=c0a80101", append: "aabb" }\n    request: { patch: "4=01020304 16=00" }\n',
    '    extensions:\n      - prefix_request: { patch: "4=20010db8" }\n      - nai: {}\n      - mn_ha_auth: { patch: "2=00" }\n',
    "    cut: 9\n", "    cut: 45\n", "    snaplen: 50\n",
    '    extensions:\n      - prefix_request: { body_cut: 5, ext_length: 18 }\n      - mn_ha_auth: { body_extra: "00" }\n',
    '    extensions:\n      - raw: { type: 200, body: "00" }\n      - nai: {}\n      - prefix_request: {}\n'
    "      - mn_ha_auth: { algorithm: hmac-sha1 }\n      - mn_fa_auth: { authenticator: bad, algorithm: keyed-md5 }\n",
    "    extensions:\n      - prefix_request: {}\n      - mn_ha_auth: { authenticator: bad, bad_byte: 3 }\n",
    "    udp: { checksum: bad }\n", "    udp: { checksum: none }\n    ipv4: { checksum: 0x1111 }\n",
    '    request: { identification: "ntp-5" }\n', "    request: { identification: 77 }\n",
])
def test_for_many_nodes(tmp_path, lines):
    """Templates keep every deviation: dsmipgen compares each node's packets with those that are built alone."""
    for keys in ("shared", "derived"):
        few = packets(tmp_path, MESSAGE + lines, "--nodes", 30, "--node-keys", keys)
        assert len(few) >= 4 * 30 and len(set(few)) == len(few)


def test_odd_offsets_for_many_nodes(tmp_path):
    """Addresses at odd offsets of what a checksum covers, in tunnels within tunnels."""
    lines = ("      - ipv4: { source: ha.address, destination: mn.hoa, options: \"01010100\" }\n"
             "      - minimal: { destination: mn.hoa, source: mn.coa }\n"
             "      - gre: { checksum: auto }\n"
             "      - ipv4: { source: mn.hoa, destination: nat.address }\n"
             "      - udp: { source_port: 434, destination_port: 434 }\n"
             "      - request: {}\n    extensions:\n      - raw: { type: 200, body: \"000000\" }\n"
             "      - nai: {}\n      - prefix_request: {}\n      - mn_ha_auth: {}\n")
    found = packets(tmp_path, DATA + lines, "--nodes", 32)
    deep = [data for data in found if len(data) > 200]
    assert len(deep) == 32
    for data in deep:
        assert checksum(data[14:34]) == 0 and checksum(data[34:58]) == 0 and checksum(data[58:70]) == 0
        assert checksum(data[70:]) == 0 and udp_checksum_holds(data, ip=78)
        assert UDP in IP(data[78:])
