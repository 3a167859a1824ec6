// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,srt
#ifndef DSMIPV4_TAPS_SRT_H
#define DSMIPV4_TAPS_SRT_H

void dsmipv4_register_srt(void);

#endif
