// SPDX-License-Identifier: GPL-2.0-or-later
// The binding table, event by event (doc/bindings.md).
#include "table.h"

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	wmem_init();
	add_message_tests();
	add_state_tests();
	add_node_tests();
	add_overlap_tests();
	add_history_tests();
	add_lookup_tests();
	add_restore_tests();
	int result = g_test_run();
	wmem_cleanup();
	return result;
}
