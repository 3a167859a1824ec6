// SPDX-License-Identifier: GPL-2.0-or-later
// The table of blocks and keys, made from keys.def.
#include "language/keys.h"

#include "wire/dsmipv4.h"

#define REQUIRED key_required
#define ABSENT NULL
#define AUTO WORD_AUTO
#define NONE WORD_NONE
#define BAD WORD_BAD

const char key_required[] = "";

// clang-format off
const char *const about_names[ABOUT_COUNT] = {
#define ABOUT_KEY(key) #key,
	ABOUT_KEYS(ABOUT_KEY)
};

#define BLOCK(block) static const key_spec_t block##_keys[] = {
#define KEY(block, key, kind, words, standard, offset, width)                                                \
	{ #key, KIND_##kind, words, standard, offset, width },
#define END(block) };
#include "language/keys.def"

#define KEYS_OF(block) .keys = block##_keys, .key_count = G_N_ELEMENTS(block##_keys)

const block_spec_t block_specs[BLOCK_COUNT] = {
#define STEP_BEGIN [BLOCK_step] = { .name = "step", KEYS_OF(step) },
#define STEP_END
#define LAYER(block, len, proto, covers)                                                                     \
	[BLOCK_##block] = { .name = #block, .length = len, .protocol = proto, .sum = covers,                 \
			    KEYS_OF(block) },
#define MESSAGE(block, len)                                                                                  \
	[BLOCK_##block] = { .name = #block, .is_message = true, .length = len,                               \
			    .protocol = NO_PROTOCOL, KEYS_OF(block) },
#define EXTENSION(block, ext_type, head, len)                                                                \
	[BLOCK_##block] = { .name = #block, .protocol = NO_PROTOCOL, .type = ext_type,                       \
			    .header = head, .length = len, KEYS_OF(block) },
#include "language/keys.def"
};

#define STEP_BEGIN
#define STEP_END
#define LAYER(block, ...)                                                                                            \
	G_STATIC_ASSERT((int)KEY_##block##_patch == (int)LAYER_PATCH &&                                             \
			(int)KEY_##block##_append == (int)LAYER_APPEND);
#include "language/keys.def"

#define CHECK_KEY_COUNT(block) G_STATIC_ASSERT(KEY_##block##_COUNT <= KEYS_MAX);
#define BLOCK(block) CHECK_KEY_COUNT(block)
#include "language/keys.def"
// clang-format on
