// SPDX-License-Identifier: GPL-2.0-or-later
// The runner's place in the network: what it sends, and what it hears of the device under test.
#include "run/suite/station.h"

#include "language/parse.h"
#include "packet/build.h"
#include "run/describe.h"
#include "run/neighbors.h"
#include "send/arp.h"
#include "send/schedule.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define SEED 1

struct station {
	const interface_t *interface;
	evidence_t *evidence;
	port_t *port;
	builder_t *builder;
	judge_t *judge;
	GByteArray *bytes;       // of the packet that is built
	wmem_allocator_t *frame; // lives as long as a frame
	wmem_allocator_t *test;  // lives as long as a test
	GHashTable *own;         // IPv4 addresses that were sent from, which ARP is answered for
	guint32 device;
	guint8 device_mac[MAC_LENGTH];
	guint32 frames;
	gint64 sent_time;
	const char *comment; // of the frame that is being sent
	bool has_impostor;
	GArray *broken;
	bool held[DSMIPV4_RULE_COUNT];
};

static void clear_broken(gpointer data)
{
	g_free(((broken_t *)data)->words);
}

station_t *station_new(const interface_t *interface, const actors_t *actors, evidence_t *evidence, GError **error)
{
	static const place_t nowhere = {NULL, NULL, 0};
	g_autoptr(station_t) station = g_new0(station_t, 1);
	value_t address = {0};

	station->interface = interface;
	station->evidence = evidence;
	station->bytes = g_byte_array_new();
	station->frame = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
	station->test = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
	station->own = g_hash_table_new(NULL, NULL);
	station->broken = g_array_new(FALSE, FALSE, sizeof(broken_t));
	g_array_set_clear_func(station->broken, clear_broken);
	station->judge = judge_new(actors);
	value_read(KIND_ADDRESS4, actors_get(actors, "ha.address", NULL), &nowhere, &address, NULL);
	station->device = (guint32)address.number;
	station->builder = builder_new(SEED, error);
	station->port = station->builder ? port_open(interface, true, error) : NULL;
	return station->port ? g_steal_pointer(&station) : NULL;
}

void station_free(station_t *station)
{
	g_clear_pointer(&station->port, port_close);
	g_clear_pointer(&station->builder, builder_free);
	judge_free(station->judge);
	g_array_unref(station->broken);
	g_hash_table_unref(station->own);
	wmem_destroy_allocator(station->test);
	wmem_destroy_allocator(station->frame);
	g_byte_array_unref(station->bytes);
	g_free(station);
}

bool station_find_device(station_t *station, guint32 next_hop, GError **error)
{
	guint32 neighbor = next_hop ? next_hop : station->device, own;

	return interface_own_address(station->interface, neighbor, &own, error) &&
	       arp_resolve(station->interface, neighbor, own, station->device_mac, error);
}

gint64 station_sent_time(const station_t *station)
{
	return station->sent_time;
}

const GArray *station_broken(const station_t *station)
{
	return station->broken;
}

bool station_has_impostor(const station_t *station)
{
	return station->has_impostor;
}

const judge_t *station_judge(const station_t *station)
{
	return station->judge;
}

bool station_held(const station_t *station, dsmipv4_rule_id_t rule)
{
	return station->held[rule];
}

static void note_verdicts(station_t *station, const dsmipv4_verdicts_t *verdicts)
{
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		station->held[i] |= verdicts->verdict[i] == DSMIPV4_HOLDS;
	for (unsigned i = 0; i < dsmipv4_n_findings(verdicts); i++) {
		const dsmipv4_finding_t *finding = dsmipv4_finding(verdicts, i);

		station->held[finding->rule] = false;
		if (finding->severity < DSMIPV4_WARN || finding->actor == DSMIPV4_ACTOR_MN ||
		    finding->actor == DSMIPV4_ACTOR_FA || dsmipv4_rule_is_item(finding->rule))
			continue;
		const broken_t broken = {finding->rule, g_strdup(finding->words), evidence_count(station->evidence)};
		g_array_append_val(station->broken, broken);
		evidence_comment(station->evidence, "breaks %s: %s", dsmipv4_rule(finding->rule)->id, finding->words);
	}
}

static bool answer_arp(const station_t *station, const heard_t *heard, GError **error)
{
	guint8 answer[ARP_FRAME];

	return heard->frame.is_outgoing || !g_hash_table_contains(station->own, GUINT_TO_POINTER(heard->dst)) ||
	       !neighbors_answer_arp(heard, station->interface->mac, answer) ||
	       port_send(station->port, answer, sizeof(answer), error);
}

// Whether the frame comes from the device's address; another Ethernet address is remembered.
static bool is_from_device(station_t *station, const heard_t *heard)
{
	if (heard->frame.is_outgoing || heard->kind == HEARD_OTHER || heard->kind == HEARD_ARP ||
	    heard->src != station->device)
		return false;
	station->has_impostor |= memcmp(heard->frame.bytes + MAC_LENGTH, station->device_mac, MAC_LENGTH) != 0;
	return true;
}

static bool take(station_t *station, const frame_t *frame, station_fn function, gpointer data, bool *is_content,
		 GError **error)
{
	heard_t heard;

	heard_read(station->frame, frame, ++station->frames, &heard);
	if (heard.kind == HEARD_OTHER)
		return true;
	bool is_device = is_from_device(station, &heard);
	g_autofree char *summary = describe(&heard);
	evidence_add(station->evidence, frame,
		     frame->is_outgoing ? SENDER_DSMIPGEN
		     : is_device        ? SENDER_DEVICE
					: SENDER_OTHER,
		     summary);
	if (frame->is_outgoing && station->comment) {
		evidence_comment(station->evidence, "%s", station->comment);
		station->comment = NULL;
		station->sent_time = frame->time;
	}
	const dsmipv4_verdicts_t *verdicts = judge_hear(station->judge, station->frame, &heard);
	if (is_device && verdicts)
		note_verdicts(station, verdicts);
	if (is_device && heard.kind == HEARD_MESSAGE && function)
		*is_content = function(&heard, data);
	return heard.kind != HEARD_ARP || answer_arp(station, &heard, error);
}

// Takes the frames that wait, until the function is content.
static bool take_waiting(station_t *station, station_fn function, gpointer data, bool *is_content, GError **error)
{
	frame_t frame;
	bool ok = true;

	while (ok && !*is_content && port_receive(station->port, &frame)) {
		ok = take(station, &frame, function, data, is_content, error);
		wmem_free_all(station->frame);
	}
	return ok;
}

bool station_hear(station_t *station, gint64 until, station_fn function, gpointer data, GError **error)
{
	struct pollfd event = {.fd = port_descriptor(station->port), .events = POLLIN};
	bool is_content = false;
	gint64 left;

	while (take_waiting(station, function, data, &is_content, error) && !is_content &&
	       (left = until - schedule_now()) > 0)
		poll(&event, 1, (int)(left / 1000000) + 1);
	return is_content;
}

bool station_begin(station_t *station, GError **error)
{
	bool is_content = false;
	bool ok = take_waiting(station, NULL, NULL, &is_content, error);

	evidence_clear(station->evidence);
	wmem_free_all(station->test);
	g_array_set_size(station->broken, 0);
	memset(station->held, 0, sizeof(station->held));
	station->has_impostor = false;
	return ok;
}

static void set_addresses(const station_t *station, const plan_t *plan)
{
	if (plan->destination_is_auto)
		memcpy(station->bytes->data, station->device_mac, MAC_LENGTH);
	if (plan->source_is_auto)
		memcpy(station->bytes->data + MAC_LENGTH, station->interface->mac, MAC_LENGTH);
}

bool station_send(station_t *station, plan_t *plan, const dsmipv4_message_t **message, const char *comment,
		  GError **error)
{
	heard_t own;
	frame_t frame;
	bool is_content, ok;

	if (!build_packet(station->builder, plan, station->bytes, error))
		return false;
	set_addresses(station, plan);
	const guint8 *kept = wmem_memdup(station->test, station->bytes->data, station->bytes->len);
	heard_read(station->test, &(frame_t){.bytes = kept, .length = station->bytes->len}, 1, &own);
	if (own.kind != HEARD_OTHER)
		g_hash_table_add(station->own, GUINT_TO_POINTER(own.src));
	*message = own.message;
	station->comment = comment;
	ok = port_send(station->port, station->bytes->data, station->bytes->len, error);
	while (ok && station->comment && port_receive(station->port, &frame)) { // until it hears itself, no answer yet
		ok = take(station, &frame, NULL, NULL, &is_content, error);
		wmem_free_all(station->frame);
	}
	return ok;
}
