// SPDX-License-Identifier: GPL-2.0-or-later
// The link of the reference agents: its IPv6 neighbors, and packets that wait until one of them is found.
#include "run/respond/link.h"

#include "run/neighbors.h"
#include "util/bytes.h"
#include "wire/inner_packet.h"

#include <net/ethernet.h>
#include <string.h>

enum { MOST_NEIGHBORS = 1024 };

typedef struct {
	guint8 mac[ETH_ALEN];
	bool is_known;
	GBytes *waiting; // an IPv6 packet; NULL: none
} neighbor_t;

struct link {
	outbox_t *outbox;
	const guint8 *mac;
	const guint8 *own;
	GHashTable *neighbors; // address (GBytes) -> neighbor_t
};

static void free_neighbor(gpointer data)
{
	neighbor_t *neighbor = data;

	g_clear_pointer(&neighbor->waiting, g_bytes_unref);
	g_free(neighbor);
}

link_t *link_new(outbox_t *outbox, const guint8 mac[6], const guint8 own[16])
{
	link_t *link = g_new0(link_t, 1);

	link->outbox = outbox;
	link->mac = mac;
	link->own = own;
	link->neighbors =
		g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, free_neighbor);
	return link;
}

void link_free(link_t *link)
{
	g_hash_table_unref(link->neighbors);
	g_free(link);
}

static neighbor_t *neighbor_of(const link_t *link, const guint8 address[16])
{
	g_autoptr(GBytes) key = g_bytes_new(address, IPV6_ADDR_LEN);
	neighbor_t *neighbor = g_hash_table_lookup(link->neighbors, key);

	if (neighbor)
		return neighbor;
	if (g_hash_table_size(link->neighbors) == MOST_NEIGHBORS) // made up by somebody: begin anew
		g_hash_table_remove_all(link->neighbors);
	neighbor = g_new0(neighbor_t, 1);
	g_hash_table_insert(link->neighbors, g_steal_pointer(&key), neighbor);
	return neighbor;
}

static void put_ipv6(const link_t *link, const guint8 mac[6], const guint8 *packet, gsize length, gint64 now)
{
	struct ether_header ethernet = {.ether_type = htons(ETHERTYPE_IPV6)};
	g_autoptr(GByteArray) frame = g_byte_array_new();

	memcpy(ethernet.ether_dhost, mac, ETH_ALEN);
	memcpy(ethernet.ether_shost, link->mac, ETH_ALEN);
	g_byte_array_append(frame, (const guint8 *)&ethernet, sizeof(ethernet));
	g_byte_array_append(frame, packet, (guint)length);
	outbox_put(link->outbox, frame->data, frame->len, now);
}

static void learn(const link_t *link, const guint8 address[16], const guint8 mac[6], gint64 now)
{
	neighbor_t *neighbor = neighbor_of(link, address);

	memcpy(neighbor->mac, mac, ETH_ALEN);
	neighbor->is_known = true;
	if (!neighbor->waiting)
		return;
	gsize length;
	const guint8 *packet = g_bytes_get_data(neighbor->waiting, &length);
	put_ipv6(link, neighbor->mac, packet, length, now);
	g_clear_pointer(&neighbor->waiting, g_bytes_unref);
}

void link_hear(link_t *link, const heard_t *heard, gint64 now)
{
	const guint8 *asked = neighbors_target(heard, DSMIPV4_ND_NEIGHBOR_SOLICITATION);
	const guint8 *told = neighbors_target(heard, DSMIPV4_ND_NEIGHBOR_ADVERTISEMENT);
	const guint8 *from = heard->frame.bytes + ETH_ALEN;
	guint8 answer[ND_FRAME];

	if (told)
		learn(link, told, from, now);
	if (!asked)
		return;
	if (!dsmipv4_ipv6_unspecified(heard->ipv6.src))
		learn(link, heard->ipv6.src, from, now);
	if (memcmp(asked, link->own, IPV6_ADDR_LEN) != 0)
		return;
	neighbors_answer_nd(heard, link->mac, answer);
	outbox_put(link->outbox, answer, sizeof(answer), now);
}

void link_send_ipv6(link_t *link, const guint8 *packet, gsize length, gint64 now)
{
	neighbor_t *neighbor = neighbor_of(link, packet + IPV6_DST_AT);
	guint8 question[ND_FRAME];

	if (neighbor->is_known) {
		put_ipv6(link, neighbor->mac, packet, length, now);
		return;
	}
	g_clear_pointer(&neighbor->waiting, g_bytes_unref);
	neighbor->waiting = g_bytes_new(packet, length);
	neighbors_ask(packet + IPV6_DST_AT, link->own, link->mac, question);
	outbox_put(link->outbox, question, sizeof(question), now);
}
