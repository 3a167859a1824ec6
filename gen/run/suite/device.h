// SPDX-License-Identifier: GPL-2.0-or-later
// The device file: what is claimed of the device under test, its addresses and keys, and how long it may take.
#ifndef DSMIPGEN_DEVICE_H
#define DSMIPGEN_DEVICE_H

#include "language/step.h"

typedef struct {
	const char *name;
	const char *version; // "" if the file has none
	const char *role;    // "ha", "mn" or "fa"
	char **set;          // assignments of actors, NULL at the end
	GPtrArray *supports; // of text_t; NULL: nothing
	gint64 reply;        // nanoseconds within which it answers
	gint64 silence;      // nanoseconds after which an answer is not awaited any more
	GHashTable *hooks;   // name -> command of the shell
	GStringChunk *strings;
} device_t;

// Reads a device file; free with device_free().
device_t *device_load(const char *path, GError **error);
void device_free(device_t *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(device_t, device_free)

// The first of these (text_t) that it does not claim to support; NULL: it supports all.
const char *device_lacks(const device_t *device, const GPtrArray *needs);

// The command of a hook; NULL: the file has none of that name.
const char *device_hook(const device_t *device, const char *name);

// The name of the fact that is the device's IPv4 address, by its role.
const char *device_address_fact(const device_t *device);

#endif
