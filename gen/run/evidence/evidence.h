// SPDX-License-Identifier: GPL-2.0-or-later
// The frames of a test with what is to be said of them, for a capture file and for reports.
#ifndef DSMIPGEN_EVIDENCE_H
#define DSMIPGEN_EVIDENCE_H

#include "run/port.h"

typedef struct evidence evidence_t;

typedef enum {
	SENDER_DSMIPGEN,
	SENDER_DEVICE,
	SENDER_OTHER,
} sender_t;

typedef struct {
	gint64 time; // nanoseconds since 1970
	sender_t sender;
	guint link;       // of the station: 0, or 1 for that of correspondent nodes
	bool is_unsummed; // see frame_t
	GBytes *bytes;
	char *summary;    // what it is, in a few words
	GString *comment; // what the test says of it
} evidence_item_t;

// What a hook of the device file came to.
typedef struct {
	int status;   // 0: it was run, and ended well
	char *output; // what it printed
} evidence_call_t;

// What a test met beside frames. With these and the frames it can be judged again.
typedef struct {
	guint late;    // frames, from the first, that came before it began
	GArray *clock; // of gint64, microseconds since 1970: what it read from the clock
	GArray *calls; // of evidence_call_t
} evidence_facts_t;

evidence_t *evidence_new(void);
void evidence_free(evidence_t *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(evidence_t, evidence_free)

// Forgets all frames and facts.
void evidence_clear(evidence_t *evidence);

// Adds a copy of a frame, heard on a link.
void evidence_add(evidence_t *evidence, const frame_t *frame, guint link, sender_t sender, const char *summary);

// Adds to the comment of the latest frame, as in printf.
void evidence_comment(evidence_t *evidence, const char *format, ...) G_GNUC_PRINTF(2, 3);

// How many frames there are, so the number of the latest; and one of them, counted from 0.
guint evidence_count(const evidence_t *evidence);
const evidence_item_t *evidence_get(const evidence_t *evidence, guint index);

// The facts, to be read and filled in.
evidence_facts_t *evidence_facts(evidence_t *evidence);

// Adds what a hook came to.
void evidence_add_call(evidence_t *evidence, int status, const char *output);

// Marks a frame, counted from 0: its UDP checksum was not computed yet.
void evidence_set_unsummed(evidence_t *evidence, guint index);

// Writes the frames as pcapng with their comments.
bool evidence_write(const evidence_t *evidence, const char *path, GError **error);

#endif
