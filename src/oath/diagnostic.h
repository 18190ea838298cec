/*
 * diagnostic.h - what is wrong with a policy, said as a good compiler says it:
 * where, what, what was expected, what to write instead, in French and English.
 * The sentences stand in diagnostics.def, one row a code.
 */
#ifndef DIAGNOSTIC_H
#define DIAGNOSTIC_H

#include "base/buf.h"
#include "base/ctx.h"

enum {
	DIAGNOSTICS_MAX = 100,		/* the first ones by their place; all are counted */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

enum diagnostic_code {
#define DIAGNOSTIC(code, severity, en, en_advice, fr, fr_advice) DIAGNOSTIC_##code,
#include "oath/diagnostics.def"
#undef DIAGNOSTIC
	DIAGNOSTIC_COUNT
};

/* A place in the source: lines and columns count from 1, columns and length in bytes. */
struct where {
	uint32_t	line, column, length;
};

struct diagnostic {
	enum diagnostic_code	 code;
	struct where		 where;
	str			 arg[3];	/* {1} {2} {3} of the sentence */
	const char *const	*phrase;	/* [LANG_COUNT]: {1}, where languages differ; or NULL */
};

struct diagnostics {
	struct arena		*mem;
	struct diagnostic	 list[DIAGNOSTICS_MAX];	/* in the order of the lines */
	size_t			 n;
	size_t			 errors, warnings, notes;	/* all, kept or not */
};

/* "E104", and its severity. */
str		diagnostic_name(enum diagnostic_code);
enum severity	diagnostic_severity(enum diagnostic_code);

/* Said once for one place; args must live as long as the diagnostics. */
void diagnostics_add(struct diagnostics *, const struct diagnostic *);
#define COMPLAIN(d, code, where, ...) \
	diagnostics_add((d), &(struct diagnostic){ DIAGNOSTIC_##code, (where), { __VA_ARGS__ }, NULL })

/* The sentence and its advice (or the empty string). */
void diagnostic_sentence(const struct diagnostic *, enum lang, struct buf *);
void diagnostic_advice(const struct diagnostic *, enum lang, struct buf *);

/* "FILE:LINE:COLUMN: error: E104: ...", the line with control bytes made visible, a caret, the advice. */
void diagnostics_print(const struct diagnostics *, str file, str source, enum lang, struct buf *);

#endif
