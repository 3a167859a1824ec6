// SPDX-License-Identifier: GPL-2.0-or-later
// A packet that is made while the program runs: a scenario of one step.
#include "run/craft.h"

#include <arpa/inet.h>

#define SEED 1

struct craft {
	const actors_t *actors;
	builder_t *builder;
	scenario_t *scenario;
	GByteArray *bytes;
};

craft_t *craft_new(const actors_t *actors, GError **error)
{
	builder_t *builder = builder_new(SEED, error);

	if (!builder)
		return NULL;
	craft_t *craft = g_new0(craft_t, 1);
	craft->actors = actors;
	craft->builder = builder;
	craft->bytes = g_byte_array_new();
	craft->scenario = g_new0(scenario_t, 1);
	craft->scenario->set = g_ptr_array_new();
	craft->scenario->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	craft->scenario->strings = g_string_chunk_new(4096);
	return craft;
}

void craft_free(craft_t *craft)
{
	scenario_free(craft->scenario);
	builder_free(craft->builder);
	g_byte_array_unref(craft->bytes);
	g_free(craft);
}

static step_t *step_of(const craft_t *craft)
{
	return craft->scenario->steps->pdata[0];
}

void craft_begin(craft_t *craft, const char *node)
{
	step_t *step = step_new();

	g_ptr_array_set_size(craft->scenario->steps, 0);
	g_string_chunk_clear(craft->scenario->strings);
	g_ptr_array_add(craft->scenario->steps, step);
	step->own->place.path = "packet";
	step->stack = block_list_new();
	step->extensions = block_list_new();
	craft_set(craft, step->own, KEY_step_step, "packet");
	craft_set(craft, step->own, KEY_step_node, "%s", node);
}

static block_t *add_block(GPtrArray *list, block_id_t id)
{
	block_t *block = g_new0(block_t, 1);

	block->id = id;
	block->place.path = block_specs[id].name;
	g_ptr_array_add(list, block);
	return block;
}

block_t *craft_layer(craft_t *craft, block_id_t id)
{
	return add_block(step_of(craft)->stack, id);
}

block_t *craft_extension(craft_t *craft, block_id_t id)
{
	return add_block(step_of(craft)->extensions, id);
}

void craft_set(craft_t *craft, block_t *block, unsigned key, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	g_autofree char *text = g_strdup_vprintf(format, values);
	va_end(values);
	block->value[key] = (text_t){
		g_string_chunk_insert(craft->scenario->strings, text),
		{NULL, block_specs[block->id].keys[key].name, 0},
	};
}

void craft_set_ipv4(craft_t *craft, block_t *block, unsigned key, guint32 address)
{
	struct in_addr octets = {htonl(address)};
	char text[INET_ADDRSTRLEN];

	craft_set(craft, block, key, "%s", inet_ntop(AF_INET, &octets, text, sizeof(text)));
}

void craft_set_ipv6(craft_t *craft, block_t *block, unsigned key, const guint8 address[16])
{
	char text[INET6_ADDRSTRLEN];

	craft_set(craft, block, key, "%s", inet_ntop(AF_INET6, address, text, sizeof(text)));
}

void craft_set_mac(craft_t *craft, block_t *block, unsigned key, const guint8 mac[6])
{
	craft_set(craft, block, key, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

void craft_set_hex(craft_t *craft, block_t *block, unsigned key, const guint8 *bytes, gsize length)
{
	g_autoptr(GString) text = g_string_new("0x");

	for (gsize i = 0; i < length; i++)
		g_string_append_printf(text, "%02x", bytes[i]);
	craft_set(craft, block, key, "%s", text->str);
}

const GByteArray *craft_build(craft_t *craft, gint64 time, GError **error)
{
	g_autoptr(GPtrArray) plans = plan_scenario(craft->scenario, craft->actors, &(timing_t){.start = time}, error);

	if (!plans || !build_packet(craft->builder, plans->pdata[0], craft->bytes, error))
		return NULL;
	return craft->bytes;
}
