# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen as a source of Wireshark, by the conventions of extcap, and `write --realtime`. Six starts of tshark: 15 s."""

import os
import re
import select
import shutil
import signal
import subprocess
import time

import pytest

import dsmipgen
from dsmipv4_tshark import TIMEOUT, as_ordinary_user, checked, environment, plugin_dir, run, scratch, with_default_signals
from test_cli import USAGE, check_refusal

INTERFACE = ("--extcap-interface", "dsmipgen")


def extcap(*words):
    process = dsmipgen.dsmipgen(*words)
    assert (process.returncode, process.stderr) == (0, "")
    return process.stdout.splitlines()


def sentence(line):
    """A line of the language of extcap: its first word, and its parts in braces."""
    word, _, rest = line.partition(" ")
    parts = re.findall(r"\{(\w+)=([^{}]*)\}", rest)
    assert "".join(f"{{{name}={value}}}" for name, value in parts) == rest, line
    return word, dict(parts)


def test_interfaces():
    program, interface = map(sentence, extcap("--extcap-interfaces", "--extcap-version=4.0"))
    assert (program[0], interface[0], interface[1]["value"]) == ("extcap", "interface", "dsmipgen")
    assert re.fullmatch(r"\d+\.\d+\.\d+", program[1]["version"])


def test_dlts():
    (word, parts), = map(sentence, extcap("--extcap-dlts", *INTERFACE))
    assert (word, parts["number"], parts["name"]) == ("dlt", "1", "EN10MB")


def test_dialog():
    """Every scenario can be chosen; numbers of arguments are those of their values; reloading gives the values alone."""
    lines = [sentence(line) for line in extcap("--extcap-config", *INTERFACE)]
    arguments = {parts["number"]: parts for word, parts in lines if word == "arg"}
    assert [parts["call"] for parts in arguments.values()] == ["--scenario", "--file", "--nodes", "--pps", "--loop", "--seed", "--set"]
    values = [parts for word, parts in lines if word == "value"]
    assert [value["value"] for value in values] == [*dsmipgen.flows(), *(
        name for rule in dsmipgen.rules() for name in (rule, rule + ".near_miss"))]
    assert {arguments[value["arg"]]["call"] for value in values} == {"--scenario"}
    assert [value["value"] for value in values if value["default"] == "true"] == ["coa_mode"]
    reloaded = extcap("--extcap-config", *INTERFACE, "--extcap-reload-option", "scenario")
    assert [sentence(line) for line in reloaded] == [("value", value) for value in values]


def test_capture_filter_is_checked():
    assert extcap(*INTERFACE, "--extcap-capture-filter", "udp port 434") == []
    answer, = extcap(*INTERFACE, "--extcap-capture-filter", "udp por")
    assert "udp por" in answer and "syntax error" in answer


@pytest.mark.parametrize("words, problem", [
    (["--extcap-dlts", "--extcap-interface", "eth0"], "unknown interface 'eth0'"),
    (["--extcap-dlts"], "unknown interface ''"),
    (["--capture", *INTERFACE], "--capture without --fifo"),
    (["--extcap-config", *INTERFACE, "--frob"], "--frob"),
    (["--capture", *INTERFACE, "--fifo", "x/y", "--scenario", "prefix_bit"], "did you mean 'prefix_bits'"),
    (["--capture", *INTERFACE, "--fifo", "x/y", "--nodes", "many"], "--nodes 'many'"),
    (["--capture", *INTERFACE, "--fifo", "x/y", "--pps", "0"], "--pps '0'"),
    (["--capture", *INTERFACE, "--fifo", "x/y", "--loop", "-1"], "--loop '-1'"),
])
def test_refused(words, problem):
    check_refusal(dsmipgen.dsmipgen(*words), USAGE, problem)


# Capturing.

@pytest.fixture(name="fifo")
def fixture_fifo(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def start(fifo, *words):
    return subprocess.Popen(with_default_signals([dsmipgen.PROGRAM, "--capture", *INTERFACE, "--fifo", fifo, *words]),
                            stderr=subprocess.PIPE, text=True)


def read_some(fifo, least=1):
    """Reads at least so many bytes, and leaves the FIFO open."""
    descriptor, data = os.open(fifo, os.O_RDONLY), b""
    while len(data) < least:
        assert select.select([descriptor], [], [], 10)[0], "nothing came"
        data += os.read(descriptor, 65536)
    return descriptor, data


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ended_by_a_signal(fifo, number):
    process = start(fifo)
    descriptor, _ = read_some(fifo, 200)
    begin = time.monotonic()
    os.kill(process.pid, number)
    assert process.communicate(timeout=10)[1] == "" and process.returncode == 0
    assert time.monotonic() - begin < 3
    os.close(descriptor)


@pytest.mark.parametrize("words", [[], ["--pps", "1000"], ["--nodes", "2", "--pps", "0.01"]])
def test_ended_by_the_reader(fifo, words):
    """Between packets as well as while they come."""
    process = start(fifo, *words)
    descriptor, _ = read_some(fifo, 200)
    os.close(descriptor)
    assert process.communicate(timeout=10)[1] == "" and process.returncode == 0


def test_header_comes_at_once(fifo):
    """Before the first packet, which a filter keeps back."""
    process = start(fifo, "--extcap-capture-filter", "tcp")
    descriptor, data = read_some(fifo, 28)
    assert data[:4] == bytes.fromhex("0a0d0d0a")  # section header block
    os.close(descriptor)
    process.communicate(timeout=10)


def test_a_refusal_lets_the_reader_go(fifo):
    process = start(fifo, "--scenario", "no_such")
    assert fifo.read_bytes() == b""
    assert "no_such" in process.communicate(timeout=10)[1] and process.returncode == USAGE


def captured_by_tshark(*words):
    """What an ordinary user's tshark prints of packets that it captures."""
    folder = scratch() / "extcap"
    if not folder.exists():
        folder.mkdir()
        shutil.copy(dsmipgen.PROGRAM, folder / "dsmipgen")
        for path in (folder, folder / "dsmipgen"):
            path.chmod(0o755)
        (scratch() / "home").chmod(0o777)
    command = as_ordinary_user(["tshark", "-Q", "-n", "-i", "dsmipgen", *words])
    process = subprocess.run(command, env=environment(plugin_dir(), {"WIRESHARK_EXTCAP_DIR": str(folder)}), cwd=scratch(),
                             capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout.splitlines()


def test_tshark():
    """Generated packets, with their comments, times of now, and rules as expected."""
    lines = captured_by_tshark("-o", "extcap.dsmipgen.scenario:prefix_bits", "-o", "extcap.dsmipgen.pps:50", "-c", "20", "-T", "fields",
                               "-e", "frame.comment", "-e", "dsmipv4.rule", "-e", "frame.time_epoch", "-e", "mip.ident")
    rows = [line.split("\t") for line in lines]
    assert len(rows) == 20
    for comment, rule, *_ in rows:
        assert dsmipgen.parse_comment(comment)[2] == set(filter(None, rule.split(",")))
    assert sum(bool(rule) for _, rule, *_ in rows) == 5
    assert all(abs(float(moment) - time.time()) < 60 for *_, moment, _ in rows)


def test_tshark_with_a_filter_and_a_file(tmp_path):
    own = scratch() / "own.yaml"
    own.write_text("base: coa_mode\nsteps: [{ step: request, request: { lifetime: 77 } }]\n")
    lines = captured_by_tshark("-o", f"extcap.dsmipgen.file:{own}", "-o", "extcap.dsmipgen.pps:100", "-f", "udp dst port 434",
                               "-c", "4", "-T", "fields", "-e", "mip.life")
    assert lines == ["77", "600", "77", "600"]


def test_interface_is_listed():
    folder = scratch() / "extcap"
    captured_by_tshark("-o", "extcap.dsmipgen.pps:100", "-c", "1")
    listed = checked(run(["tshark", "-D"], env={"WIRESHARK_EXTCAP_DIR": str(folder)}), quiet=False)
    assert re.search(r"^\d+\. dsmipgen \(DSMIPv4 scenarios \(dsmipgen\)\)$", listed, re.MULTILINE)


# dsmipgen write --realtime

def test_realtime(tmp_path):
    """Each packet when it is due: the file grows meanwhile, its times are those of now."""
    before = time.time()
    process = subprocess.run([dsmipgen.PROGRAM, "write", "registration", "--realtime", "--loop", "2", "-w", tmp_path / "x.pcapng"],
                             capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    assert time.time() - before > 1.2
    times = [moment / 1e6 - before for moment, _, _ in dsmipgen.packets(tmp_path / "x.pcapng")]
    assert len(times) == 4 and times[0] >= 0
    assert times[1] - times[0] == pytest.approx(0.1, abs=1e-5) and times[2] - times[1] >= 0.999
    for moment, _, frame in dsmipgen.packets(tmp_path / "x.pcapng")[::2]:
        seconds = int.from_bytes(frame[42 + 16:42 + 20], "big") - 2208988800
        assert abs(seconds - moment / 1e6) < 1.1


def test_realtime_rate_and_signal(tmp_path):
    """What was written before a signal is a whole file."""
    target = tmp_path / "x.pcap"
    process = subprocess.Popen(with_default_signals([dsmipgen.PROGRAM, "write", "coa_mode", "registration", "--realtime", "--pps", "20",
                                                     "--loop", "0", "-w", target]), stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    os.kill(process.pid, signal.SIGTERM)
    assert process.communicate(timeout=10)[1] == "" and process.returncode == 0
    assert 4 <= int(checked(run(["capinfos", "-TrMc", target], ordinary_user=False)).split("\t")[1]) <= 25


@pytest.mark.parametrize("words, problem", [
    (["--pps", "5"], "--pps and --loop without --realtime"),
    (["--realtime", "--pps", "1..9"], "a ramp takes the time of the run"),
    (["--realtime", "--loop", "x"], "--loop 'x'"),
])
def test_realtime_refused(tmp_path, words, problem):
    check_refusal(dsmipgen.dsmipgen("write", "coa_mode", "-w", tmp_path / "x.pcap", *words), USAGE, problem)
    assert list(tmp_path.iterdir()) == []
