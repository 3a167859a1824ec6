# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin installed twice: one copy works, the other steps back and says so."""

import shutil

import pytest

import dsmipgen
from dsmipv4_tshark import BUILD, run, scratch

PLUGIN = next((BUILD / "plugins").glob("*/epan/dsmipv4.so"))
VERSION = PLUGIN.parent.parent.name
SYSTEM, PERSONAL = "system", "home/.local/lib/wireshark/plugins"


def install(folder, *places):
    """Copies of the plugin under this folder, at (place, file name)."""
    for place, name in places:
        target = folder / place / VERSION / "epan" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PLUGIN, target)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    return folder


def rules(folder):
    """What tshark prints of the rules in two frames, and its complaints."""
    process = run(["tshark", "-n", "-r", dsmipgen.write("prefix_bits"), "-T", "fields", "-e", "dsmipv4.rule"],
                  plugins=folder / SYSTEM, env={"HOME": str(folder / "home")})
    assert process.returncode == 0, process.stderr
    return process.stdout.split("\n")[:2], process.stderr


@pytest.mark.parametrize("second", [SYSTEM, PERSONAL], ids=["one folder", "two folders"])
def test_under_two_names(second):
    places = (SYSTEM, "dsmipv4.so"), (second, "dsmipv4-0.1.so")
    folder = install(scratch() / f"twice-{second.partition('/')[0]}", *places)
    printed, complaints = rules(folder)
    assert printed == ["prefix_bits", ""]
    assert complaints.count("installed twice") == 1
    unused = [folder / place / VERSION / "epan" / name for place, name in places
              if f"{folder / place / VERSION / 'epan' / name} (version" in complaints]
    assert len(unused) == 1, complaints


def test_under_one_name():
    """Wireshark itself takes the first of two files of the same name."""
    folder = install(scratch() / "twice-same", (SYSTEM, "dsmipv4.so"), (PERSONAL, "dsmipv4.so"))
    assert rules(folder)[0] == ["prefix_bits", ""]


def test_once():
    folder = install(scratch() / "once", (SYSTEM, "dsmipv4.so"))
    assert rules(folder) == (["prefix_bits", ""], "")
