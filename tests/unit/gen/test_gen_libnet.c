// SPDX-License-Identifier: GPL-2.0-or-later
// How much of the headers in conformant flows is libnet's own.
//
// The linker puts the functions below in front of libnet's. Each packet is built twice, the second time with every byte
// inverted that libnet made, before anything is written over it. What then is not inverted in the packet was not
// libnet's, or was written over. Bytes that libnet was only handed as data are not its own.
#include "language/library.h"
#include "packet/auth.h"
#include "packet/build.h"

#include <libnet.h>

#define LEAST_PERCENT 90
#define START (G_GINT64_CONSTANT(1767225600) * G_USEC_PER_SEC)

libnet_ptag_t __real_libnet_build_data(const uint8_t *payload, uint32_t length, libnet_t *libnet, libnet_ptag_t tag);
libnet_ptag_t __wrap_libnet_build_data(const uint8_t *payload, uint32_t length, libnet_t *libnet, libnet_ptag_t tag);
int __real_libnet_pblock_coalesce(libnet_t *libnet, uint8_t **packet, uint32_t *length);
int __wrap_libnet_pblock_coalesce(libnet_t *libnet, uint8_t **packet, uint32_t *length);

// Bytes of the packet at work that are data to libnet, counted from its end.
typedef struct {
	uint32_t start;
	uint32_t end;
} range_t;

static GArray *handed_over;
static bool inverts;

libnet_ptag_t __wrap_libnet_build_data(const uint8_t *payload, uint32_t length, libnet_t *libnet, libnet_ptag_t tag)
{
	range_t range = {.start = libnet_getpacket_size(libnet)};
	libnet_ptag_t result = __real_libnet_build_data(payload, length, libnet, tag);

	range.end = libnet_getpacket_size(libnet);
	g_array_append_val(handed_over, range);
	return result;
}

int __wrap_libnet_pblock_coalesce(libnet_t *libnet, uint8_t **packet, uint32_t *length)
{
	int result = __real_libnet_pblock_coalesce(libnet, packet, length);

	for (uint32_t i = 0; inverts && result == 1 && i < *length; i++)
		(*packet)[i] ^= 0xff;
	for (guint i = 0; inverts && result == 1 && i < handed_over->len; i++) {
		const range_t *range = &g_array_index(handed_over, range_t, i);

		for (uint32_t at = *length - range->end; at < *length - range->start; at++)
			(*packet)[at] ^= 0xff;
	}
	g_array_set_size(handed_over, 0);
	return result;
}

static struct {
	const char *name;
	const char *prefix; // of the blocks that are counted here
	unsigned bytes;     // not zero
	unsigned own;       // of them, libnet's
} kinds[] = {
	{.name = "Ethernet", .prefix = "ethernet"},
	{.name = "IPv4", .prefix = "ipv4"},
	{.name = "IPv6", .prefix = "ipv6"},
	{.name = "UDP", .prefix = "udp"},
	{.name = "GRE", .prefix = "gre"},
	{.name = "ICMP", .prefix = "icmpv4"},
	{.name = "ICMPv6 echo", .prefix = "icmpv6"},
	{.name = "ICMPv6 MLD", .prefix = "mld"},
	{.name = "ICMPv6 neighbor discovery", .prefix = "neighbor"},
	{.name = "ICMPv6 router advertisement", .prefix = "router"},
};

// The bytes of a header, without what it carries: options count, and of ICMP messages the fixed part.
static gsize header_end(const plan_t *plan, guint index)
{
	const values_t *layer = plan->layers->pdata[index];

	if (index + 1 < plan->layers->len)
		return ((const values_t *)plan->layers->pdata[index + 1])->offset;
	return layer->offset + block_specs[layer->id].length;
}

static void count_layer(const plan_t *plan, guint index, const GByteArray *sent, const GByteArray *inverted)
{
	const values_t *layer = plan->layers->pdata[index];

	for (gsize kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
		if (!g_str_has_prefix(block_specs[layer->id].name, kinds[kind].prefix))
			continue;
		for (gsize at = layer->offset; at < header_end(plan, index); at++) {
			kinds[kind].bytes += sent->data[at] != 0;
			kinds[kind].own += sent->data[at] != 0 && (inverted->data[at] ^ sent->data[at]) == 0xff;
		}
	}
}

static void build(builder_t *builder, plan_t *plan, bool invert, GByteArray *bytes)
{
	GError *error = NULL;

	inverts = invert;
	builder_reseed(builder, 1);
	build_packet(builder, plan, bytes, &error);
	g_assert_no_error(error);
}

static void count_flow(const char *name)
{
	const timing_t timing = {.start = START};
	GError *error = NULL;
	builder_t *builder = builder_new(1, &error);
	scenario_t *scenario = scenario_load(name, &error);
	actors_t *actors;
	g_autoptr(GPtrArray) plans = NULL;
	g_autoptr(GByteArray) sent = g_byte_array_new();
	g_autoptr(GByteArray) inverted = g_byte_array_new();

	g_assert_no_error(error);
	actors = scenario_actors(scenario, NULL, &error);
	plans = plan_scenario(scenario, actors, &timing, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < plans->len; i++) {
		plan_t *plan = plans->pdata[i];

		build(builder, plan, false, sent);
		build(builder, plan, true, inverted);
		g_assert_cmpuint(sent->len, ==, inverted->len);
		for (guint layer = 0; layer < plan->layers->len; layer++)
			count_layer(plan, layer, sent, inverted);
	}
	actors_free(actors);
	scenario_free(scenario);
	builder_free(builder);
}

static void test_share(void)
{
	g_auto(GStrv) flows = library_names("flows");
	unsigned bytes = 0;
	unsigned own = 0;

	g_assert_cmpuint(g_strv_length(flows), >, 10);
	for (char **name = flows; *name; name++)
		count_flow(*name);
	for (gsize kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
		g_test_message("%s: %u of %u bytes are libnet's", kinds[kind].name, kinds[kind].own, kinds[kind].bytes);
		bytes += kinds[kind].bytes;
		own += kinds[kind].own;
	}
	g_test_message("libnet's own: %u of %u bytes of headers that are not zero, %.1f %%", own, bytes,
		       100.0 * own / bytes);
	g_assert_cmpuint(bytes, >, 5000);
	g_assert_cmpuint(100 * own, >=, LEAST_PERCENT * bytes);
}

int main(int count, char **words)
{
	GError *error = NULL;

	g_test_init(&count, &words, NULL);
	auth_init(&error);
	g_assert_no_error(error);
	handed_over = g_array_new(FALSE, FALSE, sizeof(range_t));
	g_test_add_func("/gen/libnet/share", test_share);
	return g_test_run();
}
