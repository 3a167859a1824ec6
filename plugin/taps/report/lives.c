// SPDX-License-Identifier: GPL-2.0-or-later
// The care-of addresses of a node, each from its first registration until it is gone.
#include "taps/report/lives.h"

static void free_life(void *data)
{
	g_ptr_array_unref(((dsmipv4_binding_life_t *)data)->registrations);
}

const dsmipv4_event_t *dsmipv4_binding_began(const dsmipv4_binding_t *b)
{
	return b->created ? b->created : b->reply;
}

const dsmipv4_event_t *dsmipv4_life_began(const dsmipv4_binding_life_t *life)
{
	return dsmipv4_binding_began(life->registrations->pdata[0]);
}

const dsmipv4_binding_t *dsmipv4_life_latest(const dsmipv4_binding_life_t *life)
{
	return life->registrations->pdata[life->registrations->len - 1];
}

const char *dsmipv4_life_end_word(dsmipv4_binding_end_t end)
{
	static const char *const words[] = {
		[DSMIPV4_END_LIVE] = "live",
		[DSMIPV4_END_EXPIRED] = "expired",
		[DSMIPV4_END_DEREGISTERED] = "deregistered",
		[DSMIPV4_END_REPLACED] = "replaced",
		[DSMIPV4_END_REVOKED] = "revoked",
		[DSMIPV4_END_DENIED] = "denied",
		[DSMIPV4_END_UNKNOWN] = "unknown",
	};
	return words[end];
}

const char *dsmipv4_binding_encapsulation(const dsmipv4_binding_t *b)
{
	const dsmipv4_event_t *request = dsmipv4_binding_request(b);
	if (b->reply->tunnel_answer == DSMIPV4_TUNNEL_ACCEPTED)
		return "UDP";
	if (request && request->flags & DSMIPV4_FLAG_G)
		return "GRE";
	return request && request->flags & DSMIPV4_FLAG_M ? "minimal" : "IPv4";
}

const dsmipv4_event_t *dsmipv4_binding_nat(const dsmipv4_binding_t *b)
{
	const dsmipv4_event_t *request = dsmipv4_binding_request(b);
	if (!request || request->leg == DSMIPV4_LEG_MN_FA || request->src == request->coa ||
	    request->src == request->hoa)
		return NULL;
	bool udp = b->reply->tunnel_answer == DSMIPV4_TUNNEL_ACCEPTED;
	return udp || request->flags & DSMIPV4_FLAG_D ? request : NULL;
}

const char *dsmipv4_binding_mode(const dsmipv4_binding_t *b, bool ipv6)
{
	if (b->reply->n_prefixes > 0)
		return "explicit";
	return ipv6 ? "implicit" : "IPv4 only";
}

// The life that a binding goes on with: the latest that began with the same reply.
static dsmipv4_binding_life_t *life_of(GArray *lives, const dsmipv4_binding_t *b)
{
	for (unsigned i = lives->len; i-- > 0;) {
		dsmipv4_binding_life_t *life = &g_array_index(lives, dsmipv4_binding_life_t, i);
		if (dsmipv4_life_began(life) == dsmipv4_binding_began(b))
			return life;
	}
	dsmipv4_binding_life_t life = {.registrations = g_ptr_array_new()};
	g_array_append_val(lives, life);
	return &g_array_index(lives, dsmipv4_binding_life_t, lives->len - 1);
}

static dsmipv4_binding_end_t end_of(dsmipv4_removal_t removal)
{
	switch (removal) {
	case DSMIPV4_REMOVED_NOT:
		return DSMIPV4_END_LIVE;
	case DSMIPV4_REMOVED_DEREGISTERED:
	case DSMIPV4_REMOVED_ZERO_GRANTED:
		return DSMIPV4_END_DEREGISTERED;
	case DSMIPV4_REMOVED_REPLACED:
		return DSMIPV4_END_REPLACED;
	case DSMIPV4_REMOVED_REVOKED:
		return DSMIPV4_END_REVOKED;
	case DSMIPV4_REMOVED_DENIED:
		return DSMIPV4_END_DENIED;
	default:
		return DSMIPV4_END_UNKNOWN;
	}
}

// How the life stands after a frame and at a time. What removed its latest registration may come later.
static void finish(dsmipv4_binding_life_t *life, uint32_t frame, int64_t time)
{
	const dsmipv4_binding_t *latest = dsmipv4_life_latest(life);
	const dsmipv4_event_t *removed_by = latest->removed_by;
	int64_t expiry = dsmipv4_reply_expiry(latest->reply);
	if (removed_by && removed_by->frame > frame)
		removed_by = NULL;
	else
		life->end = end_of(latest->removal);
	if (removed_by && removed_by->time <= expiry) {
		life->ended_by = removed_by;
		life->until = removed_by->time;
	} else if (expiry < time) {
		life->end = DSMIPV4_END_EXPIRED;
		life->until = expiry;
	}
}

GArray *dsmipv4_binding_lives(const dsmipv4_node_t *node, uint32_t frame, int64_t time)
{
	GArray *lives = g_array_new(FALSE, TRUE, sizeof(dsmipv4_binding_life_t));
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	g_array_set_clear_func(lives, free_life);
	for (uint32_t i = 0; i < node->n_versions; i++) {
		const dsmipv4_version_t *v = dsmipv4_node_version(node, i);
		bool later = v->event && v->event->frame > frame;
		for (uint32_t k = 0; !later && k < v->n_bindings; k++) {
			if (g_hash_table_add(seen, (void *)v->bindings[k]))
				g_ptr_array_add(life_of(lives, v->bindings[k])->registrations, (void *)v->bindings[k]);
		}
	}
	for (unsigned i = 0; i < lives->len; i++)
		finish(&g_array_index(lives, dsmipv4_binding_life_t, i), frame, time);
	g_hash_table_unref(seen);
	return lives;
}

void dsmipv4_binding_lives_free(GArray *lives)
{
	g_array_free(lives, TRUE);
}
