// SPDX-License-Identifier: GPL-2.0-or-later
// Many nodes at one address, prefix or identification, as in the field and as an attacker makes them: the cost of one
// more message or packet does not grow with them. The tests count the nodes visited and the keys compared, through
// functions that the linker wraps (--wrap), and not time.
#include "match/match.h"
#include "match/expectation.h"
#include "util/stable_array.h"
#include "table.h"

#include <string.h>

#define CROWD 3000
#define MOST_LOOKS 100 // at nodes, for a message; each of a few searches stops after 16
#define MOST_EQUALS 20 // comparisons of keys, for a message

static uint64_t n_looks, n_equals;

void *__real_dsmipv4_stable_array_at(const dsmipv4_stable_array_t *list, uint32_t number);
void *__wrap_dsmipv4_stable_array_at(const dsmipv4_stable_array_t *list, uint32_t number);
void *__wrap_dsmipv4_stable_array_at(const dsmipv4_stable_array_t *list, uint32_t number)
{
	n_looks++;
	return __real_dsmipv4_stable_array_at(list, number);
}

static GEqualFunc real_equal;

static gboolean counted_equal(gconstpointer a, gconstpointer b)
{
	n_equals++;
	return real_equal(a, b);
}

// Requests by their header: the only map whose keys are chosen entirely by the sender.
wmem_map_t *__real_wmem_map_new(wmem_allocator_t *alloc, GHashFunc hash, GEqualFunc equal);
wmem_map_t *__wrap_wmem_map_new(wmem_allocator_t *alloc, GHashFunc hash, GEqualFunc equal);
wmem_map_t *__wrap_wmem_map_new(wmem_allocator_t *alloc, GHashFunc hash, GEqualFunc equal)
{
	if (equal == g_direct_equal || equal == g_int64_equal)
		return __real_wmem_map_new(alloc, hash, equal);
	real_equal = equal;
	return __real_wmem_map_new(alloc, hash, counted_equal);
}

// What varies in a registration; the rest is always the same.
typedef struct {
	uint32_t hoa, coa, id_high, id_low, prefix; // 2001:<prefix>::/<prefix_len>
	uint8_t prefix_len, flags;
	uint16_t lifetime;
	uint32_t identity; // of its NAI, 0: none
	int64_t at;        // milliseconds
} registration_t;

static const registration_t usual = {
	.hoa = 0x0a000000, .coa = COA_ADDR, .id_high = 0xe8fe6f80, .prefix_len = 48, .flags = 0x22, .lifetime = 600};

static char *nai_of(const registration_t *r)
{
	return r->identity ? g_strdup_printf("83 04 %08x", r->identity) : g_strdup("");
}

static const dsmipv4_event_t *ask(talk_t *t, const registration_t *r)
{
	char *nai = nai_of(r);
	char *hex = g_strdup_printf(
		"01 %02x %04x %08x" HA "%08x %08x %08x %s 98 12 01 %02x 2001%08x0000 0000000000000000" MHAE, r->flags,
		r->lifetime, r->hoa, r->coa, r->id_high, r->id_low, nai, r->prefix_len, r->prefix);
	const dsmipv4_event_t *e = talk(t, (hop_t){r->coa, HA_ADDR, 434, 434}, r->at, hex);
	g_free(nai);
	g_free(hex);
	return e;
}

static const dsmipv4_event_t *grant(talk_t *t, const registration_t *r)
{
	char *nai = nai_of(r);
	char *hex = g_strdup_printf("03 00 %04x %08x" HA
				    "%08x %08x %s 98 14 02 00 %02x 00 2001%08x0000 0000000000000000" MHAE,
				    r->lifetime, r->hoa, r->id_high, r->id_low, nai, r->prefix_len, r->prefix);
	const dsmipv4_event_t *e = talk(t, (hop_t){HA_ADDR, r->coa, 434, 434}, r->at + 50, hex);
	g_free(nai);
	g_free(hex);
	return e;
}

static const dsmipv4_event_t *register_node(talk_t *t, const registration_t *r)
{
	ask(t, r);
	const dsmipv4_event_t *e = grant(t, r);
	g_assert_nonnull(e->binding);
	return e;
}

static void expect_cheap(unsigned times)
{
	g_test_message("%" G_GUINT64_FORMAT " looks and %" G_GUINT64_FORMAT " comparisons, %u times", n_looks, n_equals,
		       times);
	g_assert_cmpuint(n_looks + n_equals, >, 0); // the linker does lead them here
	g_assert_cmpuint(n_looks, <=, (uint64_t)MOST_LOOKS * times);
	g_assert_cmpuint(n_equals, <=, (uint64_t)MOST_EQUALS * times);
	n_looks = n_equals = 0;
}

static registration_t usual_of(unsigned i)
{
	registration_t r = usual;
	r.hoa += i;
	r.prefix = i;
	r.id_low = i + 1;
	r.at = 3000 * (int64_t)i;
	return r;
}

static const dsmipv4_node_t *node_of_packet(talk_t *t, const registration_t *r, uint32_t frame, const char *headers)
{
	char *hex = g_strdup_printf(
		"%s 60000000 0000 3b 40 20010dffffff0000 0000000000000001 2001%08x0000 0000000000000001", headers,
		r->prefix);
	hex_t bytes = hex_parse(hex);
	dsmipv4_outer_t outer = {.src = HA_ADDR, .dst = r->coa, .protocol = *headers ? 4 : 41, .ttl = 64};
	dsmipv4_tunnel_t tunnel;
	dsmipv4_match_t match;
	g_assert_true(dsmipv4_tunnel_decode(&tunnel, &outer, bytes.bytes, bytes.captured, bytes.captured));
	int64_t time = BEGIN + (r->at + 100) * MS;
	g_assert_true(dsmipv4_match(&match, t->bindings, &tunnel, frame, time, 2 * DSMIPV4_SECOND));
	hex_free(&bytes);
	g_free(hex);
	return match.node;
}

// Nodes that share a home address, each with a NAI of its own (RFC 5944 appendix F).
CASE(test_one_home_address)
{
	const dsmipv4_node_t *nodes[CROWD];
	for (unsigned i = 0; i < CROWD; i++) {
		registration_t r = usual_of(i);
		r.hoa = usual.hoa;
		r.identity = i + 1;
		nodes[i] = register_node(t, &r)->node;
		g_assert_true(i == 0 || nodes[i] != nodes[i - 1]);
	}
	expect_cheap(2 * CROWD);
	for (unsigned i = 0; i < CROWD; i += 7) {
		registration_t r = usual_of(i + CROWD);
		r.hoa = usual.hoa;
		r.identity = i + 1;
		g_assert_true(ask(t, &r)->node == nodes[i]);
		r.identity = 0;
		g_assert_true(ask(t, &r)->node == nodes[CROWD - 1]); // without NAI: the latest
	}
	expect_cheap(2 * CROWD / 7);
}

// Requests whose headers collide in an unkeyed hash: changes of source and identification cancel each other.
CASE(test_chosen_headers)
{
	for (unsigned i = 0; i < CROWD; i++) {
		registration_t r = usual_of(i);
		r.coa = usual.coa + i;
		r.id_low = 0u - 961 * i;
		ask(t, &r);
	}
	expect_cheap(CROWD);
}

// A prefix that is delegated to one node after another, all behind one foreign agent. The node of a packet is known for
// any frame, even one long ago.
CASE(test_prefix_in_turns)
{
	registration_t turns[CROWD];
	const dsmipv4_event_t *replies[CROWD];
	for (unsigned i = 0; i < CROWD; i++) {
		turns[i] = usual_of(i);
		turns[i].prefix = 0x0db8000a;
		turns[i].lifetime = 1;
		turns[i].flags = 0x02;
		replies[i] = register_node(t, &turns[i]);
		g_assert_null(replies[i]->overlaps);
	}
	n_looks = n_equals = 0; // the search for a live one stops after some hundreds: see below
	for (unsigned i = 0; i < CROWD; i++)
		g_assert_true(node_of_packet(t, &turns[i], replies[i]->frame, "") == replies[i]->node);
	expect_cheap(CROWD);
}

#define MOST_HOLDERS 1100 // looks at nodes for one prefix of a reply

// A prefix that covers thousands of others that nobody holds any longer, and one that thousands held.
CASE(test_many_former_holders)
{
	for (unsigned i = 0; i < CROWD; i++) {
		registration_t r = usual_of(i);
		r.lifetime = 1;
		register_node(t, &r);
		r.id_low += CROWD;
		r.prefix = 0x0db8000a;
		r.at += 1500;
		register_node(t, &r);
	}
	registration_t all = usual_of(2 * CROWD), one = usual_of(2 * CROWD + 1);
	all.prefix_len = 0;
	all.prefix = 0;
	one.prefix = 0x0db8000a;
	n_looks = 0;
	register_node(t, &all);
	g_assert_cmpuint(n_looks, <=, MOST_HOLDERS);
	n_looks = 0;
	const dsmipv4_event_t *e = register_node(t, &one);
	g_assert_cmpuint(n_looks, <=, MOST_HOLDERS);
	g_assert_true(e->overlaps && e->overlaps[0].binding->reply->hoa == all.hoa); // which is live
}

// Thousands behind one foreign agent, and at one care-of address that each says is its own.
static void crowd_at_one_address(talk_t *t, uint8_t flags)
{
	registration_t members[CROWD];
	const dsmipv4_node_t *nodes[CROWD];
	for (unsigned i = 0; i < CROWD; i++) {
		members[i] = usual_of(i);
		members[i].at = i;
		members[i].flags = flags;
		nodes[i] = register_node(t, &members[i])->node;
	}
	expect_cheap(2 * CROWD);
	for (unsigned i = 0; i < CROWD; i++) {
		char *to_hoa = g_strdup_printf("4500 0050 0000 0000 40 29 0000" HA "%08x", members[i].hoa);
		members[i].at = CROWD;
		g_assert_true(node_of_packet(t, &members[i], t->frame, "") == nodes[i]);
		g_assert_true(node_of_packet(t, &members[i], t->frame, to_hoa) == nodes[i]);
		g_free(to_hoa);
	}
	expect_cheap(2 * CROWD);
}

CASE(test_one_foreign_agent)
{
	crowd_at_one_address(t, 0x02);
}

CASE(test_one_care_of_address)
{
	crowd_at_one_address(t, 0x22);
}

// One node that registers again and again.
CASE(test_one_node)
{
	registration_t turns[CROWD];
	const dsmipv4_event_t *replies[CROWD];
	for (unsigned i = 0; i < CROWD; i++) {
		turns[i] = usual_of(i);
		turns[i].hoa = usual.hoa;
		turns[i].prefix = 0x0db8000a;
		turns[i].coa = usual.coa + i % 5;
		replies[i] = register_node(t, &turns[i]);
	}
	expect_cheap(2 * CROWD);
	for (unsigned i = 0; i < CROWD; i++)
		g_assert_true(node_of_packet(t, &turns[i], replies[i]->frame, "") == replies[i]->node);
	expect_cheap(CROWD);
}

#undef ADD
#define ADD(name, function) g_test_add("/crowds/" name, talk_t, NULL, talk_setup, function, talk_teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	ADD("one home address", test_one_home_address);
	ADD("chosen headers", test_chosen_headers);
	ADD("prefix in turns", test_prefix_in_turns);
	ADD("many former holders", test_many_former_holders);
	ADD("one foreign agent", test_one_foreign_agent);
	ADD("one care-of address", test_one_care_of_address);
	ADD("one node", test_one_node);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
