// SPDX-License-Identifier: GPL-2.0-or-later
// Things of one size that are numbered from 0 and stay where they are: half a pointer is enough for one.
#ifndef DSMIPV4_NUMBERED_H
#define DSMIPV4_NUMBERED_H

#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

typedef struct {
	wmem_allocator_t *alloc;
	size_t size;
	uint32_t n;
	uint8_t **blocks;
} dsmipv4_stable_array_t;

// None yet; they will live in `alloc`, each of `size` bytes.
void dsmipv4_stable_array_init(dsmipv4_stable_array_t *list, wmem_allocator_t *alloc, size_t size);

// One more, all zero. Its number is what list->n was.
void *dsmipv4_stable_array_add(dsmipv4_stable_array_t *list);

// The one with this number, which must be below list->n.
void *dsmipv4_stable_array_at(const dsmipv4_stable_array_t *list, uint32_t number);

#endif
