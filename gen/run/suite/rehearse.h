// SPDX-License-Identifier: GPL-2.0-or-later
// run --dry-run: what a suite would send.
#ifndef DSMIPGEN_REHEARSE_H
#define DSMIPGEN_REHEARSE_H

#include "run/suite/device.h"
#include "run/suite/select.h"

// Writes the packets of all tests that are wanted and that the device supports as pcapng, each with its test and step
// as comment; path NULL: prints a line for each. The Ethernet addresses are placeholders.
bool rehearse(const suite_t *suite, const selection_t *selection, const device_t *device, const actors_t *actors,
	      const char *path, GError **error);

#endif
