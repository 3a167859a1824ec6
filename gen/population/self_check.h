// SPDX-License-Identifier: GPL-2.0-or-later
// The program's check of its own packets: those of templates against those that are built one by one.
#ifndef DSMIPGEN_SELF_CHECK_H
#define DSMIPGEN_SELF_CHECK_H

#include "population/population.h"

// Begins the population at a time and compares the packets of some nodes with those that are built one by one from the
// scenario, all checksums and authenticators anew. A difference fails with GEN_ERROR_CHECK.
bool self_check(population_t *population, const scenario_t *scenario, const population_options_t *options, gint64 start,
		GError **error);

#endif
