// SPDX-License-Identifier: GPL-2.0-or-later
// The verdict onto standard output and into files.
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "render.h"

struct output_form {
	const char *file; // NULL: not wanted
	void (*render)(const struct verdict *verdict, const struct baseline *baseline, GString *out);
};

static void write_json(const struct verdict *verdict, const struct baseline *baseline G_GNUC_UNUSED, GString *out)
{
	render_json(verdict, out);
}

// Standard output, a device or a FIFO is written to; it is not replaced by a file.
static bool write_stream(FILE *stream, const GString *text)
{
	bool ok = stream != NULL && fwrite(text->str, 1, text->len, stream) == text->len && fflush(stream) == 0;

	if (stream != NULL && stream != stdout)
		ok = fclose(stream) == 0 && ok;
	return ok;
}

static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

// A file that was there before is replaced as a whole or not at all.
static bool write_file(const char *path, const GString *text, GError **error)
{
	GError *cause = NULL;
	bool ok;

	if (strcmp(path, "-") == 0 || is_special(path)) {
		ok = write_stream(strcmp(path, "-") == 0 ? stdout : fopen(path, "w"), text);
		if (!ok)
			report_not_judged(error, "cannot write %s: %s",
					  strcmp(path, "-") == 0 ? "to standard output" : path, g_strerror(errno));
		return ok;
	}
	ok = g_file_set_contents(path, text->str, (gssize)text->len, &cause);
	if (!ok) {
		const char *reason = g_strrstr(cause->message, ": "); // behind the name of a temporary file

		report_not_judged(error, "cannot write %s%s", path, reason != NULL ? reason : "");
		g_error_free(cause);
	}
	return ok;
}

static bool write_text(const struct verdict *verdict, const struct baseline *baseline, GError **error)
{
	GString *text = g_string_new(NULL);
	bool ok;

	render_text(verdict, baseline, isatty(STDOUT_FILENO) && g_getenv("NO_COLOR") == NULL, text);
	ok = write_file("-", text, error);
	g_string_free(text, TRUE);
	return ok;
}

bool output_write(const struct options *options, const struct verdict *verdict, const struct baseline *baseline,
		  GError **error)
{
	const struct output_form forms[] = {
		{options->json, write_json},
		{options->junit, render_junit},
		{options->html, render_html},
		{options->tap, render_tap},
	};
	bool standard = false, ok = true;

	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		GString *text;

		if (forms[i].file == NULL)
			continue;
		standard |= strcmp(forms[i].file, "-") == 0;
		text = g_string_new(NULL);
		forms[i].render(verdict, baseline, text);
		ok &= write_file(forms[i].file, text, ok ? error : NULL);
		g_string_free(text, TRUE);
	}
	if (!standard && !options->quiet)
		ok &= write_text(verdict, baseline, ok ? error : NULL);
	return ok;
}
