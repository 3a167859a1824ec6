// SPDX-License-Identifier: GPL-2.0-or-later
// Preferences, and the options of the rules that follow from them.
#ifndef DSMIPV4_PREFERENCES_H
#define DSMIPV4_PREFERENCES_H

#include <epan/range.h>

#include "core/rules/rules.h"

// Register the preferences. `applied` is called whenever one was changed.
void dsmipv4_register_preferences(void (*applied)(void));

// Make the options what the preferences say now. Wireshark asks for it when the user has changed them, but a program
// such as sharkd may set one without a word: so it is done for each file that is opened, too.
void dsmipv4_apply_preferences(void);

// The options of the rules by the preferences.
const dsmipv4_options_t *dsmipv4_options(void);

// Tell the rules why the state before the capture could not be read, NULL: it was, or there is none. The text must live
// until the next call.
void dsmipv4_note_unread_state(const char *why);

// The protocol is enabled, and may take over what Wireshark dissects by itself.
bool dsmipv4_is_wanted(void);

// Packets may be judged like those before them that they are like.
bool dsmipv4_uses_memo(void);

// UDP ports to dissect besides 434; none if Mobile IP is left to Wireshark.
const range_t *dsmipv4_ports(void);

// Path of the file of bindings to begin with; "" for none.
const char *dsmipv4_bindings_file(void);

#endif
