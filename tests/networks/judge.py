# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what the plugin says of many captures with what is true."""

import os
import re
from dataclasses import dataclass, field

from dsmipv4_tshark import scratch, tshark

from . import capture
from .wire import text
from .world import World

FIELDS = (
    "frame.number",
    "dsmipv4.rule",
    "dsmipv4.tunnel.hoa",
    "dsmipv4.tunnel.mode",
    "dsmipv4.binding.frame",
    "dsmipv4.request_in",
    "dsmipv4.response_in",
    "_ws.expert.severity",
    "_ws.expert.message",
    "dsmipv4.rule_text",
)
WARN = 0x600000
OURS = re.compile(r"\[(RFC|IANA|advice)[^\]]*\]$")


@dataclass
class Alarm:
    """Something that the plugin says and that is not so, or does not say and should."""

    number: int
    what: str
    where: str

    def __str__(self):
        return f"frame {self.number}: {self.what}\n    {self.where}"


def keys(worlds) -> list:
    """Options that give the plugin the security associations of these networks' nodes."""
    rows = []
    for world in worlds:
        for node in world.nodes:
            a = node.association(node.ha)
            row = [text(node.ha.address), text(node.hoa), hex(a.spi), a.algorithm, a.secret.decode()]
            rows.append("uat:dsmipv4_keys:" + ",".join(f'"{cell}"' for cell in row))
    return [word for row in rows for word in ("-o", row)]


NOT_OURS = ("--disable-protocol", "tpm")  # its dissector has an assertion that random bytes to its port fail


def dissect(path, two_pass, options=()):
    """Per frame the values of FIELDS, each a list."""
    wanted = [word for name in FIELDS for word in ("-e", name)]
    output = tshark(
        ["-n", "-r", path, *NOT_OURS, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=\x1f", *wanted, *options],
        two_pass=two_pass,
    )
    for line in output.split("\n"):
        if line:
            yield dict(zip(FIELDS, ([v for v in cell.split("\x1f") if v] for cell in line.split("\t"))))


def loud(values) -> list:
    """Messages of the plugin's expert items at warn or error."""
    pairs = zip(values["_ws.expert.severity"], values["_ws.expert.message"])
    return [message for severity, message in pairs if int(severity) >= WARN and OURS.search(message)]


def compare(values, truth):
    """What is said and not true of one frame, in words."""
    if values["dsmipv4.rule"]:
        for message in loud(values):
            yield f"{' '.join(values['dsmipv4.rule'])}: {message}: {' '.join(values['dsmipv4.rule_text'])}"
    for name, true in (("hoa", truth.hoa), ("mode", truth.mode)):
        for value in values[f"dsmipv4.tunnel.{name}"]:
            if value != true and value != "unknown":
                yield f"dsmipv4.tunnel.{name} is {value}, true is {true}"
    for name, true in (
        ("binding.frame", truth.bindings),
        ("request_in", truth.requests),
        ("response_in", truth.replies),
    ):
        for value in values[f"dsmipv4.{name}"]:
            if int(value) not in true:
                yield f"dsmipv4.{name} is {value}, true is {sorted(true)}"


@dataclass
class Result:
    """What came out of some captures: what is wrong, and how much was looked at."""

    alarms: list = field(default_factory=list)
    frames: int = 0
    fields: int = 0  # values of the fields compared

    def add(self, other):
        self.alarms += other.alarms
        self.frames += other.frames
        self.fields += other.fields


def judge(views, worlds, two_pass, path=None) -> Result:
    """Write the views into one file, have tshark read it, and list what is wrong."""
    path = path or scratch() / f"networks-{os.getpid()}.pcapng"
    frames = capture.write_pcapng(path, views)
    path.chmod(0o644)
    truths, result = capture.Truths(frames), Result(frames=len(frames))
    number = 0
    for number, values in enumerate(dissect(path, two_pass, keys(worlds)), 1):
        assert values["frame.number"] == [str(number)]
        result.fields += sum(len(values[name]) for name in FIELDS[2:7])
        result.alarms += [
            Alarm(number, what, capture.describe(*frames[number - 1])) for what in compare(values, truths.of(number))
        ]
    assert number == len(frames), f"tshark read {number} of {len(frames)} frames"
    path.unlink()
    return result


def judge_faults(faults, two_pass, first_seed, without=frozenset()) -> list:
    """Networks with one fault each, in one file.

    A list of (fault, frames that it is named on, what is wrong): at warn or error, other frames may break only what the
    fault causes, which its row says."""
    worlds = [World(first_seed + n, fault, without).run() for n, fault in enumerate(faults)]
    views = [capture.view(world, fault.point, "none") for world, fault in zip(worlds, faults)]
    for one in views:
        one.linktype = "ethernet"  # some rules need the MAC addresses
    path = scratch() / f"faults-{os.getpid()}.pcapng"
    frames = capture.write_pcapng(path, views)
    path.chmod(0o644)
    of_view = {id(view): (fault, [], []) for view, fault in zip(views, faults)}
    for number, values in enumerate(dissect(path, two_pass, keys(worlds)), 1):
        view, frame = frames[number - 1]
        fault, named, wrong = of_view[id(view)]
        said, broken = set(values["dsmipv4.rule"]), fault.rule in frame.note.broken
        if broken and fault.rule in said:
            named.append(number)
        allowed = {fault.rule, *fault.also} if broken else set(fault.after)
        where = capture.describe(view, frame)
        wrong += [
            Alarm(number, " ".join(sorted(said)) + ": " + message, where)
            for message in loud(values)
            if not said & allowed
        ]
    path.unlink()
    return list(of_view.values())


def kind_of(seed: int) -> tuple:
    """Where the network of a seed is observed, and with which fault of capturing: in turn, all of them."""
    points, faults = capture.POINTS, capture.FAULTS
    return points[seed % len(points)], faults[seed // len(points) % len(faults)]


def judge_seeds(seeds, passes=(False, True), without=frozenset(), kind=kind_of) -> Result:
    """Generate the networks of some seeds, each seen at one point, and judge them all in one file for each pass."""
    total, worlds, views = Result(), [], []
    for seed in seeds:
        point, fault = kind(seed)
        worlds.append(World(seed, without=without).run())
        views.append(capture.view(worlds[-1], point, "none" if fault in without else fault))
    for two_pass in passes:
        total.add(judge(views, worlds, two_pass))
    return total
