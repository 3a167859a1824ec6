// SPDX-License-Identifier: GPL-2.0-or-later
// What the rows of the plugin's user access tables have in common.
#ifndef DSMIPV4_UAT_FIELDS_H
#define DSMIPV4_UAT_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

// An IPv4 address, or "any" for 0; host byte order. False for anything else.
bool dsmipv4_read_ipv4_or_any(const char *text, uint32_t *addr);

#endif
