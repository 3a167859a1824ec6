// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table as JSON and as text.
//
// JSON: an object with the member "nodes", an array with an object for each node of the table. Each
// node stands on a line of its own, so that a reader need not hold more than one.
#include "bindings_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <wsutil/json_dumper.h>
#include <wsutil/report_message.h>
#include <wsutil/wsjson.h>

#include "core/words.h"

#define FORMAT_VERSION 1
// The members of an event that a file keeps, by how they are written.
#define EVENT_MEMBERS(M)                                                                                               \
	M(type, number)                                                                                                \
	M(time, time)                                                                                                  \
	M(id, hex)                                                                                                     \
	M(src, address)                                                                                                \
	M(dst, address)                                                                                                \
	M(sport, number)                                                                                               \
	M(dport, number)                                                                                               \
	M(hoa, address)                                                                                                \
	M(ha, address)                                                                                                 \
	M(coa, address)                                                                                                \
	M(flags, number)                                                                                               \
	M(lifetime, number)                                                                                            \
	M(offered, number)                                                                                             \
	M(has_offer, number)                                                                                           \
	M(digest, number)                                                                                              \
	M(signed_digest, number)                                                                                       \
	M(leg, number)                                                                                                 \
	M(tunnel_asked, number)                                                                                        \
	M(tunnel_flags, number)                                                                                        \
	M(tunnel_encap, number)                                                                                        \
	M(tunnel_answer, number)                                                                                       \
	M(tunnel_code, number)                                                                                         \
	M(tunnel_keepalive, number)                                                                                    \
	M(auth, number)                                                                                                \
	M(complete, number)                                                                                            \
	M(timestamp, number)                                                                                           \
	M(mode_asked, number)                                                                                          \
	M(mn_fa_auth, number)                                                                                          \
	M(delivery_asked, number)                                                                                      \
	M(unknown_nonskip, number)                                                                                     \
	M(unsolicited, number)                                                                                         \
	M(sure, number)                                                                                                \
	M(unanswered, number)

// Links from one event of a node to another, kept as indexes into its "events".
#define EVENT_LINKS(L)                                                                                                 \
	L(first)                                                                                                       \
	L(relay_of)                                                                                                    \
	L(pair)                                                                                                        \
	L(relayed)

// Writing.

static void put_number(json_dumper *out, const char *name, uint64_t value)
{
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
	uint32_t network = htonl(value);
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

// The events of a node that a file keeps: the latest ones, and those of its live bindings.
static GPtrArray *events_to_keep(const dsmipv4_node_t *node)
{
	GHashTable *wanted = g_hash_table_new(NULL, NULL);
	GPtrArray *events = g_ptr_array_new();
	const dsmipv4_version_t *latest = dsmipv4_node_latest(node);
	for (uint32_t i = 0; latest && i < latest->n_bindings; i++) {
		g_hash_table_add(wanted, (void *)dsmipv4_binding_request(latest->bindings[i]));
		g_hash_table_add(wanted, (void *)latest->bindings[i]->reply);
	}
	if (latest)
		g_hash_table_add(wanted, (void *)latest->event);
	g_hash_table_remove(wanted, NULL);
	unsigned n = 0;
	for (const dsmipv4_event_t *e = node->last; e && (n < DSMIPV4_LOOK_BACK || g_hash_table_size(wanted) > 0);
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
	return events;
}

static void put_link(json_dumper *out, const char *name, const GPtrArray *events, const dsmipv4_event_t *to)
{
	unsigned index;
	if (to && events && g_ptr_array_find((GPtrArray *)events, to, &index))
		put_number(out, name, index);
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
	json_dumper_set_member_name(out, "prefixes");
	json_dumper_begin_array(out);
	for (unsigned i = 0; i < e->n_prefixes; i++)
		put_prefix(out, &e->prefixes[i]);
	json_dumper_end_array(out);
	json_dumper_end_object(out);
}

static void put_binding(json_dumper *out, const dsmipv4_binding_t *b, const GPtrArray *events)
{
	json_dumper_begin_object(out);
	put_address(out, "coa", dsmipv4_binding_coa(b));
	put_time(out, "expires", dsmipv4_reply_expiry(b->reply));
	put_link(out, "request", events, dsmipv4_binding_request(b));
	put_link(out, "reply", events, b->reply);
	json_dumper_end_object(out);
}

typedef struct {
	json_dumper *json;
	FILE *out;
} writer_t;

static bool put_node(const dsmipv4_node_t *node, void *user)
{
	const writer_t *writer = user;
	json_dumper *out = writer->json;
	GPtrArray *events = events_to_keep(node);
	const dsmipv4_version_t *latest = dsmipv4_node_latest(node);
	fputc('\n', writer->out);
	json_dumper_begin_object(out);
	put_address(out, "ha", node->ha);
	put_address(out, "hoa", node->hoa);
	put_hex(out, "nai", node->nai);
	put_hex(out, "max_id", node->max_id);
	put_address(out, "offered_by", node->offered_by);
	put_number(out, "offered", node->offered);
	put_link(out, "last_request", events, node->last_request);
	if (latest) {
		put_number(out, "removal", latest->removal);
		put_link(out, "changed_by", events, latest->event);
	}
	json_dumper_set_member_name(out, "bindings");
	json_dumper_begin_array(out);
	for (uint32_t i = 0; latest && i < latest->n_bindings; i++)
		put_binding(out, latest->bindings[i], events);
	json_dumper_end_array(out);
	json_dumper_set_member_name(out, "events");
	json_dumper_begin_array(out);
	for (unsigned i = 0; i < events->len; i++)
		put_event(out, events->pdata[i], events);
	json_dumper_end_array(out);
	json_dumper_end_object(out);
	g_ptr_array_free(events, TRUE);
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

void dsmipv4_bindings_write_json(const dsmipv4_bindings_t *bindings, FILE *out)
{
	json_dumper json = {.output_file = out};
	writer_t writer = {&json, out};
	json_dumper_begin_object(&json);
	put_number(&json, "dsmipv4_bindings", FORMAT_VERSION);
	json_dumper_set_member_name(&json, "nodes");
	json_dumper_begin_array(&json);
	dsmipv4_bindings_each_node(bindings, put_node, &writer);
	dsmipv4_bindings_each_orphan(bindings, put_orphan, &writer);
	fputc('\n', out);
	json_dumper_end_array(&json);
	json_dumper_end_object(&json);
	json_dumper_finish(&json);
	fputc('\n', out);
}

// Text for people.

static const char *form_of(const dsmipv4_registered_prefix_t *r)
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
	fprintf(out, "%-15s  %-15s  %-15s  %-21s  %-28s  %s\n", ipv4_words(pool, node->ha), ipv4_words(pool, node->hoa),
		coa ? ipv4_words(pool, coa) : "?", expires, r ? prefix_words(pool, &r->prefix) : "-",
		r ? form_of(r) : "implicit or IPv4 only");
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

void dsmipv4_bindings_write_text(const dsmipv4_bindings_t *bindings, FILE *out)
{
	fprintf(out, "%-15s  %-15s  %-15s  %-21s  %-28s  %s\n", "Home agent", "Home address", "Care-of address",
		"Expires", "Prefix", "Tunnelled");
	dsmipv4_bindings_each_node(bindings, write_node, out);
}

// Reading. A missing member reads as zero.

typedef struct {
	char *text; // of one line
	jsmntok_t *token;
} object_t;

static uint64_t get_number(object_t from, const char *name)
{
	double value = 0;
	return json_get_double(from.text, from.token, name, &value) && value > 0 ? (uint64_t)value : 0;
}

static uint64_t get_hex(object_t from, const char *name)
{
	const char *text = json_get_string(from.text, from.token, name);
	return text ? g_ascii_strtoull(text, NULL, 16) : 0;
}

static int64_t get_time(object_t from, const char *name)
{
	const char *text = json_get_string(from.text, from.token, name);
	return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static uint32_t get_address(object_t from, const char *name)
{
	struct in_addr network = {0};
	const char *text = json_get_string(from.text, from.token, name);
	return text && inet_pton(AF_INET, text, &network) == 1 ? ntohl(network.s_addr) : 0;
}

static object_t item(object_t array, int index)
{
	return (object_t){array.text, json_get_array_index(array.token, index)};
}

static object_t array_of(object_t from, const char *name)
{
	return (object_t){from.text, json_get_array(from.text, from.token, name)};
}

static int length_of(object_t array)
{
	return array.token ? json_get_array_len(array.token) : 0;
}

static dsmipv4_registered_prefix_t *get_prefixes(object_t event, uint16_t *n)
{
	object_t array = array_of(event, "prefixes");
	*n = (uint16_t)CLAMP(length_of(array), 0, UINT16_MAX);
	dsmipv4_registered_prefix_t *prefixes = g_new0(dsmipv4_registered_prefix_t, *n + 1);
	for (int i = 0; i < *n; i++) {
		object_t p = item(array, i);
		const char *text = json_get_string(p.text, p.token, "prefix");
		if (!text || inet_pton(AF_INET6, text, prefixes[i].prefix.bytes) != 1)
			continue;
		prefixes[i].prefix.len = (uint8_t)get_number(p, "length");
		prefixes[i].code = (uint8_t)get_number(p, "code");
		prefixes[i].state = (uint8_t)MIN(get_number(p, "state"), DSMIPV4_PREFIX_IGNORED);
	}
	return prefixes;
}

static dsmipv4_event_t *get_event(object_t from, dsmipv4_bindings_t *bindings, dsmipv4_node_t *node)
{
	dsmipv4_event_t header = {0};
#define GET(member, kind) header.member = get_##kind(from, #member);
	EVENT_MEMBERS(GET)
	if (header.type == DSMIPV4_REGISTRATION_REQUEST)
		header.max_id = get_hex(from, "max_id");
	dsmipv4_registered_prefix_t *prefixes = get_prefixes(from, &header.n_prefixes);
	dsmipv4_event_t *e = dsmipv4_restore_event(bindings, node, &header, prefixes);
	g_free(prefixes);
	return e;
}

static dsmipv4_event_t *get_link(object_t from, const char *name, const GPtrArray *events)
{
	double index;
	if (!json_get_double(from.text, from.token, name, &index) || index < 0 || index >= events->len)
		return NULL;
	return events->pdata[(unsigned)index];
}

static void get_links(object_t from, dsmipv4_event_t *e, const GPtrArray *events)
{
#define GET_LINK(member) e->member = get_link(from, #member, events);
	EVENT_LINKS(GET_LINK)
	if (e->type == DSMIPV4_REGISTRATION_REQUEST)
		e->previous = get_link(from, "previous", events);
}

static void get_bindings(object_t from, dsmipv4_bindings_t *bindings, dsmipv4_node_t *node, const GPtrArray *events)
{
	object_t array = array_of(from, "bindings");
	for (int i = 0; i < length_of(array); i++) {
		object_t b = item(array, i);
		dsmipv4_event_t *reply = get_link(b, "reply", events);
		if (reply && reply->type == DSMIPV4_REGISTRATION_REPLY)
			dsmipv4_restore_binding(bindings, node, reply);
	}
	dsmipv4_event_t *changed_by = get_link(from, "changed_by", events);
	if (length_of(array) == 0 && changed_by)
		dsmipv4_restore_removal(bindings, node, changed_by,
					(dsmipv4_removal_t)MIN(get_number(from, "removal"), DSMIPV4_REMOVED_UNKNOWN));
}

static void get_node(object_t from, dsmipv4_bindings_t *bindings)
{
	GPtrArray *events = g_ptr_array_new();
	object_t array = array_of(from, "events");
	dsmipv4_node_t *node =
		dsmipv4_restore_node(bindings, get_address(from, "ha"), get_address(from, "hoa"), get_hex(from, "nai"));
	for (int i = 0; i < length_of(array); i++)
		g_ptr_array_add(events, get_event(item(array, i), bindings, node));
	for (int i = 0; i < length_of(array); i++)
		get_links(item(array, i), events->pdata[i], events);
	if (node) {
		node->max_id = get_hex(from, "max_id");
		node->offered_by = get_address(from, "offered_by");
		node->offered = (uint16_t)get_number(from, "offered");
		node->last_request = get_link(from, "last_request", events);
		get_bindings(from, bindings, node, events);
	}
	g_ptr_array_free(events, TRUE);
}

// A line holds one node; a comma may stand before it.
static bool read_line(char *line, dsmipv4_bindings_t *bindings)
{
	char *text = line + strspn(line, " ,\t\r\n");
	int n = json_parse(text, NULL, 0);
	if (n <= 0)
		return false;
	jsmntok_t *tokens = g_new0(jsmntok_t, n);
	bool parsed = json_parse(text, tokens, (unsigned)n) > 0 && tokens[0].type == JSMN_OBJECT;
	if (parsed)
		get_node((object_t){text, tokens}, bindings);
	g_free(tokens);
	return parsed;
}

static bool is_node(const char *line)
{
	return line[strspn(line, " ,\t\r")] == '{' && !strstr(line, "\"dsmipv4_bindings\"");
}

static void read_lines(dsmipv4_bindings_t *bindings, GIOChannel *file, const char *path)
{
	char *line;
	unsigned number = 0;
	GError *error = NULL;
	bool ours = false;
	while (g_io_channel_read_line(file, &line, NULL, NULL, &error) == G_IO_STATUS_NORMAL) {
		number++;
		ours |= strstr(line, "\"dsmipv4_bindings\"") != NULL;
		bool good = ours && (!is_node(line) || read_line(line, bindings));
		g_free(line);
		if (good)
			continue;
		report_failure("%s:%u: %s", path, number,
			       ours ? "expected a node as -z dsmipv4,bindings,json writes it"
				    : "expected a file that -z dsmipv4,bindings,json wrote");
		return;
	}
	if (error)
		report_failure("%s:%u: %s", path, number + 1, error->message);
	g_clear_error(&error);
}

void dsmipv4_bindings_read_json(dsmipv4_bindings_t *bindings, const char *path)
{
	GError *error = NULL;
	GIOChannel *file = g_io_channel_new_file(path, "r", &error);
	if (!file) {
		report_failure("dsmipv4.bindings_file: %s: %s", path, error->message);
		g_error_free(error);
		return;
	}
	read_lines(bindings, file, path);
	g_io_channel_unref(file);
}
