// SPDX-License-Identifier: GPL-2.0-or-later
// The live bindings as text.
#include "taps/bindings_text.h"

#include <glib.h>

#include "core/state/node_index.h"
#include "core/wire/text.h"

static const char *tunneling_mode_of(const dsmipv4_registered_prefix_t *r)
{
	if (r->state != DSMIPV4_PREFIX_ACTIVE)
		return "rejected";
	return r->code == DSMIPV4_PREFIX_ACCEPTED_HOA   ? "to home address"
	       : r->code == DSMIPV4_PREFIX_ACCEPTED_COA ? "to care-of address"
							: "accepted, form unknown";
}

static void write_row(FILE *out, const dsmipv4_node_t *node, const dsmipv4_binding_t *b,
		      const dsmipv4_registered_prefix_t *r)
{
	wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	char expires[32] = "never";
	int64_t end = dsmipv4_reply_expiry(b->reply);
	if (end != INT64_MAX) {
		GDateTime *t = g_date_time_new_from_unix_utc(end / DSMIPV4_SECOND);
		char *text = t ? g_date_time_format(t, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("?");
		g_strlcpy(expires, text, sizeof expires);
		g_free(text);
		if (t)
			g_date_time_unref(t);
	}
	uint32_t coa = dsmipv4_binding_coa(b);
	fprintf(out, "%-15s  %-15s  %-15s  %-21s  %-28s  %s\n", dsmipv4_ipv4_text(pool, node->ha),
		dsmipv4_ipv4_text(pool, node->hoa), coa ? dsmipv4_ipv4_text(pool, coa) : "?", expires,
		r ? dsmipv4_prefix_text(pool, &r->prefix) : "-", r ? tunneling_mode_of(r) : "implicit or IPv4 only");
	wmem_destroy_allocator(pool);
}

static bool write_node(const dsmipv4_node_t *node, void *user)
{
	const dsmipv4_version_t *latest = dsmipv4_node_latest(node);
	for (uint32_t i = 0; latest && i < latest->n_bindings; i++) {
		const dsmipv4_binding_t *b = latest->bindings[i];
		for (unsigned k = 0; k < b->reply->n_prefixes; k++)
			write_row(user, node, b, &b->reply->prefixes[k]);
		if (b->reply->n_prefixes == 0)
			write_row(user, node, b, NULL);
	}
	return true;
}

void dsmipv4_bindings_write_text(const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_histories_t *histories,
				 FILE *out)
{
	(void)histories;
	fprintf(out, "%-15s  %-15s  %-15s  %-21s  %-28s  %s\n", "Home agent", "Home address", "Care-of address",
		"Expires", "Prefix", "Tunneled");
	dsmipv4_bindings_each_node(bindings, write_node, out);
}
