// SPDX-License-Identifier: GPL-2.0-or-later
// One test, step by step.
#include "run/suite/conduct.h"

#include "run/suite/compare.h"
#include "send/schedule.h"

#include <string.h>

#define GRACE G_GINT64_CONSTANT(50000000) // nanoseconds that an answer is awaited for beyond its time

typedef struct {
	const conduct_t *conduct;
	const test_t *test;
	result_t *result;
	GHashTable *sent;                // name of a step -> its message
	const dsmipv4_message_t *latest; // of those
	gint64 start;                    // of the steps' times, microseconds since 1970
	gint64 *offsets;
	GPtrArray *comments; // texts of the frames that were sent
} run_t;

// What an `await` or a `silence` has heard.
typedef struct {
	run_t *run;
	const action_t *action;
	bool is_answered; // the message came
	char *problem;    // what is wrong with it
	place_t place;
	gint64 took;       // nanoseconds from the latest packet of the test
	const char *other; // what else came
	GError *error;
} hearing_t;

static bool is_answer(const hearing_t *hearing, const dsmipv4_message_t *message)
{
	const dsmipv4_message_t *latest = hearing->run->latest;

	return !latest || message->type != DSMIPV4_REGISTRATION_REPLY || latest->type != DSMIPV4_REGISTRATION_REQUEST ||
	       (guint32)message->reply.id == (guint32)latest->request.id;
}

static bool hear_message(const heard_t *heard, gpointer data)
{
	hearing_t *hearing = data;
	const run_t *run = hearing->run;
	const dsmipv4_message_t *message = heard->message;

	if (message->type != hearing->action->message || !message->fixed)
		return false;
	if (!is_answer(hearing, message)) {
		hearing->other = "; one came whose identification is not that of the request";
		return false;
	}
	const pattern_context_t context = {run->conduct->actors, "mn1", heard->frame.time, run->sent};
	hearing->is_answered = true;
	hearing->took = heard->frame.time - station_sent_time(run->conduct->station);
	hearing->place = hearing->action->place;
	if (hearing->action->kind == ACTION_AWAIT)
		hearing->problem = compare_message(hearing->action, station_judge(run->conduct->station), message,
						   &context, &hearing->place, &hearing->error);
	evidence_comment(run->conduct->evidence, "dsmipgen run %s %s %s: %s", run->test->id,
			 hearing->action->kind == ACTION_AWAIT ? "await" : "silence", hearing->action->name,
			 hearing->problem                          ? hearing->problem
			 : hearing->action->kind == ACTION_SILENCE ? "FAIL none expected"
								   : "ok");
	return true;
}

// The steps after this one have no time yet, and are planned at the same.
static void set_time(const run_t *run, guint step)
{
	gint64 now = g_get_real_time() - run->start;

	for (guint i = step; i < run->test->scenario->steps->len; i++)
		run->offsets[i] = now;
}

static bool send_step(run_t *run, const action_t *action, GError **error)
{
	char *comment = g_strdup_printf("dsmipgen run %s step %s", run->test->id, action->name);
	const dsmipv4_message_t *message = NULL;

	g_ptr_array_add(run->comments, comment);
	set_time(run, action->step);
	g_autoptr(GPtrArray) plans =
		plan_scenario(run->test->scenario, run->conduct->actors, &(timing_t){run->start, run->offsets}, error);
	if (!plans || !station_send(run->conduct->station, plans->pdata[action->step], &message, comment, error))
		return false;
	if (message) {
		g_hash_table_insert(run->sent, (gpointer)action->name, (gpointer)message);
		run->latest = message;
	}
	return true;
}

static void judge_answer(const run_t *run, const action_t *action, const hearing_t *hearing, gint64 within)
{
	result_kind_t kind = action->is_preamble ? RESULT_INCONCLUSIVE : RESULT_FAIL;

	if (!hearing->is_answered)
		result_worsen(run->result, kind, &action->place, "no %s within %.3g s%s", action->name,
			      (double)within / NANOSECONDS, hearing->other ? hearing->other : "");
	else if (hearing->problem)
		result_worsen(run->result, kind, &hearing->place, "%s", hearing->problem);
	else if (hearing->took > within)
		result_worsen(run->result, kind, &action->place, "%s after %.3f s, expected within %.3g s",
			      action->name, (double)hearing->took / NANOSECONDS, (double)within / NANOSECONDS);
}

static bool await_message(run_t *run, const action_t *action, GError **error)
{
	hearing_t hearing = {.run = run, .action = action};
	gint64 within = action->time ? action->time : run->conduct->device->reply;
	GError *cause = NULL;

	station_hear(run->conduct->station, schedule_now() + within + GRACE, hear_message, &hearing, &cause);
	if (!cause)
		cause = hearing.error;
	if (!cause)
		judge_answer(run, action, &hearing, within);
	g_free(hearing.problem);
	if (cause)
		g_propagate_error(error, cause);
	return !cause;
}

static bool await_silence(run_t *run, const action_t *action, GError **error)
{
	hearing_t hearing = {.run = run, .action = action};
	gint64 during = action->time ? action->time : run->conduct->device->silence;
	GError *cause = NULL;

	station_hear(run->conduct->station, schedule_now() + during, hear_message, &hearing, &cause);
	if (cause)
		g_propagate_error(error, cause);
	else if (hearing.is_answered)
		result_worsen(run->result, RESULT_FAIL, &action->place, "%s after %.3f s, expected none", action->name,
			      (double)hearing.took / NANOSECONDS);
	return !cause;
}

static bool is_named(const GPtrArray *texts, const char *id)
{
	for (guint i = 0; texts && i < texts->len; i++)
		if (strcmp(((const text_t *)texts->pdata[i])->string, id) == 0)
			return true;
	return false;
}

// The rules of the plugin, but for those that the test allows to be broken.
static void judge_rules(const run_t *run, const action_t *action, const place_t *place)
{
	const GArray *broken = station_broken(run->conduct->station);

	for (guint i = 0; i < broken->len; i++) {
		const broken_t *item = &g_array_index(broken, broken_t, i);
		const char *id = dsmipv4_rule(item->rule)->id;

		if (!action || !is_named(action->allow, id))
			result_worsen(run->result, RESULT_FAIL, place, "breaks the rule %s: %s", id, item->words);
	}
	for (guint i = 0; action && action->require && i < action->require->len; i++) {
		const text_t *text = action->require->pdata[i];

		if (!station_held(run->conduct->station, dsmipv4_rule_by_name(text->string, strlen(text->string))))
			result_worsen(run->result, RESULT_INCONCLUSIVE, &text->place, "the rule %s was not kept",
				      text->string);
	}
}

static bool carry_out(run_t *run, const action_t *action, GError **error)
{
	switch (action->kind) {
	case ACTION_SEND:
		return send_step(run, action, error);
	case ACTION_AWAIT:
		return await_message(run, action, error);
	case ACTION_SILENCE:
		return await_silence(run, action, error);
	default:
		judge_rules(run, action, &action->place);
		return true;
	}
}

static bool carry_out_all(run_t *run, GError **error)
{
	bool ok = true, has_rules = false;

	for (guint i = 0; ok && i < run->test->actions->len && run->result->kind <= RESULT_PASS; i++) {
		const action_t *action = run->test->actions->pdata[i];

		has_rules |= action->kind == ACTION_RULES;
		ok = carry_out(run, action, error);
	}
	if (ok && !has_rules)
		judge_rules(run, NULL, &run->test->place);
	return ok;
}

static bool conduct_actions(const conduct_t *conduct, const test_t *test, result_t *result, GError **error)
{
	run_t run = {
		.conduct = conduct,
		.test = test,
		.result = result,
		.sent = g_hash_table_new(g_str_hash, g_str_equal),
		.start = g_get_real_time(),
		.offsets = g_new0(gint64, test->scenario->steps->len + 1),
		.comments = g_ptr_array_new_with_free_func(g_free),
	};
	bool ok = carry_out_all(&run, error);

	g_hash_table_unref(run.sent);
	g_ptr_array_unref(run.comments);
	g_free(run.offsets);
	return ok;
}

bool conduct_test(const conduct_t *conduct, const test_t *test, result_t *result, GError **error)
{
	gint64 start = schedule_now();

	result->test = test;
	result->kind = RESULT_PASS;
	if (!station_begin(conduct->station, error) || !conduct_actions(conduct, test, result, error))
		return false;
	if (station_has_impostor(conduct->station))
		result_worsen(result, RESULT_INCONCLUSIVE, &test->place,
			      "packets with the device's address came from another Ethernet address");
	result->duration = schedule_now() - start;
	return true;
}

bool conduct_quietly(const conduct_t *conduct, const test_t *test, bool *is_passed, GError **error)
{
	result_t result = {.kind = RESULT_PASS};
	bool ok = station_begin(conduct->station, error) && conduct_actions(conduct, test, &result, error);

	if (is_passed)
		*is_passed = result.kind == RESULT_PASS;
	result_clear(&result);
	return ok;
}
