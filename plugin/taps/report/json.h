// SPDX-License-Identifier: GPL-2.0-or-later
// Members of JSON objects, as doc/report.schema.json spells their kinds.
#ifndef DSMIPV4_TAPS_REPORT_JSON_H
#define DSMIPV4_TAPS_REPORT_JSON_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <wsutil/json_dumper.h>

#include "core/state/event.h"

// A member of the object that is open. NULL is null, and so is address 0, and a number below 0.
void dsmipv4_json_text(json_dumper *out, const char *name, const char *text);
void dsmipv4_json_address(json_dumper *out, const char *name, uint32_t address);
void dsmipv4_json_number(json_dumper *out, const char *name, int64_t number);
void dsmipv4_json_flag(json_dumper *out, const char *name, bool flag);

// An address that is part of a name: 0 is 0.0.0.0.
void dsmipv4_json_name(json_dumper *out, const char *name, uint32_t address);

// "dsmipv4 1.0.0, Wireshark 4.0.17"
const char *dsmipv4_json_generator(void);

// The member "capture": how many frames it has, and from when to when they came.
void dsmipv4_json_capture(json_dumper *out, uint64_t frames, int64_t first_time, int64_t last_time);

// Nanoseconds since 1970 as "SECONDS.NANOSECONDS"; DSMIPV4_NO_TIME is null.
void dsmipv4_json_time(json_dumper *out, const char *name, int64_t time);

// Frame 0 lies in an earlier file: null.
void dsmipv4_json_frame(json_dumper *out, const char *name, uint32_t frame);

// Opens an array or an object as a member.
void dsmipv4_json_array(json_dumper *out, const char *name);
void dsmipv4_json_object(json_dumper *out, const char *name);

// An array of the prefixes of a message; with codes, of a reply.
void dsmipv4_json_prefixes(json_dumper *out, const dsmipv4_event_t *event);

#endif
