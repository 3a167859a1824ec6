// SPDX-License-Identifier: GPL-2.0-or-later
// One capture in many files.
#include "parts.h"

#include <errno.h>
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

struct part {
	char *file;            // absolute
	char *messages;        // file of its control messages
	GArray *numbers;       // of their frames in the part: gint64
	char *state;           // file to begin with; NULL: no message comes before this part
	struct report *report; // NULL: not yet
	GError *error;         // why there is none
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

// A job for each part, and what takes its output.
struct work {
	struct run *run;
	struct job *jobs;
	void (*take)(const struct run *run, struct part *part, const char *name, struct job *job);
	struct progress *progress;
};

static void end_job(struct job *job, void *user)
{
	const struct work *work = user;
	gsize number = (gsize)(job - work->jobs);

	progress_hide(work->progress);
	work->take(work->run, &work->run->parts[number], work->run->tshark->options->files[number], job);
	job_forget_output(job);
	progress_show(job, work->progress);
}

// The first part that failed, if any did.
static bool all_succeeded(const struct run *run, GError **error)
{
	for (gsize i = 0; i < run->count; i++) {
		if (run->parts[i].error == NULL)
			continue;
		g_propagate_prefixed_error(error, g_steal_pointer(&run->parts[i].error),
					   "%s: ", run->tshark->options->files[i]);
		return false;
	}
	return true;
}

// Runs the jobs, here or elsewhere. What each one printed is taken as soon as it has ended.
static bool run_jobs(struct work *work, const char *what, GError **error)
{
	const struct options *options = work->run->tshark->options;
	gsize count = work->run->count;

	work->progress = progress_new(what, work->jobs, count);
	if (options->sshloginfile != NULL) {
		char *folder = folder_inside(work->run->folder, what);

		remote_run(work->jobs, count, options->n_jobs, options->sshloginfile, folder);
		g_free(folder);
	} else {
		jobs_run(work->jobs, count, options->n_jobs, end_job, work);
	}
	// elsewhere, or never started
	for (gsize i = 0; i < count; i++) {
		if (options->sshloginfile != NULL || !work->jobs[i].started)
			end_job(&work->jobs[i], work);
		job_clear(&work->jobs[i]);
	}
	progress_free(work->progress);
	g_free(work->jobs);
	return all_succeeded(work->run, error);
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

static void take_numbers(const struct run *run G_GNUC_UNUSED, struct part *part, const char *name, struct job *job)
{
	gsize length = 0;
	const char *text = tshark_output(job, name, &length, &part->error);

	if (text != NULL)
		read_numbers(part, text, length, &part->error);
}

static bool extract_messages(struct run *run, GError **error)
{
	struct work work = {.run = run, .jobs = g_new0(struct job, run->count), .take = take_numbers};

	for (gsize i = 0; i < run->count; i++) {
		const char *const arguments[] = {"-Y", MESSAGES, "-w", run->parts[i].messages, "-P",
						 "-T", "fields", "-e", "frame.number",         NULL};

		tshark_prepare(run->tshark, &work.jobs[i], run->parts[i].file, arguments);
	}
	return run_jobs(&work, "parts, control messages alone", error);
}

static bool cannot_write(const char *path, GError **error)
{
	g_set_error(error, REPORT_ERROR, REPORT_ERROR_NOT_JUDGED, "cannot write %s: %s", path, g_strerror(errno));
	return false;
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
	if (all != NULL)
		ok = fclose(all) == 0 && ok;
	return ok || cannot_write(run->all_messages, error);
}

// Names the state that each part begins with, and after which messages they are: "12:40", NULL if there is none.
static char *name_states(struct run *run, const char *file)
{
	GString *after = g_string_new(NULL);
	guint messages = 0;

	for (gsize i = 0; i + 1 < run->count; i++) {
		guint more = run->parts[i].numbers->len;

		messages += more;
		if (more > 0)
			g_string_append_printf(after, "%s%u", after->len > 0 ? ":" : "", messages);
		if (messages > 0)
			run->parts[i + 1].state = g_strdup_printf("%s.%u", file, messages);
	}
	return g_string_free(after, after->len == 0);
}

// From the messages alone, and in one run: the only thing that is done while nothing else is.
static bool make_states(struct run *run, GError **error)
{
	char *file = g_build_filename(run->folder, "state", NULL), *after = name_states(run, file);
	char *tap = g_strdup_printf("dsmipv4,state,after=%s,%s", after, file);
	const char *const arguments[] = {"-q", "-z", tap, NULL};
	gsize length;
	struct job job;
	bool ok = true;

	if (after != NULL) {
		tshark_prepare(run->tshark, &job, run->all_messages, arguments);
		jobs_run(&job, 1, 1, NULL, NULL);
		ok = tshark_output(&job, "control messages", &length, error) != NULL;
		job_clear(&job);
	}
	g_free(file);
	g_free(after);
	g_free(tap);
	return ok;
}

static void take_report(const struct run *run, struct part *part, const char *name, struct job *job)
{
	part->report = tshark_report(run->tshark, job, name, run->verdict->strings, &part->error);
}

static void prepare_part(const struct run *run, struct job *job, const struct part *part)
{
	char *state = g_strdup_printf("dsmipv4.bindings_file:%s", part->state);
	const char *const arguments[] = {"-2",  "-q", "-z", "dsmipv4,report,json,packets", part->state ? "-o" : NULL,
					 state, NULL};

	tshark_prepare(run->tshark, job, part->file, arguments);
	g_free(state);
}

static bool judge_parts(struct run *run, GError **error)
{
	struct work work = {.run = run, .jobs = g_new0(struct job, run->count), .take = take_report};

	for (gsize i = 0; i < run->count; i++)
		prepare_part(run, &work.jobs[i], &run->parts[i]);
	return run_jobs(&work, "parts", error);
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

static bool append_last_packet(const struct run *run, GError **error)
{
	FILE *all = fopen(run->all_messages, "a");
	bool ok = all != NULL && append_file(all, run->last_packet);

	if (all != NULL)
		ok = fclose(all) == 0 && ok;
	return ok || cannot_write(run->all_messages, error);
}

static struct report *judge_messages(const struct run *run, GError **error)
{
	static const char *const arguments[] = {"-2", "-q", "-z", "dsmipv4,report,json", NULL};
	struct report *report;
	struct job job;

	if (run->last_number > 0 && !append_last_packet(run, error))
		return NULL;
	tshark_prepare(run->tshark, &job, run->all_messages, arguments);
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

	if (extract_messages(run, error) && join_messages(run, error) && make_states(run, error) &&
	    judge_parts(run, error) && find_last_packet(run, error))
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
		g_clear_error(&run->parts[i].error);
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
