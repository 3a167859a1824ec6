// SPDX-License-Identifier: GPL-2.0-or-later
// What the checks of tunneled packets share.
#ifndef DSMIPV4_CHECK_TUNNEL_H
#define DSMIPV4_CHECK_TUNNEL_H

#include <string.h>

#include "rules/check.h"
#include "wire/text.h"

static inline const dsmipv4_tunnel_t *tunnel(const dsmipv4_check_t *c)
{
	return c->match->tunnel;
}

// Layers that carry IPv6 only.
static inline const dsmipv4_ipv6_t *ipv6(const dsmipv4_check_t *c)
{
	return &c->match->tunnel->ipv6;
}

static inline bool to_mn(const dsmipv4_check_t *c)
{
	return c->match->direction == DSMIPV4_TO_MN;
}

static inline bool from_mn(const dsmipv4_check_t *c)
{
	return c->match->direction == DSMIPV4_FROM_MN;
}

// The IPv6 packet lies next to the header between home agent and care-of address.
static inline bool is_direct(const dsmipv4_check_t *c)
{
	return c->match->tunneling_mode == DSMIPV4_TUNNELING_COA ||
	       c->match->tunneling_mode == DSMIPV4_TUNNELING_FA_COA_DIRECT;
}

static inline bool is_hoa_mode(const dsmipv4_check_t *c)
{
	return c->match->tunneling_mode == DSMIPV4_TUNNELING_HOA;
}

// Layers BINDING: the binding is live, or ended within the grace period.
static inline bool is_live(const dsmipv4_check_t *c)
{
	return c->candidate->status == DSMIPV4_BINDING_LIVE;
}

// The request is known, and with it the flags and what was requested.
static inline bool is_live_and_known(const dsmipv4_check_t *c)
{
	return is_live(c) && c->candidate->request;
}

static inline bool asked_with(const dsmipv4_check_t *c, enum dsmipv4_request_flag flag)
{
	return c->candidate->request && c->candidate->request->flags & flag;
}

// The node's address in the inner packet is a link-local one.
static inline bool is_link_local(const dsmipv4_check_t *c)
{
	return dsmipv4_ipv6_link_local(c->match->address);
}

// Request and reply were captured whole, so that what is missing was not sent.
bool dsmipv4_exchange_captured(const dsmipv4_candidate_t *candidate);

// " of N bytes", the size of an IPv6 packet inside; "" if there is none.
const char *dsmipv4_inner_size_text(const dsmipv4_check_t *c);

// Only a link-local address is registered, no prefix yet (RFC 5454 3.7.1).
static inline bool is_link_local_stage(const dsmipv4_check_t *c)
{
	return c->candidate->link_local && c->candidate->n_global == 0 && dsmipv4_exchange_captured(c->candidate);
}

// The binding is in implicit mode, but another one that may explain the packet has a link-local address: prefix
// delegation has begun.
bool dsmipv4_is_delegation_stage(const dsmipv4_check_t *c);

// The home agent sends the node IPv4 for an address that is no mobile node's: for a network behind it.
bool dsmipv4_leads_to_network(const dsmipv4_check_t *c);

// Some layer of the tunnel is UDP tunnel data.
bool dsmipv4_is_in_udp(const dsmipv4_check_t *c);

// Neither MLD nor DHCPv6, which have rules of their own.
bool dsmipv4_is_plain_data(const dsmipv4_check_t *c);

// "to the care-of address 192.0.2.33", or "from" it: the outer ends of the packet as it is.
const char *dsmipv4_ends_text(const dsmipv4_check_t *c);

// "to the home address 198.51.100.77", or "from" it: as they should be in that form.
const char *dsmipv4_hoa_ends_text(const dsmipv4_check_t *c);

// "to the care-of address 192.0.2.33", or "from" it: as they should be by the binding (layers BINDING), whose request
// must be known.
const char *dsmipv4_coa_ends_text(const dsmipv4_check_t *c);

// "in frame 12", of the reply that made the binding.
const char *dsmipv4_binding_text(const dsmipv4_check_t *c);

// What is wrong in the IPv4 header of a layer, and in the ports after it.
typedef enum {
	DSMIPV4_IPV4_HEADER, // nothing in particular
	DSMIPV4_IPV4_TOS,    // DSCP and ECN
	DSMIPV4_IPV4_FLAGS,
	DSMIPV4_IPV4_PROTOCOL,
	DSMIPV4_IPV4_SRC,
	DSMIPV4_IPV4_DST,
	DSMIPV4_IPV4_ENDS, // both addresses
	DSMIPV4_IPV4_OPTIONS,
	DSMIPV4_IPV4_SOURCE_PORT,
	DSMIPV4_IPV4_DESTINATION_PORT,
} dsmipv4_ipv4_field_t;

// The address, or the UDP port, that is the mobile node's or its foreign agent's.
static inline dsmipv4_ipv4_field_t node_end(const dsmipv4_check_t *c)
{
	return to_mn(c) ? DSMIPV4_IPV4_DST : DSMIPV4_IPV4_SRC;
}

static inline dsmipv4_ipv4_field_t node_port(const dsmipv4_check_t *c)
{
	return to_mn(c) ? DSMIPV4_IPV4_DESTINATION_PORT : DSMIPV4_IPV4_SOURCE_PORT;
}

// Answer BROKEN at a field of a layer's IPv4 header, or at what stands for the header in layers that have none.
dsmipv4_verdict_t dsmipv4_broken_in_layer(dsmipv4_answer_t *f, const dsmipv4_outer_t *layer, dsmipv4_ipv4_field_t field,
					  const char *format, ...) G_GNUC_PRINTF(4, 5);

// Answer BROKEN at bytes of the inner packet.
dsmipv4_verdict_t dsmipv4_broken_inside(const dsmipv4_check_t *c, dsmipv4_answer_t *f, uint32_t offset, uint32_t length,
					const char *format, ...) G_GNUC_PRINTF(5, 6);

#endif
