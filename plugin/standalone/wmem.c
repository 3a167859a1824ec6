// SPDX-License-Identifier: GPL-2.0-or-later
// What the core uses of Wireshark's memory interface (wsutil/wmem), for programs that have to run without Wireshark's
// libraries. The headers say what each function does. Every piece is allocated by itself and linked to its allocator;
// pieces without an allocator are those of malloc().
#include <string.h>

#include <wsutil/wmem/wmem.h>

typedef struct piece {
	struct piece *next, *previous;
	max_align_t bytes[];
} piece_t;

struct _wmem_allocator_t {
	piece_t all; // head of a ring
};

static piece_t *piece_of(void *bytes)
{
	return (piece_t *)((char *)bytes - offsetof(piece_t, bytes));
}

static void *link_piece(wmem_allocator_t *allocator, piece_t *piece)
{
	piece->next = allocator->all.next;
	piece->previous = &allocator->all;
	piece->next->previous = piece->previous->next = piece;
	return piece->bytes;
}

static void unlink_piece(piece_t *piece)
{
	piece->next->previous = piece->previous;
	piece->previous->next = piece->next;
}

wmem_allocator_t *wmem_allocator_new(const wmem_allocator_type_t type G_GNUC_UNUSED)
{
	wmem_allocator_t *allocator = g_new(wmem_allocator_t, 1);
	allocator->all.next = allocator->all.previous = &allocator->all;
	return allocator;
}

void wmem_free_all(wmem_allocator_t *allocator)
{
	while (allocator->all.next != &allocator->all)
		wmem_free(allocator, allocator->all.next->bytes);
}

void wmem_destroy_allocator(wmem_allocator_t *allocator)
{
	wmem_free_all(allocator);
	g_free(allocator);
}

void *wmem_alloc(wmem_allocator_t *allocator, const size_t size)
{
	return allocator ? link_piece(allocator, g_malloc(sizeof(piece_t) + size)) : g_malloc(size);
}

void *wmem_alloc0(wmem_allocator_t *allocator, const size_t size)
{
	void *bytes = wmem_alloc(allocator, size);
	return size ? memset(bytes, 0, size) : bytes;
}

void wmem_free(wmem_allocator_t *allocator, void *bytes)
{
	if (allocator && bytes)
		unlink_piece(piece_of(bytes));
	g_free(allocator && bytes ? piece_of(bytes) : bytes);
}

void *wmem_realloc(wmem_allocator_t *allocator, void *bytes, const size_t size)
{
	if (!allocator)
		return g_realloc(bytes, size);
	if (!bytes)
		return wmem_alloc(allocator, size);
	unlink_piece(piece_of(bytes));
	return link_piece(allocator, g_realloc(piece_of(bytes), sizeof(piece_t) + size));
}

void *wmem_memdup(wmem_allocator_t *allocator, const void *source, const size_t size)
{
	return size ? memcpy(wmem_alloc(allocator, size), source, size) : NULL;
}

// Text

char *wmem_strdup(wmem_allocator_t *allocator, const char *text)
{
	return wmem_memdup(allocator, text, strlen(text) + 1);
}

char *wmem_strdup_vprintf(wmem_allocator_t *allocator, const char *format, va_list arguments)
{
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	return wmem_strdup(allocator, text);
}

char *wmem_strdup_printf(wmem_allocator_t *allocator, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *text = wmem_strdup_vprintf(allocator, format, arguments);
	va_end(arguments);
	return text;
}

wmem_strbuf_t *wmem_strbuf_new(wmem_allocator_t *allocator, const char *text)
{
	wmem_strbuf_t *buffer = wmem_new0(allocator, wmem_strbuf_t);
	buffer->allocator = allocator;
	buffer->str = wmem_strdup(allocator, text ? text : "");
	buffer->len = strlen(buffer->str);
	return buffer;
}

static void append(wmem_strbuf_t *buffer, const char *text, size_t length)
{
	buffer->str = wmem_realloc(buffer->allocator, buffer->str, buffer->len + length + 1);
	memcpy(buffer->str + buffer->len, text, length);
	buffer->len += length;
	buffer->str[buffer->len] = '\0';
}

void wmem_strbuf_append(wmem_strbuf_t *buffer, const char *text)
{
	append(buffer, text, strlen(text));
}

void wmem_strbuf_append_c(wmem_strbuf_t *buffer, const char c)
{
	append(buffer, &c, 1);
}

void wmem_strbuf_append_printf(wmem_strbuf_t *buffer, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	wmem_strbuf_append(buffer, text);
}

const char *wmem_strbuf_get_str(const wmem_strbuf_t *buffer)
{
	return buffer->str;
}

char *wmem_strbuf_finalize(wmem_strbuf_t *buffer)
{
	char *text = buffer->str;
	wmem_free(buffer->allocator, buffer);
	return text;
}

// Arrays

struct _wmem_array_t {
	wmem_allocator_t *allocator;
	char *bytes;
	size_t size; // of an element
	unsigned count, room;
};

wmem_array_t *wmem_array_sized_new(wmem_allocator_t *allocator, size_t size, unsigned room)
{
	wmem_array_t *array = wmem_new0(allocator, wmem_array_t);
	array->allocator = allocator;
	array->size = size;
	array->room = MAX(room, 1);
	array->bytes = wmem_alloc(allocator, array->room * size);
	return array;
}

wmem_array_t *wmem_array_new(wmem_allocator_t *allocator, const size_t size)
{
	return wmem_array_sized_new(allocator, size, 8);
}

void wmem_array_append(wmem_array_t *array, const void *elements, unsigned count)
{
	while (array->room - array->count < count) {
		array->room *= 2;
		array->bytes = wmem_realloc(array->allocator, array->bytes, array->room * array->size);
	}
	memcpy(array->bytes + array->count * array->size, elements, count * array->size);
	array->count += count;
}

void *wmem_array_index(wmem_array_t *array, unsigned index)
{
	return array->bytes + index * array->size;
}

void *wmem_array_get_raw(wmem_array_t *array)
{
	return array->bytes;
}

unsigned wmem_array_get_count(wmem_array_t *array)
{
	return array->count;
}

// Maps: chains of entries, at least as many chains as entries.

typedef struct entry {
	struct entry *next;
	const void *key;
	void *value;
} entry_t;

struct _wmem_map_t {
	wmem_allocator_t *allocator;
	GHashFunc hash;
	GEqualFunc equal;
	entry_t **chains;
	unsigned bits; // of the number of chains
	unsigned count;
};

#define FIRST_BITS 5

// Keys may be small numbers or addresses: the upper bits of the product depend on all bits of the hash.
static entry_t **chain_of(const wmem_map_t *map, const void *key)
{
	return &map->chains[(guint32)(map->hash(key) * 2654435769u) >> (32 - map->bits)];
}

static entry_t **find(const wmem_map_t *map, const void *key)
{
	entry_t **link = chain_of(map, key);
	while (*link && !map->equal((*link)->key, key))
		link = &(*link)->next;
	return link;
}

wmem_map_t *wmem_map_new(wmem_allocator_t *allocator, GHashFunc hash, GEqualFunc equal)
{
	wmem_map_t *map = wmem_new(allocator, wmem_map_t);
	*map = (wmem_map_t){allocator,  hash, equal, wmem_alloc0_array(allocator, entry_t *, 1 << FIRST_BITS),
			    FIRST_BITS, 0};
	return map;
}

static void grow(wmem_map_t *map)
{
	entry_t **before = map->chains;
	size_t count = (size_t)1 << map->bits++;
	map->chains = wmem_alloc0_array(map->allocator, entry_t *, 2 * count);
	for (size_t i = 0; i < count; i++) {
		for (entry_t *entry = before[i], *next; entry; entry = next) {
			entry_t **chain = chain_of(map, entry->key);
			next = entry->next;
			entry->next = *chain;
			*chain = entry;
		}
	}
	wmem_free(map->allocator, before);
}

void *wmem_map_insert(wmem_map_t *map, const void *key, void *value)
{
	entry_t *entry = *find(map, key);
	if (entry) {
		void *before = entry->value;
		entry->value = value;
		return before;
	}
	if (map->count++ >> map->bits)
		grow(map);
	entry_t **chain = chain_of(map, key);
	entry = wmem_new(map->allocator, entry_t);
	*entry = (entry_t){*chain, key, value};
	*chain = entry;
	return NULL;
}

void *wmem_map_lookup(wmem_map_t *map, const void *key)
{
	const entry_t *entry = *find(map, key);
	return entry ? entry->value : NULL;
}

__typeof__(wmem_map_contains(NULL, NULL)) wmem_map_contains(wmem_map_t *map, const void *key) // gboolean before 4.4
{
	return *find(map, key) != NULL;
}

void *wmem_map_remove(wmem_map_t *map, const void *key)
{
	entry_t **link = find(map, key), *entry = *link;
	if (!entry)
		return NULL;
	void *value = entry->value;
	*link = entry->next;
	wmem_free(map->allocator, entry);
	map->count--;
	return value;
}

void wmem_map_foreach(wmem_map_t *map, GHFunc visit, void *user_data)
{
	for (size_t i = 0; i < (size_t)1 << map->bits; i++) {
		for (const entry_t *entry = map->chains[i]; entry; entry = entry->next)
			visit((void *)entry->key, entry->value, user_data);
	}
}

// Nobody outside can choose keys that share a chain: the start of the hash (FNV-1a) is a random number.
guint32 wmem_strong_hash(const guint8 *bytes, const size_t length)
{
	static guint32 start;
	while (!start)
		start = g_random_int();
	guint32 hash = start;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 16777619;
	return hash;
}

guint wmem_int64_hash(const void *key)
{
	return wmem_strong_hash(key, sizeof(gint64));
}
