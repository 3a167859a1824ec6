// SPDX-License-Identifier: GPL-2.0-or-later
// Packets against bytes made by hand from RFC 768, 791, 792, 8200: what libnet gets wrong is right.
#include "gen_text.h"
#include "hex.h"
#include "packet/build.h"
#include "packet/finish.h"

static const struct {
	const char *name;
	const char *stack; // after the Ethernet layer
	const char *bytes; // after the Ethernet addresses
} packets[] = {
	{"flow_label",
	 "      - ipv6: { source: \"2001:db8::1\", destination: \"2001:db8::2\", traffic_class: 0xb8,\n"
	 "                flow_label: 0x12345 }\n"
	 "      - payload: { hex: aabb }\n",
	 "86dd 6b812345 0002 3b 40 20010db8000000000000000000000001 20010db8000000000000000000000002 aabb"},
	{"dscp_and_ecn",
	 "      - ipv6: { source: \"2001:db8::1\", destination: \"2001:db8::2\", dscp: 46, ecn: 1 }\n"
	 "      - payload: { hex: aabb }\n",
	 "86dd 6b900000 0002 3b 40 20010db8000000000000000000000001 20010db8000000000000000000000002 aabb"},
	{"udp_sum_of_zero",
	 "      - ipv4: { source: 192.0.2.1, destination: 192.0.2.2 }\n"
	 "      - udp: { source_port: 434, destination_port: 434 }\n"
	 "      - message: { type: 0x20, body: 00586e }\n",
	 "0800 4500 0020 0000 0000 40 11 f6c9 c0000201 c0000202 01b2 01b2 000c ffff(RFC 768) 20 00586e"},
	{"udp_sum_none",
	 "      - ipv4: { source: 192.0.2.1, destination: 192.0.2.2 }\n"
	 "      - udp: { source_port: 434, destination_port: 434, checksum: none }\n"
	 "      - message: { type: 0x20, body: 00586e }\n",
	 "0800 4500 0020 0000 0000 40 11 f6c9 c0000201 c0000202 01b2 01b2 000c 0000 20 00586e"},
	{"bad_udp_sum_of_ffff",
	 "      - ipv4: { source: 192.0.2.1, destination: 192.0.2.2 }\n"
	 "      - udp: { source_port: 434, destination_port: 434, checksum: bad }\n"
	 "      - message: { type: 0x20, body: 00586e }\n",
	 "0800 4500 0020 0000 0000 40 11 f6c9 c0000201 c0000202 01b2 01b2 000c 0001(0 is none) 20 00586e"},
	{"options", // router alert, RFC 2113 2.1
	 "      - ipv4: { source: 192.0.2.1, destination: 192.0.2.2, ttl: 1, options: 94040000 }\n"
	 "      - icmpv4_echo_request: { identifier: 0x0102, sequence: 0x0304, data: \"\" }\n",
	 "0800 4600 0020 0000 0000 01 01 a0d5 c0000201 c0000202 94040000 08 00 f3f9 0102 0304"},
};

static void test_packet(gconstpointer item)
{
	gsize i = GPOINTER_TO_SIZE(item);
	const timing_t timing = {.start = 1};
	g_autofree char *text = g_strdup_printf("steps:\n  - step: one\n    stack:\n"
						"      - ethernet: { destination: \"02:00:00:00:00:02\",\n"
						"                    source: \"02:00:00:00:00:01\" }\n%s",
						packets[i].stack);
	g_autofree char *line = g_strdup_printf("020000000002 020000000001 %s", packets[i].bytes);
	hex_t expected = hex_parse(line);
	GError *error = NULL;
	scenario_t *scenario = scenario_of_text(text);
	actors_t *actors = scenario_actors(scenario, NULL, &error);
	builder_t *builder = builder_new(1, &error);
	g_autoptr(GPtrArray) plans = plan_scenario(scenario, actors, &timing, &error);
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	g_assert_no_error(error);
	build_packet(builder, plans->pdata[0], bytes, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(bytes->data, bytes->len, expected.bytes, expected.captured);
	hex_free(&expected);
	builder_free(builder);
	actors_free(actors);
	scenario_free(scenario);
}

// RFC 768: a sum of 0 is sent as all ones. A wrong checksum must not say "none" either.
static void test_checksums(void)
{
	static const struct {
		guint16 sum;
		bool is_udp;
		bool is_bad;
		guint16 checksum;
	} rows[] = {
		{0x1234, false, false, 0xedcb}, {0x1234, true, false, 0xedcb}, {0xffff, false, false, 0x0000},
		{0xffff, true, false, 0xffff},  {0x1234, false, true, 0xedcc}, {0x0000, false, true, 0x0001},
		{0x0000, true, true, 0x0001},   {0xffff, true, true, 0x0001},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const cover_t cover = {.is_udp = rows[i].is_udp, .is_bad = rows[i].is_bad};

		g_assert_cmphex(finish_checksum(&cover, rows[i].sum), ==, rows[i].checksum);
	}
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
		g_autofree char *path = g_strdup_printf("/gen/build/packet/%s", packets[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_packet);
	}
	g_test_add_func("/gen/build/checksums", test_checksums);
	return g_test_run();
}
