// SPDX-License-Identifier: GPL-2.0-or-later
// What `tshark -z dsmipv4,report,json` says of one capture: doc/report.schema.json, as structs.
#include "report.h"

#include <stdarg.h>
#include <string.h>

#include "base/error.h"
#include "base/shape_rows.h"

const char *const severity_words[] = {"chat", "note", "warn", "error", NULL};
const char *const actor_words[] = {"mn", "fa", "ha", "unknown", NULL};
const char *const outcome_words[] = {"not-asked", "granted",    "partial", "refused", "unsupported",
				     "denied",    "unanswered", "unknown", NULL};
const char *const binding_end_words[] = {"live",    "expired", "deregistered", "replaced",
					 "revoked", "denied",  "unknown",      NULL};
const char *const form_words[] = {"unknown", "hoa", "coa", "fa-coa-direct", NULL};
const char *const direction_words[] = {"to-mn", "from-mn", NULL};

static const char *const kind_words[] = {"rule", "info", NULL};
static const char *const asked_of_words[] = {"messages", "packets", NULL};
static const char *const leg_words[] = {"unknown", "mn-fa", "fa-ha", "mn-ha", NULL};
static const char *const message_words[] = {"request", "reply", "revocation", "revocation-ack", NULL};

// clang-format off
static const struct shape_member report_capture_members[] = {
	MEMBER(report_capture, frames, SHAPE_NUMBER),
	MEMBER(report_capture, first_time, SHAPE_TIME_0),
	MEMBER(report_capture, last_time, SHAPE_TIME_0),
	END_OF_SHAPE,
};
SHAPE(report_capture);

static const struct shape_member report_settings_members[] = {
	MEMBER(report_settings, enabled, SHAPE_FLAG),
	MEMBER(report_settings, takeover, SHAPE_FLAG),
	MEMBER(report_settings, bypassed, SHAPE_TEXTS),
	MEMBER(report_settings, keys, SHAPE_NUMBER),
	MEMBER(report_settings, filter, SHAPE_TEXT_0),
	END_OF_SHAPE,
};
SHAPE(report_settings);

static const struct shape_member report_judged_members[] = {
	MEMBER(report_judged, registrations, SHAPE_NUMBER),
	MEMBER(report_judged, tunneled, SHAPE_NUMBER),
	MEMBER(report_judged, advertisements, SHAPE_NUMBER),
	END_OF_SHAPE,
};
SHAPE(report_judged);

static const struct shape_member report_actor_members[] = {
	WORD(report_actor, actor, actor_words),
	MEMBER(report_actor, home_agent, SHAPE_TEXT_0),
	MEMBER(report_actor, held, SHAPE_NUMBER),
	MEMBER(report_actor, broken, SHAPE_NUMBER),
	MEMBER(report_actor, first_frames, SHAPE_NUMBERS),
	END_OF_SHAPE,
};
SHAPE(report_actor);

static const struct shape_member report_rule_members[] = {
	MEMBER(report_rule, id, SHAPE_TEXT),
	WORD(report_rule, kind, kind_words),
	WORD(report_rule, asked_of, asked_of_words),
	MEMBER(report_rule, once, SHAPE_FLAG),
	MEMBER(report_rule, source, SHAPE_TEXT_0),
	MEMBER(report_rule, strength, SHAPE_TEXT),
	WORD(report_rule, severity, severity_words),
	MEMBER(report_rule, enabled, SHAPE_FLAG),
	MEMBER(report_rule, text, SHAPE_TEXT),
	LIST(report_rule, actors, report_actor_shape),
	END_OF_SHAPE,
};
SHAPE(report_rule);

static const struct shape_member report_place_members[] = {
	MEMBER(report_place, frame, SHAPE_NUMBER),
	MEMBER(report_place, time, SHAPE_TIME_0),
	MEMBER(report_place, text, SHAPE_TEXT),
	MEMBER(report_place, offset, SHAPE_NUMBER_0),
	MEMBER(report_place, length, SHAPE_NUMBER),
	MEMBER(report_place, bytes, SHAPE_TEXT),
	END_OF_SHAPE,
};
SHAPE(report_place);

static const struct shape_member report_finding_members[] = {
	MEMBER(report_finding, rule, SHAPE_TEXT),
	WORD(report_finding, severity, severity_words),
	WORD(report_finding, actor, actor_words),
	MEMBER(report_finding, node, SHAPE_TEXT_0),
	MEMBER(report_finding, home_agent, SHAPE_TEXT_0),
	MEMBER(report_finding, frames, SHAPE_NUMBER),
	LIST(report_finding, places, report_place_shape),
	END_OF_SHAPE,
};
SHAPE(report_finding);

static const struct shape_member report_service_members[] = {
	MEMBER(report_service, asked, SHAPE_FLAG),
	WORD(report_service, outcome, outcome_words),
	MEMBER(report_service, frame, SHAPE_NUMBER_0),
	MEMBER(report_service, text, SHAPE_TEXT),
	END_OF_SHAPE,
};
SHAPE(report_service);

static const struct shape_member report_prefix_members[] = {
	MEMBER(report_prefix, prefix, SHAPE_TEXT),
	MEMBER(report_prefix, code, SHAPE_NUMBER_0),
	END_OF_SHAPE,
};
SHAPE(report_prefix);

static const struct shape_member report_message_members[] = {
	MEMBER(report_message, frame, SHAPE_NUMBER),
	MEMBER(report_message, time, SHAPE_TIME_0),
	WORD(report_message, type, message_words),
	WORD(report_message, leg, leg_words),
	MEMBER(report_message, source, SHAPE_TEXT),
	MEMBER(report_message, destination, SHAPE_TEXT),
	MEMBER(report_message, care_of, SHAPE_TEXT_0),
	MEMBER(report_message, lifetime, SHAPE_NUMBER_0),
	MEMBER(report_message, code, SHAPE_NUMBER_0),
	MEMBER(report_message, code_text, SHAPE_TEXT_0),
	MEMBER(report_message, answers, SHAPE_NUMBER_0),
	MEMBER(report_message, copy_of, SHAPE_NUMBER_0),
	MEMBER(report_message, relayed, SHAPE_FLAG),
	MEMBER(report_message, mode_asked, SHAPE_FLAG),
	LIST(report_message, prefixes, report_prefix_shape),
	END_OF_SHAPE,
};
SHAPE(report_message);

static const struct shape_member report_refresh_members[] = {
	MEMBER(report_refresh, frame, SHAPE_NUMBER),
	MEMBER(report_refresh, time, SHAPE_TIME_0),
	MEMBER(report_refresh, expires, SHAPE_TIME_0),
	END_OF_SHAPE,
};
SHAPE(report_refresh);

static const struct shape_member report_binding_members[] = {
	MEMBER(report_binding, care_of, SHAPE_TEXT_0),
	MEMBER(report_binding, reached_at, SHAPE_TEXT_0),
	MEMBER(report_binding, mode, SHAPE_TEXT),
	MEMBER(report_binding, encapsulation, SHAPE_TEXT),
	MEMBER(report_binding, from_frame, SHAPE_NUMBER_0),
	MEMBER(report_binding, from_time, SHAPE_TIME_0),
	MEMBER(report_binding, until_frame, SHAPE_NUMBER_0),
	MEMBER(report_binding, until_time, SHAPE_TIME_0),
	WORD(report_binding, end, binding_end_words),
	LIST(report_binding, refreshes, report_refresh_shape),
	LIST(report_binding, prefixes, report_prefix_shape),
	END_OF_SHAPE,
};
SHAPE(report_binding);

static const struct shape_member report_traffic_members[] = {
	WORD(report_traffic, direction, direction_words),
	WORD(report_traffic, form, form_words),
	MEMBER(report_traffic, packets, SHAPE_NUMBER),
	MEMBER(report_traffic, ipv6, SHAPE_NUMBER),
	MEMBER(report_traffic, bytes, SHAPE_NUMBER),
	MEMBER(report_traffic, first_frame, SHAPE_NUMBER),
	MEMBER(report_traffic, last_frame, SHAPE_NUMBER),
	MEMBER(report_traffic, first_time, SHAPE_TIME_0),
	MEMBER(report_traffic, last_time, SHAPE_TIME_0),
	MEMBER(report_traffic, bin_seconds, SHAPE_NUMBER),
	MEMBER(report_traffic, bin_first, SHAPE_NUMBER),
	MEMBER(report_traffic, bins, SHAPE_NUMBERS),
	END_OF_SHAPE,
};
SHAPE(report_traffic);

static const struct shape_member report_node_members[] = {
	MEMBER(report_node, home_agent, SHAPE_TEXT),
	MEMBER(report_node, home_address, SHAPE_TEXT),
	MEMBER(report_node, nai, SHAPE_TEXT_0),
	OBJECT(report_node, service, report_service_shape),
	MEMBER(report_node, requests, SHAPE_NUMBER),
	MEMBER(report_node, denied, SHAPE_NUMBER),
	MEMBER(report_node, unanswered, SHAPE_NUMBER),
	LIST(report_node, messages, report_message_shape),
	LIST(report_node, bindings, report_binding_shape),
	LIST(report_node, traffic, report_traffic_shape),
	END_OF_SHAPE,
};
SHAPE(report_node);

static const struct shape_member report_members[] = {
	MEMBER(report, kind, SHAPE_TEXT),
	MEMBER(report, version, SHAPE_NUMBER),
	MEMBER(report, generator, SHAPE_TEXT),
	OBJECT(report, capture, report_capture_shape),
	OBJECT(report, settings, report_settings_shape),
	OBJECT(report, judged, report_judged_shape),
	LIST(report, rules, report_rule_shape),
	LIST(report, findings, report_finding_shape),
	LIST(report, nodes, report_node_shape),
	END_OF_SHAPE,
};
// clang-format on

const struct shape report_shape = {sizeof(struct report), report_members};

// What a shape cannot say: a finding is of a rule that is there, and somewhere.
static bool check_findings(const struct report *report, GError **error)
{
	for (guint i = 0; i < report->findings->len; i++) {
		const struct report_finding *finding = &g_array_index(report->findings, struct report_finding, i);

		if (report_find_rule(report, finding->rule) == NULL)
			return report_not_judged(error, "findings[%u].rule: no such rule: %s", i, finding->rule);
		if (finding->places->len == 0 || finding->frames < finding->places->len)
			return report_not_judged(error, "findings[%u]: %u places in %" G_GINT64_FORMAT " frames", i,
						 finding->places->len, finding->frames);
	}
	return true;
}

static bool check(const struct report *report, GError **error)
{
	if (strcmp(report->kind, REPORT_KIND) != 0)
		return report_not_judged(error, "kind is \"%s\", should be \"" REPORT_KIND "\"", report->kind);
	if (report->version != REPORT_VERSION)
		return report_not_judged(error, "report version %" G_GINT64_FORMAT "; this program reads version %d",
					 report->version, REPORT_VERSION);
	if (report->rules->len == 0)
		return report_not_judged(error, "no rules");
	return check_findings(report, error);
}

static gint compare_actors(gconstpointer a, gconstpointer b)
{
	const struct report_actor *x = a, *y = b;
	int by_agent = g_strcmp0(x->home_agent, y->home_agent);

	return by_agent != 0 ? by_agent : x->actor - y->actor;
}

// By the first frame, then in the order of the catalogue.
static gint compare_findings(gconstpointer a, gconstpointer b, gpointer user)
{
	const struct report_finding *x = a, *y = b;
	gint64 first = g_array_index(x->places, struct report_place, 0).frame;
	gint64 other = g_array_index(y->places, struct report_place, 0).frame;
	const struct report_rule *rule = report_find_rule(user, x->rule), *other_rule = report_find_rule(user, y->rule);

	if (first != other)
		return first < other ? -1 : 1;
	if (rule != other_rule)
		return rule < other_rule ? -1 : 1;
	return x->severity != y->severity ? x->severity - y->severity : x->actor - y->actor;
}

void report_sort(struct report *report)
{
	for (guint i = 0; i < report->rules->len; i++)
		g_array_sort(g_array_index(report->rules, struct report_rule, i).actors, compare_actors);
	g_array_sort_with_data(report->findings, compare_findings, report);
}

struct report *report_parse(const char *text, gsize length, GStringChunk *strings, GError **error)
{
	struct report *report = g_new0(struct report, 1);

	if (shape_parse(&report_shape, text, length, report, strings, error) && check(report, error)) {
		report_sort(report);
		return report;
	}
	report_free(report);
	return NULL;
}

void report_free(struct report *report)
{
	if (report == NULL)
		return;
	shape_clear(&report_shape, report);
	g_free(report);
}

gint64 report_rule_held(const struct report_rule *rule)
{
	gint64 held = 0;

	for (guint i = 0; i < list_length(rule->actors); i++)
		held += g_array_index(rule->actors, struct report_actor, i).held;
	return held;
}

gint64 report_rule_broken(const struct report_rule *rule)
{
	gint64 broken = 0;

	for (guint i = 0; i < list_length(rule->actors); i++)
		broken += g_array_index(rule->actors, struct report_actor, i).broken;
	return broken;
}

const struct report_rule *report_find_rule(const struct report *report, const char *id)
{
	for (guint i = 0; i < list_length(report->rules); i++) {
		const struct report_rule *rule = &g_array_index(report->rules, struct report_rule, i);

		if (strcmp(rule->id, id) == 0)
			return rule;
	}
	return NULL;
}

bool report_node_lacks_service(const struct report_node *node)
{
	switch (node->service.outcome) {
	case OUTCOME_REFUSED:
	case OUTCOME_UNSUPPORTED:
	case OUTCOME_DENIED:
	case OUTCOME_UNANSWERED:
		return node->service.asked;
	default:
		return false;
	}
}

bool report_is_denial(const struct report_message *message)
{
	return message->type == MESSAGE_REPLY && message->code >= 64; // RFC 5944 3.4
}

const char *actor_title(int actor)
{
	static const char *const titles[] = {"mobile node", "foreign agent", "home agent", "unknown sender"};

	return titles[actor];
}
