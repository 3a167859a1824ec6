# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen fuzz: each case can be written again by itself, its comment describes it, and the plugin survives it."""

import re
import struct
import subprocess

import pytest
from scapy.utils import RawPcapReader, rdpcap

import dsmipgen
from dsmipv4_tshark import BUILD, ROOT, checked, readable, run, scratch, tshark
from test_auth import KEYS, control_messages, wrong_authenticators
from test_cli import ENVIRONMENT, USAGE, check_refusal

COMMENT = re.compile(r"^dsmipgen (\S+) step (\S+) case (\d+) mutation: (.+)$")
COUNT = 3000


def fuzz(path, *options, name="coa_mode"):
    checked(dsmipgen.dsmipgen("fuzz", name, "-w", path, *options))
    path.chmod(0o644)
    return path


def records(path):
    """(seconds, microseconds, captured bytes, length on the wire) of each packet."""
    return [(meta.sec, meta.usec, data, meta.wirelen) for data, meta in RawPcapReader(str(path))]


def comments(path):
    return [COMMENT.match(line).groups() for line in dsmipgen.comment_lines(path)]


@pytest.fixture(scope="module")
def cases():
    """The cases of a run, as pcap and as pcapng."""
    return (fuzz(scratch() / "cases.pcap", "--seed", 5, "--count", COUNT),
            fuzz(scratch() / "cases.pcapng", "--seed", 5, "--count", COUNT))


def test_same_seed_same_bytes(cases, tmp_path):
    pcap, pcapng = cases
    assert fuzz(tmp_path / "x.pcap", "--seed", 5, "--count", COUNT).read_bytes() == pcap.read_bytes()
    assert fuzz(tmp_path / "x.pcapng", "--seed", 5, "--count", COUNT).read_bytes() == pcapng.read_bytes()
    assert fuzz(tmp_path / "y.pcap", "--seed", 6, "--count", COUNT).read_bytes() != pcap.read_bytes()


def test_a_longer_run_begins_with_a_shorter(cases, tmp_path):
    short = fuzz(tmp_path / "x.pcap", "--seed", 5, "--count", 100).read_bytes()
    assert cases[0].read_bytes().startswith(short)


@pytest.mark.parametrize("number", [0, 1, 3, 4, 17, 1234, COUNT - 1])
def test_a_case_alone(cases, number, tmp_path):
    """Bytes, time and comment are those of the run."""
    pcap, pcapng = cases
    alone = fuzz(tmp_path / "x.pcap", "--seed", 5, "--only", number)
    assert records(alone) == [records(pcap)[number]]
    alone = fuzz(tmp_path / "x.pcapng", "--seed", 5, "--count", COUNT, "--only", number)
    assert comments(alone) == [comments(pcapng)[number]]


def test_the_valid_packets_come_first(cases):
    steps = ["request", "reply", "data_to_mn", "data_from_mn"]
    named = comments(cases[1])
    assert named[:4] == [("coa_mode", step, str(i), "none") for i, step in enumerate(steps)]
    assert [data for _, _, data, _ in records(cases[0])[:4]] == \
        [data for data, _ in RawPcapReader(str(dsmipgen.write("coa_mode", suffix=".pcap")))]


def test_every_case_is_mutated_and_named(cases):
    """The steps take turns, each case says what was done, and does not look like its valid packet."""
    named = comments(cases[1])
    assert len(named) == COUNT
    assert [int(number) for _, _, number, _ in named] == list(range(COUNT))
    assert len({step for _, step, _, _ in named}) == 4
    assert all(re.search(r", (before|after) signing$", mutation) for _, _, _, mutation in named[4:])
    valid = {data for _, _, data, _ in records(cases[0])[:4]}
    same = [number for number, (_, _, data, _) in enumerate(records(cases[0])) if data in valid]
    assert len(same) < COUNT / 20  # a field may be set to what it was


UDP_434 = re.compile(rb"\x08\x00\x45.{8}\x11.{10}(..\x01\xb2|\x01\xb2..)", re.DOTALL)  # behind the MAC addresses
FIXED_PART = {1: 24, 3: 20}
VALID = {1: [152, 152, 32], 3: [152, 32]}  # extensions of the messages of coa_mode


def message(data):
    """The Mobile IPv4 message of a frame, as far as it was captured; empty where there is none in plain UDP."""
    return data[42:] if UDP_434.match(data, 12) and data[42:43] in (b"\x01", b"\x03") else b""


def extensions_of(payload):
    """(type, length, the rest of the message behind both), until an extension ends beyond the end."""
    at = FIXED_PART.get(payload[0], len(payload)) if payload else 0
    while at + 2 <= len(payload):
        yield payload[at], payload[at + 1], payload[at + 2:]
        at += 2 + payload[at + 1]


def types(data):
    return [kind for kind, _, _ in extensions_of(message(data))]


def has_types(data, condition):
    payload = message(data)
    return bool(payload) and condition(types(data), VALID[payload[0]])


def prefix_lengths_of_extension(data):
    """Lengths in the headers of Prefix Requests (152/1)."""
    return [length for kind, length, rest in extensions_of(message(data)) if kind == 152 and rest[:1] == b"\x01"]


def checksum_holds(data):
    return sum(struct.unpack("!10H", data[14:34])) % 0xffff == 0


def is_signed_wrongly(data):
    try:
        return bool(wrong_authenticators(message(data), KEYS)[0])
    except (AssertionError, KeyError, IndexError, struct.error):
        return False  # no authenticator that can be found


# What is on the wire after each kind of mutation: (bytes of the frame, its length on the wire) -> whether it is so.
KINDS = {
    "extension lengthened": lambda data, wire: any(length > 18 for length in prefix_lengths_of_extension(data)),
    "extension shortened": lambda data, wire: any(length < 18 for length in prefix_lengths_of_extension(data)),
    "extensions swapped": lambda data, wire: has_types(data, lambda t, v: t != v and sorted(t) == sorted(v)),
    "extension repeated": lambda data, wire: has_types(data, lambda t, v: t.count(152) > v.count(152)),
    "extension left out": lambda data, wire: has_types(data, lambda t, v: 32 not in t and len(t) < len(v)),
    "extension put in": lambda data, wire: has_types(data, lambda t, v: len(set(t) - set(v)) > 0 and len(t) > len(v)),
    "message cut": lambda data, wire: len(data) == wire and 0 < len(message(data)) < 60,
    "captured in part": lambda data, wire: len(data) < wire,
    "layer left out": lambda data, wire: data[12:14] == b"\x86\xdd",
    "wrapped in IPv4": lambda data, wire: data[12:14] == b"\x08\x00" and data[23:24] == b"\x04" and data[43:44] != b"\x29",
    "wrapped in a VLAN": lambda data, wire: data[12:14] in (b"\x81\x00", b"\x88\xa8"),
    "wrong authenticator": lambda data, wire: is_signed_wrongly(data),
    "wrong checksum of IPv4": lambda data, wire: data[12:15] == b"\x08\x00\x45" and len(data) >= 34 and not checksum_holds(data),
    "no checksum of UDP": lambda data, wire: bool(message(data)) and data[40:42] == b"\0\0",
}


def test_mutations_are_of_every_kind(cases):
    """Each is seen in the bytes of some packets; none is seen in the valid ones."""
    packets = [(data, wire) for _, _, data, wire in records(cases[0])]
    assert not any(is_so(data, wire) for data, wire in packets[:4] for is_so in KINDS.values())
    count = {kind: sum(is_so(data, wire) for data, wire in packets) for kind, is_so in KINDS.items()}
    assert all(number >= 5 for number in count.values()), count


def fields_on_the_wire(path):
    """Values of some fields in all messages: lifetimes, and of extensions their lengths, prefix lengths and codes."""
    found = {"lifetime": set(), "length": set(), "prefix length": set(), "code": set()}
    for _, _, data, _ in records(path):
        payload = message(data)
        if len(payload) >= 4:
            found["lifetime"].add(int.from_bytes(payload[2:4], "big"))
        for kind, length, rest in extensions_of(payload):
            found["length"].add(length)
            if kind == 152 and rest[:1] == b"\x01" and len(rest) > 1:
                found["prefix length"].add(rest[1])
            if kind == 152 and rest[:1] == b"\x02" and len(rest) > 1:
                found["code"].add(rest[1])
    return found


def test_edges_are_met():
    """In a long run every value at the edge of a rule comes up."""
    found = fields_on_the_wire(fuzz(scratch() / "long.pcap", "--count", 200000))
    edges = {"prefix length": {0, 1, 127, 128, 129, 254, 255}, "code": {0, 1, 2, 7, 8, 9, 10, 255},
             "lifetime": {0, 1, 0xfffe, 0xffff}, "length": {0, 1, 2, 17, 18, 19, 20, 21, 255}}
    assert {field: values - found[field] for field, values in edges.items() if values - found[field]} == {}


def test_signed_after_mutations_before_signing(tmp_path):
    """Whatever was done to prefixes and lifetimes, the authenticator fits; after signing it does not."""
    path = fuzz(tmp_path / "x.pcapng", "--count", 20000, "--seed", 11)
    named = comments(path)
    before = {number for number, (_, _, _, mutation) in enumerate(named)
              if re.fullmatch(r"((request|reply)\.lifetime 0x\w+|another prefix_\w+\.prefix), before signing", mutation)}
    after = {number for number, (_, _, _, mutation) in enumerate(named)
             if re.fullmatch(r"another (request|reply)\.(lifetime|flags|code).*, after signing", mutation)}
    assert len(before) > 20 and len(after) > 5
    wrong = set()
    for number, _, payload in control_messages_of(path, before | after):
        if wrong_authenticators(payload, KEYS)[0]:
            wrong.add(number)
    assert not wrong & before
    assert len(wrong) > len(after) / 2  # a value may be what it was


def control_messages_of(path, numbers):
    picked = scratch() / "picked.pcap"
    frames = [str(number + 1) for number in sorted(numbers)]
    for i in range(0, len(frames), 400):
        subprocess.run(["editcap", "-F", "pcap", "-r", path, picked, *frames[i:i + 400]], check=True,
                       capture_output=True)
        order = sorted(numbers)[i:i + 400]
        for number, packet, payload in control_messages(picked):
            yield order[number - 1], packet, payload


def test_times_and_identifications_go_on(cases):
    times = [float(packet.time) for packet in rdpcap(str(cases[0]))]
    assert times == sorted(times) and len(set(times)) == COUNT
    requests = [(number, payload) for number, _, payload in control_messages_of(cases[1], set(range(0, 400)))
                if payload[0] in (1, 3) and len(payload) > 24]
    identifications = [payload[16:24] if payload[0] == 1 else payload[12:20] for _, payload in requests]
    assert len(set(identifications)) > len(requests) / 3


@pytest.mark.parametrize("name", ["fa_hoa_mode", "natt_coa_mode", "two_nodes", "prefix_delegation", "prefix_bits",
                                  "ext_overrun.near_miss"])
def test_other_scenarios(name, tmp_path):
    assert len(records(fuzz(tmp_path / "x.pcap", "--count", 500, name=name))) == 500


def test_every_scenario_under_the_sanitizers(asan_build):
    """dsmipgen itself, on mutations that its own builders may not like."""
    for name in dsmipgen.scenarios()[::7]:
        process = run([asan_build / "gen" / "dsmipgen", "fuzz", name, "--count", 500, "-w", "/dev/null"],
                      ordinary_user=False)
        assert (process.returncode, process.stderr) == (0, ""), name


def test_plugin_under_the_sanitizers(asan_build):
    """Two thousand cases; a million by hand: tools/fuzz-tshark.sh --cases 1000000."""
    env = {"DSMIPV4_BUILD": str(BUILD), "DSMIPV4_ASAN_BUILD": str(asan_build)}
    process = run([ROOT / "tools" / "fuzz-tshark.sh", "--cases", "2000", "1"], env=env, ordinary_user=False)
    assert process.returncode == 0, process.stderr[-5000:]
    assert process.stdout.endswith("mutated packets, no finding\n")


@pytest.mark.parametrize("options,words", [
    (["--count", "0"], ["count", "1"]),
    (["--count", "5000000000"], ["count", "4000000000"]),
    (["--count", "10", "--only", "10"], ["case 10"]),
    (["--seed", "-1"], ["seed", "4294967295"]),
    (["two_nodes"], ["more than one"]),
    (["--set", "mn1.nothing=1"], ["mn1.nothing"]),
    (["--format", "text"], ["text", "pcapng"]),
])
def test_refusals(options, words, tmp_path):
    process = dsmipgen.dsmipgen("fuzz", "coa_mode", "-w", tmp_path / "x.pcap", *options)
    check_refusal(process, USAGE, *words)
    assert not list(tmp_path.iterdir())


def test_no_name_or_file():
    check_refusal(dsmipgen.dsmipgen("fuzz", "-w", "-"), USAGE, "no scenario")
    check_refusal(dsmipgen.dsmipgen("fuzz", "coa_mode"), USAGE, "no output")
    check_refusal(dsmipgen.dsmipgen("fuzz", "coa_mod", "-w", "-"), USAGE, "coa_mode")
    check_refusal(dsmipgen.dsmipgen("fuzz", "coa_mode", "-w", "/nonexistent/x"), ENVIRONMENT, "/nonexistent/x")
