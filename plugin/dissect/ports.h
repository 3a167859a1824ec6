// SPDX-License-Identifier: GPL-2.0-or-later
// UDP ports that carry Mobile IP besides 434: by preference `ports` and by Decode As.
#ifndef DSMIPV4_PORTS_H
#define DSMIPV4_PORTS_H

#include <epan/packet.h>
#include <epan/range.h>

// Make the dissector that further ports get.
void dsmipv4_register_ports(dissector_t dissect);

// Offer it in Decode As for any UDP port. Before that no port is taken.
void dsmipv4_hand_off_ports(void);

// Dissect these ports and no others, besides 434 and those of Decode As. A port that the user decodes as something
// else stays as it is, and one that is given up gets the dissector back that it had.
void dsmipv4_take_ports(const range_t *ports);

// Packets to and from this port come to the dissector of further ports.
bool dsmipv4_is_further_port(uint16_t port);

#endif
