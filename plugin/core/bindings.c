// SPDX-License-Identifier: GPL-2.0-or-later
// The conversation between mobile nodes and their home agents (RFC 3344 3.6-3.8, catalogue section 4).
#include "bindings.h"

#include <glib.h>
#include <string.h>

// Replies copy the low half of the identification in every style of replay protection (RFC 3344 5.7).
typedef struct {
	uint32_t hoa, ha, id_low;
} request_key_t;

typedef struct {
	request_key_t key;
	uint64_t id;
	uint32_t src, dst;
	dsmipv4_tunnel_asked_t tunnel_asked;
} request_t;

struct dsmipv4_bindings {
	wmem_allocator_t *alloc;
	wmem_map_t *requests; // request_key_t -> request_t, the latest of that key
};

static guint request_key_hash(gconstpointer p)
{
	const request_key_t *k = p;
	return (k->hoa * 31 + k->ha) * 31 + k->id_low * 2654435761u;
}

static gboolean request_key_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(request_key_t)) == 0;
}

dsmipv4_bindings_t *dsmipv4_bindings_new(wmem_allocator_t *alloc)
{
	dsmipv4_bindings_t *b = wmem_new0(alloc, dsmipv4_bindings_t);
	b->alloc = alloc;
	b->requests = wmem_map_new(alloc, request_key_hash, request_key_equal);
	return b;
}

static dsmipv4_tunnel_asked_t tunnel_asked(const dsmipv4_message_t *m)
{
	for (uint32_t i = 0; i < m->n_exts; i++) {
		if (m->exts[i].type == DSMIPV4_EXT_UDP_TUNNEL_REQUEST)
			return i < dsmipv4_signing_ext(m) ? DSMIPV4_TUNNEL_ASKED_BY_MN : DSMIPV4_TUNNEL_ASKED_BY_FA;
	}
	return DSMIPV4_TUNNEL_NOT_ASKED;
}

static const dsmipv4_exchange_t *take_request(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
					      const dsmipv4_message_t *m)
{
	request_key_t key = {m->request.hoa, m->request.ha, (uint32_t)m->request.id};
	request_t *r = wmem_map_lookup(b->requests, &key);
	dsmipv4_exchange_t *exchange = NULL;
	if (!r) {
		r = wmem_new0(b->alloc, request_t);
		r->key = key;
		wmem_map_insert(b->requests, &r->key, r);
	} else if (r->id == m->request.id && (r->src != packet->src || r->dst != packet->dst)) {
		exchange = wmem_new0(b->alloc, dsmipv4_exchange_t);
		exchange->relay_copy = true;
	}
	if (r->id != m->request.id || !exchange) { // a copy is told by the header that came first
		r->src = packet->src;
		r->dst = packet->dst;
	}
	r->id = m->request.id;
	r->tunnel_asked = tunnel_asked(m);
	return exchange;
}

// A request may leave the home address to be assigned (RFC 2794 2): the reply then names another.
static const request_t *find_request(dsmipv4_bindings_t *b, const dsmipv4_message_t *m)
{
	request_key_t key = {m->reply.hoa, m->reply.ha, (uint32_t)m->reply.id};
	const request_t *r = wmem_map_lookup(b->requests, &key);
	if (!r) {
		key.hoa = 0;
		r = wmem_map_lookup(b->requests, &key);
	}
	return r;
}

static const dsmipv4_exchange_t *take_reply(dsmipv4_bindings_t *b, const dsmipv4_message_t *m)
{
	const request_t *r = find_request(b, m);
	if (!r)
		return NULL;
	dsmipv4_exchange_t *exchange = wmem_new0(b->alloc, dsmipv4_exchange_t);
	exchange->request_known = true;
	exchange->tunnel_asked = r->tunnel_asked;
	return exchange;
}

const dsmipv4_exchange_t *dsmipv4_bindings_message(dsmipv4_bindings_t *b, const dsmipv4_packet_t *packet,
						   const dsmipv4_message_t *message)
{
	if (!message->fixed || !packet->ipv4)
		return NULL;
	switch (message->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return take_request(b, packet, message);
	case DSMIPV4_REGISTRATION_REPLY:
		return take_reply(b, message);
	default:
		return NULL;
	}
}
