// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses, prefixes and codes in words.
#include "wire/text.h"

#include <glib.h>
#include <string.h>

#include "util/address_text.h"
#include "wire/reply_codes.h"

const char *dsmipv4_ipv4_text(wmem_allocator_t *alloc, uint32_t addr)
{
	char text[IPV4_TEXT_SIZE];
	dsmipv4_put_ipv4(text, addr);
	return wmem_strdup(alloc, text);
}

const char *dsmipv4_ipv6_text(wmem_allocator_t *alloc, const uint8_t addr[16])
{
	char text[IPV6_TEXT_SIZE];
	dsmipv4_put_ipv6(text, addr);
	return wmem_strdup(alloc, text);
}

#define LINK_LOCAL_WORDS "link-local "

const char *dsmipv4_prefix_text(wmem_allocator_t *alloc, const dsmipv4_prefix_t *prefix)
{
	char text[sizeof LINK_LOCAL_WORDS + IPV6_TEXT_SIZE] = LINK_LOCAL_WORDS;
	if (prefix->len == DSMIPV4_PREFIX_LEN_LINK_LOCAL) {
		dsmipv4_put_ipv6(text + strlen(LINK_LOCAL_WORDS), prefix->bytes);
	} else {
		char *end = dsmipv4_put_ipv6(text, prefix->bytes);
		*end++ = '/';
		*dsmipv4_put_octet(end, prefix->len) = '\0';
	}
	return wmem_strdup(alloc, text);
}

const char *dsmipv4_reply_code_text(wmem_allocator_t *alloc, uint8_t code)
{
	const char *name = dsmipv4_reply_code_name(code);
	return name ? wmem_strdup_printf(alloc, "%u (%s)", code, name) : wmem_strdup_printf(alloc, "%u", code);
}

const char *dsmipv4_prefix_code_text(wmem_allocator_t *alloc, uint8_t code)
{
	const char *reason = code == DSMIPV4_PREFIX_REJECTED     ? "reason unspecified"
			     : code == DSMIPV4_PREFIX_PROHIBITED ? "administratively prohibited"
								 : "reserved code";
	return wmem_strdup_printf(alloc, "%u (%s)", code, reason);
}

const char *dsmipv4_frame_text(wmem_allocator_t *alloc, uint32_t frame)
{
	return frame ? wmem_strdup_printf(alloc, "in frame %u", frame) : "before this capture";
}
