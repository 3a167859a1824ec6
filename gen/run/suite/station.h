// SPDX-License-Identifier: GPL-2.0-or-later
// The runner's place in the network: what it sends, and what it hears of the device under test.
#ifndef DSMIPGEN_STATION_H
#define DSMIPGEN_STATION_H

#include "packet/plan.h"
#include "run/suite/device.h"
#include "run/evidence/evidence.h"
#include "run/suite/judge.h"

typedef struct station station_t;

// A rule that the device broke.
typedef struct {
	dsmipv4_rule_id_t rule;
	char *words;
	guint frame; // of the evidence, from 1
} broken_t;

// What was sent.
typedef struct {
	const dsmipv4_message_t *message; // in the packet; NULL: none. Lives until station_begin()
	GBytes *packet;                   // see layers_packet(); the caller's
} sent_t;

// Called for each frame of the device; true ends the waiting. The frame lives as long as the call.
typedef bool (*station_fn)(const heard_t *heard, gpointer data);

// A station on an interface, and on that of the correspondent nodes (NULL: the same), where IPv6 goes that is in no
// tunnel. Everything that is given must live as long.
station_t *station_new(const interface_t *interface, const interface_t *correspondents, const actors_t *actors,
		       const device_t *device, evidence_t *evidence, GError **error);
// A station without interfaces, which hears and sends again what is in evidence. links: the Ethernet addresses at both
// ends of its links, as station_links() has told them.
station_t *station_again(const actors_t *actors, const device_t *device, evidence_t *evidence, const char *const *links,
			 GError **error);
void station_free(station_t *station);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(station_t, station_free)

// Finds the device's Ethernet address by ARP: that of the next hop, or of the device itself (0). On an interface of its
// own for correspondent nodes, that of its link-local address there.
bool station_find_device(station_t *station, guint32 next_hop, GError **error);

// The Ethernet addresses at both ends of its links, a text for each, NULL at the end. Free with g_strfreev().
char **station_links(const station_t *station);

// Of station_again(): what it hears from now on. The evidence must live until the next call.
void station_rewind(station_t *station, evidence_t *recorded);

// The time: microseconds since 1970. It is kept in the evidence, and taken from what was recorded.
gint64 station_clock(station_t *station, GError **error);

// Runs the command of a hook, or takes what was recorded of that. False with an error if nothing was. What it came to
// lives until station_begin().
bool station_call(station_t *station, const char *command, const evidence_call_t **call, GError **error);

// Sends a packet to the device, as a plan has it. comment goes into the evidence.
bool station_send(station_t *station, plan_t *plan, sent_t *sent, const char *comment, GError **error);

// Hears for a time, in nanoseconds, or until the function is content. It is asked of frames of the device only. What
// was recorded is heard up to that time from `since` on, nanoseconds since 1970. Returns whether it was content.
bool station_hear(station_t *station, gint64 since, gint64 time, station_fn function, gpointer data, GError **error);

// A copy of a message that was heard, which lives until station_begin().
const dsmipv4_message_t *station_keep(station_t *station, const heard_t *heard);

// When the latest packet left, by the kernel; nanoseconds since 1970.
gint64 station_sent_time(const station_t *station);

// A test begins: what was broken is forgotten, and what waits is heard.
bool station_begin(station_t *station, GError **error);

// What the device has broken since then (broken_t), of severity warning and above; and whether a rule was judged and
// held, and never broken.
const GArray *station_broken(const station_t *station);
bool station_held(const station_t *station, dsmipv4_rule_id_t rule);

// Whether somebody else sent from the device's address.
bool station_has_impostor(const station_t *station);

const judge_t *station_judge(const station_t *station);

#endif
