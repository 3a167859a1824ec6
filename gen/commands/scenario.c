// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen scenario: a capture file -> the scenario of one of its mobile nodes.
#include "capture/recover.h"
#include "commands/command.h"
#include "language/show.h"
#include "population/traffic.h"

static char *path;
static char *node;
static traffic_options_t traffic = TRAFFIC_DEFAULTS;

static const GOptionEntry options[] = {
	{"read", 'r', 0, G_OPTION_ARG_FILENAME, &path, "Capture file, pcap or pcapng, - for standard input", "FILE"},
	{"node", 0, 0, G_OPTION_ARG_STRING, &node, "Home address of the node (default: the only one in the capture)",
	 "HOA"},
	TRAFFIC_SET_ENTRY(traffic),
	G_OPTION_ENTRY_NULL,
};

static bool run(const command_t *command, char **words, GError **error)
{
	if (words[0])
		return command_fail(command, "too many words", error);
	if (!path)
		return command_fail(command, "no capture file", error);
	g_autoptr(scenario_t) scenario = recover_scenario(path, node, (const char *const *)traffic.overrides, error);
	if (!scenario || !traffic_check(scenario, error)) // what it prints, `write` takes
		return false;
	show_scenario(scenario);
	return true;
}

const command_t scenario_command = {
	.name = "scenario",
	.arguments = "-r FILE",
	.summary = "Prints the scenario of a captured mobile node.",
	.options = options,
	.run = run,
};
