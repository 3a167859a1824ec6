// SPDX-License-Identifier: GPL-2.0-or-later
// What a suite says of a field of a received message: a value, or a text that many values match.
//
//   any        every value
//   A..B       from A to B
//   A|B        one or the other
//   !P         all that P does not match
//   ~now+-N    a time of N seconds around the packet's, in seconds since 1900 (RFC 5905 6); ~now+M+-N: around M seconds
//              later
//   step:NAME  as in the message that the step has sent, in the same field
#ifndef DSMIPGEN_PATTERN_H
#define DSMIPGEN_PATTERN_H

#include "language/actors.h"
#include "run/suite/fields.h"

// What patterns refer to.
typedef struct {
	const actors_t *actors;
	const char *node;
	gint64 time;      // of the packet, nanoseconds since 1970
	GHashTable *sent; // name of a step -> dsmipv4_message_t that it has sent; NULL: any name will do
} pattern_context_t;

// Whether a value matches. An error is set if the pattern is wrong.
bool pattern_matches(const char *pattern, const field_t *field, const value_t *value, const pattern_context_t *context,
		     const place_t *place, GError **error);

// The pattern as people read it, with the value of what it names: "mn.prefix (2001:db8:a::)"; free with g_free().
char *pattern_text(const char *pattern, const pattern_context_t *context);

// Checks a pattern before there is anything to match.
bool pattern_check(const char *pattern, const field_t *field, const actors_t *actors, const place_t *place,
		   GError **error);

#endif
