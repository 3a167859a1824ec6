// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen respond: a home agent, a mobile node or a foreign agent on an interface.
#include "run/respond/respond.h"

#include "commands/command.h"

static respond_options_t o = {.seed = 1};

static const GOptionEntry options[] = {
	{"role", 0, 0, G_OPTION_ARG_STRING, &o.role, "What to play: a home agent, a mobile node or a foreign agent",
	 "ha|mn|fa"},
	{"interface", 'i', 0, G_OPTION_ARG_STRING, &o.interface, "Interface to answer on", "IFACE"},
	{"fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.faults,
	 "What to do wrong, as `dsmipgen list faults` shows; may be repeated", "FAULT"},
	{"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.overrides,
	 "Another address, prefix or key, such as ha.address=10.0.0.2; may be repeated", "NAME.KEY=VALUE"},
	{"lifetime", 0, 0, G_OPTION_ARG_STRING, &o.lifetime,
	 "Longest lifetime to grant or to offer, or the one to ask for (default 600)", "SECONDS"},
	{"replay", 0, 0, G_OPTION_ARG_STRING, &o.replay, "Protection against replay (default timestamps)",
	 "timestamps|nonces"},
	{"delay", 0, 0, G_OPTION_ARG_STRING, &o.delay, "Wait before each answer, such as 20ms or 1.5s", "TIME"},
	{"loss", 0, 0, G_OPTION_ARG_STRING, &o.loss, "How many of a hundred answers to lose", "PERCENT"},
	{"mtu", 0, 0, G_OPTION_ARG_STRING, &o.mtu,
	 "Send IPv4 packets that are longer in fragments, unless their DF bit is set (default: no limit)", "BYTES"},
	{"seed", 0, 0, G_OPTION_ARG_INT64, &o.seed, "Seed of the loss (default 1)", "N"},
	{"log", 0, 0, G_OPTION_ARG_FILENAME, &o.log, "Where the log goes (default: standard output)", "FILE"},
	G_OPTION_ENTRY_NULL,
};

static bool run(const command_t *command, char **words, GError **error)
{
	if (words[0])
		return command_fail(command, "too many words", error);
	if (!o.interface)
		return command_fail(command, "no interface", error);
	return respond(&o, error);
}

const command_t respond_command = {
	.name = "respond",
	.arguments = "--role ha|mn|fa -i IFACE",
	.summary = "Plays a home agent, a mobile node or a foreign agent, with faults if wanted.",
	.options = options,
	.run = run,
};
