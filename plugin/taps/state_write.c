// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table as JSON: an object with the members "nodes", an array with an object for each node of
// the table, and "links", one for each MAC address that a home agent's messages come from. Each object
// is on a line of its own, so that a reader needs memory for only one.
#include "taps/state_write.h"

#include <arpa/inet.h>
#include <glib.h>
#include <inttypes.h>
#include <wsutil/json_dumper.h>

#include "core/state/node_index.h"
#include "core/state/preload.h"
#include "settings/state_members.h"

// Members that are zero are left out, which halves the file.
static void put_number(json_dumper *out, const char *name, uint64_t value)
{
	if (value == 0)
		return;
	json_dumper_set_member_name(out, name);
	json_dumper_value_anyf(out, "%" PRIu64, value);
}

static void put_text(json_dumper *out, const char *name, const char *value)
{
	json_dumper_set_member_name(out, name);
	json_dumper_value_string(out, value);
}

static void put_hex(json_dumper *out, const char *name, uint64_t value)
{
	if (value == 0)
		return;
	json_dumper_set_member_name(out, name);
	json_dumper_value_anyf(out, "\"0x%" PRIx64 "\"", value);
}

// Nanoseconds need more digits than a JSON number keeps.
static void put_time(json_dumper *out, const char *name, int64_t value)
{
	json_dumper_set_member_name(out, name);
	json_dumper_value_anyf(out, "\"%" PRId64 "\"", value);
}

static void put_address(json_dumper *out, const char *name, uint32_t value)
{
	char text[INET_ADDRSTRLEN];
	uint32_t network = g_htonl(value);
	if (value == 0)
		return;
	put_text(out, name, inet_ntop(AF_INET, &network, text, sizeof text));
}

static void put_prefix(json_dumper *out, const dsmipv4_registered_prefix_t *r)
{
	char text[INET6_ADDRSTRLEN];
	json_dumper_begin_object(out);
	put_text(out, "prefix", inet_ntop(AF_INET6, r->prefix.bytes, text, sizeof text));
	put_number(out, "length", r->prefix.len);
	put_number(out, "code", r->code);
	put_number(out, "state", r->state);
	json_dumper_end_object(out);
}

// What a file stores of a node: the versions that rules look back at, their bindings, all events that these refer to,
// and the latest events. Links between them are indexes.
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

static GHashTable *wanted_events(const kept_t *kept)
{
	GHashTable *wanted = g_hash_table_new(NULL, NULL);
	for (uint32_t i = kept->first_version; i < kept->node->n_versions; i++)
		g_hash_table_add(wanted, (void *)dsmipv4_node_version(kept->node, i)->event);
	for (unsigned i = 0; i < kept->bindings->len; i++) {
		const dsmipv4_binding_t *b = kept->bindings->pdata[i];
		g_hash_table_add(wanted, (void *)dsmipv4_binding_request(b));
		g_hash_table_add(wanted, (void *)b->reply);
	}
	g_hash_table_remove(wanted, NULL);
	return wanted;
}

static void collect_events(kept_t *kept)
{
	GHashTable *wanted = wanted_events(kept);
	GPtrArray *events = kept->events;
	unsigned n = 0;
	for (const dsmipv4_event_t *e = kept->node->last; e && (n < DSMIPV4_LOOK_BACK || g_hash_table_size(wanted) > 0);
	     e = e->before, n++) {
		if (g_hash_table_remove(wanted, e) || n < DSMIPV4_LOOK_BACK)
			g_ptr_array_add(events, (void *)e);
	}
	g_hash_table_destroy(wanted);
	for (unsigned i = 0; i < events->len / 2; i++) { // oldest first
		void *swap = events->pdata[i];
		events->pdata[i] = events->pdata[events->len - 1 - i];
		events->pdata[events->len - 1 - i] = swap;
	}
}

// Write the index of a stored object, or nothing if it is not stored.
static void put_link(json_dumper *out, const char *name, const GPtrArray *all, const void *to)
{
	unsigned index;
	if (!to || !all || !g_ptr_array_find((GPtrArray *)all, to, &index))
		return;
	json_dumper_set_member_name(out, name);
	json_dumper_value_anyf(out, "%u", index);
}

static void put_prefixes(json_dumper *out, const dsmipv4_event_t *e)
{
	if (e->n_prefixes == 0)
		return;
	json_dumper_set_member_name(out, "prefixes");
	json_dumper_begin_array(out);
	for (unsigned i = 0; i < e->n_prefixes; i++)
		put_prefix(out, &e->prefixes[i]);
	json_dumper_end_array(out);
}

static void put_event(json_dumper *out, const dsmipv4_event_t *e, const GPtrArray *events)
{
	json_dumper_begin_object(out);
#define PUT(member, kind) put_##kind(out, #member, e->member);
	EVENT_MEMBERS(PUT)
#define PUT_LINK(member) put_link(out, #member, events, e->member);
	EVENT_LINKS(PUT_LINK)
	if (e->type == DSMIPV4_REGISTRATION_REQUEST) {
		put_hex(out, "max_id", e->max_id);
		put_link(out, "previous", events, e->previous);
	}
	put_prefixes(out, e);
	json_dumper_end_object(out);
}

static void put_binding(json_dumper *out, const dsmipv4_binding_t *b, const kept_t *kept)
{
	json_dumper_begin_object(out);
	put_address(out, "coa", dsmipv4_binding_coa(b));
	put_time(out, "expires", dsmipv4_reply_expiry(b->reply));
	put_link(out, "request", kept->events, dsmipv4_binding_request(b));
	put_link(out, "reply", kept->events, b->reply);
	put_link(out, "created", kept->events, b->created);
	put_link(out, "before", kept->bindings, b->before);
	put_link(out, "removed_by", kept->events, b->removed_by);
	put_number(out, "removal", b->removal);
	json_dumper_end_object(out);
}

static void put_version(json_dumper *out, const dsmipv4_version_t *v, const kept_t *kept)
{
	unsigned index;
	json_dumper_begin_object(out);
	put_link(out, "event", kept->events, v->event);
	put_number(out, "removal", v->removal);
	json_dumper_set_member_name(out, "bindings");
	json_dumper_begin_array(out);
	for (uint32_t i = 0; i < v->n_bindings; i++) {
		if (g_ptr_array_find(kept->bindings, v->bindings[i], &index))
			json_dumper_value_anyf(out, "%u", index);
	}
	json_dumper_end_array(out);
	json_dumper_end_object(out);
}

static void put_history(json_dumper *out, const kept_t *kept)
{
	json_dumper_set_member_name(out, "bindings");
	json_dumper_begin_array(out);
	for (unsigned i = 0; i < kept->bindings->len; i++)
		put_binding(out, kept->bindings->pdata[i], kept);
	json_dumper_end_array(out);
	json_dumper_set_member_name(out, "versions");
	json_dumper_begin_array(out);
	for (uint32_t i = kept->first_version; i < kept->node->n_versions; i++)
		put_version(out, dsmipv4_node_version(kept->node, i), kept);
	json_dumper_end_array(out);
	json_dumper_set_member_name(out, "events");
	json_dumper_begin_array(out);
	for (unsigned i = 0; i < kept->events->len; i++)
		put_event(out, kept->events->pdata[i], kept->events);
	json_dumper_end_array(out);
}

static void put_trace(json_dumper *out, const dsmipv4_tunnel_history_t *history, const kept_t *kept)
{
	if (!history)
		return;
	put_hex(out, "said_to", history->reported[DSMIPV4_TO_MN]);
	put_hex(out, "said_from", history->reported[DSMIPV4_FROM_MN]);
	put_time(out, "heard", history->heard);
	put_link(out, "awaited", kept->bindings, history->awaited);
	put_hex(out, "sent", history->sent);
	put_time(out, "sent_at", history->sent_at);
}

typedef struct {
	json_dumper *json;
	FILE *out;
	const dsmipv4_tunnel_histories_t *histories;
} writer_t;

static bool put_node(const dsmipv4_node_t *node, void *user)
{
	const writer_t *writer = user;
	json_dumper *out = writer->json;
	kept_t kept = {.node = node, .bindings = g_ptr_array_new(), .events = g_ptr_array_new()};
	collect_bindings(&kept);
	collect_events(&kept);
	fputc('\n', writer->out);
	json_dumper_begin_object(out);
	put_address(out, "ha", node->ha);
	put_address(out, "hoa", node->hoa);
	put_hex(out, "nai", node->nai);
	put_hex(out, "max_id", node->max_id);
	put_address(out, "offered_by", node->offered_by);
	put_number(out, "offered", node->offered);
	put_link(out, "last_request", kept.events, node->last_request);
	put_trace(out, dsmipv4_tunnel_history_of(writer->histories, node), &kept);
	put_history(out, &kept);
	json_dumper_end_object(out);
	g_ptr_array_free(kept.bindings, TRUE);
	g_ptr_array_free(kept.events, TRUE);
	return true;
}

static bool put_orphan(const dsmipv4_event_t *event, void *user)
{
	const writer_t *writer = user;
	fputc('\n', writer->out);
	json_dumper_begin_object(writer->json);
	json_dumper_set_member_name(writer->json, "events");
	json_dumper_begin_array(writer->json);
	put_event(writer->json, event, NULL);
	json_dumper_end_array(writer->json);
	json_dumper_end_object(writer->json);
	return true;
}

static void put_link_source(uint64_t mac, uint32_t ha, void *user)
{
	const writer_t *writer = user;
	fputc('\n', writer->out);
	json_dumper_begin_object(writer->json);
	put_hex(writer->json, "mac", mac);
	put_address(writer->json, "ha", ha);
	json_dumper_end_object(writer->json);
}

void dsmipv4_state_write_json(const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_histories_t *histories,
			      FILE *out)
{
	json_dumper json = {.output_file = out};
	writer_t writer = {&json, out, histories};
	json_dumper_begin_object(&json);
	put_number(&json, "dsmipv4_bindings", BINDINGS_FORMAT_VERSION);
	json_dumper_set_member_name(&json, "nodes");
	json_dumper_begin_array(&json);
	dsmipv4_bindings_each_node(bindings, put_node, &writer);
	dsmipv4_bindings_each_orphan(bindings, put_orphan, &writer);
	fputc('\n', out);
	json_dumper_end_array(&json);
	json_dumper_set_member_name(&json, "links");
	json_dumper_begin_array(&json);
	dsmipv4_bindings_each_home_link(bindings, put_link_source, &writer);
	fputc('\n', out);
	json_dumper_end_array(&json);
	json_dumper_end_object(&json);
	json_dumper_finish(&json);
	fputc('\n', out);
}
