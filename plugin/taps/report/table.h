// SPDX-License-Identifier: GPL-2.0-or-later
// Statistics > DSMIPv4 Report
#ifndef DSMIPV4_TAPS_REPORT_TABLE_H
#define DSMIPV4_TAPS_REPORT_TABLE_H

// `cli`: the tap of the same rows as text, which tshark has for -z.
void dsmipv4_register_report_table(const char *cli);

#endif
