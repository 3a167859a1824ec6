// SPDX-License-Identifier: GPL-2.0-or-later
// The state of the open capture file.
#ifndef DSMIPV4_CAPTURE_H
#define DSMIPV4_CAPTURE_H

#include "core/match/tunnel_history.h"
#include "core/rules/memo.h"
#include "core/state/bindings.h"

// Called when a file is opened, with its empty tables. False: what was known before it could not be read, so that
// nothing can be followed.
typedef bool (*dsmipv4_opened_t)(dsmipv4_bindings_t *bindings, dsmipv4_tunnel_histories_t *histories);

// Follow the opening and closing of files.
void dsmipv4_register_capture(dsmipv4_opened_t opened);

// The binding table of the open file, and what was seen of its tunnels; NULL if none is open, or nothing can be
// followed.
dsmipv4_bindings_t *dsmipv4_bindings(void);
dsmipv4_tunnel_histories_t *dsmipv4_tunnel_histories(void);

// What was found for packets of the open file that others are like; NULL: none is open, or nothing is to be remembered.
dsmipv4_memo_t *dsmipv4_memo(void);

// Judge each packet by itself from the next file on (false), or like an earlier one that it is like.
void dsmipv4_use_memo(bool use);

// Note that the capture goes on to this frame and time, in nanoseconds since 1970. Called on a frame's first visit.
void dsmipv4_note_frame(uint32_t frame, int64_t time);

// Number and time of the last visited frame that the plugin handled.
uint32_t dsmipv4_latest_frame(void);
int64_t dsmipv4_latest_time(void);

#endif
