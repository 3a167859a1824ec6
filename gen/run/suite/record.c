// SPDX-License-Identifier: GPL-2.0-or-later
// The record of a run, test by test, and the reports that are made of it.
#include "run/suite/record.h"

#include "conformance/conformance.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FOLDER_MODE 0777 // but for the umask
#define FILE_MODE 0666   // the same

struct record {
	struct run *run;
	struct run *baseline; // NULL: none
	const char *folder;   // NULL: none
};

static const int verdicts[RESULT_COUNT] = {
	[RESULT_SKIP] = RUN_SKIP,           [RESULT_PASS] = RUN_PASS, [RESULT_WARN] = RUN_WARN,
	[RESULT_INCONCLUSIVE] = RUN_INCONC, [RESULT_FAIL] = RUN_FAIL,
};

static const struct {
	const char *name;
	void (*render)(const struct run *run, GString *out);
} reports[] = {
	{"results.json", run_render_json},
	{"results.xml", run_render_junit},
	{"index.html", run_render_html},
};

static bool make_folder(const char *folder, GError **error)
{
	g_autofree char *evidence = folder ? g_build_filename(folder, "evidence", NULL) : NULL;

	if (!folder || g_mkdir_with_parents(evidence, FOLDER_MODE) == 0)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot make '%s': %s", evidence, g_strerror(errno));
	return false;
}

// Keys stay with the user.
static void add_setting(struct run *run, const char *setting)
{
	gsize name = strcspn(setting, "=");
	g_autofree char *hidden = g_strdup_printf("%.*s=(not shown)", (int)name, setting);
	bool is_secret = name >= strlen("key") && strncmp(setting + name - strlen("key"), "key", strlen("key")) == 0;

	run_add_text(run, run->device.set, is_secret ? hidden : setting);
}

static void describe_run(struct run *run, const record_head_t *head)
{
	const device_t *device = head->device;

	run->suite = (struct run_suite){
		run_text(run, head->suite->name),
		run_text(run, head->suite->title),
		run_text(run, head->suite->role),
	};
	run->device.name = run_text(run, device->name);
	run->device.version = run_text(run, device->version);
	for (guint i = 0; device->supports && i < device->supports->len; i++)
		run_add_text(run, run->device.supports, ((const text_t *)device->supports->pdata[i])->string);
	for (char **setting = device->set; *setting; setting++)
		add_setting(run, *setting);
	run->host = run_text(run, g_get_host_name());
	run->interface = run_text(run, head->interface);
	run->baseline = run_text(run, head->baseline);
	run->strict = head->is_strict;
	run->started = g_get_real_time() * 1000;
}

static bool read_baseline(record_t *record, const char *path, GError **error)
{
	GError *cause = NULL;

	record->baseline = path ? run_read(path, &cause) : NULL;
	if (!cause)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "%s", cause->message);
	g_error_free(cause);
	return false;
}

record_t *record_new(const record_head_t *head, GError **error)
{
	record_t *record = g_new0(record_t, 1);

	record->folder = head->folder;
	record->run = run_new(head->tests);
	describe_run(record->run, head);
	if (read_baseline(record, head->baseline, error) && make_folder(head->folder, error))
		return record;
	record_free(record);
	return NULL;
}

void record_free(record_t *record)
{
	run_free(record->run);
	run_free(record->baseline);
	g_free(record);
}

bool record_is_known(const record_t *record, const result_t *result)
{
	int before = record->baseline ? run_verdict_of(record->baseline, result->test->id) : RUN_VERDICT_COUNT;

	return before != RUN_VERDICT_COUNT && before >= verdicts[result->kind];
}

static const char *place_text(struct run *run, const place_t *place)
{
	g_autofree char *text = place->file ? g_strdup_printf("%s:%u", place->file, place->line) : NULL;

	return run_text(run, text);
}

static GArray *checks_of(struct run *run, const result_t *result)
{
	GArray *checks = g_array_new(FALSE, TRUE, sizeof(struct run_check));

	for (guint i = 0; result->checks && i < result->checks->len; i++) {
		const check_t *check = &g_array_index(result->checks, check_t, i);
		const struct run_check copy = {
			.step = run_text(run, check->step),
			.field = run_text(run, check->field),
			.expected = run_text(run, check->expected),
			.actual = run_text(run, check->actual),
			.holds = check->holds,
			.at = place_text(run, &check->place),
			.frame = check->frame ? check->frame : ABSENT,
		};

		g_array_append_val(checks, copy);
	}
	return checks;
}

static const char *hex_text(struct run *run, GBytes *bytes)
{
	g_autoptr(GString) text = g_string_new(NULL);
	gsize length;
	const guint8 *data = g_bytes_get_data(bytes, &length);

	for (gsize i = 0; i < length; i++)
		g_string_append_printf(text, "%02x", data[i]);
	return run_text(run, text->str);
}

static GArray *packets_of(struct run *run, const evidence_t *evidence)
{
	GArray *packets = g_array_new(FALSE, TRUE, sizeof(struct run_packet));

	for (guint i = 0; evidence && i < evidence_count(evidence); i++) {
		const evidence_item_t *item = evidence_get(evidence, i);
		const struct run_packet packet = {
			.frame = i + 1,
			.time = item->time,
			.sender = (int)item->sender,
			.summary = run_text(run, item->summary),
			.comment = run_text(run, item->comment->str),
			.bytes = hex_text(run, item->bytes),
		};

		g_array_append_val(packets, packet);
	}
	return packets;
}

// The path of the evidence from the folder of the reports.
static const char *evidence_link(struct run *run, const result_t *result)
{
	g_autofree char *name = result->evidence ? g_path_get_basename(result->evidence) : NULL;
	g_autofree char *link = name ? g_build_filename("evidence", name, NULL) : NULL;

	return run_text(run, link);
}

// Replaces a file at once. It need not have reached the disk: what is killed is this program, not the machine.
static bool replace(const char *path, const GString *text, GError **error)
{
	g_autofree char *new = g_strconcat(path, ".new", NULL);
	g_autoptr(GError) cause = NULL;

	if (g_file_set_contents_full(new, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_NONE, FILE_MODE, &cause) &&
	    rename(new, path) == 0)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot write '%s': %s", path, cause ? cause->message : g_strerror(errno));
	return false;
}

static bool write_reports(const record_t *record, GError **error)
{
	for (gsize i = 0; record->folder && i < G_N_ELEMENTS(reports); i++) {
		g_autofree char *path = g_build_filename(record->folder, reports[i].name, NULL);
		g_autoptr(GString) text = g_string_new(NULL);

		reports[i].render(record->run, text);
		if (!replace(path, text, error))
			return false;
	}
	return true;
}

bool record_add(record_t *record, const result_t *result, const evidence_t *evidence, GError **error)
{
	struct run *run = record->run;
	const test_t *test = result->test;
	const struct run_test copy = {
		.id = run_text(run, test->id),
		.round = result->round,
		.title = run_text(run, test->title),
		.clause = run_text(run, test->clause),
		.class = run_text(run, test->strength),
		.verdict = verdicts[result->kind],
		.known = result->is_known,
		.reason = run_text(run, result->reason),
		.at = place_text(run, &result->place),
		.evidence = evidence_link(run, result),
		.started = result->started,
		.duration = result->duration,
		.checks = checks_of(run, result),
		.packets = packets_of(run, evidence),
	};

	run_add_test(run, &copy);
	run->duration = g_get_real_time() * 1000 - run->started;
	return write_reports(record, error);
}

bool record_end(record_t *record, int status, GError **error)
{
	record->run->status = status;
	return write_reports(record, error);
}
