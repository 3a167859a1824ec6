// SPDX-License-Identifier: GPL-2.0-or-later
// The options -w and --format of the commands that write a capture file.
#include "commands/output_option.h"

#include "output/sink_pcap.h"
#include "output/sink_pcapng.h"

#include <string.h>

static const sink_t *const sinks[] = {&sink_pcapng, &sink_pcap}; // the first is the default

const sink_t *output_sink(const output_option_t *output, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(sinks); i++) {
		if (output->format ? strcmp(output->format, sinks[i]->name) == 0
				   : output->path && g_str_has_suffix(output->path, sinks[i]->suffix))
			return sinks[i];
	}
	if (!output->format)
		return sinks[0];
	fail(error, GEN_ERROR_SCENARIO, "unknown format '%s'; expected pcap or pcapng", output->format);
	return NULL;
}
