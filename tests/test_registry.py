# SPDX-License-Identifier: GPL-2.0-or-later
"""extension_types.def and reply_codes.def against IANA's registry, where the table of it is at hand."""

import csv
import re

import pytest

from dsmipv4_tshark import ROOT

WIRE = ROOT / "plugin" / "core" / "wire"
REGISTRY = next((path for path in (ROOT.parent / "shared", ROOT.parent.parent / "shared")
                 if path.is_dir()), ROOT) / "findings" / "iana.tsv"
LAYOUTS = {"one-byte": "ONE_BYTE", "short": "SHORT", "short+subtype": "SHORT_SUBTYPE", "long": "LONG"}
SENDERS = {"accepted": "HA", "foreign agent": "FA", "home agent": "HA", "gateway foreign agent": "GFA",
           "correspondent node": "CN"}


@pytest.fixture(scope="module")
def registry():
    """Rows of single values that are assigned."""
    if not REGISTRY.exists():
        pytest.skip(f"{REGISTRY} is not there")
    with REGISTRY.open() as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["value"].isdigit()]
    assert len(rows) > 100
    return rows


def test_extension_types(registry):
    text = (WIRE / "extension_types.def").read_text()
    ours = dict(re.findall(r"^EXTENSION_TYPE\((\d+), (\w+),", text, re.M))
    assert ours == {row["value"]: LAYOUTS[row["layout"]] for row in registry
                    if row["kind"] == "ext" and row["layout"] in LAYOUTS}


def test_reply_codes(registry):
    text = (WIRE / "reply_codes.def").read_text()
    ours = dict(re.findall(r"^REPLY_CODE\((\d+), (\w+),", text, re.M))
    wanted = {row["value"]: SENDERS[re.match(r"IANA, ([a-z ]+);", row["source"])[1]] for row in registry
              if row["kind"] == "code"}
    wanted["194"] = "FA"  # IANA calls it reserved, RFC 5944 3.4 lists it among a foreign agent's denials
    assert ours == wanted
