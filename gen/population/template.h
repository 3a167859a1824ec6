// SPDX-License-Identifier: GPL-2.0-or-later
// A packet that is built once and then patched for each node.
#ifndef DSMIPGEN_TEMPLATE_H
#define DSMIPGEN_TEMPLATE_H

#include "packet/build.h"
#include "packet/hmac_md5.h"
#include "population/node_facts.h"

#define TEMPLATE_LANES HMAC_MD5_LANES // packets that can be made together

typedef struct {
	GByteArray *bytes;  // the packet of the node that was asked for last
	GArray *facts;      // places of facts that differ from node to node,
	GArray *clocks;     // and of times;
	GPtrArray *patched; // blocks whose `patch` is over them;
	GArray *signatures; // authenticators over them, in the order of the message;
	GArray *sums;       // checksums over all that, innermost first
	guint8 *lanes;      // packets that are made together, or NULL,
	guint begun;        // of which so many are begun
} template_t;

// When a step of a node is, in microseconds since 1970.
typedef gint64 when_fn(gconstpointer data, guint step, guint32 node);

// Builds the packet of a plan that was made in the actors of any node, and notes what differs from node to
// node: facts, times (identifications), and what is computed over them. Fails where a scenario has more mobile
// nodes than mn1, or a fact in a place where it has no fixed length. nodes: NULL if only the times change.
template_t *template_new(builder_t *builder, plan_t *plan, const node_facts_t *nodes, GError **error);
void template_free(template_t *template);

// Makes template->bytes the packet of a node, with the times of its steps.
void template_fill(template_t *template, const node_facts_t *nodes, guint32 node, when_fn *when, gconstpointer data);

// Packets of several nodes that are signed together, for which all signatures must be by HMAC-MD5 with a common key.
bool template_has_lanes(const template_t *template);

// Begins the packet of a node and returns its place, where it is valid once template_end() has signed and summed all
// that were begun, and until the next one is begun. Only while the template is not full.
guint8 *template_begin(template_t *template, const node_facts_t *nodes, guint32 node, when_fn *when,
		       gconstpointer data);
bool template_is_full(const template_t *template);
void template_end(template_t *template);

#endif
