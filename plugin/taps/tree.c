// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,tree[,FILTER], and Statistics in Wireshark's menu: how many messages, codes, tunneled packets by form, and
// broken rules by severity there are.
#include "taps/tree.h"

#include <epan/packet.h>
#include <epan/stats_tree.h>

#include "core/rules/dispatch.h"
#include "core/state/copies.h"
#include "dissect/tapped.h"
#include "taps/report/service.h"

enum {
	MESSAGES,
	REPEATED,
	REPLY_CODES,
	PREFIX_CODES,
	TUNNELED,
	RULES,
	BRANCHES,
};

static const char *const branches[BRANCHES] = {
	[MESSAGES] = "Messages",         [REPEATED] = "Repeated messages", [REPLY_CODES] = "Reply codes",
	[PREFIX_CODES] = "Prefix codes", [TUNNELED] = "Tunneled packets",  [RULES] = "Broken rules",
};

static int branch_ids[BRANCHES];

static void init_tree(stats_tree *tree)
{
	for (unsigned i = 0; i < BRANCHES; i++)
		branch_ids[i] = stats_tree_create_node(tree, branches[i], 0, STAT_DT_INT, TRUE);
}

// Count one more of a branch, and below it of one or two names.
static void count(stats_tree *tree, unsigned branch, const char *name, const char *below)
{
	tick_stat_node(tree, branches[branch], 0, TRUE);
	int id = tick_stat_node(tree, name, branch_ids[branch], below != NULL);
	if (below)
		tick_stat_node(tree, below, id, FALSE);
}

static const char *message_name(const dsmipv4_event_t *e)
{
	switch (e->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return e->lifetime ? "Registration Request" : "Deregistration Request";
	case DSMIPV4_REGISTRATION_REPLY:
		return "Registration Reply";
	case DSMIPV4_REVOCATION:
		return "Registration Revocation";
	default:
		return "Registration Revocation Acknowledgment";
	}
}

static void count_prefix_code(stats_tree *tree, uint8_t code)
{
	const char *words = code == DSMIPV4_PREFIX_ACCEPTED_HOA   ? "accepted, tunneled to the home address"
			    : code == DSMIPV4_PREFIX_ACCEPTED_COA ? "accepted, tunneled to the care-of address"
			    : code < DSMIPV4_PREFIX_FIRST_REJECT  ? "accepted, reserved code"
			    : code == DSMIPV4_PREFIX_REJECTED     ? "rejected, reason unspecified"
			    : code == DSMIPV4_PREFIX_PROHIBITED   ? "rejected, administratively prohibited"
								  : "rejected, reserved code";
	char *text = g_strdup_printf("%s (%u)", words, code);
	count(tree, PREFIX_CODES, text, NULL);
	g_free(text);
}

static const char *repetition_name(const dsmipv4_event_t *e)
{
	if (e->relay_of)
		return "Relayed by a foreign agent";
	if (e->type == DSMIPV4_REGISTRATION_REQUEST)
		return dsmipv4_retransmission_of(e) ? "Retransmitted request" : NULL;
	return e->first ? "Repeated reply" : NULL;
}

// Copies of a message are counted as messages, and once more as copies; the codes in them are not counted again.
static void count_event(stats_tree *tree, const dsmipv4_event_t *e, const dsmipv4_message_t *m)
{
	const char *repetition = repetition_name(e);
	count(tree, MESSAGES, message_name(e), NULL);
	if (repetition)
		count(tree, REPEATED, repetition, NULL);
	if (repetition || e->type != DSMIPV4_REGISTRATION_REPLY)
		return;
	char *code = dsmipv4_code_text(e->code);
	count(tree, REPLY_CODES, code, NULL);
	g_free(code);
	for (uint32_t i = 0; i < m->n_exts; i++) {
		if (m->exts[i].body == DSMIPV4_BODY_PREFIX_REPLY)
			count_prefix_code(tree, m->exts[i].prefix.code);
	}
}

static const char *encapsulation_name(const dsmipv4_outer_t *layer)
{
	switch (layer->protocol) {
	case DSMIPV4_ENCAP_IPIP:
		return "IPv4 (4)";
	case DSMIPV4_ENCAP_IPV6:
		return "IPv6 (41)";
	case DSMIPV4_ENCAP_GRE:
		return "GRE (47)";
	case DSMIPV4_ENCAP_MINIMAL:
		return "minimal (55)";
	default:
		return "UDP tunnel data (17)";
	}
}

static void count_tunneled(stats_tree *tree, const dsmipv4_match_t *match)
{
	static const char *const forms[2][4] = {
		[DSMIPV4_TO_MN] = {"to the node, form unknown", "to the home address", "to the care-of address",
				   "to the foreign agent directly"},
		[DSMIPV4_FROM_MN] = {"from the node, form unknown", "from the home address", "from the care-of address",
				     "from the foreign agent directly"},
	};
	count(tree, TUNNELED, forms[match->direction][match->tunneling_mode], encapsulation_name(match->adjacent));
}

static void count_findings(stats_tree *tree, const dsmipv4_verdicts_t *v)
{
	static const char *const severities[DSMIPV4_SEVERITY_COUNT] = {"Chat", "Note", "Warning", "Error"};
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		const dsmipv4_finding_t *f = dsmipv4_finding(v, i);
		if (!dsmipv4_rule_is_item(f->rule))
			count(tree, RULES, severities[f->severity], dsmipv4_rule(f->rule)->id);
	}
}

static tap_packet_status take_packet(stats_tree *tree, packet_info *pinfo, epan_dissect_t *edt, const void *packet,
				     tap_flags_t flags)
{
	(void)pinfo, (void)edt, (void)flags;
	const dsmipv4_tapped_t *tapped = packet;
	if (tapped->control && tapped->control->event)
		count_event(tree, tapped->control->event, tapped->control->message);
	if (tapped->match)
		count_tunneled(tree, tapped->match);
	count_findings(tree, tapped->verdicts);
	return TAP_PACKET_REDRAW;
}

void dsmipv4_register_tree(void)
{
	stats_tree_register_plugin(DSMIPV4_FILTER_NAME, DSMIPV4_FILTER_NAME, "DSMIPv4 Messages and Rules", 0,
				   take_packet, init_tree, NULL);
}
