// SPDX-License-Identifier: GPL-2.0-or-later
// Control messages: decoded, followed and judged before anything is drawn (tree/control.c).
#include "dissect/control.h"

#include <epan/proto_data.h>

#include "capture.h"
#include "core/rules/dispatch.h"
#include "core/state/node_index.h"
#include "dissect/headers.h"
#include "settings/preferences.h"

// Note the MAC address that a home agent's messages come from.
static void note_link(packet_info *pinfo, const dsmipv4_event_t *e)
{
	uint64_t mac;
	if (e->type == DSMIPV4_REGISTRATION_REPLY && e->src == e->ha && dsmipv4_link_source(pinfo, &mac))
		dsmipv4_note_home_link(dsmipv4_bindings(), mac, e->ha);
}

// When a frame is visited again, the capture was read to its end, or at least to the last packet that the plugin
// handled. Only then are the rules judged that need the future.
static const dsmipv4_event_t *process_event(tvbuff_t *tvb, packet_info *pinfo, dsmipv4_control_t *control)
{
	if (PINFO_FD_VISITED(pinfo)) {
		dsmipv4_look_ahead(dsmipv4_bindings(), &control->packet, dsmipv4_latest_time());
		return p_get_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4,
					dsmipv4_layer_key(pinfo, tvb, DSMIPV4_DATA_EVENT));
	}
	dsmipv4_auth_state_t auth = dsmipv4_auth_message(dsmipv4_options()->keys, control->message);
	const dsmipv4_event_t *e =
		dsmipv4_bindings_message(dsmipv4_bindings(), &control->packet, control->message, auth);
	if (e) {
		dsmipv4_note_frame(e->frame, e->time);
		note_link(pinfo, e);
		p_add_proto_data(wmem_file_scope(), pinfo, proto_dsmipv4,
				 dsmipv4_layer_key(pinfo, tvb, DSMIPV4_DATA_EVENT), (void *)e);
	}
	return e;
}

dsmipv4_control_t *dsmipv4_process_control(tvbuff_t *tvb, packet_info *pinfo)
{
	dsmipv4_control_t *control = wmem_new0(pinfo->pool, dsmipv4_control_t);
	uint32_t captured = tvb_captured_length(tvb);
	control->message = dsmipv4_message_decode(pinfo->pool, captured ? tvb_get_ptr(tvb, 0, captured) : NULL,
						  captured, tvb_reported_length(tvb), pinfo->fragmented);
	if (pinfo->flags.in_error_pkt) // quoted in an ICMP error: not an event, and cut short
		return control;
	dsmipv4_read_headers(&control->packet, tvb, pinfo);
	if (dsmipv4_bindings())
		control->event = process_event(tvb, pinfo, control);
	if (control->event && control->event->node)
		p_add_proto_data(pinfo->pool, pinfo, proto_dsmipv4, dsmipv4_frame_key(DSMIPV4_DATA_NODE),
				 control->event->node);
	control->verdicts = dsmipv4_judge_message(pinfo->pool, dsmipv4_options(), &control->packet, control->message,
						  control->event);
	return control;
}

const dsmipv4_node_t *dsmipv4_control_node(packet_info *pinfo)
{
	return p_get_proto_data(pinfo->pool, pinfo, proto_dsmipv4, dsmipv4_frame_key(DSMIPV4_DATA_NODE));
}
