/* migrations.h - the files of sql/, inside the program (tools/embed_sql.py). */
#ifndef MIGRATIONS_H
#define MIGRATIONS_H

#include "store/migrate.h"

extern const struct migration migrations[];
extern const size_t migrations_n;

#endif
