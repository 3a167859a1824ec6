// SPDX-License-Identifier: GPL-2.0-or-later
// Many mobile nodes: the addresses, prefixes and keys that each of them has instead of those of mn1.
#include "population/node_facts.h"

#include "packet/auth.h"
#include "packet/encode.h"
#include "language/parse.h"

#include <arpa/inet.h>
#include <string.h>

#define STANDARD_NODES (128 * HOSTS_OF_24) // in the blocks that the actors have
#define HOSTS_OF_24 254                    // addresses of a /24 that do not end in 0 or 255
#define NUMBER_FORMAT "-%07u"
#define NUMBER_LENGTH 8

typedef enum { // rows of facts[]
	NODE_HOA,
	NODE_COA,
	NODE_SECOND_COA,
	NODE_PRIVATE_COA,
	NODE_NAT,
	NODE_PREFIX,
	NODE_SECOND_PREFIX,
	NODE_THIRD_PREFIX,
	NODE_ADDRESS6,
	NODE_SECOND_ADDRESS6,
	NODE_THIRD_ADDRESS6,
	NODE_MAC,
	NODE_LINK_LOCAL,
	NODE_NAI,
	NODE_KEY,
	NODE_FA_KEY,
	NODE_AAA_KEY,
	NODE_FACTS
} node_fact_t;

struct node_facts {
	guint32 count;
	bool derive_keys;
	bool is_private;
	unsigned prefix_length;
	value_t model[NODE_FACTS];     // the block, or the fact of mn1 that the node's derives from
	signer_t *deriver[NODE_FACTS]; // of keys
};

typedef gsize get_fn(const node_facts_t *nodes, node_fact_t fact, guint32 node, guint8 *bytes);

// The addresses of a block in order, without those that end in 0 or 255.
static guint32 host_of(const node_facts_t *nodes, node_fact_t fact, guint32 node)
{
	const guint8 *octets = nodes->model[fact].octets;
	guint32 base = (guint32)octets[0] << 24 | (guint32)octets[1] << 16 | (guint32)octets[2] << 8;

	return base + (node / HOSTS_OF_24 << 8) + node % HOSTS_OF_24 + 1;
}

static gsize put32(guint8 *bytes, guint32 number)
{
	number = GUINT32_TO_BE(number);
	memcpy(bytes, &number, sizeof(number));
	return sizeof(number);
}

static gsize get_host(const node_facts_t *nodes, node_fact_t fact, guint32 node, guint8 *bytes)
{
	return put32(bytes, host_of(nodes, fact, node));
}

static gsize get_mac(const node_facts_t *nodes, node_fact_t fact G_GNUC_UNUSED, guint32 node, guint8 *bytes)
{
	memcpy(bytes, "\x02\x00", 2);
	return 2 + put32(bytes + 2, host_of(nodes, NODE_HOA, node));
}

// The prefixes of a block in order: the number counts in units of the last bit of the prefix.
static gsize get_prefix(const node_facts_t *nodes, node_fact_t fact, guint32 node, guint8 *bytes)
{
	unsigned shift = 128 - nodes->prefix_length;
	guint64 words[2];

	memcpy(words, nodes->model[fact].octets, sizeof(words));
	if (shift >= 64)
		words[0] |= GUINT64_TO_BE((guint64)node << (shift - 64));
	else
		words[1] |= GUINT64_TO_BE((guint64)node << shift);
	if (shift > 0 && shift < 64)
		words[0] |= GUINT64_TO_BE((guint64)node >> (64 - shift));
	memcpy(bytes, words, sizeof(words));
	return sizeof(words);
}

// The node's prefix, and beyond its length the bits of mn1's address.
static gsize get_address6(const node_facts_t *nodes, node_fact_t fact, guint32 node, guint8 *bytes)
{
	const guint8 *model = nodes->model[fact].octets;
	unsigned whole = nodes->prefix_length / 8;
	guint8 mask = (guint8)(0xff00 >> nodes->prefix_length % 8);

	get_prefix(nodes, NODE_PREFIX + (fact - NODE_ADDRESS6), node, bytes);
	if (whole == 16)
		return 16;
	bytes[whole] = (bytes[whole] & mask) | (model[whole] & (guint8)~mask);
	memcpy(bytes + whole + 1, model + whole + 1, 15 - whole);
	return 16;
}

static gsize get_link_local(const node_facts_t *nodes, node_fact_t fact G_GNUC_UNUSED, guint32 node, guint8 *bytes)
{
	memcpy(bytes, "\xfe\x80\0\0\0\0\0\0\0\0\0\0", 12);
	return 12 + put32(bytes + 12, host_of(nodes, NODE_HOA, node));
}

// mn1's NAI with the number before its realm: mn1-0000017@example.net.
static gsize get_nai(const node_facts_t *nodes, node_fact_t fact, guint32 node, guint8 *bytes)
{
	gsize length;
	const char *model = g_bytes_get_data(nodes->model[fact].bytes, &length);
	const char *realm = memchr(model, '@', length);
	gsize user = realm ? (gsize)(realm - model) : length;
	char number[NUMBER_LENGTH + 1];

	g_snprintf(number, sizeof(number), NUMBER_FORMAT, node);
	memcpy(bytes, model, user);
	memcpy(bytes + user, number, NUMBER_LENGTH);
	memcpy(bytes + user + NUMBER_LENGTH, model + user, length - user);
	return length + NUMBER_LENGTH;
}

static gsize get_key(const node_facts_t *nodes, node_fact_t fact, guint32 node, guint8 *bytes)
{
	guint8 home_address[4];

	get_host(nodes, NODE_HOA, node, home_address);
	signer_derive_key(nodes->deriver[fact], home_address, bytes);
	return AUTH_DERIVED_LENGTH;
}

static const struct {
	const char *name;
	key_kind_t kind;
	const char *model; // fact that this one derives from
	key_kind_t model_kind;
	get_fn *get;
} facts[NODE_FACTS] = {
	[NODE_HOA] = {"mn1.hoa", KIND_ADDRESS4, "nodes.hoa", KIND_BLOCK4, get_host},
	[NODE_COA] = {"mn1.coa", KIND_ADDRESS4, "nodes.coa", KIND_BLOCK4, get_host},
	[NODE_SECOND_COA] = {"mn1.second_coa", KIND_ADDRESS4, "nodes.second_coa", KIND_BLOCK4, get_host},
	[NODE_PRIVATE_COA] = {"mn1.private_coa", KIND_ADDRESS4, "nodes.private_coa", KIND_BLOCK4, get_host},
	[NODE_NAT] = {"nat.address", KIND_ADDRESS4, "nodes.nat", KIND_BLOCK4, get_host},
	[NODE_PREFIX] = {"mn1.prefix", KIND_ADDRESS6, "nodes.prefix", KIND_BLOCK6, get_prefix},
	[NODE_SECOND_PREFIX] = {"mn1.second_prefix", KIND_ADDRESS6, "nodes.second_prefix", KIND_BLOCK6, get_prefix},
	[NODE_THIRD_PREFIX] = {"mn1.third_prefix", KIND_ADDRESS6, "nodes.third_prefix", KIND_BLOCK6, get_prefix},
	[NODE_ADDRESS6] = {"mn1.address6", KIND_ADDRESS6, "mn1.address6", KIND_ADDRESS6, get_address6},
	[NODE_SECOND_ADDRESS6] = {"mn1.second_address6", KIND_ADDRESS6, "mn1.second_address6", KIND_ADDRESS6,
				  get_address6},
	[NODE_THIRD_ADDRESS6] = {"mn1.third_address6", KIND_ADDRESS6, "mn1.third_address6", KIND_ADDRESS6,
				 get_address6},
	[NODE_MAC] = {"mn1.mac", KIND_MAC, "nodes.hoa", KIND_BLOCK4, get_mac},
	[NODE_LINK_LOCAL] = {"mn1.link_local", KIND_ADDRESS6, "nodes.hoa", KIND_BLOCK4, get_link_local},
	[NODE_NAI] = {"mn1.nai", KIND_TEXT, "mn1.nai", KIND_TEXT, get_nai},
	[NODE_KEY] = {"mn1.key", KIND_SECRET, "mn1.key", KIND_SECRET, get_key},
	[NODE_FA_KEY] = {"mn1.fa_key", KIND_SECRET, "mn1.fa_key", KIND_SECRET, get_key},
	[NODE_AAA_KEY] = {"mn1.aaa_key", KIND_SECRET, "mn1.aaa_key", KIND_SECRET, get_key},
};

static bool is_in_block(const value_t *block, const guint8 *address)
{
	for (guint64 bit = 0; bit < block->number; bit++)
		if (((block->octets[bit / 8] ^ address[bit / 8]) & 0x80 >> bit % 8) != 0)
			return false;
	return true;
}

static guint64 capacity(const node_facts_t *nodes, node_fact_t fact)
{
	guint64 length = nodes->model[fact].number;

	if (facts[fact].model_kind == KIND_BLOCK4)
		return length > 24 ? 0 : (G_GUINT64_CONSTANT(1) << (24 - length)) * HOSTS_OF_24;
	if (length > nodes->prefix_length)
		return 0;
	return G_GUINT64_CONSTANT(1) << MIN(nodes->prefix_length - length, 32);
}

static bool is_block(node_fact_t fact)
{
	return facts[fact].get == get_host || facts[fact].get == get_prefix;
}

// Standard blocks are public, of the addresses for benchmarks (RFC 2544), and hold 32512 nodes. For more there are
// these.
static const char *const large_blocks[NODE_FACTS] = {
	[NODE_HOA] = "10.0.0.0/10",
	[NODE_COA] = "10.64.0.0/10",
	[NODE_SECOND_COA] = "10.128.0.0/10",
	[NODE_NAT] = "100.64.0.0/10",
};

static bool is_standard(const actors_t *actors, unsigned fact)
{
	const char *name = facts[fact].model;

	return strcmp(actors_get(actors, name, NULL), actors_standard(name)) == 0;
}

static bool needs_large(guint32 count, const actors_t *actors)
{
	bool any = false;

	for (unsigned i = 0; i < NODE_FACTS; i++)
		any |= large_blocks[i] && is_standard(actors, i);
	return any && count > STANDARD_NODES;
}

// The text of a block, or of the fact of mn1.
static const char *model_text(const node_facts_t *nodes, const actors_t *actors, unsigned fact)
{
	bool is_large = nodes->is_private && is_block(fact) && large_blocks[fact] && is_standard(actors, fact);

	return is_large ? large_blocks[fact] : actors_get(actors, facts[fact].model, NULL);
}

// Blocks must not overlap.
static bool check_blocks(const node_facts_t *nodes, const actors_t *actors, GError **error)
{
	for (unsigned i = 0; i < NODE_FACTS; i++) {
		if (!is_block(i))
			continue;
		if (nodes->count > capacity(nodes, i)) {
			fail(error, GEN_ERROR_SCENARIO,
			     "%s=%s holds %" G_GUINT64_FORMAT " nodes; expected a larger block for %u (--set)",
			     facts[i].model, model_text(nodes, actors, i), capacity(nodes, i), nodes->count);
			return false;
		}
		for (unsigned j = 0; j < i; j++) {
			if (!is_block(j) || facts[i].model_kind != facts[j].model_kind ||
			    (!is_in_block(&nodes->model[i], nodes->model[j].octets) &&
			     !is_in_block(&nodes->model[j], nodes->model[i].octets)))
				continue;
			fail(error, GEN_ERROR_SCENARIO, "%s=%s overlaps %s=%s; expected separate blocks (--set)",
			     facts[i].model, model_text(nodes, actors, i), facts[j].model,
			     model_text(nodes, actors, j));
			return false;
		}
	}
	return true;
}

// Nor may they contain the addresses of agents and correspondent nodes.
static bool check_others(const node_facts_t *nodes, const actors_t *actors, GError **error)
{
	static const struct {
		const char *name;
		int family;
		key_kind_t block;
	} others[] = {
		{"ha.address", AF_INET, KIND_BLOCK4},
		{"fa.address", AF_INET, KIND_BLOCK4},
		{"cn.address", AF_INET, KIND_BLOCK4},
		{"cn.address6", AF_INET6, KIND_BLOCK6},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		guint8 address[16];

		inet_pton(others[i].family, actors_get(actors, others[i].name, NULL), address);
		for (unsigned fact = 0; fact < NODE_FACTS; fact++) {
			if (!is_block(fact) || facts[fact].model_kind != others[i].block ||
			    !is_in_block(&nodes->model[fact], address))
				continue;
			fail(error, GEN_ERROR_SCENARIO, "%s=%s holds %s=%s; expected another block (--set)",
			     facts[fact].model, model_text(nodes, actors, fact), others[i].name,
			     actors_get(actors, others[i].name, NULL));
			return false;
		}
	}
	return true;
}

static bool check_nai(const node_facts_t *nodes, GError **error)
{
	if (g_bytes_get_size(nodes->model[NODE_NAI].bytes) + NUMBER_LENGTH <= NODE_FACT_MAX)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "mn1.nai is too long for a number; expected at most %d bytes",
	     NODE_FACT_MAX - NUMBER_LENGTH);
	return false;
}

static void read_models(node_facts_t *nodes, const actors_t *actors)
{
	static const place_t nowhere = {NULL, NULL, 0};
	value_t prefix_length;

	nodes->is_private = needs_large(nodes->count, actors);
	for (unsigned i = 0; i < NODE_FACTS; i++) { // the actors have checked them
		value_t *model = &nodes->model[i];

		value_read(facts[i].model_kind, model_text(nodes, actors, i), &nowhere, model, NULL);
		if (facts[i].kind == KIND_SECRET && nodes->derive_keys) {
			gsize length;
			const void *key = g_bytes_get_data(model->bytes, &length);

			nodes->deriver[i] = signer_new_for_keys(key, length);
		}
	}
	value_read(KIND_U8, actors_get(actors, "mn1.prefix_length", NULL), &nowhere, &prefix_length, NULL);
	nodes->prefix_length = (unsigned)prefix_length.number;
}

node_facts_t *node_facts_new(const actors_t *actors, guint32 count, bool derive_keys, GError **error)
{
	node_facts_t *nodes = g_new0(node_facts_t, 1);

	nodes->count = count;
	nodes->derive_keys = derive_keys;
	read_models(nodes, actors);
	if (nodes->prefix_length >= 1 && nodes->prefix_length <= 128) {
		if (check_blocks(nodes, actors, error) && check_others(nodes, actors, error) && check_nai(nodes, error))
			return nodes;
	} else {
		fail(error, GEN_ERROR_SCENARIO, "mn1.prefix_length=%u; expected 1 to 128 with --nodes",
		     nodes->prefix_length);
	}
	node_facts_free(nodes);
	return NULL;
}

void node_facts_free(node_facts_t *nodes)
{
	for (unsigned i = 0; i < NODE_FACTS; i++) {
		g_clear_pointer(&nodes->model[i].bytes, g_bytes_unref);
		g_clear_pointer(&nodes->deriver[i], signer_free);
	}
	g_free(nodes);
}

static int find_fact(const char *name)
{
	for (unsigned i = 0; i < NODE_FACTS; i++)
		if (strcmp(facts[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool node_facts_are_private(const node_facts_t *nodes)
{
	return nodes->is_private;
}

bool node_facts_replace(const char *fact)
{
	int index = find_fact(fact);

	return index >= 0 && strcmp(facts[index].name, facts[index].model) != 0;
}

int node_facts_find(const node_facts_t *nodes, const char *fact)
{
	int index = find_fact(fact);

	return index >= 0 && facts[index].kind == KIND_SECRET && !nodes->derive_keys ? -1 : index;
}

key_kind_t node_facts_kind(int index)
{
	return facts[index].kind;
}

gsize node_facts_get(const node_facts_t *nodes, int index, guint32 node, guint8 bytes[NODE_FACT_MAX])
{
	return facts[index].get(nodes, (node_fact_t)index, node, bytes);
}

// In the form that the actors take.
static char *text_of(key_kind_t kind, const guint8 *bytes, gsize length)
{
	char address[INET6_ADDRSTRLEN];
	GString *hex;

	switch (kind) {
	case KIND_ADDRESS4:
		return g_strdup(inet_ntop(AF_INET, bytes, address, sizeof(address)));
	case KIND_ADDRESS6:
		return g_strdup(inet_ntop(AF_INET6, bytes, address, sizeof(address)));
	case KIND_TEXT:
		return g_strndup((const char *)bytes, length);
	default:
		hex = g_string_new("0x");
		for (gsize i = 0; i < length; i++)
			g_string_append_printf(hex, "%02x", bytes[i]);
		return g_string_free(hex, FALSE);
	}
}

char **node_facts_assignments(const node_facts_t *nodes, guint32 node)
{
	GPtrArray *assignments = g_ptr_array_new();

	for (unsigned i = 0; i < NODE_FACTS; i++) {
		guint8 bytes[NODE_FACT_MAX];

		if (node_facts_find(nodes, facts[i].name) < 0)
			continue;
		gsize length = node_facts_get(nodes, (int)i, node, bytes);
		char *text = text_of(facts[i].kind, bytes, length);
		g_ptr_array_add(assignments, g_strdup_printf("%s=%s", facts[i].name, text));
		g_free(text);
	}
	g_ptr_array_add(assignments, NULL);
	return (char **)g_ptr_array_free(assignments, FALSE);
}
