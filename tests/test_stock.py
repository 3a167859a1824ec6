# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin leaves what Wireshark shows by itself as it was.

Switched off it changes not a byte; switched on it adds its own tree and nothing else.
"""

import json
import subprocess

import pytest

import dsmipgen
import sessions
from dsmipv4_tshark import scratch, tshark

OFF = {
    "disabled": ["--disable-protocol", "dsmipv4"],
    "takeover_off": ["-o", "dsmipv4.takeover:FALSE"],
}
FORMATS = {
    "verbose": ["-V"],
    "verbose_hex": ["-V", "-x"],
    "summary": [],
    "json": ["-T", "json"],
}
OUR_TREES = "Dual-Stack Mobile IPv4"  # how their titles begin

# What Wireshark by itself has no dissector for, or hands to the wrong one.
OURS_ALONE = "ip.proto == 55 or mip.nattt.nexthdr in {47,55}"


@pytest.fixture(scope="module")
def flows():
    return dsmipgen.write(*dsmipgen.flows())


@pytest.fixture(scope="module")
def all_scenarios():
    return dsmipgen.write(*dsmipgen.scenarios())


@pytest.fixture(scope="module")
def everything(all_scenarios):
    """All scenarios but for the packets that stock Wireshark cannot read."""
    path = scratch() / "readable_by_stock.pcapng"
    subprocess.run(["tshark", "-n", "-r", all_scenarios, "-Y", f"not ({OURS_ALONE})", "-w", path], check=True,
                   stderr=subprocess.DEVNULL)
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize("form", FORMATS)
def test_switched_off(flows, off, form):
    args = ["-n", "-r", flows, *FORMATS[form]]
    assert tshark(args + OFF[off]) == tshark(args, plugin=False)


@pytest.mark.parametrize("name", dsmipgen.flows())
def test_switched_off_flow_by_flow(name, together):
    captures = tuple(map(dsmipgen.write, together("name")))
    switched_off = sessions.texts(captures, ("-V", *OFF["disabled"]))
    assert switched_off[dsmipgen.write(name)] == sessions.texts(captures, ("-V",), plugin=False)[dsmipgen.write(name)]


@pytest.mark.parametrize("off", OFF)
def test_switched_off_on_malformed_packets(all_scenarios, off):
    args = ["-n", "-V", "-r", all_scenarios]
    assert tshark(args + OFF[off]) == tshark(args, plugin=False)


def test_decode_as_is_respected(everything):
    """With Decode As Mobile IP on port 434 there is Mobile IP and nothing else."""
    args = ["-n", "-V", "-r", everything, "-d", "udp.port==434,mip"]
    assert tshark(args) == tshark(args, plugin=False)


def test_switched_on_the_rest_is_unchanged(everything):
    """Without our own line the trees of all other protocols are the stock ones, Mobile IP's too."""
    args = ["-n", "-r", everything, "-O", "frame,eth,ip,udp,mip,gre,ipv6,icmpv6,dhcpv6"]
    with_plugin = tshark(args).splitlines()
    assert any(line.startswith(OUR_TREES) for line in with_plugin)
    assert [line for line in with_plugin if not line.startswith(OUR_TREES)] == tshark(args, plugin=False).splitlines()


def test_switched_on_json_without_our_tree_is_unchanged(everything):
    args = ["-n", "-r", everything, "-T", "json", "--no-duplicate-keys"]
    packets = json.loads(tshark(args))
    ours = [packet["_source"]["layers"].pop("dsmipv4", None) for packet in packets]
    assert any(ours)
    assert packets == json.loads(tshark(args, plugin=False))


def columns(capture, names, plugin):
    args = ["-n", "-r", capture, "-T", "fields"]
    for name in names:
        args += ["-e", f"_ws.col.{name}"]
    return tshark(args, plugin=plugin).splitlines()


def test_other_columns_are_unchanged(everything):
    names = ["No.", "Time", "Source", "Destination", "Protocol", "Length"]
    assert columns(everything, names, plugin=True) == columns(everything, names, plugin=False)


def test_info_tells_another_story_only_of_dual_stack_nodes(everything):
    """What breaks a rule of warn or above says so in brackets before what the stock dissector shows. Only registrations
    of nodes that use RFC 5454 are worded anew; all other packets keep their Info."""
    names = ["dsmipv4.ext.type", "dsmipv4.rule_severity", "dsmipv4.request_in", "dsmipv4.node"]
    rows = tshark(["-n", "-r", everything, "-T", "fields", *(arg for name in names for arg in ("-e", name))])
    rows = [row.split("\t") for row in rows.split("\n")[:-1]]
    with_plugin = columns(everything, ["Info"], plugin=True)
    stock = columns(everything, ["Info"], plugin=False)
    assert len(rows) == len(with_plugin) == len(stock)
    n_verdicts = 0
    for (extensions, severities, request, node), ours, theirs in zip(rows, with_plugin, stock):
        grave = {"warn", "error"} & set(severities.split(","))
        verdict, _, rest = ours.partition("] ") if grave else ("", "", ours)
        assert verdict.startswith("[") == bool(grave), ours
        n_verdicts += bool(grave)
        assert rest == theirs or extensions or ((request or node) and rest.startswith("Reg ")), ours
    assert n_verdicts
