// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of scenarios in time: as they would come from a network now, for a reader that shows them meanwhile.
#ifndef DSMIPGEN_LIVE_H
#define DSMIPGEN_LIVE_H

#include "population/traffic.h"

// Packets whose times, and those inside them, begin now; each is handed out when it is due. The rounds are made anew, a
// second apart; 0 of them: without end. SIGINT, SIGTERM and SIGPIPE end the source, and so does a reader that is gone.
// Free with packet_source_free(). NULL with an error.
packet_source_t *live_source(char **names, const traffic_options_t *options, guint64 rounds, GError **error);

// Whether one of these ended it.
bool live_is_stopped(void);

#endif
