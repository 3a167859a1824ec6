// SPDX-License-Identifier: GPL-2.0-or-later
// Findings put together for people: who breaks what how often.
#include "causes.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static struct cause *find_cause(GArray *causes, const struct report_finding *finding)
{
	for (guint i = 0; i < causes->len; i++) {
		struct cause *cause = &g_array_index(causes, struct cause, i);

		if (same_text(cause->first->rule, finding->rule) && cause->first->severity == finding->severity &&
		    cause->first->actor == finding->actor && same_text(cause->first->home_agent, finding->home_agent))
			return cause;
	}
	return NULL;
}

static struct cause *add_cause(GArray *causes, const struct report *report, const struct report_finding *finding)
{
	struct cause cause = {
		.rule = report_find_rule(report, finding->rule),
		.first = finding,
		.first_frames = g_array_new(FALSE, FALSE, sizeof(gint64)),
		.nodes = g_array_new(FALSE, FALSE, sizeof(const char *)),
		.known = true,
	};

	g_array_append_val(causes, cause);
	return &g_array_index(causes, struct cause, causes->len - 1);
}

static gint compare_frames(gconstpointer a, gconstpointer b)
{
	gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return (x > y) - (x < y);
}

static void add_frames(GArray *frames, const struct report_finding *finding)
{
	for (guint i = 0; i < list_length(finding->places); i++)
		g_array_append_val(frames, g_array_index(finding->places, struct report_place, i).frame);
	g_array_sort(frames, compare_frames);
	if (frames->len > REPORT_FIRST_FRAMES)
		g_array_set_size(frames, REPORT_FIRST_FRAMES);
}

// A node has one finding of a cause, so none comes twice but by another NAI, next to it.
static void add_node(GArray *nodes, const char *node)
{
	if (node == NULL || (nodes->len > 0 && same_text(g_array_index(nodes, const char *, nodes->len - 1), node)))
		return;
	g_array_append_val(nodes, node);
}

// The severest first, then the most frequent, then the first.
static gint compare_causes(gconstpointer a, gconstpointer b)
{
	const struct cause *x = a, *y = b;

	if (x->first->severity != y->first->severity)
		return y->first->severity - x->first->severity;
	if (x->frames != y->frames)
		return x->frames < y->frames ? 1 : -1;
	return (x->first > y->first) - (x->first < y->first);
}

GArray *causes_of(const struct verdict *verdict, const struct report *report, const struct baseline *baseline)
{
	GArray *causes = g_array_new(FALSE, TRUE, sizeof(struct cause));

	for (guint i = 0; i < list_length(report->findings); i++) {
		const struct report_finding *finding = &g_array_index(report->findings, struct report_finding, i);
		struct cause *cause = find_cause(causes, finding);

		if (cause == NULL)
			cause = add_cause(causes, report, finding);
		cause->frames += finding->frames;
		add_frames(cause->first_frames, finding);
		add_node(cause->nodes, finding->node);
		cause->fails |= judge_finding_fails(verdict, baseline, finding);
		cause->allowed |= judge_is_allowed(verdict, finding->rule);
		cause->known &= baseline_has(baseline, finding);
	}
	g_array_sort(causes, compare_causes);
	return causes;
}

void causes_free(GArray *causes)
{
	for (guint i = 0; i < causes->len; i++) {
		g_array_free(g_array_index(causes, struct cause, i).first_frames, TRUE);
		g_array_free(g_array_index(causes, struct cause, i).nodes, TRUE);
	}
	g_array_free(causes, TRUE);
}

static struct agent *agent_at(GArray *agents, const char *address)
{
	struct agent agent = {.address = address};

	for (guint i = 0; i < agents->len; i++) {
		if (strcmp(g_array_index(agents, struct agent, i).address, address) == 0)
			return &g_array_index(agents, struct agent, i);
	}
	g_array_append_val(agents, agent);
	return &g_array_index(agents, struct agent, agents->len - 1);
}

// Whatever the sender, it was in traffic of this home agent.
static void count_rule(struct agent *agent, const struct report_rule *rule)
{
	gint64 held = 0, broken = 0;

	for (guint i = 0; i < list_length(rule->actors); i++) {
		const struct report_actor *actor = &g_array_index(rule->actors, struct report_actor, i);

		if (!same_text(actor->home_agent, agent->address))
			continue;
		held += actor->held;
		broken += actor->broken;
	}
	agent->exercised += held > 0 || broken > 0;
	agent->held += held > 0 && broken == 0;
	agent->broken += broken > 0;
}

GArray *agents_of(const struct report *report)
{
	GArray *agents = g_array_new(FALSE, TRUE, sizeof(struct agent));

	for (guint i = 0; i < list_length(report->nodes); i++) {
		const struct report_node *node = &g_array_index(report->nodes, struct report_node, i);
		struct agent *agent = agent_at(agents, node->home_agent);

		agent->nodes++;
		agent->lacking += report_node_lacks_service(node);
	}
	for (guint i = 0; i < agents->len; i++) {
		for (guint k = 0; k < report->rules->len; k++) {
			const struct report_rule *rule = &g_array_index(report->rules, struct report_rule, k);

			if (rule->kind == KIND_RULE)
				count_rule(&g_array_index(agents, struct agent, i), rule);
		}
	}
	return agents;
}

static char *node_key(const char *home_address, const char *home_agent)
{
	return g_strjoin(" ", home_address, home_agent != NULL ? home_agent : "-", NULL);
}

static void free_findings(gpointer findings)
{
	g_ptr_array_unref(findings);
}

GHashTable *findings_by_node(const struct report *report)
{
	GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_findings);

	for (guint i = 0; i < list_length(report->findings); i++) {
		struct report_finding *finding = &g_array_index(report->findings, struct report_finding, i);
		GPtrArray *findings;
		char *key;

		if (finding->node == NULL)
			continue;
		key = node_key(finding->node, finding->home_agent);
		findings = g_hash_table_lookup(table, key);
		if (findings == NULL) {
			findings = g_ptr_array_new();
			g_hash_table_insert(table, g_strdup(key), findings);
		}
		g_ptr_array_add(findings, finding);
		g_free(key);
	}
	return table;
}

const GPtrArray *findings_at(GHashTable *table, const struct report_node *node)
{
	char *key = node_key(node->home_address, node->home_agent);
	const GPtrArray *findings = g_hash_table_lookup(table, key);

	g_free(key);
	return findings;
}

char *rule_citation(const struct report_rule *rule)
{
	char **parts;
	char *joined, *citation;

	if (rule->source == NULL)
		return g_strdup("");
	if (rule->source[0] == '\0')
		return g_strdup("advice");
	parts = g_strsplit(rule->source, "; ", -1);
	for (guint i = 0; parts[i] != NULL; i++) {
		char *part = parts[i];

		parts[i] = g_strconcat(g_ascii_isdigit(part[0]) ? "RFC " : "", part, NULL);
		g_free(part);
	}
	joined = g_strjoinv("; ", parts);
	citation = g_strdup_printf("%s%s", strcmp(rule->strength, "ADVICE") == 0 ? "advice: " : "", joined);
	g_free(joined);
	g_strfreev(parts);
	return citation;
}

char *cause_actor(const struct cause *cause)
{
	const char *title = actor_title(cause->first->actor);

	if (cause->first->actor == ACTOR_HA && cause->first->home_agent != NULL)
		return g_strdup_printf("%s %s", title, cause->first->home_agent);
	if (cause->first->actor == ACTOR_MN && cause->nodes->len == 1)
		return g_strdup_printf("%s %s", title, g_array_index(cause->nodes, const char *, 0));
	if (cause->first->actor == ACTOR_MN && cause->nodes->len > 1)
		return g_strdup("mobile nodes");
	return g_strdup(title);
}
