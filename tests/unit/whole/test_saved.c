// SPDX-License-Identifier: GPL-2.0-or-later
// The saved state. Whatever capture is split wherever, its second part is judged as in the whole; and no bytes that
// somebody changed are taken for a state, or do harm.
#include <glib.h>
#include <string.h>
#include <wsutil/crc32.h>

#include "corpus.h"
#include "saved/format.h"
#include "saved/read.h"
#include "saved/write.h"
#include "state/node_index.h"

static void read_frames(reader_t *r, visit_t *visits, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		corpus_read_frame(r, &visits[i]);
}

// Each message and its pair are of the same node. Where a request had no home address yet, they are not.
static bool is_paired_within(const dsmipv4_node_t *node, void *user)
{
	for (const dsmipv4_event_t *e = node->last; e; e = e->before)
		*(bool *)user &= !e->pair || e->pair->node == node;
	return true;
}

// The state after the first frames of a capture, and whether it holds each message's pair, if that is not NULL.
static GByteArray *state_after(const pcapng_t *capture, unsigned n, bool *pairs)
{
	reader_t r;
	g_autofree visit_t *visits = corpus_visits(capture);
	corpus_begin(&r);
	read_frames(&r, visits, 0, n);
	GByteArray *state = dsmipv4_saved_write(r.bindings, r.histories);
	if (pairs)
		dsmipv4_bindings_each_node(r.bindings, is_paired_within, pairs);
	corpus_end(&r);
	return state;
}

static void check_second_part(const visit_t *whole, const visit_t *part, unsigned from, unsigned n)
{
	for (unsigned i = from; i < n; i++) {
		for (unsigned rule = 0; rule < DSMIPV4_RULE_COUNT; rule++) {
			// Packets before the tunnel are not remembered over the end of a file.
			if (rule == DSMIPV4_RULE_tun_hop_decrement || dsmipv4_rule_is_item((dsmipv4_rule_id_t)rule))
				continue;
			bool expected = whole[i].of_message[rule] || whole[i].of_packet[rule];
			if ((part[i].of_message[rule] || part[i].of_packet[rule]) == expected)
				continue;
			g_test_message("%s: split after frame %u: frame %u: %s %s in the whole",
				       whole[i].frame->comment, from, i + 1, dsmipv4_rule((dsmipv4_rule_id_t)rule)->id,
				       expected ? "is broken" : "holds");
			g_test_fail();
		}
	}
}

// What was read is written as it was.
static void check_written_again(const reader_t *r, const GByteArray *state)
{
	GByteArray *again = dsmipv4_saved_write(r->bindings, r->histories);
	g_assert_cmpmem(again->data, again->len, state->data, state->len);
	g_byte_array_free(again, TRUE);
}

static void split(const pcapng_t *capture, const visit_t *whole, unsigned at)
{
	reader_t r;
	unsigned n = capture->frames->len;
	g_autofree visit_t *visits = corpus_visits(capture);
	bool pairs = true; // pairs of different nodes are forgotten
	GByteArray *state = state_after(capture, at, &pairs);
	corpus_begin(&r);
	g_assert_cmpstr(dsmipv4_saved_read(r.bindings, r.histories, state->data, state->len), ==, NULL);
	if (pairs)
		check_written_again(&r, state);
	read_frames(&r, visits, at, n);
	check_second_part(whole, visits, at, n);
	corpus_end(&r);
	g_byte_array_free(state, TRUE);
}

static void split_everywhere(const pcapng_t *capture)
{
	reader_t r;
	g_autofree visit_t *whole = corpus_visits(capture);
	corpus_begin(&r);
	read_frames(&r, whole, 0, capture->frames->len);
	corpus_end(&r);
	for (unsigned at = 0; at < capture->frames->len; at++)
		split(capture, whole, at);
}

// Bytes that somebody changed.

static const char *read_state(const uint8_t *bytes, size_t len)
{
	reader_t r;
	corpus_begin(&r);
	uint8_t *copy = g_memdup2(bytes, len); // of exactly its size, so that ASan sees who reads on
	const char *fault = dsmipv4_saved_read(r.bindings, r.histories, copy, len);
	g_free(copy);
	corpus_end(&r);
	return fault;
}

static GByteArray *sample(pcapng_t *capture)
{
	pcapng_read(capture, CAPTURES "/simultaneous_bindings.pcapng");
	return state_after(capture, capture->frames->len, NULL);
}

static void test_every_cut(void)
{
	pcapng_t capture;
	GByteArray *state = sample(&capture);
	for (guint len = 0; len < state->len; len++)
		g_assert_cmpstr(read_state(state->data, len), ==, "the file is damaged or cut short");
	g_byte_array_append(state, (const uint8_t *)"", 1);
	g_assert_nonnull(read_state(state->data, state->len));
	g_byte_array_free(state, TRUE);
	pcapng_clear(&capture);
}

static void test_every_bit(void)
{
	pcapng_t capture;
	GByteArray *state = sample(&capture);
	for (guint bit = 0; bit < 8 * state->len; bit++) {
		state->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		g_assert_nonnull(read_state(state->data, state->len));
		state->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	g_byte_array_free(state, TRUE);
	pcapng_clear(&capture);
}

static void put_checksum(GByteArray *state)
{
	guint end = state->len - SAVED_CHECKSUM_LEN;
	uint32_t checksum = GUINT32_TO_BE(crc32_ccitt(state->data, end));
	memcpy(state->data + end, &checksum, SAVED_CHECKSUM_LEN);
}

// Cut short, and made to look whole by a right checksum.
static void test_every_cut_with_checksum(void)
{
	pcapng_t capture;
	GByteArray *state = sample(&capture);
	for (guint len = strlen(SAVED_HEADER) + SAVED_CHECKSUM_LEN; len < state->len; len++) {
		GByteArray *cut = g_byte_array_new();
		g_byte_array_append(cut, state->data, len);
		put_checksum(cut);
		g_assert_cmpstr(read_state(cut->data, cut->len), ==, "the file is damaged or cut short");
		g_byte_array_free(cut, TRUE);
	}
	g_byte_array_free(state, TRUE);
	pcapng_clear(&capture);
}

// A state with a byte changed and a right checksum: refused, or read and used without harm.
static void use_forged(const pcapng_t *capture, const GByteArray *state)
{
	reader_t r;
	g_autofree visit_t *visits = corpus_visits(capture);
	corpus_begin(&r);
	if (!dsmipv4_saved_read(r.bindings, r.histories, state->data, state->len)) {
		read_frames(&r, visits, 0, capture->frames->len);
		r.again = true;
		read_frames(&r, visits, 0, capture->frames->len);
		g_byte_array_free(dsmipv4_saved_write(r.bindings, r.histories), TRUE);
	}
	corpus_end(&r);
}

static void test_forged(void)
{
	static const uint8_t values[] = {0x00, 0x01, 0x02, 0x7f, 0x80, 0xff};
	pcapng_t capture;
	GByteArray *state = sample(&capture);
	for (guint at = strlen(SAVED_HEADER); at < state->len - SAVED_CHECKSUM_LEN; at++) {
		uint8_t right = state->data[at];
		for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
			state->data[at] = values[i];
			put_checksum(state);
			use_forged(&capture, state);
		}
		state->data[at] = right;
	}
	g_byte_array_free(state, TRUE);
	pcapng_clear(&capture);
}

static void test_foreign(void)
{
	static const char text[] = "{\"dsmipv4_bindings\":2,\"nodes\":[", other[] = "DSMIPv4 state 8\n";
	g_assert_cmpstr(read_state((const uint8_t *)text, strlen(text)), ==,
			"this is not a file that -z dsmipv4,state wrote");
	g_assert_cmpstr(read_state((const uint8_t *)other, strlen(other)), ==,
			"another version of the plugin wrote this file");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	corpus_add_tests("split", split_everywhere);
	g_test_add_func("/saved/every cut", test_every_cut);
	g_test_add_func("/saved/every cut with checksum", test_every_cut_with_checksum);
	g_test_add_func("/saved/every bit", test_every_bit);
	g_test_add_func("/saved/forged", test_forged);
	g_test_add_func("/saved/foreign", test_foreign);
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
