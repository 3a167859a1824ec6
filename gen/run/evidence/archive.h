// SPDX-License-Identifier: GPL-2.0-or-later
// The evidence of a whole run in a pcapng file, from which it can be judged again.
//
// A run is a sequence of stages: how it begins, each test, what is sent between tests, and how it ends. A stage is a
// section of the file, whose comments say what it is, line by line; the last one is the SHA-256 of the section with
// zeros in place of the sum. Sections are added whole, so that the file can be read whatever ends the run.
#ifndef DSMIPGEN_ARCHIVE_H
#define DSMIPGEN_ARCHIVE_H

#include "language/error.h"
#include "run/evidence/evidence.h"

// Comments of a section: a key, and a text in which g_strescape() has replaced what is no printable ASCII.
#define ARCHIVE_STAGE "dsmipgen run" // STAGE_BEGIN and so on: the first comment
#define ARCHIVE_RUN "run"            // a number that all stages of a run share
#define ARCHIVE_NUMBER "stage"       // from 0
#define ARCHIVE_TEST "test"          // its id
#define ARCHIVE_ROUND "round"
#define ARCHIVE_LATE "late" // see evidence_facts_t
#define ARCHIVE_CLOCK "clock"
#define ARCHIVE_CALL "call"         // status and output
#define ARCHIVE_UNSUMMED "unsummed" // number of a frame, from 1
#define ARCHIVE_SUM "sha256"        // the last comment
#define ARCHIVE_SEPARATOR ": "

// What a stage is.
#define STAGE_BEGIN "begin"
#define STAGE_TEST "test"
#define STAGE_CHECK "check"     // of the device, after a test that did not pass
#define STAGE_CLEANUP "cleanup" // after a test
#define STAGE_END "end"

// Comments of STAGE_BEGIN.
#define ARCHIVE_SUITE "suite"
#define ARCHIVE_DEVICE "device" // name, version, role and address, one after another
#define ARCHIVE_ONLY "only"
#define ARCHIVE_SECTION "section"
#define ARCHIVE_REPEAT "repeat"
#define ARCHIVE_LINK "link"     // see station_links(), for each link
#define ARCHIVE_ABSENT "absent" // why the device was not found

// Packet flags of pcapng, which Wireshark shows as the direction.
#define ARCHIVE_INBOUND 1
#define ARCHIVE_OUTBOUND 2

typedef struct archive archive_t;

// A stage, to be filled with comments and given to archive_add().
typedef struct {
	GPtrArray *comments; // of texts
} stage_t;

// Begins a file, in place of one that is there.
archive_t *archive_new(const char *path, GError **error);
void archive_free(archive_t *archive);

// Begins a stage of that kind; test (NULL: none) and round are those that it belongs to.
stage_t *stage_new(const char *kind, const char *test, guint round);
void stage_free(stage_t *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(stage_t, stage_free)

// Adds a comment; a text that is NULL is left out.
void stage_say(stage_t *stage, const char *key, const char *text);

// Adds a stage with its evidence (NULL: none) to the file.
bool archive_add(archive_t *archive, stage_t *stage, evidence_t *evidence, GError **error);

#endif
