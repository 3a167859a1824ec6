# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the installed Wireshark programs with the plugin of the build tree.

Wireshark ignores plugin folders of a user's choice when it runs as root. So where the tests run as
root, its programs run as an ordinary user, with copies of what that user could not read. They always
get an empty home folder, so that no one's own configuration changes a test.

The build tree is <root>/build, or the folder that the environment names in DSMIPV4_BUILD; the one
made with sanitizers is <root>/build/asan, or DSMIPV4_ASAN_BUILD.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("DSMIPV4_BUILD", ROOT / "build")).resolve()
ASAN_BUILD = Path(os.environ.get("DSMIPV4_ASAN_BUILD", ROOT / "build" / "asan")).resolve()
NOBODY = 65534
TIMEOUT = 300  # seconds; no test comes near it unless a program hangs

_scratch = None


class ToolError(AssertionError):
    """A program failed, or complained on its standard error."""


def scratch() -> Path:
    """A folder of this process that every user can read; removed at the end."""
    global _scratch
    if _scratch is None:
        _scratch = Path(tempfile.mkdtemp(prefix="dsmipv4-tests-"))
        atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
        os.chmod(_scratch, 0o755)
        (_scratch / "home").mkdir()
        (_scratch / "no-plugins").mkdir()
    return _scratch


def plugin_dir(build: Path = BUILD) -> Path:
    """The folder for WIRESHARK_PLUGIN_DIR; as root a copy that an ordinary user can read."""
    if os.geteuid() != 0:
        return build / "plugins"
    copy = scratch() / ("plugins-" + build.name)
    if not copy.exists() and (build / "plugins").exists():
        shutil.copytree(build / "plugins", copy)
        for path in [copy, *copy.rglob("*")]:
            os.chmod(path, 0o755)
    return copy


def readable(path) -> Path:
    """`path`, or as root a copy of it where an ordinary user could not read it."""
    path = Path(path).resolve()
    if os.geteuid() != 0 or scratch() in path.parents:
        return path
    copies = scratch() / "copies"
    copies.mkdir(exist_ok=True)
    copy = copies / str(path).strip("/").replace("/", "__")
    shutil.copyfile(path, copy)
    os.chmod(copy, 0o644)
    return copy


def environment(plugins=None, more=None) -> dict:
    """A clean environment, with the plugins in that folder or none."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(scratch() / "home"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "WIRESHARK_PLUGIN_DIR": str(plugins or scratch() / "no-plugins"),
        **(more or {}),
    }


def as_ordinary_user(command) -> list:
    """The command, run by somebody else than root."""
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    return [str(c) for c in command]


def with_default_signals(command) -> list:
    """The command, ended by signals as usual even where whoever started the tests ignores some.

    A shell without job control starts what runs in the background with SIGINT ignored, and nohup ignores SIGHUP.
    What is ignored stays so in every program started from there. The process becomes the program: its id is the
    program's.
    """
    return ["env", "--default-signal", *(str(c) for c in command)]


def with_ignored_signals(command) -> list:
    """The command, started by somebody who ignores the signals that end a program."""
    return ["env", "--ignore-signal=INT,TERM,HUP", *(str(c) for c in command)]


def run(command, env=None, plugins=None, ordinary_user=True, input_text=None, output=subprocess.PIPE):
    """Run a program with a clean environment; the finished process, whatever its exit status."""
    command = as_ordinary_user(command) if ordinary_user else [str(c) for c in command]
    return subprocess.run(
        command, env=environment(plugins, env), input=input_text, stdout=output, stderr=subprocess.PIPE, text=True,
        errors="replace", cwd=scratch(), timeout=TIMEOUT, stdin=subprocess.DEVNULL if input_text is None else None,
        check=False)


def checked(process, quiet=True) -> str:
    """The output of a process that must have ended well, and without complaints if `quiet`."""
    if process.returncode != 0 or (quiet and process.stderr.strip()):
        command = " ".join(str(a) for a in process.args)
        raise ToolError(f"{command}\nexit status {process.returncode}\n{process.stderr}\n{(process.stdout or '')[-2000:]}")
    return process.stdout


def tshark(args, plugin=True, two_pass=False) -> str:
    """What tshark prints; raises ToolError if it fails or complains (a plugin that does not load)."""
    command = ["tshark", *(["-2"] if two_pass else []), *args]
    return checked(run(command, plugins=plugin_dir() if plugin else None))


def rules_per_frame(pcap_path, two_pass=False, extra=()) -> dict:
    """Frame number -> set of the ids in dsmipv4.rule, for every frame of a capture."""
    fields = ["-T", "fields", "-e", "frame.number", "-e", "dsmipv4.rule"]
    output = tshark(["-n", "-r", readable(pcap_path), *fields, *extra], two_pass=two_pass)
    rules = {}
    for line in output.splitlines():
        number, names = line.split("\t")[:2]
        ids = names.split(",") if names else []
        assert len(ids) == len(set(ids)), f"frame {number} names a rule twice: {names}"
        rules[int(number)] = set(ids)
    return rules


def plugin_is_loaded() -> bool:
    """Whether tshark lists the plugin; one that fails to load is only a warning to Wireshark."""
    return any(line.split("\t")[0].strip() == "dsmipv4.so" for line in tshark(["-G", "plugins"]).splitlines())
