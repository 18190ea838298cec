/* base.c - see base.h. */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

const char *
err_name(err e)
{
	static const char *const names[] = {
		[OK] = "ok", [ERR_INVALID] = "invalid", [ERR_DENIED] = "denied",
		[ERR_NOT_FOUND] = "not_found", [ERR_CONFLICT] = "conflict",
		[ERR_EXPIRED] = "expired", [ERR_THROTTLED] = "throttled",
		[ERR_TOO_LARGE] = "too_large", [ERR_RETRY] = "retry",
		[ERR_STORE] = "store", [ERR_SEALED] = "sealed",
		[ERR_FROZEN] = "frozen", [ERR_BUDGET] = "budget", [ERR_IO] = "io",
	};
	_Static_assert(COUNT(names) == ERR_IO + 1, "every error has a name");

	return names[e];
}

_Noreturn void
panic(const char *why)
{
	(void)fprintf(stderr, "panic: %s\n", why);
	abort();
}
