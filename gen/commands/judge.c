// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen judge: a conformance suite, and what was recorded when it was carried out.
#include "run/suite/run.h"

#include "commands/command.h"

static run_options_t o = {.repeat = 1};

static const GOptionEntry options[] = {
	{"dut", 0, 0, G_OPTION_ARG_FILENAME, &o.device, "What is claimed of the device under test", "FILE"},
	{"read", 'r', 0, G_OPTION_ARG_FILENAME, &o.evidence, "evidence.pcapng in the reports of `dsmipgen run`",
	 "FILE"},
	{"report", 0, 0, G_OPTION_ARG_FILENAME, &o.report,
	 "Folder for reports (HTML, JSON, JUnit) and a capture of each test", "FILE"},
	{"baseline", 0, 0, G_OPTION_ARG_FILENAME, &o.baseline,
	 "Results of an earlier run (results.json): only what is worse now decides the exit status", "FILE"},
	{"tap", 0, 0, G_OPTION_ARG_NONE, &o.is_tap, "Print the Test Anything Protocol, version 13", NULL},
	{"strict", 0, 0, G_OPTION_ARG_NONE, &o.is_strict, "Clauses of SHOULD and MAY fail, too", NULL},
	G_OPTION_ENTRY_NULL,
};

static bool run(const command_t *command, char **words, GError **error)
{
	if (!words[0] || words[1])
		return command_fail(command, words[0] ? "more than one suite named" : "no suite named", error);
	if (!o.device)
		return command_fail(command, "no device file", error);
	if (!o.evidence)
		return command_fail(command, "no evidence; expected -r FILE", error);
	return run_suite(words[0], &o, error);
}

const command_t judge_command = {
	.name = "judge",
	.arguments = "SUITE --dut FILE -r FILE",
	.summary = "Judges the evidence of a run again, without a network.",
	.choices = "FILE",
	.options = options,
	.run = run,
};
