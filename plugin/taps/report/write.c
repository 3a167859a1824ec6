// SPDX-License-Identifier: GPL-2.0-or-later
// The report as JSON: doc/report.schema.json.
#include "taps/report/write.h"

#include <epan/proto.h>

#include "capture.h"
#include "core/rules/dispatch.h"
#include "dissect/hooks.h"
#include "settings/keys.h"
#include "settings/preferences.h"
#include "taps/report/lives.h"
#include "taps/report/json.h"
#include "taps/report/service.h"
#include "taps/report/traffic.h"

#define REPORT_VERSION 1

static const char *const leg_words[] = {"unknown", "mn-fa", "fa-ha", "mn-ha"};
static const char *const mode_words[] = {"unknown", "hoa", "coa", "fa-coa-direct"};

static void write_bypassed(json_dumper *out)
{
	const char *table;
	uint32_t value;
	dsmipv4_json_array(out, "bypassed");
	for (unsigned i = 0; i < DSMIPV4_HOOKS; i++) {
		if (!dsmipv4_hook_is_bypassed(i, &table, &value))
			continue;
		char *text = g_strdup_printf("%s %u", table, value);
		json_dumper_value_string(out, text);
		g_free(text);
	}
	json_dumper_end_array(out);
}

static void write_settings(json_dumper *out, const dsmipv4_report_t *report)
{
	bool enabled = proto_is_protocol_enabled(find_protocol_by_id(proto_dsmipv4));
	dsmipv4_json_object(out, "settings");
	dsmipv4_json_flag(out, "enabled", enabled);
	dsmipv4_json_flag(out, "takeover", !enabled || dsmipv4_is_wanted());
	write_bypassed(out);
	dsmipv4_json_number(out, "keys", (int64_t)dsmipv4_keys()->n_keys);
	dsmipv4_json_text(out, "filter", report->filter);
	json_dumper_end_object(out);
}

static void write_judged(json_dumper *out, const dsmipv4_report_t *report)
{
	dsmipv4_json_object(out, "judged");
	dsmipv4_json_number(out, "registrations", (int64_t)report->registrations);
	dsmipv4_json_number(out, "tunneled", (int64_t)report->tunneled);
	dsmipv4_json_number(out, "advertisements", (int64_t)report->advertisements);
	json_dumper_end_object(out);
}

static void write_actor(json_dumper *out, const dsmipv4_tally_counts_t *counts, unsigned rule)
{
	if (counts->held[rule] == 0 && counts->broken[rule] == 0)
		return;
	const GArray *frames = counts->first_frames[rule];
	json_dumper_begin_object(out);
	dsmipv4_json_text(out, "actor", dsmipv4_actor_name(counts->actor));
	dsmipv4_json_address(out, "home_agent", counts->ha);
	dsmipv4_json_number(out, "held", (int64_t)counts->held[rule]);
	dsmipv4_json_number(out, "broken", (int64_t)counts->broken[rule]);
	dsmipv4_json_array(out, "first_frames");
	for (unsigned i = 0; frames && i < frames->len; i++)
		json_dumper_value_anyf(out, "%u", g_array_index(frames, uint32_t, i));
	json_dumper_end_array(out);
	json_dumper_end_object(out);
}

static const char *strength_word(dsmipv4_strength_t strength)
{
	static const char *const words[] = {
		[DSMIPV4_STRENGTH_MUST] = "MUST",
		[DSMIPV4_STRENGTH_SHOULD] = "SHOULD",
		[DSMIPV4_STRENGTH_RECOMMENDED] = "RECOMMENDED",
		[DSMIPV4_STRENGTH_MAY] = "MAY",
		[DSMIPV4_STRENGTH_FORMAT] = "FORMAT",
		[DSMIPV4_STRENGTH_RESERVED] = "RESERVED",
		[DSMIPV4_STRENGTH_ADVICE] = "ADVICE",
		[DSMIPV4_STRENGTH_INFO] = "INFO",
		[DSMIPV4_STRENGTH_ITEM] = "INFO",
	};
	return words[strength];
}

static dsmipv4_severity_t severity_of(unsigned id)
{
	int chosen = dsmipv4_options()->severity[id];
	return chosen == DSMIPV4_SEVERITY_OF_ROW ? dsmipv4_rule((dsmipv4_rule_id_t)id)->severity
						 : (dsmipv4_severity_t)chosen;
}

static void write_rule(json_dumper *out, const dsmipv4_report_t *report, unsigned id)
{
	const dsmipv4_rule_t *rule = dsmipv4_rule((dsmipv4_rule_id_t)id);
	const GPtrArray *counts = dsmipv4_tally_counts(report->tally);
	bool item = dsmipv4_rule_is_item((dsmipv4_rule_id_t)id);
	json_dumper_begin_object(out);
	dsmipv4_json_text(out, "id", rule->id);
	dsmipv4_json_text(out, "kind", item ? "info" : "rule");
	dsmipv4_json_text(out, "asked_of", dsmipv4_rule_is_of_packets((dsmipv4_rule_id_t)id) ? "packets" : "messages");
	dsmipv4_json_flag(out, "once", dsmipv4_rule_is_once((dsmipv4_rule_id_t)id));
	dsmipv4_json_text(out, "source", item ? NULL : rule->source);
	dsmipv4_json_text(out, "strength", strength_word(rule->strength));
	dsmipv4_json_text(out, "severity", dsmipv4_severity_name(severity_of(id)));
	dsmipv4_json_flag(out, "enabled", dsmipv4_options()->enabled[id]);
	dsmipv4_json_text(out, "text", rule->text);
	dsmipv4_json_array(out, "actors");
	for (unsigned i = 0; i < counts->len; i++)
		write_actor(out, counts->pdata[i], id);
	json_dumper_end_array(out);
	json_dumper_end_object(out);
}

static void write_rules(json_dumper *out, const dsmipv4_report_t *report)
{
	dsmipv4_json_array(out, "rules");
	for (unsigned id = 0; id < DSMIPV4_RULE_COUNT; id++)
		write_rule(out, report, id);
	json_dumper_end_array(out);
}

static void write_place(json_dumper *out, const dsmipv4_tally_place_t *place)
{
	json_dumper_begin_object(out);
	dsmipv4_json_number(out, "frame", place->frame);
	dsmipv4_json_time(out, "time", place->time);
	dsmipv4_json_text(out, "text", place->words);
	dsmipv4_json_number(out, "offset", place->offset);
	dsmipv4_json_number(out, "length", place->length);
	dsmipv4_json_text(out, "bytes", place->bytes);
	json_dumper_end_object(out);
}

static void write_finding(json_dumper *out, const dsmipv4_tally_finding_t *finding)
{
	json_dumper_begin_object(out);
	dsmipv4_json_text(out, "rule", dsmipv4_rule(finding->rule)->id);
	dsmipv4_json_text(out, "severity", dsmipv4_severity_name(finding->severity));
	dsmipv4_json_text(out, "actor", dsmipv4_actor_name(finding->actor));
	dsmipv4_json_address(out, "node", finding->hoa);
	dsmipv4_json_address(out, "home_agent", finding->ha);
	dsmipv4_json_number(out, "frames", finding->frames);
	dsmipv4_json_array(out, "places");
	for (unsigned i = 0; i < finding->places->len; i++)
		write_place(out, &g_array_index(finding->places, dsmipv4_tally_place_t, i));
	json_dumper_end_array(out);
	json_dumper_end_object(out);
}

static void write_findings(json_dumper *out, const dsmipv4_report_t *report)
{
	const GPtrArray *findings = dsmipv4_tally_findings(report->tally);
	dsmipv4_json_array(out, "findings");
	for (unsigned i = 0; i < findings->len; i++) {
		const dsmipv4_tally_finding_t *finding = findings->pdata[i];
		if (!report->packets || dsmipv4_rule_is_of_packets(finding->rule))
			write_finding(out, finding);
	}
	json_dumper_end_array(out);
}

// Events keep times even where a capture has none: 0.
static int64_t event_time(const dsmipv4_report_t *report, int64_t time)
{
	return report->first_time == DSMIPV4_NO_TIME ? DSMIPV4_NO_TIME : time;
}

static void write_end(json_dumper *out, const char *name, uint32_t address, uint16_t port)
{
	char *text = g_strdup_printf("%u.%u.%u.%u:%u", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff,
				     address & 0xff, port);
	dsmipv4_json_text(out, name, text);
	g_free(text);
}

static const char *type_word(const dsmipv4_event_t *e)
{
	switch (e->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return "request";
	case DSMIPV4_REGISTRATION_REPLY:
		return "reply";
	case DSMIPV4_REVOCATION:
		return "revocation";
	default:
		return "revocation-ack";
	}
}

// The message that this one repeats or relays.
static const dsmipv4_event_t *original_of(const dsmipv4_event_t *e)
{
	if (e->relay_of)
		return e->relay_of;
	return e->first && e->first->digest == e->digest ? e->first : NULL;
}

static void write_code(json_dumper *out, const dsmipv4_event_t *e)
{
	bool reply = e->type == DSMIPV4_REGISTRATION_REPLY;
	char *text = reply ? dsmipv4_code_text(e->code) : NULL;
	dsmipv4_json_number(out, "code", reply ? e->code : -1);
	dsmipv4_json_text(out, "code_text", text);
	g_free(text);
}

static void write_message(json_dumper *out, const dsmipv4_report_t *report, const dsmipv4_event_t *e)
{
	bool request = e->type == DSMIPV4_REGISTRATION_REQUEST, reply = e->type == DSMIPV4_REGISTRATION_REPLY;
	const dsmipv4_event_t *original = original_of(e);
	json_dumper_begin_object(out);
	dsmipv4_json_number(out, "frame", e->frame);
	dsmipv4_json_time(out, "time", event_time(report, e->time));
	dsmipv4_json_text(out, "type", type_word(e));
	dsmipv4_json_text(out, "leg", leg_words[reply && e->pair ? e->pair->leg : e->leg]);
	write_end(out, "source", e->src, e->sport);
	write_end(out, "destination", e->dst, e->dport);
	dsmipv4_json_address(out, "care_of", request ? e->coa : 0);
	dsmipv4_json_number(out, "lifetime", request || reply ? e->lifetime : -1);
	write_code(out, e);
	dsmipv4_json_frame(out, "answers", !dsmipv4_is_to_be_answered(e) && e->pair ? e->pair->frame : 0);
	dsmipv4_json_frame(out, "copy_of", original ? original->frame : 0);
	dsmipv4_json_flag(out, "relayed", e->relay_of != NULL);
	dsmipv4_json_flag(out, "mode_asked", request && e->mode_asked);
	dsmipv4_json_prefixes(out, e);
	json_dumper_end_object(out);
}

static void write_registration(json_dumper *out, const dsmipv4_report_t *report, const dsmipv4_binding_t *b)
{
	int64_t expiry = dsmipv4_reply_expiry(b->reply);
	json_dumper_begin_object(out);
	dsmipv4_json_number(out, "frame", b->reply->frame);
	dsmipv4_json_time(out, "time", event_time(report, b->reply->time));
	dsmipv4_json_time(out, "expires", expiry == INT64_MAX ? DSMIPV4_NO_TIME : event_time(report, expiry));
	json_dumper_end_object(out);
}

static void write_registrations(json_dumper *out, const dsmipv4_report_t *report, const GPtrArray *registrations)
{
	dsmipv4_json_array(out, "refreshes");
	for (unsigned i = 0; i < registrations->len; i++) {
		const dsmipv4_binding_t *b = registrations->pdata[i];
		if (b->reply->frame > 0) // not of an earlier file
			write_registration(out, report, b);
	}
	json_dumper_end_array(out);
}

static void write_life(json_dumper *out, const dsmipv4_report_t *report, const dsmipv4_report_node_t *node,
		       const dsmipv4_binding_life_t *life)
{
	const dsmipv4_event_t *began = dsmipv4_life_began(life);
	const dsmipv4_binding_t *latest = dsmipv4_life_latest(life);
	bool live = life->end == DSMIPV4_END_LIVE;
	json_dumper_begin_object(out);
	dsmipv4_json_address(out, "care_of", dsmipv4_binding_coa(latest));
	dsmipv4_json_address(out, "reached_at", dsmipv4_binding_effective_coa(latest));
	dsmipv4_json_text(out, "mode", dsmipv4_binding_mode(latest, node->ipv6));
	dsmipv4_json_text(out, "encapsulation", dsmipv4_binding_encapsulation(latest));
	dsmipv4_json_frame(out, "from_frame", began->frame);
	dsmipv4_json_time(out, "from_time", event_time(report, began->time));
	dsmipv4_json_frame(out, "until_frame", life->ended_by ? life->ended_by->frame : 0);
	dsmipv4_json_time(out, "until_time", live ? DSMIPV4_NO_TIME : event_time(report, life->until));
	dsmipv4_json_text(out, "end", dsmipv4_life_end_word(life->end));
	write_registrations(out, report, life->registrations);
	dsmipv4_json_prefixes(out, latest->reply);
	json_dumper_end_object(out);
}

static void write_traffic(json_dumper *out, const dsmipv4_traffic_t *t)
{
	json_dumper_begin_object(out);
	dsmipv4_json_text(out, "direction", t->direction == DSMIPV4_TO_MN ? "to-mn" : "from-mn");
	dsmipv4_json_text(out, "form", mode_words[t->mode]);
	dsmipv4_json_number(out, "packets", (int64_t)t->packets);
	dsmipv4_json_number(out, "ipv6", (int64_t)t->ipv6);
	dsmipv4_json_number(out, "bytes", (int64_t)t->bytes);
	dsmipv4_json_number(out, "first_frame", t->first_frame);
	dsmipv4_json_number(out, "last_frame", t->last_frame);
	dsmipv4_json_time(out, "first_time", t->first_time);
	dsmipv4_json_time(out, "last_time", t->last_time);
	dsmipv4_json_number(out, "bin_seconds", t->bin_seconds);
	dsmipv4_json_number(out, "bin_first", t->bin_first);
	dsmipv4_json_array(out, "bins");
	for (unsigned i = 0; i < t->n_bins; i++)
		json_dumper_value_anyf(out, "%" G_GUINT64_FORMAT, (guint64)t->bins[i]);
	json_dumper_end_array(out);
	json_dumper_end_object(out);
}

static void write_service(json_dumper *out, const dsmipv4_service_t *service)
{
	dsmipv4_json_object(out, "service");
	dsmipv4_json_flag(out, "asked", service->outcome != DSMIPV4_OUTCOME_NOT_ASKED);
	dsmipv4_json_text(out, "outcome", dsmipv4_outcome_name(service->outcome));
	dsmipv4_json_frame(out, "frame", service->frame);
	dsmipv4_json_text(out, "text", service->text);
	json_dumper_end_object(out);
	dsmipv4_json_number(out, "requests", service->requests);
	dsmipv4_json_number(out, "denied", service->denied);
	dsmipv4_json_number(out, "unanswered", service->unanswered);
}

static void write_lives(json_dumper *out, const dsmipv4_report_t *report, const dsmipv4_report_node_t *node)
{
	dsmipv4_json_array(out, "bindings");
	if (!report->packets) {
		GArray *lives = dsmipv4_binding_lives(node->node, UINT32_MAX, report->last_time);
		for (unsigned i = 0; i < lives->len; i++)
			write_life(out, report, node, &g_array_index(lives, dsmipv4_binding_life_t, i));
		dsmipv4_binding_lives_free(lives);
	}
	json_dumper_end_array(out);
}

static void write_node(json_dumper *out, const dsmipv4_report_t *report, const dsmipv4_report_node_t *node)
{
	dsmipv4_service_t service = dsmipv4_service_of(node, dsmipv4_bindings(), UINT32_MAX, report->last_time);
	json_dumper_begin_object(out);
	dsmipv4_json_name(out, "home_agent", node->node->ha);
	dsmipv4_json_name(out, "home_address", node->node->hoa);
	dsmipv4_json_text(out, "nai", node->nai);
	write_service(out, &service);
	dsmipv4_json_array(out, "messages");
	for (unsigned i = 0; i < node->events->len && !report->packets; i++)
		write_message(out, report, node->events->pdata[i]);
	json_dumper_end_array(out);
	write_lives(out, report, node);
	dsmipv4_json_array(out, "traffic");
	for (unsigned i = 0; i < node->traffic->len; i++)
		write_traffic(out, &g_array_index(node->traffic, dsmipv4_traffic_t, i));
	json_dumper_end_array(out);
	json_dumper_end_object(out);
	g_free(service.text);
}

static void write_nodes(json_dumper *out, const dsmipv4_report_t *report)
{
	dsmipv4_json_array(out, "nodes");
	for (unsigned i = 0; i < report->nodes->all->len; i++) {
		const dsmipv4_report_node_t *node = report->nodes->all->pdata[i];
		if (!report->packets || node->traffic->len > 0)
			write_node(out, report, node);
	}
	json_dumper_end_array(out);
}

void dsmipv4_report_write_json(const dsmipv4_report_t *report, FILE *file)
{
	json_dumper out = {.output_file = file};
	json_dumper_begin_object(&out);
	dsmipv4_json_text(&out, "kind", "dsmipv4-report");
	dsmipv4_json_number(&out, "version", REPORT_VERSION);
	dsmipv4_json_text(&out, "generator", dsmipv4_json_generator());
	dsmipv4_json_capture(&out, report->frames, report->first_time, report->last_time);
	write_settings(&out, report);
	write_judged(&out, report);
	write_rules(&out, report);
	write_findings(&out, report);
	write_nodes(&out, report);
	json_dumper_end_object(&out);
	json_dumper_finish(&out);
	fputc('\n', file);
}
