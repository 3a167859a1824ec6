#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Change the core in one place at a time and see whether its unit tests notice.

A mutant is a copy of the core with one change: a limit moved by one, a condition turned round or left out, a constant
increased, a statement dropped. The unit tests of the core should fail for each; a mutant that they let pass shows what
nobody tests. The sample is the same for the same seed and the same sources. The sources themselves are not touched.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = Path("plugin/core")
EQUIVALENT = ROOT / "tests" / "mutants-equivalent.txt"
LONGEST_TEST = 600  # seconds of a test program without any change

# Mutants made by hand that once survived: text that is in the core once, and what stands in its place.
BY_HAND = [
    (" && time >= -DSMIPV4_ANSWER_TIME", ""),
    ("reply->late = request->pair && request->pair->id == request->id;", "reply->late = request->pair != NULL;"),
    ("added && i == 0 && n_old >= DSMIPV4_MOST_BINDINGS", "added && i == 0 && n_old >= UINT32_MAX"),
    ("return frame != best ? frame > best : node->number < s->node->number;", "return frame > best;"),
    ("bool more = s.n_seen >= DSMIPV4_LOOK_BACK && s.best < FIT_PORT;", "bool more = false;"),
    ("request->lifetime * DSMIPV4_SECOND / 4)", "request->lifetime * DSMIPV4_SECOND / 2)"),
    ("weight[] = {1, 100, 10000, 1000000};", "weight[] = {1, 1, 1, 1};"),
    ("dsmipv4_reply_expiry(e->first) + DSMIPV4_SECOND)", "dsmipv4_reply_expiry(e->first))"),
    ("gap * 10 / 18 >= gap_before", "gap * 10 / 12 >= gap_before"),
    ("for (unsigned i = m->n_candidates; i-- > 0;)", "for (unsigned i = 0; i < m->n_candidates; i++)"),
]

# Name of an operator, what it looks for in a line of code, and what it puts there.
OPERATORS = [
    ("limit", r"(?<=[\w)\]] )<(?= )", "<="),
    ("limit", r"(?<=[\w)\]] )<=(?= )", "<"),
    ("limit", r"(?<=[\w)\]] )>(?= )", ">="),
    ("limit", r"(?<=[\w)\]] )>=(?= )", ">"),
    ("negation", r" == ", " != "),
    ("negation", r" != ", " == "),
    ("negation", r"(?<=[(& |])!(?=[\w(])", ""),
    ("negation", r"\breturn true;", "return false;"),
    ("negation", r"\breturn false;", "return true;"),
    ("connective", r" && ", " || "),
    ("connective", r" \|\| ", " && "),
    ("condition", r"\bif \((.*)\)(?= \{$|$)", "if (true)"),
    ("condition", r"\bif \((.*)\)(?= \{$|$)", "if (false)"),
    ("arithmetic", r"(?<=[\w)\]]) \+ (?=[\w(])", " - "),
    ("arithmetic", r"(?<=[\w)\]]) - (?=[\w(])", " + "),
    ("constant", r"(?<![\w.])(\d+)(?![\w.])", lambda match: str(int(match[1]) + 1)),
    ("constant", r"\b0x([0-9a-f]+)\b", lambda match: hex(int(match[1], 16) ^ 1)),
    ("statement", r"^\t+(?:\w[\w>.\[\]-]* (?:=|\+=|-=|\|=|&=) .*|\w+\(.*\));$", ";"),
]
DECLARATION = re.compile(r"^\t+(?:static |const |unsigned |struct )|^\t+\w+_t \*?\w+|^\t*(?:return|break|continue)\b")


@dataclass(frozen=True)
class Mutant:
    source: Path  # from the root of the project
    line: int  # from 1
    operator: str
    old: str
    new: str

    def __str__(self):
        return f"{self.source}:{self.line} ({self.operator}): {self.old.strip()}  ->  {self.new.strip() or '(nothing)'}"


def code_of(line):
    """Line without its comment and with its strings blanked, so that places in it stay where they are."""
    line = re.sub(r'"(?:\\.|[^"\\])*"', lambda match: '"' + "_" * (len(match[0]) - 2) + '"', line)
    return re.sub(r" *//.*", "", line)


def mutants_of(source):
    """All mutants of a file that the operators make."""
    in_function = False
    for number, line in enumerate((ROOT / source).read_text().splitlines(), 1):
        if line.startswith(("{", "}")):
            in_function = line.startswith("{")
        code = code_of(line)
        if not in_function or code.lstrip().startswith(("#", "assert", "g_assert")):
            continue
        for operator, pattern, replacement in OPERATORS:
            if operator == "statement" and DECLARATION.match(code):
                continue
            for match in re.finditer(pattern, code):
                new = replacement(match) if callable(replacement) else replacement
                yield Mutant(source, number, operator, line, line[:match.start()] + new + line[match.end():])


def by_hand():
    """The mutants of BY_HAND; whose text is no longer there once must be written anew."""
    found = []
    for old, new in BY_HAND:
        places = [(source, number, line) for source in sources() for number, line
                  in enumerate((ROOT / source).read_text().splitlines(), 1) if old in line]
        if len(places) != 1:
            sys.exit(f"tools/mutants.py: {len(places)} lines of {CORE} have {old!r}; expected one: renew BY_HAND")
        (source, number, line), = places
        found.append(Mutant(source, number, "by hand", line, line.replace(old, new)))
    return found


def sources():
    return sorted(path.relative_to(ROOT) for path in (ROOT / CORE).rglob("*.c"))


def sample(count, seed, only):
    """Mutants by chance, no two of the same line, files by their number of lines with any."""
    every = [mutant for source in sources() if only in str(source) for mutant in mutants_of(source)]
    random.Random(seed).shuffle(every)
    chosen, lines = [], set()
    for mutant in every:
        if len(chosen) < count and (mutant.source, mutant.line) not in lines:
            lines.add((mutant.source, mutant.line))
            chosen.append(mutant)
    return sorted(chosen, key=lambda mutant: (mutant.source, mutant.line))


def equivalents():
    """(file name, old, new) -> why no test can tell the mutant from the original."""
    found = {}
    if EQUIVALENT.exists():
        for line in EQUIVALENT.read_text().splitlines():
            if line and not line.startswith("//"):
                name, old, new, reason = line.split(" @@ ")
                found[name, old, new] = reason
    return found


def is_equivalent(mutant, known):
    return (mutant.source.name, mutant.old.strip(), mutant.new.strip()) in known


class Tree:
    """A copy of the project that mutants are built in, one after another."""

    # For each build of it, what CMake is told. Not for people: quick to build, and what would hang or be slow shows soon.
    # The second is for what the first lets pass: CI runs the unit tests under the sanitizers too.
    BUILDS = {"plain": "-DCMAKE_C_FLAGS=-O1 -w", "sanitized": "-DDSMIPV4_SANITIZE=ON"}

    def __init__(self, folder):
        self.folder = folder
        self.ready = set()
        self.seconds = {}  # build -> how long all tests took without any change; one that takes longer hangs
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns("build", ".git", "golden"), symlinks=True)

    def run(self, command, check=False):
        # GLib's tests ask for a fixed seed, and wmem for its plain allocator, as ctest's environment has it.
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=check,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})

    def prepare(self, build):
        """Configure one of the builds, where this has not been done, and find its tests."""
        if build in self.ready:
            return
        self.run(["cmake", "-G", "Ninja", "-S", ".", "-B", build, "-DCMAKE_BUILD_TYPE=None", self.BUILDS[build],
                  "--log-level=ERROR"], check=True)
        listed = self.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True).stdout
        names = [test["name"] for test in json.loads(listed)["tests"]]
        self.tests = [name for name in names if re.match("test_(?!gen_|run_)", name)]
        self.ready.add(build)

    def build(self, build="plain"):
        self.prepare(build)
        return self.run(["cmake", "--build", build, "-j1", "--target", *self.tests])

    def test(self, build="plain"):
        names = "^(" + "|".join(self.tests) + ")$"
        return self.run(["ctest", "--test-dir", build, "-R", names, "--stop-on-failure", "--timeout",
                         str(self.seconds.get(build, LONGEST_TEST)), "--no-tests=error"])

    def test_unchanged(self, build):
        begin = time.monotonic()
        process = self.test(build)
        self.seconds[build] = max(60, int(time.monotonic() - begin))
        return process

    def outcome(self):
        """"killed", "survived" or "invalid", where it does not compile, of the sources as they are now."""
        for build in self.BUILDS:
            if self.build(build).returncode != 0:
                return "invalid"
            if self.test(build).returncode != 0:
                return "killed"
        return "survived"

    def try_mutant(self, mutant):
        """outcome() with the change of a mutant."""
        path = self.folder / mutant.source
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        assert lines[mutant.line - 1].rstrip("\n") == mutant.old
        lines[mutant.line - 1] = mutant.new + "\n"
        path.write_text("".join(lines))
        try:
            return self.outcome()
        finally:
            path.write_text(text)


def report(mutants, results, known):
    """Print what survived and the score; whether all is as wanted."""
    tried = [mutant for mutant in mutants if results[mutant] != "invalid" and not is_equivalent(mutant, known)]
    killed = [mutant for mutant in tried if results[mutant] == "killed"]
    same = [mutant for mutant in mutants if results[mutant] == "survived" and is_equivalent(mutant, known)]
    survivors = [mutant for mutant in tried if results[mutant] == "survived"]
    for mutant in survivors:
        print(f"survived: {mutant}")
    invalid = sum(result == "invalid" for result in results.values())
    print(f"{len(killed)} of {len(tried)} mutants killed ({100 * len(killed) / max(len(tried), 1):.1f} %); besides, "
          f"{len(same)} are equivalent and {invalid} do not compile")
    for mutant in mutants:
        if results[mutant] == "killed" and is_equivalent(mutant, known):
            print(f"killed, though {EQUIVALENT.name} calls it equivalent: {mutant}")
    return not survivors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=90, help="how many mutants by chance (default: 90)")
    parser.add_argument("--seed", type=int, default=5454, help="of the sample (default: 5454)")
    parser.add_argument("--only", default="", metavar="TEXT", help="of the files whose path has this text")
    parser.add_argument("--by-hand", action="store_true", help="only the ten mutants that were made by hand")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="mutants at a time (default: one each processor)")
    parser.add_argument("--list", action="store_true", help="print the mutants and do nothing")
    args = parser.parse_args()
    mutants = by_hand() if not args.only else []
    if not args.by_hand:
        mutants += sample(args.count, args.seed, args.only)
    if args.list:
        print("\n".join(map(str, mutants)))
        return 0
    with tempfile.TemporaryDirectory(prefix="dsmipv4-mutants-") as folder:
        results = try_all(mutants, Path(folder), min(args.jobs, len(mutants)))
    return 0 if report(mutants, results, equivalents()) else 1


def try_all(mutants, folder, jobs):
    """Mutant -> what became of it."""
    place, trees, results = threading.local(), iter(range(jobs)), {}

    def prepare():
        place.tree = Tree(folder / str(next(trees)))
        for build in Tree.BUILDS:
            for step in (place.tree.build, place.tree.test_unchanged):
                process = step(build)
                if process.returncode != 0:
                    sys.exit(f"tools/mutants.py: without any change:\n{process.stdout}{process.stderr}")

    def attempt(mutant):
        if not hasattr(place, "tree"):
            prepare()
        results[mutant] = place.tree.try_mutant(mutant)
        print(f"{len(results)}/{len(mutants)} {results[mutant]}: {mutant}", file=sys.stderr)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(attempt, mutants))
    return results


if __name__ == "__main__":
    sys.exit(main())
