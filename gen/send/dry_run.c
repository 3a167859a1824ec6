// SPDX-License-Identifier: GPL-2.0-or-later
// send --dry-run: what a run would send, with the times that it would be sent at.
#include "send/dry_run.h"

#include "send/schedule.h"

#include <net/ethernet.h>
#include <string.h>

#define NANO_PER_MICRO 1000

enum {
	IPV4_SOURCE = 12, // RFC 791 3.1
	IPV4_DESTINATION = 16,
};

typedef struct {
	packet_source_t base;
	const job_t *job;
	schedule_t schedule; // of a clock that nobody waits for
	gint64 first;        // deadline
	gint64 start;        // microseconds since 1970
	guint64 round;
	guint64 left; // packets of the round
} dry_run_t;

static gint64 time_now(const dry_run_t *run)
{
	return run->start + (run->schedule.due - run->first) / NANO_PER_MICRO;
}

static bool begin_round(dry_run_t *run)
{
	send_loop_t *loop = run->job->loops[0];
	guint32 first;
	guint32 nodes;

	run->left = job_share(run->job, send_loop_packets(loop), run->round++, &first, &nodes);
	if (run->left > 0)
		send_loop_begin(loop, time_now(run), first, nodes);
	return run->left > 0;
}

static bool is_over(const dry_run_t *run)
{
	return run->job->duration > 0 && run->schedule.due - run->first >= run->job->duration;
}

static bool next_packet(packet_source_t *source, packet_t *packet)
{
	dry_run_t *run = (dry_run_t *)source;
	send_loop_t *loop = run->job->loops[0];

	send_loop_comment(loop, source->makes_comments);
	if (is_over(run))
		return false;
	while (run->left == 0 || !send_loop_next(loop, packet))
		if (!begin_round(run))
			return false;
	run->left--;
	packet->time = time_now(run);
	packet->captured = packet->length; // what is sent is whole
	schedule_advance(&run->schedule, &run->job->pace, packet->length, send_loop_gap(loop));
	send_loop_follow(loop, time_now(run));
	return true;
}

static void free_run(packet_source_t *source)
{
	g_free(source);
}

packet_source_t *dry_run_new(const job_t *job)
{
	dry_run_t *run = g_new0(dry_run_t, 1);

	run->base = (packet_source_t){.next = next_packet, .free = free_run};
	run->job = job;
	run->start = job->has_start_time ? job->start_time : g_get_real_time();
	schedule_start(&run->schedule);
	run->first = run->schedule.due;
	return &run->base;
}

static char *addresses(const packet_t *packet)
{
	gsize offset = frame_ipv4_offset(packet->bytes, packet->length);
	char source[INET_ADDRSTRLEN];
	char destination[INET_ADDRSTRLEN];

	if (offset == 0)
		return g_strdup("not IPv4");
	inet_ntop(AF_INET, packet->bytes + offset + IPV4_SOURCE, source, sizeof(source));
	inet_ntop(AF_INET, packet->bytes + offset + IPV4_DESTINATION, destination, sizeof(destination));
	return g_strdup_printf("%s > %s", source, destination);
}

// The frame's destination; empty if the kernel finds it, or ARP would.
static char *link_address(const job_t *job, const guint8 *frame)
{
	static const guint8 unknown[ETH_ALEN];

	if (job->is_raw || job->interface->is_loopback)
		return g_strdup("");
	if (memcmp(frame, unknown, ETH_ALEN) == 0)
		return g_strdup("by ARP             ");
	return g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x  ", frame[0], frame[1], frame[2], frame[3], frame[4],
			       frame[5]);
}

void dry_run_print(const job_t *job)
{
	packet_source_t *source = dry_run_new(job);
	gint64 start = ((dry_run_t *)source)->start;
	gsize unsent = job->is_raw ? ETH_HLEN : 0;
	packet_t packet;

	while (source->next(source, &packet)) {
		g_autofree char *step = send_loop_step(job->loops[0], &packet);
		g_autofree char *link = link_address(job, packet.bytes);
		g_autofree char *ends = addresses(&packet);

		g_print("%12.6f  %5" G_GSIZE_FORMAT "  %s%-33s  %s\n", (double)(packet.time - start) / G_USEC_PER_SEC,
			packet.length - unsent, link, ends, step);
	}
	packet_source_free(source);
}
