// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses, prefixes and codes in words.
#include "wire/text.h"

#include <glib.h>

#include "util/inet.h"
#include "wire/reply_codes.h"

const char *dsmipv4_ipv4_text(wmem_allocator_t *alloc, uint32_t addr)
{
	char text[INET_ADDRSTRLEN];
	uint32_t network = g_htonl(addr);
	inet_ntop(AF_INET, &network, text, sizeof text);
	return wmem_strdup(alloc, text);
}

const char *dsmipv4_ipv6_text(wmem_allocator_t *alloc, const uint8_t addr[16])
{
	char text[INET6_ADDRSTRLEN];
	inet_ntop(AF_INET6, addr, text, sizeof text);
	return wmem_strdup(alloc, text);
}

const char *dsmipv4_prefix_text(wmem_allocator_t *alloc, const dsmipv4_prefix_t *prefix)
{
	char text[INET6_ADDRSTRLEN];
	inet_ntop(AF_INET6, prefix->bytes, text, sizeof text);
	if (prefix->len == DSMIPV4_PREFIX_LEN_LINK_LOCAL)
		return wmem_strdup_printf(alloc, "link-local %s", text);
	return wmem_strdup_printf(alloc, "%s/%u", text, prefix->len);
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
