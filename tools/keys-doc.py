#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Renew the section KEYS of doc/dsmipgen-scenario.5.adoc from gen/language/keys.def; --check only compares."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "doc" / "dsmipgen-scenario.5.adoc"
MARKS = "// keys: made by tools/keys-doc.py\n", "// end of keys\n"
GROUPS = {"BLOCK": "step", "LAYER": "Layers", "MESSAGE": "Messages", "EXTENSION": "Extensions"}
EVERY = {"LAYER": ["patch", "append"], "MESSAGE": ["patch", "append"],
         "EXTENSION": ["type", "ext_length", "body_extra", "body_cut", "patch"]}


def blocks():
    """(kind, name, [(key, default, or None)]) of each block, in the order of the table."""
    macros = ["STEP_BEGIN=@BLOCK step", "STEP_END=", "LAYER(block,length,protocol,sum)=@LAYER block", "END(block)=",
              "MESSAGE(block,length)=@MESSAGE block", "EXTENSION(block,type,header,length)=@EXTENSION block",
              "KEY(block,key,kind,words,standard,offset,width)=@KEY key standard"]
    command = ["cpp", "-P", *(f"-D{macro}" for macro in macros), ROOT / "gen" / "language" / "keys.def"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = []
    for what, rest in re.findall(r"@(BLOCK|LAYER|MESSAGE|EXTENSION|KEY) ([^@]*)", text):
        if what != "KEY":
            found.append((what, rest.strip(), []))
            continue
        key, default = rest.split(maxsplit=1)
        default = default.strip()
        if key not in EVERY.get(found[-1][0], []):
            found[-1][2].append((key, {"REQUIRED": "*", "ABSENT": None}.get(default, default.strip('"'))))
    return found


def line(name, keys):
    """One entry: a key that must be given is bold, a default follows its key."""
    words = [f"*{key}*" if default == "*" else key if default is None else f"{key} ({default})"
             for key, default in keys]
    return f"*{name}*::\n{', '.join(words) if words else 'no keys of its own'}\n"


def section():
    text = MARKS[0]
    for kind, title in GROUPS.items():
        if kind != "BLOCK":
            text += f"\n=== {title}: keys\n\n"
        text += "\n".join(line(name, keys) for what, name, keys in blocks() if what == kind)
    return text + "\n" + MARKS[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if the page is out of date")
    options = parser.parse_args()
    page = PAGE.read_text()
    begin, end = (page.index(mark) for mark in MARKS)
    renewed = page[:begin] + section() + page[end + len(MARKS[1]):]
    if options.check:
        sys.exit(renewed != page and f"{PAGE} is out of date: run tools/keys-doc.py")
    PAGE.write_text(renewed)


if __name__ == "__main__":
    main()
