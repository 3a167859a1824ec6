// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,srt[,FILTER], and Service Response Time in Wireshark's menu: how long registrations take.
#include "taps/srt.h"

#include <epan/packet.h>
#include <epan/srt_table.h>

#include "core/state/copies.h"
#include "core/wire/text.h"
#include "dissect/tapped.h"
#include "taps/report/service.h"

enum {
	BY_AGENT,
	BY_CODE,
	RETRANSMITTED,
	TABLE_COUNT,
};

#define CODES 256

static void init_tables(struct register_srt *srt, GArray *tables)
{
	(void)srt;
	init_srt_table("DSMIPv4 registrations by home agent", "Home agent", tables, 0, "Home agent", NULL, NULL);
	srt_stat_table *by_code = init_srt_table("DSMIPv4 registrations by reply code", "Reply code", tables, CODES,
						 "Reply code", "mip.code", NULL);
	for (unsigned code = 0; code < CODES; code++) {
		char *text = dsmipv4_code_text((uint8_t)code);
		init_srt_table_row(by_code, (int)code, text);
		g_free(text);
	}
	init_srt_table("DSMIPv4 retransmitted requests, since the transmission before", "Retransmissions", tables, 0,
		       "Home agent", NULL, NULL);
}

// The row of this name; there are few.
static int row_of(srt_stat_table *table, const char *name)
{
	for (int i = 0; i < table->num_procs; i++) {
		if (strcmp(table->procedures[i].procedure, name) == 0)
			return i;
	}
	int row = table->num_procs;
	init_srt_table_row(table, row, name);
	return row;
}

// "198.51.100.1"; where the node's foreign agent answers, "198.51.100.1 through 203.0.113.9".
static const char *agent_text(wmem_allocator_t *pool, const dsmipv4_event_t *request)
{
	const char *ha = dsmipv4_ipv4_text(pool, request->ha);
	if (request->leg != DSMIPV4_LEG_MN_FA)
		return ha;
	return wmem_strdup_printf(pool, "%s through %s", ha, dsmipv4_ipv4_text(pool, request->dst));
}

static void count(GArray *tables, unsigned index, int row, const dsmipv4_event_t *since, packet_info *pinfo)
{
	nstime_t time = {.secs = (time_t)(since->time / DSMIPV4_SECOND), .nsecs = (int)(since->time % DSMIPV4_SECOND)};
	add_srt_table_data(g_array_index(tables, srt_stat_table *, index), row, &time, pinfo);
}

static void count_by_agent(GArray *tables, unsigned index, const dsmipv4_event_t *request, const dsmipv4_event_t *since,
			   packet_info *pinfo)
{
	srt_stat_table *table = g_array_index(tables, srt_stat_table *, index);
	count(tables, index, row_of(table, agent_text(pinfo->pool, request)), since, pinfo);
}

static tap_packet_status take_packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *packet,
				     tap_flags_t flags)
{
	(void)edt, (void)flags;
	GArray *tables = ((srt_data_t *)data)->srt_array;
	const dsmipv4_tapped_t *tapped = packet;
	const dsmipv4_event_t *e = tapped->control ? tapped->control->event : NULL;
	if (!e || !(pinfo->presence_flags & PINFO_HAS_TS))
		return TAP_PACKET_DONT_REDRAW;
	const dsmipv4_event_t *repeated = e->type == DSMIPV4_REGISTRATION_REQUEST ? dsmipv4_retransmission_of(e) : NULL;
	if (repeated) {
		count_by_agent(tables, RETRANSMITTED, e, repeated, pinfo);
		return TAP_PACKET_REDRAW;
	}
	bool answer = e->type == DSMIPV4_REGISTRATION_REPLY && e->certain_pair && !e->first;
	if (!answer)
		return TAP_PACKET_DONT_REDRAW;
	count_by_agent(tables, BY_AGENT, e->pair, e->pair, pinfo);
	if (!e->relay_of) // an exchange counts once
		count(tables, BY_CODE, e->code, e->pair, pinfo);
	return TAP_PACKET_REDRAW;
}

void dsmipv4_register_srt(void)
{
	register_srt_table(proto_dsmipv4, DSMIPV4_FILTER_NAME, TABLE_COUNT, take_packet, init_tables, NULL);
}
