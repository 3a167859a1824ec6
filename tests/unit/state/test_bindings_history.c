// SPDX-License-Identifier: GPL-2.0-or-later
// History: what is known as of a frame is what was known when the frame came. A reference model replays the same
// random registrations up to that frame.
#include "table.h"

#include <string.h>

#define N_STEPS 300
#define N_NODES 4
#define N_COAS 3
#define MOST_BINDINGS 8

// One registration of the sequence, and what the agent makes of it.
typedef struct {
	unsigned node, coa; // coa N_COAS: the home address
	bool simultaneous, answered, revoked;
	uint8_t code;
	uint16_t asked, granted;
	uint8_t prefixes;    // bit i: 2001:db8:<node>:<i>::/64 is asked
	uint8_t refused;     // of those, the rejected ones
	int64_t request_at;  // milliseconds
	uint32_t last_frame; // of this registration
	uint32_t reply_frame;
} step_of_history_t;

typedef struct {
	unsigned coa;
	int64_t expires; // nanoseconds, INT64_MAX never
	uint8_t prefixes, refused;
} model_binding_t;

typedef struct {
	model_binding_t bindings[MOST_BINDINGS];
	unsigned n;
} model_t;

static void model_remove(model_t *m, bool all, unsigned coa, bool others)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < m->n; i++) {
		bool matches = all || (m->bindings[i].coa == coa) != others;
		if (!matches)
			m->bindings[kept++] = m->bindings[i];
	}
	m->n = kept;
}

// The events of doc/bindings.md, implemented again as simply as possible.
static void model_take(model_t *m, const step_of_history_t *s)
{
	if (s->revoked) {
		model_remove(m, false, s->coa, false);
		return;
	}
	if (!s->answered || s->code >= 64)
		return;
	if (s->asked == 0 || s->granted == 0) {
		model_remove(m, s->coa == N_COAS, s->coa, false);
		return;
	}
	model_remove(m, false, s->coa, false);
	if (!s->simultaneous || s->code != 0)
		model_remove(m, true, 0, false);
	model_binding_t *b = &m->bindings[m->n++];
	b->coa = s->coa;
	b->prefixes = s->prefixes;
	b->refused = s->refused;
	b->expires = s->granted == 0xffff ? INT64_MAX : BEGIN + (s->request_at + 50 + s->granted * INT64_C(1000)) * MS;
}

static void model_at(model_t *m, const step_of_history_t *steps, unsigned node, uint32_t frame)
{
	m->n = 0;
	for (unsigned i = 0; i < N_STEPS; i++) {
		if (steps[i].node == node && steps[i].reply_frame && steps[i].reply_frame <= frame)
			model_take(m, &steps[i]);
	}
}

static uint32_t coa_address(const step_of_history_t *s, unsigned coa)
{
	return coa == N_COAS ? 0x0a000000 + s->node : 0xc0000200 + s->node * 16 + coa;
}

static const unsigned codes[] = {0, 0, 0, 0, 0, 1, 1, 129, 133, 69};
static const uint16_t lifetimes[] = {600, 600, 60, 5, 0xffff, 0};

static void choose(GRand *rand, step_of_history_t *s, int64_t at)
{
	s->node = (unsigned)g_rand_int_range(rand, 0, N_NODES);
	s->coa = (unsigned)g_rand_int_range(rand, 0, N_COAS);
	s->simultaneous = g_rand_boolean(rand);
	s->answered = g_rand_int_range(rand, 0, 8) != 0;
	s->revoked = g_rand_int_range(rand, 0, 20) == 0;
	s->code = (uint8_t)codes[g_rand_int_range(rand, 0, G_N_ELEMENTS(codes))];
	s->asked = lifetimes[g_rand_int_range(rand, 0, G_N_ELEMENTS(lifetimes))];
	if (s->asked == 0 && g_rand_boolean(rand))
		s->coa = N_COAS;
	s->granted = s->asked && g_rand_int_range(rand, 0, 8) == 0 ? 0 : s->asked;
	s->prefixes = (uint8_t)g_rand_int_range(rand, 0, 16);
	s->refused = (uint8_t)(s->prefixes & (unsigned)g_rand_int_range(rand, 0, 16));
	if (s->asked == 0)
		s->prefixes = s->refused = 0;
	s->request_at = at;
}

static void append_prefixes(GString *hex, const step_of_history_t *s, bool reply)
{
	for (unsigned i = 0; i < 4; i++) {
		if (!(s->prefixes >> i & 1))
			continue;
		if (reply)
			g_string_append_printf(hex, "98 14 02 %02x 40 00 ", s->refused >> i & 1 ? 8 : i % 2);
		else
			g_string_append(hex, "98 12 01 40 ");
		g_string_append_printf(hex, "20010db8%04x%04x 0000000000000000 ", s->node, i);
	}
	g_string_append(hex, MHAE);
}

static const dsmipv4_event_t *tell_revocation(talk_t *t, step_of_history_t *s)
{
	static const hop_t hop = {HA_ADDR, FA_ADDR, 434, 434};
	char *hex = g_strdup_printf("07 00 8000 0a00%04x" HA "%08x 00000001" MHAE, s->node, coa_address(s, s->coa));
	const dsmipv4_event_t *e = talk(t, hop, s->request_at, hex);
	g_free(hex);
	s->reply_frame = t->frame;
	return e;
}

static const dsmipv4_event_t *tell(talk_t *t, step_of_history_t *s, unsigned number)
{
	if (s->revoked)
		return tell_revocation(t, s);
	hop_t up = {coa_address(s, s->coa), HA_ADDR, 40000, 434}, down = {HA_ADDR, up.src, 434, 40000};
	GString *hex = g_string_new(NULL);
	g_string_printf(hex, "01 %02x %04x 0a00%04x" HA "%08x e8fe%04x %08x ", s->simultaneous ? 0xa2 : 0x22, s->asked,
			s->node, coa_address(s, s->coa), 0x6f80 + number, number);
	append_prefixes(hex, s, false);
	const dsmipv4_event_t *e = talk(t, up, s->request_at, hex->str);
	if (s->answered) {
		g_string_printf(hex, "03 %02x %04x 0a00%04x" HA "e8fe%04x %08x ", s->code, s->granted, s->node,
				0x6f80 + number, number);
		append_prefixes(hex, s, true);
		e = talk(t, down, s->request_at + 50, hex->str);
		s->reply_frame = t->frame;
		if (number % 7 == 0) // the capture has the reply twice
			talk(t, down, s->request_at + 51, hex->str);
	}
	g_string_free(hex, TRUE);
	return e;
}

static void check_prefixes(const dsmipv4_binding_t *b, const model_binding_t *expected, unsigned node)
{
	unsigned n = 0;
	for (unsigned i = 0; i < 4; i++) {
		if (!(expected->prefixes >> i & 1))
			continue;
		bool refused = expected->refused >> i & 1;
		expect_prefix(b, 64, UINT64_C(0x20010db800000000) | node << 16 | i,
			      refused ? DSMIPV4_PREFIX_REFUSED : DSMIPV4_PREFIX_ACTIVE, refused ? 8 : i % 2);
		n++;
	}
	g_assert_cmpuint(b->reply->n_prefixes, ==, n);
}

static void check_node(const dsmipv4_node_t *node, const model_t *m, const step_of_history_t *any, uint32_t frame)
{
	const dsmipv4_version_t *v = node ? dsmipv4_node_at(node, frame) : NULL;
	g_assert_cmpuint(v ? v->n_bindings : 0, ==, m->n);
	for (unsigned i = 0; v && i < v->n_bindings; i++) {
		const dsmipv4_binding_t *b = v->bindings[i];
		const model_binding_t *expected = NULL;
		for (unsigned k = 0; k < m->n; k++) {
			if (coa_address(any, m->bindings[k].coa) == dsmipv4_binding_coa(b))
				expected = &m->bindings[k];
		}
		g_assert_nonnull(expected);
		if (!expected)
			continue;
		g_assert_cmpint(expiry(b), ==, expected->expires);
		check_prefixes(b, expected, any->node);
		g_assert_true(!b->removed_by || b->removed_by->frame > frame);
	}
}

static void check_all(const talk_t *t, const step_of_history_t *steps, dsmipv4_node_t *const *nodes)
{
	for (uint32_t frame = 0; frame <= t->frame + 1; frame++) {
		for (unsigned node = 0; node < N_NODES; node++) {
			model_t m;
			model_at(&m, steps, node, frame);
			const step_of_history_t any = {.node = node};
			check_node(nodes[node], &m, &any, frame);
		}
	}
}

static void test_history(talk_t *t, const void *seed)
{
	GRand *rand = g_rand_new_with_seed(GPOINTER_TO_UINT(seed));
	step_of_history_t *steps = g_new0(step_of_history_t, N_STEPS);
	dsmipv4_node_t *nodes[N_NODES] = {NULL};
	int64_t at = 0;
	for (unsigned i = 0; i < N_STEPS; i++) {
		at += g_rand_int_range(rand, 100, 20000);
		choose(rand, &steps[i], at);
		const dsmipv4_event_t *e = tell(t, &steps[i], i);
		if (e->node)
			nodes[steps[i].node] = e->node;
		if (i == N_STEPS / 2)
			check_all(t, steps, nodes);
	}
	check_all(t, steps, nodes);
	g_free(steps);
	g_rand_free(rand);
}

// The events of a node are linked in the order of frames.
CASE(test_chain)
{
	const dsmipv4_event_t *a = talk(t, MN_HA, 0, ASK(ID1) MHAE);
	const dsmipv4_event_t *stranger = talk(t, MN2_HA, 10, RRQ_ID("22", "0258", HOA2, HA, COA2, ID2) MHAE);
	const dsmipv4_event_t *b = talk(t, HA_MN, 50, GET(ID1) MHAE);
	g_assert_true(b->before == a && !a->before && !stranger->before);
	g_assert_true(b->node->last == b);
	g_assert_cmpuint(stranger->frame, ==, 2);
	g_assert_null(dsmipv4_node_at(b->node, 0));
	g_assert_null(dsmipv4_node_at(b->node, 2));
	g_assert_true(dsmipv4_node_at(b->node, 3) == state_after(b));
	g_assert_true(dsmipv4_node_at(b->node, UINT32_MAX) == state_after(b));
}

// What was known when an event came, whatever it changed and whatever came after.
CASE(test_state_before)
{
	const dsmipv4_event_t *a = registered(t, 0);
	const dsmipv4_event_t *request = talk(t, MN_HA, 5000, ASK(ID2) MHAE);
	const dsmipv4_event_t *reply = talk(t, HA_MN, 5050, GET(ID2) MHAE);
	const dsmipv4_event_t *revocation = talk(t, HA_MN, 9000, REVOCATION MHAE);
	g_assert_null(dsmipv4_state_before(a->pair));
	g_assert_null(dsmipv4_state_before(a));
	g_assert_true(dsmipv4_state_before(request)->event == a);
	g_assert_true(dsmipv4_state_before(reply)->event == a);
	g_assert_true(dsmipv4_state_before(revocation)->event == reply);
	g_assert_cmpuint(a->node->n_versions, ==, 3);
	const dsmipv4_event_t *orphan = talk(t, MN_HA, 9500, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID3) MHAE);
	g_assert_null(dsmipv4_state_before(orphan));
}

// A frame may hold several messages, which still come one after the other.
CASE(test_state_within_frame)
{
	const dsmipv4_event_t *request = talk(t, MN_HA, 0, ASK(ID1) MHAE);
	t->frame--;
	const dsmipv4_event_t *reply = talk(t, HA_MN, 0, GET(ID1) MHAE);
	t->frame--;
	const dsmipv4_event_t *next = talk(t, MN_HA, 0, ASK(ID2) MHAE);
	t->frame--;
	const dsmipv4_event_t *answer = talk(t, HA_MN, 0, GET(ID2) MHAE);
	g_assert_cmpuint(answer->frame, ==, 1);
	g_assert_null(dsmipv4_state_before(request));
	g_assert_null(dsmipv4_state_before(reply));
	g_assert_true(dsmipv4_state_before(next)->event == reply);
	g_assert_true(dsmipv4_state_before(answer)->event == reply);
	g_assert_true(dsmipv4_node_at(answer->node, 1)->event == answer);
}

void add_history_tests(void)
{
	for (unsigned seed = 1; seed <= 3; seed++) {
		char *path = g_strdup_printf("/bindings/history: random sequence %u", seed);
		g_test_add(path, talk_t, GUINT_TO_POINTER(seed), talk_setup, test_history, talk_teardown);
		g_free(path);
	}
	ADD("history: chain", test_chain);
	ADD("history: state before", test_state_before);
	ADD("history: state within a frame", test_state_within_frame);
}
