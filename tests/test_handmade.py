# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures laid out by hand, field by field: what the plugin says of packets that dsmipgen did not make.

handmade/NAME.hex is text for text2pcap, with a comment on each field; handmade/NAME.expect holds for
each frame the rules that it breaks, or none.
"""

import functools
import hashlib
import hmac
import re
from pathlib import Path

import pytest

import sessions
from dsmipv4_rules import load_rules
from dsmipv4_tshark import checked, readable, run, scratch

HANDMADE = Path(__file__).parent / "handmade"
NAMES = sorted(path.stem for path in HANDMADE.glob("*.hex"))
UDP_PAYLOAD = 28  # after the headers of IPv4 and UDP

AUTHENTICATOR = re.compile(r"authenticator: (?:first \d+ bytes of )?HMAC-MD5, key (\S+)")
LINE = re.compile(r"([0-9a-f]{4})  ((?:[0-9a-f]{2} )*[0-9a-f]{2}) +# (.*)")

# What the files must hold between them: message types, and extension types (152 by subtype).
MESSAGE_TYPES = {1, 3, 4, 7, 15}
PROTOCOLS = {4, 17, 41, 47, 55}  # of an IPv4 header
NEXT_HEADERS = {4, 41, 47, 55}  # of tunnel data
EXTENSIONS = {32, 33, 34, 36, 38, 40, 41, 42, 43, 44, 47, 130, 131, 132, 144, 148, "152/1", "152/2", "152/3"}


def frames(name):
    """Per frame the lines of bytes as (bytes, comment); offsets must follow each other."""
    found = []
    for line in (HANDMADE / f"{name}.hex").read_text().splitlines():
        match = LINE.fullmatch(line)
        if not match:
            assert not line or line.startswith("#") or re.fullmatch(r"[-0-9]+T[:.0-9]+Z", line), line
            continue
        offset, text, comment = int(match[1], 16), match[2], match[3]
        if offset == 0:
            found.append([])
        assert offset == sum(len(part) for part, _ in found[-1]), line
        found[-1].append((bytes.fromhex(text), comment))
    return found


def expectations(name):
    lines = (HANDMADE / f"{name}.expect").read_text().splitlines()
    pairs = (line.split(": ") for line in lines)
    return {int(frame): set() if ids == "none" else set(ids.split()) for frame, ids in pairs}


@functools.lru_cache(maxsize=None)
def capture(name):
    """A capture of a file, made with text2pcap: raw IPv4, times in UTC."""
    path = scratch() / f"handmade-{name}.pcap"
    source = readable(HANDMADE / f"{name}.hex")
    # It reports on standard error.
    checked(run(["text2pcap", "-q", "-F", "pcap", "-l", "101", "-t", "ISO", source, path], ordinary_user=False),
            quiet=False)
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_rules_in_one_pass(name, together):
    future = {rule.id for rule in load_rules().values() if rule.needs_future}
    expected = {frame: rules - future for frame, rules in expectations(name).items()}
    assert sessions.rules(tuple(map(capture, together("name"))))[capture(name)] == expected


@pytest.mark.parametrize("name", NAMES)
def test_rules_in_two_passes(name):
    assert sessions.sharkd().load(capture(name)).rules() == expectations(name)


@pytest.mark.parametrize("name", NAMES)
def test_text2pcap_takes_every_byte(name, together):
    rows = sessions.fields(tuple(map(capture, together("name"))), ("frame.len",), plugin=False)[capture(name)]
    assert [int(row[0]) for row in rows] == [sum(len(part) for part, _ in frame) for frame in frames(name)]


@pytest.mark.parametrize("name", NAMES)
def test_checksums(name, together):
    """Stock tshark, told to look, finds every checksum of IPv4 and UDP right."""
    options = ("-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE")
    fields = ("ip.proto", "ip.checksum.status", "udp.checksum.status")
    for row in sessions.fields(tuple(map(capture, together("name"))), fields, options, plugin=False)[capture(name)]:
        protocols, ipv4, udp = (field.split(",") if field else [] for field in row)
        assert ipv4 == ["1"] * len(protocols) and udp == ["1"] * protocols.count("17"), row


def sums_up(data: bytes) -> bool:
    """The one's complement sum of a header with its checksum (RFC 1071)."""
    data += bytes(len(data) % 2)
    total = sum(int.from_bytes(data[i:i + 2], "big") for i in range(0, len(data), 2))
    return total > 0 and total % 0xffff == 0


@pytest.mark.parametrize("name", NAMES)
def test_checksums_of_tunnel_headers(name):
    """Of minimal encapsulation (RFC 2004 3.1) and GRE (RFC 2784 2.5), but where the comment says otherwise."""
    for frame in frames(name):
        for index, (part, comment) in enumerate(frame):
            rest = b"".join(bytes for bytes, _ in frame[index:])
            wrong = any("too many" in comment for _, comment in frame[index:])
            if comment.startswith("minimal forwarding header"):
                assert sums_up(rest[:12 if rest[1] & 0x80 else 8]) != wrong, comment
            elif comment.startswith("GRE") and part[0] & 0x80:
                assert sums_up(rest) != wrong, comment


@pytest.mark.parametrize("name", NAMES)
def test_authenticators(name):
    """Each is the HMAC-MD5 of the payload in front of it (RFC 3344 3.5.1)."""
    for frame in frames(name):
        packet = b""
        for part, comment in frame:
            match = AUTHENTICATOR.match(comment)
            if match:
                digest = hmac.new(match[1].encode(), packet[UDP_PAYLOAD:], hashlib.md5).digest()
                assert part == digest[:len(part)] and len(part) >= 15, comment
            packet += part


def test_all_is_covered():
    comments = [comment for name in NAMES for frame in frames(name) for _, comment in frame]
    types, extensions, current, protocols, next_headers = set(), set(), None, set(), set()
    for comment in comments:
        if match := re.match(r"type (\d+):", comment):
            types.add(int(match[1]))
        if match := re.match(r"TTL \d+, protocol (\d+)", comment):
            protocols.add(int(match[1]))
        if match := re.match(r"next header (\d+)", comment):
            next_headers.add(int(match[1]))
        if match := re.match(r"extension (\d+)", comment):
            current = int(match[1])
            extensions.add(current)
        if current == 152 and (match := re.match(r"subtype (\d+):", comment)):
            extensions.add(f"152/{match[1]}")
    assert MESSAGE_TYPES <= types
    assert PROTOCOLS <= protocols
    assert NEXT_HEADERS <= next_headers
    assert EXTENSIONS <= extensions
