// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of a packet socket, with what the kernel tells of them.
#include "send/packet_socket.h"

#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define NANO_PER_SECOND G_GINT64_CONSTANT(1000000000)

// Room for both control messages, aligned as they have to be.
typedef union {
	struct cmsghdr header;
	guint8 bytes[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(struct tpacket_auxdata))];
} control_t;

static void read_control(struct msghdr *message, packet_received_t *received)
{
	struct tpacket_auxdata auxiliary = {0};
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item)) {
		if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&time, CMSG_DATA(item), sizeof(time));
		else if (item->cmsg_level == SOL_PACKET && item->cmsg_type == PACKET_AUXDATA)
			memcpy(&auxiliary, CMSG_DATA(item), sizeof(auxiliary));
	}
	received->time = time.tv_sec * NANO_PER_SECOND + time.tv_nsec;
	received->is_unsummed = auxiliary.tp_status & TP_STATUS_CSUMNOTREADY;
}

bool packet_receive(int descriptor, void *bytes, gsize room, packet_received_t *received)
{
	control_t control;
	struct sockaddr_ll from = {0};
	struct iovec piece = {bytes, room};
	struct msghdr message = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t length = recvmsg(descriptor, &message, MSG_DONTWAIT);

	if (length < 0)
		return false;
	*received = (packet_received_t){
		.length = (gsize)length,
		.is_outgoing = from.sll_pkttype == PACKET_OUTGOING,
	};
	read_control(&message, received);
	return true;
}
