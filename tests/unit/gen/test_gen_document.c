// SPDX-License-Identifier: GPL-2.0-or-later
// Scenario files as they are written, and hostile texts: truncated, altered, overlong, nested, recursive, random.
#include "language/document.h"

#include <string.h>

static const char whole[] = "summary: \"All \\u00fcber\"\n"
			    "about:\n  wrong: >-\n    one\n    two\n  causes: x\n"
			    "base: 'coa_mode'\n"
			    "set: [mn1.hoa=192.0.2.7, \"ha.address=192.0.2.1\"]\n"
			    "steps:\n"
			    "  - step: request\n"
			    "    at: 1.5\n"
			    "    ipv4: { ttl: 0x40 }\n"
			    "    request: { flags: \"DT\", lifetime: 300 }\n"
			    "    extensions:\n"
			    "      - prefix_request: { prefix: \"2001:db8::\", length: 48 }\n"
			    "      - mn_ha_auth: {}\n"
			    "  - step: data\n"
			    "    stack: [ipv4: {}, ipv6: {source: mn.coa}]\n"
			    "violation:\n"
			    "  - {step: request, expect: [prefix_bits, prefix_long]}\n"
			    "near_miss: []\n";

static const char *text_of(const block_t *block, unsigned key)
{
	return block->value[key].string;
}

static void check_steps(const GPtrArray *steps)
{
	const step_t *request = steps->pdata[0], *data = steps->pdata[1];

	g_assert_cmpuint(steps->len, ==, 2);
	g_assert_cmpstr(step_name(request), ==, "request");
	g_assert_cmpstr(text_of(request->own, KEY_step_at), ==, "1.5");
	g_assert_cmpstr(text_of(request->layer[BLOCK_ipv4], KEY_ipv4_ttl), ==, "0x40");
	g_assert_cmpstr(text_of(request->layer[BLOCK_request], KEY_request_lifetime), ==, "300");
	g_assert_cmpstr(request->layer[BLOCK_request]->value[KEY_request_lifetime].place.path, ==,
			"steps[0].request.lifetime");
	g_assert_cmpuint(request->extensions->len, ==, 2);
	g_assert_null(request->stack);
	g_assert_null(request->expect);
	const block_t *prefix = request->extensions->pdata[0];
	g_assert_cmpint(prefix->id, ==, BLOCK_prefix_request);
	g_assert_cmpstr(text_of(prefix, KEY_prefix_request_prefix), ==, "2001:db8::");
	g_assert_cmpuint(prefix->place.line, ==, 15);
	g_assert_cmpstr(prefix->place.path, ==, "steps[0].extensions[0].prefix_request");
	g_assert_cmpuint(data->stack->len, ==, 2);
	const block_t *ipv6 = data->stack->pdata[1];
	g_assert_cmpint(ipv6->id, ==, BLOCK_ipv6);
	g_assert_cmpstr(text_of(ipv6, KEY_ipv6_source), ==, "mn.coa");
	g_assert_null(text_of(ipv6, KEY_ipv6_destination));
}

static void test_whole(void)
{
	GStringChunk *strings = g_string_chunk_new(4096);
	GError *error = NULL;
	document_t *document = document_parse(whole, strlen(whole), "t.yaml", strings, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(document->summary.string, ==, "All \u00fcber");
	g_assert_cmpstr(document->about[ABOUT_wrong].string, ==, "one two");
	g_assert_cmpstr(document->about[ABOUT_causes].string, ==, "x");
	g_assert_null(document->about[ABOUT_right].string);
	g_assert_cmpstr(document->base.string, ==, "coa_mode");
	g_assert_cmpstr(((text_t *)document->set->pdata[1])->string, ==, "ha.address=192.0.2.1");
	check_steps(document->section[SECTION_STEPS]);
	const step_t *edit = document->section[SECTION_VIOLATION]->pdata[0];
	g_assert_cmpuint(edit->expect->len, ==, 2);
	const text_t *rule = edit->expect->pdata[1];
	g_assert_cmpstr(rule->string, ==, "prefix_long");
	g_assert_cmpuint(rule->place.line, ==, 20);
	g_assert_cmpuint(document->section[SECTION_NEAR_MISS]->len, ==, 0);
	document_free(document);
	g_string_chunk_free(strings);
}

#define STEP "steps:\n  - step: a\n"

static const struct {
	const char *text, *message;
} refused[] = {
	{"[]\n", "t.yaml:1: found a list; expected a mapping"},
	{"just text\n", "t.yaml:1: found a plain value; expected a mapping"},
	{"about: x\n", "t.yaml:1: about: found a plain value; expected a mapping"},
	{"base: [x]\n", "t.yaml:1: base: found a list; expected a plain value"},
	{"set:\n  - a\n  - b: c\n", "t.yaml:3: set[1]: found a mapping; expected a plain value"},
	{"steps:\n", "t.yaml:1: steps: found a plain value; expected a list"},
	{"steps:\n  - a\n", "t.yaml:2: steps[0]: found a plain value; expected a mapping"},
	{"violation: {}\n", "t.yaml:1: violation: found a mapping; expected a list"},
	{"near_miss:\n  - at: 1\n    node: mn1\n", "t.yaml:2: near_miss[0]: has no name; expected a key `step`"},
	{STEP "    at: {}\n", "t.yaml:3: steps[0].at: found a mapping; expected a plain value"},
	{STEP "    expect: b\n", "t.yaml:3: steps[0].expect: found a plain value; expected a list"},
	{STEP "    udp: []\n", "t.yaml:3: steps[0].udp: found a list; expected a mapping"},
	{STEP "    udp:\n      checksum: [1]\n",
	 "t.yaml:4: steps[0].udp.checksum: found a list; expected a plain value"},
	{STEP "    stack: {}\n", "t.yaml:3: steps[0].stack: found a mapping; expected a list"},
	{STEP "    extensions:\n      - nai: {}\n      - nai\n",
	 "t.yaml:5: steps[0].extensions[1]: found a plain value; expected a mapping"},
	{STEP "    extensions:\n      - {}\n",
	 "t.yaml:4: steps[0].extensions[0]: empty entry; expected a mapping such as \"- tunneling_mode: {}\""},
	{STEP "    stack:\n      - ipv4: {}\n        udp: {}\n",
	 "t.yaml:4: steps[0].stack[0]: holds ipv4 and udp; expected one of them in an entry"},
	{"base: a\nset: []\nbase: b\n", "t.yaml:3: base: key given twice, first in line 1; expected it once"},
	{STEP "    ipv4: {}\n    ipv4: {}\n",
	 "t.yaml:4: steps[0].ipv4: key given twice, first in line 3; expected it once"},
	{"base: a\n\"st\\nep\\e[31ms\": []\n",
	 "t.yaml:2: st?ep?[31ms: unknown key; expected one of summary, about, base, "
	 "set, expect, steps, violation, near_miss, population, nodes"},
	{"about: {wrnog: x}\n", "t.yaml:1: about.wrnog: unknown key; did you mean 'wrong'? expected one of wrong, "
				"right, matters, causes, not_judged"},
	{STEP "    udp: {checksm: 1}\n",
	 "t.yaml:3: steps[0].udp.checksm: unknown key; did you mean 'checksum'? expected one of patch, append, "
	 "source_port, destination_port, length, checksum"},
};

static void test_refused(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(GError) error = NULL;
		GStringChunk *strings = g_string_chunk_new(4096);

		g_assert_null(document_parse(refused[i].text, strlen(refused[i].text), "t.yaml", strings, &error));
		g_assert_error(error, GEN_ERROR, GEN_ERROR_SCENARIO);
		g_assert_cmpstr(error->message, ==, refused[i].message);
		g_string_chunk_free(strings);
	}
}

// Layers and extensions are at home in one place each.
static void test_wrong_place(void)
{
	static const char *const texts[] = {
		STEP "    ipv6: {}\n",
		STEP "    nai: {}\n",
		STEP "    stack: [nai: {}]\n",
		STEP "    stack: [step: {}]\n",
		STEP "    extensions: [udp: {}]\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		GStringChunk *strings = g_string_chunk_new(4096);

		g_assert_null(document_parse(texts[i], strlen(texts[i]), "t.yaml", strings, &error));
		g_assert_nonnull(strstr(error->message, ": unknown key; "));
		g_string_chunk_free(strings);
	}
}

// The text is read, or refused with one line that names a line of it. Returns whether it is read.
static gboolean try_text(const char *text, gsize length)
{
	// No byte more than the text has, so that the sanitizer sees what reads past it.
	g_autofree char *copy = length ? g_memdup2(text, length) : g_strdup("");
	g_autoptr(GError) error = NULL;
	GStringChunk *strings = g_string_chunk_new(4096);
	document_t *document = document_parse(copy, length, "t.yaml", strings, &error);
	gboolean is_read = document != NULL;

	g_assert_true(is_read == !error);
	if (error) {
		guint64 lines = 1, line;
		char *end;

		for (gsize i = 0; i < length; i++)
			lines += copy[i] == '\n' || copy[i] == '\r' ||
				 (guchar)copy[i] >= 0x80; // NEL, LS and PS end lines too
		g_assert_error(error, GEN_ERROR, GEN_ERROR_SCENARIO);
		g_assert_true(g_str_has_prefix(error->message, "t.yaml:"));
		line = g_ascii_strtoull(error->message + strlen("t.yaml:"), &end, 10);
		g_assert_cmpuint(line, >=, 1);
		g_assert_cmpuint(line, <=, lines + 1); // the end of the text is after its last line
		g_assert_true(g_str_has_prefix(end, ": "));
		for (const char *byte = end; *byte != '\0'; byte++)
			g_assert_false(g_ascii_iscntrl(*byte));
	}
	if (document)
		document_free(document);
	g_string_chunk_free(strings);
	return is_read;
}

static gboolean try_string(const char *text)
{
	return try_text(text, strlen(text));
}

// Every begin of the text, and every end.
static void test_truncated(void)
{
	g_assert_true(try_string(whole));
	for (gsize length = 0; length < strlen(whole); length++) {
		try_text(whole, length);
		try_string(whole + length);
	}
}

// Bytes that mean something to YAML, and some that mean nothing to anybody.
static char odd_byte(GRand *random)
{
	static const char odd[] = "[]{}:,-?&*!|>'\"%@#`~ \t\n\r\\0a<=\x01\x7f\x80\xc3\xff";

	return odd[g_rand_int_range(random, 0, sizeof(odd))]; // with the NUL at its end
}

// One to eight bytes altered, removed, or copied from elsewhere.
static void alter(GString *text, GRand *random)
{
	for (int i = g_rand_int_range(random, 1, 9); i > 0 && text->len > 1; i--) {
		gsize at = (gsize)g_rand_int_range(random, 0, (gint32)text->len);
		gsize some = (gsize)g_rand_int_range(random, 1, 20);
		gsize count = MIN(text->len - at, some);

		switch (g_rand_int_range(random, 0, 4)) {
		case 0:
			text->str[at] = odd_byte(random);
			break;
		case 1:
			g_string_insert_c(text, (gssize)at, odd_byte(random));
			break;
		case 2:
			g_string_erase(text, (gssize)at, (gssize)count);
			break;
		default: {
			g_autofree char *part = g_memdup2(text->str + at, count);

			g_string_insert_len(text, g_rand_int_range(random, 0, (gint32)text->len), part, (gssize)count);
		}
		}
	}
}

static void test_altered(void)
{
	GRand *random = g_rand_new_with_seed(5454);
	unsigned counts[2] = {0};

	for (unsigned i = 0; i < 4000; i++) {
		GString *text = g_string_new(whole);

		alter(text, random);
		counts[try_text(text->str, text->len)]++;
		g_string_free(text, TRUE);
	}
	g_rand_free(random);
	g_assert_cmpuint(counts[TRUE], >, 50); // else the rest of the reader was not reached
	g_assert_cmpuint(counts[FALSE], >, 1000);
}

// Words of the language and signs of YAML in any order.
static void test_random(void)
{
	static const char *const words[] = {
		"steps",  "step",      "about", "set",  "stack",    "expect",       "extensions",   "ipv4",
		"raw",    ": ",        ": ",    ": ",   "\n",       "\n  ",         "\n    ",       "\n- ",
		"\n  - ", "[",         "]",     "{",    "}",        ", ",           "\"",           "'",
		"? ",     "&a ",       "*a ",   "!!x ", "|\n",      ">-\n",         "# ",           "---",
		"...",    "%YAML 1.1", "\t",    "\r\n", "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf", "\\",
	};
	GRand *random = g_rand_new_with_seed(5454);

	for (unsigned i = 0; i < 4000; i++) {
		GString *text = g_string_new(NULL);

		for (int count = g_rand_int_range(random, 1, 40); count > 0; count--)
			g_string_append(text, words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))]);
		try_text(text->str, text->len);
		g_string_truncate(text, 0);
		for (int count = g_rand_int_range(random, 1, 200); count > 0; count--)
			g_string_append_c(text, i % 2 ? odd_byte(random) : (char)g_rand_int_range(random, 0, 256));
		try_text(text->str, text->len);
		g_string_free(text, TRUE);
	}
	g_rand_free(random);
}

// before + count times part + after
static char *repeated(const char *before, const char *part, unsigned count, const char *after)
{
	GString *text = g_string_new(before);

	for (unsigned i = 0; i < count; i++)
		g_string_append(text, part);
	g_string_append(text, after);
	return g_string_free(text, FALSE);
}

static const struct {
	const char *before, *part, *after;
	gboolean is_read;
} many[] = {
	{"summary: ", "a", "\n", TRUE}, // one overlong text
	{"summary: \"", "\\u00e9", "\"\n", TRUE},
	{"? ", "a", "\n: x\n", FALSE}, // one overlong key
	{"steps:\n  - ? ", "step", "\n", FALSE},
	{"set:\n", "  - a=b\n", "", TRUE}, // a long list
	{"set: [", "a,", "a]", TRUE},
	{"steps:\n", "  - step: a\n", "", TRUE},
	{"steps:\n  - step: a\n    extensions:\n", "      - raw: {type: 1}\n", "", TRUE},
	{"", "base: a\n", "", FALSE}, // one key many times
	{"set: {", "a: b,", "}", FALSE},
	{"steps: ", "[", "", FALSE}, // nested without end
	{"steps: ", "{a: ", "", FALSE},
	{"steps: ", "[{", "", FALSE},
	{"", "- ", "a\n", FALSE},
	{"", "? ", "a\n", FALSE},
	{"", "&a ", "a\n", FALSE}, // many anchors and aliases
	{"set: &a [", "*a,", "*a]\n", FALSE},
	{"set: &a [a]\nsteps:\n", "  - {step: a, expect: *a}\n", "", FALSE},
	{"", "---\n", "", FALSE},
	{"", "\n", "", FALSE},
	{"", "#", "\n", FALSE},
	{"", "\"", "", FALSE},
	{"", "!", " a\n", FALSE},
};

static void test_many(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(many); i++) {
		g_autofree char *text = repeated(many[i].before, many[i].part, 20000, many[i].after);

		g_test_message("row %" G_GSIZE_FORMAT, i);
		g_assert_true(try_string(text) == many[i].is_read);
	}
}

// Aliases that contain themselves, or each twice the one before.
static void test_recursive(void)
{
	g_assert_false(try_string("&a [*a]\n"));
	g_assert_false(try_string("&a {steps: *a}\n"));
	g_assert_false(try_string("steps: &a\n  - *a\n"));
	g_assert_false(try_string("steps:\n  - &a {step: x, ipv4: *a}\n"));
	g_assert_false(try_string("steps:\n  - step: x\n    stack: &a [ipv4: &b {ttl: *a}]\n"));
	GString *text = g_string_new("about: &a0 [x]\n");
	for (unsigned i = 1; i < 64; i++)
		g_string_append_printf(text, "k%u: &a%u [*a%u, *a%u]\n", i, i, i - 1, i - 1);
	g_assert_false(try_string(text->str));
	g_string_free(text, TRUE);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/gen/document/whole", test_whole);
	g_test_add_func("/gen/document/refused", test_refused);
	g_test_add_func("/gen/document/wrong_place", test_wrong_place);
	g_test_add_func("/gen/document/truncated", test_truncated);
	g_test_add_func("/gen/document/altered", test_altered);
	g_test_add_func("/gen/document/random", test_random);
	g_test_add_func("/gen/document/many", test_many);
	g_test_add_func("/gen/document/recursive", test_recursive);
	return g_test_run();
}
