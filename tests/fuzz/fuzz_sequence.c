// SPDX-License-Identifier: GPL-2.0-or-later
// libFuzzer target over the state machine: long sequences of well-formed messages and packets with times.
//
// Input: steps of STEP_LEN bytes, each a choice among few nodes, agents, addresses, prefixes and identifications, so
// that they meet again and again. After each step nothing that was said of an earlier frame changes; and what is known
// in the middle survives the end of a file: it is written and read again. Packets are judged with a memo and without.
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "require.h"
#include "rules/dispatch.h"
#include "rules/memo.h"
#include "match/tunnel_history.h"
#include "saved/read.h"
#include "saved/write.h"
#include "state/bindings.h"
#include "state/node_index.h"
#include "state/table.h"

#define STEP_LEN 6
#define MOST_STEPS 512
#define REMEMBERED 16 // frames whose state is compared after each step
#define HA 0xc6336401u
#define FA 0xcb007109u
#define COA 0xc0000221u
#define HOA 0xc633644du
#define BEGIN INT64_C(1700000000000) // milliseconds

enum { REQUEST, REPLY, RELAYED_REQUEST, RELAYED_REPLY, TO_COA, TO_HOA, FROM_COA, REVOKE };

// A step's choices.
typedef struct {
	unsigned what;    // of the enumeration above
	unsigned node;    // 0 to 3
	unsigned agent;   // 0, 1
	unsigned address; // 0 to 3: care-of address
	unsigned prefix;  // 0 to 3
	unsigned id;      // 0 to 15
	uint8_t flags, code;
	uint16_t lifetime;
} step_t;

typedef struct {
	const dsmipv4_node_t *node;
	const dsmipv4_version_t *version;
	uint32_t frame;
} memory_t;

typedef struct {
	wmem_allocator_t *alloc;
	dsmipv4_options_t options;
	dsmipv4_bindings_t *bindings;
	dsmipv4_tunnel_histories_t *histories;
	dsmipv4_options_t alike; // without the rules that keep a memo from being used
	dsmipv4_memo_t *memo;
	dsmipv4_tunnel_histories_t *with_memo, *without_memo;
	uint32_t frame;
	int64_t clock; // milliseconds
	memory_t memory[REMEMBERED];
	unsigned n_remembered;
} world_t;

static void begin(world_t *w)
{
	*w = (world_t){.alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE), .clock = BEGIN};
	w->bindings = dsmipv4_bindings_new(w->alloc);
	w->histories = dsmipv4_tunnel_histories_new(w->alloc);
	dsmipv4_options_init(&w->options);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		w->options.enabled[i] = true;
	w->alike = w->options;
	w->alike.enabled[DSMIPV4_RULE_tun_hop_decrement] = w->alike.enabled[DSMIPV4_RULE_natt_keepalive_late] = false;
	w->memo = dsmipv4_memo_new(w->alloc);
	w->with_memo = dsmipv4_tunnel_histories_new(w->alloc);
	w->without_memo = dsmipv4_tunnel_histories_new(w->alloc);
}

static step_t read_step(world_t *w, const uint8_t *b)
{
	static const uint8_t flags[] = {0x22, 0x02, 0xa2, 0x2a};
	static const uint8_t codes[] = {0, 0, 0, 1, 64, 69, 128, 133};
	static const uint16_t lifetimes[] = {600, 600, 1, 0, 0xffff, 30, 600, 6};
	static const int32_t waits[] = {0, 1, 50, 2000, -50, 1000, 60000, 700000}; // milliseconds
	w->clock += waits[b[5] & 7] * (1 + (b[5] >> 3 & 3));
	return (step_t){
		.what = b[0] & 7,
		.node = b[0] >> 3 & 3,
		.agent = b[0] >> 5 & 1,
		.address = b[1] & 3,
		.prefix = b[1] >> 2 & 3,
		.id = b[1] >> 4,
		.flags = flags[b[2] & 3],
		.code = codes[b[3] & 7],
		.lifetime = lifetimes[b[4] & 7],
	};
}

static void put32(GByteArray *out, uint32_t value)
{
	value = g_htonl(value);
	g_byte_array_append(out, (const uint8_t *)&value, sizeof value);
}

// 2001:db8:<prefix>::/48, the last one is a /47 that contains the two before it.
static void put_prefix(GByteArray *out, const step_t *s)
{
	uint8_t len = s->prefix == 3 ? 47 : 48;
	const uint8_t prefix[16] = {0x20, 1, 0xd, 0xb8, 0, (uint8_t)(s->prefix == 3 ? 2 : s->prefix + 1)};
	if (s->what == REQUEST || s->what == RELAYED_REQUEST)
		g_byte_array_append(out, (const uint8_t[]){152, 18, 1, len}, 4);
	else
		g_byte_array_append(out, (const uint8_t[]){152, 20, 2, s->code & 1, len, 0}, 6);
	g_byte_array_append(out, prefix, sizeof prefix);
}

static void put_message(GByteArray *out, const step_t *s)
{
	bool request = s->what == REQUEST || s->what == RELAYED_REQUEST;
	uint32_t coa = s->flags & 0x20 ? COA + s->address : FA;
	put32(out,
	      (request ? 0x01000000u | (uint32_t)s->flags << 16 : 0x03000000u | (uint32_t)s->code << 16) | s->lifetime);
	put32(out, HOA + s->node);
	put32(out, HA + s->agent);
	if (request)
		put32(out, coa);
	put32(out, 0xe8fe6f80 + s->id);
	put32(out, s->id);
	put_prefix(out, s);
	g_byte_array_append(out, (const uint8_t[22]){32, 20, 0, 0, 1, 0}, 22);
}

static dsmipv4_packet_t packet_of(world_t *w, uint32_t src, uint32_t dst)
{
	int64_t seconds = w->clock / 1000 - (w->clock % 1000 < 0);
	return (dsmipv4_packet_t){
		.ipv4 = true,
		.src = src,
		.dst = dst,
		.sport = 434,
		.dport = 434,
		.ttl_known = true,
		.ttl = 64,
		.time_known = true,
		.time = seconds,
		.nsecs = (uint32_t)(w->clock - seconds * 1000) * 1000000,
		.frame = ++w->frame,
	};
}

static void remember(world_t *w, const dsmipv4_node_t *node, uint32_t frame)
{
	if (node)
		w->memory[w->n_remembered++ % REMEMBERED] = (memory_t){node, dsmipv4_node_at(node, frame), frame};
}

static void take_message(world_t *w, uint32_t src, uint32_t dst, const GByteArray *bytes)
{
	dsmipv4_packet_t p = packet_of(w, src, dst);
	uint8_t *copy = wmem_memdup(w->alloc, bytes->data, bytes->len);
	const dsmipv4_message_t *m = dsmipv4_message_decode(w->alloc, copy, bytes->len, bytes->len, false);
	const dsmipv4_event_t *e = dsmipv4_bindings_message(w->bindings, &p, m, DSMIPV4_AUTH_NOT_CHECKED);
	REQUIRE(e && e->frame == p.frame);
	dsmipv4_verdicts_t *v = dsmipv4_judge_message(w->alloc, &w->options, &p, m, e);
	dsmipv4_verdicts_t *again = dsmipv4_judge_message(w->alloc, &w->options, &p, m, e);
	REQUIRE(memcmp(v->verdict, again->verdict, sizeof v->verdict) == 0);
	remember(w, e->node, p.frame);
}

static void take_control(world_t *w, const step_t *s)
{
	uint32_t node = s->flags & 0x20 ? COA + s->address : HOA + s->node, agent = HA + s->agent;
	GByteArray *bytes = g_byte_array_new();
	put_message(bytes, s);
	switch (s->what) {
	case REQUEST:
		take_message(w, node, s->flags & 0x20 ? agent : FA, bytes);
		break;
	case REPLY:
		take_message(w, s->flags & 0x20 ? agent : FA, node, bytes);
		break;
	case RELAYED_REQUEST:
		take_message(w, FA, agent, bytes);
		break;
	default:
		take_message(w, agent, FA, bytes);
		break;
	}
	g_byte_array_free(bytes, TRUE);
}

static void take_revocation(world_t *w, const step_t *s)
{
	GByteArray *bytes = g_byte_array_new();
	bool ack = s->code & 1;
	put32(bytes, ack ? 0x0f000000 : 0x07008000);
	put32(bytes, HOA + s->node);
	if (!ack) {
		put32(bytes, HA + s->agent);
		put32(bytes, s->flags & 0x80 ? 0 : COA + s->address);
	}
	put32(bytes, s->id);
	take_message(w, ack ? COA + s->address : HA + s->agent, ack ? HA + s->agent : COA + s->address, bytes);
	g_byte_array_free(bytes, TRUE);
}

static void check_memo(const world_t *w, const dsmipv4_packet_t *p, const dsmipv4_tunnel_t *tunnel)
{
	dsmipv4_match_t with, without;
	const dsmipv4_verdicts_t *a =
		dsmipv4_memo_judge(w->memo, w->alloc, &w->alike, p, tunnel, w->bindings, w->with_memo, &with);
	const dsmipv4_verdicts_t *b =
		dsmipv4_memo_judge(NULL, w->alloc, &w->alike, p, tunnel, w->bindings, w->without_memo, &without);
	REQUIRE(!a == !b);
	if (!a)
		return;
	REQUIRE(memcmp(a->verdict, b->verdict, sizeof a->verdict) == 0);
	REQUIRE(dsmipv4_n_findings(a) == dsmipv4_n_findings(b));
	REQUIRE(with.node == without.node && with.expected == without.expected && with.coa == without.coa);
	REQUIRE(!with.chosen == !without.chosen);
	REQUIRE(!with.chosen || with.chosen->binding == without.chosen->binding);
}

static void take_packet(world_t *w, const step_t *s)
{
	uint8_t bytes[40] = {0x60, [6] = 59, [7] = 64};
	const uint8_t address[16] = {0x20, 1, 0xd, 0xb8, 0, (uint8_t)(s->prefix + 1), [15] = 1};
	uint32_t peer = s->what == TO_HOA ? HOA + s->node : s->flags & 0x20 ? COA + s->address : FA;
	bool from = s->what == FROM_COA;
	memcpy(bytes + (from ? 8 : 24), address, sizeof address);
	bytes[from ? 24 : 8] = 0x20;
	dsmipv4_packet_t p = packet_of(w, from ? peer : HA + s->agent, from ? HA + s->agent : peer);
	dsmipv4_outer_t outer = {.src = p.src, .dst = p.dst, .protocol = 41, .ttl = 64};
	dsmipv4_tunnel_t tunnel;
	dsmipv4_match_t match, again;
	REQUIRE(dsmipv4_tunnel_decode(&tunnel, &outer, bytes, sizeof bytes, sizeof bytes));
	check_memo(w, &p, &tunnel);
	int64_t time = dsmipv4_packet_time(&p);
	if (!dsmipv4_match(&match, w->bindings, &tunnel, p.frame, time, w->options.grace))
		return;
	dsmipv4_judge_tunnel(w->alloc, &w->options, &p, &match, w->bindings, w->histories);
	REQUIRE(dsmipv4_match(&again, w->bindings, &tunnel, p.frame, time, w->options.grace));
	REQUIRE(again.node == match.node && again.n_candidates == match.n_candidates);
	remember(w, match.node, p.frame);
}

// What was known as of an earlier frame is known still.
static void check_memory(const world_t *w)
{
	for (unsigned i = 0; i < REMEMBERED && i < w->n_remembered; i++)
		REQUIRE(dsmipv4_node_at(w->memory[i].node, w->memory[i].frame) == w->memory[i].version);
}

static void check_version(const dsmipv4_version_t *v)
{
	for (uint32_t i = 0; i < v->n_bindings; i++) {
		const dsmipv4_binding_t *b = v->bindings[i];
		REQUIRE(b->reply->binding == b && b->created && b->reply->node == v->event->node);
		REQUIRE(!b->removed_by || b->removed_by->frame >= b->reply->frame);
	}
}

static bool check_node(const dsmipv4_node_t *node, void *user)
{
	(void)user;
	for (uint32_t i = 0; i < node->n_versions; i++) {
		check_version(dsmipv4_node_version(node, i));
		REQUIRE(i == 0 ||
			dsmipv4_node_version(node, i - 1)->event->frame <= dsmipv4_node_version(node, i)->event->frame);
	}
	return true;
}

// At the end of a part of the capture.
static void check_saved(const world_t *w)
{
	world_t next;
	begin(&next);
	GByteArray *state = dsmipv4_saved_write(w->bindings, w->histories);
	REQUIRE(!dsmipv4_saved_read(next.bindings, next.histories, state->data, state->len));
	REQUIRE(next.bindings->nodes.n == w->bindings->nodes.n);
	g_byte_array_free(state, TRUE);
	wmem_destroy_allocator(next.alloc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	world_t w;
	begin(&w);
	size_t n = MIN(size / STEP_LEN, MOST_STEPS);
	for (size_t i = 0; i < n; i++) {
		step_t s = read_step(&w, data + i * STEP_LEN);
		if (s.what == REVOKE)
			take_revocation(&w, &s);
		else if (s.what >= TO_COA)
			take_packet(&w, &s);
		else
			take_control(&w, &s);
		check_memory(&w);
		if (i == n / 2)
			check_saved(&w);
	}
	dsmipv4_bindings_each_node(w.bindings, check_node, NULL);
	check_saved(&w);
	wmem_destroy_allocator(w.alloc);
	return 0;
}
