# SPDX-License-Identifier: GPL-2.0-or-later
"""The sources keep to their rooms, at link level: see tools/link-graph.py, which prints the graph."""

import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest

from dsmipv4_tshark import BUILD, ROOT

MOST_FILES = 18  # of one folder: as many as one sees at a glance

# Sources, or folders of sources, without a header of their own name, and why.
WITHOUT_HEADER = {
    "check/main.c": "nobody uses it",
    "gen/main.c": "nobody uses it",
    "gen/commands": "commands, which command.h declares",
    "plugin/plugin.c": "what it defines is declared by Wireshark",
    "plugin/standalone": "what it defines is declared by Wireshark",
    "plugin/core/rules/control": "checks, which rules/check.h declares from rules.def",
    "plugin/core/rules/tunnel": "checks, which rules/check.h declares from rules.def",
    "report": "writers of one format each, which render.h declares, and parts of one, for html_parts.h",
    "report/conformance": "writers of one format each, which conformance.h declares",
}

CORE_PREFIX = "dsmipv4_"
SHARED_WITH_GENERATOR = {"dsmipv4.h", "rules.def"}  # wire constants and rule ids, nothing else


def load_tool():
    spec = importlib.util.spec_from_file_location("link_graph", ROOT / "tools" / "link-graph.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


link_graph = load_tool()


@pytest.fixture(scope="module", name="tables")
def fixture_tables():
    return link_graph.symbols(link_graph.objects(BUILD))


@pytest.fixture(scope="module", name="uses")
def fixture_uses(tables):
    return link_graph.graph(tables)


def sources(pattern="*.c"):
    return sorted(path.relative_to(ROOT) for house in link_graph.HOUSES for path in (ROOT / house).rglob(pattern)
                  if link_graph.house_of(path.relative_to(ROOT)) == house)


def test_every_source_is_built(tables):
    assert set(sources()) == set(tables)


def test_no_files_use_each_other(uses):
    assert link_graph.knots(uses) == []


def test_arrows_follow_the_order_of_rooms(uses):
    assert link_graph.upward_arrows(uses) == []
    assert link_graph.unknown_rooms(uses) == []


def test_folders_are_small():
    tests = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.c")]
    sizes = Counter(str(source.parent) for source in [*sources(), *tests])
    assert {folder: size for folder, size in sizes.items() if size > MOST_FILES} == {}


def test_each_source_has_its_header():
    missing = {str(source) for source in sources() if not (ROOT / source).with_suffix(".h").exists()}
    excused = {path: {source for source in missing if Path(source).is_relative_to(path)} for path in WITHOUT_HEADER}
    assert missing - set().union(*excused.values()) == set()
    assert [path for path, found in excused.items() if not found] == [], "excuses that are no longer needed"


def test_symbols_of_the_core_have_its_prefix(tables):
    wrong = {name: str(source) for source, (defined, _) in tables.items() for name in defined
             if source.is_relative_to("plugin/core") and not name.startswith(CORE_PREFIX)}
    assert wrong == {}


def test_generator_shares_only_constants_with_the_core():
    core = {path.name for pattern in ("*.h", "*.def") for path in sources(pattern) if path.is_relative_to("plugin/core")}
    judges = tuple(Path(room) for room, houses in link_graph.ROOMS_THAT_MAY_USE.items() if "plugin/core" in houses)
    included = {}
    for source in [*sources("*.c"), *sources("*.h")]:
        if source.is_relative_to("gen") and not any(source.is_relative_to(room) for room in judges):
            for name in re.findall(r'^#include "(\S+)"', (ROOT / source).read_text(), re.MULTILINE):
                own = source.parent / name, Path("gen") / name
                if Path(name).name in core and not any((ROOT / path).exists() for path in own):
                    included.setdefault(Path(name).name, source)
    assert set(included) == SHARED_WITH_GENERATOR, included


# The tool itself, with a house of its own.


def test_knots_are_found():
    a, b, c, d = (Path(f"gen/{name}.c") for name in "abcd")
    knot = {a: {b: {"f"}}, b: {c: {"g"}}, c: {a: {"h"}, d: {"i"}}, d: {d: {"j"}}}
    assert link_graph.knots(knot) == [[a, b, c]]
    assert link_graph.knots({a: {b: {"f"}, c: {"g"}}, b: {d: {"i"}}, c: {d: {"i"}}, d: {}}) == []


@pytest.mark.parametrize("source, other, may", [
    ("gen/packet/a.c", "gen/language/b.c", True),
    ("gen/packet/a.c", "gen/packet/b.c", True),
    ("gen/language/a.c", "gen/packet/b.c", False),
    ("gen/send/a.c", "gen/fuzz/b.c", False),
    ("gen/run/a.c", "gen/send/b.c", True),
    ("gen/main.c", "gen/send/b.c", True),
    ("gen/send/a.c", "gen/main.c", False),
    ("gen/packet/a.c", "plugin/core/wire/b.c", False),
    ("gen/run/a.c", "plugin/core/rules/b.c", True),
    ("plugin/core/rules/control/a.c", "plugin/core/state/b.c", True),
    ("plugin/core/util/a.c", "plugin/core/wire/b.c", False),
    ("plugin/core/rules/a.c", "plugin/tree/b.c", False),
    ("plugin/tree/a.c", "plugin/core/rules/b.c", True),
    ("check/a.c", "report/b.c", True),
    ("report/a.c", "check/b.c", False),
])
def test_order_of_rooms(source, other, may):
    assert link_graph.may_use(Path(source), Path(other)) == may


def test_symbols_are_those_of_the_linker(tables):
    """A function that others call, one that is only called, and one that only its file knows."""
    main = tables[Path("gen/main.c")]
    assert "main" in main[0] and "setlocale" in main[1]
    assert not any(name in main[0] | main[1] for name in re.findall(r"^static \w+ (\w+)\(", (ROOT / "gen/main.c").read_text(),
                                                                    re.MULTILINE))
