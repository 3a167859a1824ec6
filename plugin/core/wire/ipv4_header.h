// SPDX-License-Identifier: GPL-2.0-or-later
// What the rules need to know of the headers around a control message.
#ifndef DSMIPV4_PACKET_H
#define DSMIPV4_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#define DSMIPV4_SECOND INT64_C(1000000000) // times are in nanoseconds
#define DSMIPV4_NTP_OFFSET 2208988800u     // seconds from 1900 to 1970
#define DSMIPV4_DAY 86400                  // seconds; nearer to the capture an identification is a timestamp

typedef enum {
	DSMIPV4_CHECKSUM_UNKNOWN, // the datagram is not captured whole
	DSMIPV4_CHECKSUM_NONE,    // sent as zero
	DSMIPV4_CHECKSUM_GOOD,
	DSMIPV4_CHECKSUM_BAD,
} dsmipv4_checksum_t;

typedef struct {
	bool ipv4;         // src and dst are IPv4 addresses
	uint32_t src, dst; // host byte order
	uint16_t sport, dport;
	bool sport_further, dport_further; // the user said that this port carries Mobile IP, as 434 does
	bool ttl_known;
	uint8_t ttl;
	dsmipv4_checksum_t udp_checksum;
	uint16_t udp_checksum_sent;  // unless UNKNOWN: as sent,
	uint16_t udp_checksum_right; // and as it should be
	bool time_known;
	int64_t time;        // of capture: seconds since 1970-01-01, rounded down
	uint32_t nsecs;      // and nanoseconds
	uint32_t frame;      // number of the frame in the capture, from 1
	int64_t capture_end; // nanoseconds since 1970: time of the last message, 0 while it is not known
	bool replies_seen;   // somewhere in the capture, from dst to src; false while it is not known
	bool agent_answers;  // dst is a home agent that accepts registrations before and after; false as above
} dsmipv4_packet_t;

// When the packet was captured, nanoseconds since 1970, kept within the years 1825 to 2115 so that
// differences, lifetimes and grace periods fit.
#define DSMIPV4_LATEST_TIME (INT64_MAX / 2 - INT64_C(365) * DSMIPV4_DAY * DSMIPV4_SECOND)
int64_t dsmipv4_packet_time(const dsmipv4_packet_t *packet);

// Address classes; addresses in host byte order.
bool dsmipv4_ipv4_is_loopback(uint32_t addr);  // 127/8
bool dsmipv4_ipv4_is_multicast(uint32_t addr); // 224/4
bool dsmipv4_ipv4_is_private(uint32_t addr);   // RFC 1918, RFC 6598

// One's complement sum over `len` bytes in addition to `sum`: GOOD if it comes to all ones, as over
// anything that holds its own right checksum (RFC 1071), else BAD.
dsmipv4_checksum_t dsmipv4_checksum(uint64_t sum, const uint8_t *bytes, uint32_t len);

// The checksum that belongs at offset `at` of these bytes, whatever is there now.
uint16_t dsmipv4_checksum_right(uint64_t sum, const uint8_t *bytes, uint32_t len, uint32_t at);

// State of the UDP checksum of a datagram over IPv4 (RFC 768). `udp` holds `len` bytes from the UDP
// header on, all captured; addresses in host byte order.
dsmipv4_checksum_t dsmipv4_udp_checksum(uint32_t src, uint32_t dst, const uint8_t *udp, uint32_t len);

// The checksum that the same datagram, of at least 8 bytes, should have.
uint16_t dsmipv4_udp_checksum_right(uint32_t src, uint32_t dst, const uint8_t *udp, uint32_t len);

#endif
