// SPDX-License-Identifier: GPL-2.0-or-later
// Members of JSON objects, as doc/report.schema.json spells their kinds.
#include "taps/report/json.h"

#include <inttypes.h>

#include "core/wire/text.h"
#include "taps/report/tally.h"

#include <ws_version.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define WIRESHARK_VERSION                                                                                              \
	TEXT(WIRESHARK_VERSION_MAJOR) "." TEXT(WIRESHARK_VERSION_MINOR) "." TEXT(WIRESHARK_VERSION_MICRO)

const char *dsmipv4_json_generator(void)
{
	return "dsmipv4 " DSMIPV4_VERSION ", Wireshark " WIRESHARK_VERSION;
}

void dsmipv4_json_text(json_dumper *out, const char *name, const char *text)
{
	json_dumper_set_member_name(out, name);
	json_dumper_value_string(out, text);
}

void dsmipv4_json_address(json_dumper *out, const char *name, uint32_t address)
{
	char *text = address ? g_strdup_printf("%u.%u.%u.%u", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff,
					       address & 0xff)
			     : NULL;
	dsmipv4_json_text(out, name, text);
	g_free(text);
}

void dsmipv4_json_name(json_dumper *out, const char *name, uint32_t address)
{
	if (address)
		dsmipv4_json_address(out, name, address);
	else
		dsmipv4_json_text(out, name, "0.0.0.0");
}

void dsmipv4_json_number(json_dumper *out, const char *name, int64_t number)
{
	json_dumper_set_member_name(out, name);
	if (number < 0)
		json_dumper_value_anyf(out, "null");
	else
		json_dumper_value_anyf(out, "%" PRId64, number);
}

void dsmipv4_json_flag(json_dumper *out, const char *name, bool flag)
{
	json_dumper_set_member_name(out, name);
	json_dumper_value_anyf(out, flag ? "true" : "false");
}

void dsmipv4_json_time(json_dumper *out, const char *name, int64_t time)
{
	uint64_t magnitude = time < 0 ? (uint64_t)0 - (uint64_t)time : (uint64_t)time;
	json_dumper_set_member_name(out, name);
	if (time == DSMIPV4_NO_TIME)
		json_dumper_value_anyf(out, "null");
	else
		json_dumper_value_anyf(out, "\"%s%" PRIu64 ".%09" PRIu64 "\"", time < 0 ? "-" : "",
				       magnitude / DSMIPV4_SECOND, magnitude % DSMIPV4_SECOND);
}

void dsmipv4_json_frame(json_dumper *out, const char *name, uint32_t frame)
{
	dsmipv4_json_number(out, name, frame ? (int64_t)frame : -1);
}

void dsmipv4_json_array(json_dumper *out, const char *name)
{
	json_dumper_set_member_name(out, name);
	json_dumper_begin_array(out);
}

void dsmipv4_json_object(json_dumper *out, const char *name)
{
	json_dumper_set_member_name(out, name);
	json_dumper_begin_object(out);
}

void dsmipv4_json_capture(json_dumper *out, uint64_t frames, int64_t first_time, int64_t last_time)
{
	dsmipv4_json_object(out, "capture");
	dsmipv4_json_number(out, "frames", (int64_t)frames);
	dsmipv4_json_time(out, "first_time", first_time);
	dsmipv4_json_time(out, "last_time", last_time);
	json_dumper_end_object(out);
}

void dsmipv4_json_prefixes(json_dumper *out, const dsmipv4_event_t *event)
{
	wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
	bool reply = event->type == DSMIPV4_REGISTRATION_REPLY;
	dsmipv4_json_array(out, "prefixes");
	for (unsigned i = 0; i < event->n_prefixes; i++) {
		const dsmipv4_registered_prefix_t *r = &event->prefixes[i];
		json_dumper_begin_object(out);
		dsmipv4_json_text(out, "prefix", dsmipv4_prefix_text(pool, &r->prefix));
		dsmipv4_json_number(out, "code", reply && r->state != DSMIPV4_PREFIX_IGNORED ? r->code : -1);
		json_dumper_end_object(out);
	}
	json_dumper_end_array(out);
	wmem_destroy_allocator(pool);
}
