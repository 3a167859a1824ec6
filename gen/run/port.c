// SPDX-License-Identifier: GPL-2.0-or-later
// An interface to send frames on and to hear all frames of, with the times that the kernel gives them.
//
// A packet socket does not hear what it sends itself. So there are two: what is sent through one is heard and timed
// by the other, at the same place as what comes in.
#include "run/port.h"

#include "send/packet_socket.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	MOST_BYTES = 65536 + ETH_HLEN,
	QUEUE = 4 << 20, // bytes of frames that wait
};

struct port {
	const interface_t *interface;
	int sends;
	int hears;
	guint8 bytes[MOST_BYTES];
};

static int open_socket(const interface_t *interface, int protocol)
{
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons((uint16_t)protocol),
		.sll_ifindex = interface->index,
	};
	int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (descriptor >= 0 && bind(descriptor, (struct sockaddr *)&here, sizeof(here)) != 0) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

static bool prepare_hearing(const port_t *port, bool hears_own)
{
	struct packet_mreq everything = {.mr_ifindex = port->interface->index, .mr_type = PACKET_MR_PROMISC};
	int yes = 1, ignores_own = !hears_own, size = QUEUE;

	setsockopt(port->hears, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)); // as much of it as is allowed
	return setsockopt(port->hears, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &everything, sizeof(everything)) == 0 &&
	       setsockopt(port->hears, SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignores_own, sizeof(ignores_own)) == 0 &&
	       setsockopt(port->hears, SOL_PACKET, PACKET_AUXDATA, &yes, sizeof(yes)) == 0 &&
	       setsockopt(port->hears, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes)) == 0;
}

port_t *port_open(const interface_t *interface, bool hears_own, GError **error)
{
	port_t *port = g_new0(port_t, 1);

	port->interface = interface;
	port->sends = open_socket(interface, 0);
	port->hears = open_socket(interface, ETH_P_ALL);
	if (port->sends >= 0 && port->hears >= 0 && prepare_hearing(port, hears_own))
		return port;
	if (errno == EPERM || errno == EACCES)
		fail(error, GEN_ERROR_ENVIRONMENT,
		     "no permission for packets on %s; expected root or the capability CAP_NET_RAW", interface->name);
	else
		fail(error, GEN_ERROR_ENVIRONMENT, "cannot open %s: %s", interface->name, g_strerror(errno));
	port_close(port);
	return NULL;
}

void port_close(port_t *port)
{
	if (port->sends >= 0)
		close(port->sends);
	if (port->hears >= 0)
		close(port->hears);
	g_free(port);
}

const interface_t *port_interface(const port_t *port)
{
	return port->interface;
}

int port_descriptor(const port_t *port)
{
	return port->hears;
}

bool port_receive(port_t *port, frame_t *frame)
{
	packet_received_t received;

	if (!packet_receive(port->hears, port->bytes, sizeof(port->bytes), &received) || received.length < ETH_HLEN)
		return false;
	*frame = (frame_t){
		.bytes = port->bytes,
		.length = received.length,
		.time = received.time,
		.is_outgoing = received.is_outgoing,
		.is_unsummed = received.is_unsummed,
	};
	return true;
}

bool port_send(port_t *port, const guint8 *bytes, gsize length, GError **error)
{
	if (send(port->sends, bytes, length, 0) == (ssize_t)length)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot send %" G_GSIZE_FORMAT " bytes on %s: %s", length,
	     port->interface->name, g_strerror(errno));
	return false;
}
