// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen respond: hears an interface, and plays a role there.
#include "run/respond/respond.h"

#include "packet/auth.h"
#include "population/pace.h"
#include "run/fragments.h"
#include "run/respond/foreign_agent.h"
#include "run/respond/home_agent.h"
#include "run/respond/mobile_node.h"
#include "send/privileges.h"
#include "send/route.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	SEED_MAX = G_MAXUINT32,
	DEFAULT_LIFETIME = 600, // seconds
	SHORTEST_MTU = 68,      // RFC 791 3.2
	LONGEST_PACKET = 65535,
};

static const role_t *const roles[] = {&role_home_agent, &role_mobile_node, &role_foreign_agent};

typedef struct {
	const role_t *role;
	gpointer player; // of that role
	role_context_t context;
	interface_t interface;
	actors_t *actors;
	port_t *port;
	fragments_t *fragments; // of packets that are not whole yet
	int signals;
	guint32 frames; // heard so far
} responder_t;

static bool read_number(const char *text, const char *option, double least, double most, double *number, GError **error)
{
	char *end;

	if (!text)
		return true;
	*number = g_ascii_strtod(text, &end);
	if (end != text && *end == '\0' && *number >= least && *number <= most)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "%s '%s'; expected a number from %g to %g", option, text, least, most);
	return false;
}

static bool read_choice(const char *text, const char *option, const char *first, const char *second, bool *is_second,
			GError **error)
{
	*is_second = g_strcmp0(text, second) == 0;
	if (!text || *is_second || strcmp(text, first) == 0)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "%s '%s'; expected %s or %s", option, text, first, second);
	return false;
}

static bool read_role(const char *text, const role_t **role, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (text && strcmp(roles[i]->name, text) == 0) {
			*role = roles[i];
			return true;
		}
		g_string_append_printf(names, "%s%s (%s)",
				       i == 0                        ? ""
				       : i + 1 < G_N_ELEMENTS(roles) ? ", "
								     : " or ",
				       roles[i]->name, roles[i]->title);
	}
	if (text)
		fail(error, GEN_ERROR_SCENARIO, "--role '%s'; expected %s", text, names->str);
	else
		fail(error, GEN_ERROR_SCENARIO, "no --role; expected --role %s", names->str);
	return false;
}

static actors_t *read_actors(char **overrides, GError **error)
{
	g_autoptr(actors_t) actors = actors_new();

	for (; overrides && *overrides; overrides++) {
		g_autofree char *path = g_strdup_printf("--set %.*s", (int)strcspn(*overrides, "="), *overrides);

		if (!actors_set(actors, *overrides, &(place_t){NULL, path, 0}, error))
			return NULL;
	}
	return g_steal_pointer(&actors);
}

// Reads what says how the role behaves.
static bool read_behavior(responder_t *responder, const respond_options_t *options, GError **error)
{
	role_context_t *context = &responder->context;
	double lifetime = DEFAULT_LIFETIME;

	if (!read_role(options->role, &responder->role, error))
		return false;
	responder->actors = read_actors(options->overrides, error);
	if (!responder->actors)
		return false;
	context->actors = responder->actors;
	if (!faults_read(&context->faults, (const char *const *)options->faults, responder->role->faults, error) ||
	    !read_number(options->lifetime, "--lifetime", 1, DSMIPV4_LIFETIME_INFINITE, &lifetime, error) ||
	    !read_choice(options->replay, "--replay", "timestamps", "nonces", &context->uses_nonces, error))
		return false;
	context->lifetime = (guint16)lifetime;
	return true;
}

static guint32 own_address(const responder_t *responder)
{
	return (guint32)role_fact(responder->actors, NULL, responder->role->address, KIND_ADDRESS4).number;
}

// The kernel would answer for its own address, with an ICMP error to each packet.
static bool check_address(const responder_t *responder, GError **error)
{
	route_t route;
	char text[INET_ADDRSTRLEN];

	if (!route_find(&responder->interface, own_address(responder), &route, error))
		return false;
	if (route.kind != ROUTE_OWN)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT,
	     "%s is an address of this machine, and the kernel would answer for it; expected another %s",
	     address4_text(own_address(responder), text), responder->role->address);
	return false;
}

static bool open_log(responder_t *responder, const char *path, GError **error)
{
	responder->context.log = path ? fopen(path, "w") : stdout;
	if (responder->context.log)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot write %s: %s", path, g_strerror(errno));
	return false;
}

static bool open_signals(responder_t *responder, GError **error)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	responder->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (responder->signals >= 0)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "signalfd: %s", g_strerror(errno));
	return false;
}

static bool open_interface(responder_t *responder, const respond_options_t *options, GError **error)
{
	gint64 delay = 0;
	double loss = 0, mtu = LONGEST_PACKET;

	if (options->seed < 0 || options->seed > SEED_MAX) {
		fail(error, GEN_ERROR_SCENARIO, "seed out of range; expected 0 to %u", SEED_MAX);
		return false;
	}
	if ((options->delay && !pace_read_time(options->delay, "--delay", &delay, error)) ||
	    !read_number(options->loss, "--loss", 0, 100, &loss, error) ||
	    !read_number(options->mtu, "--mtu", SHORTEST_MTU, LONGEST_PACKET, &mtu, error) || !auth_init(error) ||
	    !interface_await(options->interface, &responder->interface, error) || !check_address(responder, error) ||
	    !open_log(responder, options->log, error) || !open_signals(responder, error))
		return false;
	responder->port = port_open(&responder->interface, false, error);
	if (!responder->port)
		return false;
	responder->fragments = fragments_new();
	responder->context.interface = &responder->interface;
	responder->context.outbox = outbox_new(
		responder->port, &(outbox_options_t){delay / 1000, loss, (guint32)options->seed, (gsize)mtu});
	responder->player = responder->role->begin(&responder->context, error);
	return responder->player;
}

static void write_start(const responder_t *responder)
{
	char text[INET_ADDRSTRLEN];
	g_autoptr(GString) faults = g_string_new(NULL);

	for (unsigned i = 0; i < FAULT_COUNT; i++)
		if (responder->context.faults.is_on[i])
			g_string_append_printf(faults, "%s%s", faults->len > 0 ? ", " : "; faults: ", fault_name(i));
	role_log(&responder->context, "%s %s on %s%s", responder->role->title,
		 address4_text(own_address(responder), text), responder->interface.name, faults->str);
}

static bool hear(responder_t *responder, GError **error)
{
	wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
	frame_t frame;
	bool ok = true;

	while (ok && port_receive(responder->port, &frame)) {
		heard_t heard;

		heard_read(alloc, &frame, ++responder->frames, &heard);
		if (fragments_join(responder->fragments, alloc, &heard))
			ok = responder->role->hear(responder->player, &heard, g_get_monotonic_time(), error);
		wmem_free_all(alloc);
	}
	wmem_destroy_allocator(alloc);
	return ok;
}

// Takes the signals that wait; is_over: one of them ends the program.
static bool take_signals(const responder_t *responder, bool *is_over, GError **error)
{
	struct signalfd_siginfo info;
	const role_t *role = responder->role;
	bool ok = true;

	while (ok && read(responder->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM)
			*is_over = true;
		else if (role->signal)
			ok = role->signal(responder->player, (int)info.ssi_signo, g_get_monotonic_time(), error);
	}
	return ok;
}

// Milliseconds until something is to be done; -1: nothing.
static int wait_of(const responder_t *responder)
{
	gint64 now = g_get_monotonic_time();
	int frames = outbox_wait(responder->context.outbox, now);
	gint64 due = responder->role->due ? responder->role->due(responder->player) : -1;
	int work = due < 0 ? -1 : (int)CLAMP((due - now + 999) / 1000, 0, G_MAXINT);

	return frames < 0 || work < 0 ? MAX(frames, work) : MIN(frames, work);
}

// Until a signal comes.
static bool serve(responder_t *responder, GError **error)
{
	const role_t *role = responder->role;
	struct pollfd events[] = {
		{.fd = port_descriptor(responder->port), .events = POLLIN},
		{.fd = responder->signals, .events = POLLIN},
	};
	bool ok = true, is_over = false;

	write_start(responder);
	while (ok && !is_over) {
		poll(events, G_N_ELEMENTS(events), wait_of(responder));
		ok = hear(responder, error) && take_signals(responder, &is_over, error) &&
		     (!role->wake || role->wake(responder->player, g_get_monotonic_time(), error)) &&
		     outbox_send(responder->context.outbox, g_get_monotonic_time(), error);
	}
	return ok;
}

static void close_all(responder_t *responder)
{
	FILE *log = responder->context.log;

	if (responder->player)
		responder->role->end(responder->player);
	g_clear_pointer(&responder->context.outbox, outbox_free);
	g_clear_pointer(&responder->port, port_close);
	g_clear_pointer(&responder->fragments, fragments_free);
	g_clear_pointer(&responder->actors, actors_free);
	if (responder->signals >= 0)
		close(responder->signals);
	if (log && log != stdout)
		fclose(log);
}

bool respond(const respond_options_t *options, GError **error)
{
	responder_t responder = {.signals = -1};
	bool ok = read_behavior(&responder, options, error) && open_interface(&responder, options, error) &&
		  privileges_drop(error) && serve(&responder, error);

	close_all(&responder);
	return ok;
}
