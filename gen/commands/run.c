// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen run: a conformance suite against a device.
#include "run/suite/run.h"

#include "commands/command.h"

static run_options_t o;

static const GOptionEntry options[] = {
	{"dut", 0, 0, G_OPTION_ARG_FILENAME, &o.device, "What is claimed of the device under test", "FILE"},
	{"interface", 'i', 0, G_OPTION_ARG_STRING, &o.interface, "Interface that the device is reached by", "IFACE"},
	{"next-hop", 0, 0, G_OPTION_ARG_STRING, &o.next_hop, "Router to the device (default: it is on the link)",
	 "IPV4"},
	{"only", 0, 0, G_OPTION_ARG_STRING, &o.only, "Only the first test, and those with such an id, such as 'HA-3*'",
	 "PATTERN"},
	{"report", 0, 0, G_OPTION_ARG_FILENAME, &o.report, "Folder for a capture of each test", "FILE"},
	{"tap", 0, 0, G_OPTION_ARG_NONE, &o.is_tap, "Print the Test Anything Protocol, version 13", NULL},
	{"strict", 0, 0, G_OPTION_ARG_NONE, &o.is_strict, "Clauses of SHOULD and MAY fail, too", NULL},
	{"check", 0, 0, G_OPTION_ARG_NONE, &o.is_check, "Check suite and device file, and send nothing", NULL},
	G_OPTION_ENTRY_NULL,
};

static bool run(const command_t *command, char **words, GError **error)
{
	if (!words[0] || words[1])
		return command_fail(command, words[0] ? "more than one suite named" : "no suite named", error);
	if (!o.device)
		return command_fail(command, "no device file", error);
	if (!o.interface && !o.is_check)
		return command_fail(command, "no interface", error);
	return run_suite(words[0], &o, error);
}

const command_t run_command = {
	.name = "run",
	.arguments = "SUITE --dut FILE -i IFACE",
	.summary = "Tests a device by a conformance suite.",
	.choices = "FILE",
	.options = options,
	.run = run,
};
