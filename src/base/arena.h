/*
 * arena.h - memory that is released all at once: one arena a request, one an
 * item of a job.  Nothing from an arena may enter a longer-lived structure,
 * and no secret may lie in one (vault/ has its own memory).
 */
#ifndef ARENA_H
#define ARENA_H

#include "base/base.h"

struct arena_chunk;
struct arena {
	struct arena_chunk	*head;
	size_t			 bytes;	/* taken from the system */
};

/* Zeroed, aligned for any type.  Never NULL: exhaustion and overflow panic. */
void *arena_alloc(struct arena *, size_t count, size_t size)
    __attribute__((returns_nonnull, alloc_size(2, 3)));

/* Forget everything but keep one chunk, so that the next request need not ask. */
void  arena_reset(struct arena *);
void  arena_free(struct arena *);

#define NEW(arena, type)	((type *)arena_alloc((arena), 1, sizeof(type)))
#define NEW_N(arena, type, n)	((type *)arena_alloc((arena), (n), sizeof(type)))

/* Heap memory outside an arena, for long-lived things: panics when exhausted. */
void *mem_alloc(size_t count, size_t size)
    __attribute__((returns_nonnull, alloc_size(1, 2)));
void *mem_resize(void *, size_t count, size_t size)
    __attribute__((returns_nonnull, alloc_size(2, 3)));
void  mem_free(void *);

#endif
