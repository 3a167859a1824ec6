// SPDX-License-Identifier: GPL-2.0-or-later
// A path-compressed binary trie over IPv6 prefixes.
#include "util/prefix_trie.h"

#include <string.h>

// A node stands for the first `len` bits of `bytes`. A fork has two children, which continue with a 0 and a 1;
// forks without a value exist only where two prefixes diverge. Half of the nodes are leaves, which are shorter.
typedef struct node {
	const uint8_t *bytes; // of whoever made it
	uint32_t value;
	uint8_t len;
	bool is_fork;
	struct node *child[]; // a fork's two
} node_t;

struct dsmipv4_trie {
	dsmipv4_arena_t *arena;
	node_t *root;
};

static unsigned bit_at(const uint8_t *bytes, unsigned i)
{
	return bytes[i / 8] >> (7 - i % 8) & 1;
}

// How many leading bits agree, at most `limit`.
static unsigned common_bits(const uint8_t *a, const uint8_t *b, unsigned limit)
{
	for (unsigned i = 0; i * 8 < limit; i++) {
		uint8_t differ = a[i] ^ b[i];
		if (differ) {
			unsigned bits = i * 8 + (unsigned)__builtin_clz((unsigned)differ << 24);
			return bits < limit ? bits : limit;
		}
	}
	return limit;
}

static node_t *new_node(dsmipv4_trie_t *trie, const uint8_t *bytes, unsigned len, bool is_fork)
{
	node_t *n = dsmipv4_arena_alloc(trie->arena, sizeof *n + (is_fork ? 2 * sizeof n->child[0] : 0));
	n->bytes = bytes;
	n->len = (uint8_t)len;
	n->is_fork = is_fork;
	return n;
}

dsmipv4_trie_t *dsmipv4_trie_new(dsmipv4_arena_t *arena)
{
	dsmipv4_trie_t *trie = dsmipv4_arena_alloc(arena, sizeof *trie);
	trie->arena = arena;
	return trie;
}

// Put a fork of `common` bits where `n` hangs, with n below it.
static node_t *split(dsmipv4_trie_t *trie, node_t **link, unsigned common)
{
	node_t *n = *link, *parent = new_node(trie, n->bytes, common, true);
	parent->child[bit_at(n->bytes, common)] = n;
	*link = parent;
	return parent;
}

// Turn the leaf there into a fork. The leaf's memory cannot be reused, but few prefixes cover others.
static node_t *make_fork(dsmipv4_trie_t *trie, node_t **link)
{
	node_t *leaf = *link, *fork = new_node(trie, leaf->bytes, leaf->len, true);
	fork->value = leaf->value;
	*link = fork;
	return fork;
}

static const node_t *child_of(const node_t *n, unsigned bit)
{
	return n->is_fork ? n->child[bit] : NULL;
}

uint32_t *dsmipv4_trie_slot(dsmipv4_trie_t *trie, const uint8_t bytes[16], unsigned len)
{
	node_t **link = &trie->root;
	while (*link) {
		node_t *n = *link;
		unsigned common = common_bits(n->bytes, bytes, len < n->len ? len : n->len);
		if (common < n->len)
			n = split(trie, link, common);
		if (n->len == len)
			return &n->value;
		if (!n->is_fork)
			n = make_fork(trie, link);
		link = &n->child[bit_at(bytes, n->len)];
	}
	*link = new_node(trie, bytes, len, false);
	return &(*link)->value;
}

void dsmipv4_trie_covering(const dsmipv4_trie_t *trie, const uint8_t bytes[16], unsigned len, dsmipv4_trie_visit visit,
			   void *user)
{
	for (const node_t *n = trie->root; n && n->len <= len; n = child_of(n, bit_at(bytes, n->len))) {
		if (common_bits(n->bytes, bytes, n->len) < n->len)
			return;
		if ((n->value && !visit(n->bytes, n->len, n->value, user)) || n->len == 128)
			return;
	}
}

// At most 128 levels deep, since each child is longer than its parent.
static bool visit_subtree(const node_t *n, dsmipv4_trie_visit visit, void *user)
{
	if (!n)
		return true;
	return (!n->value || visit(n->bytes, n->len, n->value, user)) && visit_subtree(child_of(n, 0), visit, user) &&
	       visit_subtree(child_of(n, 1), visit, user);
}

void dsmipv4_trie_inside(const dsmipv4_trie_t *trie, const uint8_t bytes[16], unsigned len, dsmipv4_trie_visit visit,
			 void *user)
{
	const node_t *n = trie->root;
	while (n && n->len < len)
		n = child_of(n, bit_at(bytes, n->len));
	if (!n || common_bits(n->bytes, bytes, len) < len)
		return;
	if (n->len > len) {
		visit_subtree(n, visit, user);
		return;
	}
	if (visit_subtree(child_of(n, 0), visit, user))
		visit_subtree(child_of(n, 1), visit, user);
}
