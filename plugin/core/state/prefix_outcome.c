// SPDX-License-Identifier: GPL-2.0-or-later
// The outcome of each prefix of a request by its reply (RFC 5454 3.2, 3.5).
#include "state/prefix_outcome.h"

#include "wire/prefix_matches.h"

// The prefixes of a list, for dsmipv4_prefix_matches().
static const dsmipv4_prefix_t **pointers(const dsmipv4_registered_prefix_t *list, unsigned n)
{
	const dsmipv4_prefix_t **all = wmem_alloc_array(NULL, const dsmipv4_prefix_t *, n + 1);
	for (unsigned i = 0; i < n; i++)
		all[i] = &list[i].prefix;
	return all;
}

static void grant(dsmipv4_registered_prefix_t *to, const dsmipv4_registered_prefix_t *answer)
{
	if (!answer)
		return;
	to->code = answer->code;
	to->state = dsmipv4_code_accepts(answer->code) ? DSMIPV4_PREFIX_ACTIVE : DSMIPV4_PREFIX_REFUSED;
}

// The outcome of each requested prefix: the reply for the same prefix, else one for the same bits with a length that
// was not requested (RFC 5454 3.5; a difference in length alone is still an answer).
static void settle_asked(dsmipv4_registered_prefix_t *settled, const dsmipv4_registered_prefix_t *replies,
			 unsigned n_replies, const dsmipv4_event_t *request)
{
	unsigned n = request->n_prefixes;
	const dsmipv4_prefix_t **asked = pointers(request->prefixes, n), **answers = pointers(replies, n_replies);
	dsmipv4_prefix_matches_t *same = dsmipv4_prefix_matches(NULL, answers, n_replies, asked, n);
	dsmipv4_prefix_matches_t *was_asked = dsmipv4_prefix_matches(NULL, asked, n, answers, n_replies);
	for (unsigned i = 0; i < n_replies; i++) {
		if (was_asked[i].equal)
			answers[i] = NULL;
	}
	dsmipv4_prefix_matches_t *others = dsmipv4_prefix_matches(NULL, answers, n_replies, asked, n);
	for (unsigned i = 0; i < n; i++) {
		uint16_t place = same[i].equal ? same[i].equal : dsmipv4_first_similar(&others[i]);
		settled[i] = request->prefixes[i];
		grant(&settled[i], place ? &replies[place - 1] : NULL);
	}
	wmem_free(NULL, asked);
	wmem_free(NULL, answers);
	wmem_free(NULL, same);
	wmem_free(NULL, was_asked);
	wmem_free(NULL, others);
}

// Append what the reply says of prefixes that are not among the `n` settled ones. Returns how many there are then.
static unsigned settle_unasked(dsmipv4_registered_prefix_t *settled, unsigned n,
			       const dsmipv4_registered_prefix_t *replies, unsigned n_replies)
{
	const dsmipv4_prefix_t **answers = pointers(replies, n_replies), **known = pointers(settled, n);
	dsmipv4_prefix_matches_t *among = dsmipv4_prefix_matches(NULL, answers, n_replies, answers, n_replies);
	dsmipv4_prefix_matches_t *was_asked = dsmipv4_prefix_matches(NULL, known, n, answers, n_replies);
	for (unsigned i = 0; i < n_replies; i++) {
		if (was_asked[i].equal || among[i].equal <= i)
			continue;
		settled[n] = replies[i];
		grant(&settled[n++], &replies[i]);
	}
	wmem_free(NULL, answers);
	wmem_free(NULL, known);
	wmem_free(NULL, among);
	wmem_free(NULL, was_asked);
	return n;
}

// Without its request, or for what was not captured of it, the reply alone counts.
uint16_t dsmipv4_settle_prefixes(dsmipv4_registered_prefix_t *settled, const dsmipv4_registered_prefix_t *replies,
				 unsigned n_replies, const dsmipv4_event_t *request)
{
	unsigned n = request ? request->n_prefixes : 0;
	if (n)
		settle_asked(settled, replies, n_replies, request);
	if (n_replies && (!request || !request->captured_whole))
		n = settle_unasked(settled, n, replies, n_replies);
	return (uint16_t)n;
}
