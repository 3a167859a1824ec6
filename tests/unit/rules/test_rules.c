// SPDX-License-Identifier: GPL-2.0-or-later
// Every rule of rules.def against the tables of test_rules_*.c, and the dispatch around the checks.
#include <glib.h>
#include <string.h>

#include "hex.h"
#include "rows.h"

static const row_table_t *const tables[] = {
	&rows_of_message,  &rows_of_extension, &rows_of_request, &rows_of_reply, &rows_of_nat,
	&rows_of_exchange, &rows_of_prefixes,  &rows_of_overlap, &rows_of_relay, &rows_of_rate,
	&rows_of_ident,    &rows_of_answer,    &rows_of_auth,
};

static const char *const kinds[] = {
	[ROW_VIOLATION] = "violation",
	[ROW_NEAR_MISS] = "near miss",
	[ROW_TRAP] = "trap",
};

static void add_rows(const row_table_t *table)
{
	for (size_t i = 0; i < table->n_rows; i++) {
		const row_t *row = &table->rows[i];
		char *path = g_strdup_printf("/rules/%s/%s/%s: %s", table->layer, row->id, kinds[row->kind], row->name);
		g_test_add_data_func(path, row, row_test);
		g_free(path);
	}
}

static dsmipv4_verdicts_t *judge(wmem_allocator_t *alloc, const dsmipv4_options_t *options, const hex_t *hex)
{
	// Neither address, time nor TTL is known; both ports are right for any type.
	dsmipv4_packet_t packet = {.sport = 434, .dport = 434, .udp_checksum = DSMIPV4_CHECKSUM_BAD};
	dsmipv4_message_t *m = dsmipv4_message_decode(alloc, hex->bytes, hex->captured, hex->reported, false);
	return dsmipv4_judge_message(alloc, options, &packet, m, NULL);
}

// Off by default: checksum offload makes captures on the sender wrong, loss makes gaps, on the mobile node's side of
// a NAT source and care-of address are always equal, tunnels may find their MTU dynamically, and few captures show
// both sides of a tunnel.
static void test_off_by_default(void)
{
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		bool off = i == DSMIPV4_RULE_udp_cksum_bad || i == DSMIPV4_RULE_rrq_backoff ||
			   i == DSMIPV4_RULE_utrp_assent_no_nat || i == DSMIPV4_RULE_tun_df ||
			   i == DSMIPV4_RULE_natt_keepalive_late || i == DSMIPV4_RULE_tun_hop_decrement;
		g_assert_cmpint(options.enabled[i], ==, !off);
	}
	g_assert_false(options.strict_rfc3344);
}

static void test_switched_off(void)
{
	wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	hex_t hex = hex_parse(RRQ("21(D,x)", "0258", HOA, HA, "00000000"));
	dsmipv4_verdicts_t *v = judge(alloc, &options, &hex);
	g_assert_cmpint(v->verdict[DSMIPV4_RULE_udp_cksum_bad], ==, DSMIPV4_NOT_APPLICABLE);
	g_assert_cmpint(v->verdict[DSMIPV4_RULE_rrq_reserved_bits], ==, DSMIPV4_BROKEN);
	g_assert_cmpint(v->verdict[DSMIPV4_RULE_auth_missing], ==, DSMIPV4_BROKEN);

	memset(options.enabled, 0, sizeof options.enabled);
	v = judge(alloc, &options, &hex);
	g_assert_cmpuint(wmem_array_get_count(v->findings), ==, 0);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		g_assert_cmpint(v->verdict[i], ==, DSMIPV4_NOT_APPLICABLE);
	hex_free(&hex);
	wmem_destroy_allocator(alloc);
}

// A report tells "held 40 times" from "never exercised": what is not there to be judged does not hold.
static void test_not_exercised(void)
{
	static const struct {
		const char *hex, *holds;
	} rows[] = {
		{COLOCATED MHAE,
		 "udp_port udp_cksum_zero msg_short ext_trailing auth_missing auth_multiple ext_overrun "
		 "ext_nonskip_unknown auth_short auth_size auth_spi rrq_reserved_bits rrq_coa_is_hoa "
		 "rrq_d_at_home rrq_addr_kind"},
		{ACCEPTED MHAE, "udp_port udp_cksum_zero msg_short ext_trailing auth_missing auth_multiple ext_overrun "
				"ext_nonskip_unknown auth_short auth_size auth_spi code_unknown reply_denied"},
		{COLOCATED "c8 00" MHAE, "udp_port udp_cksum_zero msg_short ext_trailing auth_missing auth_multiple "
					 "ext_overrun ext_nonskip_unknown auth_short auth_size auth_spi "
					 "rrq_reserved_bits rrq_coa_is_hoa rrq_d_at_home rrq_addr_kind"},
		{REVOCATION "c8 00", "ext_trailing ext_overrun"},
		{TUNNEL_DATA "60", "msg_short"},
		{"10 22 0258", ""},
	};
	wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		hex_t hex = hex_parse(rows[i].hex);
		const dsmipv4_verdicts_t *v = judge(alloc, &options, &hex);
		for (unsigned rule = 0; rule < DSMIPV4_RULE_COUNT; rule++) {
			if (dsmipv4_rule_is_item(rule))
				continue;
			const char *id = dsmipv4_rule((dsmipv4_rule_id_t)rule)->id;
			if ((v->verdict[rule] == DSMIPV4_HOLDS) != ids_name(rows[i].holds, id))
				g_test_message("row %zu: %s is %d", i, id, v->verdict[rule]);
			g_assert_cmpint(v->verdict[rule], ==, ids_name(rows[i].holds, id));
		}
		hex_free(&hex);
	}
	wmem_destroy_allocator(alloc);
}

static void test_names(void)
{
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		const dsmipv4_rule_t *rule = dsmipv4_rule((dsmipv4_rule_id_t)i);
		g_assert_cmpuint(dsmipv4_rule_by_name(rule->id, strlen(rule->id)), ==, i);
		g_assert_cmpuint(strspn(rule->id, "abcdefghijklmnopqrstuvwxyz0123456789_"), ==, strlen(rule->id));
	}
	g_assert_cmpuint(dsmipv4_rule_by_name("prefix_bits and more", 11), ==, DSMIPV4_RULE_prefix_bits);
	g_assert_cmpuint(dsmipv4_rule_by_name("prefix_bit", 10), ==, DSMIPV4_RULE_COUNT);
	g_assert_cmpuint(dsmipv4_rule_by_name("", 0), ==, DSMIPV4_RULE_COUNT);
}

// The preference dsmipv4.severities.
static void test_severities(void)
{
	static const char list[] =
		"prefix_bits=off, prefix_default=chat udp_cksum_bad=error\trrq_rate=note,id_high=warn";
	dsmipv4_options_t o;
	const char *wrong;
	size_t len;
	dsmipv4_options_init(&o);
	g_assert_true(o.enabled[DSMIPV4_RULE_prefix_bits]);
	g_assert_false(o.enabled[DSMIPV4_RULE_udp_cksum_bad]);
	g_assert_cmpint(o.severity[DSMIPV4_RULE_prefix_default], ==, DSMIPV4_SEVERITY_OF_ROW);
	g_assert_true(dsmipv4_options_severities(&o, list, &wrong, &len));
	g_assert_false(o.enabled[DSMIPV4_RULE_prefix_bits]);
	g_assert_true(o.enabled[DSMIPV4_RULE_udp_cksum_bad]);
	g_assert_cmpint(o.severity[DSMIPV4_RULE_prefix_default], ==, DSMIPV4_CHAT);
	g_assert_cmpint(o.severity[DSMIPV4_RULE_udp_cksum_bad], ==, DSMIPV4_ERROR);
	g_assert_cmpint(o.severity[DSMIPV4_RULE_rrq_rate], ==, DSMIPV4_NOTE);
	g_assert_cmpint(o.severity[DSMIPV4_RULE_id_high], ==, DSMIPV4_WARN);
}

static void test_wrong_severities(void)
{
	static const char *const words[] = {"prefix_bits", "prefix_bits=",   "prefix_bits=loud", "prefix_bit=off",
					    "=off",        "prefix_bits=of", "prefix_bits=offf"};
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		dsmipv4_options_t o;
		const char *wrong = NULL;
		size_t len = 0;
		dsmipv4_options_init(&o);
		g_autofree char *list = g_strdup_printf("id_high=off,%s", words[i]);
		g_assert_false(dsmipv4_options_severities(&o, list, &wrong, &len));
		g_assert_cmpmem(wrong, (int)len, words[i], (int)strlen(words[i]));
		g_assert_false(o.enabled[DSMIPV4_RULE_id_high]);
		g_assert_true(o.enabled[DSMIPV4_RULE_prefix_bits]);
	}
}

// Advice is never above a warning, because no RFC text requires it.
static void test_advice_is_no_error(void)
{
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		const dsmipv4_rule_t *rule = dsmipv4_rule((dsmipv4_rule_id_t)i);
		if (rule->strength == DSMIPV4_STRENGTH_ADVICE)
			g_assert_cmpint(rule->severity, <=, DSMIPV4_WARN);
	}
}

static void test_citation(void)
{
	static const struct {
		dsmipv4_strength_t strength;
		const char *source, *citation;
	} rows[] = {
		{DSMIPV4_STRENGTH_MUST, "5454 2.1", "[RFC 5454 2.1]"},
		{DSMIPV4_STRENGTH_MUST, "5454 2.1, 2.2", "[RFC 5454 2.1, 2.2]"},
		{DSMIPV4_STRENGTH_FORMAT, "5944 3.3, 3.4; 3519 3.3", "[RFC 5944 3.3, 3.4; RFC 3519 3.3]"},
		{DSMIPV4_STRENGTH_ADVICE, "5454 3.3", "[advice: RFC 5454 3.3]"},
		{DSMIPV4_STRENGTH_FORMAT, "5944 3.4; IANA Mobile IPv4 Numbers",
		 "[RFC 5944 3.4; IANA Mobile IPv4 Numbers]"},
		{DSMIPV4_STRENGTH_ADVICE, "5454 3.4; 5944 3.7.2.3", "[advice: RFC 5454 3.4; RFC 5944 3.7.2.3]"},
		{DSMIPV4_STRENGTH_ADVICE, "", "[advice]"},
	};
	wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		dsmipv4_rule_t rule = {.strength = rows[i].strength};
		g_assert_cmpstr(dsmipv4_rule_citation(alloc, &rule, rows[i].source), ==, rows[i].citation);
	}
	wmem_destroy_allocator(alloc);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		add_rows(tables[i]);
	g_test_add_func("/rules/off by default", test_off_by_default);
	g_test_add_func("/rules/switched off", test_switched_off);
	g_test_add_func("/rules/not exercised", test_not_exercised);
	g_test_add_func("/rules/names", test_names);
	g_test_add_func("/rules/severities", test_severities);
	g_test_add_func("/rules/wrong severities", test_wrong_severities);
	g_test_add_func("/rules/advice is no error", test_advice_is_no_error);
	g_test_add_func("/rules/citation", test_citation);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
