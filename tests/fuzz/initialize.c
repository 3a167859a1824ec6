// SPDX-License-Identifier: GPL-2.0-or-later
// What every fuzz target of the core needs before its first input.
#include <wsutil/wmem/wmem.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	wmem_init();
	return 0;
}
