// SPDX-License-Identifier: GPL-2.0-or-later
// What a run of a conformance suite came to: doc/run.schema.json, as structs, and the forms that it is written in.
//
// Each struct has the members of the JSON object of its name, spelled alike. Strings and lists belong to the run.
#ifndef DSMIPV4_REPORT_CONFORMANCE_H
#define DSMIPV4_REPORT_CONFORMANCE_H

#include "base/shape.h"

#define RUN_VERSION 1
#define RUN_KIND "dsmipgen-run"

// From the best to the worst.
enum run_verdict { RUN_SKIP, RUN_PASS, RUN_WARN, RUN_INCONC, RUN_FAIL, RUN_VERDICT_COUNT };
extern const char *const run_verdict_words[]; // "SKIP", "PASS", "WARN", "INCONC", "FAIL"

// Who sent a packet.
enum run_sender { RUN_SENDER_DSMIPGEN, RUN_SENDER_DEVICE, RUN_SENDER_OTHER };

// A value that was compared.
struct run_check {
	const char *step;     // "await reply"
	const char *field;    // "prefix_reply.code"
	const char *expected; // "0|1"
	const char *actual;
	bool holds;
	const char *at; // "ha.yaml:88"; NULL: not known
	gint64 frame;   // of the evidence; ABSENT: none
};

struct run_packet {
	gint64 frame; // of the evidence, from 1
	gint64 time;
	int sender; // enum run_sender
	const char *summary;
	const char *comment; // what the run says of it, "" for nothing
	const char *bytes;   // hexadecimal
};

// A test that was carried out or skipped.
struct run_test {
	const char *id;
	gint64 round; // from 1
	const char *title;
	const char *clause; // "RFC 5454 3.3"
	const char *class;  // "must", "should", "may"
	int verdict;        // enum run_verdict
	bool known;         // it was not better in the baseline
	const char *reason; // NULL: it passed
	const char *at;     // "ha.yaml:88", what decided; NULL: nothing did
	const char *evidence;
	gint64 started;
	gint64 duration; // nanoseconds
	GArray *checks;  // struct run_check
	GArray *packets; // struct run_packet
};

struct run_suite {
	const char *name;
	const char *title;
	const char *role;
};

struct run_device {
	const char *name;
	const char *version;
	GArray *supports; // texts
	GArray *set;      // texts; keys are left out
};

struct run_counts {
	gint64 passed;
	gint64 warned;
	gint64 failed;
	gint64 inconclusive;
	gint64 skipped;
};

struct run {
	const char *kind; // RUN_KIND
	gint64 version;   // RUN_VERSION
	const char *program;
	struct run_suite suite;
	struct run_device device;
	const char *host;
	const char *interface; // NULL: judged from a file
	const char *baseline;  // NULL: none
	bool strict;
	gint64 started;
	gint64 duration; // nanoseconds
	gint64 planned;  // tests
	bool complete;   // all of them are in the list
	int verdict;     // enum run_verdict, the worst
	gint64 status;   // of the command; ABSENT: it is not over
	struct run_counts counts;
	GArray *tests;         // struct run_test
	GStringChunk *strings; // of everything; not in the JSON
};

// An empty run of this many tests, with its own strings.
struct run *run_new(gint64 planned);
void run_free(struct run *run);

// A copy of the text that lives as long as the run; NULL for NULL.
const char *run_text(struct run *run, const char *text);

// Adds a text to a list of texts.
void run_add_text(struct run *run, GArray *list, const char *text);

// Adds a test, with its lists, to the tests, the counts and the verdict. The run owns the lists from now on.
void run_add_test(struct run *run, const struct run_test *test);

// Reads what an earlier run wrote as JSON. NULL and an error if it is none.
struct run *run_read(const char *path, GError **error);

// The worst verdict of a test in a run, RUN_VERDICT_COUNT if it has none of that id.
int run_verdict_of(const struct run *run, const char *id);

// Tests in the order of their RFC sections (const struct run_test), free with g_ptr_array_unref().
GPtrArray *run_by_section(const struct run *run);

// Each appends a whole document to `out`.
void run_render_json(const struct run *run, GString *out);
// JUnit: a test suite a clause.
void run_render_junit(const struct run *run, GString *out);
// One page that needs nothing else but the evidence that it links to.
void run_render_html(const struct run *run, GString *out);

#endif
