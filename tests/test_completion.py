# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion of dsmipgen's command line, in the shells themselves; `dsmipgen list --json`. A second for all of it."""

import json
import re
import subprocess

import pytest

import dsmipgen
from dsmipv4_tshark import TIMEOUT, checked
from test_cli import USAGE, check_refusal

COMMANDS = ["list", "show", "scenario", "write", "send", "fuzz", "respond", "run", "judge", "completion"]
SHELLS = ["bash", "zsh", "fish"]


def script(shell):
    """zsh loads its completion functions only in a terminal; `compdef` is one of them."""
    return ("compdef() { :; }\n" if shell == "zsh" else "") + checked(dsmipgen.dsmipgen("completion", shell))


def in_shell(shell, text, cwd=None):
    """The lines that a shell prints when it runs a text after the completion script. None complains."""
    options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    process = subprocess.run([shell, *options, "-c", f"{script(shell)}\n{text}\n"], capture_output=True, text=True, cwd=cwd,
                             timeout=TIMEOUT, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    return process.stdout.splitlines()


def bash(line):
    """What bash offers for the last word of a line, which it splits at = as well."""
    words = re.findall(r"=|[^ =]+", line) + ([""] if line.endswith(" ") else [])
    array = " ".join(f"'{word}'" for word in words)
    return in_shell("bash", f"compopt() {{ echo compopt \"$@\"; }}\nCOMP_WORDS=({array})\nCOMP_CWORD={len(words) - 1}\n"
                            "_dsmipgen\n[ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' \"${COMPREPLY[@]}\"")


def fish(line, cwd=None):
    return [offer.split("\t")[0] for offer in in_shell("fish", f"complete -C '{line}'", cwd)]


def zsh(line):
    """The arguments of the functions of zsh's completion."""
    words = line.split() + ([""] if line.endswith(" ") else [])
    return in_shell("zsh", "_arguments() { print -rl -- \"$@\" }\n_describe() { print -rl -- ${(P)2} }\n"
                           f"words=({' '.join(map(repr, words))})\nCURRENT={len(words)}\n_dsmipgen")


def options_of(command):
    return set(re.findall(r"--[a-z][a-z-]*", checked(dsmipgen.dsmipgen(command, "--help")).partition("Options:")[2]))


def test_commands():
    assert bash("dsmipgen ") == [*COMMANDS, "--help", "--version"]
    assert fish("dsmipgen ") == sorted(COMMANDS)
    assert [line.split(":")[0] for line in zsh("dsmipgen ")] == COMMANDS
    assert bash("dsmipgen s") == ["show", "scenario", "send"]


@pytest.mark.parametrize("command", COMMANDS)
def test_options(command):
    """Those that the help has."""
    expected = options_of(command) | {"--help"}
    assert set(bash(f"dsmipgen {command} --")) - {"compopt -o default"} == expected
    assert set(fish(f"dsmipgen {command} --")) == expected
    assert {re.match(r"\*?(--[a-z-]+)", line)[1] for line in zsh(f"dsmipgen {command} --")
            if line.lstrip("*").startswith("--")} == expected


def test_scenarios():
    assert bash("dsmipgen write prefix_bit") == ["compopt -o default", "prefix_bits", "prefix_bits.near_miss"]
    assert fish("dsmipgen show prefix_bit") == ["prefix_bits", "prefix_bits.near_miss"]
    assert set(bash("dsmipgen write ")) >= set(dsmipgen.scenarios())
    assert "*:scenario:_dsmipgen_scenarios" in zsh("dsmipgen write ")


def test_values(tmp_path):
    (tmp_path / "own.yaml").write_text("")
    assert bash("dsmipgen write x --format ") == bash("dsmipgen write x --format=") == ["pcap", "pcapng"]
    assert bash("dsmipgen write x --format=pcapn") == ["pcapng"]
    assert sorted(bash("dsmipgen list f")) == fish("dsmipgen list f") == ["faults", "flows"]
    assert "lo" in bash("dsmipgen send x -i ") and "lo" in fish("dsmipgen send x -i ")
    assert bash("dsmipgen write x -w ") == ["compopt -o default"]
    assert bash("dsmipgen write x --seed ") == []
    assert fish("dsmipgen write x --node-keys ") == ["derived", "shared"]
    assert fish("dsmipgen write own", tmp_path) == ["own.yaml"]
    assert "--progress=[Progress on standard error (default: line on a terminal, else none)]:word:(line json none)" in \
        zsh("dsmipgen send ")


@pytest.mark.parametrize("words, problem", [([], "no shell named"), (["tcsh"], "unknown shell"),
                                            (["bash", "zsh"], "too many words")])
def test_unknown_shell(words, problem):
    check_refusal(dsmipgen.dsmipgen("completion", *words), USAGE, problem, "bash|zsh|fish")


def test_list_for_programs():
    """The rules are those of the comments."""
    entries = json.loads(checked(dsmipgen.dsmipgen("list", "--json")))
    assert [entry["name"] for entry in entries] == list(dsmipgen.scenarios())
    kinds = {entry["name"]: entry["kind"] for entry in entries}
    assert (kinds["coa_mode"], kinds["prefix_bits"], kinds["prefix_bits.near_miss"]) == ("flow", "violation", "near miss")
    for entry in entries[::10]:
        said = [comment[2] for comment in dsmipgen.comments(dsmipgen.write(entry["name"])).values()]
        assert set(entry["rules"]) == set().union(*(claim for claim in said if claim))
    assert json.loads(checked(dsmipgen.dsmipgen("list", "rules", "--json"))) == entries[len(dsmipgen.flows()):]
    assert {entry["summary"] for entry in entries if entry["kind"] == "violation"} == {
        line.split(maxsplit=1)[1] for line in checked(dsmipgen.dsmipgen("list", "rules")).splitlines()}
