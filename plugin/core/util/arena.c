// SPDX-License-Identifier: GPL-2.0-or-later
// Memory cut from large blocks.
#include "util/arena.h"

#include <stdint.h>
#include <string.h>

// 128 of these, with their headers, fill one of wmem's 8 MiB blocks.
#define BLOCK_SIZE (65536 - 64)
#define LARGE (BLOCK_SIZE / 8) // pieces of this size and larger are allocated separately
#define ALIGNMENT sizeof(uint64_t)

// AddressSanitizer notices an access beyond a piece only if each is malloc()ed separately.
#if defined(__SANITIZE_ADDRESS__)
#define EACH_FOR_ITSELF 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EACH_FOR_ITSELF 1
#endif
#endif
#ifndef EACH_FOR_ITSELF
#define EACH_FOR_ITSELF 0
#endif

struct dsmipv4_arena {
	wmem_allocator_t *alloc;
	uint8_t *free; // of the current block
	size_t n_free;
};

dsmipv4_arena_t *dsmipv4_arena_new(wmem_allocator_t *alloc)
{
	dsmipv4_arena_t *arena = wmem_new0(alloc, dsmipv4_arena_t);
	arena->alloc = alloc;
	return arena;
}

void *dsmipv4_arena_alloc(dsmipv4_arena_t *arena, size_t size)
{
	if (EACH_FOR_ITSELF || size >= LARGE)
		return wmem_alloc0(arena->alloc, size);
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (arena->n_free < size) {
		arena->free = wmem_alloc(arena->alloc, BLOCK_SIZE);
		arena->n_free = BLOCK_SIZE;
	}
	void *piece = arena->free;
	arena->free += size;
	arena->n_free -= size;
	return memset(piece, 0, size);
}
