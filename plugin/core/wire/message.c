// SPDX-License-Identifier: GPL-2.0-or-later
// Mobile IPv4 control message: bytes -> struct (RFC 5944 1.8-1.11, 3.3-3.5; RFC 5454 2; RFC 3519 3).
#include "wire/message.h"

#include <string.h>

#include "util/bytes.h"
#include "wire/extension_types.h"
#include "wire/reply_codes.h"

// What is readable: offsets below `captured` may be dereferenced, offsets below `reported` were sent.
typedef struct {
	const uint8_t *bytes;
	uint32_t captured;
	uint32_t reported;
} view_t;

bool dsmipv4_ext_type_is_auth(uint8_t type)
{
	return type == DSMIPV4_EXT_MN_HA_AUTH || type == DSMIPV4_EXT_MN_FA_AUTH || type == DSMIPV4_EXT_FA_HA_AUTH ||
	       type == DSMIPV4_EXT_GENERALIZED_AUTH;
}

static void read_prefix(dsmipv4_ext_t *e, const uint8_t *body, uint32_t len_at, uint32_t prefix_at)
{
	e->prefix.prefix.len = body[len_at];
	e->prefix.prefix_len_offset = e->body_offset + len_at;
	memcpy(e->prefix.prefix.bytes, body + prefix_at, sizeof e->prefix.prefix.bytes);
	e->prefix.prefix_offset = e->body_offset + prefix_at;
}

// RFC 5454 2.1: Subtype, Prefix Length, Prefix.
static void read_prefix_request(dsmipv4_ext_t *e, const uint8_t *body)
{
	read_prefix(e, body, 1, 2);
}

// RFC 5454 2.2: Subtype, Code, Prefix Length, Reserved, Prefix.
static void read_prefix_reply(dsmipv4_ext_t *e, const uint8_t *body)
{
	e->prefix.code = body[1];
	e->prefix.reserved = body[3];
	read_prefix(e, body, 2, 4);
}

static void read_tunneling_mode(dsmipv4_ext_t *e, const uint8_t *body)
{
	e->mode.reserved = body[1];
}

static void read_auth(dsmipv4_ext_t *e, const uint8_t *body)
{
	e->auth.spi = get32(body);
	e->auth.authenticator_len = e->body_len - DSMIPV4_SPI_LEN;
}

// RFC 3519 3.1: Subtype, Reserved 1, F R and Reserved 2, Encapsulation, Reserved 3.
static void read_udp_tunnel_request(dsmipv4_ext_t *e, const uint8_t *body)
{
	e->udp_request.reserved1 = body[1];
	e->udp_request.flags = body[2];
	e->udp_request.encapsulation = body[3];
	e->udp_request.reserved3 = get16(body + 4);
}

// RFC 3519 3.2: Subtype, Reply Code, F and Reserved, Keepalive Interval.
static void read_udp_tunnel_reply(dsmipv4_ext_t *e, const uint8_t *body)
{
	e->udp_reply.code = body[1];
	e->udp_reply.flags = get16(body + 2);
	e->udp_reply.keepalive = get16(body + 4);
}

// RFC 5177 4.1: Subtype, Prefix Length, Prefix.
static void read_mobile_network(dsmipv4_ext_t *e, const uint8_t *body)
{
	e->network.prefix_len = body[1];
}

// RFC 7629 4.1: interface type, label, binding identifier, flags.
static void read_multipath_request(dsmipv4_ext_t *e, const uint8_t *body)
{
	e->multipath.flags = body[3];
}

// RFC 6245 5: Key Identifier.
static void read_gre_key(dsmipv4_ext_t *e, const uint8_t *body)
{
	e->gre_key = get32(body);
}

// RFC 4433 3.4: HA-Address.
static void read_dynamic_ha(dsmipv4_ext_t *e, const uint8_t *body)
{
	e->home_agent = get32(body);
}

// type and subtype (ANY where it does not matter), bytes of body that the fields need.
#define ANY (-1)
static const struct reader {
	uint8_t type;
	int subtype;
	uint32_t need;
	dsmipv4_body_t body;
	void (*read)(dsmipv4_ext_t *e, const uint8_t *body);
} readers[] = {
	{DSMIPV4_EXT_DSMIPV4, DSMIPV4_PREFIX_REQUEST, 18, DSMIPV4_BODY_PREFIX_REQUEST, read_prefix_request},
	{DSMIPV4_EXT_DSMIPV4, DSMIPV4_PREFIX_REPLY, 20, DSMIPV4_BODY_PREFIX_REPLY, read_prefix_reply},
	{DSMIPV4_EXT_DSMIPV4, DSMIPV4_TUNNELING_MODE, 2, DSMIPV4_BODY_TUNNELING_MODE, read_tunneling_mode},
	{DSMIPV4_EXT_MN_HA_AUTH, ANY, 4, DSMIPV4_BODY_AUTH, read_auth},
	{DSMIPV4_EXT_MN_FA_AUTH, ANY, 4, DSMIPV4_BODY_AUTH, read_auth},
	{DSMIPV4_EXT_FA_HA_AUTH, ANY, 4, DSMIPV4_BODY_AUTH, read_auth},
	{DSMIPV4_EXT_GENERALIZED_AUTH, ANY, 4, DSMIPV4_BODY_AUTH, read_auth},
	{DSMIPV4_EXT_UDP_TUNNEL_REQUEST, ANY, 6, DSMIPV4_BODY_UDP_TUNNEL_REQUEST, read_udp_tunnel_request},
	{DSMIPV4_EXT_UDP_TUNNEL_REPLY, ANY, 6, DSMIPV4_BODY_UDP_TUNNEL_REPLY, read_udp_tunnel_reply},
	{DSMIPV4_EXT_MOBILE_NETWORK, 0, 2, DSMIPV4_BODY_MOBILE_NETWORK, read_mobile_network},
	{DSMIPV4_EXT_DYNAMIC_HA, DSMIPV4_REQUESTED_HA, 4, DSMIPV4_BODY_DYNAMIC_HA, read_dynamic_ha},
	{DSMIPV4_EXT_DYNAMIC_HA, DSMIPV4_REDIRECTED_HA, 4, DSMIPV4_BODY_DYNAMIC_HA, read_dynamic_ha},
	{DSMIPV4_EXT_MULTIPATH, DSMIPV4_MULTIPATH_REQUEST, 4, DSMIPV4_BODY_MULTIPATH_REQUEST, read_multipath_request},
	{DSMIPV4_EXT_GRE_KEY, DSMIPV4_GRE_KEY, 4, DSMIPV4_BODY_GRE_KEY, read_gre_key},
};

static void read_body(dsmipv4_ext_t *e, const view_t *v)
{
	uint32_t readable = e->body_offset < v->captured ? v->captured - e->body_offset : 0;
	if (readable > e->body_len)
		readable = e->body_len;
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
		const struct reader *r = &readers[i];
		if (r->type != e->type || (r->subtype != ANY && (!e->has_subtype || r->subtype != e->subtype)))
			continue;
		if (readable < r->need)
			return;
		e->body = r->body;
		r->read(e, v->bytes + e->body_offset);
		return;
	}
}

// Read the header at `at`; false where the capture ends inside it, so that nothing after is known.
static bool dsmipv4_event_read(dsmipv4_ext_t *e, const view_t *v, uint32_t at)
{
	memset(e, 0, sizeof *e);
	e->offset = at;
	e->type = v->bytes[at];
	dsmipv4_layout_t layout = dsmipv4_ext_type_layout(e->type);
	bool is_long = layout == DSMIPV4_LAYOUT_LONG;
	e->header_len = is_long ? DSMIPV4_EXT_LONG_HEADER_LEN : DSMIPV4_EXT_SHORT_HEADER_LEN;
	if (v->reported - at < e->header_len) { // a long header cut short by the end of the message
		e->header_len = (uint8_t)(v->reported - at);
		e->body_offset = v->reported;
		e->overrun = true;
		e->captured = v->captured == v->reported;
		return true;
	}
	if (v->captured - at < e->header_len)
		return false;
	e->header_whole = true;
	const uint8_t *p = v->bytes + at;
	e->length = is_long ? get16(p + 2) : p[1];
	e->body_offset = at + e->header_len;
	uint32_t left = v->reported - e->body_offset;
	e->overrun = e->length > left;
	e->body_len = e->overrun ? left : e->length;
	e->captured = e->body_offset + e->body_len <= v->captured;
	if (is_long) {
		e->has_subtype = true;
		e->subtype = p[1];
	} else if (layout == DSMIPV4_LAYOUT_SHORT_SUBTYPE && e->body_len > 0 && e->body_offset < v->captured) {
		e->has_subtype = true;
		e->subtype = p[2];
	}
	return true;
}

// Never 0, which stands for unknown.
static uint64_t known_digest(const uint8_t *bytes, uint32_t len)
{
	uint64_t digest = digest_of(DIGEST_SEED, bytes, len);
	return digest ? digest : 1;
}

static uint64_t digest_to_end_of(const dsmipv4_message_t *m, const view_t *v, uint32_t from, uint32_t index)
{
	if (index == DSMIPV4_NO_EXT || !m->exts[index].captured)
		return 0;
	return known_digest(v->bytes + from, m->exts[index].body_offset + m->exts[index].body_len - from);
}

static void take_digests(dsmipv4_message_t *m, const view_t *v)
{
	m->digest = known_digest(v->bytes, v->captured);
	m->signed_digest = digest_to_end_of(m, v, 0, m->first_mn_ha);
	if (m->first_nai != DSMIPV4_NO_EXT)
		m->nai_digest = digest_to_end_of(m, v, m->exts[m->first_nai].body_offset, m->first_nai);
}

static void note_first(uint32_t *first, uint32_t index)
{
	if (*first == DSMIPV4_NO_EXT)
		*first = index;
}

static void note_ext(dsmipv4_message_t *m, const dsmipv4_ext_t *e, uint32_t index)
{
	if (dsmipv4_ext_type_is_auth(e->type))
		note_first(&m->first_auth, index);
	if (e->type == DSMIPV4_EXT_DSMIPV4)
		note_first(&m->first_dsmipv4, index);
	if (dsmipv4_ext_is(e, DSMIPV4_PREFIX_REQUEST))
		note_first(&m->first_prefix_request, index);
	if (dsmipv4_ext_is(e, DSMIPV4_TUNNELING_MODE))
		note_first(&m->first_mode, index);
	switch (e->type) {
	case DSMIPV4_EXT_MN_HA_AUTH:
		note_first(&m->first_mn_ha, index);
		m->n_mn_ha++;
		break;
	case DSMIPV4_EXT_MN_FA_AUTH:
		note_first(&m->first_mn_fa, index);
		note_first(&m->first_link_auth, index);
		break;
	case DSMIPV4_EXT_FA_HA_AUTH:
		note_first(&m->first_fa_ha, index);
		note_first(&m->first_link_auth, index);
		break;
	case DSMIPV4_EXT_GENERALIZED_AUTH:
		if (e->has_subtype && e->subtype == DSMIPV4_GENERALIZED_MN_AAA)
			note_first(&m->first_mn_aaa, index);
		break;
	case DSMIPV4_EXT_NAI:
		note_first(&m->first_nai, index);
		break;
	}
}

static void walk_extensions(wmem_allocator_t *alloc, dsmipv4_message_t *m, const view_t *v)
{
	wmem_array_t *exts = wmem_array_new(alloc, sizeof(dsmipv4_ext_t));
	uint32_t at = m->fixed_len;
	while (at < v->reported && at < v->captured) {
		dsmipv4_ext_t e;
		if (dsmipv4_ext_type_layout(v->bytes[at]) == DSMIPV4_LAYOUT_ONE_BYTE) {
			at++; // padding
			continue;
		}
		if (at + 1 == v->reported)
			break;
		if (!dsmipv4_event_read(&e, v, at))
			break;
		read_body(&e, v);
		note_ext(m, &e, wmem_array_get_count(exts));
		wmem_array_append_one(exts, e);
		at = e.body_offset + e.body_len; // at least two bytes further, whatever Length says
	}
	m->n_exts = wmem_array_get_count(exts);
	m->exts = m->n_exts ? (const dsmipv4_ext_t *)wmem_array_get_raw(exts) : NULL;
	m->trailing_offset = at;
	m->trailing = v->reported > at && at < v->captured && v->reported - at == 1 ? 1 : 0;
}

static void read_request(dsmipv4_message_t *m, const uint8_t *p)
{
	m->request.flags = p[1];
	m->request.lifetime = get16(p + 2);
	m->request.hoa = get32(p + 4);
	m->request.ha = get32(p + 8);
	m->request.coa = get32(p + 12);
	m->request.id = get64(p + 16);
}

static void read_reply(dsmipv4_message_t *m, const uint8_t *p)
{
	m->reply.code = p[1];
	m->reply.lifetime = get16(p + 2);
	m->reply.hoa = get32(p + 4);
	m->reply.ha = get32(p + 8);
	m->reply.id = get64(p + 12);
}

static void read_tunnel_data(dsmipv4_message_t *m, const uint8_t *p)
{
	m->tunnel_data.next_header = p[1];
	m->tunnel_data.reserved = get16(p + 2);
}

// RFC 3543 3.3: Type, Reserved, A I and Reserved, Home Address, Home and Foreign Domain Address, Id.
static void read_revocation(dsmipv4_message_t *m, const uint8_t *p)
{
	m->revocation.flags = get16(p + 2);
	m->revocation.hoa = get32(p + 4);
	m->revocation.ha = get32(p + 8);
	m->revocation.coa = get32(p + 12);
	m->revocation.id = get32(p + 16);
}

// RFC 3543 3.4: Type, Reserved, I and Reserved, Home Address, Id.
static void read_revocation_ack(dsmipv4_message_t *m, const uint8_t *p)
{
	m->revocation.flags = get16(p + 2);
	m->revocation.hoa = get32(p + 4);
	m->revocation.id = get32(p + 8);
}

// RFC 6098 4.1, 4.2: Type, Message Direction, A and Reserved or Code and Reserved, Home Address, Home Agent, Care-of
// Address, Identification.
static void read_notification(dsmipv4_message_t *m, const uint8_t *p)
{
	m->notification.direction = p[1];
	m->notification.hoa = get32(p + 4);
	m->notification.ha = get32(p + 8);
}

static const struct fixed_part {
	uint8_t type;
	uint32_t len;
	bool has_extensions;
	void (*read)(dsmipv4_message_t *m, const uint8_t *p);
} fixed_parts[] = {
	{DSMIPV4_REGISTRATION_REQUEST, DSMIPV4_REQUEST_LEN, true, read_request},
	{DSMIPV4_REGISTRATION_REPLY, DSMIPV4_REPLY_LEN, true, read_reply},
	{DSMIPV4_TUNNEL_DATA, DSMIPV4_TUNNEL_DATA_LEN, false, read_tunnel_data},
	{DSMIPV4_REVOCATION, DSMIPV4_REVOCATION_LEN, true, read_revocation},
	{DSMIPV4_REVOCATION_ACK, DSMIPV4_REVOCATION_ACK_LEN, true, read_revocation_ack},
	{DSMIPV4_NOTIFICATION, DSMIPV4_NOTIFICATION_LEN, true, read_notification},
	{DSMIPV4_NOTIFICATION_ACK, DSMIPV4_NOTIFICATION_LEN, true, read_notification},
};

static const struct fixed_part *fixed_part_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof fixed_parts / sizeof fixed_parts[0]; i++) {
		if (fixed_parts[i].type == type)
			return &fixed_parts[i];
	}
	return NULL;
}

dsmipv4_message_t *dsmipv4_message_decode(wmem_allocator_t *alloc, const uint8_t *bytes, uint32_t captured_len,
					  uint32_t reported_len, bool fragment)
{
	view_t v = {bytes, captured_len, reported_len > captured_len ? reported_len : captured_len};
	dsmipv4_message_t *m = wmem_new0(alloc, dsmipv4_message_t);
	m->bytes = bytes;
	m->captured_len = v.captured;
	m->reported_len = v.reported;
	m->fragment = fragment;
	m->captured_whole = v.captured == v.reported && !fragment;
	m->first_auth = m->first_mn_ha = m->first_link_auth = m->first_mn_fa = m->first_fa_ha = DSMIPV4_NO_EXT;
	m->first_dsmipv4 = m->first_mn_aaa = m->first_nai = m->first_prefix_request = m->first_mode = DSMIPV4_NO_EXT;
	if (v.captured == 0)
		return m;
	m->type = bytes[0];
	const struct fixed_part *part = fixed_part_of(m->type);
	if (!part)
		return m;
	m->fixed_len = part->len;
	m->fixed = v.captured >= part->len;
	if (!m->fixed)
		return m;
	part->read(m, bytes);
	if (part->has_extensions)
		walk_extensions(alloc, m, &v);
	take_digests(m, &v);
	return m;
}

bool dsmipv4_ext_is(const dsmipv4_ext_t *ext, enum dsmipv4_subtype subtype)
{
	return ext->type == DSMIPV4_EXT_DSMIPV4 && ext->has_subtype && ext->subtype == subtype;
}

bool dsmipv4_message_has(const dsmipv4_message_t *m, uint8_t type)
{
	for (uint32_t i = 0; i < m->n_exts; i++) {
		if (m->exts[i].type == type)
			return true;
	}
	return false;
}

bool dsmipv4_ext_has_prefix(const dsmipv4_ext_t *ext)
{
	return ext->body == DSMIPV4_BODY_PREFIX_REQUEST || ext->body == DSMIPV4_BODY_PREFIX_REPLY;
}

static unsigned significant_bits(const dsmipv4_prefix_t *prefix)
{
	return prefix->len <= 128 ? prefix->len : 128;
}

bool dsmipv4_prefix_in(const dsmipv4_prefix_t *prefix, const uint8_t bytes[16], unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	if (memcmp(prefix->bytes, bytes, whole) != 0)
		return false;
	return rest == 0 || ((prefix->bytes[whole] ^ bytes[whole]) >> (8 - rest)) == 0;
}

bool dsmipv4_prefix_is_masked(const dsmipv4_prefix_t *prefix)
{
	unsigned bits = significant_bits(prefix);
	for (unsigned i = bits / 8; i < sizeof prefix->bytes; i++) {
		uint8_t insignificant = (uint8_t)(i == bits / 8 ? 0xff >> bits % 8 : 0xff);
		if (prefix->bytes[i] & insignificant)
			return false;
	}
	return true;
}

bool dsmipv4_prefix_equal(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b)
{
	return a->len == b->len && dsmipv4_prefix_in(a, b->bytes, significant_bits(a));
}

bool dsmipv4_prefix_similar(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b)
{
	if (a->len > 128 || b->len > 128)
		return dsmipv4_prefix_equal(a, b);
	return dsmipv4_prefix_in(a, b->bytes, a->len < b->len ? a->len : b->len);
}

bool dsmipv4_prefix_contains(const dsmipv4_prefix_t *outer, const dsmipv4_prefix_t *inner)
{
	if (outer->len > 128 || inner->len > 128)
		return dsmipv4_prefix_equal(outer, inner);
	return outer->len <= inner->len && dsmipv4_prefix_in(inner, outer->bytes, outer->len);
}

bool dsmipv4_prefix_overlaps(const dsmipv4_prefix_t *a, const dsmipv4_prefix_t *b)
{
	return dsmipv4_prefix_contains(a, b) || dsmipv4_prefix_contains(b, a);
}

bool dsmipv4_code_accepts(uint8_t code)
{
	return code < DSMIPV4_PREFIX_FIRST_REJECT;
}

bool dsmipv4_reply_accepts(const dsmipv4_message_t *message)
{
	return message->reply.code < DSMIPV4_REPLY_FIRST_DENIAL;
}

bool dsmipv4_reply_from_fa(const dsmipv4_message_t *message)
{
	dsmipv4_reply_sender_t sender = dsmipv4_reply_code_sender(message->reply.code);
	return sender == DSMIPV4_REPLY_BY_FA || sender == DSMIPV4_REPLY_BY_GFA;
}

bool dsmipv4_reply_from_ha(const dsmipv4_message_t *message)
{
	return dsmipv4_reply_code_sender(message->reply.code) == DSMIPV4_REPLY_BY_HA;
}

uint32_t dsmipv4_signing_ext(const dsmipv4_message_t *message)
{
	if (message->first_mn_ha != DSMIPV4_NO_EXT)
		return message->first_mn_ha;
	return message->captured_whole ? message->first_auth : DSMIPV4_NO_EXT;
}
