# SPDX-License-Identifier: GPL-2.0-or-later
"""Many captures through one start of a program of Wireshark, each as if it were opened alone.

To start tshark takes half a second of processor time, to dissect a scenario a few milliseconds. `tshark -M N` begins
a new session after every N frames, as if the next frame were the first of another file: so captures of N frames each,
or filled up to N, one behind the other, are seen in one pass. sharkd opens file after file, and shows frames as the second pass does.
"""

import functools
import json
import re
import struct
import subprocess
import tempfile
import threading
from collections import defaultdict
from pathlib import Path

from dsmipv4_tshark import (TIMEOUT, ToolError, as_ordinary_user, checked, environment, plugin_dir, readable, run,
                            scratch)

RESET = "resetting session.\n"  # what tshark says on standard error at the begin of each session but the first


def frame_counts(captures) -> dict:
    """Capture -> its number of frames."""
    lines = checked(run(["capinfos", "-TrMc", *captures], ordinary_user=False)).splitlines()
    return {capture: int(line.split("\t")[1]) for capture, line in zip(captures, lines, strict=True)}


def room_for(count):
    """A number that captures of about so many frames are filled up to, so that few numbers are enough for all."""
    step = 1 << max(count.bit_length() - 2, 0)
    return -(-count // step) * step


@functools.lru_cache(maxsize=None)
def filler(count):
    """A capture of frames that tell nobody anything: an Ethernet type for local experiments (IEEE 802), no payload."""
    path = scratch() / f"filler-{count}.pcap"
    frame = bytes.fromhex("020000000002 020000000001 88b5")
    record = struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + count * record)
    return path


def merged(captures, counts, room):
    """One capture after another in one file, each filled up to `room` frames."""
    parts = []
    for capture in captures:
        parts += [capture, filler(room - counts[capture])] if counts[capture] < room else [capture]
    with tempfile.NamedTemporaryFile(suffix=".pcapng", dir=scratch(), delete=False) as file:
        checked(run(["mergecap", "-a", "-I", "any", "-w", file.name, *parts], ordinary_user=False))
    path = Path(file.name)
    path.chmod(0o644)
    return path


def output_of(path, room, sessions, args, plugin):
    """What tshark prints of a file with so many sessions of `room` frames."""
    process = run(["tshark", "-M", room, "-n", "-r", path, *args], plugins=plugin_dir() if plugin else None)
    resets = process.stderr.count(RESET)
    process.stderr = process.stderr.replace(RESET, "")
    output = checked(process)
    assert resets == sessions - 1, f"{resets} resets between {sessions} captures"
    return output


def one_pass(captures, args, split, plugin=True) -> dict:
    """Capture -> what `tshark -n -r CAPTURE ARGS` prints of it.

    `split(output, room, counts)` takes the output of captures that were filled up to `room` frames apart, into a list
    of what belongs to the first so many frames of each.
    """
    counts = frame_counts(list(dict.fromkeys(captures)))
    groups = defaultdict(list)
    for capture, count in counts.items():
        groups[room_for(count)].append(capture)
    found = {}
    for room, group in groups.items():
        path = merged(group, counts, room)
        output = output_of(path, room, len(group), args, plugin)
        path.unlink()
        found.update(zip(group, split(output, room, [counts[capture] for capture in group]), strict=True))
    return found


def lines_of_frames(output, room, counts):
    """A line for each frame."""
    lines = output.splitlines()
    assert len(lines) == room * len(counts)
    return [lines[number * room:number * room + count] for number, count in enumerate(counts)]


# How the text of a frame begins, in the output of -V and of -P.
VERBOSE = r"^(?:Packet comments\n(?:    .*\n)+)?Frame {}: "
SUMMARY = r"^ *{} +-?\d+\.\d+ "


def texts_of_frames(start):
    """A split for texts of many lines for each frame, the first of which begins as `start` says."""

    def split(output, room, counts):
        firsts = [match.start() for match in re.finditer(start.format(1), output, re.MULTILINE)]
        assert len(firsts) == len(counts)
        parts = [output[begin:end] for begin, end in zip(firsts, [*firsts[1:], len(output)])]
        return [re.split(start.format(count + 1), part, maxsplit=1, flags=re.MULTILINE)[0] if count < room else part
                for part, count in zip(parts, counts)]

    return split


@functools.lru_cache
def fields(captures, names, options=(), plugin=True) -> dict:
    """Capture -> for each frame the list of the values of the fields, in one pass."""
    args = [*options, "-T", "fields", *(arg for name in names for arg in ("-e", name))]
    found = one_pass(captures, args, lines_of_frames, plugin)
    return {capture: [line.split("\t") for line in lines] for capture, lines in found.items()}


@functools.lru_cache
def rules(captures, options=()) -> dict:
    """Capture -> frame number -> set of the ids in dsmipv4.rule, in one pass."""
    found = fields(captures, ("dsmipv4.rule",), options)
    return {capture: {frame: set(filter(None, values[0].split(","))) for frame, values in enumerate(rows, 1)}
            for capture, rows in found.items()}


@functools.lru_cache
def texts(captures, args, start=VERBOSE, plugin=True) -> dict:
    """Capture -> what tshark prints, where the text of a frame begins so.

    But for the time since the frame displayed before: that is the last one of the capture before.
    """
    return one_pass(captures, args, texts_of_frames(start), plugin)


def home_with(options):
    """A home folder whose preferences are those of the options `-o NAME:VALUE`, for programs that have no such option."""
    home = tempfile.mkdtemp(prefix="home-", dir=scratch())
    folder = scratch() / home / ".config" / "wireshark"
    folder.mkdir(parents=True)
    for option in options:
        name, _, value = option.partition(":")
        if option == "-o":
            continue
        if name == "uat":
            name, _, value = value.partition(":")
            line, target = value, folder / name
        else:
            line, target = f"{name}: {value}", folder / "preferences"
        with target.open("a") as file:
            file.write(line + "\n")
    for path in [scratch() / home, *(scratch() / home).rglob("*")]:
        path.chmod(0o755)
    return home


class Sharkd:
    """Wireshark without its window: opens a file, and dissects again what it is asked for."""

    MOST_LOADS = 30  # it does not free all of a file when it opens the next: 5 MB stay

    def __init__(self, options=(), plugin=True):
        self.errors = tempfile.TemporaryFile("w+", dir=scratch())
        self.env = environment(plugin_dir() if plugin else None, {"HOME": home_with(options)})
        self.number = self.loads = 0
        self.preferences = {}
        self.process = None

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait(TIMEOUT)

    def start(self):
        self.close()
        self.process = subprocess.Popen(as_ordinary_user(["sharkd", "-"]), env=self.env, cwd=scratch(), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        for name, value in self.preferences.items():
            self.ask("setconf", name=name, value=value)

    def ask(self, method, **params):
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        watchdog = threading.Timer(TIMEOUT, self.process.kill)
        watchdog.start()
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        watchdog.cancel()
        answer = json.loads(line) if line.strip() else {}
        if answer.get("id") != self.number or "result" not in answer:
            self.errors.seek(0)
            raise ToolError(f"sharkd: {request} was answered {line!r}\n{self.errors.read()}")
        return answer["result"]

    def set(self, name, value):
        """Set a preference. sharkd does not tell dissectors of it: it reaches those that read it when a file is opened."""
        self.preferences[name] = str(value)
        if self.process:
            self.ask("setconf", name=name, value=str(value))

    def load(self, capture):
        if self.loads % self.MOST_LOADS == 0:
            self.start()
        self.loads += 1
        assert self.ask("load", file=str(readable(capture)))["status"] == "OK"
        return self

    def fields(self, names) -> list:
        """For each frame the list of the values of the fields, as a column shows them."""
        columns = {f"column{number}": f"{name}:0" for number, name in enumerate(names)}
        return [frame["c"] for frame in self.ask("frames", **columns)]

    def rules(self) -> dict:
        """Frame number -> set of the ids in dsmipv4.rule."""
        return {frame: set(filter(None, values[0].split(",")))
                for frame, values in enumerate(self.fields(["dsmipv4.rule"]), 1)}

    def tree(self, frame):
        return self.ask("frame", frame=frame, proto=True)["tree"]


@functools.lru_cache(maxsize=None)
def sharkd(options=()) -> Sharkd:
    """The one of this process with these preferences."""
    return Sharkd(options)


def nodes(tree):
    """A tree's nodes in their order, from the outermost."""
    for node in tree:
        yield node
        yield from nodes(node.get("n", []))


def values(tree, name) -> list:
    """The values of a field in the order of the tree: those of strings as they are, others as the label shows them."""
    found = [node for node in nodes(tree) if node.get("f", "").startswith(name + " == ")]
    return [node["f"].partition(' == "')[2].removesuffix('"') or node["l"].partition(": ")[2] for node in found]
