// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,state
#ifndef DSMIPV4_TAPS_STATE_H
#define DSMIPV4_TAPS_STATE_H

void dsmipv4_register_state_tap(void);

#endif
