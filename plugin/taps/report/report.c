// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,report[,text|json[,packets]][,FILTER]: which rules were exercised, kept and broken, by whom, and what
// became of the mobile nodes.
#include "taps/report/report.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <string.h>

#include "compat.h"
#include "dissect/tapped.h"
#include "taps/arguments.h"
#include "taps/report/table.h"
#include "taps/report/text.h"
#include "taps/report/write.h"

#define REPORT_TAP "dsmipv4,report"

typedef struct {
	dsmipv4_report_t report;
	void (*write)(const dsmipv4_report_t *report, FILE *out);
} tap_t;

static void clear(dsmipv4_report_t *report)
{
	if (report->tally)
		dsmipv4_tally_free(report->tally);
	if (report->nodes)
		dsmipv4_report_nodes_free(report->nodes);
	*report = (dsmipv4_report_t){
		.filter = report->filter,
		.packets = report->packets,
		.first_time = DSMIPV4_NO_TIME,
		.last_time = DSMIPV4_NO_TIME,
		.tally = dsmipv4_tally_new(),
		.nodes = dsmipv4_report_nodes_new(),
	};
}

static void reset(void *data)
{
	clear(&((tap_t *)data)->report);
}

// A frame counts once, however many messages are in it.
static void count(uint64_t *counter, uint32_t *last, uint32_t frame)
{
	*counter += *last != frame;
	*last = frame;
}

static void count_judged(dsmipv4_report_t *report, const dsmipv4_tapped_t *tapped, uint32_t frame)
{
	if (tapped->match)
		count(&report->tunneled, &report->last_tunneled, frame);
	else if (!tapped->control)
		report->advertisements++;
	else if (tapped->control->event || dsmipv4_n_findings(tapped->verdicts) > 0)
		count(&report->registrations, &report->last_registration, frame);
}

static tap_packet_status take_packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *packet,
				     tap_flags_t flags)
{
	(void)flags;
	dsmipv4_report_t *report = &((tap_t *)data)->report;
	const dsmipv4_tapped_t *tapped = packet;
	dsmipv4_subject_t subject = dsmipv4_subject_of(tapped);
	count_judged(report, tapped, pinfo->num);
	dsmipv4_tally_add(report->tally, tapped, &subject, pinfo, edt);
	dsmipv4_report_nodes_add(report->nodes, tapped, &subject, pinfo);
	return TAP_PACKET_REDRAW;
}

// Every frame of the capture, whatever is in it.
static tap_packet_status take_frame(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *frame,
				    tap_flags_t flags)
{
	(void)edt, (void)frame, (void)flags;
	dsmipv4_report_t *report = *(dsmipv4_report_t **)data;
	int64_t time = dsmipv4_frame_time(pinfo);
	report->frames++;
	if (time == DSMIPV4_NO_TIME)
		return TAP_PACKET_DONT_REDRAW;
	report->first_time = report->first_time == DSMIPV4_NO_TIME ? time : MIN(report->first_time, time);
	report->last_time = MAX(report->last_time, time);
	return TAP_PACKET_DONT_REDRAW;
}

static void draw(void *data)
{
	const tap_t *tap = data;
	dsmipv4_tap_needs_state(REPORT_TAP);
	tap->write(&tap->report, stdout);
}

static stat_tap_result_t init_report(const char *option, void *user)
{
	(void)user;
	const char *rest = option + strlen(REPORT_TAP);
	tap_t *tap = g_new0(tap_t, 1);
	dsmipv4_report_t **frames = g_new(dsmipv4_report_t *, 1);
	tap->write = dsmipv4_take_word(&rest, "json") ? dsmipv4_report_write_json : dsmipv4_report_write_text;
	if (tap->write == dsmipv4_report_write_text)
		(void)dsmipv4_take_word(&rest, "text");
	else
		tap->report.packets = dsmipv4_take_word(&rest, "packets");
	tap->report.filter = dsmipv4_take_filter(rest, REPORT_TAP, REPORT_TAP "[,text|json[,packets]][,FILTER]");
	clear(&tap->report);
	*frames = &tap->report;
	dsmipv4_tap_listen(REPORT_TAP, DSMIPV4_FILTER_NAME, tap, tap->report.filter, reset, take_packet, draw);
	dsmipv4_tap_listen(REPORT_TAP, "frame", frames, NULL, NULL, take_frame, NULL);
	STAT_TAP_INIT_DONE;
}

void dsmipv4_register_report_tap(void)
{
	static stat_tap_ui report_ui = {
		REGISTER_STAT_GROUP_GENERIC, "DSMIPv4 report", REPORT_TAP, init_report, 0, NULL,
	};
	register_stat_tap_ui(&report_ui, NULL);
	dsmipv4_register_report_table(REPORT_TAP);
}
