// SPDX-License-Identifier: GPL-2.0-or-later
#include "saved/read.h"

#include <glib.h>
#include <string.h>
#include <wsutil/crc32.h>

#include "saved/format.h"
#include "state/node_index.h"
#include "state/preload.h"
#include "util/bytes.h"

static const char not_a_state[] = "this is not a file that -z dsmipv4,state wrote";
static const char other_version[] = "another version of the plugin wrote this file";
static const char damaged[] = "the file is damaged or cut short";

// What is still to be read. After the first fault everything is read as zero.
typedef struct {
	const uint8_t *at, *end;
	bool wrong;
} input_t;

static bool fail(input_t *in)
{
	in->wrong = true;
	in->at = in->end;
	return false;
}

static size_t left(const input_t *in)
{
	return (size_t)(in->end - in->at);
}

static uint64_t get_number(input_t *in)
{
	uint64_t value = 0;
	for (unsigned shift = 0; in->at < in->end && shift < 64; shift += 7) {
		uint8_t byte = *in->at++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	fail(in);
	return 0;
}

// A number of at most this; a greater one is a fault.
static uint64_t get_up_to(input_t *in, uint64_t greatest)
{
	uint64_t value = get_number(in);
	if (value > greatest)
		fail(in);
	return in->wrong ? 0 : value;
}

static int64_t get_signed(input_t *in)
{
	uint64_t value = get_number(in);
	return (int64_t)(value >> 1 ^ -(value & 1));
}

static uint64_t get_bytes(input_t *in, unsigned n)
{
	uint64_t value = 0;
	if (left(in) < n)
		fail(in);
	for (unsigned i = 0; i < n && !in->wrong; i++)
		value = value << 8 | *in->at++;
	return value;
}

static int64_t checked_time(input_t *in, int64_t time)
{
	if (time < -DSMIPV4_LATEST_TIME || time > DSMIPV4_LATEST_TIME)
		fail(in);
	return in->wrong ? 0 : time;
}

// How many there are of something of which each takes at least a byte, so that a number alone takes no memory.
static uint32_t get_count(input_t *in)
{
	return (uint32_t)get_up_to(in, MIN(left(in), UINT32_MAX));
}

// One of `all` by its number, NULL for none.
static void *get_link(input_t *in, const GPtrArray *all)
{
	uint64_t number = get_up_to(in, all->len);
	return number ? all->pdata[number - 1] : NULL;
}

// The same where there must be one.
static void *get_necessary(input_t *in, const GPtrArray *all)
{
	void *one = get_link(in, all);
	if (!one)
		fail(in);
	return one;
}

// A message of this type: the members of others have another meaning.
static dsmipv4_event_t *of_type(input_t *in, dsmipv4_event_t *e, uint8_t type)
{
	if (e && e->type != type)
		fail(in);
	return in->wrong ? NULL : e;
}

static void get_prefixes(input_t *in, dsmipv4_registered_prefix_t *prefixes, uint16_t n)
{
	for (unsigned i = 0; i < n && !in->wrong; i++) {
		dsmipv4_prefix_t *p = &prefixes[i].prefix;
		p->len = (uint8_t)get_bytes(in, 1);
		prefixes[i].code = (uint8_t)get_bytes(in, 1);
		prefixes[i].state = (uint8_t)get_bytes(in, 1);
		unsigned n_bytes = saved_prefix_bytes(p->len);
		if (prefixes[i].state > DSMIPV4_PREFIX_IGNORED || left(in) < n_bytes) {
			fail(in);
			return;
		}
		memcpy(p->bytes, in->at, n_bytes);
		in->at += n_bytes;
		if (p->len < 128 && p->len % 8)
			p->bytes[n_bytes - 1] &= (uint8_t)(0xff00 >> p->len % 8);
	}
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion" // a value that its member could not hold is refused

static void get_members(input_t *in, dsmipv4_event_t *e, const dsmipv4_event_t *before)
{
	uint64_t mask = get_number(in);
	unsigned bit = 0;
#define GET(member, greatest)                                                                                          \
	if (mask >> bit++ & 1) {                                                                                       \
		uint64_t value = get_number(in) ^ (uint64_t)before->member;                                            \
		if (value > (greatest))                                                                                \
			fail(in);                                                                                      \
		else                                                                                                   \
			e->member = value;                                                                             \
	}
	SAVED_MEMBERS(GET)
	if (mask >> bit)
		fail(in);
	e->time = checked_time(in, (int64_t)((uint64_t)before->time + (uint64_t)get_signed(in)));
}

#pragma GCC diagnostic pop

// An event without its links, appended to the node. `before` becomes what the next one differs from.
static dsmipv4_event_t *get_event(input_t *in, dsmipv4_bindings_t *table, dsmipv4_node_t *node, dsmipv4_event_t *before)
{
	dsmipv4_event_t header = *before, *e = NULL;
	get_members(in, &header, before);
	*before = header;
	if (left(in) < header.n_prefixes * (size_t)3)
		fail(in);
	dsmipv4_registered_prefix_t *prefixes = g_new0(dsmipv4_registered_prefix_t, header.n_prefixes + 1u);
	get_prefixes(in, prefixes, header.n_prefixes);
	if (!in->wrong)
		e = dsmipv4_preload_event(table, node, &header, prefixes);
	g_free(prefixes);
	return e;
}

// The type of what answers a message, and of what an answer answers.
static uint8_t counterpart(uint8_t type)
{
	switch (type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return DSMIPV4_REGISTRATION_REPLY;
	case DSMIPV4_REVOCATION:
		return DSMIPV4_REVOCATION_ACK;
	case DSMIPV4_REVOCATION_ACK:
		return DSMIPV4_REVOCATION;
	default:
		return DSMIPV4_REGISTRATION_REQUEST;
	}
}

// Whether the link leads from the event of this number to one that is as it must be: a chain of links has an end.
static dsmipv4_event_t *get_event_link(input_t *in, const GPtrArray *events, guint from, bool same_type, bool earlier)
{
	uint64_t number = get_up_to(in, events->len);
	if (in->wrong || number == 0 || number - 1 == from || (earlier && number - 1 > from)) {
		fail(in);
		return NULL;
	}
	const dsmipv4_event_t *e = events->pdata[from];
	return of_type(in, events->pdata[number - 1], same_type ? e->type : counterpart(e->type));
}

static void get_links(input_t *in, const GPtrArray *events, guint from)
{
	dsmipv4_event_t *e = events->pdata[from];
	uint64_t mask = get_number(in);
	unsigned bit = 0;
#define GET_LINK(member, same_type, earlier)                                                                           \
	if (mask >> bit++ & 1)                                                                                         \
		e->member = get_event_link(in, events, from, same_type, earlier);
	SAVED_LINKS(GET_LINK)
	if (mask >> bit)
		fail(in);
	// What is said of the pair needs one; it may have been too long ago to be stored.
	e->certain_pair = e->certain_pair && e->pair;
	e->late = e->late && e->pair;
	if (e->type != DSMIPV4_REGISTRATION_REQUEST)
		return;
	uint64_t previous = get_up_to(in, from);
	e->previous = previous ? of_type(in, events->pdata[previous - 1], e->type) : NULL;
	e->max_id = get_number(in) ^ e->id;
}

static void get_events(input_t *in, dsmipv4_bindings_t *table, dsmipv4_node_t *node, GPtrArray *events)
{
	dsmipv4_event_t before = {0};
	uint32_t n = get_count(in);
	for (uint32_t i = 0; i < n && !in->wrong; i++)
		g_ptr_array_add(events, get_event(in, table, node, &before));
	for (uint32_t i = 0; i < n && !in->wrong; i++)
		get_links(in, events, i);
}

static dsmipv4_binding_t *get_binding(input_t *in, dsmipv4_bindings_t *table, const GPtrArray *events,
				      const GPtrArray *earlier)
{
	dsmipv4_event_t *reply = of_type(in, get_necessary(in, events), DSMIPV4_REGISTRATION_REPLY);
	dsmipv4_event_t *created = get_link(in, events);
	dsmipv4_binding_t *before = get_link(in, earlier);
	dsmipv4_event_t *removed_by = get_link(in, events);
	dsmipv4_removal_t removal = (dsmipv4_removal_t)get_up_to(in, DSMIPV4_REMOVED_UNKNOWN);
	if (in->wrong || (created && created->type != DSMIPV4_REGISTRATION_REPLY)) {
		fail(in);
		return NULL;
	}
	dsmipv4_binding_t *b = dsmipv4_preload_binding(table, reply);
	b->created = created ? created : reply;
	b->before = before;
	b->removed_by = removed_by;
	b->removal = removal;
	return b;
}

// A binding of a version. Bindings are numbered as versions have them first, `known` of them so far; so a binding comes
// behind those that it refers to when the state is written again.
static dsmipv4_binding_t *get_live(input_t *in, const GPtrArray *bindings, guint *known)
{
	guint number = (guint)get_up_to(in, bindings->len);
	if (number == 0 || number > *known + 1) {
		fail(in);
		return NULL;
	}
	*known = MAX(*known, number);
	return bindings->pdata[number - 1];
}

static void get_version(input_t *in, dsmipv4_bindings_t *table, dsmipv4_node_t *node, const GPtrArray *events,
			const GPtrArray *bindings, guint *known)
{
	const dsmipv4_event_t *event = get_necessary(in, events);
	dsmipv4_removal_t removal = (dsmipv4_removal_t)get_up_to(in, DSMIPV4_REMOVED_UNKNOWN);
	uint32_t n = get_count(in);
	GPtrArray *live = g_ptr_array_new();
	for (uint32_t i = 0; i < n && !in->wrong; i++)
		g_ptr_array_add(live, get_live(in, bindings, known));
	if (!in->wrong)
		dsmipv4_preload_version(table, node, event, removal, (const dsmipv4_binding_t *const *)live->pdata, n);
	g_ptr_array_free(live, TRUE);
}

static void get_history(input_t *in, dsmipv4_tunnel_histories_t *histories, const dsmipv4_node_t *node,
			const GPtrArray *bindings)
{
	if (get_up_to(in, 1) == 0)
		return;
	dsmipv4_tunnel_history_t *history = dsmipv4_tunnel_history_make(histories, node);
	history->reported[DSMIPV4_TO_MN] = get_number(in);
	history->reported[DSMIPV4_FROM_MN] = get_number(in);
	history->heard = checked_time(in, get_signed(in));
	history->awaited = get_link(in, bindings);
	history->unanswered = (uint32_t)get_up_to(in, UINT32_MAX);
	history->unanswered_since = checked_time(in, get_signed(in));
	history->has_network = get_number(in) != 0;
	history->outlived[DSMIPV4_TO_MN] = get_link(in, bindings);
	history->outlived[DSMIPV4_FROM_MN] = get_link(in, bindings);
	history->strange_coa = (uint32_t)get_up_to(in, UINT32_MAX);
	history->sent = get_number(in);
	history->sent_at = checked_time(in, get_signed(in));
}

// What is filled.
typedef struct {
	dsmipv4_bindings_t *bindings;
	dsmipv4_tunnel_histories_t *histories;
	uint64_t n_nodes, n_orphans, n_links;
} table_t;

static void get_node(input_t *in, const table_t *table)
{
	uint32_t ha = (uint32_t)get_bytes(in, 4), hoa = (uint32_t)get_bytes(in, 4);
	dsmipv4_node_t *node = dsmipv4_preload_node(table->bindings, ha, hoa, get_number(in));
	if (!node) {
		fail(in);
		return;
	}
	GPtrArray *events = g_ptr_array_new(), *bindings = g_ptr_array_new();
	node->replay = (uint8_t)get_up_to(in, DSMIPV4_REPLAY_NONCE);
	node->clock_set = get_up_to(in, 1) != 0;
	node->offered_by = (uint32_t)get_up_to(in, UINT32_MAX);
	node->offered = (uint16_t)get_up_to(in, UINT16_MAX);
	get_events(in, table->bindings, node, events);
	node->last_request = of_type(in, get_link(in, events), DSMIPV4_REGISTRATION_REQUEST);
	node->max_request = of_type(in, get_link(in, events), DSMIPV4_REGISTRATION_REQUEST);
	uint32_t n = get_count(in);
	for (uint32_t i = 0; i < n && !in->wrong; i++)
		g_ptr_array_add(bindings, get_binding(in, table->bindings, events, bindings));
	guint known = 0;
	n = get_count(in);
	for (uint32_t i = 0; i < n && !in->wrong; i++)
		get_version(in, table->bindings, node, events, bindings, &known);
	get_history(in, table->histories, node, bindings);
	g_ptr_array_free(events, TRUE);
	g_ptr_array_free(bindings, TRUE);
}

static void get_orphan(input_t *in, const table_t *table)
{
	dsmipv4_event_t nothing = {0};
	const dsmipv4_event_t *e = get_event(in, table->bindings, NULL, &nothing);
	if (e && !dsmipv4_is_to_be_answered(e))
		fail(in);
}

static void get_home_link(input_t *in, const table_t *table)
{
	uint64_t mac = get_bytes(in, 6);
	uint32_t ha = (uint32_t)get_bytes(in, 4);
	if (!in->wrong)
		dsmipv4_note_home_link(table->bindings, mac, ha);
}

static void get_counts(input_t *in, const table_t *table)
{
	uint64_t n_nodes = get_number(in), n_orphans = get_number(in), n_links = get_number(in);
	if (n_nodes != table->n_nodes || n_orphans != table->n_orphans || n_links != table->n_links)
		fail(in);
}

// A record; its body must be what its length says. False after the last one and after a fault.
static bool get_record(input_t *in, table_t *table)
{
	char kind = (char)get_bytes(in, 1);
	uint64_t len = get_up_to(in, left(in));
	input_t body = {in->at, in->at + len, in->wrong};
	in->at += len;
	switch (kind) {
	case SAVED_NODE:
		get_node(&body, table);
		table->n_nodes++;
		break;
	case SAVED_ORPHAN:
		get_orphan(&body, table);
		table->n_orphans++;
		break;
	case SAVED_LINK:
		get_home_link(&body, table);
		table->n_links++;
		break;
	case SAVED_END:
		get_counts(&body, table);
		break;
	default:
		return fail(in);
	}
	return body.wrong || body.at != body.end ? fail(in) : kind != SAVED_END;
}

static const char *check_header(const uint8_t *bytes, size_t len)
{
	size_t name = strlen(SAVED_NAME), header = strlen(SAVED_HEADER);
	if (len == 0)
		return damaged;
	if (memcmp(bytes, SAVED_NAME, MIN(len, name)) != 0)
		return not_a_state;
	if (!memchr(bytes, '\n', len))
		return damaged;
	return len >= header && memcmp(bytes, SAVED_HEADER, header) == 0 ? NULL : other_version;
}

const char *dsmipv4_saved_read(dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories,
			       const uint8_t *bytes, size_t len)
{
	const char *fault = check_header(bytes, len);
	if (fault)
		return fault;
	if (len < strlen(SAVED_HEADER) + SAVED_CHECKSUM_LEN || len > UINT32_MAX)
		return damaged;
	const uint8_t *end = bytes + len - SAVED_CHECKSUM_LEN;
	if (crc32_ccitt(bytes, (unsigned)(end - bytes)) != get32(end))
		return damaged;
	input_t in = {bytes + strlen(SAVED_HEADER), end, false};
	table_t table = {.bindings = bindings, .histories = histories};
	while (get_record(&in, &table))
		;
	return in.wrong || in.at != in.end ? damaged : NULL;
}
