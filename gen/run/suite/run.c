// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen run and judge: a suite against a device, or what was recorded of that, test by test.
#include "run/suite/run.h"

#include "packet/auth.h"
#include "run/suite/conduct.h"
#include "run/suite/output.h"
#include "run/suite/record.h"
#include "run/evidence/recording.h"
#include "run/suite/rehearse.h"
#include "run/suite/select.h"

#include <string.h>

enum { MOST_ROUNDS = 10000 };

typedef struct {
	const run_options_t *options;
	const suite_t *suite;
	selection_t selection;
	const output_t *output;
	conduct_t conduct;
	record_t *record;
	archive_t *archive;         // what is recorded; NULL: nothing
	recording_t *recording;     // what is judged; NULL: the device itself
	guint repeat;               // rounds
	guint counts[RESULT_COUNT]; // of all tests
	guint news[RESULT_COUNT];   // of those that the baseline does not have like that
	guint number;               // of the latest test
	guint round;                // from 1
	char *skip;                 // why no further test is carried out
} session_t;

// How many tests are carried out or skipped.
static guint session_tests(const session_t *session)
{
	return selection_count(&session->selection, session->suite) * session->repeat;
}

static bool write_evidence(const session_t *session, result_t *result, GError **error)
{
	g_autofree char *name = session->round > 1 ? g_strdup_printf("%s-%u", result->test->id, session->round)
						   : g_strdup(result->test->id);

	if (!session->options->report)
		return true;
	result->evidence = g_strdup_printf("%s/evidence/%s.pcapng", session->options->report, name);
	return evidence_write(session->conduct.evidence, result->evidence, error);
}

// Fails because there is no more evidence, where a test that failed decides the exit status.
static void fail_at_end(const session_t *session, const char *before, GError **error)
{
	fail(error, session->news[RESULT_FAIL] > 0 ? GEN_ERROR_CHECK : GEN_ERROR_INCONCLUSIVE,
	     "'%s' ends after test %u of %u, before %s: the run was not finished, or the file is cut",
	     session->options->evidence, session->number, session_tests(session), before);
}

// The test, or what is sent between tests, begins. What was recorded of it is heard, if it is not the device.
static bool begin_stage(const session_t *session, const char *kind, const test_t *test, GError **error)
{
	GError *cause = NULL;

	if (!session->recording)
		return true;
	evidence_t *recorded = recording_next(session->recording, kind, test->id, session->round, &cause);
	if (recorded) {
		station_rewind(session->conduct.station, recorded);
		return true;
	}
	if (cause)
		g_propagate_error(error, cause);
	else
		fail_at_end(session, test->id, error);
	return false;
}

static bool end_stage(const session_t *session, const char *kind, const test_t *test, GError **error)
{
	if (!session->archive)
		return true;
	g_autoptr(stage_t) stage = stage_new(kind, test->id, session->round);
	return archive_add(session->archive, stage, session->conduct.evidence, error);
}

// Takes a result, which is over with this. was_carried_out: there is evidence of it.
static bool finish(session_t *session, result_t *result, bool was_carried_out, GError **error)
{
	bool is_advice = strcmp(result->test->strength, "must") != 0;

	if (result->kind == RESULT_FAIL && is_advice && !session->options->is_strict)
		result->kind = RESULT_WARN;
	result->round = session->round;
	result->is_known = record_is_known(session->record, result);
	session->counts[result->kind]++;
	session->news[result->kind] += !result->is_known;
	session->output->test(result, ++session->number);
	bool ok = record_add(session->record, result, was_carried_out ? session->conduct.evidence : NULL, error);
	result_clear(result);
	return ok;
}

static bool skip(session_t *session, const test_t *test, const char *format, const char *what, GError **error)
{
	result_t result;

	result_begin(&result, test);
	result.kind = RESULT_SKIP;
	result.reason = g_strdup_printf(format, what);
	return finish(session, &result, false, error);
}

// Carries out the steps of a test after another one, for their effect.
static bool do_between(const session_t *session, const char *kind, const test_t *steps, const test_t *after,
		       bool *is_passed, GError **error)
{
	return begin_stage(session, kind, after, error) &&
	       conduct_quietly(&session->conduct, steps, is_passed, error) && end_stage(session, kind, after, error);
}

static bool clean_up(const session_t *session, const test_t *after, GError **error)
{
	return session->skip || !session->suite->cleanup ||
	       do_between(session, STAGE_CLEANUP, session->suite->cleanup, after, NULL, error);
}

// Whether the first test is carried out again after this one, to tell whether the device still works: where it did not
// pass, or did not when it was recorded.
static bool needs_check(const session_t *session, const test_t *test, bool is_bad)
{
	return session->recording ? recording_is_next(session->recording, STAGE_CHECK, test->id) : is_bad;
}

static bool check_device(session_t *session, const test_t *test, bool is_bad, GError **error)
{
	bool is_ready;

	if (!do_between(session, STAGE_CHECK, session->suite->tests->pdata[0], test, &is_ready, error))
		return false;
	if (!is_ready && is_bad)
		session->skip = g_strdup_printf("the device registers no node any more since %s", test->id);
	return clean_up(session, test, error);
}

static bool carry_out(session_t *session, const test_t *test, bool is_first, GError **error)
{
	result_t result;

	if (!begin_stage(session, STAGE_TEST, test, error))
		return false;
	if (!conduct_test(&session->conduct, test, &result, error) || !end_stage(session, STAGE_TEST, test, error) ||
	    !write_evidence(session, &result, error)) {
		result_clear(&result);
		return false;
	}
	bool is_bad = result.kind > RESULT_PASS;
	if (!finish(session, &result, true, error))
		return false;
	if (is_bad && is_first)
		session->skip = g_strdup_printf("%s did not pass", test->id);
	return clean_up(session, test, error) &&
	       (is_first || !needs_check(session, test, is_bad) || check_device(session, test, is_bad, error));
}

// A hook that the test calls and the device file does not have; NULL: it has all.
static const char *missing_hook(const session_t *session, const test_t *test)
{
	for (guint i = 0; i < test->actions->len; i++) {
		const action_t *action = test->actions->pdata[i];

		if (action->kind == ACTION_CALL && !action->is_optional &&
		    !device_hook(session->conduct.device, action->hook))
			return action->hook;
	}
	return NULL;
}

static bool do_test(session_t *session, guint index, GError **error)
{
	const test_t *test = session->suite->tests->pdata[index];
	const char *lack = device_lacks(session->conduct.device, test->needs), *hook;

	if (session->skip)
		return skip(session, test, "%s", session->skip, error);
	if ((hook = missing_hook(session, test)))
		return skip(session, test, "the device file has no hook %s", hook, error);
	if (lack)
		return skip(session, test, "the device file does not say that the device supports %s", lack, error);
	return carry_out(session, test, index == 0, error);
}

// The exit status says the worst of the verdicts that are news.
static gen_error_t status_of(const session_t *session)
{
	if (session->news[RESULT_FAIL] > 0)
		return GEN_ERROR_CHECK;
	if (session->news[RESULT_INCONCLUSIVE] > 0)
		return GEN_ERROR_INCONCLUSIVE;
	return session->counts[RESULT_SKIP] == session->number ? GEN_ERROR_NOTHING : 0;
}

static bool tell_status(const session_t *session, GError **error)
{
	const guint *news = session->news;
	const char *more = session->options->baseline ? " that are not in the baseline" : "";
	gen_error_t status = status_of(session);

	if (status == GEN_ERROR_CHECK)
		fail(error, status, "%u of %u tests failed%s", news[RESULT_FAIL], session->number, more);
	else if (status == GEN_ERROR_INCONCLUSIVE)
		fail(error, status, "%u of %u tests are inconclusive%s", news[RESULT_INCONCLUSIVE], session->number,
		     more);
	else if (status == GEN_ERROR_NOTHING)
		fail(error, status, "all %u tests were skipped", session->number);
	return status == 0;
}

static bool do_round(session_t *session, GError **error)
{
	for (guint i = 0; i < session->suite->tests->len; i++)
		if (selection_has(&session->selection, session->suite, i) && !do_test(session, i, error))
			return false;
	return true;
}

static bool do_rounds(session_t *session, GError **error)
{
	for (session->round = 1; session->round <= session->repeat; session->round++)
		if (!do_round(session, error))
			return false;
	return true;
}

// Without the device's Ethernet address nothing can be sent: the first test is inconclusive.
static bool do_nothing(session_t *session, const char *reason, GError **error)
{
	const test_t *first = session->suite->tests->pdata[0];
	result_t result;

	session->round = 1;
	result_begin(&result, first);
	result_worsen(&result, RESULT_INCONCLUSIVE, &first->place, "%s", reason);
	session->skip = g_strdup_printf("%s did not pass", first->id);
	if (!finish(session, &result, false, error))
		return false;
	for (guint i = 1; i < session->suite->tests->len; i++)
		if (selection_has(&session->selection, session->suite, i) && !do_test(session, i, error))
			return false;
	return true;
}

// Finds the device, or takes why it was not found. NULL: it is there. Free with g_free().
static char *find_device(const session_t *session, guint32 next_hop)
{
	g_autoptr(GError) cause = NULL;

	if (session->recording)
		return g_strdup(recording_text(session->recording, ARCHIVE_ABSENT));
	return station_find_device(session->conduct.station, next_hop, &cause) ? NULL : g_strdup(cause->message);
}

static const char *device_address(const session_t *session)
{
	return actors_get(session->conduct.actors, device_address_fact(session->conduct.device), NULL);
}

// The first stage of what is recorded: what was asked for, and of whom.
static bool archive_begin(const session_t *session, const char *absent, GError **error)
{
	const device_t *device = session->conduct.device;
	const char *texts[] = {device->name, device->version, device->role, device_address(session)};
	g_autofree char *repeat = g_strdup_printf("%u", session->repeat);
	g_autoptr(stage_t) stage = stage_new(STAGE_BEGIN, NULL, 0);
	g_auto(GStrv) links = station_links(session->conduct.station);

	if (!session->archive)
		return true;
	stage_say(stage, ARCHIVE_SUITE, session->suite->name);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		stage_say(stage, ARCHIVE_DEVICE, texts[i]);
	stage_say(stage, ARCHIVE_ONLY, session->selection.only);
	stage_say(stage, ARCHIVE_SECTION, session->selection.section);
	stage_say(stage, ARCHIVE_REPEAT, repeat);
	stage_say(stage, ARCHIVE_ABSENT, absent);
	for (char **link = links; *link; link++)
		stage_say(stage, ARCHIVE_LINK, *link);
	return archive_add(session->archive, stage, NULL, error);
}

// The last stage: without it the run was not finished.
static bool archive_end(const session_t *session, GError **error)
{
	g_autoptr(stage_t) stage = stage_new(STAGE_END, NULL, 0);
	GError *cause = NULL;

	if (session->archive)
		return archive_add(session->archive, stage, NULL, error);
	if (!session->recording || recording_next(session->recording, STAGE_END, NULL, 0, &cause))
		return true;
	if (cause)
		g_propagate_error(error, cause);
	else
		fail_at_end(session, "the end of the run", error);
	return false;
}

static bool do_tests(session_t *session, guint32 next_hop, GError **error)
{
	g_autofree char *absent = find_device(session, next_hop);

	return archive_begin(session, absent, error) &&
	       (absent ? do_nothing(session, absent, error) : do_rounds(session, error)) && archive_end(session, error);
}

static bool open_archive(session_t *session, GError **error)
{
	const char *folder = session->options->report;
	g_autofree char *path = folder ? g_build_filename(folder, "evidence.pcapng", NULL) : NULL;

	session->archive = path && !session->recording ? archive_new(path, error) : NULL;
	return session->archive || !path || session->recording;
}

static bool run_with(session_t *session, station_t *station, const char *interface, guint32 next_hop, GError **error)
{
	const run_options_t *options = session->options;
	const output_head_t head = {session->suite, session->conduct.device, session_tests(session)};

	session->conduct.station = station;
	session->record = record_new(
		&(record_head_t){
			.suite = session->suite,
			.device = session->conduct.device,
			.interface = interface,
			.folder = options->report,
			.baseline = options->baseline,
			.is_strict = options->is_strict,
			.tests = head.tests,
		},
		error);
	if (!session->record)
		return false;
	session->output->begin(&head);
	bool ok = open_archive(session, error) && do_tests(session, next_hop, error) &&
		  record_end(session->record, (int)status_of(session), error);
	if (ok)
		session->output->end(session->counts);
	record_free(session->record);
	archive_free(session->archive);
	return ok && tell_status(session, error);
}

static bool run_on_interface(session_t *session, GError **error)
{
	const run_options_t *options = session->options;
	interface_t interface, correspondents;
	guint32 next_hop = 0;

	if ((options->next_hop && !address4_read(options->next_hop, "--next-hop", &next_hop, error)) ||
	    !interface_await(options->interface, &interface, error) ||
	    (options->correspondents && !interface_await(options->correspondents, &correspondents, error)))
		return false;
	g_autoptr(station_t) station =
		station_new(&interface, options->correspondents ? &correspondents : NULL, session->conduct.actors,
			    session->conduct.device, session->conduct.evidence, error);
	return station && run_with(session, station, interface.name, next_hop, error);
}

// Whether what was recorded is of this suite and this device.
static bool check_recording(const session_t *session, GError **error)
{
	const device_t *device = session->conduct.device;
	const char *expected[] = {device->name, device->version, device->role, device_address(session), NULL};
	const char *const *texts = recording_texts(session->recording, ARCHIVE_DEVICE);
	const char *name = recording_text(session->recording, ARCHIVE_SUITE);
	g_autofree char *suite = g_strescape(name ? name : "(none)", NULL);

	if (g_strcmp0(name, session->suite->name) != 0) {
		fail(error, GEN_ERROR_SCENARIO, "'%s' is evidence of the suite %s; expected %s",
		     session->options->evidence, suite, session->suite->name);
		return false;
	}
	if (g_strv_equal(texts, (const char *const *)expected))
		return true;
	g_autofree char *joined = g_strjoinv(" ", (char **)texts), *has = g_strescape(joined, NULL);
	g_autofree char *wanted = g_strjoinv(" ", (char **)expected);
	fail(error, GEN_ERROR_SCENARIO, "'%s' is evidence of the device '%s'; expected '%s', as in the device file",
	     session->options->evidence, has, wanted);
	return false;
}

static bool judge_recording(session_t *session, GError **error)
{
	g_autoptr(recording_t) recording = recording_read(session->options->evidence, error);
	guint64 repeat = 0;

	if (!recording || (!recording_next(recording, STAGE_BEGIN, NULL, 0, error)))
		return false;
	session->recording = recording;
	if (!check_recording(session, error))
		return false;
	session->selection =
		(selection_t){recording_text(recording, ARCHIVE_ONLY), recording_text(recording, ARCHIVE_SECTION)};
	const char *text = recording_text(recording, ARCHIVE_REPEAT);
	if (!text || !g_ascii_string_to_unsigned(text, 10, 1, MOST_ROUNDS, &repeat, NULL)) {
		fail(error, GEN_ERROR_ENVIRONMENT, "'%s' does not tell how often the suite was carried out",
		     session->options->evidence);
		return false;
	}
	session->repeat = (guint)repeat;
	if (!selection_check(&session->selection, session->suite, error))
		return false;
	g_autoptr(station_t) station =
		station_again(session->conduct.actors, session->conduct.device, session->conduct.evidence,
			      recording_texts(recording, ARCHIVE_LINK), error);
	return station && run_with(session, station, NULL, 0, error);
}

static bool run_session(session_t *session, GError **error)
{
	if (!auth_init(error))
		return false;
	session->conduct.evidence = evidence_new();
	bool ok = session->options->evidence ? judge_recording(session, error) : run_on_interface(session, error);
	evidence_free(session->conduct.evidence);
	return ok;
}

static bool check_role(const suite_t *suite, const device_t *device, GError **error)
{
	if (strcmp(suite->role, device->role) == 0)
		return true;
	fail(error, GEN_ERROR_SCENARIO,
	     "the suite %s is for the role %s, and the device has the role %s; expected the same", suite->name,
	     suite->role, device->role);
	return false;
}

static bool check_repeat(int repeat, GError **error)
{
	if (repeat >= 1 && repeat <= MOST_ROUNDS)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "--repeat %d; expected 1 to %d", repeat, MOST_ROUNDS);
	return false;
}

bool run_suite(const char *name, const run_options_t *options, GError **error)
{
	g_autoptr(device_t) device = device_load(options->device, error);
	const char *const *set = device ? (const char *const *)device->set : NULL;
	g_autoptr(suite_t) suite = device ? suite_load(name, set, error) : NULL;
	g_autoptr(actors_t) actors = suite ? scenario_actors(suite->base, set, error) : NULL;
	session_t session = {
		.options = options,
		.suite = suite,
		.selection = {options->only, options->section},
		.repeat = (guint)options->repeat,
		.output = options->is_tap ? &output_tap : &output_lines,
		.conduct = {.actors = actors, .device = device, .allow = suite ? suite->allow : NULL},
	};

	if (!actors || !check_role(suite, device, error) || !check_repeat(options->repeat, error) ||
	    !selection_check(&session.selection, suite, error))
		return false;
	if (options->is_check) {
		g_print("%s: %u tests\n", suite->name, suite->tests->len);
		return true;
	}
	if (options->is_dry)
		return rehearse(suite, &session.selection, device, actors, options->dry_file, error);
	bool ok = run_session(&session, error);
	g_free(session.skip);
	return ok;
}
