// SPDX-License-Identifier: GPL-2.0-or-later
// Scenarios -> the packets of the rounds of `send`, one after another.
#ifndef DSMIPGEN_SEND_LOOP_H
#define DSMIPGEN_SEND_LOOP_H

#include "population/population.h"
#include "send/next_hop.h"

// What a round is made of. All of it belongs to the caller.
typedef struct {
	const GPtrArray *scenarios; // of scenario_t, sent one after the other
	population_options_t population;
	bool is_filtered; // only packets to this IPv4 address
	guint32 to;
} send_loop_options_t;

// A thread has one of its own.
typedef struct send_loop send_loop_t;

// Fails where nothing is left to send.
send_loop_t *send_loop_new(const send_loop_options_t *options, GError **error);
void send_loop_free(send_loop_t *loop);

// Compares packets with those that are built one by one; see population_check().
bool send_loop_self_check(const send_loop_options_t *options, GError **error);

// Whether all packets are untagged IPv4; `send --raw` takes nothing else.
bool send_loop_check_ipv4(send_loop_t *loop, GError **error);

// Whether all packets fit an interface.
bool send_loop_check_mtu(send_loop_t *loop, const interface_t *interface, GError **error);

// Whether the next hop of every packet can be known: no neighbors are asked for that differ from node to node.
bool send_loop_check_route(send_loop_t *loop, const next_hops_t *hops, GError **error);

// Finds the Ethernet addresses that the scenarios do not give.
bool send_loop_route(send_loop_t *loop, next_hops_t *hops, GError **error);

// Whether packets get comments.
void send_loop_comment(send_loop_t *loop, bool makes_comments);

// Frames of a round for each node.
guint64 send_loop_packets(const send_loop_t *loop);

// Begins a round of some of the nodes, its first packet sent at start, in microseconds since 1970.
void send_loop_begin(send_loop_t *loop, gint64 start, guint32 first, guint32 nodes);

// The next packet, valid until the one after it is asked for; false at the end of the round.
bool send_loop_next(send_loop_t *loop, packet_t *packet);

// Nanoseconds to the next packet by the scenario, or to the next round.
gint64 send_loop_gap(const send_loop_t *loop);

// Sets when the next packet is really sent, for the times in the packets after it.
void send_loop_follow(send_loop_t *loop, gint64 time);

// Name of a packet of the round, "coa_mode step request", for errors; free with g_free().
char *send_loop_step(const send_loop_t *loop, const packet_t *packet);

#endif
