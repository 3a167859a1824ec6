// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of YAML paths, and the one-line report of a syntax error.
#include "language/error.h"
#include "language/line_index.h"

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
			   "  - step: reply\n"                       // 11
			   "base: x\n";                              // 12

static const struct {
	const char *path;
	unsigned line;
} lines[] = {
	{"summary", 1},
	{"steps", 2},
	{"steps[0]", 3},
	{"steps[0].step", 3},
	{"steps[0].ipv4", 4},
	{"steps[0].ipv4.source", 4},
	{"steps[0].ipv4.ttl", 5},
	{"steps[0].extensions", 6},
	{"steps[0].extensions[0]", 7},
	{"steps[0].extensions[0].prefix_request.length", 7},
	{"steps[0].extensions[1].tunneling_mode", 8},
	{"steps[0].expect[0]", 9},
	{"steps[0].expect[1]", 10},
	{"steps[1]", 11},
	{"steps[1].step", 11},
	{"base", 12},
	{"steps[2]", 0},
	{"steps[0].ipv4.tos", 0},
	{"", 0},
};

static void test_lines(void)
{
	GError *error = NULL;
	line_index_t *index = line_index_new(text, strlen(text), "t.yaml", &error);

	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_test_message("%s", lines[i].path);
		g_assert_cmpuint(line_index_find(index, lines[i].path), ==, lines[i].line);
	}
	line_index_free(index);
}

static void test_syntax_error(void)
{
	static const char broken[] = "steps:\n  - step: [a\n";
	GError *error = NULL;

	g_assert_null(line_index_new(broken, strlen(broken), "t.yaml", &error));
	g_assert_error(error, GEN_ERROR, GEN_ERROR_SCENARIO);
	g_assert_true(g_str_has_prefix(error->message, "t.yaml:3: not valid YAML: "));
	g_assert_null(strchr(error->message, '\n'));
	g_error_free(error);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/gen/where/lines", test_lines);
	g_test_add_func("/gen/where/syntax_error", test_syntax_error);
	return g_test_run();
}
