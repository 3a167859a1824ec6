// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen: writes conformant and deviating DSMIPv4 (RFC 5454) traffic from scenarios.
#include "packet/auth.h"
#include "fuzz/fuzz.h"
#include "language/library.h"
#include "language/rule_ids.h"
#include "language/scenario.h"
#include "send/send.h"
#include "language/show.h"
#include "output/sink_pcap.h"
#include "output/sink_pcapng.h"
#include "language/suggest.h"
#include "population/traffic.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct command {
	const char *name;
	const char *arguments;
	const char *summary;
	bool (*run)(const struct command *command, char **words, GError **error);
} command_t;

static const sink_t *const sinks[] = {&sink_pcapng, &sink_pcap}; // the first is the default

static bool fail_usage(GError **error, const command_t *command, const char *problem)
{
	fail(error, GEN_ERROR_SCENARIO, "%s; expected dsmipgen %s %s", problem, command->name, command->arguments);
	return false;
}

// The name of an option in a word such as --nodes or --nodes=2, or NULL; free with g_free().
static char *option_name(const char *word)
{
	return g_str_has_prefix(word, "--") && word[2] != '\0' ? g_strndup(word + 2, strcspn(word + 2, "=")) : NULL;
}

static const GOptionEntry *find_option(const GOptionEntry *entries, const char *name)
{
	for (; entries && name && entries->long_name; entries++)
		if (strcmp(entries->long_name, name) == 0)
			return entries;
	return NULL;
}

// GLib reads 017 as fifteen; nothing else here does.
static bool check_numbers(const command_t *command, const GOptionEntry *entries, char **words, GError **error)
{
	for (; *words; words++) {
		g_autofree char *name = option_name(*words);
		const GOptionEntry *entry = find_option(entries, name);
		const char *equals = strchr(*words, '=');
		const char *value = equals ? equals + 1 : words[1];

		if (!entry || entry->arg != G_OPTION_ARG_INT64 || !value || value[0] != '0' ||
		    !g_ascii_isdigit(value[1]))
			continue;
		g_autofree char *problem = g_strdup_printf("--%s '%s': a zero in front of the number", name, value);
		return fail_usage(error, command, problem);
	}
	return true;
}

// An option that there is not, with the one that it may have been meant for; other problems in GLib's words.
static void report_option(const command_t *command, const GOptionEntry *entries, char **words, const GError *cause,
			  GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (const GOptionEntry *entry = entries; entry && entry->long_name; entry++)
		g_ptr_array_add(names, (gpointer)entry->long_name);
	g_ptr_array_add(names, (gpointer) "help");
	for (; *words && g_error_matches(cause, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION); words++) {
		g_autofree char *name = option_name(*words);

		if (!name || find_option(entries, name) || strcmp(name, "help") == 0)
			continue;
		g_autofree char *hint = suggest(name, (const char *const *)names->pdata, names->len);
		fail(error, GEN_ERROR_SCENARIO, "unknown option --%s%s dsmipgen %s %s (dsmipgen %s --help)", name, hint,
		     command->name, command->arguments, command->name);
		return;
	}
	fail_usage(error, command, cause->message);
}

// Parses the options of a subcommand; the remaining words begin at words[1].
static bool parse_options(const command_t *command, const GOptionEntry *entries, char ***words, GError **error)
{
	GOptionContext *context = g_option_context_new(command->arguments);
	GError *cause = NULL;

	g_option_context_set_summary(context, command->summary);
	if (entries)
		g_option_context_add_main_entries(context, entries, NULL);
	bool ok = check_numbers(command, entries, *words, error);
	if (ok && !g_option_context_parse_strv(context, words, &cause)) {
		report_option(command, entries, *words, cause, error);
		g_error_free(cause);
		ok = false;
	}
	g_option_context_free(context);
	return ok;
}

static int name_width(char **names)
{
	gsize width = 0;

	for (; *names; names++)
		width = MAX(width, strlen(*names));
	return (int)width;
}

static bool list_flows(GError **error)
{
	char **names = library_names("flows");
	bool ok = true;

	for (char **name = names; *name && ok; name++) {
		scenario_t *scenario = scenario_load(*name, error);

		ok = scenario;
		if (ok) {
			g_print("%-*s  %s\n", name_width(names), *name, scenario->summary);
			scenario_free(scenario);
		}
	}
	g_strfreev(names);
	return ok;
}

// Rules that have a scenario, in the order of rules.def.
static bool list_rules(GError **error G_GNUC_UNUSED)
{
	g_auto(GStrv) names = library_names("rules");

	for (unsigned i = 0; i < rule_count; i++)
		if (g_strv_contains((const char *const *)names, rules[i].id))
			g_print("%-*s  %s\n", name_width(names), rules[i].id, rules[i].text);
	return true;
}

static const struct {
	const char *name;
	bool (*list)(GError **error);
} lists[] = {
	{"flows", list_flows},
	{"rules", list_rules},
};

static bool run_list(const command_t *command, char **words, GError **error)
{
	bool found = false;

	if (!parse_options(command, NULL, &words, error))
		return false;
	if (words[1] && words[2])
		return fail_usage(error, command, "too many words");
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		if (words[1] && strcmp(words[1], lists[i].name) != 0)
			continue;
		found = true;
		if (!lists[i].list(error))
			return false;
	}
	return found || fail_usage(error, command, "unknown list");
}

static bool run_show(const command_t *command, char **words, GError **error)
{
	g_autoptr(scenario_t) scenario = NULL;

	if (!parse_options(command, NULL, &words, error))
		return false;
	if (!words[1] || words[2])
		return fail_usage(error, command, !words[1] ? "no scenario named" : "too many words");
	scenario = scenario_load(words[1], error);
	if (!scenario || !traffic_check(scenario, error)) // what it prints, `write` takes
		return false;
	show_scenario(scenario);
	return true;
}

typedef struct {
	char *path;
	char *format;
	traffic_options_t traffic;
} write_options_t;

static const sink_t *find_sink(const char *path, const char *format, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(sinks); i++) {
		if (format ? strcmp(format, sinks[i]->name) == 0 : g_str_has_suffix(path, sinks[i]->suffix))
			return sinks[i];
	}
	if (!format)
		return sinks[0];
	fail(error, GEN_ERROR_SCENARIO, "unknown format '%s'; expected pcap or pcapng", format);
	return NULL;
}

// Options of every command that writes a file.
#define OUTPUT_ENTRIES(options)                                                                                        \
	{"write", 'w', 0, G_OPTION_ARG_FILENAME, &(options).path, "Output file, - for standard output", "FILE"},       \
	{                                                                                                              \
		"format", 0, 0, G_OPTION_ARG_STRING, &(options).format,                                                \
			"pcap or pcapng (default: by the ending of FILE, else pcapng)", "FORMAT"                       \
	}

static bool write_scenarios(char **names, const write_options_t *options, GError **error)
{
	const sink_t *sink = find_sink(options->path, options->format, error);
	packet_source_t *source = sink ? traffic_source(names, &options->traffic, error) : NULL;
	bool ok = source && sink_write(sink, options->path, source, error);

	packet_source_free(source);
	return ok;
}

static bool run_write(const command_t *command, char **words, GError **error)
{
	write_options_t options = {.traffic = TRAFFIC_DEFAULTS};
	const GOptionEntry entries[] = {
		OUTPUT_ENTRIES(options),
		TRAFFIC_ENTRIES(options.traffic),
		G_OPTION_ENTRY_NULL,
	};
	bool ok = false;

	if (!parse_options(command, entries, &words, error))
		ok = false;
	else if (!words[1])
		fail_usage(error, command, "no scenario named");
	else if (!options.path)
		fail_usage(error, command, "no output file");
	else
		ok = write_scenarios(words + 1, &options, error);
	g_free(options.path);
	g_free(options.format);
	traffic_options_clear(&options.traffic);
	return ok;
}

typedef struct {
	char *path;
	char *format;
	char **overrides;
	gint64 seed;
	gint64 count;
	gint64 only;
} fuzz_words_t;

#define NOT_GIVEN G_MININT64

#define DEFAULT_CASES 1000

static bool check_fuzz(const fuzz_words_t *words, GError **error)
{
	gint64 count = words->count != NOT_GIVEN ? words->count : FUZZ_COUNT_MAX;
	g_autofree char *problem = NULL;

	if (words->seed < 0 || words->seed > G_MAXUINT32)
		problem = g_strdup("seed out of range; expected 0 to 4294967295");
	else if (count < 1 || count > FUZZ_COUNT_MAX)
		problem = g_strdup_printf("count out of range; expected 1 to %" G_GINT64_FORMAT, FUZZ_COUNT_MAX);
	else if (words->only != NOT_GIVEN && (words->only < 0 || words->only >= count))
		problem = g_strdup_printf("there is no case %" G_GINT64_FORMAT "; expected one below the count",
					  words->only);
	if (!problem)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "%s", problem);
	return false;
}

static bool write_cases(const char *name, const fuzz_words_t *words, GError **error)
{
	const fuzz_options_t options = {
		.overrides = (const char *const *)words->overrides,
		.seed = (guint32)words->seed,
		.first = words->only != NOT_GIVEN ? (guint64)words->only : 0,
		.count = words->only != NOT_GIVEN    ? 1
			 : words->count != NOT_GIVEN ? (guint64)words->count
						     : DEFAULT_CASES,
	};
	const sink_t *sink = find_sink(words->path, words->format, error);
	packet_source_t *source = NULL;

	if (!sink || !check_fuzz(words, error) || !auth_init(error))
		return false;
	scenario_t *scenario = scenario_load(name, error);
	if (scenario && scenario_prepare(scenario, options.overrides, options.seed, error))
		source = fuzz_new(scenario, &options, error);
	bool ok = source && sink_write(sink, words->path, source, error);
	packet_source_free(source);
	return ok;
}

static bool run_fuzz(const command_t *command, char **words, GError **error)
{
	fuzz_words_t options = {.seed = 1, .count = NOT_GIVEN, .only = NOT_GIVEN};
	const GOptionEntry entries[] = {
		OUTPUT_ENTRIES(options),
		{"seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "Seed of the cases (default 1)", "N"},
		{"count", 0, 0, G_OPTION_ARG_INT64, &options.count, "Number of cases (default 1000)", "N"},
		{"only", 0, 0, G_OPTION_ARG_INT64, &options.only, "Write case K alone, counted from 0", "K"},
		TRAFFIC_SET_ENTRY(options),
		G_OPTION_ENTRY_NULL,
	};
	bool ok = false;

	if (!parse_options(command, entries, &words, error))
		ok = false;
	else if (!words[1] || words[2])
		fail_usage(error, command, !words[1] ? "no scenario named" : "more than one scenario named");
	else if (!options.path)
		fail_usage(error, command, "no output file");
	else
		ok = write_cases(words[1], &options, error);
	g_free(options.path);
	g_free(options.format);
	g_strfreev(options.overrides);
	return ok;
}

static void clear_send_options(send_options_t *options)
{
	char **const texts[] = {
		&options->interface,  &options->mac_source, &options->mac_destination,
		&options->next_hop,   &options->to,         &options->pps,
		&options->mbps,       &options->gap,        &options->loop,
		&options->count,      &options->duration,   &options->threads,
		&options->start_time, &options->progress,
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(*texts[i]);
	traffic_options_clear(&options->traffic);
}

static bool run_send(const command_t *command, char **words, GError **error)
{
	send_options_t o = {.traffic = TRAFFIC_DEFAULTS};
	const GOptionEntry entries[] = {
		{"interface", 'i', 0, G_OPTION_ARG_STRING, &o.interface, "Interface to send on", "IFACE"},
		{"mac-source", 0, 0, G_OPTION_ARG_STRING, &o.mac_source,
		 "Source MAC address (default: the interface's)", "MAC"},
		{"mac-destination", 0, 0, G_OPTION_ARG_STRING, &o.mac_destination,
		 "Destination MAC address (default: asked for by ARP)", "MAC"},
		{"next-hop", 0, 0, G_OPTION_ARG_STRING, &o.next_hop, "Router to send to; asked for by ARP", "IPV4"},
		{"raw", 0, 0, G_OPTION_ARG_NONE, &o.is_raw, "IPv4 packets that the kernel routes, no frames", NULL},
		{"to", 0, 0, G_OPTION_ARG_STRING, &o.to, "Only packets to this outer address", "IPV4"},
		{"pps", 0, 0, G_OPTION_ARG_STRING, &o.pps,
		 "Packets per second, or a ramp over the duration such as 100..5000", "N"},
		{"mbps", 0, 0, G_OPTION_ARG_STRING, &o.mbps, "Megabits per second", "N"},
		{"gap", 0, 0, G_OPTION_ARG_STRING, &o.gap, "Time between packets, such as 500us, 20ms or 2s", "TIME"},
		{"topspeed", 0, 0, G_OPTION_ARG_NONE, &o.is_topspeed, "As fast as possible", NULL},
		{"threads", 0, 0, G_OPTION_ARG_STRING, &o.threads,
		 "Threads at top speed (default: one for each processor)", "N"},
		{"loop", 0, 0, G_OPTION_ARG_STRING, &o.loop, "How many times; 0 means forever (default 1)", "N"},
		{"count", 0, 0, G_OPTION_ARG_STRING, &o.count, "Stop after so many packets", "N"},
		{"duration", 0, 0, G_OPTION_ARG_STRING, &o.duration, "Stop after a time, such as 10s or 5m", "TIME"},
		{"start-time", 0, 0, G_OPTION_ARG_STRING, &o.start_time,
		 "Identifications from this time on, such as 2026-01-01T00:00:00Z (default now)", "TIME"},
		{"progress", 0, 0, G_OPTION_ARG_STRING, &o.progress, "line, json or none (default: line on a terminal)",
		 "KIND"},
		TRAFFIC_ENTRIES(o.traffic),
		G_OPTION_ENTRY_NULL,
	};
	bool ok = false;

	if (!parse_options(command, entries, &words, error))
		ok = false;
	else if (!words[1])
		fail_usage(error, command, "no scenario named");
	else if (!o.interface)
		fail_usage(error, command, "no interface");
	else
		ok = send_scenarios(words + 1, &o, error);
	clear_send_options(&o);
	return ok;
}

static const command_t commands[] = {
	{"list", "[flows|rules]", "Names the built-in scenarios.", run_list},
	{"show", "NAME", "Prints a scenario as it is carried out, base and edits resolved.", run_show},
	{"write", "NAME... -w FILE|-", "Writes the packets of scenarios to a capture file.", run_write},
	{"send", "NAME... -i IFACE", "Sends the packets of scenarios on an interface.", run_send},
	{"fuzz", "NAME -w FILE|-", "Writes mutated packets of a scenario to a capture file.", run_fuzz},
};

static void print_help(void)
{
	g_print("Usage: dsmipgen COMMAND ...\n\n"
		"Writes or sends DSMIPv4 (RFC 5454) traffic, conformant or with one chosen fault.\n\n");
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_autofree char *usage = g_strdup_printf("%s %s", commands[i].name, commands[i].arguments);

		g_print("  %-26s  %s\n", usage, commands[i].summary);
	}
	g_print("\nNAME is a flow, a rule (its violation), RULE.near_miss, a file ending in .yaml\n"
		"(FILE.yaml#near_miss for its near miss), or - for standard input.\n"
		"`dsmipgen COMMAND --help` lists the options.\n");
}

// "list, show, ... or send"
static char *command_names(void)
{
	GString *names = g_string_new(commands[0].name);

	for (gsize i = 1; i < G_N_ELEMENTS(commands); i++)
		g_string_append_printf(names, "%s%s", i + 1 < G_N_ELEMENTS(commands) ? ", " : " or ", commands[i].name);
	return g_string_free(names, FALSE);
}

static void fail_command(const char *problem, GError **error)
{
	g_autofree char *names = command_names();

	fail(error, GEN_ERROR_SCENARIO, "%s %s (dsmipgen --help)", problem, names);
}

static bool run_command(char **words, GError **error)
{
	const char *names[G_N_ELEMENTS(commands)];
	const char *wanted = words[1];

	if (!wanted) {
		fail_command("no command; expected", error);
		return false;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
		names[i] = commands[i].name;
		if (strcmp(wanted, commands[i].name) == 0) {
			g_auto(GStrv) rest = g_strdupv(words + 1);

			g_free(rest[0]);
			rest[0] = g_strconcat("dsmipgen ", wanted, NULL); // for the usage
			return commands[i].run(&commands[i], rest, error);
		}
	}
	g_autofree char *hint = suggest(wanted, names, G_N_ELEMENTS(commands));
	g_autofree char *problem = g_strdup_printf("unknown command '%s'%s", wanted, hint);
	fail_command(problem, error);
	return false;
}

static bool run(char **words, GError **error)
{
	const char *first = words[1] ? words[1] : "";

	if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
		print_help();
	else if (strcmp(first, "--version") == 0)
		g_print("dsmipgen " DSMIPV4_VERSION "\n");
	else
		return run_command(words, error);
	return true;
}

int main(int count G_GNUC_UNUSED, char **words)
{
	GError *error = NULL;

	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN); // a closed pipe is a write error like any other,
	signal(SIGXFSZ, SIG_IGN); // and so is a file that becomes too large
	if (run(words, &error)) {
		if (!ferror(stdout))
			return 0;
		fail(&error, GEN_ERROR_ENVIRONMENT, "cannot write to standard output: %s", g_strerror(errno));
	}
	g_printerr("dsmipgen: %s\n", error->message);
	int status = error->code;
	g_error_free(error);
	return status;
}
