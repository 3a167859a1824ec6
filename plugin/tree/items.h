// SPDX-License-Identifier: GPL-2.0-or-later
// Generated items, for all trees of the plugin.
#ifndef DSMIPV4_DRAW_ITEMS_H
#define DSMIPV4_DRAW_ITEMS_H

#include <epan/packet.h>

#include "core/state/bindings.h"

// Somebody may see a tree of ours: it is shown, or a filter, column or tap asks for a field of dsmipv4 or for expert
// items.
bool dsmipv4_is_looked_at(proto_tree *tree);

// A filter, column or program asks for this field by name.
bool dsmipv4_is_asked_for(int hf);

// Each returns the item, NULL where it adds nothing. What another line says already is hidden by the caller: filters
// and programs have it all the same, and printing a line is what costs most.

// The frame of an event; nothing if there is no event, or it was in an earlier file.
proto_item *dsmipv4_add_frame(proto_tree *tree, int hf, tvbuff_t *tvb, const dsmipv4_event_t *event);

proto_item *dsmipv4_add_words(proto_tree *tree, int hf, tvbuff_t *tvb, const char *words);

// A relative or absolute time in nanoseconds.
proto_item *dsmipv4_add_time(proto_tree *tree, int hf, tvbuff_t *tvb, int64_t nanoseconds);

// An address in host byte order; nothing for 0.
proto_item *dsmipv4_add_ipv4(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t addr);

// The mobile node that the packet is of; nothing for NULL.
void dsmipv4_add_node(proto_tree *tree, tvbuff_t *tvb, const char *words);

void dsmipv4_register_item_fields(void);

#endif
