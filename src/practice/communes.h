/*
 * communes.h - where a commune of France is, roughly: the postal code of the
 * one that a name means.  The list is communes.txt, made by tools/communes.py.
 */
#ifndef COMMUNES_H
#define COMMUNES_H

#include "base/str.h"

extern const char communes[];
extern const size_t communes_bytes;

/* By its whole name, folded, "saint" written out; empty: no such commune. */
str  commune_postal_code(str folded);

#endif
