/*
 * fuzz_policy.c - any bytes are either a policy or told why not.  What was read
 * prints to a text that reads the same and prints to the same bytes.
 */
#include "fuzz.h"
#include "oath/policy.h"

enum { PRINTED_BYTES_MAX = 4 << 20 };

static str
printed(struct arena *mem, const struct syntax *s, str source, bool comments)
{
	struct buf b = buf_in(mem, PRINTED_BYTES_MAX);

	if (comments)
		syntax_print_with_comments(s, source, &b);
	else
		syntax_print(s, &b);
	require(buf_ok(&b), "a policy prints to sixty times its bytes");
	return buf_str(&b);
}

/* What has an error in how it is written has no canonical form. */
static bool
well_written(const struct diagnostics *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (diagnostic_severity(d->list[i].code) == SEVERITY_ERROR &&
		    !str_starts(diagnostic_name(d->list[i].code), S("E3")))
			return false;
	return d->errors <= DIAGNOSTICS_MAX;
}

static void
check_fixpoint(struct arena *mem, const struct syntax *s, str source, bool comments)
{
	struct diagnostics d = { .mem = mem };
	str once = printed(mem, s, source, comments);
	struct syntax again = syntax_parse(mem, once, &d);

	require(d.errors == 0, "the canonical form has an error");
	require(again.n == s->n, "the canonical form has other declarations");
	require(str_eq(printed(mem, &again, once, comments), once), "the canonical form is not stable");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct diagnostics d = { .mem = &mem };
	str source = { (const char *)bytes, n };
	const struct policy *p;

	if (n > FUZZ_BYTES_MAX)
		return 0;
	err e = policy_compile(&mem, source, &d, &p);
	require((e == OK) == (d.errors == 0), "refused without a word, or taken with an error");
	for (enum lang lang = 0; lang < LANG_COUNT; lang++) {
		struct buf out = buf_in(&mem, PRINTED_BYTES_MAX);

		diagnostics_print(&d, S("p"), source, lang, &out);
		require(str_utf8_ok(buf_str(&out)), "a diagnostic that is not UTF-8");
	}
	if (p == NULL || !well_written(&d))
		return 0;
	check_fixpoint(&mem, &p->syntax, source, false);
	check_fixpoint(&mem, &p->syntax, source, true);
	return 0;
}
