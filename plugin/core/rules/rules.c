// SPDX-License-Identifier: GPL-2.0-or-later
// What is known about each rule.
#include "rules/rules.h"

#include <string.h>

static const dsmipv4_rule_t rules[] = {
#define RULE(id_, layer, applies, source_, strength_, group, severity_, actor_, text_)                                 \
	[DSMIPV4_RULE_##id_] = {.id = #id_,                                                                            \
				.source = source_,                                                                     \
				.text = text_,                                                                         \
				.strength = DSMIPV4_STRENGTH_##strength_,                                              \
				.severity = DSMIPV4_##severity_,                                                       \
				.actor = DSMIPV4_ACTOR_##actor_},
#include "rules/rules.def"
};

static const bool off_by_default[DSMIPV4_RULE_COUNT] = {
#define OFF_BY_DEFAULT(id) [DSMIPV4_RULE_##id] = true,
#include "rules/rules.def"
};

static const dsmipv4_also_t also_rows[DSMIPV4_ALSO_COUNT] = {
#define ALSO(id, severity) {DSMIPV4_RULE_##id, DSMIPV4_##severity},
#define LOSS(id) {DSMIPV4_RULE_##id, DSMIPV4_NOTE},
#include "rules/rules.def"
};

const dsmipv4_rule_t *dsmipv4_rule(dsmipv4_rule_id_t id)
{
	return &rules[id];
}

bool dsmipv4_rule_is_item(dsmipv4_rule_id_t id)
{
	return rules[id].strength == DSMIPV4_STRENGTH_ITEM;
}

bool dsmipv4_rule_is_off_by_default(dsmipv4_rule_id_t id)
{
	return off_by_default[id];
}

dsmipv4_rule_id_t dsmipv4_rule_by_name(const char *name, size_t len)
{
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (strlen(rules[i].id) == len && memcmp(rules[i].id, name, len) == 0)
			return (dsmipv4_rule_id_t)i;
	}
	return DSMIPV4_RULE_COUNT;
}

const dsmipv4_also_t *dsmipv4_also(unsigned also)
{
	return &also_rows[also];
}

const char *dsmipv4_actor_name(dsmipv4_actor_t actor)
{
	static const char *const names[] = {
		[DSMIPV4_ACTOR_MN] = "mn",
		[DSMIPV4_ACTOR_FA] = "fa",
		[DSMIPV4_ACTOR_HA] = "ha",
	};
	return actor < G_N_ELEMENTS(names) && names[actor] ? names[actor] : "unknown";
}

static const char *const severity_names[DSMIPV4_SEVERITY_COUNT] = {"chat", "note", "warn", "error"};

const char *dsmipv4_severity_name(dsmipv4_severity_t severity)
{
	return severity_names[severity];
}

char *dsmipv4_rule_citation(wmem_allocator_t *alloc, const dsmipv4_rule_t *rule, const char *source)
{
	wmem_strbuf_t *s = wmem_strbuf_new(alloc, "[");
	if (rule->strength == DSMIPV4_STRENGTH_ADVICE)
		wmem_strbuf_append(s, *source ? "advice: " : "advice");
	const char *separator = "";
	while (*source) {
		size_t len = strcspn(source, ";");
		wmem_strbuf_append_printf(s, "%s%s%.*s", separator, g_ascii_isdigit(*source) ? "RFC " : "", (int)len,
					  source);
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
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		options->enabled[i] = !off_by_default[i];
		options->severity[i] = DSMIPV4_SEVERITY_OF_ROW;
	}
}

static bool set_severity(dsmipv4_options_t *options, dsmipv4_rule_id_t rule, const char *name, size_t len)
{
	if (len == 3 && memcmp(name, "off", 3) == 0) {
		options->enabled[rule] = false;
		return true;
	}
	for (int i = 0; i < DSMIPV4_SEVERITY_COUNT; i++) {
		if (strlen(severity_names[i]) != len || memcmp(severity_names[i], name, len) != 0)
			continue;
		options->enabled[rule] = true;
		options->severity[rule] = (int8_t)i;
		return true;
	}
	return false;
}

#define SEPARATORS " ,;\t\r\n"

bool dsmipv4_options_severities(dsmipv4_options_t *options, const char *list, const char **wrong, size_t *len)
{
	for (list += strspn(list, SEPARATORS); *list; list += strspn(list, SEPARATORS)) {
		size_t word = strcspn(list, SEPARATORS), name = strcspn(list, "=" SEPARATORS);
		dsmipv4_rule_id_t rule = dsmipv4_rule_by_name(list, name);
		bool understood = rule != DSMIPV4_RULE_COUNT && name < word &&
				  set_severity(options, rule, list + name + 1, word - name - 1);
		if (!understood) {
			*wrong = list;
			*len = word;
			return false;
		}
		list += word;
	}
	return true;
}
