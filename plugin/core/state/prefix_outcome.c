// SPDX-License-Identifier: GPL-2.0-or-later
// The outcome of each prefix of a request by its reply (RFC 5454 3.2, 3.5).
#include "state/prefix_outcome.h"

static const dsmipv4_registered_prefix_t *find_prefix(const dsmipv4_registered_prefix_t *list, unsigned n,
						      const dsmipv4_prefix_t *p)
{
	for (unsigned i = 0; i < n; i++) {
		if (dsmipv4_prefix_equal(&list[i].prefix, p))
			return &list[i];
	}
	return NULL;
}

// The outcome of a requested prefix: the reply for the same prefix, else one for the same bits with a length that
// was not requested (RFC 5454 3.5; a difference in length alone is still an answer).
static const dsmipv4_registered_prefix_t *answer_for(const dsmipv4_registered_prefix_t *replies, const bool *was_asked,
						     unsigned n_replies, const dsmipv4_prefix_t *asked)
{
	const dsmipv4_registered_prefix_t *equal = find_prefix(replies, n_replies, asked);
	for (unsigned i = 0; !equal && i < n_replies; i++) {
		if (!was_asked[i] && dsmipv4_prefix_similar(&replies[i].prefix, asked))
			return &replies[i];
	}
	return equal;
}

static void grant(dsmipv4_registered_prefix_t *to, const dsmipv4_registered_prefix_t *answer)
{
	if (!answer)
		return;
	to->code = answer->code;
	to->state = dsmipv4_code_accepts(answer->code) ? DSMIPV4_PREFIX_ACTIVE : DSMIPV4_PREFIX_REFUSED;
}

// The outcome of request and reply, prefix by prefix, written to `settled`, which has room for the prefixes of both.
// Without its request, or for what was not captured of it, the reply alone counts.
uint16_t dsmipv4_settle_prefixes(dsmipv4_registered_prefix_t *settled, const dsmipv4_registered_prefix_t *replies,
				 unsigned n_replies, const dsmipv4_event_t *request)
{
	unsigned n_asked = request ? request->n_prefixes : 0, n = 0;
	bool *was_asked = wmem_alloc0_array(NULL, bool, n_replies + 1); // computed once, not for each request
	for (unsigned i = 0; i < n_replies && n_asked; i++)
		was_asked[i] = find_prefix(request->prefixes, n_asked, &replies[i].prefix) != NULL;
	for (unsigned i = 0; i < n_asked; i++) {
		settled[n] = request->prefixes[i];
		grant(&settled[n++], answer_for(replies, was_asked, n_replies, &request->prefixes[i].prefix));
	}
	for (unsigned i = 0; i < n_replies && (!request || !request->captured_whole); i++) {
		if (find_prefix(settled, n, &replies[i].prefix))
			continue;
		settled[n] = replies[i];
		grant(&settled[n++], &replies[i]);
	}
	wmem_free(NULL, was_asked);
	return (uint16_t)n;
}
