# SPDX-License-Identifier: GPL-2.0-or-later
"""The rooms of the generator: at link level each file uses only its own room and those before it, and no two files
use each other."""

from graphlib import CycleError, TopologicalSorter

from dsmipv4_tshark import BUILD, ROOT, checked, run

ROOMS = ["language", "packet", "population", "output", "send", "fuzz", "main"]
PEERS = {"send", "fuzz"}  # neither uses the other
FILES_MAX = 18
OBJECTS = BUILD / "gen" / "CMakeFiles"


def file_of(path, folder):
    """language/step, for an object or a source below a folder."""
    return str(path.relative_to(folder)).split(".")[0]


def uses():
    """File -> the files whose functions or data it uses."""
    gen = ROOT / "gen"
    sources = {file_of(path, gen) for path in [*gen.glob("*/*.c"), *gen.glob("*.c")]}
    objects = {path: file_of(path, folder) for folder in OBJECTS.glob("*.dir") for path in folder.rglob("*.o")}
    defined, undefined = {}, {}
    for path, file in objects.items():
        if file not in sources:
            continue  # left by an older build
        undefined[file] = set()
        for line in checked(run(["nm", path], ordinary_user=False)).splitlines():
            kind, name = line.split()[-2:]
            if kind == "U":
                undefined[file].add(name)
            elif kind in "TDBRV":
                defined[name] = file
    assert undefined.keys() == sources
    return {file: {defined[name] for name in names if name in defined} - {file} for file, names in undefined.items()}


def test_rooms_are_used_in_their_order():
    wrong = []
    for user, used in uses().items():
        for file in used:
            ours, theirs = user.split("/")[0], file.split("/")[0]
            if ROOMS.index(theirs) > ROOMS.index(ours) or {ours, theirs} == PEERS:
                wrong.append(f"{user} uses {file}")
    assert not wrong


def test_no_two_files_use_each_other():
    try:
        TopologicalSorter(uses()).prepare()
    except CycleError as error:
        raise AssertionError("these use each other: " + " -> ".join(error.args[1])) from error


def test_rooms_are_small_and_each_file_has_its_header():
    for room in ROOMS[:-1]:
        sources = {path.stem for path in (ROOT / "gen" / room).glob("*.c")}
        headers = {path.stem for path in (ROOT / "gen" / room).glob("*.h")}
        assert 0 < len(sources) <= FILES_MAX
        assert sources <= headers
