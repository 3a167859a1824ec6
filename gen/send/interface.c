// SPDX-License-Identifier: GPL-2.0-or-later
// A network interface of this machine: what a sender has to know about it.
#include "send/interface.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	CARRIER_PAUSE = 50000, // microseconds
	CARRIER_TRIES = 100,
};

static bool fail_errno(const interface_t *interface, const char *what, GError **error)
{
	fail(error, GEN_ERROR_ENVIRONMENT, "%s: %s: %s", interface->name, what, g_strerror(errno));
	return false;
}

static bool query(int descriptor, interface_t *interface, GError **error)
{
	struct ifreq request = {0};
	short flags;

	memcpy(request.ifr_name, interface->name, sizeof(request.ifr_name));
	if (ioctl(descriptor, SIOCGIFFLAGS, &request) != 0)
		return fail_errno(interface, "cannot read its flags", error);
	flags = request.ifr_flags;
	if ((flags & IFF_UP) == 0) {
		fail(error, GEN_ERROR_ENVIRONMENT, "interface %s is down", interface->name);
		return false;
	}
	interface->lacks_carrier = (flags & IFF_RUNNING) == 0;
	if (interface->lacks_carrier) {
		fail(error, GEN_ERROR_ENVIRONMENT, "interface %s has no carrier", interface->name);
		return false;
	}
	if (ioctl(descriptor, SIOCGIFMTU, &request) != 0)
		return fail_errno(interface, "cannot read its MTU", error);
	interface->mtu = (unsigned)request.ifr_mtu;
	if (ioctl(descriptor, SIOCGIFHWADDR, &request) != 0)
		return fail_errno(interface, "cannot read its MAC address", error);
	interface->is_loopback = request.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
	interface->has_ethernet = interface->is_loopback || request.ifr_hwaddr.sa_family == ARPHRD_ETHER;
	interface->has_arp = (flags & IFF_NOARP) == 0 && !interface->is_loopback;
	memcpy(interface->mac, request.ifr_hwaddr.sa_data, MAC_LENGTH);
	return true;
}

bool interface_find(const char *name, interface_t *interface, GError **error)
{
	*interface = (interface_t){.index = (int)if_nametoindex(name)};
	if (interface->index == 0) {
		fail(error, GEN_ERROR_ENVIRONMENT, "no such interface '%s'", name);
		return false;
	}
	g_strlcpy(interface->name, name, sizeof(interface->name));
	int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return fail_errno(interface, "cannot ask the kernel", error);
	bool ok = query(descriptor, interface, error);
	close(descriptor);
	return ok;
}

bool interface_await(const char *name, interface_t *interface, GError **error)
{
	for (unsigned i = 0; i < CARRIER_TRIES; i++) {
		if (interface_find(name, interface, NULL) || !interface->lacks_carrier)
			break;
		g_usleep(CARRIER_PAUSE);
	}
	return interface_find(name, interface, error);
}

static guint32 host_order(const struct sockaddr *address)
{
	struct sockaddr_in ipv4;

	memcpy(&ipv4, address, sizeof(ipv4));
	return ntohl(ipv4.sin_addr.s_addr);
}

bool interface_own_address(const interface_t *interface, guint32 neighbor, guint32 *own, GError **error)
{
	struct ifaddrs *list;

	*own = 0;
	if (getifaddrs(&list) != 0)
		return fail_errno(interface, "cannot read its addresses", error);
	for (const struct ifaddrs *item = list; item; item = item->ifa_next) {
		if (strcmp(item->ifa_name, interface->name) != 0 || !item->ifa_addr ||
		    item->ifa_addr->sa_family != AF_INET || !item->ifa_netmask)
			continue;
		guint32 mine = host_order(item->ifa_addr);
		if (((mine ^ neighbor) & host_order(item->ifa_netmask)) == 0)
			*own = mine;
	}
	freeifaddrs(list);
	return true;
}

const char *address4_text(guint32 address, char text[INET_ADDRSTRLEN])
{
	struct in_addr octets = {htonl(address)};

	return inet_ntop(AF_INET, &octets, text, INET_ADDRSTRLEN);
}

bool address4_read(const char *text, const char *option, guint32 *address, GError **error)
{
	struct in_addr octets;

	if (inet_pton(AF_INET, text, &octets) != 1) {
		fail(error, GEN_ERROR_SCENARIO, "%s '%s'; expected an IPv4 address", option, text);
		return false;
	}
	*address = ntohl(octets.s_addr);
	return true;
}
