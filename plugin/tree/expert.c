// SPDX-License-Identifier: GPL-2.0-or-later
// Expert items, one for each row of rules.def and each severity that it may take.
#include "tree/expert.h"

#include <epan/expert.h>
#include <string.h>

#include "compat.h"

static expert_field ei_rule[DSMIPV4_RULE_COUNT];
static expert_field ei_also[DSMIPV4_ALSO_COUNT];

// Group of a row, for its ALSO rows.
enum {
#define RULE(id, layer, applies, source, strength, group, severity, actor, text) GROUP_OF_##id = PI_##group,
#include "core/rules/rules.def"
};

// Wireshark keeps pointers to these rows and reads the severities in them each time.
static ei_register_info ei[] = {
#define INFO(id, layer, applies, group, severity, text)                                                                \
	{&ei_rule[DSMIPV4_RULE_##id], {"dsmipv4.info." #id, PI_##group, PI_##severity, text, EXPFILL}},
#define RULE(id, layer, applies, source, strength, group, severity, actor, text)                                       \
	{&ei_rule[DSMIPV4_RULE_##id], {"dsmipv4.rule." #id, PI_##group, PI_##severity, text, EXPFILL}},
#include "core/rules/rules.def"
#define ALSO(id, severity)                                                                                             \
	{&ei_also[DSMIPV4_ALSO_##id##_##severity], {"dsmipv4.rule." #id, GROUP_OF_##id, PI_##severity, NULL, EXPFILL}},
#define LOSS(id) {&ei_also[DSMIPV4_ALSO_##id##_LOSS], {"dsmipv4.rule." #id, GROUP_OF_##id, PI_NOTE, NULL, EXPFILL}},
#include "core/rules/rules.def"
};

void dsmipv4_register_expert(void)
{
	for (unsigned i = 0; i < DSMIPV4_ALSO_COUNT; i++)
		ei[DSMIPV4_RULE_COUNT + i].eiinfo.summary = dsmipv4_rule(dsmipv4_also(i)->rule)->text;
	for (size_t i = 0; i < array_length(ei); i++)
		*ei[i].ids = (expert_field)EI_INIT;
	expert_register_field_array(expert_register_protocol(proto_dsmipv4), ei, array_length(ei));
}

static int severity_for_wireshark(dsmipv4_severity_t severity)
{
	static const int severities[] = {
		[DSMIPV4_CHAT] = PI_CHAT,
		[DSMIPV4_NOTE] = PI_NOTE,
		[DSMIPV4_WARN] = PI_WARN,
		[DSMIPV4_ERROR] = PI_ERROR,
	};
	return severities[severity];
}

// A severity that the user gave replaces all severities of a rule.
static void set_severity(expert_field_info *info, int8_t wanted, dsmipv4_severity_t own)
{
	bool is_own = wanted == DSMIPV4_SEVERITY_OF_ROW;
	info->severity = severity_for_wireshark(is_own ? own : (dsmipv4_severity_t)wanted);
	info->orig_severity = info->severity;
}

void dsmipv4_apply_severities(const dsmipv4_options_t *options)
{
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		set_severity(&ei[i].eiinfo, options->severity[i], dsmipv4_rule(i)->severity);
	for (unsigned i = 0; i < DSMIPV4_ALSO_COUNT; i++) {
		const dsmipv4_also_t *also = dsmipv4_also(i);
		set_severity(&ei[DSMIPV4_RULE_COUNT + i].eiinfo, options->severity[also->rule], also->severity);
	}
}

static bool is_named(const proto_node *node, const char *filter_name)
{
	return node && PNODE_FINFO(node) && strcmp(PNODE_FINFO(node)->hfinfo->abbrev, filter_name) == 0;
}

// What _ws.expert.message of the item's expert item holds, for filters and programs. Lists of expert items have taken
// their words already.
static void set_message(const proto_item *item, const char *words)
{
	const proto_node *expert = item ? item->last_child : NULL;
	const proto_node *child = is_named(expert, "_ws.expert") ? expert->first_child : NULL;
	while (child && !is_named(child, "_ws.expert.message"))
		child = child->next;
	if (child)
		dsmipv4_set_string(PNODE_FINFO(child), words);
}

void dsmipv4_add_expert(const dsmipv4_finding_t *finding, packet_info *pinfo, proto_item *item)
{
	expert_field *field = finding->also < 0 ? &ei_rule[finding->rule] : &ei_also[finding->also];
	const char *title = dsmipv4_rule(finding->rule)->text;
	if (finding->citation)
		expert_add_info_format(pinfo, item, field, "%s %s", title, finding->citation);
	else
		expert_add_info(pinfo, item, field);
	set_message(item, finding->words);
}
