// SPDX-License-Identifier: GPL-2.0-or-later
// Information items about tunneled packets.
#include "util/bytes.h"
#include "rules/tunnel/tunnel.h"

static bool say_at(dsmipv4_answer_t *f, const dsmipv4_outer_t *layer, const char *words)
{
	f->offset = layer->offset;
	f->length = layer->header_len;
	f->words = words;
	return true;
}

bool dsmipv4_info_not_seen(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return c->match->n_candidates == 0 && c->match->tunneling_mode != DSMIPV4_TUNNELING_FA_COA_DIRECT &&
	       say_at(f, c->match->adjacent, "IPv6 is tunneled, but no registration was seen in this capture");
}

bool dsmipv4_info_implicit_mode(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!is_live(c) || !c->candidate->implicit || !is_hoa_mode(c))
		return false;
	const char *words = wmem_strdup_printf(
		c->alloc, "No prefix is registered, so implicit mode is assumed (home address registered %s)",
		dsmipv4_binding_text(c));
	return say_at(f, c->match->adjacent, words);
}

bool dsmipv4_info_ll_stage(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!is_live(c) || !is_link_local_stage(c))
		return false;
	const char *words = "Only a link-local address is registered so far";
	if (ipv6(c)->n_prefixes > 0 && ipv6(c)->dhcp_type)
		words = wmem_strdup_printf(c->alloc,
					   "Only a link-local address is registered so far; DHCPv6 is about %s",
					   dsmipv4_prefix_text(c->alloc, &ipv6(c)->prefixes[0]));
	return say_at(f, c->match->adjacent, words);
}

// The group of an MLD message, and whether the node joins or leaves it (RFC 2710 3, RFC 3810 5.2).
static const char *mld_words(const dsmipv4_check_t *c, const uint8_t *message)
{
	const uint8_t *group = message + 8;
	const char *action = "leaves";
	switch (ipv6(c)->icmp_type) {
	case DSMIPV4_MLD_QUERY:
		return dsmipv4_ipv6_unspecified(group) ? "MLD query for all groups"
						       : wmem_strdup_printf(c->alloc, "MLD query for group %s",
									    dsmipv4_ipv6_text(c->alloc, group));
	case DSMIPV4_MLD_REPORT:
		action = "joins";
		break;
	case DSMIPV4_MLD_REPORT_V2: // of the first record; an empty list of sources to exclude is a join
		action = message[8] == 4 || message[8] == 2 ? "joins" : message[8] == 3 ? "leaves" : "changes";
		group = message + 12;
		break;
	default:
		break;
	}
	return wmem_strdup_printf(c->alloc, "MLD: the node %s group %s", action, dsmipv4_ipv6_text(c->alloc, group));
}

bool dsmipv4_info_mld(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint32_t at = ipv6(c)->upper_offset;
	uint32_t len = ipv6(c)->icmp_type == DSMIPV4_MLD_REPORT_V2 ? 28 : 24;
	if (!dsmipv4_ipv6_is_mld(ipv6(c)) || tunnel(c)->captured < at + len)
		return false;
	f->offset = (int32_t)at;
	f->length = 8;
	f->words = mld_words(c, tunnel(c)->bytes + at);
	return true;
}

#define LINK_MTU 1500u

bool dsmipv4_info_double_encap_overhead(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint32_t overhead = dsmipv4_tunnel_overhead(tunnel(c));
	if (tunnel(c)->n_layers < 2 || overhead == 0 || overhead >= LINK_MTU)
		return false;
	return say_at(f, &tunnel(c)->layers[0],
		      wmem_strdup_printf(c->alloc, "%u bytes of encapsulation leave an IPv6 MTU of %u on a link of %u",
					 overhead, LINK_MTU - overhead, LINK_MTU));
}

bool dsmipv4_info_df_dynamic(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_outer_t *layer = c->match->adjacent;
	return layer->protocol == DSMIPV4_ENCAP_IPV6 && layer->df &&
	       say_at(f, layer, "Don't Fragment is set, so a dynamic tunnel MTU is assumed");
}
