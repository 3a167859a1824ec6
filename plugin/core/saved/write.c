// SPDX-License-Identifier: GPL-2.0-or-later
#include "saved/write.h"

#include <string.h>
#include <wsutil/crc32.h>

#include "saved/format.h"
#include "state/node_index.h"
#include "state/preload.h"

static void put_number(GByteArray *out, uint64_t value)
{
	uint8_t bytes[10];
	guint n = 0;
	for (; value >= 0x80; value >>= 7)
		bytes[n++] = (uint8_t)(value | 0x80);
	bytes[n++] = (uint8_t)value;
	g_byte_array_append(out, bytes, n);
}

// Small for numbers near zero on either side.
static void put_signed(GByteArray *out, int64_t value)
{
	put_number(out, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

static void put_bytes(GByteArray *out, uint64_t value, unsigned n)
{
	for (unsigned i = n; i-- > 0;)
		g_byte_array_append(out, (uint8_t[]){(uint8_t)(value >> 8 * i)}, 1);
}

static void put_record(GByteArray *out, char kind, const GByteArray *body)
{
	g_byte_array_append(out, (const uint8_t *)&kind, 1);
	put_number(out, body->len);
	g_byte_array_append(out, body->data, body->len);
}

// What is stored of a node: the versions that rules look back at, their bindings, all events that these refer to, and
// the latest events. Links between them are numbers.
typedef struct {
	const dsmipv4_node_t *node;
	uint32_t first_version;
	GPtrArray *bindings; // const dsmipv4_binding_t *, oldest first
	GPtrArray *events;   // const dsmipv4_event_t *, oldest first
} kept_t;

static void collect_bindings(kept_t *kept)
{
	const dsmipv4_node_t *node = kept->node;
	kept->first_version = node->n_versions > DSMIPV4_LOOK_BACK ? node->n_versions - DSMIPV4_LOOK_BACK : 0;
	for (uint32_t i = kept->first_version; i < node->n_versions; i++) {
		const dsmipv4_version_t *v = dsmipv4_node_version(node, i);
		for (uint32_t k = 0; k < v->n_bindings; k++) {
			if (!g_ptr_array_find(kept->bindings, v->bindings[k], NULL))
				g_ptr_array_add(kept->bindings, (void *)v->bindings[k]);
		}
	}
}

static void want(GHashTable *wanted, const dsmipv4_event_t *e)
{
	if (e)
		g_hash_table_add(wanted, (void *)e);
}

static GHashTable *wanted_events(const kept_t *kept)
{
	GHashTable *wanted = g_hash_table_new(NULL, NULL);
	for (uint32_t i = kept->first_version; i < kept->node->n_versions; i++)
		want(wanted, dsmipv4_node_version(kept->node, i)->event);
	for (guint i = 0; i < kept->bindings->len; i++) {
		const dsmipv4_binding_t *b = kept->bindings->pdata[i];
		want(wanted, dsmipv4_binding_request(b));
		want(wanted, b->reply);
		want(wanted, b->created);
		want(wanted, b->removed_by);
	}
	want(wanted, kept->node->max_request);
	return wanted;
}

static void turn_round(GPtrArray *array)
{
	for (guint i = 0; i < array->len / 2; i++) {
		void *swap = array->pdata[i];
		array->pdata[i] = array->pdata[array->len - 1 - i];
		array->pdata[array->len - 1 - i] = swap;
	}
}

static void collect_events(kept_t *kept)
{
	GHashTable *wanted = wanted_events(kept);
	unsigned n = 0;
	for (const dsmipv4_event_t *e = kept->node->last; e && (n < DSMIPV4_LOOK_BACK || g_hash_table_size(wanted) > 0);
	     e = e->before, n++) {
		if (g_hash_table_remove(wanted, e) || n < DSMIPV4_LOOK_BACK)
			g_ptr_array_add(kept->events, (void *)e);
	}
	g_hash_table_destroy(wanted);
	turn_round(kept->events);
}

// One more than the number of something stored, 0 for what is not stored.
static uint64_t number_of(const GPtrArray *all, const void *one)
{
	guint number;
	return one && g_ptr_array_find((GPtrArray *)all, one, &number) ? number + 1 : 0;
}

static void put_members(GByteArray *out, const dsmipv4_event_t *e, const dsmipv4_event_t *before)
{
	uint64_t mask = 0;
	unsigned bit = 0;
#define MASK(member, greatest) mask |= (uint64_t)(e->member != before->member) << bit++;
	SAVED_MEMBERS(MASK)
	put_number(out, mask);
#define PUT(member, greatest)                                                                                          \
	if (e->member != before->member)                                                                               \
		put_number(out, (uint64_t)e->member ^ (uint64_t)before->member);
	SAVED_MEMBERS(PUT)
	put_signed(out, e->time - before->time);
}

static void put_prefixes(GByteArray *out, const dsmipv4_event_t *e)
{
	for (unsigned i = 0; i < e->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &e->prefixes[i];
		g_byte_array_append(out, (uint8_t[]){r->prefix.len, r->code, r->state}, 3);
		g_byte_array_append(out, r->prefix.bytes, saved_prefix_bytes(r->prefix.len));
	}
}

static void put_links(GByteArray *out, const dsmipv4_event_t *e, const GPtrArray *events)
{
	uint64_t mask = 0;
	unsigned bit = 0;
#define LINK_MASK(member, same_type, before) mask |= (uint64_t)(number_of(events, e->member) != 0) << bit++;
	SAVED_LINKS(LINK_MASK)
	put_number(out, mask);
#define PUT_LINK(member, same_type, before)                                                                            \
	if (number_of(events, e->member))                                                                              \
		put_number(out, number_of(events, e->member));
	SAVED_LINKS(PUT_LINK)
	if (e->type != DSMIPV4_REGISTRATION_REQUEST)
		return;
	put_number(out, number_of(events, e->previous));
	put_number(out, e->max_id ^ e->id);
}

static void put_event(GByteArray *out, const dsmipv4_event_t *e, const dsmipv4_event_t *before)
{
	put_members(out, e, before);
	put_prefixes(out, e);
}

static void put_events(GByteArray *out, const kept_t *kept)
{
	const dsmipv4_event_t nothing = {0}, *before = &nothing;
	put_number(out, kept->events->len);
	for (guint i = 0; i < kept->events->len; before = kept->events->pdata[i++])
		put_event(out, kept->events->pdata[i], before);
	for (guint i = 0; i < kept->events->len; i++)
		put_links(out, kept->events->pdata[i], kept->events);
}

static void put_bindings(GByteArray *out, const kept_t *kept)
{
	put_number(out, kept->bindings->len);
	for (guint i = 0; i < kept->bindings->len; i++) {
		const dsmipv4_binding_t *b = kept->bindings->pdata[i];
		put_number(out, number_of(kept->events, b->reply));
		put_number(out, number_of(kept->events, b->created));
		put_number(out, number_of(kept->bindings, b->before));
		put_number(out, number_of(kept->events, b->removed_by));
		put_number(out, b->removal);
	}
}

static void put_versions(GByteArray *out, const kept_t *kept)
{
	put_number(out, kept->node->n_versions - kept->first_version);
	for (uint32_t i = kept->first_version; i < kept->node->n_versions; i++) {
		const dsmipv4_version_t *v = dsmipv4_node_version(kept->node, i);
		put_number(out, number_of(kept->events, v->event));
		put_number(out, v->removal);
		put_number(out, v->n_bindings);
		for (uint32_t k = 0; k < v->n_bindings; k++)
			put_number(out, number_of(kept->bindings, v->bindings[k]));
	}
}

static void put_history(GByteArray *out, const dsmipv4_tunnel_history_t *history, const kept_t *kept)
{
	put_number(out, history != NULL);
	if (!history)
		return;
	put_number(out, history->reported[DSMIPV4_TO_MN]);
	put_number(out, history->reported[DSMIPV4_FROM_MN]);
	put_signed(out, history->heard);
	put_number(out, number_of(kept->bindings, history->awaited));
	put_number(out, history->unanswered);
	put_signed(out, history->unanswered_since);
	put_number(out, history->has_network);
	put_number(out, number_of(kept->bindings, history->outlived[DSMIPV4_TO_MN]));
	put_number(out, number_of(kept->bindings, history->outlived[DSMIPV4_FROM_MN]));
	put_number(out, history->strange_coa);
	put_number(out, history->sent);
	put_signed(out, history->sent_at);
}

static void put_node(GByteArray *out, const kept_t *kept, const dsmipv4_tunnel_history_t *history)
{
	const dsmipv4_node_t *node = kept->node;
	put_bytes(out, node->ha, 4);
	put_bytes(out, node->hoa, 4);
	put_number(out, node->nai);
	put_number(out, node->replay);
	put_number(out, node->clock_set);
	put_number(out, node->offered_by);
	put_number(out, node->offered);
	put_events(out, kept);
	put_number(out, number_of(kept->events, node->last_request));
	put_number(out, number_of(kept->events, node->max_request));
	put_bindings(out, kept);
	put_versions(out, kept);
	put_history(out, history, kept);
}

typedef struct {
	GByteArray *out;
	GByteArray *body; // of the present record
	const dsmipv4_tunnel_histories_t *histories;
	uint64_t n_nodes, n_orphans, n_links;
} writer_t;

static bool write_node(const dsmipv4_node_t *node, void *user)
{
	writer_t *w = user;
	kept_t kept = {.node = node, .bindings = g_ptr_array_new(), .events = g_ptr_array_new()};
	collect_bindings(&kept);
	collect_events(&kept);
	g_byte_array_set_size(w->body, 0);
	put_node(w->body, &kept, dsmipv4_tunnel_history_of(w->histories, node));
	put_record(w->out, SAVED_NODE, w->body);
	w->n_nodes++;
	g_ptr_array_free(kept.bindings, TRUE);
	g_ptr_array_free(kept.events, TRUE);
	return true;
}

static bool collect_orphan(const dsmipv4_event_t *event, void *user)
{
	g_ptr_array_add(user, (void *)event);
	return true;
}

static void write_orphans(writer_t *w, const dsmipv4_bindings_t *bindings)
{
	const dsmipv4_event_t nothing = {0};
	GPtrArray *orphans = g_ptr_array_new(); // latest first
	dsmipv4_bindings_each_orphan(bindings, collect_orphan, orphans);
	for (guint i = orphans->len; i-- > 0; w->n_orphans++) {
		g_byte_array_set_size(w->body, 0);
		put_event(w->body, orphans->pdata[i], &nothing);
		put_record(w->out, SAVED_ORPHAN, w->body);
	}
	g_ptr_array_free(orphans, TRUE);
}

static void write_link(uint64_t mac, uint32_t ha, void *user)
{
	writer_t *w = user;
	g_byte_array_set_size(w->body, 0);
	put_bytes(w->body, mac, 6);
	put_bytes(w->body, ha, 4);
	put_record(w->out, SAVED_LINK, w->body);
	w->n_links++;
}

static void write_end(writer_t *w)
{
	g_byte_array_set_size(w->body, 0);
	put_number(w->body, w->n_nodes);
	put_number(w->body, w->n_orphans);
	put_number(w->body, w->n_links);
	put_record(w->out, SAVED_END, w->body);
	put_bytes(w->out, crc32_ccitt(w->out->data, w->out->len), SAVED_CHECKSUM_LEN);
}

GByteArray *dsmipv4_saved_write(const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_histories_t *histories)
{
	writer_t w = {.out = g_byte_array_new(), .body = g_byte_array_new(), .histories = histories};
	g_byte_array_append(w.out, (const uint8_t *)SAVED_HEADER, strlen(SAVED_HEADER));
	dsmipv4_bindings_each_node(bindings, write_node, &w);
	write_orphans(&w, bindings);
	dsmipv4_bindings_each_home_link(bindings, write_link, &w);
	write_end(&w);
	g_byte_array_free(w.body, TRUE);
	return w.out;
}
