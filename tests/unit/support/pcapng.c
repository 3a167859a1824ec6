// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcapng.h"

#include <string.h>

#define SECTION 0x0a0d0d0au
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define INTERFACE 1u
#define ENHANCED_PACKET 6u
#define ETHERNET 1u

#define OPTION_END 0
#define OPTION_COMMENT 1
#define OPTION_TIME_RESOLUTION 9 // of an interface
#define NANOSECONDS 9
#define MICROSECONDS 6 // where there is no such option

static uint16_t half(const uint8_t *at)
{
	return (uint16_t)(at[1] << 8 | at[0]);
}

static uint32_t word(const uint8_t *at)
{
	return (uint32_t)half(at + 2) << 16 | half(at);
}

static uint32_t padded(uint32_t len)
{
	return (len + 3) & ~3u;
}

// The value of an option between `at` and `end`, NULL if there is none.
static const uint8_t *find_option(const uint8_t *at, const uint8_t *end, uint16_t code, uint16_t *len)
{
	while (at + 4 <= end && half(at) != OPTION_END) {
		*len = half(at + 2);
		if (half(at) == code)
			return at + 4;
		at += 4 + padded(*len);
	}
	return NULL;
}

static uint64_t read_resolution(const uint8_t *block, const uint8_t *end)
{
	uint16_t len;
	const uint8_t *value = find_option(block + 16, end, OPTION_TIME_RESOLUTION, &len);
	g_assert_cmpuint(half(block + 8), ==, ETHERNET);
	uint8_t digits = value ? *value : MICROSECONDS;
	g_assert_true(digits == NANOSECONDS || digits == MICROSECONDS);
	return digits == NANOSECONDS ? 1 : 1000;
}

static frame_t read_packet(const uint8_t *block, const uint8_t *end, uint64_t resolution)
{
	uint16_t len = 0;
	frame_t f = {
		.time = ((uint64_t)word(block + 12) << 32 | word(block + 16)) * resolution,
		.bytes = block + 28,
		.len = word(block + 20),
	};
	g_assert_true(f.bytes + padded(f.len) <= end);
	const uint8_t *comment = find_option(f.bytes + padded(f.len), end, OPTION_COMMENT, &len);
	f.comment = comment ? g_strndup((const char *)comment, len) : NULL;
	return f;
}

void pcapng_read(pcapng_t *capture, const char *path)
{
	gsize size;
	uint64_t resolution = 0;
	g_assert_true(g_file_get_contents(path, (char **)&capture->file, &size, NULL));
	capture->frames = g_array_new(FALSE, FALSE, sizeof(frame_t));
	g_assert_true(size > 28 && word(capture->file) == SECTION && word(capture->file + 8) == BYTE_ORDER_MAGIC);
	for (const uint8_t *block = capture->file; block < capture->file + size; block += word(block + 4)) {
		const uint8_t *end = block + word(block + 4) - 4;
		g_assert_true(end > block + 8 && end + 4 <= capture->file + size);
		if (word(block) == INTERFACE)
			resolution = read_resolution(block, end);
		if (word(block) != ENHANCED_PACKET)
			continue;
		frame_t frame = read_packet(block, end, resolution);
		g_array_append_val(capture->frames, frame);
	}
}

void pcapng_clear(pcapng_t *capture)
{
	for (guint i = 0; i < capture->frames->len; i++)
		g_free(g_array_index(capture->frames, frame_t, i).comment);
	g_array_free(capture->frames, TRUE);
	g_free(capture->file);
}
