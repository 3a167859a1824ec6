// SPDX-License-Identifier: GPL-2.0-or-later
// The table of blocks and keys, made from keys.def.
#include "keys.h"

#include "dsmipv4.h"

#define REQUIRED key_required
#define ABSENT NULL
#define AUTO WORD_AUTO
#define NONE WORD_NONE
#define BAD WORD_BAD

const char key_required[] = "";

#define BLOCK(block) static const struct key_spec block##_keys[] = {
#define KEY(block, key, kind, words, standard, offset, width)                                                        \
	{ #key, KIND_##kind, words, standard, offset, width },
#define END(block) };
#include "keys.def"

#define KEYS_OF(block) .keys = block##_keys, .key_count = G_N_ELEMENTS(block##_keys)

const struct block_spec block_specs[BLOCK_COUNT] = {
#define STEP_BEGIN [BLOCK_step] = { .name = "step", .sort = SORT_STEP, KEYS_OF(step) },
#define STEP_END
#define LAYER_ROW(block, in, len, proto, covers)                                                                     \
	[BLOCK_##block] = { .name = #block, .sort = SORT_LAYER, .in_step = in, .length = len, .protocol = proto,     \
			    .sum = covers, KEYS_OF(block) },
#define STEP_LAYER(block, length, protocol, sum) LAYER_ROW(block, true, length, protocol, sum)
#define LAYER(block, length, protocol, sum) LAYER_ROW(block, false, length, protocol, sum)
#define EXTENSION(block, ext_type, head, len)                                                                        \
	[BLOCK_##block] = { .name = #block, .sort = SORT_EXTENSION, .protocol = NO_PROTOCOL, .type = ext_type,       \
			    .header = head, .length = len, KEYS_OF(block) },
#include "keys.def"
};

#define CHECK_KEY_COUNT(block) G_STATIC_ASSERT(KEY_##block##_COUNT <= KEYS_MAX);
#define BLOCK(block) CHECK_KEY_COUNT(block)
#include "keys.def"
