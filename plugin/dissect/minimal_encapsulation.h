// SPDX-License-Identifier: GPL-2.0-or-later
// Minimal encapsulation (RFC 2004).
#ifndef DSMIPV4_MINIMAL_ENCAPSULATION_H
#define DSMIPV4_MINIMAL_ENCAPSULATION_H

#include "protocol.h"

void dsmipv4_register_minimal(void);

void dsmipv4_hand_off_minimal(void);

// The dissector of minimal encapsulation.
dissector_handle_t dsmipv4_minimal_handle(void);

#endif
