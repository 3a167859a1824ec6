// SPDX-License-Identifier: GPL-2.0-or-later
// The bindings of the open capture as of a moment.
#include "taps/bindings_view.h"

#include "capture.h"
#include "core/state/node_index.h"

void dsmipv4_bindings_view_clear(dsmipv4_bindings_view_t *view)
{
	if (view->nodes) {
		dsmipv4_report_nodes_free(view->nodes);
		g_hash_table_unref(view->carried);
	}
	view->frames = 0;
	view->first_time = view->last_time = DSMIPV4_NO_TIME;
	view->frame = 0;
	view->nodes = dsmipv4_report_nodes_new();
	view->carried = g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

// The packet came at the moment or before it.
static bool is_in_time(const dsmipv4_bindings_view_t *view, const packet_info *pinfo)
{
	return dsmipv4_frame_time(pinfo) <= dsmipv4_moment_time(&view->at, view->first_time);
}

// The first frame's time, whoever tells of it first.
static void note_first(dsmipv4_bindings_view_t *view, const packet_info *pinfo)
{
	if (view->first_time == DSMIPV4_NO_TIME)
		view->first_time = dsmipv4_frame_time(pinfo);
}

void dsmipv4_bindings_view_frame(dsmipv4_bindings_view_t *view, const packet_info *pinfo)
{
	note_first(view, pinfo);
	view->frames++;
	view->last_time = MAX(view->last_time, dsmipv4_frame_time(pinfo));
	if (is_in_time(view, pinfo))
		view->frame = MAX(view->frame, pinfo->num);
}

static void carry(dsmipv4_bindings_view_t *view, const dsmipv4_match_t *match, const packet_info *pinfo)
{
	if (!match->chosen || !match->chosen->binding)
		return;
	const dsmipv4_event_t *began = dsmipv4_binding_began(match->chosen->binding);
	dsmipv4_carried_t *carried = g_hash_table_lookup(view->carried, began);
	if (!carried) {
		carried = g_new0(dsmipv4_carried_t, 1);
		g_hash_table_insert(view->carried, (void *)began, carried);
	}
	carried->packets[match->direction]++;
	carried->bytes[match->direction] += pinfo->fd->pkt_len;
}

void dsmipv4_bindings_view_add(dsmipv4_bindings_view_t *view, const dsmipv4_tapped_t *tapped, const packet_info *pinfo)
{
	note_first(view, pinfo);
	if (!is_in_time(view, pinfo))
		return;
	dsmipv4_subject_t subject = dsmipv4_subject_of(tapped);
	dsmipv4_report_nodes_add(view->nodes, tapped, &subject, pinfo);
	if (tapped->match)
		carry(view, tapped->match, pinfo);
}

int64_t dsmipv4_bindings_view_time(const dsmipv4_bindings_view_t *view)
{
	int64_t at = dsmipv4_moment_time(&view->at, view->first_time);
	return at == INT64_MAX ? view->last_time : at;
}

typedef struct {
	const dsmipv4_bindings_view_t *view;
	dsmipv4_bindings_visit_t visit;
	void *user;
} walk_t;

const dsmipv4_carried_t *dsmipv4_bindings_view_carried(const dsmipv4_bindings_view_t *view,
						       const dsmipv4_event_t *began)
{
	static const dsmipv4_carried_t nothing;
	const dsmipv4_carried_t *carried = g_hash_table_lookup(view->carried, began);
	return carried ? carried : &nothing;
}

void dsmipv4_bindings_view_node(const dsmipv4_bindings_view_t *view, const dsmipv4_node_t *node,
				dsmipv4_bindings_visit_t visit, void *user)
{
	const dsmipv4_report_node_t *seen = g_hash_table_lookup(view->nodes->by_node, node);
	GArray *lives = dsmipv4_binding_lives(node, view->frame, dsmipv4_bindings_view_time(view));
	for (unsigned i = 0; i < lives->len; i++) {
		const dsmipv4_binding_life_t *life = &g_array_index(lives, dsmipv4_binding_life_t, i);
		dsmipv4_bindings_row_t row = {
			.node = node,
			.nai = seen ? seen->nai : NULL,
			.ipv6 = seen && seen->ipv6,
			.life = life,
			.carried = dsmipv4_bindings_view_carried(view, dsmipv4_life_began(life)),
		};
		if (view->all || life->end == DSMIPV4_END_LIVE)
			visit(&row, user);
	}
	dsmipv4_binding_lives_free(lives);
}

static bool visit_node(const dsmipv4_node_t *node, void *user)
{
	const walk_t *walk = user;
	if (!walk->view->filter || g_hash_table_contains(walk->view->nodes->by_node, node))
		dsmipv4_bindings_view_node(walk->view, node, walk->visit, walk->user);
	return true;
}

void dsmipv4_bindings_view_each(const dsmipv4_bindings_view_t *view, dsmipv4_bindings_visit_t visit, void *user)
{
	walk_t walk = {view, visit, user};
	if (dsmipv4_bindings())
		dsmipv4_bindings_each_node(dsmipv4_bindings(), visit_node, &walk);
}
