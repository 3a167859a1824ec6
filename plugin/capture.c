// SPDX-License-Identifier: GPL-2.0-or-later
// What is known of the capture file that is open. Everything lives in wmem's file scope.
#include "packet-dsmipv4.h"

static dsmipv4_bindings_t *bindings;
static dsmipv4_traces_t *traces;
static int64_t latest_time; // nanoseconds

static void open_file(void)
{
	bindings = dsmipv4_bindings_new(wmem_file_scope());
	traces = dsmipv4_traces_new(wmem_file_scope());
	latest_time = 0;
	dsmipv4_load_known_bindings(bindings);
}

static void close_file(void)
{
	bindings = NULL; // wmem frees it with the file
	traces = NULL;
}

dsmipv4_bindings_t *dsmipv4_bindings(void)
{
	return bindings;
}

dsmipv4_traces_t *dsmipv4_traces(void)
{
	return traces;
}

void dsmipv4_note_time(int64_t time)
{
	latest_time = MAX(latest_time, time);
}

int64_t dsmipv4_latest_time(void)
{
	return latest_time;
}

void dsmipv4_register_capture(void)
{
	register_init_routine(open_file);
	register_cleanup_routine(close_file);
}
