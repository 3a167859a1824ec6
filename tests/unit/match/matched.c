// SPDX-License-Identifier: GPL-2.0-or-later
// What the tests of matching ask of a packet's match.
#include "matched.h"

dsmipv4_tunnel_t tunnel;

dsmipv4_match_t match(talk_t *t, const data_t *data)
{
	dsmipv4_match_t m;
	g_assert_true(form_match(t, &m, &tunnel, data));
	return m;
}

bool nobodys(talk_t *t, const data_t *data)
{
	dsmipv4_match_t m;
	return !form_match(t, &m, &tunnel, data);
}

void expect_candidates(const dsmipv4_match_t *m, unsigned n, dsmipv4_binding_status_t status)
{
	g_assert_cmpuint(m->n_candidates, ==, n);
	for (unsigned i = 0; i < m->n_candidates; i++)
		g_assert_cmpint(m->candidates[i].status, ==, status);
}

void expect_removal(const dsmipv4_match_t *m, dsmipv4_removal_t why, const dsmipv4_event_t *by)
{
	expect_candidates(m, 1, DSMIPV4_BINDING_REMOVED);
	const dsmipv4_candidate_t *c = &m->candidates[0];
	if (m->n_candidates == 0 || !c->binding || !c->removed_by)
		return g_test_fail();
	g_assert_cmpint(c->binding->removal, ==, why);
	g_assert_true(c->removed_by->event == by);
}

void expect_coas(const dsmipv4_match_t *m, uint32_t first, uint32_t second)
{
	g_assert_cmpuint(m->n_candidates, ==, second ? 2 : 1);
	g_assert_cmphex(dsmipv4_binding_coa(m->candidates[0].binding), ==, first);
	if (second && m->n_candidates > 1)
		g_assert_cmphex(dsmipv4_binding_coa(m->candidates[1].binding), ==, second);
}
