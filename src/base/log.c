/* log.c - one write(2) a line, so that lines of several threads never mix. */
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/log.h"

enum { LINE_BYTES_MAX = 4096 };

static _Atomic int level_max = LOG_LEVEL_INFO;

void
log_set_level(enum log_level level)
{
	atomic_store(&level_max, (int)level);
}

void
log_write(enum log_level level, const char *where, const char *what,
    const struct log_field *fields, size_t n)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	struct timespec t;

	if ((int)level > atomic_load(&level_max))
		return;
	CLEANUP(arena_free) struct arena mem = {0};
	struct buf b = buf_in(&mem, LINE_BYTES_MAX);

	/* A log line's own time is the machine's, whatever clock a test has set. */
	(void)clock_gettime(CLOCK_REALTIME, &t);
	buf_add(&b, S("{\"at\":\""));
	buf_add(&b, civil_rfc3339(&mem, NULL, t.tv_sec * USEC_PER_SECOND));
	buf_printf(&b, "\",\"level\":\"%s\",\"where\":\"%s\",\"what\":", names[level], where);
	buf_json(&b, str_c(what));
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, ",\"%s\":", fields[i].name);
		if (fields[i].text != NULL)
			buf_json(&b, str_trim(str_c(fields[i].text)));
		else
			buf_int(&b, fields[i].number);
	}
	buf_add(&b, S("}\n"));
	if (!buf_ok(&b)) {	/* a library's very long text: the line is kept short, never broken */
		log_write(level, where, "a line was too long", NULL, 0);
		return;
	}
	if (write(STDERR_FILENO, b.p, b.n) < 0)
		return;		/* nobody is left to tell */
}
