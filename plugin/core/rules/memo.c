// SPDX-License-Identifier: GPL-2.0-or-later
// Tunneled packets that are judged like an earlier one.
#include "rules/memo.h"

#include <stddef.h>
#include <string.h>

#define N_ENTRIES 1024 // each packet has its place among them
#define MOST_LAYERS 3
#define MOST_VERDICTS 256 // sets of verdicts that differ
#define ECHO_REQUEST 128
#define ECHO_REPLY 129

// What the rules look at in a packet with IPv6 inside. Two packets are alike where these bytes are equal.
typedef struct {
	dsmipv4_outer_t layers[MOST_LAYERS]; // the first `n_layers` of them
	uint32_t n_layers;
	uint32_t inner_offset;
	dsmipv4_ipv6_t ipv6; // up to `prefixes`, of which there are none
} likeness_t;

G_STATIC_ASSERT(sizeof(dsmipv4_outer_t) == 48); // no holes

typedef struct {
	likeness_t of;
	int64_t from, until;                     // times between which it stands
	uint32_t n_changes;                      // of the table then
	uint32_t n_histories;                    // then
	dsmipv4_tunnel_history_t before;         // the node's history
	const dsmipv4_tunnel_history_t *history; // where it is, NULL: the node has none
	dsmipv4_match_t match;
	const dsmipv4_verdicts_t *verdicts;
} entry_t;

struct dsmipv4_memo {
	wmem_allocator_t *alloc;
	uint64_t hits;
	const dsmipv4_verdicts_t *verdicts[MOST_VERDICTS];
	unsigned n_verdicts;
	entry_t *entries[N_ENTRIES]; // NULL: none yet
};

dsmipv4_memo_t *dsmipv4_memo_new(wmem_allocator_t *alloc)
{
	dsmipv4_memo_t *memo = wmem_new0(alloc, dsmipv4_memo_t);
	memo->alloc = alloc;
	return memo;
}

uint64_t dsmipv4_memo_hits(const dsmipv4_memo_t *memo)
{
	return memo->hits;
}

// Rules that compare each packet with those before it.
static bool is_watched(const dsmipv4_options_t *options)
{
	return options->enabled[DSMIPV4_RULE_tun_hop_decrement] || options->enabled[DSMIPV4_RULE_natt_keepalive_late];
}

// Nothing in the payload is looked at.
static bool is_plain(const dsmipv4_ipv6_t *ipv6)
{
	switch (ipv6->upper) {
	case DSMIPV4_UPPER_OTHER:
		return true;
	case DSMIPV4_UPPER_UDP:
		return !dsmipv4_ipv6_is_dhcp(ipv6);
	case DSMIPV4_UPPER_ICMPV6:
		return ipv6->icmp_type == ECHO_REQUEST || ipv6->icmp_type == ECHO_REPLY;
	default:
		return false;
	}
}

static bool has_checksum(const dsmipv4_tunnel_t *t)
{
	for (unsigned i = 0; i < t->n_layers; i++) {
		if (t->layers[i].protocol == DSMIPV4_ENCAP_GRE && t->layers[i].gre.covered)
			return true;
	}
	return false;
}

static bool may_be_remembered(const dsmipv4_memo_t *memo, const dsmipv4_options_t *options, const dsmipv4_tunnel_t *t)
{
	return memo && t->kind == DSMIPV4_INNER_IPV6 && t->n_layers <= MOST_LAYERS && t->ipv6.n_prefixes == 0 &&
	       is_plain(&t->ipv6) && !has_checksum(t) && !is_watched(options);
}

// It fills the IPv4 packet around it, and is small enough for a tunnel with a static MTU (RFC 4213 3.2.1).
static bool has_ordinary_length(const dsmipv4_ipv6_t *ipv6)
{
	return ipv6->payload_len == ipv6->available && ipv6->payload_len > 0 &&
	       IPV6_HEADER_LEN + ipv6->payload_len <= 1480;
}

static void set_likeness(likeness_t *like, const dsmipv4_tunnel_t *t)
{
	like->n_layers = t->n_layers;
	like->inner_offset = t->inner_offset;
	memcpy(like->layers, t->layers, t->n_layers * sizeof t->layers[0]);
	for (unsigned i = 0; i < t->n_layers; i++) {
		if (!t->layers[i].partial)
			like->layers[i].total_len = t->layers[i].total_len != 0;
	}
	memcpy(&like->ipv6, &t->ipv6, offsetof(dsmipv4_ipv6_t, prefixes));
	like->ipv6.hop_limit = t->ipv6.hop_limit != 0;
	like->ipv6.sport = like->ipv6.dport = 0;
	if (has_ordinary_length(&t->ipv6))
		like->ipv6.payload_len = like->ipv6.available = 1;
}

static bool is_alike(const likeness_t *a, const likeness_t *b)
{
	return a->n_layers == b->n_layers && a->inner_offset == b->inner_offset &&
	       memcmp(a->layers, b->layers, a->n_layers * sizeof a->layers[0]) == 0 &&
	       memcmp(&a->ipv6, &b->ipv6, offsetof(dsmipv4_ipv6_t, prefixes)) == 0;
}

static uint64_t eight_bytes(const uint8_t *bytes)
{
	uint64_t value;
	memcpy(&value, bytes, sizeof value);
	return value;
}

static entry_t **place_of(dsmipv4_memo_t *memo, const likeness_t *like)
{
	const dsmipv4_outer_t *outer = &like->layers[0];
	uint64_t hash = (uint64_t)outer->src << 32 | outer->dst;
	hash = hash * UINT64_C(0x9e3779b97f4a7c15) ^ eight_bytes(like->ipv6.src) ^ eight_bytes(like->ipv6.src + 8);
	hash = hash * UINT64_C(0x9e3779b97f4a7c15) ^ eight_bytes(like->ipv6.dst) ^ eight_bytes(like->ipv6.dst + 8);
	hash = hash * UINT64_C(0x9e3779b97f4a7c15) ^ like->ipv6.payload_len;
	return &memo->entries[hash * UINT64_C(0x9e3779b97f4a7c15) >> 54];
}

G_STATIC_ASSERT(N_ENTRIES == 1 << (64 - 54));

// The same place in a copy of an array, for a pointer that may be NULL.
#define MOVED(pointer, from, to) ((pointer) ? (to) + ((pointer) - (from)) : NULL)

static void copy_match(dsmipv4_match_t *to, const dsmipv4_match_t *from)
{
	memcpy(to, from, offsetof(dsmipv4_match_t, candidates));
	memcpy(to->candidates, from->candidates, from->n_candidates * sizeof from->candidates[0]);
	to->n_candidates = from->n_candidates;
	to->chosen = MOVED(from->chosen, from->candidates, to->candidates);
	to->expected = from->expected;
}

static bool stands(const entry_t *e, const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_histories_t *histories,
		   int64_t time)
{
	return e->n_changes == dsmipv4_bindings_changes(bindings) && time >= e->from && time <= e->until &&
	       (e->history ? memcmp(e->history, &e->before, sizeof e->before) == 0
			   : e->n_histories == dsmipv4_tunnel_histories_count(histories));
}

static const dsmipv4_verdicts_t *recall(const entry_t *e, const dsmipv4_tunnel_t *tunnel, uint32_t frame, int64_t time,
					dsmipv4_match_t *m)
{
	copy_match(m, &e->match);
	m->tunnel = tunnel;
	m->frame = frame;
	m->time = time;
	m->adjacent = dsmipv4_tunnel_adjacent(tunnel);
	m->care_of = MOVED(e->match.care_of, e->of.layers, tunnel->layers);
	m->address = m->direction == DSMIPV4_TO_MN ? tunnel->ipv6.dst : tunnel->ipv6.src;
	return e->verdicts;
}

// The lasting copy of verdicts without findings; NULL: there are too many different ones.
static const dsmipv4_verdicts_t *lasting(dsmipv4_memo_t *memo, const dsmipv4_verdicts_t *v)
{
	for (unsigned i = 0; i < memo->n_verdicts; i++) {
		if (memcmp(memo->verdicts[i]->verdict, v->verdict, sizeof v->verdict) == 0)
			return memo->verdicts[i];
	}
	if (memo->n_verdicts == MOST_VERDICTS)
		return NULL;
	dsmipv4_verdicts_t *copy = dsmipv4_verdicts_new(memo->alloc);
	memcpy(copy->verdict, v->verdict, sizeof copy->verdict);
	return memo->verdicts[memo->n_verdicts++] = copy;
}

static void keep(dsmipv4_memo_t *memo, const likeness_t *like, const entry_t *context, const dsmipv4_match_t *m,
		 const dsmipv4_verdicts_t *verdicts)
{
	const dsmipv4_verdicts_t *kept = lasting(memo, verdicts);
	if (!kept)
		return;
	entry_t **place = place_of(memo, like);
	if (!*place)
		*place = wmem_new(memo->alloc, entry_t);
	entry_t *e = *place;
	*e = *context;
	e->of = *like;
	copy_match(&e->match, m);
	e->match.care_of = MOVED(m->care_of, m->tunnel->layers, e->of.layers);
	e->verdicts = kept;
}

// The node's history as it is.
static void note_history(entry_t *context, const dsmipv4_tunnel_histories_t *histories, const dsmipv4_node_t *node)
{
	context->n_histories = dsmipv4_tunnel_histories_count(histories);
	context->history = dsmipv4_tunnel_history_of(histories, node);
	if (context->history)
		context->before = *context->history;
}

// The packet left no trace in the histories, and will not be compared byte by byte with one that did.
static bool is_repeatable(const entry_t *context, const dsmipv4_tunnel_histories_t *histories)
{
	const dsmipv4_tunnel_history_t *h = context->history;
	return context->n_histories == dsmipv4_tunnel_histories_count(histories) &&
	       (!h || (h->sent == 0 && memcmp(h, &context->before, sizeof *h) == 0));
}

const dsmipv4_verdicts_t *dsmipv4_memo_judge(dsmipv4_memo_t *memo, wmem_allocator_t *alloc,
					     const dsmipv4_options_t *options, const dsmipv4_packet_t *packet,
					     const dsmipv4_tunnel_t *tunnel, const dsmipv4_bindings_t *bindings,
					     dsmipv4_tunnel_histories_t *histories, dsmipv4_match_t *m)
{
	int64_t time = dsmipv4_packet_time(packet);
	bool remembers = may_be_remembered(memo, options, tunnel);
	likeness_t like;
	if (remembers) {
		set_likeness(&like, tunnel);
		const entry_t *e = *place_of(memo, &like);
		if (e && is_alike(&e->of, &like) && stands(e, bindings, histories, time)) {
			memo->hits++;
			return recall(e, tunnel, packet->frame, time, m);
		}
	}
	entry_t context = {.from = time, .until = INT64_MAX, .n_changes = dsmipv4_bindings_changes(bindings)};
	if (!dsmipv4_match_until(m, bindings, tunnel, packet->frame, time, options->grace, &context.until))
		return NULL;
	note_history(&context, histories, m->node);
	const dsmipv4_verdicts_t *v = dsmipv4_judge_tunnel(alloc, options, packet, m, bindings, histories);
	m->until = NULL;
	if (remembers && dsmipv4_n_findings(v) == 0 && is_repeatable(&context, histories))
		keep(memo, &like, &context, m, v);
	return v;
}
