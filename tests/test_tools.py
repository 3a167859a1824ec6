# SPDX-License-Identifier: GPL-2.0-or-later
"""The scripts in tools/ work from any folder, and as root on files that only root can read."""

import os
import shutil
import subprocess

import pytest

import dsmipgen
from dsmipv4_tshark import BUILD, ROOT, TIMEOUT, run

ENV = {"DSMIPV4_BUILD": str(BUILD)}


def tool(name, *args, env=None):
    return run([ROOT / "tools" / name, *args], env={**ENV, **(env or {})}, ordinary_user=False)


def test_tshark_loads_the_plugin():
    process = tool("tshark.sh", "-G", "plugins")
    assert process.returncode == 0, process.stderr
    assert any(line.startswith("dsmipv4.so") for line in process.stdout.splitlines())


def test_tshark_reads_a_private_capture(tmp_path):
    private = tmp_path / "private"
    private.mkdir()
    capture = private / "capture.pcapng"
    shutil.copyfile(dsmipgen.write("prefix_bits"), capture)
    os.chmod(capture, 0o600)
    os.chmod(private, 0o700)
    process = tool("tshark.sh", "-n", "-r", capture, "-T", "fields", "-e", "dsmipv4.rule")
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.split() == ["prefix_bits"]


@pytest.mark.parametrize("options", [["-n", "-r", "capture.pcapng"], ["-nr", "capture.pcapng"], ["-n", "-rcapture.pcapng"],
                                     ["-nr", "./capture.pcapng"]])
def test_tshark_runs_in_a_private_folder(tmp_path, options):
    """It finds the capture by its relative name, and does not complain about files that it may not look for."""
    shutil.copyfile(dsmipgen.write("prefix_bits"), tmp_path / "capture.pcapng")
    os.chmod(tmp_path, 0o700)
    process = subprocess.run([ROOT / "tools" / "tshark.sh", *options, "-T", "fields", "-e", "dsmipv4.rule"], cwd=tmp_path,
                             env={**os.environ, **ENV}, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.split() == ["prefix_bits"]
    assert [path.name for path in tmp_path.iterdir()] == ["capture.pcapng"]


def test_tshark_passes_the_exit_status_on():
    assert tool("tshark.sh", "-r", "/nonexistent.pcap").returncode == 2


def test_tshark_without_a_build_says_what_to_do(tmp_path):
    process = tool("tshark.sh", "-v", env={"DSMIPV4_BUILD": str(tmp_path)})
    assert process.returncode == 2
    assert "cmake --preset default" in process.stderr


@pytest.mark.parametrize("name", ["test.sh", "demo.sh", "debian-setup.sh", "fuzz-tshark.sh"])
def test_help(name):
    process = tool(name, "--help")
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith(f"Usage: tools/{name}")


@pytest.mark.parametrize("name", ["test.sh", "demo.sh", "debian-setup.sh", "fuzz-tshark.sh"])
def test_unknown_option(name):
    process = tool(name, "--no-such-option")
    assert process.returncode == 2
    assert process.stdout == "" and f"Usage: tools/{name}" in process.stderr
