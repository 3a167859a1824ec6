// SPDX-License-Identifier: GPL-2.0-or-later
// Extension types: which are assigned, and how they are laid out.
#include "wire/extension_types.h"

#include <stddef.h>

static const struct {
	const char *name;
	uint8_t layout;
} types[256] = {
#define EXTENSION_TYPE(type, layout, name, source) [type] = {name, DSMIPV4_LAYOUT_##layout},
#include "wire/extension_types.def"
};

const char *dsmipv4_ext_type_name(uint8_t type)
{
	return types[type].name;
}

dsmipv4_layout_t dsmipv4_ext_type_layout(uint8_t type)
{
	return types[type].layout;
}
