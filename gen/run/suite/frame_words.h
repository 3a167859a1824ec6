// SPDX-License-Identifier: GPL-2.0-or-later
// Frame numbers in the words of rules.
#ifndef DSMIPGEN_FRAME_WORDS_H
#define DSMIPGEN_FRAME_WORDS_H

#include <glib.h>

// The words of a rule, whose frames are numbered through all tests of a run, with the numbers that they have in the
// evidence of the test alone. `earlier` is how many frames the tests before had. Free with g_free().
char *frame_words(const char *words, guint32 earlier);

#endif
