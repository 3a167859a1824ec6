# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's programs with the plugin under the sanitizers and with Wireshark's strictest memory checks."""

import subprocess

from dsmipv4_tshark import plugin_dir, run, scratch


def sanitizers(asan_build):
    """The libraries that the plugin was linked with, which the program must load first."""
    plugin = next(asan_build.glob("plugins/*/epan/dsmipv4.so"))
    lines = subprocess.run(["ldd", plugin], check=True, capture_output=True, text=True).stdout.splitlines()
    return ":".join(line.split()[2] for line in lines if "libasan" in line or "libubsan" in line)


def run_hard(asan_build, command, leaks=False, **more):
    """Run a program; the finished process. An error ends it, a leak is only reported on its standard error.

    Who allocated what leaked is known only after a walk up the stack for every block, which takes ten times
    the rest, and libwireshark may leak itself.
    """
    asan = "detect_leaks=1:fast_unwind_on_malloc=0" if leaks else "detect_leaks=0"
    env = {
        "LD_PRELOAD": sanitizers(asan_build),
        "WIRESHARK_EXTCAP_DIR": str(scratch() / "home"),  # programs there would run under the sanitizers too
        "ASAN_OPTIONS": f"abort_on_error=1:{asan}",
        "LSAN_OPTIONS": "exitcode=0",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "WIRESHARK_DEBUG_WMEM_OVERRIDE": "strict",
        "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1",
    }
    return run(command, env=env, plugins=plugin_dir(asan_build), **more)
