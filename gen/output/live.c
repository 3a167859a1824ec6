// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of scenarios in time: as they would come from a network now, for a reader that shows them meanwhile.
#include "output/live.h"

#include <poll.h>
#include <signal.h>

#define PAUSE G_USEC_PER_SEC // between rounds
#define PER_MILLISECOND 1000
#define NAP_MS 100 // between looks at the clock, which may be set

typedef struct {
	packet_source_t base;
	char **names; // of the caller
	traffic_options_t options;
	packet_source_t *round;
	guint64 left; // rounds after this one
	bool is_endless;
	gint64 last; // time of the last packet
} live_t;

static const int endings[] = {SIGINT, SIGTERM, SIGPIPE};
static volatile sig_atomic_t is_stopped;

static void stop(int number G_GNUC_UNUSED)
{
	is_stopped = 1;
}

bool live_is_stopped(void)
{
	return is_stopped;
}

// Without SA_RESTART, so that a sleep ends.
static void heed_signals(void)
{
	const struct sigaction action = {.sa_handler = stop};

	for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
		sigaction(endings[i], &action, NULL);
}

static bool begin_round(live_t *live, gint64 start, GError **error)
{
	packet_source_free(live->round);
	live->options.start = start;
	live->round = traffic_source(live->names, &live->options, error);
	return live->round;
}

// Waits until a time; false if nobody reads any more, or a signal came.
static bool await(const live_t *live, gint64 time)
{
	struct pollfd reader = {.fd = live->base.descriptor}; // POLLERR and POLLHUP come unasked

	for (;;) {
		gint64 left = time - g_get_real_time();
		gint64 nap = left <= 0 ? 0 : MIN(left / PER_MILLISECOND + 1, NAP_MS);

		if (poll(&reader, 1, (int)nap) > 0)
			is_stopped = 1;
		if (is_stopped || left <= 0)
			return !is_stopped;
	}
}

// A packet of this round, or of the next one that there is.
static bool take(live_t *live, packet_t *packet)
{
	for (;;) {
		live->round->makes_comments = live->base.makes_comments;
		if (live->round->next(live->round, packet))
			return true;
		if (live->left == 0 && !live->is_endless)
			return false;
		live->left -= live->is_endless ? 0 : 1;
		gint64 start = MAX(live->last + PAUSE, g_get_real_time());
		if (!await(live, start) || !begin_round(live, start, NULL)) // it went well the first time
			return false;
	}
}

static bool next_packet(packet_source_t *source, packet_t *packet)
{
	live_t *live = (live_t *)source;

	if (is_stopped || !take(live, packet))
		return false;
	live->last = packet->time;
	return await(live, packet->time);
}

static void free_live(packet_source_t *source)
{
	packet_source_free(((live_t *)source)->round);
	g_free(source);
}

packet_source_t *live_source(char **names, const traffic_options_t *options, guint64 rounds, GError **error)
{
	live_t *live = g_new0(live_t, 1);

	live->base = (packet_source_t){.next = next_packet, .free = free_live, .is_live = true};
	live->names = names;
	live->options = *options;
	live->is_endless = rounds == 0;
	live->left = rounds > 0 ? rounds - 1 : 0;
	if (begin_round(live, g_get_real_time(), error)) {
		heed_signals();
		return &live->base;
	}
	free_live(&live->base);
	return NULL;
}
