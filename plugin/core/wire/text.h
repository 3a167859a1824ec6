// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses, prefixes and codes in words, for the texts of findings.
#ifndef DSMIPV4_WORDS_H
#define DSMIPV4_WORDS_H

#include "wire/message.h"

// "198.51.100.1" from host byte order.
const char *dsmipv4_ipv4_text(wmem_allocator_t *alloc, uint32_t addr);

// "2001:db8::1"
const char *dsmipv4_ipv6_text(wmem_allocator_t *alloc, const uint8_t addr[16]);

// "2001:db8:a::/48", or "link-local fe80::1" where the length is 255.
const char *dsmipv4_prefix_text(wmem_allocator_t *alloc, const dsmipv4_prefix_t *prefix);

// "134 (poorly formed request)", or the number alone where IANA assigned none: a code of the registration reply.
const char *dsmipv4_reply_code_text(wmem_allocator_t *alloc, uint8_t code);

// "9 (administratively prohibited)": a rejecting code of an IPv6 prefix reply (RFC 5454 2.2).
const char *dsmipv4_prefix_code_text(wmem_allocator_t *alloc, uint8_t code);

// "in frame 12", or "before this capture" for 0: it lies in an earlier file.
const char *dsmipv4_frame_text(wmem_allocator_t *alloc, uint32_t frame);

#endif
