// SPDX-License-Identifier: GPL-2.0-or-later
// Preferences, and the options of the rules that follow from them.
#include "settings/preferences.h"

#include <epan/packet.h>
#include <epan/prefs.h>
#include <wsutil/wslog.h>

#include "compat.h"
#include "protocol.h"
#include "settings/keys.h"
#include "settings/known_bindings.h"

static pref_bool_t pref_takeover = true;
static pref_bool_t pref_strict_rfc3344;
static pref_bool_t pref_memo = true;
static unsigned pref_grace = 2000; // milliseconds
static range_t *pref_ports;
static int pref_nat = DSMIPV4_NAT_AUTO;
static const char *pref_severities = "";
static const char *pref_bindings_file = "";

static const enum_val_t nat_values[] = {
	{"auto", "Auto", DSMIPV4_NAT_AUTO},
	{"none", "None", DSMIPV4_NAT_NONE},
	{NULL, NULL, 0},
};

static dsmipv4_options_t options;
static const char *unread_state;
static void (*tell_applied)(void);

// Reports what is wrong in the user's list, once for each list, and uses the rest.
static void take_severities(const char *list)
{
	static char *reported;
	bool is_new = g_strcmp0(list, reported) != 0;
	if (is_new) {
		g_free(reported);
		reported = g_strdup(list);
	}
	const char *wrong;
	size_t len;
	while (!dsmipv4_options_severities(&options, list, &wrong, &len)) {
		if (is_new)
			ws_warning(
				"preference dsmipv4.severities: \"%.*s\" is not understood; expected ID=off, ID=chat, "
				"ID=note, ID=warn or ID=error with the id of a rule, such as reply_denied=off",
				(int)len, wrong);
		list = wrong + len;
	}
}

void dsmipv4_apply_preferences(void)
{
	dsmipv4_options_init(&options);
	options.strict_rfc3344 = pref_strict_rfc3344;
	options.nat = (dsmipv4_nat_t)pref_nat;
	options.keys = dsmipv4_keys();
	options.unread_state = unread_state;
	options.grace = pref_grace * (DSMIPV4_SECOND / 1000);
	take_severities(pref_severities);
	if (tell_applied)
		tell_applied();
}

const dsmipv4_options_t *dsmipv4_options(void)
{
	return &options;
}

bool dsmipv4_is_wanted(void)
{
	return pref_takeover && proto_is_protocol_enabled(find_protocol_by_id(proto_dsmipv4));
}

void dsmipv4_note_unread_state(const char *why)
{
	options.unread_state = unread_state = why;
}

bool dsmipv4_uses_memo(void)
{
	return pref_memo;
}

const range_t *dsmipv4_ports(void)
{
	static const range_t none;
	return pref_takeover ? pref_ports : &none;
}

const char *dsmipv4_bindings_file(void)
{
	return pref_bindings_file;
}

void dsmipv4_register_preferences(void (*applied)(void))
{
	tell_applied = applied;
	module_t *module = prefs_register_protocol(proto_dsmipv4, dsmipv4_apply_preferences);
	prefs_register_bool_preference(
		module, "takeover", "Dissect Dual-Stack Mobile IPv4 on UDP port 434 and in tunnels",
		"Show Dual-Stack Mobile IPv4 along with the built-in dissection of Mobile IP, "
		"and the tunnels of its mobile nodes. If off, both look as they do without this plugin.",
		&pref_takeover);
	pref_ports = range_empty(wmem_epan_scope());
	prefs_register_range_preference(module, "ports", "Further UDP ports",
					"UDP ports that carry Mobile IP besides 434, for example 5434,6000-6010.",
					&pref_ports, 65535);
	prefs_register_string_preference(
		module, "severities", "Severities of rules",
		"How grave the break of a rule is: ID=off, ID=chat, ID=note, ID=warn or ID=error, separated by "
		"commas. Off silences the rule; any other word also switches on what is off by default. For "
		"example: auth_size=off, reply_denied=warn, tun_df=note.",
		&pref_severities);
	prefs_register_uint_preference(module, "grace", "Grace period (milliseconds)",
				       "For this long after a registration changed, and after a binding expired, "
				       "what was right before still explains a tunneled packet.",
				       10, &pref_grace);
	prefs_register_enum_preference(
		module, "nat", "Network address translation",
		"Auto: there may be a NAT on the path, and where one would explain an address, as it "
		"does for a private one beside a public one, nothing is said. None: there is no NAT, "
		"so every address must be the one that the RFC asks for.",
		&pref_nat, nat_values, FALSE);
	prefs_register_bool_preference(
		module, "strict_rfc3344", "Also report what RFC 3344 forbids and RFC 5944 allows",
		"For example several Mobile-Home Authentication extensions in a request.", &pref_strict_rfc3344);
	prefs_register_bool_preference(
		module, "memo", "Judge packets like those before them",
		"Packets of a tunnel that differ in nothing that a rule looks at are judged together, which is faster. "
		"The verdicts are the same if it is off.",
		&pref_memo);
	dsmipv4_register_keys(module);
	dsmipv4_register_known_bindings(module);
	prefs_register_filename_preference(module, "bindings_file", "Bindings file",
					   "Bindings to begin with, as -z dsmipv4,state wrote them at the end of "
					   "an earlier file of the same capture.",
					   &pref_bindings_file, FALSE);
	dsmipv4_apply_preferences();
}
