// SPDX-License-Identifier: GPL-2.0-or-later
// Fields of received messages and of the headers around them, by the names of the scenario language.
#ifndef DSMIPGEN_FIELDS_H
#define DSMIPGEN_FIELDS_H

#include "language/value.h"
#include "wire/message.h"

typedef struct {
	block_id_t block;
	const char *name;
	key_kind_t kind; // of its values
	gsize offset;    // in the message, in the extension, or in the layer
	gsize size;      // 16: the bytes of an IPv6 address; else a number
	unsigned shift;  // of the number to the right
	guint64 mask;    // of what is left; 0: all
} field_t;

// The field of a block, NULL: it has none of that name.
const field_t *field_find(block_id_t block, const char *name);

// The names of a block's fields, with commas between them; free with g_free().
char *field_names(block_id_t block);

// What a message, an extension or a layer has in a field. `base` is the dsmipv4_message_t, dsmipv4_ext_t or layer_t.
void field_read(const field_t *field, const void *base, value_t *value);

// A value as people write it; free with g_free().
char *field_text(const field_t *field, const value_t *value);

// The type of a message by its name, such as reply; 0: there is no such message.
guint8 field_message_type(const char *name, block_id_t *block);

// Whether blocks of this kind are extensions that can be awaited, and whether one of them is that.
bool field_is_extension(block_id_t block);
bool field_matches_extension(block_id_t block, const dsmipv4_ext_t *ext);

// Whether blocks of this kind are headers that can be awaited.
bool field_is_layer(block_id_t block);

// The block of that name, BLOCK_COUNT: there is none.
block_id_t field_block(const char *name);

#endif
