// SPDX-License-Identifier: GPL-2.0-or-later
// The options -w and --format of the commands that write a capture file.
#ifndef DSMIPGEN_OUTPUT_OPTION_H
#define DSMIPGEN_OUTPUT_OPTION_H

#include "output/sink.h"

typedef struct {
	char *path;
	char *format;
} output_option_t;

// Rows of a GOptionEntry table.
#define OUTPUT_ENTRIES(output)                                                                                         \
	{"write", 'w', 0, G_OPTION_ARG_FILENAME, &(output).path, "Output file, - for standard output", "FILE"},        \
	{                                                                                                              \
		"format", 0, 0, G_OPTION_ARG_STRING, &(output).format,                                                 \
			"Format of the file (default: by the ending of FILE, else pcapng)", "pcap|pcapng"              \
	}

// The format that was asked for; NULL with an error if there is none of that name.
const sink_t *output_sink(const output_option_t *output, GError **error);

#endif
