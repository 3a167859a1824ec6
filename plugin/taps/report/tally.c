// SPDX-License-Identifier: GPL-2.0-or-later
// Counts of what was exercised, kept and broken, and the first findings.
#include "taps/report/tally.h"

#include <epan/epan_dissect.h>

#include "core/rules/dispatch.h"
#include "tree/findings.h"

// How a rule was counted last, so that a frame counts once.
typedef struct {
	uint32_t frame;
	bool broken;
	dsmipv4_tally_counts_t *counts;
} counted_t;

struct dsmipv4_tally {
	GHashTable *counts_by_key;   // of home agent and actor
	GPtrArray *counts;           // owns them
	GHashTable *findings_by_key; // key and value are the finding
	GPtrArray *findings;         // owns them
	counted_t last[DSMIPV4_RULE_COUNT];
};

static void free_counts(void *data)
{
	dsmipv4_tally_counts_t *counts = data;
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (counts->first_frames[i])
			g_array_free(counts->first_frames[i], TRUE);
	}
	g_free(counts);
}

static void free_finding(void *data)
{
	dsmipv4_tally_finding_t *finding = data;
	for (unsigned i = 0; i < finding->places->len; i++) {
		dsmipv4_tally_place_t *place = &g_array_index(finding->places, dsmipv4_tally_place_t, i);
		g_free(place->words);
		g_free(place->bytes);
	}
	g_array_free(finding->places, TRUE);
	g_free(finding);
}

static guint hash_finding(const void *key)
{
	const dsmipv4_tally_finding_t *f = key;
	return ((f->hoa * 31 + f->ha) * 31 + f->rule) * 31 + (guint)f->severity * 4 + (guint)f->actor;
}

static gboolean equal_findings(const void *a, const void *b)
{
	const dsmipv4_tally_finding_t *x = a, *y = b;
	return x->rule == y->rule && x->severity == y->severity && x->actor == y->actor && x->hoa == y->hoa &&
	       x->ha == y->ha;
}

dsmipv4_tally_t *dsmipv4_tally_new(void)
{
	dsmipv4_tally_t *tally = g_new0(dsmipv4_tally_t, 1);
	tally->counts_by_key = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	tally->counts = g_ptr_array_new_with_free_func(free_counts);
	tally->findings_by_key = g_hash_table_new(hash_finding, equal_findings);
	tally->findings = g_ptr_array_new_with_free_func(free_finding);
	return tally;
}

void dsmipv4_tally_free(dsmipv4_tally_t *tally)
{
	g_hash_table_unref(tally->counts_by_key);
	g_ptr_array_unref(tally->counts);
	g_hash_table_unref(tally->findings_by_key);
	g_ptr_array_unref(tally->findings);
	g_free(tally);
}

static dsmipv4_subject_t subject_of_node(const dsmipv4_node_t *node)
{
	return (dsmipv4_subject_t){node, node->hoa, node->ha};
}

static dsmipv4_subject_t subject_of_message(const dsmipv4_message_t *m)
{
	if (!m->fixed)
		return (dsmipv4_subject_t){0};
	switch (m->type) {
	case DSMIPV4_REGISTRATION_REQUEST:
		return (dsmipv4_subject_t){NULL, m->request.hoa, m->request.ha};
	case DSMIPV4_REGISTRATION_REPLY:
		return (dsmipv4_subject_t){NULL, m->reply.hoa, m->reply.ha};
	case DSMIPV4_REVOCATION:
		return (dsmipv4_subject_t){NULL, m->revocation.hoa, m->revocation.ha};
	case DSMIPV4_NOTIFICATION:
	case DSMIPV4_NOTIFICATION_ACK:
		return (dsmipv4_subject_t){NULL, m->notification.hoa, m->notification.ha};
	default:
		return (dsmipv4_subject_t){0};
	}
}

dsmipv4_subject_t dsmipv4_subject_of(const dsmipv4_tapped_t *tapped)
{
	const dsmipv4_match_t *match = tapped->match;
	if (tapped->control && tapped->control->event && tapped->control->event->node)
		return subject_of_node(tapped->control->event->node);
	if (tapped->control)
		return subject_of_message(tapped->control->message);
	if (match && match->node)
		return subject_of_node(match->node);
	return match ? (dsmipv4_subject_t){NULL, match->hoa, match->ha} : (dsmipv4_subject_t){0};
}

static dsmipv4_tally_counts_t *counts_of(dsmipv4_tally_t *tally, uint32_t ha, dsmipv4_actor_t actor)
{
	gint64 key = (gint64)ha << 3 | (gint64)actor;
	dsmipv4_tally_counts_t *counts = g_hash_table_lookup(tally->counts_by_key, &key);
	if (!counts) {
		counts = g_new0(dsmipv4_tally_counts_t, 1);
		counts->ha = ha;
		counts->actor = actor;
		g_ptr_array_add(tally->counts, counts);
		g_hash_table_insert(tally->counts_by_key, g_memdup2(&key, sizeof key), counts);
	}
	return counts;
}

// Who is to be told of a rule that held, by its row.
static dsmipv4_actor_t actor_of_row(const dsmipv4_tapped_t *tapped, dsmipv4_rule_id_t rule)
{
	switch (dsmipv4_rule(rule)->actor) {
	case DSMIPV4_ACTOR_SENDER:
		return tapped->sender;
	case DSMIPV4_ACTOR_OUTER:
		return tapped->encapsulator;
	default:
		return dsmipv4_rule(rule)->actor;
	}
}

static void count_held(dsmipv4_tally_t *tally, dsmipv4_rule_id_t rule, uint32_t frame, dsmipv4_tally_counts_t *counts)
{
	counted_t *last = &tally->last[rule];
	if (last->frame == frame)
		return;
	counts->held[rule]++;
	*last = (counted_t){frame, false, counts};
}

static void count_broken(dsmipv4_tally_t *tally, dsmipv4_rule_id_t rule, uint32_t frame, dsmipv4_tally_counts_t *counts)
{
	counted_t *last = &tally->last[rule];
	if (last->frame == frame && last->broken)
		return;
	if (last->frame == frame) // it held so far
		last->counts->held[rule]--;
	if (!counts->first_frames[rule])
		counts->first_frames[rule] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	if (counts->broken[rule]++ < DSMIPV4_REPORT_FIRST_FRAMES)
		g_array_append_val(counts->first_frames[rule], frame);
	*last = (counted_t){frame, true, counts};
}

static char *hex_of(tvbuff_t *tvb, int at, int len)
{
	GString *hex = g_string_new(NULL);
	for (int i = 0; i < MIN(len, DSMIPV4_REPORT_MOST_BYTES); i++)
		g_string_append_printf(hex, "%02x", tvb_get_ptr(tvb, at + i, 1)[0]);
	return g_string_free(hex, FALSE);
}

int64_t dsmipv4_frame_time(const packet_info *pinfo)
{
	if (!(pinfo->presence_flags & PINFO_HAS_TS))
		return DSMIPV4_NO_TIME;
	dsmipv4_packet_t packet = {
		.time_known = true, .time = pinfo->abs_ts.secs, .nsecs = (uint32_t)pinfo->abs_ts.nsecs};
	return dsmipv4_packet_time(&packet);
}

int64_t dsmipv4_relative_time(const packet_info *pinfo)
{
	if (!(pinfo->presence_flags & PINFO_HAS_TS))
		return 0;
	return (int64_t)pinfo->rel_ts.secs * DSMIPV4_SECOND + pinfo->rel_ts.nsecs;
}

static dsmipv4_tally_finding_t key_of(const dsmipv4_finding_t *f, const dsmipv4_subject_t *subject)
{
	return (dsmipv4_tally_finding_t){
		.rule = f->rule, .severity = f->severity, .actor = f->actor, .hoa = subject->hoa, .ha = subject->ha};
}

static dsmipv4_tally_finding_t *finding_of(dsmipv4_tally_t *tally, const dsmipv4_finding_t *f,
					   const dsmipv4_subject_t *subject)
{
	dsmipv4_tally_finding_t key = key_of(f, subject);
	dsmipv4_tally_finding_t *finding = g_hash_table_lookup(tally->findings_by_key, &key);
	if (!finding) {
		finding = g_memdup2(&key, sizeof key);
		finding->places = g_array_new(FALSE, FALSE, sizeof(dsmipv4_tally_place_t));
		g_ptr_array_add(tally->findings, finding);
		g_hash_table_add(tally->findings_by_key, finding);
	}
	return finding;
}

static void add_finding(dsmipv4_tally_finding_t *finding, const dsmipv4_finding_t *f, tvbuff_t *tvb,
			const packet_info *pinfo, const epan_dissect_t *edt)
{
	if (finding->last_frame == pinfo->num)
		return;
	finding->last_frame = pinfo->num;
	if (finding->frames++ >= DSMIPV4_REPORT_MOST_PLACES)
		return;
	dsmipv4_place_t at = dsmipv4_place(f->offset, f->length, tvb);
	// After reassembly the bytes are those of several frames.
	bool in_frame = tvb_get_ds_tvb(at.tvb) == tvb_get_ds_tvb(edt->tvb) && f->length > 0;
	dsmipv4_tally_place_t place = {
		.frame = pinfo->num,
		.time = dsmipv4_frame_time(pinfo),
		.offset = in_frame ? (int64_t)tvb_raw_offset(at.tvb) + at.at : -1,
		.length = (uint32_t)at.len,
		.words = g_strdup(f->words),
		.bytes = hex_of(at.tvb, at.at, at.len),
	};
	g_array_append_val(finding->places, place);
}

void dsmipv4_tally_add(dsmipv4_tally_t *tally, const dsmipv4_tapped_t *tapped, const dsmipv4_subject_t *subject,
		       packet_info *pinfo, epan_dissect_t *edt)
{
	const dsmipv4_verdicts_t *v = tapped->verdicts;
	for (unsigned i = 0; i < dsmipv4_n_findings(v); i++) {
		const dsmipv4_finding_t *f = dsmipv4_finding(v, i);
		// How often an item is given that a node gets once depends on how the capture was cut.
		if (!dsmipv4_rule_is_item(f->rule) || !dsmipv4_rule_is_once(f->rule))
			count_broken(tally, f->rule, pinfo->num, counts_of(tally, subject->ha, f->actor));
		if (!dsmipv4_rule_is_item(f->rule))
			add_finding(finding_of(tally, f, subject), f, tapped->tvb, pinfo, edt);
	}
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (v->verdict[i] == DSMIPV4_HOLDS)
			count_held(tally, i, pinfo->num, counts_of(tally, subject->ha, actor_of_row(tapped, i)));
	}
}

const GPtrArray *dsmipv4_tally_counts(const dsmipv4_tally_t *tally)
{
	return tally->counts;
}

const GPtrArray *dsmipv4_tally_findings(const dsmipv4_tally_t *tally)
{
	return tally->findings;
}

const dsmipv4_tally_finding_t *dsmipv4_tally_finding(const dsmipv4_tally_t *tally, const dsmipv4_finding_t *f,
						     const dsmipv4_subject_t *subject)
{
	dsmipv4_tally_finding_t key = key_of(f, subject);
	return g_hash_table_lookup(tally->findings_by_key, &key);
}

const dsmipv4_tally_counts_t *dsmipv4_tally_counted(const dsmipv4_tally_t *tally, dsmipv4_rule_id_t rule,
						    uint32_t frame)
{
	return tally->last[rule].frame == frame ? tally->last[rule].counts : NULL;
}
