// SPDX-License-Identifier: GPL-2.0-or-later
// What `tshark -z dsmipv4,report,json` says of one capture: doc/report.schema.json, as structs.
//
// Each struct has the members of the JSON object of its name, spelled alike. Strings belong to the
// GStringChunk that the report was read with.
#ifndef DSMIPV4_REPORT_H
#define DSMIPV4_REPORT_H

#include "base/shape.h"

#define REPORT_VERSION 1
#define REPORT_KIND "dsmipv4-report"

// Of a rule and actor, so many frames are named.
#define REPORT_FIRST_FRAMES 10

// Of a finding, so many places are listed; the rest is counted.
#define REPORT_MOST_PLACES 16

// Traffic is drawn with so many bins at most.
#define REPORT_MOST_BINS 64

enum severity { SEVERITY_CHAT, SEVERITY_NOTE, SEVERITY_WARN, SEVERITY_ERROR, SEVERITY_COUNT };
extern const char *const severity_words[]; // "chat", "note", "warn", "error"

enum actor { ACTOR_MN, ACTOR_FA, ACTOR_HA, ACTOR_UNKNOWN, ACTOR_COUNT };
extern const char *const actor_words[]; // "mn", "fa", "ha", "unknown"

enum rule_kind { KIND_RULE, KIND_INFO };

enum asked_of { ASKED_OF_MESSAGES, ASKED_OF_PACKETS };

enum leg { LEG_UNKNOWN, LEG_MN_FA, LEG_FA_HA, LEG_MN_HA };

enum message_type {
	MESSAGE_REQUEST,
	MESSAGE_REPLY,
	MESSAGE_REVOCATION,
	MESSAGE_REVOCATION_ACK,
};

// What came of a node's wish for IPv6, by its latest registration that asked for it.
enum outcome {
	OUTCOME_NOT_ASKED,
	OUTCOME_GRANTED,     // every prefix, or implicit mode
	OUTCOME_PARTIAL,     // some prefixes
	OUTCOME_REFUSED,     // registered, but all prefixes rejected
	OUTCOME_UNSUPPORTED, // registered by a home agent that ignores the extensions
	OUTCOME_DENIED,      // the registration was denied
	OUTCOME_UNANSWERED,  // no reply, though replies to others were captured
	OUTCOME_UNKNOWN,     // nothing can be concluded from what was captured
};
extern const char *const outcome_words[];

// How a binding ended.
enum binding_end {
	END_LIVE, // at the end of the capture
	END_EXPIRED,
	END_DEREGISTERED,
	END_REPLACED, // by one with another care-of address
	END_REVOKED,
	END_DENIED,
	END_UNKNOWN,
};
extern const char *const binding_end_words[];

// Form of a tunnel, in the words of dsmipv4.tunnel.mode.
enum form { FORM_UNKNOWN, FORM_HOA, FORM_COA, FORM_FA_COA_DIRECT, FORM_COUNT };
extern const char *const form_words[];

enum direction { DIRECTION_TO_MN, DIRECTION_FROM_MN };
extern const char *const direction_words[];

// The capture, as far as it was read.
struct report_capture {
	gint64 frames;
	gint64 first_time; // TIME_UNKNOWN: no frame has a time
	gint64 last_time;
};

// What would keep the plugin from judging.
struct report_settings {
	bool enabled;       // the protocol dsmipv4
	bool takeover;      // the preference dsmipv4.takeover
	GArray *bypassed;   // texts: tables with a Decode As of the user's that goes past the plugin, "ip.proto 41"
	gint64 keys;        // rows of dsmipv4_keys
	const char *filter; // of the tap; NULL: none
};

struct report_judged {
	gint64 registrations; // messages to and from port 434
	gint64 tunneled;      // packets of known tunnels
	gint64 advertisements;
};

// Of a rule, what was found of one kind of sender at one home agent: numbers of frames. Of an information
// item, `broken` counts the frames that have it.
struct report_actor {
	int actor;              // enum actor
	const char *home_agent; // NULL: not known
	gint64 held;
	gint64 broken;
	GArray *first_frames; // that break it, REPORT_FIRST_FRAMES at most
};

struct report_rule {
	const char *id;
	int kind;           // enum rule_kind
	int asked_of;       // enum asked_of
	bool once;          // reported once for a node and direction; of an item: not counted
	const char *source; // "5454 2.1, 2.2; 4291 2.7"; NULL: of an information item
	const char *strength;
	int severity; // enum severity, unless a finding says otherwise
	bool enabled;
	const char *text;
	GArray *actors; // struct report_actor, those of which something was found
};

// Where a rule is broken.
struct report_place {
	gint64 frame;
	gint64 time;
	const char *text;
	gint64 offset; // of the bytes, from the start of the frame; ABSENT: no place
	gint64 length;
	const char *bytes; // hexadecimal, of these 64 at most
};

// A rule that one sender breaks for one node, with one severity.
struct report_finding {
	const char *rule;
	int severity;           // enum severity
	int actor;              // enum actor
	const char *node;       // home address; NULL: not known
	const char *home_agent; // NULL: not known
	gint64 frames;          // how many
	GArray *places;         // struct report_place of the first of them, REPORT_MOST_PLACES at most
};

struct report_service {
	bool asked;       // the node asked for IPv6
	int outcome;      // enum outcome
	gint64 frame;     // that shows it; ABSENT: none
	const char *text; // "home agent does not support it"
};

struct report_prefix {
	const char *prefix; // "2001:db8:a::/48", or a link-local address
	gint64 code;        // of the reply; ABSENT: a request, or not answered
};

// A registration message on one leg.
struct report_message {
	gint64 frame;
	gint64 time;
	int type;           // enum message_type
	int leg;            // enum leg
	const char *source; // "192.0.2.33:434"
	const char *destination;
	const char *care_of;   // NULL: a reply
	gint64 lifetime;       // seconds, 65535: infinite; ABSENT: a revocation
	gint64 code;           // of a reply; else ABSENT
	const char *code_text; // NULL likewise
	gint64 answers;        // frame of the request; ABSENT: none, or not known
	gint64 copy_of;        // frame of the message that this one repeats or relays; ABSENT: none
	bool relayed;          // copy_of is on another leg
	bool mode_asked;       // tunneling to the care-of address
	GArray *prefixes;      // struct report_prefix
};

struct report_refresh {
	gint64 frame;
	gint64 time;
	gint64 expires; // TIME_UNKNOWN: never
};

// A care-of address of a node, from its first registration until it is gone.
struct report_binding {
	const char *care_of;       // NULL: not known
	const char *reached_at;    // address that tunneled packets go to, a NAT's if there is one; NULL: not known
	const char *mode;          // "explicit", "implicit" or "IPv4 only"
	const char *encapsulation; // "IPv4", "GRE", "minimal", "UDP"
	gint64 from_frame;         // ABSENT: before the capture
	gint64 from_time;
	gint64 until_frame; // ABSENT: live, or expired
	gint64 until_time;  // TIME_UNKNOWN: live at the end
	int end;            // enum binding_end
	GArray *refreshes;  // struct report_refresh, the first registration too
	GArray *prefixes;   // struct report_prefix, of the latest
};

// Tunneled packets of a node in one direction and form.
struct report_traffic {
	int direction; // enum direction
	int form;      // enum form
	gint64 packets;
	gint64 ipv6;  // packets that carry IPv6
	gint64 bytes; // of the frames
	gint64 first_frame;
	gint64 last_frame;
	gint64 first_time;
	gint64 last_time;
	gint64 bin_seconds; // width of a bin: a power of two
	gint64 bin_first;   // the first bin begins bin_first * bin_seconds after 1970
	GArray *bins;       // packets in each, REPORT_MOST_BINS at most
};

struct report_node {
	const char *home_agent;
	const char *home_address;
	const char *nai; // NULL: not seen
	struct report_service service;
	gint64 requests; // new ones, without copies
	gint64 denied;
	gint64 unanswered;
	GArray *messages; // struct report_message
	GArray *bindings; // struct report_binding
	GArray *traffic;  // struct report_traffic
};

struct report {
	const char *kind; // REPORT_KIND
	gint64 version;   // REPORT_VERSION
	const char *generator;
	struct report_capture capture;
	struct report_settings settings;
	struct report_judged judged;
	GArray *rules;    // struct report_rule, in the order of the catalogue
	GArray *findings; // struct report_finding, by their first frame
	GArray *nodes;    // struct report_node, in the order in which they were first seen
};

extern const struct shape report_shape;

// Reads what tshark printed. NULL and an error if it is not a whole report of REPORT_VERSION.
struct report *report_parse(const char *text, gsize length, GStringChunk *strings, GError **error);

void report_free(struct report *report);

// Brings findings and senders into the order that the schema promises, whatever they were found in.
void report_sort(struct report *report);

// Sums over the actors of a rule.
gint64 report_rule_held(const struct report_rule *rule);
gint64 report_rule_broken(const struct report_rule *rule);

// The rule of that id, NULL if there is none.
const struct report_rule *report_find_rule(const struct report *report, const char *id);

// The node did not get the IPv6 that it asked for.
bool report_node_lacks_service(const struct report_node *node);

// The reply denies the registration.
bool report_is_denial(const struct report_message *message);

// "mobile node", "foreign agent", "home agent", "unknown sender"
const char *actor_title(int actor);

// Of a list that may be NULL.
static inline guint list_length(const GArray *list)
{
	return list != NULL ? list->len : 0;
}

#endif
