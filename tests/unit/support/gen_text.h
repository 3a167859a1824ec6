// SPDX-License-Identifier: GPL-2.0-or-later
// A scenario that a test writes down.
#ifndef DSMIPGEN_TEST_TEXT_H
#define DSMIPGEN_TEST_TEXT_H

#include "language/scenario.h"

#include <glib/gstdio.h>

// Loads a scenario from its YAML text, by way of a file. Free with scenario_free().
static inline scenario_t *scenario_of_text(const char *text)
{
	g_autofree char *path = NULL;
	GError *error = NULL;
	int descriptor = g_file_open_tmp("scenario-XXXXXX.yaml", &path, &error);
	scenario_t *scenario;

	g_assert_no_error(error);
	g_close(descriptor, NULL);
	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
	scenario = scenario_load(path, &error);
	g_unlink(path);
	g_assert_no_error(error);
	return scenario;
}

#endif
