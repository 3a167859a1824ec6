# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that are made to cost more than their size, about 10 MB each, do not take tshark more than 400 MiB.

How work and memory grow is counted in tests/growth, without Wireshark, for these attacks and thirty others.
"""

import os
import subprocess

import pytest

from dsmipv4_tshark import BUILD, as_ordinary_user, environment, plugin_dir, readable, scratch

MOST = 400 * 1024  # KiB
ATTACKS = {"replies_for_others": 95000, "replies_alone": 80000, "old_tunnels": 23000}


def write(name, size):
    path = scratch() / f"{name}.pcap"
    subprocess.run([BUILD / "tests" / "growth" / "write_attack", name, str(size), path], check=True)
    path.chmod(0o644)
    return readable(path)


def largest(command):
    """The largest resident size of a program, in KiB."""
    process = subprocess.Popen(as_ordinary_user(command), env=environment(plugin_dir()), cwd=scratch(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert (process.returncode, errors) == (0, "")
    return usage.ru_maxrss


@pytest.mark.parametrize("name", ATTACKS)
def test_memory(name):
    capture = write(name, ATTACKS[name])
    assert 9e6 < capture.stat().st_size < 11e6
    assert largest(["tshark", "-n", "-2", "-q", "-z", "io,stat,0", "-r", str(capture)]) < MOST
