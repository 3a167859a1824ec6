#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write doc/rules.md, the table of all rules, from plugin/core/rules.def.

The heading of each table is the layer, in the words of the comment that opens rules.def.
"""

import argparse
import re
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from dsmipv4_rules import RULES_DEF, load_rules  # noqa: E402

TABLE = ROOT / "doc" / "rules.md"

HEAD = """\
<!-- Written by tools/rules-table.py from plugin/core/rules.def. Do not edit. -->
# Rules

{count} rules. The filter of a rule is `dsmipv4.rule.ID`, or `dsmipv4.rule == "ID"`.
[wireshark.md](wireshark.md) says how to silence rules and how to switch on those that are off by default.

Severity is Wireshark's. Where several are given, the check chooses one of them: the first unless the case is
another than the usual. Strength is the word that the RFC uses: `MUST`, `SHOULD`, `MAY`; `FORMAT` where a layout is
broken; `RESERVED` where a reserved value or field is used; `INFO` where nothing is broken; `ADVICE` where no RFC
text requires it.
"""


def layer_words(text: str) -> dict:
    """Layer -> what its checks are asked of, from the comment on `layer` at the head of rules.def."""
    block = re.search(r"^// layer +(.*?)^// source ", text, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^// +([A-Z][A-Z0-9_]+) +(.+)$", block[1], re.MULTILINE)) if block else {}


def source(rule) -> str:
    if not rule.source:
        return "-"
    return "; ".join(f"RFC {part}" for part in rule.source.split("; "))


def severity(rule) -> str:
    words = ", ".join(word.lower() for word in [rule.severity, *rule.also])
    return words + (" (off by default)" if rule.off_by_default else "")


def row(*cells) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def markdown(rules, words) -> str:
    """The whole file: a table for each layer, layers and rules in the order of rules.def."""
    layers = list(dict.fromkeys(rule.layer for rule in rules))
    by_layer = groupby(sorted(rules, key=lambda rule: layers.index(rule.layer)), key=lambda rule: rule.layer)
    parts = [HEAD.format(count=len(rules))]
    for layer, members in by_layer:
        title = words.get(layer, layer.replace("_", " ").lower())
        parts.append(f"\n## {title[0].upper()}{title[1:]} (`{layer}`)\n\n")
        parts.append(row("Id", "Severity", "Strength", "Source", "What is wrong"))
        parts.append(row("---", "---", "---", "---", "---"))
        parts.extend(row(f"`{r.id}`", severity(r), r.strength, source(r), r.text) for r in members)
    return "".join(parts)


def main():
    parser = argparse.ArgumentParser(description="Writes doc/rules.md, the table of all rules.")
    parser.add_argument("-o", "--output", type=Path, default=TABLE, metavar="FILE", help="another file")
    output = parser.parse_args().output
    text = markdown(list(load_rules().values()), layer_words(RULES_DEF.read_text()))
    output.write_text(text)


if __name__ == "__main__":
    main()
