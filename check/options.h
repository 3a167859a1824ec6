// SPDX-License-Identifier: GPL-2.0-or-later
// The command line of dsmipcheck.
#ifndef DSMIPCHECK_OPTIONS_H
#define DSMIPCHECK_OPTIONS_H

#include "verdict.h"

struct options {
	char **files;
	gboolean parts;
	char *fail_on;
	char *severities;
	char *allow;
	char *require;
	gboolean require_service;
	gboolean expect;
	char *baseline;
	char *keys;
	char *json, *junit, *html, *tap; // files to write; "-": standard output
	char *jobs;
	char *sshloginfile;
	char *tshark;
	char **preferences; // of -o
	gboolean quiet;
	gboolean version;
	guint n_jobs;          // of jobs
	char **severity_rules; // the ids in severities
};

// Reads the command line, and what it says of the policy into `verdict`. False and an error of
// REPORT_ERROR_USAGE. Clear the options in either case. `words` is left without the options.
bool options_read(struct options *options, char **words, struct verdict *verdict, GError **error);
void options_clear(struct options *options);

#endif
