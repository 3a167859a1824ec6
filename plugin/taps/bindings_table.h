// SPDX-License-Identifier: GPL-2.0-or-later
// Statistics > DSMIPv4 Bindings
#ifndef DSMIPV4_TAPS_BINDINGS_TABLE_H
#define DSMIPV4_TAPS_BINDINGS_TABLE_H

// `cli`: the tap of the same rows as text, which tshark has for -z.
void dsmipv4_register_bindings_table(const char *cli);

#endif
