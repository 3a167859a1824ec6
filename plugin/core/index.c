// SPDX-License-Identifier: GPL-2.0-or-later
// A hash index over things that carry the link of their chain themselves.
#include "index.h"

#include <glib.h>

#define FIRST_BITS 6

static void **link_of(const dsmipv4_index_t *index, const void *member)
{
	return (void **)((uintptr_t)member + index->link);
}

static size_t place_of(const dsmipv4_index_t *index, uint64_t key)
{
	return (size_t)(key * index->factor >> (64 - index->bits));
}

void dsmipv4_index_init(dsmipv4_index_t *index, wmem_allocator_t *alloc, uint64_t (*key)(const void *member),
			size_t link)
{
	*index = (dsmipv4_index_t){.alloc = alloc, .key = key, .link = link, .bits = FIRST_BITS};
	index->factor = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
	index->heads = wmem_alloc0_array(alloc, void *, 1 << FIRST_BITS);
}

// Twice as many chains. The members of one go to two that lie side by side, in their order.
static void grow(dsmipv4_index_t *index)
{
	size_t n_old = (size_t)1 << index->bits++;
	void **heads = wmem_alloc0_array(index->alloc, void *, 2 * n_old);
	for (size_t i = 0; i < n_old; i++) {
		void **ends[2] = {&heads[2 * i], &heads[2 * i + 1]};
		for (void *member = index->heads[i]; member; member = *link_of(index, member)) {
			void ***end = &ends[place_of(index, index->key(member)) & 1];
			**end = member;
			*end = link_of(index, member);
		}
		*ends[0] = *ends[1] = NULL;
	}
	wmem_free(index->alloc, index->heads);
	index->heads = heads;
}

void dsmipv4_index_add(dsmipv4_index_t *index, void *member)
{
	if (index->n++ >> index->bits)
		grow(index);
	void **head = &index->heads[place_of(index, index->key(member))];
	*link_of(index, member) = *head;
	*head = member;
}

static void *find_from(const dsmipv4_index_t *index, void *member, uint64_t key)
{
	while (member && index->key(member) != key)
		member = *link_of(index, member);
	return member;
}

void *dsmipv4_index_find(const dsmipv4_index_t *index, uint64_t key)
{
	return find_from(index, index->heads[place_of(index, key)], key);
}

void *dsmipv4_index_next(const dsmipv4_index_t *index, const void *member)
{
	return find_from(index, *link_of(index, member), index->key(member));
}
