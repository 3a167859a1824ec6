#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write doc/rules.md, the catalogue of rules and information items.

The facts are the rows in plugin/core/rules/rules.def. The prose of a rule is `about` in its scenario,
gen/scenarios/rules/ID.yaml, that of an information item is in doc/infos.yaml.
"""

import argparse
import re
import sys
import textwrap
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from dsmipv4_rules import RULES_DEF, load_about, load_info_prose, load_infos, load_rules  # noqa: E402

PAGE = ROOT / "doc" / "rules.md"
WIDTH = 118

HEAD = """\
<!-- Written by tools/rules-doc.py. Do not edit: CONTRIBUTING.md says where the text comes from. -->
# Rules

The plugin judges {rules} rules and reports {infos} information items. This page has an entry for each: what is wrong,
what right looks like, why it matters to whoever runs the network, the usual causes, and when the plugin says nothing
although the bytes look like a violation. [bindings.md](bindings.md) tells how the plugin follows bindings, and which form
of the tunnel it expects.

To find the packets that break a rule, filter by `dsmipv4.rule.ID` or `dsmipv4.rule == "ID"`; for an information item,
by `dsmipv4.info.ID`. `dsmipgen write ID -w FILE` makes a capture that breaks the rule, `dsmipgen write ID.near_miss`
one that almost does.

**Severity** is Wireshark's: error, warn, note or chat. Where a rule has several, the first is the usual one and the
check chooses another where the entry says so. Change it with the preference `dsmipv4.severities`, a list of
`ID=off|chat|note|warn|error` separated by commas. This raises one rule and silences another:

```console
tshark -o dsmipv4.severities:prefix_bits=error,tun_dscp=off -r capture.pcapng -Y dsmipv4.rule
```

`dsmipcheck --severities` takes the same list.

**Strength** says how strongly the source puts it:

| Strength | Meaning |
| --- | --- |
| `MUST`, `SHOULD`, `RECOMMENDED`, `MAY` | the word that the RFC uses, or its negation |
| `FORMAT` | a layout or an assigned value, which the RFC states without such a word |
| `RESERVED` | a reserved bit, byte or value is used |
| `ADVICE` | no RFC requires it, but the result is unlikely to be what was meant |
| `INFO` | nothing is broken |

**Not captured, not judged.** No entry repeats what holds for all rules: a message that the snapshot length cut short is
not blamed for what was cut; packets inside ICMP errors are not judged; for a grace period after each registration
(preference `dsmipv4.grace`, 2 s) packets that were right before it are still right; and what may be explained by a lost
packet, by a capture that started too late, or by a capture of one direction only, is a warning at most.

**Private addresses and NATs.** Private addresses are those of RFC 1918 and RFC 6598. One alone proves no NAT: a source
that is not the care-of address does, in a request that asks for UDP tunneling. Where two addresses differ and one of
them is private, of a range that the other is not of, a NAT may explain it, and nothing is said unless preference
`dsmipv4.nat` is `none`.
"""

# Key of `about` -> heading in the entry.
PARTS = {
    "wrong": "What is wrong",
    "right": "What right looks like",
    "matters": "Why it matters",
    "causes": "Usual causes",
    "not_judged": "When it is not judged",
}

REGISTRIES = {"Mobile IPv4 Numbers": "https://www.iana.org/assignments/mobileip-numbers"}

INFO_PARTS = {"says": "What it says", "use": "What it is good for"}


def layer_words(text: str) -> dict:
    """Layer -> what its checks are asked of, from the comment on `layer` at the head of rules.def."""
    block = re.search(r"^// layer +(.*?)^// applies ", text, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^// +([A-Z][A-Z0-9_]+) +(.+)$", block[1], re.MULTILINE)) if block else {}


def section_link(rfc: str, section: str) -> str:
    anchor = f"section-{section}" if section[0].isdigit() else f"appendix-{section}"
    return f"[{section}](https://www.rfc-editor.org/rfc/rfc{rfc}#{anchor})"


def source(rule) -> str:
    """RFCs with a link for each section."""
    if not rule.source:
        return "none"
    parts = []
    for part in rule.source.split("; "):
        rfc, sections = part.split(" ", maxsplit=1)
        if rfc == "IANA":
            parts.append(f"IANA [{sections}]({REGISTRIES[sections]})")
            continue
        parts.append(f"RFC {rfc} " + ", ".join(section_link(rfc, one) for one in sections.split(", ")))
    return "; ".join(parts)


def severities(rule) -> str:
    words = ", ".join(word.lower() for word in [rule.severity, *rule.also])
    return f"off by default ({words})" if rule.off_by_default else words


def how_to_change(rule) -> str:
    if rule.off_by_default:
        return f"Off by default; `dsmipv4.severities:{rule.id}={rule.severity.lower()}` switches it on."
    return (f"{', '.join(word.capitalize() if i == 0 else word for i, word in enumerate(severities(rule).split(', ')))}; "
            f"`dsmipv4.severities:{rule.id}=off` silences it.")


def row(*cells) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def paragraph(heading: str, text: str) -> str:
    return textwrap.fill(f"**{heading}.** {text}", WIDTH, break_long_words=False, break_on_hyphens=False) + "\n\n"


def entry(rule, about) -> str:
    parts = [f"### `{rule.id}`\n\n", f"**{rule.text}.**\n\n"]
    parts += [paragraph(heading, about[key]) for key, heading in PARTS.items()]
    parts += [paragraph("Severity", how_to_change(rule) + (" Known only in a second pass: `tshark -2`, or Wireshark."
                                                           if rule.needs_future else ""))]
    parts += [f"**Source.** {source(rule)} ({rule.strength})\n\n"]
    return "".join(parts)


def title(layer, words) -> str:
    text = words.get(layer, layer.replace("_", " ").lower())
    return text[0].upper() + text[1:]


def by_layer(items):
    layers = list(dict.fromkeys(item.layer for item in items))
    return groupby(sorted(items, key=lambda item: layers.index(item.layer)), key=lambda item: item.layer)


def index(rules, words) -> str:
    """A table for each layer, layers and rules in the order of rules.def."""
    parts = ["\n## All rules\n\n"]
    for layer, members in by_layer(rules):
        parts.append(f"{title(layer, words)}:\n\n")
        parts.append(row("Id", "Severity", "Strength", "What is wrong"))
        parts.append(row("---", "---", "---", "---"))
        parts.extend(row(f"[`{r.id}`](#{r.id})", severities(r), r.strength, r.text) for r in members)
        parts.append("\n")
    return "".join(parts)


def info_entry(info, prose) -> str:
    parts = [f"### `info.{info.id}`\n\n", f"**{info.text}.** ({info.severity.lower()})\n\n"]
    return "".join(parts + [paragraph(heading, prose[key]) for key, heading in INFO_PARTS.items()])


def markdown() -> str:
    """The whole page."""
    rules, infos, prose = list(load_rules().values()), list(load_infos().values()), load_info_prose()
    words = layer_words(RULES_DEF.read_text())
    parts = [HEAD.format(rules=len(rules), infos=len(infos)), index(rules, words)]
    for layer, members in by_layer(rules):
        parts.append(f"## {title(layer, words)}\n\n")
        parts.extend(entry(rule, load_about(rule.id)) for rule in members)
    parts.append("## Information items\n\nWhat happened, though no rule is broken.\n\n")
    parts.extend(info_entry(info, prose[info.id]) for info in infos)
    return "".join(parts).rstrip("\n") + "\n"


def main():
    parser = argparse.ArgumentParser(description="Writes doc/rules.md, the catalogue of rules and information items.")
    parser.add_argument("-o", "--output", type=Path, default=PAGE, metavar="FILE", help="another file")
    parser.parse_args().output.write_text(markdown())


if __name__ == "__main__":
    main()
