// SPDX-License-Identifier: GPL-2.0-or-later
// What is known before the capture begins, put into the table and told on from it.
#include "state/preload.h"
#include "state/node_index.h"
#include "table.h"

static dsmipv4_event_t *restored(talk_t *t, dsmipv4_node_t *node, uint8_t type, uint32_t src, uint32_t dst,
				 uint64_t prefix)
{
	dsmipv4_event_t header = {.type = type, .src = src, .dst = dst, .hoa = HOA_ADDR, .ha = HA_ADDR, .frame = 77};
	header.coa = COA_ADDR;
	header.id = 0xe8fe6f8000000001;
	header.time = BEGIN - 10000 * MS;
	header.time_known = true;
	header.lifetime = 600;
	header.flags = type == DSMIPV4_REGISTRATION_REQUEST ? DSMIPV4_FLAG_D : DSMIPV4_REPLY_ACCEPTED;
	dsmipv4_registered_prefix_t p = {.prefix.len = 48, .state = DSMIPV4_PREFIX_ACTIVE};
	for (unsigned i = 0; i < 8; i++)
		p.prefix.bytes[i] = (uint8_t)(prefix >> (56 - 8 * i));
	header.n_prefixes = prefix != 0;
	return dsmipv4_preload_event(t->bindings, node, &header, &p);
}

// A binding of the home address, as an earlier file leaves it.
static dsmipv4_event_t *restored_binding(talk_t *t)
{
	dsmipv4_node_t *node = dsmipv4_preload_node(t->bindings, HA_ADDR, HOA_ADDR, 0);
	dsmipv4_event_t *request = restored(t, node, DSMIPV4_REGISTRATION_REQUEST, COA_ADDR, HA_ADDR, BITS48);
	dsmipv4_event_t *reply = restored(t, node, DSMIPV4_REGISTRATION_REPLY, HA_ADDR, COA_ADDR, BITS48);
	request->pair = reply;
	reply->pair = request;
	reply->certain_pair = true;
	const dsmipv4_binding_t *binding = dsmipv4_preload_binding(t->bindings, reply);
	dsmipv4_preload_version(t->bindings, node, reply, DSMIPV4_REMOVED_NOT, &binding, 1);
	return reply;
}

static bool note_node(const dsmipv4_node_t *node, void *user)
{
	const dsmipv4_node_t **found = user;
	*found = node;
	return false;
}

CASE(test_restored_binding)
{
	const dsmipv4_event_t *reply = restored_binding(t);
	const dsmipv4_binding_t *b = binding_of(t, reply, COA_ADDR);
	g_assert_true(b == reply->binding && b->created == reply && !b->before);
	g_assert_cmpuint(reply->frame, ==, 0);
	g_assert_cmpint(expiry(b), ==, BEGIN + 590000 * MS);
	expect_prefix(b, 48, BITS48, DSMIPV4_PREFIX_ACTIVE, 0);
	g_assert_true(dsmipv4_node_latest(reply->node)->event == reply);
	const dsmipv4_node_t *found = NULL;
	dsmipv4_nodes_by_coa(t->bindings, COA_ADDR, UINT32_MAX, note_node, &found);
	g_assert_true(found == reply->node);
	g_assert_true(dsmipv4_home_agent_since(t->bindings, HA_ADDR) == reply);
}

// The capture goes on from it: the next registration refreshes, another node's collides.
CASE(test_goes_on)
{
	const dsmipv4_event_t *reply = restored_binding(t);
	talk(t, MN2_HA, 0, RRQ_ID("22", "0258", HOA2, HA, COA2, ID4) REQ48 MHAE);
	const dsmipv4_event_t *other = talk(t, HA_MN2, 50, RRP_ID("00", "0258", HOA2, HA, ID4) REP48 MHAE);
	g_assert_true(other->overlaps && other->overlaps[0].binding == reply->binding);
	talk(t, MN_HA, 1000, ASK(ID2) MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 1050, GET(ID2) MHAE);
	g_assert_true(e->binding->before == reply->binding && e->binding->created == reply);
	g_assert_cmpint(reply->binding->removal, ==, DSMIPV4_REMOVED_REFRESHED);
	g_assert_true(dsmipv4_state_before(e)->event == reply);
}

CASE(test_restored_removal)
{
	dsmipv4_node_t *node = dsmipv4_preload_node(t->bindings, HA_ADDR, HOA_ADDR, 0);
	const dsmipv4_event_t *e = restored(t, node, DSMIPV4_REGISTRATION_REPLY, HA_ADDR, COA_ADDR, 0);
	dsmipv4_preload_version(t->bindings, node, e, DSMIPV4_REMOVED_REVOKED, NULL, 0);
	g_assert_cmpuint(talk_count(t, e), ==, 0);
	g_assert_cmpint(dsmipv4_node_latest(node)->removal, ==, DSMIPV4_REMOVED_REVOKED);
}

// Versions of before frame 1 keep their order.
CASE(test_restored_history)
{
	const dsmipv4_event_t *reply = restored_binding(t);
	dsmipv4_node_t *node = reply->node;
	const dsmipv4_version_t *first = dsmipv4_node_latest(node);
	const dsmipv4_event_t *gone = restored(t, node, DSMIPV4_REGISTRATION_REPLY, HA_ADDR, COA_ADDR, 0);
	dsmipv4_preload_version(t->bindings, node, gone, DSMIPV4_REMOVED_DEREGISTERED, NULL, 0);
	const dsmipv4_version_t *second = dsmipv4_node_latest(node);
	talk(t, MN_HA, 1000, ASK(ID2) MHAE);
	const dsmipv4_event_t *e = talk(t, HA_MN, 1050, GET(ID2) MHAE);
	const dsmipv4_version_t *third = dsmipv4_node_at(node, e->frame);
	g_assert_true(dsmipv4_version_before(node, third) == second);
	g_assert_true(dsmipv4_version_before(node, second) == first);
	g_assert_null(dsmipv4_version_before(node, first));
	g_assert_true(dsmipv4_node_at(node, e->frame - 1) == second);
}

// An earlier file shows that this home agent's replies are captured.
CASE(test_replies_of_earlier_file)
{
	dsmipv4_packet_t packet = {.src = COA_ADDR, .dst = HA_ADDR};
	dsmipv4_look_ahead(t->bindings, &packet, 99);
	g_assert_false(packet.replies_seen);
	restored_binding(t);
	dsmipv4_look_ahead(t->bindings, &packet, 99);
	g_assert_true(packet.replies_seen);
	g_assert_cmpint(packet.capture_end, ==, 99);
	packet.src = COA2_ADDR;
	dsmipv4_look_ahead(t->bindings, &packet, 99);
	g_assert_false(packet.replies_seen);
}

typedef struct {
	const dsmipv4_event_t *latest;
	unsigned n, limit;
} orphans_t;

static bool note_orphan(const dsmipv4_event_t *event, void *user)
{
	orphans_t *o = user;
	o->latest = event;
	return ++o->n != o->limit;
}

// Requests without an address and an answer, as long as one may come.
CASE(test_orphans)
{
	orphans_t o = {0};
	talk(t, MN_HA, 0, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID1) MHAE);
	talk(t, MN_HA, 50000, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID2) MHAE);
	const dsmipv4_event_t *open = talk(t, MN_HA, 60001, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID3) MHAE);
	talk(t, HA_MN, 60050, GET(ID2) MHAE);
	dsmipv4_bindings_each_orphan(t->bindings, note_orphan, &o);
	g_assert_cmpuint(o.n, ==, 1); // the first is too old, the second answered
	g_assert_true(o.latest == open);
	talk(t, MN_HA, 60100, RRQ_ID("22", "0258", NO_ADDRESS, HA, COA, ID4) MHAE);
	orphans_t one = {.limit = 1};
	dsmipv4_bindings_each_orphan(t->bindings, note_orphan, &one);
	g_assert_cmpuint(one.n, ==, 1);
}

#define RESTORE "restore: "

void add_restore_tests(void)
{
	ADD(RESTORE "binding", test_restored_binding);
	ADD(RESTORE "goes on", test_goes_on);
	ADD(RESTORE "removal", test_restored_removal);
	ADD(RESTORE "history", test_restored_history);
	ADD(RESTORE "replies of an earlier file", test_replies_of_earlier_file);
	ADD(RESTORE "orphans", test_orphans);
}
