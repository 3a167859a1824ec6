// SPDX-License-Identifier: GPL-2.0-or-later
// Bindings as text.
#include "taps/bindings_text.h"

#include <inttypes.h>

#include "core/wire/text.h"

#define COLUMNS "%-15s  %-15s  %-15s  %-12s  %-13s  %-21s  %-20s  %-20s  %-9s  %-8s  %-11s  %-28s  %s\n"

static const char *outcome_of(wmem_allocator_t *pool, const dsmipv4_registered_prefix_t *r)
{
	if (r->state == DSMIPV4_PREFIX_IGNORED)
		return "no: not answered";
	const char *words = r->state == DSMIPV4_PREFIX_REFUSED       ? "no: rejected"
			    : r->code == DSMIPV4_PREFIX_ACCEPTED_HOA ? "to home address"
			    : r->code == DSMIPV4_PREFIX_ACCEPTED_COA ? "to care-of address"
								     : "accepted";
	return wmem_strdup_printf(pool, "%s (%u)", words, r->code);
}

const char *dsmipv4_nat_text(wmem_allocator_t *pool, const dsmipv4_binding_t *b)
{
	const dsmipv4_event_t *nat = dsmipv4_binding_nat(b);
	return nat ? wmem_strdup_printf(pool, "%s:%u", dsmipv4_ipv4_text(pool, nat->src), nat->sport)
		   : wmem_strdup(pool, "-");
}

static const char *when(wmem_allocator_t *pool, int64_t time)
{
	char *text = dsmipv4_time_text(time);
	char *copy = wmem_strdup(pool, text);
	g_free(text);
	return copy;
}

typedef struct {
	const dsmipv4_bindings_view_t *view;
	FILE *out;
	unsigned count;
} writer_t;

static void write_line(const writer_t *writer, wmem_allocator_t *pool, const dsmipv4_bindings_row_t *row,
		       const dsmipv4_registered_prefix_t *r)
{
	const dsmipv4_binding_t *b = dsmipv4_life_latest(row->life);
	const dsmipv4_event_t *began = dsmipv4_life_began(row->life);
	bool live = row->life->end == DSMIPV4_END_LIVE;
	uint32_t coa = dsmipv4_binding_coa(b);
	fprintf(writer->out, COLUMNS, dsmipv4_ipv4_text(pool, row->node->ha), dsmipv4_ipv4_text(pool, row->node->hoa),
		coa ? dsmipv4_ipv4_text(pool, coa) : "?", dsmipv4_life_end_word(row->life->end),
		dsmipv4_binding_encapsulation(b), dsmipv4_nat_text(pool, b), when(pool, began->time),
		when(pool, live ? dsmipv4_reply_expiry(b->reply) : row->life->until),
		wmem_strdup_printf(pool, "%u", row->life->registrations->len - 1),
		b->reply->frame ? wmem_strdup_printf(pool, "%u", b->reply->frame) : "earlier",
		wmem_strdup_printf(pool, "%" PRIu64 "/%" PRIu64, row->carried->packets[DSMIPV4_TO_MN],
				   row->carried->packets[DSMIPV4_FROM_MN]),
		r ? dsmipv4_prefix_text(pool, &r->prefix) : "-",
		r ? outcome_of(pool, r) : dsmipv4_binding_mode(b, row->ipv6));
}

static void write_row(const dsmipv4_bindings_row_t *row, void *user)
{
	writer_t *writer = user;
	wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	const dsmipv4_event_t *reply = dsmipv4_life_latest(row->life)->reply;
	for (unsigned k = 0; k < reply->n_prefixes; k++)
		write_line(writer, pool, row, &reply->prefixes[k]);
	if (reply->n_prefixes == 0)
		write_line(writer, pool, row, NULL);
	wmem_destroy_allocator(pool);
	writer->count++;
}

void dsmipv4_bindings_write_text(const dsmipv4_bindings_view_t *view, FILE *out)
{
	writer_t writer = {view, out, 0};
	char *time = dsmipv4_time_text(dsmipv4_bindings_view_time(view));
	fprintf(out, "DSMIPv4 bindings%s at %s, after frame %u\n\n", view->all ? ", ended ones too," : "", time,
		view->frame);
	fprintf(out, COLUMNS, "Home agent", "Home address", "Care-of address", "State", "Encapsulation", "NAT", "Since",
		view->all ? "Expires or ended" : "Expires", "Refreshes", "Frame", "To/from", "Prefix", "Tunneled");
	dsmipv4_bindings_view_each(view, write_row, &writer);
	fprintf(out, "\n%u binding%s\n", writer.count, writer.count == 1 ? "" : "s");
	g_free(time);
}
