// SPDX-License-Identifier: GPL-2.0-or-later
// Rule metadata, and the dispatch of a message to the checks of its layers.
#include "rules.h"

#include <stdarg.h>
#include <string.h>

#include "check.h"

typedef enum {
	LAYER_MESSAGE,
	LAYER_EXTENSION,
	LAYER_REQUEST,
	LAYER_REQUEST_EXT,
	LAYER_REPLY,
	LAYER_REPLY_EXT,
} layer_t;

static const dsmipv4_rule_t rules[] = {
#define RULE(id, layer, source, strength, group, severity, text)                                                       \
	[DSMIPV4_RULE_##id] = {#id, source, text, DSMIPV4_STRENGTH_##strength, DSMIPV4_##severity},
#include "rules.def"
};

static const bool off_by_default[DSMIPV4_RULE_COUNT] = {
#define OFF_BY_DEFAULT(id) [DSMIPV4_RULE_##id] = true,
#include "rules.def"
};

static const layer_t layers[] = {
#define RULE(id, layer, source, strength, group, severity, text) [DSMIPV4_RULE_##id] = LAYER_##layer,
#include "rules.def"
};

// For each layer: which checks serve it, which message type it asks about (0: any), and whether it
// asks about each extension in turn.
static const struct {
	const check_fn *checks;
	uint8_t message_type;
	bool each_ext;
} dispatch[] = {
	[LAYER_MESSAGE] = {checks_of_message, 0, false},
	[LAYER_EXTENSION] = {checks_of_extension, 0, true},
	[LAYER_REQUEST] = {checks_of_request, DSMIPV4_REGISTRATION_REQUEST, false},
	[LAYER_REQUEST_EXT] = {checks_of_request, DSMIPV4_REGISTRATION_REQUEST, true},
	[LAYER_REPLY] = {checks_of_reply, DSMIPV4_REGISTRATION_REPLY, false},
	[LAYER_REPLY_EXT] = {checks_of_reply, DSMIPV4_REGISTRATION_REPLY, true},
};

const dsmipv4_rule_t *dsmipv4_rule(dsmipv4_rule_id_t id)
{
	return &rules[id];
}

dsmipv4_rule_id_t dsmipv4_rule_by_name(const char *name, size_t len)
{
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (strlen(rules[i].id) == len && memcmp(rules[i].id, name, len) == 0)
			return (dsmipv4_rule_id_t)i;
	}
	return DSMIPV4_RULE_COUNT;
}

char *dsmipv4_rule_citation(wmem_allocator_t *alloc, const dsmipv4_rule_t *rule, const char *source)
{
	wmem_strbuf_t *s = wmem_strbuf_new(alloc, "[");
	if (rule->strength == DSMIPV4_STRENGTH_ADVICE)
		wmem_strbuf_append(s, *source ? "advice: " : "advice");
	const char *separator = "";
	while (*source) {
		size_t len = strcspn(source, ";");
		wmem_strbuf_append_printf(s, "%sRFC %.*s", separator, (int)len, source);
		separator = "; ";
		source += len + strspn(source + len, "; ");
	}
	wmem_strbuf_append_c(s, ']');
	return wmem_strbuf_finalize(s);
}

void dsmipv4_options_init(dsmipv4_options_t *options)
{
	memset(options, 0, sizeof *options);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		options->enabled[i] = !off_by_default[i];
}

dsmipv4_verdict_t broken(finding_t *f)
{
	(void)f;
	return DSMIPV4_BROKEN;
}

dsmipv4_verdict_t broken_if(finding_t *f, bool condition)
{
	return condition ? broken(f) : DSMIPV4_HOLDS;
}

dsmipv4_verdict_t broken_at(finding_t *f, uint32_t offset, uint32_t length, const char *format, ...)
{
	f->offset = offset;
	f->length = length;
	if (format) {
		va_list args;
		va_start(args, format);
		f->words = wmem_strdup_vprintf(f->alloc, format, args);
		va_end(args);
	}
	return DSMIPV4_BROKEN;
}

bool home_agent_is_dynamic(uint32_t ha)
{
	return ha == 0 || (ha & 0xff) == 0xff;
}

leg_t request_leg(const check_t *c)
{
	const dsmipv4_message_t *m = c->message;
	if (!c->packet->ipv4 || home_agent_is_dynamic(m->request.ha))
		return LEG_UNKNOWN;
	if (c->packet->dst != m->request.ha)
		return LEG_MN_FA;
	bool at_home = m->request.coa == m->request.hoa && m->request.hoa != 0;
	if ((m->request.flags & DSMIPV4_FLAG_D) || at_home)
		return LEG_MN_HA;
	return LEG_FA_HA;
}

static void note_finding(dsmipv4_verdicts_t *v, const check_t *c, dsmipv4_rule_id_t id, const finding_t *f)
{
	char *citation = dsmipv4_rule_citation(c->alloc, &rules[id], f->source);
	dsmipv4_finding_t found = {
		.rule = id,
		.severity = f->severity,
		.offset = f->offset,
		.length = f->length,
		.ext = c->ext,
		.words = wmem_strdup_printf(c->alloc, "%s %s", f->words, citation),
	};
	wmem_array_append_one(v->findings, found);
}

static void ask(dsmipv4_verdicts_t *v, const check_t *c, dsmipv4_rule_id_t id, check_fn check)
{
	finding_t f = {
		.alloc = c->alloc,
		.severity = rules[id].severity,
		.offset = c->ext ? c->ext->offset : 0,
		.length = c->ext ? c->ext->header_len + c->ext->body_len : 0,
		.source = rules[id].source,
		.words = rules[id].text,
	};
	dsmipv4_verdict_t verdict = check(c, &f);
	if (verdict == DSMIPV4_BROKEN)
		note_finding(v, c, id, &f);
	if (verdict > v->verdict[id])
		v->verdict[id] = (uint8_t)verdict;
}

dsmipv4_verdicts_t *dsmipv4_judge_message(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					  const dsmipv4_packet_t *packet, const dsmipv4_message_t *message,
					  const dsmipv4_exchange_t *exchange)
{
	static const dsmipv4_exchange_t nothing_known;
	dsmipv4_verdicts_t *v = wmem_new0(alloc, dsmipv4_verdicts_t);
	v->findings = wmem_array_new(alloc, sizeof(dsmipv4_finding_t));
	check_t c = {alloc, options, packet, message, exchange ? exchange : &nothing_known, NULL, 0};
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		dsmipv4_rule_id_t id = (dsmipv4_rule_id_t)i;
		layer_t layer = layers[i];
		uint8_t type = dispatch[layer].message_type;
		if (!options->enabled[i] || (type && (type != message->type || !message->fixed)))
			continue;
		check_fn check = dispatch[layer].checks[i];
		if (!dispatch[layer].each_ext) {
			c.ext = NULL;
			ask(v, &c, id, check);
			continue;
		}
		for (c.index = 0; c.index < message->n_exts; c.index++) {
			c.ext = &message->exts[c.index];
			ask(v, &c, id, check);
		}
	}
	return v;
}
