/*
 * birth.h - birth dates as people type them.
 */
#ifndef BIRTH_H
#define BIRTH_H

#include "base/civil.h"

enum { BIRTH_TYPED_BYTES_MAX = 40 };

/*
 * Day, month, year: "12/03/1980", "12.3.1980", "12 03 80", "12031980"; ISO
 * "1980-03-12" and "19800312" too.  A year of two digits is the latest one
 * that is not to come.  False: no such day, or a day after today.
 */
bool birth_parse(str typed, day today, day *ret) MUST_USE;

#endif
