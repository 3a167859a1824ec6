// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen run: a suite against a device, test by test.
#include "run/suite/run.h"

#include "packet/auth.h"
#include "run/suite/conduct.h"
#include "run/suite/output.h"

#include <errno.h>
#include <string.h>

#define FOLDER_MODE 0777 // but for the umask

typedef struct {
	const run_options_t *options;
	const suite_t *suite;
	const output_t *output;
	conduct_t conduct;
	guint counts[RESULT_COUNT];
	guint number; // of the latest test
	char *skip;   // why no further test is carried out
} session_t;

static bool is_wanted(const session_t *session, guint index)
{
	const test_t *test = session->suite->tests->pdata[index];

	return index == 0 || !session->options->only || g_pattern_match_simple(session->options->only, test->id);
}

static const char *reason_to_skip(const session_t *session, const test_t *test)
{
	for (guint i = 0; test->needs && i < test->needs->len; i++)
		if (!device_supports(session->conduct.device, ((const text_t *)test->needs->pdata[i])->string))
			return ((const text_t *)test->needs->pdata[i])->string;
	return NULL;
}

static bool write_evidence(const session_t *session, result_t *result, GError **error)
{
	if (!session->options->report)
		return true;
	result->evidence = g_strdup_printf("%s/evidence/%s.pcapng", session->options->report, result->test->id);
	return evidence_write(session->conduct.evidence, result->evidence, error);
}

static void finish(session_t *session, result_t *result)
{
	bool is_advice = strcmp(result->test->strength, "must") != 0;

	if (result->kind == RESULT_FAIL && is_advice && !session->options->is_strict)
		result->kind = RESULT_WARN;
	session->counts[result->kind]++;
	session->output->test(result, ++session->number);
	result_clear(result);
}

static void skip(session_t *session, const test_t *test, const char *format, const char *what)
{
	result_t result = {.test = test, .kind = RESULT_SKIP, .reason = g_strdup_printf(format, what)};

	finish(session, &result);
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
	const conduct_t *conduct = &session->conduct;
	result_t result = {0};

	if (!conduct_test(conduct, test, &result, error) || !write_evidence(session, &result, error)) {
		result_clear(&result);
		return false;
	}
	bool is_bad = result.kind > RESULT_PASS;
	finish(session, &result);
	if (is_bad && is_first)
		session->skip = g_strdup_printf("%s did not pass", test->id);
	return clean_up(session, error) && (!is_bad || is_first || check_device(session, test, error));
}

static bool do_test(session_t *session, guint index, GError **error)
{
	const test_t *test = session->suite->tests->pdata[index];
	const char *lack = reason_to_skip(session, test);

	if (session->skip)
		skip(session, test, "%s", session->skip);
	else if (lack)
		skip(session, test, "the device file does not say that the device supports %s", lack);
	else
		return carry_out(session, test, index == 0, error);
	return true;
}

static guint count_wanted(const session_t *session)
{
	guint count = 0;

	for (guint i = 0; i < session->suite->tests->len; i++)
		count += is_wanted(session, i);
	return count;
}

// The exit status says the worst of the verdicts.
static bool tell_status(const session_t *session, GError **error)
{
	const guint *counts = session->counts;
	guint passed = counts[RESULT_PASS] + counts[RESULT_WARN];

	if (counts[RESULT_FAIL] > 0)
		fail(error, GEN_ERROR_CHECK, "%u of %u tests failed", counts[RESULT_FAIL], session->number);
	else if (counts[RESULT_INCONCLUSIVE] > 0)
		fail(error, GEN_ERROR_INCONCLUSIVE, "%u of %u tests are inconclusive", counts[RESULT_INCONCLUSIVE],
		     session->number);
	else if (passed == 0)
		fail(error, GEN_ERROR_NOTHING, "all %u tests were skipped", session->number);
	return counts[RESULT_FAIL] + counts[RESULT_INCONCLUSIVE] == 0 && passed > 0;
}

static bool do_tests(session_t *session, GError **error)
{
	const output_head_t head = {session->suite, session->conduct.device, count_wanted(session)};
	bool ok = true;

	session->output->begin(&head);
	for (guint i = 0; ok && i < session->suite->tests->len; i++)
		if (is_wanted(session, i))
			ok = do_test(session, i, error);
	if (ok)
		session->output->end(session->counts);
	return ok && tell_status(session, error);
}

// Without the device's Ethernet address nothing can be sent: the first test is inconclusive.
static void do_nothing(session_t *session, const char *reason)
{
	const output_head_t head = {session->suite, session->conduct.device, count_wanted(session)};
	const test_t *first = session->suite->tests->pdata[0];
	result_t result = {
		.test = first, .kind = RESULT_INCONCLUSIVE, .reason = g_strdup(reason), .place = first->place};

	session->output->begin(&head);
	finish(session, &result);
	for (guint i = 1; i < session->suite->tests->len; i++)
		if (is_wanted(session, i))
			skip(session, session->suite->tests->pdata[i], "%s did not pass", first->id);
	session->output->end(session->counts);
}

static bool make_report(const char *folder, GError **error)
{
	g_autofree char *evidence = folder ? g_build_filename(folder, "evidence", NULL) : NULL;

	if (!folder || g_mkdir_with_parents(evidence, FOLDER_MODE) == 0)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot make '%s': %s", evidence, g_strerror(errno));
	return false;
}

static bool run_on_interface(session_t *session, const interface_t *interface, guint32 next_hop, GError **error)
{
	g_autoptr(station_t) station =
		station_new(interface, session->conduct.actors, session->conduct.evidence, error);
	GError *cause = NULL;

	if (!station)
		return false;
	session->conduct.station = station;
	if (station_find_device(station, next_hop, &cause))
		return do_tests(session, error);
	do_nothing(session, cause->message);
	g_error_free(cause);
	return tell_status(session, error);
}

static bool run_session(session_t *session, GError **error)
{
	const run_options_t *options = session->options;
	interface_t interface;
	guint32 next_hop = 0;

	if ((options->next_hop && !address4_read(options->next_hop, "--next-hop", &next_hop, error)) ||
	    !auth_init(error) || !interface_find(options->interface, &interface, error) ||
	    !make_report(options->report, error))
		return false;
	session->conduct.evidence = evidence_new();
	bool ok = run_on_interface(session, &interface, next_hop, error);
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

bool run_suite(const char *name, const run_options_t *options, GError **error)
{
	g_autoptr(device_t) device = device_load(options->device, error);
	const char *const *set = device ? (const char *const *)device->set : NULL;
	g_autoptr(suite_t) suite = device ? suite_load(name, set, error) : NULL;
	g_autoptr(actors_t) actors = suite ? scenario_actors(suite->base, set, error) : NULL;

	if (!actors || !check_role(suite, device, error))
		return false;
	session_t session = {
		.options = options,
		.suite = suite,
		.output = options->is_tap ? &output_tap : &output_lines,
		.conduct = {.actors = actors, .device = device},
	};
	if (options->is_check) {
		g_print("%s: %u tests\n", suite->name, suite->tests->len);
		return true;
	}
	bool ok = run_session(&session, error);
	g_free(session.skip);
	return ok;
}
