// SPDX-License-Identifier: GPL-2.0-or-later
// The core alone reads the captures that dsmipgen wrote.
//
// IPv4 over Ethernet is read here in the simplest way. Captures with fragments, which Wireshark puts together, are left
// to the tests that start tshark.
#ifndef DSMIPV4_TEST_CORPUS_H
#define DSMIPV4_TEST_CORPUS_H

#include "match/tunnel_history.h"
#include "pcapng.h"
#include "rules/memo.h"

typedef bool rules_t[DSMIPV4_RULE_COUNT];

typedef struct {
	wmem_allocator_t *alloc;
	dsmipv4_options_t options;
	dsmipv4_bindings_t *bindings;
	dsmipv4_tunnel_histories_t *histories;
	dsmipv4_memo_t *memo; // NULL: each packet is judged by itself
	int64_t end;          // time of the latest message or packet in a tunnel
	bool again;           // the frames are seen for the second time
} reader_t;

// A frame, and what was said of it.
typedef struct {
	const frame_t *frame;
	uint32_t number;
	const dsmipv4_event_t *event;
	rules_t of_message, of_packet;
	dsmipv4_match_t match;              // of a packet in a tunnel; its tunnel is gone
	const dsmipv4_verdicts_t *verdicts; // of that packet, NULL: there is none
} visit_t;

// An empty table, every rule on, and the keys of dsmipgen's nodes.
void corpus_begin(reader_t *r);
void corpus_end(reader_t *r);

// A visit for each frame of the capture; the caller frees them.
visit_t *corpus_visits(const pcapng_t *capture);

// Judge a frame, for the first time or again.
void corpus_read_frame(reader_t *r, visit_t *v);

// A test "/NAME/FILE" for each capture without fragments, and one that they are not too few.
void corpus_add_tests(const char *name, void (*judge)(const pcapng_t *capture));

#endif
