// SPDX-License-Identifier: GPL-2.0-or-later
// The plain limit of making packets from templates: registrations of N nodes, in the very bytes that
// `dsmipgen write registration --nodes N` writes, by nothing but memcpy, checksum updates, HMAC-MD5 and
// large writes, all offsets known beforehand. See bench_template.py.
#include <fcntl.h>
#include <gcrypt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_HEADER 24
#define RECORD_HEADER 16
#define BUFFER (1024 * 1024)
#define MAX_PACKET 256
#define PAYLOAD 42         // Ethernet, IPv4, UDP
#define REPLY_AFTER 100000 // microseconds, as in the flow
#define SPACING 1000
#define START 1767225600u // seconds, 2026-01-01
#define NTP_OFFSET 2208988800u
#define KEY "mn1-ha secret"

// Where the fields of a message are that differ from node to node, in the frame.
typedef struct {
	unsigned mac, ip; // ends of the care-of address
	unsigned coa;     // in the message, or 0
	unsigned hoa, id, prefix, auth;
	uint8_t bytes[MAX_PACKET];
	unsigned len;
	uint64_t ip_base, udp_base; // sums of what stays
} template_t;

typedef struct {
	int fd;
	size_t used;
	uint8_t bytes[BUFFER + MAX_PACKET + RECORD_HEADER];
} output_t;

static gcry_md_hd_t hmac;
static output_t output;

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static void put32(uint8_t *p, uint32_t value)
{
	value = __builtin_bswap32(value);
	memcpy(p, &value, 4);
}

static uint64_t add(uint64_t sum, const uint8_t *p, unsigned len)
{
	for (; len >= 4; p += 4, len -= 4) {
		uint32_t word;
		memcpy(&word, p, 4);
		sum += __builtin_bswap32(word);
	}
	return len >= 2 ? sum + (uint32_t)(p[0] << 8 | p[1]) : sum;
}

static void put_checksum(uint8_t *p, uint64_t sum, bool is_udp)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	uint16_t checksum = (uint16_t)~sum;
	if (is_udp && checksum == 0)
		checksum = 0xffff;
	p[0] = (uint8_t)(checksum >> 8);
	p[1] = (uint8_t)checksum;
}

static void flush(void)
{
	if (write(output.fd, output.bytes, output.used) != (ssize_t)output.used)
		die("write");
	output.used = 0;
}

// With zeros for all that changes: the sums over it are those of what stays.
static void prepare(template_t *t)
{
	uint8_t *p = t->bytes;
	memset(p + t->ip, 0, 4);
	memset(p + t->hoa, 0, 4);
	if (t->coa)
		memset(p + t->coa, 0, 4);
	memset(p + t->id, 0, 8);
	memset(p + t->prefix, 0, 16);
	memset(p + t->auth, 0, 16);
	memset(p + 24, 0, 2);
	memset(p + 40, 0, 2);
	t->ip_base = add(0, p + 14, 20);
	t->udp_base = add(17 + t->len - 34, p + 26, t->len - 26);
}

static void make(const template_t *t, uint32_t node, uint64_t at, uint64_t asked)
{
	uint32_t host = (node / 254 << 8) + node % 254 + 1, coa = 0x0a400000 + host, hoa = 0x0a000000 + host;
	uint32_t header[4] = {START + (uint32_t)(at / 1000000), (uint32_t)(at % 1000000), t->len, t->len};
	uint8_t *p = output.bytes + output.used;
	memcpy(p, header, RECORD_HEADER);
	p += RECORD_HEADER;
	memcpy(p, t->bytes, t->len);
	output.used += RECORD_HEADER + t->len;

	put32(p + t->mac, coa);
	put32(p + t->ip, coa);
	put32(p + t->hoa, hoa);
	if (t->coa)
		put32(p + t->coa, coa);
	put32(p + t->id, (uint32_t)(START + NTP_OFFSET + asked / 1000000));
	put32(p + t->id + 4, (uint32_t)((asked % 1000000 << 32) / 1000000));
	put32(p + t->prefix, 0x3fff0000 + (node >> 16));
	put32(p + t->prefix + 4, node << 16);
	gcry_md_reset(hmac);
	gcry_md_write(hmac, p + PAYLOAD, t->auth - PAYLOAD);
	memcpy(p + t->auth, gcry_md_read(hmac, 0), 16);

	put_checksum(p + 24, t->ip_base + coa, false);
	uint64_t sum = t->udp_base + (t->coa ? 2 * (uint64_t)coa : coa) + hoa;
	sum = add(sum, p + t->id, 8);
	sum = add(sum, p + t->prefix, 8);
	sum = add(sum, p + t->auth, 16);
	put_checksum(p + 40, sum, true);
	if (output.used >= BUFFER)
		flush();
}

static void read_template(FILE *file, template_t *t)
{
	uint32_t header[4];
	if (fread(header, sizeof header, 1, file) != 1 || header[2] > MAX_PACKET ||
	    fread(t->bytes, header[2], 1, file) != 1)
		die("template");
	t->len = header[2];
	prepare(t);
}

int main(int argc, char **argv)
{
	template_t request = {.mac = 8, .ip = 26, .coa = 54, .hoa = 46, .id = 58, .prefix = 70, .auth = 96};
	template_t reply = {.mac = 2, .ip = 30, .hoa = 46, .id = 54, .prefix = 68, .auth = 90};

	if (argc != 4) {
		fprintf(stderr, "Usage: bench_template ONE_NODE.pcap NODES OUTPUT.pcap\n");
		return 2;
	}
	uint32_t nodes = (uint32_t)strtoul(argv[2], NULL, 10);
	FILE *file = fopen(argv[1], "rb");
	if (!file || fread(output.bytes, FILE_HEADER, 1, file) != 1)
		die(argv[1]);
	output.used = FILE_HEADER;
	read_template(file, &request);
	read_template(file, &reply);
	fclose(file);

	gcry_check_version(NULL);
	gcry_control(GCRYCTL_DISABLE_SECMEM);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED);
	if (gcry_md_open(&hmac, GCRY_MD_MD5, GCRY_MD_FLAG_HMAC) || gcry_md_setkey(hmac, KEY, strlen(KEY)))
		die("libgcrypt");
	output.fd = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (output.fd < 0)
		die(argv[3]);

	for (uint32_t i = 0; i < nodes + REPLY_AFTER / SPACING; i++) {
		uint64_t at = (uint64_t)i * SPACING;
		if (at >= REPLY_AFTER)
			make(&reply, i - REPLY_AFTER / SPACING, at, at - REPLY_AFTER);
		if (i < nodes)
			make(&request, i, at, at);
	}
	flush();
	close(output.fd);
	gcry_md_close(hmac);
	return 0;
}
