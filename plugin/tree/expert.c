// SPDX-License-Identifier: GPL-2.0-or-later
// Expert items, one for each row of rules.def and each severity that it may take.
#include "tree/expert.h"

#include <epan/expert.h>

static expert_field ei_rule[DSMIPV4_RULE_COUNT];

static expert_field ei_info[DSMIPV4_INFO_COUNT];

// Index of the fields for the severities of ALSO rows.
enum {
#define ALSO(id, severity) ALSO_##id##_##severity,
#include "core/rules/rules.def"
	ALSO_COUNT
};

static expert_field ei_also[ALSO_COUNT];

static const struct {
	dsmipv4_rule_id_t rule;
	dsmipv4_severity_t severity;
} also[ALSO_COUNT] = {
#define ALSO(id, severity) {DSMIPV4_RULE_##id, DSMIPV4_##severity},
#include "core/rules/rules.def"
};

// Group and text of a rule, for its ALSO rows.
enum {
#define RULE(id, layer, source, strength, group, severity, text) GROUP_OF_##id = PI_##group,
#include "core/rules/rules.def"
};

void dsmipv4_register_expert(void)
{
	static ei_register_info ei[] = {
#define RULE(id, layer, source, strength, group, severity, text)                                                       \
	{&ei_rule[DSMIPV4_RULE_##id], {"dsmipv4.rule." #id, PI_##group, PI_##severity, text, EXPFILL}},
#include "core/rules/rules.def"
#define ALSO(id, severity)                                                                                             \
	{&ei_also[ALSO_##id##_##severity], {"dsmipv4.rule." #id, GROUP_OF_##id, PI_##severity, NULL, EXPFILL}},
#include "core/rules/rules.def"
#define INFO(id, layer, group, severity, text)                                                                         \
	{&ei_info[DSMIPV4_INFO_##id], {"dsmipv4.info." #id, PI_##group, PI_##severity, text, EXPFILL}},
#include "core/rules/infos.def"
	};
	for (size_t i = 0; i < ALSO_COUNT; i++)
		ei[DSMIPV4_RULE_COUNT + i].eiinfo.summary = dsmipv4_rule(also[i].rule)->text;
	for (size_t i = 0; i < array_length(ei); i++)
		*ei[i].ids = (expert_field)EI_INIT;
	expert_register_field_array(expert_register_protocol(proto_dsmipv4), ei, array_length(ei));
}

static expert_field *field_of(const dsmipv4_finding_t *finding)
{
	for (size_t i = 0; i < ALSO_COUNT; i++) {
		if (also[i].rule == finding->rule && also[i].severity == finding->severity)
			return &ei_also[i];
	}
	return &ei_rule[finding->rule];
}

// Bytes before `tvb`, of an outer header, are in the same data source.
static void add(expert_field *field, int32_t offset, uint32_t length, const char *words, tvbuff_t *tvb,
		packet_info *pinfo, proto_tree *tree)
{
	if (offset < 0) {
		offset += (int)tvb_raw_offset(tvb);
		tvb = tvb_get_ds_tvb(tvb);
	}
	int captured = (int)tvb_captured_length(tvb), at = CLAMP(offset, 0, captured);
	int len = (int)MIN(length, (uint32_t)(captured - at));
	proto_tree_add_expert_format(tree, pinfo, field, tvb, at, len, "%s", words);
}

void dsmipv4_add_expert(const dsmipv4_finding_t *finding, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	add(field_of(finding), finding->offset, finding->length, finding->words, tvb, pinfo, tree);
}

void dsmipv4_add_info(const dsmipv4_info_t *info, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
	add(&ei_info[info->info], info->offset, info->length, info->words, tvb, pinfo, tree);
}
