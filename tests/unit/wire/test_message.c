// SPDX-License-Identifier: GPL-2.0-or-later
// Decoding: fields and offsets of each message type and extension; cut, overlong and empty input.
#include "wire/message.h"

#include <glib.h>
#include <string.h>

#include "hex.h"
#include "rules/dispatch.h"
#include "wire/reply_codes.h"

#define REQUEST "01 22 0258 c633644d c6336401 c0000221 e8fe6f80 12345678 "
#define REPLY "03 81 012c c633644d c6336401 e8fe6f80 12345678 "
#define MHAE "20 14 00000100 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf "

typedef struct {
	wmem_allocator_t *alloc;
	hex_t hex;
	dsmipv4_message_t *m;
} decoded_t;

static void setup(decoded_t *d, const void *data)
{
	(void)data;
	d->alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
}

static void teardown(decoded_t *d, const void *data)
{
	(void)data;
	hex_free(&d->hex);
	wmem_destroy_allocator(d->alloc);
}

static const dsmipv4_message_t *decode_part(decoded_t *d, const char *text, bool fragment)
{
	hex_free(&d->hex);
	d->hex = hex_parse(text);
	d->m = dsmipv4_message_decode(d->alloc, d->hex.bytes, d->hex.captured, d->hex.reported, fragment);
	return d->m;
}

static const dsmipv4_message_t *decode(decoded_t *d, const char *text)
{
	return decode_part(d, text, false);
}

// The one extension of a request that has one.
static const dsmipv4_ext_t *decode_ext(decoded_t *d, const char *text)
{
	char *message = g_strconcat(REQUEST, text, NULL);
	const dsmipv4_message_t *m = decode(d, message);
	g_free(message);
	g_assert_cmpuint(m->n_exts, ==, 1);
	g_assert_cmpuint(m->exts[0].offset, ==, 24);
	return &m->exts[0];
}

// Fixed parts.

static void test_request(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, REQUEST);
	g_assert_cmpuint(m->type, ==, 1);
	g_assert_true(m->fixed);
	g_assert_true(m->captured_whole);
	g_assert_cmpuint(m->fixed_len, ==, 24);
	g_assert_cmpuint(m->captured_len, ==, 24);
	g_assert_cmpuint(m->reported_len, ==, 24);
	g_assert_cmphex(m->request.flags, ==, 0x22);
	g_assert_cmpuint(m->request.lifetime, ==, 600);
	g_assert_cmphex(m->request.hoa, ==, 0xc633644d);
	g_assert_cmphex(m->request.ha, ==, 0xc6336401);
	g_assert_cmphex(m->request.coa, ==, 0xc0000221);
	g_assert_cmphex(m->request.id, ==, 0xe8fe6f8012345678);
	g_assert_cmpuint(m->n_exts, ==, 0);
	g_assert_null(m->exts);
	g_assert_cmpuint(m->trailing, ==, 0);
}

static void test_reply(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, REPLY MHAE);
	g_assert_cmpuint(m->type, ==, 3);
	g_assert_cmpuint(m->fixed_len, ==, 20);
	g_assert_cmpuint(m->reply.code, ==, 129);
	g_assert_cmpuint(m->reply.lifetime, ==, 300);
	g_assert_cmphex(m->reply.hoa, ==, 0xc633644d);
	g_assert_cmphex(m->reply.ha, ==, 0xc6336401);
	g_assert_cmphex(m->reply.id, ==, 0xe8fe6f8012345678);
	g_assert_cmpuint(m->n_exts, ==, 1);
	g_assert_cmpuint(m->exts[0].offset, ==, 20);
}

// What follows the header is a packet, not a list of extensions.
static void test_tunnel_data(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, "04 29 1234 60000000 98120130");
	g_assert_cmpuint(m->type, ==, 4);
	g_assert_cmpuint(m->fixed_len, ==, 4);
	g_assert_cmpuint(m->tunnel_data.next_header, ==, 41);
	g_assert_cmphex(m->tunnel_data.reserved, ==, 0x1234);
	g_assert_cmpuint(m->n_exts, ==, 0);
	g_assert_cmpuint(m->trailing, ==, 0);
}

static void test_revocation(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, "07 00 c000(A,I) c633644d c6336401 c0000221 deadbeef" MHAE);
	g_assert_cmpuint(m->type, ==, 7);
	g_assert_cmpuint(m->fixed_len, ==, 20);
	g_assert_cmphex(m->revocation.flags, ==, 0xc000);
	g_assert_cmphex(m->revocation.hoa, ==, 0xc633644d);
	g_assert_cmphex(m->revocation.ha, ==, 0xc6336401);
	g_assert_cmphex(m->revocation.coa, ==, 0xc0000221);
	g_assert_cmphex(m->revocation.id, ==, 0xdeadbeef);
	g_assert_cmpuint(m->n_exts, ==, 1);
	g_assert_cmpuint(m->exts[0].offset, ==, 20); // after the fixed part (RFC 3543 3.3, 3.4)
}

static void test_revocation_ack(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, "0f 00 8000(I) c633644d deadbeef" MHAE);
	g_assert_cmpuint(m->type, ==, 15);
	g_assert_cmpuint(m->fixed_len, ==, 12);
	g_assert_cmphex(m->revocation.flags, ==, 0x8000);
	g_assert_cmphex(m->revocation.hoa, ==, 0xc633644d);
	g_assert_cmphex(m->revocation.id, ==, 0xdeadbeef);
	g_assert_cmpuint(m->n_exts, ==, 1);
	g_assert_cmpuint(m->exts[0].offset, ==, 12); // after the fixed part (RFC 3543 3.3, 3.4)
}

// RFC 6098 4.1, 4.2: extensions follow 24 bytes in both.
static void test_notifications(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, "16 01 8000 c633644d c6336401 c0000221 e8fe6f80 12345678 "
					       "91 03 00 6869 22 14 00000102 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
	g_assert_true(m->fixed && m->captured_whole);
	g_assert_cmpuint(m->notification.direction, ==, 1);
	g_assert_cmphex(m->notification.hoa, ==, 0xc633644d);
	g_assert_cmphex(m->notification.ha, ==, 0xc6336401);
	g_assert_cmpuint(m->n_exts, ==, 2);
	g_assert_cmpuint(m->exts[0].offset, ==, 24);
	g_assert_cmpuint(m->first_fa_ha, ==, 1);
	m = decode(d, "17 05 00 00 c633644d c6336401 c0000221 e8fe6f80 12345678 8b 02 0004 c6336402");
	g_assert_cmpuint(m->notification.direction, ==, 5);
	g_assert_cmpuint(m->n_exts, ==, 1);
	g_assert_cmpint(m->exts[0].body, ==, DSMIPV4_BODY_DYNAMIC_HA);
	m = decode(d, "17 05 00 00 c633644d c6336401 c0000221 e8fe6f80 123456");
	g_assert_true(!m->fixed && m->n_exts == 0);
	m = decode(d, "01 22 0258 c633644d c6336401 c0000221 e8fe6f80 12345678 8b 01 0003 c63364 8b 03 0004 c6336402");
	g_assert_cmpuint(m->n_exts, ==, 2);
	g_assert_true(m->exts[0].body == DSMIPV4_BODY_OPAQUE && m->exts[1].body == DSMIPV4_BODY_OPAQUE);
}

// Known by the type alone: handoff (16), regional registration (18), experiment (255).
static void test_other_types(decoded_t *d, const void *data)
{
	(void)data;
	for (unsigned type = 0; type < 256; type++) {
		if (type == 1 || type == 3 || type == 4 || type == 7 || type == 15 || type == 22 || type == 23)
			continue;
		char *text = g_strdup_printf("%02x 22 0258 c633644d c6336401 c0000221 e8fe6f80 12345678 98 00", type);
		const dsmipv4_message_t *m = decode(d, text);
		g_assert_cmpuint(m->type, ==, type);
		g_assert_cmpuint(m->fixed_len, ==, 0);
		g_assert_false(m->fixed);
		g_assert_true(m->captured_whole);
		g_assert_cmpuint(m->n_exts, ==, 0);
		g_free(text);
	}
}

static void test_empty(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, "");
	g_assert_cmpuint(m->type, ==, 0);
	g_assert_true(m->captured_whole);
	g_assert_false(m->fixed);
	m = decode(d, "| 01 22");
	g_assert_false(m->captured_whole);
	g_assert_false(m->fixed);
	g_assert_cmpuint(m->reported_len, ==, 2);
}

static void test_fixed_part_cut(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, "01 22 0258 c633644d c6336401 c0000221 e8fe6f80 123456 | 78");
	g_assert_cmpuint(m->type, ==, 1);
	g_assert_cmpuint(m->fixed_len, ==, 24);
	g_assert_false(m->fixed);
	g_assert_false(m->captured_whole);
	g_assert_cmpuint(m->captured_len, ==, 23);
	g_assert_cmpuint(m->reported_len, ==, 24);
}

// A capture file may say that less was sent than was captured.
static void test_reported_below_captured(decoded_t *d, const void *data)
{
	(void)data;
	hex_free(&d->hex);
	d->hex = hex_parse(REQUEST MHAE);
	dsmipv4_message_t *m = dsmipv4_message_decode(d->alloc, d->hex.bytes, d->hex.captured, 30, false);
	g_assert_cmpuint(m->captured_len, <=, m->reported_len);
	g_assert_cmpuint(m->n_exts, ==, 1);
}

// Extensions.

static void test_prefix_request(decoded_t *d, const void *data)
{
	(void)data;
	static const uint8_t prefix[16] = {0x20, 0x01, 0x0d, 0xb8, 0x00, 0x0a, [15] = 0x5a};
	const dsmipv4_ext_t *e = decode_ext(d, "98 12 01 30 20010db8000a0000 000000000000005a");
	g_assert_cmpuint(e->type, ==, 152);
	g_assert_cmpuint(e->length, ==, 18);
	g_assert_cmpuint(e->header_len, ==, 2);
	g_assert_true(e->has_subtype);
	g_assert_cmpuint(e->subtype, ==, 1);
	g_assert_cmpuint(e->body_offset, ==, 26);
	g_assert_cmpuint(e->body_len, ==, 18);
	g_assert_false(e->overrun);
	g_assert_true(e->captured);
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_PREFIX_REQUEST);
	g_assert_cmpuint(e->prefix.prefix.len, ==, 48);
	g_assert_cmpmem(e->prefix.prefix.bytes, 16, prefix, 16); // as sent, not masked
	g_assert_cmpuint(e->prefix.prefix_len_offset, ==, 27);
	g_assert_cmpuint(e->prefix.prefix_offset, ==, 28);
	g_assert_true(dsmipv4_ext_has_prefix(e));
	g_assert_true(dsmipv4_ext_is(e, DSMIPV4_PREFIX_REQUEST));
	g_assert_false(dsmipv4_ext_is(e, DSMIPV4_PREFIX_REPLY));
	g_assert_cmpuint(d->m->first_prefix_request, ==, 0);
	g_assert_cmphex(d->m->first_auth, ==, DSMIPV4_NO_EXT);
}

static void test_prefix_reply(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_ext_t *e = decode_ext(d, "98 14 02 09 40 77 20010db8000a0001 0000000000000000");
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_PREFIX_REPLY);
	g_assert_cmpuint(e->prefix.code, ==, 9);
	g_assert_cmphex(e->prefix.reserved, ==, 0x77);
	g_assert_cmpuint(e->prefix.prefix.len, ==, 64);
	g_assert_cmphex(e->prefix.prefix.bytes[0], ==, 0x20);
	g_assert_cmphex(e->prefix.prefix.bytes[7], ==, 0x01);
	g_assert_cmpuint(e->prefix.prefix_len_offset, ==, 28);
	g_assert_cmpuint(e->prefix.prefix_offset, ==, 30);
	g_assert_true(dsmipv4_ext_has_prefix(e));
}

static void test_tunneling_mode(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_ext_t *e = decode_ext(d, "98 02 03 5a");
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_TUNNELING_MODE);
	g_assert_cmphex(e->mode.reserved, ==, 0x5a);
	g_assert_false(dsmipv4_ext_has_prefix(e));
	g_assert_cmpuint(d->m->first_mode, ==, 0);
}

// Too short for the fields: known by subtype, opaque otherwise. Too long: the fields are read.
static void test_dsmipv4_wrong_length(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_ext_t *e = decode_ext(d, "98 11 01 30 20010db8000a0000 00000000000000");
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_OPAQUE);
	g_assert_true(dsmipv4_ext_is(e, DSMIPV4_PREFIX_REQUEST));
	g_assert_false(dsmipv4_ext_has_prefix(e));
	g_assert_cmpuint(d->m->first_prefix_request, ==, 0);
	e = decode_ext(d, "98 16 01 30 20010db8000a0000 0000000000000000 01020304");
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_PREFIX_REQUEST);
	g_assert_cmpuint(e->body_len, ==, 22);
	e = decode_ext(d, "98 01 03");
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_OPAQUE);
	g_assert_cmpuint(d->m->first_mode, ==, 0);
	e = decode_ext(d, "98 00");
	g_assert_false(e->has_subtype);
	g_assert_cmpuint(e->body_len, ==, 0);
	g_assert_true(e->captured);
}

static void test_auth(decoded_t *d, const void *data)
{
	(void)data;
	static const char *const exts[] = {
		"20 14 00000100 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		"21 14 00000100 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		"22 14 00000100 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		"24 01 0014 00000100 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(exts); i++) {
		const dsmipv4_ext_t *e = decode_ext(d, exts[i]);
		g_assert_true(dsmipv4_ext_type_is_auth(e->type));
		g_assert_cmpint(e->body, ==, DSMIPV4_BODY_AUTH);
		g_assert_cmpuint(e->length, ==, 20);
		g_assert_cmphex(e->auth.spi, ==, 0x100);
		g_assert_cmpuint(e->auth.authenticator_len, ==, 16);
		g_assert_cmpuint(e->header_len, ==, i == 3 ? 4 : 2);
		g_assert_cmpuint(d->m->first_auth, ==, 0);
	}
	g_assert_cmpuint(d->m->first_mn_aaa, ==, 0);
	g_assert_cmpint(decode_ext(d, "20 04 ffffffff")->auth.authenticator_len, ==, 0);
	g_assert_cmpint(decode_ext(d, "20 03 ffffff")->body, ==, DSMIPV4_BODY_OPAQUE);
	decode_ext(d, "24 02 0014 00000100 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
	g_assert_cmphex(d->m->first_mn_aaa, ==, DSMIPV4_NO_EXT);
	for (unsigned type = 0; type < 256; type++)
		g_assert_cmpint(dsmipv4_ext_type_is_auth((uint8_t)type), ==, (type >= 32 && type <= 34) || type == 36);
}

static void test_udp_tunnel_request(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_ext_t *e = decode_ext(d, "90 06 00 11 c0 2f 1234");
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_UDP_TUNNEL_REQUEST);
	g_assert_true(e->has_subtype);
	g_assert_cmpuint(e->subtype, ==, 0);
	g_assert_cmphex(e->udp_request.reserved1, ==, 0x11);
	g_assert_cmphex(e->udp_request.flags, ==, 0xc0);
	g_assert_cmpuint(e->udp_request.encapsulation, ==, 47);
	g_assert_cmphex(e->udp_request.reserved3, ==, 0x1234);
	g_assert_cmpint(decode_ext(d, "90 05 00 11 c0 2f 12")->body, ==, DSMIPV4_BODY_OPAQUE);
}

static void test_udp_tunnel_reply(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_ext_t *e = decode_ext(d, "2c 06 00 40 8001 006e");
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_UDP_TUNNEL_REPLY);
	g_assert_cmpuint(e->udp_reply.code, ==, 64);
	g_assert_cmphex(e->udp_reply.flags, ==, 0x8001);
	g_assert_cmpuint(e->udp_reply.keepalive, ==, 110);
}

static void test_mobile_network(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_ext_t *e = decode_ext(d, "94 06 00 18 0a010000");
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_MOBILE_NETWORK);
	g_assert_cmpuint(e->network.prefix_len, ==, 24);
	e = decode_ext(d, "94 06 01 18 0a010000"); // acknowledgement: a code in that place
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_OPAQUE);
	g_assert_cmpuint(e->subtype, ==, 1);
}

// Each long type with a Length above 255, and the next extension where it belongs; the types beside
// them by the short layout.
static void test_layouts(decoded_t *d, const void *data)
{
	(void)data;
	static const uint8_t long_types[] = {36, 38, 40, 41, 42, 43, 47, 48, 50, 127, 139, 154};
	for (unsigned type = 1; type < 256; type++) {
		bool is_long = memchr(long_types, (int)type, sizeof long_types);
		GString *text = g_string_new(REQUEST);
		g_string_append_printf(text, is_long ? "%02x 07 0104" : "%02x 04 00000000", type);
		for (unsigned i = 0; is_long && i < 0x104; i++)
			g_string_append(text, "5a");
		g_string_append(text, MHAE);
		const dsmipv4_message_t *m = decode(d, text->str);
		g_assert_cmpuint(m->n_exts, ==, 2);
		g_assert_cmpuint(m->exts[0].header_len, ==, is_long ? 4 : 2);
		g_assert_cmpuint(m->exts[0].length, ==, is_long ? 0x104 : 4);
		g_assert_cmpuint(m->exts[0].body_offset, ==, is_long ? 28 : 26);
		g_assert_cmpuint(m->exts[1].offset, ==, is_long ? 28 + 0x104 : 30);
		g_assert_cmpuint(m->exts[1].type, ==, 32);
		if (is_long)
			g_assert_cmpuint(m->exts[0].subtype, ==, 7);
		g_string_free(text, TRUE);
	}
}

static void test_order(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, REQUEST "83 01 61"
						       "98 02 03 00"
						       "98 01 01" MHAE "24 01 0004 00000002"
						       "22 04 00000102"
						       "21 04 00000101" MHAE);
	g_assert_cmpuint(m->n_exts, ==, 8);
	g_assert_cmpuint(m->first_nai, ==, 0);
	g_assert_cmpuint(m->first_mode, ==, 1);
	g_assert_cmpuint(m->first_prefix_request, ==, 2);
	g_assert_cmpuint(m->first_auth, ==, 3);
	g_assert_cmpuint(m->first_mn_ha, ==, 3);
	g_assert_cmpuint(m->first_mn_aaa, ==, 4);
	g_assert_cmpuint(m->first_link_auth, ==, 5);
	g_assert_cmpuint(m->first_fa_ha, ==, 5);
	g_assert_cmpuint(m->first_mn_fa, ==, 6);
	g_assert_cmpuint(m->n_mn_ha, ==, 2);
}

// What the mobile node signed ends at its authenticator for the home agent, without one at the first of all.
static void test_signing_ext(decoded_t *d, const void *data)
{
	static const struct {
		const char *message;
		uint32_t ext;
	} rows[] = {
		{REQUEST "83 01 61 21 04 00000101" MHAE, 2},                     // NAI, Mobile-Foreign
		{REQUEST "83 01 61 24 01 0004 00000002 21 04 00000101", 1},      // NAI, MN-AAA, Mobile-Foreign
		{REQUEST "83 01 61 24 01 0004 00000002 |" MHAE, DSMIPV4_NO_EXT}, // cut: one may follow
		{REQUEST "83 01 61", DSMIPV4_NO_EXT},
	};
	(void)data;
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmphex(dsmipv4_signing_ext(decode(d, rows[i].message)), ==, rows[i].ext);
}

// Lengths that do not fit.

static void test_overrun(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_ext_t *e = decode_ext(d, "20 14 00000100 a0a1a2a3a4a5a6a7a8a9aaabacadae");
	g_assert_true(e->overrun);
	g_assert_true(e->captured);
	g_assert_cmpuint(e->length, ==, 20);
	g_assert_cmpuint(e->body_len, ==, 19);
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_AUTH); // the SPI is there
	e = decode_ext(d, "98 12 01 30 20010db8000a0000 00000000000000");
	g_assert_true(e->overrun);
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_OPAQUE);
	e = decode_ext(d, "98 ff");
	g_assert_true(e->overrun);
	g_assert_false(e->has_subtype);
	g_assert_cmpuint(e->body_len, ==, 0);
	e = decode_ext(d, "26 01 ffff 01");
	g_assert_true(e->overrun);
	g_assert_cmpuint(e->length, ==, 0xffff);
	g_assert_cmpuint(e->body_len, ==, 1);
}

// Two or three bytes are left for a header of four.
static void test_long_header_overrun(decoded_t *d, const void *data)
{
	(void)data;
	static const char *const exts[] = {"26 01", "26 01 00"};
	for (unsigned i = 0; i < G_N_ELEMENTS(exts); i++) {
		const dsmipv4_ext_t *e = decode_ext(d, exts[i]);
		g_assert_true(e->overrun);
		g_assert_true(e->captured);
		g_assert_cmpuint(e->header_len, ==, 2 + i);
		g_assert_cmpuint(e->body_offset, ==, d->m->reported_len);
		g_assert_cmpuint(e->body_len, ==, 0);
	}
	g_assert_false(decode_ext(d, "26 | 01 00")->captured);
}

static void test_trailing(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, REQUEST MHAE "98");
	g_assert_cmpuint(m->n_exts, ==, 1);
	g_assert_cmpuint(m->trailing, ==, 1);
	g_assert_cmpuint(m->trailing_offset, ==, 46);
	m = decode(d, REQUEST "01");
	g_assert_cmpuint(m->n_exts, ==, 0);
	g_assert_cmpuint(m->trailing, ==, 1);
	g_assert_cmpuint(m->trailing_offset, ==, 24);
	m = decode(d, REQUEST MHAE "| 98");
	g_assert_cmpuint(m->trailing, ==, 0);
}

// RFC 5944 1.8: type 0 is one byte of padding.
static void test_padding(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, REQUEST "00 00 83 01 61 00 " MHAE "00 00 00");
	g_assert_cmpuint(m->n_exts, ==, 2);
	g_assert_cmpuint(m->exts[0].offset, ==, 26);
	g_assert_cmpuint(m->exts[1].offset, ==, 30);
	g_assert_cmpuint(m->trailing, ==, 0);
	m = decode(d, REQUEST "00 00 00 | 00 00");
	g_assert_cmpuint(m->n_exts, ==, 0);
	g_assert_cmpuint(m->trailing, ==, 0);
}

static void test_multipath(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_ext_t *e = decode_ext(d, "9a 01 0004 04010240");
	g_assert_cmpint(e->body, ==, DSMIPV4_BODY_MULTIPATH_REQUEST);
	g_assert_cmphex(e->multipath.flags, ==, 0x40);
	g_assert_cmpint(decode_ext(d, "9a 02 0004 04010240")->body, ==, DSMIPV4_BODY_OPAQUE);
	g_assert_cmpint(decode_ext(d, "9a 01 0003 040102")->body, ==, DSMIPV4_BODY_OPAQUE);
}

static void test_zero_lengths(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode(d, REQUEST "00 00 00 00 98 00 20 00 26 00 0000 2c 00 90 00 94 00 83 00");
	g_assert_cmpuint(m->n_exts, ==, 7);
	for (uint32_t i = 0; i < m->n_exts; i++) {
		g_assert_cmpuint(m->exts[i].body_len, ==, 0);
		g_assert_cmpint(m->exts[i].body, ==, DSMIPV4_BODY_OPAQUE);
		g_assert_false(m->exts[i].overrun);
	}
}

// The longest UDP payload, filled with the shortest extensions.
static void test_many_extensions(decoded_t *d, const void *data)
{
	(void)data;
	GString *text = g_string_new(REQUEST);
	for (unsigned i = 0; i < (65507 - 24) / 2; i++)
		g_string_append(text, "82 00");
	g_string_append(text, "82");
	const dsmipv4_message_t *m = decode(d, text->str);
	g_assert_cmpuint(m->n_exts, ==, 32741);
	g_assert_cmpuint(m->trailing, ==, 1);
	g_assert_cmpuint(m->exts[32740].offset, ==, 65504);
	g_string_free(text, TRUE);
}

// The length of the payload is not known.
static void test_fragment(decoded_t *d, const void *data)
{
	(void)data;
	const dsmipv4_message_t *m = decode_part(d, REQUEST "20 14 00000100 a0a1", true);
	g_assert_true(m->fragment);
	g_assert_false(m->captured_whole);
	g_assert_true(m->fixed);
	g_assert_cmpuint(m->n_exts, ==, 1);
}

// A message with everything in it, one of each layout, without a fault but for the order.
#define RICH                                                                                                           \
	REQUEST "83 05 6d6e406578"                                                                                     \
		"98 12 01 30 20010db8000a0000 0000000000000000"                                                        \
		"98 14 02 00 30 00 20010db8000a0000 0000000000000000"                                                  \
		"98 02 03 00"                                                                                          \
		"90 06 00 00 80 00 0000"                                                                               \
		"2c 06 00 00 8000 006e"                                                                                \
		"94 06 00 18 0a010000"                                                                                 \
		"26 00 0008 00000009 00010203"                                                                         \
		"28 01 0004 00000100"                                                                                  \
		"2f 01 0002 0000" MHAE "82 00"                                                                         \
		"84 04 01020304"                                                                                       \
		"24 01 0014 00000002 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"                                                 \
		"78 02 0000"                                                                                           \
		"21 14 000000ff a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"                                                      \
		"22 04 00000102 00"

static dsmipv4_verdicts_t *judge(wmem_allocator_t *alloc, const dsmipv4_message_t *m)
{
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	dsmipv4_packet_t packet = {.ipv4 = true, .src = 0xc0000221, .dst = 0xc6336401, .dport = 434};
	return dsmipv4_judge_message(alloc, &options, &packet, m, NULL);
}

static void check_ext(const dsmipv4_ext_t *cut, const dsmipv4_ext_t *full, uint32_t captured)
{
	g_assert_cmpuint(cut->offset, ==, full->offset);
	g_assert_cmpuint(cut->type, ==, full->type);
	g_assert_cmpuint(cut->length, ==, full->length);
	g_assert_cmpuint(cut->body_len, ==, full->body_len);
	g_assert_cmpint(cut->captured, ==, full->body_offset + full->body_len <= captured);
	if (cut->captured)
		g_assert_cmpint(cut->body, ==, full->body);
}

// Cut by the snaplen: what is decoded is the beginning of what the whole message gives, and nothing
// else is found.
static void check_snaplen(wmem_allocator_t *alloc, const hex_t *hex, uint32_t captured)
{
	hex_t part = hex_cut(hex, captured, hex->reported);
	dsmipv4_message_t *full = dsmipv4_message_decode(alloc, hex->bytes, hex->captured, hex->reported, false);
	dsmipv4_message_t *m = dsmipv4_message_decode(alloc, part.bytes, captured, hex->reported, false);
	g_assert_cmpint(m->captured_whole, ==, captured == hex->reported);
	g_assert_cmpuint(m->n_exts, <=, full->n_exts);
	for (uint32_t i = 0; i < m->n_exts; i++)
		check_ext(&m->exts[i], &full->exts[i], captured);
	const dsmipv4_verdicts_t *expected = judge(alloc, full), *got = judge(alloc, m);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (got->verdict[i] == DSMIPV4_BROKEN && expected->verdict[i] != DSMIPV4_BROKEN)
			g_error("%s at %u bytes", dsmipv4_rule((dsmipv4_rule_id_t)i)->id, captured);
	}
	hex_free(&part);
}

// One-byte padding may stand between extensions (RFC 5944 1.8).
static uint32_t skip_padding(const hex_t *hex, uint32_t at, uint32_t len)
{
	while (at < len && hex->bytes[at] == 0)
		at++;
	return at;
}

// Cut on the wire: everything is captured, and every place lies inside.
static void check_short(wmem_allocator_t *alloc, const hex_t *hex, uint32_t len)
{
	hex_t part = hex_cut(hex, len, len);
	dsmipv4_message_t *m = dsmipv4_message_decode(alloc, part.bytes, len, len, false);
	uint32_t end = m->fixed_len;
	for (uint32_t i = 0; i < m->n_exts; i++) {
		const dsmipv4_ext_t *e = &m->exts[i];
		g_assert_true(e->captured);
		g_assert_cmpuint(e->offset, ==, skip_padding(hex, end, len));
		end = e->body_offset + e->body_len;
		g_assert_cmpuint(end, <=, len);
		g_assert_true(!e->overrun || i + 1 == m->n_exts);
	}
	if (m->fixed && m->type != DSMIPV4_TUNNEL_DATA)
		g_assert_cmpuint(skip_padding(hex, end, len) + m->trailing, ==, len);
	const dsmipv4_verdicts_t *v = judge(alloc, m);
	const dsmipv4_finding_t *f = wmem_array_get_raw(v->findings);
	for (unsigned i = 0; i < wmem_array_get_count(v->findings); i++)
		g_assert_cmpint((int64_t)f[i].offset + f[i].length, <=, len); // less than 0: in the UDP header
	hex_free(&part);
}

static void test_every_cut(decoded_t *d, const void *data)
{
	(void)data;
	static const char *const messages[] = {
		RICH,
		"03" RICH,
		REPLY "98 14 02 00 30 00 20010db8000a0000 0000000000000000 2c 06 00 00 8000 0005" MHAE,
		"04 29 0000 60000000 0000 3b 40",
		"07 00 c000 c633644d c6336401 c0000221 deadbeef 26 00 0008 00000009 00010203" MHAE "00",
		"0f 00 8000 c633644d deadbeef 24 01 0014 00000002 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
		hex_free(&d->hex);
		d->hex = hex_parse(messages[i]);
		for (uint32_t cut = 0; cut <= d->hex.reported; cut++) {
			check_snaplen(d->alloc, &d->hex, cut);
			check_short(d->alloc, &d->hex, cut);
		}
	}
}

// Prefixes.

// The first `bits` bits set.
static dsmipv4_prefix_t ones(unsigned bits, uint8_t len)
{
	dsmipv4_prefix_t p = {.len = len};
	for (unsigned i = 0; i < bits; i++)
		p.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
	return p;
}

static const uint8_t lengths[] = {0, 1, 7, 8, 9, 63, 64, 127, 128, 129, 254, 255};

static void test_prefix_is_masked(void)
{
	for (size_t i = 0; i < sizeof lengths; i++) {
		unsigned bits = lengths[i] <= 128 ? lengths[i] : 128;
		dsmipv4_prefix_t p = ones(bits, lengths[i]);
		g_assert_true(dsmipv4_prefix_is_masked(&p));
		for (unsigned bit = bits; bit < 128; bit++) {
			p = ones(bits, lengths[i]);
			p.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
			g_assert_false(dsmipv4_prefix_is_masked(&p));
		}
	}
}

// Each single bit inside the length counts, none beyond does.
static void test_prefix_equal(void)
{
	for (size_t i = 0; i < sizeof lengths; i++) {
		unsigned bits = lengths[i] <= 128 ? lengths[i] : 128;
		for (unsigned bit = 0; bit < 128; bit++) {
			dsmipv4_prefix_t a = ones(128, lengths[i]), b = a;
			b.bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			g_assert_true(dsmipv4_prefix_equal(&a, &a));
			g_assert_cmpint(dsmipv4_prefix_equal(&a, &b), ==, bit >= bits);
			g_assert_cmpint(dsmipv4_prefix_equal(&b, &a), ==, bit >= bits);
		}
		for (size_t j = 0; j < sizeof lengths; j++) {
			dsmipv4_prefix_t a = ones(0, lengths[i]), b = ones(0, lengths[j]);
			g_assert_cmpint(dsmipv4_prefix_equal(&a, &b), ==, i == j);
		}
	}
}

static void test_prefix_contains(void)
{
	for (size_t i = 0; i < sizeof lengths; i++) {
		for (size_t j = 0; j < sizeof lengths; j++) {
			dsmipv4_prefix_t outer = ones(128, lengths[i]), inner = outer;
			inner.len = lengths[j];
			bool ordinary = lengths[i] <= 128 && lengths[j] <= 128;
			bool expected = ordinary ? lengths[i] <= lengths[j] : i == j;
			g_assert_cmpint(dsmipv4_prefix_contains(&outer, &inner), ==, expected);
			if (lengths[i] == 0 || !ordinary)
				continue;
			unsigned last = lengths[i] - 1u;
			inner.bytes[last / 8] ^= (uint8_t)(0x80 >> last % 8);
			g_assert_false(dsmipv4_prefix_contains(&outer, &inner));
		}
	}
	dsmipv4_prefix_t everything = ones(0, 0), something = ones(77, 77);
	g_assert_true(dsmipv4_prefix_contains(&everything, &something));
	g_assert_false(dsmipv4_prefix_contains(&something, &everything));
}

static void test_prefix_in(void)
{
	dsmipv4_prefix_t p = ones(128, 0);
	for (unsigned bits = 0; bits <= 128; bits++) {
		dsmipv4_prefix_t range = ones(bits, 0);
		g_assert_true(dsmipv4_prefix_in(&p, range.bytes, bits));
		if (bits < 128)
			g_assert_false(dsmipv4_prefix_in(&p, range.bytes, bits + 1));
	}
}

// Codes: RFC 5454 2.2, 5; RFC 3344 3.4; RFC 5944 3.4.
static void test_codes(void)
{
	for (unsigned code = 0; code < 256; code++) {
		dsmipv4_message_t m = {.type = 3, .reply = {.code = (uint8_t)code}};
		g_assert_cmpint(dsmipv4_code_accepts((uint8_t)code), ==, code <= 7);
		g_assert_cmpint(dsmipv4_reply_accepts(&m), ==, code <= 63);
		g_assert_cmpint(dsmipv4_reply_from_fa(&m), ==,
				(code >= 64 && code <= 127) || (code >= 193 && code <= 200));
		g_assert_cmpint(dsmipv4_reply_from_ha(&m), ==, code <= 63 || (code >= 128 && code <= 192));
	}
	g_assert_cmpstr(dsmipv4_reply_code_name(0), ==, "accepted");
	g_assert_nonnull(dsmipv4_reply_code_name(133));
	g_assert_cmpstr(dsmipv4_reply_code_name(2), ==, "concurrent registration (pre-accept)");
	g_assert_cmpstr(dsmipv4_reply_code_name(194), ==, "invalid home agent address");
	static const uint8_t unassigned[] = {3,   8,   9,   63,  83,  87,  91,  95,  102, 103,
					     117, 126, 154, 191, 195, 200, 204, 210, 255};
	for (size_t i = 0; i < sizeof unassigned; i++)
		g_assert_null(dsmipv4_reply_code_name(unassigned[i]));
	g_assert_cmpint(dsmipv4_reply_code_sender(194), ==, DSMIPV4_REPLY_BY_FA);
	g_assert_cmpint(dsmipv4_reply_code_sender(193), ==, DSMIPV4_REPLY_BY_GFA);
	g_assert_cmpint(dsmipv4_reply_code_sender(202), ==, DSMIPV4_REPLY_BY_CN);
	g_assert_cmpint(dsmipv4_reply_code_sender(211), ==, DSMIPV4_REPLY_BY_UNKNOWN);
	g_assert_null(dsmipv4_reply_sender_name(DSMIPV4_REPLY_BY_UNKNOWN));
}

#define ADD(name, function) g_test_add("/message/" name, decoded_t, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	ADD("request", test_request);
	ADD("reply", test_reply);
	ADD("tunnel data", test_tunnel_data);
	ADD("revocation", test_revocation);
	ADD("revocation acknowledgement", test_revocation_ack);
	ADD("notifications", test_notifications);
	ADD("other types", test_other_types);
	ADD("empty", test_empty);
	ADD("fixed part cut", test_fixed_part_cut);
	ADD("reported below captured", test_reported_below_captured);
	ADD("prefix request", test_prefix_request);
	ADD("prefix reply", test_prefix_reply);
	ADD("tunneling mode", test_tunneling_mode);
	ADD("wrong length of type 152", test_dsmipv4_wrong_length);
	ADD("authentication", test_auth);
	ADD("UDP tunnel request", test_udp_tunnel_request);
	ADD("UDP tunnel reply", test_udp_tunnel_reply);
	ADD("mobile network", test_mobile_network);
	ADD("layouts", test_layouts);
	ADD("order", test_order);
	ADD("signing extension", test_signing_ext);
	ADD("overrun", test_overrun);
	ADD("long header overrun", test_long_header_overrun);
	ADD("trailing", test_trailing);
	ADD("padding", test_padding);
	ADD("multipath", test_multipath);
	ADD("zero lengths", test_zero_lengths);
	ADD("many extensions", test_many_extensions);
	ADD("fragment", test_fragment);
	ADD("every cut", test_every_cut);
	g_test_add_func("/message/prefix is masked", test_prefix_is_masked);
	g_test_add_func("/message/prefix equal", test_prefix_equal);
	g_test_add_func("/message/prefix contains", test_prefix_contains);
	g_test_add_func("/message/prefix in", test_prefix_in);
	g_test_add_func("/message/codes", test_codes);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
