# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads what the project says of its rules and information items: the .def files and the prose of each."""

import re
from dataclasses import dataclass, field

import yaml

from dsmipv4_tshark import ROOT

RULES_DEF = ROOT / "plugin" / "core" / "rules" / "rules.def"
RULE_SCENARIOS = ROOT / "gen" / "scenarios" / "rules"
INFO_PROSE = ROOT / "doc" / "infos.yaml"

ROW = re.compile(r'^RULE\((\w+), (\w+), ([A-Z_0-9| ]+), "([^"]*)", (\w+), (\w+), (\w+), (\w+), "([^"]*)"\)$')
INFO_ROW = re.compile(r'^INFO\((\w+), (\w+), ([A-Z_0-9| ]+), (\w+), (\w+), "([^"]*)"\)$', re.MULTILINE)
ALSO = re.compile(r"^ALSO\((\w+), (\w+)\)$")
OFF_BY_DEFAULT = re.compile(r"^OFF_BY_DEFAULT\((\w+)\)$")
NEEDS_FUTURE = re.compile(r"^NEEDS_FUTURE\((\w+)\)$")


@dataclass
class Rule:
    """A row of rules.def with the rows that say more of it; severities as in rules.def."""

    id: str
    layer: str
    applies: str
    source: str
    strength: str
    group: str
    severity: str
    actor: str
    text: str
    also: list = field(default_factory=list)
    off_by_default: bool = False
    needs_future: bool = False


@dataclass
class Info:
    """The row of an information item in rules.def."""

    id: str
    layer: str
    applies: str
    group: str
    severity: str
    text: str


def load_infos() -> dict:
    """Information item id -> Info, in their order."""
    return {row[0]: Info(*row) for row in INFO_ROW.findall(RULES_DEF.read_text())}


def load_about(rule: str) -> dict:
    """What the rule's scenario says about the rule: `about` of its file, empty if there is none."""
    return yaml.safe_load((RULE_SCENARIOS / f"{rule}.yaml").read_text()).get("about", {})


def load_info_prose() -> dict:
    """Information item id -> its prose."""
    return yaml.safe_load(INFO_PROSE.read_text())


def load_rules() -> dict:
    """Rule id -> Rule, in the order of rules.def."""
    rules = {}
    for number, line in enumerate(RULES_DEF.read_text().splitlines(), 1):
        line = line.strip()
        if row := ROW.match(line):
            rules[row[1]] = Rule(*row.groups())
        elif row := INFO_ROW.match(line):
            continue
        elif row := ALSO.match(line):
            rules[row[1]].also.append(row[2])
        elif row := OFF_BY_DEFAULT.match(line):
            rules[row[1]].off_by_default = True
        elif row := NEEDS_FUTURE.match(line):
            rules[row[1]].needs_future = True
        elif line.startswith(("RULE(", "INFO(", "ALSO(", "OFF_BY_DEFAULT(", "NEEDS_FUTURE(")):
            raise ValueError(f"{RULES_DEF}:{number}: a row that this test cannot read: {line}")
    return rules


def every_rule_on(with_keys=True) -> list:
    """Options by which tshark asks every rule, and knows the keys of dsmipgen's actors."""
    keys = [("any", "198.51.100.77", "0x100", "mn1-ha secret"), ("any", "198.51.100.78", "0x101", "mn2-ha secret"),
            ("203.0.113.9", "198.51.100.77", "0x200", "mn1-fa secret"),
            ("203.0.113.9", "198.51.100.78", "0x201", "mn2-fa secret"), ("any", "203.0.113.9", "0x300", "fa-ha secret")]
    on = [f"{rule.id}={rule.severity.lower()}" for rule in load_rules().values() if rule.off_by_default]
    options = [f"dsmipv4.severities:{','.join(on)}"]
    if with_keys:
        options += [f'uat:dsmipv4_keys:"{agent}","{peer}","{spi}","hmac-md5","{secret}"'
                    for agent, peer, spi, secret in keys]
    return [arg for option in options for arg in ("-o", option)]
