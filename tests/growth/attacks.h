// SPDX-License-Identifier: GPL-2.0-or-later
// Captures that are made to cost more than their size: each grows with a number n, to be taken at n, 2n, 4n and 8n.
#ifndef DSMIPV4_ATTACKS_H
#define DSMIPV4_ATTACKS_H

#include <stdint.h>

typedef struct {
	int64_t at; // milliseconds from the first packet on
	uint32_t src, dst;
	uint8_t protocol;      // of IPv4: 17 for a message, else that of a tunnel
	uint16_t sport, dport; // where it is UDP
	const uint8_t *payload;
	uint32_t len;
} attack_packet_t;

// Called for each packet in turn; its payload is valid until it returns.
typedef void (*attack_sink_t)(const attack_packet_t *packet, void *user);

typedef struct {
	const char *name;
	unsigned n; // the least size that is worth measuring
	void (*make)(unsigned n, attack_sink_t sink, void *user);
} attack_t;

extern const attack_t attacks[];
extern const unsigned n_attacks;

#endif
