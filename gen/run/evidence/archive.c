// SPDX-License-Identifier: GPL-2.0-or-later
// The evidence of a whole run in a pcapng file, from which it can be judged again.
#include "run/evidence/archive.h"

#include "output/pcapng.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/dlt.h>
#include <string.h>
#include <unistd.h>

#define FILE_MODE 0666 // but for the umask
#define LINKS 2
#define NANOSECOND_RESOLUTION 9 // 10^-9 s

struct archive {
	char *path;
	int descriptor;
	gint64 run;
	guint stages;
};

archive_t *archive_new(const char *path, GError **error)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);

	if (descriptor < 0) {
		fail(error, GEN_ERROR_ENVIRONMENT, "cannot write '%s': %s", path, g_strerror(errno));
		return NULL;
	}
	archive_t *archive = g_new0(archive_t, 1);
	*archive = (archive_t){g_strdup(path), descriptor, g_get_real_time(), 0};
	return archive;
}

void archive_free(archive_t *archive)
{
	if (!archive)
		return;
	close(archive->descriptor);
	g_free(archive->path);
	g_free(archive);
}

static void say_number(stage_t *stage, const char *key, gint64 number)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

	stage_say(stage, key, text);
}

stage_t *stage_new(const char *kind, const char *test, guint round)
{
	stage_t *stage = g_new0(stage_t, 1);

	stage->comments = g_ptr_array_new_with_free_func(g_free);
	stage_say(stage, ARCHIVE_STAGE, kind);
	stage_say(stage, ARCHIVE_TEST, test);
	say_number(stage, ARCHIVE_ROUND, round);
	return stage;
}

void stage_free(stage_t *stage)
{
	g_ptr_array_unref(stage->comments);
	g_free(stage);
}

void stage_say(stage_t *stage, const char *key, const char *text)
{
	g_autofree char *escaped = text ? g_strescape(text, NULL) : NULL;

	if (text)
		g_ptr_array_add(stage->comments, g_strconcat(key, ARCHIVE_SEPARATOR, escaped, NULL));
}

static void say_facts(stage_t *stage, evidence_t *evidence)
{
	const evidence_facts_t *facts = evidence_facts(evidence);

	say_number(stage, ARCHIVE_LATE, facts->late);
	for (guint i = 0; i < facts->clock->len; i++)
		say_number(stage, ARCHIVE_CLOCK, g_array_index(facts->clock, gint64, i));
	for (guint i = 0; i < facts->calls->len; i++) {
		const evidence_call_t *call = &g_array_index(facts->calls, evidence_call_t, i);
		g_autofree char *text = g_strdup_printf("%d %s", call->status, call->output);

		stage_say(stage, ARCHIVE_CALL, text);
	}
	for (guint i = 0; i < evidence_count(evidence); i++)
		if (evidence_get(evidence, i)->is_unsummed)
			say_number(stage, ARCHIVE_UNSUMMED, i + 1);
}

static void put_padded(GByteArray *out, const void *bytes, gsize length)
{
	static const guint8 zeros[4];

	g_byte_array_append(out, bytes, (guint)length);
	g_byte_array_append(out, zeros, (guint)(pcapng_padded(length) - length));
}

static void put_option(GByteArray *out, guint16 code, const void *value, gsize length)
{
	const option_t option = {code, (guint16)length};

	put_padded(out, &option, sizeof(option));
	put_padded(out, value, length);
}

static guint begin_block(GByteArray *out, guint32 type)
{
	const block_header_t header = {type, 0};
	guint start = out->len;

	g_byte_array_append(out, (const guint8 *)&header, sizeof(header));
	return start;
}

static void end_block(GByteArray *out, guint start, bool has_options)
{
	guint32 length = out->len - start + (guint32)sizeof(length);

	if (has_options) {
		put_option(out, OPTION_END, NULL, 0);
		length += OPTION_END_LENGTH;
	}
	memcpy(out->data + start + G_STRUCT_OFFSET(block_header_t, block_length), &length, sizeof(length));
	g_byte_array_append(out, (const guint8 *)&length, sizeof(length));
}

static void put_section_header(GByteArray *out, const stage_t *stage)
{
	const section_body_t body = {BYTE_ORDER_MAGIC, 1, 0, {G_MAXUINT32, G_MAXUINT32}};
	guint start = begin_block(out, SECTION_HEADER_BLOCK);

	g_byte_array_append(out, (const guint8 *)&body, sizeof(body));
	for (guint i = 0; i < stage->comments->len; i++)
		put_option(out, OPTION_COMMENT, stage->comments->pdata[i], strlen(stage->comments->pdata[i]));
	end_block(out, start, true);
}

static void put_interface(GByteArray *out)
{
	const interface_body_t body = {DLT_EN10MB, 0, SNAPLEN};
	const guint8 resolution = NANOSECOND_RESOLUTION;
	guint start = begin_block(out, INTERFACE_DESCRIPTION_BLOCK);

	g_byte_array_append(out, (const guint8 *)&body, sizeof(body));
	put_option(out, OPTION_RESOLUTION, &resolution, sizeof(resolution));
	end_block(out, start, true);
}

static void put_packet(GByteArray *out, const evidence_item_t *item)
{
	gsize length;
	const guint8 *bytes = g_bytes_get_data(item->bytes, &length);
	const packet_body_t body = {item->link, (guint32)((guint64)item->time >> 32), (guint32)item->time,
				    (guint32)length, (guint32)length};
	const guint32 flags = item->sender == SENDER_DSMIPGEN ? ARCHIVE_OUTBOUND : ARCHIVE_INBOUND;
	guint start = begin_block(out, ENHANCED_PACKET_BLOCK);

	g_byte_array_append(out, (const guint8 *)&body, sizeof(body));
	put_padded(out, bytes, length);
	put_option(out, OPTION_PACKET_FLAGS, &flags, sizeof(flags));
	if (item->comment->len > 0)
		put_option(out, OPTION_COMMENT, item->comment->str, MIN(item->comment->len, G_MAXUINT16));
	end_block(out, start, true);
}

// The sum takes the place of the zeros, which are at the end of the section header's comments.
static void seal(GByteArray *out)
{
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, out->data, out->len);
	const guint32 header = ((const block_header_t *)out->data)->block_length;

	memcpy(out->data + header - sizeof(guint32) - OPTION_END_LENGTH - strlen(sum), sum, strlen(sum));
}

static bool write_all(const archive_t *archive, const GByteArray *bytes, GError **error)
{
	for (gsize done = 0; done < bytes->len;) {
		ssize_t count = write(archive->descriptor, bytes->data + done, bytes->len - done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			fail(error, GEN_ERROR_ENVIRONMENT, "cannot write '%s': %s", archive->path, g_strerror(errno));
			return false;
		}
		done += (gsize)count;
	}
	return true;
}

bool archive_add(archive_t *archive, stage_t *stage, evidence_t *evidence, GError **error)
{
	static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	say_number(stage, ARCHIVE_RUN, archive->run);
	say_number(stage, ARCHIVE_NUMBER, archive->stages++);
	if (evidence)
		say_facts(stage, evidence);
	G_STATIC_ASSERT((sizeof(ARCHIVE_SUM ARCHIVE_SEPARATOR) - 1 + sizeof(zeros) - 1) % 4 == 0); // nothing pads it
	stage_say(stage, ARCHIVE_SUM, zeros);
	put_section_header(bytes, stage);
	for (guint i = 0; i < LINKS; i++)
		put_interface(bytes);
	for (guint i = 0; evidence && i < evidence_count(evidence); i++)
		put_packet(bytes, evidence_get(evidence, i));
	seal(bytes);
	return write_all(archive, bytes, error);
}
