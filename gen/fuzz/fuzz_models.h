// SPDX-License-Identifier: GPL-2.0-or-later
// Layers and extensions that mutations insert into a packet.
#ifndef DSMIPGEN_FUZZ_MODELS_H
#define DSMIPGEN_FUZZ_MODELS_H

#include "packet/plan.h"

// Layers and extensions that a mutation may insert.
typedef struct {
	GPtrArray *layers; // values_t
	GPtrArray *extensions;
	const GPtrArray *plans; // the valid ones, whose extensions may be borrowed
} fuzz_models_t;

// Makes the models with values of the actors. The plans belong to the caller and outlive the models. After a failure,
// the models must be cleared, too.
bool fuzz_models_init(fuzz_models_t *models, const actors_t *actors, const GPtrArray *plans, GError **error);

// Frees what the models hold.
void fuzz_models_clear(fuzz_models_t *models);

#endif
