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
#include <unistd.h>

#define NANO_PER_MICRO 1000
#define BUNDLE_BYTES 262144 // room for any packet
#define APART 128           // bytes between what two processors write, lest they wait for each other

// Written by one thread, read by another at any time.
typedef _Atomic guint64 counter_t;

// Packets that are sent together.
struct bundle {
	struct packet packets[TX_MOST]; // their bytes are in `bytes`, one after the other
	unsigned count;
	gsize used;
	guint8 bytes[BUNDLE_BYTES];
};

struct worker {
	struct workers *all;
	struct send_loop *loop;
	struct tx_socket *socket;
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
};

struct workers {
	const struct job *job;
	struct worker *list;
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
static void note_error(struct workers *workers, GError *error)
{
	g_mutex_lock(&workers->lock);
	if (workers->error == NULL)
		workers->error = error;
	else
		g_error_free(error);
	g_mutex_unlock(&workers->lock);
}

static void note_refused(const struct worker *worker, const struct packet *packet, int reason)
{
	char *step = send_loop_step(worker->loop, packet);
	GError *error = NULL;

	fail(&error, GEN_ERROR_ENVIRONMENT, "%s: %s", step, g_strerror(reason));
	g_free(step);
	note_error(worker->all, error);
}

// Counts a packet that was not sent; false if the run is over.
static bool note_failure(struct worker *worker, const struct packet *packet, enum tx_outcome outcome, int reason)
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
static bool send_packets(struct worker *worker, const struct packet *packets, unsigned n)
{
	gsize unsent = worker->all->job->is_raw ? ETH_HLEN : 0; // of each

	for (unsigned done = 0; done < n; done++) {
		enum tx_outcome outcome;
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

static void note_time(struct worker *worker, gint64 time)
{
	if (read_counter(&worker->first) == 0)
		atomic_store(&worker->first, (guint64)time);
	atomic_store(&worker->last, (guint64)time);
}

// The time that goes into a packet that is due then, in microseconds since 1970.
static gint64 stamp(const struct job *job, gint64 due, gint64 first_due)
{
	if (job->has_start_time)
		return job->start_time + (due - first_due) / NANO_PER_MICRO;
	return g_get_real_time() + (due - schedule_now()) / NANO_PER_MICRO;
}

guint64 job_share(const struct job *job, guint64 packets, guint64 share, guint32 *first, guint32 *nodes)
{
	guint64 in_round = share % job->shares;
	guint64 before;

	*first = (guint32)(job->nodes * in_round / job->shares);
	*nodes = (guint32)(job->nodes * (in_round + 1) / job->shares) - *first;
	before = (share / job->shares * job->nodes + *first) * packets;
	return before >= job->limit ? 0 : MIN(*nodes * packets, job->limit - before);
}

// Begins a share of a round, and returns how many of its packets are to be sent.
static guint64 begin_share(struct worker *worker, guint64 share, gint64 time)
{
	guint32 first;
	guint32 nodes;
	guint64 left = job_share(worker->all->job, send_loop_packets(worker->loop), share, &first, &nodes);

	send_loop_begin(worker->loop, time, first, nodes);
	return left;
}

// Looks at the clock; false if the time is over.
static bool look(struct worker *worker, gint64 now, gint64 end)
{
	if (now >= end)
		worker->all->is_over_time = true;
	note_time(worker, now);
	return !worker->all->is_over_time;
}

static bool has_room(const struct bundle *bundle, const struct packet *packet)
{
	return bundle->count < TX_MOST && bundle->used + packet->length <= BUNDLE_BYTES;
}

static void add_packet(struct bundle *bundle, const struct packet *packet)
{
	struct packet *copy = &bundle->packets[bundle->count++];

	*copy = *packet;
	copy->bytes = memcpy(bundle->bytes + bundle->used, packet->bytes, packet->length);
	bundle->used += packet->length;
}

// False if the run is over.
static bool send_bundle(struct worker *worker, struct bundle *bundle, gint64 now, gint64 end)
{
	unsigned n = bundle->count;

	bundle->count = 0;
	bundle->used = 0;
	return look(worker, now, end) && !worker->all->stop && send_packets(worker, bundle->packets, n);
}

// Each share by one thread, so that the packets of a node stay in their order.
static void send_shares(struct worker *worker, struct bundle *bundle)
{
	struct workers *workers = worker->all;
	const struct job *job = workers->job;
	gint64 first = schedule_now();
	gint64 end = job->duration > 0 ? first + job->duration : G_MAXINT64;
	gint64 time = stamp(job, first, first);
	guint64 left;

	while ((left = begin_share(worker, workers->next_share++, time)) > 0) {
		struct packet packet;

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

static void send_at_top_speed(struct worker *worker)
{
	struct bundle *bundle = g_new(struct bundle, 1);

	bundle->count = 0;
	bundle->used = 0;
	send_shares(worker, bundle);
	g_free(bundle);
}

// Sends so many packets of the round that is begun; false if the run is over.
static bool send_round(struct worker *worker, struct schedule *schedule, guint64 left, gint64 first, gint64 end)
{
	struct workers *workers = worker->all;
	const struct job *job = workers->job;
	struct packet packet;

	for (; left > 0 && send_loop_next(worker->loop, &packet); left--) {
		gint64 miss;

		if (schedule->due >= end) {
			workers->is_over_time = true;
			return false;
		}
		miss = schedule_wait(schedule, &workers->stop);
		if (workers->stop || !send_packets(worker, &packet, 1))
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

static void send_in_time(struct worker *worker)
{
	const struct job *job = worker->all->job;
	struct schedule schedule;
	gint64 first;
	gint64 end;
	guint64 left;

	prctl(PR_SET_TIMERSLACK, 1); // the default lets each sleep last 50 us longer
	schedule_start(&schedule);
	first = schedule.due;
	end = job->duration > 0 ? first + job->duration : G_MAXINT64;
	for (guint64 round = 0; (left = begin_share(worker, round, stamp(job, schedule.due, first))) > 0; round++)
		if (!send_round(worker, &schedule, left, first, end))
			return;
}

static gpointer run_worker(gpointer data)
{
	struct worker *worker = data;
	struct workers *workers = worker->all;
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

struct workers *workers_new(const struct job *job, GError **error)
{
	struct workers *workers = g_new0(struct workers, 1);
	bool ok = true;

	workers->job = job;
	g_mutex_init(&workers->lock);
	workers->list = g_new0(struct worker, job->threads);
	workers->done = eventfd(0, EFD_CLOEXEC);
	if (workers->done < 0) {
		fail(error, GEN_ERROR_ENVIRONMENT, "eventfd: %s", g_strerror(errno));
		ok = false;
	}
	for (unsigned i = 0; ok && i < job->threads; i++) {
		workers->list[i].all = workers;
		workers->list[i].loop = job->loops[i];
		workers->list[i].socket = tx_socket_open(job->interface, job->is_raw, error);
		ok = workers->list[i].socket != NULL;
	}
	if (ok)
		return workers;
	workers_free(workers);
	return NULL;
}

void workers_start(struct workers *workers)
{
	const struct job *job = workers->job;

	workers->running = job->threads;
	for (unsigned i = 0; i < job->threads; i++)
		workers->list[i].thread = g_thread_new("send", run_worker, &workers->list[i]);
}

int workers_descriptor(const struct workers *workers)
{
	return workers->done;
}

void workers_figures(struct workers *workers, struct figures *figures)
{
	*figures = (struct figures){.first = G_MAXINT64};
	for (unsigned i = 0; i < workers->job->threads; i++) {
		const struct worker *worker = &workers->list[i];
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

bool workers_finish(struct workers *workers, enum ending *ending, GError **error)
{
	workers->stop = true;
	for (unsigned i = 0; i < workers->job->threads; i++)
		g_thread_join(workers->list[i].thread);
	*ending = workers->is_broken ? END_ERROR : workers->is_over_time ? END_DURATION : END_DONE;
	if (workers->error == NULL)
		return true;
	g_propagate_error(error, g_steal_pointer(&workers->error));
	return false;
}

void workers_free(struct workers *workers)
{
	for (unsigned i = 0; i < workers->job->threads; i++)
		if (workers->list[i].socket != NULL)
			tx_socket_close(workers->list[i].socket);
	if (workers->done >= 0)
		close(workers->done);
	g_clear_error(&workers->error);
	g_mutex_clear(&workers->lock);
	g_free(workers->list);
	g_free(workers);
}
