// SPDX-License-Identifier: GPL-2.0-or-later
// What the roles of `dsmipgen respond` have in common.
#include "run/respond/role.h"

#include "language/parse.h"

#include <stdio.h>

void role_log(const role_context_t *context, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vfprintf(context->log, format, values);
	va_end(values);
	fputc('\n', context->log);
	fflush(context->log);
}

void role_send(const role_context_t *context, const guint8 *bytes, gsize length, gint64 now)
{
	outbox_put(context->outbox, bytes, length, now);
}

value_t role_fact(const actors_t *actors, const char *node, const char *name, key_kind_t kind)
{
	static const place_t nowhere = {NULL, NULL, 0};
	value_t value = {0};

	value_read(kind, actors_get(actors, name, node), &nowhere, &value, NULL);
	return value;
}
