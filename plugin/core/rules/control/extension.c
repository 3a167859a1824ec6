// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of each extension, in whatever message (RFC 5454 2; RFC 5944 1.8-1.11, 3.5; RFC 3519 3).
#include <string.h>

#include "rules/control/control.h"
#include "wire/extension_types.h"
#include "wire/text.h"

dsmipv4_verdict_t dsmipv4_check_ext_overrun(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->ext->overrun)
		return DSMIPV4_HOLDS;
	if (!c->ext->header_whole)
		return dsmipv4_broken_at(f, c->ext->offset, c->ext->header_len,
					 "Message ends inside the header of an extension of type %u", c->ext->type);
	return dsmipv4_broken_at(f, c->ext->offset, c->ext->header_len + c->ext->body_len,
				 "Extension of type %u has Length %u with %u bytes left in the message", c->ext->type,
				 c->ext->length, c->ext->body_len);
}

dsmipv4_verdict_t dsmipv4_check_ext_nonskip_unknown(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->type >= DSMIPV4_EXT_FIRST_SKIPPABLE)
		return DSMIPV4_NOT_APPLICABLE;
	if (dsmipv4_ext_type_name(c->ext->type))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->offset, 1,
				 "Extension type %u is unassigned and, being below 128, not skippable", c->ext->type);
}

// RFC 5454: type 152.

dsmipv4_verdict_t dsmipv4_check_ext152_empty(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->length != 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->offset + 1, 1,
				 "DSMIPv4 extension Length is 0, should be at least 1 for the subtype");
}

static dsmipv4_verdict_t length_is(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const char *name, uint16_t length)
{
	if (c->ext->length == length)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->offset + 1, 1, "%s Length is %u, should be %u", name, c->ext->length,
				 length);
}

dsmipv4_verdict_t dsmipv4_check_req_length(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return length_is(c, f, "IPv6 prefix request", DSMIPV4_PREFIX_REQUEST_LENGTH);
}

dsmipv4_verdict_t dsmipv4_check_rep_length(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return length_is(c, f, "IPv6 prefix reply", DSMIPV4_PREFIX_REPLY_LENGTH);
}

dsmipv4_verdict_t dsmipv4_check_mode_length(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return length_is(c, f, "IPv6 tunneling mode", DSMIPV4_TUNNELING_MODE_LENGTH);
}

dsmipv4_verdict_t dsmipv4_check_subtype_reserved(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->ext->has_subtype)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->ext->subtype >= DSMIPV4_PREFIX_REQUEST && c->ext->subtype <= DSMIPV4_TUNNELING_MODE)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset, 1,
				 "DSMIPv4 extension subtype %u is reserved, should be 1, 2 or 3", c->ext->subtype);
}

static dsmipv4_verdict_t only_in(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const char *name,
				 enum dsmipv4_message_type message_type)
{
	if (c->message->type == message_type)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(
		f, f->offset, f->length, "%s in a message of type %u, should be in a registration %s (type %u)", name,
		c->message->type, message_type == DSMIPV4_REGISTRATION_REQUEST ? "request" : "reply", message_type);
}

dsmipv4_verdict_t dsmipv4_check_req_in_wrong_msg(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return only_in(c, f, "IPv6 prefix request", DSMIPV4_REGISTRATION_REQUEST);
}

dsmipv4_verdict_t dsmipv4_check_rep_in_wrong_msg(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return only_in(c, f, "IPv6 prefix reply", DSMIPV4_REGISTRATION_REPLY);
}

dsmipv4_verdict_t dsmipv4_check_mode_in_wrong_msg(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return only_in(c, f, "IPv6 tunneling mode", DSMIPV4_REGISTRATION_REQUEST);
}

dsmipv4_verdict_t dsmipv4_check_rep_reserved(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint8_t reserved = c->ext->prefix.reserved;
	return reserved == 0
		       ? DSMIPV4_HOLDS
		       : dsmipv4_broken_at(f, c->ext->body_offset + 3, 1,
					   "Reserved byte of the IPv6 prefix reply is 0x%02x, should be 0", reserved);
}

dsmipv4_verdict_t dsmipv4_check_mode_reserved(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint8_t reserved = c->ext->mode.reserved;
	return reserved == 0
		       ? DSMIPV4_HOLDS
		       : dsmipv4_broken_at(f, c->ext->body_offset + 1, 1,
					   "Reserved byte of the IPv6 tunneling mode is 0x%02x, should be 0", reserved);
}

dsmipv4_verdict_t dsmipv4_check_code_reserved(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint8_t code = c->ext->prefix.code;
	if (code == DSMIPV4_PREFIX_ACCEPTED_HOA || code == DSMIPV4_PREFIX_ACCEPTED_COA ||
	    code == DSMIPV4_PREFIX_REJECTED || code == DSMIPV4_PREFIX_PROHIBITED)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 1, 1, "IPv6 prefix reply code %u is reserved for %s", code,
				 dsmipv4_code_accepts(code) ? "acceptance, should be 0 or 1"
							    : "rejection, should be 8 or 9");
}

// The registered prefixes.

// The prefix with the bits beyond its length set to zero, as an address.
static const char *masked_text(wmem_allocator_t *alloc, const dsmipv4_prefix_t *p)
{
	uint8_t bytes[16] = {0};
	memcpy(bytes, p->bytes, p->len / 8);
	if (p->len % 8)
		bytes[p->len / 8] = (uint8_t)(p->bytes[p->len / 8] & 0xff00 >> p->len % 8);
	return dsmipv4_ipv6_text(alloc, bytes);
}

dsmipv4_verdict_t dsmipv4_check_prefix_bits(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (dsmipv4_prefix_is_masked(&c->ext->prefix.prefix))
		return DSMIPV4_HOLDS;
	f->source = c->ext->body == DSMIPV4_BODY_PREFIX_REQUEST ? "5454 2.1" : "5454 2.2";
	const dsmipv4_prefix_t *p = &c->ext->prefix.prefix;
	unsigned first = p->len / 8; // byte with bits beyond the length
	return dsmipv4_broken_at(f, c->ext->prefix.prefix_offset + (int)first, 16 - first,
				 "Prefix bits beyond /%u are set: %s, should be %s", p->len,
				 dsmipv4_ipv6_text(c->alloc, p->bytes), masked_text(c->alloc, p));
}

dsmipv4_verdict_t dsmipv4_check_prefix_len_range(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint8_t len = c->ext->prefix.prefix.len;
	if (len <= 128 || len == DSMIPV4_PREFIX_LEN_LINK_LOCAL)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->prefix.prefix_len_offset, 1,
				 "Prefix length is %u, should be 0 to 128, or 255 for a link-local address", len);
}

// Start of a well-known range of IPv6 addresses.
typedef struct {
	uint8_t bytes[16];
	unsigned bits;
} ipv6_range_t;

static const ipv6_range_t link_local = {{0xfe, 0x80}, 10};
static const ipv6_range_t site_local = {{0xfe, 0xc0}, 10};
static const ipv6_range_t multicast = {{0xff}, 8};
static const ipv6_range_t loopback = {{[15] = 1}, 128};
static const ipv6_range_t v4_mapped = {{[10] = 0xff, [11] = 0xff}, 96};
static const ipv6_range_t v4_compatible = {{0}, 96};

static bool starts_with(const dsmipv4_prefix_t *p, const ipv6_range_t *range)
{
	return dsmipv4_prefix_in(p, range->bytes, range->bits);
}

// The whole prefix lies in the range.
static bool lies_in(const dsmipv4_prefix_t *p, const ipv6_range_t *range)
{
	return p->len >= range->bits && p->len <= 128 && starts_with(p, range);
}

static bool is_unspecified(const dsmipv4_prefix_t *p)
{
	static const uint8_t zero[16];
	return p->len > 0 && p->len <= 128 && dsmipv4_prefix_in(p, zero, p->len);
}

dsmipv4_verdict_t dsmipv4_check_ll_not_linklocal(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (starts_with(&c->ext->prefix.prefix, &link_local))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->prefix.prefix_offset, 16,
				 "Prefix length 255 with %s, should be with a link-local address",
				 dsmipv4_ipv6_text(c->alloc, c->ext->prefix.prefix.bytes));
}

dsmipv4_verdict_t dsmipv4_check_ll_format(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_prefix_t *p = &c->ext->prefix.prefix;
	static const uint8_t no_interface_id[8];
	if (!starts_with(p, &link_local))
		return DSMIPV4_NOT_APPLICABLE;
	if (!dsmipv4_prefix_in(p, link_local.bytes, 64))
		return dsmipv4_broken_at(f, c->ext->prefix.prefix_offset, 8,
					 "Bits 10 to 63 of the link-local address %s are set, should be 0",
					 dsmipv4_ipv6_text(c->alloc, p->bytes));
	if (memcmp(p->bytes + 8, no_interface_id, sizeof no_interface_id) == 0)
		return dsmipv4_broken_at(f, c->ext->prefix.prefix_offset + 8, 8,
					 "Link-local address %s has no interface identifier, should be such as fe80::1",
					 dsmipv4_ipv6_text(c->alloc, p->bytes));
	return DSMIPV4_HOLDS;
}

// Broken if `wrong` is true for the judged prefix, which is `what`.
static dsmipv4_verdict_t prefix_is_not(const dsmipv4_check_t *c, dsmipv4_answer_t *f,
				       bool (*wrong)(const dsmipv4_prefix_t *p), const char *what)
{
	const dsmipv4_prefix_t *p = &c->ext->prefix.prefix;
	if (!wrong(p))
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->prefix.prefix_offset, 16, "%s %s", dsmipv4_prefix_text(c->alloc, p), what);
}

static bool is_link_local_prefix(const dsmipv4_prefix_t *p)
{
	return lies_in(p, &link_local);
}

dsmipv4_verdict_t dsmipv4_check_ll_len(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return prefix_is_not(c, f, is_link_local_prefix, "is link-local, should have prefix length 255");
}

static bool is_multicast(const dsmipv4_prefix_t *p)
{
	return lies_in(p, &multicast);
}

dsmipv4_verdict_t dsmipv4_check_prefix_multicast(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return prefix_is_not(c, f, is_multicast, "is multicast, should be a unicast prefix");
}

static bool is_loopback(const dsmipv4_prefix_t *p)
{
	return lies_in(p, &loopback);
}

dsmipv4_verdict_t dsmipv4_check_prefix_loopback(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return prefix_is_not(c, f, is_loopback, "is the loopback address, should be a prefix of the home network");
}

dsmipv4_verdict_t dsmipv4_check_prefix_unspecified(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return prefix_is_not(c, f, is_unspecified, "is unspecified, should be a prefix of the home network");
}

static bool is_default(const dsmipv4_prefix_t *p)
{
	return p->len == 0;
}

dsmipv4_verdict_t dsmipv4_check_prefix_default(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return prefix_is_not(c, f, is_default, "covers every other mobile node, should be a longer prefix");
}

static bool is_v4_mapped(const dsmipv4_prefix_t *p)
{
	return lies_in(p, &v4_mapped);
}

dsmipv4_verdict_t dsmipv4_check_prefix_v4mapped(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return prefix_is_not(c, f, is_v4_mapped, "is IPv4-mapped, should be an IPv6 unicast prefix");
}

static bool is_v4_compatible(const dsmipv4_prefix_t *p)
{
	return lies_in(p, &v4_compatible) && !is_unspecified(p) && !is_loopback(p);
}

dsmipv4_verdict_t dsmipv4_check_prefix_v4compat(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return prefix_is_not(c, f, is_v4_compatible, "is IPv4-compatible, should be an IPv6 unicast prefix");
}

static bool is_site_local(const dsmipv4_prefix_t *p)
{
	return lies_in(p, &site_local);
}

dsmipv4_verdict_t dsmipv4_check_prefix_scope(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return prefix_is_not(c, f, is_site_local, "is site-local, should be global or unique local");
}

static bool is_single_address(const dsmipv4_prefix_t *p)
{
	return p->len == 128;
}

dsmipv4_verdict_t dsmipv4_check_prefix_host(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return prefix_is_not(c, f, is_single_address, "is a single address, should be a prefix such as a /64");
}

// Authentication extensions.

dsmipv4_verdict_t dsmipv4_check_auth_short(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (!c->ext->header_whole)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->ext->length >= DSMIPV4_SPI_LEN)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length, "Length of the %s is %u, should be at least 4 for its SPI",
				 dsmipv4_ext_type_name(c->ext->type), c->ext->length);
}

dsmipv4_verdict_t dsmipv4_check_auth_size(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const uint16_t usual = DSMIPV4_SPI_LEN + DSMIPV4_HMAC_MD5_LEN;
	if (c->ext->length < DSMIPV4_SPI_LEN)
		return DSMIPV4_NOT_APPLICABLE;
	unsigned size = c->ext->length - DSMIPV4_SPI_LEN;
	if (c->ext->type == DSMIPV4_EXT_GENERALIZED_AUTH) {
		if (c->ext->length >= usual)
			return DSMIPV4_HOLDS;
		GIVES(f, auth_size, WARN);
		f->source = "4721 5";
		return dsmipv4_broken_at(f, c->ext->offset + 2, 2,
					 "Authenticator has %u bytes, should have at least 16", size);
	}
	if (c->ext->length == usual)
		return DSMIPV4_HOLDS;
	f->source = "5944 3.5.1";
	return dsmipv4_broken_at(f, c->ext->offset + 1, 1, "Authenticator has %u bytes, should have the 16 of HMAC-MD5",
				 size);
}

// Type 36 is exempt: RFC 4721 9 assigns it SPIs out of the reserved range.
dsmipv4_verdict_t dsmipv4_check_auth_spi(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->type == DSMIPV4_EXT_GENERALIZED_AUTH)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->ext->auth.spi >= DSMIPV4_FIRST_FREE_SPI)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset, DSMIPV4_SPI_LEN, "SPI %u is reserved, should be at least 256",
				 c->ext->auth.spi);
}

// The code of the reply says that authentication failed between node, foreign agent and home agent.
static bool tells_auth_failure(const dsmipv4_message_t *m)
{
	static const uint8_t codes[] = {67, 68, 131, 132};
	return m->type == DSMIPV4_REGISTRATION_REPLY && memchr(codes, m->reply.code, sizeof codes);
}

static dsmipv4_verdict_t broken_authenticator(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const char *diagnosis = dsmipv4_auth_diagnosis(c->alloc, c->options->keys, c->packet, c->message, c->ext);
	return dsmipv4_broken_at(f, c->ext->body_offset + DSMIPV4_SPI_LEN, c->ext->auth.authenticator_len,
				 "Authenticator does not verify with the key for SPI 0x%x%s%s", c->ext->auth.spi,
				 diagnosis ? ", but " : "", diagnosis ? diagnosis : "");
}

// Each covers all that comes before it, so thousands of them in one message would cost the square of its size. There
// are at most a few, one for each pair of ends.
#define MOST_VERIFIED 16

dsmipv4_verdict_t dsmipv4_check_auth_bad(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->n_auths >= MOST_VERIFIED)
		return DSMIPV4_NOT_APPLICABLE;
	switch (dsmipv4_auth_verify(c->options->keys, c->packet, c->message, c->ext)) {
	case DSMIPV4_AUTH_GOOD:
		return DSMIPV4_HOLDS;
	case DSMIPV4_AUTH_BAD:
		if (tells_auth_failure(c->message))
			GIVES(f, auth_bad, NOTE);
		return broken_authenticator(c, f);
	default:
		return DSMIPV4_NOT_APPLICABLE;
	}
}

// Another rule judges the place of this extension, so that a fault is named once.
static bool has_own_order_rule(const dsmipv4_check_t *c)
{
	const dsmipv4_message_t *m = c->message;
	bool request = m->type == DSMIPV4_REGISTRATION_REQUEST;
	switch (c->ext->type) {
	case DSMIPV4_EXT_ENCAPS_DELIVERY: // eds_order
		return request && c->index > m->first_mn_fa;
	case DSMIPV4_EXT_MOBILE_NETWORK: // mne_order
		return request && m->first_dsmipv4 != DSMIPV4_NO_EXT;
	case DSMIPV4_EXT_DSMIPV4: // req_ext_after_auth, rep_ext_after_auth, *_in_wrong_msg
		return c->ext->has_subtype && c->ext->subtype >= DSMIPV4_PREFIX_REQUEST &&
		       c->ext->subtype <= DSMIPV4_TUNNELING_MODE;
	default:
		return false;
	}
}

static bool is_link_auth(uint8_t type)
{
	return type == DSMIPV4_EXT_MN_FA_AUTH || type == DSMIPV4_EXT_FA_HA_AUTH;
}

// "MN-FA Challenge (type 132)"
static const char *type_words(const dsmipv4_check_t *c)
{
	const char *name = dsmipv4_ext_type_name(c->ext->type);
	return wmem_strdup_printf(c->alloc, "%s (type %u)", name ? name : "Unassigned extension", c->ext->type);
}

dsmipv4_verdict_t dsmipv4_check_ext_order(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	uint8_t type = c->ext->type;
	if (is_link_auth(type) && m->first_mn_ha != DSMIPV4_NO_EXT && c->index < m->first_mn_ha)
		return dsmipv4_broken_at(f, c->ext->offset, 1,
					 "%s is before the Mobile-Home Authentication, should be after it",
					 type_words(c));
	if (is_link_auth(type) && m->first_mn_fa != DSMIPV4_NO_EXT && m->first_fa_ha != DSMIPV4_NO_EXT &&
	    c->index == (m->first_mn_fa > m->first_fa_ha ? m->first_mn_fa : m->first_fa_ha))
		return dsmipv4_broken_at(f, c->ext->offset, 1,
					 "Both Mobile-Foreign (type 33) and Foreign-Home (type 34) Authentication, "
					 "should be one for the "
					 "message's next hop");
	if (!dsmipv4_ext_type_is_auth(type) && !has_own_order_rule(c) && c->index > m->first_link_auth)
		return dsmipv4_broken_at(f, c->ext->offset, 1, "%s is after the %s, should be before it", type_words(c),
					 dsmipv4_ext_type_name(m->exts[m->first_link_auth].type));
	return DSMIPV4_HOLDS;
}

// NAT traversal (RFC 3519).

// Length and subtype of a UDP Tunnel Request or Reply.
static dsmipv4_verdict_t tunnel_length(const dsmipv4_check_t *c, dsmipv4_answer_t *f, const char *name)
{
	if (c->ext->length != DSMIPV4_UDP_TUNNEL_LENGTH)
		return dsmipv4_broken_at(f, c->ext->offset + 1, 1, "%s Length is %u, should be 6", name,
					 c->ext->length);
	if (!c->ext->has_subtype)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->ext->subtype == 0)
		return DSMIPV4_HOLDS;
	if (c->ext->type == DSMIPV4_EXT_UDP_TUNNEL_REQUEST)
		GIVES(f, utrq_length, NOTE);
	else
		GIVES(f, utrp_length, NOTE);
	return dsmipv4_broken_at(f, c->ext->body_offset, 1, "%s subtype is %u, should be 0", name, c->ext->subtype);
}

dsmipv4_verdict_t dsmipv4_check_utrq_length(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	return tunnel_length(c, f, "UDP Tunnel Request");
}

dsmipv4_verdict_t dsmipv4_check_utrq_reserved(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const unsigned assigned = DSMIPV4_UDP_TUNNEL_REQUEST_F | DSMIPV4_UDP_TUNNEL_REQUEST_R;
	unsigned reserved1 = c->ext->udp_request.reserved1, reserved2 = c->ext->udp_request.flags & ~assigned;
	if (reserved1 == 0 && reserved2 == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + (reserved1 ? 1 : 2), 1,
				 "Reserved %u of the UDP Tunnel Request is 0x%02x, should be 0", reserved1 ? 1 : 2,
				 reserved1 ? reserved1 : reserved2);
}

dsmipv4_verdict_t dsmipv4_check_utrq_reserved3(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->udp_request.reserved3 == 0)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 4, 2,
				 "Reserved 3 of the UDP Tunnel Request is 0x%04x, should be 0",
				 c->ext->udp_request.reserved3);
}

dsmipv4_verdict_t dsmipv4_check_utrq_encap_value(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	uint8_t encapsulation = c->ext->udp_request.encapsulation;
	if (encapsulation == 0 || encapsulation == DSMIPV4_ENCAP_IPIP || encapsulation == DSMIPV4_ENCAP_GRE ||
	    encapsulation == DSMIPV4_ENCAP_MINIMAL)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 3, 1,
				 "UDP Tunnel Request asks for encapsulation %u, should be 0, 4, 47 or 55",
				 encapsulation);
}

dsmipv4_verdict_t dsmipv4_check_utrp_length(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	dsmipv4_verdict_t verdict = tunnel_length(c, f, "UDP Tunnel Reply");
	if (verdict != DSMIPV4_HOLDS || c->ext->body != DSMIPV4_BODY_UDP_TUNNEL_REPLY)
		return verdict;
	const unsigned assigned = DSMIPV4_UDP_TUNNEL_REPLY_F;
	if ((c->ext->udp_reply.flags & ~assigned) == 0)
		return DSMIPV4_HOLDS;
	GIVES(f, utrp_length, WARN);
	return dsmipv4_broken_at(f, c->ext->body_offset + 2, 2,
				 "Reserved bits 0x%04x of the UDP Tunnel Reply are set, should be 0",
				 c->ext->udp_reply.flags & ~assigned);
}

dsmipv4_verdict_t dsmipv4_check_utrp_in_request(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->message->type != DSMIPV4_REGISTRATION_REQUEST)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, f->offset, f->length,
				 "UDP Tunnel Reply (type 44) in a registration request, should be in a reply");
}

dsmipv4_verdict_t dsmipv4_check_mne_prefix_len(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->ext->body != DSMIPV4_BODY_MOBILE_NETWORK)
		return DSMIPV4_NOT_APPLICABLE;
	uint8_t len = c->ext->network.prefix_len;
	if (len >= 1 && len <= 32)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, c->ext->body_offset + 1, 1,
				 "IPv4 mobile network prefix length is %u, should be 1 to 32", len);
}
