// SPDX-License-Identifier: GPL-2.0-or-later
// respond --role ha: a home agent, which answers registration requests and forwards what is tunneled after them.
#include "run/respond/home_agent.h"

#include "run/neighbors.h"
#include "run/respond/data.h"
#include "run/respond/reply.h"

#include <string.h>

typedef struct {
	const role_context_t *context;
	agent_t *agent;
	craft_t *craft;
	link_t *link;
} home_agent_t;

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
static void write_decision(const home_agent_t *home, const heard_t *heard, const decision_t *decision)
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
	role_log(home->context, "%s", line->str);
}

static bool answer_request(const home_agent_t *home, const heard_t *heard, gint64 now, GError **error)
{
	decision_t decision;

	registration_decide(home->agent, heard, &decision);
	write_decision(home, heard, &decision);
	if (decision.is_crash) {
		fail(error, GEN_ERROR_CHECK, "crashed, as the fault %s wants it", fault_name(FAULT_CRASH));
		return false;
	}
	if (decision.is_silent)
		return true;
	const GByteArray *reply =
		reply_build(home->agent, home->craft, home->context->interface->mac, heard, &decision, error);
	for (int i = 0; reply && i <= agent_fails(home->agent, FAULT_DUPLICATE); i++)
		role_send(home->context, reply->data, reply->len, now);
	return reply;
}

static void answer_arp(const home_agent_t *home, const heard_t *heard, gint64 now)
{
	guint8 answer[ARP_FRAME];

	const agent_node_t *node = agent_node(home->agent, heard->dst);
	bool is_ours = heard->dst == home->agent->address ||
		       (node && agent_is_bound(node, heard->frame.time)); // in its place (RFC 5944 4.6)

	if (is_ours && neighbors_answer_arp(heard, home->context->interface->mac, answer))
		role_send(home->context, answer, sizeof(answer), now);
}

static bool is_for_us(const home_agent_t *home, const heard_t *heard)
{
	return heard->dst == home->agent->address && !agent_fails(home->agent, FAULT_SILENT);
}

static void log_line(const char *line, gpointer data)
{
	role_log(data, "%s", line);
}

static bool forward(const home_agent_t *home, const heard_t *heard, gint64 now, GError **error)
{
	const forwarder_t forwarder = {
		.maker = {home->agent, home->craft, home->context->interface->mac},
		.link = home->link,
		.outbox = home->context->outbox,
		.log = log_line,
		.log_data = (gpointer)home->context,
	};

	return agent_fails(home->agent, FAULT_SILENT) || data_hear(&forwarder, heard, now, error);
}

static bool hear(gpointer role, const heard_t *heard, gint64 now, GError **error)
{
	const home_agent_t *home = role;

	if (heard->kind == HEARD_ARP)
		answer_arp(home, heard, now);
	else if (heard->kind == HEARD_MESSAGE && heard->message->type == DSMIPV4_REGISTRATION_REQUEST &&
		 heard->message->fixed && heard->packet.dport == DSMIPV4_UDP_PORT && is_for_us(home, heard))
		return answer_request(home, heard, now, error);
	else
		return forward(home, heard, now, error);
	return true;
}

static void end(gpointer role)
{
	home_agent_t *home = role;

	g_clear_pointer(&home->link, link_free);
	g_clear_pointer(&home->craft, craft_free);
	g_clear_pointer(&home->agent, agent_free);
	g_free(home);
}

static gpointer begin(const role_context_t *context, GError **error)
{
	home_agent_t *home = g_new0(home_agent_t, 1);

	home->context = context;
	home->agent = agent_new(context->actors);
	home->agent->faults = context->faults;
	home->agent->most_lifetime = context->lifetime;
	home->agent->uses_nonces = context->uses_nonces;
	home->link = link_new(context->outbox, context->interface->mac, home->agent->link_local);
	home->craft = craft_new(context->actors, error);
	if (home->craft)
		return home;
	end(home);
	return NULL;
}

const role_t role_home_agent = {
	.name = "ha",
	.title = "home agent",
	.address = "ha.address",
	.faults = FAULTS_HA,
	.begin = begin,
	.end = end,
	.hear = hear,
};
