// SPDX-License-Identifier: GPL-2.0-or-later
// How a check answers.
#include "rules/check.h"

#include <stdarg.h>

dsmipv4_verdict_t dsmipv4_broken_at(dsmipv4_answer_t *f, int32_t offset, uint32_t length, const char *format, ...)
{
	f->offset = offset;
	f->length = length;
	if (format) {
		va_list args;
		va_start(args, format);
		f->words = wmem_strdup_vprintf(f->alloc, format, args);
		va_end(args);
	}
	return DSMIPV4_BROKEN;
}
