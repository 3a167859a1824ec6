// SPDX-License-Identifier: GPL-2.0-or-later
// Events: what the binding table stores of a registration message.
#include "state/event.h"

#include <stddef.h>
#include <string.h>

#include "state/nat.h"
#include "wire/extension_types.h"
#include "wire/text.h"

bool dsmipv4_ha_is_dynamic(uint32_t ha)
{
	return ha == 0 || (ha & 0xff) == 0xff;
}

dsmipv4_leg_t dsmipv4_request_leg(const dsmipv4_packet_t *packet, const dsmipv4_message_t *m)
{
	if (!packet->ipv4 || dsmipv4_ha_is_dynamic(m->request.ha))
		return DSMIPV4_LEG_UNKNOWN;
	if (packet->dst != m->request.ha)
		return dsmipv4_nat_is_before_agent(packet, m) ? DSMIPV4_LEG_UNKNOWN : DSMIPV4_LEG_MN_FA;
	bool at_home = m->request.coa == m->request.hoa && m->request.hoa != 0;
	if ((m->request.flags & DSMIPV4_FLAG_D) || at_home)
		return DSMIPV4_LEG_MN_HA;
	return DSMIPV4_LEG_FA_HA;
}

static void mask(dsmipv4_prefix_t *p)
{
	for (unsigned i = 0; p->len < 128 && i < 16; i++) {
		unsigned first = i * 8;
		if (p->len <= first)
			p->bytes[i] = 0;
		else if (p->len < first + 8)
			p->bytes[i] &= (uint8_t)(0xff << (first + 8 - p->len));
	}
}

static bool is_unknown_non_skippable(uint8_t type)
{
	return type < DSMIPV4_EXT_FIRST_SKIPPABLE && !dsmipv4_ext_type_name(type);
}

static void note_tunnel_request(dsmipv4_event_t *e, const dsmipv4_ext_t *x, bool signed_by_node)
{
	e->tunnel_asked = signed_by_node ? DSMIPV4_TUNNEL_ASKED_BY_MN : DSMIPV4_TUNNEL_ASKED_BY_FA;
	if (x->body != DSMIPV4_BODY_UDP_TUNNEL_REQUEST)
		return;
	e->tunnel_flags = x->udp_request.flags >> 6 & 3u;
	e->tunnel_encap = x->udp_request.encapsulation;
}

static void note_tunnel_reply(dsmipv4_event_t *e, const dsmipv4_ext_t *x)
{
	e->tunnel_code = x->udp_reply.code;
	e->tunnel_answer =
		e->tunnel_code < DSMIPV4_REPLY_FIRST_DENIAL ? DSMIPV4_TUNNEL_ACCEPTED : DSMIPV4_TUNNEL_DECLINED;
	e->tunnel_keepalive = x->udp_reply.keepalive;
}

static void note_extensions(dsmipv4_event_t *e, const dsmipv4_message_t *m)
{
	for (uint32_t i = 0; i < m->n_exts; i++) {
		const dsmipv4_ext_t *x = &m->exts[i];
		if (x->type == DSMIPV4_EXT_UDP_TUNNEL_REQUEST && !e->tunnel_asked)
			note_tunnel_request(e, x, i < dsmipv4_signing_ext(m));
		if (x->body == DSMIPV4_BODY_UDP_TUNNEL_REPLY && !e->tunnel_answer)
			note_tunnel_reply(e, x);
		if (x->body == DSMIPV4_BODY_MULTIPATH_REQUEST) {
			e->multipath = !(x->multipath.flags & DSMIPV4_MULTIPATH_O);
			e->bulk = e->multipath && x->multipath.flags & DSMIPV4_MULTIPATH_B;
		}
		if (x->body == DSMIPV4_BODY_GRE_KEY) {
			e->has_gre_key = true;
			e->wants_agent = false;
			e->gre_key = x->gre_key;
		}
		if (x->body == DSMIPV4_BODY_DYNAMIC_HA && x->subtype == DSMIPV4_REQUESTED_HA && !e->has_gre_key) {
			e->wants_agent = true;
			e->wanted_agent = x->home_agent;
		}
		e->mobile_network |= x->type == DSMIPV4_EXT_MOBILE_NETWORK;
		e->delivery_asked |= x->type == DSMIPV4_EXT_ENCAPS_DELIVERY;
		if (i < m->first_auth && is_unknown_non_skippable(x->type) && !e->unknown_nonskip)
			e->unknown_nonskip = x->type & (DSMIPV4_EXT_FIRST_SKIPPABLE - 1u);
	}
	e->mn_fa_auth = m->first_mn_fa != DSMIPV4_NO_EXT;
	e->mode_asked = m->first_mode != DSMIPV4_NO_EXT;
}

uint16_t dsmipv4_event_count_prefixes(const dsmipv4_message_t *m, dsmipv4_body_t wanted)
{
	uint16_t n = 0;
	for (uint32_t i = 0; i < m->n_exts; i++) {
		if (m->exts[i].body == wanted)
			n++;
	}
	return n;
}

void dsmipv4_event_read_prefixes(dsmipv4_registered_prefix_t *to, const dsmipv4_message_t *m, dsmipv4_body_t wanted)
{
	for (uint32_t i = 0; i < m->n_exts; i++) {
		const dsmipv4_ext_t *x = &m->exts[i];
		if (x->body != wanted)
			continue;
		to->prefix = x->prefix.prefix;
		mask(&to->prefix);
		to->code = x->prefix.code;
		to->state = DSMIPV4_PREFIX_IGNORED;
		to++;
	}
}

void dsmipv4_event_read(dsmipv4_event_t *e, const dsmipv4_packet_t *packet, const dsmipv4_message_t *m)
{
	e->time = dsmipv4_packet_time(packet);
	e->time_known = packet->time_known;
	e->frame = packet->frame;
	e->src = packet->src;
	e->dst = packet->dst;
	e->sport = packet->sport;
	e->dport = packet->dport;
	e->ttl = packet->ttl_known ? packet->ttl : 0;
	e->type = m->type;
	e->digest = (uint32_t)(m->digest ^ m->digest >> 32);
	e->signed_digest = (uint32_t)(m->signed_digest ^ m->signed_digest >> 32);
	e->captured_whole = m->captured_whole;
	note_extensions(e, m);
}

// Replies with many prefixes have their order behind them, so that one is found in O(log n): other nodes' messages ask
// again and again.
#define FEW_PREFIXES 16

static bool has_order(const dsmipv4_event_t *e)
{
	return e->type == DSMIPV4_REGISTRATION_REPLY && e->n_prefixes > FEW_PREFIXES;
}

static uint16_t *order_of(dsmipv4_event_t *e)
{
	uintptr_t end = (uintptr_t)&e->prefixes[e->n_prefixes];
	return (uint16_t *)(end + end % sizeof(uint16_t));
}

static int compare_prefixes(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b)
{
	int order = memcmp(a->bytes, b->bytes, sizeof a->bytes);
	return order ? order : a->len - b->len;
}

static int compare_places(const void *a, const void *b, void *user)
{
	const dsmipv4_event_t *e = user;
	uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
	int order = compare_prefixes(&e->prefixes[x].prefix, &e->prefixes[y].prefix);
	return order ? order : x - y;
}

dsmipv4_event_t *dsmipv4_event_new(dsmipv4_arena_t *arena, const dsmipv4_event_t *header,
				   const dsmipv4_registered_prefix_t *prefixes)
{
	size_t len = header->n_prefixes * sizeof prefixes[0];
	size_t order_len = has_order(header) ? (header->n_prefixes + 1u) * sizeof(uint16_t) : 0;
	size_t size = offsetof(dsmipv4_event_t, prefixes) + len + order_len;
	dsmipv4_event_t *e = dsmipv4_arena_alloc(arena, MAX(sizeof *e, size));
	memcpy(e, header, sizeof *e);
	if (len && prefixes)
		memcpy(e->prefixes, prefixes, len);
	if (order_len) {
		for (unsigned i = 0; i < e->n_prefixes; i++)
			order_of(e)[i] = (uint16_t)i;
		g_qsort_with_data(order_of(e), e->n_prefixes, sizeof(uint16_t), compare_places, e);
	}
	return e;
}

// The first in the event's order that is not before `p`.
static const dsmipv4_registered_prefix_t *first_from(const dsmipv4_event_t *e, const dsmipv4_prefix_t *p)
{
	const uint16_t *order = order_of((dsmipv4_event_t *)e);
	unsigned low = 0, high = e->n_prefixes;
	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		if (compare_prefixes(&e->prefixes[order[middle]].prefix, p) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < e->n_prefixes ? &e->prefixes[order[low]] : NULL;
}

const dsmipv4_registered_prefix_t *dsmipv4_event_equal_prefix(const dsmipv4_event_t *event, const dsmipv4_prefix_t *p)
{
	if (!has_order(event))
		return dsmipv4_event_find_prefix(event, p, dsmipv4_prefix_equal);
	dsmipv4_prefix_t masked = *p;
	mask(&masked);
	const dsmipv4_registered_prefix_t *r = first_from(event, &masked);
	return r && compare_prefixes(&r->prefix, &masked) == 0 ? r : NULL;
}

const dsmipv4_event_t *dsmipv4_original_request(const dsmipv4_event_t *request)
{
	if (request->relay_of)
		request = request->relay_of;
	return request->first ? request->first : request;
}

bool dsmipv4_asks_for_another(const dsmipv4_event_t *request)
{
	return request->flags & DSMIPV4_FLAG_S || request->multipath;
}

const char *dsmipv4_event_text(wmem_allocator_t *alloc, const dsmipv4_event_t *event)
{
	return dsmipv4_frame_text(alloc, event->frame);
}

const dsmipv4_event_t *dsmipv4_certain_request(const dsmipv4_event_t *reply)
{
	return reply->certain_pair ? reply->pair : NULL;
}

const dsmipv4_registered_prefix_t *dsmipv4_event_find_prefix(const dsmipv4_event_t *event, const dsmipv4_prefix_t *p,
							     dsmipv4_prefix_match_t match)
{
	for (unsigned i = 0; i < event->n_prefixes; i++) {
		if (match(&event->prefixes[i].prefix, p))
			return &event->prefixes[i];
	}
	return NULL;
}
