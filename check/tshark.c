// SPDX-License-Identifier: GPL-2.0-or-later
// How tshark is called, and what it means when it does not do what it should.
#include "tshark.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "keys.h"

static void add_preference(GStrvBuilder *command, const char *name, const char *value)
{
	char *preference = g_strdup_printf("%s:%s", name, value);

	g_strv_builder_add_many(command, "-o", preference, NULL);
	g_free(preference);
}

static gint64 size_of(const char *file)
{
	struct stat status;

	return stat(file, &status) == 0 ? (gint64)status.st_size : 0;
}

void tshark_prepare(const struct tshark *tshark, struct job *job, const char *file, const char *const *arguments)
{
	const struct options *options = tshark->options;
	GStrvBuilder *command = g_strv_builder_new();

	g_strv_builder_add_many(command, options->tshark != NULL ? options->tshark : "tshark", "-n", "-r", file, NULL);
	for (char **preference = options->preferences; preference != NULL && *preference != NULL; preference++)
		g_strv_builder_add_many(command, "-o", *preference, NULL);
	if (options->severities != NULL)
		add_preference(command, "dsmipv4.severities", options->severities);
	for (; *arguments != NULL; arguments++)
		g_strv_builder_add(command, *arguments);
	*job = (struct job){.command = g_strv_builder_end(command), .weight = size_of(file)};
	g_strv_builder_unref(command);
	if (tshark->config != NULL)
		job->environment = g_environ_setenv(g_get_environ(), "WIRESHARK_CONFIG_DIR", tshark->config, TRUE);
}

// tshark's own complaints, without what it says to every root and before every message.
static char *complaints(const struct job *job)
{
	gsize length = 0;
	const char *text = job->errors != NULL ? g_bytes_get_data(job->errors, &length) : NULL;
	char *valid = text != NULL ? g_utf8_make_valid(text, (gssize)length) : g_strdup("");
	char **lines = g_strsplit(valid, "\n", -1);
	GString *all = g_string_new(NULL);

	for (char **line = lines; *line != NULL; line++) {
		const char *words = g_strstrip(*line);

		if (g_str_has_prefix(words, "tshark: "))
			words += strlen("tshark: ");
		if (words[0] != '\0' && !g_str_has_prefix(words, "Running as user \"root\""))
			g_string_append_printf(all, "%s%s", all->len > 0 ? "; " : "", words);
	}
	g_strfreev(lines);
	g_free(valid);
	return g_string_free(all, FALSE);
}

#define PLUGIN_MISSING                                                                                                 \
	"tshark runs without the dsmipv4 plugin, or with one that is too old for this program; install it, or name "   \
	"the "                                                                                                         \
	"folder of a build in WIRESHARK_PLUGIN_DIR"

static bool fail_exit(const struct job *job, const char *words, GError **error)
{
	if (strstr(words, "Invalid -z argument") != NULL)
		return report_not_judged(error, PLUGIN_MISSING "%s",
					 geteuid() == 0 ? " (as root, tshark reads plugins from its own folder only)"
							: "");
	if (words[0] == '\0')
		return report_not_judged(error, "tshark ended with status %d and said nothing", job->status);
	return report_not_judged(error, "%s (tshark ended with status %d)", words, job->status);
}

static bool ended_well(const struct job *job, const char *file, GError **error)
{
	char *words;
	bool ok;

	if (job->failure != NULL)
		return report_not_judged(error, "cannot run tshark: %s", job->failure);
	if (job->signal != 0)
		return report_not_judged(error, "tshark crashed: signal %d (%s)", job->signal,
					 g_strsignal(job->signal));
	words = complaints(job);
	ok = job->ended && job->status == 0;
	if (!ok)
		fail_exit(job, words, error);
	else if (words[0] != '\0')
		g_printerr("dsmipcheck: %s: tshark says: %s\n", file, words);
	g_free(words);
	return ok;
}

const char *tshark_output(const struct job *job, const char *file, gsize *length, GError **error)
{
	const char *text;

	if (!ended_well(job, file, error))
		return NULL;
	text = g_bytes_get_data(job->output, length);
	return text != NULL ? text : "";
}

static bool check_settings(const struct tshark *tshark, const struct report *report, GError **error)
{
	const struct report_settings *settings = &report->settings;

	if (!settings->enabled)
		return report_not_judged(
			error, "the protocol dsmipv4 is disabled in tshark's configuration (disabled_protos)");
	if (!settings->takeover)
		return report_not_judged(error, "the preference dsmipv4.takeover is off, so nothing is judged");
	if (settings->bypassed->len > 0)
		return report_not_judged(error, "a Decode As for %s keeps packets from the dsmipv4 plugin",
					 g_array_index(settings->bypassed, const char *, 0));
	if (tshark->config != NULL && settings->keys < keys_rows(tshark->options->keys))
		return report_not_judged(error, "tshark took %" G_GINT64_FORMAT " of the keys in %s", settings->keys,
					 tshark->options->keys);
	return true;
}

struct report *tshark_report(const struct tshark *tshark, const struct job *job, const char *file,
			     GStringChunk *strings, GError **error)
{
	GError *cause = NULL;
	gsize length = 0;
	const char *text = tshark_output(job, file, &length, error);
	struct report *report;

	if (text == NULL)
		return NULL;
	report = report_parse(text, length, strings, &cause);
	if (report == NULL) {
		report_not_judged(error, "what tshark printed is not a whole report: %s", cause->message);
		g_error_free(cause);
	} else if (!check_settings(tshark, report, error)) {
		report_free(report);
		report = NULL;
	}
	return report;
}
