// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen write: scenarios -> a capture file.
#include "commands/command.h"
#include "commands/live_option.h"
#include "commands/output_option.h"
#include "population/traffic.h"

static output_option_t output;
static traffic_options_t traffic = TRAFFIC_DEFAULTS;
static live_option_t live;
static gboolean is_realtime;

static const GOptionEntry options[] = {
	OUTPUT_ENTRIES(output),
	TRAFFIC_ENTRIES(traffic),
	{"realtime", 0, 0, G_OPTION_ARG_NONE, &is_realtime, "Write each packet when it is due, beginning now", NULL},
	LIVE_ENTRIES(live),
	G_OPTION_ENTRY_NULL,
};

static bool run(const command_t *command, char **words, GError **error)
{
	if (!words[0])
		return command_fail(command, "no scenario named", error);
	if (!output.path)
		return command_fail(command, "no output file", error);
	if (!is_realtime && (live.pps || live.loop))
		return command_fail(command, "--pps and --loop without --realtime", error);
	const sink_t *sink = output_sink(&output, error);
	packet_source_t *source = !sink         ? NULL
				  : is_realtime ? live_option_source(&live, words, &traffic, error)
						: traffic_source(words, &traffic, error);
	bool ok = source && sink_write(sink, output.path, source, error);
	packet_source_free(source);
	return ok;
}

const command_t write_command = {
	.name = "write",
	.arguments = "NAME... -w FILE|-",
	.summary = "Writes the packets of scenarios to a capture file.",
	.choices = SCENARIO_WORDS,
	.options = options,
	.run = run,
};
