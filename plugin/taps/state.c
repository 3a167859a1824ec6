// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,state: what the next part of a capture begins with (preference bindings_file).
#include "taps/state.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "compat.h"
#include "protocol.h"
#include "taps/arguments.h"
#include "taps/state_write.h"

#define STATE_TAP "dsmipv4,state"

static void draw(void *data)
{
	(void)data;
	if (dsmipv4_bindings())
		dsmipv4_state_write_json(dsmipv4_bindings(), dsmipv4_tunnel_histories(), stdout);
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
