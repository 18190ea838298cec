/*
 * fuzz.h - one input of any bytes whatever, and a promise that must hold.
 * With clang and `make fuzz` each program is a fuzzer; else replay.c gives it a
 * main that replays its corpus, so that a finding stays a test.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/str.h"

enum { FUZZ_BYTES_MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static inline void
require(bool truth, const char *promise)
{
	if (!truth)
		panic(promise);
}

/* Cut the first line off: for inputs of two parts. */
static inline str
fuzz_line(str *rest)
{
	str line = {0};

	(void)str_split(rest, '\n', &line);
	return line;
}

#endif
