// SPDX-License-Identifier: GPL-2.0-or-later
// Gives up what a program that was started by root, or with file capabilities, may do beyond an ordinary user.
#include "send/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <sys/prctl.h>

bool privileges_drop(GError **error)
{
	capng_clear(CAPNG_SELECT_CAPS);
	if (capng_apply(CAPNG_SELECT_CAPS) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		return true;
	fail(error, GEN_ERROR_ENVIRONMENT, "cannot give up the privileges that opening sockets took: %s",
	     g_strerror(errno));
	return false;
}
