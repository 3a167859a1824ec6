// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses and checksums of the headers around a control message.
#include "wire/ipv4_header.h"

#include <stddef.h>

#include "util/bytes.h"

// A prefix of the IPv4 address space: network and number of bits.
typedef struct {
	uint32_t network;
	unsigned bits;
} ipv4_range_t;

static bool in_range(uint32_t addr, const ipv4_range_t *range)
{
	return (addr ^ range->network) >> (32 - range->bits) == 0;
}

bool dsmipv4_ipv4_is_loopback(uint32_t addr)
{
	return in_range(addr, &(ipv4_range_t){0x7f000000, 8});
}

bool dsmipv4_ipv4_is_multicast(uint32_t addr)
{
	return in_range(addr, &(ipv4_range_t){0xe0000000, 4});
}

bool dsmipv4_ipv4_is_private(uint32_t addr)
{
	static const ipv4_range_t ranges[] = {
		{0x0a000000, 8},  // 10/8
		{0xac100000, 12}, // 172.16/12
		{0xc0a80000, 16}, // 192.168/16
		{0x64400000, 10}, // 100.64/10, RFC 6598
	};
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		if (in_range(addr, &ranges[i]))
			return true;
	}
	return false;
}

#define LATEST_TIME (DSMIPV4_LATEST_TIME / DSMIPV4_SECOND)

// Capture files may contain any time.
int64_t dsmipv4_packet_time(const dsmipv4_packet_t *packet)
{
	int64_t seconds = packet->time < -LATEST_TIME ? -LATEST_TIME : packet->time;
	seconds = seconds > LATEST_TIME ? LATEST_TIME : seconds;
	return seconds * DSMIPV4_SECOND + (packet->nsecs < DSMIPV4_SECOND ? packet->nsecs : DSMIPV4_SECOND - 1);
}

// Words of 32 bits have the same sum as their halves: what is carried is added again (RFC 1071 2).
static uint16_t sum_of(uint64_t sum, const uint8_t *bytes, uint32_t len)
{
	uint32_t i = 0;
	for (; len - i >= 4; i += 4)
		sum += get32(bytes + i);
	if (len - i >= 2)
		sum += get16(bytes + i);
	if (len % 2)
		sum += (uint32_t)bytes[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

dsmipv4_checksum_t dsmipv4_checksum(uint64_t sum, const uint8_t *bytes, uint32_t len)
{
	return sum_of(sum, bytes, len) == 0xffff ? DSMIPV4_CHECKSUM_GOOD : DSMIPV4_CHECKSUM_BAD;
}

// What was sent in place of the checksum is taken out of the sum by adding its complement.
uint16_t dsmipv4_checksum_right(uint64_t sum, const uint8_t *bytes, uint32_t len, uint32_t at)
{
	return (uint16_t)~sum_of(sum + (uint16_t)~get16(bytes + at), bytes, len);
}

#define UDP_HEADER_LEN 8
#define UDP_CHECKSUM_OFFSET 6
#define IP_PROTOCOL_UDP 17

static uint64_t pseudo_header_sum(uint32_t src, uint32_t dst, uint32_t len)
{
	return (uint64_t)(src >> 16) + (src & 0xffff) + (dst >> 16) + (dst & 0xffff) + IP_PROTOCOL_UDP + len;
}

dsmipv4_checksum_t dsmipv4_udp_checksum(uint32_t src, uint32_t dst, const uint8_t *udp, uint32_t len)
{
	if (len < UDP_HEADER_LEN)
		return DSMIPV4_CHECKSUM_UNKNOWN;
	if (udp[UDP_CHECKSUM_OFFSET] == 0 && udp[UDP_CHECKSUM_OFFSET + 1] == 0)
		return DSMIPV4_CHECKSUM_NONE;
	return dsmipv4_checksum(pseudo_header_sum(src, dst, len), udp, len);
}

uint16_t dsmipv4_udp_checksum_right(uint32_t src, uint32_t dst, const uint8_t *udp, uint32_t len)
{
	uint16_t right = dsmipv4_checksum_right(pseudo_header_sum(src, dst, len), udp, len, UDP_CHECKSUM_OFFSET);
	return right ? right : 0xffff; // 0 says that there is none
}
