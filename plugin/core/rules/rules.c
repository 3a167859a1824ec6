// SPDX-License-Identifier: GPL-2.0-or-later
// What is known about each rule.
#include "rules/rules.h"

#include <string.h>

static const dsmipv4_rule_t rules[] = {
#define RULE(id, layer, source, strength, group, severity, text)                                                       \
	[DSMIPV4_RULE_##id] = {#id, source, text, DSMIPV4_STRENGTH_##strength, DSMIPV4_##severity},
#include "rules/rules.def"
};

static const bool off_by_default[DSMIPV4_RULE_COUNT] = {
#define OFF_BY_DEFAULT(id) [DSMIPV4_RULE_##id] = true,
#include "rules/rules.def"
};

const dsmipv4_rule_t *dsmipv4_rule(dsmipv4_rule_id_t id)
{
	return &rules[id];
}

dsmipv4_rule_id_t dsmipv4_rule_by_name(const char *name, size_t len)
{
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (strlen(rules[i].id) == len && memcmp(rules[i].id, name, len) == 0)
			return (dsmipv4_rule_id_t)i;
	}
	return DSMIPV4_RULE_COUNT;
}

char *dsmipv4_rule_citation(wmem_allocator_t *alloc, const dsmipv4_rule_t *rule, const char *source)
{
	wmem_strbuf_t *s = wmem_strbuf_new(alloc, "[");
	if (rule->strength == DSMIPV4_STRENGTH_ADVICE)
		wmem_strbuf_append(s, *source ? "advice: " : "advice");
	const char *separator = "";
	while (*source) {
		size_t len = strcspn(source, ";");
		wmem_strbuf_append_printf(s, "%sRFC %.*s", separator, (int)len, source);
		separator = "; ";
		source += len + strspn(source + len, "; ");
	}
	wmem_strbuf_append_c(s, ']');
	return wmem_strbuf_finalize(s);
}

void dsmipv4_options_init(dsmipv4_options_t *options)
{
	memset(options, 0, sizeof *options);
	options->grace = DSMIPV4_GRACE;
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		options->enabled[i] = !off_by_default[i];
}
