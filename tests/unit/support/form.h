// SPDX-License-Identifier: GPL-2.0-or-later
// Tunneled packets, written by the form of their tunnel.
#ifndef DSMIPV4_TEST_FORM_H
#define DSMIPV4_TEST_FORM_H

#include "match/match.h"
#include "match/expectation.h"
#include "table.h"

// "H>C gre H>O": an IPv4 header from H to C, GRE, an IPv4 header from H to O, the inner packet. Others than
// GRE ("gre"), minimal encapsulation ("min") and UDP tunnel data ("udp") are by protocols 4 and 41. Letters stand for
// actors: H home agent, J another one, O and Q home addresses, C and D care-of addresses, P a private one, N a NAT, F a
// foreign agent, X a stranger.
//
// The node's end of the tunnel is the one that is not a home agent. Its IPv6 address has `bits` (0: BITS48) in the
// upper half and `low` in the lower half. The address at the other end is 2001:db8:ffff::1.
typedef struct {
	const char *form;
	uint64_t bits, low; // low 0: 1
	int64_t at;         // milliseconds from TALK_BEGIN on
	uint32_t frame;     // 0: a frame of its own, after all others
	uint8_t icmp;       // type, 0: none
	uint16_t udp;       // port of both ends, 0: none
	uint8_t dhcp;       // message type, with a delegation of `pd` if that is not 0
	uint64_t pd;
	int64_t end;    // the capture ends then and is read for the second time; 0: for the first
	uint8_t next;   // Next Header of UDP tunnel data, 0: 41
	uint8_t source; // last byte of the address at the other end, 0: 1
	uint16_t port;  // UDP port of the node or NAT, 0: 61000
	bool ipv4;      // the inner packet is an IPv4 ping between home address and home agent
	uint32_t hoa;   // the home address in it, 0: that of O
	bool fragment; // the outermost header is that of a fragment, and the reserved bytes of tunnel data are not zero
} data_t;

void form_tunnel(dsmipv4_tunnel_t *tunnel, const data_t *data);

// What dsmipv4_match() answers; `tunnel` must live as long as the match.
bool form_match(talk_t *t, dsmipv4_match_t *match, dsmipv4_tunnel_t *tunnel, const data_t *data);

// The same with the packet judged on its first visit: the ids of the rules that it breaks, separated by blanks, or "-"
// for an unrelated packet. A severity other than the rule's own follows the id: "tun_coa_expected:note". All rules are
// on.
const char *form_rules(talk_t *t, dsmipv4_tunnel_histories_t *histories, const data_t *data);

// The same of a packet that is matched already; `end` as in data_t. What was found is in `verdicts`, if that is not
// NULL.
const char *form_judge(talk_t *t, dsmipv4_tunnel_histories_t *histories, dsmipv4_match_t *match, int64_t end,
		       const dsmipv4_verdicts_t **verdicts);

#define FORM(form_, at_, ...) (&(data_t){.form = form_, .at = at_, ##__VA_ARGS__})

#endif
