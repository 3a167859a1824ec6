// SPDX-License-Identifier: GPL-2.0-or-later
// One report of a capture that was judged in parts.
//
// What is asked of control messages comes from one report on all of them, read alone; what is asked of
// packets from the parts. Frames are numbered as in the whole capture.
#ifndef DSMIPV4_REPORT_MERGE_H
#define DSMIPV4_REPORT_MERGE_H

#include "report.h"

// Gives the frames of a report other numbers: numbers[frame - 1] (gint64), or with NULL frame + offset; in its
// texts, too.
void report_renumber(struct report *report, const GArray *numbers, gint64 offset, GStringChunk *strings);

// Adds a part, in the order of the capture, to `into`, which was made of the control messages alone. Both have
// the numbers of the whole. `first` says that it is the first part. `part` may be freed afterwards.
void report_add_part(struct report *into, const struct report *part, bool first);

// To be called after the last part.
void report_finish_parts(struct report *into);

#endif
