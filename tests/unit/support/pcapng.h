// SPDX-License-Identifier: GPL-2.0-or-later
// Reads what dsmipgen writes: pcapng in one section, little-endian, with Ethernet interfaces and comments.
#ifndef DSMIPV4_TEST_PCAPNG_H
#define DSMIPV4_TEST_PCAPNG_H

#include <glib.h>
#include <stdint.h>

typedef struct {
	uint64_t time; // nanoseconds since 1970
	const uint8_t *bytes;
	uint32_t len;
	char *comment; // NULL: none
} frame_t;

typedef struct {
	uint8_t *file;
	GArray *frames; // of frame_t
} pcapng_t;

// Read all frames; the test fails if the file is not as above.
void pcapng_read(pcapng_t *capture, const char *path);
void pcapng_clear(pcapng_t *capture);

#endif
