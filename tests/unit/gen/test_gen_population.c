// SPDX-License-Identifier: GPL-2.0-or-later
// Many mobile nodes: their addresses, the limits of the blocks, and the check of their packets.
#include "gen_text.h"
#include "packet/auth.h"
#include "population/self_check.h"
#include "population/node_facts.h"

#include <string.h>

static const place_t command_line = {NULL, "--set", 0};

// The actors with some overrides, NULL at the end.
static actors_t *actors_with(const char *const *overrides)
{
	actors_t *actors = actors_new();
	GError *error = NULL;

	for (; *overrides; overrides++) {
		actors_set(actors, *overrides, &command_line, &error);
		g_assert_no_error(error);
	}
	return actors;
}

static node_facts_t *some_nodes(const char *const *overrides, guint32 count, bool derive_keys, GError **error)
{
	actors_t *actors = actors_with(overrides);
	node_facts_t *nodes = node_facts_new(actors, count, derive_keys, error);

	actors_free(actors);
	return nodes;
}

static const char *const nothing[] = {NULL};

static const struct {
	guint32 node;
	const char *fact;
} facts[] = {
	{0, "mn1.hoa=10.0.0.1"},
	{0, "mn1.coa=10.64.0.1"},
	{0, "mn1.prefix=3fff::"},
	{0, "mn1.address6=3fff::1"},
	{0, "mn1.link_local=fe80::a00:1"},
	{0, "mn1.mac=0x02000a000001"},
	{0, "mn1.nai=mn1-0000000@example.net"},
	{253, "mn1.hoa=10.0.0.254"},
	{254, "mn1.hoa=10.0.1.1"},
	{254, "nat.address=100.64.1.1"},
	{254, "mn1.second_prefix=3fff:400:fe::"},
	{65536, "mn1.prefix=3fff:1::"},
	{65537, "mn1.third_address6=3fff:801:1::1"},
	{NODES_MAX - 1, "mn1.hoa=10.63.255.254"},
	{NODES_MAX - 1, "mn1.second_coa=10.191.255.254"},
	{NODES_MAX - 1, "mn1.private_coa=10.255.255.254"},
	{NODES_MAX - 1, "nat.address=100.127.255.254"},
	{NODES_MAX - 1, "mn1.prefix=3fff:3f:7fff::"},
	{NODES_MAX - 1, "mn1.nai=mn1-4161535@example.net"},
};

// Public addresses (RFC 2544: for benchmarks) as long as they suffice; a block that the user gives stays.
static void test_public_addresses(void)
{
	static const char *const own_block[] = {"nodes.coa=203.1.0.0/17", NULL};
	static const struct {
		const char *const *overrides;
		guint32 count;
		const char *hoa;
		const char *coa;
		bool is_private;
	} rows[] = {
		{nothing, 32512, "mn1.hoa=198.18.127.254", "mn1.coa=198.18.255.254", false},
		{nothing, 32513, "mn1.hoa=10.0.128.1", "mn1.coa=10.64.128.1", true},
		{own_block, 32512, "mn1.hoa=198.18.127.254", "mn1.coa=203.1.127.254", false},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		GError *error = NULL;
		node_facts_t *nodes = some_nodes(rows[i].overrides, rows[i].count, false, &error);

		g_assert_no_error(error);
		g_auto(GStrv) own = node_facts_assignments(nodes, rows[i].count - 1);
		g_assert_true(g_strv_contains((const char *const *)own, rows[i].hoa));
		g_assert_true(g_strv_contains((const char *const *)own, rows[i].coa));
		g_assert_true(node_facts_are_private(nodes) == rows[i].is_private);
		node_facts_free(nodes);
	}
}

static void test_facts(void)
{
	GError *error = NULL;
	node_facts_t *nodes = some_nodes(nothing, NODES_MAX, false, &error);

	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
		char **own = node_facts_assignments(nodes, facts[i].node);

		if (!g_strv_contains((const char *const *)own, facts[i].fact)) {
			char *all = g_strjoinv(" ", own);

			g_error("node %u: no %s in %s", facts[i].node, facts[i].fact, all);
		}
		g_strfreev(own);
	}
	node_facts_free(nodes);
}

// Prefixes of one length in turn: the number of the node counts in units of their last bit.
static const struct {
	const char *length;
	guint32 node;
	const char *fact;
} prefixes[] = {
	{"mn1.prefix_length=63", 5, "mn1.prefix=3fff:0:0:a::"},
	{"mn1.prefix_length=64", 5, "mn1.prefix=3fff:0:0:5::"},
	{"mn1.prefix_length=65", 1, "mn1.prefix=3fff::8000:0:0:0"},
	{"mn1.prefix_length=65", 5, "mn1.prefix=3fff:0:0:2:8000::"},
	{"mn1.prefix_length=72", 1, "mn1.prefix=3fff::100:0:0:0"},
	{"mn1.prefix_length=72", 258, "mn1.prefix=3fff:0:0:1:200::"},
	{"mn1.prefix_length=127", 5, "mn1.prefix=3fff::a"},
	{"mn1.prefix_length=128", 258, "mn1.prefix=3fff::102"},
};

static void test_prefix_lengths(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		const char *const overrides[] = {prefixes[i].length, NULL};
		GError *error = NULL;
		node_facts_t *nodes = some_nodes(overrides, 1000, false, &error);
		g_auto(GStrv) own = NULL;

		g_assert_no_error(error);
		own = node_facts_assignments(nodes, prefixes[i].node);
		if (!g_strv_contains((const char *const *)own, prefixes[i].fact)) {
			g_autofree char *all = g_strjoinv(" ", own);

			g_error("node %u: no %s in %s", prefixes[i].node, prefixes[i].fact, all);
		}
		node_facts_free(nodes);
	}
}

static void test_blocks(void)
{
	static const char *const overrides[] = {"nodes.hoa=192.168.0.0/16", "nodes.prefix=2001:db8:100::/40",
						"mn1.prefix_length=60",     "mn1.address6=2001:db8:a::f00d:1",
						"mn1.nai=somebody",         NULL};
	static const char *const expected[] = {"mn1.hoa=192.168.1.1",
					       "mn1.prefix=2001:db8:100:fe0::", "mn1.address6=2001:db8:100:fe0::f00d:1",
					       "mn1.nai=somebody-0000254"};
	GError *error = NULL;
	node_facts_t *nodes = some_nodes(overrides, 1000, false, &error);
	char **own;

	g_assert_no_error(error);
	own = node_facts_assignments(nodes, 254);
	for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
		g_assert_true(g_strv_contains((const char *const *)own, expected[i]));
	g_strfreev(own);
	node_facts_free(nodes);
}

// No two nodes share an address, and none has one of the actors.
static void test_apart(void)
{
	GError *error = NULL;
	node_facts_t *nodes = some_nodes(nothing, 70000, false, &error);
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	g_assert_no_error(error);
	for (guint32 node = 0; node < 70000; node += 7) {
		char **own = node_facts_assignments(nodes, node);

		for (gsize i = 0; own[i]; i++)
			g_assert_true(g_hash_table_add(seen, g_strdup(strchr(own[i], '=') + 1)));
		g_strfreev(own);
	}
	g_hash_table_unref(seen);
	node_facts_free(nodes);
}

// HMAC-SHA-256 of c6120001 under "mn1-ha secret", by `openssl dgst -sha256 -hmac`, first 16 bytes.
static void test_derived_keys(void)
{
	GError *error = NULL;
	node_facts_t *nodes = some_nodes(nothing, 2, true, &error);
	char **own;

	g_assert_no_error(error);
	own = node_facts_assignments(nodes, 0);
	g_assert_true(g_strv_contains((const char *const *)own, "mn1.key=0x4302211aa4643b7ce26a0e6b1939f244"));
	g_strfreev(own);
	g_assert_cmpint(node_facts_find(nodes, "mn1.fa_key"), >=, 0);
	node_facts_free(nodes);
	nodes = some_nodes(nothing, 2, false, &error);
	g_assert_cmpint(node_facts_find(nodes, "mn1.key"), ==, -1);
	node_facts_free(nodes);
}

static const struct {
	const char *assignment;
	guint32 count;
	const char *message;
} wrong[] = {
	{"nodes.hoa=192.168.0.0/24", 255,
	 "nodes.hoa=192.168.0.0/24 holds 254 nodes; expected a larger block for 255 (--set)"},
	{"nodes.hoa=192.168.0.0/25", 1,
	 "nodes.hoa=192.168.0.0/25 holds 0 nodes; expected a larger block for 1 (--set)"},
	{"nodes.prefix=2001:db8:2::/47", 3,
	 "nodes.prefix=2001:db8:2::/47 holds 2 nodes; expected a larger block for 3 (--set)"},
	{"nodes.coa=198.18.0.0/20", 3,
	 "nodes.coa=198.18.0.0/20 overlaps nodes.hoa=198.18.0.0/17; expected separate blocks (--set)"},
	{"nodes.hoa=198.51.0.0/16", 3,
	 "nodes.hoa=198.51.0.0/16 holds ha.address=198.51.100.1; expected another block (--set)"},
	{"nodes.prefix=2001:db8::/32", 3,
	 "nodes.prefix=2001:db8::/32 holds cn.address6=2001:db8:c0::1; expected another block (--set)"},
	{"mn1.prefix_length=255", 3, "mn1.prefix_length=255; expected 1 to 128 with --nodes"},
};

static void test_wrong(gconstpointer item)
{
	gsize i = GPOINTER_TO_SIZE(item);
	const char *const overrides[] = {wrong[i].assignment, NULL};
	GError *error = NULL;

	g_assert_null(some_nodes(overrides, wrong[i].count, false, &error));
	g_assert_error(error, GEN_ERROR, GEN_ERROR_SCENARIO);
	g_assert_cmpstr(error->message, ==, wrong[i].message);
	g_error_free(error);
}

// A population is not the same as one with another key: the check must see it.
static void test_check(void)
{
	static const char *const other_key[] = {"mn1.key=another", NULL};
	population_options_t options = {.seed = 1, .nodes = 100, .spacing = 10};
	GError *error = NULL;
	scenario_t *scenario = scenario_load("coa_mode", &error);
	population_t *population;

	g_assert_no_error(error);
	population = population_new(scenario, &options, 0, &error);
	g_assert_no_error(error);
	g_assert_cmpint(population_last(population), ==, 3100000 + 99 * 10);
	g_assert_true(self_check(population, scenario, &options, 0, &error));
	options.overrides = other_key;
	g_assert_false(self_check(population, scenario, &options, 0, &error));
	g_assert_error(error, GEN_ERROR, GEN_ERROR_CHECK);
	g_assert_cmpstr(
		error->message, ==,
		"self-check failed: coa_mode step request node 0 differs from the packet that is built by itself; "
		"nothing is written or sent");
	g_clear_error(&error);
	population_free(population);
	scenario_free(scenario);
}

// The same packet at another time has another identification: NTP time (RFC 5944 5.7.1), seconds since 1900.
static void test_another_time(void)
{
	static const gint64 starts[] = {1767225600, 1767225660, 1767225600};
	static const guint8 seconds[][4] = {
		{0xed, 0x00, 0x37, 0x80}, {0xed, 0x00, 0x37, 0xbc}, {0xed, 0x00, 0x37, 0x80}};
	const gsize identification = 14 + 20 + 8 + 16; // Ethernet, IPv4, UDP; RFC 5944 3.3
	const population_options_t options = {.seed = 1};
	GError *error = NULL;
	scenario_t *scenario = scenario_load("coa_mode", &error);
	population_t *population = population_new(scenario, &options, starts[0] * G_USEC_PER_SEC, &error);

	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
		packet_t packet;

		timeline_begin(population_timeline(population), starts[i] * G_USEC_PER_SEC, 0, 1);
		population_make(population, 0, 0, &packet);
		g_assert_cmpmem(packet.bytes + identification, 4, seconds[i], 4);
	}
	population_free(population);
	scenario_free(scenario);
}

// A MAC address on the link ends in the last four bytes of the IPv6 address, 02:06 before them.
static void test_mac_of_ipv6(void)
{
	static const char text[] = "steps:\n"
				   "  - step: solicit\n"
				   "    stack:\n"
				   "      - ipv6: { source: ha.link_local, destination: mn.link_local }\n"
				   "      - neighbor_solicitation: { target: mn.link_local }\n";
	static const struct {
		guint32 node;
		guint8 mac[6];
		guint8 address[16];
	} rows[] = {
		{0, {2, 6, 198, 18, 0, 1}, {0xfe, 0x80, [12] = 198, 18, 0, 1}},
		{300, {2, 6, 198, 18, 1, 47}, {0xfe, 0x80, [12] = 198, 18, 1, 47}},
	};
	const population_options_t options = {.seed = 1, .nodes = 301, .spacing = 1};
	GError *error = NULL;
	scenario_t *scenario = scenario_of_text(text);
	population_t *population = population_new(scenario, &options, 0, &error);

	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		packet_t packet;

		population_make(population, 0, rows[i].node, &packet);
		g_assert_cmpmem(packet.bytes, 6, rows[i].mac, 6);
		g_assert_cmpmem(packet.bytes + 14 + 24, 16, rows[i].address, 16); // RFC 8200 3
	}
	population_free(population);
	scenario_free(scenario);
}

int main(int count, char **words)
{
	GError *error = NULL;

	g_test_init(&count, &words, NULL);
	auth_init(&error);
	g_assert_no_error(error);
	g_test_add_func("/gen/nodes/facts", test_facts);
	g_test_add_func("/gen/nodes/public_addresses", test_public_addresses);
	g_test_add_func("/gen/nodes/blocks", test_blocks);
	g_test_add_func("/gen/nodes/prefix_lengths", test_prefix_lengths);
	g_test_add_func("/gen/population/another_time", test_another_time);
	g_test_add_func("/gen/population/mac_of_ipv6", test_mac_of_ipv6);
	g_test_add_func("/gen/nodes/apart", test_apart);
	g_test_add_func("/gen/nodes/derived_keys", test_derived_keys);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		char *path = g_strdup_printf("/gen/nodes/wrong/%" G_GSIZE_FORMAT, i);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_wrong);
		g_free(path);
	}
	g_test_add_func("/gen/nodes/check", test_check);
	return g_test_run();
}
