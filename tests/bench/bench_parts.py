#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture in parts against the same read whole: the same verdict, and the share that is done serially.

  bench_parts.py [CAPTURE] [PARTS]    default: a million packets of parts.yaml, in 8 parts

The serial share is that of the processor time of all programs that dsmipcheck starts: the work on the control
messages alone, one part after the other, and dsmipcheck itself. It limits what more machines can do (Amdahl).
"""

import json
import os
import re
import resource
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import dsmipgen
from dsmipcheck import PROGRAM
from dsmipv4_tshark import as_ordinary_user, checked, environment, plugin_dir, readable, run, scratch

# Runs tshark, and appends its processor time and arguments to a file.
WRAPPER = """#!/usr/bin/python3
import os, resource, sys
pid = os.fork()
if pid == 0:
    os.execvp("tshark", ["tshark", *sys.argv[1:]])
_, status, usage = os.wait4(pid, 0)
with open({log!r}, "a") as log:
    cost = resource.getrusage(resource.RUSAGE_SELF)
    log.write(f"{{usage.ru_utime + usage.ru_stime:.3f}} {{cost.ru_utime + cost.ru_stime:.3f}} {{usage.ru_maxrss}} "
              f"{{' '.join(sys.argv[1:])}}\\n")
sys.exit(os.waitstatus_to_exitcode(status))
"""

# What a text says of a message of an earlier part.
EARLIER = re.compile(r"(?:in )?frame \d+|before this capture")


def million():
    capture = scratch() / "million.pcapng"
    checked(dsmipgen.dsmipgen("write", HERE / "parts.yaml", "-w", capture))
    capture.chmod(0o644)
    return capture


def cut(capture, count, folder):
    frames = int(checked(run(["capinfos", "-TrMc", capture], ordinary_user=False)).split("\t")[1])
    size = -(-frames // count)
    checked(run(["editcap", "-c", size, capture, folder / "part.pcapng"], ordinary_user=False))
    parts = sorted(folder.glob("part_*.pcapng"))
    for part in parts:
        part.chmod(0o644)
    assert len(parts) == count
    return frames, parts


def dsmipcheck(folder, name, *args):
    """The report, the processor time of dsmipcheck alone, and for each tshark its time, memory and arguments."""
    log, wrapper = folder / f"{name}.log", folder / f"{name}.tshark"
    wrapper.write_text(WRAPPER.format(log=str(log)))
    wrapper.chmod(0o755)
    command = as_ordinary_user([PROGRAM, "-q", "--tshark", wrapper, "--json", folder / f"{name}.json", *args])
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = os.spawnvpe(os.P_NOWAIT, command[0], command, environment(plugin_dir()))
    _, status, usage = os.wait4(process, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 1), status
    rows = [line.split(" ", 3) for line in log.read_text().splitlines()]
    own = usage.ru_utime + usage.ru_stime - sum(float(cpu) + float(wrapper) for cpu, wrapper, _, _ in rows)
    rows = [(float(cpu), int(memory), arguments) for cpu, _, memory, arguments in rows]
    report = json.loads((folder / f"{name}.json").read_text())["captures"][0]["report"]
    return report, own, rows


def without_references(report):
    return [EARLIER.sub("?", line) if '"text"' in line else line for line in json.dumps(report, indent=1).splitlines()]


def compare(whole, parts):
    """Lines of the reports that differ, but for references to messages of earlier parts."""
    first, second = without_references(whole), without_references(parts)
    differing = [(a, b) for a, b in zip(first, second) if a != b]
    return differing, len(first) == len(second)


def main(capture=None, count=8):
    folder = scratch() / "parts"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    capture = readable(capture) if capture else million()
    frames, files = cut(capture, int(count), folder)
    whole, own, rows = dsmipcheck(folder, "whole", capture)
    print(f"{frames} packets whole: {sum(row[0] for row in rows):.1f} s of tshark, {own:.1f} s of dsmipcheck, "
          f"{max(row[1] for row in rows) // 1024} MiB", flush=True)
    parts, own, rows = dsmipcheck(folder, "parts", "--parts", *files)
    serial = [row for row in rows if "messages" in row[2].split(" -r ")[1].split()[0]]
    extract = [row for row in rows if " -w " in row[2]]
    total = sum(row[0] for row in rows) + own
    print(f"in {count} parts: {total:.1f} s; messages taken out {sum(row[0] for row in extract):.1f} s, judged "
          f"{total - own - sum(row[0] for row in extract + serial):.1f} s, serial {sum(row[0] for row in serial):.1f} s "
          f"of tshark and {own:.1f} s of dsmipcheck: {(sum(row[0] for row in serial) + own) / total:.1%}; largest tshark "
          f"{max(row[1] for row in rows) // 1024} MiB", flush=True)
    differing, same_length = compare(whole, parts)
    same = not differing and same_length
    print(f"the same JSON of {len(whole['nodes'])} nodes and {len(whole['findings'])} findings" if same else
          f"{len(differing)} lines differ, the first are {differing[:10]}")
    return same


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
