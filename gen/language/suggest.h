// SPDX-License-Identifier: GPL-2.0-or-later
// "did you mean" for mistyped names.
#ifndef DSMIPGEN_SUGGEST_H
#define DSMIPGEN_SUGGEST_H

#include <glib.h>

// The rest of a message about an unknown name: "; did you mean 'x'? expected" with the candidate
// closest to it, or "; expected" if none is close. The caller frees it.
char *suggest(const char *name, const char *const *candidates, gsize count);

#endif
