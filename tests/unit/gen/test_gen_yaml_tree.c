// SPDX-License-Identifier: GPL-2.0-or-later
// The tree of a YAML text: paths and lines of its items, and what it refuses.
#include "language/yaml_tree.h"

#include <string.h>

static const char text[] = "summary: a flow\n"                       // 1
			   "steps:\n"                                // 2
			   "  - step: request\n"                     // 3
			   "    ipv4: { source: a,\n"                // 4
			   "            ttl: 3 }\n"                  // 5
			   "    extensions:\n"                       // 6
			   "      - prefix_request: { length: 4 }\n" // 7
			   "      - tunneling_mode: {}\n"            // 8
			   "    expect: [one,\n"                     // 9
			   "             two]\n"                     // 10
			   "  - step:\n"                             // 11
			   "      reply\n"                           // 12
			   "base: x\n";                              // 13

// Every item of the text, each before its children.
static const struct {
	const char *path;
	unsigned line;
	item_kind_t kind;
	const char *text;
} items[] = {
	{"", 1, ITEM_MAPPING, NULL},
	{"summary", 1, ITEM_TEXT, "a flow"},
	{"steps", 2, ITEM_LIST, NULL},
	{"steps[0]", 3, ITEM_MAPPING, NULL},
	{"steps[0].step", 3, ITEM_TEXT, "request"},
	{"steps[0].ipv4", 4, ITEM_MAPPING, NULL},
	{"steps[0].ipv4.source", 4, ITEM_TEXT, "a"},
	{"steps[0].ipv4.ttl", 5, ITEM_TEXT, "3"},
	{"steps[0].extensions", 6, ITEM_LIST, NULL},
	{"steps[0].extensions[0]", 7, ITEM_MAPPING, NULL},
	{"steps[0].extensions[0].prefix_request", 7, ITEM_MAPPING, NULL},
	{"steps[0].extensions[0].prefix_request.length", 7, ITEM_TEXT, "4"},
	{"steps[0].extensions[1]", 8, ITEM_MAPPING, NULL},
	{"steps[0].extensions[1].tunneling_mode", 8, ITEM_MAPPING, NULL},
	{"steps[0].expect", 9, ITEM_LIST, NULL},
	{"steps[0].expect[0]", 9, ITEM_TEXT, "one"},
	{"steps[0].expect[1]", 10, ITEM_TEXT, "two"},
	{"steps[1]", 11, ITEM_MAPPING, NULL},
	{"steps[1].step", 11, ITEM_TEXT, "reply"},
	{"base", 13, ITEM_TEXT, "x"},
};

static gsize check_items(const item_t *item, gsize at, GStringChunk *strings)
{
	place_t place = item_place(item, "t.yaml", strings);

	g_assert_cmpuint(at, <, G_N_ELEMENTS(items));
	g_assert_cmpstr(place.file, ==, "t.yaml");
	g_assert_cmpstr(place.path, ==, items[at].path);
	g_assert_cmpuint(place.line, ==, items[at].line);
	g_assert_cmpint(item->kind, ==, items[at].kind);
	g_assert_cmpstr(item->text, ==, items[at].text);
	at++;
	for (guint i = 0; item->children && i < item->children->len; i++)
		at = check_items(item->children->pdata[i], at, strings);
	return at;
}

static void test_items(void)
{
	GError *error = NULL;
	GStringChunk *strings = g_string_chunk_new(4096);
	item_t *top = yaml_tree_read(text, strlen(text), "t.yaml", strings, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(check_items(top, 0, strings), ==, G_N_ELEMENTS(items));
	item_free(top);
	g_string_chunk_free(strings);
}

#define ANCHOR "found a YAML anchor or alias (& or *); expected the value itself, in quotes if it is a text"
#define KEY "found a list or a mapping as a key; expected a plain word"
#define NUL "found a NUL character; expected a text without it"

static const struct {
	const char *text;
	const char *message; // its begin
} refused[] = {
	{"", "t.yaml:1: empty file; expected a scenario"},
	{"\n# nothing\n", "t.yaml:1: empty file; expected a scenario"},
	{"steps:\n  - step: [a\n", "t.yaml:3: not valid YAML: "},
	{"a: 1\n b: 2\n", "t.yaml:2: not valid YAML: "},
	{"a: 1\nb: \"\n\n", "t.yaml:4: not valid YAML: "},
	{"a: 1\nb: 2\n# \xff\n", "t.yaml:3: not valid YAML: invalid leading UTF-8 octet"},
	{"a: 1\nb: \x01\n", "t.yaml:2: not valid YAML: control characters are not allowed"},
	{"a: 1\n---\nb: 2\n", "t.yaml:2: a second YAML document begins; expected one"},
	{"a: 1\nb: &x 1\n", "t.yaml:2: b: " ANCHOR},
	{"a: &x [1]\n", "t.yaml:1: a: " ANCHOR},
	{"a: &x {b: *x}\n", "t.yaml:1: a: " ANCHOR},
	{"a:\n  - 1\n  - *x\n", "t.yaml:3: a[1]: " ANCHOR},
	{"a: {b: 1}\nc:\n  *x : 1\n", "t.yaml:3: c: " ANCHOR},
	{"&x a: 1\n", "t.yaml:1: " ANCHOR},
	{"*x\n", "t.yaml:1: " ANCHOR},
	{"a:\n  ? [b]\n  : 1\n", "t.yaml:2: a: " KEY},
	{"a: 1\n{b: 1}: 1\n", "t.yaml:2: " KEY},
	{"a: [b, \"c\\0d\"]\n", "t.yaml:1: a[1]: " NUL},
	{"a: 1\n\"b\\0\": 1\n", "t.yaml:2: " NUL},
};

static void test_refused(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(GError) error = NULL;
		GStringChunk *strings = g_string_chunk_new(4096);

		g_assert_null(yaml_tree_read(refused[i].text, strlen(refused[i].text), "t.yaml", strings, &error));
		g_assert_error(error, GEN_ERROR, GEN_ERROR_SCENARIO);
		if (!g_str_has_prefix(error->message, refused[i].message))
			g_error("text %" G_GSIZE_FORMAT ": \"%s\" does not begin with \"%s\"", i, error->message,
				refused[i].message);
		g_string_chunk_free(strings);
	}
}

// So many lists in each other, one on each line.
static char *nested_lists(unsigned levels)
{
	GString *nested = g_string_new(NULL);

	for (unsigned i = 0; i < levels; i++)
		g_string_append(nested, "[\n");
	for (unsigned i = 0; i < levels; i++)
		g_string_append(nested, "]\n");
	return g_string_free(nested, FALSE);
}

static void test_depth(void)
{
	g_autofree char *deepest = nested_lists(100), *too_deep = nested_lists(101);
	GStringChunk *strings = g_string_chunk_new(4096);
	GError *error = NULL;
	item_t *top = yaml_tree_read(deepest, strlen(deepest), "t.yaml", strings, &error);

	g_assert_no_error(error);
	item_free(top);
	g_assert_null(yaml_tree_read(too_deep, strlen(too_deep), "t.yaml", strings, &error));
	g_assert_cmpstr(error->message, ==, "t.yaml:101: nested too deeply; expected at most 100 levels");
	g_error_free(error);
	g_string_chunk_free(strings);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/gen/yaml_tree/items", test_items);
	g_test_add_func("/gen/yaml_tree/refused", test_refused);
	g_test_add_func("/gen/yaml_tree/depth", test_depth);
	return g_test_run();
}
