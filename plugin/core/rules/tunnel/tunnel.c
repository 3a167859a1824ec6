// SPDX-License-Identifier: GPL-2.0-or-later
// What the checks of tunneled packets share.
#include "rules/tunnel/tunnel.h"

#include <stdarg.h>

bool dsmipv4_is_in_udp(const dsmipv4_check_t *c)
{
	for (unsigned i = 0; i < tunnel(c)->n_layers; i++) {
		if (dsmipv4_layer_is_udp(&tunnel(c)->layers[i]))
			return true;
	}
	return false;
}

static const char *direction_word(const dsmipv4_check_t *c)
{
	return from_mn(c) ? "from" : "to";
}

const char *dsmipv4_ends_text(const dsmipv4_check_t *c)
{
	const dsmipv4_outer_t *layer = c->match->adjacent;
	return wmem_strdup_printf(c->alloc, "%s the %s %s", direction_word(c),
				  is_hoa_mode(c) ? "home address" : "care-of address",
				  dsmipv4_ipv4_text(c->alloc, from_mn(c) ? layer->src : layer->dst));
}

const char *dsmipv4_hoa_ends_text(const dsmipv4_check_t *c)
{
	if (!c->match->node)
		return "the home address";
	return wmem_strdup_printf(c->alloc, "%s the home address %s", direction_word(c),
				  dsmipv4_ipv4_text(c->alloc, c->match->node->hoa));
}

const char *dsmipv4_coa_ends_text(const dsmipv4_check_t *c)
{
	return wmem_strdup_printf(c->alloc, "%s the care-of address %s", direction_word(c),
				  dsmipv4_ipv4_text(c->alloc, dsmipv4_binding_effective_coa(c->candidate->binding)));
}

const char *dsmipv4_inner_size_text(const dsmipv4_check_t *c)
{
	if (tunnel(c)->kind != DSMIPV4_INNER_IPV6)
		return "";
	return wmem_strdup_printf(c->alloc, " of %u bytes", IPV6_HEADER_LEN + ipv6(c)->payload_len);
}

const char *dsmipv4_binding_text(const dsmipv4_check_t *c)
{
	return dsmipv4_event_text(c->alloc, c->candidate->binding->reply);
}

dsmipv4_verdict_t dsmipv4_broken_in_layer(dsmipv4_answer_t *f, const dsmipv4_outer_t *layer, dsmipv4_ipv4_field_t field,
					  const char *format, ...)
{
	static const struct {
		uint8_t at, length;
	} fields[] = {
		[DSMIPV4_IPV4_TOS] = {1, 1},      [DSMIPV4_IPV4_FLAGS] = {6, 1}, [DSMIPV4_IPV4_PROTOCOL] = {9, 1},
		[DSMIPV4_IPV4_SRC] = {12, 4},     [DSMIPV4_IPV4_DST] = {16, 4},  [DSMIPV4_IPV4_ENDS] = {12, 8},
		[DSMIPV4_IPV4_OPTIONS] = {20, 0},
	};
	va_list args;
	va_start(args, format);
	const char *words = wmem_strdup_vprintf(f->alloc, format, args);
	va_end(args);
	if (field == DSMIPV4_IPV4_HEADER || !layer->header_len || layer->compressed)
		return dsmipv4_broken_at(f, layer->offset, layer->header_len, "%s", words);
	if (field >= DSMIPV4_IPV4_SOURCE_PORT)
		return dsmipv4_broken_at(f, layer->offset + layer->header_len + (field - DSMIPV4_IPV4_SOURCE_PORT) * 2,
					 2, "%s", words);
	uint32_t length = field == DSMIPV4_IPV4_OPTIONS ? layer->header_len - 20u : fields[field].length;
	return dsmipv4_broken_at(f, layer->offset + fields[field].at, length, "%s", words);
}

dsmipv4_verdict_t dsmipv4_broken_inside(const dsmipv4_check_t *c, dsmipv4_answer_t *f, uint32_t offset, uint32_t length,
					const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *words = wmem_strdup_vprintf(f->alloc, format, args);
	va_end(args);
	return dsmipv4_broken_at(f, (int32_t)(tunnel(c)->inner_offset + offset), length, "%s", words);
}

bool dsmipv4_exchange_captured(const dsmipv4_candidate_t *k)
{
	return k->binding->reply->captured_whole && (!k->request || k->request->captured_whole);
}

bool dsmipv4_is_plain_data(const dsmipv4_check_t *c)
{
	bool cut = ipv6(c)->upper == DSMIPV4_UPPER_UNKNOWN && !ipv6(c)->captured_whole;
	return !cut && !dsmipv4_ipv6_is_mld(ipv6(c)) && !dsmipv4_ipv6_is_dhcp(ipv6(c));
}
