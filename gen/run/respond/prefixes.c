// SPDX-License-Identifier: GPL-2.0-or-later
// Which IPv6 prefixes of a registration request the reference home agent accepts, and in which mode.
#include "run/respond/prefixes.h"

#include "wire/inner_packet.h"

enum { PREFIX_BITS = 128 };

typedef struct {
	agent_t *agent;
	const agent_node_t *node;
	bool is_to_coa; // the node wants IPv6 at its care-of address, and is there itself
	gint64 now;
} asking_t;

static void clear_bits(dsmipv4_prefix_t *prefix)
{
	for (unsigned bit = prefix->len; bit < PREFIX_BITS; bit++)
		prefix->bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

static bool is_own(const agent_node_t *node, const dsmipv4_prefix_t *prefix)
{
	for (gsize i = 0; i < G_N_ELEMENTS(node->own); i++)
		if (dsmipv4_prefix_contains(&node->own[i], prefix))
			return true;
	return false;
}

// Before prefixes are delegated, everything goes by the home address (RFC 5454 3.7.1).
static guint8 code_of_link_local(const dsmipv4_prefix_t *prefix)
{
	return dsmipv4_ipv6_link_local(prefix->bytes) ? DSMIPV4_PREFIX_ACCEPTED_HOA : DSMIPV4_PREFIX_REJECTED;
}

static guint8 code_of(const asking_t *asking, const dsmipv4_prefix_t *prefix)
{
	agent_t *agent = asking->agent;
	bool is_taken = agent_prefix_owner(agent, prefix, asking->node, asking->now);

	if (prefix->len == DSMIPV4_PREFIX_LEN_LINK_LOCAL)
		return code_of_link_local(prefix);
	if (prefix->len > PREFIX_BITS)
		return DSMIPV4_PREFIX_REJECTED;
	if (agent_fails(agent, FAULT_STRICT_BITS) && !dsmipv4_prefix_is_masked(prefix))
		return DSMIPV4_PREFIX_REJECTED;
	if (is_taken && !agent_fails(agent, FAULT_OVERLAP))
		return DSMIPV4_PREFIX_REJECTED;
	if (!is_taken && !is_own(asking->node, prefix) && !agent_fails(agent, FAULT_ANY_PREFIX))
		return DSMIPV4_PREFIX_PROHIBITED;
	return asking->is_to_coa ? DSMIPV4_PREFIX_ACCEPTED_COA : DSMIPV4_PREFIX_ACCEPTED_HOA;
}

static bool is_answered(const granted_t *granted, unsigned count, const dsmipv4_prefix_t *prefix)
{
	for (unsigned i = 0; i < count; i++)
		if (dsmipv4_prefix_equal(&granted[i].prefix, prefix))
			return true;
	return false;
}

static bool wants_coa(const agent_t *agent, const dsmipv4_message_t *message, guint32 n_exts)
{
	bool is_asked = agent_fails(agent, FAULT_COA_UNASKED);

	for (guint32 i = 0; i < n_exts; i++)
		is_asked |= dsmipv4_ext_is(&message->exts[i], DSMIPV4_TUNNELING_MODE);
	return is_asked && message->request.flags & DSMIPV4_FLAG_D;
}

unsigned prefixes_decide(agent_t *agent, const agent_node_t *node, const dsmipv4_message_t *message, guint32 n_exts,
			 gint64 now, granted_t *granted)
{
	const asking_t asking = {agent, node, wants_coa(agent, message, n_exts), now};
	unsigned count = 0, most = agent_fails(agent, FAULT_FIRST_PREFIX_ONLY) ? 1 : AGENT_MOST_PREFIXES;

	for (guint32 i = 0; i < n_exts && count < most; i++) {
		const dsmipv4_ext_t *ext = &message->exts[i];

		if (ext->body != DSMIPV4_BODY_PREFIX_REQUEST || is_answered(granted, count, &ext->prefix.prefix) ||
		    (ext->prefix.prefix.len == DSMIPV4_PREFIX_LEN_LINK_LOCAL &&
		     agent_fails(agent, FAULT_NO_LINK_LOCAL)))
			continue;
		granted[count] = (granted_t){ext->prefix.prefix, code_of(&asking, &ext->prefix.prefix)};
		clear_bits(&granted[count++].prefix);
	}
	return count;
}
