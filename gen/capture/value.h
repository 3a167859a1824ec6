// SPDX-License-Identifier: GPL-2.0-or-later
// Fields of a frame as values of the scenario language.
#ifndef DSMIPGEN_CAPTURE_VALUE_H
#define DSMIPGEN_CAPTURE_VALUE_H

#include "capture/frame.h"
#include "language/value.h"

// The value of a key of a block that begins at an offset, by the place that keys.def gives it. Numbers and addresses
// have no bytes of their own.
value_t capture_value(const frame_t *frame, gsize start, const key_spec_t *spec);

// An address of so many octets (4, 6 or 16) at an offset.
value_t capture_octets(const frame_t *frame, gsize at, gsize length);

// A plain number, or an IPv4 address.
value_t capture_number(guint64 number);

#endif
