// SPDX-License-Identifier: GPL-2.0-or-later
// UDP ports that carry Mobile IP besides 434.
#include "dissect/ports.h"

#include "protocol.h"

// A port of the preference, and the dissector that it had before.
typedef struct {
	uint32_t port;
	dissector_handle_t before;
} taken_t;

static dissector_handle_t handle;
static dissector_table_t udp_ports; // NULL before the hand-off
static range_t *range;              // that `taken` was made for
static GArray *taken;               // of taken_t

void dsmipv4_register_ports(dissector_t dissect)
{
	handle = create_dissector_handle(dissect, proto_dsmipv4);
	range = range_empty(wmem_epan_scope());
	taken = g_array_new(FALSE, FALSE, sizeof(taken_t));
}

void dsmipv4_hand_off_ports(void)
{
	udp_ports = find_dissector_table("udp.port");
	dissector_add_for_decode_as("udp.port", handle);
}

static void give_back(void)
{
	for (unsigned i = 0; i < taken->len; i++) {
		const taken_t *t = &g_array_index(taken, taken_t, i);
		dissector_delete_uint("udp.port", t->port, handle);
		if (t->before)
			dissector_add_uint("udp.port", t->port, t->before);
	}
	g_array_set_size(taken, 0);
}

static void take(uint32_t port)
{
	if (port == DSMIPV4_UDP_PORT || dissector_is_uint_changed(udp_ports, port))
		return;
	taken_t t = {port, dissector_get_uint_handle(udp_ports, port)};
	g_array_append_val(taken, t);
	dissector_add_uint("udp.port", port, handle);
}

void dsmipv4_take_ports(const range_t *ports)
{
	if (!udp_ports || ranges_are_equal(range, ports))
		return;
	give_back();
	for (unsigned i = 0; i < ports->nranges; i++) {
		for (uint32_t port = ports->ranges[i].low; port <= ports->ranges[i].high; port++)
			take(port);
	}
	wmem_free(wmem_epan_scope(), range);
	range = range_copy(wmem_epan_scope(), ports);
}

bool dsmipv4_is_further_port(uint16_t port)
{
	return udp_ports && dissector_get_uint_handle(udp_ports, port) == handle;
}
