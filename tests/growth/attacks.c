// SPDX-License-Identifier: GPL-2.0-or-later
// Captures that are made to cost more than their size. Home agent 198.51.100.1 and those after it, home addresses from
// 10.0.0.0 on, care-of addresses from 192.0.2.33 on.
#include "attacks.h"

#include <string.h>

#define HA 0xc6336401u
#define HOA 0x0a000000u
#define COA 0xc0000221u
#define FA 0xcb007109u
#define ID_HIGH 0xe8fe6f80u // 2023-11-14 22:13:20
#define MOST_BYTES 65507    // of a UDP payload

typedef struct {
	attack_sink_t sink;
	void *user;
	int64_t at;
	uint8_t bytes[MOST_BYTES];
	uint32_t len;
} pen_t;

static void put(pen_t *p, uint32_t value, unsigned n)
{
	for (unsigned i = n; i-- > 0;)
		p->bytes[p->len++] = (uint8_t)(value >> 8 * i);
}

// What varies in a registration. Zero members are the usual ones, see complete().
typedef struct {
	uint32_t ha, hoa, coa, id_high, id;
	uint32_t nai; // four letters of a network access identifier, 0: none
	uint32_t prefix;
	uint16_t lifetime, port;
	uint8_t flags, prefix_len, code;
	uint8_t zero_hoa, no_prefix;
	uint32_t via; // source of the request and destination of the reply
} registration_t;

static registration_t complete(registration_t r)
{
	r.ha = r.ha ? r.ha : HA;
	r.hoa = r.zero_hoa ? 0 : r.hoa ? r.hoa : HOA;
	r.coa = r.coa ? r.coa : COA;
	r.id_high = r.id_high ? r.id_high : ID_HIGH;
	r.lifetime = r.lifetime ? r.lifetime : 600;
	r.port = r.port ? r.port : 434;
	r.flags = r.flags ? r.flags : 0x22;
	r.prefix_len = r.prefix_len ? r.prefix_len : 48;
	r.via = r.via ? r.via : r.coa;
	return r;
}

static void put_nai(pen_t *p, const registration_t *r)
{
	if (!r->nai)
		return;
	put(p, 0x8304, 2);
	put(p, r->nai, 4);
}

// 2001:<prefix as 32 bits>::/<len>
static void put_prefix(pen_t *p, const uint8_t *head, unsigned n, uint32_t prefix)
{
	for (unsigned i = 0; i < n; i++)
		put(p, head[i], 1);
	put(p, 0x2001, 2);
	put(p, prefix, 4);
	for (unsigned i = 0; i < 10; i++)
		put(p, 0, 1);
}

static void put_request_for(pen_t *p, uint32_t prefix, uint8_t len)
{
	put_prefix(p, (const uint8_t[]){152, 18, 1, len}, 4, prefix);
}

static void put_answer(pen_t *p, uint32_t prefix, uint8_t len)
{
	put_prefix(p, (const uint8_t[]){152, 20, 2, 0, len, 0}, 6, prefix);
}

static void put_auth(pen_t *p)
{
	put(p, 0x2014, 2);
	put(p, 0x100, 4);
	for (unsigned i = 0; i < 4; i++)
		put(p, 0xa0a1a2a3 + i, 4);
}

static void begin_request(pen_t *p, const registration_t *r)
{
	p->len = 0;
	put(p, 0x0100u | r->flags, 2);
	put(p, r->lifetime, 2);
	put(p, r->hoa, 4);
	put(p, r->ha, 4);
	put(p, r->coa, 4);
	put(p, r->id_high, 4);
	put(p, r->id, 4);
	put_nai(p, r);
}

static void begin_reply(pen_t *p, const registration_t *r)
{
	p->len = 0;
	put(p, 0x0300u | r->code, 2);
	put(p, r->lifetime, 2);
	put(p, r->hoa, 4);
	put(p, r->ha, 4);
	put(p, r->id_high, 4);
	put(p, r->id, 4);
	put_nai(p, r);
}

static void send_message(pen_t *p, uint32_t src, uint16_t sport, uint32_t dst, uint16_t dport)
{
	p->sink(&(attack_packet_t){p->at, src, dst, 17, sport, dport, p->bytes, p->len}, p->user);
	p->at += 2;
}

static void send_request(pen_t *p, const registration_t *r)
{
	send_message(p, r->via, r->port, r->ha, 434);
}

static void send_reply(pen_t *p, const registration_t *r)
{
	send_message(p, r->ha, 434, r->via, r->port);
}

static void ask(pen_t *p, const registration_t *given)
{
	registration_t r = complete(*given);
	begin_request(p, &r);
	if (!r.no_prefix)
		put_request_for(p, r.prefix, r.prefix_len);
	put_auth(p);
	send_request(p, &r);
}

static void get(pen_t *p, const registration_t *given)
{
	registration_t r = complete(*given);
	begin_reply(p, &r);
	if (!r.no_prefix)
		put_answer(p, r.prefix, r.prefix_len);
	put_auth(p);
	send_reply(p, &r);
}

static void exchange(pen_t *p, const registration_t *r)
{
	ask(p, r);
	get(p, r);
}

// An IPv6 packet without a payload to a prefix, from the home agent.
static void tunnel(pen_t *p, uint32_t ha, uint32_t coa, uint32_t prefix)
{
	p->len = 0;
	put(p, 0x60000000, 4);
	put(p, 0x3b40, 4); // no payload, no next header, hop limit 64
	for (unsigned i = 0; i < 4; i++)
		put(p, 0x20010db8 + i, 4);
	put(p, 0x2001, 2);
	put(p, prefix, 4);
	put(p, 1, 4);
	put(p, 1, 4);
	put(p, 1, 2);
	p->sink(&(attack_packet_t){p->at, ha, coa, 41, 0, 0, p->bytes, p->len}, p->user);
	p->at += 2;
}

// The attacks. Each begins with a pen of its own.

#define ATTACK(name) static void name(unsigned n, attack_sink_t sink, void *user)
#define PEN(p)                                                                                                         \
	static pen_t p;                                                                                                \
	p = (pen_t)                                                                                                    \
	{                                                                                                              \
		.sink = sink, .user = user                                                                             \
	}

#define FULL 3250 // prefixes in a request of the greatest length

static void large_request(pen_t *p, registration_t *r)
{
	*r = complete(*r);
	begin_request(p, r);
	for (uint32_t i = 0; i < FULL - 20; i++)
		put_request_for(p, 0x0db80000 + i, 48);
	send_request(p, r);
}

ATTACK(replies_for_others)
{
	PEN(p);
	registration_t r = {.nai = 0x6d6e4061, .zero_hoa = 1, .port = 1024, .id = 7};
	large_request(&p, &r);
	for (uint32_t i = 0; i < n; i++) {
		registration_t reply = {.nai = r.nai, .hoa = HOA + i, .port = 1024, .id = 7, .no_prefix = 1};
		get(&p, &reply);
	}
}

ATTACK(replies_for_one)
{
	PEN(p);
	registration_t r = {.id = 7};
	large_request(&p, &r);
	for (uint32_t i = 0; i < n; i++)
		get(&p, &(registration_t){.id = 7, .lifetime = (uint16_t)(1 + i % 600), .prefix = 0x0db80000 + i % 9});
}

static void exchange_of(pen_t *p, unsigned n, uint32_t asked, uint32_t answered, uint32_t step)
{
	registration_t r = complete((registration_t){.id = 1});
	begin_request(p, &r);
	for (uint32_t i = 0; i < n; i++)
		put_request_for(p, asked + i * step, 48);
	send_request(p, &r);
	begin_reply(p, &r);
	for (uint32_t i = 0; i < n; i++)
		put_answer(p, answered + i * step, 48);
	send_reply(p, &r);
}

ATTACK(prefixes_answered)
{
	PEN(p);
	exchange_of(&p, n, 0, 0, 1);
}

ATTACK(prefixes_not_asked)
{
	PEN(p);
	exchange_of(&p, n, 0, 1 << 20, 1);
}

ATTACK(prefixes_repeated)
{
	PEN(p);
	exchange_of(&p, n, 5, 5, 0);
}

ATTACK(prefixes_nested)
{
	PEN(p);
	registration_t r = complete((registration_t){.id = 1});
	begin_request(&p, &r);
	for (uint32_t i = 0; i < n; i++)
		put_request_for(&p, i % 2 ? i << 8 : 0, (uint8_t)(i % 2 ? 48 : i / 2 % 48));
	send_request(&p, &r);
	begin_reply(&p, &r);
	for (uint32_t i = 0; i < n; i++)
		put_answer(&p, i % 2 ? i << 8 : 0, (uint8_t)(i % 2 ? 47 : i / 2 % 40));
	send_reply(&p, &r);
}

// The node after asks for the same.
ATTACK(prefixes_of_two_nodes)
{
	PEN(p);
	for (unsigned node = 0; node < 3; node++) {
		registration_t r = complete((registration_t){.id = node + 1, .hoa = HOA + node, .coa = COA + node});
		begin_request(&p, &r);
		for (uint32_t i = 0; i < n; i++)
			put_request_for(&p, i, (uint8_t)(48 - node));
		send_request(&p, &r);
		begin_reply(&p, &r);
		for (uint32_t i = 0; i < n; i++)
			put_answer(&p, i, (uint8_t)(48 - node));
		send_reply(&p, &r);
	}
}

// Refreshes that leave out half of the prefixes.
ATTACK(prefixes_left_out)
{
	PEN(p);
	exchange_of(&p, n, 0, 0, 1);
	p.at = 10000;
	registration_t r = complete((registration_t){.id = 2, .id_high = ID_HIGH + 10});
	begin_request(&p, &r);
	for (uint32_t i = 0; i < n; i += 2)
		put_request_for(&p, i, 48);
	send_request(&p, &r);
	begin_reply(&p, &r);
	for (uint32_t i = 0; i < n; i += 2)
		put_answer(&p, i, 48);
	send_reply(&p, &r);
}

static void request_of_extensions(attack_sink_t sink, void *user, unsigned n, const uint8_t *ext, unsigned len)
{
	PEN(p);
	registration_t r = complete((registration_t){.id = 1});
	begin_request(&p, &r);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < len; k++)
			put(&p, ext[k], 1);
	}
	send_request(&p, &r);
}

ATTACK(extensions_of_two_bytes)
{
	request_of_extensions(sink, user, n, (const uint8_t[]){200, 0}, 2);
}

ATTACK(empty_dsmipv4_extensions)
{
	request_of_extensions(sink, user, n, (const uint8_t[]){152, 0}, 2);
}

ATTACK(tunneling_modes)
{
	request_of_extensions(sink, user, n, (const uint8_t[]){152, 2, 3, 0}, 4);
}

ATTACK(authentications)
{
	request_of_extensions(sink, user, n, (const uint8_t[22]){32, 20, 0, 0, 1, 0}, 22);
}

ATTACK(link_authentications)
{
	request_of_extensions(sink, user, n, (const uint8_t[22]){33, 20, 0, 0, 1, 1}, 22);
}

// One prefix that thousands held before, at 17 home agents in turn.
ATTACK(dead_holders)
{
	PEN(p);
	for (uint32_t i = 0; i < n; i++) {
		registration_t r = {.ha = HA + i % 17,
				    .hoa = HOA + i,
				    .coa = COA + i,
				    .id = i,
				    .lifetime = 1,
				    .id_high = ID_HIGH + 2 * i,
				    .prefix = 0x0db8000a};
		p.at = 2000 * (int64_t)i;
		exchange(&p, &r);
	}
}

// Each node holds /1 to /128 of one prefix, at 17 home agents in turn.
ATTACK(dead_holders_of_nested)
{
	PEN(p);
	for (uint32_t i = 0; i < n; i++) {
		registration_t r = complete((registration_t){.ha = HA + i % 17,
							     .hoa = HOA + i,
							     .coa = COA + i,
							     .id = i,
							     .lifetime = 1,
							     .id_high = ID_HIGH + 2 * i});
		p.at = 2000 * (int64_t)i;
		begin_request(&p, &r);
		for (unsigned len = 1; len <= 48; len++)
			put_request_for(&p, 0, (uint8_t)len);
		send_request(&p, &r);
		begin_reply(&p, &r);
		for (unsigned len = 1; len <= 48; len++)
			put_answer(&p, 0, (uint8_t)len);
		send_reply(&p, &r);
	}
}

// Thousands of prefixes, and one node after another that registers ::/0 or what contains them.
ATTACK(prefix_around_many)
{
	PEN(p);
	for (uint32_t i = 0; i < n; i++) {
		registration_t r = {.hoa = HOA + i,
				    .coa = COA + i,
				    .id = i,
				    .lifetime = 1,
				    .prefix = i << 4,
				    .id_high = ID_HIGH + 2 * i,
				    .prefix_len = i % 2 ? 16 : 48};
		p.at = 2000 * (int64_t)i;
		exchange(&p, &r);
	}
}

// What varies from one registration to the next.
static void registrations(attack_sink_t sink, void *user, unsigned n, registration_t first, registration_t step,
			  int64_t time)
{
	PEN(p);
	registration_t r = complete(first);
	for (uint32_t i = 0; i < n; i++) {
		p.at = i * time;
		r.id_high = ID_HIGH + (uint32_t)(i * time / 1000);
		exchange(&p, &r);
		r.ha += step.ha;
		r.hoa += step.hoa;
		r.coa += step.coa;
		r.via += step.via;
		r.id += step.id;
		r.nai += step.nai;
		r.prefix += step.prefix;
		r.port = (uint16_t)(r.port + step.port);
	}
}

ATTACK(reregistrations)
{
	registrations(sink, user, n, (registration_t){0}, (registration_t){.id = 1}, 3000);
}

ATTACK(new_identifications)
{
	registrations(sink, user, n, (registration_t){0}, (registration_t){.id = 0x01000193}, 0);
}

ATTACK(many_nodes)
{
	registrations(sink, user, n, (registration_t){0},
		      (registration_t){.hoa = 1, .coa = 1, .via = 1, .id = 1, .prefix = 1}, 10);
}

ATTACK(one_identification)
{
	registrations(sink, user, n, (registration_t){0}, (registration_t){.hoa = 1, .prefix = 1}, 10);
}

ATTACK(many_names)
{
	registrations(sink, user, n, (registration_t){.nai = 1}, (registration_t){.nai = 1, .id = 1, .prefix = 1}, 10);
}

ATTACK(names_without_address)
{
	registrations(sink, user, n, (registration_t){.nai = 1, .zero_hoa = 1},
		      (registration_t){.nai = 1, .id = 1, .prefix = 1}, 10);
}

ATTACK(many_home_agents)
{
	registrations(sink, user, n, (registration_t){0}, (registration_t){.ha = 1, .hoa = 1, .id = 1, .prefix = 1},
		      10);
}

ATTACK(many_foreign_agents)
{
	registrations(sink, user, n, (registration_t){.flags = 0x02},
		      (registration_t){.coa = 1, .via = 1, .hoa = 1, .id = 1, .prefix = 1}, 10);
}

ATTACK(one_foreign_agent)
{
	registrations(sink, user, n, (registration_t){.flags = 0x02, .coa = FA},
		      (registration_t){.hoa = 1, .id = 1, .prefix = 1}, 10);
}

ATTACK(one_nat_address)
{
	registrations(sink, user, n, (registration_t){.via = 0xc00002c8},
		      (registration_t){.hoa = 1, .coa = 1, .id = 1, .port = 1, .prefix = 1}, 10);
}

// More than a version of the node keeps.
ATTACK(simultaneous_bindings)
{
	registrations(sink, user, n, (registration_t){.flags = 0xa2},
		      (registration_t){.coa = 1, .via = 1, .id = 1, .prefix = 1}, 1000);
}

ATTACK(overlapping_prefixes_of_one_node)
{
	PEN(p);
	for (uint32_t i = 0; i < n; i++) {
		p.at = 3000 * (int64_t)i;
		exchange(&p,
			 &(registration_t){.id = i, .id_high = ID_HIGH + 3 * i, .prefix_len = (uint8_t)(1 + i % 48)});
	}
}

ATTACK(unanswered_requests)
{
	PEN(p);
	for (uint32_t i = 0; i < n; i++)
		ask(&p, &(registration_t){.hoa = HOA + i % 7, .id = i * 0x01000193, .coa = COA + i});
}

ATTACK(replies_alone)
{
	PEN(p);
	for (uint32_t i = 0; i < n; i++)
		get(&p, &(registration_t){.hoa = HOA + i % 7, .id = i, .coa = COA + i, .prefix = i});
}

ATTACK(revocations)
{
	PEN(p);
	exchange(&p, &(registration_t){.id = 1});
	for (uint32_t i = 0; i < n; i++) {
		p.len = 0;
		put(&p, 0x07008000, 4);
		put(&p, HOA, 4);
		put(&p, HA, 4);
		put(&p, COA, 4);
		put(&p, i, 4);
		put_auth(&p);
		send_message(&p, HA, 434, FA, 434);
	}
}

// The node moves with each registration, and packets still go to where it was.
ATTACK(old_tunnels)
{
	PEN(p);
	for (uint32_t i = 0; i < n; i++) {
		p.at = 3000 * (int64_t)i;
		exchange(&p, &(registration_t){.coa = COA + i, .id = i, .id_high = ID_HIGH + 3 * i});
		tunnel(&p, HA, COA + i - (i > 0), 0);
		tunnel(&p, HA, COA + i - (i > 9 ? 9 : 0), 0);
	}
}

ATTACK(strange_care_of_addresses)
{
	PEN(p);
	exchange(&p, &(registration_t){.id = 1});
	for (uint32_t i = 0; i < n; i++)
		tunnel(&p, HA, COA + 1 + i, i % 3);
}

// A tunnel to an address that thousands share, and to a prefix that thousands held.
ATTACK(tunnels_of_many)
{
	PEN(p);
	for (uint32_t i = 0; i < n; i++) {
		p.at = 3000 * (int64_t)i;
		exchange(&p, &(registration_t){.hoa = HOA + i, .id = i, .id_high = ID_HIGH + 3 * i, .lifetime = 1});
		tunnel(&p, HA, COA, 0);
		tunnel(&p, HA, COA, 1);
	}
}

#define ROW(name, n)                                                                                                   \
	{                                                                                                              \
#name, n, name                                                                                         \
	}

const attack_t attacks[] = {
	ROW(replies_for_others, 1000),
	ROW(replies_for_one, 1000),
	ROW(prefixes_answered, 350),
	ROW(prefixes_not_asked, 350),
	ROW(prefixes_repeated, 350),
	ROW(prefixes_nested, 350),
	ROW(prefixes_of_two_nodes, 350),
	ROW(prefixes_left_out, 350),
	ROW(extensions_of_two_bytes, 4000),
	ROW(empty_dsmipv4_extensions, 4000),
	ROW(tunneling_modes, 2000),
	ROW(authentications, 350),
	ROW(link_authentications, 350),
	ROW(dead_holders, 800),
	ROW(dead_holders_of_nested, 60),
	ROW(prefix_around_many, 1500),
	ROW(reregistrations, 500),
	ROW(new_identifications, 500),
	ROW(many_nodes, 500),
	ROW(one_identification, 500),
	ROW(many_names, 500),
	ROW(names_without_address, 500),
	ROW(many_home_agents, 500),
	ROW(many_foreign_agents, 500),
	ROW(one_foreign_agent, 500),
	ROW(one_nat_address, 500),
	ROW(simultaneous_bindings, 500),
	ROW(overlapping_prefixes_of_one_node, 500),
	ROW(unanswered_requests, 500),
	ROW(replies_alone, 500),
	ROW(revocations, 500),
	ROW(old_tunnels, 500),
	ROW(strange_care_of_addresses, 500),
	ROW(tunnels_of_many, 500),
};
const unsigned n_attacks = sizeof attacks / sizeof attacks[0];
