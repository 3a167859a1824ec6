// SPDX-License-Identifier: GPL-2.0-or-later
// Layers and extensions that mutations insert into a packet.
#include "fuzz/fuzz_models.h"

#include <string.h>

// Values for keys without a default.
static const struct {
	block_id_t id;
	unsigned key;
	const char *text;
} needed[] = {
	{BLOCK_ipv4, KEY_ipv4_source, "ha.address"},
	{BLOCK_ipv4, KEY_ipv4_destination, "mn.coa"},
	{BLOCK_ipv6, KEY_ipv6_source, "cn.address6"},
	{BLOCK_ipv6, KEY_ipv6_destination, "mn.address6"},
	{BLOCK_minimal, KEY_minimal_destination, "mn.hoa"},
	{BLOCK_minimal, KEY_minimal_source, "ha.address"},
	{BLOCK_gre, KEY_gre_key, "0x5454"},
	{BLOCK_dsmipv4, KEY_dsmipv4_subtype, "4"},
	{BLOCK_vendor, KEY_vendor_vendor, "10415"},
	{BLOCK_vendor, KEY_vendor_vendor_type, "1"},
	{BLOCK_critical_vendor, KEY_critical_vendor_vendor, "10415"},
	{BLOCK_critical_vendor, KEY_critical_vendor_vendor_type, "1"},
	{BLOCK_raw, KEY_raw_type, "200"},
	{BLOCK_raw_long, KEY_raw_long_type, "38"},
};

static const block_id_t tunnels[] = {
	BLOCK_ipv4, BLOCK_ipv4,        BLOCK_ipv6,       BLOCK_gre,  BLOCK_minimal,
	BLOCK_udp,  BLOCK_tunnel_data, BLOCK_hop_by_hop, BLOCK_vlan,
};

static const block_id_t extensions[] = {
#define EXTENSION(block, type, header, length) BLOCK_##block,
#include "language/keys.def"
};

static bool add_model(GPtrArray *list, block_id_t id, const actors_t *actors, GError **error)
{
	block_t block = {.id = id, .place = {.path = block_specs[id].name}};

	for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
		if (needed[i].id == id)
			block.value[needed[i].key].string = needed[i].text;
	values_t *values = values_read(&block, actors, "mn1", error);
	if (!values)
		return false;
	for (unsigned key = 0; key < block_specs[id].key_count; key++) // any time will do
		if (values->v[key].state == VALUE_AUTO && block_specs[id].keys[key].kind == KIND_IDENTIFICATION32)
			values->v[key].state = VALUE_SET;
	g_ptr_array_add(list, values);
	return true;
}

static bool add_models(GPtrArray *list, const block_id_t *ids, gsize count, const actors_t *actors, GError **error)
{
	for (gsize i = 0; i < count; i++)
		if (!add_model(list, ids[i], actors, error))
			return false;
	return true;
}

bool fuzz_models_init(fuzz_models_t *models, const actors_t *actors, const GPtrArray *plans, GError **error)
{
	models->layers = g_ptr_array_new_with_free_func((GDestroyNotify)values_free);
	models->extensions = g_ptr_array_new_with_free_func((GDestroyNotify)values_free);
	models->plans = plans;
	return add_models(models->layers, tunnels, G_N_ELEMENTS(tunnels), actors, error) &&
	       add_models(models->extensions, extensions, G_N_ELEMENTS(extensions), actors, error);
}

void fuzz_models_clear(fuzz_models_t *models)
{
	g_clear_pointer(&models->layers, g_ptr_array_unref);
	g_clear_pointer(&models->extensions, g_ptr_array_unref);
}
