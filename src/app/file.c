/* file.c - see file.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/file.h"

void
file_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

err
file_read(struct arena *mem, const char *path, size_t bytes_max, str *ret)
{
	CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	char *p = arena_alloc(mem, bytes_max + 1, 1);
	while (n <= bytes_max && (got = read(fd, p + n, bytes_max + 1 - n)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ERR_IO;
		n += (size_t)got;
	}
	if (n > bytes_max)
		return ERR_TOO_LARGE;
	*ret = (str){ p, n };
	return OK;
}

err
file_put(int fd, str bytes)
{
	while (bytes.n > 0) {
		ssize_t put = write(fd, bytes.p, bytes.n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return ERR_IO;
		bytes = str_slice(bytes, (size_t)put, bytes.n);
	}
	return OK;
}

/* The name of a file is on disk when its folder is. */
static err
folder_sync(struct arena *mem, const char *path)
{
	size_t slash = 0;

	for (size_t i = 0; path[i] != '\0'; i++)
		if (path[i] == '/')
			slash = i + 1;
	const char *dir = slash == 0 ? "." : str_z(mem, (str){ path, slash });
	CLEANUP(file_close) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0 ? OK : ERR_IO;
}

err
file_write(struct arena *mem, const char *path, str bytes, mode_t mode)
{
	char *fresh = str_z(mem, str_cat(mem, str_c(path), S(".new")));
	CLEANUP(file_close) int fd = -1;

	(void)unlink(fresh);	/* what an earlier try left half written */
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return ERR_IO;
	if (file_put(fd, bytes) != OK || fchmod(fd, mode) != 0 || fsync(fd) != 0 ||
	    rename(fresh, path) != 0) {
		(void)unlink(fresh);
		return ERR_IO;
	}
	return folder_sync(mem, path);
}

bool
file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool
file_folder_empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	bool empty = true;

	if (d == NULL)
		return errno == ENOENT;
	while (empty && (entry = readdir(d)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	(void)closedir(d);
	return empty;
}

char *
file_join(struct arena *mem, const char *dir, const char *name)
{
	str d = str_c(dir);

	return str_z(mem, str_printf(mem, "%s%s%s", dir,
	    d.n > 0 && d.p[d.n - 1] == '/' ? "" : "/", name));
}
