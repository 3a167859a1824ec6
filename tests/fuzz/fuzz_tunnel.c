// SPDX-License-Identifier: GPL-2.0-or-later
// libFuzzer target over tunneled packets: decoding, matching with the binding table, and all checks.
//
// Input: IPv4 packets, each behind a header of HEADER_LEN bytes (read_record()). Registration messages
// among them make the bindings. Each tunneled packet is judged as it comes, in a buffer of exactly its
// size, then as captured whole and as cut short by a snaplen, and at the end once more as on a later
// visit: what came after it must not change what was said.
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

#define HEADER_LEN 5
#define MOST_RECORDS 24
#define UDP 17
#define UDP_HEADER_LEN 8

// Flags of a packet.
enum {
	HEADER_UNKNOWN = 0x01, // where the outermost header lies: as after reassembly
	IS_PARTIAL = 0x02,     // a fragment that was not put together
	STEP_IN_MINUTES = 0x10,
	STEP_IN_MILLISECONDS = 0x20,
};

typedef struct {
	const uint8_t *bytes; // in the input
	uint32_t len;
	uint32_t captured; // of len
	uint8_t flags;
	uint32_t header_len; // of IPv4, and of UDP where that is followed
	dsmipv4_packet_t packet;

	// What became of it.
	uint8_t *copy; // a buffer of its captured payload
	dsmipv4_outer_t outer;
	dsmipv4_tunnel_t tunnel;
	dsmipv4_match_t match;
	const dsmipv4_verdicts_t *verdicts; // NULL: no tunnel of anybody known
} record_t;

typedef struct {
	wmem_allocator_t *alloc;
	dsmipv4_options_t options;
	dsmipv4_bindings_t *bindings;
	dsmipv4_tunnel_histories_t *histories;
} world_t;

static const bool needs_future[DSMIPV4_RULE_COUNT] = {
#define NEEDS_FUTURE(id) [DSMIPV4_RULE_##id] = true,
#include "rules/rules.def"
};

static const char *const layer_names[DSMIPV4_RULE_COUNT] = {
#define RULE(id, layer, applies, source, strength, group, severity, actor, text) [DSMIPV4_RULE_##id] = #layer,
#include "rules/rules.def"
};

static bool is_about_ipv6(dsmipv4_rule_id_t rule)
{
	return strstr(layer_names[rule], "IPV6") != NULL;
}

// Input.

static int64_t step_of(uint8_t flags, int8_t step)
{
	if (flags & STEP_IN_MILLISECONDS)
		return step;
	return step * INT64_C(1000) * (flags & STEP_IN_MINUTES ? 60 : 1);
}

static void read_ipv4(record_t *r)
{
	const uint8_t *h = r->bytes;
	dsmipv4_packet_t *p = &r->packet;
	p->ipv4 = true;
	p->src = get32(h + 12);
	p->dst = get32(h + 16);
	p->ttl_known = true;
	p->ttl = h[8];
	p->udp_checksum = DSMIPV4_CHECKSUM_NONE;
	r->header_len = 4u * (h[0] & 15);
	if (h[9] == UDP && r->len >= r->header_len + UDP_HEADER_LEN) {
		p->sport = get16(h + r->header_len);
		p->dport = get16(h + r->header_len + 2);
		r->header_len += UDP_HEADER_LEN;
	}
}

static bool is_ipv4(const record_t *r)
{
	return r->len >= 20 && r->bytes[0] >> 4 == 4 && (r->bytes[0] & 15) >= 5 && r->len >= 4u * (r->bytes[0] & 15);
}

// Flags; time since the packet before; how many bytes the snaplen takes off; length of the packet, 16
// bits. Returns how much of the input that was.
static size_t read_record(const uint8_t *h, size_t size, int64_t *clock, record_t *r)
{
	size_t len = get16(h + 3), rest = size - HEADER_LEN;
	r->flags = h[0];
	r->bytes = h + HEADER_LEN;
	r->len = (uint32_t)(len < rest ? len : rest);
	*clock += step_of(h[0], (int8_t)h[1]);
	if (is_ipv4(r))
		read_ipv4(r);
	r->captured = r->len - r->header_len > h[2] ? r->len - h[2] : r->header_len;
	r->packet.time_known = true;
	r->packet.time = *clock / 1000 - (*clock % 1000 < 0);
	r->packet.nsecs = (uint32_t)((*clock % 1000 + 1000) % 1000) * 1000000;
	return HEADER_LEN + r->len;
}

static bool is_on_port_434(const record_t *r)
{
	return r->packet.sport == DSMIPV4_UDP_PORT || r->packet.dport == DSMIPV4_UDP_PORT;
}

static bool is_message(const record_t *r)
{
	return is_on_port_434(r) && r->len > r->header_len && r->bytes[r->header_len] != DSMIPV4_TUNNEL_DATA;
}

static bool is_tunnel(const record_t *r)
{
	if (r->header_len == 0)
		return false;
	uint8_t protocol = r->bytes[9];
	return protocol == UDP ? is_on_port_434(r) && !is_message(r) && r->len > r->header_len
			       : protocol == DSMIPV4_ENCAP_IPIP || protocol == DSMIPV4_ENCAP_IPV6 ||
					 protocol == DSMIPV4_ENCAP_GRE || protocol == DSMIPV4_ENCAP_MINIMAL;
}

static dsmipv4_outer_t outer_of(const record_t *r)
{
	const uint8_t *h = r->bytes;
	uint16_t off = get16(h + 6);
	dsmipv4_outer_t outer = {
		.src = r->packet.src,
		.dst = r->packet.dst,
		.protocol = h[9],
		.ttl = h[8],
		.tos = h[1],
		.df = off & 0x4000,
		.fragment = off & 0x3fff,
		.partial = r->flags & IS_PARTIAL,
	};
	if (!(r->flags & HEADER_UNKNOWN)) {
		outer.header_len = (uint8_t)(4 * (h[0] & 15));
		outer.total_len = get16(h + 2);
		outer.offset = -(int32_t)r->header_len;
	}
	if (outer.protocol == UDP)
		outer.udp = (dsmipv4_tunnel_data_t){.sport = r->packet.sport, .dport = r->packet.dport};
	return outer;
}

// What must be so.

static void check_layer(const dsmipv4_tunnel_t *t, const dsmipv4_outer_t *layer)
{
	REQUIRE(layer->inside < 16);
	REQUIRE(layer->offset <= (int32_t)t->captured);
	REQUIRE(layer->shim_offset >= 0 && layer->shim_offset <= (int32_t)t->captured);
	REQUIRE(layer->header_len == 0 || (layer->header_len >= 20 && layer->header_len <= 60));
	REQUIRE(!layer->compressed || (layer->header_len == 0 && layer->total_len == 0));
}

static void check_ipv6(const dsmipv4_tunnel_t *t, uint32_t reported)
{
	const dsmipv4_ipv6_t *p = &t->ipv6;
	uint32_t end = t->inner_offset + 40;
	REQUIRE(end <= t->captured && end + p->available <= reported);
	REQUIRE(p->upper == DSMIPV4_UPPER_UNKNOWN || (p->upper_offset >= end && p->upper_offset <= t->captured));
	REQUIRE(p->upper == DSMIPV4_UPPER_ICMPV6 || (p->icmp_type == 0 && p->lladdr_offset == 0));
	REQUIRE(p->lladdr_offset == 0 || (p->lladdr_offset > end && p->lladdr_offset + 8 <= t->captured));
	REQUIRE(p->dhcp_type == 0 || dsmipv4_ipv6_is_dhcp(p));
	REQUIRE(!p->ia_pd || p->dhcp_type);
	REQUIRE(p->n_prefixes <= DSMIPV4_MOST_PREFIXES);
	for (unsigned i = 0; i < p->n_prefixes; i++)
		REQUIRE(p->prefixes[i].len <= 128);
}

static void check_tunnel(const dsmipv4_tunnel_t *t, uint32_t reported)
{
	REQUIRE(t->n_layers >= 1 && t->n_layers <= DSMIPV4_MOST_LAYERS);
	for (unsigned i = 0; i < t->n_layers; i++)
		check_layer(t, &t->layers[i]);
	for (unsigned i = 0; i < t->n_layers; i++)
		REQUIRE(dsmipv4_encap_word(&t->layers[i]));
	REQUIRE(t->kind == DSMIPV4_INNER_UNKNOWN || t->inner_offset < t->captured);
	if (t->kind == DSMIPV4_INNER_IPV6)
		check_ipv6(t, reported);
	REQUIRE((dsmipv4_inner_digest(t) != 0) == (t->kind == DSMIPV4_INNER_IPV6));
	REQUIRE(dsmipv4_tunnel_overhead(t) <= t->captured + 68);
}

static void check_entry(const dsmipv4_binding_t *b, const dsmipv4_registered_prefix_t *r)
{
	REQUIRE(!r || (r >= b->reply->prefixes && r < b->reply->prefixes + b->reply->n_prefixes));
}

static void check_candidate(const dsmipv4_match_t *m, const dsmipv4_candidate_t *c)
{
	const dsmipv4_binding_t *b = c->binding;
	REQUIRE((c->status == DSMIPV4_BINDING_REMOVED) == (c->removed_by != NULL));
	REQUIRE(b || c->status == DSMIPV4_BINDING_REMOVED || c->status == DSMIPV4_BINDING_PERHAPS);
	if (!b)
		return;
	REQUIRE(b->reply->frame <= m->frame && b->reply->node == m->node);
	REQUIRE(!c->request || c->request->frame < b->reply->frame);
	check_entry(b, c->prefix);
	check_entry(b, c->refused);
	check_entry(b, c->link_local);
	REQUIRE(!c->prefix || (c->prefix->state == DSMIPV4_PREFIX_ACTIVE && c->prefix->prefix.len <= 128));
	REQUIRE(!c->prefix || !(c->refused || c->omitted_by));
	REQUIRE(!c->refused || c->refused->state != DSMIPV4_PREFIX_ACTIVE);
	REQUIRE(!c->implicit || (c->n_global == 0 && !c->link_local && !c->prefix));
	REQUIRE(!c->omitted_by || c->omitted_by->frame <= m->frame);
	dsmipv4_expected_tunneling_mode(m, c);
}

static void check_match(const dsmipv4_match_t *m, const record_t *r)
{
	REQUIRE(m->node || m->ha_known);
	REQUIRE(m->tunnel == &r->tunnel && m->adjacent == dsmipv4_tunnel_adjacent(m->tunnel));
	REQUIRE((m->address != NULL) == (m->tunnel->kind == DSMIPV4_INNER_IPV6));
	REQUIRE(!m->care_of || (m->care_of >= m->tunnel->layers && m->care_of <= m->adjacent));
	REQUIRE(!m->coa || m->care_of);
	REQUIRE(!m->hoa || (m->node && m->node->hoa == m->hoa));
	REQUIRE(m->tunneling_mode != DSMIPV4_TUNNELING_COA || m->care_of);
	REQUIRE(m->tunneling_mode != DSMIPV4_TUNNELING_FA_COA_DIRECT || m->care_of);
	REQUIRE(!m->strange_ha || m->node);
	REQUIRE(m->n_candidates <= DSMIPV4_MOST_CANDIDATES && (m->node || m->n_candidates == 0));
	for (unsigned i = 0; i < m->n_candidates; i++)
		check_candidate(m, &m->candidates[i]);
}

static void check_findings(const record_t *r, const dsmipv4_verdicts_t *v)
{
	bool found[DSMIPV4_RULE_COUNT] = {false};
	const dsmipv4_finding_t *f = wmem_array_get_raw(v->findings);
	for (unsigned i = 0; i < wmem_array_get_count(v->findings); i++) {
		REQUIRE(f[i].rule < DSMIPV4_RULE_COUNT && (i == 0 || f[i - 1].rule < f[i].rule));
		REQUIRE(f[i].severity <= DSMIPV4_ERROR && !f[i].ext);
		REQUIRE(f[i].offset >= -68 && f[i].offset + (int64_t)f[i].length <= r->tunnel.captured);
		REQUIRE(!is_about_ipv6(f[i].rule) || r->tunnel.kind == DSMIPV4_INNER_IPV6);
		size_t len = strlen(f[i].words);
		REQUIRE(len > 2 && (dsmipv4_rule_is_item(f[i].rule) || f[i].words[len - 1] == ']'));
		found[f[i].rule] = true;
	}
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		REQUIRE(found[i] == (v->verdict[i] == DSMIPV4_BROKEN));
}

// Information that is given each time.
static unsigned lasting_items(const dsmipv4_verdicts_t *v)
{
	unsigned n = 0;
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		dsmipv4_rule_id_t rule = dsmipv4_finding(v, i)->rule;
		n += dsmipv4_rule_is_item(rule) && !dsmipv4_rule_is_once(rule);
	}
	return n;
}

// One packet's way.

static bool find(const world_t *w, record_t *r)
{
	return dsmipv4_match(&r->match, w->bindings, &r->tunnel, r->packet.frame, dsmipv4_packet_time(&r->packet),
			     w->options.grace);
}

// Decode `captured` bytes of the packet in a buffer of that size, and find whose it is.
static bool decode(const world_t *w, record_t *r, uint32_t captured)
{
	uint32_t len = captured - r->header_len, reported = r->len - r->header_len;
	r->copy = malloc(len);
	if (len)
		memcpy(r->copy, r->bytes + r->header_len, len);
	r->outer = outer_of(r);
	if (!dsmipv4_tunnel_decode(&r->tunnel, &r->outer, r->copy, len, reported))
		return false;
	check_tunnel(&r->tunnel, reported);
	if (!find(w, r))
		return false;
	check_match(&r->match, r);
	return true;
}

static void judge(const world_t *w, record_t *r, dsmipv4_tunnel_histories_t *histories)
{
	r->verdicts = dsmipv4_judge_tunnel(w->alloc, &w->options, &r->packet, &r->match, w->bindings, histories);
	REQUIRE((r->match.chosen != NULL) == (r->match.n_candidates > 0));
	check_findings(r, r->verdicts);
}

static void take_message(const world_t *w, record_t *r)
{
	uint32_t len = r->captured - r->header_len;
	r->copy = malloc(len);
	if (len)
		memcpy(r->copy, r->bytes + r->header_len, len);
	const dsmipv4_message_t *m = dsmipv4_message_decode(w->alloc, r->copy, len, r->len - r->header_len, false);
	dsmipv4_bindings_message(w->bindings, &r->packet, m, DSMIPV4_AUTH_NOT_CHECKED);
}

static bool same_shape(const record_t *a, const record_t *b)
{
	if (a->tunnel.n_layers != b->tunnel.n_layers || a->tunnel.kind != b->tunnel.kind)
		return false;
	for (unsigned i = 0; i < a->tunnel.n_layers; i++) {
		if (a->tunnel.layers[i].inside != b->tunnel.layers[i].inside)
			return false;
	}
	return a->match.n_candidates <= 1;
}

// A snaplen hides faults, it makes none. With several candidates another may be chosen, and with
// less of the headers another node be found.
static void check_cut(const world_t *w, const record_t *r)
{
	record_t whole = *r, cut = *r;
	bool whole_found = decode(w, &whole, r->len), cut_found = decode(w, &cut, r->captured);
	if (whole_found && cut_found && same_shape(&whole, &cut)) {
		judge(w, &whole, dsmipv4_tunnel_histories_new(w->alloc));
		judge(w, &cut, dsmipv4_tunnel_histories_new(w->alloc));
		for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
			bool is_new = cut.verdicts->verdict[i] == DSMIPV4_BROKEN &&
				      whole.verdicts->verdict[i] != DSMIPV4_BROKEN;
			if (is_new)
				fprintf(stderr, "%s\n", dsmipv4_rule((dsmipv4_rule_id_t)i)->id);
			REQUIRE(!is_new);
		}
	}
	free(whole.copy);
	free(cut.copy);
}

static void take(const world_t *w, record_t *r)
{
	if (is_message(r)) {
		take_message(w, r);
		return;
	}
	if (!is_tunnel(r))
		return;
	check_cut(w, r);
	if (decode(w, r, r->captured))
		judge(w, r, w->histories);
}

// What is known of a frame stays what it was when it came.
static void check_again(const world_t *w, record_t *r, int64_t end)
{
	dsmipv4_match_t before = r->match;
	const dsmipv4_verdicts_t *first = r->verdicts;
	if (!first)
		return;
	REQUIRE(find(w, r));
	check_match(&r->match, r);
	REQUIRE(r->match.node == before.node && r->match.tunneling_mode == before.tunneling_mode &&
		r->match.ha == before.ha);
	REQUIRE(r->match.n_candidates == before.n_candidates && r->match.direction == before.direction);
	for (unsigned i = 0; i < before.n_candidates; i++) {
		REQUIRE(r->match.candidates[i].binding == before.candidates[i].binding);
		REQUIRE(r->match.candidates[i].request == before.candidates[i].request);
		REQUIRE(r->match.candidates[i].status == before.candidates[i].status);
		REQUIRE(r->match.candidates[i].prefix == before.candidates[i].prefix);
	}
	r->packet.capture_end = end;
	judge(w, r, NULL);
	REQUIRE(!before.chosen || r->match.chosen->binding == before.chosen->binding);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		REQUIRE(needs_future[i] || dsmipv4_rule_is_item(i) ||
			r->verdicts->verdict[i] == DSMIPV4_NOT_APPLICABLE);
	REQUIRE(lasting_items(r->verdicts) == lasting_items(first));
}

static unsigned read_records(const uint8_t *data, size_t size, record_t *records)
{
	int64_t clock = INT64_C(1700000000) * 1000;
	unsigned n = 0;
	while (size > HEADER_LEN && n < MOST_RECORDS) {
		size_t used = read_record(data, size, &clock, &records[n]);
		records[n].packet.frame = n + 1;
		n++;
		data += used;
		size -= used;
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= HEADER_LEN || size > 70000)
		return 0;
	record_t records[MOST_RECORDS] = {0};
	unsigned n = read_records(data, size, records);
	// The simple allocator calls malloc() for each piece, so that ASan sees who leaves his own.
	world_t w = {.alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE)};
	w.bindings = dsmipv4_bindings_new(w.alloc);
	w.histories = dsmipv4_tunnel_histories_new(w.alloc);
	dsmipv4_options_init(&w.options);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		w.options.enabled[i] = true;
	for (unsigned i = 0; i < n; i++)
		take(&w, &records[i]);
	for (unsigned i = 0; i < n; i++)
		check_again(&w, &records[i], INT64_MAX);
	for (unsigned i = 0; i < n; i++)
		free(records[i].copy);
	wmem_destroy_allocator(w.alloc);
	return 0;
}
