// SPDX-License-Identifier: GPL-2.0-or-later
// Whole documents of JSON.
#include "base/json.h"

void json_document(const struct shape *shape, const void *value, GString *out)
{
	JsonBuilder *builder = json_builder_new();
	JsonGenerator *generator = json_generator_new();
	JsonNode *root;
	char *text;

	shape_build(shape, value, builder);
	root = json_builder_get_root(builder);
	json_generator_set_root(generator, root);
	json_generator_set_pretty(generator, TRUE);
	json_generator_set_indent(generator, 1);
	text = json_generator_to_data(generator, NULL);
	g_string_append(out, text);
	g_string_append_c(out, '\n');
	g_free(text);
	json_node_unref(root);
	g_object_unref(generator);
	g_object_unref(builder);
}
