// SPDX-License-Identifier: GPL-2.0-or-later
// Codes of the registration reply: what they mean, and who answers with them.
#include "wire/reply_codes.h"

#include <stddef.h>

static const char *const words[256] = {
#define REPLY_CODE(code, sender, words, source) [code] = (words),
#include "wire/reply_codes.def"
};

static const uint8_t senders[256] = {
#define REPLY_CODE(code, sender, words, source) [code] = DSMIPV4_REPLY_BY_##sender,
#include "wire/reply_codes.def"
};

static const struct {
	uint8_t first, last;
	dsmipv4_reply_sender_t sender;
} ranges[] = {
#define REPLY_RANGE(first, last, sender) {first, last, DSMIPV4_REPLY_BY_##sender},
#include "wire/reply_codes.def"
};

const char *dsmipv4_reply_code_name(uint8_t code)
{
	return words[code];
}

dsmipv4_reply_sender_t dsmipv4_reply_code_sender(uint8_t code)
{
	if (words[code])
		return senders[code];
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		if (code >= ranges[i].first && code <= ranges[i].last)
			return ranges[i].sender;
	}
	return DSMIPV4_REPLY_BY_UNKNOWN;
}

const char *dsmipv4_reply_sender_name(dsmipv4_reply_sender_t sender)
{
	static const char *const names[] = {
		[DSMIPV4_REPLY_BY_HA] = "home agent",
		[DSMIPV4_REPLY_BY_FA] = "foreign agent",
		[DSMIPV4_REPLY_BY_GFA] = "gateway foreign agent",
		[DSMIPV4_REPLY_BY_CN] = "correspondent node",
	};
	return names[sender];
}
