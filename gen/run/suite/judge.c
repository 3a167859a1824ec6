// SPDX-License-Identifier: GPL-2.0-or-later
// The plugin's rules, asked of each frame of a run in its order.
#include "run/suite/judge.h"

#include "language/parse.h"
#include "rules/dispatch.h"

// Who shares a key with the home agent, and the facts of that key.
static const struct {
	const char *peer, *spi, *key;
} associations[] = {
	{"mn1.hoa", "mn1.spi", "mn1.key"},
	{"mn2.hoa", "mn2.spi", "mn2.key"},
	{"fa.address", "fa.spi", "fa.key"},
};

struct judge {
	wmem_allocator_t *alloc;
	dsmipv4_options_t options;
	dsmipv4_key_t keys[G_N_ELEMENTS(associations)];
	GBytes *secrets[G_N_ELEMENTS(associations)];
	dsmipv4_keys_t key_list;
	dsmipv4_bindings_t *bindings;
	dsmipv4_tunnel_histories_t *histories;
};

static value_t fact(const actors_t *actors, const char *name, key_kind_t kind)
{
	static const place_t nowhere = {NULL, NULL, 0};
	value_t value = {0};

	value_read(kind, actors_get(actors, name, NULL), &nowhere, &value, NULL);
	return value;
}

static void take_keys(judge_t *judge, const actors_t *actors)
{
	for (gsize i = 0; i < G_N_ELEMENTS(associations); i++) {
		dsmipv4_key_t *key = &judge->keys[i];

		judge->secrets[i] = fact(actors, associations[i].key, KIND_SECRET).bytes;
		key->peer = (guint32)fact(actors, associations[i].peer, KIND_ADDRESS4).number;
		key->spi = (guint32)fact(actors, associations[i].spi, KIND_U32).number;
		key->algorithm = DSMIPV4_HMAC_MD5;
		key->secret = g_bytes_get_data(judge->secrets[i], &key->secret_len);
	}
	judge->key_list = (dsmipv4_keys_t){judge->keys, G_N_ELEMENTS(judge->keys)};
}

judge_t *judge_new(const actors_t *actors)
{
	judge_t *judge = g_new0(judge_t, 1);

	judge->alloc = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
	take_keys(judge, actors);
	dsmipv4_options_init(&judge->options);
	judge->options.enabled[DSMIPV4_RULE_udp_cksum_bad] = true; // frames that are not summed yet are known
	judge->options.keys = &judge->key_list;
	judge->bindings = dsmipv4_bindings_new(judge->alloc);
	judge->histories = dsmipv4_tunnel_histories_new(judge->alloc);
	return judge;
}

void judge_free(judge_t *judge)
{
	wmem_destroy_allocator(judge->alloc);
	for (gsize i = 0; i < G_N_ELEMENTS(judge->secrets); i++)
		g_bytes_unref(judge->secrets[i]);
	g_free(judge);
}

dsmipv4_auth_state_t judge_authenticator(const judge_t *judge, const dsmipv4_message_t *message)
{
	return dsmipv4_auth_message(&judge->key_list, message);
}

static const dsmipv4_verdicts_t *judge_message(judge_t *judge, wmem_allocator_t *alloc, const heard_t *heard)
{
	const dsmipv4_event_t *event = dsmipv4_bindings_message(judge->bindings, &heard->packet, heard->message,
								judge_authenticator(judge, heard->message));

	return dsmipv4_judge_message(alloc, &judge->options, &heard->packet, heard->message, event);
}

static const dsmipv4_verdicts_t *judge_tunnel(judge_t *judge, wmem_allocator_t *alloc, const heard_t *heard)
{
	dsmipv4_match_t match;

	if (!dsmipv4_match(&match, judge->bindings, &heard->tunnel, heard->packet.frame, heard->frame.time,
			   judge->options.grace))
		return NULL;
	return dsmipv4_judge_tunnel(alloc, &judge->options, &heard->packet, &match, judge->bindings, judge->histories);
}

const dsmipv4_verdicts_t *judge_hear(judge_t *judge, wmem_allocator_t *alloc, const heard_t *heard)
{
	if (heard->kind == HEARD_MESSAGE)
		return judge_message(judge, alloc, heard);
	return heard->kind == HEARD_TUNNEL ? judge_tunnel(judge, alloc, heard) : NULL;
}
