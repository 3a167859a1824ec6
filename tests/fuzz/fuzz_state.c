// SPDX-License-Identifier: GPL-2.0-or-later
// libFuzzer target over state files, as -z dsmipv4,state writes them and the preference bindings_file reads them.
//
// Input: a state file without its first line and its checksum, which are right. A file that is read is used: for each
// node a packet comes through each of its tunnels, then a request and a reply, and all of it is judged. What was read
// is written again and read again.
#include <glib.h>
#include <stdint.h>
#include <string.h>
#include <wsutil/crc32.h>

#include "require.h"
#include "rules/dispatch.h"
#include "match/tunnel_history.h"
#include "saved/format.h"
#include "saved/read.h"
#include "saved/write.h"
#include "state/bindings.h"
#include "state/node_index.h"
#include "state/table.h"

#define LONGEST_INPUT 65536
#define MOST_NODES 64
#define IPV6_LEN 40

typedef struct {
	wmem_allocator_t *alloc;
	dsmipv4_options_t options;
	dsmipv4_bindings_t *bindings;
	dsmipv4_tunnel_histories_t *histories;
	uint32_t frame;
	unsigned n_nodes;
} world_t;

static void begin(world_t *w)
{
	*w = (world_t){.alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE)};
	w->bindings = dsmipv4_bindings_new(w->alloc);
	w->histories = dsmipv4_tunnel_histories_new(w->alloc);
	dsmipv4_options_init(&w->options);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		w->options.enabled[i] = true;
}

static GByteArray *state_file(const uint8_t *body, size_t len)
{
	GByteArray *file = g_byte_array_new();
	g_byte_array_append(file, (const uint8_t *)SAVED_HEADER, strlen(SAVED_HEADER));
	g_byte_array_append(file, body, (guint)len);
	uint32_t sum = g_htonl(crc32_ccitt(file->data, file->len));
	g_byte_array_append(file, (const uint8_t *)&sum, sizeof sum);
	return file;
}

// In a buffer of exactly its size, so that ASan sees who reads on.
static bool read_state(world_t *w, const GByteArray *file)
{
	uint8_t *copy = malloc(file->len);
	memcpy(copy, file->data, file->len);
	const char *fault = dsmipv4_saved_read(w->bindings, w->histories, copy, file->len);
	free(copy);
	return !fault;
}

static dsmipv4_packet_t packet_at(world_t *w, int64_t time, uint32_t src, uint32_t dst)
{
	return (dsmipv4_packet_t){
		.ipv4 = true,
		.src = src,
		.dst = dst,
		.sport = 434,
		.dport = 434,
		.ttl_known = true,
		.ttl = 64,
		.time_known = true,
		.time = time / DSMIPV4_SECOND,
		.frame = ++w->frame,
	};
}

// IPv6 without a payload, from or to the address, straight between the two ends.
static void send_tunneled(world_t *w, int64_t time, uint32_t src, uint32_t dst, uint8_t protocol,
			  const uint8_t address[16])
{
	uint8_t bytes[IPV6_LEN] = {0x60, [6] = 59, [7] = 64};
	memcpy(bytes + 8, address, 16);
	memcpy(bytes + 24, address, 16);
	dsmipv4_packet_t p = packet_at(w, time, src, dst);
	dsmipv4_outer_t outer = {.src = src, .dst = dst, .protocol = protocol, .ttl = 64};
	dsmipv4_tunnel_t tunnel;
	dsmipv4_match_t match;
	if (dsmipv4_tunnel_decode(&tunnel, &outer, bytes, sizeof bytes, sizeof bytes) &&
	    dsmipv4_match(&match, w->bindings, &tunnel, p.frame, dsmipv4_packet_time(&p), w->options.grace))
		dsmipv4_judge_tunnel(w->alloc, &w->options, &p, &match, w->bindings, w->histories);
}

static void put32(uint8_t *p, uint32_t value)
{
	value = g_htonl(value);
	memcpy(p, &value, sizeof value);
}

static void send_message(world_t *w, int64_t time, uint32_t src, uint32_t dst, const uint8_t *bytes, uint32_t len)
{
	uint8_t *copy = wmem_memdup(w->alloc, bytes, len);
	dsmipv4_packet_t p = packet_at(w, time, src, dst);
	const dsmipv4_message_t *m = dsmipv4_message_decode(w->alloc, copy, len, len, false);
	const dsmipv4_event_t *e = dsmipv4_bindings_message(w->bindings, &p, m, DSMIPV4_AUTH_NOT_CHECKED);
	dsmipv4_judge_message(w->alloc, &w->options, &p, m, e);
	dsmipv4_look_ahead(w->bindings, &p, INT64_MAX);
	dsmipv4_judge_message(w->alloc, &w->options, &p, m, e);
}

// The node registers again from where it was, and is answered; then its binding is revoked.
static void register_again(world_t *w, const dsmipv4_node_t *node, int64_t time, uint32_t coa)
{
	uint8_t request[24] = {1, 0x22, 2, 0x58}, reply[20] = {3, 0, 2, 0x58}, revocation[20] = {7, 0, 0x80};
	put32(request + 4, node->hoa);
	put32(request + 8, node->ha);
	put32(request + 12, coa);
	put32(request + 20, w->frame);
	send_message(w, time, coa, node->ha, request, sizeof request);
	put32(reply + 4, node->hoa);
	put32(reply + 8, node->ha);
	put32(reply + 16, w->frame - 1);
	send_message(w, time, node->ha, coa, reply, sizeof reply);
	put32(revocation + 4, node->hoa);
	put32(revocation + 8, node->ha);
	put32(revocation + 12, coa);
	send_message(w, time, node->ha, coa, revocation, sizeof revocation);
}

static void use_binding(world_t *w, const dsmipv4_binding_t *b)
{
	static const uint8_t none[16] = {0x20, 1};
	const dsmipv4_event_t *reply = b->reply;
	uint32_t ha = reply->node->ha, coa = dsmipv4_binding_effective_coa(b);
	const uint8_t *address = reply->n_prefixes ? reply->prefixes[0].prefix.bytes : none;
	send_tunneled(w, reply->time, ha, coa, 41, address);
	send_tunneled(w, reply->time, coa, ha, 41, address);
	send_tunneled(w, reply->time, ha, reply->hoa, 41, address);
	send_tunneled(w, reply->time + reply->lifetime * DSMIPV4_SECOND, ha, coa + 1, 41, address);
}

// Nothing leads from one node's events to nowhere.
static bool use_node(const dsmipv4_node_t *node, void *user)
{
	world_t *w = user;
	const dsmipv4_version_t *v = dsmipv4_node_latest(node);
	int64_t time = node->last ? node->last->time : 0;
	for (const dsmipv4_event_t *e = node->last; e; e = e->before) {
		REQUIRE(e->node == node);
		REQUIRE(!e->certain_pair || e->pair);
		REQUIRE(!e->late || e->pair);
		dsmipv4_state_before(e);
	}
	for (uint32_t i = 0; v && i < v->n_bindings; i++)
		use_binding(w, v->bindings[i]);
	register_again(w, node, time, v && v->n_bindings ? dsmipv4_binding_coa(v->bindings[0]) : 0xc0000221);
	return ++w->n_nodes < MOST_NODES;
}

static void write_again(const world_t *w)
{
	world_t again;
	begin(&again);
	GByteArray *file = dsmipv4_saved_write(w->bindings, w->histories);
	REQUIRE(read_state(&again, file));
	g_byte_array_free(file, TRUE);
	wmem_destroy_allocator(again.alloc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > LONGEST_INPUT)
		return 0;
	world_t w;
	begin(&w);
	GByteArray *file = state_file(data, size);
	if (read_state(&w, file)) {
		write_again(&w);
		dsmipv4_bindings_each_node(w.bindings, use_node, &w);
		write_again(&w);
	}
	g_byte_array_free(file, TRUE);
	wmem_destroy_allocator(w.alloc);
	return 0;
}
