// SPDX-License-Identifier: GPL-2.0-or-later
// The runner's place in the network: what it sends, and what it hears of the device under test.
#include "run/suite/station.h"

#include "language/parse.h"
#include "packet/build.h"
#include "run/describe.h"
#include "run/layers.h"
#include "run/neighbors.h"
#include "send/arp.h"
#include "send/schedule.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>

#define SEED 1

enum {
	LINK_MAIN,
	LINK_CORRESPONDENTS, // where IPv6 goes that is in no tunnel; perhaps the same
	LINKS,
	ASKED_TIMES = 3,
};

// An interface of the station, and the device at its other end.
typedef struct {
	port_t *port; // NULL: it is that of LINK_MAIN
	guint8 device_mac[MAC_LENGTH];
} link_t;

struct station {
	evidence_t *evidence;
	link_t links[LINKS];
	builder_t *builder;
	judge_t *judge;
	GByteArray *bytes;       // of the packet that is built
	wmem_allocator_t *frame; // lives as long as a frame
	wmem_allocator_t *test;  // lives as long as a test
	GHashTable *own;         // IPv4 addresses that were sent from, which ARP is answered for
	GHashTable *own6;        // IPv6 addresses of correspondent nodes, the same (GBytes)
	dsmipv4_actor_t actor;   // what the device is
	guint32 device;
	guint8 device_link_local[16];
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

static value_t fact(const actors_t *actors, const char *name, key_kind_t kind)
{
	static const place_t nowhere = {NULL, NULL, 0};
	value_t value = {0};

	value_read(kind, actors_get(actors, name, NULL), &nowhere, &value, NULL);
	return value;
}

static bool open_links(station_t *station, const interface_t *interface, const interface_t *correspondents,
		       GError **error)
{
	station->links[LINK_MAIN].port = port_open(interface, true, error);
	if (!station->links[LINK_MAIN].port || !correspondents)
		return station->links[LINK_MAIN].port;
	station->links[LINK_CORRESPONDENTS].port = port_open(correspondents, true, error);
	return station->links[LINK_CORRESPONDENTS].port;
}

static dsmipv4_actor_t actor_of(const device_t *device)
{
	if (strcmp(device->role, "ha") == 0)
		return DSMIPV4_ACTOR_HA;
	return strcmp(device->role, "mn") == 0 ? DSMIPV4_ACTOR_MN : DSMIPV4_ACTOR_FA;
}

station_t *station_new(const interface_t *interface, const interface_t *correspondents, const actors_t *actors,
		       const device_t *device, evidence_t *evidence, GError **error)
{
	g_autoptr(station_t) station = g_new0(station_t, 1);

	station->evidence = evidence;
	station->bytes = g_byte_array_new();
	station->frame = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
	station->test = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
	station->own = g_hash_table_new(NULL, NULL);
	station->own6 = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	station->broken = g_array_new(FALSE, FALSE, sizeof(broken_t));
	g_array_set_clear_func(station->broken, clear_broken);
	station->judge = judge_new(actors);
	station->actor = actor_of(device);
	station->device = (guint32)fact(actors, device_address_fact(device), KIND_ADDRESS4).number;
	if (station->actor != DSMIPV4_ACTOR_HA)
		g_hash_table_add(station->own,
				 GUINT_TO_POINTER((guint32)fact(actors, "ha.address", KIND_ADDRESS4).number));
	memcpy(station->device_link_local, fact(actors, "ha.link_local", KIND_ADDRESS6).octets,
	       sizeof(station->device_link_local));
	g_hash_table_add(station->own6, g_bytes_new(fact(actors, "cn.address6", KIND_ADDRESS6).octets, IPV6_ADDR_LEN));
	station->builder = builder_new(SEED, error);
	return station->builder && open_links(station, interface, correspondents, error) ? g_steal_pointer(&station)
											 : NULL;
}

void station_free(station_t *station)
{
	for (unsigned i = 0; i < LINKS; i++)
		g_clear_pointer(&station->links[i].port, port_close);
	g_clear_pointer(&station->builder, builder_free);
	judge_free(station->judge);
	g_array_unref(station->broken);
	g_hash_table_unref(station->own);
	g_hash_table_unref(station->own6);
	wmem_destroy_allocator(station->test);
	wmem_destroy_allocator(station->frame);
	g_byte_array_unref(station->bytes);
	g_free(station);
}

// The link that correspondent nodes are on.
static link_t *correspondents_link(station_t *station)
{
	return &station->links[station->links[LINK_CORRESPONDENTS].port ? LINK_CORRESPONDENTS : LINK_MAIN];
}

// Hears one link for a second, until the device advertises its link-local address.
static bool hear_advertisement(station_t *station, link_t *link)
{
	struct pollfd event = {.fd = port_descriptor(link->port), .events = POLLIN};
	gint64 until = schedule_now() + NANOSECONDS;
	frame_t frame;
	heard_t heard;

	for (gint64 left; (left = until - schedule_now()) > 0; poll(&event, 1, (int)(left / 1000000) + 1)) {
		while (port_receive(link->port, &frame)) {
			heard_read(station->frame, &frame, 0, &heard);
			const guint8 *target = neighbors_target(&heard, DSMIPV4_ND_NEIGHBOR_ADVERTISEMENT);
			if (frame.is_outgoing || !target ||
			    memcmp(target, station->device_link_local, IPV6_ADDR_LEN) != 0)
				continue;
			memcpy(link->device_mac, frame.bytes + MAC_LENGTH, MAC_LENGTH);
			return true;
		}
	}
	return false;
}

static bool find_by_link_local(station_t *station, link_t *link, GError **error)
{
	const interface_t *interface = port_interface(link->port);
	// from an interface identifier of the MAC address (RFC 4291 appendix A)
	const guint8 *mac = interface->mac;
	const guint8 own[16] = {0xfe, 0x80, [8] = mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};
	guint8 question[ND_FRAME];
	char text[INET6_ADDRSTRLEN];

	neighbors_ask(station->device_link_local, own, mac, question);
	g_hash_table_add(station->own6, g_bytes_new(own, sizeof(own)));
	for (unsigned i = 0; i < ASKED_TIMES; i++) {
		if (!port_send(link->port, question, sizeof(question), error))
			return false;
		if (hear_advertisement(station, link))
			return true;
	}
	inet_ntop(AF_INET6, station->device_link_local, text, sizeof(text));
	fail(error, GEN_ERROR_ENVIRONMENT, "no neighbor advertisement of %s on %s in %d s; expected one", text,
	     interface->name, ASKED_TIMES);
	return false;
}

bool station_find_device(station_t *station, guint32 next_hop, GError **error)
{
	link_t *link = &station->links[LINK_MAIN], *correspondents = correspondents_link(station);
	guint32 neighbor = next_hop ? next_hop : station->device, own;
	const interface_t *interface = port_interface(link->port);

	return interface_own_address(interface, neighbor, &own, error) &&
	       arp_resolve(interface, neighbor, own, link->device_mac, error) &&
	       (correspondents == link || find_by_link_local(station, correspondents, error));
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
		if (finding->severity < DSMIPV4_WARN || dsmipv4_rule_is_item(finding->rule) ||
		    (finding->actor != station->actor && finding->actor != DSMIPV4_ACTOR_UNKNOWN))
			continue;
		const broken_t broken = {finding->rule, g_strdup(finding->words), evidence_count(station->evidence)};
		g_array_append_val(station->broken, broken);
		evidence_comment(station->evidence, "breaks %s: %s", dsmipv4_rule(finding->rule)->id, finding->words);
	}
}

static bool answer_arp(const station_t *station, const link_t *link, const heard_t *heard, GError **error)
{
	guint8 answer[ARP_FRAME];

	return !g_hash_table_contains(station->own, GUINT_TO_POINTER(heard->dst)) ||
	       !neighbors_answer_arp(heard, port_interface(link->port)->mac, answer) ||
	       port_send(link->port, answer, sizeof(answer), error);
}

static bool answer_nd(const station_t *station, const link_t *link, const heard_t *heard, GError **error)
{
	const guint8 *target = neighbors_target(heard, DSMIPV4_ND_NEIGHBOR_SOLICITATION);
	g_autoptr(GBytes) address = target ? g_bytes_new(target, IPV6_ADDR_LEN) : NULL;
	guint8 answer[ND_FRAME];

	if (!address || !g_hash_table_contains(station->own6, address))
		return true;
	neighbors_answer_nd(heard, port_interface(link->port)->mac, answer);
	return port_send(link->port, answer, sizeof(answer), error);
}

// Answers those who ask for the Ethernet address of what the station plays.
static bool answer_neighbor(const station_t *station, const link_t *link, const heard_t *heard, GError **error)
{
	if (heard->frame.is_outgoing)
		return true;
	return heard->kind == HEARD_ARP ? answer_arp(station, link, heard, error)
					: answer_nd(station, link, heard, error);
}

// Whether the frame comes from the device: from its address, or forwarded by it. Another Ethernet address that sends
// from its address is remembered.
static bool is_from_device(station_t *station, const link_t *link, const heard_t *heard)
{
	bool has_mac = memcmp(heard->frame.bytes + MAC_LENGTH, link->device_mac, MAC_LENGTH) == 0;

	if (heard->frame.is_outgoing || heard->kind == HEARD_OTHER || heard->kind == HEARD_ARP)
		return false;
	if (heard->kind == HEARD_IPV6 || heard->src != station->device)
		return has_mac && (heard->kind != HEARD_MESSAGE || station->actor != DSMIPV4_ACTOR_HA);
	station->has_impostor |= !has_mac;
	return true;
}

// ARP and the same of IPv6, which are answered meanwhile.
static bool is_neighbor_message(const heard_t *heard)
{
	return heard->kind == HEARD_ARP || neighbors_target(heard, DSMIPV4_ND_NEIGHBOR_SOLICITATION) ||
	       neighbors_target(heard, DSMIPV4_ND_NEIGHBOR_ADVERTISEMENT);
}

static bool take(station_t *station, const link_t *link, const frame_t *frame, station_fn function, gpointer data,
		 bool *is_content, GError **error)
{
	heard_t heard;

	heard_read(station->frame, frame, ++station->frames, &heard);
	if (heard.kind == HEARD_OTHER)
		return true;
	bool is_device = is_from_device(station, link, &heard);
	g_autofree char *summary = describe(&heard);
	evidence_add(station->evidence, frame,
		     frame->is_outgoing ? SENDER_DSMIPGEN
		     : is_device        ? SENDER_DEVICE
					: SENDER_OTHER,
		     summary);
	if (frame->is_outgoing && station->comment && !is_neighbor_message(&heard)) {
		evidence_comment(station->evidence, "%s", station->comment);
		station->comment = NULL;
		station->sent_time = frame->time;
	}
	const dsmipv4_verdicts_t *verdicts = judge_hear(station->judge, station->frame, &heard);
	if (is_device && verdicts)
		note_verdicts(station, verdicts);
	if (is_device && function)
		*is_content = function(&heard, data);
	return answer_neighbor(station, link, &heard, error);
}

// Takes the frames that wait, until the function is content.
static bool take_waiting(station_t *station, station_fn function, gpointer data, bool *is_content, GError **error)
{
	bool ok = true;

	for (const link_t *link = station->links; link < station->links + LINKS; link++) {
		frame_t frame;

		while (link->port && ok && !*is_content && port_receive(link->port, &frame)) {
			ok = take(station, link, &frame, function, data, is_content, error);
			wmem_free_all(station->frame);
		}
	}
	return ok;
}

bool station_hear(station_t *station, gint64 until, station_fn function, gpointer data, GError **error)
{
	struct pollfd events[LINKS];
	bool is_content = false;
	gint64 left;

	for (unsigned i = 0; i < LINKS; i++) {
		port_t *port = station->links[i].port;

		events[i] = (struct pollfd){.fd = port ? port_descriptor(port) : -1, .events = POLLIN};
	}

	while (take_waiting(station, function, data, &is_content, error) && !is_content &&
	       (left = until - schedule_now()) > 0)
		poll(events, LINKS, (int)(left / 1000000) + 1);
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

const dsmipv4_message_t *station_keep(station_t *station, const heard_t *heard)
{
	frame_t frame = heard->frame;
	heard_t kept;

	frame.bytes = wmem_memdup(station->test, frame.bytes, frame.length);
	heard_read(station->test, &frame, heard->packet.frame, &kept);
	return kept.message;
}

// RFC 1112 6.4, RFC 2464 7; false: the destination is one station.
static bool group_address(const heard_t *own, guint8 mac[MAC_LENGTH])
{
	const guint8 *to = own->frame.bytes + own->network + IPV6_DST_AT;

	if (own->kind == HEARD_IPV6 && to[0] == 0xff) {
		mac[0] = mac[1] = 0x33;
		memcpy(mac + 2, to + 12, 4);
	} else if (own->kind != HEARD_IPV6 && own->dst == INADDR_BROADCAST) {
		memset(mac, 0xff, MAC_LENGTH);
	} else if (own->kind != HEARD_IPV6 && IN_MULTICAST(own->dst)) {
		memcpy(mac, (guint8[]){1, 0, 0x5e, own->dst >> 16 & 0x7f, own->dst >> 8 & 0xff, own->dst & 0xff},
		       MAC_LENGTH);
	} else {
		return false;
	}
	return true;
}

// Puts the addresses of the link into the frame, and keeps what it was sent from.
static const link_t *address(station_t *station, const plan_t *plan, const heard_t *own)
{
	const link_t *link = own->kind == HEARD_IPV6 ? correspondents_link(station) : station->links;
	guint8 *frame = station->bytes->data;

	if (plan->destination_is_auto && !group_address(own, frame))
		memcpy(frame, link->device_mac, MAC_LENGTH);
	if (plan->source_is_auto)
		memcpy(frame + MAC_LENGTH, port_interface(link->port)->mac, MAC_LENGTH);
	if (own->kind == HEARD_IPV6)
		g_hash_table_add(station->own6, g_bytes_new(own->ipv6.src, sizeof(own->ipv6.src)));
	else if (own->kind != HEARD_OTHER)
		g_hash_table_add(station->own, GUINT_TO_POINTER(own->src));
	return link;
}

// Hears what is sent until it is heard itself: what came before it is no answer.
static bool hear_itself(station_t *station, const link_t *link, GError **error)
{
	frame_t frame;
	bool is_content = false, ok = true;

	while (ok && station->comment && port_receive(link->port, &frame)) {
		ok = take(station, link, &frame, NULL, NULL, &is_content, error);
		wmem_free_all(station->frame);
	}
	return ok;
}

bool station_send(station_t *station, plan_t *plan, sent_t *sent, const char *comment, GError **error)
{
	heard_t own;

	if (!build_packet(station->builder, plan, station->bytes, error))
		return false;
	const guint8 *kept = wmem_memdup(station->test, station->bytes->data, station->bytes->len);
	heard_read(station->test, &(frame_t){.bytes = kept, .length = station->bytes->len}, 1, &own);
	const link_t *link = address(station, plan, &own);
	station->comment = comment;
	if (!port_send(link->port, station->bytes->data, station->bytes->len, error))
		return false;
	*sent = (sent_t){own.message, layers_packet(&own)};
	return hear_itself(station, link, error);
}
