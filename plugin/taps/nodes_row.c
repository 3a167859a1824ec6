// SPDX-License-Identifier: GPL-2.0-or-later
// What is known of a mobile node at a moment, in a line.
#include "taps/nodes_row.h"

#include <inttypes.h>

#include "core/wire/text.h"
#include "taps/moment.h"
#include "taps/report/lives.h"
#include "taps/report/service.h"
#include "taps/report/traffic.h"

static char *address_text(uint32_t address)
{
	return g_strdup_printf("%u.%u.%u.%u", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);
}

// The bindings as of now: those that are live or, if none is, the one that ended last.
typedef struct {
	GArray *lives;
	const dsmipv4_binding_life_t *last; // live if any is, NULL: there never was one
	unsigned n_live;
} standing_t;

static standing_t standing_of(const dsmipv4_node_t *node, uint32_t frame, int64_t time)
{
	standing_t s = {.lives = dsmipv4_binding_lives(node, frame, time)};
	for (unsigned i = 0; i < s.lives->len; i++) {
		const dsmipv4_binding_life_t *life = &g_array_index(s.lives, dsmipv4_binding_life_t, i);
		bool live = life->end == DSMIPV4_END_LIVE;
		if (live || s.n_live == 0)
			s.last = life;
		s.n_live += live;
	}
	return s;
}

static void fill_binding(dsmipv4_nodes_row_t *row, const standing_t *s, bool ipv6)
{
	const dsmipv4_binding_life_t *life = s->last;
	const dsmipv4_binding_t *latest = dsmipv4_life_latest(life);
	bool live = life->end == DSMIPV4_END_LIVE;
	int64_t expiry = dsmipv4_reply_expiry(latest->reply);
	GString *care_of = g_string_new(NULL);
	for (unsigned i = 0; i < s->lives->len; i++) {
		const dsmipv4_binding_life_t *l = &g_array_index(s->lives, dsmipv4_binding_life_t, i);
		uint32_t coa = dsmipv4_binding_coa(dsmipv4_life_latest(l));
		if (l != life && l->end != DSMIPV4_END_LIVE)
			continue;
		char *text = coa ? address_text(coa) : g_strdup("?");
		g_string_append_printf(care_of, "%s%s", care_of->len > 0 ? ", " : "", text);
		g_free(text);
	}
	row->state = g_strdup(live ? "registered" : dsmipv4_life_end_word(life->end));
	row->care_of = g_string_free(care_of, FALSE);
	row->prefixes = dsmipv4_prefixes_text(latest->reply);
	row->mode = g_strdup(dsmipv4_binding_mode(latest, ipv6));
	row->since = dsmipv4_time_text(live ? dsmipv4_life_began(life)->time : life->until);
	row->expires = dsmipv4_time_text(expiry);
	if (live && expiry != INT64_MAX)
		row->deadline = expiry + 1;
}

static void fill_without_binding(dsmipv4_nodes_row_t *row, const dsmipv4_event_t *latest, const char *state)
{
	row->state = g_strdup(state);
	row->care_of = g_strdup("-");
	row->prefixes = g_strdup("");
	row->mode = g_strdup("-");
	row->since = latest ? dsmipv4_time_text(latest->time) : g_strdup("-");
	row->expires = g_strdup("-");
}

// What the node's messages came to.
typedef struct {
	unsigned denied, codes[256];
	const dsmipv4_event_t *request, *denial; // the latest
} tally_t;

static void count_messages(dsmipv4_nodes_row_t *row, tally_t *tally, const dsmipv4_report_node_t *node, uint32_t frame)
{
	for (unsigned i = 0; i < node->events->len; i++) {
		const dsmipv4_event_t *e = node->events->pdata[i];
		if (dsmipv4_is_new_request(e)) {
			tally->request = e;
			row->requests++;
			row->no_reply += !dsmipv4_reply_until(e, frame);
		} else if (e->type == DSMIPV4_REGISTRATION_REPLY && !e->relay_of && !e->first) {
			bool denial = e->code >= DSMIPV4_REPLY_FIRST_DENIAL;
			row->accepted += !denial;
			tally->denied += denial;
			tally->codes[e->code] += denial;
			if (denial)
				tally->denial = e;
		}
	}
}

// "3: mobile node failed authentication (131) 2, insufficient resources (130)"
static char *denials_text(const tally_t *tally)
{
	GString *text = g_string_new(NULL);
	g_string_append_printf(text, "%u", tally->denied);
	const char *separator = ": ";
	for (unsigned code = 0; code < G_N_ELEMENTS(tally->codes); code++) {
		if (tally->codes[code] == 0)
			continue;
		char *words = dsmipv4_code_text((uint8_t)code);
		g_string_append_printf(text, "%s%s", separator, words);
		if (tally->codes[code] > 1)
			g_string_append_printf(text, " %u times", tally->codes[code]);
		separator = ", ";
		g_free(words);
	}
	return g_string_free(text, FALSE);
}

// "3 packets, 270 bytes: care-of address 2, home address 1"
static char *traffic_text(const dsmipv4_report_node_t *node, dsmipv4_direction_t direction)
{
	static const char *const forms[] = {"form unknown", "home address", "care-of address",
					    "foreign agent directly"};
	GString *by_form = g_string_new(NULL);
	uint64_t packets = 0, bytes = 0;
	for (unsigned i = 0; i < node->traffic->len; i++) {
		const dsmipv4_traffic_t *t = &g_array_index(node->traffic, dsmipv4_traffic_t, i);
		if (t->direction != direction)
			continue;
		packets += t->packets;
		bytes += t->bytes;
		g_string_append_printf(by_form, "%s%s %" PRIu64, by_form->len > 0 ? ", " : ": ", forms[t->mode],
				       t->packets);
	}
	char *text = packets > 0 ? g_strdup_printf("%" PRIu64 " packet%s, %" PRIu64 " bytes%s", packets,
						   packets == 1 ? "" : "s", bytes, by_form->str)
				 : g_strdup("0");
	g_string_free(by_form, TRUE);
	return text;
}

static char *ipv6_text(const dsmipv4_service_t *service)
{
	const char *why =
		service->outcome == DSMIPV4_OUTCOME_UNSUPPORTED ? "home agent does not support it" : service->text;
	switch (service->outcome) {
	case DSMIPV4_OUTCOME_NOT_ASKED:
		return g_strdup("not requested");
	case DSMIPV4_OUTCOME_GRANTED:
		return g_strdup_printf("yes, frame %u", service->frame);
	case DSMIPV4_OUTCOME_PARTIAL:
		return g_strdup_printf("in part, frame %u", service->frame);
	case DSMIPV4_OUTCOME_UNKNOWN:
		return g_strdup_printf("unknown: %s, frame %u", why, service->frame);
	default:
		return g_strdup_printf("no IPv6: %s, frame %u", why, service->frame);
	}
}

static void fill_ipv6(dsmipv4_nodes_row_t *row, const dsmipv4_report_node_t *node, const tally_t *tally, uint32_t frame,
		      int64_t time)
{
	dsmipv4_service_t service = dsmipv4_service_of(node, NULL, frame, time);
	row->ipv6 = ipv6_text(&service);
	g_free(service.text);
	const dsmipv4_event_t *last = tally->request;
	if (last && !dsmipv4_reply_until(last, frame) && last->time + DSMIPV4_REPLY_DUE > time)
		row->deadline = MIN(row->deadline, last->time + DSMIPV4_REPLY_DUE);
}

void dsmipv4_nodes_row_fill(dsmipv4_nodes_row_t *row, const dsmipv4_report_node_t *node, uint32_t frame, int64_t time)
{
	tally_t tally = {0};
	standing_t standing = standing_of(node->node, frame, time);
	*row = (dsmipv4_nodes_row_t){.deadline = INT64_MAX};
	count_messages(row, &tally, node, frame);
	row->home_address = node->node->hoa || !node->nai ? address_text(node->node->hoa) : g_strdup(node->nai);
	row->home_agent = address_text(node->node->ha);
	if (standing.last)
		fill_binding(row, &standing, node->ipv6);
	else if (tally.denial)
		fill_without_binding(row, tally.denial, "denied");
	else
		fill_without_binding(row, tally.request, tally.request ? "no reply" : "unknown");
	row->denied = denials_text(&tally);
	row->to_node = traffic_text(node, DSMIPV4_TO_MN);
	row->from_node = traffic_text(node, DSMIPV4_FROM_MN);
	fill_ipv6(row, node, &tally, frame, time);
	dsmipv4_binding_lives_free(standing.lives);
}
