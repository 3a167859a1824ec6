// SPDX-License-Identifier: GPL-2.0-or-later
// A stack of layers -> the bytes of a packet.
//
// libnet builds the headers, innermost first; what the scenario deviates in is written afterwards
// (finish.c), because libnet repairs or refuses what it does not like.
#include "packet/build.h"

#include "packet/autofill.h"
#include "packet/encode.h"
#include "packet/finish.h"
#include "packet/header.h"
#include "packet/mip.h"

#include <libnet.h>
#include <string.h>

#define IPV4_MAX_LENGTH 65535

struct builder {
	libnet_t *libnet;
	GRand *random;
	guint32 seed; // that it has, or is given when it is asked for the next number
	bool is_seeded;
};

// One packet under construction.
typedef struct {
	builder_t *builder;
	const plan_t *plan;
	gsize inside; // bytes of the layers built so far that are inside the next one
} assembly_t;

builder_t *builder_new(guint32 seed, GError **error)
{
	char reason[LIBNET_ERRBUF_SIZE];
	libnet_t *libnet = libnet_init(LIBNET_NONE, NULL, reason);

	if (!libnet) {
		fail(error, GEN_ERROR_ENVIRONMENT, "libnet does not start: %s", reason);
		return NULL;
	}
	builder_t *builder = g_new0(builder_t, 1);
	builder->libnet = libnet;
	builder->random = g_rand_new_with_seed(seed);
	builder->is_seeded = true;
	return builder;
}

void builder_free(builder_t *builder)
{
	libnet_destroy(builder->libnet);
	g_rand_free(builder->random);
	g_free(builder);
}

void builder_reseed(builder_t *builder, guint32 seed)
{
	builder->seed = seed;
	builder->is_seeded = false;
}

// Few packets need random numbers, and to seed the generator takes as long as to build a packet.
static GByteArray *encode_layer(builder_t *builder, values_t *layer)
{
	if (!builder->is_seeded && encode_draws(layer)) {
		g_rand_set_seed(builder->random, builder->seed);
		builder->is_seeded = true;
	}
	return encode_block(layer, builder->random);
}

static libnet_ptag_t push_bytes(libnet_t *libnet, const guint8 *bytes, gsize length)
{
	return length == 0 ? 0 : libnet_build_data(bytes, (guint32)length, libnet, 0);
}

// Bytes to remove from the end of the innermost layer.
static guint cut_of(const plan_t *plan)
{
	return (guint)plan->step->v[KEY_step_cut].number;
}

// A layer that is plain bytes to libnet, with the bytes that the step appends to it or cuts from it.
static libnet_ptag_t push_plain(const assembly_t *assembly, values_t *layer, bool is_innermost, GError **error)
{
	const plan_t *plan = assembly->plan;
	GBytes *trailer = plan->step->v[KEY_step_trailer].bytes;
	guint cut = is_innermost ? cut_of(plan) : 0;
	GByteArray *bytes = encode_layer(assembly->builder, layer);
	libnet_ptag_t tag = -1;
	bool ok = true;

	ok = encode_patch(bytes->data, bytes->len, layer, LAYER_PATCH, error);
	if (ok && mip_has_extensions(layer->id)) {
		ok = mip_append_extensions(bytes, plan->extensions, error);
		if (trailer)
			g_byte_array_append(bytes, g_bytes_get_data(trailer, NULL), (guint)g_bytes_get_size(trailer));
	}
	if (ok && cut > bytes->len) {
		fail_at(error, &plan->step->v[KEY_step_cut].place, "longer than the message; expected at most %u",
			bytes->len);
		ok = false;
	}
	if (ok) {
		g_byte_array_set_size(bytes, bytes->len - cut);
		tag = push_bytes(assembly->builder->libnet, bytes->data, bytes->len);
	}
	g_byte_array_unref(bytes);
	return tag;
}

static gsize appended(const values_t *layer)
{
	GBytes *bytes = layer->v[LAYER_APPEND].bytes;

	return bytes ? g_bytes_get_size(bytes) : 0;
}

// Bytes appended to a layer come after everything that it carries, those of the outermost last. Sets the bytes that
// are not inside the innermost layer.
static bool push_appended(const assembly_t *assembly, gsize *outside, GError **error)
{
	const GPtrArray *layers = assembly->plan->layers;

	*outside = 0;
	for (guint i = 0; i < layers->len; i++) {
		const values_t *layer = layers->pdata[i];
		gsize length = appended(layer);

		*outside += length;
		if (length > 0 && push_bytes(assembly->builder->libnet,
					     g_bytes_get_data(layer->v[LAYER_APPEND].bytes, NULL), length) == -1) {
			fail_at(error, &layer->place, "libnet cannot build it: %s",
				libnet_geterror(assembly->builder->libnet));
			return false;
		}
	}
	return true;
}

static libnet_ptag_t push_header(const assembly_t *assembly, guint index)
{
	values_t *layer = assembly->plan->layers->pdata[index];
	g_autoptr(GByteArray) block = header_has_body(layer->id) ? encode_layer(assembly->builder, layer) : NULL;

	return header_push(assembly->builder->libnet,
			   &(header_t){assembly->plan->layers, index, assembly->inside, block});
}

static bool push_layer(const assembly_t *assembly, guint index, GError **error)
{
	const plan_t *plan = assembly->plan;
	values_t *layer = plan->layers->pdata[index];
	bool is_innermost = index + 1 == plan->layers->len;
	bool is_cut = is_innermost && cut_of(plan) > 0;
	bool by_libnet = header_is_libnets(layer->id) && !(is_cut && header_has_body(layer->id));
	GError *cause = NULL;

	if (by_libnet && is_cut) {
		fail_at(error, &plan->step->v[KEY_step_cut].place,
			"%s cannot be cut; expected a message or payload as innermost layer",
			block_specs[layer->id].name);
		return false;
	}
	layer->by_libnet = layer->sum_by_libnet = false;
	libnet_ptag_t tag =
		by_libnet ? push_header(assembly, index) : push_plain(assembly, layer, is_innermost, &cause);
	if (cause) {
		g_propagate_error(error, cause);
		return false;
	}
	if (tag == -1)
		fail_at(error, &layer->place, "libnet cannot build it: %s", libnet_geterror(assembly->builder->libnet));
	return tag != -1;
}

// Builds the layers from the inside out, and notes their lengths, and how far from the end of the packet they begin.
static bool push_layers(assembly_t *assembly, GError **error)
{
	const GPtrArray *layers = assembly->plan->layers;
	libnet_t *libnet = assembly->builder->libnet;
	gsize outside;

	if (!push_appended(assembly, &outside, error))
		return false;
	for (guint i = layers->len; i-- > 0;) {
		values_t *layer = layers->pdata[i];

		if (!push_layer(assembly, i, error))
			return false;
		gsize size = libnet_getpacket_size(libnet);
		if (size > IPV4_MAX_LENGTH) {
			fail_at(error, &assembly->plan->step->place,
				"%" G_GSIZE_FORMAT " bytes; expected at most %d in a packet", size, IPV4_MAX_LENGTH);
			return false;
		}
		layer->offset = size;
		layer->length = size - outside;
		outside -= appended(layer);
		assembly->inside = size - outside;
	}
	return true;
}

// Notes where layers and extensions are in the packet. The extensions have their places in the message.
static void note_places(const plan_t *plan, gsize length)
{
	const values_t *message = NULL;

	for (guint i = 0; i < plan->layers->len; i++) {
		values_t *layer = plan->layers->pdata[i];

		layer->offset = length - layer->offset; // it was counted from the end
		if (mip_has_extensions(layer->id))
			message = layer;
	}
	for (guint i = 0; i < plan->extensions->len; i++) {
		values_t *extension = plan->extensions->pdata[i];

		extension->offset = MIN(extension->offset, message->length); // the step may cut the message
		extension->length = MIN(extension->length, message->length - extension->offset);
		extension->offset += message->offset;
	}
}

static bool coalesce(const assembly_t *assembly, GByteArray *bytes, GError **error)
{
	guint8 *packet = NULL;
	guint32 length = 0;

	if (libnet_pblock_coalesce(assembly->builder->libnet, &packet, &length) == -1) {
		fail(error, GEN_ERROR_ENVIRONMENT, "libnet: %s", libnet_geterror(assembly->builder->libnet));
		return false;
	}
	g_byte_array_set_size(bytes, 0);
	g_byte_array_append(bytes, packet, length);
	free(packet);
	return true;
}

bool build_packet(builder_t *builder, plan_t *plan, GByteArray *bytes, GError **error)
{
	assembly_t assembly = {builder, plan, 0};
	bool ok = autofill_values(plan->layers, error) && push_layers(&assembly, error) &&
		  coalesce(&assembly, bytes, error);

	libnet_clear_packet(builder->libnet);
	if (!ok)
		return false;
	note_places(plan, bytes->len);
	return finish_packet(&(built_packet_t){plan->layers, bytes->data, bytes->len}, error);
}
