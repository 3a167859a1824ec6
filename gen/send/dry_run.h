// SPDX-License-Identifier: GPL-2.0-or-later
// send --dry-run: what a run would send, with the times that it would be sent at.
#ifndef DSMIPGEN_DRY_RUN_H
#define DSMIPGEN_DRY_RUN_H

#include "send/workers.h"

// The packets of a run of one thread, as a source; free with packet_source_free(). The job belongs to the caller.
packet_source_t *dry_run_new(const job_t *job);

// Prints a line for each packet: seconds from the first one, bytes, addresses, step.
void dry_run_print(const job_t *job);

#endif
