// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen send: scenarios -> an interface, in time.
#include "send.h"

#include "auth.h"
#include "sender.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define NANO_PER_MILLI 1000000
#define COUNT_MAX G_GUINT64_CONSTANT(1000000000000000)
#define THREADS_MAX 256

// Options that mean nothing, or the contrary, beside each other.
static bool check_combination(const struct send_options *options, GError **error)
{
	const char *raw = options->is_raw ? "" : NULL;
	const char *timed = options->is_topspeed ? NULL : "";
	const struct {
		const char *first;
		const char *second;
		const char *problem;
	} pairs[] = {
		{raw, options->mac_source, "--raw and --mac-source exclude each other; expected one of them"},
		{raw, options->mac_destination, "--raw and --mac-destination exclude each other; expected one of them"},
		{raw, options->next_hop, "--raw and --next-hop exclude each other; expected one of them"},
		{options->mac_destination, options->next_hop,
		 "--mac-destination and --next-hop exclude each other; expected one of them"},
		{timed, options->threads, "--threads without --topspeed; expected both"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		if (pairs[i].first == NULL || pairs[i].second == NULL)
			continue;
		fail(error, GEN_ERROR_SCENARIO, "%s", pairs[i].problem);
		return false;
	}
	return true;
}

// A whole number; absent if the option is not given.
static bool read_whole(const char *text, const char *option, guint64 minimum, guint64 maximum, guint64 absent,
		       guint64 *number, GError **error)
{
	*number = absent;
	if (text == NULL || g_ascii_string_to_unsigned(text, 10, minimum, maximum, number, NULL))
		return true;
	fail(error, GEN_ERROR_SCENARIO,
	     "%s '%s'; expected a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, option, text, minimum,
	     maximum);
	return false;
}

static bool read_start_time(const char *text, struct job *job, GError **error)
{
	GTimeZone *utc;
	GDateTime *time;

	if (text == NULL || strcmp(text, "now") == 0)
		return true;
	utc = g_time_zone_new_utc();
	time = g_date_time_new_from_iso8601(text, utc);
	g_time_zone_unref(utc);
	job->has_start_time = time != NULL && g_date_time_to_unix(time) >= 0;
	if (job->has_start_time)
		job->start_time = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
	else
		fail(error, GEN_ERROR_SCENARIO,
		     "--start-time '%s'; expected now, or a time such as 2026-01-01T00:00:00Z", text);
	g_clear_pointer(&time, g_date_time_unref);
	return job->has_start_time;
}

// Everything that can be told before the scenarios are read. loop: 0 is for ever.
static bool read_options(const struct send_options *options, struct round_options *round, struct job *job,
			 guint64 *loop, guint64 *count, guint64 *threads, GError **error)
{
	bool is_ended = options->count != NULL || options->duration != NULL;

	round->overrides = options->overrides;
	round->seed = (guint32)options->seed;
	round->is_filtered = options->to != NULL;
	job->is_raw = options->is_raw;
	if (!check_combination(options, error) ||
	    !pace_read(options->pps, options->mbps, options->gap, options->is_topspeed, &job->pace, error) ||
	    !read_whole(options->loop, "--loop", 0, G_MAXUINT32, is_ended ? 0 : 1, loop, error) ||
	    !read_whole(options->count, "--count", 1, COUNT_MAX, G_MAXUINT64, count, error) ||
	    !read_whole(options->threads, "--threads", 1, THREADS_MAX, g_get_num_processors(), threads, error) ||
	    !read_start_time(options->start_time, job, error))
		return false;
	round->pace = job->pace;
	return (options->duration == NULL || pace_read_time(options->duration, "--duration", &job->duration, error)) &&
	       (options->to == NULL || address4_read(options->to, "--to", &round->to, error));
}

// Checks that ask the network come last, so that nothing is sent if another one fails.
static bool prepare(const struct send_options *options, struct job *job, const struct interface *interface,
		    struct sender **sender, GError **error)
{
	struct router *router;
	bool ok;

	if (job->is_raw && !round_check_ipv4(job->round, error))
		return false;
	if (!job->is_raw && !interface->has_ethernet) {
		fail(error, GEN_ERROR_ENVIRONMENT, "interface %s has no Ethernet; expected --raw with it",
		     interface->name);
		return false;
	}
	if (!round_check_mtu(job->round, interface, error))
		return false;
	*sender = sender_new(job, error);
	if (*sender == NULL || job->is_raw)
		return *sender != NULL;
	router = router_new(interface, options->mac_source, options->mac_destination, options->next_hop, error);
	if (router == NULL)
		return false;
	ok = round_route(job->round, router, error);
	router_free(router);
	return ok;
}

// Shows the progress until all is sent, and returns 0, or until a signal comes, and returns that.
static int watch(struct sender *sender, int signals, enum progress_kind progress)
{
	struct pollfd events[] = {
		{.fd = sender_descriptor(sender), .events = POLLIN},
		{.fd = signals, .events = POLLIN},
	};
	struct figures before = {0};
	gint64 start = pace_now();
	gint64 shown = start;
	gint64 next = start + NANOSECONDS;

	for (;;) {
		gint64 left = next - pace_now();
		struct signalfd_siginfo signal;
		struct figures now;

		poll(events, G_N_ELEMENTS(events), (int)(MAX(left, 0) / NANO_PER_MILLI) + 1);
		if ((events[1].revents & POLLIN) != 0 && read(signals, &signal, sizeof(signal)) == sizeof(signal))
			return (int)signal.ssi_signo;
		if ((events[0].revents & POLLIN) != 0)
			return 0;
		left = next - pace_now();
		if (left > 0)
			continue;
		sender_figures(sender, &now);
		progress_show(progress, &now, &before, next - left - start, next - left - shown);
		before = now;
		shown = next - left;
		next += NANOSECONDS;
	}
}

// Ends the program as the signal would have, so that a shell sees it.
static void obey(int number)
{
	sigset_t set;

	fflush(stdout);
	sigemptyset(&set);
	sigaddset(&set, number);
	signal(number, SIG_DFL);
	raise(number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static bool carry_out(struct sender *sender, bool is_counted, enum progress_kind progress, GError **error)
{
	struct figures figures;
	enum ending ending;
	sigset_t set;
	int signals;
	int number;
	bool ok;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0) {
		fail(error, GEN_ERROR_ENVIRONMENT, "signalfd: %s", g_strerror(errno));
		return false;
	}
	if (!sender_start(sender, error)) {
		close(signals);
		return false;
	}
	number = watch(sender, signals, progress);
	ok = sender_finish(sender, &ending, error);
	sender_figures(sender, &figures);
	if (number != 0)
		ending = END_SIGNAL;
	else if (ending == END_DONE && is_counted)
		ending = END_COUNT;
	progress_end(progress, &figures, ending);
	close(signals);
	if (number != 0)
		obey(number);
	return ok;
}

bool send_scenarios(char **names, const struct send_options *options, GError **error)
{
	struct round_options round_options = {.names = names};
	struct job job = {.limit = G_MAXUINT64, .threads = 1};
	struct sender *sender = NULL;
	struct interface interface;
	enum progress_kind progress;
	guint64 loop;
	guint64 count;
	guint64 threads;
	bool ok;

	if (!read_options(options, &round_options, &job, &loop, &count, &threads, error) ||
	    !progress_read(options->progress, &progress, error) || !auth_init(error))
		return false;
	job.round = round_new(&round_options, error);
	if (job.round == NULL)
		return false;
	if (loop > 0)
		job.limit = loop * job.round->frames->len;
	if (job.pace.kind == PACE_TOPSPEED)
		job.threads = (unsigned)(loop > 0 ? MIN(threads, loop) : threads);
	job.interface = &interface;
	ok = interface_find(options->interface, &interface, error);
	if (ok) {
		bool is_counted = count <= job.limit && count != G_MAXUINT64;

		job.limit = MIN(job.limit, count);
		ok = prepare(options, &job, &interface, &sender, error) &&
		     carry_out(sender, is_counted, progress, error);
	}
	if (sender != NULL)
		sender_free(sender);
	round_free(job.round);
	return ok;
}
