// SPDX-License-Identifier: GPL-2.0-or-later
// Words that trees and the Info column share.
#include "tree/words.h"

const char *dsmipv4_mode_words(dsmipv4_tunneling_mode_t mode)
{
	static const char *const words[] = {
		[DSMIPV4_TUNNELING_UNKNOWN] = "unknown",
		[DSMIPV4_TUNNELING_HOA] = "home address",
		[DSMIPV4_TUNNELING_COA] = "care-of address",
		[DSMIPV4_TUNNELING_FA_COA_DIRECT] = "foreign agent",
	};
	return words[mode];
}

const char *dsmipv4_prefix_code_words(wmem_allocator_t *pool, uint8_t code)
{
	if (code == DSMIPV4_PREFIX_ACCEPTED_HOA)
		return "accepted (HoA)";
	if (code == DSMIPV4_PREFIX_ACCEPTED_COA)
		return "accepted (CoA)";
	return wmem_strdup_printf(pool, "%s (%u)", dsmipv4_code_accepts(code) ? "accepted" : "rejected", code);
}
