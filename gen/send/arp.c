// SPDX-License-Identifier: GPL-2.0-or-later
// The MAC address of a neighbor, by ARP (RFC 826).
#include "send/arp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
	ATTEMPTS = 3,
	WAIT_MS = 1000,
};

static bool fail_errno(const interface_t *interface, GError **error)
{
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot send ARP on %s: %s", interface->name, g_strerror(errno));
	return false;
}

// A socket for ARP only, on this interface only; the kernel makes the Ethernet header.
static int open_socket(const interface_t *interface)
{
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = interface->index,
	};
	int descriptor = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (descriptor >= 0 && bind(descriptor, (struct sockaddr *)&here, sizeof(here)) != 0) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

static bool send_request(int descriptor, const interface_t *interface, guint32 address, guint32 own)
{
	struct sockaddr_ll everyone = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = interface->index,
		.sll_halen = MAC_LENGTH,
	};
	struct ether_arp request = {
		.ea_hdr = {htons(ARPHRD_ETHER), htons(ETHERTYPE_IP), MAC_LENGTH, 4, htons(ARPOP_REQUEST)},
	};
	guint32 workers = htonl(own);
	guint32 target = htonl(address);

	memset(everyone.sll_addr, 0xff, MAC_LENGTH);
	memcpy(request.arp_sha, interface->mac, MAC_LENGTH);
	memcpy(request.arp_spa, &workers, sizeof(workers));
	memcpy(request.arp_tpa, &target, sizeof(target));
	return sendto(descriptor, &request, sizeof(request), 0, (struct sockaddr *)&everyone, sizeof(everyone)) ==
	       sizeof(request);
}

static bool is_answer(const struct ether_arp *message, gssize length, guint32 address)
{
	guint32 workers = htonl(address);

	return length >= (gssize)sizeof(*message) && message->ea_hdr.ar_op == htons(ARPOP_REPLY) &&
	       message->ea_hdr.ar_pro == htons(ETHERTYPE_IP) && message->ea_hdr.ar_hln == MAC_LENGTH &&
	       memcmp(message->arp_spa, &workers, sizeof(workers)) == 0;
}

// Whether an answer came within the time of one attempt.
static bool await_answer(int descriptor, guint32 address, guint8 mac[MAC_LENGTH])
{
	gint64 end = g_get_monotonic_time() + WAIT_MS * 1000;
	gint64 left = WAIT_MS;

	for (; left > 0; left = (end - g_get_monotonic_time()) / 1000) {
		struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
		struct ether_arp message;

		if (poll(&wanted, 1, (int)left) <= 0)
			continue;
		if (is_answer(&message, recv(descriptor, &message, sizeof(message), MSG_DONTWAIT), address)) {
			memcpy(mac, message.arp_sha, MAC_LENGTH);
			return true;
		}
	}
	return false;
}

bool arp_resolve(const interface_t *interface, guint32 address, guint32 own, guint8 mac[MAC_LENGTH], GError **error)
{
	int descriptor = open_socket(interface);
	bool is_sent = descriptor >= 0;
	bool is_answered = false;
	char text[INET_ADDRSTRLEN];

	for (int i = 0; i < ATTEMPTS && is_sent && !is_answered; i++) {
		is_sent = send_request(descriptor, interface, address, own);
		is_answered = is_sent && await_answer(descriptor, address, mac);
	}
	if (!is_sent)
		fail_errno(interface, error);
	else if (!is_answered)
		fail(error, GEN_ERROR_ENVIRONMENT,
		     "no ARP answer from %s on %s in %d s; expected one, or --mac-destination",
		     address4_text(address, text), interface->name, ATTEMPTS * WAIT_MS / 1000);
	if (descriptor >= 0)
		close(descriptor);
	return is_answered;
}
