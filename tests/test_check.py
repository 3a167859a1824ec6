# SPDX-License-Identifier: GPL-2.0-or-later
"""dsmipcheck with a tshark that prints reports written by hand: verdicts, exit statuses, every form of report."""

import copy
import json
import os
import pty
import re
import stat
import subprocess
from html.parser import HTMLParser

import pytest

import reports
from dsmipcheck import PROGRAM, dsmipcheck, read_json, read_junit, validate
from dsmipv4_tshark import ROOT, environment

CONFORMS, BROKEN, USAGE, NOT_JUDGED, INCOMPLETE = range(5)


@pytest.fixture
def lab(tmp_path):
    """Runs dsmipcheck in a folder of its own, on captures saved there."""

    class Lab:
        folder = tmp_path
        tshark = reports.fake_tshark(tmp_path)

        def save(self, name, report=None, **more):
            reports.save(tmp_path / name, report, **more)
            return name

        def run(self, *args, **more):
            return dsmipcheck(*args, cwd=tmp_path, tshark=self.tshark, **more)

        def judge(self, report, *args, status, **more):
            """The process and the JSON of the verdict on one report."""
            process = self.run(self.save("lab.pcap", report, **more), "--json", "verdict.json", *args)
            assert process.returncode == status, process.stdout + process.stderr
            return process, read_json(tmp_path / "verdict.json") if status != USAGE else None

    return Lab()


def test_hand_written_reports_have_the_shape_of_the_schema():
    for report in (reports.conforming(), reports.broken(), reports.without_service(), reports.nothing()):
        validate(report)


# Exit statuses.

@pytest.mark.parametrize("report, args, status, words", [
    (reports.conforming(), [], CONFORMS, "Verdict: conforms"),
    (reports.broken(), [], BROKEN, "Verdict: broken"),
    (reports.nothing(), [], INCOMPLETE, "nothing to judge"),
    # severity
    (reports.broken(), ["--fail-on", "warn"], BROKEN, "Verdict: broken"),
    (reports.broken(), ["--fail-on", "error"], CONFORMS, "Verdict: conforms"),
    (reports.broken(), ["--fail-on", "note", "--allow", "prefix_bits"], BROKEN, "prefix_bits (allowed)"),
    (reports.broken(), ["--allow", "prefix_bits"], CONFORMS, "prefix_bits (allowed)"),
    (reports.broken(), ["--fail-on", "note", "--allow", "prefix_bits,prefix_host"], CONFORMS, "Verdict: conforms"),
    # coverage
    (reports.conforming(), ["--require", "prefix_bits"], CONFORMS, "Verdict: conforms"),
    (reports.conforming(), ["--require", "prefix_bits,auth_bad"], INCOMPLETE, "required rule auth_bad was never exercised"),
    (reports.conforming(), ["--require", "must"], INCOMPLETE, "required rule auth_bad was never exercised"),
    (reports.conforming(), ["--require", "tun_df"], INCOMPLETE, "required rule tun_df is off"),
    (reports.broken(), ["--require", "must"], BROKEN, "required rule auth_bad was never exercised"),
    # service
    (reports.without_service(), [], CONFORMS, "home agent does not support it (frame 2)"),
    (reports.without_service(), ["--require-service"], BROKEN, "home agent does not support it (frame 2)"),
    (reports.conforming(), ["--require-service"], CONFORMS, "Verdict: conforms"),
])
def test_status(lab, report, args, status, words):
    process, verdict = lab.judge(report, *args, status=status)
    assert words in process.stdout
    assert (verdict["status"], process.stderr) == (status, "")


@pytest.mark.parametrize("outcome, status", [
    ("not-asked", CONFORMS), ("granted", CONFORMS), ("partial", CONFORMS), ("unknown", CONFORMS),
    ("refused", BROKEN), ("unsupported", BROKEN), ("denied", BROKEN), ("unanswered", BROKEN)])
def test_service_by_outcome(lab, outcome, status):
    report = reports.conforming()
    report["nodes"][0]["service"].update(outcome=outcome)
    lab.judge(report, "--require-service", status=status)
    report["nodes"][0]["service"].update(asked=False)
    lab.judge(report, "--require-service", status=CONFORMS)


@pytest.mark.parametrize("args, words", [
    ([], "no capture named"),
    (["a.pcap", "--fail-on", "chat"], "--fail-on chat: expected note, warn or error"),
    (["a.pcap", "--fail-on", "fatal"], "expected note, warn or error"),
    (["a.pcap", "--jobs", "0"], "--jobs 0: expected 1 to"),
    (["a.pcap", "--jobs", "many"], "--jobs many: expected 1 to"),
    (["a.pcap", "--bogus"], "--bogus"),
    (["a.pcap", "--severities", "prefix_bits"], '"prefix_bits"; expected ID=off'),
    (["a.pcap", "--severities", "prefix_bits=fatal"], '"prefix_bits=fatal"; expected ID=off'),
    (["a.pcap", "--allow", "bogus"], "there is no rule bogus"),
    (["a.pcap", "--allow", "handoff"], "there is no rule handoff"),
    (["a.pcap", "--require", "prefix_bits,bogus"], "there is no rule bogus"),
    (["a.pcap", "--severities", "bogus=off"], "there is no rule bogus"),
    (["a.pcap", "--expect", "--baseline", "b"], "exclude each other"),
    (["a.pcap", "--sshloginfile", "x"], "--sshloginfile is for --parts"),
    (["a.pcap", "--expect", "--parts"], "not for --parts"),
    (["a.pcap", "--json", "-", "--html", "-"], "only one report"),
    (["a.pcap", "--baseline", "a.pcap.out"], "is not what dsmipcheck --json writes"),
    (["a.pcap", "--keys", "no.keys"], "no.keys:2: not a key"),
    (["a.pcap", "--keys", "empty.keys"], "no key in it"),
])
def test_usage(lab, args, words):
    lab.save("a.pcap", reports.conforming())
    (lab.folder / "no.keys").write_text("# keys\nany,any\n")
    (lab.folder / "empty.keys").write_text("# keys\n")
    process = lab.run(*args)
    assert process.returncode == USAGE
    assert words in process.stderr and process.stderr.startswith("dsmipcheck: ")
    assert len(process.stderr.splitlines()) == 1 and process.stdout == ""


def test_help_and_version(lab):
    process = lab.run("--help")
    assert process.returncode == 0 and "Exit status: 0 conforms" in process.stdout
    page = (ROOT / "doc" / "dsmipcheck.1.adoc").read_text()
    told = set(re.findall(r"--[a-z][a-z-]+", process.stdout))
    assert told == set(re.findall(r"^\*[^\n]*?(--[a-z-]+)\*[^\n]*::$", page, re.M)) | {"--version", "--help"}
    assert {"--fail-on", "--severities", "--require-service", "--baseline", "--html"} <= told
    assert re.fullmatch(r"dsmipcheck \d+\.\d+\.\d+\n", lab.run("--version").stdout)


# It fails closed.

def settings(**more):
    report = reports.conforming()
    report["settings"].update(more)
    return report


COMPLAINT = "import sys; print('tshark: {}', file=sys.stderr); "

NOT_TO_BE_JUDGED = {
    "nothing printed": ("", None, "not a whole report"),
    "a part of it": (json.dumps(reports.conforming())[:-20], None, "not a whole report: not JSON"),
    "two of them": (json.dumps(reports.conforming()) * 2, None, "not a whole report"),
    "no JSON": ("Dual-Stack", None, "not JSON"),
    "an array": ("[]", None, "expected an object"),
    "another version": ({**reports.conforming(), "version": 2}, None, "report version 2; this program reads version 1"),
    "another kind": ({**reports.conforming(), "kind": "x"}, None, 'kind is "x"'),
    "disabled": (settings(enabled=False), None, "disabled"),
    "takeover off": (settings(takeover=False), None, "dsmipv4.takeover is off"),
    "Decode As": (settings(bypassed=["ip.proto 41"]), None, "Decode As for ip.proto 41"),
    "cut capture": (reports.conforming(), COMPLAINT.format("The file appears to have been cut short")
                    + "sys.stdout.write(open(file + '.out').read()); sys.exit(2)", "cut short"),
    "no plugin": (None, COMPLAINT.format('Invalid -z argument "dsmipv4,report,json"; it must be one of:')
                  + "sys.exit(1)", "without the dsmipv4 plugin"),
    "silent failure": (None, "sys.exit(3)", "tshark ended with status 3 and said nothing"),
    "crash": (None, "os.abort()", "tshark crashed: signal 6"),
    "crash after the report": (reports.conforming(), "sys.stdout.write(open(file + '.out').read()); "
                               "sys.stdout.flush(); os.kill(os.getpid(), 11)", "tshark crashed: signal 11"),
}


@pytest.mark.parametrize("case", NOT_TO_BE_JUDGED)
def test_not_judged(lab, case):
    report, script, words = NOT_TO_BE_JUDGED[case]
    process, verdict = lab.judge(report, status=NOT_JUDGED, script=script)
    assert words in process.stdout
    assert "Verdict: not judged" in process.stdout
    assert verdict["captures"][0]["report"] is None
    assert verdict["captures"][0]["failures"][0]["kind"] == "error"


def test_missing_capture(lab):
    process = lab.run("missing.pcap")
    assert process.returncode == NOT_JUDGED and 'The file "missing.pcap" doesn\'t exist' in process.stdout


def test_missing_tshark(lab):
    process = dsmipcheck(lab.save("a.pcap", reports.conforming()), cwd=lab.folder, tshark="/nonexistent/tshark")
    assert process.returncode == NOT_JUDGED and "cannot run tshark" in process.stdout
    process = dsmipcheck("a.pcap", "--allow", "prefix_bits", cwd=lab.folder, tshark="/nonexistent/tshark")
    assert process.returncode == NOT_JUDGED and "cannot run tshark" in process.stderr


def test_complaints_of_a_tshark_that_ended_well_are_passed_on(lab):
    process, _ = lab.judge(reports.conforming(), status=CONFORMS, script=COMPLAINT.format("odd preference")
                           + "print('Running as user \"root\" and group \"root\".', file=sys.stderr)")
    assert process.stderr == "dsmipcheck: lab.pcap: tshark says: odd preference\n"


def mutations(value, path=()):
    """Each member of a document left out, or of another type; each element of a list of another type."""
    if isinstance(value, dict):
        for name in value:
            yield path + (name,), None
            yield path + (name,), {"x": 1}
            yield from mutations(value[name], path + (name,))
        yield path + ("unexpected",), 1
    elif isinstance(value, list):
        for index, element in enumerate(value[:1]):
            yield path + (index,), True
            yield from mutations(element, path + (index,))


def mutate(document, path, value):
    changed = copy.deepcopy(document)
    at = changed
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


def test_reader_refuses_what_has_another_shape(lab):
    """Whatever member is missing, of another type or unknown: the capture is not judged."""
    report = reports.broken()
    names = []
    for number, (path, value) in enumerate(mutations(report)):
        names.append(lab.save(f"{number}.pcap", mutate(report, path, value)))
    assert len(names) > 200
    process = lab.run(*names, "--json", "verdict.json")
    assert process.returncode == NOT_JUDGED
    verdicts = json.loads((lab.folder / "verdict.json").read_text())["captures"]
    assert {v["verdict"] for v in verdicts} == {"not judged"}
    assert "nodes[0].messages[0].time: missing" in process.stdout


@pytest.mark.parametrize("path, value", [
    (("capture", "frames"), -1), (("capture", "frames"), 1.5), (("capture", "first_time"), "12"),
    (("capture", "first_time"), "12.5"), (("capture", "first_time"), "99999999999999999999.000000000"),
    (("rules", 0, "severity"), "fatal"), (("findings", 0, "rule"), "no_such_rule"), (("findings", 0, "places"), []),
    (("findings", 0, "frames"), 0), (("rules",), []), (("nodes", 0, "service", "outcome"), ""),
])
def test_reader_refuses_wrong_values(lab, path, value):
    lab.judge(mutate(reports.broken(), path, value), status=NOT_JUDGED)


def test_report_that_cannot_be_written(lab):
    for option in ("--json", "--junit", "--html", "--tap"):
        process = lab.run(lab.save("a.pcap", reports.conforming()), option, "missing/file")
        assert process.returncode == NOT_JUDGED and "missing/file" in process.stderr
    process = lab.run("a.pcap", "--json", "/dev/full")
    assert process.returncode == NOT_JUDGED and "/dev/full" in process.stderr
    full = subprocess.run([PROGRAM, "--tshark", lab.tshark, "a.pcap"], cwd=lab.folder, stdout=open("/dev/full", "w"),
                          stderr=subprocess.PIPE, text=True, check=False)
    assert full.returncode == NOT_JUDGED and "standard output" in full.stderr


# Many captures.

def test_many_captures(lab):
    names = [lab.save("good.pcap", reports.conforming()), lab.save("bad.pcap", reports.broken())]
    assert lab.run(*names).returncode == BROKEN
    names.append(lab.save("other.pcap", reports.nothing()))
    assert lab.run(*names).returncode == BROKEN
    assert lab.run("good.pcap", "other.pcap").returncode == INCOMPLETE
    process = lab.run(*names, "missing.pcap", "--json", "verdict.json", "--jobs", "2")
    assert process.returncode == NOT_JUDGED
    assert "4 captures: 1 conforming, 1 broken, 1 not judged, 1 incomplete" in process.stdout
    captures = read_json(lab.folder / "verdict.json")["captures"]
    assert [(c["name"], c["verdict"]) for c in captures] == [
        ("good.pcap", "conforms"), ("bad.pcap", "broken"), ("other.pcap", "incomplete"), ("missing.pcap", "not judged")]


def test_coverage_is_that_of_all_captures_together(lab):
    other = reports.nothing()
    other["judged"]["registrations"] = 1
    other["rules"][1]["actors"] = [reports.actor("ha", held=1)]
    names = [lab.save("a.pcap", reports.conforming()), lab.save("b.pcap", other)]
    assert lab.run("a.pcap", "--require", "must").returncode == INCOMPLETE
    process = lab.run(*names, "--require", "must")
    assert process.returncode == CONFORMS
    assert "4 rules: 3 exercised, 3 held, 0 broken" in process.stdout


def test_jobs_limit(lab):
    script = """
import time
open(file + '.began', 'w').close(); time.sleep(0.3)
running = [f for f in os.listdir('.') if f.endswith('.began') and not os.path.exists(f[:-6] + '.ended')]
assert len(running) <= 2, running
open(file + '.ended', 'w').close()
"""
    names = [lab.save(f"{n}.pcap", reports.conforming(), script=script) for n in range(5)]
    assert lab.run(*names, "--jobs", "2").returncode == CONFORMS


# What is asked of tshark.

def test_arguments_of_tshark(lab):
    lab.judge(reports.conforming(), "--severities", "prefix_bits=error,tun_df=note", "-o", "dsmipv4.grace:0", status=CONFORMS)
    call = reports.calls(lab.tshark)[-1]
    assert call[:-1] == ["-n", "-r", "lab.pcap", "-o", "dsmipv4.grace:0", "-o",
                         "dsmipv4.severities:prefix_bits=error,tun_df=note", "-2", "-q", "-z", "dsmipv4,report,json"]


def test_keys_are_not_in_the_list_of_processes(lab):
    """They are in a folder that only the user can read, beside the rest of his configuration, and gone afterwards."""
    own = lab.folder / "config"
    own.mkdir()
    (own / "preferences").write_text("mine\n")
    (own / "dsmipv4_keys").write_text("old\n")
    keys = lab.folder / "my.keys"
    keys.write_text('# lab\n"any","198.51.100.77","0x100","hmac-md5","mn1-ha secret"\n')
    seen = lab.folder / "seen"
    script = f"""
config = os.environ['WIRESHARK_CONFIG_DIR']
mode = oct(os.stat(config).st_mode & 0o777), oct(os.stat(config + '/dsmipv4_keys').st_mode & 0o777)
open('{seen}', 'w').write(repr((mode, open(config + '/dsmipv4_keys').read(), open(config + '/preferences').read())))
"""
    report = settings(keys=1)
    process = lab.run(lab.save("lab.pcap", report, script=script), "--keys", keys, env={"WIRESHARK_CONFIG_DIR": str(own)})
    assert process.returncode == CONFORMS, process.stdout
    assert seen.read_text() == repr((("0o700", "0o600"), keys.read_text(), "mine\n"))
    call = reports.calls(lab.tshark)[-1]
    assert "secret" not in " ".join(call)
    assert call[-1] != str(own) and not os.path.exists(call[-1])
    assert sorted(f.name for f in own.iterdir()) == ["dsmipv4_keys", "preferences"]


def test_keys_that_tshark_did_not_take(lab):
    keys = lab.folder / "my.keys"
    keys.write_text('"any","any","0x100","hmac-md5","a"\n"any","any","0x101","sha-512","b"\n')
    process, _ = lab.judge(settings(keys=1), "--keys", keys, status=NOT_JUDGED)
    assert "tshark took 1 of the keys" in process.stdout
    assert lab.run("lab.pcap", "--keys", "missing.keys").returncode == NOT_JUDGED


# Baseline.

def test_baseline(lab):
    _, verdict = lab.judge(reports.broken(), status=BROKEN)
    baseline = lab.folder / "baseline.json"
    baseline.write_text(json.dumps(verdict))
    process, _ = lab.judge(reports.broken(), "--baseline", baseline, status=CONFORMS)
    assert "prefix_bits (in the baseline)" in process.stdout
    # In other frames it is known still; of another node, home agent or sender it is new.
    moved = reports.add_finding(reports.conforming(), "prefix_bits", "warn", "mn", [4, 5], "again")
    lab.judge(moved, "--baseline", baseline, status=CONFORMS)
    for change in ({"node": "198.51.100.99"}, {"home_agent": "198.51.100.2"}, {"actor": "ha"}, {"rule": "auth_bad"}):
        report = reports.broken()
        report["findings"][0].update(change)
        lab.judge(report, "--baseline", baseline, status=BROKEN)
    # What was not judged then excuses nothing.
    failed = copy.deepcopy(verdict)
    failed["captures"][0]["report"] = None
    baseline.write_text(json.dumps(failed))
    lab.judge(reports.broken(), "--baseline", baseline, status=BROKEN)
    assert lab.run("lab.pcap", "--baseline", "missing.json").returncode == NOT_JUDGED


# Expectations.

def fields(*rows):
    """What tshark -T fields prints of (frame, rules with severities, comments)."""
    lines = []
    for frame, rules, comments in rows:
        lines.append("\t".join([str(frame), "\x1e".join(rules), "\x1e".join(rules.values()), "\x1e".join(comments)]))
    return "\n".join(lines) + "\n"


def expecting(expected):
    return [f"dsmipgen some step request expect: {expected}"]


def quiet_frames(first, last=6):
    return [(n, {}, expecting("none")) for n in range(first, last + 1)]


@pytest.mark.parametrize("rows, status, words", [
    ([(1, {"prefix_bits": "warn"}, expecting("prefix_bits"))] + quiet_frames(2), CONFORMS, "Verdict: conforms"),
    ([(1, {"b": "warn", "a": "note"}, expecting("a b"))] + quiet_frames(2), CONFORMS, "Verdict: conforms"),
    (quiet_frames(1), CONFORMS, "Verdict: conforms"),
    ([(1, {}, expecting("prefix_bits"))] + quiet_frames(2), BROKEN,
     "frame 1: expected broken rules: prefix_bits; found: none"),
    ([(1, {"prefix_bits": "warn"}, expecting("none"))] + quiet_frames(2), BROKEN,
     "frame 1: expected broken rules: none; found: prefix_bits"),
    ([(1, {"a": "warn"}, expecting("b"))] + quiet_frames(2), BROKEN, "expected broken rules: b; found: a"),
    # Where a comment says nothing, the verdict is that of the severities.
    ([(1, {"a": "warn"}, [])] + quiet_frames(2), BROKEN, "frame 1: rule a is broken (warn)"),
    ([(1, {"a": "note"}, [])] + quiet_frames(2), CONFORMS, "Verdict: conforms"),
    ([(1, {"a": "error"}, ["dsmipgen some step request"])] + quiet_frames(2), BROKEN, "rule a is broken (error)"),
    ([(1, {"a": "error"}, ["seen by me", *expecting("a")])] + quiet_frames(2), CONFORMS, "Verdict: conforms"),
    # No expectation at all; frames that are missing; lines that are none.
    ([(n, {}, []) for n in range(1, 7)], INCOMPLETE, "no packet has a comment with an expectation"),
    (quiet_frames(1, 5), NOT_JUDGED, "incomplete"),
    ([("x", {}, [])] + quiet_frames(2), NOT_JUDGED, "incomplete"),
])
def test_expect(lab, rows, status, words):
    process, _ = lab.judge(reports.broken(), "--expect", status=status, fields=fields(*rows))
    assert words in process.stdout


# The forms of the report.

def test_text_of_a_broken_capture(lab):
    process, _ = lab.judge(reports.broken(), status=BROKEN)
    assert process.stdout == """\
lab.pcap: broken
  6 frames: 2 registration messages, 4 tunneled packets; 1 mobile node at 1 home agent

  warn   prefix_bits: Prefix bits beyond the prefix length are not zero
         by mobile node 198.51.100.77 in 1 frame: 1
         frame 1: Prefix bits beyond /48 are set: 2001:db8:a::1, should be 2001:db8:a:: [RFC 5454 2.1]
  note   prefix_host: Single address registered as a prefix
         by mobile node 198.51.100.77 in 2 frames: 1, 4
         frame 1: Single address <2001:db8:a::1> & no prefix

  Home agent       Nodes  Without IPv6  Rules exercised  Held  Broken
  198.51.100.1         1             0                2     0       2

  Mobile node      Home agent       Findings (frames)
  198.51.100.77    198.51.100.1     prefix_bits 1 (mn), prefix_host 2 (mn)

4 rules: 2 exercised, 0 held, 2 broken
Verdict: broken
"""


def test_text_puts_a_cause_of_many_nodes_together(lab):
    report = reports.with_many_nodes(50)
    for number, node in enumerate(report["nodes"]):
        reports.add_finding(report, "prefix_bits", "warn", "ha", [100 - number], "same", node=node["home_address"])
    process, _ = lab.judge(report, status=BROKEN)
    assert process.stdout.count("prefix_bits: ") == 1
    assert ("by home agent 198.51.100.1 in 50 frames: 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, ...; "
            "with 10.0.0.50, 10.0.0.49, 10.0.0.48 and 47 more") in process.stdout
    assert "and 30 more (see --json or --html)" in process.stdout


def test_colors_and_progress_on_a_terminal_only(lab):
    lab.save("a.pcap", reports.broken())
    assert "\033" not in lab.run("a.pcap").stdout + lab.run("a.pcap").stderr

    def on_a_terminal(env):
        ours, theirs = pty.openpty()
        with subprocess.Popen([PROGRAM, "--tshark", lab.tshark, "a.pcap"], cwd=lab.folder, stdout=theirs, stderr=theirs,
                              env=environment(more=env)):
            os.close(theirs)
            said = b""
            try:
                while chunk := os.read(ours, 4096):
                    said += chunk
            except OSError:
                pass  # the end, on Linux
        os.close(ours)
        return said.decode()

    said = on_a_terminal({})
    assert "\033[1;31mbroken\033[0m" in said and "1 of 1 captures" in said
    assert "\033[1" not in on_a_terminal({"NO_COLOR": "1"})


def test_json_repeats_the_report(lab):
    """Everything that tshark said is in the verdict, times to the nanosecond, the actors of a rule in one order."""
    report = reports.broken()
    for rule in report["rules"]:
        rule["actors"].sort(key=lambda row: ["mn", "fa", "ha", "unknown"].index(row["actor"]))
    report["capture"]["last_time"] = "1767225610.123456789"
    report["nodes"][0]["nai"] = 'mn\u00e9"@example.com'
    report["nodes"][0]["messages"][0]["time"] = "-12.000000034"
    _, verdict = lab.judge(report, "--allow", "auth_bad", "--require", "must,prefix_bits", status=BROKEN)
    assert verdict["captures"][0]["report"] == report
    assert verdict["policy"] == {"fail_on": "warn", "allow": ["auth_bad"], "require": ["prefix_bits"],
                                 "require_must": True, "require_service": False, "baseline": None, "expect": False}
    assert verdict["summary"] == {"rules": 4, "exercised": 2, "held": 0, "broken": 2}
    assert verdict["captures"][0]["failures"] == [{
        "kind": "rule", "rule": "prefix_bits", "frame": 1, "actor": "mn", "node": reports.NODE,
        "home_agent": reports.AGENT, "text": report["findings"][0]["places"][0]["text"]}]


def test_one_report_on_standard_output(lab):
    lab.save("a.pcap", reports.broken())
    process = lab.run("a.pcap", "--json", "-")
    assert process.returncode == BROKEN and validate(json.loads(process.stdout))["verdict"] == "broken"
    assert lab.run("a.pcap", "--quiet").stdout == ""


def test_a_report_replaces_a_file_as_a_whole(lab):
    old = lab.folder / "verdict.json"
    old.write_text("old")
    os.chmod(old, stat.S_IRUSR | stat.S_IWUSR)
    lab.judge(reports.conforming(), status=CONFORMS)
    assert json.loads(old.read_text())["verdict"] == "conforms"


def test_junit(lab):
    names = [lab.save("bad.pcap", reports.broken()), lab.save("good.pcap", reports.conforming()), "missing.pcap"]
    assert lab.run(*names, "--junit", "junit.xml").returncode == NOT_JUDGED
    root = read_junit(lab.folder / "junit.xml")
    suites = {s.get("name"): s for s in root}
    assert list(suites) == names
    counts = {name: tuple(int(s.get(k)) for k in ("tests", "failures", "errors", "skipped")) for name, s in suites.items()}
    assert counts == {"bad.pcap": (4, 1, 0, 2), "good.pcap": (4, 0, 0, 2), "missing.pcap": (1, 0, 1, 0)}
    assert tuple(int(root.get(k)) for k in ("tests", "failures", "errors")) == (9, 1, 1)
    cases = {c.get("name"): c for c in suites["bad.pcap"]}
    assert list(cases) == ["prefix_bits", "auth_bad", "prefix_host", "tun_df"]
    assert cases["prefix_bits"].get("classname") == "RFC 5454 2.1, 2.2"
    failure = cases["prefix_bits"].find("failure")
    assert "frame 1: Prefix bits beyond /48 are set" in failure.text and "mobile node 198.51.100.77" in failure.text
    assert failure.get("type") == "warn"
    assert cases["auth_bad"].find("skipped").get("message") == "never exercised"
    assert cases["tun_df"].find("skipped").get("message") == "off"
    # Below the wanted severity it is told, and fails nothing.
    assert cases["prefix_host"].find("failure") is None
    assert "<2001:db8:a::1> & no prefix" in cases["prefix_host"].find("system-out").text


def test_junit_of_hostile_texts(lab):
    """Control characters are no XML, not even as references."""
    report = reports.broken()
    report["findings"][0]["places"][0]["text"] = "a\x01b\x1b[31m ]]> <x> \uffff \u2028"
    lab.judge(report, "--junit", "junit.xml", status=BROKEN)
    assert "a?b?[31m ]]> <x>" in read_junit(lab.folder / "junit.xml").find(".//failure").text


def test_junit_of_coverage_service_and_expectations(lab):
    lab.judge(reports.without_service(), "--require", "auth_bad", "--require-service", "--junit", "junit.xml", status=BROKEN)
    root = read_junit(lab.folder / "junit.xml")
    assert [s.get("name") for s in root] == ["lab.pcap", "coverage"]
    assert root[0][0].get("name") == reports.NODE
    assert root[0][0].find("failure").get("message") == "no IPv6: home agent does not support it"
    assert root[1][0].find("failure").get("message") == "required rule auth_bad was never exercised"
    lab.judge(reports.broken(), "--expect", "--junit", "junit.xml", status=BROKEN,
              fields=fields((1, {}, expecting("prefix_bits")), *quiet_frames(2)))
    root = read_junit(lab.folder / "junit.xml")
    assert [f.get("message") for f in root.iter("failure")] == ["expected broken rules: prefix_bits; found: none"]


def test_tap(lab):
    names = [lab.save("bad.pcap", reports.broken()), "missing#.pcap"]
    assert lab.run(*names, "--tap", "report.tap").returncode == NOT_JUDGED
    lines = (lab.folder / "report.tap").read_text().splitlines()
    assert lines[:3] == ["TAP version 13", "1..5", "not ok 1 - bad.pcap: prefix_bits [RFC 5454 2.1, 2.2]"]
    points = [line for line in lines if not line.startswith("#")][2:]
    assert points[1] == "ok 2 - bad.pcap: auth_bad [RFC 5944 3.5.1] # SKIP never exercised"
    assert points[2] == "ok 3 - bad.pcap: prefix_host [advice: RFC 5454 3.3]"
    assert points[4].startswith('not ok 5 - missing_.pcap: The file "missing_.pcap"')


class Page(HTMLParser):
    """Checks that what is opened is closed in order; collects what a page refers to and says."""

    VOID = {"meta", "link", "img", "br", "hr", "input"}
    OPTIONAL = {"th"}  # may be left open

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.resources, self.text = [], set(), set(), [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in self.VOID | self.OPTIONAL:
            self.open.append(tag)
        if "id" in attrs:
            assert attrs["id"] not in self.ids, attrs["id"]
            self.ids.add(attrs["id"])
        if tag == "a":
            self.links.add(attrs["href"])
        self.resources += [v for k, v in attrs.items() if k in ("src", "data", "srcset", "xlink:href")
                           or (k == "href" and tag != "a")]
        assert tag not in ("script", "link", "iframe", "object"), tag

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def page_of(lab, report, *args, status):
    lab.judge(report, "--html", "page.html", *args, status=status)
    text = (lab.folder / "page.html").read_text()
    page = Page(text)
    assert page.resources == [] and "@import" not in text and "url(" not in text and "http" not in text
    for link in page.links:
        assert link.startswith("#") and link[1:] in page.ids, link
    return page


def test_html(lab):
    page = page_of(lab, reports.broken(), status=BROKEN)
    text = "".join(page.text)
    assert "4 rules: 2 exercised, 0 held, 2 broken." in text
    assert "Single address <2001:db8:a::1> & no prefix" in text
    assert "20010db8000a" in text and "RFC 5454" in text and "RFC 5944" in text
    assert {"c0-prefix_bits", "c0-auth_bad", "c0-prefix_host", "c0-tun_df"} <= page.ids
    assert "#c0-prefix_bits" in page.links


def test_html_of_hostile_texts(lab):
    report = reports.broken()
    nasty = "<script>alert(1)</script>\"'>&\x01"
    report["findings"][0]["places"][0].update(text=nasty)
    node = report["nodes"][0]
    node.update(nai=nasty)
    node["service"].update(text=nasty)
    node["messages"][1].update(code_text=nasty, source=nasty)
    node["bindings"][0].update(care_of=nasty, mode=nasty, encapsulation=nasty)
    node["messages"][0]["prefixes"][0].update(prefix=nasty)
    page = page_of(lab, report, status=BROKEN)
    assert "".join(page.text).count("<script>alert(1)</script>") >= 6


def test_html_without_times_and_of_many_captures(lab):
    report = reports.broken()
    report["capture"].update(first_time=None, last_time=None)
    node = report["nodes"][0]
    for thing in (*node["messages"], *node["bindings"][0]["refreshes"], *report["findings"][0]["places"]):
        thing["time"] = None
    node["bindings"][0].update(from_time=None)
    node["traffic"][0].update(first_time=None, last_time=None, bin_seconds=0, bin_first=0, bins=[])
    assert "The capture has no times" in "".join(page_of(lab, report, status=BROKEN).text)
    lab.save("b.pcap", reports.nothing())
    page = page_of(lab, report, "b.pcap", "missing.pcap", status=NOT_JUDGED)
    assert {"#c0", "#c1", "#c2"} <= page.links


def test_html_of_thousands_of_nodes_is_bounded(lab):
    page = page_of(lab, reports.with_many_nodes(3000), status=CONFORMS)
    assert "and 2800 more nodes" in "".join(page.text)
    assert (lab.folder / "page.html").stat().st_size < 3_000_000
