// SPDX-License-Identifier: GPL-2.0-or-later
// Generated items of a registration message, and of a binding.
#ifndef DSMIPV4_TREE_EVENT_H
#define DSMIPV4_TREE_EVENT_H

#include "core/state/history.h"
#include "protocol.h"

void dsmipv4_register_event_fields(void);

// Generated items of a registration message.
void dsmipv4_draw_event(const dsmipv4_event_t *event, const dsmipv4_message_t *message, tvbuff_t *tvb,
			packet_info *pinfo, proto_tree *tree);

// Whether prefixes are registered explicitly.
void dsmipv4_draw_mode(bool is_explicit, tvbuff_t *tvb, proto_tree *tree);

// When the binding was made and when it ends, each its item or NULL, and what became of it.
proto_item *dsmipv4_draw_creation(const dsmipv4_binding_t *binding, tvbuff_t *tvb, proto_tree *tree);
proto_item *dsmipv4_draw_expiry(const dsmipv4_binding_t *binding, tvbuff_t *tvb, proto_tree *tree);
void dsmipv4_draw_removal(const dsmipv4_binding_t *binding, tvbuff_t *tvb, proto_tree *tree);

#endif
