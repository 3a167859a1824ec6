// SPDX-License-Identifier: GPL-2.0-or-later
// What the reference home agent makes of a registration request: the checks in their order, then the binding.
#include "run/respond/registration.h"

#include "packet/auth.h"
#include "run/respond/prefixes.h"
#include "util/bytes.h"
#include "wire/extension_types.h"

#include <string.h>

enum {
	CODE_ACCEPTED_NO_SIMULTANEOUS = 1,
	CODE_PROHIBITED = 129,
	CODE_NODE_AUTHENTICATION = 131,
	CODE_FA_AUTHENTICATION = 132,
	CODE_IDENTIFICATION = 133,
	CODE_POORLY_FORMED = 134,
	CODE_UNKNOWN_AGENT = 136,
	CODE_UDP_ENCAPSULATION = 142,
	UDP_TUNNEL_DECLINED = 64, // RFC 3519 3.2
	CLOCK_TOLERANCE = 7,      // seconds, RFC 5944 5.7.1
	SHORT_COMPARISON = 12,    // bytes, of a fault
};

#define AUTH_BEFORE_DIGEST (DSMIPV4_EXT_SHORT_HEADER_LEN + DSMIPV4_SPI_LEN)

typedef struct {
	agent_t *agent;
	const heard_t *heard;
	const dsmipv4_message_t *message;
	decision_t *decision;
	guint32 signed_exts; // how many extensions the mobile node's authenticator covers
	gint64 now;
} request_t;

static bool fails(const request_t *request, fault_t fault)
{
	return agent_fails(request->agent, fault);
}

static bool deny(const request_t *request, guint8 code, const char *reason)
{
	request->decision->code = code;
	request->decision->reason = reason;
	return false;
}

static bool ignore(const request_t *request, const char *reason)
{
	request->decision->is_silent = true;
	request->decision->reason = reason;
	return false;
}

// The checks, in their order. Each is true if it has no objection.

static bool check_checksum(request_t *request)
{
	return request->heard->packet.udp_checksum != DSMIPV4_CHECKSUM_BAD || fails(request, FAULT_BAD_CHECKSUM) ||
	       ignore(request, "wrong UDP checksum");
}

// The first extension of a type that nobody assigned, or NULL.
static const dsmipv4_ext_t *find_unknown(const request_t *request, bool is_skippable)
{
	for (guint32 i = 0; i < request->message->n_exts; i++) {
		const dsmipv4_ext_t *ext = &request->message->exts[i];

		if ((ext->type >= DSMIPV4_EXT_FIRST_SKIPPABLE) == is_skippable && !dsmipv4_ext_type_name(ext->type))
			return ext;
	}
	return NULL;
}

static bool check_unknown(request_t *request)
{
	const dsmipv4_ext_t *serious = find_unknown(request, false), *skippable = find_unknown(request, true);

	if ((serious || skippable) && fails(request, FAULT_CRASH)) {
		request->decision->is_crash = true;
		return ignore(request, "crashes");
	}
	if (serious && fails(request, FAULT_DENY_NON_SKIPPABLE))
		return deny(request, CODE_POORLY_FORMED, "unknown extension");
	if (serious && !fails(request, FAULT_NON_SKIPPABLE))
		return ignore(request, "unknown extension that must not be skipped");
	return !skippable || !fails(request, FAULT_DENY_SKIPPABLE) ||
	       deny(request, CODE_POORLY_FORMED, "unknown extension");
}

static bool check_node(request_t *request)
{
	request->decision->node = agent_node(request->agent, request->message->request.hoa);
	if (request->decision->node)
		return true;
	if (!fails(request, FAULT_ANY_NODE))
		return ignore(request, "unknown mobile node");
	request->decision->lifetime = request->message->request.lifetime;
	return false;
}

static bool check_form(request_t *request)
{
	const dsmipv4_message_t *message = request->message;

	for (guint32 i = 0; i < message->n_exts; i++)
		if (message->exts[i].overrun)
			return deny(request, CODE_POORLY_FORMED, "an extension is longer than the message");
	return message->trailing == 0 || deny(request, CODE_POORLY_FORMED, "bytes after the last extension");
}

// Compares an authenticator of some length with the right one of 16 bytes, or as a fault does.
static bool is_equal(const request_t *request, const guint8 *sent, gsize length, const guint8 *right)
{
	if (fails(request, FAULT_AUTH_SHORT) && length < DSMIPV4_HMAC_MD5_LEN)
		return memcmp(sent, right, length) == 0;
	if (length != DSMIPV4_HMAC_MD5_LEN)
		return false;
	if (fails(request, FAULT_AUTH_FIRST_BYTES))
		return memcmp(sent, right, SHORT_COMPARISON) == 0;
	if (fails(request, FAULT_AUTH_LAST_BYTES))
		return memcmp(sent + length - SHORT_COMPARISON, right + length - SHORT_COMPARISON, SHORT_COMPARISON) ==
		       0;
	return memcmp(sent, right, DSMIPV4_HMAC_MD5_LEN) == 0;
}

// Whether an authentication extension verifies. spi 0: any.
static bool verify(const request_t *request, const dsmipv4_ext_t *ext, guint32 spi, GBytes *key)
{
	const guint8 *bytes = request->message->bytes;
	gsize covered = ext->offset + AUTH_BEFORE_DIGEST;
	guint8 right[AUTH_MAX_LENGTH];

	if (ext->body != DSMIPV4_BODY_AUTH || (spi && ext->auth.spi != spi))
		return false;
	auth_compute(ALGORITHM_HMAC_MD5, key, bytes, covered, right);
	return is_equal(request, bytes + covered, ext->auth.authenticator_len, right);
}

static bool check_authentication(request_t *request)
{
	const dsmipv4_message_t *message = request->message;
	const agent_node_t *node = request->decision->node;
	guint32 spi = fails(request, FAULT_ANY_SPI) ? 0 : node->spi;

	request->signed_exts = MIN(message->first_mn_ha, message->n_exts);
	if (fails(request, FAULT_NO_AUTH))
		return true;
	if (message->first_mn_ha == DSMIPV4_NO_EXT)
		return ignore(request, "no authenticator");
	return (message->n_mn_ha == 1 && verify(request, &message->exts[message->first_mn_ha], spi, node->key)) ||
	       deny(request, CODE_NODE_AUTHENTICATION, "wrong authenticator");
}

static bool check_foreign_agent(request_t *request)
{
	const dsmipv4_message_t *message = request->message;
	bool is_from_fa =
		message->request.coa == request->agent->fa_address && (message->request.flags & DSMIPV4_FLAG_D) == 0;

	if (message->first_fa_ha == DSMIPV4_NO_EXT)
		return !is_from_fa || message->request.lifetime == 0 ||
		       deny(request, CODE_FA_AUTHENTICATION, "no authenticator of the foreign agent");
	if (!is_from_fa)
		return ignore(request, "authenticated by an unknown foreign agent");
	request->decision->has_fa_auth =
		verify(request, &message->exts[message->first_fa_ha], request->agent->fa_spi, request->agent->fa_key);
	return request->decision->has_fa_auth ||
	       deny(request, CODE_FA_AUTHENTICATION, "wrong authenticator of the foreign agent");
}

// How far the node's clock is ahead of the agent's, by a timestamp.
static gint64 seconds_ahead(const request_t *request)
{
	guint32 clock = (guint32)(request->now / DSMIPV4_SECOND + DSMIPV4_NTP_OFFSET);

	return (gint64)(request->message->request.id >> 32) - clock;
}

static bool check_identification(request_t *request)
{
	guint64 id = request->message->request.id;
	const agent_node_t *node = request->decision->node;
	gint64 ahead = seconds_ahead(request);

	if (request->agent->uses_nonces)
		return id >> 32 == node->nonce || fails(request, FAULT_NO_REPLAY) ||
		       deny(request, CODE_IDENTIFICATION, "wrong nonce");
	if (ahead > CLOCK_TOLERANCE)
		return fails(request, FAULT_FUTURE) || deny(request, CODE_IDENTIFICATION, "time is ahead");
	if (ahead >= -CLOCK_TOLERANCE && id > node->last_id)
		return true;
	return fails(request, FAULT_NO_REPLAY) ||
	       deny(request, CODE_IDENTIFICATION, ahead < -CLOCK_TOLERANCE ? "time is behind" : "used before");
}

static bool check_home_agent(request_t *request)
{
	return request->message->request.ha == request->agent->address || fails(request, FAULT_ANY_HOME_AGENT) ||
	       deny(request, CODE_UNKNOWN_AGENT, "another home agent");
}

static bool check_reserved(request_t *request)
{
	return (request->message->request.flags & (DSMIPV4_FLAG_r | DSMIPV4_FLAG_x)) == 0 ||
	       !fails(request, FAULT_STRICT_RESERVED) || deny(request, CODE_POORLY_FORMED, "reserved bits");
}

// The UDP Tunnel Request (144) of the mobile node, or NULL.
static const dsmipv4_ext_t *find_udp_tunnel(const request_t *request)
{
	for (guint32 i = 0; i < request->signed_exts; i++)
		if (request->message->exts[i].body == DSMIPV4_BODY_UDP_TUNNEL_REQUEST)
			return &request->message->exts[i];
	return NULL;
}

// RFC 3519 4.6, 4.6.1.
static bool check_udp_tunnel(request_t *request)
{
	const dsmipv4_ext_t *ext = find_udp_tunnel(request);
	decision_t *decision = request->decision;

	if (!ext || fails(request, FAULT_NO_UDP_TUNNEL))
		return true;
	if ((request->message->request.flags & DSMIPV4_FLAG_D) == 0 || ext->udp_request.reserved3 != 0)
		return deny(request, CODE_POORLY_FORMED, "UDP Tunnel Request is wrong");
	if (ext->udp_request.encapsulation != 0 && ext->udp_request.encapsulation != DSMIPV4_ENCAP_IPIP)
		return deny(request, CODE_UDP_ENCAPSULATION, "no such encapsulation in a UDP tunnel");
	bool is_behind_nat = request->heard->src != request->message->request.coa;
	bool is_granted = (is_behind_nat || ext->udp_request.flags & DSMIPV4_UDP_TUNNEL_REQUEST_F) &&
			  (ext->udp_request.flags & DSMIPV4_UDP_TUNNEL_REQUEST_R) == 0;
	decision->answers_udp_tunnel = true;
	decision->is_forced = is_granted && ext->udp_request.flags & DSMIPV4_UDP_TUNNEL_REQUEST_F;
	decision->udp_tunnel_code = is_granted && !fails(request, FAULT_UDP_TUNNEL_DENIED) ? 0 : UDP_TUNNEL_DECLINED;
	return true;
}

static bool check_prefixes(request_t *request)
{
	decision_t *decision = request->decision;
	bool is_rejected = false;

	if (fails(request, FAULT_NO_PREFIX))
		return true;
	decision->n_prefixes = prefixes_decide(request->agent, decision->node, request->message, request->signed_exts,
					       request->now, decision->prefixes);
	for (unsigned i = 0; i < decision->n_prefixes; i++)
		is_rejected |= !dsmipv4_code_accepts(decision->prefixes[i].code);
	return !is_rejected || !fails(request, FAULT_REJECT_ALL) ||
	       deny(request, CODE_PROHIBITED, "a prefix is rejected");
}

static bool (*const checks[])(request_t *request) = {
	check_checksum,       check_node,          check_unknown,        check_form,
	check_authentication, check_foreign_agent, check_identification, check_reserved,
	check_home_agent,     check_udp_tunnel,    check_prefixes,
};

// The identification of the reply (RFC 5944 5.7).
static guint64 identification_of(request_t *request)
{
	guint64 id = request->message->request.id;
	guint64 clock = (guint64)(request->now / DSMIPV4_SECOND + DSMIPV4_NTP_OFFSET);
	agent_node_t *node = request->decision->node;

	if (request->agent->uses_nonces && node) {
		node->nonce = g_random_int();
		return (guint64)node->nonce << 32 | (guint32)id;
	}
	if (request->decision->code != CODE_IDENTIFICATION || fails(request, FAULT_ECHO_ID))
		return id;
	return clock << 32 | (guint32)id;
}

static void accept_request(request_t *request)
{
	guint16 asked = request->message->request.lifetime;
	decision_t *decision = request->decision;

	decision->lifetime = asked == 0 ? 0 : MIN(asked, request->agent->most_lifetime);
	decision->code = request->message->request.flags & DSMIPV4_FLAG_S ? CODE_ACCEPTED_NO_SIMULTANEOUS : 0;
	if (seconds_ahead(request) <= CLOCK_TOLERANCE) // else all later ones would be too old
		decision->node->last_id = MAX(decision->node->last_id, request->message->request.id);
}

// A fault: prefixes of before that the request does not have.
static void keep_prefixes(agent_binding_t *binding, const agent_binding_t *before)
{
	for (unsigned i = 0; i < before->n_prefixes && binding->n_prefixes < AGENT_MOST_PREFIXES; i++) {
		bool is_there = false;

		for (unsigned j = 0; j < binding->n_prefixes; j++)
			is_there |= dsmipv4_prefix_equal(&before->prefixes[i].prefix, &binding->prefixes[j].prefix);
		if (!is_there)
			binding->prefixes[binding->n_prefixes++] = before->prefixes[i];
	}
}

// What was there before and outlasts a new registration.
static void keep_before(const request_t *request, agent_binding_t *binding, const agent_binding_t *before)
{
	bool has_moved = before->is_there && before->coa != binding->coa;

	binding->n_groups = before->n_groups;
	memcpy(binding->groups, before->groups, sizeof(binding->groups));
	binding->left = has_moved ? before->reached_at : before->is_there ? before->left : 0;
	memcpy(binding->left_mac, has_moved ? before->mac : before->left_mac, sizeof(binding->left_mac));
	if (fails(request, FAULT_OMITTED_FORWARDS) && before->is_there)
		keep_prefixes(binding, before);
}

// What the node asked for holds from now on.
static void bind_node(const request_t *request)
{
	const dsmipv4_message_t *message = request->message;
	const decision_t *decision = request->decision;
	agent_binding_t *binding = &decision->node->binding;
	bool is_all = message->request.coa == message->request.hoa;

	if (decision->lifetime == 0) {
		if (is_all || message->request.coa == binding->coa)
			binding->is_there = false;
		return;
	}
	const agent_binding_t before = *binding;
	*binding = (agent_binding_t){
		.is_there = true,
		.coa = message->request.coa,
		.reached_at = message->request.coa,
		.flags = message->request.flags,
		.expires = decision->lifetime == DSMIPV4_LIFETIME_INFINITE
				   ? G_MAXINT64
				   : request->now + decision->lifetime * DSMIPV4_SECOND,
		.n_prefixes = decision->n_prefixes,
	};
	memcpy(binding->prefixes, decision->prefixes, sizeof(binding->prefixes));
	memcpy(binding->mac, request->heard->frame.bytes + sizeof(binding->mac), sizeof(binding->mac));
	if (decision->answers_udp_tunnel && decision->udp_tunnel_code == 0) {
		binding->reached_at = request->heard->src;
		binding->port = request->heard->packet.sport;
	}
	keep_before(request, binding, &before);
}

void registration_decide(agent_t *agent, const heard_t *heard, decision_t *decision)
{
	request_t request = {
		.agent = agent,
		.heard = heard,
		.message = heard->message,
		.decision = decision,
		.now = heard->frame.time,
	};
	bool is_accepted = true;

	*decision = (decision_t){0};
	for (gsize i = 0; i < G_N_ELEMENTS(checks) && is_accepted; i++)
		is_accepted = checks[i](&request);
	if (is_accepted) {
		accept_request(&request);
		bind_node(&request);
	} else {
		decision->n_prefixes = 0;
		decision->answers_udp_tunnel = false;
	}
	decision->identification = identification_of(&request);
}
