# SPDX-License-Identifier: GPL-2.0-or-later
"""rules.def, the plugin, the generator's scenarios and the prose name the same rules, and the rows are consistent."""

import re
from collections import Counter

import pytest

import dsmipgen
from dsmipv4_rules import load_about, load_info_prose, load_infos, load_rules
from dsmipv4_tshark import ROOT, tshark

RULES = load_rules()
SCENARIOS = ROOT / "gen" / "scenarios" / "rules"

# Fields that others filter by: they keep their names and types.
FIELDS = {
    "dsmipv4.ext": "FT_NONE",
    "dsmipv4.ext.type": "FT_UINT8",
    "dsmipv4.ext.length": "FT_UINT8",
    "dsmipv4.ext.subtype": "FT_UINT8",
    "dsmipv4.prefix": "FT_IPv6",
    "dsmipv4.prefix_len": "FT_UINT8",
    "dsmipv4.code": "FT_UINT8",
    "dsmipv4.reserved": "FT_UINT8",
    "dsmipv4.mode": "FT_STRING",
    "dsmipv4.rule": "FT_STRING",
}

# Generated fields, which others filter by, too.
FIELDS |= {f"dsmipv4.{name}": kind for kind, names in {
    "FT_FRAMENUM": "request_in response_in relay_of relayed_in binding.created_in binding.refreshed_in "
                   "binding.removed_in binding.frame",
    "FT_RELATIVE_TIME": "response_time response_time_first binding.age binding.remaining binding.since_expired",
    "FT_ABSOLUTE_TIME": "binding.expires_at",
    "FT_IPv4": "requested_ha redirected_ha tunnel.ha tunnel.hoa tunnel.coa tunnel.expected_coa",
    "FT_IPv6": "tunnel.prefix",
    "FT_UINT8": "tunnel.prefix_len",
    "FT_STRING": "replay auth tunnel.mode tunnel.expected tunnel.direction tunnel.encap node "
                 "prefix_with_len tunnel.prefix_with_len",
}.items() for name in names.split()}

# Information items: severity, and the expert group of some.
INFOS = {
    **dict.fromkeys("hoa_mode_despite_request dereg_all dereg_coa dereg_prefix lifetime_reduced "
                    "simultaneous_unsupported mode_changed handoff nat_detected retransmission relay_copy not_seen "
                    "ll_stage mld double_encap_overhead df_dynamic implicit_mode".split(), "CHAT"),
    **dict.fromkeys("partial_accept prefix_rejected".split(), "NOTE"),
    "state_unread": "ERROR",
}
INFO_GROUPS = {"state_unread": "PROTOCOL", "prefix_rejected": "RESPONSE_CODE", "not_seen": "ASSUMPTION"}

@pytest.fixture(scope="module")
def registered():
    """Field -> type of everything under dsmipv4 that tshark knows."""
    rows = [line.split("\t") for line in tshark(["-G", "fields"]).splitlines()]
    return {row[2]: row[3] for row in rows if row[0] == "F" and row[2].startswith("dsmipv4")}


def test_plugin_has_every_rule(registered):
    filters = {name.removeprefix("dsmipv4.rule.") for name in registered if name.startswith("dsmipv4.rule.")}
    assert filters == set(RULES)


def test_generator_has_every_rule():
    assert list(dsmipgen.rules()) == list(RULES)


def test_every_rule_has_a_scenario_and_no_scenario_is_left_over():
    assert {path.stem for path in SCENARIOS.glob("*.yaml")} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_scenario_has_violation_and_near_miss(rule):
    text = (SCENARIOS / f"{rule}.yaml").read_text()
    keys = Counter(re.findall(r"^(violation|near_miss):", text, re.MULTILINE))
    assert keys == {"violation": 1, "near_miss": 1}


ABOUT = {rule: load_about(rule) for rule in RULES}
ABOUT_KEYS = ["wrong", "right", "matters", "causes", "not_judged"]
INFO_KEYS = ["says", "use"]


def is_prose(text):
    """Words that end as a sentence does, without line breaks or double blanks."""
    return isinstance(text, str) and text == " ".join(text.split()) and len(text.split()) > 2 and text.endswith(".")


@pytest.mark.parametrize("rule", RULES)
def test_rule_is_explained(rule):
    assert list(ABOUT[rule]) == ABOUT_KEYS, f"`about` in gen/scenarios/rules/{rule}.yaml"
    assert [key for key, text in ABOUT[rule].items() if not is_prose(text)] == []


@pytest.mark.parametrize("key", ABOUT_KEYS)
def test_no_two_rules_are_explained_alike(key):
    texts = Counter(about.get(key) for about in ABOUT.values())
    assert [text for text, n in texts.items() if n > 1] == []


def test_rules_named_in_prose_exist():
    """What looks like an id of a rule in the prose is one."""
    known = set(RULES) | {f"dsmipv4.rule.{rule}" for rule in RULES} | {f"info.{info}" for info in load_infos()}
    prose = [*(text for about in ABOUT.values() for text in about.values()),
             *(text for entry in load_info_prose().values() for text in entry.values())]
    named = {name for text in prose for name in re.findall(r"`([a-z][a-z0-9.]*_\w+)`", text)}
    assert named - known - {"nat_detected", "dsmipv4_keys", "dsmipv4.bindings_file"} == set()


def test_information_items_are_explained():
    prose = load_info_prose()
    assert list(prose) == list(load_infos())
    for info, texts in prose.items():
        assert list(texts) == INFO_KEYS, info
        assert [key for key, text in texts.items() if not is_prose(text)] == [], info


def test_fields_of_the_contract(registered):
    assert {name: registered.get(name) for name in FIELDS} == FIELDS


def test_information_items(registered):
    text = (ROOT / "plugin" / "core" / "rules" / "rules.def").read_text()
    rows = re.findall(r"^INFO\((\w+), \w+, [A-Z_0-9| ]+, (\w+), (\w+), ", text, re.MULTILINE)
    assert {id: severity for id, _, severity in rows} == INFOS
    assert {id: group for id, group, _ in rows if id in INFO_GROUPS} == INFO_GROUPS
    assert {registered.get(f"dsmipv4.info.{id}") for id in INFOS} == {"FT_NONE"}


def test_expert_filters_are_expert_items(registered):
    assert {registered[f"dsmipv4.rule.{rule}"] for rule in RULES} == {"FT_NONE"}


def test_off_by_default():
    """Checksum offload, lost packets, the mobile node's side of a NAT, and tunnels that find their MTU dynamically
    would make these speak wrongly; few captures show both sides of a tunnel."""
    assert {rule.id for rule in RULES.values() if rule.off_by_default} == {
        "udp_cksum_bad", "rrq_backoff", "utrp_assent_no_nat", "tun_df", "tun_hop_decrement", "natt_keepalive_late"}


def test_sources_are_rfc_sections():
    """A source is "5454 2.1, 2.2; IANA Mobile IPv4 Numbers": RFC numbers and sections, or a registry."""
    one = r"(\d{4} [0-9A-Za-z.]+(, [0-9A-Za-z.]+)*|IANA Mobile IPv4 Numbers)"
    for rule in RULES.values():
        assert re.fullmatch(f"{one}(; {one})*", rule.source), f"{rule.id}: {rule.source!r}"


OBSOLETE = {"2460": "8200", "3344": "5944", "3633": "8415", "3775": "6275"}


def test_obsolete_rfcs_are_not_cited():
    """The RFC that replaced another is cited, unless it dropped what the rule is about."""
    dropped = {("auth_multiple", "3344")}
    cited = {(rule.id, part.split()[0]) for rule in RULES.values() for part in rule.source.split("; ")}
    assert {(rule, rfc) for rule, rfc in cited if rfc in OBSOLETE} == dropped
