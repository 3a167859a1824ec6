// SPDX-License-Identifier: GPL-2.0-or-later
// Many small pieces of memory with the same lifetime, without an allocator header for each.
#ifndef DSMIPV4_ARENA_H
#define DSMIPV4_ARENA_H

#include <stddef.h>

#include <wsutil/wmem/wmem.h>

typedef struct dsmipv4_arena dsmipv4_arena_t;

// An arena that takes its memory from `alloc` and is freed with it.
dsmipv4_arena_t *dsmipv4_arena_new(wmem_allocator_t *alloc);

// A piece of zeroed bytes, aligned for pointers and 64-bit numbers. It cannot be freed alone.
void *dsmipv4_arena_alloc(dsmipv4_arena_t *arena, size_t size);

#endif
