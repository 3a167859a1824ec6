// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,nodes[,at=TIME][,FILTER], and Statistics in Wireshark's menu: a line for each mobile node.
//
// Nobody tells the table when the capture ends. So a line is filled anew with each packet of its node, and when its
// deadline has passed: it shows the state at the last packet that the tap got, or at the time that was asked for.
#include "taps/nodes.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>

#include "compat.h"
#include "taps/arguments.h"
#include "taps/deadlines.h"
#include "taps/nodes_row.h"
#include "taps/table.h"

#define NODES_TAP "dsmipv4,nodes"
#define TITLE "DSMIPv4 Mobile Nodes"

// Names are as wide as their columns, for tshark prints them as they are.
static stat_tap_table_item columns[] = {
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Mobile node    ", "%-15s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Home agent     ", "%-15s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "State       ", "%-12s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Care-of address", "%-15s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Since               ", "%-20s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Expires             ", "%-20s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Mode     ", "%-9s"},
	{TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Requests", "%8u"},
	{TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Accepted", "%8u"},
	{TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "No reply", "%8u"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Denied", "%-6s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "IPv6 service", "%-12s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Prefixes", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Tunneled to node", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Tunneled from node", "%s"},
};

#define COLUMNS array_length(columns)

typedef struct {
	dsmipv4_deadline_t deadline; // its order is the number of the row
	const dsmipv4_report_node_t *node;
} line_t;

// Of the one table that is open.
static struct {
	dsmipv4_moment_t at;
	int64_t first_time, time;
	uint32_t frame; // the last one
	dsmipv4_report_nodes_t *nodes;
	GHashTable *lines; // const dsmipv4_node_t * -> line_t
	dsmipv4_deadlines_t *deadlines;
} open_table;

static void forget(void)
{
	if (open_table.nodes) {
		dsmipv4_report_nodes_free(open_table.nodes);
		g_tree_destroy(open_table.deadlines);
		g_hash_table_unref(open_table.lines);
	}
	open_table.nodes = dsmipv4_report_nodes_new();
	open_table.lines = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	open_table.deadlines = dsmipv4_deadlines_new();
	open_table.first_time = open_table.time = DSMIPV4_NO_TIME;
	open_table.frame = 0;
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

// The texts go over to the table.
static void show(stat_tap_table *table, unsigned number, const dsmipv4_nodes_row_t *row)
{
	const stat_tap_table_item_type items[] = {
		DSMIPV4_TABLE_TEXT(row->home_address), DSMIPV4_TABLE_TEXT(row->home_agent),
		DSMIPV4_TABLE_TEXT(row->state),        DSMIPV4_TABLE_TEXT(row->care_of),
		DSMIPV4_TABLE_TEXT(row->since),        DSMIPV4_TABLE_TEXT(row->expires),
		DSMIPV4_TABLE_TEXT(row->mode),         DSMIPV4_TABLE_NUMBER(row->requests),
		DSMIPV4_TABLE_NUMBER(row->accepted),   DSMIPV4_TABLE_NUMBER(row->no_reply),
		DSMIPV4_TABLE_TEXT(row->denied),       DSMIPV4_TABLE_TEXT(row->ipv6),
		DSMIPV4_TABLE_TEXT(row->prefixes),     DSMIPV4_TABLE_TEXT(row->to_node),
		DSMIPV4_TABLE_TEXT(row->from_node),
	};
	G_STATIC_ASSERT(array_length(items) == array_length(columns));
	dsmipv4_table_show(table, number, items);
}

static void refresh(stat_tap_table *table, line_t *line)
{
	dsmipv4_nodes_row_t row;
	dsmipv4_nodes_row_fill(&row, line->node, open_table.frame, open_table.time);
	dsmipv4_deadline_set(open_table.deadlines, &line->deadline, row.deadline);
	show(table, line->deadline.order, &row);
}

static void refresh_overdue(stat_tap_table *table)
{
	dsmipv4_deadline_t *passed;
	while ((passed = dsmipv4_deadline_passed(open_table.deadlines, open_table.time)) != NULL)
		refresh(table, (line_t *)passed);
}

static line_t *line_of(const dsmipv4_node_t *node)
{
	line_t *line = g_hash_table_lookup(open_table.lines, node);
	if (!line) {
		line = g_new(line_t, 1);
		line->node = g_hash_table_lookup(open_table.nodes->by_node, node);
		line->deadline = (dsmipv4_deadline_t){INT64_MAX, g_hash_table_size(open_table.lines)};
		g_hash_table_insert(open_table.lines, (void *)node, line);
	}
	return line;
}

// False: the packet came after the time that was asked for.
static bool take_time(const packet_info *pinfo)
{
	int64_t time = dsmipv4_frame_time(pinfo);
	if (open_table.first_time == DSMIPV4_NO_TIME)
		open_table.first_time = time == DSMIPV4_NO_TIME ? time : time - dsmipv4_relative_time(pinfo);
	int64_t at = dsmipv4_moment_time(&open_table.at, open_table.first_time);
	if (time > at)
		return false;
	open_table.frame = MAX(open_table.frame, pinfo->num);
	open_table.time = at == INT64_MAX ? MAX(open_table.time, time) : at;
	return true;
}

static tap_packet_status take_packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *packet,
				     tap_flags_t flags)
{
	(void)edt, (void)flags;
	stat_tap_table *table = dsmipv4_table_of(data, 0);
	dsmipv4_subject_t subject = dsmipv4_subject_of(packet);
	if (!take_time(pinfo))
		return TAP_PACKET_DONT_REDRAW;
	if (subject.node) {
		dsmipv4_report_nodes_add(open_table.nodes, packet, &subject, pinfo);
		refresh(table, line_of(subject.node));
	}
	refresh_overdue(table);
	return TAP_PACKET_REDRAW;
}

static stat_tap_table_ui nodes_ui; // below

// tshark asks this of what follows -z; Wireshark, which has a field for the filter, does not.
static void take_arguments(const char *option, const char **filter, char **error)
{
	(void)error;
	const char *rest = option + strlen(NODES_TAP);
	if (nodes_ui.tables && nodes_ui.tables->len > 0)
		dsmipv4_tap_fail(NODES_TAP, "can be given once");
	(void)dsmipv4_take_moment(&rest, NODES_TAP, &open_table.at);
	*filter = dsmipv4_take_filter(rest, NODES_TAP, NODES_TAP "[,at=TIME][,FILTER]");
}

static stat_tap_table_ui nodes_ui = {
	.title = TITLE,
	.cli_string = NODES_TAP,
	.stat_tap_init_cb = init_table,
	.packet_func = take_packet,
	.stat_tap_reset_table_cb = reset_table,
	.stat_filter_check_cb = take_arguments,
	.nfields = COLUMNS,
	.fields = columns,
};

void dsmipv4_register_nodes_tap(void)
{
	dsmipv4_table_register(&nodes_ui);
}
