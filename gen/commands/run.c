// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen run: a conformance suite against a device.
#include "run/suite/run.h"

#include "commands/command.h"

static run_options_t o = {.repeat = 1};

static const GOptionEntry options[] = {
	{"dut", 0, 0, G_OPTION_ARG_FILENAME, &o.device, "What is claimed of the device under test", "FILE"},
	{"interface", 'i', 0, G_OPTION_ARG_STRING, &o.interface, "Interface that the device is reached by", "IFACE"},
	{"cn-iface", 0, 0, G_OPTION_ARG_STRING, &o.correspondents,
	 "Interface of correspondent nodes, for IPv6 that is in no tunnel (default: that of -i)", "IFACE"},
	{"next-hop", 0, 0, G_OPTION_ARG_STRING, &o.next_hop, "Router to the device (default: it is on the link)",
	 "IPV4"},
	{"only", 0, 0, G_OPTION_ARG_STRING, &o.only, "Only the first test, and those with such an id, such as 'HA-3*'",
	 "PATTERN"},
	{"section", 0, 0, G_OPTION_ARG_STRING, &o.section,
	 "Only the first test, and those of an RFC or a section, such as 5454 or 5944:3.8", "RFC[:SECTION]"},
	{"repeat", 0, 0, G_OPTION_ARG_INT, &o.repeat, "Carry out the suite so many times (default 1)", "N"},
	{"report", 0, 0, G_OPTION_ARG_FILENAME, &o.report,
	 "Folder for reports (HTML, JSON, JUnit) and a capture of each test", "FILE"},
	{"baseline", 0, 0, G_OPTION_ARG_FILENAME, &o.baseline,
	 "Results of an earlier run (results.json): only what is worse now decides the exit status", "FILE"},
	{"tap", 0, 0, G_OPTION_ARG_NONE, &o.is_tap, "Print the Test Anything Protocol, version 13", NULL},
	{"strict", 0, 0, G_OPTION_ARG_NONE, &o.is_strict, "Clauses of SHOULD and MAY fail, too", NULL},
	{"dry-run", 0, 0, G_OPTION_ARG_NONE, &o.is_dry, "Print the packets that would be sent, and send nothing", NULL},
	{"write", 'w', 0, G_OPTION_ARG_FILENAME, &o.dry_file, "With --dry-run: write them to a pcapng file", "FILE"},
	{"check", 0, 0, G_OPTION_ARG_NONE, &o.is_check, "Check suite and device file, and send nothing", NULL},
	G_OPTION_ENTRY_NULL,
};

static bool run(const command_t *command, char **words, GError **error)
{
	if (!words[0] || words[1])
		return command_fail(command, words[0] ? "more than one suite named" : "no suite named", error);
	if (!o.device)
		return command_fail(command, "no device file", error);
	if (o.dry_file && !o.is_dry)
		return command_fail(command, "-w is for --dry-run; expected --report for a capture of each test",
				    error);
	if (!o.interface && !o.is_check && !o.is_dry)
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
