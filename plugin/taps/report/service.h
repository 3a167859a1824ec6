// SPDX-License-Identifier: GPL-2.0-or-later
// What came of a node's wish for IPv6.
#ifndef DSMIPV4_TAPS_REPORT_SERVICE_H
#define DSMIPV4_TAPS_REPORT_SERVICE_H

#include <glib.h>

#include "core/state/bindings.h"
#include "taps/report/nodes.h"

// In the order of dsmipv4_outcome_words().
typedef enum {
	DSMIPV4_OUTCOME_NOT_ASKED,
	DSMIPV4_OUTCOME_GRANTED,
	DSMIPV4_OUTCOME_PARTIAL,
	DSMIPV4_OUTCOME_REFUSED,
	DSMIPV4_OUTCOME_UNSUPPORTED,
	DSMIPV4_OUTCOME_DENIED,
	DSMIPV4_OUTCOME_UNANSWERED,
	DSMIPV4_OUTCOME_UNKNOWN,
} dsmipv4_outcome_t;

typedef struct {
	dsmipv4_outcome_t outcome;
	uint32_t frame; // that shows it, 0: none
	char *text;     // owned by the caller
	unsigned requests, denied, unanswered;
} dsmipv4_service_t;

// By the latest registration that asked for prefixes and by replies up to `frame`; what is unanswered by what the
// capture shows until `end`. Without `bindings` it is not asked whether replies of that home agent are captured at all.
dsmipv4_service_t dsmipv4_service_of(const dsmipv4_report_node_t *node, const dsmipv4_bindings_t *bindings,
				     uint32_t frame, int64_t end);

// Nanoseconds after which a request without a reply is unanswered.
#define DSMIPV4_REPLY_DUE (7 * DSMIPV4_SECOND)

// The message is a request, neither a copy that was relayed nor the same bytes again.
bool dsmipv4_is_new_request(const dsmipv4_event_t *event);

// The first reply to a request up to this frame, on whatever leg; NULL: none.
const dsmipv4_event_t *dsmipv4_reply_until(const dsmipv4_event_t *request, uint32_t frame);

// What became of the prefixes of a reply: "2001:db8:a::/48 to the care-of address, 2001:db8:b::/48 rejected (9)". The
// caller frees it.
char *dsmipv4_prefixes_text(const dsmipv4_event_t *reply);

// "granted", as in doc/report.schema.json.
const char *dsmipv4_outcome_name(dsmipv4_outcome_t outcome);

// The node asked for IPv6 and did not get it.
bool dsmipv4_lacks_service(const dsmipv4_service_t *service);

// "mobile node failed authentication (131)"; the caller frees it.
char *dsmipv4_code_text(uint8_t code);

#endif
