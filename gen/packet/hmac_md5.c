// SPDX-License-Identifier: GPL-2.0-or-later
// HMAC-MD5 (RFC 2104, RFC 1321) of several messages at a time: each lane of a vector holds the state of one of them.
#include "packet/hmac_md5.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)

#define BLOCK_LENGTH 64
#define WORDS 16

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

// Each word of the state, or of a block, of all messages together.
typedef guint32 lanes_t[HMAC_MD5_LANES] __attribute__((aligned(BLOCK_LENGTH)));

typedef struct hmac_md5_state {
	lanes_t word[4];
} state_t;

typedef struct hmac_md5_block {
	lanes_t word[WORDS];
} block_t;

// Wider than the registers of the processor: while one step waits for the result of that before it, others go on.
typedef guint32 vector_t __attribute__((vector_size(sizeof(lanes_t)), aligned(BLOCK_LENGTH), may_alias));

typedef void compress_fn(state_t *state, const block_t *block);

// Words in memory are those of the processor, which is little-endian as MD5 is.
#define DEFINE_COMPRESS(name, features)                                                                                \
	features static void name(state_t *state, const block_t *block)                                                \
	{                                                                                                              \
		const vector_t *words = (const vector_t *)block;                                                       \
		vector_t *sums = (vector_t *)state;                                                                    \
		vector_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];                                           \
                                                                                                                       \
		ROUNDS;                                                                                                \
		sums[0] += a;                                                                                          \
		sums[1] += b;                                                                                          \
		sums[2] += c;                                                                                          \
		sums[3] += d;                                                                                          \
	}

DEFINE_COMPRESS(compress_avx512, __attribute__((target("avx512f"))))
DEFINE_COMPRESS(compress_avx2, __attribute__((target("avx2"))))
DEFINE_COMPRESS(compress_sse2, )

// Those of the processor, the fastest first.
static unsigned find_engines(compress_fn *engines[HMAC_MD5_ENGINES_MAX])
{
	unsigned count = 0;

	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx512f"))
		engines[count++] = compress_avx512;
	if (__builtin_cpu_supports("avx2"))
		engines[count++] = compress_avx2;
	engines[count++] = compress_sse2;
	return count;
}

unsigned hmac_md5_engines(void)
{
	compress_fn *engines[HMAC_MD5_ENGINES_MAX];

	return find_engines(engines);
}

static void fill(lanes_t word, guint32 value)
{
	for (unsigned lane = 0; lane < HMAC_MD5_LANES; lane++)
		word[lane] = value;
}

static void set_state(const guint32 from[4], state_t *state)
{
	for (unsigned word = 0; word < 4; word++)
		fill(state->word[word], from[word]);
}

// Puts so many words of a message among those of the others.
static void put_words(const guint8 *bytes, unsigned words, unsigned lane, block_t *block)
{
	for (unsigned word = 0; word < words; word++) {
		guint32 value;

		memcpy(&value, bytes + 4 * word, sizeof(value));
		block->word[word][lane] = value;
	}
}

// The last bytes of a message, fewer than a word, and the bit behind them (RFC 1321 3.1).
static guint32 last_word(const guint8 *bytes, gsize length)
{
	guint32 value = 0x80U << 8 * length;

	for (gsize i = 0; i < length; i++)
		value |= (guint32)bytes[i] << 8 * i;
	return value;
}

// The ends of messages that so many bytes of are in earlier blocks, with the padding of RFC 1321 3.1 and 3.2: one
// block, or two. Returns the number of blocks.
static unsigned put_ends(const guint8 *const *messages, unsigned count, gsize at, gsize length, block_t ends[2])
{
	unsigned whole = (unsigned)(length - at) / 4;
	unsigned blocks = whole + 3 > WORDS ? 2 : 1;

	for (unsigned lane = 0; lane < HMAC_MD5_LANES; lane++) {
		const guint8 *bytes = messages[MIN(lane, count - 1)] + at;

		put_words(bytes, whole, lane, ends);
		ends->word[whole][lane] = last_word(bytes + 4 * whole, (length - at) % 4);
	}
	for (unsigned word = whole + 1; word < WORDS; word++)
		fill(ends->word[word], 0);
	for (unsigned word = 0; word < WORDS; word++)
		fill(ends[1].word[word], 0);
	fill(ends[blocks - 1].word[WORDS - 2], (guint32)(8 * (BLOCK_LENGTH + length))); // the block of the key counts
	return blocks;
}

// The digests of the messages behind the block of the key.
static void digest_inner(const hmac_md5_key_t *key, const guint8 *const *messages, unsigned count, gsize length,
			 state_t *state)
{
	block_t block;
	block_t ends[2];
	gsize at = 0;

	set_state(key->inner, state);
	for (; length - at >= BLOCK_LENGTH; at += BLOCK_LENGTH) {
		for (unsigned lane = 0; lane < HMAC_MD5_LANES; lane++)
			put_words(messages[MIN(lane, count - 1)] + at, WORDS, lane, &block);
		key->compress(state, &block);
	}
	unsigned blocks = put_ends(messages, count, at, length, ends);
	for (unsigned i = 0; i < blocks; i++)
		key->compress(state, &ends[i]);
}

// The digests of the digests, which with their padding are one block.
static void digest_outer(const hmac_md5_key_t *key, const state_t *inner, state_t *state)
{
	block_t block;

	set_state(key->outer, state);
	memcpy(block.word, inner->word, sizeof(inner->word));
	for (unsigned word = 4; word < WORDS; word++)
		fill(block.word[word], 0);
	fill(block.word[4], 0x80);
	fill(block.word[WORDS - 2], 8 * (BLOCK_LENGTH + HMAC_MD5_LENGTH));
	key->compress(state, &block);
}

void hmac_md5_sign(const hmac_md5_key_t *key, const guint8 *const *messages, unsigned count, gsize length,
		   guint8 (*digests)[HMAC_MD5_LENGTH])
{
	state_t inner;
	state_t outer;

	digest_inner(key, messages, count, length, &inner);
	digest_outer(key, &inner, &outer);
	for (unsigned lane = 0; lane < count; lane++)
		for (unsigned word = 0; word < 4; word++)
			memcpy(digests[lane] + 4 * word, &outer.word[word][lane], 4);
}

// The state of a digest behind one block.
static void digest_block(compress_fn *compress, const guint8 bytes[BLOCK_LENGTH], guint32 digest[4])
{
	static const guint32 start[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
	block_t block;
	state_t state;

	for (unsigned lane = 0; lane < HMAC_MD5_LANES; lane++)
		put_words(bytes, WORDS, lane, &block);
	set_state(start, &state);
	compress(&state, &block);
	for (unsigned word = 0; word < 4; word++)
		digest[word] = state.word[word][0];
}

// MD5 of a key that is longer than a block.
static void shorten(const guint8 *secret, gsize length, guint8 key[BLOCK_LENGTH])
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_MD5);
	gsize size = BLOCK_LENGTH;

	g_checksum_update(checksum, secret, (gssize)length);
	g_checksum_get_digest(checksum, key, &size);
}

void hmac_md5_set_key(hmac_md5_key_t *key, unsigned engine, const guint8 *secret, gsize length)
{
	compress_fn *engines[HMAC_MD5_ENGINES_MAX];
	guint8 block[BLOCK_LENGTH] = {0};

	find_engines(engines);
	key->compress = engines[engine];
	if (length > BLOCK_LENGTH)
		shorten(secret, length, block);
	else if (length > 0)
		memcpy(block, secret, length);
	for (unsigned i = 0; i < BLOCK_LENGTH; i++)
		block[i] ^= 0x36;
	digest_block(key->compress, block, key->inner);
	for (unsigned i = 0; i < BLOCK_LENGTH; i++)
		block[i] ^= 0x36 ^ 0x5c;
	digest_block(key->compress, block, key->outer);
}

#else

unsigned hmac_md5_engines(void)
{
	return 0;
}

void hmac_md5_set_key(hmac_md5_key_t *key, unsigned engine G_GNUC_UNUSED, const guint8 *secret G_GNUC_UNUSED,
		      gsize length G_GNUC_UNUSED)
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
