// SPDX-License-Identifier: GPL-2.0-or-later
// What a frame is, in a few words.
#ifndef DSMIPGEN_DESCRIBE_H
#define DSMIPGEN_DESCRIBE_H

#include "run/heard.h"

// "request, lifetime 60 s, 1 prefix", "IPv6 in IPv4, 192.0.2.33 to 198.51.100.1", ...; free with g_free().
char *describe(const heard_t *heard);

#endif
