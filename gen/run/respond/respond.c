// SPDX-License-Identifier: GPL-2.0-or-later
// dsmipgen respond: hears an interface, and answers what is for the home agent that it plays.
#include "run/respond/respond.h"

#include "packet/auth.h"
#include "population/pace.h"
#include "run/neighbors.h"
#include "run/respond/data.h"
#include "run/respond/outbox.h"
#include "run/respond/reply.h"
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
};

typedef struct {
	interface_t interface;
	actors_t *actors;
	agent_t *agent;
	craft_t *craft;
	port_t *port;
	outbox_t *outbox;
	link_t *link;
	FILE *log;
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

static bool read_role(const char *text, GError **error)
{
	if (text && strcmp(text, "ha") == 0)
		return true;
	if (text)
		fail(error, GEN_ERROR_SCENARIO, "--role '%s'; expected ha, a home agent", text);
	else
		fail(error, GEN_ERROR_SCENARIO, "no --role; expected --role ha, a home agent");
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

// Reads what says how the agent behaves.
static bool read_agent(responder_t *responder, const respond_options_t *options, GError **error)
{
	double lifetime = DEFAULT_LIFETIME;

	if (!read_role(options->role, error))
		return false;
	responder->actors = read_actors(options->overrides, error);
	if (!responder->actors)
		return false;
	responder->agent = agent_new(responder->actors);
	if (!faults_read(&responder->agent->faults, (const char *const *)options->faults, error) ||
	    !read_number(options->lifetime, "--lifetime", 1, DSMIPV4_LIFETIME_INFINITE, &lifetime, error) ||
	    !read_choice(options->replay, "--replay", "timestamps", "nonces", &responder->agent->uses_nonces, error))
		return false;
	responder->agent->most_lifetime = (guint16)lifetime;
	responder->craft = craft_new(responder->actors, error);
	return responder->craft;
}

// The kernel would answer for its own address, with an ICMP error to each packet.
static bool check_address(const responder_t *responder, GError **error)
{
	route_t route;
	char text[INET_ADDRSTRLEN];

	if (!route_find(&responder->interface, responder->agent->address, &route, error))
		return false;
	if (route.kind != ROUTE_OWN)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT,
	     "%s is an address of this machine, and the kernel would answer for it; expected another ha.address",
	     address4_text(responder->agent->address, text));
	return false;
}

static bool open_log(responder_t *responder, const char *path, GError **error)
{
	responder->log = path ? fopen(path, "w") : stdout;
	if (responder->log)
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
	sigprocmask(SIG_BLOCK, &set, NULL);
	responder->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (responder->signals >= 0)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "signalfd: %s", g_strerror(errno));
	return false;
}

static bool open_interface(responder_t *responder, const respond_options_t *options, GError **error)
{
	gint64 delay = 0;
	double loss = 0;

	if (options->seed < 0 || options->seed > SEED_MAX) {
		fail(error, GEN_ERROR_SCENARIO, "seed out of range; expected 0 to %u", SEED_MAX);
		return false;
	}
	if ((options->delay && !pace_read_time(options->delay, "--delay", &delay, error)) ||
	    !read_number(options->loss, "--loss", 0, 100, &loss, error) || !auth_init(error) ||
	    !interface_find(options->interface, &responder->interface, error) || !check_address(responder, error) ||
	    !open_log(responder, options->log, error) || !open_signals(responder, error))
		return false;
	responder->port = port_open(&responder->interface, false, error);
	if (!responder->port)
		return false;
	responder->outbox = outbox_new(responder->port, delay / 1000, loss, (guint32)options->seed);
	responder->link = link_new(responder->outbox, responder->interface.mac, responder->agent->link_local);
	return true;
}

static void write_line(const responder_t *responder, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void write_line(const responder_t *responder, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vfprintf(responder->log, format, values);
	va_end(values);
	fputc('\n', responder->log);
	fflush(responder->log);
}

static void write_start(const responder_t *responder)
{
	const agent_t *agent = responder->agent;
	char text[INET_ADDRSTRLEN];
	g_autoptr(GString) faults = g_string_new(NULL);

	for (unsigned i = 0; i < FAULT_COUNT; i++)
		if (agent_fails(agent, i))
			g_string_append_printf(faults, "%s%s", faults->len > 0 ? ", " : "; faults: ", fault_name(i));
	write_line(responder, "home agent %s on %s%s", address4_text(agent->address, text), responder->interface.name,
		   faults->str);
}

static void append_prefixes(GString *line, const decision_t *decision)
{
	for (unsigned i = 0; i < decision->n_prefixes; i++) {
		const granted_t *granted = &decision->prefixes[i];
		char text[INET6_ADDRSTRLEN];

		g_string_append_printf(line, ", %s/%u code %u",
				       inet_ntop(AF_INET6, granted->prefix.bytes, text, sizeof(text)),
				       granted->prefix.len, granted->code);
	}
}

// "198.51.100.77 at 192.0.2.33: accepted for 60 s, 2001:db8:a::/48 code 1"
static void write_decision(const responder_t *responder, const heard_t *heard, const decision_t *decision)
{
	char hoa[INET_ADDRSTRLEN], coa[INET_ADDRSTRLEN];
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_append_printf(line, "%s at %s: ", address4_text(heard->message->request.hoa, hoa),
			       address4_text(heard->message->request.coa, coa));
	if (decision->is_silent)
		g_string_append_printf(line, "ignored, %s", decision->reason);
	else if (decision->reason)
		g_string_append_printf(line, "denied with code %u, %s", decision->code, decision->reason);
	else if (decision->lifetime == 0)
		g_string_append(line, "deregistered");
	else
		g_string_append_printf(line, "accepted for %u s", decision->lifetime);
	append_prefixes(line, decision);
	write_line(responder, "%s", line->str);
}

static void put(const responder_t *responder, const guint8 *bytes, gsize length)
{
	outbox_put(responder->outbox, bytes, length, g_get_monotonic_time());
}

static bool answer_request(const responder_t *responder, const heard_t *heard, GError **error)
{
	decision_t decision;

	registration_decide(responder->agent, heard, &decision);
	write_decision(responder, heard, &decision);
	if (decision.is_crash) {
		fail(error, GEN_ERROR_CHECK, "crashed, as the fault %s wants it", fault_name(FAULT_CRASH));
		return false;
	}
	if (decision.is_silent)
		return true;
	const GByteArray *reply =
		reply_build(responder->agent, responder->craft, responder->interface.mac, heard, &decision, error);
	for (int i = 0; reply && i <= agent_fails(responder->agent, FAULT_DUPLICATE); i++)
		put(responder, reply->data, reply->len);
	return reply;
}

static void answer_arp(const responder_t *responder, const heard_t *heard)
{
	guint8 answer[ARP_FRAME];

	const agent_node_t *node = agent_node(responder->agent, heard->dst);
	bool is_ours = heard->dst == responder->agent->address ||
		       (node && agent_is_bound(node, heard->frame.time)); // in its place (RFC 5944 4.6)

	if (is_ours && neighbors_answer_arp(heard, responder->interface.mac, answer))
		put(responder, answer, sizeof(answer));
}

static bool is_for_us(const responder_t *responder, const heard_t *heard)
{
	return heard->dst == responder->agent->address && !agent_fails(responder->agent, FAULT_SILENT);
}

static void log_line(const char *line, gpointer data)
{
	write_line(data, "%s", line);
}

static bool forward(responder_t *responder, const heard_t *heard, GError **error)
{
	const forwarder_t forwarder = {
		.maker = {responder->agent, responder->craft, responder->interface.mac},
		.link = responder->link,
		.outbox = responder->outbox,
		.log = log_line,
		.log_data = responder,
	};

	return agent_fails(responder->agent, FAULT_SILENT) ||
	       data_hear(&forwarder, heard, g_get_monotonic_time(), error);
}

static bool answer(responder_t *responder, const heard_t *heard, GError **error)
{
	if (heard->kind == HEARD_ARP)
		answer_arp(responder, heard);
	else if (heard->kind == HEARD_MESSAGE && heard->message->type == DSMIPV4_REGISTRATION_REQUEST &&
		 heard->message->fixed && heard->packet.dport == DSMIPV4_UDP_PORT && is_for_us(responder, heard))
		return answer_request(responder, heard, error);
	else
		return forward(responder, heard, error);
	return true;
}

static bool hear(responder_t *responder, GError **error)
{
	wmem_allocator_t *alloc = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
	frame_t frame;
	bool ok = true;

	while (ok && port_receive(responder->port, &frame)) {
		heard_t heard;

		heard_read(alloc, &frame, ++responder->frames, &heard);
		ok = answer(responder, &heard, error);
		wmem_free_all(alloc);
	}
	wmem_destroy_allocator(alloc);
	return ok;
}

// Until a signal comes.
static bool serve(responder_t *responder, GError **error)
{
	struct pollfd events[] = {
		{.fd = port_descriptor(responder->port), .events = POLLIN},
		{.fd = responder->signals, .events = POLLIN},
	};
	bool ok = true;

	write_start(responder);
	while (ok && (events[1].revents & POLLIN) == 0) {
		poll(events, G_N_ELEMENTS(events), outbox_wait(responder->outbox, g_get_monotonic_time()));
		ok = hear(responder, error) && outbox_send(responder->outbox, g_get_monotonic_time(), error);
	}
	return ok;
}

static void close_all(responder_t *responder)
{
	g_clear_pointer(&responder->link, link_free);
	g_clear_pointer(&responder->outbox, outbox_free);
	g_clear_pointer(&responder->port, port_close);
	g_clear_pointer(&responder->craft, craft_free);
	g_clear_pointer(&responder->agent, agent_free);
	g_clear_pointer(&responder->actors, actors_free);
	if (responder->signals >= 0)
		close(responder->signals);
	if (responder->log && responder->log != stdout)
		fclose(responder->log);
}

bool respond(const respond_options_t *options, GError **error)
{
	responder_t responder = {.signals = -1};
	bool ok = read_agent(&responder, options, error) && open_interface(&responder, options, error) &&
		  privileges_drop(error) && serve(&responder, error);

	close_all(&responder);
	return ok;
}
