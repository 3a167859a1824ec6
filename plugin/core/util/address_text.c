// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses as text.
#include "util/address_text.h"

#include "util/bytes.h"

#define GROUPS 8

char *dsmipv4_put_octet(char *at, unsigned octet)
{
	if (octet >= 100)
		*at++ = (char)('0' + octet / 100);
	if (octet >= 10)
		*at++ = (char)('0' + octet / 10 % 10);
	*at++ = (char)('0' + octet % 10);
	return at;
}

char *dsmipv4_put_ipv4(char *at, uint32_t addr)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		at = dsmipv4_put_octet(at, addr >> shift & 0xff);
		*at++ = '.';
	}
	*--at = '\0';
	return at;
}

// Hexadecimal without leading zeros.
static char *put_group(char *at, unsigned group)
{
	int shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0;
	for (; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[group >> shift & 0xf];
	return at;
}

typedef struct {
	unsigned first, end; // groups
} run_t;

// The longest run of zero groups, the first of equals; empty if there is none of two or more (RFC 5952 4.2).
static run_t longest_zeros(const uint8_t addr[16])
{
	run_t best = {GROUPS, GROUPS}, run = {0, 0};
	for (; run.first < GROUPS; run.first = run.end + 1) {
		for (run.end = run.first; run.end < GROUPS && get16(addr + 2 * run.end) == 0;)
			run.end++;
		if (run.end - run.first >= 2 && run.end - run.first > best.end - best.first)
			best = run;
	}
	return best;
}

// The last 32 bits are an IPv4 address: IPv4-compatible or IPv4-mapped (RFC 4291 2.5.5).
static int has_ipv4(const uint8_t addr[16], run_t zeros)
{
	return zeros.first == 0 && (zeros.end == 6 || (zeros.end == 5 && get16(addr + 10) == 0xffff));
}

char *dsmipv4_put_ipv6(char *at, const uint8_t addr[16])
{
	run_t zeros = longest_zeros(addr);
	unsigned end = has_ipv4(addr, zeros) ? GROUPS - 2 : GROUPS;
	for (unsigned i = 0; i < end; i++) {
		if (i == zeros.first)
			*at++ = ':';
		if (i >= zeros.first && i < zeros.end)
			continue;
		if (i > 0)
			*at++ = ':';
		at = put_group(at, get16(addr + 2 * i));
	}
	if (end < GROUPS ||
	    (zeros.first < GROUPS && zeros.end == GROUPS)) // before the IPv4 address, or the zeros' second
		*at++ = ':';
	if (end < GROUPS)
		return dsmipv4_put_ipv4(at, get32(addr + 12));
	*at = '\0';
	return at;
}
