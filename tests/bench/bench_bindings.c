// SPDX-License-Identifier: GPL-2.0-or-later
// Time and memory of the binding table: N nodes register a prefix each, at two sizes in one run.
#include <malloc.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/dispatch.h"

#define SMALL 1000
#define LARGE 1000000
#define REPEAT 100 // how often the small table is filled, to be measurable at all
#define ROUNDS 3   // of all; the fastest counts, for other programs only ever add to the time
#define HA 0xc6336401u
#define MOST_BYTES 128

// Figures of one filling.
typedef struct {
	double table;     // seconds in the table alone
	double whole;     // seconds for decoding, table and all rules
	size_t allocated; // bytes that the allocator asked of malloc()
} fill_t;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void put32(uint8_t *p, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t append(uint8_t *to, uint32_t at, const void *from, uint32_t len)
{
	memcpy(to + at, from, len);
	return at + len;
}

static const uint8_t mhae[22] = {32, 20, 0, 0, 1, 0};

// Registration request (RFC 3344 3.3) for one /48 (RFC 5454 2.1), tunneling mode, authentication.
static uint32_t make_request(uint8_t *m, uint32_t i)
{
	static const uint8_t mode[] = {152, 2, 3, 0};
	uint8_t prefix[20] = {152, 18, 1, 48, 0x20, 0x01};
	memset(m, 0, 24);
	m[0] = 1;
	m[1] = 0x22;
	m[2] = 2;
	m[3] = 0x58;
	put32(m + 4, 0x0a000000 + i);
	put32(m + 8, HA);
	put32(m + 12, 0xc0000000 + i);
	put32(m + 16, 0xe8fe6f80 + i / 1000);
	put32(m + 20, i);
	put32(prefix + 6, i);
	uint32_t len = append(m, 24, prefix, sizeof prefix);
	len = append(m, len, mode, sizeof mode);
	return append(m, len, mhae, sizeof mhae);
}

// Registration reply (RFC 3344 3.4) that accepts it (RFC 5454 2.2).
static uint32_t make_reply(uint8_t *m, uint32_t i)
{
	uint8_t prefix[22] = {152, 20, 2, 1, 48, 0, 0x20, 0x01};
	memset(m, 0, 20);
	m[0] = 3;
	m[2] = 2;
	m[3] = 0x58;
	put32(m + 4, 0x0a000000 + i);
	put32(m + 8, HA);
	put32(m + 12, 0xe8fe6f80 + i / 1000);
	put32(m + 16, i);
	put32(prefix + 8, i);
	uint32_t len = append(m, 20, prefix, sizeof prefix);
	return append(m, len, mhae, sizeof mhae);
}

static dsmipv4_packet_t packet_of(uint32_t i, bool reply)
{
	uint32_t coa = 0xc0000000 + i;
	return (dsmipv4_packet_t){
		.ipv4 = true,
		.src = reply ? HA : coa,
		.dst = reply ? coa : HA,
		.sport = reply ? 434 : 40000,
		.dport = reply ? 40000 : 434,
		.time_known = true,
		.time = 1700000000 + i / 1000,
		.nsecs = i % 1000 * 1000000 + (reply ? 500000 : 0),
		.frame = 2 * i + (reply ? 2 : 1),
	};
}

// One message; the times are added up.
static const dsmipv4_event_t *take(dsmipv4_bindings_t *table, wmem_allocator_t *scratch,
				   const dsmipv4_options_t *options, uint32_t i, bool reply, fill_t *sum)
{
	uint8_t bytes[MOST_BYTES];
	uint32_t len = reply ? make_reply(bytes, i) : make_request(bytes, i);
	dsmipv4_packet_t packet = packet_of(i, reply);
	double begin = now();
	const dsmipv4_message_t *m = dsmipv4_message_decode(scratch, bytes, len, len, false);
	double decoded = now();
	const dsmipv4_event_t *e = dsmipv4_bindings_message(table, &packet, m, DSMIPV4_AUTH_NOT_CHECKED);
	double taken = now();
	dsmipv4_judge_message(scratch, options, &packet, m, e);
	sum->table += taken - decoded;
	sum->whole += now() - begin;
	return e;
}

static fill_t fill(uint32_t n, wmem_allocator_type_t type)
{
	fill_t result = {0};
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK_FAST);
	wmem_allocator_t *alloc = wmem_allocator_new(type);
	struct mallinfo2 before = mallinfo2();
	dsmipv4_bindings_t *table = dsmipv4_bindings_new(alloc);
	for (uint32_t i = 0; i < n; i++) {
		take(table, scratch, &options, i, false, &result);
		const dsmipv4_event_t *e = take(table, scratch, &options, i, true, &result);
		if (!e || !e->binding || e->overlaps) {
			fprintf(stderr, "node %u is not registered\n", i);
			exit(EXIT_FAILURE);
		}
		wmem_free_all(scratch);
	}
	struct mallinfo2 after = mallinfo2();
	result.allocated = after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
	wmem_destroy_allocator(alloc);
	wmem_destroy_allocator(scratch);
	return result;
}

// Fill a table `times` times; figures are for one registration.
static void keep_fastest(fill_t *best, uint32_t n, unsigned times)
{
	fill_t sum = {0};
	for (unsigned i = 0; i < times; i++) {
		fill_t one = fill(n, WMEM_ALLOCATOR_BLOCK);
		sum.table += one.table / ((double)n * times);
		sum.whole += one.whole / ((double)n * times);
		best->allocated = one.allocated;
	}
	best->table = fmin(best->table, sum.table);
	best->whole = fmin(best->whole, sum.whole);
}

// The clock itself, which is read twice for each message.
static double cost_of_clock(void)
{
	double sum = 0;
	for (unsigned i = 0; i < 1000000; i++) {
		double begin = now();
		sum += now() - begin;
	}
	return sum / 1e6;
}

static void report_sizes(void)
{
	size_t prefix = sizeof(dsmipv4_registered_prefix_t);
	printf("message, one prefix:  %zu bytes\n", offsetof(dsmipv4_event_t, prefixes) + prefix);
	printf("node:                 %zu bytes\n", sizeof(dsmipv4_node_t));
	printf("binding:              %zu bytes\n", sizeof(dsmipv4_binding_t));
	printf("version, one binding: %zu bytes\n", sizeof(dsmipv4_version_t) + sizeof(void *));
}

static void report_time(const char *what, double small, double large)
{
	printf("%s: %.0f ns at %d nodes, %.0f ns at %d, ratio %.2f\n", what, small * 1e9, SMALL, large * 1e9, LARGE,
	       large / small);
}

int main(void)
{
	wmem_init();
	double clock = 2 * cost_of_clock();
	fill_t small = {HUGE_VAL, HUGE_VAL, 0}, large = small;
	for (unsigned i = 0; i < ROUNDS; i++) {
		keep_fastest(&small, SMALL, REPEAT);
		keep_fastest(&large, LARGE, 1);
	}
	report_time("registration, table alone", small.table - clock, large.table - clock);
	report_time("registration, with decoding and rules (target 1.5)", small.whole - 3 * clock,
		    large.whole - 3 * clock);
	printf("memory per binding: %zu bytes (target 600)\n", large.allocated / LARGE);
	report_sizes();
	wmem_cleanup();
	return EXIT_SUCCESS;
}
