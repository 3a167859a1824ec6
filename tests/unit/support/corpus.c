// SPDX-License-Identifier: GPL-2.0-or-later
#include "corpus.h"

#include <string.h>

#include "state/node_index.h"
#include "util/bytes.h"

#define ETHERNET_LEN 14
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define UDP 17
#define UDP_LEN 8
#define IPV6_LEN 40
#define ICMPV6 58
#define ROUTER_ADVERTISEMENT 134
#define REDIRECT 137

#define FEWEST_CAPTURES 390 // of all in the folder, so that few are left out

// The keys of dsmipgen's actors: mn1 and mn2 with their home agent and with fa, and fa with any home agent.
#define SECRET(text) .secret = (const uint8_t *)(text), .secret_len = sizeof(text) - 1
static const dsmipv4_key_t key_list[] = {
	{.peer = 0xc633644d, .spi = 0x100, .algorithm = DSMIPV4_HMAC_MD5, SECRET("mn1-ha secret")},
	{.peer = 0xc633644e, .spi = 0x101, .algorithm = DSMIPV4_HMAC_MD5, SECRET("mn2-ha secret")},
	{.agent = 0xcb007109, .peer = 0xc633644d, .spi = 0x200, SECRET("mn1-fa secret")},
	{.agent = 0xcb007109, .peer = 0xc633644e, .spi = 0x201, SECRET("mn2-fa secret")},
	{.peer = 0xcb007109, .spi = 0x300, SECRET("fa-ha secret")},
};
static const dsmipv4_keys_t keys = {key_list, G_N_ELEMENTS(key_list)};

static void note_broken(rules_t rules, const dsmipv4_verdicts_t *verdicts)
{
	for (unsigned i = 0; i < dsmipv4_n_findings(verdicts); i++)
		rules[dsmipv4_finding(verdicts, i)->rule] = true;
}

static dsmipv4_packet_t packet_of(const reader_t *r, const visit_t *v)
{
	return (dsmipv4_packet_t){
		.time_known = true,
		.time = (int64_t)(v->frame->time / DSMIPV4_SECOND),
		.nsecs = (uint32_t)(v->frame->time % DSMIPV4_SECOND),
		.frame = v->number,
		.capture_end = r->again ? r->end : 0,
	};
}

static uint64_t mac_of(const frame_t *f)
{
	return (uint64_t)get16(f->bytes + 6) << 32 | get32(f->bytes + 8);
}

static void note_time(reader_t *r, const dsmipv4_packet_t *packet)
{
	r->end = MAX(r->end, dsmipv4_packet_time(packet));
}

static void read_message(reader_t *r, visit_t *v, dsmipv4_packet_t packet, const uint8_t *udp, uint32_t len)
{
	const dsmipv4_message_t *m =
		dsmipv4_message_decode(r->alloc, udp + UDP_LEN, len - UDP_LEN, get16(udp + 4) - UDP_LEN, false);
	if (len == get16(udp + 4))
		packet.udp_checksum = dsmipv4_udp_checksum(packet.src, packet.dst, udp, len);
	if (r->again) {
		dsmipv4_look_ahead(r->bindings, &packet, r->end);
	} else {
		v->event = dsmipv4_bindings_message(r->bindings, &packet, m, dsmipv4_auth_message(&keys, m));
		if (v->event)
			note_time(r, &packet);
		if (v->event && v->event->type == DSMIPV4_REGISTRATION_REPLY && v->event->src == v->event->ha)
			dsmipv4_note_home_link(r->bindings, mac_of(v->frame), v->event->ha);
	}
	memset(v->of_message, 0, sizeof v->of_message);
	note_broken(v->of_message, dsmipv4_judge_message(r->alloc, &r->options, &packet, m, v->event));
}

static const dsmipv4_verdicts_t *judge_again(reader_t *r, dsmipv4_match_t *match, const dsmipv4_packet_t *packet,
					     const dsmipv4_tunnel_t *tunnel)
{
	if (!dsmipv4_match(match, r->bindings, tunnel, packet->frame, dsmipv4_packet_time(packet), r->options.grace))
		return NULL;
	return dsmipv4_judge_tunnel(r->alloc, &r->options, packet, match, r->bindings, NULL);
}

static void read_tunnel(reader_t *r, visit_t *v, const dsmipv4_outer_t *outer, const uint8_t *bytes, uint32_t len,
			uint32_t reported)
{
	dsmipv4_tunnel_t tunnel;
	dsmipv4_packet_t packet = packet_of(r, v);
	if (!dsmipv4_tunnel_decode(&tunnel, outer, bytes, len, reported))
		return;
	v->verdicts = r->again ? judge_again(r, &v->match, &packet, &tunnel)
			       : dsmipv4_memo_judge(r->memo, r->alloc, &r->options, &packet, &tunnel, r->bindings,
						    r->histories, &v->match);
	if (!v->verdicts)
		return;
	if (tunnel.n_layers == 1) // else the plugin would not have read it
		g_assert_true(dsmipv4_may_be_tunnel(r->bindings, outer->src, outer->dst));
	note_time(r, &packet);
	note_broken(v->of_packet, v->verdicts);
}

static void read_ipv4(reader_t *r, visit_t *v, const uint8_t *bytes, uint32_t len, bool in_tunnel);

static void read_udp(reader_t *r, visit_t *v, const uint8_t *bytes, uint32_t header_len, uint32_t len, bool in_tunnel)
{
	const uint8_t *udp = bytes + header_len;
	dsmipv4_outer_t outer = dsmipv4_outer_read(bytes, (uint8_t)header_len, -(int32_t)(header_len + UDP_LEN));
	dsmipv4_packet_t packet = packet_of(r, v);
	packet.ipv4 = packet.ttl_known = true;
	packet.src = outer.src;
	packet.dst = outer.dst;
	packet.ttl = outer.ttl;
	packet.sport = outer.udp.sport = get16(udp);
	packet.dport = outer.udp.dport = get16(udp + 2);
	uint32_t udp_len = len - header_len;
	if (packet.sport != DSMIPV4_UDP_PORT && packet.dport != DSMIPV4_UDP_PORT)
		return;
	if (udp_len >= UDP_LEN + DSMIPV4_TUNNEL_DATA_LEN && udp[UDP_LEN] == DSMIPV4_TUNNEL_DATA) {
		if (!in_tunnel)
			read_tunnel(r, v, &outer, udp + UDP_LEN, udp_len - UDP_LEN, get16(udp + 4) - UDP_LEN);
	} else {
		read_message(r, v, packet, udp, udp_len);
	}
}

// Whatever is in the frame is in `len` bytes, and what the header says in `total` of it.
static void read_ipv4(reader_t *r, visit_t *v, const uint8_t *bytes, uint32_t len, bool in_tunnel)
{
	uint32_t header_len = 4u * (bytes[0] & 15), total = get16(bytes + 2);
	len = MIN(len, total);
	if (len < header_len + UDP_LEN)
		return;
	dsmipv4_outer_t outer = dsmipv4_outer_read(bytes, (uint8_t)header_len, -(int32_t)header_len);
	switch (outer.protocol) {
	case UDP:
		read_udp(r, v, bytes, header_len, len, in_tunnel);
		break;
	case DSMIPV4_ENCAP_IPIP:
		if (!in_tunnel)
			read_tunnel(r, v, &outer, bytes + header_len, len - header_len, total - header_len);
		if (bytes[header_len] >> 4 == 4)
			read_ipv4(r, v, bytes + header_len, len - header_len, true);
		break;
	case DSMIPV4_ENCAP_IPV6:
	case DSMIPV4_ENCAP_GRE:
	case DSMIPV4_ENCAP_MINIMAL:
		if (!in_tunnel)
			read_tunnel(r, v, &outer, bytes + header_len, len - header_len, total - header_len);
		break;
	}
}

static void read_advertisement(reader_t *r, visit_t *v, const uint8_t *bytes, uint32_t len)
{
	dsmipv4_advertisement_t ad = {0};
	dsmipv4_ipv6_t ipv6;
	ad.agents = dsmipv4_agents_on_home_link(r->bindings, mac_of(v->frame), &ad.n_agents);
	if (ad.n_agents == 0 || r->again)
		return;
	dsmipv4_icmpv6_decode(&ipv6, bytes + IPV6_LEN, len - IPV6_LEN);
	memcpy(ipv6.src, bytes + 8, sizeof ipv6.src);
	ad.ipv6 = &ipv6;
	dsmipv4_packet_t packet = packet_of(r, v);
	note_broken(v->of_packet, dsmipv4_judge_advertisement(r->alloc, &r->options, &packet, r->bindings, &ad));
}

// IPv6 that is not in a tunnel.
static void read_ipv6(reader_t *r, visit_t *v, const uint8_t *bytes, uint32_t len)
{
	len = MIN(len, (uint32_t)IPV6_LEN + get16(bytes + 4));
	if (!r->again)
		dsmipv4_sighting_add(r->histories, &(dsmipv4_sighting_t){
							   .digest = dsmipv4_ipv6_digest(bytes, len),
							   .time = (int64_t)v->frame->time,
							   .frame = v->number,
							   .hop_limit = bytes[7],
						   });
	if (bytes[6] == ICMPV6 && len > IPV6_LEN && bytes[IPV6_LEN] >= ROUTER_ADVERTISEMENT &&
	    bytes[IPV6_LEN] <= REDIRECT)
		read_advertisement(r, v, bytes, len);
}

void corpus_read_frame(reader_t *r, visit_t *v)
{
	const frame_t *f = v->frame;
	const uint8_t *bytes = f->bytes + ETHERNET_LEN;
	if (f->len > ETHERNET_LEN + 20 && get16(f->bytes + 12) == ETHERTYPE_IPV4)
		read_ipv4(r, v, bytes, f->len - ETHERNET_LEN, false);
	else if (f->len > ETHERNET_LEN + IPV6_LEN && get16(f->bytes + 12) == ETHERTYPE_IPV6)
		read_ipv6(r, v, bytes, f->len - ETHERNET_LEN);
}

void corpus_begin(reader_t *r)
{
	*r = (reader_t){.alloc = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE)};
	dsmipv4_options_init(&r->options);
	for (unsigned i = 0; i < DSMIPV4_RULE_COUNT; i++)
		r->options.enabled[i] = true;
	r->options.keys = &keys;
	r->bindings = dsmipv4_bindings_new(r->alloc);
	r->histories = dsmipv4_tunnel_histories_new(r->alloc);
}

void corpus_end(reader_t *r)
{
	wmem_destroy_allocator(r->alloc);
}

visit_t *corpus_visits(const pcapng_t *capture)
{
	visit_t *visits = g_new0(visit_t, capture->frames->len);
	for (guint i = 0; i < capture->frames->len; i++)
		visits[i] = (visit_t){.frame = &g_array_index(capture->frames, frame_t, i), .number = i + 1};
	return visits;
}

static bool is_fragment(const frame_t *f)
{
	return f->len > ETHERNET_LEN + 20 && get16(f->bytes + 12) == ETHERTYPE_IPV4 &&
	       get16(f->bytes + ETHERNET_LEN + 6) & 0x3fff;
}

static bool has_fragments(const pcapng_t *capture)
{
	for (guint i = 0; i < capture->frames->len; i++) {
		if (is_fragment(&g_array_index(capture->frames, frame_t, i)))
			return true;
	}
	return false;
}

static void (*judge_capture)(const pcapng_t *capture);
static unsigned n_judged;

static void test_capture(const void *path)
{
	pcapng_t capture;
	pcapng_read(&capture, path);
	if (has_fragments(&capture)) {
		g_test_skip("fragments");
	} else {
		n_judged++;
		judge_capture(&capture);
	}
	pcapng_clear(&capture);
}

static void test_enough(void)
{
	g_assert_cmpuint(n_judged, >=, FEWEST_CAPTURES);
}

void corpus_add_tests(const char *name, void (*judge)(const pcapng_t *capture))
{
	GDir *dir = g_dir_open(CAPTURES, 0, NULL);
	g_assert_nonnull(dir);
	judge_capture = judge;
	for (const char *file; (file = g_dir_read_name(dir));) {
		if (!g_str_has_suffix(file, ".pcapng"))
			continue;
		g_autofree char *test = g_strdup_printf("/%s/%s", name, file);
		g_test_add_data_func_full(test, g_build_filename(CAPTURES, file, NULL), test_capture, g_free);
	}
	g_dir_close(dir);
	g_autofree char *enough = g_strdup_printf("/%s/enough of them", name);
	g_test_add_func(enough, test_enough);
}
