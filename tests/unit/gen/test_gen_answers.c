// SPDX-License-Identifier: GPL-2.0-or-later
// Which requests were answered: replies by hand, against requests by hand (RFC 5944 3.3, 3.4).
#include "send/answers.h"

#include "hex.h"

#define MILLISECOND G_GINT64_CONSTANT(1000000)

#define ETHERNET "020000000002 020000000001 0800 "
#define HEADERS(fragment) "4500 0034 0000 " fragment " 4011 0000 c0000221 c6336401 01b2 01b2 0020 0000 "
#define REQUEST(home, low) ETHERNET HEADERS("0000") "01 02 0258 " home " c6336401 c0000221 e9000000 " low
#define REPLY(code, home, high, low) "03 " code " 0258 " home " c6336401 " high " " low

#define HOME "0a010001"

static void expect(answers_t *answers, const char *frame, gint64 time)
{
	hex_t bytes = hex_parse(frame);

	answers_expect(answers, bytes.bytes, bytes.captured, time * MILLISECOND);
	hex_free(&bytes);
}

static void forget(answers_t *answers, const char *frame)
{
	hex_t bytes = hex_parse(frame);

	answers_forget(answers, bytes.bytes, bytes.captured);
	hex_free(&bytes);
}

static void take(answers_t *answers, const char *message, gint64 time)
{
	hex_t bytes = hex_parse(message);

	answers_take(answers, bytes.bytes, bytes.captured, time * MILLISECOND);
	hex_free(&bytes);
}

// Requests, answered ones, and other replies; all is freed.
static void check(answers_t *answers, guint64 requests, guint64 answered, guint64 others)
{
	answer_figures_t figures;

	answers_figures(answers, &figures);
	g_assert_cmpuint(figures.requests, ==, requests);
	g_assert_cmpuint(figures.answered, ==, answered);
	g_assert_cmpuint(figures.others, ==, others);
	answers_free(answers);
}

static void test_figures(void)
{
	answers_t *answers = answers_new(false);
	answer_figures_t figures;

	for (guint i = 0; i < 100; i++) {
		g_autofree char *request = g_strdup_printf(REQUEST(HOME, "%08x"), i);
		g_autofree char *reply = g_strdup_printf(REPLY("%s", HOME, "e9000000", "%08x"), i < 3 ? "85" : "00", i);

		expect(answers, request, 1000 * i);
		take(answers, reply, 1000 * i + i + 1); // after 1 to 100 ms
	}
	answers_figures(answers, &figures);
	g_assert_cmpuint(figures.codes[0], ==, 97);
	g_assert_cmpuint(figures.codes[133], ==, 3);
	g_assert_cmpint(figures.minimum, ==, 1 * MILLISECOND);
	g_assert_cmpint(figures.median, ==, 50 * MILLISECOND);
	g_assert_cmpint(figures.late, ==, 99 * MILLISECOND);
	check(answers, 100, 100, 0);
}

// A home agent puts its own time in the high bits where it denies the request for its time.
static void test_identification(void)
{
	answers_t *answers = answers_new(false);

	expect(answers, REQUEST(HOME, "00000001"), 0);
	take(answers, REPLY("00", HOME, "e9000000", "00000002"), 1);
	take(answers, REPLY("00", "0a010002", "e9000000", "00000001"), 1);
	take(answers, REPLY("85", HOME, "ea001234", "00000001"), 2);
	check(answers, 1, 1, 2);
}

static void test_sent_again(void)
{
	answers_t *answers = answers_new(false);
	answer_figures_t figures;

	expect(answers, REQUEST(HOME, "00000001"), 0);
	expect(answers, REQUEST(HOME, "00000001"), 50);
	take(answers, REPLY("00", HOME, "e9000000", "00000001"), 60);
	take(answers, REPLY("00", HOME, "e9000000", "00000001"), 70);
	answers_figures(answers, &figures);
	g_assert_cmpint(figures.minimum, ==, 60 * MILLISECOND);
	check(answers, 1, 1, 1);
}

// RFC 2794: the home agent gives the address.
static void test_without_home_address(void)
{
	answers_t *answers = answers_new(false);

	expect(answers, REQUEST("00000000", "00000001"), 0);
	take(answers, REPLY("00", HOME, "e9000000", "00000001"), 1);
	check(answers, 1, 1, 0);
}

static void test_not_sent(void)
{
	answers_t *answers = answers_new(false);

	expect(answers, REQUEST(HOME, "00000001"), 0);
	forget(answers, REQUEST(HOME, "00000001"));
	forget(answers, REQUEST(HOME, "00000002")); // never expected
	check(answers, 0, 0, 0);
}

// A reply of our own that comes back once is no answer; the same one from an agent is.
static void test_own_replies(void)
{
	static const char reply[] = REPLY("00", HOME, "e9000000", "00000001");
	static const char frame[] = ETHERNET HEADERS("0000") REPLY("00", HOME, "e9000000", "00000001");
	answers_t *answers = answers_new(true);

	expect(answers, REQUEST(HOME, "00000001"), 0);
	expect(answers, frame, 1);
	take(answers, reply, 2);
	take(answers, reply, 3);
	check(answers, 1, 1, 0);
	answers = answers_new(false);
	expect(answers, REQUEST(HOME, "00000001"), 0);
	expect(answers, frame, 1);
	take(answers, reply, 2);
	check(answers, 1, 1, 0);
}

// What is no registration, or is cut: nothing is read beyond it.
static void test_passed_over(void)
{
	static const char *const frames[] = {
		ETHERNET HEADERS("2001") "01 02 0258 " HOME " c6336401 c0000221 e9000000 00000001", // later fragment
		ETHERNET HEADERS("0000") "01 02 0258 " HOME " c6336401 c0000221 e9000000 000000",
		ETHERNET HEADERS("0000"),
		ETHERNET "4500 0034 0000 0000 4011 0000 c0000221",
		ETHERNET "4f00 0034 0000 0000 4011 0000 c0000221 c6336401 01b2 01b2 0020 0000",
		ETHERNET "4500 0034 0000 0000 4006 0000 c0000221 c6336401 01b2 01b2 0020 0000 01 02 0258 " HOME
			 " c6336401 c0000221 e9000000 00000001",
		ETHERNET,
	};
	answers_t *answers = answers_new(true);

	for (gsize i = 0; i < G_N_ELEMENTS(frames); i++)
		expect(answers, frames[i], 0);
	expect(answers, REQUEST(HOME, "00000001"), 0);
	take(answers, "03 00 0258 " HOME " c6336401 e9000000 000000", 1);
	take(answers, "07 00 0258 " HOME " c6336401 e9000000 00000001", 1);
	take(answers, "", 1);
	check(answers, 1, 0, 0);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/gen/answers/figures", test_figures);
	g_test_add_func("/gen/answers/identification", test_identification);
	g_test_add_func("/gen/answers/sent-again", test_sent_again);
	g_test_add_func("/gen/answers/without-home-address", test_without_home_address);
	g_test_add_func("/gen/answers/not-sent", test_not_sent);
	g_test_add_func("/gen/answers/own-replies", test_own_replies);
	g_test_add_func("/gen/answers/passed-over", test_passed_over);
	return g_test_run();
}
