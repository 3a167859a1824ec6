// SPDX-License-Identifier: GPL-2.0-or-later
// What the user wrote after -z.
#ifndef DSMIPV4_TAPS_ARGUMENTS_H
#define DSMIPV4_TAPS_ARGUMENTS_H

#include <epan/packet.h>
#include <epan/tap.h>

#include "taps/moment.h"

// Say what is wrong with an option -z TAP and end the program with status 1. tshark 4.0 and 4.4 would go on
// otherwise and end with status 0.
void dsmipv4_tap_fail(const char *tap, const char *format, ...) G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;

// End the program likewise if the state before the capture could not be read: what the tap counted could be wrong.
void dsmipv4_tap_needs_state(const char *tap);

// Take ",WORD" off the front of the rest of an option; false if it does not begin so.
bool dsmipv4_take_word(const char **rest, const char *word);

// The same of ",at=TIME". Ends the program if that is no time.
bool dsmipv4_take_moment(const char **rest, const char *tap, dsmipv4_moment_t *at);

// Take ",FILTER", all the rest; NULL if there is none. Ends the program with `usage` if the rest is something else.
char *dsmipv4_take_filter(const char *rest, const char *tap, const char *usage);

// Listen to what is tapped under `name` for the option -z TAP. Ends the program if the filter is none.
void dsmipv4_tap_listen(const char *tap, const char *name, void *data, const char *filter, tap_reset_cb reset,
			tap_packet_cb packet, tap_draw_cb draw);

#endif
