// SPDX-License-Identifier: GPL-2.0-or-later
// Programs that run side by side, so many at a time.
#include "jobs.h"

#include <gio/gio.h>
#include <signal.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

struct run {
	struct job *jobs;
	gsize count, next;
	guint running, limit;
	GMainLoop *loop;
	job_done done;
	void *user;
};

struct one {
	struct run *run;
	struct job *job;
};

static void start_more(struct run *run);

static void end_job(struct run *run, struct job *job)
{
	run->running--;
	start_more(run);
	if (run->done != NULL)
		run->done(job, run->user);
	if (run->running == 0 && run->next == run->count)
		g_main_loop_quit(run->loop);
}

static void take_ending(struct job *job, GSubprocess *process)
{
	if (g_subprocess_get_if_exited(process)) {
		job->ended = true;
		job->status = g_subprocess_get_exit_status(process);
	} else if (g_subprocess_get_if_signaled(process)) {
		job->signal = g_subprocess_get_term_sig(process);
	}
}

static void on_end(GObject *source, GAsyncResult *result, gpointer user)
{
	struct one *one = user;
	GSubprocess *process = G_SUBPROCESS(source);
	GError *error = NULL;

	if (g_subprocess_communicate_finish(process, result, &one->job->output, &one->job->errors, &error)) {
		take_ending(one->job, process);
	} else {
		one->job->failure = g_strdup(error->message);
		g_error_free(error);
		g_subprocess_force_exit(process);
	}
	g_object_unref(process);
	end_job(one->run, one->job);
	g_free(one);
}

// Nothing goes on running when this program is gone.
static void die_with_parent(gpointer user G_GNUC_UNUSED)
{
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
}

static GSubprocess *spawn(const struct job *job, GError **error)
{
	GSubprocessLauncher *launcher =
		g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
	GSubprocess *process;

	g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
	if (job->environment != NULL)
		g_subprocess_launcher_set_environ(launcher, job->environment);
	process = g_subprocess_launcher_spawnv(launcher, (const char *const *)job->command, error);
	g_object_unref(launcher);
	return process;
}

static bool start(struct run *run, struct job *job)
{
	GError *error = NULL;
	GSubprocess *process = spawn(job, &error);
	struct one *one;

	if (process == NULL) {
		job->failure = g_strdup(error->message);
		g_error_free(error);
		return false;
	}
	job->started = true;
	one = g_new(struct one, 1);
	*one = (struct one){run, job};
	g_subprocess_communicate_async(process, NULL, NULL, on_end, one);
	return true;
}

static void start_more(struct run *run)
{
	while (run->running < run->limit && run->next < run->count)
		run->running += start(run, &run->jobs[run->next++]);
}

void jobs_run(struct job *jobs, gsize count, guint limit, job_done done, void *user)
{
	struct run run = {
		.jobs = jobs,
		.count = count,
		.limit = limit,
		.loop = g_main_loop_new(NULL, FALSE),
		.done = done,
		.user = user,
	};

	start_more(&run);
	if (run.running > 0)
		g_main_loop_run(run.loop);
	g_main_loop_unref(run.loop);
}

void job_forget_output(struct job *job)
{
	g_clear_pointer(&job->output, g_bytes_unref);
	g_clear_pointer(&job->errors, g_bytes_unref);
}

void job_clear(struct job *job)
{
	g_strfreev(job->command);
	g_strfreev(job->environment);
	g_free(job->failure);
	job_forget_output(job);
}
