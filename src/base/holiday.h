/*
 * holiday.h - the public holidays of France, computed: fixed days, those that
 * move with Easter, and the day of abolition overseas (Code du travail,
 * L3133-1; loi 83-550).  Not those of Alsace-Moselle.  Pure.
 */
#ifndef HOLIDAY_H
#define HOLIDAY_H

#include "base/civil.h"

/* Easter Sunday of a year that civil_day takes. */
day  holiday_easter(int year);

/* Of the practice's zone (IANA); outside France, and outside civil_day's years, no day is one. */
bool holiday_on(str zone, day);

#endif
