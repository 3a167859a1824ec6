// SPDX-License-Identifier: GPL-2.0-or-later
// One row of a table: its message is decoded and judged, and the verdict compared.
#include "rows.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "hex.h"

#define CAPTURE_TIME 1700000000 // 2023-11-14 22:13:20, the timestamp of ID

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
		.time = row->time ? row->time : CAPTURE_TIME + row->clock,
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
		const char *id = dsmipv4_rule((dsmipv4_rule_id_t)i)->id;
		bool expected = i == row->rule ? row->verdict == DSMIPV4_BROKEN : ids_name(row->also, id);
		bool got = verdicts->verdict[i] == DSMIPV4_BROKEN;
		if (got != expected)
			g_test_message("%s is %s", id, got ? "broken, unexpectedly" : "not broken");
		g_assert_cmpint(got, ==, expected);
	}
}

// Every finding lies inside the message, belongs to a broken rule and names its source.
static void check_finding(const dsmipv4_finding_t *f, const dsmipv4_message_t *m, const dsmipv4_verdicts_t *verdicts)
{
	g_assert_cmpuint(f->rule, <, DSMIPV4_RULE_COUNT);
	g_assert_cmpint(verdicts->verdict[f->rule], ==, DSMIPV4_BROKEN);
	g_assert_cmpuint((uint64_t)f->offset + f->length, <=, m->reported_len);
	g_assert_true(g_str_has_suffix(f->words, "]"));
	g_assert_nonnull(strstr(f->words, " ["));
}

static void check_place(const row_t *row, const hex_t *hex, const dsmipv4_finding_t *f)
{
	g_assert_cmpint(f->severity, ==, row->severity);
	g_assert_cmpuint(f->offset, ==, hex->has_place ? hex->offset : 0);
	g_assert_cmpuint(f->length, ==, hex->has_place ? hex->length : 0);
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

void row_test(const void *data)
{
	const row_t *row = data;
	hex_t hex = hex_parse(row->hex);
	wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	dsmipv4_message_t *m = dsmipv4_message_decode(alloc, hex.bytes, hex.captured, hex.reported, row->fragment);
	dsmipv4_packet_t packet = row_packet(row, m->type);
	dsmipv4_exchange_t exchange = {row->relay_copy, row->request_known, row->asked};
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	options.enabled[row->rule] = true;
	options.strict_rfc3344 = row->strict;
	dsmipv4_verdicts_t *verdicts = dsmipv4_judge_message(alloc, &options, &packet, m, &exchange);
	check_set(row, verdicts);
	g_assert_cmpint(verdicts->verdict[row->rule], ==, row->verdict);
	check_findings(row, &hex, m, verdicts);
	wmem_destroy_allocator(alloc);
	hex_free(&hex);
}
