// SPDX-License-Identifier: GPL-2.0-or-later
// What is known about a mobile node as of any frame.
#include "state/history.h"

#include "state/nat.h"

int64_t dsmipv4_reply_expiry(const dsmipv4_event_t *reply)
{
	bool never = reply->lifetime == DSMIPV4_LIFETIME_INFINITE || !reply->time_known;
	return never ? INT64_MAX : reply->time + reply->lifetime * DSMIPV4_SECOND;
}

bool dsmipv4_in_grace_until(int64_t since, int64_t time, int64_t grace, int64_t *until)
{
	bool in_grace = dsmipv4_in_grace(since, time, grace);
	if (in_grace && until && *until > since + grace)
		*until = since + grace;
	return in_grace;
}

bool dsmipv4_binding_is_live_until(const dsmipv4_binding_t *binding, int64_t time, int64_t grace, int64_t *until)
{
	int64_t expires = dsmipv4_reply_expiry(binding->reply);
	return expires == INT64_MAX || dsmipv4_in_grace_until(expires, time, grace, until);
}

bool dsmipv4_binding_is_live(const dsmipv4_binding_t *binding, int64_t time, int64_t grace)
{
	return dsmipv4_binding_is_live_until(binding, time, grace, NULL);
}

const dsmipv4_event_t *dsmipv4_binding_request(const dsmipv4_binding_t *binding)
{
	return dsmipv4_certain_request(binding->reply);
}

uint32_t dsmipv4_binding_coa(const dsmipv4_binding_t *binding)
{
	const dsmipv4_event_t *request = dsmipv4_binding_request(binding);
	return request ? request->coa : 0;
}

const dsmipv4_version_t *dsmipv4_node_version(const dsmipv4_node_t *node, uint32_t index)
{
	return node->n_versions == 1 ? node->versions.only : node->versions.all[index];
}

// How many of the node's versions there are up to a frame.
static uint32_t count_versions(const dsmipv4_node_t *node, uint32_t frame)
{
	uint32_t low = 0, high = node->n_versions;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (dsmipv4_node_version(node, middle)->event->frame <= frame)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const dsmipv4_version_t *dsmipv4_node_at(const dsmipv4_node_t *node, uint32_t frame)
{
	uint32_t n = count_versions(node, frame);
	return n ? dsmipv4_node_version(node, n - 1) : NULL;
}

const dsmipv4_version_t *dsmipv4_node_after(const dsmipv4_node_t *node, uint32_t frame)
{
	uint32_t n = count_versions(node, frame);
	return n < node->n_versions ? dsmipv4_node_version(node, n) : NULL;
}

const dsmipv4_version_t *dsmipv4_version_before(const dsmipv4_node_t *node, const dsmipv4_version_t *version)
{
	uint32_t n = count_versions(node, version->event->frame);
	while (n > 0 && dsmipv4_node_version(node, n - 1) != version) // several of one frame, or of before frame 1
		n--;
	return n > 1 ? dsmipv4_node_version(node, n - 2) : NULL;
}

const dsmipv4_version_t *dsmipv4_node_latest(const dsmipv4_node_t *node)
{
	return node->n_versions ? dsmipv4_node_version(node, node->n_versions - 1) : NULL;
}

// Whether `event` is `other` or came after it in the same frame. A frame may hold several messages, and messages
// that a read filter drops have the number of the next frame that stays.
static bool is_since(const dsmipv4_event_t *event, const dsmipv4_event_t *other)
{
	if (other == other->node->last)
		return event == other;
	while (event && event != other && event->frame == other->frame)
		event = event->before;
	return event == other;
}

const dsmipv4_version_t *dsmipv4_state_before(const dsmipv4_event_t *event)
{
	const dsmipv4_node_t *node = event->node;
	uint32_t n = node ? count_versions(node, event->frame) : 0;
	while (n && is_since(dsmipv4_node_version(node, n - 1)->event, event))
		n--;
	return n ? dsmipv4_node_version(node, n - 1) : NULL;
}

uint32_t dsmipv4_binding_effective_coa(const dsmipv4_binding_t *binding)
{
	return binding->effective_coa;
}

const dsmipv4_registered_prefix_t *dsmipv4_covering_prefix(const dsmipv4_binding_t *b, const uint8_t address[16],
							   bool (*counts)(const dsmipv4_registered_prefix_t *r))
{
	const dsmipv4_registered_prefix_t *longest = NULL;
	for (unsigned i = 0; address && i < b->reply->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &b->reply->prefixes[i];
		if (counts(r) && r->prefix.len <= 128 && (!longest || r->prefix.len > longest->prefix.len) &&
		    dsmipv4_prefix_in(&r->prefix, address, r->prefix.len))
			longest = r;
	}
	return longest;
}

bool dsmipv4_prefix_is_active(const dsmipv4_registered_prefix_t *r)
{
	return r->state == DSMIPV4_PREFIX_ACTIVE;
}

// Its UDP Tunnel Request may be in the part that was not captured. A foreign agent that relays the request of a node
// with an address of its own is no NAT.
static bool reaches(const dsmipv4_event_t *request, uint32_t coa)
{
	bool asked = request->flags & DSMIPV4_FLAG_D && dsmipv4_nat_reaches(request, coa);
	return asked || (!request->captured_whole && !request->from_agent && request->src == coa);
}

// Where a NAT is between two points of capture, the reply may have been paired with the copy of the request on either
// side; it goes to where the request came from. Only copies before the reply count, so that what is known does not
// depend on what was read ahead.
static bool is_behind_nat(const dsmipv4_event_t *reply, const dsmipv4_event_t *request, uint32_t coa)
{
	const dsmipv4_event_t *first = request->relay_of ? request->relay_of : request;
	const dsmipv4_event_t *relayed = first->relayed;
	bool granted = reply->tunnel_answer == DSMIPV4_TUNNEL_ACCEPTED && reply->src == reply->ha;
	bool asked = request->flags & DSMIPV4_FLAG_D && request->tunnel_asked;
	bool answered = (asked || granted) && reply->dst == coa;
	return answered || reaches(request, coa) || reaches(first, coa) ||
	       (relayed && relayed->frame <= reply->frame && reaches(relayed, coa));
}

// The reply went to another port at this address of a NAT, as the request came from there, which may be captured later.
static bool is_answered_at_other_port(const dsmipv4_event_t *reply, const dsmipv4_event_t *request, uint32_t coa,
				      uint16_t port)
{
	return request->coa != coa && request->src != coa && reply->dst == coa && reply->dport != port &&
	       !(request->tunnel_flags & DSMIPV4_TUNNEL_FLAG_R);
}

bool dsmipv4_binding_is_at_other_port(const dsmipv4_binding_t *b, uint32_t coa, uint16_t port)
{
	const dsmipv4_event_t *request = dsmipv4_binding_request(b);
	if (!request || port == 0)
		return false;
	if (is_answered_at_other_port(b->reply, request, coa, port))
		return true;
	const dsmipv4_event_t *first = request->relay_of ? request->relay_of : request;
	const dsmipv4_event_t *relayed = first->relayed;
	if (relayed && relayed->frame > b->reply->frame)
		relayed = NULL;
	return dsmipv4_nat_is_neighbor(request, coa, port) || dsmipv4_nat_is_neighbor(first, coa, port) ||
	       (relayed && dsmipv4_nat_is_neighbor(relayed, coa, port));
}

// A refresh through a foreign agent is where the registration before it was, behind the agent's NAT.
static bool was_behind_nat(const dsmipv4_binding_t *b, const dsmipv4_event_t *request, uint32_t coa)
{
	const dsmipv4_event_t *before = b->before ? dsmipv4_binding_request(b->before) : NULL;
	return before && !(request->flags & DSMIPV4_FLAG_D) && request->coa == before->coa &&
	       is_behind_nat(b->before->reply, before, coa);
}

bool dsmipv4_binding_has_coa(const dsmipv4_binding_t *b, uint32_t coa)
{
	const dsmipv4_event_t *request = dsmipv4_binding_request(b);
	bool behind_nat = request && (is_behind_nat(b->reply, request, coa) || was_behind_nat(b, request, coa));
	return behind_nat || dsmipv4_binding_coa(b) == coa || dsmipv4_binding_effective_coa(b) == coa;
}
