// SPDX-License-Identifier: GPL-2.0-or-later
// The plainest loops that send the packets of a capture again and again: what an interface takes, by each of the
// system calls that Linux has for it. bench_send.py holds `dsmipgen send --topspeed` against them.
//
//   bench_loop send|sendmmsg|sendmmsg-bypass|ring|ring-bypass INTERFACE CAPTURE PROCESSES
#define _GNU_SOURCE // sendmmsg()

#include <err.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>

enum {
	MOST_PACKETS = 1024,
	BATCH = 64,
	FRAME = 2048, // of a ring
	FRAMES = 1024,
	BLOCK = 1 << 16,
};

typedef struct {
	uint8_t *bytes;
	size_t length;
} packet_t;

static packet_t packets[MOST_PACKETS];
static unsigned n_packets;

static void read_packets(const char *path)
{
	char reason[PCAP_ERRBUF_SIZE];
	pcap_t *file = pcap_open_offline(path, reason);
	struct pcap_pkthdr *header;
	const u_char *bytes;

	if (!file)
		errx(1, "%s", reason);
	while (n_packets < MOST_PACKETS && pcap_next_ex(file, &header, &bytes) == 1) {
		packet_t *packet = &packets[n_packets++];

		packet->length = header->caplen;
		packet->bytes = malloc(header->caplen);
		if (!packet->bytes)
			err(1, "malloc");
		memcpy(packet->bytes, bytes, header->caplen);
	}
	pcap_close(file);
	if (n_packets == 0)
		errx(1, "%s has no packets", path);
}

static int open_socket(const char *interface, bool bypasses)
{
	struct sockaddr_ll here = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
	int socket_ = socket(AF_PACKET, SOCK_RAW, 0), yes = 1;

	if (socket_ < 0 || bind(socket_, (struct sockaddr *)&here, sizeof(here)) != 0)
		err(1, "%s", interface);
	if (bypasses && setsockopt(socket_, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)) != 0)
		err(1, "PACKET_QDISC_BYPASS");
	return socket_;
}

static void loop_send(int socket_)
{
	for (unsigned i = 0;; i = (i + 1) % n_packets)
		(void)send(socket_, packets[i].bytes, packets[i].length, 0);
}

static void loop_sendmmsg(int socket_)
{
	struct mmsghdr messages[BATCH];
	struct iovec pieces[BATCH];

	for (unsigned i = 0; i < BATCH; i++) {
		const packet_t *packet = &packets[i % n_packets];

		pieces[i] = (struct iovec){packet->bytes, packet->length};
		messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
	}
	for (;;)
		(void)sendmmsg(socket_, messages, BATCH, 0);
}

static uint8_t *open_ring(int socket_)
{
	struct tpacket_req request = {BLOCK, FRAMES * FRAME / BLOCK, FRAME, FRAMES};
	int version = TPACKET_V2;
	void *ring;

	if (setsockopt(socket_, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) != 0 ||
	    setsockopt(socket_, SOL_PACKET, PACKET_TX_RING, &request, sizeof(request)) != 0)
		err(1, "PACKET_TX_RING");
	ring = mmap(NULL, FRAMES * FRAME, PROT_READ | PROT_WRITE, MAP_SHARED, socket_, 0);
	if (ring == MAP_FAILED)
		err(1, "mmap");
	return ring;
}

static void loop_ring(int socket_)
{
	uint8_t *ring = open_ring(socket_);

	for (unsigned i = 0;; i = (i + 1) % FRAMES) {
		struct tpacket2_hdr *header = (struct tpacket2_hdr *)(void *)(ring + i * FRAME);
		const packet_t *packet = &packets[i % n_packets];

		while (__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE)
			(void)send(socket_, NULL, 0, 0);
		memcpy((uint8_t *)header + TPACKET2_HDRLEN - sizeof(struct sockaddr_ll), packet->bytes, packet->length);
		header->tp_len = (uint32_t)packet->length;
		__atomic_store_n(&header->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
		if (i % BATCH == BATCH - 1)
			(void)send(socket_, NULL, 0, MSG_DONTWAIT);
	}
}

static const struct {
	const char *name;
	void (*loop)(int socket_);
	bool bypasses;
} methods[] = {
	{"send", loop_send, false}, {"sendmmsg", loop_sendmmsg, false}, {"sendmmsg-bypass", loop_sendmmsg, true},
	{"ring", loop_ring, false}, {"ring-bypass", loop_ring, true},
};

static void run(const char *name, const char *interface)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(methods[i].name, name) == 0)
			methods[i].loop(open_socket(interface, methods[i].bypasses));
	}
	errx(2, "unknown method %s", name);
}

// The processes end with the one that began them.
int main(int count, char **words)
{
	if (count != 5)
		errx(2, "usage: bench_loop send|sendmmsg|sendmmsg-bypass|ring|ring-bypass INTERFACE CAPTURE PROCESSES");
	read_packets(words[3]);
	for (int i = atoi(words[4]); i > 1; i--) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			break;
		}
	}
	run(words[1], words[2]);
	return 1;
}
