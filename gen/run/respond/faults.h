// SPDX-License-Identifier: GPL-2.0-or-later
// The faults of faults.def, switched on one by one.
#ifndef DSMIPGEN_FAULTS_H
#define DSMIPGEN_FAULTS_H

#include "language/error.h"

#include <stdbool.h>

typedef enum {
#define FAULT(id, name, text) FAULT_##id,
#include "run/respond/faults.def"
	FAULT_COUNT
} fault_t;

typedef struct {
	bool is_on[FAULT_COUNT];
} faults_t;

// Switches on the faults of these names (NULL at the end, or NULL). False with an error that names the one that there
// is not.
bool faults_read(faults_t *faults, const char *const *names, GError **error);

// The name of a fault, and what it does.
const char *fault_name(fault_t fault);
const char *fault_text(fault_t fault);

#endif
