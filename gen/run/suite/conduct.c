// SPDX-License-Identifier: GPL-2.0-or-later
// One test, step by step.
#include "run/suite/conduct.h"

#include "language/keys.h"
#include "run/suite/compare.h"
#include "run/suite/hook.h"
#include "send/schedule.h"

#include <string.h>

#define GRACE G_GINT64_CONSTANT(50000000) // nanoseconds that an answer is awaited for beyond its time

typedef struct {
	const conduct_t *conduct;
	const test_t *test;
	result_t *result;
	GHashTable *sent;                // name of a step -> its message
	const dsmipv4_message_t *latest; // of those
	GBytes *packet;                  // that was sent last, see layers_packet(); NULL: none
	GArray *heard;                   // of heard_request_t: those that were saved
	guint16 port;                    // that the latest of them came from
	gint64 since;                    // what is awaited is timed from here: nanoseconds since 1970
	gint64 start;                    // of the steps' times, microseconds since 1970
	gint64 *offsets;
	GPtrArray *comments; // texts of the frames that were sent
} run_t;

// What an `await` or a `silence` has heard.
typedef struct {
	run_t *run;
	const action_t *action;
	gint64 time;       // nanoseconds that it lasts
	bool is_answered;  // the message came
	guint first_check; // of it, in the result
	gint64 took;       // nanoseconds from the step before
	const char *other; // what else came
	GError *error;
} hearing_t;

// Whether a reply is that to the latest request.
static bool is_answer(const hearing_t *hearing, const dsmipv4_message_t *message)
{
	const dsmipv4_message_t *latest = hearing->run->latest;

	return !latest || message->type != DSMIPV4_REGISTRATION_REPLY || latest->type != DSMIPV4_REGISTRATION_REQUEST ||
	       (guint32)message->reply.id == (guint32)latest->request.id;
}

// What is wrong with the message, NULL: nothing.
static const check_t *problem_of(const hearing_t *hearing)
{
	const GArray *checks = hearing->run->result->checks;

	for (guint i = hearing->first_check; i < checks->len; i++)
		if (!g_array_index(checks, check_t, i).holds)
			return &g_array_index(checks, check_t, i);
	return NULL;
}

static void comment_on_answer(const hearing_t *hearing)
{
	evidence_t *evidence = hearing->run->conduct->evidence;
	const action_t *action = hearing->action;
	const char *id = hearing->run->test->id;
	const check_t *problem = problem_of(hearing);
	g_autofree char *text = problem ? check_text(problem) : NULL;

	if (action->kind == ACTION_SILENCE)
		evidence_comment(evidence, "dsmipgen run %s silence %s: FAIL none expected", id, action->name);
	else if (problem)
		evidence_comment(evidence, "dsmipgen run %s await %s: %s %s", id, action->name,
				 action->is_preamble ? "INCONC" : "FAIL", text);
	else
		evidence_comment(evidence, "dsmipgen run %s await %s: ok", id, action->name);
}

static pattern_context_t context_of(const hearing_t *hearing, const heard_t *heard)
{
	const run_t *run = hearing->run;

	return (pattern_context_t){run->conduct->actors, "mn1", heard->frame.time, run->sent};
}

static void take_answer(hearing_t *hearing, const heard_t *heard)
{
	hearing->is_answered = true;
	hearing->took = heard->frame.time - hearing->run->since;
	hearing->run->since = heard->frame.time;
}

// Whether a frame comes too late to break a silence, however late it is heard.
static bool is_over(const hearing_t *hearing, const heard_t *heard)
{
	return hearing->action->kind == ACTION_SILENCE && heard->frame.time > hearing->run->since + hearing->time;
}

// Whether a packet is what the step is about: the one that was sent, or one that ends like what is wanted.
static bool is_subject(const hearing_t *hearing, const heard_t *heard, const layers_t *layers)
{
	const action_t *action = hearing->action;
	g_autoptr(GBytes) packet = layers_packet(heard);

	if (action->subject == SUBJECT_PACKET) {
		const wanted_extension_t *last = action->stack->pdata[action->stack->len - 1];

		return layers->count > 0 && layers->layer[layers->count - 1].block == last->block;
	}
	return packet && hearing->run->packet && g_bytes_equal(packet, hearing->run->packet);
}

static bool hear_packet(hearing_t *hearing, const heard_t *heard)
{
	const action_t *action = hearing->action;
	const pattern_context_t context = context_of(hearing, heard);
	layers_t layers;

	layers_read(heard, &layers);
	if (!is_subject(hearing, heard, &layers) ||
	    (action->kind == ACTION_SILENCE && !compare_fits(action, &layers, &context)))
		return false;
	take_answer(hearing, heard);
	if (action->kind == ACTION_AWAIT)
		compare_layers(action, &layers, &context, evidence_count(hearing->run->conduct->evidence),
			       hearing->run->result, &hearing->error);
	comment_on_answer(hearing);
	return true;
}

// Later steps know the request by this name.
static void save_request(const hearing_t *hearing, const heard_t *heard)
{
	run_t *run = hearing->run;
	const char *name = hearing->action->save;
	const dsmipv4_message_t *kept = station_keep(run->conduct->station, heard);
	const heard_request_t request = {name, kept->request.id};

	g_hash_table_insert(run->sent, (gpointer)name, (gpointer)kept);
	for (guint i = 0; i < run->heard->len; i++)
		if (strcmp(g_array_index(run->heard, heard_request_t, i).name, name) == 0)
			g_array_remove_index(run->heard, i--);
	g_array_append_val(run->heard, request);
	run->port = heard->packet.sport;
}

static bool hear_message(hearing_t *hearing, const heard_t *heard)
{
	const run_t *run = hearing->run;
	const dsmipv4_message_t *message = heard->message;

	if (message->type != hearing->action->message || !message->fixed)
		return false;
	if (!is_answer(hearing, message)) {
		hearing->other = "; one came whose identification is not that of the request";
		return false;
	}
	const pattern_context_t context = context_of(hearing, heard);
	take_answer(hearing, heard);
	if (hearing->action->kind == ACTION_AWAIT)
		compare_message(hearing->action, station_judge(run->conduct->station), message, &context,
				evidence_count(run->conduct->evidence), run->result, &hearing->error);
	comment_on_answer(hearing);
	if (hearing->action->save)
		save_request(hearing, heard);
	return true;
}

static bool hear_frame(const heard_t *heard, gpointer data)
{
	hearing_t *hearing = data;

	if (is_over(hearing, heard))
		return false;
	if (hearing->action->subject != SUBJECT_MESSAGE)
		return hear_packet(hearing, heard);
	return heard->kind == HEARD_MESSAGE && hear_message(hearing, heard);
}

// The steps after this one have no time yet, and are planned at the same.
static bool set_time(const run_t *run, guint step, GError **error)
{
	gint64 now = station_clock(run->conduct->station, error);

	for (guint i = step; i < run->test->scenario->steps->len; i++)
		run->offsets[i] = now - run->start;
	return now > 0;
}

// A reply goes to the port that the request came from (RFC 5944 3.8.3.1).
static void set_port(const run_t *run, const plan_t *plan)
{
	for (guint i = 0; run->port && i + 1 < plan->layers->len; i++) {
		values_t *udp = plan->layers->pdata[i], *message = plan->layers->pdata[i + 1];
		value_t *port = &udp->v[KEY_udp_destination_port];

		if (udp->id != BLOCK_udp || message->id != BLOCK_reply || port->state != VALUE_AUTO)
			continue;
		port->state = VALUE_SET;
		port->number = run->port;
	}
}

static bool send_step(run_t *run, const action_t *action, GError **error)
{
	char *comment = g_strdup_printf("dsmipgen run %s step %s", run->test->id, action->name);
	sent_t sent = {0};

	g_ptr_array_add(run->comments, comment);
	if (!set_time(run, action->step, error))
		return false;
	g_autoptr(GPtrArray) plans = plan_scenario(run->test->scenario, run->conduct->actors,
						   &(timing_t){run->start, run->offsets, run->heard}, error);
	if (plans)
		set_port(run, plans->pdata[action->step]);
	if (!plans || !station_send(run->conduct->station, plans->pdata[action->step], &sent, comment, error))
		return false;
	if (sent.message) {
		g_hash_table_insert(run->sent, (gpointer)action->name, (gpointer)sent.message);
		run->latest = sent.message;
	}
	run->since = station_sent_time(run->conduct->station);
	g_clear_pointer(&run->packet, g_bytes_unref);
	run->packet = sent.packet;
	return true;
}

// The check of when a message came. Takes `expected` and `actual`.
static void add_arrival(const hearing_t *hearing, char *expected, char *actual)
{
	const action_t *action = hearing->action;
	const check_t check = {
		.step = g_strdup_printf("%s %s", action->kind == ACTION_AWAIT ? "await" : "silence", action->name),
		.field = g_strdup(action->name),
		.expected = expected,
		.actual = actual,
		.place = action->place,
		.frame = hearing->is_answered ? evidence_count(hearing->run->conduct->evidence) : 0,
	};

	result_add_check(hearing->run->result, &check);
}

static void judge_answer(const hearing_t *hearing, gint64 within)
{
	const action_t *action = hearing->action;
	result_t *result = hearing->run->result;
	result_kind_t kind = action->is_preamble ? RESULT_INCONCLUSIVE : RESULT_FAIL;
	const check_t *problem = problem_of(hearing);
	double limit = (double)within / NANOSECONDS, took = (double)hearing->took / NANOSECONDS;

	if (problem) {
		g_autofree char *text = check_text(problem);

		result_worsen(result, kind, &problem->place, "%s", text);
	} else if (!hearing->is_answered) {
		add_arrival(hearing, g_strdup_printf("within %.3g s", limit), g_strdup("none"));
		result_worsen(result, kind, &action->place, "%s%s within %.3g s%s",
			      action->subject == SUBJECT_FORWARDED ? "the packet was not " : "no ", action->name, limit,
			      hearing->other ? hearing->other : "");
	} else if (hearing->took > within) {
		add_arrival(hearing, g_strdup_printf("within %.3g s", limit), g_strdup_printf("after %.3f s", took));
		result_worsen(result, kind, &action->place, "%s after %.3f s, expected within %.3g s", action->name,
			      took, limit);
	}
}

static void judge_silence(const hearing_t *hearing)
{
	double took = (double)hearing->took / NANOSECONDS;

	if (!hearing->is_answered)
		return;
	add_arrival(hearing, g_strdup("none"), g_strdup_printf("after %.3f s", took));
	result_worsen(hearing->run->result, RESULT_FAIL, &hearing->action->place, "%s after %.3f s, expected none",
		      hearing->action->name, took);
}

// Hears the device until a message comes, or the time is over.
static bool hear(hearing_t *hearing, gint64 time, GError **error)
{
	GError *cause = NULL;

	hearing->first_check = hearing->run->result->checks->len;
	station_hear(hearing->run->conduct->station, hearing->run->since, time, hear_frame, hearing, &cause);
	if (!cause)
		cause = hearing->error;
	if (!cause)
		return true;
	g_propagate_error(error, cause);
	return false;
}

static bool await_message(run_t *run, const action_t *action, GError **error)
{
	hearing_t hearing = {.run = run, .action = action};
	gint64 within = action->time ? action->time : run->conduct->device->reply;

	if (!hear(&hearing, within + GRACE, error))
		return false;
	judge_answer(&hearing, within);
	return true;
}

static bool await_silence(run_t *run, const action_t *action, GError **error)
{
	hearing_t hearing = {
		.run = run,
		.action = action,
		.time = action->time ? action->time : run->conduct->device->silence,
	};

	if (!hear(&hearing, hearing.time, error))
		return false;
	judge_silence(&hearing);
	return true;
}

static bool is_named(const GPtrArray *texts, const char *id)
{
	for (guint i = 0; texts && i < texts->len; i++)
		if (strcmp(((const text_t *)texts->pdata[i])->string, id) == 0)
			return true;
	return false;
}

static void add_broken(const run_t *run, const broken_t *broken, const place_t *place)
{
	const check_t check = {
		.step = g_strdup("rules"),
		.field = g_strdup(dsmipv4_rule(broken->rule)->id),
		.expected = g_strdup("kept"),
		.actual = g_strdup(broken->words),
		.place = *place,
		.frame = broken->frame,
	};

	result_add_check(run->result, &check);
	result_worsen(run->result, RESULT_FAIL, place, "breaks the rule %s: %s", check.field, broken->words);
}

// The rules of the plugin, but for those that the test allows to be broken.
static void judge_rules(const run_t *run, const action_t *action, const place_t *place)
{
	const GArray *broken = station_broken(run->conduct->station);

	for (guint i = 0; i < broken->len; i++) {
		const broken_t *item = &g_array_index(broken, broken_t, i);

		const char *id = dsmipv4_rule(item->rule)->id;

		if (!is_named(run->conduct->allow, id) && !(action && is_named(action->allow, id)))
			add_broken(run, item, place);
	}
	for (guint i = 0; action && action->require && i < action->require->len; i++) {
		const text_t *text = action->require->pdata[i];

		if (!station_held(run->conduct->station, dsmipv4_rule_by_name(text->string, strlen(text->string))))
			result_worsen(run->result, RESULT_INCONCLUSIVE, &text->place, "the rule %s was not kept",
				      text->string);
	}
}

// What a hook printed, compared with what it had to print.
static void judge_output(const run_t *run, const action_t *action, const char *output)
{
	const check_t check = {
		.step = g_strdup_printf("call %s", action->hook),
		.field = g_strdup("output"),
		.expected = g_strdup(action->expect.string),
		.actual = g_strdup(output),
		.holds = g_regex_match_simple(action->expect.string, output, 0, 0),
		.place = action->expect.place,
	};
	result_add_check(run->result, &check);
	if (!check.holds)
		result_worsen(run->result, RESULT_FAIL, &action->expect.place, "the hook %s prints '%s', expected %s",
			      action->hook, output, action->expect.string);
}

// Runs a command of the device file.
static bool call_hook(run_t *run, const action_t *action, GError **error)
{
	const char *command = device_hook(run->conduct->device, action->hook);
	const evidence_call_t *call = NULL;

	if (!command)
		return true;
	if (!station_call(run->conduct->station, command, &call, error))
		return false;
	run->since = station_clock(run->conduct->station, error) * 1000;
	if (call->status != 0)
		result_worsen(run->result, RESULT_INCONCLUSIVE, &action->place, "the hook %s failed%s%s", action->hook,
			      call->status == HOOK_UNANSWERED ? ": " : "",
			      call->status == HOOK_UNANSWERED ? call->output : "");
	else if (action->expect.string)
		judge_output(run, action, call->output);
	return run->since > 0;
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
	case ACTION_CALL:
		return call_hook(run, action, error);
	default:
		judge_rules(run, action, &action->place);
		return true;
	}
}

// The steps are planned together, also those that refer to what is not heard yet.
static void expect_requests(const run_t *run)
{
	for (guint i = 0; i < run->test->actions->len; i++) {
		const heard_request_t none = {((const action_t *)run->test->actions->pdata[i])->save, 0};

		if (none.name)
			g_array_append_val(run->heard, none);
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
	gint64 now = station_clock(conduct->station, error);
	run_t run = {
		.conduct = conduct,
		.test = test,
		.result = result,
		.sent = g_hash_table_new(g_str_hash, g_str_equal),
		.heard = g_array_new(FALSE, FALSE, sizeof(heard_request_t)),
		.since = now * 1000,
		.start = now,
		.offsets = g_new0(gint64, test->scenario->steps->len + 1),
		.comments = g_ptr_array_new_with_free_func(g_free),
	};
	expect_requests(&run);
	bool ok = now > 0 && carry_out_all(&run, error);

	g_hash_table_unref(run.sent);
	g_array_unref(run.heard);
	g_clear_pointer(&run.packet, g_bytes_unref);
	g_ptr_array_unref(run.comments);
	g_free(run.offsets);
	return ok;
}

bool conduct_test(const conduct_t *conduct, const test_t *test, result_t *result, GError **error)
{
	result_begin(result, test);
	if (!station_begin(conduct->station, error) || !conduct_actions(conduct, test, result, error))
		return false;
	if (station_has_impostor(conduct->station))
		result_worsen(result, RESULT_INCONCLUSIVE, &test->place,
			      "packets with the device's address came from another Ethernet address");
	const evidence_facts_t *facts = evidence_facts(conduct->evidence);
	gint64 end = station_clock(conduct->station, error);
	result->started = g_array_index(facts->clock, gint64, 0) * 1000;
	result->duration = end * 1000 - result->started;
	return end > 0;
}

bool conduct_quietly(const conduct_t *conduct, const test_t *test, bool *is_passed, GError **error)
{
	result_t result;

	result_begin(&result, test);
	bool ok = station_begin(conduct->station, error) && conduct_actions(conduct, test, &result, error);

	if (is_passed)
		*is_passed = result.kind == RESULT_PASS;
	result_clear(&result);
	return ok;
}
