// SPDX-License-Identifier: GPL-2.0-or-later
// Objects of one size in blocks that never move.
#include "util/stable_array.h"

#define IN_BLOCK 256

void dsmipv4_stable_array_init(dsmipv4_stable_array_t *list, wmem_allocator_t *alloc, size_t size)
{
	*list = (dsmipv4_stable_array_t){.alloc = alloc, .size = size};
}

void *dsmipv4_stable_array_add(dsmipv4_stable_array_t *list)
{
	uint32_t block = list->n / IN_BLOCK;
	if (list->n % IN_BLOCK == 0) {
		if ((block & (block - 1)) == 0) // there is room for a power of two
			list->blocks = wmem_realloc(list->alloc, list->blocks,
						    (block ? 2 * (size_t)block : 1) * sizeof list->blocks[0]);
		list->blocks[block] = wmem_alloc0(list->alloc, IN_BLOCK * list->size);
	}
	return dsmipv4_stable_array_at(list, list->n++);
}

void *dsmipv4_stable_array_at(const dsmipv4_stable_array_t *list, uint32_t number)
{
	return list->blocks[number / IN_BLOCK] + number % IN_BLOCK * list->size;
}
