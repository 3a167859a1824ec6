// SPDX-License-Identifier: GPL-2.0-or-later
// The command line of dsmipcheck.
#include "options.h"

#include <string.h>

#include "base/error.h"

#define MOST_JOBS 1024

static bool fail_usage(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail_usage(GError **error, const char *format, ...)
{
	va_list arguments;
	char *problem;

	va_start(arguments, format);
	problem = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, REPORT_ERROR, REPORT_ERROR_USAGE, "%s (dsmipcheck --help)", problem);
	g_free(problem);
	return false;
}

// GOption ends --help with status 0 by itself.
static bool parse(struct options *o, char ***words, GError **error)
{
	const GOptionEntry entries[] = {
		{"parts", 0, 0, G_OPTION_ARG_NONE, &o->parts, "The files are parts of one capture, in this order",
		 NULL},
		{"fail-on", 0, 0, G_OPTION_ARG_STRING, &o->fail_on,
		 "Lowest severity that makes the verdict \"broken\" (default: warn)", "note|warn|error"},
		{"severities", 0, 0, G_OPTION_ARG_STRING, &o->severities,
		 "Severities of rules: off, chat, note, warn or error", "ID=SEVERITY,..."},
		{"allow", 0, 0, G_OPTION_ARG_STRING, &o->allow, "Rules that may be broken", "ID,..."},
		{"require", 0, 0, G_OPTION_ARG_STRING, &o->require,
		 "Rules that must have been exercised; must: every rule of strength MUST", "ID,...|must"},
		{"require-service", 0, 0, G_OPTION_ARG_NONE, &o->require_service,
		 "Every mobile node that asked for IPv6 must have got it", NULL},
		{"expect", 0, 0, G_OPTION_ARG_NONE, &o->expect,
		 "Compare with the rules that the packet comments of dsmipgen expect", NULL},
		{"baseline", 0, 0, G_OPTION_ARG_FILENAME, &o->baseline,
		 "Do not count what an earlier run found, written with --json", "FILE"},
		{"keys", 0, 0, G_OPTION_ARG_FILENAME, &o->keys, "Keys, a file of Wireshark's table dsmipv4_keys",
		 "FILE"},
		{"json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, "Write the verdict as JSON; - is standard output",
		 "FILE"},
		{"junit", 0, 0, G_OPTION_ARG_FILENAME, &o->junit, "Write a JUnit report", "FILE"},
		{"html", 0, 0, G_OPTION_ARG_FILENAME, &o->html, "Write a page of HTML", "FILE"},
		{"tap", 0, 0, G_OPTION_ARG_FILENAME, &o->tap, "Write the Test Anything Protocol", "FILE"},
		{"jobs", 'j', 0, G_OPTION_ARG_STRING, &o->jobs, "Files at a time (default: one for each processor)",
		 "N"},
		{"sshloginfile", 0, 0, G_OPTION_ARG_FILENAME, &o->sshloginfile,
		 "Machines to judge the parts on, as for GNU parallel", "FILE"},
		{"tshark", 0, 0, G_OPTION_ARG_FILENAME, &o->tshark,
		 "tshark to run (default: the one in the search path)", "FILE"},
		{"option", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &o->preferences,
		 "Set a preference of Wireshark, as with tshark", "NAME:VALUE"},
		{"quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, "Print no report on standard output", NULL},
		{"version", 0, 0, G_OPTION_ARG_NONE, &o->version, "Print the version", NULL},
		G_OPTION_ENTRY_NULL,
	};
	GOptionContext *context = g_option_context_new("FILE...");
	GError *cause = NULL;

	g_option_context_set_summary(context,
				     "Judges captures of Dual-Stack Mobile IPv4 (RFC 5454) with tshark and the "
				     "dsmipv4 plugin.");
	g_option_context_set_description(context, "Exit status: 0 conforms, 1 broken, 2 usage, 3 could not be judged, "
						  "4 nothing to judge, or a required rule was never exercised.\n");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse_strv(context, words, &cause)) {
		fail_usage(error, "%s", cause->message);
		g_error_free(cause);
	}
	g_option_context_free(context);
	return cause == NULL;
}

// Appends the words of a comma-separated list; empty ones are left out.
static void split(struct verdict *verdict, const char *list, GArray *to)
{
	char **words = list != NULL ? g_strsplit_set(list, ", ", -1) : NULL;

	for (char **word = words; word != NULL && *word != NULL; word++) {
		const char *text;

		if ((*word)[0] == '\0')
			continue;
		text = verdict_text(verdict, *word);
		g_array_append_val(to, text);
	}
	g_strfreev(words);
}

// "must" among the required rules stands for many.
static void take_must(struct verdict_policy *policy)
{
	for (guint i = policy->require->len; i-- > 0;) {
		if (strcmp(g_array_index(policy->require, const char *, i), "must") != 0)
			continue;
		policy->require_must = true;
		g_array_remove_index(policy->require, i);
	}
}

static bool read_policy(const struct options *options, struct verdict *verdict, GError **error)
{
	struct verdict_policy *policy = &verdict->policy;

	if (options->fail_on != NULL) {
		policy->fail_on = shape_word(severity_words, options->fail_on);
		if (policy->fail_on < SEVERITY_NOTE)
			return fail_usage(error, "--fail-on %s: expected note, warn or error", options->fail_on);
	}
	split(verdict, options->allow, policy->allow);
	split(verdict, options->require, policy->require);
	take_must(policy);
	policy->require_service = options->require_service;
	policy->expect = options->expect;
	policy->baseline = verdict_text(verdict, options->baseline);
	return true;
}

// "off", or a severity
static bool is_level(const char *word)
{
	return strcmp(word, "off") == 0 || shape_word(severity_words, word) >= 0;
}

static bool read_severities(struct options *options, GError **error)
{
	char **rows = options->severities != NULL ? g_strsplit(options->severities, ",", -1) : NULL;
	GStrvBuilder *ids = g_strv_builder_new();
	bool ok = true;

	for (char **row = rows; row != NULL && *row != NULL && ok; row++) {
		char **sides = g_strsplit(g_strstrip(*row), "=", -1);

		ok = g_strv_length(sides) == 2 && sides[0][0] != '\0' && is_level(sides[1]);
		if (ok)
			g_strv_builder_add(ids, sides[0]);
		else
			fail_usage(error, "--severities: \"%s\"; expected ID=off, chat, note, warn or error", *row);
		g_strfreev(sides);
	}
	options->severity_rules = g_strv_builder_end(ids);
	g_strv_builder_unref(ids);
	g_strfreev(rows);
	return ok;
}

static bool read_jobs(struct options *options, GError **error)
{
	guint64 jobs = g_get_num_processors();

	if (options->jobs != NULL && !g_ascii_string_to_unsigned(options->jobs, 10, 1, MOST_JOBS, &jobs, NULL))
		return fail_usage(error, "--jobs %s: expected 1 to %d", options->jobs, MOST_JOBS);
	options->n_jobs = (guint)jobs;
	return true;
}

static bool check_outputs(const struct options *options, GError **error)
{
	const char *const outputs[] = {options->json, options->junit, options->html, options->tap};
	int standard = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(outputs); i++)
		standard += g_strcmp0(outputs[i], "-") == 0;
	return standard <= 1 || fail_usage(error, "only one report can go to standard output");
}

static bool check(const struct options *options, GError **error)
{
	if (options->files[0] == NULL)
		return fail_usage(error, "no capture named");
	if (options->sshloginfile != NULL && !options->parts)
		return fail_usage(error, "--sshloginfile is for --parts");
	if (options->expect && options->parts)
		return fail_usage(error, "--expect is for whole captures, not for --parts");
	if (options->expect && options->baseline != NULL)
		return fail_usage(error, "--expect and --baseline exclude each other");
	return check_outputs(options, error);
}

bool options_read(struct options *options, char **words, struct verdict *verdict, GError **error)
{
	bool ok = parse(options, &words, error);

	options->files = g_strdupv(words + (words[0] != NULL));
	if (!ok || options->version) {
		g_strfreev(words);
		return ok;
	}
	g_strfreev(words);
	return check(options, error) && read_policy(options, verdict, error) && read_severities(options, error) &&
	       read_jobs(options, error);
}

void options_clear(struct options *options)
{
	char **const texts[] = {
		&options->fail_on, &options->severities, &options->allow,        &options->require, &options->baseline,
		&options->keys,    &options->json,       &options->junit,        &options->html,    &options->tap,
		&options->jobs,    &options->tshark,     &options->sshloginfile,
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(*texts[i]);
	g_strfreev(options->files);
	g_strfreev(options->preferences);
	g_strfreev(options->severity_rules);
}
