// SPDX-License-Identifier: GPL-2.0-or-later
// Values that a scenario leaves to chance: ranges, choices and distributions, drawn from the seed.
#include "language/draw.h"

#include "language/parse.h"

#include <math.h>
#include <string.h>

#define CHOICE " | "
#define RANGE ".."
#define NUMBER "(0x[0-9A-Fa-f]+|[0-9]+(\\.[0-9]+)?)"

static const char random_number[] =
	"^(" NUMBER "\\.\\." NUMBER "|exp\\( *" NUMBER " *\\)|normal\\( *" NUMBER " *, *" NUMBER " *\\))$";

static bool is_random_number(const char *text)
{
	return g_regex_match_simple(random_number, text, G_REGEX_DOLLAR_ENDONLY, 0);
}

bool draw_is_random(const char *text)
{
	return strstr(text, CHOICE) || is_random_number(text);
}

// A generator for one place of a scenario.
static GRand *generator(guint32 seed, const char *path)
{
	const guint32 seeds[] = {seed, g_str_hash(path), (guint32)strlen(path)};

	return g_rand_new_with_seed_array(seeds, G_N_ELEMENTS(seeds));
}

gint64 draw_time(guint32 seed, const char *step, const char *purpose, gint64 limit)
{
	g_autofree char *path = g_strdup_printf("%s %s", step, purpose);
	GRand *random = generator(seed, path);
	gint64 time = (gint64)(g_rand_double(random) * ((double)limit + 1));

	g_rand_free(random);
	return MIN(time, limit);
}

static bool takes_choice(key_kind_t kind)
{
	return kind != KIND_TEXT && kind != KIND_SECRET && kind != KIND_NAME;
}

static bool takes_number(key_kind_t kind)
{
	return kind <= KIND_U32 || kind == KIND_SECONDS;
}

// One limit or parameter as the key's kind reads it.
static bool read_limit(const char *text, key_kind_t kind, const place_t *place, double *limit, GError **error)
{
	g_autofree char *word = g_strstrip(g_strdup(text));
	value_t value;

	if (!value_read(kind, word, place, &value, error))
		return false;
	*limit = (double)value.number;
	return true;
}

static double normal(GRand *random)
{
	double radius = sqrt(-2 * log(1 - g_rand_double(random)));

	return radius * cos(2 * G_PI * g_rand_double(random));
}

static bool draw_range(const char *text, const text_t *whole, key_kind_t kind, GRand *random, double *number,
		       GError **error)
{
	char **parts = g_strsplit(text, RANGE, 2);
	double low;
	double high;
	bool ok = read_limit(parts[0], kind, &whole->place, &low, error) &&
		  read_limit(parts[1], kind, &whole->place, &high, error);

	g_strfreev(parts);
	if (!ok)
		return false;
	*number = floor(low + g_rand_double(random) * (high - low + 1));
	if (low <= high)
		return true;
	fail_at(error, &whole->place, "wrong range '%s'; expected the lower limit first", text);
	return false;
}

// exp(MEAN) or normal(MEAN, DEVIATION)
static bool draw_distribution(const char *text, const text_t *whole, key_kind_t kind, GRand *random, double *number,
			      GError **error)
{
	const char *open = strchr(text, '(');
	g_autofree char *inside = g_strndup(open + 1, strlen(open) - 2);
	char **parts = g_strsplit(inside, ",", 2);
	double mean;
	double deviation = 0;
	bool ok = read_limit(parts[0], kind, &whole->place, &mean, error) &&
		  (!parts[1] || read_limit(parts[1], kind, &whole->place, &deviation, error));

	if (ok)
		*number = parts[1] ? mean + deviation * normal(random) : -mean * log(1 - g_rand_double(random));
	g_strfreev(parts);
	return ok;
}

static const char *draw_number(const char *text, const text_t *whole, key_kind_t kind, GRand *random,
			       GStringChunk *strings, GError **error)
{
	bool is_range = strstr(text, RANGE);
	double number;

	if (!(is_range ? draw_range : draw_distribution)(text, whole, kind, random, &number, error))
		return NULL;
	guint64 whole_number = (guint64)CLAMP(round(number), 0, (double)value_limit(kind));
	g_autofree char *drawn = kind == KIND_SECONDS
					 ? g_strdup_printf("%" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT,
							   whole_number / G_USEC_PER_SEC, whole_number % G_USEC_PER_SEC)
					 : g_strdup_printf("%" G_GUINT64_FORMAT, whole_number);
	return g_string_chunk_insert_const(strings, drawn);
}

const char *draw_text(const text_t *text, const key_spec_t *spec, guint32 seed, const char *path, GStringChunk *strings,
		      GError **error)
{
	const char *result = text->string;
	GRand *random;

	if (!takes_choice(spec->kind) || !draw_is_random(result))
		return result;
	random = generator(seed, path);
	if (strstr(result, CHOICE)) {
		char **choices = g_strsplit(result, CHOICE, -1);
		gint32 chosen = g_rand_int_range(random, 0, (gint32)g_strv_length(choices));

		result = g_string_chunk_insert_const(strings, g_strstrip(choices[chosen]));
		g_strfreev(choices);
	}
	if (takes_number(spec->kind) && is_random_number(result))
		result = draw_number(result, text, spec->kind, random, strings, error);
	g_rand_free(random);
	return result;
}

static bool draw_block(block_t *block, guint32 seed, const char *path, GStringChunk *strings, GError **error)
{
	const block_spec_t *spec = &block_specs[block->id];

	for (unsigned key = 0; key < spec->key_count; key++) {
		text_t *text = &block->value[key];
		g_autofree char *place = NULL;

		if (!text->string || !draw_is_random(text->string))
			continue;
		place = g_strdup_printf("%s.%s", path, spec->keys[key].name);
		text->string = draw_text(text, &spec->keys[key], seed, place, strings, error);
		if (!text->string)
			return false;
	}
	return true;
}

static bool draw_list(const GPtrArray *blocks, guint32 seed, const char *step, GStringChunk *strings, GError **error)
{
	for (guint i = 0; blocks && i < blocks->len; i++) {
		block_t *block = blocks->pdata[i];
		g_autofree char *path = g_strdup_printf("%s.%s[%u]", step, block_specs[block->id].name, i);

		if (!draw_block(block, seed, path, strings, error))
			return false;
	}
	return true;
}

static bool draw_step(const step_t *step, guint32 seed, GStringChunk *strings, GError **error)
{
	const char *name = step_name(step);

	if (!draw_block(step->own, seed, name, strings, error))
		return false;
	for (unsigned id = 0; id < BLOCK_COUNT; id++) {
		g_autofree char *path = g_strdup_printf("%s.%s", name, block_specs[id].name);

		if (step->layer[id] && !draw_block(step->layer[id], seed, path, strings, error))
			return false;
	}
	return draw_list(step->stack, seed, name, strings, error) &&
	       draw_list(step->extensions, seed, name, strings, error);
}

bool draw_values(const GPtrArray *steps, guint32 seed, GStringChunk *strings, GError **error)
{
	for (guint i = 0; i < steps->len; i++)
		if (!draw_step(steps->pdata[i], seed, strings, error))
			return false;
	return true;
}
