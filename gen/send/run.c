// SPDX-License-Identifier: GPL-2.0-or-later
// A run of `send`: its threads at work, what is shown meanwhile and at the end, signals, and the answers that come.
#include "send/run.h"

#include "send/schedule.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define NANO_PER_MILLI 1000000
#define LOOK_MS 10 // between looks at the answers

static void read_figures(const run_t *run, workers_t *workers, figures_t *figures)
{
	workers_figures(workers, figures);
	if (run->job->answers)
		answers_count(run->job->answers, &figures->requests, &figures->answered);
}

// Shows the progress until all is sent, and returns 0, or until a signal comes, and returns that.
static int watch(const run_t *run, workers_t *workers, int signals)
{
	struct pollfd events[] = {
		{.fd = workers_descriptor(workers), .events = POLLIN},
		{.fd = signals, .events = POLLIN},
	};
	figures_t before = {0};
	gint64 start = schedule_now();
	gint64 shown = start;
	gint64 next = start + NANOSECONDS;

	for (;;) {
		gint64 left = next - schedule_now();
		struct signalfd_siginfo signal;
		figures_t now;

		poll(events, G_N_ELEMENTS(events), (int)(MAX(left, 0) / NANO_PER_MILLI) + 1);
		if ((events[1].revents & POLLIN) != 0 && read(signals, &signal, sizeof(signal)) == sizeof(signal))
			return (int)signal.ssi_signo;
		if ((events[0].revents & POLLIN) != 0)
			return 0;
		left = next - schedule_now();
		if (left > 0)
			continue;
		read_figures(run, workers, &now);
		progress_show(run->progress, &now, &before, next - left - start, next - left - shown);
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

// Waits until every request is answered or the time is over. Returns the signal that came meanwhile, or 0.
static int await_answers(const run_t *run, int signals)
{
	gint64 end = schedule_now() + run->wait;
	struct pollfd event = {.fd = signals, .events = POLLIN};
	guint64 requests;
	guint64 answered;

	for (;;) {
		struct signalfd_siginfo signal;

		answers_count(run->job->answers, &requests, &answered);
		if (answered == requests || schedule_now() >= end)
			return 0;
		if (poll(&event, 1, LOOK_MS) > 0 && read(signals, &signal, sizeof(signal)) == sizeof(signal))
			return (int)signal.ssi_signo;
	}
}

static void sum_up(const run_t *run, workers_t *workers, ending_t ending)
{
	answer_figures_t answers;
	figures_t figures;

	workers_figures(workers, &figures);
	if (run->job->answers)
		answers_figures(run->job->answers, &answers);
	progress_end(run->progress, &figures, run->job->answers ? &answers : NULL, ending);
}

// signals: a descriptor of those that end the run.
static bool work(run_t *run, workers_t *workers, int signals, int *number, GError **error)
{
	ending_t ending;

	if (run->receiver)
		receiver_start(run->receiver, run->job->answers);
	workers_start(workers);
	*number = watch(run, workers, signals);
	bool ok = workers_finish(workers, &ending, error);
	if (*number == 0 && run->receiver && ok)
		*number = await_answers(run, signals);
	g_clear_pointer(&run->receiver, receiver_free);
	if (*number != 0)
		ending = END_SIGNAL;
	else if (ending == END_DONE && run->is_counted)
		ending = END_COUNT;
	sum_up(run, workers, ending);
	return ok;
}

bool run_workers(run_t *run, workers_t *workers, GError **error)
{
	sigset_t set;
	int number = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	int signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0) {
		fail(error, GEN_ERROR_ENVIRONMENT, "signalfd: %s", g_strerror(errno));
		return false;
	}
	if (run->receiver)
		run->job->answers = answers_new(run->job->interface->is_loopback);
	bool ok = work(run, workers, signals, &number, error);
	g_clear_pointer(&run->job->answers, answers_free);
	close(signals);
	if (number != 0)
		obey(number);
	return ok;
}
