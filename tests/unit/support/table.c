// SPDX-License-Identifier: GPL-2.0-or-later
// What the tests of the binding table share.
#include "table.h"

const dsmipv4_binding_t *binding_of(const talk_t *t, const dsmipv4_event_t *event, uint32_t coa)
{
	const dsmipv4_version_t *state = talk_state(t, event);
	for (uint32_t i = 0; state && i < state->n_bindings; i++) {
		if (dsmipv4_binding_coa(state->bindings[i]) == coa)
			return state->bindings[i];
	}
	return NULL;
}

int64_t expiry(const dsmipv4_binding_t *binding)
{
	return binding ? dsmipv4_reply_expiry(binding->reply) : -1;
}

const dsmipv4_version_t *state_after(const dsmipv4_event_t *event)
{
	return event->node ? dsmipv4_node_at(event->node, event->frame) : NULL;
}

const dsmipv4_registered_prefix_t *prefix_of(const dsmipv4_binding_t *binding, uint8_t len, uint64_t bits)
{
	for (unsigned i = 0; binding && i < binding->reply->n_prefixes; i++) {
		const dsmipv4_prefix_t *p = &binding->reply->prefixes[i].prefix;
		uint64_t first = 0;
		for (unsigned k = 0; k < 8; k++)
			first = first << 8 | p->bytes[k];
		if (p->len == len && first == bits)
			return &binding->reply->prefixes[i];
	}
	return NULL;
}

void expect_prefix(const dsmipv4_binding_t *binding, uint8_t len, uint64_t bits, dsmipv4_prefix_state_t state,
		   uint8_t code)
{
	const dsmipv4_registered_prefix_t *p = prefix_of(binding, len, bits);
	g_assert_nonnull(p);
	if (!p)
		return;
	g_assert_cmpint(p->state, ==, state);
	if (state != DSMIPV4_PREFIX_IGNORED)
		g_assert_cmpuint(p->code, ==, code);
}

const dsmipv4_event_t *registered(talk_t *t, int64_t at)
{
	talk(t, MN_HA, at, ASK(ID1) REQ48 MODE MHAE);
	return talk(t, HA_MN, at + 50, GET(ID1) REP48 MHAE);
}
