// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen show: a scenario as it is carried out.
#include "language/show.h"

#include "commands/command.h"
#include "population/traffic.h"

static bool run(const command_t *command, char **words, GError **error)
{
	if (!command_names_one(command, words, error))
		return false;
	g_autoptr(scenario_t) scenario = scenario_load(words[0], error);
	if (!scenario || !traffic_check(scenario, error)) // what it prints, `write` takes
		return false;
	show_scenario(scenario);
	return true;
}

const command_t show_command = {
	.name = "show",
	.arguments = "NAME",
	.summary = "Prints a scenario as it is carried out, base and edits resolved.",
	.choices = SCENARIO_WORDS,
	.run = run,
};
