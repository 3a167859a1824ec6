// SPDX-License-Identifier: GPL-2.0-or-later
// A received message against what an `await` wants of it.
#include "run/suite/compare.h"

#include "wire/ipv4_header.h"
#include "wire/reply_codes.h"

#include <string.h>

#define PRESENT "present"
#define ABSENT_WORD "absent"

typedef struct {
	const action_t *action;
	const pattern_context_t *context;
	guint frame;
	result_t *result;
	GError *error;
} comparison_t;

// Takes `actual`.
static void add_check(comparison_t *comparison, char *field, char *expected, char *actual, bool holds,
		      const place_t *place)
{
	const check_t check = {
		.step = g_strdup_printf("await %s", comparison->action->name),
		.field = field,
		.expected = expected,
		.actual = actual,
		.holds = holds,
		.place = *place,
		.frame = comparison->frame,
	};

	result_add_check(comparison->result, &check);
}

// What a value means, where people know it by its meaning; NULL: nothing else. Free with g_free().
static char *meaning(const comparison_t *comparison, const field_t *field, const value_t *value)
{
	gint64 now = comparison->context->time / DSMIPV4_SECOND + DSMIPV4_NTP_OFFSET;

	if (field->block == BLOCK_reply && strcmp(field->name, "code") == 0)
		return g_strdup(dsmipv4_reply_code_name((guint8)value->number));
	if (strcmp(field->name, "identification_high") == 0)
		return g_strdup_printf("%+" G_GINT64_FORMAT " s from now", (gint64)value->number - now);
	return NULL;
}

static char *explained(const comparison_t *comparison, const field_t *field, const value_t *value)
{
	char *text = field_text(field, value);
	g_autofree char *name = meaning(comparison, field, value);

	if (!name)
		return text;
	char *whole = g_strdup_printf("%s (%s)", text, name);
	g_free(text);
	return whole;
}

static bool matches(comparison_t *comparison, const wanted_t *wanted, const void *base, value_t *value)
{
	field_read(wanted->field, base, value);
	return pattern_matches(wanted->pattern.string, wanted->field, value, comparison->context,
			       &wanted->pattern.place, comparison->error ? NULL : &comparison->error);
}

static bool all_match(comparison_t *comparison, const GPtrArray *fields, const void *base)
{
	value_t value;

	for (guint i = 0; i < fields->len; i++)
		if (!matches(comparison, fields->pdata[i], base, &value))
			return false;
	return true;
}

// A check for each field; `owner` is the name of the extension that has them, or NULL.
static void compare_fields(comparison_t *comparison, const GPtrArray *fields, const void *base, const char *owner)
{
	for (guint i = 0; i < fields->len; i++) {
		const wanted_t *wanted = fields->pdata[i];
		const char *name = wanted->field->name;
		value_t value;
		bool holds = matches(comparison, wanted, base, &value);

		add_check(comparison, owner ? g_strdup_printf("%s.%s", owner, name) : g_strdup(name),
			  pattern_text(wanted->pattern.string, comparison->context),
			  explained(comparison, wanted->field, &value), holds, &wanted->pattern.place);
	}
}

static const char *const auth_words[] = {
	[DSMIPV4_AUTH_NOT_CHECKED] = "not checked",
	[DSMIPV4_AUTH_GOOD] = "good",
	[DSMIPV4_AUTH_BAD] = "bad",
	[DSMIPV4_AUTH_MISSING] = "missing",
};

static void compare_authenticator(comparison_t *comparison, const judge_t *judge, const dsmipv4_message_t *message)
{
	const text_t *wanted = &comparison->action->authenticator;

	if (!wanted->string)
		return;
	const char *state = auth_words[judge_authenticator(judge, message)];
	add_check(comparison, g_strdup("authenticator"), g_strdup(wanted->string), g_strdup(state),
		  strcmp(state, wanted->string) == 0, &wanted->place);
}

// The first extension of that kind from a place on, with or without its wanted fields; n_exts: there is none.
static guint32 find_extension(comparison_t *comparison, const dsmipv4_message_t *message,
			      const wanted_extension_t *wanted, guint32 from, bool with_fields)
{
	for (guint32 i = from; i < message->n_exts; i++)
		if (field_matches_extension(wanted->block, &message->exts[i]) &&
		    (!with_fields || all_match(comparison, wanted->fields, &message->exts[i])))
			return i;
	return message->n_exts;
}

// All that are wanted, in their order; others may stand between them. Where none has the wanted fields, those of the
// next one of that kind are shown.
static void compare_extensions(comparison_t *comparison, const dsmipv4_message_t *message)
{
	const GPtrArray *extensions = comparison->action->extensions;
	guint32 from = 0;

	for (guint i = 0; i < extensions->len && !comparison->error; i++) {
		const wanted_extension_t *wanted = extensions->pdata[i];
		const char *name = block_specs[wanted->block].name;
		guint32 found = find_extension(comparison, message, wanted, from, true);

		if (found == message->n_exts)
			found = find_extension(comparison, message, wanted, from, false);
		bool is_there = found < message->n_exts;
		if (is_there)
			compare_fields(comparison, wanted->fields, &message->exts[found], name);
		if (!is_there || wanted->fields->len == 0)
			add_check(comparison, g_strdup(name), g_strdup(PRESENT),
				  g_strdup(is_there ? PRESENT : ABSENT_WORD), is_there, &wanted->place);
		from = MIN(found + 1, message->n_exts);
	}
}

// "prefix_reply with code 0..7"; free with g_free().
static char *description(const comparison_t *comparison, const wanted_extension_t *unwanted)
{
	GString *text = g_string_new(block_specs[unwanted->block].name);

	for (guint i = 0; i < unwanted->fields->len; i++) {
		const wanted_t *field = unwanted->fields->pdata[i];
		g_autofree char *pattern = pattern_text(field->pattern.string, comparison->context);

		g_string_append_printf(text, "%s%s %s", i == 0 ? " with " : " and ", field->field->name, pattern);
	}
	return g_string_free(text, FALSE);
}

static void compare_absent(comparison_t *comparison, const dsmipv4_message_t *message)
{
	const GPtrArray *without = comparison->action->without;

	for (guint i = 0; i < without->len && !comparison->error; i++) {
		const wanted_extension_t *unwanted = without->pdata[i];
		bool is_there = find_extension(comparison, message, unwanted, 0, true) < message->n_exts;

		add_check(comparison, description(comparison, unwanted), g_strdup(ABSENT_WORD),
			  g_strdup(is_there ? PRESENT : ABSENT_WORD), !is_there, &unwanted->place);
	}
}

// Which of the headers of its kind it is, from 1.
static unsigned ordinal(const layers_t *layers, unsigned index)
{
	unsigned count = 1;

	for (unsigned i = 0; i < index; i++)
		count += layers->layer[i].block == layers->layer[index].block;
	return count;
}

static bool has_form(const GPtrArray *stack, const layers_t *layers)
{
	if (stack->len > layers->count)
		return false;
	for (guint i = 0; i < stack->len; i++)
		if (((const wanted_extension_t *)stack->pdata[i])->block != layers->layer[i].block)
			return false;
	return true;
}

// "ipv4, ipv6"; free with g_free().
static char *form_text(const GPtrArray *stack)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < stack->len; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
				       block_specs[((const wanted_extension_t *)stack->pdata[i])->block].name);
	return g_string_free(text, FALSE);
}

bool compare_layers(const action_t *action, const layers_t *layers, const pattern_context_t *context, guint frame,
		    result_t *result, GError **error)
{
	comparison_t comparison = {action, context, frame, result, NULL};
	bool is_form = has_form(action->stack, layers);

	if (action->stack->len > 0)
		add_check(&comparison, g_strdup("form"), form_text(action->stack), layers_text(layers), is_form,
			  &action->place);
	for (guint i = 0; is_form && i < action->stack->len; i++) {
		const wanted_extension_t *wanted = action->stack->pdata[i];
		const char *name = block_specs[wanted->block].name;
		unsigned number = ordinal(layers, i);
		g_autofree char *owner = number > 1 ? g_strdup_printf("%s %u", name, number) : g_strdup(name);

		compare_fields(&comparison, wanted->fields, &layers->layer[i], owner);
	}
	if (!comparison.error)
		return true;
	g_propagate_error(error, comparison.error);
	return false;
}

bool compare_fits(const action_t *action, const layers_t *layers, const pattern_context_t *context)
{
	comparison_t comparison = {.action = action, .context = context};
	bool fits = has_form(action->stack, layers);

	for (guint i = 0; fits && i < action->stack->len; i++) {
		const wanted_extension_t *wanted = action->stack->pdata[i];

		fits = all_match(&comparison, wanted->fields, &layers->layer[i]);
	}
	g_clear_error(&comparison.error);
	return fits;
}

bool compare_message(const action_t *action, const judge_t *judge, const dsmipv4_message_t *message,
		     const pattern_context_t *context, guint frame, result_t *result, GError **error)
{
	comparison_t comparison = {action, context, frame, result, NULL};

	compare_fields(&comparison, action->match, message, NULL);
	compare_authenticator(&comparison, judge, message);
	compare_extensions(&comparison, message);
	compare_absent(&comparison, message);
	if (!comparison.error)
		return true;
	g_propagate_error(error, comparison.error);
	return false;
}
