// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,state[,after=FRAME[:FRAME]...,FILE]: what the next part of a capture begins with (preference
// bindings_file). At the end of the capture it goes to standard output; after the frames named, to FILE.FRAME.
#include "taps/state.h"

#include <errno.h>
#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "compat.h"
#include "core/saved/write.h"
#include "protocol.h"
#include "taps/arguments.h"

#define STATE_TAP "dsmipv4,state"
#define USAGE STATE_TAP "[,after=FRAME[:FRAME]...,FILE]"

// States in the middle of a capture.
typedef struct {
	GArray *frames; // uint32_t, ascending
	unsigned next;  // of `frames`: the first one that has not come yet
	char *file;
} stops_t;

static GByteArray *state_now(void)
{
	dsmipv4_tap_needs_state(STATE_TAP);
	return dsmipv4_bindings() ? dsmipv4_saved_write(dsmipv4_bindings(), dsmipv4_tunnel_histories()) : NULL;
}

static void draw(void *data)
{
	(void)data;
	GByteArray *state = state_now();
	if (!state)
		return;
	bool written = fwrite(state->data, 1, state->len, stdout) == state->len && fflush(stdout) == 0;
	g_byte_array_free(state, TRUE);
	if (!written)
		dsmipv4_tap_fail(STATE_TAP, "standard output: %s", g_strerror(errno));
}

static void write_stop(const stops_t *stops, uint32_t frame)
{
	GByteArray *state = state_now();
	char *name = g_strdup_printf("%s.%u", stops->file, frame);
	GError *error = NULL;
	if (state && !g_file_set_contents(name, (const char *)state->data, state->len, &error))
		dsmipv4_tap_fail(STATE_TAP, "%s", error->message);
	if (state)
		g_byte_array_free(state, TRUE);
	g_free(name);
}

static uint32_t next_stop(const stops_t *stops)
{
	return stops->next < stops->frames->len ? g_array_index(stops->frames, uint32_t, stops->next) : 0;
}

static tap_packet_status take_frame(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *frame,
				    tap_flags_t flags)
{
	(void)edt, (void)frame, (void)flags;
	stops_t *stops = data;
	if (pinfo->num != next_stop(stops))
		return TAP_PACKET_DONT_REDRAW;
	if (dsmipv4_latest_frame() > pinfo->num) // with -2
		dsmipv4_tap_fail(STATE_TAP, "after= needs the capture to be read in one pass, without -2");
	write_stop(stops, pinfo->num);
	stops->next++;
	return TAP_PACKET_DONT_REDRAW;
}

static void finish(void *data)
{
	const stops_t *stops = data;
	if (next_stop(stops))
		dsmipv4_tap_fail(STATE_TAP, "the capture has no frame %u", next_stop(stops));
}

// "12:40:71", and what follows.
static GArray *take_frames(const char **rest)
{
	GArray *frames = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (;;) {
		char *end;
		guint64 number = g_ascii_strtoull(*rest, &end, 10);
		uint32_t last = frames->len ? g_array_index(frames, uint32_t, frames->len - 1) : 0;
		uint32_t frame = (uint32_t)number;
		if (!g_ascii_isdigit(**rest) || number > UINT32_MAX || frame <= last)
			dsmipv4_tap_fail(STATE_TAP, "after=: expected frame numbers, each greater than the one before");
		g_array_append_val(frames, frame);
		*rest = end;
		if (*end != ':')
			return frames;
		(*rest)++;
	}
}

static void listen_for_stops(const char *rest)
{
	stops_t *stops = g_new0(stops_t, 1);
	stops->frames = take_frames(&rest);
	if (rest[0] != ',' || rest[1] == '\0')
		dsmipv4_tap_fail(STATE_TAP, "expected " USAGE);
	stops->file = g_strdup(rest + 1);
	dsmipv4_tap_listen(STATE_TAP, "frame", stops, NULL, NULL, take_frame, finish);
}

static stat_tap_result_t init_state(const char *option, void *user)
{
	(void)user;
	static int listener; // whose address names it
	static const char after[] = ",after=";
	const char *rest = option + strlen(STATE_TAP);
	if (g_str_has_prefix(rest, after))
		listen_for_stops(rest + strlen(after));
	else if (*rest != '\0')
		dsmipv4_tap_fail(STATE_TAP, "expected " USAGE);
	else
		dsmipv4_tap_listen(STATE_TAP, DSMIPV4_FILTER_NAME, &listener, NULL, NULL, NULL, draw);
	STAT_TAP_INIT_DONE;
}

void dsmipv4_register_state_tap(void)
{
	static stat_tap_ui state_ui = {
		REGISTER_STAT_GROUP_GENERIC, "DSMIPv4 state", STATE_TAP, init_state, 0, NULL,
	};
	register_stat_tap_ui(&state_ui, NULL);
}
