// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,bindings[,text|json][,all][,at=TIME][,FILTER]: who is registered with what, at the end of the capture or
// at a time.
#include "taps/bindings.h"

#include <epan/stat_tap_ui.h>
#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "taps/arguments.h"
#include "taps/bindings_json.h"
#include "taps/bindings_table.h"
#include "taps/bindings_text.h"

#define BINDINGS_TAP "dsmipv4,bindings"

typedef struct {
	dsmipv4_bindings_view_t view;
	void (*write)(const dsmipv4_bindings_view_t *view, FILE *out);
} tap_t;

static void reset(void *data)
{
	dsmipv4_bindings_view_clear(&((tap_t *)data)->view);
}

static tap_packet_status take_packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *packet,
				     tap_flags_t flags)
{
	(void)edt, (void)flags;
	dsmipv4_bindings_view_add(&((tap_t *)data)->view, packet, pinfo);
	return TAP_PACKET_REDRAW;
}

static tap_packet_status take_frame(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *frame,
				    tap_flags_t flags)
{
	(void)edt, (void)frame, (void)flags;
	dsmipv4_bindings_view_frame(*(dsmipv4_bindings_view_t **)data, pinfo);
	return TAP_PACKET_DONT_REDRAW;
}

static void draw(void *data)
{
	const tap_t *tap = data;
	dsmipv4_tap_needs_state(BINDINGS_TAP);
	tap->write(&tap->view, stdout);
}

// One more word of the option, in whatever order they come.
static bool take_argument(tap_t *tap, const char **rest)
{
	if (dsmipv4_take_word(rest, "json"))
		tap->write = dsmipv4_bindings_write_json;
	else if (dsmipv4_take_word(rest, "text"))
		tap->write = dsmipv4_bindings_write_text;
	else if (dsmipv4_take_word(rest, "all"))
		tap->view.all = true;
	else
		return dsmipv4_take_moment(rest, BINDINGS_TAP, &tap->view.at);
	return true;
}

static stat_tap_result_t init_bindings(const char *option, void *user)
{
	(void)user;
	const char *rest = option + strlen(BINDINGS_TAP);
	tap_t *tap = g_new0(tap_t, 1);
	dsmipv4_bindings_view_t **frames = g_new(dsmipv4_bindings_view_t *, 1);
	tap->write = dsmipv4_bindings_write_text;
	while (take_argument(tap, &rest))
		;
	tap->view.filter =
		dsmipv4_take_filter(rest, BINDINGS_TAP, BINDINGS_TAP "[,text|json][,all][,at=TIME][,FILTER]");
	dsmipv4_bindings_view_clear(&tap->view);
	*frames = &tap->view;
	dsmipv4_tap_listen(BINDINGS_TAP, DSMIPV4_FILTER_NAME, tap, tap->view.filter, reset, take_packet, draw);
	dsmipv4_tap_listen(BINDINGS_TAP, "frame", frames, NULL, NULL, take_frame, NULL);
	STAT_TAP_INIT_DONE;
}

void dsmipv4_register_bindings_tap(void)
{
	static stat_tap_ui bindings_ui = {
		REGISTER_STAT_GROUP_GENERIC, "DSMIPv4 bindings", BINDINGS_TAP, init_bindings, 0, NULL,
	};
	register_stat_tap_ui(&bindings_ui, NULL);
	dsmipv4_register_bindings_table(BINDINGS_TAP);
}
