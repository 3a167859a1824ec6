// SPDX-License-Identifier: GPL-2.0-or-later
// The report for people. dsmipcheck makes more of it.
#include "taps/report/text.h"

#include <inttypes.h>

#include "capture.h"
#include "core/wire/text.h"
#include "taps/report/service.h"

typedef struct {
	unsigned rules, exercised, held, broken;
} sums_t;

static sums_t sum_up(const dsmipv4_report_t *report)
{
	const GPtrArray *counts = dsmipv4_tally_counts(report->tally);
	sums_t sums = {0};
	for (unsigned id = 0; id < DSMIPV4_RULE_COUNT; id++) {
		uint64_t held = 0, broken = 0;
		for (unsigned i = 0; i < counts->len; i++) {
			held += ((const dsmipv4_tally_counts_t *)counts->pdata[i])->held[id];
			broken += ((const dsmipv4_tally_counts_t *)counts->pdata[i])->broken[id];
		}
		if (dsmipv4_rule_is_item((dsmipv4_rule_id_t)id))
			continue;
		sums.rules++;
		sums.exercised += held > 0 || broken > 0;
		sums.held += held > 0 && broken == 0;
		sums.broken += broken > 0;
	}
	return sums;
}

static void write_row(const dsmipv4_tally_counts_t *counts, unsigned id, FILE *out)
{
	wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	const GArray *frames = counts->first_frames[id];
	fprintf(out, "%-24s  %-7s  %-15s  %8" PRIu64 "  %8" PRIu64 "  ", dsmipv4_rule((dsmipv4_rule_id_t)id)->id,
		dsmipv4_actor_name(counts->actor), counts->ha ? dsmipv4_ipv4_text(pool, counts->ha) : "-",
		counts->held[id], counts->broken[id]);
	for (unsigned i = 0; frames && i < frames->len; i++)
		fprintf(out, "%s%u", i ? ", " : "", g_array_index(frames, uint32_t, i));
	fputc('\n', out);
	wmem_destroy_allocator(pool);
}

static void write_rules(const dsmipv4_report_t *report, FILE *out)
{
	const GPtrArray *counts = dsmipv4_tally_counts(report->tally);
	fprintf(out, "%-24s  %-7s  %-15s  %8s  %8s  %s\n", "Rule", "Sender", "Home agent", "Held", "Broken",
		"First frames that break it");
	for (unsigned id = 0; id < DSMIPV4_RULE_COUNT; id++) {
		for (unsigned i = 0; i < counts->len && !dsmipv4_rule_is_item((dsmipv4_rule_id_t)id); i++) {
			const dsmipv4_tally_counts_t *of = counts->pdata[i];
			if (of->held[id] > 0 || of->broken[id] > 0)
				write_row(of, id, out);
		}
	}
}

static void write_findings(const dsmipv4_report_t *report, FILE *out)
{
	const GPtrArray *findings = dsmipv4_tally_findings(report->tally);
	for (unsigned i = 0; i < findings->len; i++) {
		const dsmipv4_tally_finding_t *f = findings->pdata[i];
		const dsmipv4_tally_place_t *first = &g_array_index(f->places, dsmipv4_tally_place_t, 0);
		fprintf(out, "%-5s  %s, %u frame%s by %s, first frame %u: %s\n", dsmipv4_severity_name(f->severity),
			dsmipv4_rule(f->rule)->id, f->frames, f->frames == 1 ? "" : "s", dsmipv4_actor_name(f->actor),
			first->frame, first->words);
	}
}

static void write_node(const dsmipv4_report_t *report, const dsmipv4_report_node_t *node, FILE *out)
{
	wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	dsmipv4_service_t service = dsmipv4_service_of(node, dsmipv4_bindings(), UINT32_MAX, report->last_time);
	if (dsmipv4_lacks_service(&service))
		fprintf(out, "No IPv6 for %s at %s: %s (frame %u)\n", dsmipv4_ipv4_text(pool, node->node->hoa),
			dsmipv4_ipv4_text(pool, node->node->ha), service.text, service.frame);
	g_free(service.text);
	wmem_destroy_allocator(pool);
}

void dsmipv4_report_write_text(const dsmipv4_report_t *report, FILE *out)
{
	sums_t sums = sum_up(report);
	fprintf(out,
		"DSMIPv4 report: %" PRIu64 " frames, %" PRIu64 " registration messages, %" PRIu64
		" tunneled packets\n\n",
		report->frames, report->registrations, report->tunneled);
	write_findings(report, out);
	for (unsigned i = 0; i < report->nodes->all->len; i++)
		write_node(report, report->nodes->all->pdata[i], out);
	write_rules(report, out);
	fprintf(out, "\n%u rules: %u exercised, %u held, %u broken\n", sums.rules, sums.exercised, sums.held,
		sums.broken);
}
