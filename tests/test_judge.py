# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen judge: what was recorded of runs gives the verdicts of the runs, and nothing does that was changed."""

import hashlib
import json
import re
import shutil
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import dsmipgen
from dsmipv4_tshark import ROOT, scratch, tshark
from network import needs_network
from test_cli import USAGE, check_refusal
from test_run import SUITE, agent, bare_ends, own_suite, run, run_row

pytestmark = needs_network

FAILED, ENVIRONMENT, INCONCLUSIVE = 1, 3, 4
# Without a fault; one that fails, one that makes tests inconclusive, one after which tests are skipped, one with late answers
ROWS = {"ha": None, "mn": None, "fa": None, "echo-id": "ha", "no-prefix": "ha", "crash": "ha", "silent": "ha",
        "duplicate": "ha", "no-link-local": "ha", "mn-no-prefix": "mn", "fa-any-visitor": "fa"}


def judge(suite, device, evidence, *options):
    return dsmipgen.dsmipgen("judge", suite, "--dut", device, "-r", evidence, *options)


def verdicts_of(report):
    """Everything that a run says of its tests, but for the times of those that were skipped."""
    document = json.loads((report / "results.json").read_text())
    for test in document["tests"]:
        if test["verdict"] == "SKIP":
            del test["started"]
    return {key: document[key] for key in ["suite", "device", "strict", "planned", "complete", "verdict", "status", "counts", "tests"]}


@pytest.fixture(scope="module", name="runs")
def fixture_runs(tmp_path_factory):
    """Name of a row -> its suite, and the folder of its run."""
    folder = tmp_path_factory.mktemp("runs")

    def one(ends, name):
        role = ROWS[name] or name
        process = run_row(ends, folder / name, name if ROWS[name] else None, role, "--report", folder / name / "report")
        return role, folder / name, process

    with bare_ends(len(ROWS)) as pairs, ThreadPoolExecutor(len(ROWS)) as pool:
        return dict(zip(ROWS, pool.map(one, pairs, ROWS)))


@pytest.mark.parametrize("name", ROWS)
def test_same_verdicts(runs, name):
    suite, folder, process = runs[name]
    again = judge(suite, folder / "device.yaml", folder / "report" / "evidence.pcapng", "--strict", "--report", folder / "again")
    assert (again.returncode, again.stderr) == (process.returncode, process.stderr)
    assert again.stdout.replace("/again/", "/report/") == process.stdout
    assert verdicts_of(folder / "again") == verdicts_of(folder / "report")
    for path in (folder / "report" / "evidence").iterdir():
        assert path.read_bytes() == (folder / "again" / "evidence" / path.name).read_bytes()
    assert not (folder / "again" / "evidence.pcapng").exists()


def test_rows_differ(runs):
    """They have every verdict, so that the comparison says something."""
    words = {test["verdict"] for _, folder, _ in runs.values() for test in verdicts_of(folder / "report")["tests"]}
    assert words == {"PASS", "FAIL", "INCONC", "SKIP"}


def test_selection_and_rounds(tmp_path):
    """What the run was asked for is what is judged; without --strict, a SHOULD is a warning."""
    with bare_ends() as (ends,), agent(ends, "--fault", "no-link-local"):
        run(ends, tmp_path, "--only", "HA-6*", "--repeat", "2", "--report", tmp_path / "report")
    process = judge("ha", tmp_path / "device.yaml", tmp_path / "report" / "evidence.pcapng", "--tap")
    points = re.findall(r"^(?:not )?ok \d+ - (\S+)", process.stdout, re.MULTILINE)
    assert points == 2 * ["HA-00", "HA-60", "HA-61"]
    assert process.stdout.count("verdict: WARN") == 2 and process.returncode == 0


def test_other_expectations(runs, tmp_path):
    """A suite whose expectations were changed judges the same packets anew; one that sends others does not."""
    first, _, test = SUITE.partition("  - id: T1\n")
    text = first + "".join(f"  - id: T{number}\n{test}" for number in [0, 1, 2]).replace("code: 0 }]", "code: 1 }]", 1)
    with bare_ends() as (ends,), agent(ends):
        run(ends, tmp_path, "--report", tmp_path / "report", suite=own_suite(tmp_path, text))
    evidence = tmp_path / "report" / "evidence.pcapng"
    for old, new, status, words in [
            ("", "", FAILED, "prefix_reply.code is 1, expected 0"),
            ("code: 0 }]", "code: 9 }]", FAILED, "prefix_reply.code is 1, expected 9"),
            ("code: 0 }]", "code: 1 }]", 0, "PASS    T2"),
            ("tunneling_mode: {}, ", "", USAGE, "'dsmipgen run T0 step request' has sent another packet"),
            ("id: T2", "id: T3", USAGE, "expected test T3, got test T2")]:
        process = judge(own_suite(tmp_path, text.replace(old, new)), tmp_path / "device.yaml", evidence)
        assert process.returncode == status and words in process.stdout + process.stderr, process.stdout + process.stderr


def test_hooks_are_recorded(tmp_path):
    """What a hook printed is judged again, and the hook is not run."""
    suite = own_suite(tmp_path, SUITE_WITH_HOOKS)
    with bare_ends() as (ends,), agent(ends):
        first = run(ends, tmp_path, "--report", tmp_path / "report", suite=suite,
                    more="hooks: { good: 'echo x >>%s; echo bound', bad: exit 3 }\n" % (tmp_path / "calls"))
    calls = (tmp_path / "calls").read_text()
    again = judge(suite, tmp_path / "device.yaml", tmp_path / "report" / "evidence.pcapng")
    assert (tmp_path / "calls").read_text() == calls != ""
    assert re.findall(r"^(PASS|FAIL|INCONC) +(\S+)", again.stdout, re.MULTILINE) == \
        [("PASS", "T-1"), ("FAIL", "T-2"), ("INCONC", "T-3")]
    assert "the hook good prints 'bound', expected 192.0.2.9" in again.stdout
    assert again.stdout == re.sub(r"        .*/evidence/.*\n", "", first.stdout)


SUITE_WITH_HOOKS = """
suite: hooks
title: Hooks
role: ha
base: coa_mode
tests:
""" + "".join(f"""
  - id: T-{number}
    title: A hook
    clause: RFC 5944 3.6
    class: must
    steps:
      - call: {name}
        {more}
""" for number, name, more in [(1, "good", "expect: '^b.und'"), (2, "good", "expect: 192.0.2.9"), (3, "bad", "")])


def test_evidence_in_tshark(runs):
    """The sections of the file are one capture, in which a filter finds the frame that is wrong."""
    capture = Path(scratch()) / "run-evidence.pcapng"
    shutil.copy(runs["echo-id"][1] / "report" / "evidence.pcapng", capture)
    capture.chmod(0o644)
    comments = tshark(["-r", capture, "-Y", 'frame.comment contains "FAIL"', "-T", "fields", "-e", "mip.type", "-e",
                       "frame.comment"]).splitlines()
    assert len(comments) == 1 and comments[0].startswith("3\t")
    assert "dsmipgen run HA-32 await reply: FAIL identification_high" in comments[0]


# What is no evidence.

def sections_of(data):
    """The sections of a file, each as a list of its blocks."""
    sections, at = [], 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind == 0x0A0D0D0A:
            sections.append([])
        sections[-1].append(data[at:at + length])
        at += length
    return sections


def sealed(blocks):
    """A section whose checksum is right, whatever else is changed."""
    head = re.sub(rb"sha256: [0-9a-f]{64}", b"sha256: " + 64 * b"0", blocks[0])
    data = head + b"".join(blocks[1:])
    return data.replace(64 * b"0", hashlib.sha256(data).hexdigest().encode(), 1)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def with_comments(block, change):
    """A section header with other comments."""
    at, comments = 24, []
    while (code := struct.unpack_from("<HH", block, at))[0] == 1:
        comments.append(block[at + 4:at + 4 + code[1]].decode())
        at += 4 + (code[1] + 3) // 4 * 4
    body = block[8:24] + b"".join(option(1, text.encode()) for text in change(comments)) + bytes(4)
    return struct.pack("<II", 0x0A0D0D0A, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


@pytest.fixture(scope="module", name="small")
def fixture_small(runs):
    """The evidence of a run of few packets, with its suite and device file."""
    folder = runs["silent"][1]
    return folder / "device.yaml", (folder / "report" / "evidence.pcapng").read_bytes()


def refused(small, tmp_path, data, status, *words):
    device, _ = small
    (tmp_path / "evidence.pcapng").write_bytes(data)
    process = judge("ha", device, tmp_path / "evidence.pcapng")
    assert process.returncode == status, process.stdout + process.stderr
    assert process.stderr.startswith("dsmipgen: ") and process.stderr.count("\n") == 1
    assert all(word in process.stderr for word in words), process.stderr
    return process


def test_cut(small, tmp_path):
    """Inside of a section nothing is judged; between them, what was not finished is no pass."""
    data = small[1]
    ends = [len(b"".join(sum(sections_of(data)[:count], []))) for count in range(len(sections_of(data)))]
    blocks = [len(b"".join(sum(sections_of(data), [])[:count])) for count in range(1, 6)]
    for length in [7, *(end - 1 for end in blocks), *(end + 1 for end in blocks), len(data) - 4]:
        process = refused(small, tmp_path, data[:length], ENVIRONMENT, "cannot judge", "byte ")
        assert process.stdout == ""
    for end in blocks:
        if end not in ends:
            refused(small, tmp_path, data[:end], ENVIRONMENT, "checksum is wrong")
    refused(small, tmp_path, b"", ENVIRONMENT, "the file is empty")
    refused(small, tmp_path, data[:ends[1]], INCONCLUSIVE, "ends after test 0 of 67, before HA-00")
    refused(small, tmp_path, data[:ends[-1]], FAILED, "ends after test 67 of 67, before the end of the run")


def test_damaged(small, tmp_path):
    """One bit anywhere."""
    data = small[1]
    for at in range(5, len(data), len(data) // 12):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        assert refused(small, tmp_path, changed, ENVIRONMENT, "cannot judge").stdout == ""


def test_rearranged(small, tmp_path):
    """Whole sections in another order, twice, or without one of them."""
    sections = [b"".join(blocks) for blocks in sections_of(small[1])]
    for order in [[1, 0, 2], [0, 1, 1, 2], [0, 2], [1, 2], [0, 1, 2, 2]]:
        refused(small, tmp_path, b"".join(sections[i] for i in order), ENVIRONMENT, "missing before this one")


def drop(key):
    return lambda comments: [text for text in comments if not text.startswith(key)]


def put(key, value):
    return lambda comments: [f"{key}: {value}" if text.startswith(key) else text for text in comments]


@pytest.mark.parametrize("section, change, status, words", [
    (0, drop("link"), ENVIRONMENT, ["does not tell the Ethernet addresses"]),
    (0, put("link", "02:00:00:00:00:01 x"), ENVIRONMENT, ["does not tell the Ethernet addresses"]),
    (0, put("link", "02:00:00:00:00:01 02:00:00:00:00:02 "), ENVIRONMENT, ["does not tell the Ethernet addresses"]),
    (0, drop("device"), USAGE, ["is evidence of the device ''"]),
    (0, drop("suite"), USAGE, ["is evidence of the suite (none)", "expected ha"]),
    (0, put("suite", "fa"), USAGE, ["is evidence of the suite fa"]),
    (0, put("suite", "\\033[2Jha"), USAGE, ["is evidence of the suite \\033[2Jha;"]),  # nothing for the terminal
    (0, put("repeat", "0"), ENVIRONMENT, ["how often"]),
    (0, drop("repeat"), ENVIRONMENT, ["how often"]),
    (0, put("dsmipgen run", "test"), USAGE, ["expected begin, got test"]),
    (1, put("test", "HA-01"), USAGE, ["expected test HA-00, got test HA-01"]),
    (1, put("round", "2"), USAGE, ["expected test HA-00"]),
    (1, put("run", "7"), ENVIRONMENT, ["of another run"]),
    (1, drop("run"), ENVIRONMENT, ["of another run"]),
    (1, drop("clock"), USAGE, ["fewer steps"]),
    (1, put("clock", "-1"), ENVIRONMENT, ["comments of the section are wrong"]),
    (1, put("clock", "99999999999999999999"), ENVIRONMENT, ["comments of the section are wrong"]),
    (1, put("clock", "9223372036854775"), ENVIRONMENT, ["comments of the section are wrong"]),
    (1, put("late", "99"), ENVIRONMENT, ["comments of the section are wrong"]),
    (1, lambda comments: comments[:-1] + ["unsummed: 0", comments[-1]], ENVIRONMENT, ["comments of the section are wrong"]),
    (1, lambda comments: comments[:-1] + ["call: 0", comments[-1]], ENVIRONMENT, ["comments of the section are wrong"]),
    (1, lambda comments: ["hello", *comments], ENVIRONMENT, ["not written by `dsmipgen run --report`"]),
    (1, lambda comments: comments[:-1], ENVIRONMENT, ["checksum is wrong"]),
])
def test_wrong_comments(small, tmp_path, section, change, status, words):
    sections = sections_of(small[1])
    sections[section][0] = with_comments(sections[section][0], change)
    refused(small, tmp_path, b"".join(sealed(blocks) for blocks in sections), status, *words)


def test_frames_are_needed(small, tmp_path):
    """A test whose step has no packet, or whose packet is of no link."""
    sections = sections_of(small[1])
    none = [with_comments(sections[1][0], put("late", "0")), *sections[1][1:3]]
    refused(small, tmp_path, b"".join(sealed(blocks) for blocks in [sections[0], none, *sections[2:]]), USAGE,
            "expected 'dsmipgen run HA-00 step request', got the end of the test")
    late = bytearray(sections[1][3])
    late[12:16] = b"\xff\xff\xff\x7f"  # a time that nothing can be added to
    refused(small, tmp_path, b"".join(sealed(blocks) for blocks in [sections[0], [*sections[1][:3], bytes(late)], sections[2]]),
            ENVIRONMENT, "the block was not written by")
    sections[1] = sections[1][:1] + sections[1][3:]
    refused(small, tmp_path, b"".join(sealed(blocks) for blocks in sections), ENVIRONMENT, "the block was not written by")


@pytest.mark.parametrize("capture", ["coa_mode.pcapng", "none"])
def test_foreign(small, tmp_path, capture):
    """A capture of something else, and a text."""
    path = ROOT / "captures" / capture
    data = path.read_bytes() if path.exists() else b"This is no capture, however long it may be.\n"
    refused(small, tmp_path, data, ENVIRONMENT, "byte 0: ")


def test_another_device(small, tmp_path):
    device = tmp_path / "other.yaml"
    device.write_text(small[0].read_text().replace('"1"', '"2"'))
    (tmp_path / "evidence.pcapng").write_bytes(small[1])
    check_refusal(judge("ha", device, tmp_path / "evidence.pcapng"), USAGE,
                  "is evidence of the device 'dsmipgen respond 1 ha 198.51.100.1'; expected 'dsmipgen respond 2 ha 198.51.100.1'")


@pytest.mark.parametrize("words, expected", [
    ([], ["no suite named"]), (["ha"], ["no device file"]), (["ha", "--dut", "x.yaml"], ["no evidence"]),
])
def test_wrong_usage(words, expected):
    check_refusal(dsmipgen.dsmipgen("judge", *words), USAGE, *expected)
