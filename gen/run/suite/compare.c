// SPDX-License-Identifier: GPL-2.0-or-later
// A received message against what an `await` wants of it.
#include "run/suite/compare.h"

#include "wire/reply_codes.h"

#include <string.h>

typedef struct {
	const pattern_context_t *context;
	place_t *place;
	GError **error;
} comparison_t;

// A value with what it means, where people know it by its meaning; free with g_free().
static char *explained(const field_t *field, const value_t *value)
{
	char *text = field_text(field, value);
	const char *name = field->block == BLOCK_reply && strcmp(field->name, "code") == 0
				   ? dsmipv4_reply_code_name((guint8)value->number)
				   : NULL;
	char *whole = name ? g_strdup_printf("%s (%s)", text, name) : g_strdup(text);

	g_free(text);
	return whole;
}

// The first field that is not as wanted, NULL: none is.
static char *compare_fields(const comparison_t *comparison, const GPtrArray *fields, const void *base)
{
	for (guint i = 0; i < fields->len; i++) {
		const wanted_t *wanted = fields->pdata[i];
		GError *cause = NULL;
		value_t value;

		field_read(wanted->field, base, &value);
		if (pattern_matches(wanted->pattern.string, wanted->field, &value, comparison->context,
				    &wanted->pattern.place, &cause))
			continue;
		if (cause) {
			g_propagate_error(comparison->error, cause);
			return NULL;
		}
		*comparison->place = wanted->pattern.place;
		g_autofree char *actual = explained(wanted->field, &value);
		return g_strdup_printf("%s is %s, expected %s", wanted->field->name, actual, wanted->pattern.string);
	}
	return NULL;
}

static const char *const auth_words[] = {
	[DSMIPV4_AUTH_NOT_CHECKED] = "not checked",
	[DSMIPV4_AUTH_GOOD] = "good",
	[DSMIPV4_AUTH_BAD] = "bad",
	[DSMIPV4_AUTH_MISSING] = "missing",
};

static char *compare_authenticator(const action_t *action, const judge_t *judge, const dsmipv4_message_t *message,
				   place_t *place)
{
	const char *state = auth_words[judge_authenticator(judge, message)];

	if (!action->authenticator.string || strcmp(state, action->authenticator.string) == 0)
		return NULL;
	*place = action->authenticator.place;
	return g_strdup_printf("the authenticator is %s, expected %s", state, action->authenticator.string);
}

// An extension of the message that is as wanted, from a place on; the number of extensions if there is none. closest
// tells what is wrong with the last one of that kind.
static guint32 find_extension(const comparison_t *comparison, const dsmipv4_message_t *message,
			      const wanted_extension_t *wanted, guint32 from, char **closest)
{
	for (guint32 i = from; i < message->n_exts && !*comparison->error; i++) {
		if (!field_matches_extension(wanted->block, &message->exts[i]))
			continue;
		char *problem = compare_fields(comparison, wanted->fields, &message->exts[i]);
		if (!problem && !*comparison->error)
			return i;
		g_free(*closest);
		*closest = problem;
	}
	return message->n_exts;
}

// All that are wanted, in their order; others may stand between them.
static char *compare_extensions(const comparison_t *comparison, const action_t *action,
				const dsmipv4_message_t *message)
{
	guint32 from = 0;

	for (guint i = 0; i < action->extensions->len; i++) {
		const wanted_extension_t *wanted = action->extensions->pdata[i];
		g_autofree char *closest = NULL;
		const char *name = block_specs[wanted->block].name;

		from = find_extension(comparison, message, wanted, from, &closest) + 1;
		if (*comparison->error)
			return NULL;
		if (from <= message->n_exts)
			continue;
		if (!closest)
			*comparison->place = wanted->place;
		return closest ? g_strdup_printf("%s: %s", name, closest)
			       : g_strdup_printf("there is no %s where one is expected", name);
	}
	return NULL;
}

static char *compare_absent(const comparison_t *comparison, const action_t *action, const dsmipv4_message_t *message)
{
	for (guint i = 0; i < action->without->len; i++) {
		const wanted_extension_t *unwanted = action->without->pdata[i];
		g_autofree char *closest = NULL;

		if (find_extension(comparison, message, unwanted, 0, &closest) == message->n_exts)
			continue;
		*comparison->place = unwanted->place;
		return g_strdup_printf("there is a %s, expected none", block_specs[unwanted->block].name);
	}
	return NULL;
}

char *compare_message(const action_t *action, const judge_t *judge, const dsmipv4_message_t *message,
		      const pattern_context_t *context, place_t *place, GError **error)
{
	GError *cause = NULL;
	const comparison_t comparison = {context, place, &cause};
	char *problem = compare_fields(&comparison, action->match, message);

	if (!problem && !cause)
		problem = compare_authenticator(action, judge, message, place);
	if (!problem && !cause)
		problem = compare_extensions(&comparison, action, message);
	if (!problem && !cause)
		problem = compare_absent(&comparison, action, message);
	if (cause)
		g_propagate_error(error, cause);
	return problem;
}
