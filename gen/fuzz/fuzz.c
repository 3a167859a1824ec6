// SPDX-License-Identifier: GPL-2.0-or-later
// Mutated packets: a source of cases, each of which is a packet of a scenario with one or a few faults.
#include "fuzz/fuzz.h"

#include "fuzz/fuzz_bytes.h"
#include "fuzz/fuzz_plan.h"
#include "fuzz/fuzz_values.h"
#include "packet/build.h"

#define CASE_GAP (G_USEC_PER_SEC / 100) // from case to case
#define TRIES 20                        // to find faults that can be built

// A value that follows the time.
typedef struct {
	guint step;
	bool is_extension;
	guint block; // among the layers or extensions
	unsigned key;
} clock_place_t;

typedef struct {
	packet_source_t base;
	scenario_t *scenario;
	guint32 seed;
	guint64 next;
	guint64 end;
	gint64 start;
	builder_t *builder;
	GPtrArray *plans;  // plan_t, valid
	GPtrArray *copies; // of them, to be changed
	GArray *clocks;    // clock_place_t
	fuzz_models_t models;
	GByteArray *packet;
	GString *comment;
	GString *mutation;
} fuzz_t;

static void free_fuzz(packet_source_t *source)
{
	fuzz_t *fuzz = (fuzz_t *)source;

	if (fuzz->builder)
		builder_free(fuzz->builder);
	fuzz_models_clear(&fuzz->models);
	g_clear_pointer(&fuzz->plans, g_ptr_array_unref);
	g_ptr_array_unref(fuzz->copies);
	g_array_unref(fuzz->clocks);
	scenario_free(fuzz->scenario);
	g_byte_array_unref(fuzz->packet);
	g_string_free(fuzz->comment, TRUE);
	g_string_free(fuzz->mutation, TRUE);
	g_free(fuzz);
}

static void note_clocks(GArray *clocks, guint step, const GPtrArray *blocks, bool are_extensions)
{
	for (guint i = 0; i < blocks->len; i++) {
		const values_t *values = blocks->pdata[i];

		for (unsigned key = 0; key < block_specs[values->id].key_count; key++) {
			const clock_place_t place = {step, are_extensions, i, key};

			if (values->v[key].clock.runs)
				g_array_append_val(clocks, place);
		}
	}
}

// Identifications go on from round to round of the scenario, so that requests and replies still match.
static void wind_clocks(const fuzz_t *fuzz, guint step, const plan_t *plan, gint64 later)
{
	for (guint i = 0; i < fuzz->clocks->len; i++) {
		const clock_place_t *place = &g_array_index(fuzz->clocks, clock_place_t, i);
		const GPtrArray *blocks = place->is_extension ? plan->extensions : plan->layers;

		if (place->step != step)
			continue;
		value_t *value = &((values_t *)blocks->pdata[place->block])->v[place->key];
		value->number = clock_read(&value->clock, value->clock.time + later);
	}
}

// The plan of a step as it is before any fault.
static plan_t *plan_case(const fuzz_t *fuzz, guint64 number)
{
	guint steps = fuzz->plans->len;
	guint step = (guint)(number % steps);
	plan_t *plan = fuzz->copies->pdata[step];

	plan_restore(plan, fuzz->plans->pdata[step]);
	wind_clocks(fuzz, step, plan, (gint64)(number / steps * steps) * CASE_GAP);
	return plan;
}

// Where what is done to a packet is told, if anybody reads it.
static GString *text_of(const fuzz_t *fuzz)
{
	return fuzz->base.makes_comments ? fuzz->mutation : NULL;
}

// Up to three faults before signing, none in one case of four.
static bool mutate_plan(fuzz_t *fuzz, plan_t *plan, prng_t *prng, bool *done)
{
	static const guint counts[] = {0, 1, 1, 1, 1, 1, 2, 3};
	guint count = counts[prng_below(prng, G_N_ELEMENTS(counts))];

	for (guint i = 0; i < count; i++) {
		if (*done)
			fuzz_tell(text_of(fuzz), "; ");
		if (!fuzz_plan(plan, &fuzz->models, prng, text_of(fuzz)))
			return false;
		*done = true;
	}
	if (*done)
		fuzz_tell(text_of(fuzz), ", before signing");
	return true;
}

static bool mutate_bytes(fuzz_t *fuzz, const plan_t *plan, prng_t *prng, bool done)
{
	if (done && !prng_one_in(prng, 8))
		return true;
	if (done)
		fuzz_tell(text_of(fuzz), "; ");
	if (!fuzz_bytes(fuzz->packet, plan, prng, text_of(fuzz)))
		return false;
	fuzz_tell(text_of(fuzz), ", after signing");
	return true;
}

// One try; false if the random choice cannot be applied or built.
static bool try_case(fuzz_t *fuzz, plan_t *plan, prng_t *prng)
{
	bool done = false;

	g_string_truncate(fuzz->mutation, 0);
	if (prng && !mutate_plan(fuzz, plan, prng, &done))
		return false;
	if (!build_packet(fuzz->builder, plan, fuzz->packet, NULL) || fuzz->packet->len == 0)
		return false;
	return !prng || mutate_bytes(fuzz, plan, prng, done);
}

// The plan of the case, its packet and what was done to it.
static plan_t *make_case(fuzz_t *fuzz, guint64 number)
{
	prng_t prng = prng_of_case(fuzz->seed, number);
	plan_t *plan;

	builder_reseed(fuzz->builder, (guint32)prng_next(&prng));
	for (guint tries = 0; number >= fuzz->plans->len && tries < TRIES; tries++) {
		plan = plan_case(fuzz, number);
		if (try_case(fuzz, plan, &prng))
			return plan;
	}
	plan = plan_case(fuzz, number);
	try_case(fuzz, plan, NULL);
	g_string_assign(fuzz->mutation, "none");
	return plan;
}

static void make_comment(fuzz_t *fuzz, const plan_t *plan, guint64 number, packet_t *packet)
{
	g_string_printf(fuzz->comment, "dsmipgen %s step %s case %" G_GUINT64_FORMAT " mutation: %s",
			fuzz->scenario->name, step_name(plan->source), number, fuzz->mutation->str);
	packet->comment = fuzz->comment->str;
	packet->comment_length = fuzz->comment->len;
}

static bool next_case(packet_source_t *source, packet_t *packet)
{
	fuzz_t *fuzz = (fuzz_t *)source;
	guint64 number = fuzz->next;

	if (number == fuzz->end)
		return false;
	plan_t *plan = make_case(fuzz, number);
	*packet = (packet_t){
		.time = fuzz->start + (gint64)number * CASE_GAP,
		.bytes = fuzz->packet->data,
		.length = fuzz->packet->len,
		.captured = plan_captured(plan, fuzz->packet->len),
	};
	if (fuzz->base.makes_comments)
		make_comment(fuzz, plan, number, packet);
	fuzz->next++;
	return true;
}

// Header lengths and flags that libnet makes stay those of the valid packet, whatever a mutation changes in the header.
static void keep_header_values(const plan_t *plan)
{
	for (guint i = 0; i < plan->layers->len; i++) {
		values_t *layer = plan->layers->pdata[i];

		if (layer->id == BLOCK_ipv4)
			layer->v[KEY_ipv4_ihl].state = VALUE_SET;
		else if (layer->id == BLOCK_gre)
			layer->v[KEY_gre_flags].state = VALUE_SET;
	}
}

// Builds each plan once: this proves that it is valid, and gives "auto" its value.
static bool build_all(fuzz_t *fuzz, GError **error)
{
	for (guint i = 0; i < fuzz->plans->len; i++) {
		if (!build_packet(fuzz->builder, fuzz->plans->pdata[i], fuzz->packet, error))
			return false;
		keep_header_values(fuzz->plans->pdata[i]);
		g_ptr_array_add(fuzz->copies, plan_copy(fuzz->plans->pdata[i]));
		note_clocks(fuzz->clocks, i, ((plan_t *)fuzz->plans->pdata[i])->layers, false);
		note_clocks(fuzz->clocks, i, ((plan_t *)fuzz->plans->pdata[i])->extensions, true);
	}
	return true;
}

static bool prepare(fuzz_t *fuzz, const actors_t *actors, GError **error)
{
	const timing_t timing = {.start = fuzz->start};

	fuzz->builder = builder_new(fuzz->seed, error);
	if (!fuzz->builder)
		return false;
	fuzz->plans = plan_scenario(fuzz->scenario, actors, &timing, error);
	return fuzz->plans && build_all(fuzz, error) && fuzz_models_init(&fuzz->models, actors, fuzz->plans, error);
}

packet_source_t *fuzz_new(scenario_t *scenario, const fuzz_options_t *options, GError **error)
{
	fuzz_t *fuzz = g_new0(fuzz_t, 1);
	g_autoptr(actors_t) actors = scenario_actors(scenario, options->overrides, error);

	fuzz->base = (packet_source_t){.next = next_case, .free = free_fuzz};
	fuzz->scenario = scenario;
	fuzz->seed = options->seed;
	fuzz->next = options->first;
	fuzz->end = options->first + options->count;
	fuzz->start = plan_start(0);
	fuzz->packet = g_byte_array_new();
	fuzz->copies = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
	fuzz->clocks = g_array_new(FALSE, FALSE, sizeof(clock_place_t));
	fuzz->comment = g_string_new(NULL);
	fuzz->mutation = g_string_new(NULL);
	bool ok = actors && prepare(fuzz, actors, error);
	if (ok)
		return &fuzz->base;
	free_fuzz(&fuzz->base);
	return NULL;
}
