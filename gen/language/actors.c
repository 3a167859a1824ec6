// SPDX-License-Identifier: GPL-2.0-or-later
// The actors of a scenario: addresses, prefixes and keys under names such as mn1.coa.
#include "language/actors.h"

#include "language/suggest.h"
#include "language/parse.h"

#include <string.h>

typedef struct {
	const char *name;
	key_kind_t kind; // checked when it is overridden
	const char *standard;
} fact_t;

// Default values, as doc/dsmipgen-scenario.5.adoc lists them.
static const fact_t facts[] = {
	{"ha.address", KIND_ADDRESS4, "198.51.100.1"},
	{"ha.link_local", KIND_ADDRESS6, "fe80::c633:6401"},
	{"fa.address", KIND_ADDRESS4, "203.0.113.9"},
	{"fa.spi", KIND_U32, "0x300"},
	{"fa.key", KIND_SECRET, "fa-ha secret"},
	{"nat.address", KIND_ADDRESS4, "192.0.2.200"},
	{"nat.port", KIND_U16, "50434"},
	{"cn.address", KIND_ADDRESS4, "203.0.113.80"},
	{"cn.address6", KIND_ADDRESS6, "2001:db8:c0::1"},
	{"mn1.hoa", KIND_ADDRESS4, "198.51.100.77"},
	{"mn1.coa", KIND_ADDRESS4, "192.0.2.33"},
	{"mn1.second_coa", KIND_ADDRESS4, "192.0.2.133"},
	{"mn1.private_coa", KIND_ADDRESS4, "10.0.0.33"},
	{"mn1.prefix", KIND_ADDRESS6, "2001:db8:a::"},
	{"mn1.prefix_length", KIND_U8, "48"},
	{"mn1.address6", KIND_ADDRESS6, "2001:db8:a::1"},
	{"mn1.second_prefix", KIND_ADDRESS6, "2001:db8:d::"},
	{"mn1.second_address6", KIND_ADDRESS6, "2001:db8:d::1"},
	{"mn1.third_prefix", KIND_ADDRESS6, "2001:db8:e::"},
	{"mn1.third_address6", KIND_ADDRESS6, "2001:db8:e::1"},
	{"mn1.mac", KIND_MAC, "02:00:c6:33:64:4d"},
	{"mn1.link_local", KIND_ADDRESS6, "fe80::c633:644d"},
	{"mn1.nai", KIND_TEXT, "mn1@example.net"},
	{"mn1.spi", KIND_U32, "0x100"},
	{"mn1.key", KIND_SECRET, "mn1-ha secret"},
	{"mn1.fa_spi", KIND_U32, "0x200"},
	{"mn1.fa_key", KIND_SECRET, "mn1-fa secret"},
	{"mn1.aaa_spi", KIND_U32, "0x400"},
	{"mn1.aaa_key", KIND_SECRET, "mn1-aaa secret"},
	{"mn2.hoa", KIND_ADDRESS4, "198.51.100.78"},
	{"mn2.coa", KIND_ADDRESS4, "192.0.2.34"},
	{"mn2.second_coa", KIND_ADDRESS4, "192.0.2.134"},
	{"mn2.private_coa", KIND_ADDRESS4, "10.0.0.34"},
	{"mn2.prefix", KIND_ADDRESS6, "2001:db8:b::"},
	{"mn2.prefix_length", KIND_U8, "48"},
	{"mn2.address6", KIND_ADDRESS6, "2001:db8:b::1"},
	{"mn2.second_prefix", KIND_ADDRESS6, "2001:db8:d2::"},
	{"mn2.second_address6", KIND_ADDRESS6, "2001:db8:d2::1"},
	{"mn2.third_prefix", KIND_ADDRESS6, "2001:db8:e2::"},
	{"mn2.third_address6", KIND_ADDRESS6, "2001:db8:e2::1"},
	{"mn2.mac", KIND_MAC, "02:00:c6:33:64:4e"},
	{"mn2.link_local", KIND_ADDRESS6, "fe80::c633:644e"},
	{"mn2.nai", KIND_TEXT, "mn2@example.net"},
	{"mn2.spi", KIND_U32, "0x101"},
	{"mn2.key", KIND_SECRET, "mn2-ha secret"},
	{"mn2.fa_spi", KIND_U32, "0x201"},
	{"mn2.fa_key", KIND_SECRET, "mn2-fa secret"},
	{"mn2.aaa_spi", KIND_U32, "0x401"},
	{"mn2.aaa_key", KIND_SECRET, "mn2-aaa secret"},
	{"nodes.hoa", KIND_BLOCK4, "198.18.0.0/17"},
	{"nodes.coa", KIND_BLOCK4, "198.18.128.0/17"},
	{"nodes.second_coa", KIND_BLOCK4, "198.19.0.0/17"},
	{"nodes.private_coa", KIND_BLOCK4, "10.192.0.0/10"},
	{"nodes.nat", KIND_BLOCK4, "198.19.128.0/17"},
	{"nodes.prefix", KIND_BLOCK6, "3fff::/22"},
	{"nodes.second_prefix", KIND_BLOCK6, "3fff:400::/22"},
	{"nodes.third_prefix", KIND_BLOCK6, "3fff:800::/22"},
};

static const char *const nodes[] = {"mn1", "mn2", NULL};

struct actors {
	char *text[G_N_ELEMENTS(facts)];
};

static int fact_index(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
		if (strcmp(facts[i].name, name) == 0)
			return (int)i;
	return -1;
}

actors_t *actors_new(void)
{
	actors_t *actors = g_new0(actors_t, 1);

	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
		actors->text[i] = g_strdup(facts[i].standard);
	return actors;
}

void actors_free(actors_t *actors)
{
	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
		g_free(actors->text[i]);
	g_free(actors);
}

static bool set_fact(actors_t *actors, const char *name, const char *text, const place_t *place, GError **error)
{
	int index = fact_index(name);

	if (index < 0) {
		g_autofree char *hint = actors_suggest(name);

		fail_at(error, place, "unknown name '%s'%s actor.field, such as mn1.coa, or step.key", name, hint);
		return false;
	}
	if (!value_check(facts[index].kind, text, place, error))
		return false;
	g_free(actors->text[index]);
	actors->text[index] = g_strdup(text);
	return true;
}

bool actors_set(actors_t *actors, const char *assignment, const place_t *place, GError **error)
{
	const char *equals = strchr(assignment, '=');

	if (!equals) {
		fail_at(error, place, "wrong override '%s'; expected actor.field=value", assignment);
		return false;
	}
	g_autofree char *name = g_strndup(assignment, (gsize)(equals - assignment));
	return set_fact(actors, name, equals + 1, place, error);
}

static int find_fact(const char *name, const char *node)
{
	g_autofree char *full =
		g_str_has_prefix(name, "mn.") ? g_strconcat(node, name + strlen("mn"), NULL) : g_strdup(name);

	return fact_index(full);
}

const char *actors_get(const actors_t *actors, const char *name, const char *node)
{
	int index = find_fact(name, node);

	return index < 0 ? NULL : actors->text[index];
}

const char *actors_fact(const char *name, const char *node)
{
	int index = find_fact(name, node);

	return index < 0 ? NULL : facts[index].name;
}

bool actors_is_name(const char *text)
{
	gsize letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	const char *point = text + letters + strspn(text + letters, "0123456789");

	return letters > 0 && point[0] == '.' && g_ascii_islower(point[1]) &&
	       point[1 + strspn(point + 1, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

const char *actors_standard(const char *name)
{
	int index = fact_index(name);

	return index < 0 ? NULL : facts[index].standard;
}

char *actors_suggest(const char *name)
{
	const char *names[G_N_ELEMENTS(facts)];

	for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
		names[i] = facts[i].name;
	return suggest(name, names, G_N_ELEMENTS(facts));
}

bool actors_is_node(const char *actor)
{
	return g_strv_contains(nodes, actor);
}
