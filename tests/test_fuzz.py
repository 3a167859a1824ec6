# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen fuzz: each case can be written again by itself, its comment describes it, and the plugin survives it."""

import re
import subprocess
from collections import Counter

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
    shown = tshark(["-n", "-r", readable(path), "-T", "fields", "-e", "frame.comment"], plugin=False)
    return [COMMENT.match(line).groups() for line in shown.splitlines()]


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


def test_mutations_are_of_every_kind(cases):
    kinds = ["lengthen", "shorten", "length", "swap", "repeat", "leave out", "leave out layer", "put in", "append",
             "cut", "wrap in", "capture", "bad authenticator", "authenticator of", "flip bits", "end after", "take out",
             "another"]
    mutations = [mutation for _, _, _, mutation in comments(cases[1])]
    count = Counter(kind for kind in kinds for mutation in mutations if re.search(rf"(^|; ){kind} ", mutation))
    assert all(count[kind] >= 5 for kind in kinds), count
    assert any("checksum none" in mutation for mutation in mutations)
    assert any("checksum bad" in mutation for mutation in mutations)
    assert sum(mutation.endswith("with right checksums, after signing") for mutation in mutations) > COUNT / 50


@pytest.mark.parametrize("mutation,field,edges", [
    (r"prefix_request\.length 0x(\w+)", "prefix length", {0, 1, 127, 128, 129, 254, 255}),
    (r"prefix_reply\.code 0x(\w+)", "code", {0, 1, 2, 7, 8, 9, 10, 255}),
    (r"(?:request|reply)\.lifetime 0x(\w+)", "lifetime", {0, 1, 0xfffe, 0xffff}),
    (r"length (\d+) in \w+", "length", {0, 1, 2, 17, 18, 19, 20, 21, 255}),
])
def test_edges_are_met(mutation, field, edges):
    """In a long run every value at the edge of a rule comes up."""
    path = fuzz(scratch() / "long.pcapng", "--count", 200000)
    text = path.read_bytes().decode("latin-1")
    found = {int(number, 16 if "0x" in mutation else 10) for number in re.findall(mutation, text)}
    assert edges <= found, field


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
    """A few thousand cases; a million by hand: tools/fuzz-tshark.sh --cases 1000000."""
    env = {"DSMIPV4_BUILD": str(BUILD), "DSMIPV4_ASAN_BUILD": str(asan_build)}
    process = run([ROOT / "tools" / "fuzz-tshark.sh", "--cases", "5000", "1"], env=env, ordinary_user=False)
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
