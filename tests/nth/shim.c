/*
 * shim.c - makes the n-th call of a kind fail, in a program that knows nothing of it.
 *
 * Preloaded; SERMENT_FAULT names a file with one struct plan, which the test maps
 * too (run.py) and changes while the program runs.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { NONE, MEMORY, DISK, CLIENT, OUTWARD, DATABASE };

struct plan {
	_Atomic int64_t kind;	/* whose calls are counted */
	_Atomic int64_t left;	/* the one that makes this 0 fails */
	_Atomic int64_t error;	/* its errno; 0: it moves one byte only */
	_Atomic int64_t fired;	/* how many have failed */
	_Atomic int64_t lasting;	/* all that follow fail as well */
};

enum { SOCKETS_MAX = 4096 };
static _Atomic unsigned char sockets[SOCKETS_MAX];	/* kinds */
static struct plan idle, *plan = &idle;

#define REAL(name)	((__typeof__(&name))next(#name))

static void *
next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor))
static void
begin(void)
{
	const char *path = getenv("SERMENT_FAULT");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		abort();
	plan = map;
	(void)close(fd);
}

static bool
fails(enum kind kind)
{
	int64_t left;

	if (kind == NONE || atomic_load_explicit(&plan->kind, memory_order_relaxed) != (int64_t)kind)
		return false;
	left = atomic_fetch_sub(&plan->left, 1);
	if (left > 1 || (left < 1 && !atomic_load(&plan->lasting)))
		return false;
	atomic_fetch_add(&plan->fired, 1);
	return true;
}

/* A failing transfer: -1 with errno, or 1 for a short one. */
static ssize_t
broken(void)
{
	int error = (int)atomic_load(&plan->error);

	if (error == 0)
		return 1;
	errno = error;
	return -1;
}

/* --- memory --- */

void *
malloc(size_t n)
{
	static void *(*real)(size_t);

	if (real == NULL)
		real = REAL(malloc);
	if (fails(MEMORY)) {
		errno = ENOMEM;
		return NULL;
	}
	return real(n);
}

void *
calloc(size_t count, size_t size)
{
	static void *(*real)(size_t, size_t);

	if (real == NULL)
		real = REAL(calloc);
	if (fails(MEMORY)) {
		errno = ENOMEM;
		return NULL;
	}
	return real(count, size);
}

void *
realloc(void *p, size_t n)
{
	static void *(*real)(void *, size_t);

	if (real == NULL)
		real = REAL(realloc);
	if (fails(MEMORY)) {
		errno = ENOMEM;
		return NULL;
	}
	return real(p, n);
}

/* --- files --- */

#define SHORT(n)	((n) > 0 ? (size_t)1 : 0)

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	if (fails(DISK)) {
		if (broken() < 0)
			return -1;
		n = SHORT(n);
	}
	return REAL(pwrite64)(fd, p, n, at);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	return pwrite64(fd, p, n, at);
}

/* What is no regular file, or the log on standard error, is not the disk's. */
ssize_t
write(int fd, const void *p, size_t n)
{
	struct stat st;

	if (fd > STDERR_FILENO && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fails(DISK)) {
		if (broken() < 0)
			return -1;
		n = SHORT(n);
	}
	return REAL(write)(fd, p, n);
}

int
fsync(int fd)
{
	return fails(DISK) && broken() < 0 ? -1 : REAL(fsync)(fd);
}

int
fdatasync(int fd)
{
	return fails(DISK) && broken() < 0 ? -1 : REAL(fdatasync)(fd);
}

int
ftruncate64(int fd, off64_t n)
{
	return fails(DISK) && broken() < 0 ? -1 : REAL(ftruncate64)(fd, n);
}

/* --- sockets --- */

static enum kind
kind_of(int fd)
{
	return fd >= 0 && fd < SOCKETS_MAX ? (enum kind)sockets[fd] : NONE;
}

static void
is_of_kind(int fd, enum kind kind)
{
	if (fd >= 0 && fd < SOCKETS_MAX)
		sockets[fd] = (unsigned char)kind;
}

int
accept4(int fd, struct sockaddr *address, socklen_t *n, int flags)
{
	int made = REAL(accept4)(fd, address, n, flags);

	is_of_kind(made, CLIENT);
	return made;
}

int
connect(int fd, const struct sockaddr *address, socklen_t n)
{
	is_of_kind(fd, address->sa_family == AF_UNIX ? DATABASE : OUTWARD);
	return REAL(connect)(fd, address, n);
}

/* A reset connection is one for both directions and for the other side as well. */
static bool
is_cut(int fd)
{
	if (broken() > 0)
		return false;
	(void)shutdown(fd, SHUT_RDWR);
	errno = (int)atomic_load(&plan->error);
	return true;
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	if (fails(kind_of(fd))) {
		if (is_cut(fd))
			return -1;
		n = SHORT(n);
	}
	return REAL(send)(fd, p, n, flags);
}

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	if (fails(kind_of(fd))) {
		if (is_cut(fd))
			return -1;
		n = SHORT(n);
	}
	return REAL(recv)(fd, p, n, flags);
}

ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	if (!fails(kind_of(fd)))
		return REAL(sendmsg)(fd, m, flags);
	if (is_cut(fd))
		return -1;
	return REAL(send)(fd, m->msg_iov[0].iov_base, SHORT(m->msg_iov[0].iov_len), flags);
}
