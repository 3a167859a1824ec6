// SPDX-License-Identifier: GPL-2.0-or-later
// libFuzzer target over decoding, the table of requests and all checks of control messages.
//
// Input: a header of HEADER_LEN bytes (see read_header()), then two messages. They pass through one
// table as the events first, second, first again. Each message is judged as captured whole and as
// cut short by a snaplen, in buffers of exactly its size.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

#define HEADER_LEN 10

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                                                             \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                        \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

typedef struct {
	const uint8_t *bytes;
	uint32_t len;
	uint32_t captured; // of len, for the cut version
	bool fragment;
	dsmipv4_packet_t packet;
} event_t;

// Flags in the first byte of the input.
enum {
	FIRST_IS_FRAGMENT = 0x01,
	SECOND_IS_FRAGMENT = 0x02,
	NOT_IPV4 = 0x04,
	STRICT = 0x08,
	NO_TTL = 0x10,
	NO_TIME = 0x20,
};

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// Addresses that the message itself names take the checks further than random ones would.
static uint32_t choose_address(const event_t *event, unsigned choice)
{
	static const uint32_t fixed[] = {0, 0xe000000b, 0x0a000001, 0xcb007109, 0xffffffff};
	uint32_t at = 4 + 4 * (choice & 7);
	if ((choice & 7) < 3)
		return event->len >= at + 4 ? get32(event->bytes + at) : 0;
	return fixed[(choice & 7) - 3];
}

static void choose_packet(event_t *event, uint8_t flags, uint8_t addresses, uint8_t ttl, int8_t clock)
{
	dsmipv4_packet_t *p = &event->packet;
	p->ipv4 = !(flags & NOT_IPV4);
	p->src = choose_address(event, addresses & 7);
	p->dst = choose_address(event, addresses >> 3 & 7);
	p->sport = addresses & 0x40 ? 434 : 40000;
	p->dport = addresses & 0x80 ? 40000 : 434;
	p->ttl_known = !(flags & NO_TTL);
	p->ttl = ttl;
	p->udp_checksum = dsmipv4_udp_checksum(p->src, p->dst, event->bytes, event->len);
	p->time_known = !(flags & NO_TIME);
	if (event->len >= 20)
		p->time = (int64_t)get32(event->bytes + 16) - 2208988800 + clock;
}

// Flags; for each message how many bytes the snaplen takes off, the choice of addresses and ports,
// the TTL, the distance of clocks; last how much of the rest is the first message, in 255ths.
static void read_header(const uint8_t *data, size_t size, event_t events[2])
{
	uint32_t rest = (uint32_t)(size - HEADER_LEN);
	uint32_t first = (uint32_t)((uint64_t)rest * data[9] / 255);
	for (unsigned i = 0; i < 2; i++) {
		event_t *e = &events[i];
		const uint8_t *h = data + 1 + 4 * i;
		e->bytes = data + HEADER_LEN + (i ? first : 0);
		e->len = i ? rest - first : first;
		e->captured = h[0] < e->len ? e->len - h[0] : 0;
		e->fragment = (data[0] & (i ? SECOND_IS_FRAGMENT : FIRST_IS_FRAGMENT)) != 0;
		choose_packet(e, data[0], h[1], h[2], (int8_t)h[3]);
	}
}

static void check_first(const dsmipv4_message_t *m, uint32_t index, int type)
{
	REQUIRE(index == DSMIPV4_NO_EXT || index < m->n_exts);
	REQUIRE(index == DSMIPV4_NO_EXT || type < 0 || m->exts[index].type == type);
}

static void check_message(const dsmipv4_message_t *m)
{
	uint32_t end = m->fixed_len;
	REQUIRE(m->captured_len <= m->reported_len);
	REQUIRE(m->complete == (m->captured_len == m->reported_len && !m->fragment));
	REQUIRE(m->fixed || m->n_exts == 0);
	for (uint32_t i = 0; i < m->n_exts; i++) {
		const dsmipv4_ext_t *e = &m->exts[i];
		REQUIRE(e->offset == end && e->offset < m->captured_len);
		REQUIRE(e->header_len >= 2 && e->header_len <= 4);
		REQUIRE(e->body_offset == e->offset + e->header_len);
		end = e->body_offset + e->body_len;
		REQUIRE(end > e->offset && end <= m->reported_len);
		REQUIRE(e->captured == (end <= m->captured_len));
		REQUIRE(!e->overrun || end == m->reported_len);
		REQUIRE(e->overrun || e->body_len == e->length);
	}
	REQUIRE(m->trailing <= 1 && end + m->trailing <= (m->fixed ? m->reported_len : end));
	check_first(m, m->first_auth, -1);
	check_first(m, m->first_mn_ha, DSMIPV4_EXT_MN_HA_AUTH);
	check_first(m, m->first_link_auth, -1);
	check_first(m, m->first_mn_fa, DSMIPV4_EXT_MN_FA_AUTH);
	check_first(m, m->first_fa_ha, DSMIPV4_EXT_FA_HA_AUTH);
	check_first(m, m->first_mn_aaa, DSMIPV4_EXT_GENERALIZED_AUTH);
	check_first(m, m->first_nai, DSMIPV4_EXT_NAI);
	check_first(m, m->first_prefix_request, DSMIPV4_EXT_DSMIPV4);
	check_first(m, m->first_mode, DSMIPV4_EXT_DSMIPV4);
}

static void check_verdicts(const dsmipv4_message_t *m, const dsmipv4_verdicts_t *v)
{
	bool found[DSMIPV4_RULE_COUNT] = {false};
	const dsmipv4_finding_t *f = wmem_array_get_raw(v->findings);
	for (unsigned i = 0; i < wmem_array_get_count(v->findings); i++) {
		REQUIRE(f[i].rule < DSMIPV4_RULE_COUNT && (i == 0 || f[i - 1].rule <= f[i].rule));
		REQUIRE(f[i].severity <= DSMIPV4_ERROR);
		REQUIRE((uint64_t)f[i].offset + f[i].length <= m->reported_len);
		REQUIRE(!f[i].ext || (f[i].ext >= m->exts && f[i].ext < m->exts + m->n_exts));
		size_t len = strlen(f[i].words);
		REQUIRE(len > 2 && f[i].words[len - 1] == ']');
		found[f[i].rule] = true;
	}
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		REQUIRE(found[i] == (v->verdict[i] == DSMIPV4_BROKEN));
	// What is not seen proves nothing.
	REQUIRE(m->complete || !found[DSMIPV4_RULE_auth_missing]);
	REQUIRE(m->complete || !found[DSMIPV4_RULE_ext_trailing]);
	REQUIRE(!m->fragment || !found[DSMIPV4_RULE_ext_overrun]);
	REQUIRE(!m->fragment || !found[DSMIPV4_RULE_msg_short]);
}

// Decode and judge `captured` bytes of an event in a buffer of that size.
static const dsmipv4_verdicts_t *judge(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
				       dsmipv4_bindings_t *bindings, const event_t *event, uint32_t captured)
{
	uint8_t *bytes = malloc(captured);
	if (captured)
		memcpy(bytes, event->bytes, captured);
	dsmipv4_message_t *m = dsmipv4_message_decode(alloc, bytes, captured, event->len, event->fragment);
	free(bytes);
	check_message(m);
	const dsmipv4_exchange_t *exchange = bindings ? dsmipv4_bindings_message(bindings, &event->packet, m) : NULL;
	const dsmipv4_verdicts_t *v = dsmipv4_judge_message(alloc, options, &event->packet, m, exchange);
	check_verdicts(m, v);
	return v;
}

// A snaplen hides faults, it makes none.
static void check_cut(wmem_allocator_t *alloc, const dsmipv4_options_t *options, const event_t *event)
{
	const dsmipv4_verdicts_t *whole = judge(alloc, options, NULL, event, event->len);
	const dsmipv4_verdicts_t *cut = judge(alloc, options, NULL, event, event->captured);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		REQUIRE(cut->verdict[i] != DSMIPV4_BROKEN || whole->verdict[i] == DSMIPV4_BROKEN);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	wmem_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEADER_LEN || size > 70000)
		return 0;
	event_t events[2] = {0};
	read_header(data, size, events);
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	options.enabled[DSMIPV4_RULE_udp_cksum_bad] = true;
	options.strict_rfc3344 = (data[0] & STRICT) != 0;
	// The simple allocator calls malloc() for each piece, so that ASan sees who leaves his own.
	wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	dsmipv4_bindings_t *bindings = dsmipv4_bindings_new(alloc);
	judge(alloc, &options, bindings, &events[0], events[0].captured);
	judge(alloc, &options, bindings, &events[1], events[1].captured);
	judge(alloc, &options, bindings, &events[0], events[0].len);
	check_cut(alloc, &options, &events[0]);
	check_cut(alloc, &options, &events[1]);
	wmem_destroy_allocator(alloc);
	return 0;
}
