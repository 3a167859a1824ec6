// SPDX-License-Identifier: GPL-2.0-or-later
// Mobile IPv4 control messages with their extensions and authenticators.
#ifndef DSMIPGEN_MIP_H
#define DSMIPGEN_MIP_H

#include "value.h"

// Whether a layer is a control message that can carry extensions.
bool mip_has_extensions(enum block_id id);

// Appends the extensions (struct values) to a message. Authenticators cover the message from its
// first byte to the SPI of their own extension (RFC 3344 3.5.1). Notes in the extensions where they
// stand in the message.
bool mip_append_extensions(GByteArray *message, const GPtrArray *extensions, GError **error);

#endif
