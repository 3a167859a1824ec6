# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen run: the suites against the reference agent, right and with each of its faults.

The rows of the matrix mostly wait, so many of them run at a time, each on a pair of interfaces of its own: about 20 s of a
processor for all.
"""

import contextlib
import json
import os
import pty
import queue
import re
import shutil
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest
import yaml
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

import dsmipgen
from dsmipcheck import read_junit
from dsmipv4_tshark import ROOT, checked, scratch, tshark
from network import HERE, THERE, Namespace, Receiver, await_carrier, namespace, needs_network
from test_cli import USAGE, check_refusal

pytestmark = needs_network

MATRIX = Path(__file__).parent / "run_matrix.txt"
LINE = re.compile(r"^(PASS|WARN|FAIL|INCONC|SKIP) +(\S+)  ", re.MULTILINE)
DEVICE = """
dut: {{ name: dsmipgen respond, version: "1", role: {role} }}
supports: [{supported}]
timing: {{ reply: {reply}, silence: {silence} }}
"""


SUPPORTED = ["dsmipv4", "natt", "gre", "minimal", "multicast", "short-lifetime"]
NODE_SUPPORTS = ["dsmipv4", "coa-mode", "timestamps", "reverse-tunneling", "echo"]
HOOKS = """
hooks:
  register: kill -USR1 {process.pid}
  move: kill -USR2 {process.pid}
"""
TITLES = {"ha": "home agent", "mn": "mobile node", "fa": "foreign agent"}
LEAST_TESTS = {"ha": 40, "mn": 15, "fa": 10}


def load_matrix():
    rows = [line.partition(":") for line in MATRIX.read_text().splitlines() if not line.startswith("#")]
    return {fault: tests.split() for fault, _, tests in rows}


EXPECTED = load_matrix()


ROWS_AT_A_TIME = 32


class Ends(NamedTuple):
    """A pair of interfaces that are connected to each other, in two namespaces."""

    here: Namespace
    there: Namespace
    near: str = HERE
    far: str = THERE


@contextlib.contextmanager
def bare_ends(count=1):
    """Pairs of interfaces without any address: all of them are played."""
    with namespace() as here, namespace() as there:
        for space in [here, there]:
            space.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1", "net.ipv6.conf.all.disable_ipv6=1")
        pairs = [Ends(here, there)] + [Ends(here, there, f"near{number}", f"far{number}") for number in range(1, count)]
        here.ip("".join(f"link add {ends.near} type veth peer name {ends.far} netns {there.holder.pid}\n"
                        f"link set {ends.near} up\n" for ends in pairs))
        there.ip("".join(f"link set {ends.far} up\n" for ends in pairs))
        for ends in pairs:
            await_carrier(here, ends.near)
            await_carrier(there, ends.far)
        yield pairs


@pytest.fixture(scope="module", name="ends")
def fixture_ends():
    with bare_ends() as pairs:
        yield pairs[0]


@contextlib.contextmanager
def agent(ends, *options, interface=None, role="ha"):
    process = ends.there.start(dsmipgen.PROGRAM, "respond", "--role", role, "-i", interface or ends.far, *options,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout.readline().startswith(TITLES[role])
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)


def device_file(folder, reply="300ms", silence="20ms", more="", role="ha", supported=tuple(SUPPORTED)):
    path = folder / "device.yaml"
    path.write_text(DEVICE.format(reply=reply, silence=silence, role=role, supported=", ".join(supported)) + more)
    return path


FOREIGN_AGENT = {"role": "fa", "supported": ["lifetime-limit", "reverse-tunneling"]}


def node_options(process):
    """Those of a device file for the mobile node that runs in this process, which hooks control."""
    return {"role": "mn", "supported": NODE_SUPPORTS, "more": HOOKS.format(process=process)}


def run(ends, folder, *options, suite="ha", **device):
    return ends.here.run(dsmipgen.PROGRAM, "run", suite, "--dut", device_file(folder, **device), "-i", ends.near, *options)


def verdicts(process):
    return {name: word for word, name in LINE.findall(process.stdout)}


def names_with(process, word):
    return [name for name, other in verdicts(process).items() if other == word]


# The suite of home agents.

def test_hooks(ends, tmp_path):
    """Output that is expected, another one, a hook that fails, and one that the device file does not have."""
    tests = "".join(f"""
  - id: T-{name}
    title: A hook
    clause: RFC 5944 3.6
    class: must
    steps:
      - call: {name}
        {more}
""" for name, more in [("good", "expect: '^b.und'"), ("good-", "expect: 192.0.2.9"), ("bad", ""), ("none", ""),
                       ("none-", "optional: true")]).replace("call: good-", "call: good").replace("call: none-", "call: none")
    suite = own_suite(tmp_path, SUITE.partition("tests:")[0] + "tests:" + tests)
    with agent(ends):
        process = run(ends, tmp_path, suite=suite, more="hooks: { good: echo bound at 192.0.2.33, bad: exit 3 }\n")
    assert verdicts(process) == {"T-good": "PASS", "T-good-": "FAIL", "T-bad": "INCONC", "T-none": "SKIP", "T-none-": "PASS"}
    assert "the hook good prints 'bound at 192.0.2.33', expected 192.0.2.9" in process.stdout
    assert "the hook bad failed" in process.stdout and "the device file has no hook none" in process.stdout


@pytest.mark.parametrize("typed, verdict, reason", [
    (None, "INCONC", "the hook move failed: 'plug it in' needs a person, and standard input is no terminal"),
    ("\n", "PASS", ""),
    ("no\n", "INCONC", "the hook move failed: 'plug it in' was not done"),
])
def test_manual_hook(ends, tmp_path, typed, verdict, reason):
    """A person is asked at the terminal, but not in a pipe."""
    suite = own_suite(tmp_path, SUITE.partition("      - step: request")[0] + "      - call: move\n")
    device = device_file(tmp_path, more="hooks: { move: manual \"plug it in\" }\n")
    master, terminal = pty.openpty()
    with agent(ends):
        process = ends.here.start(dsmipgen.PROGRAM, "run", suite, "--dut", device, "-i", ends.near, stdout=subprocess.PIPE,
                                  stdin=subprocess.DEVNULL if typed is None else terminal, stderr=subprocess.PIPE)
        os.write(master, (typed or "").encode() * 9)
        output, errors = process.communicate(timeout=20)
    os.close(master)
    os.close(terminal)
    assert LINE.findall(output) == [(verdict, "T1")] and reason in output
    assert ("plug it in [Enter: done, no: not possible]" in errors) == (typed is not None)


def test_waits_for_a_carrier(ends):
    """An agent that starts before the cable is in."""
    ends.here.ip(f"link set {ends.near} down")
    process = ends.there.start(dsmipgen.PROGRAM, "respond", "--role", "ha", "-i", ends.far, stdout=subprocess.PIPE)
    time.sleep(0.2)
    assert process.poll() is None
    ends.here.ip(f"link set {ends.near} up")
    assert process.stdout.readline().startswith("home agent")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    await_carrier(ends.here, ends.near)


def test_matrix_has_every_fault():
    faults = [line.split()[0] for line in checked(dsmipgen.dsmipgen("list", "faults")).splitlines()]
    assert list(EXPECTED) == faults


def run_row(ends, folder, fault, role, *options):
    """A suite against the reference, with a fault or without."""
    folder.mkdir()
    with agent(ends, *(["--fault", fault] if fault else []), role=role) as reference:
        device = {"ha": {}, "mn": node_options(reference), "fa": FOREIGN_AGENT}[role]
        return run(ends, folder, "--strict", *options, suite=role, reply="2s" if role == "mn" else "1s", silence="200ms", **device)


def fault_row(ends, fault, folder):
    """What the suite says of a fault, as the matrix writes it; and all that it printed."""
    process = run_row(ends, folder, fault, fault[:2] if fault[:3] in ["mn-", "fa-"] else "ha")
    words = {"FAIL": "", "INCONC": "?"}
    found = [name + words[word] for name, word in verdicts(process).items() if word in words]
    assert process.returncode == (1 if found else 0)
    return found, process.stdout


def test_matrix(tmp_path):
    """Each fault makes its tests fail, and no other. A row that differs while so many run has a second try alone.

    Without a fault all tests pass, of each suite.
    """
    free = queue.SimpleQueue()

    def on_a_pair(function, *args):
        ends = free.get()
        try:
            return function(ends, *args)
        finally:
            free.put(ends)

    with bare_ends(ROWS_AT_A_TIME) as pairs, ThreadPoolExecutor(len(pairs)) as pool:
        for ends in pairs:
            free.put(ends)
        right = {role: pool.submit(on_a_pair, run_row, tmp_path / role, None, role) for role in TITLES}
        futures = {fault: pool.submit(on_a_pair, fault_row, fault, tmp_path / fault)
                   for fault in sorted(EXPECTED, key=lambda fault: not fault.startswith("mn-"))}  # those that take longest
        rows = {fault: future.result() for fault, future in futures.items()}
        for fault, (found, _) in rows.items():
            if found != EXPECTED[fault]:
                rows[fault] = fault_row(pairs[0], fault, tmp_path / f"{fault}-again")
    for role, future in right.items():
        check_all_pass(future.result(), LEAST_TESTS[role])
    wrong = {fault: output for fault, (found, output) in rows.items() if found != EXPECTED[fault]}
    assert {fault: rows[fault][0] for fault in wrong} == {fault: EXPECTED[fault] for fault in wrong}, \
        "\n".join(f"{fault}:\n{output}" for fault, output in wrong.items())


def check_all_pass(process, least):
    assert (process.returncode, process.stderr) == (0, "")
    found = verdicts(process)
    assert set(found.values()) == {"PASS"} and len(found) >= least
    assert process.stdout.splitlines()[-1] == \
        f"{len(found)} passed, 0 with a warning, 0 failed, 0 inconclusive, 0 skipped"


def test_should_is_a_warning(ends, tmp_path):
    with agent(ends, "--fault", "no-link-local"):
        process = run(ends, tmp_path, "--only", "HA-6*")
    assert process.returncode == 0
    assert verdicts(process) == {"HA-00": "PASS", "HA-60": "WARN", "HA-61": "PASS"}


# Verdicts and exit statuses.

def test_silent_device(ends, tmp_path):
    with agent(ends, "--fault", "silent"):
        process = run(ends, tmp_path)
    assert verdicts(process).pop("HA-00") == "FAIL"
    assert set(list(verdicts(process).values())[1:]) == {"SKIP"}
    assert process.returncode == 1
    assert re.fullmatch(r"dsmipgen: 1 of \d+ tests failed\n", process.stderr)
    assert "no reply within 0.3 s" in process.stdout


def test_absent_device(ends, tmp_path):
    process = run(ends, tmp_path, "--only", "HA-0*")
    assert verdicts(process)["HA-00"] == "INCONC"
    assert set(list(verdicts(process).values())[1:]) == {"SKIP"}
    assert process.returncode == 4
    assert "no ARP answer from 198.51.100.1" in process.stdout


def test_crash_is_one_failure(ends, tmp_path):
    with agent(ends, "--fault", "crash"):
        process = run(ends, tmp_path)
    assert names_with(process, "FAIL") == ["HA-40"]
    assert verdicts(process)["HA-41"] == "SKIP"
    assert "registers no node any more since HA-40" in process.stdout


@pytest.mark.parametrize("delay, verdict", [("900ms", "PASS"), ("1100ms", "FAIL")])
def test_slow_device(ends, tmp_path, delay, verdict):
    with agent(ends, "--delay", delay):
        process = run(ends, tmp_path, "--only", "HA-00", reply="1s")
    assert verdicts(process) == {"HA-00": verdict}


def test_another_sender(ends, tmp_path):
    """Packets from the device's address that come from another Ethernet address: whose the reply was, nobody knows."""
    device = {"src": "198.51.100.1", "dst": "192.0.2.33"}
    frame = bytes(Ether(src="02:00:00:00:00:99", dst="ff:ff:ff:ff:ff:ff") / IP(**device) / UDP(sport=7, dport=434) / b"x")
    with agent(ends), ends.there.entered():
        impostor = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        impostor.bind((THERE, 0))
        with impostor:
            process = ends.here.start(dsmipgen.PROGRAM, "run", own_suite(tmp_path, SUITE.replace("{ code: 0 }]", "{}]") +
                                    "      - silence: request\n"), "--dut", device_file(tmp_path), "-i", HERE,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            while process.poll() is None:
                impostor.send(frame)
                time.sleep(0.02)
    assert LINE.findall(process.communicate()[0]) == [("INCONC", "T1")]
    assert process.returncode == 4


SUITE = """
suite: mine
title: One test
role: ha
base: coa_mode
tests:
  - id: T1
    title: A prefix gets code 0
    clause: RFC 5454 3.3.2
    class: must
    needs: [dsmipv4]
    steps:
      - step: request
        ipv4: { destination: ha.address }
        extensions: [prefix_request: {}, tunneling_mode: {}, mn_ha_auth: {}]
      - await: reply
        match: { code: 0, auth: good }
        extensions: [prefix_reply: { code: 0 }]
"""


def own_suite(folder, text=SUITE):
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def test_actual_and_expected(ends, tmp_path):
    path = own_suite(tmp_path)
    with agent(ends):
        process = run(ends, tmp_path, suite=path)
    assert process.returncode == 1
    line = 1 + path.read_text().splitlines().index("        extensions: [prefix_reply: { code: 0 }]")
    assert process.stdout.splitlines()[3:5] == ["        prefix_reply.code is 1, expected 0", f"        at {path}:{line}"]


def test_all_skipped(ends, tmp_path):
    """That is not green."""
    with agent(ends):
        process = run(ends, tmp_path, suite=own_suite(tmp_path, SUITE.replace("[dsmipv4]", "[sctp]")))
    assert (process.returncode, verdicts(process)) == (5, {"T1": "SKIP"})
    assert "does not say that the device supports sctp" in process.stdout


def test_preamble(ends, tmp_path):
    with agent(ends):
        process = run(ends, tmp_path, suite=own_suite(tmp_path, SUITE + "        otherwise: inconclusive\n"))
    assert (process.returncode, verdicts(process)) == (4, {"T1": "INCONC"})


@pytest.mark.parametrize("rules, status", [
    ("", 1),
    ("      - rules: { allow: [coa_mode_unasked] }\n", 0),
    ("      - rules: { allow: [coa_mode_unasked], require: [rep_dup] }\n", 0),
    ("      - rules: { allow: [coa_mode_unasked], require: [natt_nexthdr] }\n", 4),
])
def test_rules(ends, tmp_path, rules, status):
    text = SUITE.replace("tunneling_mode: {}, ", "").replace("        extensions: [prefix_reply: { code: 0 }]\n", rules)
    with agent(ends, "--fault", "coa-unasked"):
        process = run(ends, tmp_path, suite=own_suite(tmp_path, text))
    assert process.returncode == status, process.stdout
    assert ("breaks the rule coa_mode_unasked" in process.stdout) == (status == 1)


@pytest.mark.parametrize("match, verdict", [
    ("lifetime: 600", "PASS"), ("lifetime: 601", "FAIL"), ("lifetime: \"1..600\"", "PASS"), ("lifetime: \"1..599\"", "FAIL"),
    ("lifetime: \"5|600\"", "PASS"), ("lifetime: \"!600\"", "FAIL"), ("lifetime: \"!1..5\"", "PASS"), ("lifetime: any", "PASS"),
    ("home_address: mn.hoa", "PASS"), ("home_address: mn2.hoa", "FAIL"), ("home_address: 198.51.100.77", "PASS"),
    ("identification: \"step:request\"", "PASS"), ("identification: 1", "FAIL"),
    ("identification_low: \"step:request\"", "PASS"), ("identification_high: \"~now+-3\"", "PASS"), ("auth: bad", "FAIL"),
])
def test_patterns(ends, tmp_path, match, verdict):
    text = SUITE.replace("code: 0, auth: good", match).replace("        extensions: [prefix_reply: { code: 0 }]\n", "")
    with agent(ends):
        assert verdicts(run(ends, tmp_path, suite=own_suite(tmp_path, text))) == {"T1": verdict}


def test_for(ends, tmp_path):
    """A test for each value; $NAME is replaced wherever it stands, $NAMES is another."""
    text = SUITE.replace("id: T1", "id: T-$n").replace("A prefix gets code 0", "Lifetime $n of $ns").replace(
        "    class: must", "    for: { n: [20, 700] }\n    class: must").replace(
        "ipv4: { destination: ha.address }", "request: { lifetime: $n }").replace("code: 0, auth: good", "lifetime: $n").replace(
        "        extensions: [prefix_reply: { code: 0 }]\n", "")
    with agent(ends):
        process = run(ends, tmp_path, suite=own_suite(tmp_path, text))
    assert verdicts(process) == {"T-20": "PASS", "T-700": "FAIL"}, process.stdout + process.stderr
    assert "Lifetime 700 of $ns" in process.stdout and "lifetime is 600, expected 700" in process.stdout


def test_interface_of_correspondents(ends, tmp_path):
    """The device is reached by two interfaces, here on a bridge: IPv6 without a tunnel takes the second one."""
    here, there = ends[:2]
    here.ip("link add test2 type veth peer name test3")
    here.ip(f"link set test3 netns {there.holder.pid}")
    there.ip("link add bridge type bridge")
    with contextlib.ExitStack() as stack:
        stack.callback(there.ip, "link del bridge")
        stack.callback(here.ip, "link del test2")
        for space, interface in [(there, "bridge"), (there, "test3"), (here, "test2")]:
            space.ip(f"link set {interface} up")
        for leg in [THERE, "test3"]:
            there.ip(f"link set {leg} master bridge")
        for space, interface in [(there, "bridge"), (here, "test2")]:
            await_carrier(space, interface)
        receiver = stack.enter_context(Receiver(here, "test2", outgoing=True))
        stack.enter_context(agent(ends, interface="bridge"))
        process = run(ends, tmp_path, "--only", "HA-9*", "--cn-iface", "test2")
        frames = [Ether(frame) for frame in receiver.frames()]
    assert (process.returncode, set(verdicts(process).values())) == (0, {"PASS"}), process.stdout
    assert any(frame.type == 0x86DD for frame in frames)
    assert not any(IP in frame and frame[IP].src == "192.0.2.33" and frame.dst != "ff:ff:ff:ff:ff:ff" for frame in frames)


# What is written.

def test_evidence(ends, tmp_path):
    folder = Path(scratch()) / "run-evidence"
    with agent(ends, "--fault", "echo-id"):
        process = run(ends, tmp_path, "--only", "HA-32", "--report", folder)
    capture = folder / "evidence" / "HA-32.pcapng"
    assert f"        {capture}" in process.stdout.splitlines()
    for path in folder.rglob("*"):
        path.chmod(0o755)
    folder.chmod(0o755)
    comments = tshark(["-r", capture, "-T", "fields", "-e", "frame.comment"]).splitlines()
    assert comments[0] == "dsmipgen run HA-32 step request"
    assert re.search(r"dsmipgen run HA-32 await reply: FAIL identification_high is 0x[0-9a-f]+ \(-3\d+ s from now\), "
                     r"expected ~now\+-7", comments[1])
    frames = tshark(["-r", capture, "-Y", "frame.comment contains expected", "-T", "fields", "-e", "mip.type"])
    assert frames.split() == ["3"]


@pytest.mark.skipif(not shutil.which("prove"), reason="prove is not installed")
@pytest.mark.parametrize("fault, passes", [(None, True), ("echo-id", False)])
def test_tap(ends, tmp_path, fault, passes):
    with agent(ends, *(["--fault", fault] if fault else [])):
        process = run(ends, tmp_path, "--tap")
    (tmp_path / "run.tap").write_text(process.stdout)
    prove = subprocess.run(["prove", "--exec", "cat", tmp_path / "run.tap"], capture_output=True, text=True, check=False)
    assert (prove.returncode == 0) == passes, prove.stdout
    lines = process.stdout.splitlines()
    count = len([line for line in lines if re.match(r"(not )?ok \d+ - HA-", line)])
    assert lines[:2] == ["TAP version 13", f"1..{count}"]
    assert ('  clause: "RFC 5944 5.7.1"' in lines) != passes


# Reports.

SCHEMA = json.loads((ROOT / "doc" / "run.schema.json").read_text())


def results(folder):
    document = json.loads((folder / "results.json").read_text())
    jsonschema.validate(document, SCHEMA)
    assert document["counts"] == {word: len([test for test in document["tests"] if test["verdict"] == verdict])
                                  for word, verdict in [("passed", "PASS"), ("warned", "WARN"), ("failed", "FAIL"),
                                                        ("inconclusive", "INCONC"), ("skipped", "SKIP")]}
    return document


def check_page(folder):
    page = (folder / "index.html").read_text()
    assert page.startswith("<!DOCTYPE html>") and page.endswith("</body></html>\n")
    assert not re.search(r'(src|href)="(?!#|evidence/)', page), "it loads nothing"
    for link in re.findall(r'href="(evidence/[^"]*)"', page):
        assert (folder / link).stat().st_size > 0
    for target in re.findall(r'href="#([^"]*)"', page):
        assert f'id="{target}"' in page
    return page


def test_reports(ends, tmp_path):
    """One failed, one with a warning, one skipped: the same in all reports."""
    with agent(ends, "--fault", "echo-id", "--fault", "no-link-local"):
        process = ends.here.run(dsmipgen.PROGRAM, "run", "ha", "--dut",
                              device_file(tmp_path, more="set: [mn1.key=mn1-ha secret, mn1.hoa=198.51.100.77]\n"), "-i", HERE,
                              "--report", tmp_path / "report")
    document = results(tmp_path / "report")
    found = {test["id"]: test for test in document["tests"]}
    assert process.returncode == document["status"] == 1 and document["complete"] and document["verdict"] == "FAIL"
    assert {name: test["verdict"] for name, test in found.items()} == verdicts(process)
    assert document["device"] == {"name": "dsmipgen respond", "version": "1", "supports": SUPPORTED,
                                  "set": ["mn1.key=(not shown)", "mn1.hoa=198.51.100.77"]}
    wrong = [check for check in found["HA-32"]["checks"] if not check["holds"]]
    assert [(check["field"], check["expected"], check["frame"]) for check in wrong] == \
        [("identification_high", "~now+-7", 2), ("id_resync", "kept", 2)]
    assert re.fullmatch(r"0x[0-9a-f]+ \(-3(599|600|601) s from now\)", wrong[0]["actual"])
    assert " as in the request in frame 1, " in wrong[1]["actual"]
    assert [packet["sender"] for packet in found["HA-32"]["packets"][:2]] == ["dsmipgen", "device"]
    assert found["HA-32"]["packets"][1]["summary"].startswith("reply, code 133")
    cases = {case.get("name").split()[0]: case for case in read_junit(tmp_path / "report" / "results.xml").iter("testcase")}
    assert set(cases) == set(found)
    assert [name for name, case in cases.items() if case.find("failure") is not None] == ["HA-32"]
    assert cases["HA-32"].get("classname") == "RFC 5944 5.7.1"
    assert cases["HA-60"].find("system-out") is not None
    page = check_page(tmp_path / "report")
    index = page[page.index("Tests by RFC and section"):]
    assert index.index("RFC 5454 3.3<") < index.index("RFC 3519 4.6<") < index.index("RFC 5944 5.7.1<")
    assert page.count('<tr class="broken">') == 4 and "secret" not in page
    troubles = page[page.index("What did not pass"):page.index("Tests by RFC and section")]
    assert re.findall(r"<code>(.*?)</code>", troubles) == \
        [name for name, word in verdicts(process).items() if word not in ("PASS", "SKIP")]
    assert found["HA-32"]["reason"].split()[0] in troubles


def test_duration(ends, tmp_path):
    """A run takes its silences, in which nothing may come, and at most 10 seconds more."""
    tests = yaml.safe_load((ROOT / "gen" / "scenarios" / "suites" / "ha.yaml").read_text())["tests"]
    silences = [step.get("during", "20ms") for test in tests for step in test["steps"] if "silence" in step]
    seconds = sum({"20ms": 0.02, "1.1s": 1.1}[during] for during in silences)
    with agent(ends):
        run(ends, tmp_path, "--report", tmp_path / "report")
    took = results(tmp_path / "report")["duration"] / 1e9
    assert seconds <= took <= seconds + 10


def test_page_without_troubles(ends, tmp_path):
    with agent(ends):
        run(ends, tmp_path, "--only", "HA-01", "--report", tmp_path / "report")
    assert "What did not pass" not in check_page(tmp_path / "report")


def test_killed(ends, tmp_path):
    """The reports of a run that is killed are whole, and say that it was not complete."""
    with agent(ends):
        process = ends.here.start(dsmipgen.PROGRAM, "run", "ha", "--dut", device_file(tmp_path), "-i", HERE, "--report",
                                tmp_path / "report", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        while "HA-22" not in process.stdout.readline():
            pass
        process.kill()
        process.communicate()
    document = results(tmp_path / "report")
    assert (document["complete"], document["status"], document["verdict"]) == (False, None, "PASS")
    assert 10 < len(document["tests"]) < document["planned"]
    assert "The run is not complete" in check_page(tmp_path / "report")
    assert len(list(read_junit(tmp_path / "report" / "results.xml").iter("testcase"))) >= 10


def test_section(ends, tmp_path):
    with agent(ends):
        process = run(ends, tmp_path, "--section", "5454:3.3")
        whole = run(ends, tmp_path, "--section", "3519")
    clauses = re.findall(r"\[(RFC [\d.]+ [\d.]+), ", process.stdout)
    assert set(clauses[1:]) == {"RFC 5454 3.3", "RFC 5454 3.3.2", "RFC 5454 3.3.3"} and len(clauses) > 4
    assert verdicts(process).pop("HA-00") == "PASS"
    assert set(verdicts(whole)) == {"HA-00", "HA-70", "HA-71", "HA-72", "HA-73", "HA-86"}


@pytest.mark.parametrize("option, words", [
    (["--section", "5454:9"], ["no test for --section 5454:9"]), (["--section", "545"], ["no test"]),
    (["--only", "XX*"], ["no test for --only XX*"]), (["--repeat", "0"], ["--repeat 0", "1 to 10000"]),
    (["-w", "x.pcapng"], ["-w is for --dry-run"]),
])
def test_wrong_selection(tmp_path, option, words):
    check_refusal(dsmipgen.dsmipgen("run", "ha", "--dut", device_file(tmp_path), "--check", *option), USAGE, *words)


def test_dry_run(tmp_path):
    """No interface, no privileges, no packet."""
    options = ["run", "ha", "--dut", device_file(tmp_path), "--only", "HA-33", "--dry-run"]
    lines = checked(dsmipgen.dsmipgen(*options)).splitlines()
    assert [line.partition(":")[0] for line in lines] == \
        ["dsmipgen run HA-00 step request", "dsmipgen run HA-33 step request", "dsmipgen run HA-33 step again"]
    assert all(re.search(r": \d+ bytes, request, lifetime 60 s, 192.0.2.33 to 198.51.100.1$", line) for line in lines)
    capture = Path(scratch()) / "dry-run.pcapng"
    assert checked(dsmipgen.dsmipgen(*options, "-w", capture)) == ""
    capture.chmod(0o644)
    comments = tshark(["-r", capture, "-T", "fields", "-e", "frame.comment"]).splitlines()
    assert comments == [line.partition(":")[0] for line in lines]


def test_repeat(ends, tmp_path):
    with agent(ends):
        process = run(ends, tmp_path, "--only", "HA-01", "--repeat", "3", "--report", tmp_path / "report")
        tap = run(ends, tmp_path, "--only", "HA-01", "--repeat", "2", "--tap")
    assert LINE.findall(process.stdout) == 3 * [("PASS", "HA-00"), ("PASS", "HA-01")]
    assert [test["round"] for test in results(tmp_path / "report")["tests"]] == [1, 1, 2, 2, 3, 3]
    assert [path.name for path in sorted((tmp_path / "report" / "evidence").iterdir())] == \
        [f"HA-0{test}{number}.pcapng" for test in "01" for number in ["-2", "-3", ""]]
    assert tap.stdout.splitlines()[1:4:2] == ["1..4", "ok 2 - HA-01 The reply has the identification of the request"]
    check_page(tmp_path / "report")


def test_baseline(ends, tmp_path):
    """What failed before is no news; what passed before is."""
    old = tmp_path / "old"
    with agent(ends, "--fault", "echo-id"):
        assert run(ends, tmp_path, "--only", "HA-3*", "--report", old).returncode == 1
        same = run(ends, tmp_path, "--only", "HA-3*", "--report", tmp_path / "new", "--baseline", old / "results.json")
        tap = run(ends, tmp_path, "--only", "HA-3*", "--tap", "--baseline", old / "results.json")
    with agent(ends, "--fault", "echo-id", "--fault", "any-home-agent"):
        worse = run(ends, tmp_path, "--only", "HA-3*", "--baseline", old / "results.json")
    assert (same.returncode, names_with(same, "FAIL")) == (0, ["HA-32"])
    assert "as in the baseline" in same.stdout and "not ok 4 - HA-32" in tap.stdout and "# TODO" in tap.stdout
    assert [test["id"] for test in results(tmp_path / "new")["tests"] if test["verdict"] == "FAIL" and test["known"]] == ["HA-32"]
    assert not list(read_junit(tmp_path / "new" / "results.xml").iter("failure"))
    assert (worse.returncode, names_with(worse, "FAIL")) == (1, ["HA-32", "HA-34"])
    assert "1 of 6 tests failed that are not in the baseline" in worse.stderr


@pytest.mark.parametrize("text", ["", "{}", '{"kind": "dsmipcheck-verdict"}', "[1]"])
def test_wrong_baseline(ends, tmp_path, text):
    (tmp_path / "old.json").write_text(text)
    process = run(ends, tmp_path, "--baseline", tmp_path / "old.json")
    check_refusal(process, USAGE, "old.json is not what dsmipgen run writes")


# Suites and device files with errors.

@pytest.mark.parametrize("old, new, words", [
    ("role: ha", "role: mn", ["role mn"]),
    ("- await: reply\n", "- await: reply\n        save: x\n", ["mine.yaml:17", "is for requests"]),
    ("- await: reply\n", "- call: x\n        expect: '('\n      - await: reply\n", ["mine.yaml:17", "regular expression"]),
    ("- await: reply\n", "- call: x\n        optional: maybe\n      - await: reply\n", ["mine.yaml:17", "true or false"]),
    ("base: coa_mode", "base: coa_mode\nallow: [rrq_rat]", ["mine.yaml:6", "did you mean 'rrq_rate'"]),
    ("await: reply", "await: packet", ["mine.yaml:17", "match: unknown key"]),
    ("- await: reply\n        match: { code: 0, auth: good }\n        extensions: [prefix_reply: { code: 0 }]\n", "- await: packet\n",
     ["mine.yaml:16", "no stack"]),
    ("match: { code: 0, auth: good }", "stack: [ipv4: {}]", ["mine.yaml:17", "stack: unknown key"]),
    ("- await: reply\n        match: { code: 0, auth: good }\n        extensions: [prefix_reply: { code: 0 }]\n",
     "- silence: reply\n        stack: [ipv4: {}]\n", ["mine.yaml:17", "is for packets"]),
    ("- await: reply\n        match: { code: 0, auth: good }\n        extensions: [prefix_reply: { code: 0 }]\n",
     "- await: forwarded\n        stack: [reply: {}]\n", ["mine.yaml:17", "no header"]),
    ("await: reply", "await: replay", ["mine.yaml:16", "unknown message"]),
    ("code: 0, auth", "cod: 0, auth", ["mine.yaml:17", "unknown field"]),
    ("code: 0, auth", "code: x, auth", ["mine.yaml:17", "'x'"]),
    ("auth: good", "auth: god", ["mine.yaml:17", "good, bad or missing"]),
    ("class: must", "class: shall", ["mine.yaml:10", "must, should or may"]),
    ("step: request", "step: requst", ["mine.yaml:13", "did you mean 'request'"]),
    ("[prefix_reply: {", "[prefix_rely: {", ["mine.yaml:18", "no extension"]),
    ("base: coa_mode", "base: coa_mod", ["coa_mode"]),
    ("    clause: RFC 5454 3.3.2\n", "", ["mine.yaml:7", "`clause`"]),
    ("title: One test", "titel: One test", ["did you mean 'title'"]),
    ("    class: must", "    for: { n: [1, 2] }\n    class: must", ["mine.yaml:7", "has no $n"]),
    ("    class: must", "    for: [1, 2]\n    class: must", ["mine.yaml:10", "such as { code: [8, 9] }"]),
    ("    class: must", "    for: { n: [] }\n    class: must", ["mine.yaml:10", "has no values"]),
    ("    class: must", "    for: { n: [[1]] }\n    class: must", ["mine.yaml:10", "no plain value"]),
])
def test_wrong_suite(tmp_path, old, new, words):
    path = own_suite(tmp_path, SUITE.replace(old, new, 1))
    process = dsmipgen.dsmipgen("run", path, "--dut", device_file(tmp_path), "--check")
    check_refusal(process, USAGE, *words)


@pytest.mark.parametrize("text, words", [
    ("set: [ha.address=10.0.0.9]", ["dut"]),
    ("dut: { name: x }", ["role"]),
    ("dut: { name: x, role: ha, color: red }", ["unknown key"]),
    ("dut: { name: x, role: ha }\nset: [ha.adress=10.0.0.9]", ["device.yaml:2", "ha.address"]),
    ("dut: { name: x, role: ha }\ntiming: { reply: fast }", ["device.yaml:2", "'fast'"]),
    ("dut: { name: x, role: cn }", ["device.yaml:1", "'cn'", "ha, mn or fa"]),
    ("dut: { name: x, role: ha }\nhooks: { a: [b] }", ["device.yaml:2", "hooks.a"]),
])
def test_wrong_device_file(tmp_path, text, words):
    path = tmp_path / "device.yaml"
    path.write_text(text)
    check_refusal(dsmipgen.dsmipgen("run", "ha", "--dut", path, "--check"), USAGE, *words)


def test_check(tmp_path):
    process = dsmipgen.dsmipgen("run", "ha", "--dut", device_file(tmp_path), "--check")
    assert re.fullmatch(r"ha: \d+ tests\n", process.stdout)
    assert re.fullmatch(r"fa  Foreign agent, .*, \d+ tests\nha  Home agent, .*, \d+ tests\nmn  Mobile node, .*, \d+ tests\n",
                        checked(dsmipgen.dsmipgen("list", "suites")))


@pytest.mark.parametrize("words, expected", [
    ([], ["no suite named"]),
    (["ha"], ["no device file"]),
    (["ha", "--dut", "x.yaml"], ["no interface"]),
    (["hb", "--dut", "DEVICE", "--check"], ["unknown suite 'hb'", "list suites"]),
])
def test_wrong_usage(tmp_path, words, expected):
    device = str(device_file(tmp_path))
    check_refusal(dsmipgen.dsmipgen("run", *[device if word == "DEVICE" else word for word in words]), USAGE, *expected)


# The chapter for people who have ten minutes.

CHAPTER = (ROOT / "doc" / "home-agent-test.md").read_text()


def test_chapter(tmp_path):
    """Its commands, one after another, in a folder and with network namespaces of their own; but silences are shorter."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dsmipgen").symlink_to(dsmipgen.PROGRAM)
    commands = "".join(re.findall(r"^```sh\n(.*?)^```$", CHAPTER, re.MULTILINE | re.DOTALL))
    commands = commands.replace("silence: 200ms", "silence: 20ms")
    script = f"mount -t tmpfs tmpfs /run\nPATH={tmp_path}/bin:$PATH\nset -e\n{commands}"
    process = subprocess.run(["unshare", "--mount", "bash", "-c", script], cwd=tmp_path, capture_output=True, text=True,
                             timeout=120, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    counts = re.findall(r"^(\d+) passed, 0 with a warning, (\d) failed, 0 inconclusive, 0 skipped$", process.stdout,
                        re.MULTILINE)
    assert [failed for _, failed in counts] == ["0", "1", "1", "1"] and int(counts[0][0]) > 40
    assert "status 1" in process.stdout.splitlines()
    shown = re.findall(r"^(PASS|FAIL) +(HA-\d+)  (.*?)\]", CHAPTER, re.MULTILINE)
    assert shown and set(shown) <= set(re.findall(r"^(PASS|FAIL) +(HA-\d+)  (.*?)\]", process.stdout, re.MULTILINE))
    check_page(tmp_path / "report")
    assert "accepted for 60 s" in (tmp_path / "agent.log").read_text()


def test_device_file_of_the_chapter(tmp_path):
    (tmp_path / "device.yaml").write_text(re.search(r"^```yaml\n(.*?)^```$", CHAPTER, re.MULTILINE | re.DOTALL)[1])
    checked(dsmipgen.dsmipgen("run", "ha", "--dut", tmp_path / "device.yaml", "--check"))


# The manual page.

PAGE = ROOT / "doc" / "dsmipgen-suite.5.adoc"
BLOCKS = {(kind, name): text for kind, name, text in re.findall(
    r"^// (example|device): (\S+)\n\[source,yaml\]\n----\n(.*?)^----$", PAGE.read_text(), re.MULTILINE | re.DOTALL)}


def test_examples_of_the_page(ends, tmp_path):
    """The suite of the page passes, with the device file of the page."""
    device, suite = tmp_path / "page-device.yaml", tmp_path / "page.yaml"
    device.write_text(BLOCKS["device", "device"].replace("silence: 3s", "silence: 100ms"))
    suite.write_text(BLOCKS["example", "two-prefixes"])
    with agent(ends):
        process = ends.here.run(dsmipgen.PROGRAM, "run", suite, "--dut", device, "-i", HERE)
    assert verdicts(process) == dict.fromkeys(["P-1", "P-2", "P-3-20", "P-3-65535", "P-4"], "PASS"), process.stdout + process.stderr
    assert len(BLOCKS) == PAGE.read_text().count("[source,yaml]")


def test_example_for_nodes(ends, tmp_path):
    suite = own_suite(tmp_path, BLOCKS["example", "node"])
    with agent(ends, role="mn") as node:
        options = node_options(node)
        assert verdicts(run(ends, tmp_path, suite=suite, reply="2s", **options)) == {"N-1": "PASS"}
        options["more"] += "  bindings: echo nothing\n"
        assert verdicts(run(ends, tmp_path, suite=suite, reply="2s", **options)) == {"N-1": "FAIL"}


def test_fields_of_the_page(tmp_path):
    """They are those that the program names when it meets an unknown one."""
    table = dict(re.findall(r"^\*(\w+)\*:: ([\w, ]+)$", PAGE.read_text().partition("== FIELDS")[2].partition("== DEVICE")[0],
                            re.MULTILINE))
    source = (ROOT / "gen" / "run" / "suite" / "fields.c").read_text()
    for block, fields in table.items():
        text = SUITE.replace("code: 0, auth: good", "").replace("prefix_reply: { code: 0 }", f"{block}: {{ no_field: 0 }}")
        if f"LAYER_FIELD({block}," in source:
            text = SUITE.replace("await: reply", "await: packet").replace("        match: { code: 0, auth: good }\n", "").replace(
                "extensions: [prefix_reply: { code: 0 }]", f"stack: [{block}: {{ no_field: 0 }}]")
        elif block in ["request", "reply"]:
            text = SUITE.replace("await: reply", f"await: {block}").replace("code: 0, auth: good", "no_field: 0")
        process = dsmipgen.dsmipgen("run", own_suite(tmp_path, text), "--dut", device_file(tmp_path), "--check")
        check_refusal(process, USAGE, f"expected one of {fields}\n")
    assert set(table) == set(re.findall(r"(?:MESSAGE|EXT|LAYER)_FIELD\((\w+), [a-z]", source)) - {"block"}
