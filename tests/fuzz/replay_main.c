// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a fuzz target over the files named on the command line, without libFuzzer.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LONGEST_FILE (1 << 20)

static int replay(const char *name)
{
	FILE *file = fopen(name, "rb");
	if (!file) {
		perror(name);
		return EXIT_FAILURE;
	}
	uint8_t *data = malloc(LONGEST_FILE);
	size_t size = fread(data, 1, LONGEST_FILE, file);
	fclose(file);
	uint8_t *exact = malloc(size ? size : 1); // nothing readable behind the last byte
	for (size_t i = 0; i < size; i++)
		exact[i] = data[i];
	free(data);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	printf("%s: %zu bytes\n", name, size);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s FILE...\n", argv[0]);
		return 2;
	}
	LLVMFuzzerInitialize(&argc, &argv);
	int result = EXIT_SUCCESS;
	for (int i = 1; i < argc; i++) {
		if (replay(argv[i]) != EXIT_SUCCESS)
			result = EXIT_FAILURE;
	}
	return result;
}
