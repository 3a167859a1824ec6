# SPDX-License-Identifier: GPL-2.0-or-later
"""What is built for users: what the programs need."""

import re
import subprocess

import pytest

from dsmipv4_tshark import BUILD


def needed(path):
    """The shared libraries that a program or library asks for."""
    printed = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", printed)


@pytest.mark.parametrize("program", ["gen/dsmipgen", "check/dsmipcheck"])
def test_programs_need_no_library_of_wireshark(program):
    """So one build of them serves every version of Wireshark."""
    libraries = needed(BUILD / program)
    assert "libc.so.6" in libraries
    assert [name for name in libraries if re.match(r"lib(wireshark|wiretap|wsutil)", name)] == []
    assert any(name.startswith("libwireshark") for name in needed(next(BUILD.glob("plugins/*/epan/dsmipv4.so"))))
