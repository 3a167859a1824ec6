// SPDX-License-Identifier: GPL-2.0-or-later
// Scenarios -> the frames of the rounds of `send`, one after another.
#include "round.h"

#include <net/ethernet.h>
#include <string.h>

#define SECOND G_USEC_PER_SEC
#define PAUSE SECOND // between scenarios and rounds; registration requests come at least a second apart
#define NANO_PER_MICRO 1000

#define IPV4_DESTINATION 16 // RFC 791 3.1

struct round {
	const struct round_options *options;
	GPtrArray *crowds; // one for each scenario
	guint at;          // crowd whose frames come
	gint64 start;
	guint32 first;
	guint32 nodes;
};

static struct crowd *crowd_at(const struct round *round, guint i)
{
	return round->crowds->pdata[i];
}

char *round_step(const struct round *round, const struct frame *frame)
{
	return crowd_packet_name(crowd_at(round, frame->crowd), frame->packet, frame->node);
}

// The IPv4 destination of a packet of the first, or the last node; false if it has none.
static bool destination_of(struct crowd *crowd, guint index, bool is_last, guint32 *destination)
{
	struct source_packet frame;
	gsize offset;

	crowd_sample(crowd, index, is_last, &frame);
	offset = frame_ipv4_offset(frame.bytes, frame.length);
	if (offset == 0)
		return false;
	memcpy(destination, frame.bytes + offset + IPV4_DESTINATION, sizeof(*destination));
	*destination = ntohl(*destination);
	return true;
}

// Addresses that differ from node to node differ in the first and the last one.
static bool is_for_all(struct crowd *crowd, guint index, guint32 *destination)
{
	guint32 last;

	return destination_of(crowd, index, false, destination) && destination_of(crowd, index, true, &last) &&
	       last == *destination;
}

static void select_packets(struct crowd *crowd, guint32 to)
{
	for (guint i = crowd_packets(crowd); i-- > 0;) {
		guint32 destination;

		if (!is_for_all(crowd, i, &destination) || destination != to)
			crowd_leave_out(crowd, i);
	}
}

static bool add_crowd(struct round *round, const struct scenario *scenario, GError **error)
{
	const struct round_options *options = round->options;
	struct crowd *crowd = crowd_new(scenario, &options->crowd, g_get_real_time(), error);

	if (crowd == NULL)
		return false;
	if (options->is_filtered)
		select_packets(crowd, options->to);
	if (crowd_packets(crowd) == 0) {
		crowd_free(crowd);
		return true;
	}
	timeline_trim(crowd_timeline(crowd));
	g_ptr_array_add(round->crowds, crowd);
	return true;
}

static void free_crowd_item(gpointer crowd)
{
	crowd_free(crowd);
}

static bool check_filled(const struct round *round, GError **error)
{
	const struct round_options *options = round->options;

	if (round->crowds->len > 0)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "no packet to send%s%s",
	     options->is_filtered ? ", none goes to the address of --to" : "",
	     options->is_filtered && options->crowd.nodes > 0 ? " whatever the node" : "");
	return false;
}

struct round *round_new(const struct round_options *options, GError **error)
{
	struct round *round = g_new0(struct round, 1);
	bool ok = true;

	round->options = options;
	round->crowds = g_ptr_array_new_with_free_func(free_crowd_item);
	for (guint i = 0; ok && i < options->scenarios->len; i++)
		ok = add_crowd(round, options->scenarios->pdata[i], error);
	if (ok && check_filled(round, error))
		return round;
	round_free(round);
	return NULL;
}

void round_free(struct round *round)
{
	g_ptr_array_unref(round->crowds);
	g_free(round);
}

// At another time than they were made for.
bool round_self_check(const struct round_options *options, GError **error)
{
	bool ok = true;

	for (guint i = 0; ok && i < options->scenarios->len; i++) {
		const struct scenario *scenario = options->scenarios->pdata[i];
		gint64 now = g_get_real_time();
		struct crowd *crowd = crowd_new(scenario, &options->crowd, now - SECOND, error);

		ok = crowd != NULL && crowd_check(crowd, scenario, &options->crowd, now, error);
		if (crowd != NULL)
			crowd_free(crowd);
	}
	return ok;
}

// Calls a function for each packet of a node, until one fails.
typedef bool visit_fn(struct crowd *crowd, guint index, const struct source_packet *frame, gconstpointer data,
		      GError **error);

static bool visit(struct round *round, visit_fn *function, gconstpointer data, GError **error)
{
	for (guint i = 0; i < round->crowds->len; i++) {
		for (guint index = 0; index < crowd_packets(crowd_at(round, i)); index++) {
			struct source_packet frame;

			crowd_sample(crowd_at(round, i), index, false, &frame);
			if (!function(crowd_at(round, i), index, &frame, data, error))
				return false;
		}
	}
	return true;
}

static bool check_ipv4(struct crowd *crowd, guint index, const struct source_packet *frame,
		       gconstpointer unused G_GNUC_UNUSED, GError **error)
{
	if (frame_ipv4_offset(frame->bytes, frame->length) == ETH_HLEN)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "%s: not IPv4 in plain Ethernet; expected no --raw", crowd_name(crowd, index));
	return false;
}

bool round_check_ipv4(struct round *round, GError **error)
{
	return visit(round, check_ipv4, NULL, error);
}

static bool check_mtu(struct crowd *crowd, guint index, const struct source_packet *frame, gconstpointer data,
		      GError **error)
{
	const struct interface *interface = data;
	gsize length = frame->length - frame_header_length(frame->bytes, frame->length);

	if (length <= interface->mtu)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "%s: %" G_GSIZE_FORMAT " bytes; the MTU of %s is %u",
	     crowd_name(crowd, index), length, interface->name, interface->mtu);
	return false;
}

bool round_check_mtu(struct round *round, const struct interface *interface, GError **error)
{
	return visit(round, check_mtu, interface, error);
}

static bool check_route(struct crowd *crowd, guint index, const struct source_packet *frame, gconstpointer data,
			GError **error)
{
	guint32 destination;

	if (router_has_one_way(data) || !crowd_is_open(crowd, index) ||
	    frame_ipv4_offset(frame->bytes, frame->length) == 0 || is_for_all(crowd, index, &destination))
		return true;
	fail(error, GEN_ERROR_SCENARIO,
	     "%s: goes to another address for each node; expected --next-hop, --mac-destination or --to",
	     crowd_name(crowd, index));
	return false;
}

bool round_check_route(struct round *round, const struct router *router, GError **error)
{
	return visit(round, check_route, router, error);
}

bool round_route(struct round *round, struct router *router, GError **error)
{
	for (guint i = 0; i < round->crowds->len; i++) {
		struct crowd *crowd = crowd_at(round, i);

		for (guint index = 0; index < crowd_packets(crowd); index++) {
			guint8 destination[MAC_LENGTH] = {0};
			struct source_packet frame;

			crowd_sample(crowd, index, false, &frame);
			if (crowd_is_open(crowd, index) &&
			    !router_destination(router, frame.bytes, frame.length, crowd_name(crowd, index),
						destination, error))
				return false;
			crowd_address(crowd, index, destination, router_source(router));
		}
	}
	return true;
}

guint64 round_frames(const struct round *round)
{
	guint64 frames = 0;

	for (guint i = 0; i < round->crowds->len; i++)
		frames += crowd_packets(crowd_at(round, i));
	return frames;
}

static void begin_crowd(struct round *round, guint i, gint64 start)
{
	round->at = i;
	timeline_begin(crowd_timeline(crowd_at(round, i)), start, round->first, round->nodes);
}

// At top speed rounds of the scenario's own nodes are sent as they are for a while: making them costs more than
// sending.
void round_begin(struct round *round, gint64 start, guint32 first, guint32 nodes)
{
	const struct crowd_options *options = &round->options->crowd;

	if (options->pace.kind != PACE_TOPSPEED || options->nodes > 0 ||
	    ABS(start - round->start) >= TIMELINE_TOLERANCE)
		round->start = start;
	round->first = first;
	round->nodes = nodes;
	begin_crowd(round, 0, round->start);
}

gint64 round_gap(const struct round *round)
{
	gint64 gap = PAUSE;

	timeline_gap(crowd_timeline(crowd_at(round, round->at)), &gap);
	return gap * NANO_PER_MICRO;
}

bool round_next(struct round *round, struct frame *frame)
{
	struct source_packet packet;

	while (!crowd_next(crowd_at(round, round->at), &packet)) {
		gint64 end = timeline_end(crowd_timeline(crowd_at(round, round->at)));

		if (round->at + 1 == round->crowds->len)
			return false;
		if (round->options->crowd.pace.kind == PACE_SCENARIO)
			end += PAUSE;
		begin_crowd(round, round->at + 1, end);
	}
	*frame = (struct frame){.bytes = packet.bytes, .length = packet.length, .crowd = round->at};
	crowd_last_packet(crowd_at(round, round->at), &frame->packet, &frame->node);
	return true;
}

void round_follow(struct round *round, gint64 time)
{
	timeline_follow(crowd_timeline(crowd_at(round, round->at)), time);
}
