// SPDX-License-Identifier: GPL-2.0-or-later
// Entry points of the plugin.
#include <wireshark.h>

#include <epan/packet.h>

#include "compat.h"
#include "packet-dsmipv4.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = DSMIPV4_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

static void register_protocol(void)
{
	proto_dsmipv4 = proto_register_protocol("Dual-Stack Mobile IPv4", "DSMIPv4", DSMIPV4_FILTER_NAME);
	dsmipv4_register_fields();
	dsmipv4_register_expert();
	dsmipv4_register_preferences();
	dsmipv4_register_hooks();
}

void plugin_register(void)
{
	static proto_plugin plugin;
	plugin.register_protoinfo = register_protocol;
	plugin.register_handoff = dsmipv4_hand_off;
	proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void)
{
	return WS_PLUGIN_DESC_DISSECTOR;
}
