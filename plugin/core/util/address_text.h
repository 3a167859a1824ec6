// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses as inet_ntop() writes them, without its printf: several are written for each packet that is shown.
#ifndef DSMIPV4_ADDRESS_TEXT_H
#define DSMIPV4_ADDRESS_TEXT_H

#include <stdint.h>

#define IPV4_TEXT_SIZE 16 // with the NUL
#define IPV6_TEXT_SIZE 46

// The digits of 0 to 255. The end, where no NUL is written.
char *dsmipv4_put_octet(char *at, unsigned octet);

// "198.51.100.1" from host byte order. The end, where the NUL is.
char *dsmipv4_put_ipv4(char *at, uint32_t addr);

// "2001:db8::1" (RFC 5952). The end, where the NUL is.
char *dsmipv4_put_ipv6(char *at, const uint8_t addr[16]);

#endif
