// SPDX-License-Identifier: GPL-2.0-or-later
// A conformance suite: tests of steps that are sent, awaited, and judged.
#include "run/suite/suite.h"

#include "language/document.h"
#include "language/edits.h"
#include "language/library.h"
#include "language/rule_ids.h"
#include "packet/plan.h"
#include "run/suite/expand.h"
#include "run/suite/pattern.h"
#include "run/suite/reader.h"

#include <string.h>

static const reader_key_t suite_keys[] = {
	{"suite", ITEM_TEXT}, {"title", ITEM_TEXT},   {"role", ITEM_TEXT},  {"base", ITEM_TEXT},
	{"tests", ITEM_LIST}, {"cleanup", ITEM_LIST}, {"allow", ITEM_LIST}, {0},
};
static const reader_key_t test_keys[] = {
	{"id", ITEM_TEXT},
	{"title", ITEM_TEXT},
	{"clause", ITEM_TEXT},
	{"class", ITEM_TEXT},
	{"needs", ITEM_LIST},
	{"steps", ITEM_LIST},
	{0},
};
static const reader_key_t await_keys[] = {
	{"await", ITEM_TEXT},   {"within", ITEM_TEXT},    {"match", ITEM_MAPPING}, {"extensions", ITEM_LIST},
	{"without", ITEM_LIST}, {"otherwise", ITEM_TEXT}, {"save", ITEM_TEXT},     {0},
};
static const reader_key_t call_keys[] = {{"call", ITEM_TEXT}, {"expect", ITEM_TEXT}, {"optional", ITEM_TEXT}, {0}};
static const reader_key_t await_packet_keys[] = {
	{"await", ITEM_TEXT}, {"within", ITEM_TEXT}, {"stack", ITEM_LIST}, {"otherwise", ITEM_TEXT}, {0},
};
static const reader_key_t silence_keys[] = {
	{"silence", ITEM_TEXT},
	{"during", ITEM_TEXT},
	{"stack", ITEM_LIST},
	{0},
};
static const reader_key_t rules_keys[] = {{"rules", ITEM_MAPPING}, {0}};
static const reader_key_t rules_lists[] = {{"allow", ITEM_LIST}, {"require", ITEM_LIST}, {0}};
static const char *const strengths[] = {"must", "should", "may", NULL};

// A suite that is being read.
typedef struct {
	reader_t reader;
	suite_t *suite;
	actors_t *actors; // those of the device, to check patterns with
	const char *const *assignments;
	test_t *test;     // at work
	GPtrArray *edits; // of step_t: its steps as the file has them
	GArray *saved;    // of heard_request_t: requests that its steps may refer to
} loader_t;

static void fail_item(const loader_t *loader, const item_t *item, GError **error, const char *problem)
{
	place_t place = reader_place(&loader->reader, item);

	fail_at(error, &place, "%s", problem);
}

static void free_extension(gpointer data)
{
	wanted_extension_t *extension = data;

	g_ptr_array_unref(extension->fields);
	g_free(extension);
}

static void free_action(gpointer data)
{
	action_t *action = data;
	GPtrArray *lists[] = {action->match, action->extensions, action->without,
			      action->stack, action->allow,      action->require};

	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		if (lists[i])
			g_ptr_array_unref(lists[i]);
	g_free(action);
}

static void free_test(gpointer data)
{
	test_t *test = data;

	g_ptr_array_unref(test->actions);
	g_clear_pointer(&test->needs, g_ptr_array_unref);
	g_clear_pointer(&test->scenario, scenario_copy_free);
	g_free(test);
}

static bool read_field(const loader_t *loader, const item_t *item, block_id_t block, GPtrArray *fields, GError **error)
{
	const field_t *field = field_find(block, item->key);
	place_t place = reader_place(&loader->reader, item);

	if (!field) {
		g_autofree char *names = field_names(block);

		fail_at(error, &place, "unknown field; expected one of %s", names);
		return false;
	}
	if (item->kind != ITEM_TEXT || !pattern_check(item->text, field, loader->actors, &place, error)) {
		if (item->kind != ITEM_TEXT)
			fail_at(error, &place, "found no plain value; expected one, or a pattern such as \"0|1\"");
		return false;
	}
	wanted_t *wanted = g_new(wanted_t, 1);
	*wanted = (wanted_t){field, {item->text, place}};
	g_ptr_array_add(fields, wanted);
	return true;
}

// The fields of a message, and `auth`.
static bool read_match(const loader_t *loader, const item_t *item, action_t *action, GError **error)
{
	const item_t *match = reader_get(item, "match");
	block_id_t block = field_block(action->name);

	action->match = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; match && i < match->children->len; i++) {
		const item_t *entry = match->children->pdata[i];
		static const char *const states[] = {"good", "bad", "missing", NULL};

		if (strcmp(entry->key, "auth") != 0) {
			if (!read_field(loader, entry, block, action->match, error))
				return false;
			continue;
		}
		action->authenticator = reader_placed(&loader->reader, match, "auth");
		if (!entry->text || !g_strv_contains(states, entry->text)) {
			fail_item(loader, entry, error, "wrong value; expected good, bad or missing");
			return false;
		}
	}
	return true;
}

// Which blocks a list may have.
typedef struct {
	const char *key;
	bool (*may_have)(block_id_t block);
	const char *problem;
} list_kind_t;

static const list_kind_t extension_list = {
	"extensions", field_is_extension,
	"no extension that can be awaited; expected such as \"- prefix_reply: { code: 0 }\""};
static const list_kind_t without_list = {"without", field_is_extension,
					 "no extension that can be awaited; expected such as \"- prefix_reply: {}\""};
static const list_kind_t stack_list = {
	"stack", field_is_layer, "no header that can be awaited; expected such as \"- ipv4: { destination: mn.coa }\""};

static bool read_extension(const loader_t *loader, const item_t *item, const list_kind_t *kind, GPtrArray *list,
			   GError **error)
{
	const item_t *entry = item->kind == ITEM_MAPPING && item->children->len == 1 ? item->children->pdata[0] : NULL;
	block_id_t block = entry ? field_block(entry->key) : BLOCK_COUNT;

	if (!entry || entry->kind != ITEM_MAPPING || !kind->may_have(block)) {
		fail_item(loader, entry ? entry : item, error, kind->problem);
		return false;
	}
	wanted_extension_t *extension = g_new0(wanted_extension_t, 1);
	extension->block = block;
	extension->place = reader_place(&loader->reader, entry);
	extension->fields = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(list, extension);
	for (guint i = 0; i < entry->children->len; i++)
		if (!read_field(loader, entry->children->pdata[i], block, extension->fields, error))
			return false;
	return true;
}

static bool read_list(const loader_t *loader, const item_t *item, const list_kind_t *kind, GPtrArray **list,
		      GError **error)
{
	const item_t *entries = reader_get(item, kind->key);

	*list = g_ptr_array_new_with_free_func(free_extension);
	for (guint i = 0; entries && i < entries->children->len; i++)
		if (!read_extension(loader, entries->children->pdata[i], kind, *list, error))
			return false;
	return true;
}

static bool read_message(const loader_t *loader, const item_t *item, const char *key, action_t *action, GError **error)
{
	static const char *const subjects[] = {[SUBJECT_PACKET] = "packet", [SUBJECT_FORWARDED] = "forwarded"};
	block_id_t block;

	action->name = reader_text(item, key);
	for (gsize i = SUBJECT_PACKET; i < G_N_ELEMENTS(subjects); i++)
		if (strcmp(subjects[i], action->name) == 0)
			action->subject = (subject_t)i;
	action->message = field_message_type(action->name, &block);
	if (action->message || action->subject != SUBJECT_MESSAGE)
		return true;
	fail_item(loader, reader_get(item, key), error,
		  "unknown message; expected reply, request, packet or forwarded");
	return false;
}

// The headers of a packet. One that was not sent is found by them.
static bool read_stack(const loader_t *loader, const item_t *item, action_t *action, GError **error)
{
	const item_t *stack = reader_get(item, stack_list.key);

	if (action->subject == SUBJECT_MESSAGE && stack) {
		fail_item(loader, stack, error, "is for packets; expected match or extensions for a message");
		return false;
	}
	if (!read_list(loader, item, &stack_list, &action->stack, error))
		return false;
	if (action->subject != SUBJECT_PACKET || action->stack->len > 0)
		return true;
	fail_item(loader, item, error, "has no stack; expected the headers of the packet");
	return false;
}

static bool read_otherwise(const loader_t *loader, const item_t *item, action_t *action, GError **error)
{
	const char *otherwise = reader_text(item, "otherwise");

	action->is_preamble = g_strcmp0(otherwise, "inconclusive") == 0;
	if (!otherwise || action->is_preamble || strcmp(otherwise, "fail") == 0)
		return true;
	fail_item(loader, reader_get(item, "otherwise"), error, "wrong value; expected fail or inconclusive");
	return false;
}

static bool read_save(const loader_t *loader, const item_t *item, action_t *action, GError **error)
{
	action->save = reader_text(item, "save");
	if (!action->save)
		return true;
	if (action->message != DSMIPV4_REGISTRATION_REQUEST) {
		fail_item(loader, reader_get(item, "save"), error, "is for requests; expected it at `await: request`");
		return false;
	}
	const heard_request_t request = {action->save, 0};
	g_array_append_val(loader->saved, request);
	return true;
}

static bool read_await(const loader_t *loader, const item_t *item, action_t *action, GError **error)
{
	action->kind = ACTION_AWAIT;
	if (!read_message(loader, item, "await", action, error) ||
	    !reader_time(&loader->reader, item, "within", &action->time, error) ||
	    !read_otherwise(loader, item, action, error))
		return false;
	if (action->subject != SUBJECT_MESSAGE)
		return reader_check(&loader->reader, item, await_packet_keys, error) &&
		       read_stack(loader, item, action, error);
	return reader_check(&loader->reader, item, await_keys, error) && read_match(loader, item, action, error) &&
	       read_list(loader, item, &extension_list, &action->extensions, error) &&
	       read_list(loader, item, &without_list, &action->without, error) &&
	       read_save(loader, item, action, error);
}

static bool read_silence(const loader_t *loader, const item_t *item, action_t *action, GError **error)
{
	action->kind = ACTION_SILENCE;
	return reader_check(&loader->reader, item, silence_keys, error) &&
	       read_message(loader, item, "silence", action, error) &&
	       reader_time(&loader->reader, item, "during", &action->time, error) &&
	       read_stack(loader, item, action, error);
}

static bool read_rules(const loader_t *loader, const item_t *item, action_t *action, GError **error)
{
	const item_t *lists = reader_get(item, "rules");

	action->kind = ACTION_RULES;
	return reader_check(&loader->reader, item, rules_keys, error) &&
	       reader_check(&loader->reader, lists, rules_lists, error) &&
	       reader_texts(&loader->reader, lists, "allow", &action->allow, error) &&
	       reader_texts(&loader->reader, lists, "require", &action->require, error) &&
	       rules_check_named(action->allow, error) && rules_check_named(action->require, error);
}

static bool read_call(const loader_t *loader, const item_t *item, action_t *action, GError **error)
{
	const char *optional;
	g_autoptr(GError) cause = NULL;

	action->kind = ACTION_CALL;
	if (!reader_check(&loader->reader, item, call_keys, error))
		return false;
	action->hook = reader_text(item, "call");
	action->expect = reader_placed(&loader->reader, item, "expect");
	optional = reader_text(item, "optional");
	action->is_optional = g_strcmp0(optional, "true") == 0;
	if (optional && !action->is_optional && strcmp(optional, "false") != 0) {
		fail_item(loader, reader_get(item, "optional"), error, "wrong value; expected true or false");
		return false;
	}
	if (!action->expect.string)
		return true;
	g_autoptr(GRegex) regex = g_regex_new(action->expect.string, 0, 0, &cause);
	if (!regex)
		fail_at(error, &action->expect.place, "no regular expression: %s", cause->message);
	return regex;
}

// A step of the scenario language, which is an edit of the base.
static bool read_send(const loader_t *loader, const item_t *item, action_t *action, GError **error)
{
	step_t *step = document_read_step(item, loader->reader.file, loader->reader.strings, error);

	if (!step)
		return false;
	action->kind = ACTION_SEND;
	action->name = step_name(step);
	action->step = loader->edits->len;
	g_ptr_array_add(loader->edits, step);
	return true;
}

static const struct {
	const char *key;
	bool (*read)(const loader_t *loader, const item_t *item, action_t *action, GError **error);
} actions[] = {
	{"step", read_send},   {"await", read_await}, {"silence", read_silence},
	{"rules", read_rules}, {"call", read_call},
};

static bool read_action(const loader_t *loader, const item_t *item, GError **error)
{
	action_t *action = g_new0(action_t, 1);

	g_ptr_array_add(loader->test->actions, action);
	action->place = reader_place(&loader->reader, item);
	for (gsize i = 0; i < G_N_ELEMENTS(actions) && item->kind == ITEM_MAPPING; i++)
		if (reader_get(item, actions[i].key))
			return actions[i].read(loader, item, action, error);
	fail_item(loader, item, error, "is no step; expected a mapping with step, await, silence, rules or call");
	return false;
}

// The steps that the test sends, in its order, on top of the base.
static bool make_scenario(loader_t *loader, GError **error)
{
	test_t *test = loader->test;
	g_autoptr(GPtrArray) all = NULL;

	test->scenario = scenario_copy(loader->suite->base);
	if (!edits_apply(test->scenario->steps, loader->edits, loader->suite->strings, error))
		return false;
	all = test->scenario->steps;
	test->scenario->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	for (guint i = 0; i < loader->edits->len; i++) {
		guint index;

		if (steps_find(all, step_name(loader->edits->pdata[i]), &index))
			g_ptr_array_add(test->scenario->steps, step_copy(all->pdata[index]));
	}
	return scenario_prepare(test->scenario, loader->assignments, 1, error);
}

// Whether the packets of the test can be made.
static bool check_scenario(const loader_t *loader, GError **error)
{
	const test_t *test = loader->test;

	if (test->scenario->steps->len != loader->edits->len) {
		fail_at(error, &test->place, "drops or repeats steps; expected each step that is sent, once");
		return false;
	}
	g_autofree gint64 *offsets = g_new0(gint64, test->scenario->steps->len + 1);
	g_autoptr(GPtrArray) plans = plan_scenario(test->scenario, loader->actors,
						   &(timing_t){G_USEC_PER_SEC, offsets, loader->saved}, error);
	return plans;
}

static bool read_steps(loader_t *loader, const item_t *steps, GError **error)
{
	bool ok = true;

	loader->test->actions = g_ptr_array_new_with_free_func(free_action);
	loader->edits = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	loader->saved = g_array_new(FALSE, FALSE, sizeof(heard_request_t));
	for (guint i = 0; ok && i < steps->children->len; i++)
		ok = read_action(loader, steps->children->pdata[i], error);
	ok = ok && make_scenario(loader, error) && check_scenario(loader, error);
	g_clear_pointer(&loader->edits, g_ptr_array_unref);
	g_clear_pointer(&loader->saved, g_array_unref);
	return ok;
}

static bool has_all(const loader_t *loader, const item_t *item, const char *const *keys, GError **error)
{
	for (; *keys; keys++) {
		if (reader_get(item, *keys))
			continue;
		g_autofree char *problem = g_strdup_printf("has no key `%s`; expected one", *keys);
		fail_item(loader, item, error, problem);
		return false;
	}
	return true;
}

static bool check_id(const loader_t *loader, const item_t *item, const char *id, GError **error)
{
	for (guint i = 0; i < loader->suite->tests->len; i++) {
		if (strcmp(((const test_t *)loader->suite->tests->pdata[i])->id, id) != 0)
			continue;
		fail_item(loader, item, error, "a test of this id is there already; expected another id");
		return false;
	}
	return true;
}

static bool read_test(gpointer data, const item_t *item, GError **error)
{
	loader_t *loader = data;
	static const char *const needed[] = {"id", "title", "clause", "class", "steps", NULL};
	test_t *test;

	if (!reader_check(&loader->reader, item, test_keys, error) || !has_all(loader, item, needed, error) ||
	    !check_id(loader, reader_get(item, "id"), reader_text(item, "id"), error))
		return false;
	test = loader->test = g_new0(test_t, 1);
	test->id = reader_text(item, "id");
	test->title = reader_text(item, "title");
	test->clause = reader_text(item, "clause");
	test->strength = reader_text(item, "class");
	test->place = reader_place(&loader->reader, item);
	bool ok = reader_texts(&loader->reader, item, "needs", &test->needs, error) &&
		  read_steps(loader, reader_get(item, "steps"), error);
	if (!test->actions)
		test->actions = g_ptr_array_new();
	g_ptr_array_add(loader->suite->tests, test);
	if (ok && !g_strv_contains(strengths, test->strength)) {
		fail_item(loader, reader_get(item, "class"), error, "wrong value; expected must, should or may");
		return false;
	}
	return ok;
}

static bool read_cleanup(loader_t *loader, const item_t *top, GError **error)
{
	const item_t *steps = reader_get(top, "cleanup");

	if (!steps)
		return true;
	loader->test = loader->suite->cleanup = g_new0(test_t, 1);
	loader->test->id = loader->test->title = "cleanup";
	return read_steps(loader, steps, error);
}

static bool read_suite(loader_t *loader, const item_t *top, GError **error)
{
	static const char *const needed[] = {"suite", "title", "role", "base", "tests", NULL};
	suite_t *suite = loader->suite;

	if (!reader_check(&loader->reader, top, suite_keys, error) || !has_all(loader, top, needed, error))
		return false;
	suite->title = reader_text(top, "title");
	suite->role = reader_text(top, "role");
	suite->base = scenario_load(reader_text(top, "base"), error);
	loader->actors = suite->base ? scenario_actors(suite->base, loader->assignments, error) : NULL;
	bool ok = loader->actors && reader_texts(&loader->reader, top, "allow", &suite->allow, error) &&
		  rules_check_named(suite->allow, error) && read_cleanup(loader, top, error);
	const item_t *tests = reader_get(top, "tests");
	for (guint i = 0; ok && i < tests->children->len; i++)
		ok = expand_test(&loader->reader, tests->children->pdata[i], read_test, loader, error);
	g_clear_pointer(&loader->actors, actors_free);
	return ok;
}

static bool load_file(suite_t *suite, const scenario_file_t *file, const char *const *assignments, GError **error)
{
	gsize length;
	const char *text = g_bytes_get_data(file->text, &length);
	loader_t loader = {
		.reader = {g_string_chunk_insert(suite->strings, file->name), suite->strings},
		.suite = suite,
		.assignments = assignments,
	};
	item_t *top = yaml_tree_read(text, length, loader.reader.file, suite->strings, error);
	bool ok = top && read_suite(&loader, top, error);

	g_clear_pointer(&top, item_free);
	return ok;
}

suite_t *suite_load(const char *name, const char *const *assignments, GError **error)
{
	g_autoptr(suite_t) suite = g_new0(suite_t, 1);
	scenario_file_t file;

	suite->name = g_strdup(name);
	suite->strings = g_string_chunk_new(4096);
	suite->tests = g_ptr_array_new_with_free_func(free_test);
	if (!library_find_suite(name, &file, error))
		return NULL;
	bool ok = load_file(suite, &file, assignments, error);
	scenario_file_clear(&file);
	return ok ? g_steal_pointer(&suite) : NULL;
}

void suite_free(suite_t *suite)
{
	g_ptr_array_unref(suite->tests);
	g_clear_pointer(&suite->allow, g_ptr_array_unref);
	g_clear_pointer(&suite->cleanup, free_test);
	g_clear_pointer(&suite->base, scenario_free);
	g_string_chunk_free(suite->strings);
	g_free(suite->name);
	g_free(suite);
}
