// SPDX-License-Identifier: GPL-2.0-or-later
// The evidence of a run, read from the file that archive.h describes.
#include "run/evidence/recording.h"

#include "output/pcapng.h"

#include <net/ethernet.h>
#include <pcap/dlt.h>
#include <string.h>

#define LINKS 2
#define SUM_LENGTH 64
#define LATEST (G_MAXINT64 / 2) // nanoseconds since 1970: in the year 2116, and far from what overflows

// A section of the file.
typedef struct {
	gsize start;
	gsize length;
	GHashTable *comments; // key -> GPtrArray of texts
	guint links;
	evidence_t *evidence;
} section_t;

struct recording {
	const char *path;
	guint8 *bytes;
	gsize length;
	GPtrArray *sections; // of section_t
	guint next;          // of the sections
};

// A block, without header and trailing length.
typedef struct {
	guint32 type;
	const guint8 *body;
	gsize length;
} block_t;

static void free_section(gpointer data)
{
	section_t *section = data;

	g_hash_table_unref(section->comments);
	evidence_free(section->evidence);
	g_free(section);
}

static bool fail_file(const recording_t *recording, gsize at, const char *what, GError **error)
{
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot judge '%s': byte %" G_GSIZE_FORMAT ": %s", recording->path, at,
	     what);
	return false;
}

// The block at an offset; false: it is cut, or its lengths contradict each other.
static bool read_block(const recording_t *recording, gsize at, block_t *block)
{
	gsize room = recording->length - at;
	block_header_t header;
	guint32 trailing;

	if (room < sizeof(header) + sizeof(trailing))
		return false;
	memcpy(&header, recording->bytes + at, sizeof(header));
	if (header.block_length < sizeof(header) + sizeof(trailing) || header.block_length % 4 != 0 ||
	    header.block_length > room)
		return false;
	memcpy(&trailing, recording->bytes + at + header.block_length - sizeof(trailing), sizeof(trailing));
	*block = (block_t){header.type, recording->bytes + at + sizeof(header),
			   header.block_length - sizeof(header) - sizeof(trailing)};
	return trailing == header.block_length;
}

typedef bool (*option_fn)(gpointer data, guint16 code, const guint8 *value, guint16 length);

// Calls the function for each option behind the fixed part of a block; false: they are not whole, or it was.
static bool read_options(const block_t *block, gsize fixed, option_fn take, gpointer data)
{
	for (gsize at = fixed; at < block->length;) {
		option_t option;

		if (block->length - at < sizeof(option))
			return false;
		memcpy(&option, block->body + at, sizeof(option));
		at += sizeof(option);
		if (option.code == OPTION_END)
			return at == block->length;
		if (pcapng_padded(option.length) > block->length - at ||
		    !take(data, option.code, block->body + at, option.length))
			return false;
		at += pcapng_padded(option.length);
	}
	return true;
}

static void clear_texts(gpointer data)
{
	g_ptr_array_unref(data);
}

// Takes a comment apart; its lists end with NULL.
static bool take_comment(gpointer data, guint16 code, const guint8 *value, guint16 length)
{
	section_t *section = data;
	g_autofree char *text = g_strndup((const char *)value, length);
	char *separator = strstr(text, ARCHIVE_SEPARATOR);

	if (code != OPTION_COMMENT || !separator)
		return false;
	*separator = '\0';
	GPtrArray *texts = g_hash_table_lookup(section->comments, text);
	if (!texts) {
		texts = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(texts, NULL);
		g_hash_table_insert(section->comments, g_strdup(text), texts);
	}
	g_ptr_array_insert(texts, (gint)texts->len - 1, g_strcompress(separator + strlen(ARCHIVE_SEPARATOR)));
	return true;
}

static const char *const *texts_of(const section_t *section, const char *key)
{
	static const char *const none[] = {NULL};
	const GPtrArray *texts = g_hash_table_lookup(section->comments, key);

	return texts ? (const char *const *)texts->pdata : none;
}

static bool read_number(const char *text, gint64 least, gint64 most, gint64 *number)
{
	return text && g_ascii_string_to_signed(text, 10, least, most, number, NULL);
}

// Begins a section. Only what dsmipgen wrote on a machine of this byte order is read.
static bool begin_section(recording_t *recording, gsize at, const block_t *block, GError **error)
{
	section_body_t body;
	section_t *section = g_new0(section_t, 1);

	section->start = at;
	section->comments = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, clear_texts);
	section->evidence = evidence_new();
	g_ptr_array_add(recording->sections, section);
	if (block->length >= sizeof(body))
		memcpy(&body, block->body, sizeof(body));
	if (block->length < sizeof(body) || body.magic != BYTE_ORDER_MAGIC || body.version_major != 1 ||
	    !read_options(block, sizeof(body), take_comment, section) || !texts_of(section, ARCHIVE_STAGE)[0])
		return fail_file(recording, at, "the section was not written by `dsmipgen run --report`", error);
	return true;
}

static bool is_resolution(gpointer data G_GNUC_UNUSED, guint16 code, const guint8 *value, guint16 length)
{
	return code == OPTION_RESOLUTION && length == 1 && value[0] == 9;
}

static bool read_interface(section_t *section, const block_t *block)
{
	interface_body_t body;

	if (block->length < sizeof(body))
		return false;
	memcpy(&body, block->body, sizeof(body));
	return body.link == DLT_EN10MB && ++section->links <= LINKS &&
	       read_options(block, sizeof(body), is_resolution, NULL);
}

typedef struct {
	guint32 flags;
	char *comment;
} packet_options_t;

static bool take_packet_option(gpointer data, guint16 code, const guint8 *value, guint16 length)
{
	packet_options_t *options = data;

	if (code == OPTION_PACKET_FLAGS && length == sizeof(options->flags)) {
		memcpy(&options->flags, value, sizeof(options->flags));
		return true;
	}
	if (code != OPTION_COMMENT || options->comment)
		return false;
	options->comment = g_strndup((const char *)value, length);
	return true;
}

static bool read_packet(const section_t *section, const block_t *block)
{
	packet_body_t body;
	packet_options_t options = {0};

	if (block->length < sizeof(body))
		return false;
	memcpy(&body, block->body, sizeof(body));
	if (body.captured > block->length - sizeof(body) || body.captured != body.length || body.captured < ETH_HLEN ||
	    body.interface >= section->links)
		return false;
	guint64 time = (guint64)body.time_high << 32 | body.time_low;
	gsize end = sizeof(body) + pcapng_padded(body.captured);
	bool ok = end <= block->length && time <= LATEST && read_options(block, end, take_packet_option, &options) &&
		  (options.flags == ARCHIVE_INBOUND || options.flags == ARCHIVE_OUTBOUND);
	if (ok) {
		const frame_t frame = {
			.bytes = block->body + sizeof(body), .length = body.captured, .time = (gint64)time};

		evidence_add(section->evidence, &frame, body.interface,
			     options.flags == ARCHIVE_OUTBOUND ? SENDER_DSMIPGEN : SENDER_OTHER, "");
		if (options.comment)
			evidence_comment(section->evidence, "%s", options.comment);
	}
	g_free(options.comment);
	return ok;
}

static bool add_block(recording_t *recording, gsize at, const block_t *block, GError **error)
{
	section_t *section =
		recording->sections->len > 0 ? recording->sections->pdata[recording->sections->len - 1] : NULL;

	if (block->type == SECTION_HEADER_BLOCK)
		return begin_section(recording, at, block, error);
	if (section && ((block->type == INTERFACE_DESCRIPTION_BLOCK && read_interface(section, block)) ||
			(block->type == ENHANCED_PACKET_BLOCK && read_packet(section, block))))
		return true;
	return fail_file(recording, at, "the block was not written by `dsmipgen run --report`", error);
}

// Whether the bytes of a section are those that were written.
static bool is_sealed(const recording_t *recording, const section_t *section)
{
	const char *sum = texts_of(section, ARCHIVE_SUM)[0];
	g_autofree guint8 *bytes = g_memdup2(recording->bytes + section->start, section->length);
	block_header_t header;

	memcpy(&header, bytes, sizeof(header));
	if (!sum || strlen(sum) != SUM_LENGTH ||
	    header.block_length < sizeof(header) + SUM_LENGTH + OPTION_END_LENGTH + sizeof(guint32))
		return false;
	memset(bytes + header.block_length - sizeof(guint32) - OPTION_END_LENGTH - SUM_LENGTH, '0', SUM_LENGTH);
	g_autofree char *right = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, section->length);
	return strcmp(sum, right) == 0;
}

static bool read_facts(const section_t *section)
{
	evidence_facts_t *facts = evidence_facts(section->evidence);
	guint frames = evidence_count(section->evidence);
	const char *late = texts_of(section, ARCHIVE_LATE)[0];
	gint64 number = 0;

	if (late && !read_number(late, 0, frames, &number))
		return false;
	facts->late = (guint)number;
	for (const char *const *text = texts_of(section, ARCHIVE_CLOCK); *text; text++) {
		if (!read_number(*text, 1, LATEST / 1000, &number))
			return false;
		g_array_append_val(facts->clock, number);
	}
	for (const char *const *text = texts_of(section, ARCHIVE_CALL); *text; text++) {
		const char *output = strchr(*text, ' ');

		if (!output)
			return false;
		evidence_add_call(section->evidence, (int)g_ascii_strtoll(*text, NULL, 10), output + 1);
	}
	for (const char *const *text = texts_of(section, ARCHIVE_UNSUMMED); *text; text++) {
		if (!read_number(*text, 1, frames, &number))
			return false;
		evidence_set_unsummed(section->evidence, (guint)number - 1);
	}
	return true;
}

// Whether a section is the next stage of the run that the first one belongs to.
static bool continues(const recording_t *recording, guint index)
{
	const section_t *first = recording->sections->pdata[0], *section = recording->sections->pdata[index];
	const char *run = texts_of(first, ARCHIVE_RUN)[0];
	gint64 number;

	return run && g_strcmp0(run, texts_of(section, ARCHIVE_RUN)[0]) == 0 &&
	       read_number(texts_of(section, ARCHIVE_NUMBER)[0], 0, G_MAXUINT32, &number) && number == index;
}

static bool check_sections(const recording_t *recording, GError **error)
{
	for (guint i = 0; i < recording->sections->len; i++) {
		section_t *section = recording->sections->pdata[i];
		const section_t *next = i + 1 < recording->sections->len ? recording->sections->pdata[i + 1] : NULL;

		section->length = (next ? next->start : recording->length) - section->start;
		if (!is_sealed(recording, section))
			return fail_file(recording, section->start, "the section was changed: its checksum is wrong",
					 error);
		if (!continues(recording, i))
			return fail_file(recording, section->start,
					 "a stage is missing before this one, or it is of another run", error);
		if (!read_facts(section))
			return fail_file(recording, section->start, "the comments of the section are wrong", error);
	}
	return recording->sections->len > 0 || fail_file(recording, 0, "the file is empty", error);
}

static bool read_blocks(recording_t *recording, GError **error)
{
	block_t block;

	for (gsize at = 0; at < recording->length;) {
		if (!read_block(recording, at, &block))
			return fail_file(recording, at, "no whole block of pcapng; the file is cut, or no evidence",
					 error);
		if (!add_block(recording, at, &block, error))
			return false;
		at = (gsize)(block.body - recording->bytes) + block.length + sizeof(guint32);
	}
	return check_sections(recording, error);
}

recording_t *recording_read(const char *path, GError **error)
{
	g_autoptr(recording_t) recording = g_new0(recording_t, 1);
	g_autoptr(GError) cause = NULL;

	recording->path = path;
	recording->sections = g_ptr_array_new_with_free_func(free_section);
	if (!g_file_get_contents(path, (char **)&recording->bytes, &recording->length, &cause)) {
		fail(error, GEN_ERROR_ENVIRONMENT, "cannot judge '%s': %s", path, cause->message);
		return NULL;
	}
	return read_blocks(recording, error) ? g_steal_pointer(&recording) : NULL;
}

void recording_free(recording_t *recording)
{
	g_ptr_array_unref(recording->sections);
	g_free(recording->bytes);
	g_free(recording);
}

const char *const *recording_texts(const recording_t *recording, const char *key)
{
	return texts_of(recording->sections->pdata[0], key);
}

const char *recording_text(const recording_t *recording, const char *key)
{
	return recording_texts(recording, key)[0];
}

static bool is_stage(const section_t *section, const char *kind, const char *test)
{
	return strcmp(texts_of(section, ARCHIVE_STAGE)[0], kind) == 0 &&
	       g_strcmp0(texts_of(section, ARCHIVE_TEST)[0], test) == 0;
}

bool recording_is_next(const recording_t *recording, const char *kind, const char *test)
{
	return recording->next < recording->sections->len &&
	       is_stage(recording->sections->pdata[recording->next], kind, test);
}

evidence_t *recording_next(recording_t *recording, const char *kind, const char *test, guint round, GError **error)
{
	gint64 number = 0;

	if (recording->next == recording->sections->len)
		return NULL;
	const section_t *section = recording->sections->pdata[recording->next++];
	if (is_stage(section, kind, test) &&
	    read_number(texts_of(section, ARCHIVE_ROUND)[0], 0, G_MAXUINT32, &number) && number == round)
		return section->evidence;
	const char *other = texts_of(section, ARCHIVE_TEST)[0];
	g_autofree char *has_kind = g_strescape(texts_of(section, ARCHIVE_STAGE)[0], NULL);
	g_autofree char *has_test = g_strescape(other ? other : "", NULL);
	fail(error, GEN_ERROR_SCENARIO, "the evidence does not fit the suite: expected %s%s%s, got %s%s%s", kind,
	     test ? " " : "", test ? test : "", has_kind, other ? " " : "", has_test);
	return NULL;
}
