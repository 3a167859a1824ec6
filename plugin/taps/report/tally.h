// SPDX-License-Identifier: GPL-2.0-or-later
// Counts of what was exercised, kept and broken, and the first findings.
#ifndef DSMIPV4_TAPS_REPORT_TALLY_H
#define DSMIPV4_TAPS_REPORT_TALLY_H

#include <glib.h>

#include "dissect/tapped.h"

// As doc/report.schema.json promises.
#define DSMIPV4_REPORT_FIRST_FRAMES 10
#define DSMIPV4_REPORT_MOST_PLACES 16
#define DSMIPV4_REPORT_MOST_BYTES 64

#define DSMIPV4_NO_TIME INT64_MIN

// Whom a message or packet is about. Addresses in host byte order, 0: not known.
typedef struct {
	const dsmipv4_node_t *node; // NULL: not known
	uint32_t hoa, ha;
} dsmipv4_subject_t;

// Frames that keep and break each rule, of one home agent and kind of sender.
typedef struct {
	uint32_t ha;
	dsmipv4_actor_t actor;
	uint64_t held[DSMIPV4_RULE_COUNT];
	uint64_t broken[DSMIPV4_RULE_COUNT];
	GArray *first_frames[DSMIPV4_RULE_COUNT]; // uint32_t; NULL: none
} dsmipv4_tally_counts_t;

// Where a rule is broken; texts are owned.
typedef struct {
	uint32_t frame;
	int64_t time;   // nanoseconds since 1970, DSMIPV4_NO_TIME: unknown
	int64_t offset; // from the start of the frame, -1: not known
	uint32_t length;
	char *words;
	char *bytes; // hexadecimal
} dsmipv4_tally_place_t;

// A rule that one sender breaks for one node, with one severity.
typedef struct {
	dsmipv4_rule_id_t rule;
	dsmipv4_severity_t severity;
	dsmipv4_actor_t actor;
	uint32_t hoa, ha;
	uint32_t frames, last_frame;
	GArray *places; // dsmipv4_tally_place_t
} dsmipv4_tally_finding_t;

typedef struct dsmipv4_tally dsmipv4_tally_t;

dsmipv4_tally_t *dsmipv4_tally_new(void);
void dsmipv4_tally_free(dsmipv4_tally_t *tally);

// Whom a tapped message or packet is about.
dsmipv4_subject_t dsmipv4_subject_of(const dsmipv4_tapped_t *tapped);

// Count the verdicts on a message or packet. In one frame a rule counts once: as broken if it is broken anywhere.
void dsmipv4_tally_add(dsmipv4_tally_t *tally, const dsmipv4_tapped_t *tapped, const dsmipv4_subject_t *subject,
		       packet_info *pinfo, epan_dissect_t *edt);

// The counts, in the order in which home agents and senders were first seen; const dsmipv4_tally_counts_t *.
const GPtrArray *dsmipv4_tally_counts(const dsmipv4_tally_t *tally);

// The findings in the order of their first frames; const dsmipv4_tally_finding_t *.
const GPtrArray *dsmipv4_tally_findings(const dsmipv4_tally_t *tally);

// The finding that a verdict on a message or packet was counted as; NULL: none.
const dsmipv4_tally_finding_t *dsmipv4_tally_finding(const dsmipv4_tally_t *tally, const dsmipv4_finding_t *f,
						     const dsmipv4_subject_t *subject);

// The counts of a rule that a frame changed; NULL: none. Where it broke the rule, those of others may have changed,
// too.
const dsmipv4_tally_counts_t *dsmipv4_tally_counted(const dsmipv4_tally_t *tally, dsmipv4_rule_id_t rule,
						    uint32_t frame);

// The time of a frame, DSMIPV4_NO_TIME if it has none.
int64_t dsmipv4_frame_time(const packet_info *pinfo);

// Nanoseconds since the first frame of the capture, or since the time reference before; 0 if the frame has no time.
int64_t dsmipv4_relative_time(const packet_info *pinfo);

#endif
