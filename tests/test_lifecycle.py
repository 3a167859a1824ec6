# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing is left over when files are opened one after another, preferences change, or frames are filtered out."""

import json

import pytest

import dsmipgen
from dsmipv4_tshark import checked, plugin_dir, rules_per_frame, run, tshark
from hard import run_hard

LOADS = 8


@pytest.fixture(scope="module")
def captures():
    return [dsmipgen.write(*dsmipgen.flows()), dsmipgen.write(*dsmipgen.rules())]


def sharkd_session(captures):
    """Requests for many loads, and which capture each opens, with the plugin or without."""
    requests, opened = [], []
    for load in range(LOADS):
        capture, takeover = captures[load // 2 % 2], load % 3 != 1
        # sharkd does not tell dissectors of a change: of our preferences it only reaches this one.
        requests.append({"method": "setconf", "params": {"name": "dsmipv4.takeover", "value": str(takeover).upper()}})
        requests.append({"method": "load", "params": {"file": str(capture)}})
        requests.append({"method": "frame", "params": {"frame": 3, "proto": True}})
        once = f"dsmipv4.rule or frame.number == {1000000 + load}"  # it remembers what a filter led to, whatever the file
        requests.append({"method": "frames", "params": {"filter": once}})
        opened.append((capture, takeover))
    lines = [json.dumps({"jsonrpc": "2.0", "id": number, **request}) for number, request in enumerate(requests, 1)]
    return "\n".join(lines) + "\n", opened


def test_many_loads(asan_build):
    """Each time the same as in a program of its own, and nothing of ours leaks."""
    captures = [dsmipgen.write(*dsmipgen.flows()[:10]), dsmipgen.write(*dsmipgen.rules()[-20:])]
    text, opened = sharkd_session(captures)
    process = run_hard(asan_build, ["sharkd", "-"], leaks=True, input_text=text)
    assert "LeakSanitizer" in process.stderr, "sharkd itself leaks: it was looked for"
    assert "dsmipv4.so" not in process.stderr, process.stderr[-3000:]
    answers = [json.loads(line) for line in checked(process, quiet=False).splitlines() if line.strip()]
    assert all("result" in answer for answer in answers)
    lists = [answer["result"] for answer in answers if isinstance(answer["result"], list)]
    assert len(lists) == LOADS
    alone = {capture: rules_per_frame(capture, two_pass=True) for capture in captures}
    for found, (capture, takeover) in zip(lists, opened):
        expected = [frame for frame, ids in alone[capture].items() if ids and takeover]
        assert [frame["num"] for frame in found] == expected


def rules_by_time(capture, *options):
    fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "dsmipv4.rule"]
    return tshark(["-n", "-r", capture, *options, *fields], two_pass=True).splitlines()


@pytest.mark.parametrize("kept", ["ip.proto == 41", "udp.port == 434", "not ip.proto == 47"])
def test_read_filter(captures, kept):
    """What a read filter drops before the second pass was seen all the same."""
    assert rules_by_time(captures[1], "-R", kept) == rules_by_time(captures[1], "-Y", kept)


def test_pipe(captures):
    """A capture that is still being written, and never ends in the middle of a packet."""
    slowly = f"(head -c 3000 {captures[1]}; sleep 1; tail -c +3001 {captures[1]}) | tshark -l -n -r - -T fields " \
             "-e frame.number -e dsmipv4.rule"
    lines = checked(run(["bash", "-c", slowly], plugins=plugin_dir())).splitlines()
    piped = {int(line.split("\t")[0]): set(filter(None, line.split("\t")[1].split(","))) for line in lines}
    assert piped == rules_per_frame(captures[1])


@pytest.mark.parametrize("options", [
    ["--disable-protocol", "dsmipv4"], ["--disable-protocol", "mip"], ["--disable-protocol", "ipv6"],
    ["--disable-protocol", "minencap"], ["-o", "ip.defragment:FALSE"], ["--enable-heuristic", "rtp_udp"],
    ["-d", "udp.port==434,dns"], ["-d", "ip.proto==41,gre", "-d", "ip.proto==55,ip"], ["-N", "mnNdtv"],
    ["-R", "ip.proto == 4", "-z", "dsmipv4,state"], ["-o", "dsmipv4.grace:4294967295"],
], ids=" ".join)
def test_under_the_sanitizers(asan_build, captures, options):
    process = run_hard(asan_build, ["tshark", "-2", "-V", "-r", captures[1], *options])
    assert process.returncode == 0 and not process.stderr.strip(), process.stderr[-3000:]
