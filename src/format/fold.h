/*
 * fold.h - text as search sees it: without case, accents, ligatures, hyphens
 * and apostrophes, so that "lefevre", "Le Fèvre" and "LEFÈVRE" can meet.
 */
#ifndef FOLD_H
#define FOLD_H

#include "base/str.h"

/*
 * Lower case, compatibility forms and marks gone, one space between words.
 * Text that is not well-formed UTF-8 folds to nothing.
 */
str  fold(struct arena *, str utf8);

/* The needle stands at the beginning of a word; an empty one always does. */
bool fold_starts_word(str folded_hay, str folded_needle);

/* For URLs: a-z, 0-9 and single '-' inside; empty when nothing is left. */
str  fold_slug(struct arena *, str utf8);

#endif
