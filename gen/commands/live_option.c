// SPDX-License-Identifier: GPL-2.0-or-later
// The options --pps and --loop of commands whose packets come in time.
#include "commands/live_option.h"

#include "output/live.h"

static bool read_rounds(const char *text, guint64 *rounds, GError **error)
{
	*rounds = 1;
	if (!text || g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, rounds, NULL))
		return true;
	fail(error, GEN_ERROR_SCENARIO, "--loop '%s'; expected a whole number from 0 to %u", text, G_MAXUINT32);
	return false;
}

packet_source_t *live_option_source(const live_option_t *live, char **names, traffic_options_t *traffic, GError **error)
{
	guint64 rounds;

	if (!pace_read(live->pps, NULL, NULL, false, &traffic->pace, error) ||
	    !pace_set_duration(&traffic->pace, 0, error) || !read_rounds(live->loop, &rounds, error))
		return NULL;
	return live_source(names, traffic, rounds, error);
}
