// SPDX-License-Identifier: GPL-2.0-or-later
// Objects of one size that never move and are numbered from 0. A number takes half the memory of a pointer.
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

// Make an empty array, whose objects of `size` bytes will live in `alloc`.
void dsmipv4_stable_array_init(dsmipv4_stable_array_t *list, wmem_allocator_t *alloc, size_t size);

// Add an object, all zero. Its number is the former list->n.
void *dsmipv4_stable_array_add(dsmipv4_stable_array_t *list);

// The one with this number, which must be below list->n.
void *dsmipv4_stable_array_at(const dsmipv4_stable_array_t *list, uint32_t number);

#endif
