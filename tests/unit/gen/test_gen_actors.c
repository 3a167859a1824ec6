// SPDX-License-Identifier: GPL-2.0-or-later
// Names of actors: base values, the node that "mn" stands for, overrides and their errors.
#include "language/actors.h"

static const place_t command_line = {NULL, "--set", 0};

static void test_base_values(void)
{
	actors_t *actors = actors_new();

	g_assert_cmpstr(actors_get(actors, "ha.address", "mn1"), ==, "198.51.100.1");
	g_assert_cmpstr(actors_get(actors, "mn1.hoa", "mn2"), ==, "198.51.100.77");
	g_assert_cmpstr(actors_get(actors, "mn2.prefix", "mn1"), ==, "2001:db8:b::");
	g_assert_null(actors_get(actors, "ha.coa", "mn1"));
	g_assert_null(actors_get(actors, "mn3.hoa", "mn1"));
	actors_free(actors);
}

static void test_node(void)
{
	actors_t *actors = actors_new();

	g_assert_cmpstr(actors_get(actors, "mn.hoa", "mn1"), ==, "198.51.100.77");
	g_assert_cmpstr(actors_get(actors, "mn.hoa", "mn2"), ==, "198.51.100.78");
	g_assert_true(actors_is_node("mn2"));
	g_assert_false(actors_is_node("ha"));
	actors_free(actors);
}

static void test_names(void)
{
	g_assert_true(actors_is_name("mn1.coa"));
	g_assert_true(actors_is_name("nobody.nothing"));
	g_assert_false(actors_is_name("mn1@example.net"));
	g_assert_false(actors_is_name("192.0.2.1"));
	g_assert_false(actors_is_name("1.5"));
}

static void test_override(void)
{
	actors_t *actors = actors_new();
	GError *error = NULL;

	g_assert_true(actors_set(actors, "mn1.coa=192.0.2.99", &command_line, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(actors_get(actors, "mn.coa", "mn1"), ==, "192.0.2.99");
	actors_free(actors);
}

static const struct {
	const char *assignment;
	const char *message;
} wrong[] = {
	{"mn1.coa", "--set: wrong override 'mn1.coa'; expected actor.field=value"},
	{"mn1.coa=1.2.3", "--set: wrong value '1.2.3'; expected an IPv4 address or a name such as ha.address"},
	{"mn1.prefix_length=256", "--set: wrong value '256'; expected a number from 0 to 255"},
	{"mn1.cao=192.0.2.1",
	 "--set: unknown name 'mn1.cao'; did you mean 'mn1.coa'? expected actor.field, such as mn1.coa, or step.key"},
	{"elsewhere=1", "--set: unknown name 'elsewhere'; expected actor.field, such as mn1.coa, or step.key"},
};

static void test_wrong_overrides(void)
{
	actors_t *actors = actors_new();

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		GError *error = NULL;

		g_assert_false(actors_set(actors, wrong[i].assignment, &command_line, &error));
		g_assert_error(error, GEN_ERROR, GEN_ERROR_SCENARIO);
		g_assert_cmpstr(error->message, ==, wrong[i].message);
		g_error_free(error);
	}
	actors_free(actors);
}

int main(int count, char **words)
{
	g_test_init(&count, &words, NULL);
	g_test_add_func("/gen/actors/base_values", test_base_values);
	g_test_add_func("/gen/actors/node", test_node);
	g_test_add_func("/gen/actors/names", test_names);
	g_test_add_func("/gen/actors/override", test_override);
	g_test_add_func("/gen/actors/wrong_overrides", test_wrong_overrides);
	return g_test_run();
}
