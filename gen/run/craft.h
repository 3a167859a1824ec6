// SPDX-License-Identifier: GPL-2.0-or-later
// A packet that is made while the program runs, of the blocks and keys of the scenario language.
#ifndef DSMIPGEN_CRAFT_H
#define DSMIPGEN_CRAFT_H

#include "packet/build.h"

typedef struct craft craft_t;

// Makes packets with the addresses and keys of these actors, which must live as long.
craft_t *craft_new(const actors_t *actors, GError **error);
void craft_free(craft_t *craft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(craft_t, craft_free)

// Begins a packet of this mobile node ("mn1"), whose facts "mn.coa" and so on stand for.
void craft_begin(craft_t *craft, const char *node);

// Adds a layer inside those that there are, or an extension after those that there are. The block belongs to the
// packet.
block_t *craft_layer(craft_t *craft, block_id_t id);
block_t *craft_extension(craft_t *craft, block_id_t id);

// Sets a key of a block to a text as a scenario has it, as in printf.
void craft_set(craft_t *craft, block_t *block, unsigned key, const char *format, ...) G_GNUC_PRINTF(4, 5);

// The same for values that are no texts: an IPv4 address in host byte order, 16 bytes of an IPv6 address, a MAC
// address, bytes of any number.
void craft_set_ipv4(craft_t *craft, block_t *block, unsigned key, guint32 address);
void craft_set_ipv6(craft_t *craft, block_t *block, unsigned key, const guint8 address[16]);
void craft_set_mac(craft_t *craft, block_t *block, unsigned key, const guint8 mac[6]);
void craft_set_hex(craft_t *craft, block_t *block, unsigned key, const guint8 *bytes, gsize length);

// Builds the packet as one that is sent at this time, in microseconds since 1970. The bytes are those of a frame, and
// valid until the next packet is built. NULL with an error where a value is wrong.
const GByteArray *craft_build(craft_t *craft, gint64 time, GError **error);

#endif
