// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table from the JSON that bindings_write.c writes. A missing member is read as zero, and a link to
// nothing as no link.
#include "settings/state_read.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <limits.h>
#include <string.h>
#include <wsutil/report_message.h>
#include <wsutil/wsjson.h>

#include "core/state/node_index.h"
#include "settings/state_members.h"

typedef struct {
	char *text; // of one line
	jsmntok_t *token;
} object_t;

// What is filled.
typedef struct {
	dsmipv4_bindings_t *bindings;
	dsmipv4_tunnel_histories_t *histories;
} table_t;

// The plugin never writes numbers of more than 64 bits, nor "nan", which jsmn takes for a number.
static uint64_t get_number(object_t from, const char *name)
{
	double value = 0;
	bool good = json_get_double(from.text, from.token, name, &value) && value > 0 && value < 0x1p64;
	return good ? (uint64_t)value : 0;
}

static uint64_t get_hex(object_t from, const char *name)
{
	const char *text = json_get_string(from.text, from.token, name);
	return text ? g_ascii_strtoull(text, NULL, 16) : 0;
}

static int64_t get_time(object_t from, const char *name)
{
	const char *text = json_get_string(from.text, from.token, name);
	return text ? CLAMP(g_ascii_strtoll(text, NULL, 10), -DSMIPV4_LATEST_TIME, DSMIPV4_LATEST_TIME) : 0;
}

static uint32_t get_address(object_t from, const char *name)
{
	struct in_addr network = {0};
	const char *text = json_get_string(from.text, from.token, name);
	return text && inet_pton(AF_INET, text, &network) == 1 ? g_ntohl(network.s_addr) : 0;
}

static object_t first_item(object_t array)
{
	return (object_t){array.text, array.token ? array.token + 1 : NULL};
}

// The token after this one and all that is inside it. The last token is followed by a sentinel, which starts after
// the end of the text.
static object_t next_item(object_t item)
{
	jsmntok_t *token = item.token + 1;
	while (token->start < item.token->end)
		token++;
	return (object_t){item.text, token};
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
	object_t p = first_item(array);
	for (int i = 0; i < *n; i++, p = next_item(p)) {
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
	dsmipv4_event_t *e = dsmipv4_preload_event(bindings, node, &header, prefixes);
	g_free(prefixes);
	return e;
}

// The object with this index; NULL if there is none.
static void *get_link(object_t from, const char *name, const GPtrArray *all)
{
	double index;
	if (!json_get_double(from.text, from.token, name, &index) || !(index >= 0 && index < all->len))
		return NULL;
	return all->pdata[(unsigned)index];
}

// The same if it is a message of this type: the members of others have another meaning.
static dsmipv4_event_t *get_event_link(object_t from, const char *name, const GPtrArray *events, uint8_t type)
{
	dsmipv4_event_t *e = get_link(from, name, events);
	return e && e->type == type ? e : NULL;
}

static void get_links(object_t from, dsmipv4_event_t *e, const GPtrArray *events)
{
	bool is_request = e->type == DSMIPV4_REGISTRATION_REQUEST;
#define GET_LINK(member) e->member = get_event_link(from, #member, events, e->type);
	EVENT_LINKS(GET_LINK)
	e->pair = get_event_link(from, "pair", events,
				 is_request ? DSMIPV4_REGISTRATION_REPLY : DSMIPV4_REGISTRATION_REQUEST);
	if (is_request)
		e->previous = get_event_link(from, "previous", events, DSMIPV4_REGISTRATION_REQUEST);
}

static dsmipv4_removal_t get_removal(object_t from)
{
	return (dsmipv4_removal_t)MIN(get_number(from, "removal"), DSMIPV4_REMOVED_UNKNOWN);
}

// A binding without its reply is left out, but keeps its index.
static dsmipv4_binding_t *get_binding(object_t from, dsmipv4_bindings_t *bindings, const GPtrArray *events,
				      const GPtrArray *earlier)
{
	dsmipv4_event_t *reply = get_event_link(from, "reply", events, DSMIPV4_REGISTRATION_REPLY);
	if (!reply)
		return NULL;
	dsmipv4_binding_t *b = dsmipv4_preload_binding(bindings, reply);
	const dsmipv4_event_t *created = get_link(from, "created", events);
	b->created = created ? created : reply;
	b->before = get_link(from, "before", earlier);
	b->removed_by = get_link(from, "removed_by", events);
	b->removal = get_removal(from);
	return b;
}

static void get_version(object_t from, dsmipv4_bindings_t *table, dsmipv4_node_t *node, const GPtrArray *events,
			const GPtrArray *bindings)
{
	const dsmipv4_event_t *event = get_link(from, "event", events);
	object_t indexes = array_of(from, "bindings");
	GPtrArray *live = g_ptr_array_new();
	object_t number = first_item(indexes);
	for (int i = 0; i < length_of(indexes); i++, number = next_item(number)) {
		guint64 index = g_ascii_strtoull(number.text + number.token->start, NULL, 10);
		if (index < bindings->len && bindings->pdata[index])
			g_ptr_array_add(live, bindings->pdata[index]);
	}
	if (event)
		dsmipv4_preload_version(table, node, event, get_removal(from),
					(const dsmipv4_binding_t *const *)live->pdata, live->len);
	g_ptr_array_free(live, TRUE);
}

static void get_trace(object_t from, dsmipv4_tunnel_histories_t *histories, const dsmipv4_node_t *node,
		      const GPtrArray *bindings)
{
	if (!json_get_string(from.text, from.token, "heard"))
		return;
	dsmipv4_tunnel_history_t *history = dsmipv4_tunnel_history_make(histories, node);
	history->reported[DSMIPV4_TO_MN] = get_hex(from, "said_to");
	history->reported[DSMIPV4_FROM_MN] = get_hex(from, "said_from");
	history->heard = get_time(from, "heard");
	history->awaited = get_link(from, "awaited", bindings);
	history->sent = get_hex(from, "sent");
	history->sent_at = get_time(from, "sent_at");
}

static void get_history(object_t from, const table_t *table, dsmipv4_node_t *node, const GPtrArray *events)
{
	GPtrArray *bindings = g_ptr_array_new();
	object_t array = array_of(from, "bindings"), one = first_item(array);
	for (int i = 0; i < length_of(array); i++, one = next_item(one))
		g_ptr_array_add(bindings, get_binding(one, table->bindings, events, bindings));
	array = array_of(from, "versions");
	one = first_item(array);
	for (int i = 0; i < length_of(array); i++, one = next_item(one))
		get_version(one, table->bindings, node, events, bindings);
	get_trace(from, table->histories, node, bindings);
	g_ptr_array_free(bindings, TRUE);
}

static void get_node(object_t from, const table_t *table)
{
	GPtrArray *events = g_ptr_array_new();
	object_t array = array_of(from, "events");
	dsmipv4_node_t *node = dsmipv4_preload_node(table->bindings, get_address(from, "ha"), get_address(from, "hoa"),
						    get_hex(from, "nai"));
	object_t event = first_item(array);
	for (int i = 0; i < length_of(array); i++, event = next_item(event))
		g_ptr_array_add(events, get_event(event, table->bindings, node));
	event = first_item(array);
	for (unsigned i = 0; i < events->len; i++, event = next_item(event))
		get_links(event, events->pdata[i], events);
	if (node) {
		node->max_id = get_hex(from, "max_id");
		node->offered_by = get_address(from, "offered_by");
		node->offered = (uint16_t)get_number(from, "offered");
		node->last_request = get_event_link(from, "last_request", events, DSMIPV4_REGISTRATION_REQUEST);
		get_history(from, table, node, events);
	}
	g_ptr_array_free(events, TRUE);
}

#define DEEPEST 8          // the plugin writes 5 levels
#define MOST_ELEMENTS 4096 // of a list or an object; a message has room for 2970 prefixes
#define MOST_TOKENS (1 << 20)

// json_parse() takes time that grows with the square of an array's length, and the readers recurse for each level.
// These limits keep a hostile file from exploiting that.
static bool is_modest(const char *text)
{
	unsigned commas[DEEPEST + 1] = {0}, depth = 0;
	bool quoted = false;
	for (const char *p = text; *p; p++) {
		if (quoted && *p == '\\' && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if ((*p == '{' || *p == '[') && ++depth <= DEEPEST)
			commas[depth] = 0;
		else if ((*p == '}' || *p == ']') && depth > 0)
			depth--;
		else if (depth > DEEPEST || (*p == ',' && ++commas[depth] >= MOST_ELEMENTS))
			return false;
	}
	return true;
}

// A line holds one node or link; a comma may stand before it.
static bool read_line(char *line, const table_t *table)
{
	char *text = line + strspn(line, " ,\t\r\n");
	int n = is_modest(text) ? json_parse(text, NULL, 0) : 0;
	if (n <= 0 || n > MOST_TOKENS)
		return false;
	jsmntok_t *tokens = g_new0(jsmntok_t, n + 1);
	tokens[n].start = INT_MAX;
	bool parsed = json_parse(text, tokens, (unsigned)n) > 0 && tokens[0].type == JSMN_OBJECT;
	object_t object = {text, tokens};
	if (parsed && json_get_string(text, tokens, "mac"))
		dsmipv4_note_home_link(table->bindings, get_hex(object, "mac"), get_address(object, "ha"));
	else if (parsed)
		get_node(object, table);
	g_free(tokens);
	return parsed;
}

#define MARK "\"dsmipv4_bindings\":"

static bool is_object(const char *line)
{
	return line[strspn(line, " ,\t\r")] == '{' && !strstr(line, MARK);
}

// The first line of a file of this version.
static bool is_ours(const char *line)
{
	const char *mark = strstr(line, MARK);
	return mark && g_ascii_strtoull(mark + strlen(MARK), NULL, 10) == BINDINGS_FORMAT_VERSION;
}

static void read_lines(const table_t *table, GIOChannel *file, const char *path)
{
	char *line;
	unsigned number = 0;
	GError *error = NULL;
	bool ours = false;
	while (g_io_channel_read_line(file, &line, NULL, NULL, &error) == G_IO_STATUS_NORMAL) {
		number++;
		ours |= is_ours(line);
		bool good = ours && (!is_object(line) || read_line(line, table));
		g_free(line);
		if (good)
			continue;
		report_failure("%s:%u: %s", path, number,
			       ours ? "expected a node as -z dsmipv4,state writes it"
				    : "expected a file that -z dsmipv4,state of this version wrote");
		return;
	}
	if (error)
		report_failure("%s:%u: %s", path, number + 1, error->message);
	g_clear_error(&error);
}

void dsmipv4_bindings_read_json(dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories, const char *path)
{
	GError *error = NULL;
	GIOChannel *file = g_io_channel_new_file(path, "r", &error);
	if (!file) {
		report_failure("dsmipv4.bindings_file: %s: %s", path, error->message);
		g_error_free(error);
		return;
	}
	read_lines(&(table_t){bindings, histories}, file, path);
	g_io_channel_unref(file);
}
