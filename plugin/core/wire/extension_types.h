// SPDX-License-Identifier: GPL-2.0-or-later
// Extension types: which are assigned, and how they are laid out.
#ifndef DSMIPV4_EXTENSION_TYPES_H
#define DSMIPV4_EXTENSION_TYPES_H

#include <stdint.h>

// As in extension_types.def.
typedef enum {
	DSMIPV4_LAYOUT_SHORT, // also of types that are not assigned (RFC 5944 1.9)
	DSMIPV4_LAYOUT_SHORT_SUBTYPE,
	DSMIPV4_LAYOUT_LONG,
	DSMIPV4_LAYOUT_ONE_BYTE,
} dsmipv4_layout_t;

// The name that IANA has for the type; NULL if it is unassigned.
const char *dsmipv4_ext_type_name(uint8_t type);

// How an extension of this type in a control message is laid out.
dsmipv4_layout_t dsmipv4_ext_type_layout(uint8_t type);

#endif
