// SPDX-License-Identifier: GPL-2.0-or-later
// Prefixes of one list that meet those of another: both are sorted together, so that what a prefix contains follows
// it, and what contains it is found on the way.
#include "wire/prefix_matches.h"

#include <stdlib.h>
#include <string.h>

#define FEW 64 // pairs that are rather compared one by one
#define NONE UINT16_MAX

typedef struct {
	uint8_t key[17]; // significant bits, then the length: what contains others comes before them
	bool is_network; // length up to 128; others meet only their equals, and come last
	uint16_t place;  // in the list, NONE: it is one that is asked for
	uint16_t asked;  // number of the one asked for
	uint16_t equal;  // the first of the list with this key
	uint16_t around; // the first that contains it
	uint16_t within; // the first that it contains
	uint16_t same_bits;
	uint32_t parent; // the next larger one that contains it, itself: none
} entry_t;

static uint16_t least(uint16_t a, uint16_t b)
{
	return a < b ? a : b;
}

static void read_entry(entry_t *e, const dsmipv4_prefix_t *p)
{
	unsigned bits = p->len <= 128 ? p->len : 128;
	memcpy(e->key, p->bytes, (bits + 7) / 8);
	e->key[bits / 8] &= (uint8_t)(0xff00 >> bits % 8);
	e->key[16] = p->len;
	e->is_network = p->len <= 128;
	e->place = e->asked = e->equal = e->around = e->within = e->same_bits = NONE;
}

static int compare_entries(const void *a, const void *b)
{
	const entry_t *x = a, *y = b;
	if (x->is_network != y->is_network)
		return x->is_network ? -1 : 1;
	return memcmp(x->key, y->key, sizeof x->key);
}

static bool contains(const entry_t *outer, const entry_t *inner)
{
	const dsmipv4_prefix_t *p = (const dsmipv4_prefix_t *)outer->key;
	G_STATIC_ASSERT(offsetof(dsmipv4_prefix_t, len) == 16 && offsetof(dsmipv4_prefix_t, bytes) == 0);
	return outer->is_network && inner->is_network && outer->key[16] <= inner->key[16] &&
	       dsmipv4_prefix_in(p, inner->key, outer->key[16]);
}

// The place of the first of each run of entries for which `same` is true goes to member `first` of all of them.
#define SPREAD_FIRST(entries, n, member, same)                                                                         \
	for (unsigned from = 0, to; from < (n); from = to) {                                                           \
		uint16_t first = NONE;                                                                                 \
		for (to = from; to < (n) && same(&(entries)[from], &(entries)[to]); to++)                              \
			first = least(first, (entries)[to].place);                                                     \
		for (unsigned i = from; i < to; i++)                                                                   \
			(entries)[i].member = first;                                                                   \
	}

static bool same_key(const entry_t *a, const entry_t *b)
{
	return compare_entries(a, b) == 0;
}

static bool same_bits(const entry_t *a, const entry_t *b)
{
	return a->is_network == b->is_network && memcmp(a->key, b->key, 16) == 0;
}

// Each entry's parent is the nearest before it that contains it and is not its equal.
static void find_around(entry_t *entries, unsigned n)
{
	for (uint32_t i = 0; i < n; i++) {
		entry_t *e = &entries[i];
		e->parent = i;
		if (i == 0)
			continue;
		uint32_t up = i - 1;
		while (!contains(&entries[up], e) && entries[up].parent != up)
			up = entries[up].parent;
		if (same_key(&entries[up], e)) {
			e->parent = entries[up].parent == up ? i : entries[up].parent;
			e->around = entries[up].around;
		} else if (contains(&entries[up], e)) {
			e->parent = up;
			e->around = least(entries[up].equal, entries[up].around);
		}
	}
}

static void find_within(entry_t *entries, unsigned n)
{
	for (uint32_t i = n; i-- > 0;) {
		entry_t *parent = &entries[entries[i].parent];
		if (parent != &entries[i])
			parent->within = least(parent->within, least(entries[i].equal, entries[i].within));
	}
	// The last of equals is the parent of what they contain.
	for (uint32_t i = n; i-- > 1;) {
		if (same_key(&entries[i - 1], &entries[i]))
			entries[i - 1].within = least(entries[i - 1].within, entries[i].within);
	}
}

static uint16_t counted(uint16_t place)
{
	return place == NONE ? 0 : (uint16_t)(place + 1);
}

static void answer(dsmipv4_prefix_matches_t *answers, const entry_t *entries, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const entry_t *e = &entries[i];
		if (e->asked == NONE)
			continue;
		answers[e->asked].equal = counted(e->equal);
		answers[e->asked].nested = counted(least(e->around, e->within));
		answers[e->asked].same_bits = e->is_network ? counted(e->same_bits) : 0;
	}
}

static void match_many(dsmipv4_prefix_matches_t *answers, const dsmipv4_prefix_t *const *list, unsigned n_list,
		       const dsmipv4_prefix_t *const *asked, unsigned n_asked)
{
	entry_t *entries = wmem_alloc0_array(NULL, entry_t, n_list + n_asked);
	unsigned n = 0;
	for (unsigned i = 0; i < n_list; i++) {
		if (!list[i])
			continue;
		read_entry(&entries[n], list[i]);
		entries[n++].place = (uint16_t)i;
	}
	for (unsigned i = 0; i < n_asked; i++) {
		if (!asked[i])
			continue;
		read_entry(&entries[n], asked[i]);
		entries[n++].asked = (uint16_t)i;
	}
	qsort(entries, n, sizeof entries[0], compare_entries);
	SPREAD_FIRST(entries, n, equal, same_key)
	SPREAD_FIRST(entries, n, same_bits, same_bits)
	find_around(entries, n);
	find_within(entries, n);
	answer(answers, entries, n);
	wmem_free(NULL, entries);
}

static void match_few(dsmipv4_prefix_matches_t *answers, const dsmipv4_prefix_t *const *list, unsigned n_list,
		      const dsmipv4_prefix_t *const *asked, unsigned n_asked)
{
	for (unsigned i = 0; i < n_asked; i++) {
		dsmipv4_prefix_matches_t *m = &answers[i];
		for (unsigned k = n_list; asked[i] && k-- > 0;) {
			const dsmipv4_prefix_t *a = list[k], *b = asked[i];
			if (!a)
				continue;
			uint16_t place = counted((uint16_t)k);
			if (dsmipv4_prefix_equal(a, b))
				m->equal = place;
			else if (dsmipv4_prefix_overlaps(a, b))
				m->nested = place;
			entry_t x = {0}, y = {0};
			read_entry(&x, a);
			read_entry(&y, b);
			if (x.is_network && same_bits(&x, &y))
				m->same_bits = place;
		}
	}
}

dsmipv4_prefix_matches_t *dsmipv4_prefix_matches(wmem_allocator_t *alloc, const dsmipv4_prefix_t *const *list,
						 unsigned n_list, const dsmipv4_prefix_t *const *asked,
						 unsigned n_asked)
{
	dsmipv4_prefix_matches_t *answers = wmem_alloc0_array(alloc, dsmipv4_prefix_matches_t, n_asked + 1u);
	if (n_list * (size_t)n_asked <= FEW)
		match_few(answers, list, n_list, asked, n_asked);
	else
		match_many(answers, list, n_list, asked, n_asked);
	return answers;
}
