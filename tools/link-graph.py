#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Print which source file uses which, as the linker sees it, and fail where they do not keep to their rooms."""

import argparse
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Folders with sources. A file may use those of its own room and of the rooms before it in its house, but not of a room
# on the same floor; a house may use the houses that are named with it. A file beside the rooms, such as main.c, lies
# after all of them, unless it has a place of its own here.
# What plugin/standalone defines has the names of Wireshark's library, which the plugin links in its place.
HOUSES = {
    "plugin/standalone": ([], []),
    "plugin/core": (["util", "wire", "state", "match", "saved", "rules"], ["plugin/standalone"]),
    "plugin": (["protocol.c", "settings", "capture.c", "tree", "dissect", "taps"],
               ["plugin/core", "plugin/standalone"]),
    "report": (["base", "conformance"], []),
    "check": ([], ["report"]),
    "gen": (["language", "packet", "capture", "population", "output", ("send", "fuzz"), "run", "commands"], ["report"]),
}
# Rooms that may use more than their house: the conformance runner judges what it receives.
ROOMS_THAT_MAY_USE = {"gen/run": ["plugin/core", "plugin/standalone"]}


def objects(build):
    """Source path -> its object file, of every target of the build but tests; what was removed is not looked at."""
    found = {}
    for path in build.glob("**/CMakeFiles/*.dir/**/*.c.o"):
        folder, _, inside = str(path.relative_to(build)).partition("/CMakeFiles/")
        source = Path(folder) / inside.split("/", 1)[1].removesuffix(".o").replace("__", "..")
        if house_of(source) and (ROOT / source).exists():
            found[source] = path
    return found


def house_of(source):
    """The innermost house that a source is in, or None."""
    inside = [house for house in HOUSES if source.is_relative_to(house)]
    return max(inside, key=len, default=None)


def room_of(source):
    """The name of the room, or of a file beside the rooms."""
    return source.relative_to(house_of(source)).parts[0]


def floors(house):
    """Room -> its floor, from 0 upwards."""
    return {room: number for number, rooms in enumerate(HOUSES[house][0])
            for room in (rooms if isinstance(rooms, tuple) else [rooms])}


def symbols(files):
    """Source -> names that its object defines for others, and names that it wants from others."""
    sources = {str(path): source for source, path in files.items()}
    tables = {source: (set(), set()) for source in files}
    lines = subprocess.run(["nm", "-PA", *sources], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in lines:
        path, _, symbol = line.partition(": ")
        name, kind = symbol.split()[:2]
        if kind in "Uw":
            tables[sources[path]][1].add(name)
        elif kind.isupper():
            tables[sources[path]][0].add(name)
    return tables


def graph(tables):
    """Source -> {used source -> the symbols that are used}.

    Programs that are not linked with each other may have the same names: that of the own house is meant.
    """
    homes = defaultdict(set)
    for source, (defined, _) in tables.items():
        for name in defined:
            homes[name].add(source)
    uses = {source: defaultdict(set) for source in tables}
    for source, (_, wanted) in tables.items():
        for name in wanted:
            own = {home for home in homes[name] if house_of(home) == house_of(source)}
            for home in own or homes[name]:
                uses[source][home].add(name)
    return uses


def knots(uses):
    """Sets of two and more files that use each other, directly or around corners (Tarjan's algorithm)."""
    order, low, path, found = {}, {}, [], []

    def visit(file):
        order[file] = low[file] = len(order)
        path.append(file)
        for other in uses[file]:
            if other not in order:
                visit(other)
            if other in path:
                low[file] = min(low[file], low[other])
        if low[file] == order[file]:
            knot = path[path.index(file):]
            del path[path.index(file):]
            if len(knot) > 1:
                found.append(sorted(knot))

    for file in uses:
        if file not in order:
            visit(file)
    return found


def may_use(source, other):
    """Whether an arrow keeps to the order of houses and rooms."""
    house, room, other_room = house_of(source), room_of(source), room_of(other)
    if house != house_of(other):
        return house_of(other) in HOUSES[house][1] + ROOMS_THAT_MAY_USE.get(f"{house}/{room}", [])
    floor, top = floors(house), len(HOUSES[house][0])
    here, there = floor.get(room, top), floor.get(other_room, top)
    return room == other_room or there < here or there == here == top


def upward_arrows(uses):
    return [(source, other, sorted(names)) for source, others in sorted(uses.items())
            for other, names in sorted(others.items()) if not may_use(source, other)]


def unknown_rooms(uses):
    """Folders that have no place in the order."""
    return sorted({f"{house_of(source)}/{room_of(source)}" for source in uses
                   if room_of(source) != source.name and room_of(source) not in floors(house_of(source))})


def show(uses):
    for source in sorted(uses):
        others = sorted(str(other) for other in uses[source] if other != source)
        print(f"{source}: {' '.join(others) or '-'}")


def show_dot(uses):
    """For Graphviz: a box for each room, an arrow for each pair of files."""
    rooms = defaultdict(list)
    for source in sorted(uses):
        rooms[str(source.parent)].append(source)
    print("digraph {\n  rankdir=RL; node [shape=plain]")
    for number, (room, sources) in enumerate(rooms.items()):
        names = "; ".join(f'"{source}" [label="{source.name}"]' for source in sources)
        print(f'  subgraph cluster_{number} {{ label="{room}"; {names} }}')
    for source, others in uses.items():
        for other in others:
            if other != source:
                print(f'  "{source}" -> "{other}"')
    print("}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="build folder (default: build)")
    parser.add_argument("--dot", action="store_true", help="print the graph for Graphviz")
    parser.add_argument("--quiet", action="store_true", help="print only what is wrong")
    args = parser.parse_args()
    files = objects(args.build.resolve())
    if not files:
        sys.exit(f"{args.build}: no object files; first: cmake --preset default && cmake --build --preset default")
    uses = graph(symbols(files))
    if not args.quiet:
        (show_dot if args.dot else show)(uses)
    wrong = [f"these files use each other: {' '.join(map(str, knot))}" for knot in knots(uses)]
    wrong += [f"{source} uses {other}, which is no room before its own: {', '.join(names)}"
              for source, other, names in upward_arrows(uses)]
    wrong += [f"{room} has no place in the order of rooms in tools/link-graph.py" for room in unknown_rooms(uses)]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
