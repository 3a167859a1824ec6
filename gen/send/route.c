// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel knows of the way to an address: its routes and its neighbors, by rtnetlink.
#include "send/route.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define SEQUENCE 1 // of the only question on a socket
#define USABLE (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)

// Sends one question and hands the answer to a callback, whose result this returns: -1 with errno for an error, which
// may be the kernel's.
static int ask(struct nlmsghdr *question, mnl_cb_t take, void *data)
{
	char answer[4096] __attribute__((aligned(NLMSG_ALIGNTO))); // of one route or neighbor
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int result = -1;

	if (!socket)
		return -1;
	question->nlmsg_flags = NLM_F_REQUEST;
	question->nlmsg_seq = SEQUENCE;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 &&
	    mnl_socket_sendto(socket, question, question->nlmsg_len) >= 0) {
		ssize_t length = mnl_socket_recvfrom(socket, answer, sizeof(answer));

		if (length >= 0)
			result =
				mnl_cb_run(answer, (size_t)length, SEQUENCE, mnl_socket_get_portid(socket), take, data);
	}
	int reason = errno;
	mnl_socket_close(socket);
	errno = reason;
	return result;
}

static bool read_address(const struct nlattr *attribute, guint32 *address)
{
	if (mnl_attr_validate2(attribute, MNL_TYPE_BINARY, sizeof(*address)) < 0)
		return false;
	*address = ntohl(mnl_attr_get_u32(attribute));
	return true;
}

typedef struct {
	const interface_t *interface;
	route_t *route;
} route_answer_t;

static int take_gateway(const struct nlattr *attribute, void *data)
{
	route_t *route = data;

	if (mnl_attr_get_type(attribute) == RTA_GATEWAY && read_address(attribute, &route->gateway))
		route->kind = ROUTE_GATEWAY;
	return MNL_CB_OK;
}

// Of a route with several next hops, the first one that leaves by the interface.
static void take_hops(const struct nlattr *hops, const route_answer_t *answer)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(hops);
	int left = mnl_attr_get_payload_len(hops);

	for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
		if (hop->rtnh_ifindex != answer->interface->index)
			continue;
		mnl_attr_parse_payload(RTNH_DATA(hop), hop->rtnh_len - sizeof(*hop), take_gateway, answer->route);
		return;
	}
}

static int take_route_attribute(const struct nlattr *attribute, void *data)
{
	const route_answer_t *answer = data;

	if (mnl_attr_get_type(attribute) == RTA_MULTIPATH)
		take_hops(attribute, answer);
	return take_gateway(attribute, answer->route);
}

static int take_route(const struct nlmsghdr *message, void *data)
{
	const route_answer_t *answer = data;
	const struct rtmsg *found = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	if (found->rtm_type == RTN_LOCAL)
		answer->route->kind = ROUTE_OWN;
	if (found->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	answer->route->kind = ROUTE_DIRECT;
	return mnl_attr_parse(message, sizeof(*found), take_route_attribute, data);
}

// Asks for the entry of the routing table (RTM_F_FIB_MATCH): otherwise the kernel takes an address without a route to
// be on the link.
bool route_find(const interface_t *interface, guint32 address, route_t *route, GError **error)
{
	char buffer[MNL_NLMSG_HDRLEN + 256] = {0};
	struct nlmsghdr *question = mnl_nlmsg_put_header(buffer);
	struct rtmsg *wanted = mnl_nlmsg_put_extra_header(question, sizeof(*wanted));
	route_answer_t answer = {interface, route};

	*route = (route_t){.kind = ROUTE_NONE};
	question->nlmsg_type = RTM_GETROUTE;
	wanted->rtm_family = AF_INET;
	wanted->rtm_dst_len = 32;
	wanted->rtm_flags = RTM_F_FIB_MATCH;
	mnl_attr_put_u32(question, RTA_DST, htonl(address));
	mnl_attr_put_u32(question, RTA_OIF, (guint32)interface->index);
	if (ask(question, take_route, &answer) >= 0 || errno == ENETUNREACH || errno == EHOSTUNREACH ||
	    errno == EACCES || errno == EINVAL) // what the kernel says where there is no route, or one that refuses
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "%s: cannot read its routes: %s", interface->name, g_strerror(errno));
	return false;
}

typedef struct {
	guint8 *mac;
	bool is_known;
} neighbor_answer_t;

static int take_link_address(const struct nlattr *attribute, void *data)
{
	neighbor_answer_t *answer = data;

	if (mnl_attr_get_type(attribute) != NDA_LLADDR ||
	    mnl_attr_validate2(attribute, MNL_TYPE_BINARY, MAC_LENGTH) < 0)
		return MNL_CB_OK;
	memcpy(answer->mac, mnl_attr_get_payload(attribute), MAC_LENGTH);
	answer->is_known = true;
	return MNL_CB_OK;
}

static int take_neighbor(const struct nlmsghdr *message, void *data)
{
	const struct ndmsg *found = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type != RTM_NEWNEIGH || (found->ndm_state & USABLE) == 0)
		return MNL_CB_OK;
	return mnl_attr_parse(message, sizeof(*found), take_link_address, data);
}

bool route_neighbor(const interface_t *interface, guint32 address, guint8 mac[MAC_LENGTH])
{
	char buffer[MNL_NLMSG_HDRLEN + 256] = {0};
	struct nlmsghdr *question = mnl_nlmsg_put_header(buffer);
	struct ndmsg *wanted = mnl_nlmsg_put_extra_header(question, sizeof(*wanted));
	neighbor_answer_t answer = {.mac = mac};

	question->nlmsg_type = RTM_GETNEIGH;
	wanted->ndm_family = AF_INET;
	wanted->ndm_ifindex = interface->index;
	mnl_attr_put_u32(question, NDA_DST, htonl(address));
	return ask(question, take_neighbor, &answer) >= 0 && answer.is_known;
}
