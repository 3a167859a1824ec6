# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the checker of the build tree."""

import json
import subprocess
import xml.etree.ElementTree as ElementTree

import jsonschema

from dsmipv4_tshark import BUILD, ROOT, TIMEOUT, environment

PROGRAM = BUILD / "check" / "dsmipcheck"
SCHEMA = json.loads((ROOT / "doc" / "report.schema.json").read_text())


def dsmipcheck(*args, cwd=None, tshark=None, env=None, prefix=()):
    """Run dsmipcheck; the finished process, whatever its exit status."""
    command = [*prefix, PROGRAM, *(["--tshark", tshark] if tshark else []), *args]
    return subprocess.run([str(c) for c in command], env=environment(more=env), cwd=cwd, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=TIMEOUT, check=False)


def validate(document) -> dict:
    """A document after it was held against the schema."""
    jsonschema.validate(document, SCHEMA)
    return document


def read_json(path) -> dict:
    return validate(json.loads(path.read_text()))


def read_junit(path):
    """The root element of a JUnit file after it was held against its schema."""
    check = subprocess.run(["xmllint", "--noout", "--schema", ROOT / "tests" / "junit.xsd", path], capture_output=True,
                           text=True, check=False)
    assert check.returncode == 0, check.stderr
    return ElementTree.parse(path).getroot()
