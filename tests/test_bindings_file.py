# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture split into files is judged like the whole: the second reads the first one's bindings."""

import json

import pytest

import conversations
import dsmipgen
import sessions
from dsmipv4_tshark import ToolError, checked, plugin_dir, readable, rules_per_frame, run, scratch, tshark
from hard import run_hard


def cut(capture, name, frames):
    """Some frames of a capture as a file of their own."""
    part = scratch() / f"{capture.stem}-{name}.pcapng"
    checked(run(["editcap", "-r", capture, part, frames], ordinary_user=False))
    part.chmod(0o644)
    return part


def bindings_of(capture, *extra):
    """The file that -z dsmipv4,state makes of a capture."""
    table = scratch() / f"{capture.stem}.json"
    table.write_text(tshark(["-q", "-n", "-r", capture, *extra, "-z", "dsmipv4,state"]))
    table.chmod(0o644)
    return table


def from_table(table):
    return ["-o", f"dsmipv4.bindings_file:{table}"]


def one_pass(capture, table=None):
    return rules_per_frame(capture, extra=from_table(table) if table else [])


def two_passes(capture, table=""):
    program = sessions.sharkd()
    program.set("dsmipv4.bindings_file", table)
    try:
        return program.load(capture).rules()
    finally:
        program.set("dsmipv4.bindings_file", "")


def check_split(capture, at, rules_of):
    whole = rules_of(capture)
    first = cut(capture, f"to-{at}", f"1-{at}")
    second = cut(capture, f"after-{at}", f"{at + 1}-{len(whole)}")
    expected = {n - at: rules for n, rules in whole.items() if n > at}
    assert rules_of(second, bindings_of(first)) == expected, f"split after frame {at}"


@pytest.mark.parametrize("name", [
    "fa_hoa_mode", "handoff", "drop_prefix", "revocation", "two_nodes", "simultaneous_bindings",
    "prefix_overlap", "ident_order", "dup_lifetime", "life_after_69", "reply_unsolicited", "relay_reply_modified",
    # What ended in the first part, and what was said there.
    "tun_no_binding", "tun_no_binding.near_miss", "tun_expired", "tun_prefix_removed", "tun_prefix_removed.near_miss",
    "tun_prefix_rejected", "tun_inner_src", "tun_inner_dst", "tun_dscp", "natt_ports", "natt_ports.near_miss",
    "natt_no_assent", "natt_keepalive_form", "rt_delivery", "prefix_ra_onlink", "dhcp6_before_ll", "case_omit_in_flight", "case_simultaneous_refused"])
def test_split(name):
    capture = dsmipgen.write(name)
    frames = len(dsmipgen.comments(capture))
    for at in sorted({frames // 4 or 1, frames // 2, 3 * frames // 4, frames - 1}):
        check_split(capture, at, two_passes)


def test_split_many_nodes():
    capture = conversations.capture(20)
    frames = len(rules_per_frame(capture))
    assert any(rules_per_frame(capture).values())
    for part in (0.2, 0.5, 0.8):
        check_split(capture, int(frames * part), one_pass)


def test_text_and_json_name_the_bindings():
    capture = dsmipgen.write("two_nodes")
    nodes = json.loads(bindings_of(capture).read_text())["nodes"]
    assert {node["hoa"] for node in nodes} == {"198.51.100.77", "198.51.100.78"}
    text = tshark(["-q", "-n", "-r", capture, "-z", "dsmipv4,bindings"])
    assert text == tshark(["-q", "-n", "-r", capture, "-z", "dsmipv4,bindings,text"])
    for word in ("198.51.100.77", "198.51.100.78", "2001:db8:a::/48", "2001:db8:b::/48"):
        assert word in text


@pytest.mark.parametrize("content, complaint", [
    (None, "No such file"),
    ("", None),
    ("not json\n", ":1: expected a file that -z dsmipv4,state of this version wrote"),
    ('{"dsmipv4_bindings":1,"nodes":[\n]}\n', ":1: expected a file that -z dsmipv4,state of this version"),
    ('{"dsmipv4_bindings":2,"nodes":[\n{"ha": \n]}\n', ":2: expected a node"),
    ('{"dsmipv4_bindings":2,"nodes":[\n{"events":[{"type":1,"pair":99,"prefixes":[{}]}],"bindings":[{"reply":0}]}\n]}\n',
     None),
    ('{"dsmipv4_bindings":2,"nodes":[\n{"ha":"198.51.100.1","hoa":"198.51.100.77","events":[{"type":3}],'
     '"bindings":[{"reply":0,"before":0,"removal":99},{}],"versions":[{"event":0,"bindings":[0,1,7,"x"]},{}],'
     '"heard":"x","awaited":1}\n],"links":[\n{"mac":"0x"}\n]}\n', None),
])
def test_damaged_file(content, complaint):
    table = scratch() / "damaged.json"
    table.unlink(missing_ok=True)
    if content is not None:
        table.write_text(content)
        table.chmod(0o644)
    process = run(["tshark", "-n", "-r", dsmipgen.write("coa_mode"), *from_table(table)], plugins=plugin_dir())
    assert process.returncode == 0
    assert len(process.stdout.splitlines()) == 4, "the capture itself is read all the same"
    assert (complaint or "") in process.stderr and bool(complaint) == bool(process.stderr.strip())


def event(kind, **members):
    """A message of the node of the flow coa_mode, with the identification of its registration."""
    fixed = {"type": kind, "src": "192.0.2.33", "dst": "198.51.100.1", "hoa": "198.51.100.77", "ha": "198.51.100.1",
             "coa": "192.0.2.33", "id": "0xed00378000000000", "time": "1767225590000000000", "lifetime": 600, "complete": 1,
             "sure": 1, "prefixes": [{"prefix": "2001:db8:a::", "length": 48}]}
    return {**fixed, **members}


def node(events=(), **members):
    fixed = {"ha": "198.51.100.1", "hoa": "198.51.100.77", "events": list(events)}
    return json.dumps({**fixed, **members}).replace('"nan"', "nan")


NESTED = "[" * 1000000 + "]" * 1000000
REFUSED = ":2: expected a node"


@pytest.mark.parametrize("line, complaint", [
    (node(last_request="nan", bindings=[{"reply": "nan", "before": "nan"}], heard="1", awaited="nan"), None),
    (node([event(1, time="9" * 30, lifetime=1e300, flags=-1, pair=1), event(3, time="9" * 30, pair=0)],
          bindings=[{"reply": 1, "removal": 1e99}], versions=[{"event": 1, "bindings": [0, 10**30, -1]}],
          offered=-1e308, heard="-" + "9" * 30), None),
    # Links to messages of another type, which keep other things in the same place.
    (node([event(1, max_id="0x4141414141414141", previous=1, pair=0), event(3, first=0, relay_of=0, pair=1)],
          last_request=1, bindings=[{"reply": 0}, {"reply": 1, "before": 1}], versions=[{"event": 0, "bindings": [1]}]),
     None),
    (node([event(1, pair=1), event(3, pair=0)], bindings=[{"reply": 1}] * 500,
          versions=[{"event": 1, "bindings": list(range(500))}] * 500), None),
    (f'{{"events":{NESTED}}}', REFUSED),
    (f'{{"events":[{NESTED[:900]}', REFUSED),
    (f'{{{",".join(["1"] * 1000000)}}}', REFUSED),
    (f'{{"events":[{",".join(["{}"] * 1000000)}]}}', REFUSED),
    (f'{{"ha":"{"1" * 10000000}"}}', None),
    ('{"ha":"\x00"}', ":2: "),
    (b"\xff\x00\xfe" * 1000, ": Invalid byte sequence"),
], ids=range(11))
def test_hostile_file(asan_build, line, complaint):
    """Whoever wrote the file: no crash, no hang, and a line that says what is wrong where."""
    table = scratch() / "hostile.json"
    line = line if isinstance(line, bytes) else line.encode()
    table.write_bytes(b'{"dsmipv4_bindings":2,"nodes":[\n' + line + b'\n],"links":[\n]}\n')
    table.chmod(0o644)
    command = ["tshark", "-2", "-nV", "-r", dsmipgen.write("coa_mode"), *from_table(table), "-z", "dsmipv4,state"]
    process = run_hard(asan_build, command)
    assert process.returncode == 0, process.stderr[-3000:]
    assert process.stdout.count("Dual-Stack Mobile IPv4\n") == 2
    assert (complaint or "") in process.stderr and bool(complaint) == bool(process.stderr.strip()), process.stderr[-3000:]


def test_known_bindings():
    """A row of the UAT dsmipv4_bindings stands for a registration before the capture."""
    row = '"198.51.100.1","198.51.100.79","192.0.2.44","2001:db8:a:7::/64","coa","gre","no"'
    capture = dsmipgen.write("coa_mode")
    assert not any(rules_per_frame(capture).values())
    rules = rules_per_frame(capture, extra=["-o", f"uat:dsmipv4_bindings:{row}"])
    assert rules[2] == {"prefix_overlap"}
    with pytest.raises(ToolError, match="expected an IPv6 prefix"):
        rules_per_frame(capture, extra=["-o", f"uat:dsmipv4_bindings:{row.replace('/64', '/129')}"])


def test_known_bindings_of_several_prefixes():
    """Rows of the same addresses are one binding, wherever they stand."""
    rows = ['"198.51.100.1","198.51.100.79","192.0.2.44","2001:db8:1::/48","coa","ipip","no"',
            '"198.51.100.1","198.51.100.80","192.0.2.45","2001:db8:2::/48","hoa","ipip","no"',
            '"198.51.100.1","198.51.100.79","192.0.2.44","fe80::44","hoa","ipip","no"',
            '"198.51.100.1","198.51.100.79","192.0.2.46","2001:db8:3::/48","coa","ipip","no"']
    options = [word for row in rows for word in ("-o", f"uat:dsmipv4_bindings:{row}")]
    nodes = json.loads(bindings_of(dsmipgen.write("ipv4_only_agent"), *options).read_text())["nodes"]
    known = {node["hoa"]: [[p["prefix"] for p in node["events"][b["reply"]]["prefixes"]] for b in node["bindings"]]
             for node in nodes}
    assert known["198.51.100.79"] == [["2001:db8:1::", "fe80::44"], ["2001:db8:3::"]]
    assert known["198.51.100.80"] == [["2001:db8:2::"]]


def test_keys():
    capture = readable(dsmipgen.write("coa_mode"))
    row = '"any","198.51.100.77","0x100","hmac-md5","{}"'

    def auth(secret):
        return tshark(["-r", capture, "-Y", "dsmipv4.info.auth", "-T", "fields", "-e", "dsmipv4.info.auth",
                       "-e", "dsmipv4.rule", "-o", f"uat:dsmipv4_keys:{row.format(secret)}"]).split()
    assert auth("mn1-ha secret") == ["good", "good"]
    assert auth("0x" + b"mn1-ha secret".hex()) == ["good", "good"]
    assert auth("another") == ["bad", "auth_bad"] * 2
    with pytest.raises(ToolError, match="even number of hex digits"):
        auth("0x123")
