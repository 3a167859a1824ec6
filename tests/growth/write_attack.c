// SPDX-License-Identifier: GPL-2.0-or-later
// Writes an attack as a capture: write_attack NAME N FILE. Without arguments it lists them, with the least N of each.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks.h"

#define BEGIN 1700000000
#define ETHERNET_LEN 14
#define IPV4_LEN 20
#define UDP_LEN 8

static void put16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value & 0xffff);
}

static void put_checksum(uint8_t *header)
{
	uint32_t sum = 0;
	for (unsigned i = 0; i < IPV4_LEN; i += 2)
		sum += (uint32_t)header[i] << 8 | header[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	put16(header + 10, ~(sum + (sum >> 16)) & 0xffff);
}

// The headers in front of the payload; UDP without a checksum. Returns their length.
static uint32_t put_headers(uint8_t *p, const attack_packet_t *a)
{
	bool udp = a->protocol == 17;
	uint8_t *ip = p + ETHERNET_LEN;
	memset(p, 0, ETHERNET_LEN + IPV4_LEN + UDP_LEN);
	p[0] = p[6] = 2;
	p[5] = 1;
	p[11] = 2;
	put16(p + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, IPV4_LEN + (udp ? UDP_LEN : 0) + a->len);
	ip[8] = 64;
	ip[9] = a->protocol;
	put32(ip + 12, a->src);
	put32(ip + 16, a->dst);
	put_checksum(ip);
	if (!udp)
		return ETHERNET_LEN + IPV4_LEN;
	put16(ip + 20, a->sport);
	put16(ip + 22, a->dport);
	put16(ip + 24, UDP_LEN + a->len);
	return ETHERNET_LEN + IPV4_LEN + UDP_LEN;
}

static void write_packet(const attack_packet_t *a, void *user)
{
	uint8_t headers[ETHERNET_LEN + IPV4_LEN + UDP_LEN];
	uint32_t len = put_headers(headers, a);
	uint32_t record[] = {(uint32_t)(BEGIN + a->at / 1000), (uint32_t)(a->at % 1000 * 1000), len + a->len,
			     len + a->len};
	fwrite(record, sizeof record, 1, user);
	fwrite(headers, len, 1, user);
	fwrite(a->payload, a->len, 1, user);
}

static int write_attack(const attack_t *attack, unsigned n, const char *path)
{
	static const uint32_t header[] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1};
	FILE *file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return EXIT_FAILURE;
	}
	fwrite(header, sizeof header, 1, file);
	attack->make(n, write_packet, file);
	bool failed = ferror(file);
	if (fclose(file) || failed) {
		perror(path);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	for (unsigned i = 0; i < n_attacks; i++) {
		if (argc == 1)
			printf("%s %u\n", attacks[i].name, attacks[i].n);
		else if (argc == 4 && strcmp(attacks[i].name, argv[1]) == 0)
			return write_attack(&attacks[i], (unsigned)strtoul(argv[2], NULL, 10), argv[3]);
	}
	if (argc == 1)
		return EXIT_SUCCESS;
	fprintf(stderr, "usage: write_attack [NAME N FILE]\n");
	return 2;
}
