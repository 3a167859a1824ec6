# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules that have more than one severity: which one each packet of their scenarios gets, as doc/rules.md says."""

import pytest

import dsmipgen
import sessions
from dsmipv4_rules import load_rules
from test_central import dissect

RULES = load_rules()

# Rule -> step of its violation or near miss -> severity.
EXPECTED = {
    "auth_multiple": {  # RFC 5944 allows several in a request; one with MN-AAA is usual
        "violation": {"request_twice": "NOTE", "reply_twice": "WARN"}, "near_miss": {"request": "CHAT"}},
    "auth_size": {  # type 36 must have 16 bytes, the size of the others depends on the algorithm
        "violation": {"request": "NOTE", "request_long_layout": "WARN"}, "near_miss": {"request_again": "NOTE"}},
    "auth_bad": {  # "reply" denies with a code that reports an authentication failure
        "violation": {"request": "ERROR", "reply": "NOTE", "reply_bad": "ERROR", "request_to_fa": "ERROR"}},
    "auth_accepted_bad": {  # an exchange before proves the key, but it may have been changed
        "violation": {"reply": "ERROR", "reply_bare": "ERROR", "reply_unlike_proven": "WARN"}},
    "utrq_length": {"violation": {"request": "ERROR", "request_subtype": "NOTE"}},
    "utrp_length": {  # "reply" sets reserved bits
        "violation": {"reply": "WARN", "reply_short": "ERROR", "reply_subtype": "NOTE"}},
    "mode_fa_coa": {  # at the home agent the D flag may have been forgotten
        "violation": {"request_to_fa": "ERROR", "request_to_ha": "WARN"}},
    "rrq_rate": {  # movement and further interfaces excuse haste
        "violation": {"request_hasty": "WARN", "request_moved": "NOTE", "request_other_interface": "NOTE"}},
    "ident_order": {
        "violation": {"request_back": "WARN", "request_equal": "WARN", "request_overtaken": "NOTE"}},
    "life_after_69": {  # another lifetime than before: the node knows of the denial
        "violation": {"request_again": "NOTE", "request_stubborn": "WARN"}},
    "dynha_mismatch": {  # one reply shows that the extension is missing
        "violation": {"reply": "WARN", "reply_open": "WARN", "reply_silent": "ERROR"}},
    "utrq_encap_dsmip": {"violation": {"request": "ERROR", "request_hoa_mode": "WARN"}},
    "rep_dup": {"violation": {"reply": "ERROR"}, "near_miss": {"reply_neither_asked": "NOTE"}},
    "id_low": {"violation": {"reply": "ERROR", "reply_older": "WARN", "reply_late": "NOTE"}},
    "id_resync": {  # an accepted timestamp shows that the capture's clock is right
        "violation": {"reply": "NOTE", "reply_again": "WARN"}},
    "ll_before_hoa": {  # a warning where the end of the registration was seen; a denial ends none
        "violation": {"request": "NOTE", "request_deregistered": "WARN", "request_denied": "NOTE",
                      "request_expired": "WARN"}},
    "prefix_overlap": {  # each home agent checks for itself
        "violation": {"reply_mn2": "ERROR", "reply_wider": "ERROR", "reply_same": "ERROR", "reply_elsewhere": "NOTE"}},
    "tun_minenc_ipv6": {"violation": {"data_to_mn": "ERROR", "data_from_mn": "WARN"}},
    "minenc_fragment": {  # receivers ignore the reserved bits
        "violation": {"data_to_mn": "WARN", "data_from_mn": "WARN", "fragment_to_mn": "ERROR"}},
    "tun_outer_length": {"violation": {"data_to_mn": "WARN"}, "near_miss": {"data_to_mn": "CHAT"}},
    "tun_mtu": {"violation": {"data_to_mn": "NOTE", "data_from_mn": "WARN"}},
    "tun_src_invalid": {
        "violation": {"data_from_mn": "ERROR", "loopback": "WARN", "compatible": "WARN", "mapped": "WARN",
                      "echo_from_unspecified": "WARN"}},
    "mld_direction": {  # a router may listen itself
        "violation": {"query_from_mn": "WARN", "report_from_ha": "NOTE"}},
    "gre_reserved": {  # receivers discard bits 1, 4 and 5, and ignore the others
        "violation": {"data_to_mn": "WARN", "data_from_mn": "WARN", "strict_source_route": "ERROR"}},
    "tun_ecn": {
        "violation": {"data_to_mn": "WARN", "data_from_mn": "NOTE", "outer_pair": "WARN", "worst_pair": "WARN"},
        "near_miss": {"limited_functionality": "CHAT"}},
    "natt_nexthdr": {
        "violation": {"data_to_mn": "ERROR", "ipv4_as_ipv6": "ERROR", "gre_not_asked": "ERROR", "no_ip": "ERROR"},
        "near_miss": {"gre_to_mn": "NOTE"}},
    "natt_frag": {  # an initial TTL shows that the sender itself fragmented it
        "violation": {"second_fragment": "WARN"}, "near_miss": {"forwarded_second_fragment": "NOTE"}},
    "tun_hoa_expected": {
        "violation": {"data_to_mn": "ERROR", "data_from_mn": "WARN", "data_in_gre": "ERROR"}},
    "tun_coa_expected": {"violation": {"data_to_mn": "WARN", "data_from_mn": "NOTE"}},
    "tun_fa_coa_direct": {"violation": {
        "data_ha_to_fa": "ERROR", "data_fa_to_ha": "WARN", "unknown_destination": "WARN", "multicast": "WARN"}},
    "tun_expired": {  # a refresh may not have been captured, unlike the one after it; both ends go on: it was not, likely
        "violation": {"data_after_expiry": "NOTE", "data_after_another_lifetime": "WARN",
                      "data_from_mn_after_expiry": "NOTE"}},
    "tun_no_binding": {  # a denial leaves what was registered before the capture (RFC 3344 3.7.2)
        "violation": {"data_after_deregistration": "WARN", "data_from_mn_after_deregistration": "WARN",
                      "data_to_home_address": "WARN", "data_after_denial": "NOTE", "data_to_former_address": "WARN"}},
    "tun_inner_src": {
        "violation": {"source_of_other_node": "ERROR", "source_of_nobody": "WARN",
                      "source_of_other_node_mn2": "ERROR"}},
    "tun_inner_src_ipv4": {
        "violation": {"source_care_of_address": "WARN", "source_of_other_node": "ERROR",
                      "destination_of_other_node": "WARN", "destination_of_nobody": "NOTE"},
        "near_miss": {"from_unknown_via_fa": "CHAT"}},
    "tun_inner_dst": {
        "violation": {"destination_of_other_node": "WARN", "destination_of_other_node_mn2": "WARN"},
        "near_miss": {"destination_of_nobody": "CHAT", "destination_at_home": "CHAT"}},
    "tun_encap_reverse": {  # IP in IP is always supported
        "violation": {"data_from_mn": "WARN", "data_in_minimal": "WARN", "data_without_gre": "NOTE"}},
    "natt_mode": {
        "violation": {"data_to_mn": "ERROR", "data_from_mn": "WARN", "data_in_coa_mode": "WARN",
                      "data_from_mn_in_coa_mode": "NOTE"}},
    "natt_keepalive_port": {  # a NAT may have lost the mapping
        "violation": {"keepalive": "NOTE", "keepalive_inside": "WARN"}},
    "natt_ports": {  # with the R flag the port may change, the address may not
        "violation": {"data_from_mn": "WARN", "data_to_mn_elsewhere": "WARN", "data_from_elsewhere": "ERROR"}},
    "ll_via_coa": {
        "violation": {"link_local_data": "ERROR", "neighbor_solicitation": "ERROR", "link_local_data_later": "WARN"}},
    "dhcp6_via_coa": {"violation": {"solicit": "ERROR", "advertise": "ERROR", "renew": "WARN"}},
}


def test_every_rule_of_several_severities_is_there():
    assert set(EXPECTED) == {rule.id for rule in RULES.values() if rule.also}


@pytest.mark.parametrize("part", ["violation", "near_miss"])
@pytest.mark.parametrize("rule", EXPECTED)
def test_severity(rule, part):
    frames = dissect(dsmipgen.write(rule if part == "violation" else f"{rule}.near_miss"))
    raised = {frame.step: severity for frame in frames for id, severity, _ in frame.experts if id == rule}
    assert raised == EXPECTED[rule].get(part, {})


@pytest.mark.parametrize("nat, judged", [("auto", False), ("none", True)])
def test_nat(nat, judged):
    """Without any NAT, each address must be the right one, private or not."""
    program = sessions.Sharkd(("-o", f"dsmipv4.nat:{nat}"))
    raised = program.load(dsmipgen.write("reply_addr.near_miss")).rules()
    program.close()
    assert ("reply_addr" in set().union(*raised.values())) == judged
