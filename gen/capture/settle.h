// SPDX-License-Identifier: GPL-2.0-or-later
// What a described packet is when it is built, against what was captured: the rest is given explicitly.
#ifndef DSMIPGEN_CAPTURE_SETTLE_H
#define DSMIPGEN_CAPTURE_SETTLE_H

#include "capture/describe.h"
#include "packet/plan.h"

// A packet built from a description. Ethernet comes before the layers of the frame.
typedef struct {
	description_t *description;
	const plan_t *plan;
	const GByteArray *bytes;
} trial_t;

// Whether it is as long as what was captured, so that the bytes can be compared.
bool settle_fits(const trial_t *trial);

// Gives the values that do not follow from the rest of the packet: lengths, protocols, and checksums that are wrong.
void settle_values(const describer_t *describer, const trial_t *trial);

// Puts the bytes that no key has made right over them, but for those that change when the packet is written again:
// times, authenticators, checksums. What cannot be put is noted.
void settle_bytes(const describer_t *describer, const trial_t *trial);

#endif
