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
	LAYER_KNOWN_REQUEST,
	LAYER_KNOWN_REQUEST_EXT,
	LAYER_KNOWN_REPLY,
	LAYER_KNOWN_REPLY_EXT,
	LAYER_PAIR,
	LAYER_EXCHANGE,
	LAYER_EXCHANGE_EXT,
	LAYER_RELAY,
	LAYER_REVOCATION,
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

static dsmipv4_verdict_t (*const checks[])(const check_t *c, finding_t *f) = {
#define RULE(id, layer, source, strength, group, severity, text) [DSMIPV4_RULE_##id] = check_##id,
#include "rules.def"
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

dsmipv4_leg_t leg(const check_t *c)
{
	return dsmipv4_request_leg(c->packet, c->message);
}

bool is_relay_copy(const check_t *c)
{
	return c->event && c->event->relay_of;
}

const dsmipv4_event_t *answered_request(const check_t *c)
{
	return c->event && c->event->sure ? c->event->pair : NULL;
}

static const struct {
	layer_t layer;
	const char *text;
	bool (*ask)(const check_t *c, finding_t *f);
} infos[] = {
#define INFO(id, layer, group, severity, text) [DSMIPV4_INFO_##id] = {LAYER_##layer, text, info_##id},
#include "infos.def"
};

static bool is_event(const check_t *c)
{
	return c->event != NULL;
}

static bool is_event_of_node(const check_t *c)
{
	return c->event && c->event->node;
}

static bool is_answer(const check_t *c)
{
	return c->event && c->event->pair && c->event->sure;
}

static bool is_paired(const check_t *c)
{
	return c->event && c->event->pair;
}

// For each layer: which message type it asks about (0: any), whether about each extension in turn,
// and what must be known of the conversation.
static const struct {
	uint8_t message_type;
	bool each_ext;
	bool (*needs)(const check_t *c);
} dispatch[] = {
	[LAYER_MESSAGE] = {0, false, NULL},
	[LAYER_EXTENSION] = {0, true, NULL},
	[LAYER_REQUEST] = {DSMIPV4_REGISTRATION_REQUEST, false, NULL},
	[LAYER_REQUEST_EXT] = {DSMIPV4_REGISTRATION_REQUEST, true, NULL},
	[LAYER_REPLY] = {DSMIPV4_REGISTRATION_REPLY, false, NULL},
	[LAYER_REPLY_EXT] = {DSMIPV4_REGISTRATION_REPLY, true, NULL},
	[LAYER_KNOWN_REQUEST] = {DSMIPV4_REGISTRATION_REQUEST, false, is_event},
	[LAYER_KNOWN_REQUEST_EXT] = {DSMIPV4_REGISTRATION_REQUEST, true, is_event},
	[LAYER_KNOWN_REPLY] = {DSMIPV4_REGISTRATION_REPLY, false, is_event},
	[LAYER_KNOWN_REPLY_EXT] = {DSMIPV4_REGISTRATION_REPLY, true, is_event},
	[LAYER_PAIR] = {DSMIPV4_REGISTRATION_REPLY, false, is_paired},
	[LAYER_EXCHANGE] = {DSMIPV4_REGISTRATION_REPLY, false, is_answer},
	[LAYER_EXCHANGE_EXT] = {DSMIPV4_REGISTRATION_REPLY, true, is_answer},
	[LAYER_RELAY] = {0, false, is_relay_copy},
	[LAYER_REVOCATION] = {DSMIPV4_REVOCATION, false, is_event_of_node},
};

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

static finding_t blank_finding(const check_t *c, const char *text)
{
	return (finding_t){
		.alloc = c->alloc,
		.offset = c->ext ? c->ext->offset : 0,
		.length = c->ext ? c->ext->header_len + c->ext->body_len : 0,
		.words = text,
	};
}

static void ask_rule(dsmipv4_verdicts_t *v, const check_t *c, unsigned id)
{
	finding_t f = blank_finding(c, rules[id].text);
	f.severity = rules[id].severity;
	f.source = rules[id].source;
	dsmipv4_verdict_t verdict = checks[id](c, &f);
	if (verdict == DSMIPV4_BROKEN)
		note_finding(v, c, (dsmipv4_rule_id_t)id, &f);
	if (verdict > v->verdict[id])
		v->verdict[id] = (uint8_t)verdict;
}

static void ask_info(dsmipv4_verdicts_t *v, const check_t *c, unsigned id)
{
	finding_t f = blank_finding(c, infos[id].text);
	if (!infos[id].ask(c, &f))
		return;
	dsmipv4_info_t info = {(dsmipv4_info_id_t)id, f.offset, f.length, c->ext, f.words};
	wmem_array_append_one(v->infos, info);
}

static bool applies(const check_t *c, layer_t layer)
{
	uint8_t type = dispatch[layer].message_type;
	if (type && (type != c->message->type || !c->message->fixed))
		return false;
	return !dispatch[layer].needs || dispatch[layer].needs(c);
}

// Ask about the message, or about each of its extensions, as the layer says.
static void ask_layer(dsmipv4_verdicts_t *v, check_t *c, layer_t layer, unsigned id,
		      void (*ask)(dsmipv4_verdicts_t *v, const check_t *c, unsigned id))
{
	c->ext = NULL;
	if (!applies(c, layer))
		return;
	if (!dispatch[layer].each_ext) {
		ask(v, c, id);
		return;
	}
	for (c->index = 0; c->index < c->message->n_exts; c->index++) {
		c->ext = &c->message->exts[c->index];
		ask(v, c, id);
	}
}

dsmipv4_verdicts_t *dsmipv4_judge_message(wmem_allocator_t *alloc, const dsmipv4_options_t *options,
					  const dsmipv4_packet_t *packet, const dsmipv4_message_t *message,
					  const dsmipv4_event_t *event)
{
	dsmipv4_verdicts_t *v = wmem_new0(alloc, dsmipv4_verdicts_t);
	v->findings = wmem_array_new(alloc, sizeof(dsmipv4_finding_t));
	v->infos = wmem_array_new(alloc, sizeof(dsmipv4_info_t));
	check_t c = {alloc, options, packet, message, event, NULL, 0};
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (options->enabled[i])
			ask_layer(v, &c, layers[i], i, ask_rule);
	}
	for (unsigned i = 0; i < DSMIPV4_INFO_COUNT; i++)
		ask_layer(v, &c, infos[i].layer, i, ask_info);
	return v;
}
