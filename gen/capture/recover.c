// SPDX-License-Identifier: GPL-2.0-or-later
// A capture file -> the scenario of one of its mobile nodes.
//
// Packets are described by the places of their fields, then built from that description and compared with what was
// captured, until nothing is left that the language can say: what follows from the rest is not given, all else is.
#include "capture/recover.h"

#include "capture/identify.h"
#include "capture/keys.h"
#include "capture/layers.h"
#include "capture/node.h"
#include "capture/read.h"
#include "capture/settle.h"
#include "language/parse.h"
#include "packet/auth.h"
#include "packet/build.h"

#include <string.h>

#define DEFAULT_GAP (G_USEC_PER_SEC / 10) // of a step without a time

typedef struct {
	scenario_t *scenario;
	const char *const *overrides;
	GPtrArray *frames; // of the node
	describer_t describer;
	GArray *descriptions; // of description_t
	GPtrArray *plans;     // of the descriptions, or NULL
	GArray *trials;       // of trial_t
	GPtrArray *packets;   // of GByteArray
	GPtrArray *unconfirmed;
} recovery_t;

static description_t *description_at(const recovery_t *recovery, guint index)
{
	return &g_array_index(recovery->descriptions, description_t, index);
}

static trial_t *trial_at(const recovery_t *recovery, guint index)
{
	return &g_array_index(recovery->trials, trial_t, index);
}

static gint64 start_of(const recovery_t *recovery)
{
	return ((const frame_t *)recovery->frames->pdata[0])->time;
}

// Frames.

static gint compare_times(gconstpointer one, gconstpointer other)
{
	const frame_t *a = *(const frame_t *const *)one;
	const frame_t *b = *(const frame_t *const *)other;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static bool choose_frames(recovery_t *recovery, const char *path, const char *node, GError **error)
{
	guint32 home_address;

	recovery->frames = capture_read(path, error);
	if (!recovery->frames)
		return false;
	for (guint i = recovery->frames->len; i-- > 0;)
		if (!layers_find(recovery->frames->pdata[i]))
			g_ptr_array_remove_index(recovery->frames, i);
	if (!node_choose(recovery->frames, node, &home_address, error))
		return false;
	node_select(recovery->frames, home_address, recovery->describer.names);
	g_ptr_array_sort(recovery->frames, compare_times);
	return true;
}

// Names and times of the steps.

static const char *kind_of(const frame_t *frame, const names_t *names)
{
	const piece_t *last = frame_layer(frame, frame->layers->len - 1);
	const piece_t *outer = frame_find(frame, BLOCK_ipv4);

	if (block_specs[last->id].is_message && last->id != BLOCK_tunnel_data && outer[1].id == BLOCK_udp)
		return block_specs[last->id].name;
	if (outer[1].id == BLOCK_payload)
		return "packet";
	return node_is_target(frame, names) ? "data_to_mn" : "data_from_mn";
}

static void name_step(const recovery_t *recovery, description_t *description, GHashTable *counts)
{
	const char *kind = kind_of(description->frame, recovery->describer.names);
	guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, kind)) + 1;
	g_autofree char *name = count == 1 ? g_strdup(kind) : g_strdup_printf("%s_%u", kind, count);

	g_hash_table_insert(counts, (gpointer)kind, GUINT_TO_POINTER(count));
	describe_key(&recovery->describer, description->step->own, KEY_step_step, name);
}

static void time_step(const recovery_t *recovery, description_t *description, const frame_t *before)
{
	gint64 gap = before ? description->frame->time - before->time : 0;
	g_autofree char *text =
		g_strdup_printf("%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, gap / G_USEC_PER_SEC, gap % G_USEC_PER_SEC);

	if (!before || gap == DEFAULT_GAP)
		return;
	while (g_str_has_suffix(text, "0"))
		text[strlen(text) - 1] = '\0';
	if (g_str_has_suffix(text, "."))
		text[strlen(text) - 1] = '\0';
	describe_key(&recovery->describer, description->step->own, KEY_step_after, text);
}

static void describe(recovery_t *recovery, guint index)
{
	description_t *description = description_at(recovery, index);

	description->frame = recovery->frames->pdata[index];
	describe_frame(&recovery->describer, description);
	time_step(recovery, description, index > 0 ? recovery->frames->pdata[index - 1] : NULL);
}

static void describe_all(recovery_t *recovery)
{
	g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);

	g_array_set_size(recovery->descriptions, recovery->frames->len);
	for (guint i = 0; i < recovery->frames->len; i++) {
		describe(recovery, i);
		name_step(recovery, description_at(recovery, i), counts);
	}
}

// The steps and the values of the actors, as the scenario has them.
static void put_steps(recovery_t *recovery)
{
	g_autoptr(GPtrArray) assignments = names_assignments(recovery->describer.names);

	g_ptr_array_set_size(recovery->scenario->set, 0);
	for (guint i = 0; i < assignments->len; i++) {
		text_t text = {.string =
				       g_string_chunk_insert_const(recovery->scenario->strings, assignments->pdata[i])};

		g_ptr_array_add(recovery->scenario->set, g_memdup2(&text, sizeof(text)));
	}
	for (const char *const *more = recovery->overrides; more && *more; more++) {
		text_t text = {.string = g_string_chunk_insert_const(recovery->scenario->strings, *more)};

		g_ptr_array_add(recovery->scenario->set, g_memdup2(&text, sizeof(text)));
	}
	g_free(g_ptr_array_steal(recovery->scenario->steps, NULL)); // they are the descriptions'
	for (guint i = 0; i < recovery->descriptions->len; i++)
		g_ptr_array_add(recovery->scenario->steps, description_at(recovery, i)->step);
}

// Trials: the scenario as it stands, at the times of the capture.

static bool build_one(recovery_t *recovery, builder_t *builder, guint index, GError **error)
{
	GByteArray *bytes = g_byte_array_new();
	trial_t trial = {description_at(recovery, index), recovery->plans->pdata[index], bytes};

	g_ptr_array_add(recovery->packets, bytes);
	g_array_append_val(recovery->trials, trial);
	return build_packet(builder, recovery->plans->pdata[index], bytes, error);
}

static bool try_all(recovery_t *recovery, GError **error)
{
	g_autoptr(actors_t) actors = NULL;
	g_autoptr(builder_t) builder = builder_new(1, error);
	g_autoptr(GArray) offsets = g_array_new(FALSE, FALSE, sizeof(gint64));
	timing_t timing = {.start = start_of(recovery)};

	put_steps(recovery);
	g_array_set_size(recovery->trials, 0);
	g_ptr_array_set_size(recovery->packets, 0);
	g_clear_pointer(&recovery->plans, g_ptr_array_unref);
	for (guint i = 0; i < recovery->frames->len; i++) {
		gint64 offset = ((const frame_t *)recovery->frames->pdata[i])->time - timing.start;

		g_array_append_val(offsets, offset);
	}
	timing.offsets = &g_array_index(offsets, gint64, 0);
	actors = builder ? scenario_actors(recovery->scenario, NULL, error) : NULL;
	recovery->plans = actors ? plan_scenario(recovery->scenario, actors, &timing, error) : NULL;
	bool ok = recovery->plans;
	for (guint i = 0; ok && i < recovery->frames->len; i++)
		ok = build_one(recovery, builder, i, error);
	return ok;
}

// A packet that comes out with another length is not taken apart.
static bool keep_misfits(recovery_t *recovery)
{
	bool any = false;

	for (guint i = 0; i < recovery->trials->len; i++) {
		description_t *description = description_at(recovery, i);

		if (settle_fits(trial_at(recovery, i)))
			continue;
		const char *name = step_name(description->step);
		description->frame->is_kept = any = true;
		description_clear(description);
		layers_find(description->frame);
		describe(recovery, i);
		describe_key(&recovery->describer, description->step->own, KEY_step_step, name);
		g_string_append(description->note, "not taken apart: what the IPv4 header carries stays as captured\n");
	}
	return any;
}

// A message has UDP without saying so.
static void leave_out_udp(description_t *description)
{
	block_t **udp = &description->step->layer[BLOCK_udp];
	bool is_empty = *udp;

	for (unsigned key = 0; is_empty && key < KEYS_MAX; key++)
		is_empty = !(*udp)->value[key].string;
	if (is_empty)
		g_clear_pointer(udp, g_free);
}

static bool settle_all(recovery_t *recovery, GError **error)
{
	identify_messages(&recovery->describer, recovery->descriptions);
	if (!try_all(recovery, error))
		return false;
	if (keep_misfits(recovery)) {
		identify_messages(&recovery->describer, recovery->descriptions);
		if (!try_all(recovery, error))
			return false;
	}
	for (guint i = 0; i < recovery->trials->len; i++)
		settle_values(&recovery->describer, trial_at(recovery, i));
	keys_settle(&recovery->describer, recovery->trials, recovery->unconfirmed);
	if (!try_all(recovery, error))
		return false;
	for (guint i = 0; i < recovery->trials->len; i++)
		settle_bytes(&recovery->describer, trial_at(recovery, i));
	for (guint i = 0; i < recovery->trials->len; i++)
		leave_out_udp(description_at(recovery, i));
	put_steps(recovery);
	return true;
}

// Notes.

static void note_steps(recovery_t *recovery)
{
	for (guint i = 0; i < recovery->descriptions->len; i++) {
		description_t *description = description_at(recovery, i);
		g_autofree char *text =
			g_strdup_printf("frame %u\n%s", description->frame->number, description->note->str);

		description->step->note = g_string_chunk_insert_const(recovery->scenario->strings, text);
	}
}

static char *joined(const GPtrArray *texts)
{
	GString *list = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++)
		g_string_append_printf(list, "%s%s", i == 0 ? "" : ", ", (const char *)texts->pdata[i]);
	return g_string_free(list, FALSE);
}

static void note_scenario(recovery_t *recovery)
{
	g_autoptr(GString) note = g_string_new(NULL);
	g_autofree char *unnamed = joined(recovery->describer.unnamed);
	g_autofree char *keys = joined(recovery->unconfirmed);

	if (recovery->describer.unnamed->len > 0)
		g_string_append_printf(note, "Addresses that have no name here, and stay as captured: %s\n", unnamed);
	if (recovery->unconfirmed->len > 0)
		g_string_append_printf(
			note,
			"Keys that no authenticator of the capture confirms: %s. Packets are signed with them, "
			"or with those that --set gives.\n",
			keys);
	recovery->scenario->note = g_string_chunk_insert_const(recovery->scenario->strings, note->str);
}

static void name_scenario(scenario_t *scenario, const char *path, const names_t *names)
{
	g_autofree char *node = value_text(KIND_ADDRESS4, names_get(names, "mn1.hoa"));
	g_autofree char *file = g_path_get_basename(path);
	g_autofree char *summary = g_strdup_printf("Node %s of %s", node, file);

	scenario->summary = g_string_chunk_insert_const(scenario->strings, summary);
}

static void free_recovery(recovery_t *recovery)
{
	for (guint i = 0; i < recovery->descriptions->len; i++) {
		description_t *description = description_at(recovery, i);

		g_ptr_array_unref(description->layers);
		g_ptr_array_unref(description->extensions);
		g_string_free(description->note, TRUE);
	}
	g_clear_pointer(&recovery->frames, g_ptr_array_unref);
	g_clear_pointer(&recovery->plans, g_ptr_array_unref);
	names_free(recovery->describer.names);
	g_ptr_array_unref(recovery->describer.unnamed);
	g_array_unref(recovery->descriptions);
	g_array_unref(recovery->trials);
	g_ptr_array_unref(recovery->packets);
	g_ptr_array_unref(recovery->unconfirmed);
}

scenario_t *recover_scenario(const char *path, const char *node, const char *const *overrides, GError **error)
{
	scenario_t *scenario = scenario_new(path);
	recovery_t recovery = {
		.scenario = scenario,
		.overrides = overrides,
		.describer = {names_new(), scenario->strings, g_ptr_array_new()},
		.descriptions = g_array_new(FALSE, TRUE, sizeof(description_t)),
		.trials = g_array_new(FALSE, FALSE, sizeof(trial_t)),
		.packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref),
		.unconfirmed = g_ptr_array_new(),
	};
	bool ok = auth_init(error) && choose_frames(&recovery, path, node, error);

	if (ok) {
		describe_all(&recovery);
		ok = settle_all(&recovery, error);
	}
	if (ok) {
		name_scenario(scenario, path, recovery.describer.names);
		note_steps(&recovery);
		note_scenario(&recovery);
	}
	free_recovery(&recovery);
	if (ok)
		return scenario;
	scenario_free(scenario);
	return NULL;
}
