# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture shows: where it was taken, what went wrong with it, its file, and the truth about each frame."""

import random
import struct
from dataclasses import dataclass, field

from .wire import text

POINTS = (
    "node",
    "agent-inside",
    "agent-outside",
    "nat-inside",
    "nat-outside",
    "home-agent",
    "home-link",
    "core",
    "router",
)
FAULTS = ("none", "loss", "reordering", "duplicates", "one-direction", "midway", "snap", "clock", "no-times", "jitter")
LINKS = {
    "agent-inside": ("fa0.in", "fa1.in"),
    "agent-outside": ("fa0.out", "fa1.out"),
    "nat-inside": ("nat0.in", "nat1.in", "fa1.out"),
    "nat-outside": ("core",),
    "home-agent": ("ha0", "ha1"),
    "home-link": ("home0", "home1"),
    "core": ("core",),
    "node": ("access0", "access1", "access2", "fa0.in", "nat0.in"),
}
GRACE = 2.0  # seconds for which a change may be on its way, the plugin's default


@dataclass
class Frame:
    time: float  # as the capture has it
    data: bytes  # from the IP header on
    up: bool
    link: object
    note: object
    snap: int = 0xFFFF
    timed: bool = True


@dataclass
class View:
    """One capture of one network."""

    seed: int
    point: str
    fault: str
    frames: list = field(default_factory=list)
    linktype: str = "ethernet"

    @property
    def name(self):
        return f"seed {self.seed}, {self.point}, {self.fault}"


def at_point(sightings, point):
    """What is seen there. The router has all legs: whatever crosses any link."""
    if point == "router":
        return list(sightings)
    return [s for s in sightings if s.link.name in LINKS[point]]


def view(world, point, fault) -> View:
    """The capture of a network, with one fault of capturing."""
    net = world.net
    chance = random.Random(f"{net.seed} {point} {fault}")
    frames = [Frame(net.start + s.time, s.data, s.up, s.link, s.note) for s in at_point(net.sightings, point)]
    frames = worn(frames, fault, chance)
    kind = chance.choice(["ethernet"] * 5 + ["vlan", "raw", "cooked"])
    return View(net.seed, point, fault, frames, "ethernet" if fault == "no-times" else kind)


def worn(frames, fault, chance):
    """The frames after a fault of capturing."""
    if not frames:
        return frames
    if fault == "loss":
        rate = chance.choice([0.01, 0.03, 0.1])
        frames = [f for f in frames if chance.random() >= rate]
    elif fault == "reordering":
        keys = {id(f): f.time + chance.uniform(0, 0.02) * (chance.random() < 0.2) for f in frames}
        frames.sort(key=lambda f: keys[id(f)])  # the times stay: they go back now and then
    elif fault == "duplicates":  # as a mirror port shows them, and as the two sides of a router do
        copies = [
            Frame(f.time + chance.choice([0.00001, 0.001]), f.data, f.up, f.link, f.note)
            for f in frames
            if chance.random() < 0.3
        ]
        frames = sorted(frames + copies, key=lambda f: f.time)
    elif fault == "one-direction":
        wanted = chance.random() < 0.5
        frames = [f for f in frames if f.up == wanted]
    elif fault == "midway":
        frames = frames[chance.randrange(len(frames)) :]
    elif fault == "snap":
        snap = chance.choice([34, 60, 68, 96, 128, 200, 256])
        for f in frames:
            f.snap = snap
    elif fault == "clock":
        offset = chance.choice([-frames[0].time, 86400, -3600, 30, chance.uniform(-1e8, 1e8)])
        for f in frames:
            f.time += offset
    elif fault == "no-times":
        for f in frames:
            f.timed = False
    elif fault == "jitter":
        for f in frames:
            f.time += chance.uniform(0, 0.03)
        frames.sort(key=lambda f: f.time)
    return frames


# -- files


def ethernet(frame, tagged=False) -> bytes:
    src, dst = (frame.link.low, frame.link.high) if frame.up else (frame.link.high, frame.link.low)
    kind = struct.pack("!H", 0x86DD if frame.data[0] >> 4 == 6 else 0x0800)
    return dst + src + (b"\x81\0\0\7" if tagged else b"") + kind + frame.data


def cooked(frame) -> bytes:
    kind = 0x86DD if frame.data[0] >> 4 == 6 else 0x0800
    return struct.pack("!HHH8sH", 0 if frame.up else 4, 1, 6, frame.link.low + b"\0\0", kind) + frame.data


LINKTYPES = {
    "ethernet": (1, ethernet),
    "vlan": (1, lambda f: ethernet(f, True)),
    "raw": (101, lambda f: f.data),
    "cooked": (113, cooked),
}


def write_pcap(path, view):
    number, header = LINKTYPES[view.linktype]
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0xFFFF, number))
        for frame in view.frames:
            data = header(frame)
            when = max(frame.time, 0)
            file.write(struct.pack("<IIII", int(when), int(when % 1 * 1e6), min(len(data), frame.snap), len(data)))
            file.write(data[: frame.snap])


def _block(kind, body) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def write_pcapng(path, views):
    """All views in one file, each with an interface of its own, in the order of time since each began.

    Returns (view, frame) in the order of the file. Blocks without a time belong to interface 0 (pcapng has it so)."""
    numbers, order = {}, []
    with open(path, "wb") as file:
        file.write(_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        file.write(_block(1, struct.pack("<HHI", 1, 0, 0)))
        for view in views:
            numbers[id(view)] = len(numbers) + 1
            file.write(_block(1, struct.pack("<HHI", LINKTYPES[view.linktype][0], 0, 0)))
        for view in views:
            latest, begin = 0.0, view.frames[0].time if view.frames else 0
            for place, frame in enumerate(view.frames):
                latest = max(latest, frame.time - begin)
                order.append((latest, numbers[id(view)], place, view, frame))
        order.sort(key=lambda entry: entry[:3])
        for _, number, _, view, frame in order:
            data = LINKTYPES[view.linktype][1](frame)
            if not frame.timed:
                file.write(_block(3, struct.pack("<I", len(data)) + data))
                continue
            when, kept = max(int(frame.time * 1e6), 0), data[: frame.snap]
            head = struct.pack("<IIIII", number, when >> 32, when & 0xFFFFFFFF, len(kept), len(data))
            file.write(_block(6, head + kept + bytes(-len(kept) % 4)))
    return [(view, frame) for _, _, _, view, frame in order]


# -- the truth


@dataclass
class Truth:
    """What the fields of one frame may say; None where they must be absent."""

    hoa: str | None = None
    mode: str | None = None
    bindings: frozenset = frozenset()
    requests: frozenset = frozenset()
    replies: frozenset = frozenset()


ASKS, ANSWERS = ("request", "revocation"), ("reply", "acknowledgment")


class Truths:
    """Goes through the frames of a file in order and knows what can be said of each."""

    def __init__(self, frames):
        """`frames`: list of (view, frame) in the order of the file; frame numbers begin at 1."""
        self.requests, self.replies, self.granted = {}, {}, {}
        for number, (view, frame) in enumerate(frames, 1):
            note = frame.note
            if note.kind in ASKS + ANSWERS and note.exchange:
                where = self.requests if note.kind in ASKS else self.replies
                where.setdefault(id(note.exchange), []).append(number)
            if note.kind == "reply" and note.binding:
                self.granted.setdefault(id(note.node), []).append((number, note.binding))
        self.frames = frames

    def of(self, number) -> Truth:
        note = self.frames[number - 1][1].note
        if note.kind in ASKS:
            return Truth(replies=frozenset(self.replies.get(id(note.exchange), ())))
        if note.kind in ANSWERS:
            return Truth(requests=frozenset(self.requests.get(id(note.exchange), ())))
        if note.kind in ("tunnel", "tunnel4", "quoted") and note.node:
            return Truth(text(note.node.hoa), note.mode or None, self.bindings_of(number, note))
        return Truth()

    def bindings_of(self, number, note) -> frozenset:
        """Replies that grant the sender's binding, and those seen since: the capture may know more than the sender."""
        granted = self.granted.get(id(note.node), [])
        before = [(n, b) for n, b in granted if n < number]
        mine = [n for n, b in before if b is note.binding]
        allowed = {n for n, b in before if not note.coa or b.coa == note.coa}
        if mine:
            return frozenset(n for n in allowed if n >= min(mine))
        last = before[-1][1] if before else None
        return frozenset(n for n, b in before if n in allowed and (b is last or note.coa))


def write_truth(path, frames):
    """A table of the truth: one line a frame."""
    truths = Truths(frames)
    with open(path, "w", encoding="utf-8") as file:
        file.write("frame\thoa\tmode\tbinding_frame\trequest_in\tresponse_in\twhat\n")
        for number, (view, frame) in enumerate(frames, 1):
            truth = truths.of(number)
            lists = (",".join(map(str, sorted(numbers))) for numbers in (truth.bindings, truth.requests, truth.replies))
            file.write(
                "\t".join([str(number), truth.hoa or "", truth.mode or "", *lists, describe(view, frame)]) + "\n"
            )


def describe(view, frame) -> str:
    note = frame.note
    words = [view.name, frame.link.name, "up" if frame.up else "down", note.kind, note.mode]
    if note.node:
        words.append(f"node {note.node.number} {text(note.node.hoa)} {note.node.ipv6} {note.node.style}")
    if note.broken:
        words.append("broken: " + " ".join(note.broken))
    return " | ".join(str(w) for w in words if w)
