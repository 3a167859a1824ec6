# SPDX-License-Identifier: GPL-2.0-or-later
"""What is built for users: what the programs need, and where `cmake --install` puts everything."""

import os
import platform
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from dsmipv4_tshark import BUILD, run


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


def install(folder, *options, prefix=None):
    """Runs cmake --install with a home folder of its own."""
    command = ["cmake", "--install", BUILD, *(["--prefix", prefix] if prefix else []), *options]
    environment = {**os.environ, "HOME": str(folder / "home"), "XDG_CONFIG_HOME": "", "DESTDIR": ""}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def uninstall():
    subprocess.run(["cmake", "--build", BUILD, "--target", "uninstall"], capture_output=True, check=True)


def files(folder):
    """Names below a folder, of files and links."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or path.is_file()}


@pytest.fixture(name="home")
def fixture_home():
    """A home folder that an ordinary user may read, removed at the end."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "home").mkdir()
        yield Path(folder) / "home"


@pytest.mark.xdist_group("install")  # cmake keeps one list of what was installed
def test_install_for_one_user(home):
    """The plugin and the capture program are where this user's tshark finds them, and go as they came."""
    process = install(home.parent, prefix=home / ".local")
    assert process.returncode == 0, process.stderr
    assert "finds the plugin there" in process.stdout
    installed = files(home)
    for name in (".local/bin/dsmipgen", ".local/bin/dsmipcheck", ".config/wireshark/profiles/DSMIPv4/preferences",
                 ".local/share/man/man1/dsmipgen.1", ".local/share/man/man5/dsmipgen-scenario.5",
                 ".local/share/bash-completion/completions/dsmipgen", ".local/share/zsh/site-functions/_dsmipgen",
                 ".local/share/fish/vendor_completions.d/dsmipgen.fish", ".local/share/doc/dsmipv4/README.md",
                 ".local/share/doc/dsmipv4/COPYING", ".local/share/doc/dsmipv4/doc/rules.md",
                 ".local/share/doc/dsmipv4/doc/report.schema.json"):
        assert name in installed
    listed = run(["tshark", "-G", "plugins"], plugins=home / "none", env={"HOME": str(home)}).stdout
    found = {line.split("\t")[0].strip(): line.split("\t")[3] for line in listed.splitlines() if "dsmip" in line}
    assert Path(found["dsmipv4.so"]).is_relative_to(home / ".local/lib/wireshark/plugins")
    assert Path(found["dsmipgen"]).is_relative_to(home)
    assert "dsmipgen" in run([found["dsmipgen"], "--extcap-interfaces"], env={"HOME": str(home)}).stdout

    changed = home / ".config/wireshark/profiles/DSMIPv4/preferences"
    changed.write_text("# mine\n")
    assert f"Kept, as it was changed: {changed}" in install(home.parent, prefix=home / ".local").stdout
    assert changed.read_text() == "# mine\n"
    uninstall()
    assert files(home) == {str(changed.relative_to(home))}
    assert not list(home.glob(".local/**/*dsmip*"))


@pytest.mark.xdist_group("install")
def test_install_somewhere_else(home):
    """Wireshark does not look there: it says how to point it there."""
    process = install(home.parent, prefix=home / "tools")
    assert process.returncode == 0, process.stderr
    folder, = re.findall(r"export WIRESHARK_PLUGIN_DIR='(.*)'", process.stdout)
    listed = run(["tshark", "-G", "plugins"], plugins=folder, env={"HOME": str(home)}).stdout
    assert any(line.startswith("dsmipv4.so") for line in listed.splitlines())
    uninstall()
    assert files(home) == set()


@pytest.mark.xdist_group("install")
@pytest.mark.parametrize("prefix", ["/usr", "/usr/local"])
def test_install_into_a_staging_folder(home, prefix):
    """As packages are made: in the folders of Wireshark, below DESTDIR."""
    environment = {**os.environ, "HOME": str(home), "DESTDIR": str(home / "staging")}
    command = ["cmake", "--install", BUILD, "--prefix", prefix]
    subprocess.run(command, env=environment, capture_output=True, check=True)
    installed = files(home / "staging")
    assert f"{prefix[1:]}/bin/dsmipgen" in installed
    assert [name for name in installed if re.fullmatch(r"usr/lib/.*wireshark/plugins/\d\.\d/epan/dsmipv4\.so", name)]
    link, = (home / "staging/usr/lib").rglob("extcap/dsmipgen")
    assert link.resolve() == (home / f"staging{prefix}/bin/dsmipgen").resolve()
    assert "usr/share/wireshark/profiles/DSMIPv4/colorfilters" in installed
    subprocess.run(["cmake", "--build", BUILD, "--target", "uninstall"], env=environment, capture_output=True, check=True)
    assert files(home / "staging") == set()


@pytest.mark.xdist_group("install")
def test_install_without_the_right_to(home):
    """Nothing is installed, and two commands are named that work."""
    home.chmod(0o555)
    command = ["cmake", f"-DCMAKE_INSTALL_PREFIX={home / 'new'}", "-P", BUILD / "packaging" / "places.cmake"]
    process = run(command)
    assert process.returncode != 0
    assert f"No right to write to {home}" in process.stderr and "--prefix ~/.local" in process.stderr
    assert files(home) == set()


def elf(path, *options):
    return subprocess.run(["readelf", "-W", *options, path], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("path", ["gen/dsmipgen", "check/dsmipcheck", "plugins/*/epan/dsmipv4.so"])
def test_binaries_are_hardened(path):
    path = next(BUILD.glob(path))
    header, dynamic, symbols = elf(path, "-hl"), elf(path, "-d"), elf(path, "--dyn-syms")
    assert "DYN (" in header, "position-independent"
    assert "GNU_RELRO" in header and "BIND_NOW" in dynamic
    assert re.search(r"GNU_STACK.* RW ", header), "a stack that is not executable"
    assert "__stack_chk_fail" in symbols
    assert re.search(r"\b__\w+_chk\b", symbols), "_FORTIFY_SOURCE"
    if platform.machine() == "x86_64":
        assert path.read_bytes().count(b"\xf3\x0f\x1e\xfa") > 50, "places to branch to (endbr64)"
