// SPDX-License-Identifier: GPL-2.0-or-later
// What the user wrote after -z.
#pragma once

#include <glib.h>

// Say what is wrong with an option -z TAP and end the program with status 1. tshark 4.0 and 4.4 would go on
// otherwise and end with status 0.
void dsmipv4_tap_fail(const char *tap, const char *format, ...) G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;
