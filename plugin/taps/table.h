// SPDX-License-Identifier: GPL-2.0-or-later
// Tables of Wireshark's Statistics menu whose rows change with every packet.
//
// Wireshark's windows keep pointers to the rows, also those of a second window of the same table, which begins it anew.
// So a row never goes away: its memory is kept for the next one.
#ifndef DSMIPV4_TAPS_TABLE_H
#define DSMIPV4_TAPS_TABLE_H

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>

// Items of a row. The text, which is allocated by g_malloc(), goes over to the table.
#define DSMIPV4_TABLE_TEXT(text)                                                                                       \
	{                                                                                                              \
		.type = TABLE_ITEM_STRING, .value.string_value = (text)                                                \
	}
#define DSMIPV4_TABLE_NUMBER(number)                                                                                   \
	{                                                                                                              \
		.type = TABLE_ITEM_UINT, .value.uint_value = (unsigned)(number)                                        \
	}

// Register a tap of such tables; of `ui`, which lasts as long as Wireshark, only what differs from one to another is
// set: title, words of the command line, columns and calls.
void dsmipv4_table_register(stat_tap_table_ui *ui);

// The table of this title, empty; made where there is none.
void dsmipv4_table_open(stat_tap_table_ui *ui, const char *title);

// Set the items of a row; one behind the last is added. `items` are as many as the table has columns.
void dsmipv4_table_show(stat_tap_table *table, unsigned row, const stat_tap_table_item_type *items);

// Set one item of a row.
void dsmipv4_table_change(stat_tap_table *table, unsigned row, unsigned column, stat_tap_table_item_type item);

// Take all rows away.
void dsmipv4_table_clear(stat_tap_table *table);

// The table with this number of the tap that listens with `data`.
stat_tap_table *dsmipv4_table_of(void *data, unsigned number);

#endif
