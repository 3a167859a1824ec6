// SPDX-License-Identifier: GPL-2.0-or-later
// Fields of a frame as values of the scenario language.
#include "capture/value.h"

#include <string.h>

value_t capture_number(guint64 number)
{
	return (value_t){.state = VALUE_SET, .number = number};
}

value_t capture_octets(const frame_t *frame, gsize at, gsize length)
{
	value_t value = {.state = VALUE_SET};

	if (length == 4)
		value.number = frame_read32(frame, at);
	else
		memcpy(value.octets, frame->bytes->data + at, length);
	return value;
}

value_t capture_value(const frame_t *frame, gsize start, const key_spec_t *spec)
{
	value_t value = {.state = VALUE_SET};

	if (spec->kind == KIND_ADDRESS6 || spec->kind == KIND_MAC)
		return capture_octets(frame, start + spec->offset / 8, (gsize)spec->width / 8);
	for (int i = 0; i < spec->width; i++) {
		unsigned bit = spec->offset + (unsigned)i;
		guint8 byte = frame->bytes->data[start + bit / 8];

		value.number = value.number << 1 | (byte >> (7 - bit % 8) & 1);
	}
	return value;
}
