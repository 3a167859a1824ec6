# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen answers what it cannot do with one line, the right exit status, and no file.

The line names the file and the line in it, what is wrong and what was expected.
"""

import json
import os
import re
import signal
import subprocess

import pytest
import yaml

import dsmipgen
from dsmipv4_tshark import TIMEOUT, checked, with_default_signals, with_ignored_signals

USAGE, ENVIRONMENT = 2, 3

# A scenario whose line 5, the marked one, is replaced by each case below.
SCENARIO = """\
base: coa_mode
violation:
  - step: request
    extensions:
      - prefix_request: { prefix: "2001:db8:a::", length: 48 }
      - mn_ha_auth: {}
    expect: [prefix_bits]
  - step: reply
    reply: { lifetime: 300 }
near_miss:
  - step: request
    request: { lifetime: 300 }
"""
MARKED = '      - prefix_request: { prefix: "2001:db8:a::", length: 48 }\n'

# name: (line that takes the place of the marked one, words that the answer must contain)
BAD_LINES = {
    "unknown_key": ("      - prefix_request: { prefx: \"2001:db8:a::\", length: 48 }", ["prefx", "prefix"]),
    "key_like_no_other": ("      - prefix_request: { zyxwvut: 1 }", ["zyxwvut"]),
    "unknown_extension": ("      - prefix_reqest: { length: 48 }", ["prefix_reqest", "prefix_request"]),
    "not_an_address": ("      - prefix_request: { prefix: \"2001:db8:zz::\", length: 48 }", ["2001:db8:zz::", "IPv6"]),
    "ipv4_for_ipv6": ("      - prefix_request: { prefix: 192.0.2.1, length: 48 }", ["192.0.2.1", "IPv6"]),
    "not_a_number": ("      - prefix_request: { length: long }", ["long", "length"]),
    "number_out_of_range": ("      - prefix_request: { length: 256 }", ["256", "255"]),
    "unknown_world_name": ("      - prefix_request: { prefix: mn1.prefx }", ["mn1.prefx", "mn1.prefix"]),
    "overlong_extension": ("      - raw: { type: 200, body: \"" + "00" * 256 + "\" }", ["256", "255"]),
    "overlong_152": ("      - dsmipv4: { subtype: 4, body: \"" + "00" * 255 + "\" }", ["256", "255"]),
}


def check_refusal(process, status, *words):
    """One line on standard error with all of the words, nothing on standard output."""
    assert process.returncode == status, process.stderr
    assert process.stdout == ""
    assert re.fullmatch(r"dsmipgen: [^\n]+\n", process.stderr), process.stderr
    for word in words:
        assert word in process.stderr, f"{word!r} is not in {process.stderr!r}"


def write_bad(tmp_path, text, name="bad.yaml"):
    """Write `text` to a scenario file and have dsmipgen write its capture over an old file."""
    scenario = tmp_path / name
    scenario.write_text(text)
    target = tmp_path / "out.pcapng"
    target.write_bytes(b"old")
    process = dsmipgen.dsmipgen("write", scenario, "-w", target)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "out.pcapng"]), "a file was left"
    assert target.read_bytes() == b"old", "the target was touched"
    return process


def test_the_scenario_itself_is_right(tmp_path):
    scenario = tmp_path / "good.yaml"
    scenario.write_text(SCENARIO)
    process = dsmipgen.dsmipgen("write", scenario, "-w", tmp_path / "out.pcapng")
    assert (process.returncode, process.stderr) == (0, "")
    assert (tmp_path / "out.pcapng").stat().st_size > 500


@pytest.mark.parametrize("case", BAD_LINES)
def test_bad_line(tmp_path, case):
    line, words = BAD_LINES[case]
    assert MARKED in SCENARIO
    process = write_bad(tmp_path, SCENARIO.replace(MARKED, line + "\n"))
    check_refusal(process, USAGE, "bad.yaml:5:", *words)
    assert re.search("expected|did you mean", process.stderr)


@pytest.mark.parametrize("old, new, line, words", [
    ("base: coa_mode", "base: coa_mod", 1, ["coa_mod", "coa_mode"]),
    ("- step: request\n    extensions", "- step: reqest\n    drop: true\n    extensions", 3, ["reqest"]),
    ("expect: [prefix_bits]", "expect: [prefix_bit]", 7, ["prefix_bit", "prefix_bits"]),
    ("    reply: { lifetime: 300", "    reply: { lifetime: 65536", 9, ["65536", "65535"]),
    ("near_miss:", "near_mis:", 10, ["near_mis", "near_miss"]),
    ("- step: reply", "- stap: reply", 8, ["stap", "step"]),
])
def test_bad_word(tmp_path, old, new, line, words):
    assert old in SCENARIO
    process = write_bad(tmp_path, SCENARIO.replace(old, new))
    check_refusal(process, USAGE, f"bad.yaml:{line}:", *words)
    assert re.search("expected|did you mean", process.stderr)


# name: (edit of a step of coa_mode from line 3 on, line at fault, words that the answer must contain)
BAD_EDITS = {
    "reference": ("request\n    request: { identification: \"step:reply\" }", 4, ["request.identification"]),
    "reference_in_a_flow": ("request\n    request: {\n      flags: D,\n      identification: \"step:x\" }", 6, []),
    "auto": ("data_to_mn\n    stack:\n      - ethernet: {}\n      - payload: {}", 5, ["auto"]),
    "three_bytes_of_options": ("request\n    ipv4:\n      options: \"01 01 01\"", 5,
                               ["ipv4.options: 3 bytes", "multiple of 4 bytes, at most 40"]),
    "eleven_words_of_options": ("request\n    ipv4:\n      ttl: 1\n      options: \"" + "01" * 44 + "\"", 6,
                                ["ipv4.options: 44 bytes", "multiple of 4 bytes, at most 40"]),
    "answers": ("reply\n    answers: data_to_mn", 4, ["answers"]),
    "second_message": ("reply\n    request: {}", 3, ["reply", "second message"]),
    "layer_beside_the_stack": ("data_to_mn\n    ipv4: { ttl: 1 }", 4, ["ipv4", "stack"]),
    "stack_beside_layers": ("request\n    stack: [ payload: {} ]", 3, ["ipv4", "stack"]),
    "long_cut": ("request\n    request: {}\n    cut: 999", 5, ["cut"]),
    "cut_of_nothing": ("data_to_mn\n    stack: [ ipv4: { source: mn.coa, destination: mn.hoa, protocol: 1 } ]\n"
                       "    cut: 1", 5, ["ipv4", "cut"]),
    "long_packet": ("request\n    trailer: \"" + "00" * 65536 + "\"", 3, ["65535"]),
}


@pytest.mark.parametrize("case", BAD_EDITS)
def test_bad_edit(tmp_path, case):
    """What is wrong in an edit is looked for in the edit, not in the base."""
    edit, line, words = BAD_EDITS[case]
    process = write_bad(tmp_path, f"base: coa_mode\nsteps:\n  - step: {edit}\n")
    check_refusal(process, USAGE, f"bad.yaml:{line}: ", "expected", *words)
    assert "coa_mode" not in process.stderr


def test_step_overtaken_by_an_edit(tmp_path):
    """The time that no longer fits is the base's, so the edit before it is named too."""
    process = write_bad(tmp_path, "base: handoff\nsteps:\n  - step: data_from_mn\n    at: 20\n")
    check_refusal(process, USAGE, "handoff.yaml:", "].at", "'data_from_mn'", "bad.yaml:3)", "20.000000")


# Numbers that a field of 32 bits cannot hold, given or reached from a reference.
@pytest.mark.parametrize("edit, problem", [
    ("step: revocation\n    revocation: { identification: 0x154540001 }", "wrong value '0x154540001'; expected a number "
     "from 0 to 4294967295"),
    ("step: revocation\n    revocation: { identification: \"step:request_to_ha\" }", "from 0 to 4294967295"),
    ("step: revocation_ack\n    revocation_ack: { identification: 4294967296 }", "from 0 to 4294967295"),
    ("step: revocation_ack\n    revocation_ack: { identification: \"step:revocation+0x20000000\" }",
     "from 0 to 4294967295"),
    ("step: request_to_ha\n    extensions: [ revocation_support: { timestamp: 0x100000000 } ]", "from 0 to 4294967295"),
])
def test_number_too_large_for_32_bits(tmp_path, edit, problem):
    process = write_bad(tmp_path, f"base: revocation\nsteps:\n  - {edit}\n")
    check_refusal(process, USAGE, "bad.yaml:4: ", problem)


@pytest.mark.parametrize("number", ["4294967295", "0xffffffff", '"step:revocation+1"'])
def test_number_that_fits_32_bits(tmp_path, number):
    scenario = tmp_path / "good.yaml"
    scenario.write_text("base: revocation\nsteps:\n  - step: revocation_ack\n"
                        f"    revocation_ack: {{ identification: {number} }}\n")
    process = dsmipgen.dsmipgen("write", scenario, "-w", tmp_path / "out.pcapng")
    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.parametrize("ipv4", [f'options: "{"01" * 40}"', 'ihl: 5, options: "010101"'])
def test_options_that_are_written(tmp_path, ipv4):
    scenario = tmp_path / "good.yaml"
    scenario.write_text(f"base: coa_mode\nsteps:\n  - step: request\n    ipv4: {{ {ipv4} }}\n")
    process = dsmipgen.dsmipgen("write", scenario, "-w", tmp_path / "out.pcapng")
    assert (process.returncode, process.stderr) == (0, "")


ECHO = "stack: [ payload: { text: hello } ]"


@pytest.mark.parametrize("text, line", [
    (f"steps:\n  - step: a\n    {ECHO}\n  - step: b\n    {ECHO}\n  - {ECHO}\n    step: a\n", 7),
    ("base: coa_mode\nsteps:\n  - step: reply\n    at: 0.5\n  - step: reply\n    reply: { code: 1 }\n", 5),
    ("base: coa_mode\nsteps:\n  - step: again\n    like: request\n  - step: again\n    like: request\n", 5),
    ("base: coa_mode\nviolation:\n  - step: reply\n    drop: true\n  - step: reply\n    reply: {}\n", 5),
])
def test_name_twice_in_a_list(tmp_path, text, line):
    process = write_bad(tmp_path, text)
    check_refusal(process, USAGE, f"bad.yaml:{line}: ", "exists already", "expected")


def test_name_once_in_each_list(tmp_path):
    """What `steps` edits or adds, `violation` may edit again."""
    scenario = tmp_path / "good.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - step: reply\n    at: 0.5\n"
                        "violation:\n  - step: reply\n    reply: { code: 1 }\n")
    shown = dsmipgen.dsmipgen("show", scenario)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "at: 0.5" in shown.stdout and "code: 1" in shown.stdout


@pytest.mark.parametrize("text, line", [
    ("steps:\n  - step: a\n   at: 1\n", 3),
    ("steps: [\n", 2),
    ("steps:\n\t- step: a\n", 2),
    ("summary: \"never closed\n", 2),
])
def test_yaml_syntax(tmp_path, text, line):
    check_refusal(write_bad(tmp_path, text), USAGE, f"bad.yaml:{line}:")


def test_nested_without_end(tmp_path):
    """A hundred thousand brackets take the YAML library more than a minute."""
    check_refusal(write_bad(tmp_path, "steps: " + "[" * 100000), USAGE, "bad.yaml:1: ", "too deeply", "100")
    check_refusal(write_bad(tmp_path, "\n".join(" " * i + "a:" for i in range(3000))), USAGE, "too deeply")


def test_second_document(tmp_path):
    process = write_bad(tmp_path, "base: coa_mode\nsteps: []\n---\nsteps: []\n")
    check_refusal(process, USAGE, "bad.yaml:3: ", "second YAML document", "expected one")


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "[]\n", "just text\n", "steps: {}\n", "\0\1\2"])
def test_no_scenario_in_the_file(tmp_path, text):
    check_refusal(write_bad(tmp_path, text), USAGE, "bad.yaml")


# Names of one file: the cycle is found however it is written.
@pytest.mark.parametrize("name", ["a.yaml", "./a.yaml", "a.yaml#near_miss", "loop/a.yaml", "{folder}/a.yaml"])
def test_base_cycle(tmp_path, name):
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a.yaml").write_text("base: b.yaml\nnear_miss: []\nsteps: []\n")
    (tmp_path / "b.yaml").write_text(f"base: {name.format(folder=tmp_path)}\nsteps: []\n")
    process = dsmipgen.dsmipgen("show", tmp_path / "a.yaml#near_miss")
    check_refusal(process, USAGE, "b.yaml:1: base: ", "based on itself")


@pytest.mark.parametrize("folder", ["", "inner", "/"])
@pytest.mark.parametrize("base", ["base.yaml", "./base.yaml", "../outer/base.yaml", "{folder}/outer/base.yaml"])
def test_base_beside_the_file(tmp_path, folder, base):
    """A path is looked up beside the file that names it, wherever dsmipgen runs."""
    outer = tmp_path / "outer"
    (outer / "inner").mkdir(parents=True)
    (outer / "base.yaml").write_text("base: coa_mode\nsummary: Found\nsteps: []\n")
    (outer / "scenario.yaml").write_text(f"base: \"{base.format(folder=tmp_path)}\"\nsteps: []\n")
    for name in [outer / "scenario.yaml", os.path.relpath(outer / "scenario.yaml", outer / folder)]:
        shown = subprocess.run([dsmipgen.PROGRAM, "show", name], cwd=outer / folder, capture_output=True, text=True,
                               timeout=TIMEOUT, check=False)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert shown.stdout.startswith("# Found\n")


def test_base_that_is_not_there(tmp_path):
    process = write_bad(tmp_path, "summary: x\nbase: other.yaml\nsteps: []\n")
    check_refusal(process, USAGE, "bad.yaml:2: base: ", f"{tmp_path}/other.yaml")


@pytest.mark.parametrize("args, words", [
    (["write", "prefix_bit"], ["prefix_bit", "prefix_bits"]),
    (["write", "prefix_bits.near_mis"], ["prefix_bits.near_mis"]),
    (["write", "no_such_thing_at_all"], ["no_such_thing_at_all", "dsmipgen list"]),
    (["write", "coa_mode", "--set", "mn1.key"], ["mn1.key", "expected"]),
    (["write", "coa_mode", "--set", "mn1.coaa=192.0.2.1"], ["mn1.coaa", "mn1.coa"]),
    (["write", "coa_mode", "--set", "mn1.coa=192.0.2"], ["192.0.2", "IPv4"]),
    (["write", "coa_mode", "--set", "mn1.prefix_length=256"], ["256"]),
    (["write", "coa_mode", "--format", "pcpng"], ["pcpng", "pcapng"]),
    (["write", "coa_mode", "--seed", "many"], ["many"]),
    (["write", "coa_mode", "--no-such-option"], ["no-such-option"]),
    (["write"], ["NAME"]),
    (["write", "./missing.yaml"], ["missing.yaml", "No such file"]),
    (["write", "/"], ["'/'", "Is a directory"]),
    (["write", "coa_mode", "--set", "mn1.coa=x"], ["--set mn1.coa:", "IPv4"]),
    (["write", "coa_mode", "--nodes", "0"], ["0 nodes", "expected 1"]),
    (["frobnicate"], ["frobnicate"]),
    (["list", "frobs"], ["flows", "rules"]),
    (["show"], ["NAME"]),
    (["show", "prefix_bit"], ["prefix_bit", "prefix_bits"]),
])
def test_bad_arguments(tmp_path, args, words):
    target = tmp_path / "out.pcapng"
    if args[0] == "write":
        args = [*args, "-w", str(target)]
    check_refusal(dsmipgen.dsmipgen(*args), USAGE, *words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options, words", [
    (["--only", "-1"], ["no case -1"]),
    (["--only", "2", "--count", "2"], ["no case 2"]),
    (["--only", "4000000000"], ["no case 4000000000"]),
    (["--count", "-5"], ["count", "expected 1 to"]),
    (["--count", "0"], ["count", "expected 1 to"]),
    (["--seed", "-1"], ["seed", "expected 0 to"]),
])
def test_bad_numbers_of_fuzz(tmp_path, options, words):
    process = dsmipgen.dsmipgen("fuzz", "coa_mode", "-w", tmp_path / "out.pcapng", *options)
    check_refusal(process, USAGE, *words)
    assert list(tmp_path.iterdir()) == []


def test_standard_input():
    command = [dsmipgen.PROGRAM, "write", "-", "-w", "-", "--format", "pcap"]
    scenario = dsmipgen.dsmipgen("show", "prefix_bits").stdout
    piped = subprocess.run(command, input=scenario.encode(), capture_output=True, timeout=TIMEOUT, check=True).stdout
    assert piped == dsmipgen.write("prefix_bits", suffix=".pcap").read_bytes()
    process = subprocess.run(command, input=b"steps: 5\n", capture_output=True, timeout=TIMEOUT, check=False)
    assert process.returncode == USAGE and process.stderr.startswith(b"dsmipgen: -:1: steps: ")


def test_no_target():
    check_refusal(dsmipgen.dsmipgen("write", "coa_mode"), USAGE, "-w")


def test_no_arguments():
    process = dsmipgen.dsmipgen()
    assert process.returncode == USAGE
    assert process.stdout == "" and process.stderr != ""


@pytest.mark.parametrize("target", ["missing/out.pcapng", "folder", "/dev/full", "/proc/out.pcapng"])
def test_unwritable(tmp_path, target):
    (tmp_path / "folder").mkdir()
    process = dsmipgen.dsmipgen("write", "coa_mode", "-w", tmp_path / target)
    check_refusal(process, ENVIRONMENT, target)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert list((tmp_path / "folder").iterdir()) == []


@pytest.mark.parametrize("target", ["elsewhere/out.pcapng", "{folder}/elsewhere/out.pcapng", "elsewhere/link.pcapng"])
@pytest.mark.parametrize("is_there", [True, False])
def test_symbolic_link(tmp_path, target, is_there):
    """The link stays; the file that it leads to is written."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "link.pcapng").symlink_to("out.pcapng")
    if is_there:
        (elsewhere / "out.pcapng").write_bytes(b"old")
    link = tmp_path / "link.pcapng"
    link.symlink_to(target.format(folder=tmp_path))
    process = dsmipgen.dsmipgen("write", "coa_mode", "-w", link)
    assert (process.returncode, process.stderr) == (0, "")
    assert link.is_symlink() and (elsewhere / "link.pcapng").is_symlink()
    assert not (elsewhere / "out.pcapng").is_symlink()
    assert link.read_bytes() == dsmipgen.write("coa_mode").read_bytes()
    assert len([*tmp_path.rglob("*")]) == 4, "a file was left"


def test_links_in_a_circle(tmp_path):
    (tmp_path / "a.pcapng").symlink_to("b.pcapng")
    (tmp_path / "b.pcapng").symlink_to("a.pcapng")
    check_refusal(dsmipgen.dsmipgen("write", "coa_mode", "-w", tmp_path / "a.pcapng"), ENVIRONMENT, "a.pcapng")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pcapng", "b.pcapng"]
    assert (tmp_path / "a.pcapng").is_symlink()


def await_packets(process, folder):
    """Until the program has written some packets into the folder, but far from all."""
    while not any(path.stat().st_size > 1 << 16 for path in folder.iterdir()):
        assert process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("is_there", [True, False])
def test_interrupted(tmp_path, number, is_there):
    """What was there before stays, nothing else does, and the program ends by the signal."""
    target = tmp_path / "out.pcap"
    if is_there:
        target.write_bytes(b"old")
    command = with_default_signals([dsmipgen.PROGRAM, "write", "registration", "--nodes", "4000000", "-w", target])
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        await_packets(process, tmp_path)
        process.send_signal(number)
        assert process.wait(TIMEOUT) == -number and process.stderr.read() == ""
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"] * is_there


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ignored_signal(tmp_path, number):
    """Under nohup, or in the background of a script, the program goes on to the end."""
    nodes, size_of_each = 300_000, 16 + 112 + 16 + 106  # a request and a reply with their record headers
    target = tmp_path / "out.pcap"
    command = with_ignored_signals([dsmipgen.PROGRAM, "write", "registration", "--nodes", str(nodes), "-w", target])
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        await_packets(process, tmp_path)
        process.send_signal(number)
        assert process.wait(TIMEOUT) == 0 and process.stderr.read() == ""
    assert target.stat().st_size == 24 + nodes * size_of_each


def test_file_size_limit(tmp_path):
    """An error like any other, no signal."""
    command = ["prlimit", "--fsize=100000", dsmipgen.PROGRAM, "write", "registration", "--nodes", "100000",
               "-w", tmp_path / "out.pcap"]
    process = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    check_refusal(process, ENVIRONMENT, "out.pcap", "File too large")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["--help"], ["--version"], ["list"], ["show", "coa_mode"]])
def test_standard_output_that_is_full(command):
    with open("/dev/full", "w", encoding="ascii") as full:
        process = subprocess.run([dsmipgen.PROGRAM, *command], stdout=full, stderr=subprocess.PIPE, text=True,
                                 timeout=TIMEOUT, check=False)
    assert process.returncode == ENVIRONMENT and "No space left" in process.stderr


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
def test_closed_pipe(suffix):
    """A reader that goes away is one line and exit 3, no signal."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [dsmipgen.PROGRAM, "write", "coa_mode", "-w", "-", "--format", suffix]
    process = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT, check=False)
    os.close(write_end)
    assert process.returncode == ENVIRONMENT, process.stderr
    assert process.stderr.count("\n") == 1


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
def test_standard_output_has_the_bytes_of_the_file(suffix):
    command = [dsmipgen.PROGRAM, "write", "coa_mode", "-w", "-", "--format", suffix]
    piped = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=True).stdout
    assert piped == dsmipgen.write("coa_mode", suffix="." + suffix).read_bytes()


@pytest.mark.parametrize("name", dsmipgen.scenarios())
def test_show_can_be_read_back(tmp_path, name):
    """The resolved scenario that `show` prints writes the same packets as the scenario itself."""
    shown = dsmipgen.dsmipgen("show", name)
    assert (shown.returncode, shown.stderr) == (0, "")
    again = tmp_path / "again.yaml"
    again.write_text(shown.stdout)
    process = dsmipgen.dsmipgen("write", again, "-w", tmp_path / "again.pcap")
    assert (process.returncode, process.stderr) == (0, "")
    assert (tmp_path / "again.pcap").read_bytes() == dsmipgen.write(name, suffix=".pcap").read_bytes()


CLAIM = """\
base: coa_mode
steps:
  - { step: reply, expect: [reply_denied], reply: { code: 131 } }
  - { step: data_to_mn, expect: [] }
"""


def test_a_step_without_expect_claims_nothing(tmp_path):
    """Neither an edited step nor one of the base: what the edit leads to, nobody said."""
    scenario, target = tmp_path / "own.yaml", tmp_path / "own.pcapng"
    for text, claims in [(CLAIM, [None, {"reply_denied"}, set(), None]),
                         (CLAIM + "expect: none\n", [set(), {"reply_denied"}, set(), set()])]:
        scenario.write_text(text)
        checked(dsmipgen.dsmipgen("write", scenario, "-w", target))
        assert [claim for _, _, claim in dsmipgen.comments(target).values()] == claims
        again = tmp_path / "again.yaml"
        again.write_text(checked(dsmipgen.dsmipgen("show", scenario)))
        checked(dsmipgen.dsmipgen("write", again, "-w", target))
        assert [claim for _, _, claim in dsmipgen.comments(target).values()] == claims
    scenario.write_text("base: own.yaml\n")
    assert dsmipgen.dsmipgen("write", scenario, "-w", target).returncode == USAGE  # based on itself
    (tmp_path / "outer.yaml").write_text("base: own.yaml\n")
    scenario.write_text(CLAIM + "expect: none\n")
    checked(dsmipgen.dsmipgen("write", tmp_path / "outer.yaml", "-w", target))
    assert [claim for _, _, claim in dsmipgen.comments(target).values()] == [None, {"reply_denied"}, set(), None]


def test_expect_of_a_file_is_none_or_nothing(tmp_path):
    check_refusal(write_bad(tmp_path, "base: coa_mode\nexpect: prefix_bits\n"), USAGE, "bad.yaml:2: expect:", "none")


@pytest.mark.parametrize("words", [["--set", "mn1.spi=017"], ["--spacing", "017", "--nodes", "1"], ["--seed", "017"],
                                   ["--nodes=017"]])
def test_a_zero_in_front_is_refused_everywhere(tmp_path, words):
    """It is octal for some programs and for YAML 1.1, decimal for others."""
    process = dsmipgen.dsmipgen("write", "coa_mode", "-w", tmp_path / "x.pcap", *words)
    check_refusal(process, USAGE, words[0].partition("=")[0], "017", "zero in front")


@pytest.mark.parametrize("at", ["0x2", "2", "2.0"])
def test_times_are_written_as_numbers_are(tmp_path, at):
    scenario, target = tmp_path / "own.yaml", tmp_path / "own.pcap"
    scenario.write_text(f"base: coa_mode\nsteps:\n  - {{ step: data_to_mn, at: {at} }}\n")
    checked(dsmipgen.dsmipgen("write", scenario, "-w", target))
    first, third = (int.from_bytes(target.read_bytes()[i:i + 4], "little") for i in record_offsets(target)[::2])
    assert third - first == 2


def record_offsets(path):
    """Where the records of a pcap file begin."""
    data, at, found = path.read_bytes(), 24, []
    while at < len(data):
        found.append(at)
        at += 16 + int.from_bytes(data[at + 8:at + 12], "little")
    return found


@pytest.mark.parametrize("command, option, meant", [("write", "--node", "--nodes"), ("send", "--pss", "--pps"),
                                                    ("fuzz", "--sed", "--seed"), ("fuzz", "--seet", "--seed")])
def test_unknown_option(command, option, meant):
    check_refusal(dsmipgen.dsmipgen(command, "coa_mode", option, "3"), USAGE, option, f"did you mean '{meant}'?")


def test_show_refuses_what_write_refuses(tmp_path):
    scenario = tmp_path / "own.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - { step: reply, reply: { lifetime: 65536 } }\n")
    shown, written = (dsmipgen.dsmipgen(*words) for words in (["show", scenario],
                                                              ["write", scenario, "-w", tmp_path / "x.pcap"]))
    check_refusal(shown, USAGE, "own.yaml:3:", "65536")
    assert shown.stderr == written.stderr


def shown_summary(name):
    comment, summary = dsmipgen.dsmipgen("show", name).stdout.splitlines()[:2]
    assert comment == "# " + summary.removeprefix("summary: ").strip('"')
    return comment.removeprefix("# ")


def test_show_has_the_summary_of_the_list():
    """Of a rule that is its text, not the summary of the flow that it is made from. One scenario of three."""
    for line in dsmipgen.dsmipgen("list").stdout.splitlines()[::3]:
        name, summary = re.split(" +", line, maxsplit=1)
        assert shown_summary(name) == summary
        if name in dsmipgen.rules():
            assert shown_summary(name + ".near_miss") == "Near miss: " + summary


def test_show_has_the_summary_of_a_file(tmp_path):
    scenario = tmp_path / "own.yaml"
    scenario.write_text("summary: Denied\n" + SCENARIO)
    assert shown_summary(scenario) == "Denied"
    assert shown_summary(f"{scenario}#near_miss") == "Near miss: Denied"
    scenario.write_text("base: prefix_bits\nsteps: []\n")
    assert shown_summary(scenario) == shown_summary("prefix_bits")


def test_show_has_what_the_file_says_about_the_rule(tmp_path):
    """`about` is shown as the file has it; nothing is built from it, and what needs quotes can be read back."""
    scenario, again = tmp_path / "own.yaml", tmp_path / "again.yaml"
    about = {"wrong": 'A "b": c # d', "right": "word " * 60 + "end", "matters": " two  blanks", "causes": "\n",
             "not_judged": "é"}
    lines = "".join(f"  {key}: {json.dumps(text)}\n" for key, text in about.items())
    scenario.write_text(f"about:\n{lines}" + SCENARIO)
    shown = checked(dsmipgen.dsmipgen("show", scenario))
    assert yaml.safe_load(shown)["about"] == about
    assert max(map(len, shown.splitlines())) <= 120
    again.write_text(shown)
    assert checked(dsmipgen.dsmipgen("show", again)) == shown
    assert yaml.safe_load(checked(dsmipgen.dsmipgen("show", f"{scenario}#near_miss")))["about"] == about


def test_about_has_its_own_keys(tmp_path):
    process = write_bad(tmp_path, "about:\n  wrogn: x\n" + SCENARIO)
    assert ":2: about.wrogn: unknown key; did you mean 'wrong'?" in process.stderr


@pytest.mark.parametrize("command", [[], ["list"], ["show"], ["write"], ["send"], ["fuzz"]])
def test_help(command):
    process = dsmipgen.dsmipgen(*command, "--help")
    assert (process.returncode, process.stderr) == (0, "")
    assert re.match(r"Usage:\s+" + " ".join(["dsmipgen", *command]) + r" ", process.stdout)
    assert dsmipgen.dsmipgen(*command, "-h").stdout == process.stdout


def test_version():
    process = dsmipgen.dsmipgen("--version")
    assert (process.returncode, process.stderr) == (0, "")
    assert re.fullmatch(r"dsmipgen \d+\.\d+\.\d+\n", process.stdout)


def test_list_is_a_name_and_a_summary_on_each_line():
    lines = dsmipgen.dsmipgen("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [*dsmipgen.flows(), *dsmipgen.rules()]
    for line in lines:
        assert re.fullmatch(r"\w+ +\S.*\S", line), line
