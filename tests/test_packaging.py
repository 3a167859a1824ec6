# SPDX-License-Identifier: GPL-2.0-or-later
"""The files for other systems' packages say what is true of this project, in the languages of their systems."""

import fnmatch
import re
import shutil
import subprocess

import pytest

from dsmipv4_tshark import BUILD, ROOT

PACKAGING = ROOT / "packaging"
SPEC, PKGBUILD = PACKAGING / "rpm" / "dsmipv4.spec", PACKAGING / "arch" / "PKGBUILD"
IN_TREE = ROOT / "plugin" / "in-tree.cmake"
NIX, FORMULA = PACKAGING / "nix" / "package.nix", PACKAGING / "homebrew" / "dsmipv4.rb"
VERSION = re.search(r"^project\(dsmipv4 VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]

# What pkg-config calls the libraries that dsmipgen and the plugin are built with, and how each system calls them.
LIBRARIES = {
    "glib-2.0": ["libglib2.0-dev", "glib2", "glib"],
    "gio-2.0": ["libglib2.0-dev", "glib2", "glib"],
    "gio-unix-2.0": ["libglib2.0-dev", "glib2", "glib"],
    "json-glib-1.0": ["libjson-glib-dev", "json-glib", "json-glib"],
    "libcap-ng": ["libcap-ng-dev", "libcap-ng", "libcap_ng"],
    "libgcrypt": ["libgcrypt20-dev", "libgcrypt", "libgcrypt"],
    "libmnl": ["libmnl-dev", "libmnl", "libmnl"],
    "libpcap": ["libpcap-dev", "libpcap", "libpcap"],
    "yaml-0.1": ["libyaml-dev", "libyaml", "libyaml"],
}


@pytest.mark.parametrize("path, pattern", [
    (SPEC, r"^Version:\s+(\S+)$"), (PKGBUILD, r"^pkgver=(\S+)$"), (NIX, r'^  version = "(\S+)";$'),
    (FORMULA, r"/dsmipv4-([\d.]+)\.tar\.gz\"$")], ids=lambda value: getattr(value, "name", ""))
def test_version(path, pattern):
    assert re.search(pattern, path.read_text(), re.MULTILINE)[1] == VERSION


def test_maintainer():
    """The same everywhere."""
    maintainer, = re.findall(r"^Maintainer: (.* <.*>)$", (PACKAGING / "debian" / "control").read_text(), re.MULTILINE)
    assert f"\n# Maintainer: {maintainer}\n" in PKGBUILD.read_text()
    assert re.search(rf"^\* \w+ \w+ \d+ \d+ {re.escape(maintainer)} - {VERSION}-1$", SPEC.read_text(), re.MULTILINE)


def test_version_inside_wiresharks_tree():
    """Only the folder of the plugin is copied there, without CMakeLists.txt of the project."""
    numbers = re.search(r"^set_module_info\(dsmipv4 (\d+) (\d+) (\d+) 0\)$", IN_TREE.read_text(), re.MULTILINE)
    assert ".".join(numbers.groups()) == VERSION


# check-use.sh has no options: the others run it.
@pytest.mark.parametrize("script", sorted({path.name for path in PACKAGING.glob("*.sh")} - {"check-use.sh"}))
def test_script(script):
    """It says what it does, and so does README.md of its folder."""
    told = subprocess.run([PACKAGING / script, "--help"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith(f"Usage: packaging/{script} ")
    wrong = subprocess.run([PACKAGING / script, "--wrong"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (2, "", told.stdout)
    assert script in (PACKAGING / "README.md").read_text()


def built_with():
    """The libraries that CMake asks pkg-config for."""
    found = set()
    for path in [ROOT / "CMakeLists.txt", *ROOT.glob("*/CMakeLists.txt")]:
        if path.parent.name != "tests":
            for names in re.findall(r"pkg_check_modules\(\w+ REQUIRED IMPORTED_TARGET\s+(?:GLOBAL\s+)?([^)]*)\)", path.read_text()):
                found |= {name.split(">")[0] for name in names.split()}
    return found


def test_libraries():
    assert built_with() == set(LIBRARIES)
    debian = (PACKAGING / "debian" / "control").read_text().replace("\n ", " ")
    wanted = re.search(r"^Build-Depends: (.*)$", debian, re.MULTILINE)[1]
    for name, (in_debian, in_arch, in_nix) in LIBRARIES.items():
        assert re.search(rf"(^|, ){in_debian}\b", wanted), name
        assert name.startswith("gio") or f"pkgconfig({name})" in SPEC.read_text()
        assert re.search(rf"[( ]{in_arch}[) ]", re.search(r"^depends=(.*)$", PKGBUILD.read_text(), re.MULTILINE)[0]), name
        assert re.search(rf"^  {in_nix},$", NIX.read_text(), re.MULTILINE), name
        assert re.search(rf"^    {in_nix}$", NIX.read_text(), re.MULTILINE), name


def installed():
    """Where CMake would put each file under /usr, of the files of a build for a distribution."""
    names = set()
    for pattern, folder in [("gen/dsmipgen", "bin"), ("check/dsmipcheck", "bin"), ("doc/*.1", "share/man/man1"),
                            ("doc/*.5", "share/man/man5"),
                            ("gen/completion/bash/*", "share/bash-completion/completions"),
                            ("gen/completion/fish/*", "share/fish/vendor_completions.d"),
                            ("gen/completion/zsh/*", "share/zsh/site-functions")]:
        names |= {f"/usr/{folder}/{path.name}" for path in BUILD.glob(pattern)}
    return names | {"/usr/lib64/wireshark/extcap/dsmipgen", "/usr/lib64/wireshark/plugins/4.0/epan/dsmipv4.so",
                    "/usr/share/wireshark/profiles/DSMIPv4"}


def test_list_of_files_of_the_spec():
    """Each file is in one of the packages, and nothing else is."""
    places = {"%{_bindir}": "/usr/bin", "%{_libdir}": "/usr/lib64", "%{_prefix}": "/usr",
              "%{_mandir}": "/usr/share/man", "%{_datadir}": "/usr/share"}
    patterns = re.findall(r"^%\{_\w+\}/.*$", SPEC.read_text(), re.MULTILINE)
    patterns = [re.sub(r"^%\{\w+\}", lambda match: places[match[0]], pattern) for pattern in patterns]
    for name in installed():
        assert sum(fnmatch.fnmatchcase(name, pattern) for pattern in patterns) == 1, name
    for pattern in patterns:
        assert fnmatch.filter(installed(), pattern), pattern


@pytest.mark.parametrize("command, path", [
    (["rpmspec", "--parse"], SPEC), (["bash", "-n"], PKGBUILD), (["nix-instantiate", "--parse"], NIX),
    (["ruby", "-c"], FORMULA)], ids=lambda value: value[0] if isinstance(value, list) else "")
def test_syntax(command, path):
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    process = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr


def test_patches_for_wireshark():
    """doc/upstream.md names each, and none has what Wireshark's own checks of a commit refuse."""
    document = (ROOT / "doc" / "upstream.md").read_text()
    patches = sorted((ROOT / "doc" / "upstream").glob("*.patch"))
    for number, path in enumerate(patches, 1):
        text = path.read_text()
        assert f"upstream/{path.name})" in document
        assert re.search(rf"^Subject: \[PATCH {number}/{len(patches)}\] [\w ]+: [A-Z].{{,60}}", text, re.MULTILINE)
        added = [line[1:] for line in text.splitlines() if line.startswith("+") and not line.startswith("+++")]
        assert added and [line for line in added if line != line.rstrip()] == []
        assert [line for line in added if "\t" in line and "CMAKE_CURRENT_SOURCE_DIR" not in line] == []
