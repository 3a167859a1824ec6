// SPDX-License-Identifier: GPL-2.0-or-later
// Bindings that the user wrote into the UAT dsmipv4_bindings, for captures that begin after the
// registration.
#include "settings/known_bindings.h"

#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/uat.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "core/state/preload.h"
#include "core/util/inet.h"
#include "settings/uat_text.h"

// One row as the user wrote it: one prefix of one binding.
typedef struct {
	char *ha, *hoa, *coa, *prefix;
	unsigned mode;          // code of the 152/2 that would have granted it
	unsigned encapsulation; // flags of the request that would have asked for it
	unsigned nat;           // UDP tunneling: 0 or 1
} binding_row_t;

static const value_string modes[] = {
	{DSMIPV4_PREFIX_ACCEPTED_HOA, "hoa"},
	{DSMIPV4_PREFIX_ACCEPTED_COA, "coa"},
	{0, NULL},
};

static const value_string encapsulations[] = {
	{0, "ipip"},
	{DSMIPV4_FLAG_G, "gre"},
	{DSMIPV4_FLAG_M, "minimal"},
	{0, NULL},
};

static const value_string nat_traversals[] = {
	{0, "no"},
	{1, "yes"},
	{0, NULL},
};

static binding_row_t *rows;
static unsigned n_rows;

UAT_CSTRING_CB_DEF(binding, ha, binding_row_t)
UAT_CSTRING_CB_DEF(binding, hoa, binding_row_t)
UAT_CSTRING_CB_DEF(binding, coa, binding_row_t)
UAT_CSTRING_CB_DEF(binding, prefix, binding_row_t)
UAT_VS_DEF(binding, mode, binding_row_t, unsigned, DSMIPV4_PREFIX_ACCEPTED_HOA, "hoa")
UAT_VS_DEF(binding, encapsulation, binding_row_t, unsigned, 0, "ipip")
UAT_VS_DEF(binding, nat, binding_row_t, unsigned, 0, "no")

// "2001:db8:a::/48"; a link-local address stands alone.
static bool read_prefix(const char *text, dsmipv4_prefix_t *prefix)
{
	char **parts = g_strsplit(text, "/", 2);
	char *end = NULL;
	unsigned long len = parts[0] && parts[1] ? strtoul(parts[1], &end, 10) : DSMIPV4_PREFIX_LEN_LINK_LOCAL;
	bool good = parts[0] && inet_pton(AF_INET6, parts[0], prefix->bytes) == 1;
	if (parts[0] && parts[1])
		good = good && *parts[1] && *end == '\0' && len <= 128;
	else
		good = good && prefix->bytes[0] == 0xfe && (prefix->bytes[1] & 0xc0) == 0x80;
	prefix->len = (uint8_t)len;
	g_strfreev(parts);
	return good && dsmipv4_prefix_is_masked(prefix);
}

static bool read_address(const char *text, uint32_t *addr)
{
	return dsmipv4_read_ipv4_or_any(text, addr) && *addr != 0;
}

static void *copy_row(void *to, const void *from, size_t len)
{
	(void)len;
	binding_row_t *new = to;
	*new = *(const binding_row_t *)from;
	new->ha = g_strdup(new->ha);
	new->hoa = g_strdup(new->hoa);
	new->coa = g_strdup(new->coa);
	new->prefix = g_strdup(new->prefix);
	return to;
}

static void free_row(void *record)
{
	binding_row_t *row = record;
	g_free(row->ha);
	g_free(row->hoa);
	g_free(row->coa);
	g_free(row->prefix);
}

static pref_bool_t update_row(void *record, char **error)
{
	const binding_row_t *row = record;
	uint32_t addr;
	dsmipv4_prefix_t prefix;
	*error = NULL;
	if (!read_address(row->ha, &addr))
		*error = g_strdup_printf("Home agent \"%s\": expected an IPv4 address", row->ha);
	else if (!read_address(row->hoa, &addr))
		*error = g_strdup_printf("Home address \"%s\": expected an IPv4 address", row->hoa);
	else if (!read_address(row->coa, &addr))
		*error = g_strdup_printf("Care-of address \"%s\": expected an IPv4 address", row->coa);
	else if (!read_prefix(row->prefix, &prefix))
		*error = g_strdup_printf("Prefix \"%s\": expected an IPv6 prefix such as 2001:db8:a::/48 without bits "
					 "beyond its length, or a link-local address",
					 row->prefix);
	return *error == NULL;
}

static guint hash_binding(gconstpointer p)
{
	const binding_row_t *row = p;
	return (g_str_hash(row->ha) * 31 + g_str_hash(row->hoa)) * 31 + g_str_hash(row->coa);
}

static gboolean same_binding(gconstpointer p, gconstpointer q)
{
	const binding_row_t *a = p, *b = q;
	return strcmp(a->ha, b->ha) == 0 && strcmp(a->hoa, b->hoa) == 0 && strcmp(a->coa, b->coa) == 0;
}

// The prefixes of rows that describe the same binding.
static dsmipv4_registered_prefix_t *collect_prefixes(const GPtrArray *same, uint16_t *n)
{
	dsmipv4_registered_prefix_t *prefixes = g_new0(dsmipv4_registered_prefix_t, same->len);
	*n = 0;
	for (unsigned i = 0; i < same->len && *n < UINT16_MAX; i++) {
		const binding_row_t *row = same->pdata[i];
		if (!read_prefix(row->prefix, &prefixes[*n].prefix))
			continue;
		prefixes[*n].code = (uint8_t)row->mode;
		prefixes[*n].state = DSMIPV4_PREFIX_ACTIVE;
		++*n;
	}
	return prefixes;
}

// In addition to the bindings that the node has.
static void add_live(dsmipv4_bindings_t *bindings, dsmipv4_node_t *node, dsmipv4_event_t *reply)
{
	const dsmipv4_version_t *latest = dsmipv4_node_latest(node);
	uint32_t n = latest ? latest->n_bindings : 0;
	const dsmipv4_binding_t **live = g_new(const dsmipv4_binding_t *, n + 1);
	for (uint32_t i = 0; i < n; i++)
		live[i] = latest->bindings[i];
	live[n] = dsmipv4_preload_binding(bindings, reply);
	dsmipv4_preload_version(bindings, node, reply, DSMIPV4_REMOVED_NOT, live, n + 1);
	g_free(live);
}

// A request and a reply, as if the registration had been seen before the capture.
static void add_binding(dsmipv4_bindings_t *bindings, const GPtrArray *same)
{
	const binding_row_t *row = same->pdata[0];
	dsmipv4_event_t header = {.lifetime = DSMIPV4_LIFETIME_INFINITE};
	if (!read_address(row->ha, &header.ha) || !read_address(row->hoa, &header.hoa) ||
	    !read_address(row->coa, &header.coa))
		return;
	dsmipv4_node_t *node = dsmipv4_preload_node(bindings, header.ha, header.hoa, 0);
	dsmipv4_registered_prefix_t *prefixes = collect_prefixes(same, &header.n_prefixes);
	bool coa_mode = row->mode == DSMIPV4_PREFIX_ACCEPTED_COA;
	header.type = DSMIPV4_REGISTRATION_REQUEST;
	header.src = header.coa;
	header.dst = header.ha;
	header.flags = (uint8_t)(row->encapsulation | DSMIPV4_FLAG_T | (coa_mode || row->nat ? DSMIPV4_FLAG_D : 0));
	header.mode_asked = coa_mode;
	header.tunnel_asked = row->nat ? DSMIPV4_TUNNEL_ASKED_BY_MN : DSMIPV4_TUNNEL_NOT_ASKED;
	dsmipv4_event_t *request = dsmipv4_preload_event(bindings, node, &header, prefixes);
	header.type = DSMIPV4_REGISTRATION_REPLY;
	header.src = header.ha;
	header.dst = header.coa;
	header.code = DSMIPV4_REPLY_ACCEPTED;
	header.tunnel_answer = row->nat ? DSMIPV4_TUNNEL_ACCEPTED : DSMIPV4_TUNNEL_NOT_ANSWERED;
	dsmipv4_event_t *reply = dsmipv4_preload_event(bindings, node, &header, prefixes);
	request->pair = reply;
	reply->pair = request;
	reply->certain_pair = true;
	add_live(bindings, node, reply);
	g_free(prefixes);
}

static void free_rows(void *same)
{
	g_ptr_array_free(same, TRUE);
}

void dsmipv4_add_known_bindings(dsmipv4_bindings_t *bindings)
{
	GHashTable *known = g_hash_table_new(hash_binding, same_binding);
	GPtrArray *in_order = g_ptr_array_new_with_free_func(free_rows);
	for (unsigned i = 0; i < n_rows; i++) {
		GPtrArray *same = g_hash_table_lookup(known, &rows[i]);
		if (!same) {
			same = g_ptr_array_new();
			g_hash_table_insert(known, &rows[i], same);
			g_ptr_array_add(in_order, same);
		}
		g_ptr_array_add(same, &rows[i]);
	}
	for (unsigned i = 0; i < in_order->len; i++)
		add_binding(bindings, in_order->pdata[i]);
	g_ptr_array_free(in_order, TRUE);
	g_hash_table_destroy(known);
}

void dsmipv4_register_known_bindings(struct pref_module *module)
{
	static uat_field_t fields[] = {
		UAT_FLD_CSTRING(binding, ha, "Home agent", "IPv4 address"),
		UAT_FLD_CSTRING(binding, hoa, "Home address", "IPv4 address"),
		UAT_FLD_CSTRING(binding, coa, "Care-of address", "IPv4 address"),
		UAT_FLD_CSTRING(binding, prefix, "Prefix", "IPv6 prefix and length, or a link-local address"),
		UAT_FLD_VS(binding, mode, "Tunneled to", modes, "Home address (hoa) or care-of address (coa)"),
		UAT_FLD_VS(binding, encapsulation, "Encapsulation", encapsulations, "Negotiated in the registration"),
		UAT_FLD_VS(binding, nat, "NAT traversal", nat_traversals, "Whether UDP tunneling was granted"),
		UAT_END_FIELDS,
	};
	uat_t *uat = uat_new("DSMIPv4 bindings", sizeof(binding_row_t), "dsmipv4_bindings", TRUE, &rows, &n_rows,
			     UAT_AFFECTS_DISSECTION, NULL, copy_row, update_row, free_row, NULL, NULL, fields);
	prefs_register_uat_preference(module, "bindings", "Known bindings",
				      "Bindings that were registered before the capture began.", uat);
}
