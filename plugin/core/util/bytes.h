// SPDX-License-Identifier: GPL-2.0-or-later
// Reading numbers in network byte order, from bytes that the caller knows to be there, and digests.
#ifndef DSMIPV4_BYTES_H
#define DSMIPV4_BYTES_H

#include <stdint.h>

static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static inline uint64_t get64(const uint8_t *p)
{
	return (uint64_t)get32(p) << 32 | get32(p + 4);
}

// FNV-1a, to compare bytes where nobody gains from a collision. Begin with DIGEST_SEED.
#define DIGEST_SEED UINT64_C(0xcbf29ce484222325)

static inline uint64_t digest_of(uint64_t digest, const uint8_t *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		digest = (digest ^ bytes[i]) * 0x100000001b3u;
	return digest;
}

#endif
