// SPDX-License-Identifier: GPL-2.0-or-later
// Errors: one line each, with the place in a scenario file and the exit status.
#ifndef DSMIPGEN_ERROR_H
#define DSMIPGEN_ERROR_H

#include <glib.h>

// The codes are the exit status of the program.
typedef enum {
	GEN_ERROR_CHECK = 1,        // the program's check of its own packets failed
	GEN_ERROR_SCENARIO = 2,     // usage or scenario
	GEN_ERROR_ENVIRONMENT = 3,  // file system, library, kernel
	GEN_ERROR_INCONCLUSIVE = 4, // a test of `run` says nothing, and none failed
	GEN_ERROR_NOTHING = 5,      // all tests of `run` were skipped
} gen_error_t;

#define GEN_ERROR gen_error_quark()

// A value's place in a scenario file. The strings live as long as the scenario.
typedef struct {
	const char *file; // as shown to the user; NULL: the command line
	const char *path; // steps[1].request.lifetime
	unsigned line;    // from 1; 0: unknown
} place_t;

GQuark gen_error_quark(void);

// Sets a scenario error "FILE:LINE: path: message", with question marks for control characters.
void fail_at(GError **error, const place_t *place, const char *format, ...) G_GNUC_PRINTF(3, 4);

// Sets an error of the given code without a place.
void fail(GError **error, gen_error_t code, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
