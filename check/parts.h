// SPDX-License-Identifier: GPL-2.0-or-later
// One capture in many files.
//
// Control messages are few. They are taken out of all parts in parallel; from them alone, one part after the
// other, comes the state that each part begins with. Then all parts are judged in parallel, and the control
// messages together.
#ifndef DSMIPCHECK_PARTS_H
#define DSMIPCHECK_PARTS_H

#include "judge.h"
#include "tshark.h"

// Adds to the verdict the capture that the files are parts of, judged.
void parts_judge(const struct tshark *tshark, struct verdict *verdict, const struct baseline *baseline);

#endif
