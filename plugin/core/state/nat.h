// SPDX-License-Identifier: GPL-2.0-or-later
// Where there is a NAT, or may be one (RFC 3519; RFC 5454 3.9): the one place that says so.
//
// What proves a NAT is a source that differs from the care-of address, in a request that asks for UDP tunneling
// (RFC 3519 4.6). A private address alone proves nothing: it may be the node's own in a network without any NAT. Where
// a NAT would explain that two addresses differ, as private and public ones do, nothing is said for certain. Addresses
// are in host byte order.
#ifndef DSMIPV4_NAT_H
#define DSMIPV4_NAT_H

#include "state/history.h"

// What is known of NATs before the first packet (preference dsmipv4.nat).
typedef enum {
	DSMIPV4_NAT_AUTO, // there may be some
	DSMIPV4_NAT_NONE, // there is none: every address is the one that was sent
} dsmipv4_nat_t;

// The request shows that its node is behind a NAT: the node asks for UDP tunneling, and the source is not the care-of
// address. A foreign agent did not send it.
bool dsmipv4_nat_is_shown(dsmipv4_nat_t nat, const dsmipv4_event_t *request);

// A NAT explains why a node's request does not come from its co-located care-of address: it asks for UDP tunneling.
bool dsmipv4_nat_explains_source(dsmipv4_nat_t nat, const dsmipv4_message_t *request);

// A NAT explains why a foreign agent's request at its care-of address comes from another address.
bool dsmipv4_nat_explains_agent(dsmipv4_nat_t nat, uint32_t source, uint32_t coa);

// There may be a NAT between the request's place of capture and its destination.
bool dsmipv4_nat_may_follow(dsmipv4_nat_t nat, const dsmipv4_event_t *request);

// There may be a NAT between the places where the request and its reply were captured, or one that leads requests for
// another address to the home agent.
bool dsmipv4_nat_may_be_between(dsmipv4_nat_t nat, const dsmipv4_event_t *request, const dsmipv4_event_t *reply);

// A home agent behind a NAT explains why this private address stands for one that is not private.
bool dsmipv4_nat_hides_agent(dsmipv4_nat_t nat, uint32_t seen, uint32_t named);

// The request went through a NAT in front of the home agent: it comes from outside to a private address, and names a
// home agent that has none. A foreign agent is on the node's own link.
bool dsmipv4_nat_is_before_agent(const dsmipv4_packet_t *packet, const dsmipv4_message_t *request);

// A NAT may have put this address in the place of the care-of address that was registered.
bool dsmipv4_nat_may_hide_coa(dsmipv4_nat_t nat, const dsmipv4_event_t *request, uint32_t address);

// Tunnel data with this address was captured on the other side of the node's NAT than the request, so addresses and
// ports cannot be compared.
bool dsmipv4_nat_is_between(dsmipv4_nat_t nat, const dsmipv4_event_t *request, uint32_t address);

// If its UDP tunneling is granted, the node is reached at this address, the source of the request.
bool dsmipv4_nat_reaches(const dsmipv4_event_t *request, uint32_t address);

// Where the home agent sends tunneled packets: to the source of the request if it granted UDP tunneling, else to the
// care-of address (RFC 3519 4.6).
uint32_t dsmipv4_nat_effective_coa(const dsmipv4_event_t *request, const dsmipv4_event_t *reply);

// The request came from this address, but from another port. Not where the home agent is to learn the port from the
// node's first packet (RFC 3519 4.6).
bool dsmipv4_nat_is_other_port(const dsmipv4_event_t *request, uint32_t address, uint16_t port);

// The same behind a NAT, where another port is another node's (RFC 3519 4.3).
bool dsmipv4_nat_is_neighbor(const dsmipv4_event_t *request, uint32_t address, uint16_t port);

#endif
