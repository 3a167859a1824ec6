// SPDX-License-Identifier: GPL-2.0-or-later
// A conversation that is given, message by message, to a binding table of its own.
#ifndef DSMIPV4_TEST_TALK_H
#define DSMIPV4_TEST_TALK_H

#include <glib.h>

#include "hex.h"
#include "rules/dispatch.h"
#include "wire.h"

#define TALK_BEGIN 1700000000 // 2023-11-14 22:13:20, the timestamp of ID

typedef struct {
	wmem_allocator_t *alloc;
	dsmipv4_bindings_t *bindings;
	const dsmipv4_keys_t *keys; // NULL: none
	uint32_t frame;             // of the latest message
	GPtrArray *bytes;           // of all messages, each in a buffer of its size

	// The latest message.
	dsmipv4_packet_t packet;
	const dsmipv4_message_t *message;
	const dsmipv4_event_t *event;
} talk_t;

// One IP and UDP header.
typedef struct {
	uint32_t src, dst;
	uint16_t sport, dport;
} hop_t;

// Headers between the actors of dsmipgen's scenarios.
extern const hop_t MN_HA, HA_MN;           // co-located care-of address 192.0.2.33
extern const hop_t MN2_HA, HA_MN2;         // another one, 192.0.2.34
extern const hop_t MN_FA, FA_MN;           // home address and foreign agent
extern const hop_t FA_HA, HA_FA;           // the foreign agent's relaying
extern const hop_t PRIVATE_HA, HA_PRIVATE; // 10.0.0.33
extern const hop_t NAT_HA, HA_NAT;         // 192.0.2.200
extern const hop_t BARE_FA, FA_BARE;       // 0.0.0.0 to the foreign agent, which answers by broadcast
extern const hop_t MN_HA2, HA2_MN;         // another home agent, 198.51.100.2

void talk_begin(talk_t *t);
void talk_end(talk_t *t);

// As the fixture of g_test_add().
void talk_setup(talk_t *t, const void *unused);
void talk_teardown(talk_t *t, const void *unused);

// The next message, in a frame of its own, `at` milliseconds from TALK_BEGIN on.
const dsmipv4_event_t *talk(talk_t *t, hop_t hop, int64_t at, const char *hex);

// The same with all of the packet's header values given, except for the frame.
const dsmipv4_event_t *talk_packet(talk_t *t, const dsmipv4_packet_t *packet, const hex_t *hex, bool fragment);

// Judge the latest message; `options` NULL: all rules, the optional ones too.
dsmipv4_verdicts_t *talk_judge(talk_t *t, const dsmipv4_options_t *options);

// The bindings of the event's node as of the latest frame, 0 and NULL where there are none.
const dsmipv4_version_t *talk_state(const talk_t *t, const dsmipv4_event_t *event);
unsigned talk_count(const talk_t *t, const dsmipv4_event_t *event);

#endif
