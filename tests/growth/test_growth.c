// SPDX-License-Identifier: GPL-2.0-or-later
// What a capture costs grows no faster than its size, whoever made it. Each attack is taken at n, 2n, 4n and 8n. Work
// is counted in blocks of code that are run: the core is built once more so that each block calls a function, which
// counts (-fsanitize-coverage=trace-pc). Memory is what malloc() holds at the end, text is what findings say.
#include <glib.h>
#include <malloc.h>

#include "attacks.h"
#include "match/match.h"
#include "match/tunnel_history.h"
#include "rules/dispatch.h"
#include "saved/read.h"
#include "saved/write.h"
#include "state/bindings.h"

#define SIZES 4
#define BEGIN INT64_C(1700000000)

// 8n costs at most 8 times as much as n, and a share for sorting and for tables that grow by doubling.
#define MOST_GROWTH (8 * 1.4)
#define MOST_MEMORY 20 // bytes for each byte of a capture

static uint64_t n_blocks;

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
	n_blocks++;
}

typedef struct {
	uint64_t blocks, saving, memory, text, bytes;
} cost_t;

typedef struct {
	wmem_allocator_t *file, *packet; // as Wireshark's scopes
	GPtrArray *payloads;             // messages must last as long as the table
	dsmipv4_options_t options;
	dsmipv4_bindings_t *bindings;
	dsmipv4_tunnel_histories_t *histories;
	uint32_t frame;
	cost_t cost;
} world_t;

static const uint8_t secret[] = "dsmipv4";
static const dsmipv4_key_t key_list[] = {
	{.spi = 0x100, .algorithm = DSMIPV4_HMAC_MD5, .secret = secret, .secret_len = sizeof secret - 1},
	{.spi = 0x101, .algorithm = DSMIPV4_HMAC_MD5, .secret = secret, .secret_len = sizeof secret - 1},
};
static const dsmipv4_keys_t keys = {key_list, G_N_ELEMENTS(key_list)};

static void note_text(world_t *w, const dsmipv4_verdicts_t *v)
{
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++)
		w->cost.text += strlen(dsmipv4_finding(v, i)->words);
}

static void take_message(world_t *w, const dsmipv4_packet_t *p, const attack_packet_t *a)
{
	const dsmipv4_message_t *m = dsmipv4_message_decode(w->packet, a->payload, a->len, a->len, false);
	dsmipv4_auth_state_t auth = dsmipv4_auth_message(w->options.keys, m);
	const dsmipv4_event_t *e = dsmipv4_bindings_message(w->bindings, p, m, auth);
	note_text(w, dsmipv4_judge_message(w->packet, &w->options, p, m, e));
}

static void take_tunnel(world_t *w, const dsmipv4_packet_t *p, const attack_packet_t *a)
{
	dsmipv4_outer_t outer = {.src = a->src, .dst = a->dst, .protocol = a->protocol, .ttl = 64};
	dsmipv4_tunnel_t tunnel;
	dsmipv4_match_t match;
	if (dsmipv4_tunnel_decode(&tunnel, &outer, a->payload, a->len, a->len) &&
	    dsmipv4_match(&match, w->bindings, &tunnel, p->frame, dsmipv4_packet_time(p), w->options.grace))
		note_text(w, dsmipv4_judge_tunnel(w->packet, &w->options, p, &match, w->bindings, w->histories));
}

static void take(const attack_packet_t *a, void *user)
{
	world_t *w = user;
	dsmipv4_packet_t p = {
		.ipv4 = true,
		.src = a->src,
		.dst = a->dst,
		.sport = a->sport,
		.dport = a->dport,
		.ttl_known = true,
		.ttl = 64,
		.udp_checksum = DSMIPV4_CHECKSUM_GOOD,
		.time_known = true,
		.time = BEGIN + a->at / 1000,
		.nsecs = (uint32_t)(a->at % 1000) * 1000000,
		.frame = ++w->frame,
	};
	w->cost.bytes += a->len + 16 + 14 + 20 + (a->protocol == 17 ? 8 : 0);
	if (a->protocol == 17)
		take_message(w, &p, a);
	else
		take_tunnel(w, &p, a);
	wmem_free_all(w->packet);
}

static uint64_t held(void)
{
	struct mallinfo2 m = mallinfo2();
	return m.uordblks + m.hblkhd;
}

static world_t *world_new(void)
{
	world_t *w = g_new0(world_t, 1);
	w->file = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	w->packet = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	w->bindings = dsmipv4_bindings_new(w->file);
	w->histories = dsmipv4_tunnel_histories_new(w->file);
	dsmipv4_options_init(&w->options);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		w->options.enabled[i] = true;
	w->options.keys = &keys;
	return w;
}

static void world_free(world_t *w)
{
	wmem_destroy_allocator(w->packet);
	wmem_destroy_allocator(w->file);
	g_free(w);
}

// What was known at the end goes to a file, and from there to the next part.
static void save_and_read(world_t *w)
{
	world_t *next = world_new();
	n_blocks = 0;
	GByteArray *state = dsmipv4_saved_write(w->bindings, w->histories);
	const char *fault = dsmipv4_saved_read(next->bindings, next->histories, state->data, state->len);
	g_assert_cmpstr(fault, ==, NULL);
	w->cost.saving = n_blocks;
	g_byte_array_free(state, TRUE);
	world_free(next);
}

static cost_t cost_of(const attack_t *attack, unsigned n)
{
	world_t *w = world_new();
	uint64_t before = held();
	n_blocks = 0;
	attack->make(n, take, w);
	w->cost.blocks = n_blocks;
	w->cost.memory = held() - before;
	save_and_read(w);
	cost_t cost = w->cost;
	world_free(w);
	return cost;
}

// Below `least` it does not matter how it grows.
static void check_growth(const char *what, const cost_t *costs, size_t member, uint64_t least)
{
	uint64_t first = G_STRUCT_MEMBER(uint64_t, &costs[0], member),
		 last = G_STRUCT_MEMBER(uint64_t, &costs[SIZES - 1], member);
	double growth = (double)last / (double)MAX(first, least);
	g_test_message("%s: %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT ", times %.1f", what, first, last, growth);
	if (growth > MOST_GROWTH) {
		g_test_message("%s grows faster than the capture: at n, 2n, 4n, 8n it is", what);
		for (unsigned i = 0; i < SIZES; i++)
			g_test_message("%" G_GUINT64_FORMAT, G_STRUCT_MEMBER(uint64_t, &costs[i], member));
		g_test_fail();
	}
}

static void test_attack(const void *data)
{
	const attack_t *attack = data;
	cost_t costs[SIZES];
	for (unsigned i = 0; i < SIZES; i++)
		costs[i] = cost_of(attack, attack->n << i);
	const cost_t *most = &costs[SIZES - 1];
	g_assert_cmpuint(most->blocks, >, most->bytes / 100); // the core does count
	check_growth("work", costs, G_STRUCT_OFFSET(cost_t, blocks), 10000);
	check_growth("work to save and read", costs, G_STRUCT_OFFSET(cost_t, saving), 10000);
	check_growth("memory", costs, G_STRUCT_OFFSET(cost_t, memory), 100000);
	check_growth("text", costs, G_STRUCT_OFFSET(cost_t, text), 1000);
	g_test_message("for each of %" G_GUINT64_FORMAT
		       " bytes of the capture: %.1f blocks, %.1f bytes of memory, %.1f of text",
		       most->bytes, (double)most->blocks / (double)most->bytes,
		       (double)most->memory / (double)most->bytes, (double)most->text / (double)most->bytes);
	g_assert_cmpuint(most->memory, <=, MOST_MEMORY * most->bytes + 1000000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	for (unsigned i = 0; i < n_attacks; i++) {
		char *path = g_strdup_printf("/growth/%s", attacks[i].name);
		g_test_add_data_func(path, &attacks[i], test_attack);
		g_free(path);
	}
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
