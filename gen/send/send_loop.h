// SPDX-License-Identifier: GPL-2.0-or-later
// Scenarios -> the packets of the rounds of `send`, one after another.
#ifndef DSMIPGEN_SEND_LOOP_H
#define DSMIPGEN_SEND_LOOP_H

#include "population/population.h"
#include "send/next_hop.h"

// What a round is made of. All of it belongs to the caller.
struct send_loop_options {
	const GPtrArray *scenarios; // of struct scenario, sent one after the other
	struct population_options population;
	bool is_filtered; // only packets to this IPv4 address
	guint32 to;
};

// A thread has one of its own.
struct send_loop;

// Fails where nothing is left to send.
struct send_loop *send_loop_new(const struct send_loop_options *options, GError **error);
void send_loop_free(struct send_loop *loop);

// Compares packets with those that are built one by one; see population_check().
bool send_loop_self_check(const struct send_loop_options *options, GError **error);

// Whether all packets are untagged IPv4; `send --raw` takes nothing else.
bool send_loop_check_ipv4(struct send_loop *loop, GError **error);

// Whether all packets fit an interface.
bool send_loop_check_mtu(struct send_loop *loop, const struct interface *interface, GError **error);

// Whether the next hop of every packet can be known: no neighbors are asked for that differ from node to node.
bool send_loop_check_route(struct send_loop *loop, const struct next_hops *hops, GError **error);

// Finds the Ethernet addresses that the scenarios do not give.
bool send_loop_route(struct send_loop *loop, struct next_hops *hops, GError **error);

// Frames of a round for each node.
guint64 send_loop_packets(const struct send_loop *loop);

// Begins a round of some of the nodes, its first packet sent at start, in microseconds since 1970.
void send_loop_begin(struct send_loop *loop, gint64 start, guint32 first, guint32 nodes);

// The next packet, valid until the one after it is asked for; false at the end of the round.
bool send_loop_next(struct send_loop *loop, struct packet *packet);

// Nanoseconds to the next packet by the scenario, or to the next round.
gint64 send_loop_gap(const struct send_loop *loop);

// Sets when the next packet is really sent, for the times in the packets after it.
void send_loop_follow(struct send_loop *loop, gint64 time);

// Name of a packet of the round, "coa_mode step request", for errors; free with g_free().
char *send_loop_step(const struct send_loop *loop, const struct packet *packet);

#endif
