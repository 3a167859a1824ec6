// SPDX-License-Identifier: GPL-2.0-or-later
// Differences between Wireshark 4.0 and 4.6, all in one place.
#ifndef DSMIPV4_COMPAT_H
#define DSMIPV4_COMPAT_H

#include <glib.h>
#include <stdbool.h>
#include <ws_version.h>

#define WS_VERSION_AT_LEAST(major, minor)                                                                              \
	(WIRESHARK_VERSION_MAJOR > (major) ||                                                                          \
	 (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

#if WS_VERSION_AT_LEAST(4, 3)
typedef bool pref_bool_t; // preferences took gboolean before
#else
typedef gboolean pref_bool_t;
#endif

#if !WS_VERSION_AT_LEAST(4, 3)
#define tvb_get_uint8 tvb_get_guint8
#endif

#if WS_VERSION_AT_LEAST(4, 3)
typedef bool conversation_bool_t;
#define CONVERSATION_FILTER_PARAMETERS packet_info *pinfo, void *user
#define CONVERSATION_FILTER_UNUSED (void)user
#define REGISTER_CONVERSATION_FILTER(...) register_conversation_filter(__VA_ARGS__, NULL)
#else
typedef gboolean conversation_bool_t;
#define CONVERSATION_FILTER_PARAMETERS packet_info *pinfo
#define CONVERSATION_FILTER_UNUSED (void)pinfo
#define REGISTER_CONVERSATION_FILTER(...) register_conversation_filter(__VA_ARGS__)
#endif

#if WS_VERSION_AT_LEAST(4, 5)
#define dsmipv4_try_uint dissector_try_uint_with_data
typedef bool stat_tap_result_t; // what a stat tap's init returns
#define STAT_TAP_INIT_DONE return true
#else
#define dsmipv4_try_uint dissector_try_uint_new
typedef void stat_tap_result_t;
#define STAT_TAP_INIT_DONE return
#endif

// Gives a field of type FT_STRING another value. 4.0 has no function for it that plugins may call.
#if WS_VERSION_AT_LEAST(4, 3)
#define dsmipv4_set_string(finfo, text) fvalue_set_string((finfo)->value, text)
#else
#define dsmipv4_set_string(finfo, text)                                                                                \
	(wmem_strbuf_truncate((finfo)->value.value.strbuf, 0), wmem_strbuf_append((finfo)->value.value.strbuf, text))
#endif

#ifndef WS_PLUGIN_DESC_DISSECTOR
#define WS_PLUGIN_DESC_DISSECTOR (1u << 0) // wsutil/plugins.h is not installed by 4.0
#endif

#endif
