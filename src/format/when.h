/*
 * when.h - a day as people type it into one field, in French or English:
 *
 *	3/12   03/12/2026   3-12-26   2026-12-03   3 déc   3 december 2026
 *	aujourd'hui   demain   hier   lundi   tomorrow   monday
 */
#ifndef WHEN_H
#define WHEN_H

#include "base/civil.h"

/*
 * Without a year, the nearest to come; what is not two months past stays in this
 * one.  A weekday is the next such day after today.  False: no day is meant.
 */
bool when_parse(struct arena *, str typed, day today, day *ret) MUST_USE;

#endif
