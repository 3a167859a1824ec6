// SPDX-License-Identifier: GPL-2.0-or-later
// The threads that send the rounds of a run.
#include "send/workers.h"

#include "send/schedule.h"
#include "send/tx_socket.h"

#include <errno.h>
#include <net/ethernet.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define NANO_PER_MICRO 1000
#define BUNDLE_BYTES 262144 // room for any packet
#define APART 128           // bytes between what two processors write, lest they wait for each other

// Written by one thread, read by another at any time.
typedef _Atomic guint64 counter_t;

// Packets that are sent together.
typedef struct {
	packet_t packets[TX_MOST]; // their bytes are in `bytes`, one after the other
	unsigned count;
	gsize used;
	guint8 bytes[BUNDLE_BYTES];
} bundle_t;

typedef struct {
	workers_t *all;
	send_loop_t *loop;
	tx_socket_t *socket;
	GThread *thread;
	counter_t packets;
	counter_t bytes;
	counter_t late;
	counter_t errors;
	counter_t retries;
	counter_t latest;
	counter_t first;
	counter_t last;
	char apart[APART];
} worker_t;

struct workers {
	const job_t *job;
	worker_t *list;
	int done; // eventfd
	atomic_bool stop;
	atomic_bool is_over_time;
	atomic_uint running;
	counter_t next_share;  // at top speed: of all rounds, the one that the next idle thread sends
	GMutex lock;           // of what follows
	GError *error;         // the first
	atomic_bool is_broken; // no more packets can be sent
};

static void count(counter_t *counter, guint64 more)
{
	guint64 now = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, now + more, memory_order_relaxed);
}

static guint64 read_counter(const counter_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

// Notes the first error of a run.
static void note_error(workers_t *workers, GError *error)
{
	g_mutex_lock(&workers->lock);
	if (!workers->error)
		workers->error = error;
	else
		g_error_free(error);
	g_mutex_unlock(&workers->lock);
}

static void note_refused(const worker_t *worker, const packet_t *packet, int reason)
{
	g_autofree char *step = send_loop_step(worker->loop, packet);
	GError *error = NULL;

	fail(&error, GEN_ERROR_ENVIRONMENT, "%s: %s", step, g_strerror(reason));
	note_error(worker->all, error);
}

// Counts a packet that was not sent; false if the run is over.
static bool note_failure(worker_t *worker, const packet_t *packet, tx_outcome_t outcome, int reason)
{
	if (outcome == TX_STOPPED)
		return false;
	count(&worker->errors, 1);
	if (read_counter(&worker->errors) == 1)
		note_refused(worker, packet, reason);
	if (outcome == TX_BROKEN)
		worker->all->is_broken = true;
	return outcome == TX_REFUSED;
}

// Sends up to TX_MOST packets; false if the run is over.
static bool send_packets(worker_t *worker, const packet_t *packets, unsigned n)
{
	gsize unsent = worker->all->job->is_raw ? ETH_HLEN : 0; // of each

	for (unsigned done = 0; done < n; done++) {
		tx_outcome_t outcome;
		guint64 retries = 0;
		guint64 bytes = 0;
		unsigned sent = tx_socket_send(worker->socket, packets + done, n - done, &worker->all->stop, &retries,
					       &outcome);
		int reason = errno;

		for (unsigned i = done; i < done + sent; i++)
			bytes += packets[i].length - unsent;
		count(&worker->packets, sent);
		count(&worker->bytes, bytes);
		count(&worker->retries, retries);
		done += sent;
		if (outcome != TX_SENT && !note_failure(worker, &packets[done], outcome, reason))
			return false;
	}
	return true;
}

// Sends a packet whose answer is awaited.
static bool send_question(worker_t *worker, const packet_t *packet)
{
	answers_t *answers = worker->all->job->answers;
	guint64 errors = read_counter(&worker->errors);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now); // that of received packets
	answers_expect(answers, packet->bytes, packet->length, now.tv_sec * NANOSECONDS + now.tv_nsec);
	bool goes_on = send_packets(worker, packet, 1);
	if (!goes_on || read_counter(&worker->errors) != errors)
		answers_forget(answers, packet->bytes, packet->length);
	return goes_on;
}

static void note_time(worker_t *worker, gint64 time)
{
	if (read_counter(&worker->first) == 0)
		atomic_store(&worker->first, (guint64)time);
	atomic_store(&worker->last, (guint64)time);
}

// The time that goes into a packet that is due then, in microseconds since 1970.
static gint64 stamp(const job_t *job, gint64 due, gint64 first_due)
{
	if (job->has_start_time)
		return job->start_time + (due - first_due) / NANO_PER_MICRO;
	return g_get_real_time() + (due - schedule_now()) / NANO_PER_MICRO;
}

guint64 job_share(const job_t *job, guint64 packets, guint64 share, guint32 *first, guint32 *nodes)
{
	guint64 in_round = share % job->shares;

	*first = (guint32)(job->nodes * in_round / job->shares);
	*nodes = (guint32)(job->nodes * (in_round + 1) / job->shares) - *first;
	guint64 before = (share / job->shares * job->nodes + *first) * packets;
	return before >= job->limit ? 0 : MIN(*nodes * packets, job->limit - before);
}

// Begins a share of a round, and returns how many of its packets are to be sent.
static guint64 begin_share(worker_t *worker, guint64 share, gint64 time)
{
	guint32 first;
	guint32 nodes;
	guint64 left = job_share(worker->all->job, send_loop_packets(worker->loop), share, &first, &nodes);

	send_loop_begin(worker->loop, time, first, nodes);
	return left;
}

// Looks at the clock; false if the time is over.
static bool look(worker_t *worker, gint64 now, gint64 end)
{
	if (now >= end)
		worker->all->is_over_time = true;
	note_time(worker, now);
	return !worker->all->is_over_time;
}

static bool has_room(const bundle_t *bundle, const packet_t *packet)
{
	return bundle->count < TX_MOST && bundle->used + packet->length <= BUNDLE_BYTES;
}

static void add_packet(bundle_t *bundle, const packet_t *packet)
{
	packet_t *copy = &bundle->packets[bundle->count++];

	*copy = *packet;
	copy->bytes = memcpy(bundle->bytes + bundle->used, packet->bytes, packet->length);
	bundle->used += packet->length;
}

// False if the run is over.
static bool send_bundle(worker_t *worker, bundle_t *bundle, gint64 now, gint64 end)
{
	unsigned n = bundle->count;

	bundle->count = 0;
	bundle->used = 0;
	return look(worker, now, end) && !worker->all->stop && send_packets(worker, bundle->packets, n);
}

// Each share by one thread, so that the packets of a node stay in their order.
static void send_shares(worker_t *worker, bundle_t *bundle)
{
	workers_t *workers = worker->all;
	const job_t *job = workers->job;
	gint64 first = schedule_now();
	gint64 end = job->duration > 0 ? first + job->duration : G_MAXINT64;
	gint64 time = stamp(job, first, first);
	guint64 left;

	while ((left = begin_share(worker, workers->next_share++, time)) > 0) {
		packet_t packet;

		for (; left > 0 && send_loop_next(worker->loop, &packet); left--) {
			if (!has_room(bundle, &packet)) {
				gint64 now = schedule_now();

				if (!send_bundle(worker, bundle, now, end))
					return;
				time = stamp(job, now, first);
				send_loop_follow(worker->loop, time);
			}
			add_packet(bundle, &packet);
		}
		if (job->nodes > 1) // else that would take longer than it is worth
			time = stamp(job, schedule_now(), first);
	}
	send_bundle(worker, bundle, schedule_now(), end);
}

static void send_at_top_speed(worker_t *worker)
{
	bundle_t *bundle = g_new(bundle_t, 1);

	bundle->count = 0;
	bundle->used = 0;
	send_shares(worker, bundle);
	g_free(bundle);
}

// Sends so many packets of the round that is begun; false if the run is over.
static bool send_round(worker_t *worker, schedule_t *schedule, guint64 left, gint64 first, gint64 end)
{
	workers_t *workers = worker->all;
	const job_t *job = workers->job;
	packet_t packet;

	for (; left > 0 && send_loop_next(worker->loop, &packet); left--) {
		if (schedule->due >= end || schedule->sent - SCHEDULE_GRACE >= end) {
			workers->is_over_time = true;
			return false;
		}
		gint64 miss = schedule_wait(schedule, &workers->stop);
		if (workers->stop ||
		    !(job->answers ? send_question(worker, &packet) : send_packets(worker, &packet, 1)))
			return false;
		note_time(worker, schedule->sent);
		if (miss > SCHEDULE_LATE)
			count(&worker->late, 1);
		if (miss > (gint64)read_counter(&worker->latest))
			atomic_store(&worker->latest, (guint64)miss);
		schedule_advance(schedule, &job->pace, packet.length, send_loop_gap(worker->loop));
		send_loop_follow(worker->loop, stamp(job, schedule->due, first));
	}
	return true;
}

static void send_in_time(worker_t *worker)
{
	const job_t *job = worker->all->job;
	schedule_t schedule;
	guint64 left;

	prctl(PR_SET_TIMERSLACK, 1); // the default lets each sleep last 50 us longer
	schedule_start(&schedule);
	gint64 first = schedule.due;
	gint64 end = job->duration > 0 ? first + job->duration : G_MAXINT64;
	for (guint64 round = 0; (left = begin_share(worker, round, stamp(job, schedule.due, first))) > 0; round++)
		if (!send_round(worker, &schedule, left, first, end))
			return;
}

static gpointer run_worker(gpointer data)
{
	worker_t *worker = data;
	workers_t *workers = worker->all;
	guint64 one = 1;

	if (workers->job->pace.kind == PACE_TOPSPEED) {
		send_at_top_speed(worker);
		note_time(worker, schedule_now());
	} else {
		send_in_time(worker);
	}
	// The last one out tells the main thread.
	if (atomic_fetch_sub(&workers->running, 1) == 1 && write(workers->done, &one, sizeof(one)) < 0)
		g_error("eventfd: %s", g_strerror(errno)); // only possible if the descriptor is not one
	return NULL;
}

workers_t *workers_new(const job_t *job, GError **error)
{
	workers_t *workers = g_new0(workers_t, 1);
	bool ok = true;

	workers->job = job;
	g_mutex_init(&workers->lock);
	workers->list = g_new0(worker_t, job->threads);
	workers->done = eventfd(0, EFD_CLOEXEC);
	if (workers->done < 0) {
		fail(error, GEN_ERROR_ENVIRONMENT, "eventfd: %s", g_strerror(errno));
		ok = false;
	}
	for (unsigned i = 0; ok && i < job->threads; i++) {
		workers->list[i].all = workers;
		workers->list[i].loop = job->loops[i];
		workers->list[i].socket = tx_socket_open(job->interface, job->is_raw, error);
		ok = workers->list[i].socket;
	}
	if (ok)
		return workers;
	workers_free(workers);
	return NULL;
}

void workers_start(workers_t *workers)
{
	const job_t *job = workers->job;

	workers->running = job->threads;
	for (unsigned i = 0; i < job->threads; i++)
		workers->list[i].thread = g_thread_new("send", run_worker, &workers->list[i]);
}

int workers_descriptor(const workers_t *workers)
{
	return workers->done;
}

void workers_figures(workers_t *workers, figures_t *figures)
{
	*figures = (figures_t){.first = G_MAXINT64};
	for (unsigned i = 0; i < workers->job->threads; i++) {
		const worker_t *worker = &workers->list[i];
		gint64 first = (gint64)read_counter(&worker->first);

		figures->packets += read_counter(&worker->packets);
		figures->bytes += read_counter(&worker->bytes);
		figures->late += read_counter(&worker->late);
		figures->errors += read_counter(&worker->errors);
		figures->retries += read_counter(&worker->retries);
		figures->latest = MAX(figures->latest, (gint64)read_counter(&worker->latest));
		if (first > 0)
			figures->first = MIN(figures->first, first);
		figures->last = MAX(figures->last, (gint64)read_counter(&worker->last));
	}
	figures->first = MIN(figures->first, figures->last);
}

bool workers_finish(workers_t *workers, ending_t *ending, GError **error)
{
	workers->stop = true;
	for (unsigned i = 0; i < workers->job->threads; i++)
		g_thread_join(workers->list[i].thread);
	*ending = workers->is_broken ? END_ERROR : workers->is_over_time ? END_DURATION : END_DONE;
	if (!workers->error)
		return true;
	g_propagate_error(error, g_steal_pointer(&workers->error));
	return false;
}

void workers_free(workers_t *workers)
{
	for (unsigned i = 0; i < workers->job->threads; i++)
		if (workers->list[i].socket)
			tx_socket_close(workers->list[i].socket);
	if (workers->done >= 0)
		close(workers->done);
	g_clear_error(&workers->error);
	g_mutex_clear(&workers->lock);
	g_free(workers->list);
	g_free(workers);
}
