// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes on their way to a file descriptor, written in large pieces.
#include "output/buffer.h"

#include <errno.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)

void buffer_open(buffer_t *buffer, int descriptor)
{
	*buffer = (buffer_t){.descriptor = descriptor, .bytes = g_malloc(BUFFER_SIZE), .size = BUFFER_SIZE};
}

static bool fail_errno(GError **error)
{
	fail(error, GEN_ERROR_ENVIRONMENT, "%s", g_strerror(errno));
	return false;
}

// What could not be written is lost: there is no second attempt.
bool buffer_flush(buffer_t *buffer, GError **error)
{
	gsize rest = buffer->used;

	buffer->used = 0;
	for (const guint8 *at = buffer->bytes; rest > 0;) {
		ssize_t written = write(buffer->descriptor, at, rest);

		if (written < 0 && errno != EINTR)
			return fail_errno(error);
		at += MAX(written, 0);
		rest -= (gsize)MAX(written, 0);
	}
	return true;
}

guint8 *buffer_room(buffer_t *buffer, gsize length, GError **error)
{
	if (length > buffer->size - buffer->used && !buffer_flush(buffer, error))
		return NULL;
	if (length > buffer->size) {
		buffer->size = length;
		buffer->bytes = g_realloc(buffer->bytes, length);
	}
	buffer->used += length;
	return buffer->bytes + buffer->used - length;
}

bool buffer_close(buffer_t *buffer, GError **error)
{
	bool ok = buffer_flush(buffer, error);

	if (close(buffer->descriptor) != 0 && ok)
		ok = fail_errno(error);
	g_free(buffer->bytes);
	return ok;
}
