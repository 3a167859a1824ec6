// SPDX-License-Identifier: GPL-2.0-or-later
// A conversation that is given, message by message, to a binding table of its own.
#include "talk.h"

#include <stdlib.h>

#define HOA_ADDR 0xc633644du
#define HA_ADDR 0xc6336401u
#define HA2_ADDR 0xc6336402u
#define FA_ADDR 0xcb007109u
#define COA_ADDR 0xc0000221u
#define COA2_ADDR 0xc0000222u
#define NAT_ADDR 0xc00002c8u
#define PRIVATE_ADDR 0x0a000021u
#define BROADCAST 0xffffffffu

const hop_t MN_HA = {COA_ADDR, HA_ADDR, 40000, 434}, HA_MN = {HA_ADDR, COA_ADDR, 434, 40000};
const hop_t MN2_HA = {COA2_ADDR, HA_ADDR, 40000, 434}, HA_MN2 = {HA_ADDR, COA2_ADDR, 434, 40000};
const hop_t MN_FA = {HOA_ADDR, FA_ADDR, 40000, 434}, FA_MN = {FA_ADDR, HOA_ADDR, 434, 40000};
const hop_t FA_HA = {FA_ADDR, HA_ADDR, 434, 434}, HA_FA = {HA_ADDR, FA_ADDR, 434, 434};
const hop_t PRIVATE_HA = {PRIVATE_ADDR, HA_ADDR, 40000, 434}, HA_PRIVATE = {HA_ADDR, PRIVATE_ADDR, 434, 40000};
const hop_t NAT_HA = {NAT_ADDR, HA_ADDR, 61000, 434}, HA_NAT = {HA_ADDR, NAT_ADDR, 434, 61000};
const hop_t BARE_FA = {0, FA_ADDR, 40000, 434}, FA_BARE = {FA_ADDR, BROADCAST, 434, 40000};
const hop_t MN_HA2 = {COA_ADDR, HA2_ADDR, 40000, 434}, HA2_MN = {HA2_ADDR, COA_ADDR, 434, 40000};

void talk_begin(talk_t *t)
{
	*t = (talk_t){.alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE)};
	t->bindings = dsmipv4_bindings_new(t->alloc);
	t->bytes = g_ptr_array_new_with_free_func(free);
}

void talk_end(talk_t *t)
{
	wmem_destroy_allocator(t->alloc);
	g_ptr_array_free(t->bytes, TRUE);
}

void talk_setup(talk_t *t, const void *unused)
{
	(void)unused;
	talk_begin(t);
}

void talk_teardown(talk_t *t, const void *unused)
{
	(void)unused;
	talk_end(t);
}

const dsmipv4_event_t *talk_packet(talk_t *t, const dsmipv4_packet_t *packet, const hex_t *hex, bool fragment)
{
	hex_t copy = hex_cut(hex, hex->captured, hex->reported);
	g_ptr_array_add(t->bytes, copy.bytes);
	t->packet = *packet;
	t->packet.frame = ++t->frame;
	t->message = dsmipv4_message_decode(t->alloc, copy.bytes, copy.captured, copy.reported, fragment);
	dsmipv4_auth_state_t auth = dsmipv4_auth_message(t->keys, t->message);
	t->event = dsmipv4_bindings_message(t->bindings, &t->packet, t->message, auth);
	return t->event;
}

const dsmipv4_event_t *talk(talk_t *t, hop_t hop, int64_t at, const char *text)
{
	dsmipv4_packet_t packet = {
		.ipv4 = true,
		.src = hop.src,
		.dst = hop.dst,
		.sport = hop.sport,
		.dport = hop.dport,
		.ttl_known = true,
		.ttl = 255,
		.udp_checksum = DSMIPV4_CHECKSUM_GOOD,
		.time_known = true,
		.time = TALK_BEGIN + (at >= 0 ? at / 1000 : -((999 - at) / 1000)),
		.nsecs = (uint32_t)((at % 1000 + 1000) % 1000) * 1000000,
	};
	hex_t hex = hex_parse(text);
	const dsmipv4_event_t *event = talk_packet(t, &packet, &hex, false);
	hex_free(&hex);
	return event;
}

dsmipv4_verdicts_t *talk_judge(talk_t *t, const dsmipv4_options_t *options)
{
	dsmipv4_options_t all;
	if (!options) {
		dsmipv4_options_init(&all);
		for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
			all.enabled[i] = true;
		all.keys = t->keys;
		options = &all;
	}
	return dsmipv4_judge_message(t->alloc, options, &t->packet, t->message, t->event);
}

const dsmipv4_version_t *talk_state(const talk_t *t, const dsmipv4_event_t *event)
{
	return event && event->node ? dsmipv4_node_at(event->node, t->frame) : NULL;
}

unsigned talk_count(const talk_t *t, const dsmipv4_event_t *event)
{
	const dsmipv4_version_t *state = talk_state(t, event);
	return state ? state->n_bindings : 0;
}
