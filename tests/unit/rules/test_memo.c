// SPDX-License-Identifier: GPL-2.0-or-later
// A memo changes nothing: every capture that dsmipgen wrote is read with one and without. Each tunneled packet is
// repeated at the times at which lifetimes and grace periods end, so that most are judged from memory.
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "corpus.h"

#define ETHERNET_LEN 14
#define TOS_AT 1 // in the IPv4 header

static uint64_t n_hits, n_packets;

static void assert_same_findings(const dsmipv4_verdicts_t *a, const dsmipv4_verdicts_t *b)
{
	g_assert_cmpmem(a->verdict, sizeof a->verdict, b->verdict, sizeof b->verdict);
	g_assert_cmpuint(dsmipv4_n_findings(a), ==, dsmipv4_n_findings(b));
	for (unsigned i = 0; i < dsmipv4_n_findings(a); i++) {
		const dsmipv4_finding_t *f = dsmipv4_finding(a, i), *g = dsmipv4_finding(b, i);
		g_assert_cmpuint(f->rule, ==, g->rule);
		g_assert_cmpuint(f->severity, ==, g->severity);
		g_assert_cmpint(f->offset, ==, g->offset);
		g_assert_cmpstr(f->words, ==, g->words);
	}
}

static uint32_t frame_of(const dsmipv4_candidate_t *c)
{
	return c && c->binding ? c->binding->reply->frame : 0;
}

static uint32_t node_number(const dsmipv4_match_t *m)
{
	return m->node ? m->node->number : UINT32_MAX;
}

// The tables are two, so what they hold is compared.
static void assert_same_match(const dsmipv4_match_t *a, const dsmipv4_match_t *b)
{
	g_assert_cmpuint(a->frame, ==, b->frame);
	g_assert_cmpint(a->time, ==, b->time);
	g_assert_cmpuint(a->direction, ==, b->direction);
	g_assert_cmpuint(a->tunneling_mode, ==, b->tunneling_mode);
	g_assert_cmpuint(a->expected, ==, b->expected);
	g_assert_cmpuint(a->ha, ==, b->ha);
	g_assert_cmpuint(a->hoa, ==, b->hoa);
	g_assert_cmpuint(a->coa, ==, b->coa);
	g_assert_cmpuint(a->coa_port, ==, b->coa_port);
	g_assert_cmpuint(node_number(a), ==, node_number(b));
	g_assert_cmpuint(a->n_candidates, ==, b->n_candidates);
	g_assert_cmpuint(frame_of(a->chosen), ==, frame_of(b->chosen));
	g_assert_true(!a->care_of == !b->care_of && !a->address == !b->address);
	for (unsigned i = 0; i < a->n_candidates; i++) {
		g_assert_cmpuint(frame_of(&a->candidates[i]), ==, frame_of(&b->candidates[i]));
		g_assert_cmpuint(a->candidates[i].status, ==, b->candidates[i].status);
	}
}

static uint32_t reply_frame(const dsmipv4_binding_t *b)
{
	return b ? b->reply->frame : 0;
}

// What later packets will be compared with.
static void assert_same_history(const dsmipv4_tunnel_history_t *a, const dsmipv4_tunnel_history_t *b)
{
	g_assert_true(!a == !b);
	if (!a)
		return;
	g_assert_cmpuint(reply_frame(a->awaited), ==, reply_frame(b->awaited));
	g_assert_cmpuint(a->unanswered, ==, b->unanswered);
	g_assert_cmpuint(a->has_network, ==, b->has_network);
	g_assert_cmpuint(a->strange_coa, ==, b->strange_coa);
	g_assert_cmpuint(a->sent, ==, b->sent);
	for (unsigned i = 0; i < 2; i++) {
		g_assert_cmpuint(a->reported[i], ==, b->reported[i]);
		g_assert_cmpuint(reply_frame(a->outlived[i]), ==, reply_frame(b->outlived[i]));
	}
}

static void read_both(reader_t *with, reader_t *without, visit_t *a, visit_t *b)
{
	a->verdicts = b->verdicts = NULL;
	corpus_read_frame(with, a);
	corpus_read_frame(without, b);
	g_assert_true(!a->verdicts == !b->verdicts);
	if (!a->verdicts)
		return;
	n_packets++;
	assert_same_findings(a->verdicts, b->verdicts);
	assert_same_match(&a->match, &b->match);
	assert_same_history(dsmipv4_tunnel_history_of(with->histories, a->match.node),
			    dsmipv4_tunnel_history_of(without->histories, b->match.node));
}

// The packet once more, `later` nanoseconds after it was sent.
static void read_later(reader_t *with, reader_t *without, const visit_t *first, int64_t later)
{
	frame_t frame = *first->frame;
	frame.time += (uint64_t)later;
	visit_t a = {.frame = &frame, .number = first->number}, b = a;
	read_both(with, without, &a, &b);
}

// A packet like it whose traffic class differs from that of the header around it: which is said once for the node.
static void read_marked(reader_t *with, reader_t *without, const visit_t *first)
{
	g_autofree uint8_t *bytes = g_memdup2(first->frame->bytes, first->frame->len);
	bytes[ETHERNET_LEN + TOS_AT] ^= 1 << 3;
	frame_t frame = *first->frame;
	frame.bytes = bytes;
	visit_t a = {.frame = &frame, .number = first->number}, b = a;
	read_both(with, without, &a, &b);
}

static void read_repeatedly(reader_t *with, reader_t *without, const visit_t *first, const dsmipv4_match_t *m)
{
	const int64_t grace = with->options.grace, edges[] = {0, 1, grace, grace + 1, 3 * DSMIPV4_SECOND};
	int64_t time = m->time;
	for (unsigned i = 0; i < G_N_ELEMENTS(edges); i++)
		read_later(with, without, first, edges[i]);
	for (unsigned i = 0; i < m->n_candidates; i++) {
		const dsmipv4_binding_t *b = m->candidates[i].binding;
		int64_t expiry = b ? dsmipv4_reply_expiry(b->reply) : INT64_MAX;
		for (unsigned k = 0; expiry != INT64_MAX && expiry > time && k < G_N_ELEMENTS(edges); k++)
			read_later(with, without, first, expiry + edges[k] - time);
	}
	read_marked(with, without, first);
	read_later(with, without, first, 0);
}

static void judge_capture(const pcapng_t *capture)
{
	reader_t with, without;
	g_autofree visit_t *a = corpus_visits(capture), *b = corpus_visits(capture);
	corpus_begin(&with);
	corpus_begin(&without);
	for (unsigned i = 0; i < 2; i++) { // with these no packet is like another
		dsmipv4_options_t *options = i ? &with.options : &without.options;
		options->enabled[DSMIPV4_RULE_tun_hop_decrement] = false;
		options->enabled[DSMIPV4_RULE_natt_keepalive_late] = false;
	}
	with.memo = dsmipv4_memo_new(with.alloc);
	for (guint i = 0; i < capture->frames->len; i++) {
		read_both(&with, &without, &a[i], &b[i]);
		if (a[i].verdicts && !a[i].event) {
			const dsmipv4_match_t match = b[i].match;
			read_repeatedly(&with, &without, &a[i], &match);
		}
	}
	n_hits += dsmipv4_memo_hits(with.memo);
	corpus_end(&with);
	corpus_end(&without);
}

static void test_is_used(void)
{
	g_test_message("%" PRIu64 " of %" PRIu64 " packets", n_hits, n_packets);
	g_assert_cmpuint(n_hits, >, n_packets / 4);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	wmem_init();
	corpus_add_tests("memo", judge_capture);
	g_test_add_func("/memo/is used", test_is_used);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
