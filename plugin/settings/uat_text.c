// SPDX-License-Identifier: GPL-2.0-or-later
// What the rows of the plugin's user access tables have in common.
#include "settings/uat_text.h"

#include <glib.h>
#include <string.h>

#include "core/util/inet.h"

bool dsmipv4_read_ipv4_or_any(const char *text, uint32_t *addr)
{
	struct in_addr network = {0};
	bool any = strcmp(text, "any") == 0;
	if (!any && inet_pton(AF_INET, text, &network) != 1)
		return false;
	*addr = g_ntohl(network.s_addr);
	return true;
}
