// SPDX-License-Identifier: GPL-2.0-or-later
// Codes of the registration reply in words.
#ifndef DSMIPV4_REPLY_CODES_H
#define DSMIPV4_REPLY_CODES_H

#include <stdint.h>

// In words, what IANA assigned to a code of the registration reply; NULL if it is unassigned.
const char *dsmipv4_reply_code_name(uint8_t code);

#endif
