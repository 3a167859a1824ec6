// SPDX-License-Identifier: GPL-2.0-or-later
// The threads that send the rounds of a run.
#include "sender.h"

#include "sink_live.h"

#include <errno.h>
#include <net/ethernet.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NANO_PER_MICRO 1000
#define FRAMES_PER_LOOK 64 // at the clock, at top speed

// Building takes about a sixth of this, so that it cannot hold up a fast run.
#define BUILD_SHARE (NANOSECONDS / 10000) // for each frame

// Written by one thread, read by another at any time.
typedef _Atomic guint64 counter_t;

struct worker {
	struct sender *sender;
	struct live *live;
	GThread *thread;
	counter_t packets;
	counter_t bytes;
	counter_t late;
	counter_t errors;
	counter_t retries;
	counter_t latest;
	counter_t first;
	counter_t last;
};

struct sender {
	const struct job *job;
	struct worker *workers;
	int done; // eventfd
	atomic_bool stop;
	atomic_bool is_over_time;
	atomic_uint running;
	counter_t next_round;  // at top speed: the one that the next idle thread sends
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
static void note_error(struct sender *sender, GError *error)
{
	g_mutex_lock(&sender->lock);
	if (sender->error == NULL)
		sender->error = error;
	else
		g_error_free(error);
	g_mutex_unlock(&sender->lock);
}

static void note_refused(struct sender *sender, guint frame, int reason)
{
	char *step = round_step(sender->job->round, frame);
	GError *error = NULL;

	fail(&error, GEN_ERROR_ENVIRONMENT, "%s: %s", step, g_strerror(reason));
	g_free(step);
	note_error(sender, error);
}

// Sends a frame; false if the run is over.
static bool send_frame(struct worker *worker, guint i)
{
	struct sender *sender = worker->sender;
	const struct job *job = sender->job;
	const struct frame *frame = &g_array_index(job->round->frames, struct frame, i);
	gsize offset = job->is_raw ? ETH_HLEN : 0;
	guint64 retries = 0;
	enum live_outcome outcome =
		live_send(worker->live, frame->bytes + offset, frame->length - offset, &sender->stop, &retries);

	if (retries > 0)
		count(&worker->retries, retries);
	if (outcome == LIVE_SENT) {
		count(&worker->packets, 1);
		count(&worker->bytes, frame->length - offset);
		return true;
	}
	if (outcome == LIVE_STOPPED)
		return false;
	count(&worker->errors, 1);
	if (read_counter(&worker->errors) == 1)
		note_refused(sender, i, errno);
	if (outcome == LIVE_BROKEN)
		sender->is_broken = true;
	return outcome == LIVE_REFUSED;
}

static void note_time(struct worker *worker, gint64 time)
{
	if (read_counter(&worker->first) == 0)
		atomic_store(&worker->first, (guint64)time);
	atomic_store(&worker->last, (guint64)time);
}

// Frames of a round that a limit leaves.
static guint frames_left(const struct job *job, guint64 before)
{
	return before >= job->limit ? 0 : (guint)MIN(job->round->frames->len, job->limit - before);
}

static void send_at_top_speed(struct worker *worker)
{
	struct sender *sender = worker->sender;
	const struct job *job = sender->job;
	gint64 end = job->duration > 0 ? pace_now() + job->duration : G_MAXINT64;
	guint64 looked = 0;
	guint left;

	// Each round by one thread, so that the order within a round stays.
	while ((left = frames_left(job, sender->next_round++ * job->round->frames->len)) > 0) {
		for (guint i = 0; i < left; i++) {
			if (looked++ % FRAMES_PER_LOOK == 0) {
				gint64 now = pace_now();

				sender->is_over_time |= now >= end;
				note_time(worker, now);
			}
			if (sender->stop || sender->is_over_time || !send_frame(worker, i))
				return;
		}
	}
}

// The time that a round due then is stamped with, in microseconds since 1970.
static gint64 stamp(const struct job *job, gint64 due, gint64 first_due)
{
	if (job->has_start_time)
		return job->start_time + (due - first_due) / NANO_PER_MICRO;
	return g_get_real_time() + (due - pace_now()) / NANO_PER_MICRO;
}

// Sends the round that is built; false if the run is over.
static bool send_round(struct worker *worker, struct schedule *schedule, guint left, gint64 end)
{
	struct sender *sender = worker->sender;
	const struct job *job = sender->job;

	for (guint i = 0; i < left; i++) {
		const struct frame *frame = &g_array_index(job->round->frames, struct frame, i);
		gint64 miss;

		if (schedule->due >= end) {
			sender->is_over_time = true;
			return false;
		}
		miss = schedule_wait(schedule, &sender->stop);
		if (sender->stop || !send_frame(worker, i))
			return false;
		note_time(worker, schedule->sent);
		if (miss > PACE_LATE)
			count(&worker->late, 1);
		if (miss > (gint64)read_counter(&worker->latest))
			atomic_store(&worker->latest, (guint64)miss);
		schedule_advance(schedule, &job->pace, frame->length, frame->gap);
	}
	return true;
}

// Builds the next round, with the times of its packets in it. A fast run repeats rounds as they are for a while.
static bool build_next(const struct job *job, const struct schedule *schedule, gint64 first, gint64 *built,
		       GError **error)
{
	if (job->pace.kind != PACE_SCENARIO && schedule->due - *built < job->round->frames->len * BUILD_SHARE)
		return true;
	*built = schedule->due;
	return round_build(job->round, stamp(job, schedule->due, first), error);
}

static void send_in_time(struct worker *worker)
{
	struct sender *sender = worker->sender;
	const struct job *job = sender->job;
	struct schedule schedule;
	gint64 first;
	gint64 built;
	gint64 end;
	guint64 sent = 0;
	guint left;

	prctl(PR_SET_TIMERSLACK, 1); // the default lets each sleep last 50 us longer
	schedule_start(&schedule);
	first = built = schedule.due;
	end = job->duration > 0 ? first + job->duration : G_MAXINT64;
	while ((left = frames_left(job, sent)) > 0) {
		GError *error = NULL;

		if (sent > 0 && !build_next(job, &schedule, first, &built, &error)) {
			note_error(sender, error);
			sender->is_broken = true;
			return;
		}
		if (!send_round(worker, &schedule, left, end))
			return;
		sent += left;
	}
}

static gpointer run_worker(gpointer data)
{
	struct worker *worker = data;
	struct sender *sender = worker->sender;
	guint64 one = 1;

	if (sender->job->pace.kind == PACE_TOPSPEED) {
		send_at_top_speed(worker);
		note_time(worker, pace_now());
	} else {
		send_in_time(worker);
	}
	// The last one out tells the main thread.
	if (atomic_fetch_sub(&sender->running, 1) == 1 && write(sender->done, &one, sizeof(one)) < 0)
		g_error("eventfd: %s", g_strerror(errno)); // only possible if the descriptor is not one
	return NULL;
}

struct sender *sender_new(const struct job *job, GError **error)
{
	struct sender *sender = g_new0(struct sender, 1);
	bool ok = true;

	sender->job = job;
	g_mutex_init(&sender->lock);
	sender->workers = g_new0(struct worker, job->threads);
	sender->done = eventfd(0, EFD_CLOEXEC);
	if (sender->done < 0) {
		fail(error, GEN_ERROR_ENVIRONMENT, "eventfd: %s", g_strerror(errno));
		ok = false;
	}
	for (unsigned i = 0; ok && i < job->threads; i++) {
		sender->workers[i].sender = sender;
		sender->workers[i].live = live_open(job->interface, job->is_raw, error);
		ok = sender->workers[i].live != NULL;
	}
	if (ok)
		return sender;
	sender_free(sender);
	return NULL;
}

bool sender_start(struct sender *sender, GError **error)
{
	const struct job *job = sender->job;

	if (!round_build(job->round, job->has_start_time ? job->start_time : g_get_real_time(), error))
		return false;
	sender->running = job->threads;
	for (unsigned i = 0; i < job->threads; i++)
		sender->workers[i].thread = g_thread_new("send", run_worker, &sender->workers[i]);
	return true;
}

int sender_descriptor(const struct sender *sender)
{
	return sender->done;
}

void sender_figures(struct sender *sender, struct figures *figures)
{
	*figures = (struct figures){.first = G_MAXINT64};
	for (unsigned i = 0; i < sender->job->threads; i++) {
		const struct worker *worker = &sender->workers[i];
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

bool sender_finish(struct sender *sender, enum ending *ending, GError **error)
{
	sender->stop = true;
	for (unsigned i = 0; i < sender->job->threads; i++)
		g_thread_join(sender->workers[i].thread);
	*ending = sender->is_broken ? END_ERROR : sender->is_over_time ? END_DURATION : END_DONE;
	if (sender->error == NULL)
		return true;
	g_propagate_error(error, g_steal_pointer(&sender->error));
	return false;
}

void sender_free(struct sender *sender)
{
	for (unsigned i = 0; i < sender->job->threads; i++)
		if (sender->workers[i].live != NULL)
			live_close(sender->workers[i].live);
	if (sender->done >= 0)
		close(sender->done);
	g_clear_error(&sender->error);
	g_mutex_clear(&sender->lock);
	g_free(sender->workers);
	g_free(sender);
}
