// SPDX-License-Identifier: GPL-2.0-or-later
// One capture in many files.
#include "parts.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "folder.h"
#include "merge.h"
#include "progress.h"
#include "remote.h"

// Control messages (RFC 5944, 3543) and fragments, of which a message may be put together.
#define MESSAGES                                                                                                       \
	"mip.type == 1 || mip.type == 3 || mip.type == 7 || mip.type == 15 || ip.frag_offset > 0 || ip.flags.mf == 1"

static const char *const report_arguments[] = {"-2", "-q", "-z", "dsmipv4,report,json", NULL};

struct part {
	char *file;            // absolute
	char *messages;        // file of its control messages
	GArray *numbers;       // of their frames in the part: gint64
	char *state;           // file to begin with; NULL: the first part
	struct report *report; // NULL: not yet
};

struct run {
	const struct tshark *tshark;
	struct verdict *verdict;
	struct part *parts;
	gsize count;
	char *folder;
	char *all_messages; // file of the messages of all parts
	char *last_packet;  // file of the last tunneled packet, which says how long the capture lasts
	gint64 last_number; // of its frame in the whole capture; 0: there is none
};

// Runs a job for each part, here or elsewhere.
static void run_jobs(const struct run *run, struct job *jobs, const char *what)
{
	const struct options *options = run->tshark->options;
	struct progress *progress = progress_new(what);

	if (options->sshloginfile != NULL) {
		char *folder = folder_inside(run->folder, what);

		remote_run(jobs, run->count, options->n_jobs, options->sshloginfile, folder);
		g_free(folder);
	} else {
		jobs_run(jobs, run->count, options->n_jobs, progress_show, progress);
	}
	progress_free(progress);
}

static void clear_jobs(struct job *jobs, gsize count)
{
	for (gsize i = 0; i < count; i++)
		job_clear(&jobs[i]);
	g_free(jobs);
}

// The numbers that tshark printed, one a line.
static bool read_numbers(struct part *part, const char *text, gsize length, GError **error)
{
	char *copy = g_strndup(text, length), **lines = g_strsplit(copy, "\n", -1);
	bool ok = true;

	for (char **line = lines; *line != NULL && ok; line++) {
		guint64 number;
		gint64 frame;

		if ((*line)[0] == '\0')
			continue;
		ok = g_ascii_string_to_unsigned(*line, 10, 1, G_MAXINT64, &number, NULL);
		frame = (gint64)number;
		if (ok)
			g_array_append_val(part->numbers, frame);
	}
	g_strfreev(lines);
	g_free(copy);
	if (!ok)
		g_set_error(error, REPORT_ERROR, REPORT_ERROR_NOT_JUDGED, "what tshark printed is no list of frames");
	return ok;
}

static bool take_messages(struct run *run, const struct job *jobs, GError **error)
{
	for (gsize i = 0; i < run->count; i++) {
		gsize length = 0;
		const char *text = tshark_output(&jobs[i], run->parts[i].file, &length, error);

		if (text == NULL || !read_numbers(&run->parts[i], text, length, error)) {
			g_prefix_error(error, "%s: ", run->tshark->options->files[i]);
			return false;
		}
	}
	return true;
}

static bool extract_messages(struct run *run, GError **error)
{
	struct job *jobs = g_new0(struct job, run->count);
	bool ok;

	for (gsize i = 0; i < run->count; i++) {
		const char *const arguments[] = {"-Y", MESSAGES, "-w", run->parts[i].messages, "-P",
						 "-T", "fields", "-e", "frame.number",         NULL};

		tshark_prepare(run->tshark, &jobs[i], run->parts[i].file, arguments);
	}
	run_jobs(run, jobs, "parts, control messages alone");
	ok = take_messages(run, jobs, error);
	clear_jobs(jobs, run->count);
	return ok;
}

static char *bindings_preference(const struct part *part)
{
	return part->state != NULL ? g_strdup_printf("dsmipv4.bindings_file:%s", part->state) : g_strdup("");
}

// Arguments with the state that a part begins with, if there is any, before the others.
static void prepare(const struct run *run, struct job *job, const struct part *part, const char *file,
		    const char *const *arguments)
{
	char *preference = bindings_preference(part);
	GStrvBuilder *all = g_strv_builder_new();
	char **words;

	if (part->state != NULL)
		g_strv_builder_add_many(all, "-o", preference, NULL);
	g_strv_builder_addv(all, (const char **)arguments);
	words = g_strv_builder_end(all);
	tshark_prepare(run->tshark, job, file, (const char *const *)words);
	g_strfreev(words);
	g_strv_builder_unref(all);
	g_free(preference);
}

static bool write_state(const struct run *run, const struct job *job, struct part *next, gsize number, GError **error)
{
	gsize length = 0;
	const char *text = tshark_output(job, run->parts[number].messages, &length, error);

	if (text == NULL)
		return false;
	next->state = g_strdup_printf("%s/state-%" G_GSIZE_FORMAT, run->folder, number + 1);
	return g_file_set_contents(next->state, text, (gssize)length, error);
}

// The only work that is done for one part after the other.
static bool make_states(struct run *run, GError **error)
{
	static const char *const arguments[] = {"-q", "-z", "dsmipv4,state", NULL};
	bool ok = true;

	for (gsize i = 0; i + 1 < run->count && ok; i++) {
		struct job job;

		prepare(run, &job, &run->parts[i], run->parts[i].messages, arguments);
		jobs_run(&job, 1, 1, NULL, NULL);
		ok = write_state(run, &job, &run->parts[i + 1], i, error);
		job_clear(&job);
	}
	return ok;
}

static bool judge_parts(struct run *run, GError **error)
{
	struct job *jobs = g_new0(struct job, run->count);
	bool ok = true;

	for (gsize i = 0; i < run->count; i++)
		prepare(run, &jobs[i], &run->parts[i], run->parts[i].file, report_arguments);
	run_jobs(run, jobs, "parts");
	for (gsize i = 0; i < run->count && ok; i++) {
		run->parts[i].report = tshark_report(run->tshark, &jobs[i], run->tshark->options->files[i],
						     run->verdict->strings, error);
		ok = run->parts[i].report != NULL;
		if (!ok)
			g_prefix_error(error, "%s: ", run->tshark->options->files[i]);
	}
	clear_jobs(jobs, run->count);
	return ok;
}

static gint64 last_tunneled(const struct report *report)
{
	gint64 last = 0;

	for (guint i = 0; i < report->nodes->len; i++) {
		const GArray *traffic = g_array_index(report->nodes, struct report_node, i).traffic;

		for (guint k = 0; k < traffic->len; k++)
			last = MAX(last, g_array_index(traffic, struct report_traffic, k).last_frame);
	}
	return last;
}

static bool cut_out(const struct run *run, const struct part *part, gint64 frame, GError **error)
{
	char *number = g_strdup_printf("%" G_GINT64_FORMAT, frame);
	const char *const words[] = {"editcap", "-F", "pcapng", "-r", part->file, run->last_packet, number, NULL};
	struct job job = {.command = g_strdupv((char **)words)};
	bool ok;

	jobs_run(&job, 1, 1, NULL, NULL);
	ok = job.failure == NULL && job.ended && job.status == 0;
	if (!ok)
		g_set_error(error, REPORT_ERROR, REPORT_ERROR_NOT_JUDGED, "editcap failed on %s%s%s", part->file,
			    job.failure != NULL ? ": " : "", job.failure != NULL ? job.failure : "");
	job_clear(&job);
	g_free(number);
	return ok;
}

// Whether a request was left without an answer can only be said once there was time for one.
static bool find_last_packet(struct run *run, GError **error)
{
	gint64 before = 0, last = 0;
	gsize part = 0;

	for (gsize i = 0; i < run->count; i++) {
		gint64 frame = last_tunneled(run->parts[i].report);

		if (frame > 0) {
			part = i;
			last = frame;
			run->last_number = before + frame;
		}
		before += run->parts[i].report->capture.frames;
	}
	return last == 0 || cut_out(run, &run->parts[part], last, error);
}

static bool append_file(FILE *to, const char *path)
{
	char *text = NULL;
	gsize length = 0;
	bool ok = g_file_get_contents(path, &text, &length, NULL) && fwrite(text, 1, length, to) == length;

	g_free(text);
	return ok;
}

// Sections of pcapng may follow each other in one file.
static bool join_messages(const struct run *run, GError **error)
{
	FILE *all = fopen(run->all_messages, "w");
	bool ok = all != NULL;

	for (gsize i = 0; i < run->count && ok; i++)
		ok = append_file(all, run->parts[i].messages);
	if (ok && run->last_number > 0)
		ok = append_file(all, run->last_packet);
	if (all != NULL)
		ok = fclose(all) == 0 && ok;
	if (!ok)
		g_set_error(error, REPORT_ERROR, REPORT_ERROR_NOT_JUDGED, "cannot write %s", run->all_messages);
	return ok;
}

static struct report *judge_messages(const struct run *run, GError **error)
{
	struct report *report;
	struct job job;

	if (!join_messages(run, error))
		return NULL;
	tshark_prepare(run->tshark, &job, run->all_messages, report_arguments);
	jobs_run(&job, 1, 1, NULL, NULL);
	report = tshark_report(run->tshark, &job, "control messages", run->verdict->strings, error);
	job_clear(&job);
	return report;
}

// Where in the whole capture the control messages of all parts are.
static GArray *whole_numbers(const struct run *run)
{
	GArray *numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
	gint64 before = 0;

	for (gsize i = 0; i < run->count; i++) {
		for (guint k = 0; k < run->parts[i].numbers->len; k++) {
			gint64 number = before + g_array_index(run->parts[i].numbers, gint64, k);

			g_array_append_val(numbers, number);
		}
		before += run->parts[i].report->capture.frames;
	}
	if (run->last_number > 0)
		g_array_append_val(numbers, run->last_number);
	return numbers;
}

static void merge(const struct run *run, struct report *into)
{
	GArray *numbers = whole_numbers(run);
	gint64 before = 0;

	report_renumber(into, numbers, 0, run->verdict->strings);
	for (gsize i = 0; i < run->count; i++) {
		struct report *part = run->parts[i].report;

		report_renumber(part, NULL, before, run->verdict->strings);
		report_add_part(into, part, i == 0);
		before += part->capture.frames;
	}
	report_finish_parts(into);
	g_array_free(numbers, TRUE);
}

static struct report *judge(struct run *run, GError **error)
{
	struct report *report = NULL;

	if (extract_messages(run, error) && make_states(run, error) && judge_parts(run, error) &&
	    find_last_packet(run, error))
		report = judge_messages(run, error);
	if (report != NULL)
		merge(run, report);
	return report;
}

static void add_files(struct verdict *verdict, struct verdict_capture *capture, const struct run *run)
{
	for (gsize i = 0; i < run->count; i++) {
		struct verdict_file file = {
			.name = verdict_text(verdict, run->tshark->options->files[i]),
			.frames = run->parts[i].report->capture.frames,
		};

		g_array_append_val(capture->files, file);
	}
}

static void open_run(struct run *run)
{
	for (gsize i = 0; i < run->count; i++) {
		run->parts[i].file = g_canonicalize_filename(run->tshark->options->files[i], NULL);
		run->parts[i].messages = g_strdup_printf("%s/messages-%" G_GSIZE_FORMAT ".pcapng", run->folder, i + 1);
		run->parts[i].numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
	}
	run->all_messages = g_build_filename(run->folder, "messages.pcapng", NULL);
	run->last_packet = g_build_filename(run->folder, "last.pcapng", NULL);
}

static void close_run(struct run *run)
{
	for (gsize i = 0; i < run->count; i++) {
		g_free(run->parts[i].file);
		g_free(run->parts[i].messages);
		g_free(run->parts[i].state);
		g_array_free(run->parts[i].numbers, TRUE);
		report_free(run->parts[i].report);
	}
	g_free(run->parts);
	g_free(run->all_messages);
	g_free(run->last_packet);
	folder_remove(run->folder);
}

void parts_judge(const struct tshark *tshark, struct verdict *verdict, const struct baseline *baseline)
{
	struct verdict_capture *capture = verdict_add_capture(verdict, tshark->options->files[0]);
	GError *error = NULL;
	struct run run = {.tshark = tshark, .verdict = verdict, .folder = folder_make(&error)};

	if (run.folder != NULL) {
		run.count = g_strv_length(tshark->options->files);
		run.parts = g_new0(struct part, run.count);
		open_run(&run);
		capture->report = judge(&run, &error);
		if (capture->report != NULL)
			add_files(verdict, capture, &run);
		close_run(&run);
	}
	if (capture->report == NULL) {
		verdict_add_failure(verdict, capture->failures, FAILURE_ERROR, "%s", error->message);
		g_error_free(error);
	}
	judge_capture(verdict, capture, baseline);
}
