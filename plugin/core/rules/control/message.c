// SPDX-License-Identifier: GPL-2.0-or-later
// Checks of the message as a whole (RFC 5944 3.1-3.5).
#include "rules/control/control.h"

static bool is_registration(const dsmipv4_message_t *m)
{
	return m->type == DSMIPV4_REGISTRATION_REQUEST || m->type == DSMIPV4_REGISTRATION_REPLY;
}

enum { // in the UDP header, which the message follows
	UDP_SPORT_AT = -8,
	UDP_DPORT_AT = -6,
	UDP_CHECKSUM_AT = -2,
};

dsmipv4_verdict_t dsmipv4_check_udp_port(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->message->type == DSMIPV4_REGISTRATION_REQUEST && c->packet->dport != DSMIPV4_UDP_PORT &&
	    !c->packet->dport_further)
		return dsmipv4_broken_at(f, UDP_DPORT_AT, 2, "Registration request to UDP port %u, should be 434",
					 c->packet->dport);
	if (c->message->type == DSMIPV4_REGISTRATION_REPLY && c->packet->sport != DSMIPV4_UDP_PORT &&
	    !c->packet->sport_further)
		return dsmipv4_broken_at(f, UDP_SPORT_AT, 2, "Registration reply from UDP port %u, should be 434",
					 c->packet->sport);
	return is_registration(c->message) ? DSMIPV4_HOLDS : DSMIPV4_NOT_APPLICABLE;
}

dsmipv4_verdict_t dsmipv4_check_udp_cksum_zero(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->packet->udp_checksum != DSMIPV4_CHECKSUM_NONE)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, UDP_CHECKSUM_AT, 2, "UDP checksum is 0x0000 (none), should be 0x%04x",
				 c->packet->udp_checksum_right);
}

dsmipv4_verdict_t dsmipv4_check_udp_cksum_bad(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	if (c->packet->udp_checksum == DSMIPV4_CHECKSUM_NONE)
		return DSMIPV4_NOT_APPLICABLE;
	if (c->packet->udp_checksum == DSMIPV4_CHECKSUM_GOOD)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, UDP_CHECKSUM_AT, 2, "UDP checksum is 0x%04x, should be 0x%04x",
				 c->packet->udp_checksum_sent, c->packet->udp_checksum_right);
}

dsmipv4_verdict_t dsmipv4_check_msg_short(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	if ((!is_registration(m) && m->type != DSMIPV4_TUNNEL_DATA))
		return DSMIPV4_NOT_APPLICABLE;
	if (m->reported_len >= m->fixed_len)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, 0, m->reported_len,
				 "Message has %u bytes, should have at least the %u of its fixed part", m->reported_len,
				 m->fixed_len);
}

dsmipv4_verdict_t dsmipv4_check_ext_trailing(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	if (m->type == DSMIPV4_TUNNEL_DATA)
		return DSMIPV4_NOT_APPLICABLE;
	if (!m->trailing)
		return DSMIPV4_HOLDS;
	return dsmipv4_broken_at(f, m->trailing_offset, m->trailing,
				 "A lone byte, 0x%02x, follows the last extension; should be removed",
				 m->bytes[m->trailing_offset]);
}

// Denials by others than the home agent need no authentication; an MN-AAA extension (RFC 4721) authorizes a request.
dsmipv4_verdict_t dsmipv4_check_auth_missing(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	if (m->type == DSMIPV4_REGISTRATION_REPLY && !dsmipv4_reply_from_ha(m))
		return DSMIPV4_NOT_APPLICABLE;
	bool by_aaa = m->type == DSMIPV4_REGISTRATION_REQUEST && m->first_mn_aaa != DSMIPV4_NO_EXT;
	if (m->first_mn_ha != DSMIPV4_NO_EXT || by_aaa)
		return DSMIPV4_HOLDS;
	if (!m->captured_whole)
		return DSMIPV4_NOT_APPLICABLE;
	return dsmipv4_broken_at(
		f, f->offset, f->length,
		"No authorization-enabling extension, should be a Mobile-Home Authentication (type 32)");
}

// RFC 3344 wants exactly one authorization-enabling extension everywhere; RFC 5944 3.5.2 allows more in requests.
dsmipv4_verdict_t dsmipv4_check_auth_multiple(const dsmipv4_check_t *c, dsmipv4_answer_t *f)
{
	const dsmipv4_message_t *m = c->message;
	bool request = m->type == DSMIPV4_REGISTRATION_REQUEST;
	if (m->n_mn_ha == 0)
		return DSMIPV4_NOT_APPLICABLE;
	f->source = request ? "3344 3.8.2.1" : "5944 3.6.2.1";
	if (m->n_mn_ha > 1) {
		if (request && !c->options->strict_rfc3344)
			GIVES(f, auth_multiple, NOTE);
		return dsmipv4_broken_at(f, 0, 0, "%u Mobile-Home Authentication extensions, should be one",
					 m->n_mn_ha);
	}
	if (request && m->first_mn_aaa != DSMIPV4_NO_EXT) {
		const dsmipv4_ext_t *aaa = &m->exts[m->first_mn_aaa];
		GIVES(f, auth_multiple, CHAT);
		return dsmipv4_broken_at(
			f, aaa->offset, aaa->header_len + aaa->body_len,
			"Both Mobile-Home (type 32) and MN-AAA (type 36) authentication, one of them is enough");
	}
	return DSMIPV4_HOLDS;
}
