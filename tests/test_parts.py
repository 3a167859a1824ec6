# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipcheck --parts: a capture in many files gets the report of the whole."""

import json
import re

import pytest

import conversations
import dsmipgen
from dsmipcheck import dsmipcheck, read_json
from dsmipv4_tshark import ROOT, as_ordinary_user, checked, plugin_dir, readable, run, scratch, tshark


def check(*args):
    """dsmipcheck with the real tshark and the plugin, by an ordinary user."""
    return dsmipcheck(*args, cwd=scratch(), env={"WIRESHARK_PLUGIN_DIR": str(plugin_dir())}, prefix=as_ordinary_user([]))


@pytest.fixture
def out(tmp_path_factory):
    """A folder that the program, run by an ordinary user, can write to."""
    folder = scratch() / tmp_path_factory.mktemp("x").name
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def cut(capture, folder, count):
    """The capture in so many files."""
    capture = readable(capture)
    frames = len(tshark(["-n", "-r", capture, "-T", "fields", "-e", "frame.number"], plugin=False).split())
    ends = [frames * n // count for n in range(count + 1)]
    parts = [folder / f"part{n}.pcapng" for n in range(count)]
    for part, first, last in zip(parts, ends, ends[1:]):
        checked(run(["editcap", "-r", capture, part, f"{first + 1}-{last}"], ordinary_user=False))
        part.chmod(0o644)
    return parts


def reports(capture, parts, out, *args):
    """The reports on the whole and on the parts, as text; both runs end alike."""
    whole = check("--json", out / "whole.json", readable(capture))
    process = check("--parts", "--json", out / "parts.json", *args, *parts)
    assert process.returncode == whole.returncode, process.stdout
    found = [read_json(out / name)["captures"][0] for name in ("whole.json", "parts.json")]
    assert [file["name"] for file in found[1]["files"]] == [str(p) for p in parts]
    assert sum(file["frames"] for file in found[1]["files"]) == found[0]["report"]["capture"]["frames"]
    return tuple(json.dumps(capture["report"], indent=1) for capture in found)


# What a text says of a message of an earlier part.
EARLIER = re.compile(r"(?:in )?frame \d+|before this capture")


def without_references(report):
    return "\n".join(EARLIER.sub("?", line) if '"text"' in line else line for line in report.splitlines())


@pytest.mark.parametrize("name", ["handoff", "drop_prefix", "revocation", "two_nodes", "fa_hoa_mode", "natt_coa_mode",
                                  "implicit_mode", "tun_dscp", "tun_no_binding", "tun_expired", "prefix_overlap",
                                  "ident_order"])
def test_parts_are_judged_like_the_whole(name, out):
    capture = dsmipgen.write(name)
    whole, parts = reports(capture, cut(capture, out, 3), out)
    assert without_references(parts) == without_references(whole)


def test_many_nodes_in_parallel(out):
    """Interleaved conversations, with findings; by jobs of this program and by GNU parallel."""
    capture = conversations.capture(20)
    files = cut(capture, out, 4)
    whole, parts = reports(capture, files, out, "--jobs", "2")
    assert without_references(parts) == without_references(whole)
    assert '"findings": []' not in re.sub(r"\s+", " ", whole)
    hosts = out / "hosts"
    hosts.write_text(":\n")
    assert reports(capture, files, out, "--sshloginfile", hosts)[1] == parts


def test_a_population_in_parts(out):
    """What tests/bench/bench_parts.py does with a million packets: most of them data, some nodes broken or refused."""
    text = (ROOT / "tests" / "bench" / "parts.yaml").read_text()
    scenario, capture = scratch() / "parts.yaml", scratch() / "population.pcapng"
    scenario.write_text(text.replace("nodes: 2040", "nodes: 40").replace("parts/", f"{ROOT}/tests/bench/parts/"))
    checked(dsmipgen.dsmipgen("write", scenario, "-w", capture))
    whole, parts = reports(capture, cut(capture, out, 3), out)
    assert without_references(parts) == without_references(whole)
    found = json.loads(whole)
    assert len(found["nodes"]) == 40 and found["capture"]["frames"] > 15000
    assert {"tun_no_binding", "ha_no_support", "reply_denied"} <= {finding["rule"] for finding in found["findings"]}


def test_a_part_that_fails(out):
    files = cut(dsmipgen.write("handoff"), out, 2)
    process = check("--parts", *files, out / "missing.pcapng")
    assert process.returncode == 3 and "missing.pcapng" in process.stdout
    files[1].write_bytes(files[1].read_bytes()[:-20])
    process = check("--parts", "--json", out / "v.json", *files)
    assert process.returncode == 3 and "part1.pcapng" in process.stdout and "cut short" in process.stdout
    assert read_json(out / "v.json")["captures"][0]["report"] is None
    hosts = out / "hosts"
    hosts.write_text(":\n")
    process = check("--parts", "--sshloginfile", hosts, *files)
    assert process.returncode == 3 and "cut short" in process.stdout


def test_no_temporary_file_is_left(out):
    folder = out / "tmp"
    folder.mkdir()
    folder.chmod(0o777)
    process = dsmipcheck("--parts", *cut(dsmipgen.write("handoff"), out, 2), cwd=scratch(), prefix=as_ordinary_user([]),
                         env={"WIRESHARK_PLUGIN_DIR": str(plugin_dir()), "TMPDIR": str(folder)})
    assert process.returncode == 0, process.stdout
    assert list(folder.iterdir()) == []
