// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,bindings
#ifndef DSMIPV4_TAPS_BINDINGS_H
#define DSMIPV4_TAPS_BINDINGS_H

#include "protocol.h"

void dsmipv4_register_bindings_tap(void);

#endif
