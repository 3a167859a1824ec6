// SPDX-License-Identifier: GPL-2.0-or-later
// An interface to send frames on and to hear all frames of, with the times that the kernel gives them.
#ifndef DSMIPGEN_PORT_H
#define DSMIPGEN_PORT_H

#include "send/interface.h"

typedef struct port port_t;

// A frame as it was on the wire, from the Ethernet header on.
typedef struct {
	const guint8 *bytes; // valid until the port is asked for the next one
	gsize length;
	gint64 time;      // nanoseconds since 1970, by the kernel
	bool is_outgoing; // sent by this machine
	bool is_unsummed; // the UDP checksum is still to be computed: the frame comes from a kernel of this machine
} frame_t;

// Opens an interface. hears_own: frames that this machine sends are heard, too. Needs root or CAP_NET_RAW. The
// interface must live as long as the port.
port_t *port_open(const interface_t *interface, bool hears_own, GError **error);
void port_close(port_t *port);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(port_t, port_close)

// The interface as it was given.
const interface_t *port_interface(const port_t *port);

// For poll(): readable when a frame waits.
int port_descriptor(const port_t *port);

// The next frame that waits; false: there is none.
bool port_receive(port_t *port, frame_t *frame);

// Sends a frame. A frame that the kernel refuses is an error.
bool port_send(port_t *port, const guint8 *bytes, gsize length, GError **error);

#endif
