// SPDX-License-Identifier: GPL-2.0-or-later
// Statistics > DSMIPv4 Report, in Wireshark's menu: what is wrong with which mobile node, and which rules were held and
// broken by whom.
#include "taps/report/table.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>

#include "compat.h"
#include "core/wire/text.h"
#include "dissect/tapped.h"
#include "protocol.h"
#include "taps/report/tally.h"
#include "taps/table.h"

#define TITLE "DSMIPv4 Report"

static const char *const titles[] = {"Findings, by mobile node", "Rules, by sender and home agent"};

enum {
	FINDINGS,
	RULES,
};

static stat_tap_table_item columns[] = {
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Rule", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Severity", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Sender", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Home agent", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Mobile node", "%s"},
	{TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Held", "%u"},
	{TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Broken", "%u"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "First frames", "%s"},
	{TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "What is wrong, or what the rule is about", "%s"},
};

#define COLUMN_HELD 5

// Of the one table that is open.
static struct {
	dsmipv4_tally_t *tally;
	GHashTable *findings;                  // const dsmipv4_tally_finding_t * -> number of its row + 1
	GHashTable *rules[DSMIPV4_RULE_COUNT]; // const dsmipv4_tally_counts_t * -> number of its row + 1
} open_table;

static void forget(void)
{
	if (open_table.tally) {
		dsmipv4_tally_free(open_table.tally);
		g_hash_table_unref(open_table.findings);
	}
	open_table.tally = dsmipv4_tally_new();
	open_table.findings = g_hash_table_new(NULL, NULL);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		g_clear_pointer(&open_table.rules[i], g_hash_table_unref);
}

static void reset_table(stat_tap_table *table)
{
	dsmipv4_table_clear(table);
	forget();
}

static void init_tables(stat_tap_table_ui *ui)
{
	for (unsigned i = 0; i < array_length(titles); i++)
		dsmipv4_table_open(ui, titles[i]);
	forget();
}

// The row of a finding or of counts; the next one if it has none yet.
static unsigned row_of(GHashTable *rows, const void *of, unsigned next)
{
	unsigned row = GPOINTER_TO_UINT(g_hash_table_lookup(rows, of));
	if (row == 0) {
		row = next + 1;
		g_hash_table_insert(rows, (void *)of, GUINT_TO_POINTER(row));
	}
	return row - 1;
}

static char *address_text(uint32_t address)
{
	return address ? (char *)dsmipv4_ipv4_text(NULL, address) : g_strdup("unknown");
}

static char *sender_text(dsmipv4_actor_t actor)
{
	static const char *const words[] = {
		[DSMIPV4_ACTOR_UNKNOWN] = "unknown",
		[DSMIPV4_ACTOR_MN] = "mobile node",
		[DSMIPV4_ACTOR_FA] = "foreign agent",
		[DSMIPV4_ACTOR_HA] = "home agent",
	};
	return g_strdup(actor < array_length(words) ? words[actor] : "unknown");
}

static void show_finding(stat_tap_table *table, const dsmipv4_tally_finding_t *finding)
{
	const dsmipv4_tally_place_t *first = &g_array_index(finding->places, dsmipv4_tally_place_t, 0);
	GString *frames = g_string_new(NULL);
	for (unsigned i = 0; i < MIN(finding->places->len, DSMIPV4_REPORT_FIRST_FRAMES); i++)
		g_string_append_printf(frames, "%s%u", i ? ", " : "",
				       g_array_index(finding->places, dsmipv4_tally_place_t, i).frame);
	const stat_tap_table_item_type items[] = {
		DSMIPV4_TABLE_TEXT(g_strdup(dsmipv4_rule(finding->rule)->id)),
		DSMIPV4_TABLE_TEXT(g_strdup(dsmipv4_severity_name(finding->severity))),
		DSMIPV4_TABLE_TEXT(sender_text(finding->actor)),
		DSMIPV4_TABLE_TEXT(address_text(finding->ha)),
		DSMIPV4_TABLE_TEXT(address_text(finding->hoa)),
		{.type = TABLE_ITEM_NONE},
		DSMIPV4_TABLE_NUMBER(finding->frames),
		DSMIPV4_TABLE_TEXT(g_string_free(frames, FALSE)),
		DSMIPV4_TABLE_TEXT(g_strdup(first->words)),
	};
	G_STATIC_ASSERT(array_length(items) == array_length(columns));
	dsmipv4_table_show(table, row_of(open_table.findings, finding, table->num_elements), items);
}

static void show_rule(stat_tap_table *table, dsmipv4_rule_id_t id, const dsmipv4_tally_counts_t *counts)
{
	const dsmipv4_rule_t *rule = dsmipv4_rule(id);
	const GArray *first = counts->first_frames[id];
	char *citation = dsmipv4_rule_citation(NULL, rule, rule->source);
	GString *frames = g_string_new(NULL);
	for (unsigned i = 0; first && i < first->len; i++)
		g_string_append_printf(frames, "%s%u", i ? ", " : "", g_array_index(first, uint32_t, i));
	const stat_tap_table_item_type items[] = {
		DSMIPV4_TABLE_TEXT(g_strdup(rule->id)),
		{.type = TABLE_ITEM_NONE},
		DSMIPV4_TABLE_TEXT(sender_text(counts->actor)),
		DSMIPV4_TABLE_TEXT(address_text(counts->ha)),
		{.type = TABLE_ITEM_NONE},
		DSMIPV4_TABLE_NUMBER(counts->held[id]),
		DSMIPV4_TABLE_NUMBER(counts->broken[id]),
		DSMIPV4_TABLE_TEXT(g_string_free(frames, FALSE)),
		DSMIPV4_TABLE_TEXT(g_strdup_printf("%s %s", rule->text, citation)),
	};
	G_STATIC_ASSERT(array_length(items) == array_length(columns));
	g_free(citation);
	if (!open_table.rules[id])
		open_table.rules[id] = g_hash_table_new(NULL, NULL);
	dsmipv4_table_show(table, row_of(open_table.rules[id], counts, table->num_elements), items);
}

static void refresh_findings(stat_tap_table *table, const dsmipv4_tapped_t *tapped, const dsmipv4_subject_t *subject)
{
	for (unsigned i = 0; i < dsmipv4_n_findings(tapped->verdicts); i++) {
		const dsmipv4_finding_t *f = dsmipv4_finding(tapped->verdicts, i);
		const dsmipv4_tally_finding_t *finding = dsmipv4_tally_finding(open_table.tally, f, subject);
		if (finding)
			show_finding(table, finding);
	}
}

// What was held once more, as most are by most packets, has another number.
static bool count_held(stat_tap_table *table, dsmipv4_rule_id_t id, const dsmipv4_tally_counts_t *counts)
{
	const stat_tap_table_item_type held = DSMIPV4_TABLE_NUMBER(counts->held[id]);
	if (counts->broken[id] > 0 || !open_table.rules[id] || !g_hash_table_contains(open_table.rules[id], counts))
		return false;
	dsmipv4_table_change(table, row_of(open_table.rules[id], counts, 0), COLUMN_HELD, held);
	return true;
}

static void refresh_rules(stat_tap_table *table, uint32_t frame)
{
	const GPtrArray *all = dsmipv4_tally_counts(open_table.tally);
	for (unsigned id = 0; id < DSMIPV4_RULE_COUNT; id++) {
		const dsmipv4_tally_counts_t *counts = dsmipv4_tally_counted(open_table.tally, id, frame);
		if (!counts || dsmipv4_rule_is_item(id) || count_held(table, id, counts))
			continue;
		show_rule(table, id, counts);
		for (unsigned i = 0; i < all->len && counts->broken[id] > 0; i++) {
			if (open_table.rules[id] && g_hash_table_contains(open_table.rules[id], all->pdata[i]))
				show_rule(table, id, all->pdata[i]);
		}
	}
}

static tap_packet_status take_packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *packet,
				     tap_flags_t flags)
{
	(void)flags;
	dsmipv4_subject_t subject = dsmipv4_subject_of(packet);
	dsmipv4_tally_add(open_table.tally, packet, &subject, pinfo, edt);
	refresh_findings(dsmipv4_table_of(data, FINDINGS), packet, &subject);
	refresh_rules(dsmipv4_table_of(data, RULES), pinfo->num);
	return TAP_PACKET_REDRAW;
}

void dsmipv4_register_report_table(const char *cli)
{
	static stat_tap_table_ui ui = {
		.title = TITLE,
		.stat_tap_init_cb = init_tables,
		.packet_func = take_packet,
		.stat_tap_reset_table_cb = reset_table,
		.nfields = array_length(columns),
		.fields = columns,
	};
	ui.cli_string = cli;
	dsmipv4_table_register(&ui);
}
