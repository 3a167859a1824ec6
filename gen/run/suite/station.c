// SPDX-License-Identifier: GPL-2.0-or-later
// The runner's place in the network: what it sends, and what it hears of the device under test.
#include "run/suite/station.h"

#include "language/parse.h"
#include "packet/build.h"
#include "packet/fragment.h"
#include "run/describe.h"
#include "run/fragments.h"
#include "run/layers.h"
#include "run/neighbors.h"
#include "run/suite/frame_words.h"
#include "run/suite/hook.h"
#include "run/evidence/recorded.h"
#include "send/arp.h"
#include "send/schedule.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
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
	bool is_there; // false: it is LINK_MAIN
	port_t *port;  // NULL: what was recorded is heard
	guint8 mac[MAC_LENGTH];
	guint8 device_mac[MAC_LENGTH];
	fragments_t *fragments; // of packets that are not whole yet
} link_t;

struct station {
	evidence_t *evidence;
	link_t links[LINKS];
	bool is_again;       // nothing is sent or heard but
	recorded_t recorded; // this
	builder_t *builder;
	judge_t *judge;
	GByteArray *bytes;       // of the packet that is built
	GByteArray *part;        // of a fragment of it
	wmem_allocator_t *frame; // lives as long as a frame
	wmem_allocator_t *test;  // lives as long as a test
	GHashTable *own;         // IPv4 addresses that were sent from, which ARP is answered for
	GHashTable *own6;        // IPv6 addresses of correspondent nodes, the same (GBytes)
	dsmipv4_actor_t actor;   // what the device is
	guint32 device;
	guint8 device_link_local[16];
	guint32 frames;  // of all tests
	guint32 earlier; // of those before the test
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

static bool open_link(link_t *link, const interface_t *interface, GError **error)
{
	link->port = port_open(interface, true, error);
	link->is_there = link->port;
	memcpy(link->mac, interface->mac, MAC_LENGTH);
	return link->is_there;
}

static bool open_links(station_t *station, const interface_t *interface, const interface_t *correspondents,
		       GError **error)
{
	return open_link(&station->links[LINK_MAIN], interface, error) &&
	       (!correspondents || open_link(&station->links[LINK_CORRESPONDENTS], correspondents, error));
}

static dsmipv4_actor_t actor_of(const device_t *device)
{
	if (strcmp(device->role, "ha") == 0)
		return DSMIPV4_ACTOR_HA;
	return strcmp(device->role, "mn") == 0 ? DSMIPV4_ACTOR_MN : DSMIPV4_ACTOR_FA;
}

// A station without links; NULL with an error.
static station_t *prepare(const actors_t *actors, const device_t *device, evidence_t *evidence, GError **error)
{
	g_autoptr(station_t) station = g_new0(station_t, 1);

	station->evidence = evidence;
	station->bytes = g_byte_array_new();
	station->part = g_byte_array_new();
	for (unsigned i = 0; i < LINKS; i++)
		station->links[i].fragments = fragments_new();
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
	return station->builder ? g_steal_pointer(&station) : NULL;
}

station_t *station_new(const interface_t *interface, const interface_t *correspondents, const actors_t *actors,
		       const device_t *device, evidence_t *evidence, GError **error)
{
	g_autoptr(station_t) station = prepare(actors, device, evidence, error);

	return station && open_links(station, interface, correspondents, error) ? g_steal_pointer(&station) : NULL;
}

#define MAC_FORMAT "%02x:%02x:%02x:%02x:%02x:%02x"
#define MAC_VALUES(m) (m)[0], (m)[1], (m)[2], (m)[3], (m)[4], (m)[5]

char **station_links(const station_t *station)
{
	g_autoptr(GStrvBuilder) links = g_strv_builder_new();

	for (const link_t *link = station->links; link < station->links + LINKS && link->is_there; link++) {
		g_autofree char *text =
			g_strdup_printf(MAC_FORMAT " " MAC_FORMAT, MAC_VALUES(link->mac), MAC_VALUES(link->device_mac));

		g_strv_builder_add(links, text);
	}
	return g_strv_builder_end(links);
}

// Two Ethernet addresses, as station_links() writes them.
static bool read_link(const char *text, link_t *link)
{
	guint v[2 * MAC_LENGTH];
	int end = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x %2x:%2x:%2x:%2x:%2x:%2x%n", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5],
		   &v[6], &v[7], &v[8], &v[9], &v[10], &v[11], &end) != 2 * MAC_LENGTH ||
	    text[end] != '\0')
		return false;
	for (guint i = 0; i < MAC_LENGTH; i++) {
		link->mac[i] = (guint8)v[i];
		link->device_mac[i] = (guint8)v[MAC_LENGTH + i];
	}
	link->is_there = true;
	return true;
}

station_t *station_again(const actors_t *actors, const device_t *device, evidence_t *evidence, const char *const *links,
			 GError **error)
{
	g_autoptr(station_t) station = prepare(actors, device, evidence, error);
	guint count = g_strv_length((char **)links);

	if (!station)
		return NULL;
	station->is_again = true;
	for (guint i = 0; i < MIN(count, LINKS); i++)
		if (!read_link(links[i], &station->links[i]))
			count = 0;
	if (count >= 1 && count <= LINKS)
		return g_steal_pointer(&station);
	fail(error, GEN_ERROR_ENVIRONMENT, "the evidence does not tell the Ethernet addresses of its links");
	return NULL;
}

void station_free(station_t *station)
{
	for (unsigned i = 0; i < LINKS; i++) {
		g_clear_pointer(&station->links[i].port, port_close);
		fragments_free(station->links[i].fragments);
	}
	g_clear_pointer(&station->builder, builder_free);
	judge_free(station->judge);
	g_array_unref(station->broken);
	g_hash_table_unref(station->own);
	g_hash_table_unref(station->own6);
	wmem_destroy_allocator(station->test);
	wmem_destroy_allocator(station->frame);
	g_byte_array_unref(station->bytes);
	g_byte_array_unref(station->part);
	g_free(station);
}

// The link that correspondent nodes are on.
static link_t *correspondents_link(station_t *station)
{
	return &station->links[station->links[LINK_CORRESPONDENTS].is_there ? LINK_CORRESPONDENTS : LINK_MAIN];
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
		const broken_t broken = {finding->rule, frame_words(finding->words, station->earlier),
					 evidence_count(station->evidence)};
		g_array_append_val(station->broken, broken);
		evidence_comment(station->evidence, "breaks %s: %s", dsmipv4_rule(broken.rule)->id, broken.words);
	}
}

static bool answer_arp(const station_t *station, const link_t *link, const heard_t *heard, GError **error)
{
	guint8 answer[ARP_FRAME];

	return !g_hash_table_contains(station->own, GUINT_TO_POINTER(heard->dst)) ||
	       !neighbors_answer_arp(heard, link->mac, answer) || port_send(link->port, answer, sizeof(answer), error);
}

static bool answer_nd(const station_t *station, const link_t *link, const heard_t *heard, GError **error)
{
	const guint8 *target = neighbors_target(heard, DSMIPV4_ND_NEIGHBOR_SOLICITATION);
	g_autoptr(GBytes) address = target ? g_bytes_new(target, IPV6_ADDR_LEN) : NULL;
	guint8 answer[ND_FRAME];

	if (!address || !g_hash_table_contains(station->own6, address))
		return true;
	neighbors_answer_nd(heard, link->mac, answer);
	return port_send(link->port, answer, sizeof(answer), error);
}

// Answers those who ask for the Ethernet address of what the station plays.
static bool answer_neighbor(const station_t *station, const link_t *link, const heard_t *heard, GError **error)
{
	if (heard->frame.is_outgoing || station->is_again)
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

// Takes a frame into the evidence, and the time of one that was sent.
static void keep_frame(station_t *station, const link_t *link, const heard_t *heard)
{
	const frame_t *frame = &heard->frame;
	g_autofree char *summary = describe(heard);
	sender_t sender = frame->is_outgoing                     ? SENDER_DSMIPGEN
			  : is_from_device(station, link, heard) ? SENDER_DEVICE
								 : SENDER_OTHER;

	evidence_add(station->evidence, frame, (guint)(link - station->links), sender, summary);
	if (!frame->is_outgoing || !station->comment || is_neighbor_message(heard))
		return;
	evidence_comment(station->evidence, "%s", station->comment);
	station->comment = NULL;
	station->sent_time = frame->time;
}

// Takes a whole packet.
static bool take_packet(station_t *station, const link_t *link, const heard_t *heard, station_fn function,
			gpointer data, bool *is_content, GError **error)
{
	const dsmipv4_verdicts_t *verdicts = judge_hear(station->judge, station->frame, heard);
	bool is_device = is_from_device(station, link, heard);

	if (is_device && verdicts)
		note_verdicts(station, verdicts);
	if (is_device && function)
		*is_content = function(heard, data);
	return answer_neighbor(station, link, heard, error);
}

static bool take(station_t *station, const link_t *link, const frame_t *frame, station_fn function, gpointer data,
		 bool *is_content, GError **error)
{
	heard_t heard;

	heard_read(station->frame, frame, station->frames + 1, &heard);
	if (heard.kind == HEARD_OTHER)
		return true;
	station->frames++;
	keep_frame(station, link, &heard);
	bool is_fragment = heard.kind == HEARD_FRAGMENT;
	if (!fragments_join(link->fragments, station->frame, &heard))
		return true;
	if (is_fragment) {
		g_autofree char *summary = describe(&heard);
		evidence_comment(station->evidence, "with the fragments before: %s", summary);
	}
	return take_packet(station, link, &heard, function, data, is_content, error);
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

// Takes what was recorded up to a time, nanoseconds since 1970, until the function is content.
static bool take_recorded(station_t *station, gint64 until, station_fn function, gpointer data, bool *is_content,
			  GError **error)
{
	frame_t frame;
	guint link;
	bool ok = true;

	while (ok && !*is_content && recorded_hear(&station->recorded, until, &frame, &link)) {
		ok = take(station, &station->links[link], &frame, function, data, is_content, error);
		wmem_free_all(station->frame);
	}
	return ok;
}

bool station_hear(station_t *station, gint64 since, gint64 time, station_fn function, gpointer data, GError **error)
{
	struct pollfd events[LINKS];
	bool is_content = false;
	gint64 until = schedule_now() + time, left;

	if (station->is_again)
		return take_recorded(station, since + time, function, data, &is_content, error) && is_content;
	for (unsigned i = 0; i < LINKS; i++) {
		port_t *port = station->links[i].port;

		events[i] = (struct pollfd){.fd = port ? port_descriptor(port) : -1, .events = POLLIN};
	}
	while (take_waiting(station, function, data, &is_content, error) && !is_content &&
	       (left = until - schedule_now()) > 0)
		poll(events, LINKS, (int)(left / 1000000) + 1);
	return is_content;
}

// Takes what came since the test before.
static bool take_late(station_t *station, GError **error)
{
	bool is_content = false, ok = true;

	if (!station->is_again)
		return take_waiting(station, NULL, NULL, &is_content, error);
	for (guint left = evidence_facts(station->recorded.evidence)->late; ok && left > 0; left--) {
		frame_t frame;
		guint link;

		ok = recorded_hear(&station->recorded, G_MAXINT64, &frame, &link) &&
		     take(station, &station->links[link], &frame, NULL, NULL, &is_content, error);
		wmem_free_all(station->frame);
	}
	return ok;
}

bool station_begin(station_t *station, GError **error)
{
	evidence_clear(station->evidence);
	station->earlier = station->frames;
	bool ok = take_late(station, error);
	evidence_facts(station->evidence)->late = evidence_count(station->evidence);
	wmem_free_all(station->test);
	g_array_set_size(station->broken, 0);
	memset(station->held, 0, sizeof(station->held));
	station->has_impostor = false;
	return ok;
}

void station_rewind(station_t *station, evidence_t *recorded)
{
	station->recorded = (recorded_t){.evidence = recorded};
}

gint64 station_clock(station_t *station, GError **error)
{
	gint64 now = station->is_again ? recorded_clock(&station->recorded, error) : g_get_real_time();

	g_array_append_val(evidence_facts(station->evidence)->clock, now);
	return now;
}

bool station_call(station_t *station, const char *command, const evidence_call_t **call, GError **error)
{
	const evidence_call_t *recorded = station->is_again ? recorded_call(&station->recorded, error) : NULL;
	g_autofree char *output = recorded ? g_strdup(recorded->output) : NULL;
	const GArray *calls = evidence_facts(station->evidence)->calls;

	if (station->is_again && !recorded)
		return false;
	int status = recorded ? recorded->status : hook_run(command, &output);
	evidence_add_call(station->evidence, status, output);
	*call = &g_array_index(calls, evidence_call_t, calls->len - 1);
	return true;
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
		memcpy(frame + MAC_LENGTH, link->mac, MAC_LENGTH);
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

// The same of what was recorded.
static bool send_again(station_t *station, const GByteArray *bytes, const char *comment, GError **error)
{
	frame_t frame;
	guint link;
	bool is_content = false;

	if (!take_recorded(station, G_MAXINT64, NULL, NULL, &is_content, error) ||
	    !recorded_send(&station->recorded, comment, bytes->data, bytes->len, &frame, &link, error))
		return false;
	bool ok = take(station, &station->links[link], &frame, NULL, NULL, &is_content, error);
	wmem_free_all(station->frame);
	return ok;
}

static bool send_frame(station_t *station, const link_t *link, const GByteArray *bytes, const char *comment,
		       GError **error)
{
	station->comment = comment;
	if (station->is_again)
		return send_again(station, bytes, comment, error);
	return port_send(link->port, bytes->data, bytes->len, error) && hear_itself(station, link, error);
}

// Sends the packet that was built, whole or in fragments.
static bool send_packet(station_t *station, const link_t *link, const cutting_t *cutting, const char *comment,
			GError **error)
{
	bool ok = true;

	if (cutting->count == 1 && cutting->sent == 1)
		return send_frame(station, link, station->bytes, comment, error);
	for (guint i = 0; ok && i < cutting->sent; i++) {
		guint index = fragment_at(cutting, i);
		const char *part =
			wmem_strdup_printf(station->test, "%s, fragment %u of %u", comment, index + 1, cutting->count);

		fragment_make(cutting, station->bytes, index, station->part);
		ok = send_frame(station, link, station->part, part, error);
	}
	return ok;
}

bool station_send(station_t *station, plan_t *plan, sent_t *sent, const char *comment, GError **error)
{
	heard_t own;
	cutting_t cutting;

	if (!build_packet(station->builder, plan, station->bytes, error) || !fragment_plan(plan, &cutting, error))
		return false;
	const guint8 *kept = wmem_memdup(station->test, station->bytes->data, station->bytes->len);
	heard_read(station->test, &(frame_t){.bytes = kept, .length = station->bytes->len}, 1, &own);
	const link_t *link = address(station, plan, &own);
	if (!send_packet(station, link, &cutting, comment, error))
		return false;
	*sent = (sent_t){own.message, layers_packet(&own)};
	return true;
}
