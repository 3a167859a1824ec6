// SPDX-License-Identifier: GPL-2.0-or-later
// The care-of addresses of a node, each from its first registration until it is gone.
#include "taps/report_bindings.h"

static void free_life(void *data)
{
	g_ptr_array_unref(((dsmipv4_binding_life_t *)data)->registrations);
}

const dsmipv4_event_t *dsmipv4_life_began(const dsmipv4_binding_life_t *life)
{
	const dsmipv4_binding_t *first = life->registrations->pdata[0];
	return first->created ? first->created : first->reply;
}

const dsmipv4_binding_t *dsmipv4_life_latest(const dsmipv4_binding_life_t *life)
{
	return life->registrations->pdata[life->registrations->len - 1];
}

static const dsmipv4_event_t *began(const dsmipv4_binding_t *b)
{
	return b->created ? b->created : b->reply;
}

// The life that a binding goes on with: the latest that began with the same reply.
static dsmipv4_binding_life_t *life_of(GArray *lives, const dsmipv4_binding_t *b)
{
	for (unsigned i = lives->len; i-- > 0;) {
		dsmipv4_binding_life_t *life = &g_array_index(lives, dsmipv4_binding_life_t, i);
		if (dsmipv4_life_began(life) == began(b))
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

static void finish(dsmipv4_binding_life_t *life, int64_t time)
{
	const dsmipv4_binding_t *latest = dsmipv4_life_latest(life);
	int64_t expiry = dsmipv4_reply_expiry(latest->reply);
	life->end = end_of(latest->removal);
	if (latest->removed_by && latest->removed_by->time <= expiry) {
		life->ended_by = latest->removed_by;
		life->until = latest->removed_by->time;
	} else if (expiry < time) {
		life->end = DSMIPV4_END_EXPIRED;
		life->until = expiry;
	}
}

GArray *dsmipv4_binding_lives(const dsmipv4_node_t *node, int64_t time)
{
	GArray *lives = g_array_new(FALSE, TRUE, sizeof(dsmipv4_binding_life_t));
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	g_array_set_clear_func(lives, free_life);
	for (uint32_t i = 0; i < node->n_versions; i++) {
		const dsmipv4_version_t *v = dsmipv4_node_version(node, i);
		for (uint32_t k = 0; k < v->n_bindings; k++) {
			if (g_hash_table_add(seen, (void *)v->bindings[k]))
				g_ptr_array_add(life_of(lives, v->bindings[k])->registrations, (void *)v->bindings[k]);
		}
	}
	for (unsigned i = 0; i < lives->len; i++)
		finish(&g_array_index(lives, dsmipv4_binding_life_t, i), time);
	g_hash_table_unref(seen);
	return lives;
}

void dsmipv4_binding_lives_free(GArray *lives)
{
	g_array_free(lives, TRUE);
}
