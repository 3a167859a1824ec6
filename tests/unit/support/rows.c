// SPDX-License-Identifier: GPL-2.0-or-later
// One row of a table: its message is decoded and judged, and the verdict compared.
#include "rows.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "hex.h"
#include "talk.h"

static const uint8_t secret[] = {'d', 's', 'm', 'i', 'p', 'v', '4'};
static const dsmipv4_key_t key = {.spi = 0x100, .secret = secret, .secret_len = sizeof secret};
const dsmipv4_keys_t row_keys = {&key, 1};

static const bool needs_future[DSMIPV4_RULE_COUNT] = {
#define NEEDS_FUTURE(id) [DSMIPV4_RULE_##id] = true,
#include "rules/rules.def"
};

static uint32_t address(const char *text)
{
	unsigned a, b, c, d;
	if (sscanf(text, "%u.%u.%u.%u", &a, &b, &c, &d) != 4)
		g_error("no address: %s", text);
	return a << 24 | b << 16 | c << 8 | d;
}

static const dsmipv4_checksum_t sums[] = {
	[SUM_GOOD] = DSMIPV4_CHECKSUM_GOOD,
	[SUM_NONE] = DSMIPV4_CHECKSUM_NONE,
	[SUM_BAD] = DSMIPV4_CHECKSUM_BAD,
	[SUM_UNKNOWN] = DSMIPV4_CHECKSUM_UNKNOWN,
};

// Unless the row says otherwise: between the co-located care-of address 192.0.2.33 and the home
// agent 198.51.100.1, agent's port 434, TTL 64, checksum right, captured at the request's timestamp.
static dsmipv4_packet_t row_packet(const row_t *row, uint8_t type)
{
	bool down = type == DSMIPV4_REGISTRATION_REPLY;
	const char *mn = "192.0.2.33", *ha = "198.51.100.1";
	dsmipv4_packet_t packet = {
		.ipv4 = !row->no_ipv4,
		.src = address(row->src ? row->src
			       : down   ? ha
					: mn),
		.dst = address(row->dst ? row->dst
			       : down   ? mn
					: ha),
		.sport = row->sport ? row->sport
			 : down     ? 434
				    : 40000,
		.dport = row->dport ? row->dport
			 : down     ? 40000
				    : 434,
		.ttl_known = !row->no_ttl,
		.ttl = (uint8_t)(row->ttl ? row->ttl : 64),
		.udp_checksum = sums[row->sum],
		.time_known = !row->no_time,
		.time = row->time ? row->time : TALK_BEGIN + row->clock,
	};
	return packet;
}

bool ids_name(const char *ids, const char *id)
{
	size_t len = strlen(id);
	for (const char *p = ids; p && (p = strstr(p, id)); p += len) {
		if ((p == ids || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
			return true;
	}
	return false;
}

static void check_set(const row_t *row, const dsmipv4_verdicts_t *verdicts)
{
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (dsmipv4_rule_is_item(i))
			continue;
		const char *id = dsmipv4_rule((dsmipv4_rule_id_t)i)->id;
		bool expected = i == row->rule ? row->verdict == DSMIPV4_BROKEN : ids_name(row->also, id);
		bool got = verdicts->verdict[i] == DSMIPV4_BROKEN;
		if (got != expected)
			g_test_message("%s is %s", id, got ? "broken, unexpectedly" : "not broken");
		g_assert_cmpint(got, ==, expected);
	}
}

#define UDP_HEADER_LEN 8

// Every finding lies inside the message or in the UDP header before it, belongs to a broken rule and names its source.
static void check_finding(const dsmipv4_finding_t *f, const dsmipv4_message_t *m, const dsmipv4_verdicts_t *verdicts)
{
	g_assert_cmpuint(f->rule, <, DSMIPV4_RULE_COUNT);
	g_assert_cmpint(verdicts->verdict[f->rule], ==, DSMIPV4_BROKEN);
	g_assert_cmpint(f->offset, >=, -UDP_HEADER_LEN);
	g_assert_cmpint((int64_t)f->offset + f->length, <=, f->offset < 0 ? 0 : (int64_t)m->reported_len);
	g_assert_true(dsmipv4_rule_is_item(f->rule) || g_str_has_suffix(f->words, "]"));
	g_assert_true(dsmipv4_rule_is_item(f->rule) || strstr(f->words, " ["));
}

// Who sends a reply with this code: 64 to 127 and 194 are a foreign agent's (RFC 5944 3.4), 193 and those up to 200 a
// gateway foreign agent's (RFC 4857 5), 201 to 210 a correspondent node's (RFC 6521), and nothing is known of those
// above.
static dsmipv4_actor_t sender_of_code(uint8_t code)
{
	if (code >> 6 == 1 || (code >= 193 && code <= 200))
		return DSMIPV4_ACTOR_FA;
	return code > 200 ? DSMIPV4_ACTOR_UNKNOWN : DSMIPV4_ACTOR_HA;
}

// Requests are the node's.
static void check_sender(const hex_t *hex, const dsmipv4_finding_t *f)
{
	if (hex->bytes[0] == 1)
		g_assert_cmpint(f->actor, ==, DSMIPV4_ACTOR_MN);
	else if (hex->bytes[0] == 3)
		g_assert_cmpint(f->actor, ==, sender_of_code(hex->bytes[1]));
}

static void check_place(const row_t *row, const hex_t *hex, const dsmipv4_finding_t *f)
{
	if (dsmipv4_rule(f->rule)->actor == DSMIPV4_ACTOR_SENDER && hex->captured >= 20)
		check_sender(hex, f);
	g_assert_cmpint(f->severity, ==, row->severity);
	if (f->offset < 0) { // a field of the UDP header, which is not among the bytes
		g_assert_false(hex->has_place);
		g_assert_cmpuint(f->length, ==, 2);
	} else {
		g_assert_cmpuint(f->offset, ==, hex->has_place ? hex->offset : 0);
		g_assert_cmpuint(f->length, ==, hex->has_place ? hex->length : 0);
	}
	if (row->words)
		g_assert_cmpstr(f->words, ==, row->words);
}

static void check_findings(const row_t *row, const hex_t *hex, const dsmipv4_message_t *m,
			   const dsmipv4_verdicts_t *verdicts)
{
	unsigned times = 0;
	const dsmipv4_finding_t *f = wmem_array_get_raw(verdicts->findings);
	for (unsigned i = 0; i < wmem_array_get_count(verdicts->findings); i++) {
		check_finding(&f[i], m, verdicts);
		if (i > 0)
			g_assert_cmpuint(f[i - 1].rule, <=, f[i].rule);
		if (f[i].rule == row->rule && times++ == 0)
			check_place(row, hex, &f[i]);
	}
	g_assert_cmpuint(times, ==, row->verdict != DSMIPV4_BROKEN ? 0 : row->times ? row->times : 1);
}

// Steps are taken like rows, with their own addresses or the defaults.
static void tell_steps(talk_t *t, const row_t *row, const step_t *steps, int direction)
{
	for (; steps && steps->hex; steps++) {
		hex_t hex = hex_parse(steps->hex);
		const row_t as_row = {
			.src = steps->src,
			.dst = steps->dst,
			.sport = steps->sport,
			.dport = steps->dport,
			.clock = row->clock,
			.time = row->time,
		};
		dsmipv4_packet_t packet = row_packet(&as_row, hex.captured ? hex.bytes[0] : 0);
		int64_t at = packet.time * 1000 + (steps->at ? steps->at : 50 * direction);
		packet.time = at / 1000;
		packet.nsecs = (uint32_t)(at % 1000) * 1000000;
		talk_packet(t, &packet, &hex, false);
		hex_free(&hex);
	}
}

static dsmipv4_options_t row_options(const row_t *row)
{
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	options.enabled[row->rule] = true;
	options.strict_rfc3344 = row->strict;
	options.nat = row->no_nat ? DSMIPV4_NAT_NONE : DSMIPV4_NAT_AUTO;
	options.keys = row->keys ? &row_keys : NULL;
	return options;
}

// The verdicts at the time of the message do not change later, except for rules that need the future.
static void check_stability(const dsmipv4_verdicts_t *then, const dsmipv4_verdicts_t *now)
{
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (!needs_future[i])
			g_assert_cmpint(then->verdict[i], ==, now->verdict[i]);
	}
}

void row_test(const void *data)
{
	const row_t *row = data;
	talk_t t;
	talk_begin(&t);
	t.keys = row->keys ? &row_keys : NULL;
	tell_steps(&t, row, row->before, -1);
	hex_t hex = hex_parse(row->hex);
	dsmipv4_packet_t packet = row_packet(row, hex.captured ? hex.bytes[0] : 0);
	talk_packet(&t, &packet, &hex, row->fragment);
	dsmipv4_options_t options = row_options(row);
	const dsmipv4_message_t *m = t.message;
	const dsmipv4_event_t *event = t.event;
	packet = t.packet;
	const dsmipv4_verdicts_t *then = talk_judge(&t, &options);
	tell_steps(&t, row, row->later, 1);
	if (row->end)
		dsmipv4_look_ahead(t.bindings, &packet, (packet.time + row->end) * INT64_C(1000000000));
	const dsmipv4_verdicts_t *now = dsmipv4_judge_message(t.alloc, &options, &packet, m, event);
	check_stability(then, now);
	check_set(row, now);
	g_assert_cmpint(now->verdict[row->rule], ==, row->verdict);
	check_findings(row, &hex, m, now);
	talk_end(&t);
	hex_free(&hex);
}
