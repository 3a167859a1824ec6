// SPDX-License-Identifier: GPL-2.0-or-later
// What a frame is, in a few words.
#include "run/describe.h"

#include "packet/fragment.h"
#include "send/interface.h"
#include "util/bytes.h"
#include "wire/reply_codes.h"

#include <arpa/inet.h>
#include <netinet/if_ether.h>

static void append_prefixes(GString *text, const dsmipv4_message_t *message)
{
	unsigned prefixes = 0;

	for (guint32 i = 0; i < message->n_exts; i++)
		prefixes += dsmipv4_ext_has_prefix(&message->exts[i]);
	if (prefixes > 0)
		g_string_append_printf(text, ", %u prefix%s", prefixes, prefixes == 1 ? "" : "es");
}

static void append_message(GString *text, const dsmipv4_message_t *message)
{
	const char *name;

	if (!message->fixed) {
		g_string_append_printf(text, "message of type %u, cut", message->type);
	} else if (message->type == DSMIPV4_REGISTRATION_REQUEST) {
		g_string_append_printf(text, "request, lifetime %u s", message->request.lifetime);
	} else if (message->type == DSMIPV4_REGISTRATION_REPLY) {
		name = dsmipv4_reply_code_name(message->reply.code);
		g_string_append_printf(text, "reply, code %u", message->reply.code);
		g_string_append_printf(text, name ? " (%s)" : "%s", name ? name : "");
		g_string_append_printf(text, ", lifetime %u s", message->reply.lifetime);
	} else {
		g_string_append_printf(text, "message of type %u", message->type);
	}
	append_prefixes(text, message);
}

static const char *encapsulation(const dsmipv4_outer_t *outer)
{
	switch (outer->protocol) {
	case DSMIPV4_ENCAP_GRE:
		return "GRE";
	case DSMIPV4_ENCAP_MINIMAL:
		return "minimal encapsulation";
	case DSMIPV4_ENCAP_IPIP:
	case DSMIPV4_ENCAP_IPV6:
		return "IPv4";
	default:
		return "UDP";
	}
}

static void append_tunnel(GString *text, const dsmipv4_tunnel_t *tunnel)
{
	static const char *const inner[] = {
		[DSMIPV4_INNER_UNKNOWN] = "something",
		[DSMIPV4_INNER_IPV6] = "IPv6",
		[DSMIPV4_INNER_IPV4] = "IPv4",
	};

	g_string_append(text, inner[tunnel->kind]);
	for (unsigned i = tunnel->n_layers; i-- > 0;)
		g_string_append_printf(text, " in %s", encapsulation(&tunnel->layers[i]));
}

static void append_addresses(GString *text, const heard_t *heard)
{
	char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
	const guint8 *ipv6 = heard->frame.bytes + heard->network;

	if (heard->kind != HEARD_IPV6) {
		g_string_append_printf(text, ", %s to %s", address4_text(heard->src, source),
				       address4_text(heard->dst, destination));
		return;
	}
	g_string_append_printf(text, ", %s to %s", inet_ntop(AF_INET6, ipv6 + IPV6_SRC_AT, source, sizeof(source)),
			       inet_ntop(AF_INET6, ipv6 + IPV6_SRC_AT + 16, destination, sizeof(destination)));
}

static void append_arp(GString *text, const heard_t *heard)
{
	const struct ether_arp *arp = (const void *)(heard->frame.bytes + heard->network);

	g_string_append(text, arp->ea_hdr.ar_op == htons(ARPOP_REQUEST) ? "ARP request" : "ARP reply");
}

static void append_fragment(GString *text, const heard_t *heard)
{
	const guint8 *ip = heard->frame.bytes + heard->network;
	gsize begin = FRAGMENT_UNIT * (gsize)(get16(ip + FRAGMENT_FLAGS_AT) & FRAGMENT_OFFSET);
	gsize length = heard->length - 4 * (gsize)(ip[0] & 0xf);

	g_string_append_printf(text, "fragment of IPv4 packet 0x%04x, %" G_GSIZE_FORMAT " bytes at %" G_GSIZE_FORMAT,
			       get16(ip + FRAGMENT_IDENTIFICATION_AT), length, begin);
}

char *describe(const heard_t *heard)
{
	GString *text = g_string_new(NULL);

	switch (heard->kind) {
	case HEARD_ARP:
		append_arp(text, heard);
		break;
	case HEARD_MESSAGE:
		append_message(text, heard->message);
		break;
	case HEARD_TUNNEL:
		append_tunnel(text, &heard->tunnel);
		break;
	case HEARD_OTHER:
		g_string_append(text, "other");
		return g_string_free(text, FALSE);
	case HEARD_FRAGMENT:
		append_fragment(text, heard);
		break;
	default:
		g_string_append(text, heard->kind == HEARD_IPV6 ? "IPv6" : "IPv4");
	}
	append_addresses(text, heard);
	return g_string_free(text, FALSE);
}
