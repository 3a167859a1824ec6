# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen send --nodes: what arrives is what `write --nodes` writes, but for the times in it, and those are right.

Authenticators are computed by Python's hmac (test_auth), times in packets compared with the receiver's clock.
"""

import hmac
import os
import signal
import subprocess
import time

import pytest
from scapy.utils import RawPcapReader

import dsmipgen
from dsmipv4_tshark import checked
from network import ADDRESS_THERE, MAC_HERE, MAC_THERE, needs_network
from test_auth import FA_HA, FIXED_PART, KEYS, MN_FA, MN_HA, extensions, wrong_authenticators
from test_cli import ENVIRONMENT, USAGE, check_refusal
from test_nodes import MANY, ONE_NODE, derived_key
# The names of the fixtures are how pytest finds them.
from test_send import (ETHERNET, FIXED_TIME, IP_UDP, TO_THERE, command, figures, fixture_ends, fixture_receiver,  # noqa: F401
                       identification, is_control, lateness, mac, pid_of, refused_scenario, routed, send, sent, stop_for,
                       with_macs)

pytestmark = needs_network

START = 1767225600  # FIXED_TIME
REVOCATION_SUPPORT = 137
IDENTIFICATION = {1: (16, 24), 3: (12, 20), 7: (16, 20), 15: (8, 12)}
HA = "198.51.100.1"


@pytest.fixture(name="written")
def fixture_written(tmp_path):
    """The frames that write makes of a scenario with the same options."""
    def frames(name, *options):
        path = tmp_path / "written.pcap"
        checked(dsmipgen.dsmipgen("write", name, *options, "-w", path))
        return [data for data, _ in RawPcapReader(str(path))]
    return frames


def payload_of(frame):
    return frame[ETHERNET + IP_UDP:]


def home_address(frame):
    return payload_of(frame)[4:8]


def is_request(frame):
    return is_control(frame) and payload_of(frame)[0] == 1


def without_times(frame):
    """The frame with zeros for what the time of sending is in, and what is computed over that."""
    if not is_control(frame):
        return frame
    payload = bytearray(payload_of(frame))
    start, end = IDENTIFICATION[payload[0]]
    payload[start:end] = bytes(end - start)
    if payload[0] in FIXED_PART:
        for kind, at, header, body in list(extensions(bytes(payload))):
            skip = {MN_HA: 4, MN_FA: 4, FA_HA: 4, 36: 4, REVOCATION_SUPPORT: 0}.get(kind, len(body))
            payload[at + header + skip:at + header + len(body)] = bytes(len(body) - skip)
    return frame[:ETHERNET + 26] + b"\0\0" + bytes(payload)


def check_registrations(frames):
    """Each reply has the identification of its node's request, and every authenticator is right; the requests."""
    requests = {}
    for frame in frames:
        if not is_control(frame):
            continue
        assert wrong_authenticators(payload_of(frame), KEYS)[0] == []
        if is_request(frame):
            requests[home_address(frame)] = frame
        else:
            assert identification(frame) == identification(requests[home_address(frame)])
    return requests


# What arrives.

@pytest.mark.parametrize("options", [["--spacing", "0.02"], ["--spacing", "0", "--node-keys", "derived"],
                                     ["--spacing", "0.3", "--set", "nodes.hoa=192.168.0.0/16"]])
@pytest.mark.parametrize("name", ["coa_mode", "registration"])
def test_every_byte(ends, receiver, written, name, options):
    """At the time of the captures, frames and order are those of the capture."""
    figures_ = sent(send(ends, name, *TO_THERE, "--nodes", "5", *options, "--start-time", FIXED_TIME))
    expected = with_macs(written(name, "--nodes", "5", *options))
    assert receiver.frames() == expected
    assert (figures_["packets"], figures_["bytes"]) == (len(expected), sum(map(len, expected)))


@pytest.mark.parametrize("name", ONE_NODE)
def test_every_flow(ends, receiver, written, name):
    sent(send(ends, name, *TO_THERE, "--nodes", "300", "--topspeed", "--threads", "1"))
    expected = with_macs(written(name, "--nodes", "300"))
    assert [without_times(frame) for frame in receiver.frames()] == [without_times(frame) for frame in expected]


@pytest.mark.parametrize("rate", [[], ["--gap", "1ms"], ["--topspeed"]])
def test_fragments(ends, receiver, written, tmp_path, rate):
    scenario = tmp_path / "fragments.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - step: data_from_mn\n    fragment: 16\n")
    options = [scenario, "--nodes", "3", "--spacing", "0.1"]
    sent(send(ends, *options, *TO_THERE, *rate, *(["--threads", "1"] if "--topspeed" in rate else [])))
    expected = with_macs(written(*options))
    assert len(expected) == 3 * (3 + 4)
    assert [without_times(frame) for frame in receiver.frames()] == [without_times(frame) for frame in expected]


def test_several_scenarios(ends, receiver, written):
    options = ["--nodes", "4", "--spacing", "0.01"]
    sent(send(ends, "registration", "coa_mode", *options, *TO_THERE, "--gap", "1ms"))
    expected = with_macs(written("registration", *options) + written("coa_mode", *options))
    assert [without_times(frame) for frame in receiver.frames()] == [without_times(frame) for frame in expected]


def test_derived_keys(ends, receiver):
    sent(send(ends, "registration", "--nodes", "20", "--node-keys", "derived", *TO_THERE, "--topspeed"))
    frames = receiver.frames()
    assert len(frames) == 40
    own = {home_address(frame) for frame in frames}
    for frame in frames:
        key = hmac.new(KEYS[MN_HA, 0x100], home_address(frame), "sha256").digest()[:16]
        assert wrong_authenticators(payload_of(frame), {(MN_HA, 0x100): key})[0] == []
    assert len(own) == 20
    assert hmac.new(KEYS[MN_HA, 0x100], bytes([198, 18, 0, 1]), "sha256").digest()[:16] == derived_key(b"mn1-ha secret", 0)


@pytest.mark.parametrize("threads", ["1", "2", "5"])
def test_top_speed(ends, receiver, written, threads):
    """Every packet of every node once, the packets of a node in their order, whichever thread sends it."""
    options = ["coa_mode", "--nodes", "700"]
    sent(send(ends, *options, *TO_THERE, "--topspeed", "--threads", threads))
    expected = [without_times(frame) for frame in with_macs(written(*options))]
    frames = receiver.frames()
    arrived = [without_times(frame) for frame in frames]
    assert sorted(arrived) == sorted(expected)
    assert len(check_registrations(frames)) == 700
    if threads == "1":
        assert arrived == expected


@pytest.mark.parametrize("options, packets", [
    (["--nodes", "7", "--loop", "3"], 42),
    (["--nodes", "1"], 2),
    (["--nodes", str(MANY), "--count", "4001"], 4001),
    (["--nodes", "100", "--count", "1001"], 1001),
    (["--nodes", "100", "--loop", "2", "--count", "1001"], 400),
])
@pytest.mark.parametrize("pace", [["--topspeed"], ["--pps", "20000"]])
def test_how_many(ends, receiver, options, packets, pace):
    figures_ = sent(send(ends, "registration", *TO_THERE, *options, *pace))
    assert len(receiver.frames()) == packets == figures_["packets"]


# Times.

def test_times_of_the_scenario(ends, receiver):
    """Node K begins K spacings after the first; its reply comes a tenth of a second later."""
    slack = lateness(sent(send(ends, "registration", *TO_THERE, "--nodes", "30", "--spacing", "0.02")))
    first = {}
    frames = receiver.frames()
    assert len(frames) == 60
    for frame, when in zip(frames, receiver.times):
        node = home_address(frame)[3] - 1
        due = node * 0.02 + (0 if is_request(frame) else 0.1)
        first.setdefault("time", when)
        assert due - slack < when - first["time"] < due + slack + 0.5
        if is_request(frame):
            assert abs(identification(frame) - when) < 0.5 + slack
    check_registrations(frames)


def test_times_at_a_rate(ends, receiver):
    """A request carries the time of its own place in the sequence, also in the second round, and so does its reply."""
    sent(send(ends, "coa_mode", *TO_THERE, "--nodes", "40", "--spacing", "0.05", "--gap", "3ms", "--loop", "2",
              "--start-time", FIXED_TIME))
    frames = receiver.frames()
    assert len(frames) == 2 * 160
    for part in (frames[:160], frames[160:]):
        assert len(check_registrations(part)) == 40
    stamps = [(i, identification(frame)) for i, frame in enumerate(frames) if is_request(frame)]
    assert len({stamp for _, stamp in stamps}) == 80
    for i, stamp in stamps:
        assert stamp == pytest.approx(START + i * 0.003, abs=3e-6)


def test_times_of_selected_packets(ends, receiver):
    """What --to leaves out takes no place in the sequence."""
    sent(send(ends, "coa_mode", *TO_THERE, "--nodes", "40", "--to", HA, "--gap", "2ms", "--start-time", FIXED_TIME))
    frames = receiver.frames()
    assert len(frames) == 80 and {frame[30:34] for frame in frames} == {bytes([198, 51, 100, 1])}
    for i, frame in enumerate(frames):
        if is_request(frame):
            assert identification(frame) == pytest.approx(START + i * 0.002, abs=3e-6)


def test_rate(ends, receiver):
    figures_ = sent(send(ends, "registration", *TO_THERE, "--nodes", "100000", "--pps", "500", "--count", "400"))
    assert len(receiver.frames()) == 400
    took = receiver.times[-1] - receiver.times[0]
    assert 399 / 500 - lateness(figures_) < took < 399 / 500 + lateness(figures_) + 0.5


def test_loop_gives_new_identifications(ends, receiver):
    sent(send(ends, "registration", *TO_THERE, "--nodes", "10", "--spacing", "0", "--topspeed", "--threads", "1",
              "--loop", "20"))
    frames = receiver.frames()
    assert len(frames) == 400
    for i in range(0, 400, 20):
        check_registrations(frames[i:i + 20])
    own = [identification(frame) for frame in frames if is_request(frame) and home_address(frame)[3] == 1]
    assert own == sorted(own) and len(set(own)) > 10  # a clock of microseconds


def test_times_after_a_stall(ends, receiver):
    """What a stall has beyond a second is not made up for, and the times in the packets follow."""
    process = ends[0].start(*command("registration", *TO_THERE, "--nodes", "100000", "--spacing", "0.01", "--pps", "500",
                                     "--count", "2500"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    frames = receiver.wait(200)
    stop_for(pid_of(process), 2.5)
    output, complaint = process.communicate(timeout=60)
    assert (process.returncode, complaint) == (0, "")
    frames += receiver.frames()
    assert len(frames) == 2500 == figures(output)["packets"]
    check_registrations(frames)
    off = [abs(identification(frame) - when) for frame, when in zip(frames, receiver.times) if is_request(frame)]
    assert off[0] < 0.5
    assert min(off[-100:]) < 0.2  # it would be one and a half


# Where to.

def test_arp_asks_what_all_have_in_common(ends, receiver):
    sent(send(ends, "coa_mode", "--nodes", "50", "--set", f"ha.address={ADDRESS_THERE}", "--to", ADDRESS_THERE,
              "--set", "nodes.hoa=172.16.0.0/16", "--topspeed"))
    request, *frames = receiver.frames()
    assert request[12:14] == b"\x08\x06"
    assert [frame[:12] for frame in frames] == [mac(MAC_THERE) + mac(MAC_HERE)] * 100


def test_next_hop_is_asked_for_once(ends, receiver):
    sent(send(ends, "coa_mode", "--nodes", "50", "--next-hop", ADDRESS_THERE, "--topspeed"))
    request, *frames = receiver.frames()
    assert request[12:14] == b"\x08\x06"
    assert [frame[:14] for frame in frames] == [mac(MAC_THERE) + mac(MAC_HERE) + b"\x08\x00"] * 200


def test_raw(ends, receiver):
    with routed(ends):
        sent(send(ends, "coa_mode", "--raw", "--nodes", "20", "--to", HA, "--pps", "1000"))
    frames = [frame for frame in receiver.frames() if frame[12:14] == b"\x08\x00"]
    assert len(frames) == 40 and len(check_registrations(frames)) == 20


# What it reports.

@pytest.mark.parametrize("pace", [["--pps", "300"], ["--topspeed"], []])
def test_signal(ends, receiver, pace):
    process = ends[0].start(*command("registration", *TO_THERE, "--nodes", str(MANY), "--spacing", "0.005", *pace),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    frames = receiver.wait(1)
    time.sleep(0.2)
    os.kill(pid_of(process), signal.SIGINT)
    output, complaint = process.communicate(timeout=30)
    assert (process.returncode, complaint) == (-signal.SIGINT, "")
    frames += receiver.frames()
    if pace != ["--topspeed"]:  # more than the receiver holds
        assert figures(output)["packets"] == len(frames) > 0
    assert figures(output)["errors"] == 0


@pytest.mark.parametrize("pace", [["--gap", "1ms"], ["--topspeed", "--threads", "1"]])
def test_refused_by_the_kernel(ends, tmp_path, pace):
    """The error names the node."""
    scenario = refused_scenario(tmp_path)
    with routed(ends):
        process = send(ends, scenario, "--raw", *pace, "--nodes", "2", "--to", HA)
    assert process.returncode == ENVIRONMENT
    assert figures(process.stdout)["errors"] == 2 and figures(process.stdout)["packets"] == 4
    assert process.stderr.endswith("ihl.yaml step short node 0: Invalid argument\n")


def peak_memory(ends, *words):
    """Largest resident size in KiB of a run, which must end well."""
    process = subprocess.Popen(ends[0].command(*command(*words)), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss


def test_memory_does_not_grow(ends):
    small, large = (peak_memory(ends, "coa_mode", *TO_THERE, "--nodes", nodes, "--topspeed", "--count", "100000")
                    for nodes in ("1000", str(MANY)))
    assert large < small + 2048


@pytest.mark.parametrize("name, options, words", [
    ("registration", ["--nodes", "0", *TO_THERE], ["0 nodes", str(MANY)]),
    ("registration", ["--nodes", str(MANY + 1), *TO_THERE], [str(MANY + 1), str(MANY)]),
    ("registration", ["--spacing", "1", *TO_THERE], ["--nodes"]),
    ("registration", ["--node-keys", "derived", *TO_THERE], ["--nodes"]),
    ("registration", ["--nodes", "2", "--node-keys", "own", *TO_THERE], ["shared", "derived"]),
    ("registration", ["--nodes", "2", "--set", "mn1.hoa=192.0.2.5", *TO_THERE], ["mn1.hoa", "nodes.hoa"]),
    ("two_nodes", ["--nodes", "2", *TO_THERE], ["mn2"]),
    ("coa_mode", ["--nodes", "2"], ["step reply", "--next-hop", "--mac-destination", "--to"]),
    ("coa_mode", ["--nodes", "2", "--to", "198.18.128.1", *TO_THERE], ["no packet", "--to", "node"]),
])
def test_usage(ends, receiver, name, options, words):
    check_refusal(send(ends, name, *options), USAGE, *words)
    assert receiver.frames_of_programs() == []


def test_larger_than_the_mtu(ends, receiver, tmp_path):
    scenario = tmp_path / "large.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - step: large\n    stack:\n"
                        "      - ipv4: { source: mn.coa, destination: ha.address }\n"
                        "      - ipv6: { source: mn.address6, destination: cn.address6, next_header: 59 }\n"
                        "      - payload: { length: 1441 }\n")
    check_refusal(send(ends, scenario, *TO_THERE, "--nodes", "2"), ENVIRONMENT, "large.yaml step large: 1501 bytes")
    assert receiver.frames_of_programs() == []


def test_interface(ends):
    check_refusal(send(ends, "coa_mode", "--nodes", "2", *TO_THERE, interface="nowhere0"), ENVIRONMENT, "nowhere0")
