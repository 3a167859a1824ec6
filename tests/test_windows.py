# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's sources compile for Windows, as far as that can be said without Wireshark's and GLib's builds for it.

clang reads them as for 64-bit Windows: with the headers of MinGW-w64, with those of Wireshark and GLib from here, and with
GLib's configuration as it is there.
"""

import os
import re
import shutil
import subprocess

import pytest

from dsmipv4_tshark import ROOT

COMPILER = ["clang-14", "--target=x86_64-w64-mingw32", "-isystem", "/usr/x86_64-w64-mingw32/include"]
SOURCES = sorted(path for path in (ROOT / "plugin").rglob("*.c") if path.parent.name != "standalone")


def flags(*packages):
    return subprocess.run(["pkg-config", "--cflags-only-I", *packages], capture_output=True, text=True,
                          check=True).stdout.split()


def windows_glibconfig(text):
    """GLib's configuration of this machine with the types and the system of 64-bit Windows."""
    for old, new in [(r"#define G_OS_UNIX", "#define G_OS_WIN32"),
                     (r"typedef (un)?signed long (g\w+);", r"typedef \1signed long long \2;"),
                     (r"\(g(u?)long\)", r"(g\1intptr)")]:
        text, n = re.subn(old, new, text)
        assert n > 0, old
    return text


@pytest.mark.skipif(not shutil.which(COMPILER[0]) or not os.path.isdir(COMPILER[-1]),
                    reason="clang-14 or the headers of MinGW-w64 are not installed")
def test_sources_compile_for_windows(tmp_path):
    glib = next(path for path in flags("glib-2.0") if path.endswith("/include"))[2:]
    with open(f"{glib}/glibconfig.h", encoding="utf-8") as file:
        (tmp_path / "glibconfig.h").write_text(windows_glibconfig(file.read()))
    for name in ["gcrypt.h", "gpg-error.h"]:
        found = subprocess.run(["cc", "-E", "-include", name, "-x", "c", "/dev/null"], capture_output=True, text=True,
                               check=True)
        shutil.copy(re.search(rf'"(/\S*/{name})"', found.stdout)[1], tmp_path / name)
    headers = [option.replace("-I", "-isystem", 1) for option in flags("wireshark", "glib-2.0") if option[2:] != glib]
    compiler = [*COMPILER, "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-format", "-DWS_BUILD_DLL",
                '-DDSMIPV4_VERSION="0"', f"-I{ROOT}/plugin", f"-I{ROOT}/plugin/core", f"-I{tmp_path}", *headers]
    # What nearly all of them include is read once.
    (tmp_path / "first.h").write_text("#include <wireshark.h>\n#include <epan/packet.h>\n")
    subprocess.run([*compiler, "-x", "c-header", tmp_path / "first.h", "-o", tmp_path / "first.pch"], check=True)
    process = subprocess.run([*compiler, "-include-pch", tmp_path / "first.pch", "-fsyntax-only", *SOURCES],
                             capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")
