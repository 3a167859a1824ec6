// SPDX-License-Identifier: GPL-2.0-or-later
// A population: many nodes, each with a scenario, values and a time of its own, side by side.
#include "population/mixture.h"

#include "language/draw.h"
#include "language/parse.h"
#include "population/self_check.h"

#include <string.h>

#define SAMPLE 32 // nodes whose packets are checked

// A node and its next packet.
typedef struct {
	population_t *population;
	packet_t packet;
	guint32 number;
} voice_t;

typedef struct {
	packet_source_t base;
	GArray *heap;  // voice_t: the one whose packet is next comes first
	bool is_taken; // that packet was handed out
} mixture_t;

// What the parts are made of while the mixture is.
typedef struct {
	mixture_t *mixture;
	const scenario_t *scenario;
	const population_options_t *options;
	gint64 start;
	gint64 last;
	guint32 *counts;      // nodes of each part
	guint32 total;        // of all
	GPtrArray *scenarios; // of each part
	node_facts_t *facts;
} maker_t;

static voice_t *voice_at(const mixture_t *mixture, guint i)
{
	return &g_array_index(mixture->heap, voice_t, i);
}

static bool is_before(const voice_t *one, const voice_t *other)
{
	if (one->packet.time != other->packet.time)
		return one->packet.time < other->packet.time;
	return one->number < other->number;
}

// Moves a voice down to its place.
static void sink(mixture_t *mixture, guint i)
{
	for (;;) {
		guint first = i;

		for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < mixture->heap->len; child++)
			if (is_before(voice_at(mixture, child), voice_at(mixture, first)))
				first = child;
		if (first == i)
			return;
		voice_t moved = *voice_at(mixture, i);
		*voice_at(mixture, i) = *voice_at(mixture, first);
		*voice_at(mixture, first) = moved;
		i = first;
	}
}

// Makes the next packet of the first voice, or takes the voice out.
static void advance(mixture_t *mixture)
{
	voice_t *first = voice_at(mixture, 0);
	packet_source_t *source = population_source(first->population);

	source->makes_comments = mixture->base.makes_comments;
	if (!source->next(source, &first->packet)) {
		population_free(first->population);
		*first = *voice_at(mixture, mixture->heap->len - 1);
		g_array_set_size(mixture->heap, mixture->heap->len - 1);
	}
	sink(mixture, 0);
}

// Whether there are comments is known only now: so the first packets are made again.
static void begin(mixture_t *mixture)
{
	for (guint i = 0; i < mixture->heap->len; i++) {
		voice_t *voice = voice_at(mixture, i);
		packet_source_t *source = population_source(voice->population);

		source->makes_comments = mixture->base.makes_comments;
		if (!source->next(source, &voice->packet))
			voice->packet.time = G_MAXINT64; // all of its packets are lost
	}
	for (guint i = mixture->heap->len / 2; i-- > 0;)
		sink(mixture, i);
}

static bool next_packet(packet_source_t *source, packet_t *packet)
{
	mixture_t *mixture = (mixture_t *)source;

	if (mixture->is_taken)
		advance(mixture);
	else
		begin(mixture);
	mixture->is_taken = true;
	if (mixture->heap->len == 0 || voice_at(mixture, 0)->packet.time == G_MAXINT64)
		return false;
	*packet = voice_at(mixture, 0)->packet;
	return true;
}

static void free_mixture(packet_source_t *source)
{
	mixture_t *mixture = (mixture_t *)source;

	for (guint i = 0; i < mixture->heap->len; i++)
		population_free(voice_at(mixture, i)->population);
	g_array_unref(mixture->heap);
	g_free(mixture);
}

static const part_t *part_at(const maker_t *maker, guint i)
{
	return maker->scenario->population->pdata[i];
}

// A number that a key of a part gives; absent if it does not.
static bool read_count(const text_t *text, guint32 absent, guint32 *count, GError **error)
{
	value_t value = {.number = absent};

	if (text->string && !value_read(KIND_U32, text->string, &text->place, &value, error))
		return false;
	*count = (guint32)value.number;
	return true;
}

// The nodes that parts with a share have, each its share of them; what is left by rounding goes to the first ones.
static void share_out(maker_t *maker, const guint32 *shares, guint64 weight, guint32 nodes)
{
	guint32 left = nodes;
	guint parts = maker->scenario->population->len;

	for (guint i = 0; weight > 0 && i < parts; i++) {
		guint32 count = (guint32)((guint64)nodes * shares[i] / weight);

		maker->counts[i] += count;
		left -= count;
	}
	for (guint i = 0; left > 0; i = (i + 1) % parts) {
		if (shares[i] == 0)
			continue;
		maker->counts[i]++;
		left--;
	}
}

static bool check_total(const maker_t *maker, guint64 counted, guint64 weight, guint32 nodes, GError **error)
{
	const place_t *place = &part_at(maker, 0)->place;
	const text_t *total = &maker->scenario->nodes;

	if (weight > 0 && !total->string)
		fail_at(error, place, "shares of an unknown number; expected a key `nodes` beside `population`");
	else if (weight == 0 && total->string)
		fail_at(error, &total->place, "no part has a share of it; expected a key `share` in one");
	else if (weight > 0 && nodes < counted)
		fail_at(error, &total->place,
			"fewer than the %" G_GUINT64_FORMAT " of the parts; expected at least these", counted);
	else if (MAX(counted, nodes) == 0 || MAX(counted, nodes) > MIXTURE_MAX)
		fail_at(error, place, "%" G_GUINT64_FORMAT " nodes; expected 1 to %d", MAX(counted, nodes),
			MIXTURE_MAX);
	else
		return true;
	return false;
}

static bool count_nodes(maker_t *maker, GError **error)
{
	guint parts = maker->scenario->population->len;
	g_autofree guint32 *shares = g_new0(guint32, parts);
	guint64 counted = 0;
	guint64 weight = 0;
	guint32 nodes;

	maker->counts = g_new0(guint32, parts);
	if (!read_count(&maker->scenario->nodes, 0, &nodes, error))
		return false;
	for (guint i = 0; i < parts; i++) {
		const part_t *part = part_at(maker, i);

		if (!read_count(&part->share, 0, &shares[i], error) ||
		    !read_count(&part->nodes, part->share.string ? 0 : 1, &maker->counts[i], error))
			return false;
		counted += maker->counts[i];
		weight += shares[i];
	}
	if (!check_total(maker, counted, weight, nodes, error))
		return false;
	if (weight > 0)
		share_out(maker, shares, weight, nodes - (guint32)counted);
	maker->total = MAX((guint32)counted, nodes);
	return true;
}

static bool load_parts(maker_t *maker, GError **error)
{
	for (guint i = 0; i < maker->scenario->population->len; i++) {
		const part_t *part = part_at(maker, i);
		scenario_t *scenario = scenario_load_part(&part->scenario, maker->scenario->set, part->set, error);

		if (!scenario)
			return false;
		g_ptr_array_add(maker->scenarios, scenario);
	}
	return true;
}

// The addresses of all nodes; the blocks are those that the first part knows.
static bool make_facts(maker_t *maker, GError **error)
{
	const population_options_t *options = maker->options;
	g_autoptr(actors_t) actors = scenario_actors(maker->scenarios->pdata[0], options->overrides, error);

	if (actors)
		maker->facts = node_facts_new(actors, maker->total, options->derive_keys, error);
	return maker->facts;
}

static bool read_seconds(const text_t *text, guint32 seed, const char *path, GStringChunk *strings, gint64 *time,
			 GError **error)
{
	static const key_spec_t spec = {.name = "start", .kind = KIND_SECONDS};
	value_t value = {0};
	const char *drawn = text->string ? draw_text(text, &spec, seed, path, strings, error) : "0";

	if (!drawn || !value_read(KIND_SECONDS, drawn, &text->place, &value, error))
		return false;
	*time = (gint64)value.number;
	return true;
}

// When a node begins: the place is that among the nodes of the part.
static bool find_start(const maker_t *maker, const part_t *part, guint32 place, guint32 seed, gint64 *start,
		       GError **error)
{
	gint64 offset;
	gint64 spacing;

	if (!read_seconds(&part->start, seed, "population.start", maker->scenario->strings, &offset, error) ||
	    !read_seconds(&part->spacing, seed, "population.spacing", maker->scenario->strings, &spacing, error))
		return false;
	*start = maker->start + offset + place * spacing;
	return true;
}

static char **overrides_of(const maker_t *maker, guint32 number)
{
	g_auto(GStrv) own = node_facts_assignments(maker->facts, number);
	GStrvBuilder *all = g_strv_builder_new();

	if (maker->options->overrides)
		g_strv_builder_addv(all, (const char **)maker->options->overrides);
	g_strv_builder_addv(all, (const char **)own);
	char **joined = g_strv_builder_end(all);
	g_strv_builder_unref(all);
	return joined;
}

// Adds a node whose scenario is its own.
static bool add_voice(maker_t *maker, const scenario_t *scenario, const population_options_t *options, gint64 start,
		      GError **error)
{
	voice_t voice = {.population = population_new(scenario, options, start, error), .number = options->number};

	if (!voice.population)
		return false;
	g_array_append_val(maker->mixture->heap, voice);
	maker->last = MAX(maker->last, population_last(voice.population));
	if (options->number % (maker->total / SAMPLE + 1) != 0)
		return true;
	bool ok = self_check(voice.population, scenario, options, start, error);
	timeline_begin(population_timeline(voice.population), start, 0, 1);
	return ok;
}

// Every node draws from a seed of its own.
static bool add_node(maker_t *maker, guint part, guint32 place, guint32 number, GError **error)
{
	guint32 seed = maker->options->seed ^ number * 0x9e3779b9U;
	g_auto(GStrv) overrides = overrides_of(maker, number);
	population_options_t options = *maker->options;
	scenario_t *scenario = scenario_copy(maker->scenarios->pdata[part]);
	gint64 start;

	options.overrides = (const char *const *)overrides;
	options.seed = seed;
	options.mixture = maker->facts;
	options.number = number;
	bool ok = scenario_prepare(scenario, maker->options->overrides, seed, error) &&
		  find_start(maker, part_at(maker, part), place, seed, &start, error) &&
		  add_voice(maker, scenario, &options, start, error);
	scenario_copy_free(scenario);
	return ok;
}

static bool add_nodes(maker_t *maker, GError **error)
{
	guint32 number = 0;

	for (guint part = 0; part < maker->scenario->population->len; part++)
		for (guint32 place = 0; place < maker->counts[part]; place++)
			if (!add_node(maker, part, place, number++, error))
				return false;
	return true;
}

packet_source_t *mixture_new(const scenario_t *scenario, const population_options_t *options, gint64 start,
			     gint64 *last, GError **error)
{
	mixture_t *mixture = g_new0(mixture_t, 1);
	maker_t maker = {mixture, scenario, options, start, start, NULL, 0, NULL, NULL};

	mixture->base = (packet_source_t){.next = next_packet, .free = free_mixture};
	mixture->heap = g_array_new(FALSE, FALSE, sizeof(voice_t));
	maker.scenarios = g_ptr_array_new_with_free_func((GDestroyNotify)scenario_free);
	bool ok = count_nodes(&maker, error) && load_parts(&maker, error) && make_facts(&maker, error) &&
		  add_nodes(&maker, error);
	g_ptr_array_unref(maker.scenarios);
	g_clear_pointer(&maker.facts, node_facts_free);
	g_free(maker.counts);
	*last = maker.last;
	if (ok)
		return &mixture->base;
	free_mixture(&mixture->base);
	return NULL;
}
