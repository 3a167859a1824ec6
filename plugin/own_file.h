// SPDX-License-Identifier: GPL-2.0-or-later
// The file that this copy of the plugin was loaded from.
#ifndef DSMIPV4_OWN_FILE_H
#define DSMIPV4_OWN_FILE_H

// Path of the shared object that holds this code; "this file" where the system does not tell. Lives as long as the
// program.
const char *dsmipv4_own_file(void);

#endif
