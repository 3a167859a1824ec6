// SPDX-License-Identifier: GPL-2.0-or-later
// Tables of Wireshark's Statistics menu whose rows change with every packet.
#include "taps/table.h"

#include "compat.h"
#include "protocol.h"

// Rows that no table has now, by their number of columns.
static GPtrArray *spare_rows(unsigned columns)
{
	static GHashTable *all;
	if (!all)
		all = g_hash_table_new(NULL, NULL);
	GPtrArray *rows = g_hash_table_lookup(all, GUINT_TO_POINTER(columns));
	if (!rows) {
		rows = g_ptr_array_new();
		g_hash_table_insert(all, GUINT_TO_POINTER(columns), rows);
	}
	return rows;
}

static void add_row(stat_tap_table *table)
{
	GPtrArray *spare = spare_rows(table->num_fields);
	table->elements = g_renew(stat_tap_table_item_type *, table->elements, table->num_elements + 1);
	table->elements[table->num_elements++] = spare->len > 0 ? g_ptr_array_remove_index_fast(spare, spare->len - 1)
								: g_new0(stat_tap_table_item_type, table->num_fields);
}

static void free_item(stat_tap_table *table, unsigned row, unsigned column, stat_tap_table_item_type *item)
{
	(void)table, (void)row, (void)column;
	if (item->type == TABLE_ITEM_STRING)
		g_free((char *)item->value.string_value);
	*item = (stat_tap_table_item_type){.type = TABLE_ITEM_NONE};
}

void dsmipv4_table_change(stat_tap_table *table, unsigned row, unsigned column, stat_tap_table_item_type item)
{
	free_item(table, row, column, stat_tap_get_field_data(table, row, column));
	stat_tap_set_field_data(table, row, column, &item);
}

void dsmipv4_table_show(stat_tap_table *table, unsigned row, const stat_tap_table_item_type *items)
{
	if (row == table->num_elements)
		add_row(table);
	for (unsigned i = 0; i < table->num_fields; i++)
		dsmipv4_table_change(table, row, i, items[i]);
}

void dsmipv4_table_clear(stat_tap_table *table)
{
	for (unsigned row = 0; row < table->num_elements; row++) {
		for (unsigned i = 0; i < table->num_fields; i++)
			free_item(table, row, i, stat_tap_get_field_data(table, row, i));
		g_ptr_array_add(spare_rows(table->num_fields), table->elements[row]);
	}
	table->num_elements = 0;
}

void dsmipv4_table_register(stat_tap_table_ui *ui)
{
	static tap_param parameters[] = {{PARAM_FILTER, "filter", "Filter", NULL, true}};
	ui->group = REGISTER_PACKET_STAT_GROUP_UNSORTED;
	ui->tap_name = DSMIPV4_FILTER_NAME;
	ui->stat_tap_free_table_item_cb = free_item;
	ui->params = parameters;
	ui->nparams = array_length(parameters);
	register_stat_tap_table_ui(ui);
}

void dsmipv4_table_open(stat_tap_table_ui *ui, const char *title)
{
	stat_tap_table *table = stat_tap_find_table(ui, title);
	if (table)
		dsmipv4_table_clear(table);
	else
		stat_tap_add_table(ui, stat_tap_init_table(title, (int)ui->nfields, 0, NULL));
}

stat_tap_table *dsmipv4_table_of(void *data, unsigned number)
{
	return g_array_index(((stat_data_t *)data)->stat_tap_data->tables, stat_tap_table *, number);
}
