// SPDX-License-Identifier: GPL-2.0-or-later
// From reports and the user's wishes to a verdict.
#include "judge.h"

#include <string.h>

static bool has_text(const GArray *texts, const char *text)
{
	for (guint i = 0; i < list_length(texts); i++) {
		if (strcmp(g_array_index(texts, const char *, i), text) == 0)
			return true;
	}
	return false;
}

bool judge_is_allowed(const struct verdict *verdict, const char *rule)
{
	return has_text(verdict->policy.allow, rule);
}

bool judge_finding_fails(const struct verdict *verdict, const struct baseline *baseline,
			 const struct report_finding *finding)
{
	return finding->severity >= verdict->policy.fail_on && !judge_is_allowed(verdict, finding->rule) &&
	       !baseline_has(baseline, finding);
}

static void fail_finding(struct verdict *verdict, struct verdict_capture *capture, const struct report_finding *finding)
{
	const struct report_place *first =
		list_length(finding->places) > 0 ? &g_array_index(finding->places, struct report_place, 0) : NULL;
	struct failure *failure =
		verdict_add_failure(verdict, capture->failures, FAILURE_RULE, "%s", first != NULL ? first->text : "");

	failure->rule = finding->rule;
	failure->frame = first != NULL ? first->frame : ABSENT;
	failure->actor = actor_words[finding->actor];
	failure->node = finding->node;
	failure->home_agent = finding->home_agent;
}

static void fail_rules(struct verdict *verdict, struct verdict_capture *capture, const struct baseline *baseline)
{
	const GArray *findings = capture->report->findings;

	for (guint i = 0; i < list_length(findings); i++) {
		const struct report_finding *finding = &g_array_index(findings, struct report_finding, i);

		if (judge_finding_fails(verdict, baseline, finding))
			fail_finding(verdict, capture, finding);
	}
}

static void fail_service(struct verdict *verdict, struct verdict_capture *capture)
{
	const GArray *nodes = capture->report->nodes;

	for (guint i = 0; i < list_length(nodes); i++) {
		const struct report_node *node = &g_array_index(nodes, struct report_node, i);
		struct failure *failure;

		if (!report_node_lacks_service(node))
			continue;
		failure = verdict_add_failure(verdict, capture->failures, FAILURE_SERVICE, "no IPv6: %s",
					      node->service.text);
		failure->frame = node->service.frame;
		failure->node = node->home_address;
		failure->home_agent = node->home_agent;
	}
}

static bool judged_nothing(const struct report *report)
{
	return report->judged.registrations == 0 && report->judged.tunneled == 0;
}

void judge_capture(struct verdict *verdict, struct verdict_capture *capture, const struct baseline *baseline)
{
	if (capture->report == NULL) {
		capture->verdict = VERDICT_NOT_JUDGED;
		return;
	}
	if (!verdict->policy.expect)
		fail_rules(verdict, capture, baseline);
	if (verdict->policy.require_service)
		fail_service(verdict, capture);
	if (judged_nothing(capture->report))
		verdict_add_failure(
			verdict, capture->failures, FAILURE_NOTHING,
			"nothing to judge: no registration and no tunnel of a known node among %" G_GINT64_FORMAT
			" frames",
			capture->report->capture.frames);
	capture->verdict = VERDICT_CONFORMS;
	for (guint i = 0; i < capture->failures->len; i++) {
		int kind = g_array_index(capture->failures, struct failure, i).kind;

		if (kind != FAILURE_NOTHING)
			capture->verdict = VERDICT_BROKEN;
		else if (capture->verdict == VERDICT_CONFORMS)
			capture->verdict = VERDICT_NOTHING;
	}
}

enum rule_state judge_rule_state(const struct report_rule *rule)
{
	if (report_rule_broken(rule) > 0)
		return RULE_BROKEN;
	if (report_rule_held(rule) > 0)
		return RULE_HELD;
	return rule->enabled ? RULE_NOT_EXERCISED : RULE_OFF;
}

enum rule_state judge_state_of(const struct verdict *verdict, const char *rule)
{
	enum rule_state state = RULE_OFF;

	for (guint i = 0; i < verdict->captures->len; i++) {
		const struct report *report = g_array_index(verdict->captures, struct verdict_capture, i).report;
		const struct report_rule *row = report != NULL ? report_find_rule(report, rule) : NULL;

		if (row != NULL)
			state = MAX(state, judge_rule_state(row));
	}
	return state;
}

// The rows of the catalogue, as the first capture that was judged has them; NULL: none was.
static const struct report *any_report(const struct verdict *verdict)
{
	for (guint i = 0; i < verdict->captures->len; i++) {
		const struct report *report = g_array_index(verdict->captures, struct verdict_capture, i).report;

		if (report != NULL)
			return report;
	}
	return NULL;
}

static void require_rule(struct verdict *verdict, const char *id, enum rule_state state)
{
	if (state == RULE_OFF)
		verdict_add_failure(verdict, verdict->failures, FAILURE_COVERAGE,
				    "required rule %s is off: switch it on with --severities", id)
			->rule = verdict_text(verdict, id);
	else if (state == RULE_NOT_EXERCISED)
		verdict_add_failure(verdict, verdict->failures, FAILURE_COVERAGE,
				    "required rule %s was never exercised", id)
			->rule = verdict_text(verdict, id);
}

static bool is_required(const struct verdict *verdict, const struct report_rule *rule, enum rule_state state)
{
	if (has_text(verdict->policy.require, rule->id))
		return true;
	return verdict->policy.require_must && strcmp(rule->strength, "MUST") == 0 && state != RULE_OFF;
}

static void judge_rules(struct verdict *verdict, const struct report *catalogue)
{
	for (guint i = 0; i < catalogue->rules->len; i++) {
		const struct report_rule *rule = &g_array_index(catalogue->rules, struct report_rule, i);
		enum rule_state state;

		if (rule->kind != KIND_RULE)
			continue;
		state = judge_state_of(verdict, rule->id);
		verdict->summary.rules++;
		verdict->summary.exercised += state >= RULE_HELD;
		verdict->summary.held += state == RULE_HELD;
		verdict->summary.broken += state == RULE_BROKEN;
		if (is_required(verdict, rule, state))
			require_rule(verdict, rule->id, state);
	}
}

void judge_all(struct verdict *verdict)
{
	// What is certain and bad comes before what is certain and good, and not to know before both.
	static const int rank[] = {
		[VERDICT_CONFORMS] = 0, [VERDICT_NOTHING] = 1, [VERDICT_BROKEN] = 2, [VERDICT_NOT_JUDGED] = 3};
	const struct report *catalogue = any_report(verdict);

	if (catalogue != NULL)
		judge_rules(verdict, catalogue);
	verdict->verdict = verdict->failures->len > 0 ? VERDICT_NOTHING : VERDICT_CONFORMS;
	for (guint i = 0; i < verdict->captures->len; i++) {
		int one = g_array_index(verdict->captures, struct verdict_capture, i).verdict;

		if (rank[one] > rank[verdict->verdict])
			verdict->verdict = one;
	}
	verdict->status = verdict->verdict;
}

static void add_unknown(GString **unknown, const GArray *ids, const struct report *report)
{
	for (guint i = 0; i < ids->len; i++) {
		const char *id = g_array_index(ids, const char *, i);
		const struct report_rule *rule = report_find_rule(report, id);

		if (rule != NULL && rule->kind == KIND_RULE)
			continue;
		if (*unknown == NULL)
			*unknown = g_string_new(NULL);
		g_string_append_printf(*unknown, "%s%s", (*unknown)->len > 0 ? ", " : "", id);
	}
}

char *judge_unknown_rules(const struct verdict *verdict, const struct report *report)
{
	GString *unknown = NULL;

	add_unknown(&unknown, verdict->policy.allow, report);
	add_unknown(&unknown, verdict->policy.require, report);
	return unknown != NULL ? g_string_free(unknown, FALSE) : NULL;
}
