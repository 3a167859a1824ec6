// SPDX-License-Identifier: GPL-2.0-or-later
// Scenarios -> the packets of the rounds of `send`, one after another.
#include "send/send_loop.h"

#include "population/self_check.h"

#include <net/ethernet.h>
#include <string.h>

#define SECOND G_USEC_PER_SEC
#define PAUSE SECOND // between scenarios and rounds; registration requests come at least a second apart
#define NANO_PER_MICRO 1000

#define IPV4_DESTINATION 16 // RFC 791 3.1

struct send_loop {
	const send_loop_options_t *options;
	GPtrArray *populations; // one for each scenario
	guint at;               // population whose packets come
	gint64 start;
	guint32 first;
	guint32 nodes;
};

static population_t *population_at(const send_loop_t *loop, guint i)
{
	return loop->populations->pdata[i];
}

char *send_loop_step(const send_loop_t *loop, const packet_t *packet)
{
	return population_packet_name(population_at(loop, packet->scenario), packet);
}

// The IPv4 destination of a packet of the first, or the last node; false if it has none.
static bool destination_of(population_t *population, guint index, bool is_last, guint32 *destination)
{
	packet_t packet;

	population_make(population, index, is_last ? population_count(population) - 1 : 0, &packet);
	gsize offset = frame_ipv4_offset(packet.bytes, packet.length);
	if (offset == 0)
		return false;
	memcpy(destination, packet.bytes + offset + IPV4_DESTINATION, sizeof(*destination));
	*destination = ntohl(*destination);
	return true;
}

// Addresses that differ from node to node differ in the first and the last one.
static bool is_for_all(population_t *population, guint index, guint32 *destination)
{
	guint32 last;

	return destination_of(population, index, false, destination) &&
	       destination_of(population, index, true, &last) && last == *destination;
}

static void select_packets(population_t *population, guint32 to)
{
	for (guint i = population_packets(population); i-- > 0;) {
		guint32 destination;

		if (!is_for_all(population, i, &destination) || destination != to)
			population_leave_out(population, i);
	}
}

static bool add_population(send_loop_t *loop, const scenario_t *scenario, GError **error)
{
	const send_loop_options_t *options = loop->options;
	population_t *population = population_new(scenario, &options->population, g_get_real_time(), error);

	if (!population)
		return false;
	if (options->is_filtered)
		select_packets(population, options->to);
	if (population_packets(population) == 0) {
		population_free(population);
		return true;
	}
	timeline_trim(population_timeline(population));
	g_ptr_array_add(loop->populations, population);
	return true;
}

static bool check_filled(const send_loop_t *loop, GError **error)
{
	const send_loop_options_t *options = loop->options;

	if (loop->populations->len > 0)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "no packet to send%s%s",
	     options->is_filtered ? ", none goes to the address of --to" : "",
	     options->is_filtered && options->population.nodes > 0 ? " whatever the node" : "");
	return false;
}

send_loop_t *send_loop_new(const send_loop_options_t *options, GError **error)
{
	send_loop_t *loop = g_new0(send_loop_t, 1);
	bool ok = true;

	loop->options = options;
	loop->populations = g_ptr_array_new_with_free_func((GDestroyNotify)population_free);
	for (guint i = 0; ok && i < options->scenarios->len; i++)
		ok = add_population(loop, options->scenarios->pdata[i], error);
	if (ok && check_filled(loop, error))
		return loop;
	send_loop_free(loop);
	return NULL;
}

void send_loop_free(send_loop_t *loop)
{
	g_ptr_array_unref(loop->populations);
	g_free(loop);
}

// Sent at another time than they were made for.
bool send_loop_self_check(const send_loop_options_t *options, GError **error)
{
	bool ok = true;

	for (guint i = 0; ok && i < options->scenarios->len; i++) {
		const scenario_t *scenario = options->scenarios->pdata[i];
		gint64 now = g_get_real_time();
		population_t *population = population_new(scenario, &options->population, now - SECOND, error);

		ok = population && self_check(population, scenario, &options->population, now, error);
		if (population)
			population_free(population);
	}
	return ok;
}

// Calls a function for each packet of a node, until one fails.
typedef bool visit_fn(population_t *population, guint index, const packet_t *packet, gconstpointer data,
		      GError **error);

static bool visit(send_loop_t *loop, visit_fn *function, gconstpointer data, GError **error)
{
	for (guint i = 0; i < loop->populations->len; i++) {
		for (guint index = 0; index < population_packets(population_at(loop, i)); index++) {
			packet_t packet;

			population_make(population_at(loop, i), index, 0, &packet);
			if (!function(population_at(loop, i), index, &packet, data, error))
				return false;
		}
	}
	return true;
}

static bool check_ipv4(population_t *population, guint index, const packet_t *packet,
		       gconstpointer unused G_GNUC_UNUSED, GError **error)
{
	if (frame_ipv4_offset(packet->bytes, packet->length) == ETH_HLEN)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "%s: not IPv4 in plain Ethernet; expected no --raw",
	     population_name(population, index));
	return false;
}

bool send_loop_check_ipv4(send_loop_t *loop, GError **error)
{
	return visit(loop, check_ipv4, NULL, error);
}

static bool check_mtu(population_t *population, guint index, const packet_t *packet, gconstpointer data, GError **error)
{
	const interface_t *interface = data;
	gsize length = packet->length - frame_header_length(packet->bytes, packet->length);

	if (length <= interface->mtu)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "%s: %" G_GSIZE_FORMAT " bytes; the MTU of %s is %u",
	     population_name(population, index), length, interface->name, interface->mtu);
	return false;
}

bool send_loop_check_mtu(send_loop_t *loop, const interface_t *interface, GError **error)
{
	return visit(loop, check_mtu, interface, error);
}

static bool check_route(population_t *population, guint index, const packet_t *packet, gconstpointer data,
			GError **error)
{
	guint32 destination;

	if (next_hops_has_one_way(data) || !population_is_open(population, index) ||
	    frame_ipv4_offset(packet->bytes, packet->length) == 0 || is_for_all(population, index, &destination))
		return true;
	fail(error, GEN_ERROR_SCENARIO,
	     "%s: goes to another address for each node; expected --next-hop, --mac-destination or --to",
	     population_name(population, index));
	return false;
}

bool send_loop_check_route(send_loop_t *loop, const next_hops_t *hops, GError **error)
{
	return visit(loop, check_route, hops, error);
}

bool send_loop_route(send_loop_t *loop, next_hops_t *hops, GError **error)
{
	for (guint i = 0; i < loop->populations->len; i++) {
		population_t *population = population_at(loop, i);

		for (guint index = 0; index < population_packets(population); index++) {
			guint8 destination[MAC_LENGTH] = {0};
			packet_t packet;

			population_make(population, index, 0, &packet);
			if (population_is_open(population, index) &&
			    !next_hops_destination(hops, packet.bytes, packet.length,
						   population_name(population, index), destination, error))
				return false;
			population_address(population, index, destination, next_hops_source(hops));
		}
	}
	return true;
}

void send_loop_comment(send_loop_t *loop, bool makes_comments)
{
	for (guint i = 0; i < loop->populations->len; i++)
		population_source(population_at(loop, i))->makes_comments = makes_comments;
}

guint64 send_loop_packets(const send_loop_t *loop)
{
	guint64 packets = 0;

	for (guint i = 0; i < loop->populations->len; i++)
		packets += population_packets(population_at(loop, i));
	return packets;
}

static void begin_population(send_loop_t *loop, guint i, gint64 start)
{
	loop->at = i;
	timeline_begin(population_timeline(population_at(loop, i)), start, loop->first, loop->nodes);
}

// At top speed rounds of the scenario's own nodes are sent as they are for a while: making them costs more than
// sending.
void send_loop_begin(send_loop_t *loop, gint64 start, guint32 first, guint32 nodes)
{
	const population_options_t *options = &loop->options->population;

	if (options->pace.kind != PACE_TOPSPEED || options->nodes > 0 || ABS(start - loop->start) >= TIMELINE_TOLERANCE)
		loop->start = start;
	loop->first = first;
	loop->nodes = nodes;
	begin_population(loop, 0, loop->start);
}

gint64 send_loop_gap(const send_loop_t *loop)
{
	gint64 gap = PAUSE;

	timeline_gap(population_timeline(population_at(loop, loop->at)), &gap);
	return gap * NANO_PER_MICRO;
}

bool send_loop_next(send_loop_t *loop, packet_t *packet)
{
	while (!population_next(population_at(loop, loop->at), packet)) {
		gint64 end = timeline_end(population_timeline(population_at(loop, loop->at)));

		if (loop->at + 1 == loop->populations->len)
			return false;
		if (loop->options->population.pace.kind == PACE_SCENARIO)
			end += PAUSE;
		begin_population(loop, loop->at + 1, end);
	}
	packet->scenario = loop->at;
	return true;
}

void send_loop_follow(send_loop_t *loop, gint64 time)
{
	timeline_follow(population_timeline(population_at(loop, loop->at)), time);
}
