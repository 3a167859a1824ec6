// SPDX-License-Identifier: GPL-2.0-or-later
// Which registration requests of a run were answered, with which codes, after how long (RFC 5944 3.3, 3.4).
//
// A reply has the home address of its request and the low 32 bits of its identification; the high ones are the time of
// the home agent where that denies the request for its time (code 133). A request without a home address (RFC 2794) is
// answered with one.
#include "send/answers.h"

#include "wire/dsmipv4.h"
#include "send/next_hop.h"

#include <string.h>

enum {
	IPV4_PROTOCOL = 9, // RFC 791 3.1
	IPV4_FRAGMENT = 6,
	FRAGMENT_OFFSET = 0x1fff,
	PROTOCOL_UDP = 17,
	UDP_LENGTH = 8,
	TYPE_REQUEST = 1, // RFC 5944 3.3, 3.4
	TYPE_REPLY = 3,
	REPLY_CODE = 1,
	HOME_ADDRESS = 4, // of both
	REQUEST_LOW = 20, // low half of the identification
	REPLY_LOW = 16,
};

typedef struct {
	gint64 key; // first, for the hash table
	gint64 sent;
	guint32 own_replies; // sent, not yet back
	guint32 own_hash;
	bool is_request;
	bool is_answered;
} exchange_t;

struct answers {
	GMutex lock;
	bool sees_own;
	GHashTable *exchanges; // key -> exchange_t
	GArray *delays;        // of first answers, nanoseconds
	answer_figures_t figures;
};

answers_t *answers_new(bool sees_own)
{
	answers_t *answers = g_new0(answers_t, 1);

	g_mutex_init(&answers->lock);
	answers->sees_own = sees_own;
	answers->exchanges = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	answers->delays = g_array_new(FALSE, FALSE, sizeof(gint64));
	return answers;
}

void answers_free(answers_t *answers)
{
	g_hash_table_unref(answers->exchanges);
	g_array_unref(answers->delays);
	g_mutex_clear(&answers->lock);
	g_free(answers);
}

static guint32 read32(const guint8 *bytes)
{
	guint32 number;

	memcpy(&number, bytes, sizeof(number));
	return GUINT32_FROM_BE(number);
}

static gint64 key_of(guint32 home_address, guint32 low)
{
	return (gint64)((guint64)home_address << 32 | low);
}

// What a frame carries by UDP; NULL: nothing.
static const guint8 *payload(const guint8 *frame, gsize length, gsize *payload_length)
{
	gsize start = frame_ipv4_offset(frame, length);
	gsize header = start > 0 ? 4 * (gsize)(frame[start] & 0xf) : 0;
	gsize end = start + header + UDP_LENGTH;

	if (start == 0 || frame[start + IPV4_PROTOCOL] != PROTOCOL_UDP || end > length ||
	    (((guint)frame[start + IPV4_FRAGMENT] << 8 | frame[start + IPV4_FRAGMENT + 1]) & FRAGMENT_OFFSET) != 0)
		return NULL;
	*payload_length = length - end;
	return frame + end;
}

static guint32 hash(const guint8 *message, gsize length)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(message, length);

	return g_bytes_hash(bytes);
}

static exchange_t *exchange(answers_t *answers, gint64 key)
{
	exchange_t *found = g_hash_table_lookup(answers->exchanges, &key);

	if (found)
		return found;
	found = g_new0(exchange_t, 1);
	found->key = key;
	g_hash_table_add(answers->exchanges, found);
	return found;
}

// The exchange of a message of our own, made if need be; NULL: it is no registration.
static exchange_t *own_exchange(answers_t *answers, const guint8 *message, gsize length)
{
	if (length >= DSMIPV4_REQUEST_LEN && message[0] == TYPE_REQUEST)
		return exchange(answers, key_of(read32(message + HOME_ADDRESS), read32(message + REQUEST_LOW)));
	if (answers->sees_own && length >= DSMIPV4_REPLY_LEN && message[0] == TYPE_REPLY)
		return exchange(answers, key_of(read32(message + HOME_ADDRESS), read32(message + REPLY_LOW)));
	return NULL;
}

static void expect_message(answers_t *answers, const guint8 *message, gsize length, gint64 time)
{
	exchange_t *own = own_exchange(answers, message, length);

	if (!own)
		return;
	if (message[0] == TYPE_REPLY) {
		own->own_hash = hash(message, length);
		own->own_replies++;
		return;
	}
	if (!own->is_request) {
		own->sent = time;
		answers->figures.requests++;
	}
	own->is_request = true;
}

void answers_expect(answers_t *answers, const guint8 *frame, gsize length, gint64 time)
{
	const guint8 *message = payload(frame, length, &length);

	g_mutex_lock(&answers->lock);
	if (message)
		expect_message(answers, message, length, time);
	g_mutex_unlock(&answers->lock);
}

void answers_forget(answers_t *answers, const guint8 *frame, gsize length)
{
	const guint8 *message = payload(frame, length, &length);

	g_mutex_lock(&answers->lock);
	exchange_t *own = message ? own_exchange(answers, message, length) : NULL;
	if (own && message[0] == TYPE_REPLY && own->own_replies > 0)
		own->own_replies--;
	if (own && message[0] == TYPE_REQUEST && own->is_request && !own->is_answered) {
		own->is_request = false;
		answers->figures.requests--;
	}
	g_mutex_unlock(&answers->lock);
}

// The request that a reply answers; NULL: none.
static exchange_t *find(answers_t *answers, const guint8 *reply)
{
	guint32 low = read32(reply + REPLY_LOW);
	gint64 key = key_of(read32(reply + HOME_ADDRESS), low);
	gint64 without_address = key_of(0, low);
	exchange_t *found = g_hash_table_lookup(answers->exchanges, &key);

	return found ? found : g_hash_table_lookup(answers->exchanges, &without_address);
}

static void take_reply(answers_t *answers, const guint8 *reply, gsize length, gint64 time)
{
	exchange_t *found = find(answers, reply);

	if (found && found->own_replies > 0 && found->own_hash == hash(reply, length)) {
		found->own_replies--;
		return;
	}
	if (!found || !found->is_request || found->is_answered) {
		answers->figures.others++;
		return;
	}
	gint64 delay = MAX(time - found->sent, 0);
	found->is_answered = true;
	answers->figures.answered++;
	answers->figures.codes[reply[REPLY_CODE]]++;
	g_array_append_val(answers->delays, delay);
}

void answers_take(answers_t *answers, const guint8 *message, gsize length, gint64 time)
{
	if (length < DSMIPV4_REPLY_LEN || message[0] != TYPE_REPLY)
		return;
	g_mutex_lock(&answers->lock);
	take_reply(answers, message, length, time);
	g_mutex_unlock(&answers->lock);
}

void answers_miss(answers_t *answers, guint64 packets)
{
	g_mutex_lock(&answers->lock);
	answers->figures.missed += packets;
	g_mutex_unlock(&answers->lock);
}

void answers_count(answers_t *answers, guint64 *requests, guint64 *answered)
{
	g_mutex_lock(&answers->lock);
	*requests = answers->figures.requests;
	*answered = answers->figures.answered;
	g_mutex_unlock(&answers->lock);
}

static gint compare_delays(gconstpointer a, gconstpointer b)
{
	gint64 one = *(const gint64 *)a;
	gint64 other = *(const gint64 *)b;

	return (one > other) - (one < other);
}

// The smallest delay that a share of all, in hundredths, does not exceed.
static gint64 percentile(const GArray *delays, guint share)
{
	guint place = (guint)(((guint64)delays->len * share + 99) / 100);

	return g_array_index(delays, gint64, MAX(place, 1) - 1);
}

void answers_figures(answers_t *answers, answer_figures_t *figures)
{
	g_mutex_lock(&answers->lock);
	*figures = answers->figures;
	if (answers->delays->len > 0) {
		g_array_sort(answers->delays, compare_delays);
		figures->minimum = g_array_index(answers->delays, gint64, 0);
		figures->median = percentile(answers->delays, 50);
		figures->late = percentile(answers->delays, 99);
	}
	g_mutex_unlock(&answers->lock);
}
