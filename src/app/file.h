/*
 * file.h - whole files, small ones, and the data folder's rules about them:
 * what is written is on disk when the call returns, and never half there.
 */
#ifndef FILE_H
#define FILE_H

#include <sys/types.h>

#include "base/str.h"

/* For CLEANUP: -1 is none. */
void file_close(int *fd);

/* ERR_NOT_FOUND: no such file.  ERR_TOO_LARGE: more than bytes_max.  ERR_IO: errno says why. */
err  file_read(struct arena *, const char *path, size_t bytes_max, str *ret) MUST_USE;
/* A new file, or another in the old one's place, all or nothing, readable as mode says. */
err  file_write(struct arena *, const char *path, str bytes, mode_t mode) MUST_USE;
/* All of bytes to an open file. */
err  file_put(int fd, str bytes) MUST_USE;

bool file_exists(const char *path);
/* No such folder, or one without entries. */
bool file_folder_empty(const char *path);
/* DIR/NAME, ended by NUL. */
char *file_join(struct arena *, const char *dir, const char *name);

#endif
