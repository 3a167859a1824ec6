// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes of a message from annotated hexadecimal text, in a buffer of exactly their size.
//
//   "01 22(D,T) 0258(600 s) | c633644d <c6336401>"
//
// Blanks are ignored, and so is text in parentheses. `|` ends what was captured: the bytes after it
// were sent, and are not in the buffer. `<` and `>` enclose the place that a test expects.
#ifndef DSMIPV4_TEST_HEX_H
#define DSMIPV4_TEST_HEX_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	uint8_t *bytes; // `captured` bytes on the heap, not one more: ASan sees whoever reads beyond
	uint32_t captured, reported;
	bool has_place;
	uint32_t offset, length; // of the place
} hex_t;

// Aborts the test on text that is not hexadecimal.
hex_t hex_parse(const char *text);

void hex_free(hex_t *hex);

// The first `captured` bytes of `hex` in a buffer of their own, sent as `reported`.
hex_t hex_cut(const hex_t *hex, uint32_t captured, uint32_t reported);

#endif
