# SPDX-License-Identifier: GPL-2.0-or-later
"""What the taps say of small captures, against numbers counted by hand from their scenarios (gen/scenarios/flows)."""

import json
import struct
from pathlib import Path

import jsonschema
import pytest

import dsmipgen
import sessions
from dsmipv4_tshark import ROOT, plugin_dir, run, scratch, tshark

START = 1767225600  # 2026-01-01T00:00:00Z, when all scenarios begin
HA, NODE, PREFIX = "198.51.100.1", "198.51.100.77", "2001:db8:a::/48"
# Ethernet, IPv4, IPv6, and an ICMPv6 echo with eight bytes of data; UDP and tunnel data come to it.
PING = 14 + 20 + 40 + 8 + 8
NATT_PING = PING + 8 + 4
SCHEMA = json.loads((ROOT / "doc" / "bindings.schema.json").read_text())


def seconds(value):
    """As in JSON, that many tenths of a second after the start."""
    return f"{START + value // 10}.{value % 10}00000000"


def bindings(capture, *arguments, two_pass=False):
    """A JSON document for each of the arguments after -z dsmipv4,bindings,json; one start of tshark."""
    options = [arg for a in arguments for arg in ("-z", f"dsmipv4,bindings,json{a}")]
    output = tshark(["-q", "-n", "-r", capture, *options], two_pass=two_pass)
    documents = [json.loads(line) for line in output.splitlines() if line]
    for document in documents:
        jsonschema.validate(document, SCHEMA)
    assert len(documents) == len(arguments)
    return documents[::-1]  # tshark begins with the tap that was asked for last


def refused(option, *words, capture="coa_mode"):
    """tshark ends with one line that says these words."""
    process = run(["tshark", "-q", "-n", "-r", dsmipgen.write(capture), "-z", option], plugins=plugin_dir())
    assert process.returncode != 0
    lines = process.stderr.strip().splitlines()
    assert len(lines) == 1 and not process.stdout, process.stderr
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize("two_pass", [False, True])
def test_bindings_of_a_handoff(two_pass):
    """Registered in frame 2, from a second care-of address in frame 6; two pings of each."""
    capture = dsmipgen.write("handoff")
    end, everything, before, early, later, nobody = bindings(
        capture, "", ",all", ",at=5", ",all,at=0.05", f",at={START + 700}", ",dsmipv4.tunnel.hoa==10.0.0.1",
        two_pass=two_pass)
    second = {
        "home_agent": HA, "home_address": NODE, "nai": None, "state": "live", "care_of": "192.0.2.133",
        "reached_at": "192.0.2.133", "nat": None, "encapsulation": "IPv4", "mode": "explicit", "since_frame": 6,
        "since": seconds(101), "refreshes": 0, "frame": 6, "time": seconds(101), "lifetime": 600,
        "expires": seconds(6101), "ended_frame": None, "ended": None, "prefixes": [{"prefix": PREFIX, "code": 1}],
        "to_node": {"packets": 1, "bytes": PING}, "from_node": {"packets": 1, "bytes": PING}}
    first = second | {
        "care_of": "192.0.2.33", "reached_at": "192.0.2.33", "since_frame": 2, "since": seconds(1), "frame": 2,
        "time": seconds(1), "expires": seconds(6001)}
    assert (end["at"], end["at_frame"], end["all"], end["filter"]) == (seconds(131), 8, False, None)
    assert end["capture"] == {"frames": 8, "first_time": seconds(0), "last_time": seconds(131)}
    assert end["bindings"] == [second]
    assert everything["bindings"] == [
        first | {"state": "replaced", "ended_frame": 6, "ended": seconds(101)}, second]
    assert before["bindings"] == [first] and before["at_frame"] == 4
    assert early["bindings"] == [] and early["at_frame"] == 1
    assert later["bindings"] == [] and later["at"] == seconds(7000)
    assert nobody["bindings"] == []


def test_bindings_behind_a_nat_and_rejected_prefixes():
    nat, = bindings(dsmipgen.write("natt_coa_mode"), "")[0]["bindings"]
    assert (nat["care_of"], nat["reached_at"], nat["encapsulation"]) == ("10.0.0.33", "192.0.2.200", "UDP")
    assert nat["nat"] == {"address": "192.0.2.200", "port": 50434}
    assert nat["to_node"] == nat["from_node"] == {"packets": 1, "bytes": NATT_PING}
    partial, = bindings(dsmipgen.write("partial_accept"), "")[0]["bindings"]
    assert partial["prefixes"] == [{"prefix": PREFIX, "code": 1}, {"prefix": "2001:db8:d::/48", "code": 9},
                                   {"prefix": "2001:db8:e::/56", "code": 1}]


def test_bindings_that_ended():
    """Revoked 60 s after the first request; expired 600 s after a reply at 0.1 s that nothing refreshed."""
    revoked, = bindings(dsmipgen.write("revocation"), ",all")[0]["bindings"]
    assert (revoked["state"], revoked["ended"]) == ("revoked", seconds(600))
    for at, states in (("600.1", ["live"]), ("600.2", ["expired"])):
        document, = bindings(dsmipgen.write("coa_mode"), f",all,at={at}")
        assert [b["state"] for b in document["bindings"]] == states
    assert document["bindings"][0]["ended"] == seconds(6001)


def test_times_of_bindings():
    """The same moment in every way to write it, in UTC, as the tests run: 9 s after the start, before the handoff."""
    forms = ["9", "9.0", "00:00:09", "00:00:09.5", "2026-01-01T00:00:09Z", "2026-01-01 00:00:09", f"{START + 9}",
             "2026-01-01T01:00:09+01:00"]
    for form, document in zip(forms, bindings(dsmipgen.write("handoff"), *(f",at={f}" for f in forms))):
        assert document["at"].startswith(f"{START + 9}."), form
        assert [b["care_of"] for b in document["bindings"]] == ["192.0.2.33"], form
    assert bindings(dsmipgen.write("handoff"), ",at=00:01")[0]["at"] == seconds(600)


def test_bindings_as_text():
    text = tshark(["-q", "-n", "-r", dsmipgen.write("handoff"), "-z", "dsmipv4,bindings,all,at=12"])
    title, _, head, first, second, _, count = text.splitlines()
    assert title == "DSMIPv4 bindings, ended ones too, at 2026-01-01T00:00:12Z, after frame 6"
    assert head.split("  ")[0] == "Home agent" and count == "2 bindings"
    assert first.split() == [HA, NODE, "192.0.2.33", "replaced", "IPv4", "-", "2026-01-01T00:00:00Z",
                             "2026-01-01T00:00:10Z", "0", "2", "1/1", PREFIX, "to", "care-of", "address", "(1)"]
    assert second.split()[2:10] == ["192.0.2.133", "live", "IPv4", "-", "2026-01-01T00:00:10Z",
                                    "2026-01-01T00:10:10Z", "0", "6"]


COLUMNS = ("Mobile node", "Home agent", "State", "Care-of address", "Since", "Expires", "Mode", "Requests", "Accepted",
           "No reply", "Denied", "IPv6 service", "Prefixes", "Tunneled to node", "Tunneled from node")


def nodes(capture, argument="", two_pass=False):
    """Home address -> the other columns of its line."""
    path = capture if isinstance(capture, Path) else dsmipgen.write(capture)
    lines = tshark(["-q", "-n", "-r", path, "-z", f"dsmipv4,nodes{argument}"], two_pass=two_pass).splitlines()
    rows = [[cell.strip() for cell in line.split("|")[:-1]] for line in lines if "|" in line]
    assert tuple(rows[0]) == COLUMNS
    return {row[0]: dict(zip(COLUMNS[1:], row[1:])) for row in rows[1:]}


def pings(count, form, length=PING):
    return f"{count} packet{'s' if count > 1 else ''}, {count * length} bytes: {form} {count}"


@pytest.mark.parametrize("two_pass", [False, True])
def test_nodes_of_a_handoff(two_pass):
    """Two registrations, and two pings of each care-of address; five seconds after the start, half of it."""
    end = {
        "Home agent": HA, "State": "registered", "Care-of address": "192.0.2.133", "Since": "2026-01-01T00:00:10Z",
        "Expires": "2026-01-01T00:10:10Z", "Mode": "explicit", "Requests": "2", "Accepted": "2", "No reply": "0",
        "Denied": "0", "IPv6 service": "yes, frame 6", "Prefixes": f"{PREFIX} to the care-of address",
        "Tunneled to node": pings(2, "care-of address"), "Tunneled from node": pings(2, "care-of address")}
    assert nodes("handoff", two_pass=two_pass) == {NODE: end}
    assert nodes("handoff", ",at=5", two_pass=two_pass) == {NODE: end | {
        "Care-of address": "192.0.2.33", "Since": "2026-01-01T00:00:00Z", "Expires": "2026-01-01T00:10:00Z",
        "Requests": "1", "Accepted": "1", "IPv6 service": "yes, frame 2",
        "Tunneled to node": pings(1, "care-of address"), "Tunneled from node": pings(1, "care-of address")}}


def test_nodes_without_service():
    """Denied and then accepted; not answered yet, and 7 s later; an agent that ignores the extensions."""
    denied = nodes("denied")[NODE]
    assert denied["Denied"] == "1: insufficient resources (130)"
    assert (denied["Requests"], denied["Accepted"], denied["State"]) == ("2", "1", "registered")
    before = nodes("denied", ",at=9")[NODE]
    assert (before["State"], before["Since"], before["Care-of address"]) == ("denied", "2026-01-01T00:00:00Z", "-")
    assert before["IPv6 service"] == "no IPv6: registration denied: insufficient resources (130), frame 2"
    asking = nodes("coa_mode", ",at=0.05")[NODE]
    assert (asking["State"], asking["No reply"]) == ("no reply", "1")
    assert asking["IPv6 service"] == "unknown: no reply to the request was captured, frame 1"
    only_requests = nodes("coa_mode", ",at=7.05,mip.type==1")[NODE]
    assert only_requests["IPv6 service"] == "no IPv6: no reply to the request, frame 1"  # of what the filter lets through
    assert nodes("ha_no_support")[NODE]["IPv6 service"] == "no IPv6: home agent does not support it, frame 2"


def test_nodes_whose_time_is_over():
    """A node that expires while packets of another go on; one that expired by the time that was asked for."""
    path = scratch() / "later.pcap"
    packets = [(time, packet) for time, _, packet in dsmipgen.packets(dsmipgen.write("coa_mode"))]
    packets += [(time + 700 * 1000000, packet) for time, _, packet in dsmipgen.packets(dsmipgen.write("two_nodes"))
                if bytes.fromhex("c633644e") in packet]  # 198.51.100.78
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for time, packet in packets:
            out.write(struct.pack("<IIII", *divmod(time, 1000000), len(packet), len(packet)) + packet)
    path.chmod(0o644)
    for two_pass in (False, True):
        found = nodes(path, two_pass=two_pass)
        assert (found[NODE]["State"], found[NODE]["Since"]) == ("expired", "2026-01-01T00:10:00Z")
        assert found["198.51.100.78"]["State"] == "registered"
    assert nodes("coa_mode", ",at=600.1")[NODE]["State"] == "registered"
    assert nodes("coa_mode", ",at=600.2")[NODE]["State"] == "expired"
    assert nodes("revocation", ",at=61")[NODE]["State"] == "revoked"


def counts(text):
    """Path of names -> count, of the output of a statistics tree."""
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("---")) + 1
    found, path = {}, []
    for line in lines[first:]:
        if not line.strip():
            break
        depth = len(line) - len(line.lstrip(" "))
        name, count = line.strip().split("  ", 1)[0], int(line.strip().split("  ", 1)[1].split()[0])
        path = path[:depth] + [name]
        found[" / ".join(path)] = count
    return found


def tree(capture, *options, argument=""):
    return counts(tshark(["-q", "-n", "-r", dsmipgen.write(capture), *options, "-z", f"dsmipv4,tree{argument}"]))


def test_tree_of_partial_acceptance():
    """Three prefixes, of which one is rejected, and a ping through the tunnel for each of the others."""
    assert tree("partial_accept") == {
        "Messages": 2, "Messages / Registration Request": 1, "Messages / Registration Reply": 1,
        "Repeated messages": 0, "Reply codes": 1, "Reply codes / accepted": 1, "Prefix codes": 3,
        "Prefix codes / accepted, tunneled to the care-of address (1)": 2,
        "Prefix codes / rejected, administratively prohibited (9)": 1, "Tunneled packets": 4,
        "Tunneled packets / to the care-of address": 2, "Tunneled packets / to the care-of address / IPv6 (41)": 2,
        "Tunneled packets / from the care-of address": 2,
        "Tunneled packets / from the care-of address / IPv6 (41)": 2, "Broken rules": 0}


def test_tree_of_retransmissions_and_copies():
    """A request at 0 s; one at 3 s and its repetitions at 4, 5 and 6 s, two of which come too early."""
    found = tree("rrq_backoff", "-o", "dsmipv4.severities:rrq_backoff=note")
    assert found["Messages / Registration Request"] == 5
    assert found["Repeated messages / Retransmitted request"] == found["Repeated messages"] == 3
    assert found["Broken rules / Note / rrq_backoff"] == found["Broken rules"] == 2
    found = tree("revocation", argument=",mip")  # request and reply through a foreign agent
    assert found["Repeated messages / Relayed by a foreign agent"] == 2
    assert found["Messages / Registration Revocation"] == found["Reply codes / accepted"] == 1
    assert found["Tunneled packets"] == 0


def response_times(capture):
    """The rows of each of the three tables: name -> (calls, least, greatest, mean). Tables without rows have no head."""
    tables = []
    for line in tshark(["-q", "-n", "-r", dsmipgen.write(capture), "-z", "dsmipv4,srt"]).splitlines():
        if line.startswith("Index"):
            tables.append({})
        elif tables and (row := line.split()) and row[0].isdigit():
            tables[-1][" ".join(row[1:-5])] = (int(row[-5]), *(float(value) for value in row[-4:-1]))
    return tables + [{}] * (3 - len(tables))


def test_response_times():
    """Steps are a tenth of a second apart where the scenario does not say when."""
    agents, codes, repeated = response_times("rrq_backoff")
    assert agents == {HA: (2, 0.1, 0.1, 0.1)}  # of the first request, and of the last repetition
    assert codes == {"accepted": (2, 0.1, 0.1, 0.1)}
    assert repeated == {HA: (3, 1.0, 1.0, 1.0)}
    agents, codes, repeated = response_times("revocation")
    assert agents == {HA: (1, 0.1, 0.1, 0.1), f"{HA} through 203.0.113.9": (1, 0.3, 0.3, 0.3)}
    assert codes == {"accepted": (1, 0.1, 0.1, 0.1)} and repeated == {}
    assert response_times("denied")[1] == {
        "insufficient resources (130)": (1, 0.1, 0.1, 0.1),
        "accepted": (1, 0.1, 0.1, 0.1)}


def numbers(line):
    return [int(word) for word in line.replace("bytes", "").split() if word.isdigit()]


def test_conversations_and_endpoints():
    """Two registrations from two care-of addresses and four pings, as one conversation of the home address."""
    request, reply = 14 + 20 + 8 + 24 + 20 + 4 + 22, 14 + 20 + 8 + 20 + 22 + 22
    sent, received = 2 * request + 2 * PING, 2 * reply + 2 * PING
    capture = dsmipgen.write("handoff")
    output = tshark(["-q", "-n", "-r", capture, "-z", "conv,dsmipv4", "-z", "endpoints,dsmipv4"]).splitlines()
    conversation, = (line for line in output if "<->" in line)
    assert conversation.split()[:3] == [NODE, "<->", HA]
    assert numbers(conversation)[:6] == [4, received, 4, sent, 8, sent + received]
    ends = {line.split()[0]: numbers(line)[-6:] for line in output if line.startswith((NODE, HA)) and "<->" not in line}
    assert ends == {NODE: [8, sent + received, 4, sent, 4, received], HA: [8, sent + received, 4, received, 4, sent]}
    for condition, count in ((f"dsmipv4.addr == {NODE} && dsmipv4.addr == {HA}", 8),
                             (f"dsmipv4.src == {NODE} && dsmipv4.dst == {HA}", 4),
                             (f"dsmipv4.src == {HA} && dsmipv4.dst == {NODE}", 4)):
        assert len(tshark(["-n", "-r", capture, "-Y", condition]).splitlines()) == count


def test_conversations_of_ipv4_in_the_tunnel():
    """What has a tree is counted, and nothing else: the filter of a row finds what the row counts."""
    capture = dsmipgen.write("ipv4_only_agent")
    output = tshark(["-q", "-n", "-r", capture, "-z", "conv,dsmipv4"]).splitlines()
    counted = sum(numbers(line)[4] for line in output if "<->" in line)
    assert counted == len(tshark(["-n", "-r", capture, "-Y", "dsmipv4.addr"]).splitlines()) > 0


def table(program, name):
    """The rows of a table of the Statistics menu, as Wireshark's windows fill them: {title: rows}."""
    tap, = program.ask("tap", tap0=f"nstat:dsmipv4,{name}")["taps"]
    columns = [field["c"].strip() for field in tap["fields"]]
    return {table["t"]: [dict(zip(columns, row, strict=True)) for row in table["i"]] for table in tap["tables"]}


def test_the_menu_has_bindings_nodes_and_report():
    """register_stat_tap_table_ui() puts them there, but not with every group."""
    info = sessions.sharkd().load(dsmipgen.write("handoff")).ask("info")
    assert {"DSMIPv4 Bindings", "DSMIPv4 Mobile Nodes", "DSMIPv4 Report"} <= {row["name"] for row in info["nstat"]}
    place, = [path for path in (ROOT / "plugin" / "taps").rglob("*.c") if "register_stat_tap_table_ui" in path.read_text()]
    assert "group = REGISTER_PACKET_STAT_GROUP_UNSORTED" in place.read_text()


def test_table_of_bindings():
    """Registered in frame 2 for ten seconds, from a second care-of address in frame 6; a ping and its answer in each."""
    rows = table(sessions.sharkd().load(dsmipgen.write("handoff")), "bindings")["DSMIPv4 Bindings"]
    both = {"Home address": NODE, "Home agent": HA, "Encapsulation": "IPv4", "NAT": "-", "Mode": "explicit",
            "Refreshes": 0, "Packets to node": 1, "Packets from node": 1,
            "Prefixes": f"{PREFIX} to the care-of address"}
    assert rows == [
        both | {"Care-of address": "192.0.2.33", "State": "replaced", "Since": "2026-01-01T00:00:00Z",
                "Expires or ended": "2026-01-01T00:00:10Z", "Frame": "2"},
        both | {"Care-of address": "192.0.2.133", "State": "live", "Since": "2026-01-01T00:00:10Z",
                "Expires or ended": "2026-01-01T00:10:10Z", "Frame": "6"}]


@pytest.mark.parametrize("name", ["drop_prefix", "implicit_mode", "natt_coa_mode", "revocation", "tun_expired", "two_nodes"])
def test_table_of_bindings_against_the_tap(name):
    capture = dsmipgen.write(name)
    found, = bindings(capture, ",all")
    states = [(b["home_address"], b["care_of"], b["state"], b["mode"], b["encapsulation"], b["refreshes"],
               str(b["frame"]), b["to_node"]["packets"], b["from_node"]["packets"]) for b in found["bindings"]]
    rows = table(sessions.sharkd().load(capture), "bindings")["DSMIPv4 Bindings"]
    columns = ("Home address", "Care-of address", "State", "Mode", "Encapsulation", "Refreshes", "Frame",
               "Packets to node", "Packets from node")
    assert sorted(tuple(row[column] for column in columns) for row in rows) == sorted(states)
    assert states


@pytest.mark.parametrize("name", ["handoff", "tun_no_binding", "denied", "two_nodes", "auth_multiple", "rrq_backoff"])
def test_table_of_the_report(name):
    """What the fields of each frame say, counted."""
    program = sessions.sharkd().load(dsmipgen.write(name))
    broken = {}
    for frame, rules in program.rules().items():
        for rule in rules:
            broken.setdefault(rule, []).append(str(frame))
    findings, rules = table(program, "report").values()
    found = {}  # a finding of each severity and sender
    for row in findings:
        frames = row["First frames"].split(", ")
        assert row["Broken"] == len(frames)
        found.setdefault(row["Rule"], set()).update(frames)
    assert found == {rule: set(frames) for rule, frames in broken.items()}
    for rule, frames in broken.items():
        assert sum(row["Broken"] for row in rules if row["Rule"] == rule) == len(frames)
    assert {row["Rule"] for row in rules if row["Broken"]} == broken.keys()
    for row in findings:
        assert row["Severity"] in ("note", "warn", "error")
        assert row["What is wrong, or what the rule is about"].endswith("]")
    assert all(row["Held"] + row["Broken"] > 0 for row in rules) and len(rules) > 50


@pytest.mark.parametrize("option, words", [
    ("dsmipv4,bindings,at=tomorrow", ["at=tomorrow is not a time", "2026-01-31T10:05:00Z"]),
    ("dsmipv4,bindings,at=", ["at= is not a time"]),
    ("dsmipv4,bindings,at=1:2:60", ["is not a time"]),
    ("dsmipv4,bindings,at=99999999999", ["is not a time"]),
    ("dsmipv4,bindings,nonsense", ["nonsense"]),
    ("dsmipv4,bindings,json,ip.addr==", ["dsmipv4,bindings"]),
    ("dsmipv4,bindingsx", ["expected dsmipv4,bindings[,text|json][,all][,at=TIME][,FILTER]"]),
    ("dsmipv4,report,text,", ["expected dsmipv4,report[,text|json[,packets]][,FILTER]"]),
    ("dsmipv4,report,text,packets", ["packets"]),
    ("dsmipv4,state,json", ["expected dsmipv4,state[,after=FRAME[:FRAME]...,FILE]"]),
    ("dsmipv4,state,after=", ["expected frame numbers, each greater than the one before"]),
    ("dsmipv4,state,after=3:2,/tmp/x", ["each greater than the one before"]),
    ("dsmipv4,state,after=3:,/tmp/x", ["expected frame numbers"]),
    ("dsmipv4,state,after=2", ["expected dsmipv4,state[,after=FRAME[:FRAME]...,FILE]"]),
    ("dsmipv4,state,after=2,/nowhere/state", ["/nowhere/state.2"]),
    ("dsmipv4,state,after=99,/nowhere/state", ["the capture has no frame 99"]),
    ("dsmipv4,srt,nonsense", ["nonsense"]),
    ("dsmipv4,nodes,at=soon", ["at=soon is not a time"]),
    ("dsmipv4,nodes,at=5,nonsense", ["nonsense"]),
    ("dsmipv4,nodesx", ["expected dsmipv4,nodes[,at=TIME][,FILTER]"]),
])
def test_wrong_options_are_refused(option, words):
    refused(option, *words)
