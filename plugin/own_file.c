// SPDX-License-Identifier: GPL-2.0-or-later
// The file that this copy of the plugin was loaded from.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // dladdr()
#endif
#include "own_file.h"

#include <glib.h>

#ifdef G_OS_UNIX
#include <dlfcn.h>
#endif

const char *dsmipv4_own_file(void)
{
#ifdef G_OS_UNIX
	static const char here;
	Dl_info info;
	if (dladdr(&here, &info) && info.dli_fname)
		return info.dli_fname;
#endif
	return "this file";
}
