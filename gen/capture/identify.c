// SPDX-License-Identifier: GPL-2.0-or-later
// Identifications as times and references, so that they can be written at another time.
#include "capture/identify.h"

#include "capture/value.h"
#include "packet/mip.h"

#define FARTHEST (G_GINT64_CONSTANT(400) * 24 * 3600) // seconds that a clock may be wrong by

// A message with an identification.
typedef struct {
	const char *step;
	block_id_t id;
	guint64 number;
} known_t;

// As a time, or NULL if it is none; "" for the time of the packet.
static char *time_text(guint64 number, int width, gint64 time)
{
	const value_clock_t clock = {.width = width};
	gint64 distance = (gint64)((width == 32 ? number << 32 : number) -
				   (width == 32 ? clock_read(&clock, time) << 32 : clock_read(&clock, time)));
	gint64 seconds = distance >> 32;
	guint64 fraction = (guint64)distance & G_MAXUINT32;
	gint64 microseconds = seconds * G_USEC_PER_SEC + (gint64)((fraction * G_USEC_PER_SEC + (1U << 31)) >> 32);
	guint64 size = (guint64)ABS(microseconds);

	if (ABS(seconds) > FARTHEST)
		return NULL;
	return microseconds == 0
		       ? g_strdup("")
		       : g_strdup_printf("ntp%c%" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT,
					 microseconds < 0 ? '-' : '+', size / G_USEC_PER_SEC, size % G_USEC_PER_SEC);
}

static const known_t *known_at(const GArray *known, guint index)
{
	return &g_array_index(known, known_t, index);
}

// The latest earlier message of the kind that a row copies from, or of its own kind, with the number; a reply may
// differ in the upper half, which is the home agent's time then (RFC 5944 5.7.1).
static const known_t *find_known(const GArray *known, gsize row, guint64 number, guint64 mask)
{
	block_id_t wanted =
		mip_identified[row].answers != BLOCK_step ? mip_identified[row].answers : mip_identified[row].id;

	for (guint i = known->len; i-- > 0;)
		if (known_at(known, i)->id == wanted && ((known_at(known, i)->number ^ number) & mask) == 0)
			return known_at(known, i);
	return NULL;
}

static bool is_last(const GArray *known, const known_t *found)
{
	for (guint i = known->len; i-- > 0;)
		if (known_at(known, i)->id == found->id)
			return known_at(known, i) == found;
	return false;
}

static char *reference_text(const GArray *known, gsize row, const known_t *found, guint64 number)
{
	guint64 more = number - found->number;
	bool is_less = (gint64)more < 0;

	if (more != 0)
		return g_strdup_printf("step:%s%c0x%" G_GINT64_MODIFIER "x", found->step, is_less ? '-' : '+',
				       is_less ? -more : more);
	if (mip_identified[row].answers == found->id && is_last(known, found))
		return g_strdup("");
	return g_strdup_printf("step:%s", found->step);
}

static char *identification_text(description_t *description, const GArray *known, gsize row, guint64 number, int width)
{
	const known_t *found = find_known(known, row, number, G_MAXUINT64);

	if (!found && mip_identified[row].id == BLOCK_reply)
		found = find_known(known, row, number, G_MAXUINT32);
	if (found && mip_identified[row].id != BLOCK_revocation_support)
		return reference_text(known, row, found, number);
	char *text =
		mip_identified[row].answers == BLOCK_step ? time_text(number, width, description->frame->time) : NULL;
	if (text)
		return text;
	g_string_append(description->note,
			"the identification is neither a time nor that of an earlier message: it stays "
			"as captured\n");
	return g_strdup_printf("0x%" G_GINT64_MODIFIER "x", number);
}

static void identify(const describer_t *describer, description_t *description, block_t *block, const piece_t *piece,
		     GArray *known)
{
	for (gsize row = 0; row < MIP_IDENTIFIED_COUNT; row++) {
		const key_spec_t *spec = &block_specs[block->id].keys[mip_identified[row].key];
		known_t message = {.step = step_name(description->step), .id = block->id};

		if (mip_identified[row].id != block->id)
			continue;
		if ((spec->offset + (gsize)spec->width) / 8 > piece->head) { // the packet ends before it
			describe_key(describer, block, mip_identified[row].key, "0");
			continue;
		}
		message.number = capture_value(description->frame, piece->start, spec).number;
		g_autofree char *text = identification_text(description, known, row, message.number, spec->width);
		if (text[0] != '\0')
			describe_key(describer, block, mip_identified[row].key, text);
		g_array_append_val(known, message);
	}
}

void identify_messages(const describer_t *describer, GArray *descriptions)
{
	g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(known_t));

	for (guint i = 0; i < descriptions->len; i++) {
		description_t *description = &g_array_index(descriptions, description_t, i);

		for (guint k = 0; k < description->layers->len; k++)
			identify(describer, description, description->layers->pdata[k],
				 frame_layer(description->frame, k), known);
		for (guint k = 0; k < description->extensions->len; k++)
			identify(describer, description, description->extensions->pdata[k],
				 frame_extension(description->frame, k), known);
	}
}
