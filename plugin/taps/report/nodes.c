// SPDX-License-Identifier: GPL-2.0-or-later
// What was seen of each mobile node: its registration messages and tunneled packets.
#include "taps/report/nodes.h"

#include "taps/report/traffic.h"

static void free_node(void *data)
{
	dsmipv4_report_node_t *node = data;
	g_free(node->nai);
	g_ptr_array_unref(node->events);
	g_array_free(node->traffic, TRUE);
	g_free(node);
}

dsmipv4_report_nodes_t *dsmipv4_report_nodes_new(void)
{
	dsmipv4_report_nodes_t *nodes = g_new(dsmipv4_report_nodes_t, 1);
	nodes->by_node = g_hash_table_new(NULL, NULL);
	nodes->all = g_ptr_array_new_with_free_func(free_node);
	return nodes;
}

void dsmipv4_report_nodes_free(dsmipv4_report_nodes_t *nodes)
{
	g_hash_table_unref(nodes->by_node);
	g_ptr_array_unref(nodes->all);
	g_free(nodes);
}

static dsmipv4_report_node_t *node_of(dsmipv4_report_nodes_t *nodes, const dsmipv4_node_t *node)
{
	dsmipv4_report_node_t *of = g_hash_table_lookup(nodes->by_node, node);
	if (!of) {
		of = g_new0(dsmipv4_report_node_t, 1);
		of->node = node;
		of->events = g_ptr_array_new();
		of->traffic = g_array_new(FALSE, FALSE, sizeof(dsmipv4_traffic_t));
		g_hash_table_insert(nodes->by_node, (void *)node, of);
		g_ptr_array_add(nodes->all, of);
	}
	return of;
}

// The text of a message's NAI extension (RFC 2794 2); whatever bytes it has.
static char *nai_of(const dsmipv4_message_t *m, tvbuff_t *tvb)
{
	if (m->first_nai == DSMIPV4_NO_EXT)
		return NULL;
	const dsmipv4_ext_t *e = &m->exts[m->first_nai];
	uint32_t captured = tvb_captured_length(tvb);
	if (e->body_offset > captured || e->body_len > captured - e->body_offset || e->body_len == 0)
		return NULL;
	return g_utf8_make_valid((const char *)tvb_get_ptr(tvb, (int)e->body_offset, (int)e->body_len), e->body_len);
}

void dsmipv4_report_nodes_add(dsmipv4_report_nodes_t *nodes, const dsmipv4_tapped_t *tapped,
			      const dsmipv4_subject_t *subject, const packet_info *pinfo)
{
	if (!subject->node)
		return;
	dsmipv4_report_node_t *node = node_of(nodes, subject->node);
	if (tapped->control) {
		g_ptr_array_add(node->events, (void *)tapped->control->event);
		if (!node->nai && subject->node->nai)
			node->nai = nai_of(tapped->control->message, tapped->tvb);
		return;
	}
	dsmipv4_traffic_add(node->traffic, tapped->match, pinfo->fd->pkt_len, dsmipv4_frame_time(pinfo));
	node->ipv6 |= tapped->match->tunnel->kind == DSMIPV4_INNER_IPV6;
}
