// SPDX-License-Identifier: GPL-2.0-or-later
// Many captures, each judged alone.
#include "captures.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "expect.h"
#include "progress.h"

static const char *const report_arguments[] = {"-2", "-q", "-z", "dsmipv4,report,json", NULL};

static void take_report(const struct tshark *tshark, struct verdict *verdict, struct verdict_capture *capture,
			const struct job *job)
{
	struct verdict_file file = {.name = capture->name};
	GError *error = NULL;

	capture->report = tshark_report(tshark, job, capture->name, verdict->strings, &error);
	if (capture->report == NULL) {
		verdict_add_failure(verdict, capture->failures, FAILURE_ERROR, "%s", error->message);
		g_error_free(error);
		return;
	}
	file.frames = capture->report->capture.frames;
	g_array_append_val(capture->files, file);
}

// A capture has one job, or with --expect two: the report and the fields.
static void take_capture(const struct tshark *tshark, struct verdict *verdict, const struct baseline *baseline,
			 const char *name, const struct job *jobs)
{
	struct verdict_capture *capture = verdict_add_capture(verdict, name);

	take_report(tshark, verdict, capture, &jobs[0]);
	if (capture->report != NULL && verdict->policy.expect)
		expect_judge(verdict, capture, &jobs[1]);
	judge_capture(verdict, capture, baseline);
}

void captures_judge(const struct tshark *tshark, struct verdict *verdict, const struct baseline *baseline)
{
	char **files = tshark->options->files;
	gsize each = verdict->policy.expect ? 2 : 1, count = each * g_strv_length(files);
	struct job *jobs = g_new0(struct job, count);
	struct progress *progress = progress_new("captures", jobs, count);

	for (gsize i = 0; i < count; i++)
		tshark_prepare(tshark, &jobs[i], files[i / each], i % each == 0 ? report_arguments : expect_arguments);
	jobs_run(jobs, count, tshark->options->n_jobs, progress_show, progress);
	progress_free(progress);
	for (gsize i = 0; files[i] != NULL; i++)
		take_capture(tshark, verdict, baseline, files[i], &jobs[i * each]);
	for (gsize i = 0; i < count; i++)
		job_clear(&jobs[i]);
	g_free(jobs);
}

// A capture of no packets: the header of a pcap file, Ethernet.
static char *empty_capture(GError **error)
{
	static const guint8 header[] = {0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0,
					0,    0,    0,    0,    0, 4, 0, 0, 0, 0, 0, 1};
	char *path = NULL;
	int file = g_file_open_tmp("dsmipcheck-XXXXXX.pcap", &path, error);
	bool ok;

	if (file < 0)
		return NULL;
	ok = write(file, header, sizeof(header)) == (gssize)sizeof(header);
	close(file);
	if (ok)
		return path;
	report_not_judged(error, "cannot write %s", path);
	g_unlink(path);
	g_free(path);
	return NULL;
}

static bool names_rules(const struct tshark *tshark, const struct verdict *verdict)
{
	return verdict->policy.allow->len > 0 || verdict->policy.require->len > 0 ||
	       tshark->options->severity_rules[0] != NULL;
}

static bool check_ids(const struct tshark *tshark, const struct verdict *verdict, const struct report *report,
		      GError **error)
{
	char *unknown = judge_unknown_rules(verdict, report);

	for (char **id = tshark->options->severity_rules; unknown == NULL && *id != NULL; id++) {
		if (report_find_rule(report, *id) == NULL)
			unknown = g_strdup(*id);
	}
	if (unknown == NULL)
		return true;
	g_set_error(error, REPORT_ERROR, REPORT_ERROR_USAGE, "there is no rule %s; --json lists the rules", unknown);
	g_free(unknown);
	return false;
}

static bool check_with(const struct tshark *tshark, const struct verdict *verdict, const char *capture, GError **error)
{
	GStringChunk *strings = g_string_chunk_new(4096);
	struct report *report;
	struct job job;
	bool ok = false;

	tshark_prepare(tshark, &job, capture, report_arguments);
	jobs_run(&job, 1, 1, NULL, NULL);
	report = tshark_report(tshark, &job, capture, strings, error);
	if (report != NULL)
		ok = check_ids(tshark, verdict, report, error);
	report_free(report);
	g_string_chunk_free(strings);
	job_clear(&job);
	return ok;
}

bool captures_check_rules(const struct tshark *tshark, struct verdict *verdict, GError **error)
{
	char *capture;
	bool ok;

	if (!names_rules(tshark, verdict))
		return true;
	capture = empty_capture(error);
	if (capture == NULL)
		return false;
	ok = check_with(tshark, verdict, capture, error);
	g_unlink(capture);
	g_free(capture);
	return ok;
}
