// SPDX-License-Identifier: GPL-2.0-or-later
// The core alone over the captures that dsmipgen wrote: frame by frame the rules that are broken are those of the
// packet's comment, as the frame is seen first and as it is seen again. The central test asks the same of tshark.
#include <glib.h>
#include <string.h>

#include "corpus.h"

static const bool needs_future[DSMIPV4_RULE_COUNT] = {
#define NEEDS_FUTURE(id) [DSMIPV4_RULE_##id] = true,
#include "rules/rules.def"
};

// "dsmipgen flow step request expect: prefix_bits prefix_len" or "... expect: none". Ids of rules that need the future
// count only where that is known.
static void read_expectation(const char *comment, bool future, rules_t expected)
{
	const char *list = comment ? strstr(comment, " expect: ") : NULL;
	g_assert_nonnull(list);
	g_auto(GStrv) words = g_strsplit(list + strlen(" expect: "), " ", -1);
	for (unsigned i = 0; words[i]; i++) {
		dsmipv4_rule_id_t rule = dsmipv4_rule_by_name(words[i], strlen(words[i]));
		if (strcmp(words[i], "none") == 0)
			continue;
		g_assert_cmpuint(rule, <, DSMIPV4_RULE_COUNT);
		expected[rule] = future || !needs_future[rule];
	}
}

static void check_frame(const reader_t *r, const visit_t *v)
{
	rules_t expected = {false};
	read_expectation(v->frame->comment, r->again, expected);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++) {
		if (dsmipv4_rule_is_item((dsmipv4_rule_id_t)i))
			continue;
		bool broken = v->of_message[i] || v->of_packet[i];
		if (broken != expected[i]) {
			g_test_message("%s: frame %u: %s: %s expected, %s", v->frame->comment, v->number,
				       dsmipv4_rule((dsmipv4_rule_id_t)i)->id, expected[i] ? "broken" : "holding",
				       r->again ? "seen again" : "seen first");
			g_test_fail();
		}
	}
}

static void read_all(reader_t *r, visit_t *visits, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		corpus_read_frame(r, &visits[i]);
	for (unsigned i = 0; i < n; i++)
		check_frame(r, &visits[i]);
}

static void judge_capture(const pcapng_t *capture)
{
	reader_t r;
	g_autofree visit_t *visits = corpus_visits(capture);
	corpus_begin(&r);
	read_all(&r, visits, capture->frames->len);
	r.again = true;
	read_all(&r, visits, capture->frames->len);
	corpus_end(&r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	corpus_add_tests("corpus", judge_capture);
	return g_test_run();
}
