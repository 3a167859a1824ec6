// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen list: the built-in scenarios, suites and faults, for people and for programs.
#include "commands/command.h"
#include "language/library.h"
#include "language/rule_ids.h"
#include "language/scenario.h"
#include "output/json.h"
#include "run/respond/faults.h"
#include "run/suite/suite.h"

#include <string.h>

static gboolean is_json;

static const GOptionEntry options[] = {
	{"json", 0, 0, G_OPTION_ARG_NONE, &is_json,
	 "An array of objects: name, kind, summary, and of a scenario the rules that its packets are expected to break",
	 NULL},
	G_OPTION_ENTRY_NULL,
};

static int name_width(char **names)
{
	gsize width = 0;

	for (; *names; names++)
		width = MAX(width, strlen(*names));
	return (int)width;
}

static bool expects(const scenario_t *scenario, const char *rule)
{
	for (guint i = 0; i < scenario->steps->len; i++) {
		const GPtrArray *ids = ((const step_t *)scenario->steps->pdata[i])->expect;

		for (guint k = 0; ids && k < ids->len; k++)
			if (strcmp(((const text_t *)ids->pdata[k])->string, rule) == 0)
				return true;
	}
	return false;
}

static bool put_scenario(json_t *json, const char *name, const char *kind, GError **error)
{
	g_autoptr(scenario_t) scenario = scenario_load(name, error);

	if (!scenario)
		return false;
	json_begin(json, NULL, '{');
	json_string(json, "name", name);
	json_string(json, "kind", kind);
	json_string(json, "summary", scenario->summary);
	json_begin(json, "rules", '[');
	for (unsigned i = 0; i < rule_count; i++)
		if (expects(scenario, rules[i].id))
			json_string(json, NULL, rules[i].id);
	json_end(json, ']');
	json_end(json, '}');
	return true;
}

static bool list_flow(json_t *json, const char *name, int width, GError **error)
{
	if (json)
		return put_scenario(json, name, "flow", error);
	g_autoptr(scenario_t) scenario = scenario_load(name, error);
	if (scenario)
		g_print("%-*s  %s\n", width, name, scenario->summary);
	return scenario;
}

// A rule is two scenarios, which people find by its one name.
static bool list_rule(json_t *json, const char *name, int width, GError **error)
{
	g_autofree char *near_miss = g_strconcat(name, ".near_miss", NULL);

	if (json)
		return put_scenario(json, name, "violation", error) &&
		       put_scenario(json, near_miss, "near miss", error);
	g_print("%-*s  %s\n", width, name, rules[rule_index(name)].text);
	return true;
}

static bool list_flows(json_t *json, GError **error)
{
	g_auto(GStrv) names = library_names("flows");
	bool ok = true;

	for (char **name = names; *name && ok; name++)
		ok = list_flow(json, *name, name_width(names), error);
	return ok;
}

// Rules that have a scenario, in the order of rules.def.
static bool list_rules(json_t *json, GError **error)
{
	g_auto(GStrv) names = library_names("rules");
	bool ok = true;

	for (unsigned i = 0; i < rule_count && ok; i++)
		if (g_strv_contains((const char *const *)names, rules[i].id))
			ok = list_rule(json, rules[i].id, name_width(names), error);
	return ok;
}

static void put_item(json_t *json, const char *name, const char *kind, const char *summary)
{
	json_begin(json, NULL, '{');
	json_string(json, "name", name);
	json_string(json, "kind", kind);
	json_string(json, "summary", summary);
	json_end(json, '}');
}

static bool list_faults(json_t *json, GError **error G_GNUC_UNUSED)
{
	for (unsigned i = 0; i < FAULT_COUNT; i++) {
		if (!json) {
			g_print("%-23s  %s\n", fault_name(i), fault_text(i));
			continue;
		}
		put_item(json, fault_name(i), "fault", fault_text(i));
	}
	return true;
}

static bool list_suites(json_t *json, GError **error)
{
	g_auto(GStrv) names = library_names("suites");

	for (char **name = names; *name; name++) {
		g_autoptr(suite_t) suite = suite_load(*name, NULL, error);

		if (!suite)
			return false;
		if (json)
			put_item(json, *name, "suite", suite->title);
		else
			g_print("%-*s  %s, %u tests\n", name_width(names), *name, suite->title, suite->tests->len);
	}
	return true;
}

static const struct {
	const char *name;
	bool is_of_scenarios;
	bool (*list)(json_t *json, GError **error);
} lists[] = {
	{"flows", true, list_flows},
	{"rules", true, list_rules},
	{"faults", false, list_faults},
	{"suites", false, list_suites},
};

// One list, or all of scenarios.
static bool put_lists(const char *wanted, json_t *json, GError **error)
{
	bool ok = true;

	for (gsize i = 0; i < G_N_ELEMENTS(lists) && ok; i++)
		if (wanted ? strcmp(wanted, lists[i].name) == 0 : lists[i].is_of_scenarios)
			ok = lists[i].list(json, error);
	return ok;
}

static bool put_json(const char *wanted, GError **error)
{
	json_t json = {.text = g_string_new(NULL), .is_pretty = TRUE};

	json_begin(&json, NULL, '[');
	bool ok = put_lists(wanted, &json, error);
	json_end(&json, ']');
	if (ok)
		g_print("%s\n", json.text->str);
	g_string_free(json.text, TRUE);
	return ok;
}

static bool run(const command_t *command, char **words, GError **error)
{
	bool is_known = !words[0];

	for (gsize i = 0; i < G_N_ELEMENTS(lists) && !is_known; i++)
		is_known = strcmp(words[0], lists[i].name) == 0;
	if (!is_known || (words[0] && words[1]))
		return command_fail(command, is_known ? "too many words" : "unknown list", error);
	return is_json ? put_json(words[0], error) : put_lists(words[0], NULL, error);
}

const command_t list_command = {
	.name = "list",
	.arguments = "[flows|rules|faults|suites] [--json]",
	.summary = "Names the built-in scenarios, the suites of run, or the faults of respond.",
	.choices = "flows|rules|faults|suites",
	.options = options,
	.run = run,
};
