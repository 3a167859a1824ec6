// SPDX-License-Identifier: GPL-2.0-or-later
// Tunneled packets by the form of their tunnel.
#include "form.h"

#include <string.h>

#define HEADER_LEN 20
#define IPV6_LEN 40

static const struct {
	char letter;
	uint32_t address;
} actors[] = {
	{'H', HA_ADDR},      {'J', HA2_ADDR}, {'O', HOA_ADDR}, {'Q', HOA2_ADDR},  {'C', COA_ADDR},   {'D', COA2_ADDR},
	{'P', PRIVATE_ADDR}, {'N', NAT_ADDR}, {'F', FA_ADDR},  {'X', 0xcb0071fa}, {'L', 0x0a000063},
};

static uint32_t actor(char letter)
{
	for (size_t i = 0; i < G_N_ELEMENTS(actors); i++) {
		if (actors[i].letter == letter)
			return actors[i].address;
	}
	g_error("no actor %c", letter);
}

static void add_layer(dsmipv4_tunnel_t *t, const char *word)
{
	dsmipv4_outer_t *layer = &t->layers[t->n_layers];
	bool nested = t->n_layers > 0;
	bool compressed = nested && t->layers[t->n_layers - 1].protocol == DSMIPV4_ENCAP_MINIMAL;
	g_assert_cmpuint(t->n_layers, <, DSMIPV4_MOST_LAYERS);
	if (nested && t->layers[t->n_layers - 1].protocol == DSMIPV4_ENCAP_IPV6)
		t->layers[t->n_layers - 1].protocol = DSMIPV4_ENCAP_IPIP;
	*layer = (dsmipv4_outer_t){
		.src = actor(word[0]),
		.dst = actor(word[2]),
		.protocol = DSMIPV4_ENCAP_IPV6,
		.ttl = 64,
		.header_len = compressed ? 0 : HEADER_LEN,
		.compressed = compressed,
		.offset = nested ? (int32_t)t->inner_offset : -HEADER_LEN,
	};
	t->inner_offset += nested ? HEADER_LEN : 0;
	layer->shim_offset = (int32_t)t->inner_offset;
	t->n_layers++;
}

static void add_shim(dsmipv4_tunnel_t *t, const char *word, const data_t *data, bool to_node)
{
	dsmipv4_outer_t *layer = &t->layers[t->n_layers - 1];
	uint16_t port = data->port ? data->port : 61000;
	if (strcmp(word, "gre") == 0) {
		layer->protocol = DSMIPV4_ENCAP_GRE;
		layer->gre.protocol = 0x86dd;
	} else if (strcmp(word, "min") == 0) {
		layer->protocol = DSMIPV4_ENCAP_MINIMAL;
	} else {
		g_assert_cmpstr(word, ==, "udp");
		layer->protocol = 17;
		layer->udp = (dsmipv4_tunnel_data_t){
			.sport = to_node ? 434 : port,
			.dport = to_node ? port : 434,
			.next_header = data->next ? data->next : DSMIPV4_ENCAP_IPV6,
			.reserved = data->fragment,
		};
	}
	if (t->n_layers > 1 && layer[-1].protocol == 17 && layer[-1].udp.next_header == layer->protocol) {
		layer->compressed = true; // right behind the tunnel data
		layer->header_len = 0;
	}
}

static bool is_to_node(const data_t *data)
{
	char end = strrchr(data->form, '>')[1];
	return end != 'H' && end != 'J';
}

static void put_address(uint8_t address[16], uint64_t bits, uint64_t low)
{
	for (unsigned i = 0; i < 8; i++) {
		address[i] = (uint8_t)(bits >> (56 - 8 * i));
		address[8 + i] = (uint8_t)(low >> (56 - 8 * i));
	}
}

static void put_inner(dsmipv4_tunnel_t *t, const data_t *data, bool to_node)
{
	static uint8_t bytes[8 * HEADER_LEN + IPV6_LEN]; // what is read of them is `source`, to tell packets apart
	t->bytes = bytes;
	memset(bytes, 0, sizeof bytes);
	bytes[t->inner_offset + IPV6_LEN - 1] = data->source;
	t->captured = t->inner_offset + IPV6_LEN;
	if (data->ipv4) {
		t->kind = DSMIPV4_INNER_IPV4;
		uint32_t hoa = data->hoa ? data->hoa : HOA_ADDR;
		t->ipv4 = (dsmipv4_ipv4_t){.src = to_node ? HA_ADDR : hoa,
					   .dst = to_node ? hoa : HA_ADDR,
					   .protocol = 1,
					   .echo_request = !to_node,
					   .echo_reply = to_node};
		return;
	}
	t->kind = DSMIPV4_INNER_IPV6;
	t->ipv6 = (dsmipv4_ipv6_t){
		.hop_limit = 64, .captured_whole = true, .icmp_type = data->icmp, .dhcp_type = data->dhcp};
	t->ipv6.upper = data->icmp ? DSMIPV4_UPPER_ICMPV6 : data->udp ? DSMIPV4_UPPER_UDP : DSMIPV4_UPPER_OTHER;
	t->ipv6.sport = t->ipv6.dport = data->udp;
	t->ipv6.ia_pd = data->pd != 0;
	t->ipv6.upper_offset = t->inner_offset + IPV6_LEN;
	if (data->pd) {
		t->ipv6.n_prefixes = 1;
		t->ipv6.prefixes[0].len = 48;
		put_address(t->ipv6.prefixes[0].bytes, data->pd, 0);
	}
	put_address(to_node ? t->ipv6.dst : t->ipv6.src, data->bits ? data->bits : BITS48, data->low ? data->low : 1);
	put_address(to_node ? t->ipv6.src : t->ipv6.dst, 0x20010db8ffff0000, data->source ? data->source : 1);
}

void form_tunnel(dsmipv4_tunnel_t *t, const data_t *data)
{
	bool to_node = is_to_node(data);
	char **words = g_strsplit(data->form, " ", 0);
	memset(t, 0, sizeof *t);
	for (char **word = words; *word; word++) {
		if ((*word)[1] == '>')
			add_layer(t, *word);
		else
			add_shim(t, *word, data, to_node);
	}
	g_strfreev(words);
	t->layers[0].fragment = data->fragment;
	put_inner(t, data, to_node);
}

bool form_match(talk_t *t, dsmipv4_match_t *match, dsmipv4_tunnel_t *tunnel, const data_t *data)
{
	form_tunnel(tunnel, data);
	uint32_t frame = data->frame ? data->frame : ++t->frame;
	return dsmipv4_match(match, t->bindings, tunnel, frame, BEGIN + data->at * MS, DSMIPV4_GRACE);
}

// "tun_hoa_expected", or "tun_hoa_expected:warn" if the severity is not the rule's own.
static const char *finding_words(wmem_allocator_t *alloc, const dsmipv4_finding_t *f)
{
	static const char *const severities[] = {"chat", "note", "warn", "error"};
	const dsmipv4_rule_t *rule = dsmipv4_rule(f->rule);
	if (f->severity == rule->severity)
		return rule->id;
	return wmem_strdup_printf(alloc, "%s:%s", rule->id, severities[f->severity]);
}

const char *form_judge(talk_t *t, dsmipv4_tunnel_histories_t *histories, dsmipv4_match_t *match, int64_t end,
		       const dsmipv4_verdicts_t **verdicts)
{
	dsmipv4_options_t options;
	dsmipv4_options_init(&options);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		options.enabled[i] = !dsmipv4_rule_is_item(i);
	dsmipv4_packet_t packet = {.ipv4 = true, .time_known = true, .frame = match->frame};
	packet.capture_end = BEGIN + end * MS;
	histories = end ? NULL : histories ? histories : dsmipv4_tunnel_histories_new(t->alloc);
	const dsmipv4_verdicts_t *v = dsmipv4_judge_tunnel(t->alloc, &options, &packet, match, t->bindings, histories);
	char *ids = wmem_strdup(t->alloc, "");
	for (unsigned i = 0; i < wmem_array_get_count(v->findings); i++) {
		const dsmipv4_finding_t *f = wmem_array_index(v->findings, i);
		ids = wmem_strdup_printf(t->alloc, "%s%s%s", ids, *ids ? " " : "", finding_words(t->alloc, f));
	}
	if (verdicts)
		*verdicts = v;
	return ids;
}

const char *form_rules(talk_t *t, dsmipv4_tunnel_histories_t *histories, const data_t *data)
{
	dsmipv4_tunnel_t tunnel;
	dsmipv4_match_t match;
	if (!form_match(t, &match, &tunnel, data))
		return "-";
	return form_judge(t, histories, &match, data->end, NULL);
}
