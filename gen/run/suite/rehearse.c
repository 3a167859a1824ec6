// SPDX-License-Identifier: GPL-2.0-or-later
// run --dry-run: what a suite would send.
#include "run/suite/rehearse.h"

#include "packet/auth.h"
#include "packet/build.h"
#include "packet/plan.h"
#include "run/describe.h"
#include "run/evidence/evidence.h"

#define SEED 1

typedef struct {
	const actors_t *actors;
	builder_t *builder;
	GByteArray *bytes;
	wmem_allocator_t *alloc;
	evidence_t *evidence;
} rehearsal_t;

static void keep_packet(const rehearsal_t *rehearsal, const test_t *test, const char *step, gint64 time)
{
	const frame_t frame = {
		.bytes = rehearsal->bytes->data, .length = rehearsal->bytes->len, .time = time, .is_outgoing = true};
	heard_t heard;

	heard_read(rehearsal->alloc, &frame, 1, &heard);
	g_autofree char *summary = describe(&heard);
	evidence_add(rehearsal->evidence, &frame, 0, SENDER_DSMIPGEN, summary);
	evidence_comment(rehearsal->evidence, "dsmipgen run %s step %s", test->id, step);
	wmem_free_all(rehearsal->alloc);
}

static bool rehearse_test(const rehearsal_t *rehearsal, const test_t *test, GError **error)
{
	gint64 now = g_get_real_time();
	g_autofree gint64 *offsets = g_new0(gint64, test->scenario->steps->len + 1);
	g_autoptr(GPtrArray) plans =
		plan_scenario(test->scenario, rehearsal->actors, &(timing_t){.start = now, .offsets = offsets}, error);

	for (guint i = 0; plans && i < test->actions->len; i++) {
		const action_t *action = test->actions->pdata[i];

		if (action->kind != ACTION_SEND)
			continue;
		if (!build_packet(rehearsal->builder, plans->pdata[action->step], rehearsal->bytes, error))
			return false;
		keep_packet(rehearsal, test, action->name, now * 1000);
	}
	return plans;
}

static void print_packets(const evidence_t *evidence)
{
	for (guint i = 0; i < evidence_count(evidence); i++) {
		const evidence_item_t *item = evidence_get(evidence, i);

		g_print("%s: %" G_GSIZE_FORMAT " bytes, %s\n", item->comment->str, g_bytes_get_size(item->bytes),
			item->summary);
	}
}

static bool rehearse_all(const rehearsal_t *rehearsal, const suite_t *suite, const selection_t *selection,
			 const device_t *device, GError **error)
{
	for (guint i = 0; i < suite->tests->len; i++) {
		const test_t *test = suite->tests->pdata[i];

		if (selection_has(selection, suite, i) && !device_lacks(device, test->needs) &&
		    !rehearse_test(rehearsal, test, error))
			return false;
	}
	return true;
}

bool rehearse(const suite_t *suite, const selection_t *selection, const device_t *device, const actors_t *actors,
	      const char *path, GError **error)
{
	rehearsal_t rehearsal = {actors, auth_init(error) ? builder_new(SEED, error) : NULL, NULL, NULL, NULL};

	if (!rehearsal.builder)
		return false;
	rehearsal.bytes = g_byte_array_new();
	rehearsal.alloc = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
	rehearsal.evidence = evidence_new();
	bool ok = rehearse_all(&rehearsal, suite, selection, device, error);
	if (ok && path)
		ok = evidence_write(rehearsal.evidence, path, error);
	else if (ok)
		print_packets(rehearsal.evidence);
	evidence_free(rehearsal.evidence);
	wmem_destroy_allocator(rehearsal.alloc);
	g_byte_array_unref(rehearsal.bytes);
	builder_free(rehearsal.builder);
	return ok;
}
