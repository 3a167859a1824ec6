// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipcheck: judges captures of DSMIPv4 (RFC 5454) and says so by its exit status.
#include <locale.h>
#include <signal.h>

#include "captures.h"
#include "base/error.h"
#include "folder.h"
#include "keys.h"
#include "options.h"
#include "output.h"
#include "parts.h"

// Everything after the command line was understood.
static bool check(const struct tshark *tshark, struct verdict *verdict, GError **error)
{
	const struct options *options = tshark->options;
	struct baseline *baseline = NULL;
	bool ok;

	if (options->baseline != NULL) {
		baseline = baseline_read(options->baseline, error);
		if (baseline == NULL)
			return false;
	}
	ok = captures_check_rules(tshark, verdict, error);
	if (ok) {
		if (options->parts)
			parts_judge(tshark, verdict, baseline);
		else
			captures_judge(tshark, verdict, baseline);
		judge_all(verdict);
		ok = output_write(options, verdict, baseline, error);
	}
	baseline_free(baseline);
	return ok;
}

static bool check_with_keys(const struct options *options, struct verdict *verdict, GError **error)
{
	char *folder = options->keys != NULL ? keys_folder(options->keys, error) : NULL;
	const struct tshark tshark = {options, folder};
	bool ok = (options->keys == NULL || folder != NULL) && check(&tshark, verdict, error);

	folder_remove(folder);
	return ok;
}

static bool run(char **words, struct verdict *verdict, GError **error)
{
	struct options options = {0};
	bool ok = options_read(&options, g_strdupv(words), verdict, error);

	if (ok && options.version)
		g_print("dsmipcheck " DSMIPV4_VERSION "\n");
	else if (ok)
		ok = check_with_keys(&options, verdict, error);
	options_clear(&options);
	return ok;
}

int main(int count G_GNUC_UNUSED, char **words)
{
	struct verdict *verdict = verdict_new();
	GError *error = NULL;
	int status;

	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN); // a closed pipe is a write error like any other,
	signal(SIGXFSZ, SIG_IGN); // and so is a file that becomes too large
	if (run(words, verdict, &error)) {
		status = (int)verdict->status;
	} else {
		g_printerr("dsmipcheck: %s\n", error->message);
		status = error->code;
		g_error_free(error);
	}
	verdict_free(verdict);
	return status;
}
