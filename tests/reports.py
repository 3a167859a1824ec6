# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports written by hand, as `tshark -z dsmipv4,report,json` prints them, and a tshark that prints them."""

import copy
import json
import os
import stat

NODE, AGENT = "198.51.100.77", "198.51.100.1"
START = 1767225600  # 2026-01-01T00:00:00Z


def time(seconds):
    return f"{START + int(seconds)}.{round(seconds % 1 * 1e9):09d}"


def rule(ident, source, strength, severity, text, *actors, enabled=True):
    return {"id": ident, "kind": "rule", "asked_of": "packets" if ident.startswith("tun_") else "messages", "once": False, "source": source, "strength": strength, "severity": severity,
            "enabled": enabled, "text": text, "actors": list(actors)}


def actor(who, held=0, broken=0, frames=(), home_agent=AGENT):
    return {"actor": who, "home_agent": home_agent, "held": held, "broken": broken, "first_frames": list(frames)}


def message(frame, seconds, kind, **more):
    request = kind == "request"
    ends = ("192.0.2.33:50434", AGENT + ":434")
    return {"frame": frame, "time": time(seconds), "type": kind, "leg": "mn-ha", "source": ends[not request],
            "destination": ends[request], "care_of": "192.0.2.33" if request else None, "lifetime": 600,
            "code": None if request else 0, "code_text": None if request else "accepted", "answers": None,
            "copy_of": None, "relayed": False, "mode_asked": request, "prefixes": [], **more}


PREFIX = [{"prefix": "2001:db8:a::/48", "code": 1}]


def conforming():
    """Two registrations and four tunneled packets; rules of each state but broken."""
    return {
        "kind": "dsmipv4-report", "version": 1, "generator": "dsmipv4 0.1.0, Wireshark 4.0.17",
        "capture": {"frames": 6, "first_time": time(0), "last_time": time(10)},
        "settings": {"enabled": True, "takeover": True, "bypassed": [], "keys": 0, "filter": None},
        "judged": {"registrations": 2, "tunneled": 4, "advertisements": 0},
        "rules": [
            rule("prefix_bits", "5454 2.1, 2.2", "MUST", "warn", "Prefix bits beyond the prefix length are not zero",
                 actor("mn", held=1), actor("ha", held=1)),
            rule("auth_bad", "5944 3.5.1", "MUST", "error", "Authenticator does not verify"),
            rule("prefix_host", "5454 3.3", "ADVICE", "note", "Single address registered as a prefix",
                 actor("mn", held=1)),
            rule("tun_df", "4213 3.2", "SHOULD", "note", "Don't Fragment is not set", enabled=False),
            {"id": "handoff", "kind": "info", "asked_of": "messages", "once": False, "source": None, "strength": "INFO", "severity": "chat", "enabled": True,
             "text": "Care-of address changed", "actors": []},
        ],
        "findings": [],
        "nodes": [{
            "home_agent": AGENT, "home_address": NODE, "nai": None,
            "service": {"asked": True, "outcome": "granted", "frame": 2, "text": "2001:db8:a::/48 to the care-of address"},
            "requests": 1, "denied": 0, "unanswered": 0,
            "messages": [message(1, 0, "request", prefixes=[{"prefix": "2001:db8:a::/48", "code": None}]),
                         message(2, 0.1, "reply", answers=1, prefixes=PREFIX)],
            "bindings": [{
                "care_of": "192.0.2.33", "reached_at": "192.0.2.33", "mode": "explicit", "encapsulation": "IPv4",
                "from_frame": 2, "from_time": time(0.1), "until_frame": None, "until_time": None, "end": "live",
                "refreshes": [{"frame": 2, "time": time(0.1), "expires": time(600.1)}], "prefixes": PREFIX}],
            "traffic": [{
                "direction": "to-mn", "form": "coa", "packets": 4, "ipv6": 4, "bytes": 400, "first_frame": 3, "last_frame": 6,
                "first_time": time(1), "last_time": time(10), "bin_seconds": 1, "bin_first": START + 1,
                "bins": [2, 0, 0, 0, 0, 0, 0, 0, 1, 1]}],
        }],
    }


def add_finding(report, ident, severity, who, frames, text, node=NODE, home_agent=AGENT):
    """The rule is broken in these frames; its row counts them."""
    row = next(r for r in report["rules"] if r["id"] == ident)
    row["actors"] = [a for a in row["actors"] if (a["actor"], a["home_agent"]) != (who, home_agent)]
    row["actors"].append(actor(who, 1, len(frames), frames[:10], home_agent))
    places = [{"frame": f, "time": time(f), "text": text, "offset": 70, "length": 16, "bytes": "20010db8000a" + "00" * 10}
              for f in frames[:16]]
    report["findings"].append({"rule": ident, "severity": severity, "actor": who, "node": node,
                               "home_agent": home_agent, "frames": len(frames), "places": places})
    return report


def broken():
    """The mobile node breaks prefix_bits in one frame; prefix_host, a note, in two."""
    report = add_finding(conforming(), "prefix_bits", "warn", "mn", [1],
                         "Prefix bits beyond /48 are set: 2001:db8:a::1, should be 2001:db8:a:: [RFC 5454 2.1]")
    return add_finding(report, "prefix_host", "note", "mn", [1, 4], "Single address <2001:db8:a::1> & no prefix")


def without_service():
    report = conforming()
    report["nodes"][0]["service"] = {"asked": True, "outcome": "unsupported", "frame": 2,
                                     "text": "home agent does not support it"}
    return report


def nothing():
    """Other traffic only."""
    report = conforming()
    report["judged"] = {"registrations": 0, "tunneled": 0, "advertisements": 0}
    report["nodes"] = []
    for row in report["rules"]:
        row["actors"] = []
    return report


def with_many_nodes(count):
    report = conforming()
    first = report["nodes"][0]
    report["nodes"] = []
    for number in range(count):
        node = copy.deepcopy(first)
        node["home_address"] = f"10.0.{number // 250}.{number % 250 + 1}"
        report["nodes"].append(node)
    return report


FAKE = """#!/usr/bin/python3
# Prints what FILE.out holds for the capture FILE; FILE.py, if there is one, is run instead.
import os, sys
with open(__file__ + ".log", "a") as log:
    log.write("\\0".join(sys.argv[1:] + [os.environ.get("WIRESHARK_CONFIG_DIR", "")]) + "\\n")
file = sys.argv[sys.argv.index("-r") + 1]
fields = "fields" in sys.argv
if not os.path.exists(file):
    sys.exit(print(f'tshark: The file "{file}" doesn\\'t exist.', file=sys.stderr) or 2)
if os.path.exists(file + ".py"):
    exec(open(file + ".py").read())
name = file + (".fields" if fields else ".out")
if os.path.exists(name):
    sys.stdout.write(open(name).read())
else:  # the capture of no packets that rules are looked up with
    sys.stdout.write(open(os.path.join(os.path.dirname(__file__), "empty.out")).read())
"""


def fake_tshark(folder):
    """A tshark in this folder; prints reports that save() put beside the captures."""
    path = folder / "tshark"
    path.write_text(FAKE)
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    (folder / "empty.out").write_text(json.dumps(nothing()))
    return path


def calls(tshark):
    """The arguments of each call of a fake tshark, and last its WIRESHARK_CONFIG_DIR."""
    log = tshark.with_name(tshark.name + ".log")
    return [line.split("\0") for line in log.read_text().splitlines()]


def save(capture, report=None, fields=None, script=None):
    """A capture (of no content) for which a fake tshark prints this."""
    capture.write_bytes(b"")
    for suffix, text in ((".out", None if report is None else report if isinstance(report, str) else json.dumps(report)),
                         (".fields", fields), (".py", script)):
        if text is not None:
            (capture.parent / (capture.name + suffix)).write_text(text)
    os.chmod(capture, 0o644)
    return capture
