// SPDX-License-Identifier: GPL-2.0-or-later
// Packets -> an interface, through a libnet socket that is bound to it.
//
// Measured on a veth pair: send() on the bound socket of libnet is 1.6 times as fast as libnet's own writing, which
// asks for the index of the interface each time. sendmmsg() is as fast, and 1.4 times where the processor makes
// system calls dear; a ring in shared memory gains less. PACKET_QDISC_BYPASS gains nothing, and would hide what is
// sent from captures on this machine.
#define _GNU_SOURCE // sendmmsg()

#include "send/tx_socket.h"

#include <errno.h>
#include <libnet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define RETRY_LIMIT G_USEC_PER_SEC

enum {
	BACKOFF_FIRST = 10, // microseconds
	BACKOFF_LAST = 1000,
	POLL_MS = 10,
	IPV4_DESTINATION = 16, // RFC 791 3.1
};

struct tx_socket {
	libnet_t *libnet;
	int descriptor; // libnet's
	bool is_raw;
};

static void fail_open(const interface_t *interface, const char *reason, GError **error)
{
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot send on %s: %s", interface->name, reason);
}

// libnet tells a lack of permission in words of its own, so it is found out before.
static bool check_permission(const interface_t *interface, bool is_raw, GError **error)
{
	int descriptor = socket(is_raw ? AF_INET : AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, is_raw ? IPPROTO_RAW : 0);

	if (descriptor >= 0)
		close(descriptor);
	else if (errno == EPERM || errno == EACCES)
		fail(error, GEN_ERROR_ENVIRONMENT,
		     "no permission to send on %s; expected root or the capability CAP_NET_RAW", interface->name);
	else
		fail_open(interface, g_strerror(errno), error);
	return descriptor >= 0;
}

// libnet's packet socket also receives, from every interface: nothing of it must be queued. A frame that goes out is
// copied to each such socket before the filter is asked, so that the threads would copy for each other.
static bool bind_link(const tx_socket_t *socket, const interface_t *interface)
{
	struct sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_fprog filter = {G_N_ELEMENTS(nothing), nothing};
	int yes = 1;
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = interface->index,
	};

	setsockopt(socket->descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof(yes)); // from Linux 4.20 on
	return setsockopt(socket->descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) == 0 &&
	       bind(socket->descriptor, (struct sockaddr *)&here, sizeof(here)) == 0;
}

static bool bind_raw(const tx_socket_t *socket, const interface_t *interface)
{
	return setsockopt(socket->descriptor, SOL_SOCKET, SO_BINDTODEVICE, interface->name,
			  (socklen_t)strlen(interface->name) + 1) == 0;
}

tx_socket_t *tx_socket_open(const interface_t *interface, bool is_raw, GError **error)
{
	char reason[LIBNET_ERRBUF_SIZE] = "";

	if (!check_permission(interface, is_raw, error))
		return NULL;
	tx_socket_t *socket = g_new0(tx_socket_t, 1);
	socket->is_raw = is_raw;
	socket->libnet = libnet_init(is_raw ? LIBNET_RAW4 : LIBNET_LINK, is_raw ? NULL : interface->name, reason);
	if (!socket->libnet) {
		fail_open(interface, g_strchomp(reason), error);
		tx_socket_close(socket);
		return NULL;
	}
	socket->descriptor = libnet_getfd(socket->libnet);
	bool ok = is_raw ? bind_raw(socket, interface) : bind_link(socket, interface);
	if (ok)
		return socket;
	fail_open(interface, g_strerror(errno), error);
	tx_socket_close(socket);
	return NULL;
}

void tx_socket_close(tx_socket_t *socket)
{
	if (socket->libnet)
		libnet_destroy(socket->libnet);
	g_free(socket);
}

// How many were sent, -1 where the first was not: errno says why.
static int try_send(const tx_socket_t *socket, const packet_t *packets, unsigned count)
{
	struct mmsghdr messages[TX_MOST];
	struct iovec pieces[TX_MOST];
	struct sockaddr_in there[TX_MOST];
	gsize skip = socket->is_raw ? ETH_HLEN : 0; // the kernel makes the Ethernet header

	for (unsigned i = 0; i < count; i++) {
		struct msghdr *message = &messages[i].msg_hdr;

		pieces[i] = (struct iovec){(void *)(packets[i].bytes + skip), packets[i].length - skip};
		*message = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
		if (!socket->is_raw)
			continue;
		there[i] = (struct sockaddr_in){.sin_family = AF_INET};
		memcpy(&there[i].sin_addr, packets[i].bytes + skip + IPV4_DESTINATION, sizeof(there[i].sin_addr));
		message->msg_name = &there[i];
		message->msg_namelen = sizeof(there[i]);
	}
	return sendmmsg(socket->descriptor, messages, count, MSG_DONTWAIT);
}

// EAGAIN: this socket's share of the queue is used up, which poll() can await. ENOBUFS: the queue is full, which it
// cannot.
static void await_room(const tx_socket_t *socket, int reason, gulong *backoff)
{
	struct pollfd room = {.fd = socket->descriptor, .events = POLLOUT};

	if (reason == EAGAIN) {
		poll(&room, 1, POLL_MS);
		return;
	}
	g_usleep(*backoff);
	*backoff = MIN(2 * *backoff, BACKOFF_LAST);
}

// What is to be done of a packet that was not sent: TX_SENT if it is tried again.
static tx_outcome_t judge(int reason, const atomic_bool *stop, gint64 *end)
{
	if (reason == ENETDOWN || reason == ENODEV || reason == ENXIO)
		return TX_BROKEN;
	if (reason == EINTR)
		return TX_SENT;
	if (reason != EAGAIN && reason != ENOBUFS)
		return TX_REFUSED;
	if (*stop)
		return TX_STOPPED;
	if (*end == 0)
		*end = g_get_monotonic_time() + RETRY_LIMIT;
	return g_get_monotonic_time() > *end ? TX_REFUSED : TX_SENT;
}

unsigned tx_socket_send(tx_socket_t *socket, const packet_t *packets, unsigned count, const atomic_bool *stop,
			guint64 *retries, tx_outcome_t *outcome)
{
	gulong backoff = BACKOFF_FIRST;
	gint64 end = 0;
	unsigned sent = 0;

	*outcome = TX_SENT;
	while (sent < count && *outcome == TX_SENT) {
		int more = try_send(socket, packets + sent, count - sent);
		int reason = errno;

		if (more >= 0) {
			sent += (unsigned)more;
			backoff = BACKOFF_FIRST;
			end = 0;
			continue;
		}
		*outcome = judge(reason, stop, &end);
		if (*outcome == TX_SENT && reason != EINTR) {
			(*retries)++;
			await_room(socket, reason, &backoff);
		}
		errno = reason;
	}
	return sent;
}
