// SPDX-License-Identifier: GPL-2.0-or-later
// Entry points of the plugin, and what is registered with Wireshark.
#include <wireshark.h>

#include <epan/packet.h>
#include <wsutil/report_message.h>

#include "capture.h"
#include "compat.h"
#include "dissect/advertisement.h"
#include "dissect/hooks.h"
#include "dissect/minimal_encapsulation.h"
#include "dissect/ports.h"
#include "dissect/tapped.h"
#include "dissect/tunnel_data.h"
#include "own_file.h"
#include "protocol.h"
#include "settings/known_bindings.h"
#include "settings/preferences.h"
#include "settings/saved_state.h"
#include "taps/bindings.h"
#include "taps/conversations.h"
#include "taps/node_filter.h"
#include "taps/nodes.h"
#include "taps/report/report.h"
#include "taps/srt.h"
#include "taps/state.h"
#include "taps/tree.h"
#include "tree/control.h"
#include "tree/ends.h"
#include "tree/event.h"
#include "tree/expert.h"
#include "tree/findings.h"
#include "tree/items.h"
#include "tree/tunnel.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = DSMIPV4_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

// The preferences of a file, and bindings that are known before its first packet.
static bool open_file(dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories)
{
	dsmipv4_apply_preferences();
	dsmipv4_add_known_bindings(bindings);
	bool known = dsmipv4_add_saved_state(bindings, histories);
	dsmipv4_note_unread_state(dsmipv4_unread_state());
	return known;
}

static void apply_preferences(void)
{
	dsmipv4_apply_severities(dsmipv4_options());
	if (dsmipv4_options()->enabled[DSMIPV4_RULE_tun_hop_decrement])
		dsmipv4_watch_native();
	dsmipv4_take_ports(dsmipv4_ports());
	dsmipv4_use_memo(dsmipv4_uses_memo());
}

// To register a name twice ends Wireshark. It finds a plugin twice where files of different names are copies.
static bool is_second_copy(void)
{
	if (proto_get_id_by_filter_name(DSMIPV4_FILTER_NAME) == -1)
		return false;
	report_warning("The plugin for Dual-Stack Mobile IPv4 is installed twice: %s (version %s) is not used, because "
		       "another file registered the protocol before. Remove one of the two.",
		       dsmipv4_own_file(), plugin_version);
	return true;
}

static void proto_register_dsmipv4(void)
{
	if (is_second_copy())
		return;
	proto_dsmipv4 = proto_register_protocol("Dual-Stack Mobile IPv4", "DSMIPv4", DSMIPV4_FILTER_NAME);
	dsmipv4_register_item_fields();
	dsmipv4_register_end_fields();
	dsmipv4_register_control_fields();
	dsmipv4_register_event_fields();
	dsmipv4_register_finding_fields();
	dsmipv4_register_tunnel_fields();
	dsmipv4_register_expert();
	dsmipv4_register_capture(open_file);
	dsmipv4_register_tap();
	dsmipv4_register_bindings_tap();
	dsmipv4_register_report_tap();
	dsmipv4_register_state_tap();
	dsmipv4_register_nodes_tap();
	dsmipv4_register_node_filter();
	dsmipv4_register_conversations();
	dsmipv4_register_srt();
	dsmipv4_register_tree();
	dsmipv4_register_preferences(apply_preferences);
	dsmipv4_register_hooks();
	dsmipv4_register_minimal();
	dsmipv4_register_tunnel_data();
	dsmipv4_register_advertisement();
}

static void proto_reg_handoff_dsmipv4(void)
{
	if (proto_dsmipv4 == -1) // a second copy
		return;
	dsmipv4_hand_off();
	dsmipv4_hand_off_minimal();
	dsmipv4_hand_off_tunnel_data(dsmipv4_builtin_gre());
}

void plugin_register(void)
{
	static proto_plugin plugin;
	plugin.register_protoinfo = proto_register_dsmipv4;
	plugin.register_handoff = proto_reg_handoff_dsmipv4;
	proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void)
{
	return WS_PLUGIN_DESC_DISSECTOR;
}
