/* assert_str.h - cmocka, and the comparison of a str that it lacks. */
#ifndef ASSERT_STR_H
#define ASSERT_STR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define assert_str(got, want) assert_str_((got), (want), __FILE__, __LINE__)

static inline void
assert_str_(str got, str want, const char *file, int line)
{
	if (str_eq(got, want))
		return;
	print_error("got  \"%.*s\"\nwant \"%.*s\"\n", STR_FMT(got), STR_FMT(want));
	_fail(file, line);
}

#endif
