// SPDX-License-Identifier: GPL-2.0-or-later
// A verdict as JSON: doc/report.schema.json.
#include "base/json.h"
#include "render.h"

void render_json(const struct verdict *verdict, GString *out)
{
	json_document(&verdict_shape, verdict, out);
}
