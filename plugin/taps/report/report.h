// SPDX-License-Identifier: GPL-2.0-or-later
// -z dsmipv4,report
#ifndef DSMIPV4_TAPS_REPORT_REPORT_H
#define DSMIPV4_TAPS_REPORT_REPORT_H

void dsmipv4_register_report_tap(void);

#endif
