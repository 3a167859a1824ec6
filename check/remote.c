// SPDX-License-Identifier: GPL-2.0-or-later
// Jobs on many machines, by GNU parallel.
#include "remote.h"

#include <string.h>

static void fail_all(struct job *jobs, gsize count, const char *problem)
{
	for (gsize i = 0; i < count; i++)
		jobs[i].failure = g_strdup(problem);
}

static void append_command(GString *commands, char **command)
{
	for (char **word = command; *word != NULL; word++) {
		char *quoted = g_shell_quote(*word);

		g_string_append_printf(commands, "%s%s", word == command ? "" : " ", quoted);
		g_free(quoted);
	}
	g_string_append_c(commands, '\n');
}

static bool write_commands(const struct job *jobs, gsize count, const char *path)
{
	GString *commands = g_string_new(NULL);
	bool ok;

	for (gsize i = 0; i < count; i++)
		append_command(commands, jobs[i].command);
	ok = g_file_set_contents(path, commands->str, (gssize)commands->len, NULL);
	g_string_free(commands, TRUE);
	return ok;
}

static GBytes *read_bytes(const char *folder, gsize number, const char *ending)
{
	char *path = g_strdup_printf("%s/%" G_GSIZE_FORMAT "%s", folder, number, ending), *text;
	gsize length;
	bool ok = g_file_get_contents(path, &text, &length, NULL);

	g_free(path);
	return ok ? g_bytes_new_take(text, length) : NULL;
}

// A line of the log: number, host, start, time, bytes sent, bytes received, exit status, signal, command.
static void take_line(struct job *jobs, gsize count, const char *line)
{
	char **columns = g_strsplit(line, "\t", -1);
	guint64 number, status, signal;

	if (g_strv_length(columns) >= 9 && g_ascii_string_to_unsigned(columns[0], 10, 1, count, &number, NULL) &&
	    g_ascii_string_to_unsigned(columns[6], 10, 0, G_MAXINT, &status, NULL) &&
	    g_ascii_string_to_unsigned(columns[7], 10, 0, G_MAXINT, &signal, NULL)) {
		jobs[number - 1].ended = signal == 0;
		jobs[number - 1].status = (int)status;
		jobs[number - 1].signal = (int)signal;
	}
	g_strfreev(columns);
}

static void take_results(struct job *jobs, gsize count, const char *folder, const char *log)
{
	char *text = NULL, **lines;

	if (!g_file_get_contents(log, &text, NULL, NULL)) {
		fail_all(jobs, count, "GNU parallel wrote no log");
		return;
	}
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++)
		take_line(jobs, count, *line);
	g_strfreev(lines);
	g_free(text);
	for (gsize i = 0; i < count; i++) {
		jobs[i].output = read_bytes(folder, i + 1, "");
		jobs[i].errors = read_bytes(folder, i + 1, ".err");
		if (!jobs[i].ended && jobs[i].signal == 0)
			jobs[i].failure = g_strdup("GNU parallel did not run it");
		else if (jobs[i].output == NULL)
			jobs[i].failure = g_strdup("GNU parallel brought no output back");
	}
}

static void run_parallel(struct job *jobs, gsize count, guint limit, const char *hosts, const char *folder)
{
	char *commands = g_build_filename(folder, "commands", NULL), *log = g_build_filename(folder, "log", NULL);
	char *results = g_build_filename(folder, "{#}", NULL), *here = g_get_current_dir();
	char *number = g_strdup_printf("%u", limit);
	const char *const words[] = {"parallel",
				     "--will-cite",
				     "--sshloginfile",
				     hosts,
				     "--jobs",
				     number,
				     "--workdir",
				     here,
				     "--results",
				     results,
				     "--joblog",
				     log,
				     "--env",
				     "WIRESHARK_PLUGIN_DIR",
				     "--env",
				     "WIRESHARK_CONFIG_DIR",
				     "::::",
				     commands,
				     NULL};
	struct job all = {.command = g_strdupv((char **)words), .environment = g_strdupv(jobs[0].environment)};

	if (!write_commands(jobs, count, commands)) {
		fail_all(jobs, count, "cannot write the commands for GNU parallel");
	} else {
		jobs_run(&all, 1, 1, NULL, NULL);
		if (all.failure != NULL)
			fail_all(jobs, count, all.failure);
		else
			take_results(jobs, count, folder, log);
	}
	job_clear(&all);
	g_free(commands);
	g_free(log);
	g_free(results);
	g_free(here);
	g_free(number);
}

void remote_run(struct job *jobs, gsize count, guint limit, const char *hosts, const char *folder)
{
	if (count > 0)
		run_parallel(jobs, count, limit, hosts, folder);
}
