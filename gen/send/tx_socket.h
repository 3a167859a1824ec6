// SPDX-License-Identifier: GPL-2.0-or-later
// Packets -> an interface, through a libnet socket that is bound to it.
#ifndef DSMIPGEN_TX_SOCKET_H
#define DSMIPGEN_TX_SOCKET_H

#include "packet/source.h"
#include "send/interface.h"

#include <stdatomic.h>

typedef struct tx_socket tx_socket_t;

// What became of a packet.
typedef enum {
	TX_SENT,
	TX_REFUSED, // by the kernel, errno says why; another packet may do better
	TX_BROKEN,  // errno says why; no further packet can be sent
	TX_STOPPED, // told to stop while the queue was full
} tx_outcome_t;

// Whole Ethernet frames, or with is_raw IPv4 packets that the kernel routes, out of this interface alone.
tx_socket_t *tx_socket_open(const interface_t *interface, bool is_raw, GError **error);
void tx_socket_close(tx_socket_t *socket);

#define TX_MOST 64 // packets sent together

// Sends up to TX_MOST packets, and returns how many were sent before the first that was not; outcome tells of that
// one. While the queue is full (EAGAIN, ENOBUFS) a packet is tried again for a second at most, and retries counts
// the attempts. Returns early when stop becomes true.
unsigned tx_socket_send(tx_socket_t *socket, const packet_t *packets, unsigned count, const atomic_bool *stop,
			guint64 *retries, tx_outcome_t *outcome);

#endif
