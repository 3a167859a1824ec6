// SPDX-License-Identifier: GPL-2.0-or-later
// Rule ids of rules.def, for expectations and names of scenarios.
#include "language/rule_ids.h"

#include "language/step.h"
#include "language/suggest.h"

#include <string.h>

const rule_t rules[] = {
#define INFO(id, layer, applies, group, severity, text)
#define RULE(id, layer, applies, source, strength, group, severity, actor, text) {#id, text},
#include "rules/rules.def"
};

const unsigned rule_count = G_N_ELEMENTS(rules);

int rule_index(const char *id)
{
	for (unsigned i = 0; i < rule_count; i++)
		if (strcmp(rules[i].id, id) == 0)
			return (int)i;
	return -1;
}

char *rule_suggest(const char *id)
{
	const char *ids[G_N_ELEMENTS(rules)];

	for (unsigned i = 0; i < rule_count; i++)
		ids[i] = rules[i].id;
	return suggest(id, ids, rule_count);
}

bool rules_check_named(const GPtrArray *texts, GError **error)
{
	for (guint i = 0; texts && i < texts->len; i++) {
		const text_t *text = texts->pdata[i];

		if (rule_index(text->string) >= 0)
			continue;
		g_autofree char *hint = rule_suggest(text->string);
		fail_at(error, &text->place, "unknown rule '%s'%s a rule that `dsmipgen list rules` shows",
			text->string, hint);
		return false;
	}
	return true;
}
