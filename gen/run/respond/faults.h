// SPDX-License-Identifier: GPL-2.0-or-later
// The faults of faults.def, switched on one by one.
#ifndef DSMIPGEN_FAULTS_H
#define DSMIPGEN_FAULTS_H

#include "language/error.h"

#include <stdbool.h>

typedef enum {
#define ROLE_FAULT(role, id, name, text) FAULT_##id,
#include "run/respond/faults.def"
	FAULT_COUNT
} fault_t;

// Who can be told to have a fault.
enum {
	FAULTS_HA = 1,
	FAULTS_MN = 2,
	FAULTS_FA = 4,
};

typedef struct {
	bool is_on[FAULT_COUNT];
} faults_t;

// Switches on the faults of these names (NULL at the end, or NULL), which all have to be those of this role (FAULTS_*).
// False with an error that names the one that is not.
bool faults_read(faults_t *faults, const char *const *names, unsigned role, GError **error);

// The name of a fault, what it does, and who has it (FAULTS_*).
const char *fault_name(fault_t fault);
const char *fault_text(fault_t fault);
unsigned fault_role(fault_t fault);

#endif
