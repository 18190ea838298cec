/* replay.c - runs the inputs that are named as arguments, when no fuzzer's engine does. */
#include <stdio.h>

#include "fuzz.h"

static void
replay(const char *path)
{
	static uint8_t bytes[FUZZ_BYTES_MAX];
	FILE *file = fopen(path, "rb");

	if (file == NULL)
		panic("fuzz: cannot open an input");
	size_t n = fread(bytes, 1, sizeof(bytes), file);

	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(bytes, n);
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		panic("fuzz: no inputs to replay");
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return 0;
}
