// SPDX-License-Identifier: GPL-2.0-or-later
// Findings put together for people: who breaks what how often.
#ifndef DSMIPV4_REPORT_CAUSES_H
#define DSMIPV4_REPORT_CAUSES_H

#include "judge.h"

// The findings of one rule, severity, sender and home agent, over all nodes.
struct cause {
	const struct report_rule *rule;
	const struct report_finding *first; // the one that comes first in the capture
	gint64 frames;
	GArray *first_frames; // gint64, ascending, REPORT_FIRST_FRAMES at most
	GArray *nodes;        // const char *, in the order in which they come, each once
	bool fails;           // at least one finding makes the verdict "broken"
	bool allowed;         // by --allow
	bool known;           // all are in the baseline
};

// What a home agent's traffic shows.
struct agent {
	const char *address;
	gint64 nodes;
	gint64 lacking;                 // nodes that asked for IPv6 and did not get it
	gint64 exercised, held, broken; // rules
};

// Causes of a report, the severest first; elements are struct cause. Free with causes_free().
GArray *causes_of(const struct verdict *verdict, const struct report *report, const struct baseline *baseline);
void causes_free(GArray *causes);

// Home agents of a report in the order of their first nodes; elements are struct agent, which the caller
// frees with g_array_free().
GArray *agents_of(const struct report *report);

// Findings by the node that they are about; findings of no known node are left out. Free with
// g_hash_table_unref(); what findings_at() returns belongs to the table and holds const struct report_finding *.
GHashTable *findings_by_node(const struct report *report);
const GPtrArray *findings_at(GHashTable *table, const struct report_node *node); // NULL: none

// "RFC 5454 2.1, 2.2; RFC 4291 2.7" of a rule's source; the caller frees it.
char *rule_citation(const struct report_rule *rule);

// "home agent 198.51.100.1", "mobile node 198.51.100.77"; the caller frees it. Of many nodes: "mobile nodes".
char *cause_actor(const struct cause *cause);

#endif
