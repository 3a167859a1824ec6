// SPDX-License-Identifier: GPL-2.0-or-later
// The verdict on one or more captures: their reports, held against what the user wants.
#ifndef DSMIPV4_REPORT_VERDICT_H
#define DSMIPV4_REPORT_VERDICT_H

#include "report.h"

#define VERDICT_VERSION 1
#define VERDICT_KIND "dsmipcheck-verdict"

// The exit statuses of dsmipcheck.
enum verdict_status {
	VERDICT_CONFORMS,
	VERDICT_BROKEN,
	VERDICT_USAGE,
	VERDICT_NOT_JUDGED,
	VERDICT_NOTHING,
};
extern const char *const verdict_words[];

enum failure_kind {
	FAILURE_RULE,        // a rule is broken, of the wanted severity, not allowed, not in the baseline
	FAILURE_SERVICE,     // a node asked for IPv6 and did not get it
	FAILURE_EXPECTATION, // a packet's comment expects other rules than are broken
	FAILURE_COVERAGE,    // a required rule was never exercised
	FAILURE_NOTHING,     // there was nothing to judge
	FAILURE_ERROR,       // the capture could not be judged
};

// One reason why the verdict is not "conforms".
struct failure {
	int kind;         // enum failure_kind
	const char *rule; // NULL where it is about none
	gint64 frame;     // ABSENT likewise
	const char *actor;
	const char *node;
	const char *home_agent;
	const char *text; // a sentence without the members before
};

// A file of a capture, in their order.
struct verdict_file {
	const char *name;
	gint64 frames;
};

struct verdict_capture {
	const char *name;      // as the user gave it; of --parts: of the first
	GArray *files;         // struct verdict_file
	int verdict;           // enum verdict_status
	GArray *failures;      // struct failure
	struct report *report; // NULL: not judged
};

// How many rules of all captures together were off, not exercised, held and broken.
struct verdict_summary {
	gint64 rules;
	gint64 exercised;
	gint64 held;
	gint64 broken;
};

// What the user wants, as said in the JSON.
struct verdict_policy {
	int fail_on;     // enum severity
	GArray *allow;   // texts: ids of rules that may be broken
	GArray *require; // texts: ids of rules that must have been exercised
	bool require_must;
	bool require_service;
	const char *baseline; // file; NULL: none
	bool expect;
};

struct verdict {
	const char *kind; // VERDICT_KIND
	gint64 version;
	const char *program;
	int verdict; // enum verdict_status
	gint64 status;
	struct verdict_policy policy;
	struct verdict_summary summary;
	GArray *failures;      // struct failure: of no capture alone
	GArray *captures;      // struct verdict_capture
	GStringChunk *strings; // of everything; not in the JSON
};

extern const struct shape verdict_shape;

// An empty verdict, with its own strings.
struct verdict *verdict_new(void);
void verdict_free(struct verdict *verdict);

// A copy of the text that lives as long as the verdict; NULL for NULL.
const char *verdict_text(struct verdict *verdict, const char *text);

// Adds a capture of that name with no report yet. The pointer is good until the next is added.
struct verdict_capture *verdict_add_capture(struct verdict *verdict, const char *name);

// Adds a failure with a text, and without what it is about.
struct failure *verdict_add_failure(struct verdict *verdict, GArray *failures, enum failure_kind kind,
				    const char *format, ...) G_GNUC_PRINTF(4, 5);

#endif
