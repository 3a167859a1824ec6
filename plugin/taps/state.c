// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,state: what the next part of a capture begins with (preference bindings_file).
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

static void draw(void *data)
{
	(void)data;
	dsmipv4_tap_needs_state(STATE_TAP);
	if (!dsmipv4_bindings())
		return;
	GByteArray *state = dsmipv4_saved_write(dsmipv4_bindings(), dsmipv4_tunnel_histories());
	bool written = fwrite(state->data, 1, state->len, stdout) == state->len && fflush(stdout) == 0;
	g_byte_array_free(state, TRUE);
	if (!written)
		dsmipv4_tap_fail(STATE_TAP, "standard output: %s", g_strerror(errno));
}

static stat_tap_result_t init_state(const char *option, void *user)
{
	(void)user;
	static int listener; // whose address names it
	if (strcmp(option, STATE_TAP) != 0)
		dsmipv4_tap_fail(STATE_TAP, "expected nothing more");
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
