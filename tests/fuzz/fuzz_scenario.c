// SPDX-License-Identifier: GPL-2.0-or-later
// libFuzzer target over scenarios in YAML.
//
// Input: a scenario file. It is loaded, and its packets are made. A scenario without packets has one line that says
// why.
#define _GNU_SOURCE // memfd_create(), memmem()
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "language/scenario.h"
#include "packet/build.h"
#include "packet/plan.h"
#include "require.h"

#define LONGEST_INPUT 16384
#define SEED 1

static int file = -1; // what the scenario is read from
static char *path;    // of that file
static builder_t *builder;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	file = memfd_create("scenario", MFD_CLOEXEC);
	REQUIRE(file >= 0);
	path = g_strdup_printf("/proc/self/fd/%d", file);
	builder = builder_new(SEED, NULL);
	REQUIRE(builder);
	close(STDIN_FILENO); // a scenario may name it
	return 0;
}

static bool contains(const uint8_t *data, size_t size, const char *word)
{
	return memmem(data, size, word, strlen(word)) != NULL;
}

// Devices can be read without an end.
static bool names_device(const uint8_t *data, size_t size)
{
	return contains(data, size, "/dev") || contains(data, size, "/proc") || contains(data, size, "/sys");
}

static bool build(const scenario_t *scenario, const actors_t *actors, GError **error)
{
	const timing_t timing = {.start = 1};
	g_autoptr(GPtrArray) plans = plan_scenario(scenario, actors, &timing, error);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	bool ok = plans != NULL;
	for (guint i = 0; ok && i < plans->len; i++)
		ok = build_packet(builder, plans->pdata[i], bytes, error);
	return ok;
}

static bool make_packets(scenario_t *scenario, GError **error)
{
	actors_t *actors = scenario_actors(scenario, NULL, error);
	builder_reseed(builder, SEED);
	bool ok = actors && scenario_prepare(scenario, NULL, SEED, error) && build(scenario, actors, error);
	if (actors)
		actors_free(actors);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > LONGEST_INPUT || names_device(data, size))
		return 0;
	REQUIRE(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
	GError *error = NULL;
	scenario_t *scenario = scenario_load(path, &error);
	bool ok = scenario && (scenario->population || make_packets(scenario, &error));
	REQUIRE(ok == !error);
	if (error) {
		REQUIRE(*error->message && !strchr(error->message, '\n'));
		g_error_free(error);
	}
	if (scenario)
		scenario_free(scenario);
	return 0;
}
