# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen send: what arrives at the other end of a veth pair, when, and what the program reports.

Times are only bounded where a loaded machine cannot break the bound: nothing comes too early, in a burst,
or more often than asked for. The exact figures are those of tests/bench.
"""

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest
from scapy.utils import rdpcap

import dsmipgen
from dsmipv4_tshark import NOBODY, checked, scratch, with_ignored_signals
from network import (ADDRESS_HERE, ADDRESS_THERE, HERE, MAC_HERE, MAC_THERE, Receiver, await_carrier, needs_network,
                     needs_tun, pair, tun)
from test_auth import KEYS, wrong_authenticators
from test_cli import ENVIRONMENT, USAGE, check_refusal

pytestmark = needs_network

FIXED_TIME = "2026-01-01T00:00:00Z"  # the time of the captures that dsmipgen writes
TO_THERE = ["--mac-destination", MAC_THERE]
ETHERNET, IP_UDP = 14, 28
SUMMARY = re.compile(r"(\d+) packets, (\d+) bytes in ([\d.]+) s: ([\d.]+) packets/s, ([\d.]+) Mbit/s; "
                     r"(\d+) late \(at most ([\d.]+) ms\), (\d+) errors, (\d+) retries\n(?:\d+ requests?, .*\n)?")
ANSWERS = re.compile(r"(\d+) requests?, (\d+) answered(?: \((.*)\) after ([\d.]+) ms at least, ([\d.]+) ms in the median, "
                     r"([\d.]+) ms in the 99th percentile)?; (\d+) not answered(?:; (\d+) other replies)?")


@pytest.fixture(scope="module", name="ends")
def fixture_ends():
    """The two namespaces, left by each test as they were."""
    with pair() as both:
        yield both


@pytest.fixture(name="receiver")
def fixture_receiver(ends):
    with Receiver(ends[1]) as receiver:
        yield receiver


def command(*words, interface=HERE):
    """Nobody answers in most of the tests, so that nothing is to be waited for."""
    wait = [] if {"--topspeed", "--wait", "--dry-run"} & set(words) else ["--wait", "0"]
    return [dsmipgen.PROGRAM, "send", *words, *wait, "-i", interface]


def send(ends, *words, interface=HERE):
    return ends[0].run(*command(*words, interface=interface))


def sent(process):
    """The figures of the summary of a run that went well."""
    assert (process.returncode, process.stderr) == (0, "")
    return figures(process.stdout)


def figures(summary):
    match = SUMMARY.fullmatch(summary)
    assert match, summary
    names = ["packets", "bytes", "seconds", "pps", "mbps", "late", "latest", "errors", "retries"]
    return {name: float(value) for name, value in zip(names, match.groups())}


def lateness(figures_):
    """By how much the time between two packets of a run may miss the plan, in seconds: what the run says itself."""
    return figures_["latest"] / 1e3 + 0.005


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def written(name):
    """The frames of a scenario as `write` makes them."""
    return [bytes(packet) for packet in rdpcap(str(dsmipgen.write(name, suffix=".pcap")))]


def with_macs(frames, destination=MAC_THERE, source=MAC_HERE):
    return [mac(destination) + mac(source) + frame[12:] for frame in frames]


def is_control(frame):
    """A Mobile IPv4 message that is not inside a tunnel."""
    return frame[23] == 17 and 434 in struct.unpack("!HH", frame[34:38]) and frame[42] in (1, 3, 7, 15)


def identification(frame):
    """Seconds since 1970 in a registration request or reply."""
    start = ETHERNET + IP_UDP + (16 if frame[ETHERNET + IP_UDP] == 1 else 12)
    seconds, fraction = struct.unpack("!II", frame[start:start + 8])
    return seconds - 2208988800 + fraction / 2 ** 32


# What arrives.

@pytest.mark.parametrize("name", ["coa_mode", "hoa_mode_gre", "natt_coa_mode"])
def test_every_byte(ends, receiver, name):
    """At the time of the captures, the frames are those of the captures but for the Ethernet addresses."""
    figures_ = sent(send(ends, name, *TO_THERE, "--start-time", FIXED_TIME))
    expected = with_macs(written(name))
    assert receiver.frames() == expected
    assert (figures_["packets"], figures_["bytes"]) == (len(expected), sum(map(len, expected)))


@pytest.mark.parametrize("name", dsmipgen.flows())
def test_every_flow(ends, receiver, name):
    sent(send(ends, name, *TO_THERE, "--topspeed"))
    arrived, expected = receiver.frames(), with_macs(written(name))
    assert list(map(len, arrived)) == list(map(len, expected))
    data = [(one, other) for one, other in zip(arrived, expected) if not is_control(other)]
    assert all(one == other for one, other in data)
    assert data or name == "registration"


def test_every_scenario(ends):
    """Changed to the time of sending, every scenario passes the self-check, whatever is wrong in it."""
    ends[0].ip("link set lo up")
    names = dsmipgen.scenarios()
    assert sent(send(ends, *names, "--pps", "100000", interface="lo"))["packets"] > 4 * len(names)
    ends[0].ip("link set lo down")


@pytest.mark.parametrize("rate", [[], ["--gap", "1ms"], ["--topspeed"]])
def test_fragments(ends, receiver, tmp_path, rate):
    """A step of several packets among others, in two scenarios: the steps after it keep their places."""
    scenario = tmp_path / "fragments.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - step: request\n    fragment: 48\n  - step: data_from_mn\n    fragment: 16\n")
    sent(send(ends, scenario, "registration", *TO_THERE, *rate, "--start-time=2026-01-01T00:00:00Z"))
    capture = tmp_path / "x.pcap"
    checked(dsmipgen.dsmipgen("write", scenario, "-w", capture))
    whole = [bytes(packet) for packet in rdpcap(str(capture))]
    arrived, expected = receiver.frames(), with_macs(whole + written("registration"))
    assert len(expected) == 2 + 1 + 1 + 4 + 2 and list(map(len, arrived)) == list(map(len, expected))
    assert arrived[3:8] == expected[3:8]


def test_several_scenarios(ends, receiver):
    """Several scenarios are one round: one after the other, a second apart."""
    slack = lateness(sent(send(ends, "coa_mode", "prefix_bits", *TO_THERE)))
    frames = receiver.frames()
    assert list(map(len, frames)) == list(map(len, written("coa_mode") + written("prefix_bits")))
    assert receiver.times[4] - receiver.times[3] > 1 - slack


def test_addresses_of_the_scenario_are_kept(ends, receiver, tmp_path):
    scenario = tmp_path / "own.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n"
                        "  - step: request\n    ethernet: { destination: '02:00:00:00:00:77' }\n"
                        "  - step: reply\n    ethernet: { source: '02:00:00:00:00:88' }\n")
    sent(send(ends, scenario, *TO_THERE, "--mac-source", "02:00:00:00:00:99", "--topspeed"))
    assert [frame[:12].hex(":") for frame in receiver.frames()] == [
        "02:00:00:00:00:77:02:00:00:00:00:99", "02:00:00:00:00:02:02:00:00:00:00:88",
        *["02:00:00:00:00:02:02:00:00:00:00:99"] * 2]


def test_identifications_of_now(ends, receiver):
    """A home agent only takes requests with its own time, so each round gets new identifications and authenticators."""
    sent(send(ends, "coa_mode", *TO_THERE, "--loop", "3"))
    frames = [frame for frame in receiver.frames() if is_control(frame)]
    assert len(frames) == 6
    requests = [identification(frame) for frame in frames[::2]]
    assert requests == [identification(frame) for frame in frames[1::2]]
    for i, stamp in enumerate(requests):
        assert abs(stamp - receiver.times[4 * i]) < 1
    assert all(4.09 < later - earlier < 5 for earlier, later in zip(requests, requests[1:]))
    for frame in frames:
        assert wrong_authenticators(frame[ETHERNET + IP_UDP:], KEYS)[0] == []


def test_identifications_follow_the_rate(ends, receiver):
    """Steps that lie minutes apart are stamped with the times that they are sent at."""
    sent(send(ends, "deregistration", *TO_THERE, "--gap", "20ms", "--start-time", FIXED_TIME))
    stamps = [(i, identification(f)) for i, f in enumerate(receiver.frames()) if is_control(f) and f[42] == 1]
    assert len(stamps) >= 2
    for i, stamp in stamps:
        assert stamp == pytest.approx(1767225600 + i * 0.02, abs=2e-6)


def test_start_time_goes_on(ends, receiver):
    sent(send(ends, "coa_mode", *TO_THERE, "--gap", "100ms", "--start-time", FIXED_TIME, "--loop", "3"))
    stamps = [identification(frame) for frame in receiver.frames() if is_control(frame)]
    assert stamps == pytest.approx([1767225600 + t for t in [0, 0, 0.4, 0.4, 0.8, 0.8]], abs=2e-6)


# Which, and where to.

def test_only_to(ends, receiver):
    sent(send(ends, "coa_mode", *TO_THERE, "--to", "198.51.100.1", "--topspeed"))
    assert [frame[30:34] for frame in receiver.frames()] == [bytes([198, 51, 100, 1])] * 2


def test_first_packet_goes_at_once(ends, receiver, tmp_path):
    """Its scenario may have it wait; the others keep their distance to it, and it is stamped with its own time."""
    scenario = tmp_path / "later.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - step: request\n    at: 30\n  - step: data_to_mn\n    drop: true\n")
    assert sent(send(ends, scenario, *TO_THERE))["seconds"] < 20
    frames = receiver.frames()
    assert len(frames) == 3
    assert abs(identification(frames[0]) - receiver.times[0]) < 1


def test_arp(ends, receiver):
    """On the link of the interface the destination is asked for; its kernel answers."""
    sent(send(ends, "coa_mode", "--set", f"ha.address={ADDRESS_THERE}", "--to", ADDRESS_THERE, "--topspeed"))
    request, *frames = receiver.frames()
    assert request[:14] == b"\xff" * 6 + mac(MAC_HERE) + b"\x08\x06"
    assert [frame[:12] for frame in frames] == [mac(MAC_THERE) + mac(MAC_HERE)] * 2


def test_next_hop(ends, receiver):
    """It is asked for once, whatever goes over it."""
    sent(send(ends, "coa_mode", "--next-hop", ADDRESS_THERE, "--topspeed"))
    question, *frames = receiver.frames()
    assert question[12:14] == b"\x08\x06"
    assert [frame[:14] for frame in frames] == [mac(MAC_THERE) + mac(MAC_HERE) + b"\x08\x00"] * 4


def test_next_hop_without_an_own_address(ends, receiver):
    """The question is then a probe, which names no sender."""
    ends[0].ip(f"addr del 10.0.0.1/24 dev {HERE}")
    try:
        sent(send(ends, "coa_mode", "--next-hop", ADDRESS_THERE, "--topspeed"))
    finally:
        ends[0].ip(f"addr add 10.0.0.1/24 dev {HERE}")
    assert receiver.frames()[0][28:32] == bytes(4)


def test_route_and_neighbor_of_the_kernel(ends, receiver):
    """The way is that of the kernel's routes; a neighbor that it knows is not asked, others are, each once."""
    routes = [f"198.51.100.1 via {ADDRESS_THERE}", "192.0.2.0/24 via 10.0.0.9",
              f"203.0.113.0/24 nexthop via 10.0.0.9 nexthop via {ADDRESS_THERE}"]
    known = "02:00:00:00:00:09"
    for route in routes:
        ends[0].ip(f"route add {route}")
    ends[0].ip(f"neigh add 10.0.0.9 lladdr {known} dev {HERE} nud permanent")
    try:
        sent(send(ends, "coa_mode", "--topspeed"))
        sent(send(ends, "coa_mode", "--topspeed", "--set", "mn1.coa=203.0.113.7", "--to", "203.0.113.7"))
    finally:
        ends[0].ip(f"neigh flush dev {HERE} nud all")
        for route in reversed(routes):
            ends[0].ip(f"route del {route}")
    frames = [frame for frame in receiver.frames() if frame[12:14] == b"\x08\x00" or frame[:6] == b"\xff" * 6]
    assert [frame[12:14] for frame in frames] == [b"\x08\x06"] + 6 * [b"\x08\x00"]
    assert [frame[:6] for frame in frames[1:]] == [mac(at) for at in [MAC_THERE, known, known, MAC_THERE, known, known]]


def test_groups_are_not_asked_for(ends, receiver, tmp_path):
    scenario = tmp_path / "group.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - step: request\n    ipv4: { destination: 224.0.0.11 }\n"
                        "  - step: reply\n    ipv4: { destination: 255.255.255.255 }\n"
                        "  - step: data_to_mn\n    drop: true\n  - step: data_from_mn\n    drop: true\n")
    sent(send(ends, scenario, "--topspeed"))
    assert [frame[:6].hex(":") for frame in receiver.frames()] == ["01:00:5e:00:00:0b", "ff:ff:ff:ff:ff:ff"]


@contextlib.contextmanager
def routed(ends):
    """The kernel knows a way to the home agent. It forgets its neighbor again, or would ask for it in later tests."""
    ends[0].ip(f"route add 198.51.100.0/24 via {ADDRESS_THERE}")
    try:
        yield
    finally:
        ends[0].ip(f"route del 198.51.100.0/24 via {ADDRESS_THERE}")
        ends[0].ip(f"neigh flush dev {HERE}")


def test_raw(ends, receiver):
    """The kernel finds the way, and makes the Ethernet header."""
    with routed(ends):
        process = send(ends, "coa_mode", "--raw", "--to", "198.51.100.1", "--topspeed", "--start-time", FIXED_TIME,
                       "--set", "mn1.coa=10.0.0.1")
    figures_ = sent(process)
    frames = [frame for frame in receiver.frames() if frame[12:14] == b"\x08\x00"]
    expected = [frame for frame in written("coa_mode") if frame[30:34] == bytes([198, 51, 100, 1])]
    assert figures_["bytes"] == sum(len(frame) - ETHERNET for frame in expected)
    assert [frame[:12] for frame in frames] == [mac(MAC_THERE) + mac(MAC_HERE)] * 2
    assert [frame[30:34] for frame in frames] == [frame[30:34] for frame in expected]
    assert frames[1][ETHERNET + 20:] == expected[1][ETHERNET + 20:]  # the tunneled packet, whatever is around it


def test_loopback(ends):
    """A loopback interface has Ethernet frames, but no neighbors to find."""
    ends[0].ip("link set lo up")
    with Receiver(ends[0], "lo") as receiver:
        sent(send(ends, "coa_mode", "--topspeed", interface="lo"))
        assert [frame[:12] for frame in receiver.frames()] == [bytes(12)] * 4
    ends[0].ip("link set lo down")


# When, and how many.

def test_times_of_the_steps(ends, receiver):
    """Never too early: the steps of the flow are at 0, 0.1, 3.0 and 3.1 s, and the next round a second later."""
    slack = lateness(sent(send(ends, "coa_mode", *TO_THERE, "--loop", "2")))
    assert len(receiver.frames()) == 8
    for i, due in enumerate([0, 0.1, 3, 3.1, 4.1, 4.2, 7.1, 7.2]):
        assert due - slack < receiver.times[i] - receiver.times[0] < due + slack + 0.5


@pytest.mark.parametrize("options, packets, seconds", [
    (["--pps", "200"], 60, 59 / 200),
    (["--pps", "2.5"], 3, 2 / 2.5),
    (["--gap", "5ms"], 60, 59 * 0.005),
    (["--gap", "500us"], 200, 199 * 0.0005),
    (["--gap", "0.4s"], 2, 0.4),
    (["--mbps", "0.1"], 40, (398 * 10 - 94) * 8 / 1e5),  # the last frame's own time is not awaited
])
def test_rate(ends, receiver, options, packets, seconds):
    figures_ = sent(send(ends, "coa_mode", *TO_THERE, *options, "--count", str(packets)))
    assert len(receiver.frames()) == packets == figures_["packets"]
    took = receiver.times[-1] - receiver.times[0]
    slack = lateness(figures_)
    assert seconds - slack < took < seconds + slack + 0.5
    assert figures_["seconds"] == pytest.approx(took, abs=0.1)
    assert figures_["pps"] == pytest.approx((packets - 1) / figures_["seconds"], rel=0.05)


def test_ramp(ends, receiver):
    """From 40 to 160 a second in one second: 100 packets, 70 of them (40 * 0.5 + 120 / 8 = 35 before) in the second half."""
    figures_ = sent(send(ends, "coa_mode", *TO_THERE, "--pps", "40..160", "--duration", "1s"))
    assert len(receiver.frames()) == 100 == figures_["packets"]
    assert receiver.times[35] - receiver.times[0] == pytest.approx(0.5, abs=lateness(figures_) + 0.1)


@pytest.mark.parametrize("options, packets", [
    ([], 4),
    (["--loop", "5"], 20),
    (["--count", "3"], 3),
    (["--count", "13"], 13),
    (["--loop", "2", "--count", "100"], 8),
    (["--loop", "0", "--count", "9"], 9),
    (["--duration", "200ms"], 40),
    (["--duration", "200ms", "--count", "7"], 7),
    (["--duration", "10s", "--loop", "1"], 4),
])
def test_how_many(ends, receiver, options, packets):
    sent(send(ends, "coa_mode", *TO_THERE, "--pps", "200", *options))
    assert len(receiver.frames()) == packets


@pytest.mark.parametrize("threads", ["1", "2", "7"])
def test_top_speed(ends, receiver, threads):
    """All of them, and each round whole and in its order, whichever thread sends it."""
    count = 4 * 2500 + 3
    figures_ = sent(send(ends, "coa_mode", *TO_THERE, "--topspeed", "--threads", threads, "--count", str(count)))
    lengths = [len(frame) for frame in receiver.frames()]
    assert len(lengths) == count == figures_["packets"]
    expected = [len(frame) for frame in written("coa_mode")]
    assert sorted(lengths) == sorted((expected * 2501)[:count])
    if threads == "1":
        assert lengths == (expected * 2501)[:count]


def test_top_speed_for_a_time(ends):
    figures_ = sent(send(ends, "coa_mode", *TO_THERE, "--topspeed", "--duration", "300ms"))
    assert figures_["packets"] > 1000 and 0.25 < figures_["seconds"] < 1


def test_after_a_stall(ends, receiver):
    """The schedule is met again, but not in a burst: packets follow each other at twice their rate at most,
    measured over 20 ms."""
    process = ends[0].start(*command("coa_mode", *TO_THERE, "--pps", "1000", "--count", "2500"),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: receiver.wait(200))
    stop_for(pid_of(process), 0.4)
    output, complaint = process.communicate(timeout=30)
    receiver.frames()
    assert (process.returncode, complaint) == (0, "")
    assert figures(output)["late"] >= 300 and figures(output)["latest"] >= 390
    times = receiver.times
    assert len(times) == 2500
    assert times[-1] - times[0] > 2.3  # a loaded machine may take longer
    stall = max(range(1, len(times)), key=lambda i: times[i] - times[i - 1])
    assert times[stall] - times[stall - 1] > 0.35
    after = times[stall:]
    for i in range(len(after) - 250):  # at twice the rate 250 packets take 125 ms, in a burst less than one
        assert after[i + 250] - after[i] > 0.05


def stop_for(pid, seconds):
    """The process stands still for a while; on a busy machine its threads run on for a moment after the signal."""
    os.kill(pid, signal.SIGSTOP)
    states = list(Path(f"/proc/{pid}/task").glob("*/stat"))
    wait_for(lambda: all(path.read_text().rpartition(")")[2].split()[0] == "T" for path in states))
    time.sleep(seconds)
    os.kill(pid, signal.SIGCONT)


def pid_of(process):
    """env and nsenter become the program; so its process is the one."""
    assert "dsmipgen" in os.readlink(f"/proc/{process.pid}/exe")
    return process.pid


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


# What it reports.

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("pace", [["--pps", "100"], ["--topspeed"], ["--gap", "1h"]])
def test_signal(ends, receiver, number, pace):
    """The summary comes, it is right, and the end is that of a program that heeds the signal."""
    process = ends[0].start(*command("coa_mode", *TO_THERE, "--loop", "0", *pace), stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)
    frames = receiver.wait(1)
    time.sleep(0.2)
    begin = time.monotonic()
    os.kill(pid_of(process), number)
    output, complaint = process.communicate(timeout=30)
    assert time.monotonic() - begin < 5
    assert (process.returncode, complaint) == (-number, "")
    frames += receiver.frames()
    if pace != ["--topspeed"]:  # more than the receiver holds
        assert figures(output)["packets"] == len(frames) > 0
    assert figures(output)["errors"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ignored_by_who_started_it(ends, receiver, number):
    """A run without end that a script started in the background is ended like one in a terminal, as with tcpdump."""
    process = ends[0].start(*with_ignored_signals(command("coa_mode", *TO_THERE, "--loop", "0", "--pps", "100")),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    receiver.wait(1)
    os.kill(pid_of(process), number)
    output, complaint = process.communicate(timeout=30)
    assert (process.returncode, complaint) == (-number, "")
    assert figures(output)["packets"] > 0


def test_progress_json(ends):
    process = send(ends, "coa_mode", *TO_THERE, "--pps", "500", "--duration", "2.5s", "--progress", "json")
    assert (process.returncode, process.stdout) == (0, "")
    *seconds, end = [json.loads(line) for line in process.stderr.splitlines()]
    assert len(seconds) >= 2
    assert [one["seconds"] for one in seconds] == pytest.approx(range(1, len(seconds) + 1), abs=0.9)
    assert all("end" not in one for one in seconds)
    assert (end["end"], end["packets"], end["errors"]) == ("duration", 1250, 0)
    assert end["bytes"] == 1250 // 4 * 398 + sum(len(f) for f in written("coa_mode")[:2])
    counts = [one["packets"] for one in seconds + [end]]
    assert counts == sorted(counts) and counts[0] > 0
    assert end["pps"] == pytest.approx(1249 / end["seconds"], rel=1e-3)


@pytest.mark.parametrize("options, word", [(["--loop", "1"], "done"), (["--count", "2"], "count"),
                                           (["--duration", "100ms"], "duration")])
def test_json_tells_the_end(ends, options, word):
    process = send(ends, "coa_mode", *TO_THERE, "--pps", "100", "--progress", "json", *options)
    assert json.loads(process.stderr)["end"] == word


def test_json_after_a_signal(ends, receiver):
    process = ends[0].start(*command("coa_mode", *TO_THERE, "--loop", "0", "--progress", "json"),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    receiver.wait(1)
    os.kill(pid_of(process), signal.SIGINT)
    output, complaint = process.communicate(timeout=30)
    assert output == "" and json.loads(complaint.splitlines()[-1])["end"] == "signal"


def on_terminal(process, terminal):
    """What a program wrote to a terminal, after it has ended."""
    text = b""
    process.wait(timeout=30)
    with contextlib.suppress(OSError):  # the end of a terminal
        while piece := os.read(terminal, 4096):
            text += piece
    return text.decode()


@pytest.mark.parametrize("options, is_shown", [([], True), (["--progress", "none"], False)])
def test_progress_line(ends, options, is_shown):
    """Only on a terminal, and one line there, written over."""
    terminal, other = pty.openpty()
    process = ends[0].start(*command("coa_mode", *TO_THERE, "--pps", "100", "--duration", "1.5s", *options),
                            stdout=subprocess.PIPE, stderr=other)
    os.close(other)
    text = on_terminal(process, terminal)
    os.close(terminal)
    assert figures(process.stdout.read())["packets"] == 150
    process.stdout.close()
    assert bool(re.search(r"\r\x1b\[K\d+ packets, \d+ packets/s, \d+ late, 0 errors", text)) == is_shown
    assert "\n" not in text


# Answers.

TO_AGENT = ["--set", f"ha.address={ADDRESS_THERE}", "--set", f"mn1.coa={ADDRESS_HERE}", "--to", ADDRESS_THERE]


@contextlib.contextmanager
def agent(space, *replies):
    """A home agent that answers the next request after another by the next ones of these: a code, or a code and seconds
    to wait before, or several of them; nothing where there is none."""
    with space.entered():
        socket_ = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    socket_.bind((ADDRESS_THERE, 434))
    socket_.settimeout(30)

    def work():
        for reply in replies:
            request, sender = socket_.recvfrom(2048)
            for one in reply if isinstance(reply, list) else [reply]:
                code, delay = one if isinstance(one, tuple) else (one, 0)
                time.sleep(delay)
                # RFC 5944 3.4: type, code, lifetime, home address, home agent, identification
                socket_.sendto(bytes([3, code]) + request[2:12] + request[16:24], sender)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        socket_.close()


def test_answers(ends, receiver):
    """Codes, the second answer to a request, one that comes late, and one that does not come."""
    with agent(ends[1], 0, [131, 0], [], (0, 0.2)):
        process = send(ends, "registration", *TO_AGENT, "--gap", "10ms", "--loop", "4", "--wait", "0.7")
    figures_ = sent(process)
    match = ANSWERS.fullmatch(process.stdout.splitlines()[1])
    assert (match[1], match[2]) == ("4", "3")
    assert (match[3], match[7], match[8]) == ("code 0: 2, code 131: 1", "1", "1")
    least, median, late = (float(match[i]) for i in (4, 5, 6))
    assert 0 < least <= median < late and 200 <= late < 700
    assert figures_["packets"] == 4 and figures_["seconds"] < 0.5


def test_no_longer_than_for_the_last_answer(ends):
    with agent(ends[1], 0):
        begin = time.monotonic()
        process = send(ends, "registration", *TO_AGENT, "--wait", "20", "--progress", "json")
    assert time.monotonic() - begin < 10
    end = json.loads(process.stderr.splitlines()[-1])
    assert {name: end[name] for name in ("requests", "answered", "not_answered", "codes", "other_replies", "missed")} == {
        "requests": 1, "answered": 1, "not_answered": 0, "codes": {"0": 1}, "other_replies": 0, "missed": 0}
    assert 0 < end["answer_minimum_ms"] == end["answer_median_ms"] == end["answer_99th_ms"]


def test_waiting_ends_by_a_signal(ends, receiver):
    process = ends[0].start(*command("registration", *TO_THERE, "--to", "198.51.100.1", "--wait", "1m"),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert receiver.wait(1)
    time.sleep(0.2)
    os.kill(pid_of(process), signal.SIGINT)
    output, complaint = process.communicate(timeout=10)
    assert (process.returncode, complaint) == (-signal.SIGINT, "")
    assert output.endswith("\n1 request, 0 answered; 1 not answered\n")


def test_own_replies_are_no_answers(ends):
    """On a loopback interface they come back."""
    ends[0].ip("link set lo up")
    process = send(ends, "registration", "--wait", "0.2", interface="lo")
    ends[0].ip("link set lo down")
    assert process.stdout.endswith("\n1 request, 0 answered; 1 not answered\n")


# What would be sent.

def test_dry_run(ends, receiver, tmp_path):
    """Nothing is sent, nobody is asked, and no right is needed; the frames are those of a run."""
    capture = tmp_path / "dry.pcapng"
    words = ["coa_mode", "--next-hop", "10.0.0.77", "--start-time", FIXED_TIME, "--dry-run"]
    process = send(ends, *words)
    assert (process.returncode, process.stderr) == (0, "")
    assert [line.split() for line in process.stdout.splitlines()][1] == [
        "0.100000", "106", "by", "ARP", "198.51.100.1", ">", "192.0.2.33", "coa_mode", "step", "reply"]
    sent_nothing = send(ends, "coa_mode", *TO_THERE, "--start-time", FIXED_TIME, "--dry-run", "-w", capture)
    assert (sent_nothing.returncode, sent_nothing.stdout, sent_nothing.stderr) == (0, "", "")
    assert receiver.frames_of_programs() == []
    assert [frame for _, _, frame in dsmipgen.packets(capture)] == with_macs(written("coa_mode"))
    assert dsmipgen.comment_lines(capture) == dsmipgen.comment_lines(dsmipgen.write("coa_mode"))


def test_dry_run_keeps_the_rate(ends):
    process = send(ends, "coa_mode", *TO_THERE, "--pps", "4", "--count", "6", "--dry-run")
    assert [line.split()[0] for line in process.stdout.splitlines()] == [f"{i / 4:.6f}" for i in range(6)]
    process = send(ends, "coa_mode", *TO_THERE, "--pps", "4", "--duration", "2s", "--dry-run")
    assert len(process.stdout.splitlines()) == 8


# What is refused.

@pytest.mark.parametrize("options, words", [
    (["coa_mode"], ["no interface", "-i IFACE"]),
    (["-i", HERE], ["no scenario named"]),
    (["no_such", "-i", HERE], ["unknown scenario 'no_such'"]),
    (["coa_mode", "-i", HERE, "--pps", "5", "--topspeed"], ["--pps", "--topspeed", "exclude"]),
    (["coa_mode", "-i", HERE, "--pps", "5", "--mbps", "5"], ["--pps", "--mbps", "exclude"]),
    (["coa_mode", "-i", HERE, "--mbps", "5", "--gap", "5ms"], ["--mbps", "--gap", "exclude"]),
    (["coa_mode", "-i", HERE, "--pps", "0"], ["--pps '0'", "0.001"]),
    (["coa_mode", "-i", HERE, "--pps", "many"], ["--pps 'many'"]),
    (["coa_mode", "-i", HERE, "--pps", "5..0", "--duration", "1s"], ["--pps '5..0'", "100..5000"]),
    (["coa_mode", "-i", HERE, "--pps", "5..10"], ["--pps", "--duration"]),
    (["coa_mode", "-i", HERE, "--pps", "nan"], ["--pps 'nan'"]),
    (["coa_mode", "-i", HERE, "--mbps", "1e9"], ["--mbps '1e9'"]),
    (["coa_mode", "-i", HERE, "--gap", "5x"], ["--gap '5x'", "500us"]),
    (["coa_mode", "-i", HERE, "--gap", "2h"], ["--gap '2h'", "1h"]),
    (["coa_mode", "-i", HERE, "--gap", "-1ms"], ["--gap '-1ms'"]),
    (["coa_mode", "-i", HERE, "--duration", "soon"], ["--duration 'soon'", "10s"]),
    (["coa_mode", "-i", HERE, "--loop", "-1"], ["--loop '-1'", "4294967295"]),
    (["coa_mode", "-i", HERE, "--count", "0"], ["--count '0'", "from 1"]),
    (["coa_mode", "-i", HERE, "--topspeed", "--threads", "257"], ["--threads '257'", "256"]),
    (["coa_mode", "-i", HERE, "--threads", "2"], ["--threads without --topspeed"]),
    (["coa_mode", "-i", HERE, "--start-time", "yesterday"], ["--start-time 'yesterday'", "2026-01-01T00:00:00Z"]),
    (["coa_mode", "-i", HERE, "--progress", "xml"], ["'xml'", "json"]),
    (["coa_mode", "-i", HERE, "--to", "here"], ["--to 'here'", "IPv4"]),
    (["coa_mode", "-i", HERE, "--to", "192.0.2.99"], ["no packet", "--to"]),
    (["coa_mode", "-i", HERE, "--mac-source", "02:00"], ["--mac-source '02:00'", "MAC"]),
    (["coa_mode", "-i", HERE, "--mac-destination", "zz"], ["--mac-destination 'zz'", "MAC"]),
    (["coa_mode", "-i", HERE, "--mac-destination", MAC_THERE + ":99"], [":99'", "MAC"]),
    (["coa_mode", "-i", HERE, "--next-hop", "router"], ["--next-hop 'router'", "IPv4"]),
    (["coa_mode", "-i", HERE, "--next-hop", "10.0.0.2", *TO_THERE], ["--next-hop", "--mac-destination", "exclude"]),
    (["coa_mode", "-i", HERE, "--raw", *TO_THERE], ["--raw", "--mac-destination", "exclude"]),
    (["coa_mode", "-i", HERE, "--set", "mn1.coa=nowhere"], ["nowhere"]),
    (["coa_mode", "-i", HERE, "--seed", "-1"], ["seed"]),
    (["coa_mode", "-i", HERE, "--wait", "soon"], ["--wait 'soon'", "10s"]),
    (["coa_mode", "-i", HERE, "--wait", "1s", "--topspeed"], ["--wait with --topspeed"]),
    (["coa_mode", "-i", HERE, "--wait", "1s", "--dry-run"], ["--wait", "--dry-run", "exclude"]),
    (["coa_mode", "-i", HERE, "-w", "x.pcap"], ["--write without --dry-run"]),
    (["coa_mode", "-i", HERE, "--dry-run", "--loop", "0"], ["without end", "--count"]),
    (["coa_mode", "-i", HERE, "--dry-run", "--topspeed", "--duration", "1s"], ["without end"]),
])
def test_usage(ends, receiver, options, words):
    check_refusal(ends[0].run(dsmipgen.PROGRAM, "send", *options), USAGE, *words)
    assert receiver.frames_of_programs() == []


def test_no_such_interface(ends):
    check_refusal(send(ends, "coa_mode", interface="nowhere0"), ENVIRONMENT, "no such interface 'nowhere0'")
    check_refusal(send(ends, "coa_mode", interface="a-name-that-is-too-long"), ENVIRONMENT, "no such interface")


def test_interface_down(ends):
    ends[0].ip("link add down0 type veth peer name down1")
    try:
        check_refusal(send(ends, "coa_mode", interface="down0"), ENVIRONMENT, "down0 is down")
        ends[0].ip("link set down0 up")
        check_refusal(send(ends, "coa_mode", interface="down0"), ENVIRONMENT, "down0 has no carrier")
    finally:
        ends[0].ip("link del down0")


@needs_tun
def test_interface_without_ethernet(ends):
    with tun(ends[0]) as descriptor:
        check_refusal(send(ends, "coa_mode", interface="tun0"), ENVIRONMENT, "tun0 has no Ethernet", "--raw")
        ends[0].ip("route add 198.51.100.1/32 dev tun0")
        sent(send(ends, "coa_mode", "--raw", "--to", "198.51.100.1", "--topspeed", interface="tun0"))
        assert [os.read(descriptor, 2048)[16:20] for _ in range(2)] == [bytes([198, 51, 100, 1])] * 2


def readable_program():
    """The program where an ordinary user may run it."""
    program = scratch() / "dsmipgen"
    shutil.copyfile(dsmipgen.PROGRAM, program)
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("options", [TO_THERE, ["--raw"]])
def test_no_permission(ends, options):
    process = ends[0].run("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", readable_program(),
                          "send", "coa_mode", "-i", HERE, *options)
    check_refusal(process, ENVIRONMENT, "no permission to send on test0", "CAP_NET_RAW")


def test_permission_by_capability(ends, receiver):
    """It need not be root."""
    with_capability = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                       "--inh-caps=+net_raw", "--ambient-caps=+net_raw"]
    sent(ends[0].run(*with_capability, readable_program(), "send", "coa_mode", "--topspeed", "-i", HERE, *TO_THERE))
    assert len(receiver.frames()) == 4


def test_permission_by_file_capability(ends, receiver):
    """As the manual page says: the program has the capability, whoever runs it."""
    program = readable_program()
    if subprocess.run(["setcap", "cap_net_raw+ep", program], capture_output=True, check=False).returncode != 0:
        pytest.skip(f"no file capabilities in {program.parent}")
    sent(ends[0].run("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", program, "send", "coa_mode",
                     "--topspeed", "-i", HERE, *TO_THERE))
    assert len(receiver.frames()) == 4


@pytest.mark.parametrize("pace", [["--gap", "30s"], ["--topspeed", "--threads", "2", "--loop", "0"]])
def test_sends_without_privileges(ends, receiver, pace):
    """What opening the sockets took is given up, by every thread, before the first packet."""
    process = ends[0].start(dsmipgen.PROGRAM, "send", "coa_mode", "-i", HERE, *TO_THERE, *pace, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)
    try:
        assert receiver.wait(1)
        for thread in Path(f"/proc/{process.pid}/task").iterdir():
            status = dict(line.split(":\t", 1) for line in (thread / "status").read_text().splitlines())
            assert [int(status[name], 16) for name in ["CapPrm", "CapEff", "CapAmb"]] == [0, 0, 0], thread
            assert status["NoNewPrivs"] == "1"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


@pytest.mark.parametrize("options", [TO_THERE, ["--raw", "--to", "198.51.100.1"], ["--next-hop", "10.0.0.2"]])
def test_larger_than_the_mtu(ends, receiver, tmp_path, options):
    """The step is named, and not even the packets before it are sent, or anybody asked."""
    scenario = tmp_path / "large.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - step: large\n    stack:\n"
                        "      - ipv4: { source: mn.coa, destination: ha.address }\n"
                        "      - ipv6: { source: mn.address6, destination: cn.address6, next_header: 59 }\n"
                        "      - payload: { length: 1441 }\n")
    check_refusal(send(ends, scenario, *options, "--topspeed"), ENVIRONMENT, "large.yaml step large: 1501 bytes",
                  "MTU of test0 is 1500")
    assert receiver.frames_of_programs() == []
    scenario.write_text(scenario.read_text().replace("1441", "1440"))
    assert sent(send(ends, scenario, *TO_THERE, "--topspeed"))["packets"] == 5


def test_nobody_answers(ends, receiver):
    begin = time.monotonic()
    process = send(ends, "coa_mode", "--next-hop", "10.0.0.77")
    check_refusal(process, ENVIRONMENT, "no ARP answer from 10.0.0.77 on test0 in 3 s")
    assert 2.9 < time.monotonic() - begin < 10
    frames = receiver.frames()  # the kernel may ask for another address, as after the test before
    assert {frame[12:14] for frame in frames} == {b"\x08\x06"}
    assert sum(frame[38:42] == bytes([10, 0, 0, 77]) for frame in frames) == 3


def test_nobody_to_ask(ends, receiver):
    check_refusal(send(ends, "coa_mode"), ENVIRONMENT, "coa_mode step request", "no route to 198.51.100.1 out of test0",
                  "--next-hop")
    check_refusal(send(ends, "coa_mode", "--set", "ha.address=10.0.0.1"), ENVIRONMENT, "10.0.0.1", "itself", "--to")
    ends[0].ip(f"link set {HERE} arp off")
    try:
        check_refusal(send(ends, "coa_mode", "--next-hop", ADDRESS_THERE), ENVIRONMENT, "no ARP on test0",
                      "--mac-destination")
    finally:
        ends[0].ip(f"link set {HERE} arp on")
    assert receiver.frames_of_programs() == []


def test_not_ipv4(ends, receiver, tmp_path):
    scenario = tmp_path / "other.yaml"
    scenario.write_text("steps:\n  - step: other\n    stack:\n      - ethernet: { type: 0x88b5, source: "
                        "'02:00:00:00:00:01', destination: auto }\n      - payload: { text: hello }\n")
    scenario.write_text(scenario.read_text().replace("destination: auto", "destination: '02:00:00:00:00:02'"))
    check_refusal(send(ends, scenario, "--raw"), USAGE, "step other", "not IPv4")
    sent(send(ends, scenario))
    frames = [frame for frame in receiver.frames() if frame[12:14] != b"\x08\x06"]  # the kernel's own ARP
    assert [frame[12:] for frame in frames] == [b"\x88\xb5hello"]


def test_vlan_tags(ends, receiver, tmp_path):
    """A VLAN tag does not count for the MTU and does not hide the destination, but ARP does not work behind it."""
    inner = (b"\x45\x00" + struct.pack("!H", 1500) + bytes(12) + bytes([198, 51, 100, 1])).ljust(1500, b"\0")
    scenario = tmp_path / "tagged.yaml"
    scenario.write_text(f"steps:\n  - step: tagged\n    stack:\n      - ethernet: {{ type: 0x8100, source: "
                        f"'{MAC_HERE}', destination: '{MAC_THERE}' }}\n      - payload: {{ hex: '00070800{inner.hex()}' }}\n")
    sent(send(ends, scenario, "--to", "198.51.100.1"))
    assert [frame[-1500:] for frame in receiver.frames()] == [inner]
    check_refusal(send(ends, scenario, "--raw"), USAGE, "step tagged", "not IPv4 in plain Ethernet")


def refused_scenario(folder):
    """A scenario with a step that the kernel does not send as raw IPv4."""
    scenario = folder / "ihl.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - step: short\n    stack:\n"
                        "      - ipv4: { source: mn.coa, destination: ha.address, ihl: 15, protocol: 17 }\n"
                        "      - payload: { length: 4 }\n")
    return scenario


def test_refused_by_the_kernel(ends, tmp_path):
    """A packet that it does not take is counted, the run goes on, and the first one is named at the end."""
    scenario = refused_scenario(tmp_path)
    with routed(ends):
        process = send(ends, scenario, "--raw", "--topspeed", "--loop", "3", "--to", "198.51.100.1")
    assert process.returncode == ENVIRONMENT
    assert figures(process.stdout)["errors"] == 3 and figures(process.stdout)["packets"] == 6
    assert re.fullmatch(r"dsmipgen: \S*ihl.yaml step short: Invalid argument\n", process.stderr)


def test_interface_goes_away(ends):
    ends[0].ip("link add gone0 type veth peer name gone1")
    ends[0].ip("link set gone0 up")
    ends[0].ip("link set gone1 up")
    await_carrier(ends[0], "gone0")
    process = ends[0].start(*command("coa_mode", *TO_THERE, "--pps", "100", "--loop", "0", interface="gone0"),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with Receiver(ends[0], "gone1") as other_end:
        assert other_end.wait(10)
    ends[0].ip("link del gone0")
    output, complaint = process.communicate(timeout=30)
    assert process.returncode == ENVIRONMENT
    assert figures(output)["errors"] == 1 and figures(output)["packets"] >= 10
    assert re.fullmatch(r"dsmipgen: coa_mode step \w+: [^\n]+\n", complaint)


def test_full_queue(ends, receiver):
    """What does not fit into the queue is tried again, and all of it arrives."""
    process = ends[0].run("tc", "qdisc", "add", "dev", HERE, "root", "tbf", "rate", "4mbit", "burst", "2k",
                          "limit", "2k")
    if process.returncode != 0:
        pytest.skip(f"the kernel has no tbf: {process.stderr.strip()}")
    try:
        figures_ = sent(send(ends, "coa_mode", *TO_THERE, "--topspeed", "--count", "1000"))
        assert len(receiver.wait(1000)) == 1000 == figures_["packets"]
    finally:
        ends[0].run("tc", "qdisc", "del", "dev", HERE, "root")
    assert figures_["retries"] > 0 and figures_["errors"] == 0
