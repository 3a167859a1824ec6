// SPDX-License-Identifier: GPL-2.0-or-later
// HMAC-MD5 (RFC 2104, RFC 1321) of several messages at a time: each lane of a vector holds the state of one of them.
#include "packet/hmac_md5.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)

#define BLOCK_LENGTH 64
#define WORDS 16

static const guint32 start[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

// The rounds of RFC 1321 3.4, each on all lanes.
#define F(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define G(x, y, z) ((y) ^ ((z) & ((x) ^ (y))))
#define H(x, y, z) ((x) ^ (y) ^ (z))
#define I(x, y, z) ((y) ^ ((x) | ~(z)))
#define STEP(f, a, b, c, d, word, shift, sine)                                                                         \
	do {                                                                                                           \
		a += f(b, c, d) + words[word] + (guint32)(sine);                                                       \
		a = (a << (shift) | a >> (32 - (shift))) + b;                                                          \
	} while (0)
#define FOUR(f, i, j, k, l, s1, s2, s3, s4, t1, t2, t3, t4)                                                            \
	STEP(f, a, b, c, d, i, s1, t1);                                                                                \
	STEP(f, d, a, b, c, j, s2, t2);                                                                                \
	STEP(f, c, d, a, b, k, s3, t3);                                                                                \
	STEP(f, b, c, d, a, l, s4, t4)
#define ROUNDS                                                                                                         \
	FOUR(F, 0, 1, 2, 3, 7, 12, 17, 22, 0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee);                            \
	FOUR(F, 4, 5, 6, 7, 7, 12, 17, 22, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501);                            \
	FOUR(F, 8, 9, 10, 11, 7, 12, 17, 22, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be);                          \
	FOUR(F, 12, 13, 14, 15, 7, 12, 17, 22, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821);                        \
	FOUR(G, 1, 6, 11, 0, 5, 9, 14, 20, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa);                            \
	FOUR(G, 5, 10, 15, 4, 5, 9, 14, 20, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8);                           \
	FOUR(G, 9, 14, 3, 8, 5, 9, 14, 20, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed);                            \
	FOUR(G, 13, 2, 7, 12, 5, 9, 14, 20, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a);                           \
	FOUR(H, 5, 8, 11, 14, 4, 11, 16, 23, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c);                          \
	FOUR(H, 1, 4, 7, 10, 4, 11, 16, 23, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70);                           \
	FOUR(H, 13, 0, 3, 6, 4, 11, 16, 23, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05);                           \
	FOUR(H, 9, 12, 15, 2, 4, 11, 16, 23, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665);                          \
	FOUR(I, 0, 7, 14, 5, 6, 10, 15, 21, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039);                           \
	FOUR(I, 12, 3, 10, 1, 6, 10, 15, 21, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1);                          \
	FOUR(I, 8, 15, 6, 13, 6, 10, 15, 21, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1);                          \
	FOUR(I, 4, 11, 2, 9, 6, 10, 15, 21, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391)

// A state of four words, a block of sixteen, each word of all lanes together. Words in memory are those of the
// processor, which is little-endian as MD5 is.
#define DEFINE_LANES(lanes, features)                                                                                  \
	typedef guint32 vector##lanes __attribute__((vector_size(4 * (lanes)), aligned(4)));                           \
                                                                                                                       \
	features static void compress##lanes(guint32 *state, const guint32 *block)                                     \
	{                                                                                                              \
		const vector##lanes *words = (const vector##lanes *)(const void *)block;                               \
		vector##lanes *sums = (vector##lanes *)(void *)state;                                                  \
		vector##lanes a = sums[0], b = sums[1], c = sums[2], d = sums[3];                                      \
                                                                                                                       \
		ROUNDS;                                                                                                \
		sums[0] += a;                                                                                          \
		sums[1] += b;                                                                                          \
		sums[2] += c;                                                                                          \
		sums[3] += d;                                                                                          \
	}

DEFINE_LANES(4, )
DEFINE_LANES(8, __attribute__((target("avx2"))))

unsigned hmac_md5_lanes(void)
{
	return __builtin_cpu_supports("avx2") ? 8 : 4;
}

static void compress(unsigned lanes, guint32 *state, const guint32 *block)
{
	if (lanes == 8)
		compress8(state, block);
	else
		compress4(state, block);
}

// Puts the words of a block of one message among those of the others.
static void put_block(unsigned lanes, unsigned lane, const guint8 *bytes, guint32 *block)
{
	for (unsigned word = 0; word < WORDS; word++)
		memcpy(block + word * lanes + lane, bytes + 4 * word, 4);
}

static void set_state(unsigned lanes, const guint32 from[4], guint32 *state)
{
	for (unsigned word = 0; word < 4; word++)
		for (unsigned lane = 0; lane < lanes; lane++)
			state[word * lanes + lane] = from[word];
}

// The end of a message that so many bytes of are in earlier blocks, with the padding of RFC 1321 3.1 and 3.2: one
// block, or two. `before` counts the block of the key. Returns the number of blocks.
static unsigned pad(const guint8 *bytes, gsize length, gsize before, guint8 padded[2 * BLOCK_LENGTH])
{
	unsigned blocks = length + 9 > BLOCK_LENGTH ? 2 : 1;
	guint64 bits = GUINT64_TO_LE((guint64)(before + length) * 8);

	memcpy(padded, bytes, length);
	memset(padded + length, 0, blocks * BLOCK_LENGTH - length);
	padded[length] = 0x80;
	memcpy(padded + blocks * BLOCK_LENGTH - sizeof(bits), &bits, sizeof(bits));
	return blocks;
}

// The digests of the messages behind the block of the key.
static void digest_inner(unsigned lanes, const guint8 *const *messages, unsigned count, gsize length, guint32 *state)
{
	guint32 block[2][WORDS * HMAC_MD5_LANES_MAX];
	gsize whole = length / BLOCK_LENGTH * BLOCK_LENGTH;
	unsigned blocks = 0;

	for (gsize at = 0; at < whole; at += BLOCK_LENGTH) {
		for (unsigned lane = 0; lane < lanes; lane++)
			put_block(lanes, lane, messages[MIN(lane, count - 1)] + at, block[0]);
		compress(lanes, state, block[0]);
	}
	for (unsigned lane = 0; lane < lanes; lane++) {
		guint8 padded[2 * BLOCK_LENGTH];

		blocks = pad(messages[MIN(lane, count - 1)] + whole, length - whole, BLOCK_LENGTH + whole, padded);
		for (unsigned i = 0; i < blocks; i++)
			put_block(lanes, lane, padded + i * BLOCK_LENGTH, block[i]);
	}
	for (unsigned i = 0; i < blocks; i++)
		compress(lanes, state, block[i]);
}

// The digests of the digests, which with their padding are one block.
static void digest_outer(unsigned lanes, const guint32 *inner, guint32 *state)
{
	guint32 block[WORDS * HMAC_MD5_LANES_MAX] = {0};

	memcpy(block, inner, 4 * lanes * sizeof(guint32));
	for (unsigned lane = 0; lane < lanes; lane++) {
		block[4 * lanes + lane] = 0x80;
		block[14 * lanes + lane] = 8 * (BLOCK_LENGTH + HMAC_MD5_LENGTH);
	}
	compress(lanes, state, block);
}

void hmac_md5_sign(const hmac_md5_key_t *key, const guint8 *const *messages, unsigned count, gsize length,
		   guint8 (*digests)[HMAC_MD5_LENGTH])
{
	unsigned lanes = hmac_md5_lanes();
	guint32 inner[4 * HMAC_MD5_LANES_MAX];
	guint32 outer[4 * HMAC_MD5_LANES_MAX];

	set_state(lanes, key->inner, inner);
	digest_inner(lanes, messages, count, length, inner);
	set_state(lanes, key->outer, outer);
	digest_outer(lanes, inner, outer);
	for (unsigned lane = 0; lane < count; lane++)
		for (unsigned word = 0; word < 4; word++)
			memcpy(digests[lane] + 4 * word, outer + word * lanes + lane, 4);
}

// The state of a digest behind one block.
static void digest_block(const guint8 block[BLOCK_LENGTH], guint32 digest[4])
{
	guint32 words[4 * WORDS];
	guint32 state[4 * 4];

	for (unsigned lane = 0; lane < 4; lane++)
		put_block(4, lane, block, words);
	set_state(4, start, state);
	compress4(state, words);
	for (unsigned word = 0; word < 4; word++)
		digest[word] = state[4 * word];
}

// MD5 of a key that is longer than a block.
static void shorten(const guint8 *secret, gsize length, guint8 key[BLOCK_LENGTH])
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_MD5);
	gsize size = BLOCK_LENGTH;

	g_checksum_update(checksum, secret, (gssize)length);
	g_checksum_get_digest(checksum, key, &size);
}

void hmac_md5_set_key(hmac_md5_key_t *key, const guint8 *secret, gsize length)
{
	guint8 block[BLOCK_LENGTH] = {0};

	if (length > BLOCK_LENGTH)
		shorten(secret, length, block);
	else if (length > 0)
		memcpy(block, secret, length);
	for (unsigned i = 0; i < BLOCK_LENGTH; i++)
		block[i] ^= 0x36;
	digest_block(block, key->inner);
	for (unsigned i = 0; i < BLOCK_LENGTH; i++)
		block[i] ^= 0x36 ^ 0x5c;
	digest_block(block, key->outer);
}

#else

unsigned hmac_md5_lanes(void)
{
	return 0;
}

void hmac_md5_set_key(hmac_md5_key_t *key, const guint8 *secret G_GNUC_UNUSED, gsize length G_GNUC_UNUSED)
{
	*key = (hmac_md5_key_t){0};
}

void hmac_md5_sign(const hmac_md5_key_t *key G_GNUC_UNUSED, const guint8 *const *messages G_GNUC_UNUSED,
		   unsigned count G_GNUC_UNUSED, gsize length G_GNUC_UNUSED,
		   guint8 (*digests)[HMAC_MD5_LENGTH] G_GNUC_UNUSED)
{
	g_assert_not_reached();
}

#endif
