// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of a packet socket, with what the kernel tells of them.
#ifndef DSMIPGEN_PACKET_SOCKET_H
#define DSMIPGEN_PACKET_SOCKET_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
	gsize length;
	gint64 time;      // nanoseconds since 1970, by the kernel; without SO_TIMESTAMPNS: now
	bool is_outgoing; // sent by this machine
	bool is_unsummed; // the UDP checksum is still to be computed; needs PACKET_AUXDATA
} packet_received_t;

// Takes one packet that has arrived, without waiting for it; false: there is none, or the socket has an error.
bool packet_receive(int descriptor, void *bytes, gsize room, packet_received_t *received);

#endif
