// SPDX-License-Identifier: GPL-2.0-or-later
// How tshark is called, and what it means when it does not do what it should.
#ifndef DSMIPCHECK_TSHARK_H
#define DSMIPCHECK_TSHARK_H

#include "jobs.h"
#include "options.h"

struct tshark {
	const struct options *options;
	const char *config; // a folder for WIRESHARK_CONFIG_DIR; NULL: the user's
};

// Prepares a job that reads a capture with these arguments more, the last NULL.
void tshark_prepare(const struct tshark *tshark, struct job *job, const char *file, const char *const *arguments);

// What a job printed, NULL and an error of REPORT_ERROR_NOT_JUDGED if it did not end as it should. What
// tshark complains of although it ended well goes to standard error. The text belongs to the job.
const char *tshark_output(const struct job *job, const char *file, gsize *length, GError **error);

// The report of a job that ran -z dsmipv4,report,json; NULL and an error as above, also where the plugin
// could not judge.
struct report *tshark_report(const struct tshark *tshark, const struct job *job, const char *file,
			     GStringChunk *strings, GError **error);

#endif
