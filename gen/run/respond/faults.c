// SPDX-License-Identifier: GPL-2.0-or-later
// The faults of faults.def, switched on one by one.
#include "run/respond/faults.h"

#include "language/suggest.h"

#include <string.h>

static const char *const names[FAULT_COUNT] = {
#define ROLE_FAULT(role, id, name, text) [FAULT_##id] = name,
#include "run/respond/faults.def"
};

static const char *const texts[FAULT_COUNT] = {
#define ROLE_FAULT(role, id, name, text) [FAULT_##id] = text,
#include "run/respond/faults.def"
};

static const unsigned roles[FAULT_COUNT] = {
#define ROLE_FAULT(role, id, name, text) [FAULT_##id] = FAULTS_##role,
#include "run/respond/faults.def"
};

const char *fault_name(fault_t fault)
{
	return names[fault];
}

const char *fault_text(fault_t fault)
{
	return texts[fault];
}

unsigned fault_role(fault_t fault)
{
	return roles[fault];
}

static bool switch_on(faults_t *faults, const char *name, unsigned role, GError **error)
{
	for (unsigned i = 0; i < FAULT_COUNT; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		if (roles[i] != role) {
			fail(error, GEN_ERROR_SCENARIO, "the fault %s is of another role; expected one of this role",
			     name);
			return false;
		}
		faults->is_on[i] = true;
		return true;
	}
	g_autofree char *hint = suggest(name, names, FAULT_COUNT);
	fail(error, GEN_ERROR_SCENARIO, "unknown fault '%s'%s one that `dsmipgen list faults` shows", name, hint);
	return false;
}

bool faults_read(faults_t *faults, const char *const *wanted, unsigned role, GError **error)
{
	for (; wanted && *wanted; wanted++)
		if (!switch_on(faults, *wanted, role, error))
			return false;
	return true;
}
