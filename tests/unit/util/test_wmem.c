// SPDX-License-Identifier: GPL-2.0-or-later
// Memory as the core uses it: built twice, for Wireshark's own functions and for those of plugin/standalone.
#include <glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <wsutil/wmem/wmem.h>

#define MANY 5000

static wmem_allocator_t *alloc;

static void test_pieces(void)
{
	guint64 *pieces[100];
	for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
		pieces[i] = wmem_alloc0(alloc, (i + 1) * sizeof(guint64));
		g_assert_cmpuint(GPOINTER_TO_SIZE(pieces[i]) % sizeof(guint64), ==, 0);
		g_assert_cmpuint(pieces[i][0] | pieces[i][i], ==, 0);
		pieces[i][0] = pieces[i][i] = i;
	}
	for (guint i = 0; i < G_N_ELEMENTS(pieces); i += 2)
		wmem_free(alloc, pieces[i]);
	for (guint i = 1; i < G_N_ELEMENTS(pieces); i += 2) {
		pieces[i] = wmem_realloc(alloc, pieces[i], 10000);
		g_assert_cmpuint(pieces[i][0] + pieces[i][i], ==, 2 * i);
	}
	g_assert_cmpmem(wmem_memdup(alloc, "a\0b", 3), 3, "a\0b", 3);
	wmem_free_all(alloc);
	g_assert_cmpstr(wmem_strdup(alloc, "afterwards"), ==, "afterwards");
}

static void test_pieces_of_nobody(void)
{
	guint64 *piece = wmem_alloc0(NULL, sizeof(guint64));
	piece = wmem_realloc(NULL, piece, 10000);
	g_assert_cmpuint(*piece, ==, 0);
	wmem_free(NULL, piece);
}

static char *printed(const char *format, ...) G_GNUC_PRINTF(1, 2);

static char *printed(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *text = wmem_strdup_vprintf(alloc, format, arguments);
	va_end(arguments);
	return text;
}

static void test_text(void)
{
	g_autofree char *longest = g_strnfill(3000, 'x');
	g_assert_cmpstr(wmem_strdup_printf(alloc, "%s %u", "one", 2u), ==, "one 2");
	g_assert_cmpstr(printed("%s%s", longest, "y") + 2999, ==, "xy");
	wmem_strbuf_t *buffer = wmem_strbuf_new(alloc, "[");
	for (guint i = 0; i < 100; i++)
		wmem_strbuf_append_printf(buffer, "%u,", i % 10);
	wmem_strbuf_append(buffer, "end");
	wmem_strbuf_append_c(buffer, ']');
	g_assert_cmpuint(strlen(wmem_strbuf_get_str(buffer)), ==, 1 + 200 + 4);
	g_assert_cmpstr(wmem_strbuf_get_str(buffer) + 195, ==, "7,8,9,end]");
	g_assert_cmpstr(wmem_strbuf_finalize(buffer) + 201, ==, "end]");
}

static void test_array(void)
{
	wmem_array_t *arrays[] = {wmem_array_new(alloc, sizeof(guint64)),
				  wmem_array_sized_new(alloc, sizeof(guint64), 1)};
	for (guint k = 0; k < G_N_ELEMENTS(arrays); k++) {
		for (guint64 i = 0; i < MANY; i++)
			wmem_array_append_one(arrays[k], i);
		g_assert_cmpuint(wmem_array_get_count(arrays[k]), ==, MANY);
		for (guint i = 0; i < MANY; i++)
			g_assert_cmpuint(*(guint64 *)wmem_array_index(arrays[k], i), ==, i);
		g_assert_true(wmem_array_get_raw(arrays[k]) == wmem_array_index(arrays[k], 0));
	}
}

static void count(void *key G_GNUC_UNUSED, void *value G_GNUC_UNUSED, void *user_data)
{
	++*(guint *)user_data;
}

static void test_map_of_pointers(void)
{
	wmem_map_t *map = wmem_map_new(alloc, g_direct_hash, g_direct_equal);
	for (guint i = 1; i <= MANY; i++)
		g_assert_null(wmem_map_insert(map, GUINT_TO_POINTER(i * 4096), GUINT_TO_POINTER(i)));
	for (guint i = 1; i <= MANY; i += 2)
		g_assert_true(wmem_map_remove(map, GUINT_TO_POINTER(i * 4096)) == GUINT_TO_POINTER(i));
	for (guint i = 1; i <= MANY; i++) {
		g_assert_cmpint(wmem_map_contains(map, GUINT_TO_POINTER(i * 4096)), ==, i % 2 == 0);
		g_assert_true(wmem_map_lookup(map, GUINT_TO_POINTER(i * 4096)) == GUINT_TO_POINTER(i % 2 ? 0 : i));
	}
	g_assert_null(wmem_map_remove(map, GUINT_TO_POINTER(1)));
	g_assert_true(wmem_map_insert(map, GUINT_TO_POINTER(8192), map) == GUINT_TO_POINTER(2)); // the value before
	g_assert_true(wmem_map_lookup(map, GUINT_TO_POINTER(8192)) == map);
	guint found = 0;
	wmem_map_foreach(map, count, &found);
	g_assert_cmpuint(found, ==, MANY / 2);
}

static guint hash_text(const void *key)
{
	return wmem_strong_hash(key, strlen(key));
}

static void test_map_of_contents(void)
{
	wmem_map_t *numbers = wmem_map_new(alloc, wmem_int64_hash, g_int64_equal);
	wmem_map_t *texts = wmem_map_new(alloc, hash_text, g_str_equal);
	for (gint64 i = 0; i < MANY; i++) {
		gint64 *number = wmem_memdup(alloc, &i, sizeof(i));
		wmem_map_insert(numbers, number, number);
		wmem_map_insert(texts, wmem_strdup_printf(alloc, "%" G_GINT64_FORMAT, i), number);
	}
	for (gint64 i = 0; i < MANY; i++) {
		g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, i);
		g_assert_cmpint(*(gint64 *)wmem_map_lookup(numbers, &i), ==, i);
		g_assert_true(wmem_map_lookup(texts, text) == wmem_map_lookup(numbers, &i));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	alloc = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
	g_test_add_func("/wmem/pieces", test_pieces);
	g_test_add_func("/wmem/pieces_of_nobody", test_pieces_of_nobody);
	g_test_add_func("/wmem/text", test_text);
	g_test_add_func("/wmem/array", test_array);
	g_test_add_func("/wmem/map_of_pointers", test_map_of_pointers);
	g_test_add_func("/wmem/map_of_contents", test_map_of_contents);
	int status = g_test_run();
	wmem_destroy_allocator(alloc);
	return status;
}
