// SPDX-License-Identifier: GPL-2.0-or-later
// Scenarios -> the frames of one round of `send`, built again for each round.
#include "round.h"

#include "compose.h"

#include <net/ethernet.h>
#include <string.h>

#define SECOND G_USEC_PER_SEC
#define PAUSE SECOND // between scenarios and rounds; registration requests come at least a second apart
#define NANO_PER_MICRO 1000

enum {
	IPV4_DESTINATION = ETH_HLEN + 16, // RFC 791 3.1
	IPV4_END = ETH_HLEN + 20,
};

// Where a frame comes from, and its Ethernet addresses.
struct origin {
	guint packet; // among the packets of all scenarios
	guint scenario;
	guint step;          // of that scenario
	bool source_is_open; // not given by the scenario
	bool destination_is_open;
	guint8 destination[MAC_LENGTH];
	guint8 source[MAC_LENGTH];
};

static void free_scenario_item(gpointer scenario)
{
	scenario_free(scenario);
}

static void clear_frame_item(gpointer frame)
{
	g_free(((struct frame *)frame)->bytes);
}

static struct frame *frame_at(const struct round *round, guint i)
{
	return &g_array_index(round->frames, struct frame, i);
}

static struct origin *origin_at(const struct round *round, guint i)
{
	return &g_array_index(round->origins, struct origin, i);
}

char *round_step(const struct round *round, guint frame)
{
	const struct origin *origin = origin_at(round, frame);
	const struct scenario *scenario = round->scenarios->pdata[origin->scenario];

	return g_strdup_printf("%s step %s", scenario->name, step_name(scenario->steps->pdata[origin->step]));
}

static bool is_ipv4(const guint8 *frame, gsize length)
{
	guint16 type;

	memcpy(&type, frame + offsetof(struct ether_header, ether_type), sizeof(type));
	return type == htons(ETHERTYPE_IP) && length >= IPV4_END;
}

static bool is_selected(const struct round_options *options, const struct packet *packet)
{
	gsize length;
	const guint8 *bytes = g_bytes_get_data(packet->bytes, &length);
	guint32 destination;

	if (!options->is_filtered || !is_ipv4(bytes, length))
		return !options->is_filtered;
	memcpy(&destination, bytes + IPV4_DESTINATION, sizeof(destination));
	return ntohl(destination) == options->to;
}

static bool compose_round(const struct round *round, gint64 start, GPtrArray *packets, GError **error)
{
	const struct round_options *options = round->options;

	for (guint i = 0; i < round->scenarios->len; i++) {
		struct timing timing = {.start = start};

		if (round->offsets != NULL)
			timing.offsets = &g_array_index(round->offsets, gint64, packets->len);
		if (!compose_scenario_at(round->scenarios->pdata[i], (const char *const *)options->overrides,
					 options->seed, &timing, packets, error))
			return false;
		if (round->offsets == NULL && packets->len > 0)
			start = ((const struct packet *)packets->pdata[packets->len - 1])->time + PAUSE;
	}
	return true;
}

static void add_origin(struct round *round, const struct packet *packet, struct origin origin)
{
	const guint8 *bytes = g_bytes_get_data(packet->bytes, NULL);

	origin.source_is_open = packet->source_is_auto;
	origin.destination_is_open = packet->destination_is_auto;
	memcpy(origin.destination, bytes, MAC_LENGTH);
	memcpy(origin.source, bytes + MAC_LENGTH, MAC_LENGTH);
	g_array_append_val(round->origins, origin);
}

// Each step makes one packet, so the packets come in the order of the steps.
static void select_packets(struct round *round, const GPtrArray *packets)
{
	guint packet = 0;

	for (guint i = 0; i < round->scenarios->len; i++) {
		const struct scenario *scenario = round->scenarios->pdata[i];

		for (guint step = 0; step < scenario->steps->len; step++, packet++)
			if (is_selected(round->options, packets->pdata[packet]))
				add_origin(round, packets->pdata[packet],
					   (struct origin){.packet = packet, .scenario = i, .step = step});
	}
}

// With a rate of its own a run does not keep the times of the steps; each is then stamped with the time that it, or
// the next packet that is sent, is due.
static void time_steps(struct round *round, const GPtrArray *packets)
{
	struct schedule schedule = {0};
	guint step = 0;

	round->offsets = g_array_sized_new(FALSE, FALSE, sizeof(gint64), packets->len);
	for (guint i = 0; i < round->origins->len; i++) {
		const struct packet *packet = packets->pdata[origin_at(round, i)->packet];
		gint64 offset = schedule.due / NANO_PER_MICRO;

		for (; step <= origin_at(round, i)->packet; step++)
			g_array_append_val(round->offsets, offset);
		schedule_advance(&schedule, &round->options->pace, g_bytes_get_size(packet->bytes), 0);
	}
	for (; step < packets->len; step++) {
		gint64 offset = schedule.due / NANO_PER_MICRO;

		g_array_append_val(round->offsets, offset);
	}
}

static void take_frames(struct round *round, const GPtrArray *packets)
{
	g_array_set_size(round->frames, 0);
	for (guint i = 0; i < round->origins->len; i++) {
		const struct origin *origin = origin_at(round, i);
		const struct packet *packet = packets->pdata[origin->packet];
		struct frame frame = {.length = g_bytes_get_size(packet->bytes), .gap = PAUSE * NANO_PER_MICRO};

		frame.bytes = g_memdup2(g_bytes_get_data(packet->bytes, NULL), frame.length);
		if (i + 1 < round->origins->len)
			frame.gap = (((const struct packet *)packets->pdata[origin_at(round, i + 1)->packet])->time -
				     packet->time) *
				    NANO_PER_MICRO;
		memcpy(frame.bytes, origin->destination, MAC_LENGTH);
		memcpy(frame.bytes + MAC_LENGTH, origin->source, MAC_LENGTH);
		g_array_append_val(round->frames, frame);
	}
}

bool round_build(struct round *round, gint64 start, GError **error)
{
	GPtrArray *packets = packet_list_new();
	bool ok = compose_round(round, start - round->lead, packets, error);

	if (ok)
		take_frames(round, packets);
	g_ptr_array_unref(packets);
	return ok;
}

static bool load(struct round *round, GError **error)
{
	for (char **name = round->options->names; *name != NULL; name++) {
		struct scenario *scenario = scenario_load(*name, error);

		if (scenario == NULL)
			return false;
		g_ptr_array_add(round->scenarios, scenario);
	}
	return true;
}

static bool build_first(struct round *round, GError **error)
{
	GPtrArray *packets = packet_list_new();
	gint64 start = g_get_real_time();
	bool ok = compose_round(round, start, packets, error);

	if (ok)
		select_packets(round, packets);
	if (ok && round->origins->len == 0) {
		fail(error, GEN_ERROR_SCENARIO, "no packet to send%s",
		     round->options->is_filtered ? ", none goes to the address of --to" : "");
		ok = false;
	}
	if (ok && round->options->pace.kind == PACE_SCENARIO)
		round->lead = ((const struct packet *)packets->pdata[origin_at(round, 0)->packet])->time - start;
	else if (ok)
		time_steps(round, packets);
	if (ok)
		take_frames(round, packets);
	g_ptr_array_unref(packets);
	return ok;
}

struct round *round_new(const struct round_options *options, GError **error)
{
	struct round *round = g_new0(struct round, 1);

	round->options = options;
	round->scenarios = g_ptr_array_new_with_free_func(free_scenario_item);
	round->frames = g_array_new(FALSE, FALSE, sizeof(struct frame));
	round->origins = g_array_new(FALSE, FALSE, sizeof(struct origin));
	g_array_set_clear_func(round->frames, clear_frame_item);
	if (load(round, error) && build_first(round, error))
		return round;
	round_free(round);
	return NULL;
}

void round_free(struct round *round)
{
	g_ptr_array_unref(round->scenarios);
	g_array_unref(round->frames);
	g_array_unref(round->origins);
	g_clear_pointer(&round->offsets, g_array_unref);
	g_free(round);
}

bool round_check_ipv4(const struct round *round, GError **error)
{
	for (guint i = 0; i < round->frames->len; i++) {
		char *step;

		if (is_ipv4(frame_at(round, i)->bytes, frame_at(round, i)->length))
			continue;
		step = round_step(round, i);
		fail(error, GEN_ERROR_SCENARIO, "%s: not IPv4; expected no --raw", step);
		g_free(step);
		return false;
	}
	return true;
}

bool round_check_mtu(const struct round *round, const struct interface *interface, GError **error)
{
	for (guint i = 0; i < round->frames->len; i++) {
		gsize length = frame_at(round, i)->length - ETH_HLEN;
		char *step;

		if (length <= interface->mtu)
			continue;
		step = round_step(round, i);
		fail(error, GEN_ERROR_ENVIRONMENT, "%s: %" G_GSIZE_FORMAT " bytes; the MTU of %s is %u", step, length,
		     interface->name, interface->mtu);
		g_free(step);
		return false;
	}
	return true;
}

bool round_route(struct round *round, struct router *router, GError **error)
{
	for (guint i = 0; i < round->origins->len; i++) {
		struct origin *origin = origin_at(round, i);
		const struct frame *frame = frame_at(round, i);
		char *step;
		bool ok;

		if (origin->source_is_open)
			memcpy(origin->source, router_source(router), MAC_LENGTH);
		if (!origin->destination_is_open)
			continue;
		step = round_step(round, i);
		ok = router_destination(router, frame->bytes, frame->length, step, origin->destination, error);
		g_free(step);
		if (!ok)
			return false;
	}
	return true;
}
