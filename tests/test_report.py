# SPDX-License-Identifier: GPL-2.0-or-later
"""The report over the whole corpus equals what the fields of each frame say, in tap, text, JSON and JUnit."""

import collections
import json
import re

import pytest

from dsmipcheck import dsmipcheck, read_json, read_junit, validate
from dsmipv4_rules import every_rule_on, load_rules
from dsmipv4_tshark import ROOT, as_ordinary_user, plugin_dir, readable, scratch, tshark

CAPTURES = sorted((ROOT / "captures").glob("*.pcapng"))
FIELDS = ("frame.number", "dsmipv4.rule", "dsmipv4.rule_severity", "dsmipv4.rule_actor", "dsmipv4.rule_text")
BETWEEN = "\x1e"


def frames_of(capture, *options):
    """Frame number -> {rule: (severity, actor, text)} by -T fields, in two passes."""
    args = ["-n", "-r", readable(capture), "-T", "fields", "-E", f"aggregator={BETWEEN}"]
    output = tshark([*args, *options, *(a for f in FIELDS for a in ("-e", f))], two_pass=True)
    frames = {}
    for line in output.rstrip("\n").split("\n"):  # splitlines() would split at BETWEEN, too
        number, *columns = line.split("\t")
        columns = [c.split(BETWEEN) if c else [] for c in columns]
        assert len({len(c) for c in columns}) == 1, line
        frames[int(number)] = {row[0]: row[1:] for row in zip(*columns)}
    return frames


def counts_of(frames):
    """Rule -> in how many frames it is broken."""
    return collections.Counter(rule for rules in frames.values() for rule in rules)


def report_of(capture, *options, two_pass=True):
    output = tshark(["-q", "-n", "-r", readable(capture), *options, "-z", "dsmipv4,report,json"], two_pass=two_pass)
    return validate(json.loads(output))


def broken_in(report):
    return {r["id"]: broken for r in report["rules"]
            if r["kind"] == "rule" and (broken := sum(a["broken"] for a in r["actors"]))}


def test_one_pass_and_two_exercise_the_same_rules():
    """But for what needs the future."""
    needs_future = {rule.id for rule in load_rules().values() if rule.needs_future}
    for name in ("handoff", "drop_prefix", "two_nodes", "tun_dscp", "natt_coa_mode", "prefix_overlap"):
        capture = ROOT / "captures" / f"{name}.pcapng"
        one, two = report_of(capture, two_pass=False), report_of(capture)
        assert [r for r in one["rules"] if r["id"] not in needs_future] == \
            [r for r in two["rules"] if r["id"] not in needs_future]
        assert one["nodes"] == two["nodes"]


PIECES = 8


def check_piece(number, out):
    """One run of dsmipcheck over an eighth of the corpus, by an ordinary user with the plugin of the build, every
    rule on; the process, and the captures."""
    captures = [readable(c) for c in CAPTURES[number::PIECES]]
    process = dsmipcheck("--json", out / "v.json", "--junit", out / "j.xml", "--jobs", "1", *every_rule_on(), *captures,
                         cwd=scratch(), env={"WIRESHARK_PLUGIN_DIR": str(plugin_dir())}, prefix=as_ordinary_user([]))
    return process, captures


@pytest.mark.parametrize("number", range(PIECES))
def test_the_report_says_what_the_fields_say(number):
    """JSON, JUnit and text of one run over the corpus, against the fields of each frame, counted here."""
    out = scratch() / f"out{number}"
    out.mkdir()
    out.chmod(0o777)
    process, captures = check_piece(number, out)
    assert process.returncode in (1, 3, 4), process.stderr
    frames = {str(c): frames_of(c, *every_rule_on()) for c in captures}
    expected = {name: counts_of(f) for name, f in frames.items()}
    verdict = read_json(out / "v.json")
    for capture in verdict["captures"]:
        check_places(capture["report"], frames[capture["name"]])
    assert {c["name"]: broken_in(c["report"]) for c in verdict["captures"]} == expected
    assert text_counts(process.stdout) == {(n, rule): count for n, rules in expected.items()
                                           for rule, count in rules.items()}
    for suite in read_junit(out / "j.xml"):
        check_suite(suite, frames[suite.get("name")])


def check_places(report, frames):
    """Each finding that is listed is one of its frame, and in its words; where a rule is broken more than once in a
    frame, the fields tell the first."""
    assert report["capture"]["frames"] == len(frames)
    told = {(p["frame"], f["rule"], f["severity"], f["actor"], p["text"])
            for f in report["findings"] for p in f["places"]}
    assert {(frame, rule) for frame, rule, *_ in told} == {(n, rule) for n, rules in frames.items() for rule in rules}
    assert {(n, rule, *words) for n, rules in frames.items() for rule, words in rules.items()} <= told


def check_suite(suite, frames):
    severe = {rule for rules in frames.values() for rule, (severity, *_) in rules.items()
              if severity in ("warn", "error")}
    cases = {case.get("name"): case for case in suite if case.get("classname") != "dsmipcheck"}
    failed = {name for name, case in cases.items() if case.find("failure") is not None}
    told = {name for name, case in cases.items() if case.find("system-out") is not None}
    assert failed == severe
    assert failed | told == set(counts_of(frames))


def text_counts(text):
    """(capture, rule) -> frames, from the report for people; each frame of these captures has a rule once a sender."""
    counts = collections.defaultdict(set)
    capture = rule = None
    for line in text.splitlines():
        if start := re.match(r"(/\S+): ", line):
            capture = start[1]
        elif start := re.match(r"  (?:error|warn|note|chat) +(\w+): ", line):
            rule = start[1]
        elif frames := re.match(r"         by .* in (\d+) frames?: ([\d, ]+)(, \.\.\.)?", line):
            numbers = [int(n) for n in frames[2].rstrip(", ").split(", ")]
            assert int(frames[1]) == len(numbers) or frames[3]
            counts[capture, rule] |= set(numbers)
    return {key: len(numbers) for key, numbers in counts.items()}
