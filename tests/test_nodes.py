# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipgen --nodes: packets from templates are those that are built one by one, for every flow.

The packets of node K are compared with those of a run without --nodes in which --set gives mn1 what
node K has; its addresses are computed here once more, from the arithmetic of the manual page. The
plugin must find no rule broken but those that the flow expects.
"""

import functools
import hashlib
import hmac
import ipaddress
import os
import struct
import subprocess

import pytest
from scapy.utils import RawPcapReader, rdpcap

import dsmipgen
import sessions
from dsmipv4_rules import every_rule_on, load_rules
from dsmipv4_tshark import TIMEOUT, checked, scratch, tshark
from test_cli import ENVIRONMENT, USAGE, check_refusal

MANY = 4161536  # the limit
TWO_NODES = {"two_nodes", "case_two_agents", "case_midway_data"}
ONE_NODE = [flow for flow in dsmipgen.flows() if flow not in TWO_NODES]
NEEDS_FUTURE = {rule.id for rule in load_rules().values() if rule.needs_future}
CHECKSUMS = tuple(arg for layer in ("ip", "udp") for arg in ("-o", f"{layer}.check_checksum:TRUE"))


def host(block, node):
    """The node's address in a block: those that end in 0 or 255 are left out."""
    return str(ipaddress.ip_address(block) + node // 254 * 256 + node % 254 + 1)


def prefix(block, node):
    return ipaddress.ip_address(block) + (node << 80)


def facts(node):
    """What node K has in place of mn1's facts."""
    hoa = ipaddress.ip_address(host("198.18.0.0", node))
    return {
        "mn1.hoa": hoa, "mn1.coa": host("198.18.128.0", node), "mn1.second_coa": host("198.19.0.0", node),
        "mn1.private_coa": host("10.192.0.0", node), "nat.address": host("198.19.128.0", node),
        "mn1.prefix": prefix("3fff::", node), "mn1.address6": prefix("3fff::", node) + 1,
        "mn1.second_prefix": prefix("3fff:400::", node), "mn1.second_address6": prefix("3fff:400::", node) + 1,
        "mn1.third_prefix": prefix("3fff:800::", node), "mn1.third_address6": prefix("3fff:800::", node) + 1,
        "mn1.link_local": ipaddress.ip_address("fe80::") + int(hoa), "mn1.mac": "02:00:" + hoa.packed.hex(":"),
        "mn1.nai": f"mn1-{node:07}@example.net",
    }


def derived_key(common, node):
    hoa = ipaddress.ip_address(host("198.18.0.0", node)).packed
    return hmac.new(common, hoa, hashlib.sha256).digest()[:16]


def write(name, path, *options):
    checked(dsmipgen.dsmipgen("write", name, "-w", path, *options))
    path.chmod(0o644)
    return path


def packets(path):
    return [data for data, _ in RawPcapReader(str(path))]


@pytest.mark.parametrize("keys", ["shared", "derived"])
@pytest.mark.parametrize("flow", ONE_NODE)
def test_as_built_one_by_one(flow, keys, tmp_path):
    """With all nodes at the same time, so that the identifications are the same too."""
    many = packets(write(flow, tmp_path / "many.pcap", "--nodes", 3, "--spacing", 0, "--node-keys", keys))
    steps = len(many) // 3
    comments = dsmipgen.comments(write(flow, tmp_path / "many.pcapng", "--nodes", 3, "--spacing", 0))
    for node in range(3):
        own = facts(node)
        if keys == "derived":
            own |= {f"mn1.{name}": "0x" + derived_key(common, node).hex() for name, common in
                    (("key", b"mn1-ha secret"), ("fa_key", b"mn1-fa secret"), ("aaa_key", b"mn1-aaa secret"))}
        options = [option for name, value in own.items() for option in ("--set", f"{name}={value}")]
        single = write(flow, tmp_path / "one.pcapng", *options)
        mine = [number for number, comment in comments.items() if comment.node == node]
        assert [many[number - 1] for number in mine] == packets(write(flow, tmp_path / "one.pcap", *options))
        assert [comments[number][:3] for number in mine] == [comment[:3] for comment in dsmipgen.comments(single).values()]
        assert len(mine) == steps


@functools.lru_cache(maxsize=None)
def of_three_nodes(flow):
    return write(flow, scratch() / f"{flow}-nodes.pcapng", "--nodes", 3)


@pytest.mark.parametrize("flow", ONE_NODE)
def test_no_rule_but_the_expected(flow, together):
    captures, path = tuple(map(of_three_nodes, together("flow"))), of_three_nodes(flow)
    expected = {number: comment[2] - NEEDS_FUTURE for number, comment in dsmipgen.comments(path).items()}
    assert sessions.rules(captures, tuple(every_rule_on(with_keys=False)))[path] == expected
    fields = ("ip.checksum.status", "udp.checksum.status", "icmpv6.checksum.status", "_ws.malformed")
    for *sums, malformed in sessions.fields(captures, fields, CHECKSUMS)[path]:
        assert "0" not in ",".join(sums).split(","), "a checksum is wrong"
        assert not malformed


ANY_NODE = [word for key in ['"any","any","0x100","hmac-md5","mn1-ha secret"', '"203.0.113.9","any","0x200","hmac-md5","mn1-fa secret"',
                             '"any","203.0.113.9","0x300","hmac-md5","fa-ha secret"']
            for word in ("-o", f"uat:dsmipv4_keys:{key}")]


@pytest.mark.parametrize("nodes, share, least", [(2, 1, 1500), (50, 7, 8000)])
def test_comments_agree_with_the_plugin(nodes, share, least):
    """Every violation and near miss for two nodes, one of seven for fifty, in one sharkd: the comment is right, or there is
    no claim, because the scenario has an address of its own that does not follow the node. (About 100 s and 20 s.)"""
    paths, refused = {}, []
    names = [name for rule in dsmipgen.rules() for name in (rule, rule + ".near_miss")][::share]
    for name in names:
        path = scratch() / f"{name}-{nodes}.pcapng"
        process = dsmipgen.dsmipgen("write", name, "-w", path, "--nodes", nodes)
        if process.returncode != 0:
            assert "second mobile node" in process.stderr, process.stderr
            refused.append(name)
            continue
        path.chmod(0o644)
        paths[path] = dsmipgen.comments(path)
    assert len(refused) < len(names) / 8
    found = sessions.rules(tuple(paths), (*every_rule_on(with_keys=False), *ANY_NODE))
    claims = 0
    for path, comments in paths.items():
        for number, comment in comments.items():
            if comment[2] is None:
                continue
            assert found[path][number] - NEEDS_FUTURE == comment[2] - NEEDS_FUTURE, (path.name, number, comment)
            claims += 1
    assert claims > least


@pytest.mark.parametrize("nodes, claims", [(32512, True), (32513, False)])
def test_more_nodes_than_public_addresses(nodes, claims, tmp_path):
    """The others are private: rules that are not judged there are not expected."""
    path = write("registration", tmp_path / "x.pcapng", "--nodes", nodes, "--spacing", 0)
    first, last = (data for data in (path.read_bytes()[:2000], path.read_bytes()[-2000:]))
    assert (b" expect: none" in first) == claims == (b" expect: none" in last)
    assert ipaddress.ip_address("198.18.0.1" if claims else "10.0.0.1").packed in first
    assert ipaddress.ip_address("198.18.127.254" if claims else "10.0.128.1").packed in last


@pytest.mark.parametrize("flow", sorted(TWO_NODES))
def test_two_mobile_nodes_are_refused(flow, tmp_path):
    process = dsmipgen.dsmipgen("write", flow, "-w", tmp_path / "x.pcap", "--nodes", 3)
    check_refusal(process, USAGE, ".yaml:", "mn2", "expected")
    assert not list(tmp_path.iterdir())


def test_rules_run_too(tmp_path):
    """Scenarios with deviations: a cut message, a bad authenticator, a checksum of its own."""
    for name in ("auth_bad", "msg_short", "udp_cksum_bad", "ext_overrun", "prefix_bits"):
        path = write(name, tmp_path / f"{name}.pcap", "--nodes", 5)
        assert len(packets(path)) >= 5


def test_packets_are_interleaved_by_time(tmp_path):
    path = write("coa_mode", tmp_path / "x.pcapng", "--nodes", 40, "--spacing", 0.05)
    times = [float(packet.time) for packet in rdpcap(str(path))]
    assert times == sorted(times)
    comments = list(dsmipgen.comments(path).values())
    for step, at in (("request", 0), ("reply", 0.1), ("data_to_mn", 3), ("data_from_mn", 3.1)):
        own = [(comment.node, time - times[0]) for comment, time in zip(comments, times) if comment[1] == step]
        assert [node for node, _ in own] == list(range(40))
        assert all(time == pytest.approx(at + node * 0.05, abs=1e-5) for node, time in own)


def test_identifications_follow_the_node(tmp_path):
    """NTP time of the request, the same in its reply."""
    ids = {}
    for packet in rdpcap(str(write("registration", tmp_path / "x.pcap", "--nodes", 9, "--spacing", 1.5))):
        payload = bytes(packet)[42:]
        ids.setdefault(bytes(payload[4:8]), []).append(payload[16:24] if payload[0] == 1 else payload[12:20])
        if payload[0] == 1:
            seconds, fraction = struct.unpack("!II", payload[16:24])
            assert seconds + fraction / 2 ** 32 - 2208988800 == pytest.approx(float(packet.time), abs=1e-5)
    assert len(ids) == 9 and all(request == reply for request, reply in ids.values())
    assert len({request for request, _ in ids.values()}) == 9


def accepted_authenticators(path, *keys):
    """Frames whose authenticators hold by the given rows of the plugin's table."""
    options = [arg for row in keys for arg in ("-o", "uat:dsmipv4_keys:" + row)]
    shown = tshark(["-n", "-r", path, *options, "-T", "fields", "-e", "dsmipv4.auth"])
    return shown.split()


def test_one_row_of_keys_is_enough(tmp_path):
    path = write("registration", scratch() / "shared-keys.pcapng", "--nodes", 20)
    assert accepted_authenticators(path, '"any","any","0x100","hmac-md5","mn1-ha secret"') == ["good"] * 40


def test_derived_keys_differ(tmp_path):
    path = write("registration", scratch() / "derived-keys.pcapng", "--nodes", 3, "--node-keys", "derived")
    rows = [f'"any","{host("198.18.0.0", node)}","0x100","hmac-md5","0x{derived_key(b"mn1-ha secret", node).hex()}"'
            for node in range(3)]
    assert accepted_authenticators(path, *rows) == ["good"] * 6
    assert "good" not in accepted_authenticators(path, '"any","any","0x100","hmac-md5","mn1-ha secret"')


def test_other_blocks(tmp_path):
    options = ["--set", "nodes.hoa=192.168.0.0/16", "--set", "nodes.prefix=2001:db8:4000::/34"]
    path = write("registration", tmp_path / "x.pcap", "--nodes", 300, *options)
    last = packets(path)[-1]
    assert ipaddress.ip_address(last[42 + 4:42 + 8]) == ipaddress.ip_address("192.168.1.46")
    assert ipaddress.ip_address("2001:db8:412b::").packed in last


@pytest.mark.parametrize("options,words", [
    (["--nodes", "0x"], ["0x"]),
    (["--nodes", "-1"], ["-1", "4161536"]),
    (["--nodes", str(MANY + 1)], [str(MANY + 1), str(MANY)]),
    (["--spacing", "1"], ["--nodes"]),
    (["--node-keys", "derived"], ["--nodes"]),
    (["--nodes", "2", "--spacing", "soon"], ["soon", "seconds"]),
    (["--nodes", "1000000", "--spacing", "1000"], ["--spacing", "less"]),
    (["--nodes", "2", "--node-keys", "own"], ["shared", "derived"]),
    (["--nodes", "2", "--set", "mn1.hoa=192.0.2.5"], ["mn1.hoa", "nodes.hoa"]),
    (["--nodes", "255", "--set", "nodes.hoa=192.168.0.0/24"], ["nodes.hoa", "254", "255"]),
    (["--nodes", "2", "--set", "nodes.hoa=192.168.0.1/16"], ["192.168.0.1/16", "block"]),
    (["--nodes", "2", "--set", "nodes.hoa=198.18.128.0/24"], ["nodes.hoa", "nodes.coa"]),
    (["--nodes", "2", "--set", "nodes.hoa=198.51.100.0/24"], ["nodes.hoa", "ha.address"]),
])
def test_refusals(options, words, tmp_path):
    process = dsmipgen.dsmipgen("write", "registration", "-w", tmp_path / "x.pcap", *options)
    check_refusal(process, USAGE, *words)
    assert not list(tmp_path.iterdir())


def test_a_value_that_no_template_can_hold(tmp_path):
    """An address as a text is longer for some nodes than for others."""
    scenario = tmp_path / "text.yaml"
    scenario.write_text("base: coa_mode\nsteps:\n  - step: data_to_mn\n    stack:\n"
                        "      - ipv4: { source: ha.address, destination: mn.coa, protocol: 59 }\n"
                        "      - payload: { text: mn.hoa }\n")
    process = dsmipgen.dsmipgen("write", scenario, "-w", tmp_path / "x.pcap", "--nodes", 3)
    check_refusal(process, USAGE, "text.yaml:6", "payload", "mn1.hoa")


def peak_memory(*args):
    """Largest resident size in KiB of a run of dsmipgen, which must end well."""
    process = subprocess.Popen([dsmipgen.PROGRAM, *map(str, args)])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss


def test_memory_does_not_grow(tmp_path):
    small, large = (peak_memory("write", "coa_mode", "--nodes", nodes, "-w", "/dev/null", "--format", "pcap")
                    for nodes in (1000, 300000))
    assert large < small + 2048


def test_as_many_as_there_are(tmp_path):
    """The last node of four million has its own addresses, at its own time."""
    command = [dsmipgen.PROGRAM, "write", "registration", "--nodes", str(MANY), "--spacing", "0", "-w", "-",
               "--format", "pcap"]
    tail = b""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        size = 0
        while block := process.stdout.read(1 << 20):
            size += len(block)
            tail = (tail + block)[-4096:]
        assert process.wait(TIMEOUT) == 0
    assert ipaddress.ip_address("10.63.255.254").packed in tail
    assert ipaddress.ip_address("3fff:3f:7fff::").packed in tail
    assert size == 24 + MANY * (16 + 112 + 16 + 106)


def test_several_scenarios(tmp_path):
    """The second starts on a whole minute after the last packet of the last node."""
    path = write("registration", tmp_path / "x.pcapng", "--nodes", 10, "--spacing", 20)
    both = tmp_path / "both.pcapng"
    checked(dsmipgen.dsmipgen("write", "registration", "coa_mode", "--nodes", 10, "--spacing", 20, "-w", both))
    times = [float(packet.time) for packet in rdpcap(str(both))]
    count = len(rdpcap(str(path)))
    assert times[count] % 60 == 0 and 60 <= times[count] - times[count - 1] < 120


def test_unwritable_file():
    process = dsmipgen.dsmipgen("write", "registration", "--nodes", 2, "-w", "/nonexistent/x.pcap")
    check_refusal(process, ENVIRONMENT, "/nonexistent/x.pcap")
