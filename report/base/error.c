// SPDX-License-Identifier: GPL-2.0-or-later
// Errors of reading, writing and judging reports.
#include "base/error.h"

G_DEFINE_QUARK(dsmipv4 - report, report_error)
