// SPDX-License-Identifier: GPL-2.0-or-later
// The MAC addresses of the frames of a run: given ones, or found by ARP.
#include "send/next_hop.h"

#include "send/arp.h"
#include "language/parse.h"

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
	guint32 next_hop;     // 0: none
	GHashTable *known;    // IPv4 address -> MAC address
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

next_hops_t *next_hops_new(const interface_t *interface, const char *mac_source, const char *mac_destination,
			   const char *next_hop, GError **error)
{
	next_hops_t *hops = g_new0(next_hops_t, 1);
	bool ok = true;

	hops->interface = interface;
	hops->known = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	memcpy(hops->source, interface->mac, MAC_LENGTH);
	hops->has_destination = mac_destination || interface->is_loopback; // its address is 0
	if (mac_source)
		ok = read_mac(mac_source, "--mac-source", hops->source, error);
	if (ok && mac_destination)
		ok = read_mac(mac_destination, "--mac-destination", hops->destination, error);
	if (ok && next_hop)
		ok = address4_read(next_hop, "--next-hop", &hops->next_hop, error);
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

// Asks a neighbor, which is the next hop or a destination on the link.
static bool ask(const next_hops_t *hops, guint32 hop, const char *step, guint8 mac[MAC_LENGTH], GError **error)
{
	const char *name = hops->interface->name;
	reach_t reach;
	guint32 own;
	char text[INET_ADDRSTRLEN];

	if (!interface_reach(hops->interface, hop, &reach, &own, error))
		return false;
	address4_text(hop, text);
	if (reach == REACH_OWN)
		fail(error, GEN_ERROR_ENVIRONMENT,
		     "%s: %s is an address of %s itself; expected --to or --mac-destination", step, text, name);
	else if (reach == REACH_OFF_LINK && hops->next_hop == 0)
		fail(error, GEN_ERROR_ENVIRONMENT,
		     "%s: %s is not on the link of %s; expected --next-hop or --mac-destination", step, text, name);
	else if (!hops->interface->has_arp)
		fail(error, GEN_ERROR_ENVIRONMENT, "%s: no ARP on %s to ask for %s; expected --mac-destination", step,
		     name, text);
	else
		return arp_resolve(hops->interface, hop, own, mac, error);
	return false;
}

bool next_hops_destination(next_hops_t *hops, const guint8 *frame, gsize length, const char *step,
			   guint8 mac[MAC_LENGTH], GError **error)
{
	gsize offset = frame_ipv4_offset(frame, length);
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
	if (hops->next_hop != 0)
		address = hops->next_hop;
	known = g_hash_table_lookup(hops->known, GUINT_TO_POINTER(address));
	if (!known) {
		if (!ask(hops, address, step, mac, error))
			return false;
		known = g_memdup2(mac, MAC_LENGTH);
		g_hash_table_insert(hops->known, GUINT_TO_POINTER(address), (gpointer)known);
	}
	memcpy(mac, known, MAC_LENGTH);
	return true;
}
