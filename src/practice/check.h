/*
 * check.h - what the forms of practice/ ask of their values.  Pure.
 */
#ifndef CHECK_H
#define CHECK_H

#include "base/str.h"

/*
 * Trims *s, then: min to max code points of well-formed UTF-8, without control
 * characters: C0, C1, and those that break lines or turn the direction of
 * text (U+2028, U+2029, U+202A-202E, U+2066-2069, U+FEFF).
 */
bool check_line(str *s, size_t min, size_t max);
/* Also line feeds and tabs; carriage returns before line feeds are the browser's own. */
bool check_block(str *s, size_t min, size_t max);
/* Digits, blanks and + . - ( ), at most max; may be empty. */
bool check_phone_shown(str *s, size_t max);
/* a-z, 0-9 and single hyphens between. */
bool check_slug(str *s, size_t min, size_t max);
/* In [low, high] and a multiple of grain. */
bool check_grain(int64_t v, int64_t low, int64_t high, int64_t grain);

#endif
