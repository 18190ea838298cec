/*
 * banned.h - functions that have hurt too many programs.  Included by the
 * compiler's command line (-include), so that using one does not compile.
 */
#ifndef BANNED_H
#define BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* With fortified headers clang sees these two as macros. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf
#pragma GCC poison strtok strtok_r atoi atol atoll
#pragma GCC poison gmtime localtime ctime asctime gets
#pragma GCC poison rand srand srandom	/* not random: a member in libsodium's headers */

#endif
