/* tongue.h - languages that people speak, by ISO 639-1 code. */
#ifndef TONGUE_H
#define TONGUE_H

#include "base/ctx.h"

struct tongue { const char *code, *name; };
/* Those that we have a word for: French first, then by code. */
extern const struct tongue tongues[];
extern const size_t tongues_n;

/* A code that is not among them stays a code. */
str tongue_name(enum lang, str code);

#endif
