// SPDX-License-Identifier: GPL-2.0-or-later
// Tunneled packets that are judged like an earlier one.
//
// Most packets of a flow differ in nothing that a rule looks at. What was found for one that conforms stands for the
// next ones, as long as the binding table and the node's history are the same and no lifetime or grace period has ended
// since. A memo is a cache: without it every verdict is the same.
#ifndef DSMIPV4_MEMO_H
#define DSMIPV4_MEMO_H

#include "rules/dispatch.h"

typedef struct dsmipv4_memo dsmipv4_memo_t;

// An empty memo in `alloc`, for one table and its histories. It does not grow beyond two megabytes.
dsmipv4_memo_t *dsmipv4_memo_new(wmem_allocator_t *alloc);

// Match and judge a tunneled packet on its first visit, in the order of frames: dsmipv4_match() and
// dsmipv4_judge_tunnel(), or what they would say. NULL: dsmipv4_match() is false. Without a memo (NULL) nothing is
// remembered. The verdicts live in `alloc`, or as long as the memo.
const dsmipv4_verdicts_t *dsmipv4_memo_judge(dsmipv4_memo_t *memo, wmem_allocator_t *alloc,
					     const dsmipv4_options_t *options, const dsmipv4_packet_t *packet,
					     const dsmipv4_tunnel_t *tunnel, const dsmipv4_bindings_t *bindings,
					     dsmipv4_tunnel_histories_t *histories, dsmipv4_match_t *match);

// How many packets were judged from memory, for tests.
uint64_t dsmipv4_memo_hits(const dsmipv4_memo_t *memo);

#endif
