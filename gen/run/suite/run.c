// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen run: a suite against a device, test by test.
#include "run/suite/run.h"

#include "packet/auth.h"
#include "run/suite/conduct.h"
#include "run/suite/output.h"
#include "run/suite/record.h"
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
	guint counts[RESULT_COUNT]; // of all tests
	guint news[RESULT_COUNT];   // of those that the baseline does not have like that
	guint number;               // of the latest test
	guint round;                // from 1
	char *skip;                 // why no further test is carried out
} session_t;

static bool write_evidence(const session_t *session, result_t *result, GError **error)
{
	g_autofree char *name = session->round > 1 ? g_strdup_printf("%s-%u", result->test->id, session->round)
						   : g_strdup(result->test->id);

	if (!session->options->report)
		return true;
	result->evidence = g_strdup_printf("%s/evidence/%s.pcapng", session->options->report, name);
	return evidence_write(session->conduct.evidence, result->evidence, error);
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

static bool clean_up(const session_t *session, GError **error)
{
	return session->skip || !session->suite->cleanup ||
	       conduct_quietly(&session->conduct, session->suite->cleanup, NULL, error);
}

// After a test that did not pass, the first one tells whether the device still works.
static bool check_device(session_t *session, const test_t *test, GError **error)
{
	bool is_ready;

	if (!conduct_quietly(&session->conduct, session->suite->tests->pdata[0], &is_ready, error))
		return false;
	if (!is_ready)
		session->skip = g_strdup_printf("the device registers no node any more since %s", test->id);
	return clean_up(session, error);
}

static bool carry_out(session_t *session, const test_t *test, bool is_first, GError **error)
{
	result_t result;

	if (!conduct_test(&session->conduct, test, &result, error) || !write_evidence(session, &result, error)) {
		result_clear(&result);
		return false;
	}
	bool is_bad = result.kind > RESULT_PASS;
	if (!finish(session, &result, true, error))
		return false;
	if (is_bad && is_first)
		session->skip = g_strdup_printf("%s did not pass", test->id);
	return clean_up(session, error) && (!is_bad || is_first || check_device(session, test, error));
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
	for (session->round = 1; session->round <= (guint)session->options->repeat; session->round++)
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

static bool do_tests(session_t *session, guint32 next_hop, GError **error)
{
	GError *cause = NULL;

	if (station_find_device(session->conduct.station, next_hop, &cause))
		return do_rounds(session, error);
	bool ok = do_nothing(session, cause->message, error);
	g_error_free(cause);
	return ok;
}

static bool run_on_interface(session_t *session, const interface_t *interface, const interface_t *correspondents,
			     guint32 next_hop, GError **error)
{
	const run_options_t *options = session->options;
	guint tests = selection_count(&session->selection, session->suite) * (guint)options->repeat;
	const output_head_t head = {session->suite, session->conduct.device, tests};
	g_autoptr(station_t) station = station_new(interface, correspondents, session->conduct.actors,
						   session->conduct.device, session->conduct.evidence, error);

	if (!station)
		return false;
	session->conduct.station = station;
	session->record = record_new(
		&(record_head_t){
			.suite = session->suite,
			.device = session->conduct.device,
			.interface = interface->name,
			.folder = options->report,
			.baseline = options->baseline,
			.is_strict = options->is_strict,
			.tests = tests,
		},
		error);
	if (!session->record)
		return false;
	session->output->begin(&head);
	bool ok = do_tests(session, next_hop, error) && record_end(session->record, (int)status_of(session), error);
	if (ok)
		session->output->end(session->counts);
	record_free(session->record);
	return ok && tell_status(session, error);
}

static bool run_session(session_t *session, GError **error)
{
	const run_options_t *options = session->options;
	interface_t interface, correspondents;
	guint32 next_hop = 0;

	if ((options->next_hop && !address4_read(options->next_hop, "--next-hop", &next_hop, error)) ||
	    !auth_init(error) || !interface_find(options->interface, &interface, error) ||
	    (options->correspondents && !interface_find(options->correspondents, &correspondents, error)))
		return false;
	session->conduct.evidence = evidence_new();
	bool ok = run_on_interface(session, &interface, options->correspondents ? &correspondents : NULL, next_hop,
				   error);
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
