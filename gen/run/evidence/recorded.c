// SPDX-License-Identifier: GPL-2.0-or-later
// Evidence of a test, taken up again piece by piece, in place of a network.
#include "run/evidence/recorded.h"

#include <string.h>

static const evidence_item_t *next_item(const recorded_t *recorded)
{
	return recorded->frames < evidence_count(recorded->evidence)
		       ? evidence_get(recorded->evidence, recorded->frames)
		       : NULL;
}

static void take_item(recorded_t *recorded, const evidence_item_t *item, frame_t *frame, guint *link)
{
	gsize length;
	const guint8 *bytes = g_bytes_get_data(item->bytes, &length);

	*link = item->link;
	*frame = (frame_t){
		.bytes = bytes,
		.length = length,
		.time = item->time,
		.is_outgoing = item->sender == SENDER_DSMIPGEN,
		.is_unsummed = item->is_unsummed,
	};
	recorded->frames++;
}

// What dsmipgen sends by itself, answers to ARP, has no comment.
static bool is_step(const evidence_item_t *item)
{
	return item->sender == SENDER_DSMIPGEN && item->comment->len > 0;
}

bool recorded_hear(recorded_t *recorded, gint64 until, frame_t *frame, guint *link)
{
	const evidence_item_t *item = recorded->evidence ? next_item(recorded) : NULL;

	if (!item || is_step(item) || item->time > until)
		return false;
	take_item(recorded, item, frame, link);
	return true;
}

// Comments that were added later stand behind that of the step.
static bool has_comment(const evidence_item_t *item, const char *comment)
{
	gsize length = strlen(comment);

	return strncmp(item->comment->str, comment, length) == 0 &&
	       (item->comment->str[length] == '\0' || item->comment->str[length] == ';');
}

bool recorded_send(recorded_t *recorded, const char *comment, const guint8 *bytes, gsize length, frame_t *frame,
		   guint *link, GError **error)
{
	const evidence_item_t *item = next_item(recorded);

	if (!item || !is_step(item) || !has_comment(item, comment)) {
		g_autofree char *has = g_strescape(item ? item->comment->str : "the end of the test", NULL);

		fail(error, GEN_ERROR_SCENARIO, "the evidence does not fit the suite: expected '%s', got %s", comment,
		     has);
		return false;
	}
	take_item(recorded, item, frame, link);
	if (frame->length == length && memcmp(frame->bytes, bytes, length) == 0)
		return true;
	fail(error, GEN_ERROR_SCENARIO, "the evidence does not fit the suite: '%s' has sent another packet", comment);
	return false;
}

gint64 recorded_clock(recorded_t *recorded, GError **error)
{
	const GArray *clock = evidence_facts(recorded->evidence)->clock;

	if (recorded->clock < clock->len)
		return g_array_index(clock, gint64, recorded->clock++);
	fail(error, GEN_ERROR_SCENARIO, "the evidence does not fit the suite: the test has fewer steps in it");
	return 0;
}

const evidence_call_t *recorded_call(recorded_t *recorded, GError **error)
{
	const GArray *calls = evidence_facts(recorded->evidence)->calls;

	if (recorded->calls < calls->len)
		return &g_array_index(calls, evidence_call_t, recorded->calls++);
	fail(error, GEN_ERROR_SCENARIO, "the evidence does not fit the suite: the test calls fewer hooks in it");
	return NULL;
}
