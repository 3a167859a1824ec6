// SPDX-License-Identifier: GPL-2.0-or-later
// libFuzzer target over decoding, the binding table and all checks of control messages.
//
// Input: a byte of flags, then messages, each behind a header of HEADER_LEN bytes (read_event()).
// They pass through one binding table in turn. Each message is judged as captured whole and as cut
// short by a snaplen, in buffers of exactly its size; at the end all are judged once more, for what
// came later must not change what was said.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/bytes.h"
#include "require.h"
#include "rules/dispatch.h"
#include "match/expectation.h"
#include "state/node_index.h"
#include "state/pending.h"

#define HEADER_LEN 7
#define MOST_EVENTS 24
#define MOST_LOOKUPS 8       // prefixes of a reply that are looked up again
#define LONGEST_INPUT 140000 // two messages of the greatest size

typedef struct {
	const uint8_t *bytes; // in the input
	uint32_t len;
	uint32_t captured; // of len, as the table sees it
	bool fragment;
	dsmipv4_packet_t packet;

	// What became of it.
	uint8_t *copy; // a buffer of `captured` bytes
	const dsmipv4_message_t *message;
	const dsmipv4_event_t *event;
	const dsmipv4_verdicts_t *verdicts;
	const dsmipv4_version_t *state; // of its node as of its frame
} event_t;

// Flags in the first byte of the input.
enum {
	STRICT = 0x01,
	WITH_KEYS = 0x02,
	END_KNOWN = 0x04,
};

// Flags of a message.
enum {
	IS_FRAGMENT = 0x01,
	NOT_IPV4 = 0x02,
	NO_TTL = 0x04,
	NO_TIME = 0x08,
	STEP_IN_MINUTES = 0x10,
	STEP_IN_MILLISECONDS = 0x20,
	WILD_TIME = 0x40,
};

static const uint8_t secret[] = {'d', 's', 'm', 'i', 'p', 'v', '4'};
static const dsmipv4_key_t key_list[] = {
	{.spi = 0x100, .algorithm = DSMIPV4_HMAC_MD5, .secret = secret, .secret_len = sizeof secret},
	{.spi = 0x101, .algorithm = DSMIPV4_KEYED_MD5, .secret = secret, .secret_len = sizeof secret},
	{.spi = 0x102, .algorithm = DSMIPV4_HMAC_SHA1, .secret = secret, .secret_len = sizeof secret},
};
static const dsmipv4_keys_t keys = {key_list, sizeof key_list / sizeof key_list[0]};

static const bool needs_future[DSMIPV4_RULE_COUNT] = {
#define NEEDS_FUTURE(id) [DSMIPV4_RULE_##id] = true,
#include "rules/rules.def"
};

// Addresses that the message itself names take the checks further than random ones would.
static uint32_t choose_address(const event_t *event, unsigned choice)
{
	static const uint32_t fixed[] = {0, 0xe000000b, 0x0a000001, 0xcb007109, 0xffffffff};
	uint32_t at = 4 + 4 * (choice & 7);
	if ((choice & 7) < 3)
		return event->len >= at + 4 ? get32(event->bytes + at) : 0;
	return fixed[(choice & 7) - 3];
}

static void choose_packet(event_t *event, uint8_t flags, uint8_t addresses, uint8_t ttl)
{
	dsmipv4_packet_t *p = &event->packet;
	p->ipv4 = !(flags & NOT_IPV4);
	p->src = choose_address(event, addresses & 7);
	p->dst = choose_address(event, addresses >> 3 & 7);
	p->sport = addresses & 0x40 ? 434 : 40000;
	p->dport = addresses & 0x80 ? 40000 : 434;
	p->ttl_known = !(flags & NO_TTL);
	p->ttl = ttl;
	p->udp_checksum = dsmipv4_udp_checksum(p->src, p->dst, event->bytes, event->len);
	p->time_known = !(flags & NO_TIME);
}

// Milliseconds from the message before; pcapng allows any time at all.
static int64_t step_of(uint8_t flags, int8_t step)
{
	if (flags & STEP_IN_MILLISECONDS)
		return step;
	return step * INT64_C(1000) * (flags & STEP_IN_MINUTES ? 60 : 1);
}

// Flags; choice of addresses and ports; TTL; time since the message before; how many bytes the
// snaplen takes off; length of the message, 16 bits. Returns how much of the input that was.
static size_t read_event(const uint8_t *h, size_t size, int64_t *clock, event_t *e)
{
	size_t len = (size_t)h[5] << 8 | h[6], rest = size - HEADER_LEN;
	e->bytes = h + HEADER_LEN;
	e->len = (uint32_t)(len < rest ? len : rest);
	e->captured = h[4] < e->len ? e->len - h[4] : 0;
	e->fragment = h[0] & IS_FRAGMENT;
	choose_packet(e, h[0], h[1], h[2]);
	if (*clock == 0)
		*clock = (e->len >= 20 ? (int64_t)get32(e->bytes + 16) - 2208988800 : 1700000000) * 1000;
	*clock += step_of(h[0], (int8_t)h[3]);
	int64_t seconds = *clock / 1000 - (*clock % 1000 < 0);
	e->packet.time = h[0] & WILD_TIME ? seconds * INT64_C(1000000007) : seconds;
	e->packet.nsecs = (uint32_t)((*clock % 1000 + 1000) % 1000) * 1000000;
	return HEADER_LEN + e->len;
}

static void check_first(const dsmipv4_message_t *m, uint32_t index, int type)
{
	REQUIRE(index == DSMIPV4_NO_EXT || index < m->n_exts);
	REQUIRE(index == DSMIPV4_NO_EXT || type < 0 || m->exts[index].type == type);
}

// One-byte padding may stand between extensions (RFC 5944 1.8).
static uint32_t skip_padding(const dsmipv4_message_t *m, uint32_t at)
{
	while (m->fixed && at < m->captured_len && m->bytes[at] == 0)
		at++;
	return at;
}

static void check_message(const dsmipv4_message_t *m)
{
	uint32_t end = m->fixed_len;
	REQUIRE(m->captured_len <= m->reported_len);
	REQUIRE(m->captured_whole == (m->captured_len == m->reported_len && !m->fragment));
	REQUIRE(m->fixed || m->n_exts == 0);
	for (uint32_t i = 0; i < m->n_exts; i++) {
		const dsmipv4_ext_t *e = &m->exts[i];
		REQUIRE(e->offset == skip_padding(m, end) && e->offset < m->captured_len);
		REQUIRE(e->header_len >= 2 && e->header_len <= 4);
		REQUIRE(e->body_offset == e->offset + e->header_len);
		end = e->body_offset + e->body_len;
		REQUIRE(end > e->offset && end <= m->reported_len);
		REQUIRE(e->captured == (end <= m->captured_len));
		REQUIRE(!e->overrun || end == m->reported_len);
		REQUIRE(e->overrun || e->body_len == e->length);
	}
	REQUIRE(m->trailing <= 1 && end + m->trailing <= (m->fixed ? m->reported_len : end));
	check_first(m, m->first_auth, -1);
	check_first(m, m->first_mn_ha, DSMIPV4_EXT_MN_HA_AUTH);
	check_first(m, m->first_link_auth, -1);
	check_first(m, m->first_mn_fa, DSMIPV4_EXT_MN_FA_AUTH);
	check_first(m, m->first_fa_ha, DSMIPV4_EXT_FA_HA_AUTH);
	check_first(m, m->first_mn_aaa, DSMIPV4_EXT_GENERALIZED_AUTH);
	check_first(m, m->first_nai, DSMIPV4_EXT_NAI);
	check_first(m, m->first_prefix_request, DSMIPV4_EXT_DSMIPV4);
	check_first(m, m->first_mode, DSMIPV4_EXT_DSMIPV4);
}

static void check_verdicts(const dsmipv4_message_t *m, const dsmipv4_verdicts_t *v)
{
	bool found[DSMIPV4_RULE_COUNT] = {false};
	const dsmipv4_finding_t *f = wmem_array_get_raw(v->findings);
	for (unsigned i = 0; i < wmem_array_get_count(v->findings); i++) {
		REQUIRE(f[i].rule < DSMIPV4_RULE_COUNT && (i == 0 || f[i - 1].rule <= f[i].rule));
		REQUIRE(f[i].severity <= DSMIPV4_ERROR);
		REQUIRE(f[i].offset >= -8 &&
			(int64_t)f[i].offset + f[i].length <= (int64_t)m->reported_len); // UDP's too
		REQUIRE(!f[i].ext || (f[i].ext >= m->exts && f[i].ext < m->exts + m->n_exts));
		size_t len = strlen(f[i].words);
		REQUIRE(len > 2 && (dsmipv4_rule_is_item(f[i].rule) || f[i].words[len - 1] == ']'));
		found[f[i].rule] = true;
	}
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		REQUIRE(found[i] == (v->verdict[i] == DSMIPV4_BROKEN));
	// What is not seen proves nothing.
	REQUIRE(m->captured_whole || !found[DSMIPV4_RULE_auth_missing]);
	REQUIRE(m->captured_whole || !found[DSMIPV4_RULE_ext_trailing]);
	REQUIRE(!m->fragment || !found[DSMIPV4_RULE_ext_overrun]);
	REQUIRE(!m->fragment || !found[DSMIPV4_RULE_msg_short]);
}

static void check_registered(const dsmipv4_event_t *e)
{
	for (unsigned i = 0; i < e->n_prefixes; i++)
		REQUIRE(e->prefixes[i].state <= DSMIPV4_PREFIX_IGNORED);
}

static void check_version(const dsmipv4_version_t *v, uint32_t frame)
{
	if (!v)
		return;
	REQUIRE(v->event->frame <= frame);
	for (uint32_t i = 0; i < v->n_bindings; i++) {
		const dsmipv4_binding_t *b = v->bindings[i];
		REQUIRE(b->reply && b->reply->frame <= v->event->frame);
		REQUIRE(b->created && b->created->frame <= b->reply->frame);
		const dsmipv4_event_t *request = dsmipv4_binding_request(b);
		REQUIRE(!request || request->type == DSMIPV4_REGISTRATION_REQUEST);
		REQUIRE(!b->removed_by || b->removed_by->frame > v->event->frame);
		for (uint32_t k = 0; k < i; k++)
			REQUIRE(dsmipv4_binding_coa(v->bindings[k]) != dsmipv4_binding_coa(b));
	}
}

static void check_event(const dsmipv4_event_t *e, uint32_t frame)
{
	if (!e)
		return;
	REQUIRE(e->frame == frame);
	REQUIRE(!e->before || e->before->frame < frame);
	REQUIRE(!e->first || (e->first->frame < frame && e->first->type == e->type && !e->first->first));
	REQUIRE(!e->relay_of || (e->relay_of->frame < frame && e->relay_of->type == e->type));
	check_registered(e);
	check_version(dsmipv4_state_before(e), frame);
	if (e->type == DSMIPV4_REGISTRATION_REPLY) {
		REQUIRE(!e->pair || (e->pair->frame < frame && e->pair->type == DSMIPV4_REGISTRATION_REQUEST));
		REQUIRE(!e->binding || e->binding->reply == e);
		for (unsigned i = 0; e->overlaps && i < e->n_prefixes; i++)
			REQUIRE(!e->overlaps[i].binding || e->overlaps[i].binding->reply->node != e->node);
	}
}

static const dsmipv4_version_t *state_of(const event_t *e)
{
	return e->event && e->event->node ? dsmipv4_node_at(e->event->node, e->packet.frame) : NULL;
}

// Decode `captured` bytes of an event in a buffer of that size, which `copy` gets.
static const dsmipv4_message_t *decode(wmem_allocator_t *alloc, const event_t *event, uint32_t captured, uint8_t **copy)
{
	*copy = malloc(captured);
	if (captured)
		memcpy(*copy, event->bytes, captured);
	const dsmipv4_message_t *m = dsmipv4_message_decode(alloc, *copy, captured, event->len, event->fragment);
	check_message(m);
	return m;
}

static void take(wmem_allocator_t *alloc, const dsmipv4_options_t *options, dsmipv4_bindings_t *bindings, event_t *e)
{
	e->message = decode(alloc, e, e->captured, &e->copy);
	dsmipv4_auth_state_t auth = dsmipv4_auth_message(options->keys, e->message);
	e->event = dsmipv4_bindings_message(bindings, &e->packet, e->message, auth);
	check_event(e->event, e->packet.frame);
	e->state = state_of(e);
	e->verdicts = dsmipv4_judge_message(alloc, options, &e->packet, e->message, e->event);
	check_verdicts(e->message, e->verdicts);
}

typedef struct {
	const dsmipv4_node_t *node;
	bool found;
} search_t;

static bool is_it(const dsmipv4_node_t *node, void *user)
{
	search_t *s = user;
	s->found = node == s->node;
	return !s->found;
}

// Whose binding it is comes out by each of its addresses.
static void check_binding_lookups(const dsmipv4_bindings_t *bindings, const dsmipv4_binding_t *b)
{
	const dsmipv4_event_t *reply = b->reply, *since = dsmipv4_home_agent_since(bindings, reply->node->ha);
	uint32_t coa = dsmipv4_binding_effective_coa(b);
	search_t s = {reply->node, false};
	REQUIRE(since && since->frame <= reply->frame);
	dsmipv4_nodes_by_coa(bindings, coa, UINT32_MAX, is_it, &s);
	REQUIRE(s.found || coa == 0 || dsmipv4_foreign_agent_since(bindings, reply->node->ha, coa));
	for (unsigned i = 0; i < reply->n_prefixes && i < MOST_LOOKUPS; i++) {
		const dsmipv4_registered_prefix_t *r = &reply->prefixes[i];
		if (r->state != DSMIPV4_PREFIX_ACTIVE || r->prefix.len > 128)
			continue;
		s.found = false;
		dsmipv4_nodes_by_prefix(bindings, reply->node->ha, r->prefix.bytes, UINT32_MAX, is_it, &s);
		REQUIRE(s.found);
	}
}

static void check_lookups(const dsmipv4_bindings_t *bindings, const event_t *e)
{
	const dsmipv4_node_t *node = e->event ? e->event->node : NULL;
	search_t s = {node, false};
	if (node && node->hoa != 0) {
		dsmipv4_nodes_by_hoa(bindings, node->ha, node->hoa, UINT32_MAX, is_it, &s);
		REQUIRE(s.found);
	}
	for (uint32_t i = 0; e->state && i < e->state->n_bindings; i++)
		check_binding_lookups(bindings, e->state->bindings[i]);
}

// What is known of a frame stays what it was when it came.
static void check_again(wmem_allocator_t *alloc, const dsmipv4_options_t *options, const dsmipv4_bindings_t *bindings,
			event_t *e, int64_t end)
{
	REQUIRE(state_of(e) == e->state);
	check_lookups(bindings, e);
	check_version(e->state, e->packet.frame);
	dsmipv4_look_ahead(bindings, &e->packet, end);
	const dsmipv4_verdicts_t *v = dsmipv4_judge_message(alloc, options, &e->packet, e->message, e->event);
	check_verdicts(e->message, v);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (!needs_future[i] && v->verdict[i] != e->verdicts->verdict[i])
			fprintf(stderr, "%s was %u, is %u\n", dsmipv4_rule((dsmipv4_rule_id_t)i)->id,
				e->verdicts->verdict[i], v->verdict[i]);
		REQUIRE(needs_future[i] || v->verdict[i] == e->verdicts->verdict[i]);
	}
}

// A snaplen hides faults, it makes none.
static void check_cut(wmem_allocator_t *alloc, const dsmipv4_options_t *options, const event_t *event)
{
	uint8_t *whole_copy, *cut_copy;
	const dsmipv4_message_t *whole = decode(alloc, event, event->len, &whole_copy);
	const dsmipv4_message_t *cut = decode(alloc, event, event->captured, &cut_copy);
	const dsmipv4_verdicts_t *w = dsmipv4_judge_message(alloc, options, &event->packet, whole, NULL);
	const dsmipv4_verdicts_t *c = dsmipv4_judge_message(alloc, options, &event->packet, cut, NULL);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		bool is_new = c->verdict[i] == DSMIPV4_BROKEN && w->verdict[i] != DSMIPV4_BROKEN;
		if (is_new)
			fprintf(stderr, "%s\n", dsmipv4_rule((dsmipv4_rule_id_t)i)->id);
		REQUIRE(!is_new);
	}
	free(whole_copy);
	free(cut_copy);
}

static unsigned read_events(const uint8_t *data, size_t size, event_t *events)
{
	int64_t clock = 0;
	unsigned n = 0;
	while (size > HEADER_LEN && n < MOST_EVENTS) {
		size_t used = read_event(data, size, &clock, &events[n]);
		events[n].packet.frame = n + 1;
		n++;
		data += used;
		size -= used;
	}
	return n;
}

static void run(const uint8_t *data, size_t size, const dsmipv4_options_t *options)
{
	event_t events[MOST_EVENTS] = {0};
	unsigned n = read_events(data + 1, size - 1, events);
	// The simple allocator calls malloc() for each piece, so that ASan sees who leaves his own.
	wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	dsmipv4_bindings_t *bindings = dsmipv4_bindings_new(alloc);
	for (unsigned i = 0; i < n; i++) {
		take(alloc, options, bindings, &events[i]);
		check_cut(alloc, options, &events[i]);
	}
	int64_t end = n && data[0] & END_KNOWN ? INT64_MAX : 0;
	for (unsigned i = 0; i < n; i++)
		check_again(alloc, options, bindings, &events[i], end);
	for (unsigned i = 0; i < n; i++)
		free(events[i].copy);
	wmem_destroy_allocator(alloc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= 1 + HEADER_LEN || size > LONGEST_INPUT)
		return 0;
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		options.enabled[i] = true;
	options.strict_rfc3344 = (data[0] & STRICT) != 0;
	options.keys = data[0] & WITH_KEYS ? &keys : NULL;
	run(data, size, &options);
	return 0;
}
