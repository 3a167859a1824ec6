// SPDX-License-Identifier: GPL-2.0-or-later
// A part of a population as texts: which scenario, for how many nodes, from when on.
#ifndef DSMIPGEN_PART_H
#define DSMIPGEN_PART_H

#include "language/step.h"

typedef struct {
	place_t place;
	text_t scenario;
	text_t nodes;   // how many;
	text_t share;   // or which share of the population's nodes
	text_t start;   // of each node, seconds after the population's
	text_t spacing; // from one node's start to the next one's
	GPtrArray *set; // of text_t; NULL: none
} part_t;

part_t *part_new(void);
void part_free(part_t *part);

#endif
