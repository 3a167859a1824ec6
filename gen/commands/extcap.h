// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen as a source in Wireshark's list of interfaces (extcap).
#ifndef DSMIPGEN_EXTCAP_H
#define DSMIPGEN_EXTCAP_H

#include "language/error.h"

#include <stdbool.h>

// Whether the words are those by which Wireshark calls its sources.
bool extcap_is_meant(char **words);

// Answers Wireshark, or captures until it has enough. The first word names the program.
bool extcap_run(char **words, GError **error);

#endif
