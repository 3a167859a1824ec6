// SPDX-License-Identifier: GPL-2.0-or-later
// A thread that receives registration replies on an interface: UDP over IPv4, whose first byte is the type of a reply.
#include "send/receiver.h"

#include "send/packet_socket.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BUFFER_BYTES (16 * 1024 * 1024) // of the kernel, for a burst of replies
#define PACKET_BYTES 65536

enum {
	IPV4_PROTOCOL = 9, // RFC 791 3.1
	IPV4_FRAGMENT = 6,
	FRAGMENT = 0x3fff, // more fragments, or an offset
	PROTOCOL_UDP = 17,
	UDP_LENGTH = 8,
	TYPE_REPLY = 3, // RFC 5944 3.4
};

struct receiver {
	answers_t *answers;
	GThread *thread;
	int socket;
	int stop; // eventfd
	guint8 packet[PACKET_BYTES];
};

// Packets come without their Ethernet header. A node's address is not one of this machine, so that only a packet socket
// receives what is sent to it.
static bool set_up(int descriptor, const interface_t *interface)
{
	struct sock_filter replies[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, IPV4_PROTOCOL),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTOCOL_UDP, 0, 6),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, IPV4_FRAGMENT),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, FRAGMENT, 4, 0),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, UDP_LENGTH),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TYPE_REPLY, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, PACKET_BYTES),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog filter = {G_N_ELEMENTS(replies), replies};
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = interface->index,
	};
	int size = BUFFER_BYTES;
	int yes = 1;

	setsockopt(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof(yes)); // see take_packet()
	if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
		setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes)) == 0 &&
	       setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) == 0 &&
	       bind(descriptor, (struct sockaddr *)&here, sizeof(here)) == 0;
}

// Takes one packet that has arrived; false if there is none. Before Linux 4.20 what goes out is received too.
static bool take_packet(receiver_t *receiver)
{
	packet_received_t received;

	if (!packet_receive(receiver->socket, receiver->packet, PACKET_BYTES, &received))
		return false;
	gsize start = received.length > 0 ? 4 * (gsize)(receiver->packet[0] & 0xf) + UDP_LENGTH : 0;
	if (!received.is_outgoing && start > 0 && start < received.length)
		answers_take(receiver->answers, receiver->packet + start, received.length - start, received.time);
	return true;
}

static gpointer run(gpointer data)
{
	receiver_t *receiver = data;
	struct pollfd events[] = {
		{.fd = receiver->socket, .events = POLLIN},
		{.fd = receiver->stop, .events = POLLIN},
	};

	while (events[1].revents == 0) {
		poll(events, G_N_ELEMENTS(events), -1);
		while (take_packet(receiver))
			;
	}
	return NULL;
}

static void fail_receive(const interface_t *interface, GError **error)
{
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot receive on %s: %s", interface->name, g_strerror(errno));
}

receiver_t *receiver_new(const interface_t *interface, GError **error)
{
	receiver_t *receiver = g_new(receiver_t, 1);

	receiver->answers = NULL;
	receiver->thread = NULL;
	receiver->stop = eventfd(0, EFD_CLOEXEC);
	receiver->socket = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0); // nothing, until it is bound
	if (receiver->stop < 0 || receiver->socket < 0 || !set_up(receiver->socket, interface)) {
		fail_receive(interface, error);
		receiver_free(receiver);
		return NULL;
	}
	return receiver;
}

void receiver_start(receiver_t *receiver, answers_t *answers)
{
	receiver->answers = answers;
	receiver->thread = g_thread_new("receive", run, receiver);
}

static void note_missed(const receiver_t *receiver)
{
	struct tpacket_stats statistics;
	socklen_t length = sizeof(statistics);

	if (getsockopt(receiver->socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) == 0)
		answers_miss(receiver->answers, statistics.tp_drops);
}

void receiver_free(receiver_t *receiver)
{
	guint64 one = 1;

	if (receiver->thread && write(receiver->stop, &one, sizeof(one)) == sizeof(one)) {
		g_thread_join(receiver->thread);
		note_missed(receiver);
	}
	if (receiver->socket >= 0)
		close(receiver->socket);
	if (receiver->stop >= 0)
		close(receiver->stop);
	g_free(receiver);
}
