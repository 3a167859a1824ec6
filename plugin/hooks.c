// SPDX-License-Identifier: GPL-2.0-or-later
// Wrappers on Wireshark's own tables. A wrapper sees the packet first, then calls the dissector that
// was there before with all that it would have got, and returns what it returned.
#include "packet-dsmipv4.h"

#include <epan/exceptions.h>
#include <epan/proto.h>

static dissector_handle_t builtin_mip; // what UDP port 434 led to before us

static bool is_wanted(void)
{
	return dsmipv4_takeover() && proto_is_protocol_enabled(find_protocol_by_id(proto_dsmipv4));
}

// Events and verdicts come before the built-in dissector, drawing after it: its exceptions (a short
// or cut message) would otherwise take ours with them.
static int dissect_udp_434(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	if (!is_wanted())
		return call_dissector_only(builtin_mip, tvb, pinfo, tree, data);
	dsmipv4_control_t *control = dsmipv4_process_control(tvb, pinfo);
	volatile int dissected = -1;
	TRY
	{
		dissected = call_dissector_only(builtin_mip, tvb, pinfo, tree, data);
	}
	FINALLY
	{
		if (dissected != 0)
			dsmipv4_draw_control(control, tvb, pinfo, tree);
	}
	ENDTRY;
	return dissected;
}

static dissector_handle_t udp_434_handle;

// Without an owner (-1) the frame's list of protocols stays as it was, and disabling our protocol
// does not take Mobile IP away.
void dsmipv4_register_hooks(void)
{
	udp_434_handle = create_dissector_handle_with_name_and_description(dissect_udp_434, -1, "dsmipv4_udp",
									   "Mobile IPv4 with Dual-Stack extensions");
}

void dsmipv4_hand_off(void)
{
	builtin_mip = dissector_get_uint_handle(find_dissector_table("udp.port"), DSMIPV4_UDP_PORT);
	if (builtin_mip)
		dissector_add_uint("udp.port", DSMIPV4_UDP_PORT, udp_434_handle);
}
