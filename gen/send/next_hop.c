// SPDX-License-Identifier: GPL-2.0-or-later
// The MAC addresses of the frames of a run: given ones, those of the kernel's neighbors, or found by ARP.
#include "send/next_hop.h"

#include "language/parse.h"
#include "send/arp.h"
#include "send/route.h"

#include <linux/if_ether.h>
#include <net/ethernet.h>
#include <string.h>

enum {
	IPV4_DESTINATION = 16, // RFC 791 3.1
	IPV4_HEADER = 20,
	MULTICAST4 = 0xe, // first four bits
	TAG = 4,
};

static guint16 type_before(const guint8 *frame, gsize end)
{
	guint16 type;

	memcpy(&type, frame + end - sizeof(type), sizeof(type));
	return ntohs(type);
}

gsize frame_header_length(const guint8 *frame, gsize length)
{
	gsize end = ETH_HLEN;

	while (end + TAG <= length &&
	       (type_before(frame, end) == ETH_P_8021Q || type_before(frame, end) == ETH_P_8021AD))
		end += TAG;
	return end;
}

gsize frame_ipv4_offset(const guint8 *frame, gsize length)
{
	gsize end = frame_header_length(frame, length);

	return type_before(frame, end) == ETH_P_IP && length >= end + IPV4_HEADER ? end : 0;
}

struct next_hops {
	const interface_t *interface;
	guint8 source[MAC_LENGTH];
	guint8 destination[MAC_LENGTH];
	bool has_destination; // given for all frames
	bool is_dry;
	guint32 next_hop;  // 0: none
	GHashTable *known; // IPv4 address -> MAC address
};

static bool read_mac(const char *text, const char *option, guint8 mac[MAC_LENGTH], GError **error)
{
	static const place_t nowhere = {NULL, NULL, 0};
	value_t value;

	if (!value_read(KIND_MAC, text, &nowhere, &value, NULL)) {
		fail(error, GEN_ERROR_SCENARIO, "%s '%s'; expected a MAC address such as 02:00:00:00:00:01", option,
		     text);
		return false;
	}
	memcpy(mac, value.octets, MAC_LENGTH);
	return true;
}

next_hops_t *next_hops_new(const interface_t *interface, const next_hop_options_t *options, GError **error)
{
	next_hops_t *hops = g_new0(next_hops_t, 1);
	bool ok = true;

	hops->interface = interface;
	hops->is_dry = options->is_dry;
	hops->known = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	memcpy(hops->source, interface->mac, MAC_LENGTH);
	hops->has_destination = options->mac_destination || interface->is_loopback; // its address is 0
	if (options->mac_source)
		ok = read_mac(options->mac_source, "--mac-source", hops->source, error);
	if (ok && options->mac_destination)
		ok = read_mac(options->mac_destination, "--mac-destination", hops->destination, error);
	if (ok && options->next_hop)
		ok = address4_read(options->next_hop, "--next-hop", &hops->next_hop, error);
	if (ok)
		return hops;
	next_hops_free(hops);
	return NULL;
}

void next_hops_free(next_hops_t *hops)
{
	g_hash_table_unref(hops->known);
	g_free(hops);
}

const guint8 *next_hops_source(const next_hops_t *hops)
{
	return hops->source;
}

bool next_hops_has_one_way(const next_hops_t *hops)
{
	return hops->has_destination || hops->next_hop != 0;
}

// The MAC address of a neighbor.
static bool ask(const next_hops_t *hops, guint32 hop, const char *step, guint8 mac[MAC_LENGTH], GError **error)
{
	guint32 own;
	char text[INET_ADDRSTRLEN];

	memset(mac, 0, MAC_LENGTH);
	if (route_neighbor(hops->interface, hop, mac) || hops->is_dry)
		return true;
	if (!hops->interface->has_arp) {
		fail(error, GEN_ERROR_ENVIRONMENT, "%s: no ARP on %s to ask for %s; expected --mac-destination", step,
		     hops->interface->name, address4_text(hop, text));
		return false;
	}
	return interface_own_address(hops->interface, hop, &own, error) &&
	       arp_resolve(hops->interface, hop, own, mac, error);
}

// The neighbor by which an address is reached, as the kernel's routes say.
static bool find_hop(const next_hops_t *hops, guint32 address, const char *step, guint32 *hop, GError **error)
{
	const char *name = hops->interface->name;
	char text[INET_ADDRSTRLEN];
	route_t route;

	if (!route_find(hops->interface, address, &route, error))
		return false;
	address4_text(address, text);
	*hop = route.kind == ROUTE_GATEWAY ? route.gateway : address;
	if (route.kind == ROUTE_OWN)
		fail(error, GEN_ERROR_ENVIRONMENT,
		     "%s: %s is an address of %s itself; expected --to or --mac-destination", step, text, name);
	else if (route.kind == ROUTE_NONE)
		fail(error, GEN_ERROR_ENVIRONMENT,
		     "%s: no route to %s out of %s; expected --next-hop or --mac-destination", step, text, name);
	return route.kind == ROUTE_GATEWAY || route.kind == ROUTE_DIRECT;
}

bool next_hops_destination(next_hops_t *hops, const guint8 *frame, gsize length, const char *step,
			   guint8 mac[MAC_LENGTH], GError **error)
{
	gsize offset = frame_ipv4_offset(frame, length);
	guint32 hop = hops->next_hop;
	guint32 address;
	const guint8 *known;

	if (hops->has_destination) {
		memcpy(mac, hops->destination, MAC_LENGTH);
		return true;
	}
	if (offset != ETH_HLEN) {
		fail(error, GEN_ERROR_ENVIRONMENT, "%s: %s, so ARP cannot help; expected --mac-destination", step,
		     offset == 0 ? "not IPv4" : "VLAN tagged");
		return false;
	}
	memcpy(&address, frame + offset + IPV4_DESTINATION, sizeof(address));
	address = ntohl(address);
	if (address >> 28 == MULTICAST4 || address == G_MAXUINT32) {
		memcpy(mac, frame, MAC_LENGTH); // follows from the address itself
		return true;
	}
	if (hop == 0 && !find_hop(hops, address, step, &hop, error))
		return false;
	known = g_hash_table_lookup(hops->known, GUINT_TO_POINTER(hop));
	if (!known) {
		if (!ask(hops, hop, step, mac, error))
			return false;
		known = g_memdup2(mac, MAC_LENGTH);
		g_hash_table_insert(hops->known, GUINT_TO_POINTER(hop), (gpointer)known);
	}
	memcpy(mac, known, MAC_LENGTH);
	return true;
}
