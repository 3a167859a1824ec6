// SPDX-License-Identifier: GPL-2.0-or-later
// Wrappers in Wireshark's own dissector tables. A wrapper sees the packet first, then calls the dissector that was
// there before with the same arguments, and returns its result.
#include "dissect/hooks.h"

#include <epan/exceptions.h>
#include <epan/ipproto.h>
#include <epan/proto.h>

#include "compat.h"
#include "core/wire/inner_packet.h"
#include "core/wire/tunnel.h"
#include "dissect/advertisement.h"
#include "dissect/control.h"
#include "dissect/minimal_encapsulation.h"
#include "dissect/ports.h"
#include "dissect/tapped.h"
#include "dissect/tunnel.h"
#include "dissect/tunnel_data.h"
#include "settings/preferences.h"

// One row for each wrapper. Because its handle has no owner (-1), the frame's list of protocols does not change, and
// disabling the plugin's protocol does not disable Mobile IP or 6in4.
typedef struct {
	const char *table;
	uint32_t value;
	const char *name, *description; // of our handle
	dissector_t dissect;
	dissector_handle_t wrapper;
	dissector_handle_t builtin; // the dissector of this value before the wrapper
} hook_t;

static int dissect_ipip(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_ipv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_gre(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_icmpv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

enum { HOOK_IPIP, HOOK_IPV6, HOOK_GRE, HOOK_ICMPV6, HOOK_UDP, N_HOOKS };

G_STATIC_ASSERT(N_HOOKS == DSMIPV4_HOOKS);

static hook_t hooks[N_HOOKS] = {
	[HOOK_IPIP] = {"ip.proto", DSMIPV4_ENCAP_IPIP, "dsmipv4_ipip", "IPv4 in IPv4, perhaps of Mobile IPv4",
		       dissect_ipip, NULL, NULL},
	[HOOK_IPV6] = {"ip.proto", DSMIPV4_ENCAP_IPV6, "dsmipv4_ipv6", "IPv6 in IPv4, perhaps of Mobile IPv4",
		       dissect_ipv6, NULL, NULL},
	[HOOK_GRE] = {"ip.proto", DSMIPV4_ENCAP_GRE, "dsmipv4_gre", "GRE, perhaps of Mobile IPv4", dissect_gre, NULL,
		      NULL},
	[HOOK_ICMPV6] = {"ip.proto", IP_PROTO_ICMPV6, "dsmipv4_icmpv6", "ICMPv6, perhaps on a home link",
			 dissect_icmpv6, NULL, NULL},
	[HOOK_UDP] = {"udp.port", DSMIPV4_UDP_PORT, "dsmipv4_udp", "Mobile IPv4 with Dual-Stack extensions",
		      dissect_udp, NULL, NULL},
};

static int dissect_tunnel(const hook_t *hook, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	if (dsmipv4_is_wanted())
		dsmipv4_dissect_tunnel(tvb, pinfo, tree, (uint8_t)hook->value, data);
	return call_dissector_only(hook->builtin, tvb, pinfo, tree, data);
}

static int dissect_ipip(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	return dissect_tunnel(&hooks[HOOK_IPIP], tvb, pinfo, tree, data);
}

static int dissect_ipv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	return dissect_tunnel(&hooks[HOOK_IPV6], tvb, pinfo, tree, data);
}

static int dissect_gre(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	return dissect_tunnel(&hooks[HOOK_GRE], tvb, pinfo, tree, data);
}

static int dissect_icmpv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	uint8_t type = tvb_captured_length(tvb) > 0 ? tvb_get_uint8(tvb, 0) : 0;
	if (type >= DSMIPV4_ND_ROUTER_ADVERTISEMENT && type <= DSMIPV4_ND_REDIRECT && dsmipv4_is_wanted())
		dsmipv4_dissect_advertisement(tvb, pinfo, tree);
	return call_dissector_only(hooks[HOOK_ICMPV6].builtin, tvb, pinfo, tree, data);
}

// Events and verdicts come before the built-in dissector, and drawing comes after it: its exceptions (a short or cut
// message) would otherwise prevent them.
static int dissect_control(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	dsmipv4_control_t *control = dsmipv4_process_control(tvb, pinfo);
	volatile int dissected = -1;
	TRY
	{
		dissected = call_dissector_only(hooks[HOOK_UDP].builtin, tvb, pinfo, tree, data);
	}
	FINALLY
	{
		if (dissected != 0) {
			dsmipv4_draw_control(control, tvb, pinfo, tree);
			dsmipv4_tap_control(control, tvb, pinfo);
		}
	}
	ENDTRY;
	return dissected;
}

// On port 434 and on further ones: Wireshark's own dissector is that of 434.
static int dissect_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	if (!dsmipv4_is_wanted())
		return call_dissector_only(hooks[HOOK_UDP].builtin, tvb, pinfo, tree, data);
	bool is_data =
		tvb_captured_length(tvb) >= DSMIPV4_TUNNEL_DATA_LEN && tvb_get_uint8(tvb, 0) == DSMIPV4_TUNNEL_DATA;
	if (!is_data)
		return dissect_control(tvb, pinfo, tree, data);
	dsmipv4_dissect_tunnel(tvb, pinfo, tree, IP_PROTO_UDP, NULL);
	if (dsmipv4_dissect_tunnel_data(tvb, pinfo, tree))
		return (int)tvb_captured_length(tvb);
	return call_dissector_only(hooks[HOOK_UDP].builtin, tvb, pinfo, tree, data);
}

// Plain IPv6 is looked at only if a rule compares packets before and in the tunnel.

static hook_t native_hook = {"ethertype", 0x86dd, "dsmipv4_native", "IPv6, perhaps on its way to a tunnel", NULL,
			     NULL,        NULL};

static int dissect_native(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	if (dsmipv4_is_wanted() && dsmipv4_options()->enabled[DSMIPV4_RULE_tun_hop_decrement])
		dsmipv4_note_native(tvb, pinfo);
	return call_dissector_only(native_hook.builtin, tvb, pinfo, tree, data);
}

static void hand_off(hook_t *hook)
{
	hook->builtin = dissector_get_uint_handle(find_dissector_table(hook->table), hook->value);
	if (hook->builtin)
		dissector_add_uint(hook->table, hook->value, hook->wrapper);
}

static bool handed_off;

void dsmipv4_watch_native(void)
{
	if (handed_off && !native_hook.builtin)
		hand_off(&native_hook);
}

static void make_wrapper(hook_t *hook)
{
	hook->wrapper =
		create_dissector_handle_with_name_and_description(hook->dissect, -1, hook->name, hook->description);
}

void dsmipv4_register_hooks(void)
{
	native_hook.dissect = dissect_native;
	make_wrapper(&native_hook);
	for (unsigned i = 0; i < N_HOOKS; i++)
		make_wrapper(&hooks[i]);
	dsmipv4_register_ports(dissect_udp);
}

void dsmipv4_hand_off(void)
{
	for (unsigned i = 0; i < N_HOOKS; i++)
		hand_off(&hooks[i]);
	if (hooks[HOOK_UDP].builtin)
		dsmipv4_hand_off_ports();
	handed_off = true;
}

bool dsmipv4_hook_is_bypassed(unsigned index, const char **table, uint32_t *value)
{
	const hook_t *hook = &hooks[index];
	*table = hook->table;
	*value = hook->value;
	if (!hook->builtin || (index == HOOK_UDP && dsmipv4_is_further_port(DSMIPV4_UDP_PORT)))
		return false;
	return dissector_get_uint_handle(find_dissector_table(hook->table), hook->value) != hook->wrapper;
}

dissector_handle_t dsmipv4_builtin_gre(void)
{
	return hooks[HOOK_GRE].builtin;
}
