// SPDX-License-Identifier: GPL-2.0-or-later
// Bindings as JSON: doc/bindings.schema.json.
#include "taps/bindings_json.h"

#include "taps/report/json.h"

#define BINDINGS_VERSION 1

static void write_nat(json_dumper *out, const dsmipv4_event_t *nat)
{
	if (!nat) {
		dsmipv4_json_text(out, "nat", NULL);
		return;
	}
	dsmipv4_json_object(out, "nat");
	dsmipv4_json_address(out, "address", nat->src);
	dsmipv4_json_number(out, "port", nat->sport);
	json_dumper_end_object(out);
}

static void write_carried(json_dumper *out, const char *name, const dsmipv4_carried_t *carried,
			  dsmipv4_direction_t direction)
{
	dsmipv4_json_object(out, name);
	dsmipv4_json_number(out, "packets", (int64_t)carried->packets[direction]);
	dsmipv4_json_number(out, "bytes", (int64_t)carried->bytes[direction]);
	json_dumper_end_object(out);
}

static void write_times(json_dumper *out, const dsmipv4_binding_life_t *life)
{
	const dsmipv4_event_t *began = dsmipv4_life_began(life), *latest = dsmipv4_life_latest(life)->reply;
	int64_t expiry = dsmipv4_reply_expiry(latest);
	dsmipv4_json_frame(out, "since_frame", began->frame);
	dsmipv4_json_time(out, "since", began->time);
	dsmipv4_json_number(out, "refreshes", life->registrations->len - 1);
	dsmipv4_json_frame(out, "frame", latest->frame);
	dsmipv4_json_time(out, "time", latest->time);
	dsmipv4_json_number(out, "lifetime", latest->lifetime);
	dsmipv4_json_time(out, "expires", expiry == INT64_MAX ? DSMIPV4_NO_TIME : expiry);
	dsmipv4_json_frame(out, "ended_frame", life->ended_by ? life->ended_by->frame : 0);
	dsmipv4_json_time(out, "ended", life->end == DSMIPV4_END_LIVE ? DSMIPV4_NO_TIME : life->until);
}

static void write_row(const dsmipv4_bindings_row_t *row, void *user)
{
	json_dumper *out = user;
	const dsmipv4_binding_t *latest = dsmipv4_life_latest(row->life);
	json_dumper_begin_object(out);
	dsmipv4_json_name(out, "home_agent", row->node->ha);
	dsmipv4_json_name(out, "home_address", row->node->hoa);
	dsmipv4_json_text(out, "nai", row->nai);
	dsmipv4_json_text(out, "state", dsmipv4_life_end_word(row->life->end));
	dsmipv4_json_address(out, "care_of", dsmipv4_binding_coa(latest));
	dsmipv4_json_address(out, "reached_at", dsmipv4_binding_effective_coa(latest));
	write_nat(out, dsmipv4_binding_nat(latest));
	dsmipv4_json_text(out, "encapsulation", dsmipv4_binding_encapsulation(latest));
	dsmipv4_json_text(out, "mode", dsmipv4_binding_mode(latest, row->ipv6));
	write_times(out, row->life);
	dsmipv4_json_prefixes(out, latest->reply);
	write_carried(out, "to_node", row->carried, DSMIPV4_TO_MN);
	write_carried(out, "from_node", row->carried, DSMIPV4_FROM_MN);
	json_dumper_end_object(out);
}

void dsmipv4_bindings_write_json(const dsmipv4_bindings_view_t *view, FILE *file)
{
	json_dumper out = {.output_file = file};
	json_dumper_begin_object(&out);
	dsmipv4_json_text(&out, "kind", "dsmipv4-bindings");
	dsmipv4_json_number(&out, "version", BINDINGS_VERSION);
	dsmipv4_json_text(&out, "generator", dsmipv4_json_generator());
	dsmipv4_json_capture(&out, view->frames, view->first_time, view->last_time);
	dsmipv4_json_time(&out, "at", dsmipv4_bindings_view_time(view));
	dsmipv4_json_frame(&out, "at_frame", view->frame);
	dsmipv4_json_flag(&out, "all", view->all);
	dsmipv4_json_text(&out, "filter", view->filter);
	dsmipv4_json_array(&out, "bindings");
	dsmipv4_bindings_view_each(view, write_row, &out);
	json_dumper_end_array(&out);
	json_dumper_end_object(&out);
	json_dumper_finish(&out);
	fputc('\n', file);
}
