// SPDX-License-Identifier: GPL-2.0-or-later
// What the files of the dissector offer one another.
#ifndef PACKET_DSMIPV4_H
#define PACKET_DSMIPV4_H

#include <epan/packet.h>

#include "core/rules.h"

#define DSMIPV4_FILTER_NAME "dsmipv4"

extern int proto_dsmipv4;

// packet-dsmipv4.c

// What was found out about one control message before anything was drawn.
typedef struct {
	dsmipv4_packet_t packet;
	const dsmipv4_message_t *message;
	const dsmipv4_event_t *event;       // NULL: no registration message, or no event
	const dsmipv4_verdicts_t *verdicts; // NULL: no verdicts on this packet
} dsmipv4_control_t;

void dsmipv4_register_fields(void);

// Decode and judge the UDP payload in `tvb`; the result lives as long as the packet. Takes the
// message as an event of the conversation when the packet is visited for the first time.
dsmipv4_control_t *dsmipv4_process_control(tvbuff_t *tvb, packet_info *pinfo);

// Add our tree and expert items, and for messages that carry RFC 5454 extensions the Info column.
// Reads captured bytes only, so that it never throws.
void dsmipv4_draw_control(const dsmipv4_control_t *control, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

// draw_verdicts.c

void dsmipv4_register_verdict_fields(void);

// Expert items and dsmipv4.rule. What is about one of the extensions `exts` goes to its tree in
// `ext_trees`, where there is one, all else to `tree`. Without extensions both are NULL.
void dsmipv4_draw_verdicts(const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
			   const dsmipv4_ext_t *exts, proto_tree **ext_trees);

// capture.c

void dsmipv4_register_capture(void);

// The binding table of the open file, and what was seen of its tunnels; NULL if none is open.
dsmipv4_bindings_t *dsmipv4_bindings(void);
dsmipv4_traces_t *dsmipv4_traces(void);

// The capture goes on to this time, nanoseconds since 1970. To be told on a frame's first visit.
void dsmipv4_note_time(int64_t time);

// Time of the last frame of ours that was visited.
int64_t dsmipv4_latest_time(void);

// packet-tunnel.c

// Describe and judge what is tunnelled in `tvb`, the payload of an IPv4 packet of this protocol, or with
// protocol 17 of a UDP datagram, and add our tree. `ip` is what Wireshark's IP dissector handed on. For
// what is somebody else's nothing is added. Never throws.
void dsmipv4_dissect_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint8_t protocol, const void *ip);

// Remember an IPv6 packet outside of tunnels: the header and what follows are in `tvb`.
void dsmipv4_note_native(tvbuff_t *tvb, packet_info *pinfo);

// The headers around are those of a tunnel that was described.
bool dsmipv4_in_tunnel(packet_info *pinfo);

// kept.c

// Keep what a first visit found that a later one would not: all findings, and information given once.
void dsmipv4_keep(packet_info *pinfo, const dsmipv4_verdicts_t *verdicts);

// Add it to the verdicts of a later visit.
void dsmipv4_add_kept(packet_info *pinfo, dsmipv4_verdicts_t *verdicts);

// advertisement.c

void dsmipv4_register_advertisement(void);

// Judge the router advertisement in `tvb`, an ICMPv6 message outside of tunnels, and add our tree if it
// breaks a rule. Never throws.
void dsmipv4_dissect_advertisement(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

// MAC address that the frame came from; false: it has none.
bool dsmipv4_link_source(packet_info *pinfo, uint64_t *mac);

// draw_tunnel.c

void dsmipv4_register_tunnel_fields(void);

// Our tree for a tunneled packet. `verdicts` are those to be shown.
void dsmipv4_draw_tunnel(const dsmipv4_match_t *match, const dsmipv4_verdicts_t *verdicts, tvbuff_t *tvb,
			 packet_info *pinfo, proto_tree *tree);

// minimal.c

void dsmipv4_register_minimal(void);
void dsmipv4_hand_off_minimal(void);

// The dissector of minimal encapsulation.
dissector_handle_t dsmipv4_minimal_handle(void);

// tunnel_data.c

void dsmipv4_register_tunnel_data(void);
void dsmipv4_hand_off_tunnel_data(dissector_handle_t gre);

// Dissect tunnel data that the built-in dissector cannot. False: it can.
bool dsmipv4_dissect_tunnel_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

// draw_event.c

void dsmipv4_register_event_fields(void);

// Generated items of a registration message.
void dsmipv4_draw_event(const dsmipv4_event_t *event, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

// Whether prefixes are registered explicitly.
void dsmipv4_draw_mode(bool is_explicit, tvbuff_t *tvb, proto_tree *tree);

// When the binding was made and will end, and what became of it.
void dsmipv4_draw_binding(const dsmipv4_binding_t *binding, tvbuff_t *tvb, proto_tree *tree);

// expert.c

void dsmipv4_register_expert(void);

// An expert item at the bytes of the finding, which count from the start of `tvb`. `tree` is the tree of
// the extension, message or tunnel.
void dsmipv4_add_expert(const dsmipv4_finding_t *finding, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

// The same for an information item.
void dsmipv4_add_info(const dsmipv4_info_t *info, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

// prefs.c

void dsmipv4_register_preferences(void);

// Rules as the preferences want them.
const dsmipv4_options_t *dsmipv4_options(void);

// False: leave UDP port 434 to the built-in dissector alone.
bool dsmipv4_takeover(void);

// keys.c

struct pref_module;
void dsmipv4_register_keys(struct pref_module *module);

// The keys of the UAT; never NULL.
const dsmipv4_keys_t *dsmipv4_keys(void);

// The bindings that the preferences know of, added to the table of a file that is being opened.
void dsmipv4_load_known_bindings(dsmipv4_bindings_t *bindings);

// known_bindings.c

void dsmipv4_register_known_bindings(struct pref_module *module);

// Add the bindings of the UAT to the table of a file that is being opened.
void dsmipv4_add_known_bindings(dsmipv4_bindings_t *bindings);

// taps.c

void dsmipv4_register_taps(void);

// hooks.c

// The protocol is enabled, and may take over what Wireshark dissects by itself.
bool dsmipv4_is_wanted(void);

// From now on look at plain IPv6 as well. Without effect before the hand-off.
void dsmipv4_watch_native(void);

void dsmipv4_register_hooks(void);
void dsmipv4_hand_off(void);

#endif
