# SPDX-License-Identifier: GPL-2.0-or-later
"""The report over the whole corpus equals what the fields of each frame say, in tap, text, JSON and JUnit."""

import collections
import functools
import json
import re
import struct

import dsmipgen
from dsmipcheck import dsmipcheck, read_json, read_junit, validate
from dsmipv4_rules import every_rule_on, load_rules
from dsmipv4_tshark import ROOT, as_ordinary_user, plugin_dir, scratch, tshark

CAPTURES = sorted((ROOT / "captures").glob("*.pcapng"))
APART = 100  # seconds from the beginning of a capture to that of the next
FIELDS = ("frame.number", "dsmipv4.rule", "dsmipv4.rule_severity", "dsmipv4.rule_actor", "dsmipv4.rule_text")
BETWEEN = "\x1e"
MOST_PLACES, FIRST_FRAMES = 16, 10  # of a finding and of a cause (doc/report.schema.json)


def one_after_another(name, captures):
    """A file of all packets of the captures, one capture after another: to start tshark for each takes minutes."""
    with (scratch() / name).open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number, capture in enumerate(captures):
            for time, length, packet in dsmipgen.packets(capture):
                time += number * APART * 1000000
                out.write(struct.pack("<IIII", *divmod(time, 1000000), len(packet), length) + packet)
    (scratch() / name).chmod(0o644)
    return scratch() / name


def expected_of(capture):
    """The rules that a capture breaks, by its comments."""
    return set().union(*(expected for _, _, expected in dsmipgen.comments(capture).values()))


@functools.lru_cache(maxsize=None)
def corpus():
    """Capture file -> its frames_of(): the whole corpus in one file, in which each rule is broken in some frame or
    other, but for those that the captures before disturb; the captures of these in a second file, and so on until each
    rule was broken."""
    left, found = CAPTURES, {}
    broken = set()
    while left:
        path = one_after_another(f"corpus-{len(found)}.pcap", left)
        found[path] = frames_of(path, *every_rule_on())
        broken |= set(counts_of(found[path]))
        still_left = [c for c in left if expected_of(c) - broken]
        assert len(still_left) < len(left), still_left
        left = still_left
    return found


def frames_of(capture, *options):
    """Frame number -> {rule: (severity, actor, text)} by -T fields, in two passes."""
    args = ["-n", "-r", capture, "-T", "fields", "-E", f"aggregator={BETWEEN}"]
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


def report_of(capture, *options, two_pass):
    output = tshark(["-q", "-n", "-r", capture, *options, "-z", "dsmipv4,report,json"], two_pass=two_pass)
    return validate(json.loads(output))


def broken_in(report):
    return {r["id"]: broken for r in report["rules"]
            if r["kind"] == "rule" and (broken := sum(a["broken"] for a in r["actors"]))}


def test_each_rule_is_broken_in_the_corpus():
    assert set().union(*(counts_of(frames) for frames in corpus().values())) == set(load_rules())


def test_one_pass_and_two_exercise_the_same_rules():
    """But for what needs the future."""
    needs_future = {rule.id for rule in load_rules().values() if rule.needs_future}
    for capture in corpus():
        one, two = (report_of(capture, *every_rule_on(), two_pass=two_pass) for two_pass in (False, True))
        assert [r for r in one["rules"] if r["id"] not in needs_future] == \
            [r for r in two["rules"] if r["id"] not in needs_future]
        assert one["nodes"] == two["nodes"]


def check(out):
    """One run of dsmipcheck over the corpus, by an ordinary user with the plugin of the build, every rule on."""
    out.mkdir()
    out.chmod(0o777)
    return dsmipcheck("--json", out / "v.json", "--junit", out / "j.xml", *every_rule_on(), *corpus(), cwd=scratch(),
                      env={"WIRESHARK_PLUGIN_DIR": str(plugin_dir())}, prefix=as_ordinary_user([]))


def test_the_report_says_what_the_fields_say():
    """JSON, JUnit and text of one run over the corpus, against the fields of each frame, counted here."""
    out = scratch() / "out"
    process = check(out)
    assert process.returncode == 1, process.stderr
    frames = {str(capture): found for capture, found in corpus().items()}
    expected = {name: counts_of(f) for name, f in frames.items()}
    verdict = read_json(out / "v.json")
    for capture in verdict["captures"]:
        check_places(capture["report"], frames[capture["name"]])
    assert {c["name"]: broken_in(c["report"]) for c in verdict["captures"]} == expected
    assert text_counts(process.stdout) == {(n, rule): count for n, rules in expected.items()
                                           for rule, count in rules.items()}
    suites = {suite.get("name"): suite for suite in read_junit(out / "j.xml")}
    assert set(suites) == set(frames)
    for name, suite in suites.items():
        check_suite(suite, frames[name])


def check_places(report, frames):
    """Each finding that is listed is one of its frame, and in its words; where a rule is broken more than once in a
    frame, the fields tell the first. What is not listed for want of room is counted."""
    assert report["capture"]["frames"] == len(frames)
    told, cut = set(), set()
    for f in report["findings"]:
        finding = f["rule"], f["severity"], f["actor"]
        assert len(f["places"]) == min(f["frames"], MOST_PLACES)
        told |= {(p["frame"], *finding, p["text"]) for p in f["places"]}
        if f["frames"] > MOST_PLACES:
            cut.add(finding)
    broken = {(number, rule, *words) for number, rules in frames.items() for rule, words in rules.items()}
    assert {row[:2] for row in told} <= {row[:2] for row in broken}
    assert {row for row in broken if row[1:4] not in cut} <= told


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
    counts = collections.Counter()
    capture = rule = None
    for line in text.splitlines():
        if start := re.match(r"(/\S+): ", line):
            capture = start[1]
        elif start := re.match(r"  (?:error|warn|note|chat) +(\w+): ", line):
            rule = start[1]
        elif frames := re.match(r"         by .* in (\d+) frames?: (\d+(?:, \d+)*)(, \.\.\.)?", line):
            listed = frames[2].split(", ")
            assert int(frames[1]) > len(listed) == FIRST_FRAMES if frames[3] else int(frames[1]) == len(listed)
            counts[capture, rule] += int(frames[1])
    return counts
