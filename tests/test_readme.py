# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command in README.md runs, and prints what README.md shows."""

import functools
import os
import re
import shutil
import subprocess
import tempfile

import pytest

import dsmipcheck
import dsmipgen
from dsmipv4_tshark import BUILD, ROOT, TIMEOUT, as_ordinary_user, checked, environment, plugin_dir, scratch
from network import await_carrier, namespace, needs_network, needs_tun, tun

README = (ROOT / "README.md").read_text()
MACHINE = ROOT / "tests" / "machine"
GAP = "..."  # stands for lines that README.md leaves out

# Commands that other tests run, or that are tests.
ELSEWHERE = {
    "tools/test.sh": ".ci/run",
    "dsmipcheck --parts capture_*.pcapng --sshloginfile machines --jobs 4": "tests/test_parts.py",
}

# Commands without a prompt install something: they are run on a copy of this machine, each in braces here. What is printed
# then proves that they did their work.
ON_A_COPY = {
    "packages": """
        {packaging/build-deb.sh --setup && sudo apt install ./build/deb/*.deb}
        mkdir lab
        dsmipgen write prefix_bits.near_miss -w lab/good.pcapng
        {DSMIPV4_CAPTURES='lab/*.pcapng' packaging/ci/judge.sh}
        ls dsmipcheck-reports""",
    "one user's own": """
        su reader -c '
            {tools/debian-setup.sh --build}
            {cmake --preset default -DBUILD_TESTING=OFF}
            {cmake --build --preset default}
            {cmake --install build --prefix ~/.local}
            PATH=~/.local/bin:$PATH
            dsmipgen write prefix_bits.near_miss -w /tmp/good.pcapng
            dsmipcheck /tmp/good.pcapng
            {tools/demo.sh}'""",
}
PROOFS = {
    "packages": ["Verdict: conforms", "report.html\nreport.json\nreport.xml\n"],
    "one user's own": ["finds the plugin there.", "Verdict: conforms", "=== All warnings of the capture"],
}

# A network for the commands of root: names of interfaces and addresses as in README.md.
NETWORK = [
    "link add eth0 type veth peer name far",
    "link set eth0 up",
    "link set far up",
    "address add 10.0.0.2/24 dev eth0",
    "neighbor replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent",
    "route add 10.9.9.1 via 10.0.0.1",
]


def blocks():
    """The indented blocks, each as a list of lines."""
    for block in re.findall(r"^ {4}.*\n(?: {4}.*\n|\n(?= {4}))*", README, re.MULTILINE):
        yield [line[4:] for line in block.splitlines()]


def examples(prompt):
    """(command, lines that it prints, as README.md shows them) of each command behind the prompt."""
    found = []
    for block in blocks():
        last = None
        for line in block:
            if re.match(r"[$#] ", line):
                last = [line[2:], []]
                found += [last] if line.startswith(prompt) else []
            elif last and last[0].endswith("\\"):
                last[0] = last[0].removesuffix("\\") + line.strip()
            elif last:
                last[1].append(line)
    return found


def without_prompt():
    """Commands for a reader's own shell: blocks that have no prompt."""
    lines = [line for block in blocks() if not re.match(r"[$#] ", block[0]) for line in block if line]
    return [re.sub(r"\s+# .*", "", line) for line in lines]


def is_shown(shown, printed):
    """Whether the lines shown were printed one after another, with anything at each gap; blanks at a line's end aside."""
    lines = [r"(?:.*\n)*?" if line.strip() == GAP else re.escape(line.rstrip()) + r" *\n" for line in shown]
    return re.search("^" + "".join(lines), printed, re.MULTILINE) is not None


@pytest.fixture(scope="module")
def folder():
    """Where the reader of README.md is: a capture under the names that it has there, and the programs in PATH."""
    folder = scratch() / "readme"
    for name in [folder, folder / "bin"]:
        name.mkdir()
        name.chmod(0o777)
    checked(dsmipgen.dsmipgen("write", "prefix_bits", "-w", folder / "field.pcapng"))
    shutil.copy(folder / "field.pcapng", folder / "lab.pcapng")
    subprocess.run(["editcap", "-c", "2", folder / "field.pcapng", folder / "capture.pcapng"], check=True)
    (folder / "machines").write_text(":\n")  # GNU parallel's word for this machine
    for path in folder.glob("*.pcapng"):
        path.chmod(0o644)
    for program in [dsmipgen.PROGRAM, dsmipcheck.PROGRAM]:
        (folder / "bin" / program.name).symlink_to(program)
    return folder


def environ(folder):
    return environment(plugin_dir(), {"PATH": f"{folder}/bin:{os.environ['PATH']}"})


def shell(script):
    return ["bash", "-e", "-o", "pipefail", "-c", script]


def smaller(command):
    """The command, with fewer nodes and cases, and an end."""
    for old, new in [("1000000", "1000"), ("100000", "5000"), ("--loop 0", "--loop 2"), ("60s", "1s")]:
        command = command.replace(old, new)
    return command


def commands(prompt):
    return [pytest.param(command, shown, id=command) for command, shown in examples(prompt) if command not in ELSEWHERE]


@pytest.mark.parametrize("command, shown", commands("$ "))
def test_command(folder, command, shown):
    process = subprocess.run(as_ordinary_user(shell(smaller(command))), cwd=folder, env=environ(folder), text=True,
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False)
    # A rule is broken in these captures, and dsmipcheck says so.
    assert process.returncode == (1 if command.startswith("dsmipcheck") else 0), process.stdout + process.stderr
    assert is_shown(shown, process.stdout), process.stdout


@pytest.fixture(scope="module")
def space():
    """A network with the interfaces and addresses of README.md."""
    with namespace() as space:
        for words in NETWORK:
            space.ip(words)
        await_carrier(space, "eth0")
        with tun(space):
            yield space


@pytest.mark.parametrize("command, shown", commands("# "))
@needs_network
@needs_tun
def test_command_of_root(folder, space, command, shown):
    """With --dry-run: what would be sent, and where to."""
    process = space.run(*shell(f"{smaller(command)} --dry-run"), cwd=folder, env=environ(folder))
    assert process.returncode == 0, process.stdout + process.stderr
    assert is_shown(shown, process.stdout), process.stdout


@functools.lru_cache
def reason_for_no_copy():
    """Why this machine cannot be copied, or an empty text."""
    if os.geteuid() != 0:
        return "only root can copy this machine"
    overlay = """mount -t tmpfs none . && cd "$PWD" && mkdir upper work root &&
        mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work none root"""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.run(["unshare", "--mount", "sh", "-c", overlay], cwd=folder, capture_output=True, text=True,
                                 check=False)
    return "" if process.returncode == 0 else f"no overlay over the files of this machine: {process.stderr.strip()}"


@pytest.mark.skipif(reason_for_no_copy() != "", reason=reason_for_no_copy())
@pytest.mark.parametrize("name", ON_A_COPY)
def test_on_a_copy(name, tmp_path):
    """The commands install what they say, and it works."""
    script = re.sub(r"\{(.*)\}", r"\1", ON_A_COPY[name])
    process = subprocess.run(["unshare", "--mount", MACHINE / "run.sh", tmp_path, BUILD, script], text=True,
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=4 * TIMEOUT, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    for proof in PROOFS[name]:
        assert proof in process.stdout


def test_every_command_without_prompt_is_run():
    on_a_copy = {command for script in ON_A_COPY.values() for command in re.findall(r"\{(.*)\}", script)}
    assert on_a_copy <= set(without_prompt())
    for command in without_prompt():
        assert command in on_a_copy or command in ELSEWHERE, f"no test runs it: {command}"
    for command, where in ELSEWHERE.items():
        assert command.split()[-1] in (ROOT / where).read_text(), f"{where} does not run {command}"


def test_gaps_stand_for_lines_and_nothing_else_differs():
    printed = "a\nb  \nc\nd\n"
    assert is_shown(["a", "b", GAP, "d"], printed) and is_shown(["a"], printed) and is_shown([], printed)
    assert is_shown(["b", "c"], printed) and not is_shown([" b"], printed) and not is_shown(["a", "c"], printed) and not is_shown(["a", GAP, "e"], printed)
