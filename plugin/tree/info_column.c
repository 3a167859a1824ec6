// SPDX-License-Identifier: GPL-2.0-or-later
// The Info column: what became of a registration, and what is wrong, where an operator reads first.
#include "tree/info_column.h"

#include <epan/column-info.h>

#include "core/match/expectation.h"
#include "core/wire/reply_codes.h"
#include "core/wire/text.h"
#include "tree/words.h"

static bool is_wanted(const packet_info *pinfo)
{
	return pinfo->cinfo && pinfo->cinfo->col_first[COL_INFO] >= 0 && col_get_writable(pinfo->cinfo, COL_INFO);
}

// The gravest finding of warn or above, the first of equals; NULL: there is none.
static const dsmipv4_finding_t *gravest(const dsmipv4_verdicts_t *v)
{
	const dsmipv4_finding_t *worst = NULL;
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		const dsmipv4_finding_t *f = dsmipv4_finding(v, i);
		if (!dsmipv4_rule_is_item(f->rule) && f->severity >= DSMIPV4_WARN &&
		    (!worst || f->severity > worst->severity))
			worst = f;
	}
	return worst;
}

// Tunneled packets.

static const char *ends_words(const dsmipv4_match_t *m, wmem_allocator_t *pool)
{
	bool to_mn = m->direction == DSMIPV4_TO_MN;
	return wmem_strdup_printf(pool, "%s %s", to_mn ? "to" : "from",
				  dsmipv4_ipv4_text(pool, to_mn ? m->adjacent->dst : m->adjacent->src));
}

static const char *removal_words(const dsmipv4_candidate_t *c)
{
	static const char *const words[] = {
		[DSMIPV4_REMOVED_DEREGISTERED] = "deregistered",
		[DSMIPV4_REMOVED_REPLACED] = "replaced",
		[DSMIPV4_REMOVED_ZERO_GRANTED] = "deregistered",
		[DSMIPV4_REMOVED_REVOKED] = "revoked",
		[DSMIPV4_REMOVED_DENIED] = "denied",
		[DSMIPV4_REMOVED_UNKNOWN] = NULL,
	};
	dsmipv4_removal_t why = c->binding ? c->binding->removal : c->removed_by->removal;
	return words[why] ? words[why] : "not registered";
}

static const char *no_binding_words(const dsmipv4_match_t *m, wmem_allocator_t *pool)
{
	const dsmipv4_candidate_t *c = m->chosen;
	if (!c || !c->removed_by)
		return NULL;
	const dsmipv4_binding_t *b = dsmipv4_current_binding(m);
	uint32_t now = b ? dsmipv4_binding_effective_coa(b) : 0, old = m->coa;
	if (!now || !old || now == old)
		return wmem_strdup_printf(pool, "%s, %s", ends_words(m, pool), removal_words(c));
	return wmem_strdup_printf(pool, "%s old care-of address %s, registered %s",
				  m->direction == DSMIPV4_TO_MN ? "to" : "from", dsmipv4_ipv4_text(pool, old),
				  dsmipv4_ipv4_text(pool, now));
}

static const char *expired_words(const dsmipv4_match_t *m, wmem_allocator_t *pool)
{
	if (!m->chosen || !m->chosen->binding)
		return NULL;
	int64_t over = m->time - dsmipv4_reply_expiry(m->chosen->binding->reply);
	return wmem_strdup_printf(pool, "%s, expired %.1f s ago", ends_words(m, pool), (double)over / DSMIPV4_SECOND);
}

static const char *mode_words(const dsmipv4_match_t *m, wmem_allocator_t *pool)
{
	if (m->expected == DSMIPV4_TUNNELING_UNKNOWN || m->expected == m->tunneling_mode)
		return NULL;
	return wmem_strdup_printf(pool, "tunneled to %s, expected %s", dsmipv4_mode_words(m->tunneling_mode),
				  dsmipv4_mode_words(m->expected));
}

// Rules whose verdict names addresses. Of the others, and where the words are NULL, the title says enough.
typedef struct {
	dsmipv4_rule_id_t rule;
	const char *(*words)(const dsmipv4_match_t *m, wmem_allocator_t *pool);
} short_verdict_t;

static const short_verdict_t short_verdicts[] = {
	{DSMIPV4_RULE_tun_no_binding, no_binding_words},
	{DSMIPV4_RULE_tun_expired, expired_words},
	{DSMIPV4_RULE_tun_hoa_expected, mode_words},
	{DSMIPV4_RULE_tun_coa_expected, mode_words},
	{DSMIPV4_RULE_tun_fa_coa_direct, mode_words},
	{DSMIPV4_RULE_tun_implicit_coa, mode_words},
	{DSMIPV4_RULE_natt_mode, mode_words},
};

static const char *verdict_words(const dsmipv4_finding_t *f, const dsmipv4_match_t *m, wmem_allocator_t *pool)
{
	const char *words = NULL;
	for (unsigned i = 0; m && i < array_length(short_verdicts); i++) {
		if (short_verdicts[i].rule == f->rule)
			words = short_verdicts[i].words(m, pool);
	}
	return words ? words : dsmipv4_rule(f->rule)->text;
}

// Dissectors inside clear the column up to the fence.
void dsmipv4_packet_column(const dsmipv4_match_t *m, const dsmipv4_verdicts_t *v, packet_info *pinfo)
{
	const dsmipv4_finding_t *f = is_wanted(pinfo) ? gravest(v) : NULL;
	if (!f)
		return;
	col_clear(pinfo->cinfo, COL_INFO);
	col_add_fstr(pinfo->cinfo, COL_INFO, "[%s] ", verdict_words(f, m, pinfo->pool));
	col_set_fence(pinfo->cinfo, COL_INFO);
}

// Control messages.

// The column lists this many prefixes, then the number of the others.
#define COLUMN_PREFIXES 4

static void append_prefixes(wmem_strbuf_t *s, wmem_allocator_t *pool, const dsmipv4_message_t *m)
{
	unsigned n = 0;
	for (uint32_t i = 0; i < m->n_exts; i++) {
		const dsmipv4_ext_t *e = &m->exts[i];
		if (!dsmipv4_ext_has_prefix(e) || n++ >= COLUMN_PREFIXES)
			continue;
		wmem_strbuf_append_printf(s, "%s%s", n == 1 ? " IPv6: " : ", ",
					  dsmipv4_prefix_text(pool, &e->prefix.prefix));
		if (e->body == DSMIPV4_BODY_PREFIX_REPLY)
			wmem_strbuf_append_printf(s, " %s", dsmipv4_prefix_code_words(pool, e->prefix.code));
	}
	if (n > COLUMN_PREFIXES)
		wmem_strbuf_append_printf(s, " and %u more", n - COLUMN_PREFIXES);
}

static bool is_broken(const dsmipv4_control_t *control, dsmipv4_rule_id_t rule)
{
	for (unsigned i = 0; control->verdicts && i < dsmipv4_n_findings(control->verdicts); i++) {
		if (dsmipv4_finding(control->verdicts, i)->rule == rule)
			return true;
	}
	return false;
}

static void append_request(wmem_strbuf_t *s, const dsmipv4_control_t *control, wmem_allocator_t *pool)
{
	const dsmipv4_message_t *m = control->message;
	bool deregisters = m->request.lifetime == 0, mode = m->first_mode != DSMIPV4_NO_EXT;
	wmem_strbuf_append_printf(s, "Reg Request:%s HoA=%s CoA=%s", deregisters ? " deregistration," : "",
				  dsmipv4_ipv4_text(pool, m->request.hoa), dsmipv4_ipv4_text(pool, m->request.coa));
	append_prefixes(s, pool, m);
	if (m->first_dsmipv4 != DSMIPV4_NO_EXT)
		wmem_strbuf_append_printf(s, " (mode: %s)", mode ? "CoA" : "HoA");
	if (is_broken(control, DSMIPV4_RULE_no_reply))
		wmem_strbuf_append(s, ", no answer");
}

// Prefixes were requested, and none was granted.
static bool grants_nothing(const dsmipv4_event_t *reply)
{
	unsigned n_active = 0;
	for (unsigned i = 0; i < reply->n_prefixes; i++)
		n_active += reply->prefixes[i].state == DSMIPV4_PREFIX_ACTIVE;
	return n_active == 0;
}

static void append_service(wmem_strbuf_t *s, const dsmipv4_control_t *control)
{
	const dsmipv4_event_t *e = control->event, *request = e ? dsmipv4_certain_request(e) : NULL;
	if (!request || request->n_prefixes == 0 || request->lifetime == 0 || !e->captured_whole || !grants_nothing(e))
		return;
	wmem_strbuf_append(s, ", IPv6 not granted");
	if (is_broken(control, DSMIPV4_RULE_ha_no_support))
		wmem_strbuf_append(s, ": home agent does not support IPv6 prefixes");
}

static void append_reply(wmem_strbuf_t *s, const dsmipv4_control_t *control, wmem_allocator_t *pool)
{
	const dsmipv4_message_t *m = control->message;
	uint8_t code = m->reply.code;
	const char *hoa = dsmipv4_ipv4_text(pool, m->reply.hoa), *name = dsmipv4_reply_code_name(code);
	if (!dsmipv4_reply_accepts(m)) {
		wmem_strbuf_append_printf(s, "Reg Reply: denied, %s (%u), HoA=%s", name ? name : "unassigned code",
					  code, hoa);
	} else if (m->reply.lifetime == 0) {
		wmem_strbuf_append_printf(s, "Reg Reply: deregistered, HoA=%s Code=%u", hoa, code);
	} else {
		wmem_strbuf_append_printf(s, "Reg Reply: HoA=%s Code=%u Lifetime=%u", hoa, code, m->reply.lifetime);
	}
	append_prefixes(s, pool, m);
	if (dsmipv4_reply_accepts(m) && m->reply.lifetime > 0)
		append_service(s, control);
}

// The request asks for prefixes, or comes from a node that has some.
static bool is_about_prefixes(const dsmipv4_event_t *request)
{
	const dsmipv4_version_t *state = dsmipv4_state_before(request);
	for (uint32_t i = 0; state && i < state->n_bindings; i++) {
		if (state->bindings[i]->reply->n_prefixes > 0)
			return true;
	}
	return request->n_prefixes > 0;
}

// The message has extensions of RFC 5454, or is a dual-stack node's, or an answer to that.
static bool is_dual_stack(const dsmipv4_control_t *control)
{
	const dsmipv4_event_t *request = control->event;
	if (request && request->type == DSMIPV4_REGISTRATION_REPLY)
		request = dsmipv4_certain_request(request);
	return control->message->first_dsmipv4 != DSMIPV4_NO_EXT || (request && is_about_prefixes(request));
}

static void add_words(const dsmipv4_control_t *control, packet_info *pinfo)
{
	const dsmipv4_message_t *m = control->message;
	wmem_strbuf_t *s = wmem_strbuf_new(pinfo->pool, "");
	if (!m->fixed || !is_dual_stack(control))
		return;
	if (m->type == DSMIPV4_REGISTRATION_REQUEST)
		append_request(s, control, pinfo->pool);
	else if (m->type == DSMIPV4_REGISTRATION_REPLY)
		append_reply(s, control, pinfo->pool);
	else
		return;
	col_add_str(pinfo->cinfo, COL_INFO, wmem_strbuf_get_str(s));
}

void dsmipv4_control_column(const dsmipv4_control_t *control, packet_info *pinfo)
{
	if (pinfo->flags.in_error_pkt || !is_wanted(pinfo))
		return;
	add_words(control, pinfo);
	const dsmipv4_finding_t *f = control->verdicts ? gravest(control->verdicts) : NULL;
	if (f)
		col_prepend_fstr(pinfo->cinfo, COL_INFO, "[%s] ", verdict_words(f, NULL, pinfo->pool));
}
