// SPDX-License-Identifier: GPL-2.0-or-later
// A packet cut into IPv4 fragments (RFC 791 3.2).
#ifndef DSMIPGEN_FRAGMENT_H
#define DSMIPGEN_FRAGMENT_H

#include "packet/plan.h"

// The IPv4 header, as far as fragments differ in it (RFC 791 3.1): offsets in bytes, and bits of 16.
enum {
	FRAGMENT_TOTAL_LENGTH_AT = 2,
	FRAGMENT_IDENTIFICATION_AT = 4,
	FRAGMENT_FLAGS_AT = 6, // and the offset
	FRAGMENT_CHECKSUM_AT = 10,
	FRAGMENT_DONT = 0x4000,
	FRAGMENT_MORE = 0x2000,
	FRAGMENT_OFFSET = 0x1fff,
	FRAGMENT_UNIT = 8, // bytes that an offset counts
};

// How the packet of a plan is cut.
typedef struct {
	guint count;  // of fragments; 1: the packet stays whole
	gsize ip;     // offset of the IPv4 header that is repeated
	gsize header; // its length
	gsize payload;
	gsize size;             // payload bytes of a fragment
	value_state_t checksum; // of the header, as the plan has it
	const guint16 *order;   // of those that are sent, counted from 1; NULL: each once. Belongs to the plan
	guint sent;             // how many are sent
} cutting_t;

// As the step key `fragment` says. Finds the outermost IPv4 header of a plan whose packet has been built. Fails where
// there is nothing to cut.
bool fragment_plan(const plan_t *plan, cutting_t *cutting, GError **error);

// So that no packet is longer than `mtu` bytes, which are at least 68. `ip` is the offset of the IPv4 header in the
// frame, 0: there is none. False: the frame fits, has no such header, or must not be cut (DF).
bool fragment_fit(const guint8 *frame, gsize length, gsize ip, gsize mtu, cutting_t *cutting);

// The fragment that is sent at a place, both counted from 0.
guint fragment_at(const cutting_t *cutting, guint place);

// Whether the whole packet is there with the fragment at this place, and was not before.
bool fragment_completes(const cutting_t *cutting, guint place);

// Makes one fragment, counted from 0, of the bytes of the packet. Bytes after the IP packet, if there are any, go with
// the last one.
void fragment_make(const cutting_t *cutting, const GByteArray *packet, guint index, GByteArray *fragment);

#endif
