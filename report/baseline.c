// SPDX-License-Identifier: GPL-2.0-or-later
// What an earlier verdict found.
#include "base/baseline_file.h"
#include "judge.h"

struct baseline {
	GHashTable *keys; // of key_of(); owned
};

static char *key_of(const struct report_finding *finding)
{
	return g_strjoin("\n", finding->rule, actor_words[finding->actor], finding->node != NULL ? finding->node : "-",
			 finding->home_agent != NULL ? finding->home_agent : "-", NULL);
}

static void take_report(struct baseline *baseline, const struct report *report)
{
	for (guint i = 0; i < list_length(report->findings); i++)
		g_hash_table_add(baseline->keys, key_of(&g_array_index(report->findings, struct report_finding, i)));
}

static bool take_verdict(struct baseline *baseline, const struct verdict *verdict, GError **error)
{
	if (!baseline_file_is(verdict->kind, verdict->version, VERDICT_KIND, VERDICT_VERSION, error))
		return false;
	for (guint i = 0; i < list_length(verdict->captures); i++) {
		const struct verdict_capture *capture = &g_array_index(verdict->captures, struct verdict_capture, i);

		// What could not be judged then is no permission for what is found now.
		if (capture->report != NULL)
			take_report(baseline, capture->report);
	}
	return true;
}

static bool parse(void *baseline, const char *text, gsize length, GError **error)
{
	struct verdict verdict = {0};
	GStringChunk *strings = g_string_chunk_new(4096);
	bool ok = shape_parse(&verdict_shape, text, length, &verdict, strings, error) &&
		  take_verdict(baseline, &verdict, error);

	shape_clear(&verdict_shape, &verdict);
	g_string_chunk_free(strings);
	return ok;
}

struct baseline *baseline_read(const char *path, GError **error)
{
	struct baseline *baseline = g_new0(struct baseline, 1);

	baseline->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (baseline_file_read(path, "dsmipcheck --json writes", parse, baseline, error))
		return baseline;
	baseline_free(baseline);
	return NULL;
}

void baseline_free(struct baseline *baseline)
{
	if (baseline == NULL)
		return;
	g_hash_table_unref(baseline->keys);
	g_free(baseline);
}

bool baseline_has(const struct baseline *baseline, const struct report_finding *finding)
{
	char *key;
	bool found;

	if (baseline == NULL)
		return false;
	key = key_of(finding);
	found = g_hash_table_contains(baseline->keys, key);
	g_free(key);
	return found;
}
