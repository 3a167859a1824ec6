// SPDX-License-Identifier: GPL-2.0-or-later
// What changes at a time, without any packet.
#ifndef DSMIPV4_TAPS_DEADLINES_H
#define DSMIPV4_TAPS_DEADLINES_H

#include <glib.h>
#include <stdint.h>

// The first member of what has a deadline. All zeros but for `at`, INT64_MAX: nothing will change it.
typedef struct {
	int64_t at;     // nanoseconds since 1970
	unsigned order; // of those with the same time; each has another
} dsmipv4_deadline_t;

typedef GTree dsmipv4_deadlines_t; // freed by g_tree_destroy()

dsmipv4_deadlines_t *dsmipv4_deadlines_new(void);

// Give it another time.
void dsmipv4_deadline_set(dsmipv4_deadlines_t *all, dsmipv4_deadline_t *deadline, int64_t at);

// The one that passed first, NULL: none has passed at `now`.
dsmipv4_deadline_t *dsmipv4_deadline_passed(dsmipv4_deadlines_t *all, int64_t now);

#endif
