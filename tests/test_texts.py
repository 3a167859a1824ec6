# SPDX-License-Identifier: GPL-2.0-or-later
"""The text of each broken rule names what is wrong in its violation. One pass over all of them, about 40 s of a processor.

Lists have the titles of rules instead, so that one cause is one line of them.

The values are those of the scenarios and of the RFCs' fields, written by hand.
"""

import json
import re

import pytest

import dsmipgen
import sessions
from dsmipv4_rules import every_rule_on, load_rules
from dsmipv4_tshark import ROOT, checked, scratch, tshark

# Rule -> what its text must contain: the value that is wrong and, where one is right, that.
VALUES = {
    "udp_port": "5434, should be 434",
    "udp_cksum_zero": "0x0000 (none), should be 0x",
    "udp_cksum_bad": "should be 0x",
    "msg_short": "3 bytes, should have at least the 4",
    "ext_trailing": "0xc8",
    "auth_missing": "should be a Mobile-Home Authentication (type 32)",
    "auth_multiple": "2 Mobile-Home Authentication extensions, should be one",
    "ext_overrun": "Length 20 with 19 bytes left",
    "ext_nonskip_unknown": "type 120 is unassigned",
    "ext152_empty": "Length is 0, should be at least 1",
    "req_length": "17, should be 18",
    "rep_length": "18, should be 20",
    "mode_length": "1, should be 2",
    "subtype_reserved": "subtype 4 is reserved, should be 1, 2 or 3",
    "req_in_wrong_msg": "message of type 3, should be in a registration request",
    "rep_in_wrong_msg": "message of type 1, should be in a registration reply",
    "mode_in_wrong_msg": "message of type 3, should be in a registration request",
    "rep_reserved": "0x01, should be 0",
    "mode_reserved": "0x01, should be 0",
    "code_reserved": "code 2 is reserved for acceptance, should be 0 or 1",
    "prefix_bits": "beyond /48 are set: 2001:db8:a::1, should be 2001:db8:a::",
    "prefix_len_range": "129, should be 0 to 128, or 255",
    "ll_not_linklocal": "255 with 2001:db8::1, should be with a link-local",
    "ll_len": "fe80::/64 is link-local, should have prefix length 255",
    "ll_format": "fe80:1::1 are set, should be 0",
    "prefix_multicast": "ff05::/16 is multicast",
    "prefix_loopback": "::1/128 is the loopback address",
    "prefix_unspecified": "::/64 is unspecified",
    "prefix_default": "::/0 covers every other",
    "prefix_v4mapped": "::ffff:192.0.2.0/120 is IPv4-mapped",
    "prefix_v4compat": "::192.0.2.0/120 is IPv4-compatible",
    "prefix_scope": "is site-local, should be global",
    "prefix_host": "2001:db8:a::1/128 is a single address",
    "auth_short": "is 3, should be at least 4",
    "auth_size": "should have the 16 of HMAC-MD5",
    "auth_spi": "SPI 255 is reserved, should be at least 256",
    "auth_bad": "does not verify with the key for SPI 0x100",
    "ext_order": "(type 33) is before the Mobile-Home Authentication, should be after it",
    "utrq_length": "5, should be 6",
    "utrq_reserved": "Reserved 1 of the UDP Tunnel Request is 0x01, should be 0",
    "utrq_reserved3": "0x0001, should be 0",
    "utrq_encap_value": "encapsulation 50, should be 0, 4, 47 or 55",
    "utrp_length": "0x0001 of the UDP Tunnel Reply are set, should be 0",
    "utrp_in_request": "(type 44) in a registration request, should be in a reply",
    "mne_prefix_len": "33, should be 1 to 32",
    "rrq_reserved_bits": "0x01 of the request are set, should be 0",
    "mode_no_prefix": "without an IPv6 prefix request",
    "mode_m_only": "with M and without G (flags 0x32)",
    "mode_dup": "number 2 of the request, should be the only one",
    "mode_fa_coa": "203.0.113.9 of a foreign agent (D flag 0)",
    "req_ext_after_auth": "after the Mobile-Home Authentication that should cover it, should be before it",
    "req_dup_prefix": "2001:db8:a::/48 is requested twice, should be once",
    "req_overlap_self": "overlaps 2001:db8:a::/48 of the same request",
    "ll_no_hoa": "home address 0.0.0.0, should be after",
    "dereg_with_prefix": "(lifetime 0) names 2001:db8:a::/48",
    "fhae_dereg": "(type 34) on a deregistration (lifetime 0)",
    "fhae_foreign_coa": "(type 34) for the co-located care-of address 192.0.2.33 (D flag 1)",
    "rrq_coa_is_hoa": "198.51.100.77 equals the home address, with lifetime 600 s",
    "rrq_d_at_home": "D flag is 1, should be 0",
    "rrq_addr_kind": "224.0.0.11 is not a unicast host address",
    "rrq_hoa_zero_no_nai": "0.0.0.0, should be with a Mobile Node NAI (type 131)",
    "rrq_src_coloc": "192.0.2.200",
    "rrq_src_fa": "192.0.2.9, should come from the home address 198.51.100.77",
    "rrq_ttl_mcast": "TTL 64, should be 1",
    "rrq_ttl_rt": "TTL 64, should be 255",
    "rrq_rate": "0.200 s after the one in frame",
    "rrq_backoff": "after 1.000 s, should be after at least 2.000 s",
    "ident_reuse": "0xed00378000000000 is reused from the request in frame 1",
    "ident_order": "0xed00378300000000 should be greater than 0xed00378500000000",
    "ident_clock": "60 s behind the time of capture, should be within 7 s",
    "life_after_69": "600 s requested, should be at most the 300 s that the foreign agent 203.0.113.9 offered in its denial (code 69) in frame 2",
    "eds_no_t": "T flag 0 (flags 0x00), should be 1",
    "eds_order": "before the Mobile-Home Authentication, should be after it",
    "eds_length": "1, should be 0",
    "eds_relayed": "by the foreign agent 203.0.113.9, should be removed",
    "utrq_encap_dsmip": "encapsulation 4 along with IPv6 prefixes, should be 0",
    "utrq_no_d": "D flag 0 (flags 0x02), should be 1",
    "utrq_fa_d": "D flag 1",
    "utrq_fa_src": "10.0.0.2, should come from the care-of address 10.0.0.1",
    "utrq_no_t": "T flag 0 (flags 0x20), should be 1",
    "utrq_public_coa": "public care-of address 192.0.2.33",
    "mne_order": "after the Mobile-Home Authentication, should be before it",
    "code_unknown": "code 63 is unassigned",
    "reply_denied": "code 64 (reason unspecified)",
    "dynha_mismatch": "198.51.100.2, should be 198.51.100.1, the Requested HA of the request in frame 1",
    "rep_ext_after_auth": "after the Mobile-Home Authentication that should cover it, should be before it",
    "rep_accept_in_deny": "2001:db8:a::/48 accepted with code 0 in a reply that denies the registration with code 129 (administratively prohibited)",
    "rep_dup": "Second reply for 2001:db8:a::/48, should be one",
    "rep_in_dereg": "2001:db8:a::/48 accepted with code 0 in a reply with lifetime 0",
    "rep_by_fa": "denial with code 65 (administratively prohibited)",
    "rep_ll_coa": "Code 1 for the link-local address fe80::c633:644d",
    "utrp_order": "after the Mobile-Home Authentication, should be before it",
    "utrp_keepalive": "5 s, should be at least 10 s, or 0",
    "code_agent": "code 65 (administratively prohibited) of a foreign agent",
    "utrp_unrequested": "code 64, but the request in frame 2 has no UDP Tunnel Request",
    "utrp_missing": "comes from 192.0.2.200, not from its care-of address 10.0.0.33",
    "utrp_force": "1, should be 0 as in the request in frame 1",
    "utrp_assent_no_nat": "code 0, should be declined",
    "reply_unsolicited": "but no request with it was seen, the latest is 0xed00378000000000 in frame 1",
    "id_low": "0x00000001, should be 0x00000000 as in the request in frame 1",
    "id_high": "0xed003781, should be 0xed003780 as in the request in frame 1",
    "id_resync": "0xed003744 as in the request in frame 1, which is 60 s behind the time of capture",
    "lifetime_increase": "601 s granted, should be at most the 600 s requested in frame 1",
    "dereg_lifetime": "600 s granted to the deregistration in frame 5, should be 0",
    "zero_grant": "lifetime 0, which deregisters; 600 s were requested in frame 1",
    "hoa_mismatch": "198.51.100.79, should be 198.51.100.77 as in the request in frame 1",
    "ha_mismatch": "198.51.100.2, should be 198.51.100.1 as in the request in frame 1",
    "reply_addr": "port 50000, should go to 434",
    "rep_not_requested": "2001:db8:c::/48, but requested in frame 1: 2001:db8:a::/48",
    "rep_len_mismatch": "2001:db8:a::/64, should be for 2001:db8:a::/48 as requested in frame 1",
    "rep_missing_some": "2001:db8:d::/48 requested in frame 1: rejected",
    "ha_no_support": "2001:db8:a::/48 requested in frame 1: the home agent 198.51.100.1 does not support",
    "coa_mode_unasked": "Code 1 for 2001:db8:a::/48",
    "coa_mode_fa": "foreign agent's care-of address 203.0.113.9, should be 0",
    "nonskip_accepted": "Code 0 accepts the request in frame 1, which has an extension of the unassigned non-skippable type 120",
    "reserved_accepted": "reserved flags 0x01 set, should be code 134 (poorly formed request)",
    "auth_accepted_bad": "Code 0 accepts the request in frame 1, whose authenticator does not verify",
    "dup_lifetime": "600 s granted to a duplicate request, should be at most 595 s",
    "relay_request_modified": "request in frame 1: flags are 0x00, were 0x02",
    "relay_reply_modified": "reply in frame 3: an extension differs",
    "relay_not_stripped": "(type 33) of the request in frame 1",
    "relay_dst": "198.51.100.2, should be relayed to the home agent 198.51.100.1",
    "ll_before_hoa": "fe80::c633:644d requested",
    "revoke_after_expiry": "expired 59.8 s ago (registered in frame 3 for 600 s)",
    "fa_deny_copy": "0xed003781, should be 0xed003780",
    "prefix_overlap": "2001:db8:a:1::/64 overlaps 2001:db8:a::/48 of the mobile node 198.51.100.77 (registered in frame 2)",
    "mode_mixed": "2001:db8:d::/48 accepted with code 0, should be code 1 as for 2001:db8:a::/48",
    "tun_minenc_ipv6": "(protocol 55) of IPv6",
    "tun_ip4_carries_ip6": "Protocol 4 carries IPv6, should be protocol 41",
    "tun_outer_addr": "224.0.0.1 is not a unicast host address",
    "tun_outer_options": "4 bytes of options, should have none",
    "tun_outer_length": "100, should be at most 90",
    "tun_mtu": "1500 bytes, should have at most 1480",
    "tun_df": "Don't Fragment is 1, should be 0",
    "tun_frag": "IPv6 of 1300 bytes was fragmented",
    "tun_src_invalid": "ff02::1 is multicast",
    "tun_hop_zero": "0, should be at least 1",
    "tun_nd_hoplimit": "64, should be 255",
    "tun_nd_lladdr": "(type 1) of Neighbor Discovery",
    "tun_ecn": "ECT(0), should be Not-ECT",
    "tun_dscp": "0, should be 46 as inside",
    "tun_ip4_df": "0 outside, should be 1 as inside",
    "tun_ip4_tos": "0, should be 46 as in the IPv4 header inside",
    "tun_loop": "198.51.100.1 to 198.51.100.77 inside a tunnel with the same ends",
    "gre_version": "1, should be 0",
    "gre_reserved": "0x0008 of the GRE header are set, should be 0",
    "gre_checksum": "0x5f1c, should be 0x5f1b",
    "gre_proto": "0x0800, should be 0x86dd",
    "natt_nexthdr": "4, should be 41",
    "natt_reserved": "0x0001, should be 0",
    "natt_frag": "of 1300 bytes was fragmented after encapsulation (TTL 64)",
    "sig_tunnelled": "198.51.100.77 is tunneled through its own tunnel",
    "mld_not_hoa": "to the care-of address 192.0.2.33, should be to the home address 198.51.100.77",
    "mld_hoplimit": "64, should be 1",
    "mld_src": "::, should come from a link-local address",
    "mld_router_alert": "type 130 without a Router Alert",
    "mld_dst": "goes to ff02::2, should go to ff02::1",
    "mld_direction": "MLD query from the node, should come from the home agent",
    "ptb_below_1280": "1260, should be at least 1280",
    "tun_encap_forward": "GRE (protocol 47) to the node, should be IP in IP",
    "natt_encap": "4, should be 47",
    "dhcp6_before_ll": "from fe80::c633:644d",
    "tun_hoa_expected": "to the care-of address 192.0.2.33, should be to the home address 198.51.100.77 (registered in frame 2)",
    "tun_coa_expected": "to the home address 198.51.100.77, should be to the care-of address 192.0.2.33 (registered in frame 2)",
    "tun_fa_coa_direct": "203.0.113.9 of a foreign agent, should be to the home address 198.51.100.77",
    "tun_implicit_coa": "192.0.2.33, should be to the home address 198.51.100.77: no prefix is registered",
    "tun_no_binding": "192.0.2.33, but its binding was deregistered in frame 6",
    "tun_expired": "192.0.2.33, but its binding expired 4.9 s ago (registered in frame 2 for 600 s)",
    "tun_prefix_rejected": "2001:db8:d::/48 is tunneled, but was rejected with code 9 (administratively prohibited) in frame 2",
    "tun_prefix_removed": "2001:db8:d::/48 was omitted from the re-registration in frame 8",
    "tun_outer_src": "203.0.113.200, should be the care-of address 192.0.2.33 or the home address 198.51.100.77",
    "tun_inner_src": "2001:db8:b::1 is under a prefix of another mobile node, 198.51.100.78",
    "tun_inner_src_ipv4": "192.0.2.33 is the care-of address, should be the home address 198.51.100.77",
    "tun_inner_dst": "2001:db8:b::1 is under a prefix of another mobile node, 198.51.100.78",
    "tun_ha_addr": "198.51.100.3, should be the home agent 198.51.100.1",
    "tun_encap": "Protocol 41 is used, should be GRE (protocol 47)",
    "tun_encap_reverse": "GRE (protocol 47) to the home agent, should be IP in IP",
    "gre_key": "0x00002222, should be 0x00001111 as registered in frame 2",
    "tun_dscp_outer": "Outer DSCP is 0, should be 46",
    "tun_mcast_form": "to the home address 198.51.100.77, should be to the care-of address 192.0.2.33",
    "tun_hoa_encap": "GRE (protocol 47) between home agent and home address, should be protocol 41",
    "natt_no_assent": "was not granted (registered in frame 2)",
    "natt_not_used": "Protocol 41 is used, should be UDP tunneling",
    "natt_mode": "192.0.2.200, should be to the home address 198.51.100.77",
    "natt_ports": "50435, should be 50434, where the request in frame 1 came from",
    "natt_keepalive_port": "50435, should be 50434, where the request in frame 1 came from",
    "natt_keepalive_unanswered": "3 keepalives before this one had no echo reply",
    "natt_keepalive_form": "from the home address 198.51.100.77 to the home agent 198.51.100.1",
    "natt_keepalive_late": "should be at most the keepalive interval of",
    "rt_no_t": "T flag 0 (registered in frame 3)",
    "rt_delivery": "without encapsulation in frame 7",
    "ll_not_registered": "but no link-local address is registered",
    "ll_via_coa": "192.0.2.33, should be from the home address 198.51.100.77",
    "ll_wrong_source": "fe80::2, should be fe80::c633:644d (registered in frame 4)",
    "dhcp6_via_coa": "192.0.2.33, should be from the home address 198.51.100.77",
    "minenc_fragment": "0x01 of the minimal forwarding header are set, should be 0",
    "prefix_nd_onlink": "2001:db8:a::77 is looked for among the neighbors, but 2001:db8:a::/48 is registered",
    "prefix_ra_onlink": "2001:db8:a::/64 is advertised as on-link, but 2001:db8:a::/48 is registered for the mobile node 198.51.100.77",
    "tun_hop_decrement": "before the tunnel, in frame",
}

# What needs the capture to its end: tests/unit has their texts.
ELSEWHERE = {"no_reply", "pd_not_registered"}

pytestmark = pytest.mark.xdist_group("test_texts")  # all violations are seen once

# A text, with the source at its end; texts of one frame are separated by commas.
TEXT = re.compile(r"(?:^|(?<=\]),)(.+? \[(?:RFC|advice)[^]]*\])(?=,|$)")


@pytest.fixture(scope="module")
def texts():
    """Rule -> the texts that its violation gives it."""
    captures = {rule: dsmipgen.write(rule) for rule in VALUES}
    rows = sessions.fields(tuple(captures.values()), ("dsmipv4.rule", "dsmipv4.rule_text"), tuple(every_rule_on()))
    found = {}
    for rule, capture in captures.items():
        pairs = [(names.split(","), TEXT.findall(words)) for names, words in rows[capture] if names]
        assert all(len(names) == len(words) for names, words in pairs), pairs
        found[rule] = [text for names, words in pairs for name, text in zip(names, words) if name == rule]
    return found


def test_every_rule_has_a_value():
    assert set(VALUES) | ELSEWHERE == set(load_rules())


@pytest.mark.parametrize("rule", VALUES)
def test_text_names_what_is_wrong(rule, texts):
    assert any(VALUES[rule] in text for text in texts[rule]), texts[rule]


@pytest.mark.parametrize("rule", VALUES)
def test_text_is_plain(rule, texts):
    """The RFC's spelling, frames with their role, and a source at the end."""
    for text in texts[rule]:
        assert not re.search(r"tunnell|\(frame \d|\bMHAE\b|\bMFAE\b|is no ", text)
        assert re.search(r"\[(RFC|advice)[^]]*\]$", text)


def keys(tree) -> set:
    """All keys of a JSON document."""
    if isinstance(tree, list):
        return set().union(*map(keys, tree))
    return set(tree).union(*map(keys, tree.values())) if isinstance(tree, dict) else set()


# Rule -> a scenario that breaks it, how many frames of its 300 nodes do, and the rule's title in lists. One is broken by
# replies, one by two tunneled packets of each node.
CAUSES = {"ha_no_support": ("ha_no_support", 300, "No prefix reply: the home agent does not support IPv6 extensions "
                                                  "[RFC 5454 2.2, 3.2, 3.5]"),
          "tun_no_binding": (ROOT / "doc" / "examples" / "old_tunnel.yaml", 600,
                             "IPv6 is tunneled without a binding [RFC 5944 4.2.3; RFC 3519 4.7; RFC 5454 3.3.2]")}


@pytest.mark.parametrize("rule", CAUSES)
def test_one_cause_of_many_nodes(rule):
    """It is one key in JSON, and one line of -z expert."""
    scenario, count, title = CAUSES[rule]
    capture = scratch() / f"{rule}-300.pcapng"
    checked(dsmipgen.dsmipgen("write", scenario, "--nodes", "300", "-w", capture))
    capture.chmod(0o644)
    args = ["-n", "-r", capture, "-Y", f"dsmipv4.rule.{rule}"]
    frames = json.loads(tshark([*args, "-T", "json"]))
    assert len(frames) == count
    assert keys(frames) == keys(frames[:2]), "a key depends on the node"
    assert not [key for key in keys(frames) if "RFC" in key], "a key is a sentence"
    texts = tshark([*args, "-T", "fields", "-e", "_ws.expert.message", "-e", "dsmipv4.rule_text", "-E", "occurrence=l"])
    assert all(message == text for message, text in (line.split("\t") for line in texts.splitlines()))
    table = tshark(["-n", "-r", capture, "-q", "-z", f"expert,note,dsmipv4.rule.{rule}"])
    ours = [line.split(None, 3) for line in table.splitlines() if "DSMIPv4" in line]
    assert [(int(line[0]), line[3]) for line in ours] == [(count, title)]
