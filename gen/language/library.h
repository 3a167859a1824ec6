// SPDX-License-Identifier: GPL-2.0-or-later
// Scenario files: the built-in ones (GResource) and those of the user.
#ifndef DSMIPGEN_LIBRARY_H
#define DSMIPGEN_LIBRARY_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
	char *name;     // as shown in errors: rules/prefix_bits.yaml
	char *identity; // the same for all names of a file
	GBytes *text;
	bool near_miss; // the name asks for the near miss
	int rule;       // index of a built-in rule, or -1
	bool is_built_in;
} scenario_file_t;

// Finds a flow, a rule, a rule's near miss, or a file (a name with '/' or ending in .yaml, or - for standard input,
// with #near_miss for its near miss). A relative path starts beside the file `origin`, if there is one.
bool library_find(const char *name, const char *origin, scenario_file_t *file, GError **error);

// The file of this path, or of standard input ("-").
bool library_find_file(const char *path, scenario_file_t *file, GError **error);

// Finds a built-in suite, or a file.
bool library_find_suite(const char *name, scenario_file_t *file, GError **error);

// Frees what the structure holds, not the structure.
void scenario_file_clear(scenario_file_t *file);

// Names of the built-in files of a folder ("flows", "rules", "suites"), sorted; free with g_strfreev.
char **library_names(const char *folder);

#endif
