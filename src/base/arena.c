/* arena.c - chunks in a list; the first chunk is kept from one request to the next. */
#include <stdlib.h>

#include "base/arena.h"

#define CHUNK_BYTES	((size_t)32 * 1024)

struct arena_chunk {
	struct arena_chunk	*next;
	size_t			 used, size;
	_Alignas(max_align_t) unsigned char data[];
};

static size_t
product(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
		panic("memory: size overflow");
	return bytes;
}

void *
arena_alloc(struct arena *a, size_t count, size_t size)
{
	struct arena_chunk *c = a->head;
	size_t bytes = product(count, size);

	bytes = (bytes + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	if (c == NULL || c->size - c->used < bytes) {
		size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;

		if ((c = malloc(sizeof(*c) + room)) == NULL)
			panic("arena: out of memory");
		c->size = room;
		c->used = 0;
		c->next = a->head;
		a->head = c;
		a->bytes += room;
	}
	void *p = c->data + c->used;
	c->used += bytes;
	return memset(p, 0, bytes);
}

void
arena_reset(struct arena *a)
{
	struct arena_chunk *keep = NULL;

	while (a->head != NULL) {
		struct arena_chunk *next = a->head->next;

		if (keep == NULL && a->head->size == CHUNK_BYTES)
			keep = a->head;
		else
			free(a->head);
		a->head = next;
	}
	if (keep != NULL) {
		keep->used = 0;
		keep->next = NULL;
	}
	a->head = keep;
	a->bytes = keep == NULL ? 0 : CHUNK_BYTES;
}

void
arena_free(struct arena *a)
{
	while (a->head != NULL) {
		struct arena_chunk *next = a->head->next;

		free(a->head);
		a->head = next;
	}
	a->bytes = 0;
}

void *
mem_alloc(size_t count, size_t size)
{
	size_t bytes = product(count, size);
	void *p = calloc(1, bytes > 0 ? bytes : 1);

	if (p == NULL)
		panic("out of memory");
	return p;
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	size_t bytes = product(count, size);
	void *p = realloc(old, bytes > 0 ? bytes : 1);

	if (p == NULL)
		panic("out of memory");
	return p;
}

void
mem_free(void *p)
{
	free(p);
}
