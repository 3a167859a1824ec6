// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,bindings[,text]: the binding table at the end of the capture.
#include "taps/bindings.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "compat.h"
#include "taps/arguments.h"
#include "taps/bindings_text.h"

#define BINDINGS_TAP "dsmipv4,bindings"

typedef struct {
	const char *name; // the text after the tap's name
	void (*write)(const dsmipv4_bindings_t *bindings, const dsmipv4_tunnel_histories_t *histories, FILE *out);
} format_t;

static const format_t formats[] = {
	{"", dsmipv4_bindings_write_text},
	{",text", dsmipv4_bindings_write_text},
};

static void draw_bindings(void *format)
{
	const dsmipv4_bindings_t *bindings = dsmipv4_bindings();
	if (bindings)
		((const format_t *)format)->write(bindings, dsmipv4_tunnel_histories(), stdout);
}

static stat_tap_result_t init_bindings(const char *option, void *user)
{
	(void)user;
	const char *rest = option + strlen(BINDINGS_TAP);
	for (size_t i = 0; i < array_length(formats); i++) {
		if (strcmp(rest, formats[i].name) != 0)
			continue;
		GString *error = register_tap_listener(DSMIPV4_FILTER_NAME, (void *)&formats[i], NULL,
						       TL_REQUIRES_NOTHING, NULL, NULL, draw_bindings, NULL);
		if (error)
			dsmipv4_tap_fail(BINDINGS_TAP, "%s", error->str);
		STAT_TAP_INIT_DONE;
	}
	dsmipv4_tap_fail(BINDINGS_TAP, "expected " BINDINGS_TAP "[,text]");
	STAT_TAP_INIT_DONE;
}

void dsmipv4_register_bindings_tap(void)
{
	static stat_tap_ui bindings_ui = {
		REGISTER_STAT_GROUP_GENERIC, "DSMIPv4 bindings", BINDINGS_TAP, init_bindings, 0, NULL,
	};
	register_stat_tap_ui(&bindings_ui, NULL);
}
