// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen fuzz: mutated packets -> a capture file.
#include "fuzz/fuzz.h"

#include "commands/command.h"
#include "commands/output_option.h"
#include "packet/auth.h"
#include "population/traffic.h"

#define NOT_GIVEN G_MININT64
#define DEFAULT_CASES 1000

static output_option_t output;

static struct {
	char **overrides;
	gint64 seed;
	gint64 count;
	gint64 only;
} words = {.seed = 1, .count = NOT_GIVEN, .only = NOT_GIVEN};

static bool check_fuzz(GError **error)
{
	gint64 count = words.count != NOT_GIVEN ? words.count : FUZZ_COUNT_MAX;
	g_autofree char *problem = NULL;

	if (words.seed < 0 || words.seed > G_MAXUINT32)
		problem = g_strdup("seed out of range; expected 0 to 4294967295");
	else if (count < 1 || count > FUZZ_COUNT_MAX)
		problem = g_strdup_printf("count out of range; expected 1 to %" G_GINT64_FORMAT, FUZZ_COUNT_MAX);
	else if (words.only != NOT_GIVEN && (words.only < 0 || words.only >= count))
		problem = g_strdup_printf("there is no case %" G_GINT64_FORMAT "; expected one below the count",
					  words.only);
	if (!problem)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "%s", problem);
	return false;
}

static bool write_cases(const char *name, GError **error)
{
	const fuzz_options_t cases = {
		.overrides = (const char *const *)words.overrides,
		.seed = (guint32)words.seed,
		.first = words.only != NOT_GIVEN ? (guint64)words.only : 0,
		.count = words.only != NOT_GIVEN    ? 1
			 : words.count != NOT_GIVEN ? (guint64)words.count
						    : DEFAULT_CASES,
	};
	const sink_t *sink = output_sink(&output, error);
	packet_source_t *source = NULL;

	if (!sink || !check_fuzz(error) || !auth_init(error))
		return false;
	scenario_t *scenario = scenario_load(name, error);
	if (scenario && scenario->population)
		fail(error, GEN_ERROR_SCENARIO, "'%s' has a population; expected a scenario with steps", name);
	else if (scenario && scenario_prepare(scenario, cases.overrides, cases.seed, error))
		source = fuzz_new(scenario, &cases, error);
	bool ok = source && sink_write(sink, output.path, source, error);
	packet_source_free(source);
	return ok;
}

static const GOptionEntry options[] = {
	OUTPUT_ENTRIES(output),
	{"seed", 0, 0, G_OPTION_ARG_INT64, &words.seed, "Seed of the cases (default 1)", "N"},
	{"count", 0, 0, G_OPTION_ARG_INT64, &words.count, "Number of cases (default 1000)", "N"},
	{"only", 0, 0, G_OPTION_ARG_INT64, &words.only, "Write case K alone, counted from 0", "K"},
	TRAFFIC_SET_ENTRY(words),
	G_OPTION_ENTRY_NULL,
};

static bool run(const command_t *command, char **names, GError **error)
{
	if (!command_names_one(command, names, error))
		return false;
	if (!output.path)
		return command_fail(command, "no output file", error);
	return write_cases(names[0], error);
}

const command_t fuzz_command = {
	.name = "fuzz",
	.arguments = "NAME -w FILE|-",
	.summary = "Writes mutated packets of a scenario to a capture file.",
	.choices = SCENARIO_WORDS,
	.options = options,
	.run = run,
};
