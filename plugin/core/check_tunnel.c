// SPDX-License-Identifier: GPL-2.0-or-later
// What the checks of tunneled packets share.
#include "check_tunnel.h"

#include <stdarg.h>

bool is_in_udp(const check_t *c)
{
	for (unsigned i = 0; i < tunnel(c)->n_layers; i++) {
		if (dsmipv4_layer_is_udp(&tunnel(c)->layers[i]))
			return true;
	}
	return false;
}

const char *binding_words(const check_t *c)
{
	return frame_words(c->alloc, c->candidate->binding->reply);
}

const char *ipv6_words(wmem_allocator_t *alloc, const uint8_t addr[16])
{
	dsmipv4_prefix_t p = {.len = 128};
	memcpy(p.bytes, addr, sizeof p.bytes);
	const char *words = prefix_words(alloc, &p);
	return wmem_strndup(alloc, words, strlen(words) - strlen("/128"));
}

dsmipv4_verdict_t broken_in_layer(finding_t *f, const dsmipv4_outer_t *layer, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *words = wmem_strdup_vprintf(f->alloc, format, args);
	va_end(args);
	return broken_at(f, layer->offset, layer->header_len, "%s", words);
}

dsmipv4_verdict_t broken_inside(const check_t *c, finding_t *f, uint32_t offset, uint32_t length, const char *format,
				...)
{
	va_list args;
	va_start(args, format);
	const char *words = wmem_strdup_vprintf(f->alloc, format, args);
	va_end(args);
	return broken_at(f, (int32_t)(tunnel(c)->inner_offset + offset), length, "%s", words);
}

bool is_complete(const dsmipv4_candidate_t *k)
{
	return k->binding->reply->complete && (!k->request || k->request->complete);
}

bool is_plain_data(const check_t *c)
{
	bool cut = ipv6(c)->upper == DSMIPV4_UPPER_UNKNOWN && !ipv6(c)->complete;
	return !cut && !dsmipv4_ipv6_is_mld(ipv6(c)) && !dsmipv4_ipv6_is_dhcp(ipv6(c));
}
