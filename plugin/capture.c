// SPDX-License-Identifier: GPL-2.0-or-later
// The state of the open capture file. Everything lives in wmem's file scope.
#include "capture.h"

#include <epan/packet.h>

static dsmipv4_bindings_t *bindings;
static dsmipv4_tunnel_histories_t *histories;
static uint32_t latest_frame;
static dsmipv4_memo_t *memo;
static bool uses_memo = true;
static int64_t latest_time; // nanoseconds
static dsmipv4_opened_t tell_opened;

static void close_file(void)
{
	bindings = NULL; // wmem frees it with the file
	histories = NULL;
	memo = NULL;
}

static void open_file(void)
{
	bindings = dsmipv4_bindings_new(wmem_file_scope());
	histories = dsmipv4_tunnel_histories_new(wmem_file_scope());
	latest_frame = 0;
	latest_time = 0;
	if (!tell_opened(bindings, histories))
		close_file();
	else if (uses_memo)
		memo = dsmipv4_memo_new(wmem_file_scope());
}

dsmipv4_bindings_t *dsmipv4_bindings(void)
{
	return bindings;
}

dsmipv4_tunnel_histories_t *dsmipv4_tunnel_histories(void)
{
	return histories;
}

dsmipv4_memo_t *dsmipv4_memo(void)
{
	return memo;
}

void dsmipv4_use_memo(bool use)
{
	uses_memo = use;
}

void dsmipv4_note_frame(uint32_t frame, int64_t time)
{
	latest_frame = MAX(latest_frame, frame);
	latest_time = MAX(latest_time, time);
}

uint32_t dsmipv4_latest_frame(void)
{
	return latest_frame;
}

int64_t dsmipv4_latest_time(void)
{
	return latest_time;
}

void dsmipv4_register_capture(dsmipv4_opened_t opened)
{
	tell_opened = opened;
	register_init_routine(open_file);
	register_cleanup_routine(close_file);
}
