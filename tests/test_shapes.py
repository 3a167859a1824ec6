# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets in shapes that no scenario has: of every link type, in sixty tunnels, in fragments that overlap, several in one frame.

Nothing of stock Wireshark is lost, one pass says what two say, and the sanitizers are silent.
"""

import itertools
import re
import shutil
import struct
import tempfile
from functools import lru_cache
from pathlib import Path

import pytest

import dsmipgen
import sessions
from dsmipv4_tshark import checked, run, scratch, tshark
from hard import run_hard
from test_ports import sum_of

pytestmark = pytest.mark.xdist_group("test_shapes")  # one sharkd

ETHERNET, IEEE_802_11 = 1, 105  # LINKTYPE_
IPIP, UDP, IPV6, GRE, MINIMAL = 4, 17, 41, 47, 55
MORE_FRAGMENTS = 0x2000
HA, COA = bytes([198, 51, 100, 1]), bytes([192, 0, 2, 33])  # of dsmipgen's actors


def write(name, frames, link=ETHERNET):
    """A capture of (microseconds, bytes)."""
    path = scratch() / f"{name}.pcap"
    records = [struct.pack("<IIII", time // 10**6, time % 10**6, len(frame), len(frame)) + frame for time, frame in frames]
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link) + b"".join(records))
    path.chmod(0o644)
    return path


def frames_of(name):
    return [(time, frame) for time, _, frame in dsmipgen.packets(dsmipgen.write(name))]


def ipv4(protocol, payload, src=HA, dst=COA, ident=7, fragment=0):
    """RFC 791 3.1"""
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), ident, fragment, 64, protocol, 0) + src + dst
    return header[:10] + struct.pack("!H", 0xFFFF - sum_of(header)) + header[12:] + payload


def in_both_passes(captures):
    """Capture -> rules per frame; the second pass, asked for frame by frame from the last, says the same."""
    first = sessions.rules(tuple(captures))
    for capture in captures:
        program = sessions.sharkd().load(capture)
        for frame in sorted(first[capture], reverse=True):
            assert set(sessions.values(program.tree(frame), "dsmipv4.rule")) == first[capture][frame], (capture, frame)
    return first


def check_hard(asan_build, *captures):
    for options in (["-2"], []):
        for capture in captures:
            process = run_hard(asan_build, ["tshark", *options, "-n", "-V", "-r", capture])
            if process.returncode != 0 or process.stderr.strip():
                kept = Path(tempfile.mkdtemp()) / capture.name
                shutil.copy(capture, kept)
                pytest.fail(f"{kept}: {process.stderr[-3000:]}")


# Random packets of each type that randpkt knows, Ethernet to USB.

PACKETS_OF_A_TYPE = 60


@lru_cache
def random_packets():
    usage = run(["randpkt", "-h"], ordinary_user=False)
    types = re.findall(r"^\t(\S+) +\S", usage.stdout + usage.stderr, re.MULTILINE)
    assert len(types) >= 20
    paths = []
    for kind in types:
        path = scratch() / f"random-{kind}.pcapng"
        checked(run(["randpkt", "-b", 1500, "-c", PACKETS_OF_A_TYPE, "-t", kind, path], ordinary_user=False), quiet=False)
        paths.append(path)
    joined = scratch() / "random.pcapng"
    checked(run(["mergecap", "-a", "-I", "all", "-w", joined, *paths], ordinary_user=False))
    joined.chmod(0o644)
    return joined


def test_random_packets_look_like_stock():
    """But for those that chance made Mobile IP or minimal encapsulation, of which stock knows less."""
    frames = [line.split("\t") for line in tshark(["-n", "-r", random_packets(), "-T", "fields", "-e", "frame.number",
                                                   "-e", "frame.protocols"]).splitlines()]
    others = [number for number, protocols in frames if {"dsmipv4", "minencap"} & set(protocols.split(":"))]
    assert len(others) < len(frames) / 20
    args = ["-n", "-V", "-r", random_packets(), "-Y", f"!(frame.number in {{{', '.join(others) or 0}}})"]
    for two_pass in (False, True):
        ours, stock = (tshark(args, plugin=plugin, two_pass=two_pass) for plugin in (True, False))
        assert ours == stock


def test_random_packets_under_the_sanitizers(asan_build):
    check_hard(asan_build, random_packets())


# Tunnels in tunnels, between a home agent and a care-of address that are known from a registration.

LEVELS = 60


def minimal(payload, protocol):
    """RFC 2004 3.1, without the original source."""
    header = struct.pack("!BBH", protocol, 0, 0) + COA
    return header[:2] + struct.pack("!H", 0xFFFF - sum_of(header)) + header[4:] + payload


def in_tunnel(kind, packet):
    """An IPv4 packet in one tunnel more."""
    if kind == GRE:
        return ipv4(GRE, struct.pack("!HH", 0, 0x0800) + packet)
    if kind == MINIMAL:
        return ipv4(MINIMAL, minimal(packet, IPIP))
    if kind == UDP:  # tunnel data, RFC 3519 3.3
        data = struct.pack("!BBH", 4, IPIP, 0) + packet
        return ipv4(UDP, struct.pack("!HHHH", 434, 434, 8 + len(data), 0) + data)
    return ipv4(IPIP, packet)


def nested(kinds, core):
    for _, kind in zip(range(LEVELS), itertools.cycle(kinds)):
        core = in_tunnel(kind, core)
    return core


KINDS = {"IPv4": [IPIP], "GRE": [GRE], "minimal": [MINIMAL], "tunnel data": [UDP], "each in turn": [IPIP, GRE, UDP, MINIMAL]}


@lru_cache
def tunnels(kind):
    """A registration, and then its packets in sixty tunnels, and IPv6 in them."""
    flow = frames_of("coa_mode")
    ethernet = flow[0][1][:14]
    cores = [frame[14:] for _, frame in flow]
    late = [(flow[-1][0] + 1000 * number, ethernet + nested(KINDS[kind], core)) for number, core in enumerate(cores, 1)]
    return write(f"tunnels-{kind}", flow + late)


@pytest.mark.parametrize("kind", KINDS)
def test_sixty_tunnels(kind):
    capture = tunnels(kind)
    rules = in_both_passes([capture])[capture]
    assert len(rules) == 8 and not any(rules[frame] for frame in range(1, 5))
    ours, stock = (sessions.fields((capture,), ("_ws.malformed", "ip.src", "ipv6.src"), plugin=plugin)[capture]
                   for plugin in (True, False))
    assert any(len(row[1].split(",")) > LEVELS for row in ours)
    if MINIMAL not in KINDS[kind]:  # Wireshark itself cannot read that
        assert ours == stock


def test_sixty_tunnels_under_the_sanitizers(asan_build):
    path = scratch() / "tunnels.pcapng"
    checked(run(["mergecap", "-a", "-w", path, *map(tunnels, KINDS)], ordinary_user=False))
    path.chmod(0o644)
    check_hard(asan_build, path)


# IPv4 fragments that overlap: with the bytes that the other one has, or with others.

SCENARIOS = ("prefix_bits", "tun_inner_src", "natt_nexthdr")


def fragments(frame, ident, overlap, other):
    """An IPv4 packet in three; the second has also the last eight bytes of the first, the third those of the second."""
    ethernet, header, payload = frame[:14], frame[14:34], frame[34:]
    third = len(payload) // 24 * 8
    parts = []
    for number, (begin, end) in enumerate([(0, third), (third, 2 * third), (2 * third, len(payload))]):
        begin -= 8 if overlap and number else 0
        part = payload[begin:end]
        if other and number:
            part = bytes(byte ^ 0xFF for byte in part[:8]) + part[8:]
        flags = (MORE_FRAGMENTS if number < 2 else 0) | begin // 8
        parts.append(ethernet + ipv4(header[9], part, header[12:16], header[16:20], ident, flags))
    return parts


@lru_cache
def in_fragments(name, order=(0, 1, 2), overlap=True, other=False):
    frames = []
    for ident, (time, frame) in enumerate(frames_of(name), 1000):
        assert frame[14] == 0x45 and len(frame) >= 34 + 48
        parts = fragments(frame, ident, overlap, other)
        frames += [(time + place, parts[number]) for place, number in enumerate(order)]
    label = "-".join(map(str, [name, *order, overlap, other]))
    return write(f"fragments-{label}", frames)


def by_packet(rules):
    """The rules of each packet, whichever of its three fragments shows them."""
    return [set().union(*(rules[frame] for frame in range(first, first + 3))) for first in range(1, len(rules), 3)]


ORDERS = list(itertools.permutations(range(3)))


@pytest.mark.parametrize("name", SCENARIOS)
def test_fragments_with_the_same_bytes(name):
    """Judged as if they did not overlap, in any order."""
    plain = in_fragments(name, overlap=False)
    captures = [in_fragments(name, order) for order in ORDERS]
    found = in_both_passes([plain, *captures])
    assert any(name in rules for rules in by_packet(found[plain]))
    for capture in captures:
        assert by_packet(found[capture]) == by_packet(found[plain]), capture


@pytest.mark.parametrize("name", SCENARIOS)
def test_fragments_with_other_bytes(name):
    """Whichever bytes count, it is the same in both passes, and nothing of stock is lost."""
    captures = tuple(in_fragments(name, order, other=True) for order in ORDERS)
    in_both_passes(captures)
    ours, stock = (sessions.fields(captures, ("_ws.malformed", "ip.fragment.overlap.conflict"), plugin=plugin)
                   for plugin in (True, False))
    assert ours == stock
    assert all(any(conflict for _, conflict in rows) for rows in ours.values())


def test_fragments_under_the_sanitizers(asan_build):
    path = scratch() / "fragments.pcapng"
    parts = [in_fragments(name, order, other=other) for name in SCENARIOS for order in ORDERS for other in (False, True)]
    checked(run(["mergecap", "-a", "-w", path, *parts], ordinary_user=False))
    path.chmod(0o644)
    check_hard(asan_build, path)


# Several packets in one frame: an A-MSDU (IEEE 802.11 9.3.2.2).


def aggregated(frames):
    """Ethernet frames as the subframes of one A-MSDU."""
    head = bytes.fromhex("8801 0000") + frames[0][:6] + frames[0][6:12] + frames[0][:6] + bytes.fromhex("0000 8000")
    body = b""
    for frame in frames:
        body += b"\0" * (-len(body) % 4)
        msdu = bytes.fromhex("aaaa03 000000") + frame[12:]
        body += frame[:12] + struct.pack("!H", len(msdu)) + msdu
    return head + body


@pytest.mark.parametrize("name", ["prefix_bits", "tun_inner_src", "coa_mode"])
def test_several_packets_in_a_frame(name):
    """Each frame breaks what its packets break: one of request and reply, one of what comes after them."""
    frames = frames_of(name)
    apart = sessions.rules((dsmipgen.write(name),))[dsmipgen.write(name)]
    parts = [frames[:2], frames[2:]]
    capture = write(f"aggregated-{name}", [(part[0][0], aggregated([frame for _, frame in part])) for part in parts],
                    IEEE_802_11)
    expected = {1: apart[1] | apart[2], 2: set().union(*(apart[frame] for frame in range(3, len(frames) + 1)))}
    assert in_both_passes([capture])[capture] == expected
