# SPDX-License-Identifier: GPL-2.0-or-later
"""A preference or table that is changed between two files is in force for the second, as if it had always been so.

sharkd sets a preference without a word to dissectors, so this is the hardest way to change one.
"""

from functools import lru_cache

import pytest

import dsmipgen
import sessions
import test_bindings_file
import test_ports
from dsmipv4_rules import every_rule_on
from dsmipv4_tshark import checked, plugin_dir, run, scratch

pytestmark = pytest.mark.xdist_group("test_reload")  # one sharkd


@lru_cache
def joined(*captures):
    path = scratch() / "settings.pcapng"
    checked(run(["mergecap", "-a", "-w", path, *captures], ordinary_user=False))
    path.chmod(0o644)
    return path


def everything():
    """Scenarios each of which looks different with another value of some preference."""
    names = ("coa_mode", "natt_coa_mode", "prefix_bits", "reply_addr.near_miss", "auth_multiple", "auth_multiple.near_miss",
             "tun_expired.near_miss", "tun_coa_expected", "tun_hop_decrement", "auth_bad")
    return joined(dsmipgen.write(*names), test_ports.moved("coa_mode"))


def tail():
    """A flow without its registration."""
    return test_bindings_file.cut(dsmipgen.write("coa_mode"), "tail", "3-4")


def known_binding():
    return '"198.51.100.1","198.51.100.77","192.0.2.44","2001:db8:a:7::/64","coa","gre","no"'


# One rule silenced, one more severe, and one switched on that looks at packets before they are in a tunnel.
SEVERITIES = "prefix_bits=off,tun_coa_expected=error,auth_multiple=error,tun_hop_decrement=note"

# Name of a preference or table, its value, whether something looks different then, and the capture.
SETTINGS = {
    "takeover": ("FALSE", True, everything),
    "ports": (f"5000-5002,{test_ports.PORT}", True, everything),
    "severities": (SEVERITIES, True, everything),
    "grace": ("0", True, everything),
    "nat": ("none", True, everything),
    "strict_rfc3344": ("TRUE", True, everything),
    "memo": ("FALSE", False, everything),
    "bindings_file": (lambda: test_bindings_file.state_of(dsmipgen.write("coa_mode")), True, tail),
}
TABLES = {"dsmipv4_keys": lambda: every_rule_on()[3].removeprefix("uat:dsmipv4_keys:"), "dsmipv4_bindings": known_binding}


def shown(program, capture):
    """The tree of each frame, with expert items and all."""
    program.load(capture)
    return [program.tree(frame) for frame in range(1, len(program.ask("frames")) + 1)]


@lru_cache
def running():
    """The program whose preferences change, and what it showed before."""
    return sessions.Sharkd()


def afresh(option, capture):
    program = sessions.Sharkd(("-o", option))
    trees = shown(program, capture)
    program.close()
    return trees


def test_every_preference_is_changed():
    """No preference of the plugin is left out."""
    lines = checked(run(["tshark", "-G", "currentprefs"], plugins=plugin_dir())).splitlines()
    names = {line.lstrip("#").partition(":")[0].removeprefix("dsmipv4.") for line in lines
             if line.lstrip("#").startswith("dsmipv4.")}
    assert names == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_preference(name):
    """As in a program that was started with it; and after it was changed back, as before."""
    value, matters, capture = SETTINGS[name]
    value, capture = value() if callable(value) else value, capture()
    program = running()
    before = shown(program, capture)
    default = {"takeover": "TRUE", "grace": "2000", "nat": "auto", "strict_rfc3344": "FALSE", "memo": "TRUE"}.get(name, "")
    program.set(f"dsmipv4.{name}", value)
    changed = shown(program, capture)
    assert (changed != before) == matters
    assert changed == afresh(f"dsmipv4.{name}:{value}", capture)
    program.set(f"dsmipv4.{name}", default)
    assert shown(program, capture) == before


@pytest.mark.parametrize("name", TABLES)
def test_table(name):
    """A row more. sharkd cannot take one away."""
    row = TABLES[name]()
    program = sessions.Sharkd()
    before = shown(program, everything())
    program.set(f"uat:{name}", row)
    changed = shown(program, everything())
    program.close()
    assert changed != before
    assert changed == afresh(f"uat:{name}:{row}", everything())
