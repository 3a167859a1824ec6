// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen send: scenarios -> an interface.
#include "send/send.h"

#include "commands/command.h"
#include "commands/output_option.h"

static send_options_t o = {.traffic = TRAFFIC_DEFAULTS};
static output_option_t output;

static const GOptionEntry options[] = {
	{"interface", 'i', 0, G_OPTION_ARG_STRING, &o.interface, "Interface to send on", "IFACE"},
	{"mac-source", 0, 0, G_OPTION_ARG_STRING, &o.mac_source, "Source MAC address (default: the interface's)",
	 "MAC"},
	{"mac-destination", 0, 0, G_OPTION_ARG_STRING, &o.mac_destination,
	 "Destination MAC address (default: that of the next hop)", "MAC"},
	{"next-hop", 0, 0, G_OPTION_ARG_STRING, &o.next_hop, "Router to send to (default: by the kernel's routes)",
	 "IPV4"},
	{"raw", 0, 0, G_OPTION_ARG_NONE, &o.is_raw, "IPv4 packets that the kernel routes, no frames", NULL},
	{"to", 0, 0, G_OPTION_ARG_STRING, &o.to, "Only packets to this outer address", "IPV4"},
	{"pps", 0, 0, G_OPTION_ARG_STRING, &o.pps, "Packets per second, or a ramp over the duration such as 100..5000",
	 "N"},
	{"mbps", 0, 0, G_OPTION_ARG_STRING, &o.mbps, "Megabits per second", "N"},
	{"gap", 0, 0, G_OPTION_ARG_STRING, &o.gap, "Time between packets, such as 500us, 20ms or 2s", "TIME"},
	{"topspeed", 0, 0, G_OPTION_ARG_NONE, &o.is_topspeed, "As fast as possible", NULL},
	{"threads", 0, 0, G_OPTION_ARG_STRING, &o.threads, "Threads at top speed (default: one for each processor)",
	 "N"},
	{"loop", 0, 0, G_OPTION_ARG_STRING, &o.loop, "How many times; 0 means forever (default 1)", "N"},
	{"count", 0, 0, G_OPTION_ARG_STRING, &o.count, "Stop after so many packets", "N"},
	{"duration", 0, 0, G_OPTION_ARG_STRING, &o.duration, "Stop after a time, such as 10s or 5m", "TIME"},
	{"start-time", 0, 0, G_OPTION_ARG_STRING, &o.start_time,
	 "Identifications from this time on, such as 2026-01-01T00:00:00Z (default now)", "TIME"},
	{"progress", 0, 0, G_OPTION_ARG_STRING, &o.progress,
	 "Progress on standard error (default: line on a terminal, else none)", "line|json|none"},
	{"wait", 0, 0, G_OPTION_ARG_STRING, &o.wait,
	 "How long to wait for the last answers to registration requests (default 1s)", "TIME"},
	{"dry-run", 0, 0, G_OPTION_ARG_NONE, &o.is_dry_run,
	 "Print what would be sent, or write it with -w; nothing is sent", NULL},
	OUTPUT_ENTRIES(output),
	TRAFFIC_ENTRIES(o.traffic),
	G_OPTION_ENTRY_NULL,
};

static bool run(const command_t *command, char **words, GError **error)
{
	if (!words[0])
		return command_fail(command, "no scenario named", error);
	if (!o.interface)
		return command_fail(command, "no interface", error);
	o.path = output.path;
	o.sink = output_sink(&output, error);
	return o.sink && send_scenarios(words, &o, error);
}

const command_t send_command = {
	.name = "send",
	.arguments = "NAME... -i IFACE",
	.summary = "Sends the packets of scenarios on an interface.",
	.choices = SCENARIO_WORDS,
	.options = options,
	.run = run,
};
