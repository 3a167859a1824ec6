// SPDX-License-Identifier: GPL-2.0-or-later
// Rule ids of rules.def, for expectations and names of scenarios.
#ifndef DSMIPGEN_RULE_IDS_H
#define DSMIPGEN_RULE_IDS_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
	const char *id;
	const char *text;
} rule_t;

extern const rule_t rules[];
extern const unsigned rule_count;

// Index into rules, or -1.
int rule_index(const char *id);

// As suggest(), over all rules.
char *rule_suggest(const char *id);

// Whether each text (text_t) of a list is a rule's id; NULL is an empty list. If not, an error at the text.
bool rules_check_named(const GPtrArray *texts, GError **error);

#endif
