// SPDX-License-Identifier: GPL-2.0-or-later
// One report of a capture that was judged in parts.
#include "merge.h"

#include <string.h>

// A copy of a list of plain elements.
static GArray *copy_list(const GArray *list)
{
	GArray *copy = g_array_sized_new(FALSE, TRUE, g_array_get_element_size((GArray *)list), list->len);

	return list->len > 0 ? g_array_append_vals(copy, list->data, list->len) : copy;
}

// Appends elements of the other list as long as there are fewer than `most`.
static void append_up_to(GArray *list, const GArray *other, guint most)
{
	guint room = most > list->len ? most - list->len : 0;

	if (MIN(room, other->len) > 0)
		g_array_append_vals(list, other->data, MIN(room, other->len));
}

static void add_actor(GArray *actors, const struct report_actor *part)
{
	struct report_actor copy = *part;

	for (guint i = 0; i < actors->len; i++) {
		struct report_actor *actor = &g_array_index(actors, struct report_actor, i);

		if (actor->actor != part->actor || g_strcmp0(actor->home_agent, part->home_agent) != 0)
			continue;
		actor->held += part->held;
		actor->broken += part->broken;
		append_up_to(actor->first_frames, part->first_frames, REPORT_FIRST_FRAMES);
		return;
	}
	copy.first_frames = copy_list(part->first_frames);
	g_array_append_val(actors, copy);
}

// What the report on the control messages says of packets is of no use: it saw few of them.
static void forget_actors(GArray *actors)
{
	for (guint i = 0; i < actors->len; i++)
		g_array_free(g_array_index(actors, struct report_actor, i).first_frames, TRUE);
	g_array_set_size(actors, 0);
}

static void add_rules(struct report *into, const struct report *part, bool first)
{
	for (guint i = 0; i < into->rules->len && i < part->rules->len; i++) {
		struct report_rule *rule = &g_array_index(into->rules, struct report_rule, i);
		const struct report_rule *other = &g_array_index(part->rules, struct report_rule, i);

		if (rule->asked_of != ASKED_OF_PACKETS)
			continue;
		if (first)
			forget_actors(rule->actors);
		for (guint k = 0; k < other->actors->len; k++)
			add_actor(rule->actors, &g_array_index(other->actors, struct report_actor, k));
	}
}

static bool is_of_packets(const struct report *report, const struct report_finding *finding)
{
	return report_find_rule(report, finding->rule)->asked_of == ASKED_OF_PACKETS;
}

static void forget_findings(struct report *into)
{
	for (guint i = into->findings->len; i-- > 0;) {
		struct report_finding *finding = &g_array_index(into->findings, struct report_finding, i);

		if (!is_of_packets(into, finding))
			continue;
		g_array_free(finding->places, TRUE);
		g_array_remove_index(into->findings, i);
	}
}

static bool same_finding(const struct report_finding *a, const struct report_finding *b)
{
	return strcmp(a->rule, b->rule) == 0 && a->severity == b->severity && a->actor == b->actor &&
	       g_strcmp0(a->node, b->node) == 0 && g_strcmp0(a->home_agent, b->home_agent) == 0;
}

static void add_finding(struct report *into, const struct report_finding *part)
{
	struct report_finding copy = *part;

	for (guint i = 0; i < into->findings->len; i++) {
		struct report_finding *finding = &g_array_index(into->findings, struct report_finding, i);

		if (!same_finding(finding, part))
			continue;
		if (report_find_rule(into, part->rule)->once)
			return;
		finding->frames += part->frames;
		append_up_to(finding->places, part->places, REPORT_MOST_PLACES);
		return;
	}
	copy.places = copy_list(part->places);
	g_array_append_val(into->findings, copy);
}

static void add_findings(struct report *into, const struct report *part, bool first)
{
	if (first)
		forget_findings(into);
	for (guint i = 0; i < part->findings->len; i++) {
		const struct report_finding *finding = &g_array_index(part->findings, struct report_finding, i);

		if (is_of_packets(part, finding))
			add_finding(into, finding);
	}
}

static void widen(struct report_traffic *traffic)
{
	gint64 first = traffic->bin_first / 2;
	GArray *wide = g_array_new(FALSE, TRUE, sizeof(gint64));

	for (guint i = 0; i < traffic->bins->len; i++) {
		guint bin = (guint)((traffic->bin_first + i) / 2 - first);

		if (wide->len <= bin)
			g_array_set_size(wide, bin + 1);
		g_array_index(wide, gint64, bin) += g_array_index(traffic->bins, gint64, i);
	}
	g_array_free(traffic->bins, TRUE);
	traffic->bins = wide;
	traffic->bin_first = first;
	traffic->bin_seconds *= 2;
}

static gint64 end_of_bins(const struct report_traffic *traffic)
{
	return traffic->bin_first + traffic->bins->len;
}

static bool fits(const struct report_traffic *a, const struct report_traffic *b)
{
	return MAX(end_of_bins(a), end_of_bins(b)) - MIN(a->bin_first, b->bin_first) <= REPORT_MOST_BINS;
}

// Bins are aligned, so that the narrowest width at which all fit is that of the whole.
static void add_bins(struct report_traffic *into, struct report_traffic *part)
{
	GArray *sum;
	gint64 first;

	while (into->bin_seconds != part->bin_seconds || !fits(into, part)) {
		bool equal = into->bin_seconds == part->bin_seconds;

		if (equal || into->bin_seconds < part->bin_seconds)
			widen(into);
		if (equal || part->bin_seconds < into->bin_seconds)
			widen(part);
	}
	first = MIN(into->bin_first, part->bin_first);
	sum = g_array_new(FALSE, TRUE, sizeof(gint64));
	g_array_set_size(sum, (guint)(MAX(end_of_bins(into), end_of_bins(part)) - first));
	for (guint i = 0; i < into->bins->len; i++)
		g_array_index(sum, gint64, into->bin_first - first + i) += g_array_index(into->bins, gint64, i);
	for (guint i = 0; i < part->bins->len; i++)
		g_array_index(sum, gint64, part->bin_first - first + i) += g_array_index(part->bins, gint64, i);
	g_array_free(into->bins, TRUE);
	into->bins = sum;
	into->bin_first = first;
}

static gint64 earlier(gint64 a, gint64 b)
{
	return a == TIME_UNKNOWN ? b : b == TIME_UNKNOWN ? a : MIN(a, b);
}

static void add_traffic(GArray *all, const struct report_traffic *part)
{
	struct report_traffic copy = *part;

	copy.bins = copy_list(part->bins);
	for (guint i = 0; i < all->len; i++) {
		struct report_traffic *traffic = &g_array_index(all, struct report_traffic, i);

		if (traffic->direction != part->direction || traffic->form != part->form)
			continue;
		traffic->packets += part->packets;
		traffic->ipv6 += part->ipv6;
		traffic->bytes += part->bytes;
		traffic->last_frame = part->last_frame;
		traffic->first_time = earlier(traffic->first_time, part->first_time);
		traffic->last_time = MAX(traffic->last_time, part->last_time);
		if (traffic->bin_seconds > 0 && copy.bin_seconds > 0)
			add_bins(traffic, &copy);
		g_array_free(copy.bins, TRUE);
		return;
	}
	g_array_append_val(all, copy);
}

static void forget_traffic(struct report *into)
{
	for (guint i = 0; i < into->nodes->len; i++) {
		GArray *traffic = g_array_index(into->nodes, struct report_node, i).traffic;

		for (guint k = 0; k < traffic->len; k++)
			g_array_free(g_array_index(traffic, struct report_traffic, k).bins, TRUE);
		g_array_set_size(traffic, 0);
	}
}

static char *node_key(const struct report_node *node)
{
	return g_strjoin(" ", node->home_agent, node->home_address, NULL);
}

// Nodes by their addresses; of those that differ in their NAI alone, the first.
static GHashTable *index_nodes(struct report *report)
{
	GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = report->nodes->len; i-- > 0;)
		g_hash_table_insert(index, node_key(&g_array_index(report->nodes, struct report_node, i)),
				    GUINT_TO_POINTER(i + 1));
	return index;
}

// A node of which no message was seen: one of the known bindings.
static guint append_node(struct report *into, const struct report_node *part)
{
	struct report_node node = *part;

	node.messages = g_array_new(FALSE, TRUE, sizeof(struct report_message));
	node.bindings = g_array_new(FALSE, TRUE, sizeof(struct report_binding));
	node.traffic = g_array_new(FALSE, TRUE, sizeof(struct report_traffic));
	g_array_append_val(into->nodes, node);
	return into->nodes->len;
}

static void add_nodes(struct report *into, const struct report *part, bool first)
{
	GHashTable *index;

	if (first)
		forget_traffic(into);
	index = index_nodes(into);
	for (guint i = 0; i < part->nodes->len; i++) {
		const struct report_node *node = &g_array_index(part->nodes, struct report_node, i);
		char *key = node_key(node);
		guint at = GPOINTER_TO_UINT(g_hash_table_lookup(index, key));

		if (at == 0 && node->traffic->len > 0)
			at = append_node(into, node);
		for (guint k = 0; k < node->traffic->len; k++)
			add_traffic(g_array_index(into->nodes, struct report_node, at - 1).traffic,
				    &g_array_index(node->traffic, struct report_traffic, k));
		g_free(key);
	}
	g_hash_table_unref(index);
}

void report_add_part(struct report *into, const struct report *part, bool first)
{
	if (first) {
		into->capture = (struct report_capture){0, TIME_UNKNOWN, TIME_UNKNOWN};
		into->judged.tunneled = into->judged.advertisements = 0;
	}
	into->capture.frames += part->capture.frames;
	into->capture.first_time = earlier(into->capture.first_time, part->capture.first_time);
	into->capture.last_time = MAX(into->capture.last_time, part->capture.last_time);
	into->judged.tunneled += part->judged.tunneled;
	into->judged.advertisements += part->judged.advertisements;
	add_rules(into, part, first);
	add_findings(into, part, first);
	add_nodes(into, part, first);
}

// The control messages may end before the capture does.
static void expire(const struct report *report, struct report_binding *binding)
{
	gint64 expires =
		binding->refreshes->len > 0
			? g_array_index(binding->refreshes, struct report_refresh, binding->refreshes->len - 1).expires
			: TIME_UNKNOWN;

	if (binding->end != END_LIVE || expires == TIME_UNKNOWN || expires >= report->capture.last_time)
		return;
	binding->end = END_EXPIRED;
	binding->until_time = expires;
}

static bool carries_ipv6(const GArray *traffic)
{
	for (guint i = 0; i < traffic->len; i++) {
		if (g_array_index(traffic, struct report_traffic, i).ipv6 > 0)
			return true;
	}
	return false;
}

static bool is_of_actor(const struct report_finding *finding, const struct report_rule *rule,
			const struct report_actor *actor)
{
	return strcmp(finding->rule, rule->id) == 0 && finding->actor == actor->actor &&
	       g_strcmp0(finding->home_agent, actor->home_agent) == 0;
}

// A rule that is reported once for a node was reported once in each part: what counts are the findings that
// were taken.
static void count_again(const struct report *into, const struct report_rule *rule, struct report_actor *actor)
{
	actor->broken = 0;
	g_array_set_size(actor->first_frames, 0);
	for (guint i = 0; i < into->findings->len; i++) {
		const struct report_finding *finding = &g_array_index(into->findings, struct report_finding, i);

		if (!is_of_actor(finding, rule, actor))
			continue;
		actor->broken += finding->frames;
		for (guint k = 0; k < finding->places->len && actor->first_frames->len < REPORT_FIRST_FRAMES; k++)
			g_array_append_val(actor->first_frames,
					   g_array_index(finding->places, struct report_place, k).frame);
	}
}

static void count_once(struct report *into)
{
	for (guint i = 0; i < into->rules->len; i++) {
		struct report_rule *rule = &g_array_index(into->rules, struct report_rule, i);

		for (guint k = 0; rule->once && rule->kind == KIND_RULE && k < rule->actors->len; k++)
			count_again(into, rule, &g_array_index(rule->actors, struct report_actor, k));
	}
}

void report_finish_parts(struct report *into)
{
	report_sort(into);
	count_once(into);
	for (guint i = 0; i < into->nodes->len; i++) {
		struct report_node *node = &g_array_index(into->nodes, struct report_node, i);

		for (guint k = 0; k < node->bindings->len; k++) {
			struct report_binding *binding = &g_array_index(node->bindings, struct report_binding, k);

			expire(into, binding);
			if (strcmp(binding->mode, "IPv4 only") == 0 && carries_ipv6(node->traffic))
				binding->mode = "implicit";
		}
	}
}
