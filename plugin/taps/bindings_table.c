// SPDX-License-Identifier: GPL-2.0-or-later
// Statistics > DSMIPv4 Bindings, in Wireshark's menu: a row for each binding, those that have ended, too.
//
// Nobody tells the table when the capture ends. So the rows of a node are filled anew with each of its messages, and
// when one of its bindings expires: they show the state at the last packet that the tap got.
#include "taps/bindings_table.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <inttypes.h>

#include "capture.h"
#include "compat.h"
#include "core/state/node_index.h"
#include "core/wire/text.h"
#include "taps/bindings_text.h"
#include "taps/bindings_view.h"
#include "taps/deadlines.h"
#include "taps/report/service.h"
#include "taps/table.h"

#define TITLE "DSMIPv4 Bindings"

static stat_tap_table_item columns[] = {
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Home address", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Home agent", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Care-of address", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "State", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Since", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Expires or ended", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Encapsulation", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "NAT", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Mode", "%s"},
	{TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Refreshes", "%u"},
	{TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Frame", "%s"},
	{TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Packets to node", "%u"},
	{TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Packets from node", "%u"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Prefixes", "%s"},
};

enum {
	COLUMN_TO_NODE = 11,
	COLUMN_FROM_NODE,
};

typedef struct {
	dsmipv4_deadline_t deadline;
	const dsmipv4_node_t *node;
} line_t; // of a node

// Of the one table that is open.
static struct {
	dsmipv4_bindings_view_t view;
	GHashTable *rows;  // the reply that began a binding -> number of its row + 1
	GHashTable *lines; // const dsmipv4_node_t * -> line_t
	dsmipv4_deadlines_t *deadlines;
} open_table = {.view.all = true};

static void forget(void)
{
	dsmipv4_bindings_view_clear(&open_table.view);
	if (open_table.rows) {
		g_tree_destroy(open_table.deadlines);
		g_hash_table_unref(open_table.rows);
		g_hash_table_unref(open_table.lines);
	}
	open_table.rows = g_hash_table_new(NULL, NULL);
	open_table.lines = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	open_table.deadlines = dsmipv4_deadlines_new();
}

static void reset_table(stat_tap_table *table)
{
	dsmipv4_table_clear(table);
	forget();
}

static void init_table(stat_tap_table_ui *ui)
{
	dsmipv4_table_open(ui, TITLE);
	forget();
}

static char *frame_text(uint32_t frame)
{
	return frame ? g_strdup_printf("%u", frame) : g_strdup("earlier");
}

static unsigned row_of(const dsmipv4_event_t *began)
{
	unsigned row = GPOINTER_TO_UINT(g_hash_table_lookup(open_table.rows, began));
	if (row == 0) {
		row = g_hash_table_size(open_table.rows) + 1;
		g_hash_table_insert(open_table.rows, (void *)began, GUINT_TO_POINTER(row));
	}
	return row - 1;
}

static void show(stat_tap_table *table, const dsmipv4_bindings_row_t *row)
{
	const dsmipv4_binding_t *latest = dsmipv4_life_latest(row->life);
	const dsmipv4_event_t *began = dsmipv4_life_began(row->life);
	bool live = row->life->end == DSMIPV4_END_LIVE;
	uint32_t coa = dsmipv4_binding_coa(latest), hoa = row->node->hoa;
	const stat_tap_table_item_type items[] = {
		DSMIPV4_TABLE_TEXT(hoa || !row->nai ? dsmipv4_ipv4_text(NULL, hoa) : g_strdup(row->nai)),
		DSMIPV4_TABLE_TEXT(dsmipv4_ipv4_text(NULL, row->node->ha)),
		DSMIPV4_TABLE_TEXT(coa ? dsmipv4_ipv4_text(NULL, coa) : g_strdup("?")),
		DSMIPV4_TABLE_TEXT(g_strdup(dsmipv4_life_end_word(row->life->end))),
		DSMIPV4_TABLE_TEXT(dsmipv4_time_text(began->time)),
		DSMIPV4_TABLE_TEXT(dsmipv4_time_text(live ? dsmipv4_reply_expiry(latest->reply) : row->life->until)),
		DSMIPV4_TABLE_TEXT(g_strdup(dsmipv4_binding_encapsulation(latest))),
		DSMIPV4_TABLE_TEXT(dsmipv4_nat_text(NULL, latest)),
		DSMIPV4_TABLE_TEXT(g_strdup(dsmipv4_binding_mode(latest, row->ipv6))),
		DSMIPV4_TABLE_NUMBER(row->life->registrations->len - 1),
		DSMIPV4_TABLE_TEXT(frame_text(latest->reply->frame)),
		DSMIPV4_TABLE_NUMBER(row->carried->packets[DSMIPV4_TO_MN]),
		DSMIPV4_TABLE_NUMBER(row->carried->packets[DSMIPV4_FROM_MN]),
		DSMIPV4_TABLE_TEXT(dsmipv4_prefixes_text(latest->reply)),
	};
	G_STATIC_ASSERT(array_length(items) == array_length(columns));
	dsmipv4_table_show(table, row_of(began), items);
}

typedef struct {
	stat_tap_table *table;
	int64_t deadline; // when the first of the node's bindings expires
} refresh_t;

static void show_row(const dsmipv4_bindings_row_t *row, void *user)
{
	refresh_t *refresh = user;
	int64_t expiry = dsmipv4_reply_expiry(dsmipv4_life_latest(row->life)->reply);
	if (row->life->end == DSMIPV4_END_LIVE && expiry != INT64_MAX)
		refresh->deadline = MIN(refresh->deadline, expiry + 1);
	show(refresh->table, row);
}

static void refresh(stat_tap_table *table, const dsmipv4_node_t *node)
{
	line_t *line = g_hash_table_lookup(open_table.lines, node);
	refresh_t rows = {table, INT64_MAX};
	if (!line) {
		line = g_new(line_t, 1);
		*line = (line_t){{INT64_MAX, g_hash_table_size(open_table.lines)}, node};
		g_hash_table_insert(open_table.lines, (void *)node, line);
	}
	dsmipv4_bindings_view_node(&open_table.view, node, show_row, &rows);
	dsmipv4_deadline_set(open_table.deadlines, &line->deadline, rows.deadline);
}

static void refresh_overdue(stat_tap_table *table)
{
	dsmipv4_deadline_t *passed;
	while ((passed = dsmipv4_deadline_passed(open_table.deadlines, open_table.view.last_time)) != NULL)
		refresh(table, ((line_t *)passed)->node);
}

static bool refresh_known(const dsmipv4_node_t *node, void *table)
{
	refresh(table, node);
	return true;
}

static bool has_ipv6(const dsmipv4_node_t *node)
{
	const dsmipv4_report_node_t *seen = g_hash_table_lookup(open_table.view.nodes->by_node, node);
	return seen && seen->ipv6;
}

// A tunneled packet changes nothing but what its binding carried. False: there is no such row.
static bool count_packet(stat_tap_table *table, const dsmipv4_match_t *match)
{
	if (!match || !match->chosen || !match->chosen->binding)
		return false;
	const dsmipv4_event_t *began = dsmipv4_binding_began(match->chosen->binding);
	const dsmipv4_carried_t *carried = dsmipv4_bindings_view_carried(&open_table.view, began);
	if (!g_hash_table_contains(open_table.rows, began))
		return false;
	const stat_tap_table_item_type items[] = {DSMIPV4_TABLE_NUMBER(carried->packets[DSMIPV4_TO_MN]),
						  DSMIPV4_TABLE_NUMBER(carried->packets[DSMIPV4_FROM_MN])};
	dsmipv4_table_change(table, row_of(began), COLUMN_TO_NODE, items[0]);
	dsmipv4_table_change(table, row_of(began), COLUMN_FROM_NODE, items[1]);
	return true;
}

static tap_packet_status take_packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *packet,
				     tap_flags_t flags)
{
	(void)edt, (void)flags;
	stat_tap_table *table = dsmipv4_table_of(data, 0);
	const dsmipv4_tapped_t *tapped = packet;
	dsmipv4_subject_t subject = dsmipv4_subject_of(tapped);
	bool first = open_table.view.frames == 0, had_ipv6 = has_ipv6(subject.node);
	dsmipv4_bindings_view_frame(&open_table.view, pinfo);
	dsmipv4_bindings_view_add(&open_table.view, tapped, pinfo);
	if (first && dsmipv4_bindings()) // bindings that were known before
		dsmipv4_bindings_each_node(dsmipv4_bindings(), refresh_known, table);
	// with the first IPv6 packet the mode is another
	if (subject.node && (had_ipv6 != has_ipv6(subject.node) || !count_packet(table, tapped->match)))
		refresh(table, subject.node);
	refresh_overdue(table);
	return TAP_PACKET_REDRAW;
}

void dsmipv4_register_bindings_table(const char *cli)
{
	static stat_tap_table_ui ui = {
		.title = TITLE,
		.stat_tap_init_cb = init_table,
		.packet_func = take_packet,
		.stat_tap_reset_table_cb = reset_table,
		.nfields = array_length(columns),
		.fields = columns,
	};
	ui.cli_string = cli;
	dsmipv4_table_register(&ui);
}
