// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen send: scenarios -> an interface, in time.
#include "send/send.h"

#include "packet/auth.h"
#include "send/dry_run.h"
#include "send/privileges.h"
#include "send/run.h"

#include <string.h>

#define COUNT_MAX G_GUINT64_CONSTANT(1000000000000000)
#define THREADS_MAX 256
#define SHARES 8 // shares of the nodes for each thread, so that none waits long for another at the end

// Options that contradict each other, or have no effect together.
static bool check_combination(const send_options_t *options, GError **error)
{
	const char *raw = options->is_raw ? "" : NULL;
	const char *timed = options->is_topspeed ? NULL : "";
	const char *untimed = options->is_topspeed ? "" : NULL;
	const char *wet = options->is_dry_run ? NULL : "";
	const char *dry = options->is_dry_run ? "" : NULL;
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
		{untimed, options->wait, "--wait with --topspeed, which counts no answers; expected one of them"},
		{dry, options->wait, "--wait and --dry-run exclude each other; expected one of them"},
		{wet, options->path, "--write without --dry-run; expected both"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		if (!pairs[i].first || !pairs[i].second)
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
	if (!text || g_ascii_string_to_unsigned(text, 10, minimum, maximum, number, NULL))
		return true;
	fail(error, GEN_ERROR_SCENARIO,
	     "%s '%s'; expected a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, option, text, minimum,
	     maximum);
	return false;
}

static bool read_start_time(const char *text, job_t *job, GError **error)
{
	if (!text || strcmp(text, "now") == 0)
		return true;
	GTimeZone *utc = g_time_zone_new_utc();
	GDateTime *time = g_date_time_new_from_iso8601(text, utc);
	g_time_zone_unref(utc);
	job->has_start_time = time && g_date_time_to_unix(time) >= 0;
	if (job->has_start_time)
		job->start_time = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
	else
		fail(error, GEN_ERROR_SCENARIO,
		     "--start-time '%s'; expected now, or a time such as 2026-01-01T00:00:00Z", text);
	g_clear_pointer(&time, g_date_time_unref);
	return job->has_start_time;
}

// How much is to be sent.
typedef struct {
	guint64 loop;    // 0: forever
	guint64 count;   // G_MAXUINT64: no limit
	guint64 threads; // at top speed
} extent_t;

#define DEFAULT_WAIT NANOSECONDS

// How long answers are awaited after the last packet, in nanoseconds.
static bool read_wait(const send_options_t *options, gint64 *wait, GError **error)
{
	*wait = DEFAULT_WAIT;
	if (!options->wait)
		return true;
	*wait = 0;
	return strcmp(options->wait, "0") == 0 || pace_read_time(options->wait, "--wait", wait, error);
}

// Everything that can be checked before the scenarios are read.
static bool read_options(const send_options_t *options, send_loop_options_t *loop, job_t *job, extent_t *extent,
			 GError **error)
{
	bool is_ended = options->count || options->duration;

	if (!check_combination(options, error) ||
	    !traffic_population_options(&options->traffic, &loop->population, error) ||
	    !pace_read(options->pps, options->mbps, options->gap, options->is_topspeed, &job->pace, error) ||
	    !read_whole(options->loop, "--loop", 0, G_MAXUINT32, is_ended ? 0 : 1, &extent->loop, error) ||
	    !read_whole(options->count, "--count", 1, COUNT_MAX, G_MAXUINT64, &extent->count, error) ||
	    !read_whole(options->threads, "--threads", 1, THREADS_MAX, g_get_num_processors(), &extent->threads,
			error) ||
	    !read_start_time(options->start_time, job, error))
		return false;
	loop->is_filtered = options->to;
	job->is_raw = options->is_raw;
	job->nodes = MAX(loop->population.nodes, 1);
	extent->threads = options->is_dry_run ? 1 : extent->threads;
	if ((options->duration && !pace_read_time(options->duration, "--duration", &job->duration, error)) ||
	    !pace_set_duration(&job->pace, job->duration, error))
		return false;
	loop->population.pace = job->pace;
	return (!options->to || address4_read(options->to, "--to", &loop->to, error));
}

// At top speed threads take rounds in turn, and parts of a round of many nodes.
static void share_out(job_t *job, const extent_t *extent, guint64 packets)
{
	guint64 total = G_MAXUINT64;

	job->threads = job->shares = 1;
	if (extent->loop > 0 && !g_uint64_checked_mul(&total, extent->loop, job->nodes * packets))
		total = G_MAXUINT64;
	job->limit = MIN(total, extent->count);
	if (job->pace.kind != PACE_TOPSPEED)
		return;
	if (extent->threads > 1)
		job->shares = (guint32)MIN(job->nodes, extent->threads * SHARES);
	job->threads = (unsigned)extent->threads;
	if (extent->loop > 0)
		job->threads = (unsigned)MIN(extent->threads, extent->loop * job->shares);
}

// A dry run does not wait, so it would go on until the disk is full.
static bool check_end(const send_options_t *options, const job_t *job, GError **error)
{
	bool has_duration = job->duration > 0 && job->pace.kind != PACE_TOPSPEED;

	if (!options->is_dry_run || job->limit != G_MAXUINT64 || has_duration)
		return true;
	fail(error, GEN_ERROR_SCENARIO,
	     "--dry-run of a run without end; expected --loop, --count or a rate and --duration");
	return false;
}

static void free_loops(job_t *job)
{
	for (unsigned i = 0; i < job->threads; i++)
		if (job->loops[i])
			send_loop_free(job->loops[i]);
	g_free(job->loops);
}

// Makes the round of each thread. They are all alike, so that it is enough to check one.
static bool make_loops(const send_loop_options_t *options, job_t *job, const extent_t *extent, GError **error)
{
	send_loop_t *first = send_loop_new(options, error);

	if (!first)
		return false;
	share_out(job, extent, send_loop_packets(first));
	job->loops = g_new0(send_loop_t *, job->threads);
	job->loops[0] = first;
	for (unsigned i = 1; i < job->threads; i++) {
		job->loops[i] = send_loop_new(options, error);
		if (!job->loops[i]) {
			free_loops(job);
			return false;
		}
	}
	return true;
}

static bool check_loop(const job_t *job, const next_hops_t *hops, GError **error)
{
	send_loop_t *loop = job->loops[0];

	if (job->is_raw && !send_loop_check_ipv4(loop, error))
		return false;
	if (!job->is_raw && !job->interface->has_ethernet) {
		fail(error, GEN_ERROR_ENVIRONMENT, "interface %s has no Ethernet; expected --raw with it",
		     job->interface->name);
		return false;
	}
	return send_loop_check_mtu(loop, job->interface, error) &&
	       (job->is_raw || send_loop_check_route(loop, hops, error));
}

// Opens the sockets and then asks the network, so that nothing is sent if something else fails.
static workers_t *prepare(const job_t *job, next_hops_t *hops, GError **error)
{
	workers_t *workers = check_loop(job, hops, error) ? workers_new(job, error) : NULL;
	bool ok = workers;

	for (unsigned i = 0; ok && !job->is_raw && i < job->threads; i++)
		ok = send_loop_route(job->loops[i], hops, error);
	if (ok || !workers)
		return workers;
	workers_free(workers);
	return NULL;
}

// Tells what would be sent, or writes it to a file.
static bool show_rounds(const send_options_t *options, const job_t *job, next_hops_t *hops, GError **error)
{
	if (!check_loop(job, hops, error) || (!job->is_raw && !send_loop_route(job->loops[0], hops, error)))
		return false;
	if (!options->path) {
		dry_run_print(job);
		return true;
	}
	packet_source_t *source = dry_run_new(job);
	bool ok = sink_write(options->sink, options->path, source, error);
	packet_source_free(source);
	return ok;
}

static bool open_receiver(run_t *run, GError **error)
{
	if (run->job->pace.kind == PACE_TOPSPEED)
		return true;
	run->receiver = receiver_new(run->job->interface, error);
	return run->receiver;
}

// Nothing is opened after this, and so privileges are no longer needed.
static bool send_from_sockets(run_t *run, next_hops_t *hops, GError **error)
{
	workers_t *workers = prepare(run->job, hops, error);
	bool ok = workers && open_receiver(run, error) && privileges_drop(error) && run_workers(run, workers, error);

	g_clear_pointer(&run->receiver, receiver_free);
	g_clear_pointer(&workers, workers_free);
	return ok;
}

static bool send_rounds(const send_options_t *options, run_t *run, GError **error)
{
	const next_hop_options_t hop_options = {
		.mac_source = options->mac_source,
		.mac_destination = options->mac_destination,
		.next_hop = options->next_hop,
		.is_dry = options->is_dry_run,
	};
	next_hops_t *hops = next_hops_new(run->job->interface, &hop_options, error);
	bool ok = hops;

	if (hops)
		ok = options->is_dry_run ? show_rounds(options, run->job, hops, error)
					 : send_from_sockets(run, hops, error);
	g_clear_pointer(&hops, next_hops_free);
	return ok;
}

static GPtrArray *load_scenarios(char **names, const population_options_t *options, GError **error)
{
	GPtrArray *scenarios = g_ptr_array_new_with_free_func((GDestroyNotify)scenario_free);

	for (; *names; names++) {
		scenario_t *scenario = scenario_load(*names, error);

		if (scenario)
			g_ptr_array_add(scenarios, scenario);
		if (scenario && scenario->population)
			fail(error, GEN_ERROR_SCENARIO,
			     "'%s' has a population; expected a scenario with steps, or `dsmipgen write`", *names);
		if (!scenario || scenario->population ||
		    !scenario_prepare(scenario, options->overrides, options->seed, error)) {
			g_ptr_array_unref(scenarios);
			return NULL;
		}
	}
	return scenarios;
}

bool send_scenarios(char **names, const send_options_t *options, GError **error)
{
	send_loop_options_t loop_options = {0};
	interface_t interface;
	job_t job = {.interface = &interface};
	extent_t extent;
	run_t run = {.job = &job};

	if (!read_options(options, &loop_options, &job, &extent, error) || !read_wait(options, &run.wait, error) ||
	    !progress_read(options->progress, &run.progress, error) || !auth_init(error))
		return false;
	GPtrArray *scenarios = load_scenarios(names, &loop_options.population, error);
	if (!scenarios)
		return false;
	loop_options.scenarios = scenarios;
	bool ok = make_loops(&loop_options, &job, &extent, error);
	if (ok) {
		run.is_counted = job.limit == extent.count && extent.count != G_MAXUINT64;
		ok = check_end(options, &job, error) && interface_find(options->interface, &interface, error) &&
		     send_loop_self_check(&loop_options, error) && send_rounds(options, &run, error);
		free_loops(&job);
	}
	g_ptr_array_unref(scenarios);
	return ok;
}
