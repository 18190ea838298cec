/*
 * buf.h - text that grows, up to a maximum given when it is made.
 * The error is sticky: write on, check once with buf_ok or buf_str.
 */
#ifndef BUF_H
#define BUF_H

#include "base/str.h"

struct buf {
	struct arena	*mem;	/* where the text lies; NULL: the heap */
	char		*p;
	size_t		 n, room, max;
	bool		 full;	/* a write would have passed max: it was dropped */
};

/* In an arena (released with it), or on the heap (release with buf_free). */
struct buf buf_in(struct arena *, size_t bytes_max);
struct buf buf_on_heap(size_t bytes_max);
void buf_free(struct buf *);
void buf_clear(struct buf *);

void buf_add(struct buf *, str);
void buf_byte(struct buf *, char);
void buf_int(struct buf *, int64_t);
void buf_printf(struct buf *, const char *format, ...) PRINTF_LIKE(2, 3);

/* With HTML's five dangerous characters escaped: fit for text and quoted attributes. */
void buf_html(struct buf *, str);
/* Percent-encoded as one component of a URL (RFC 3986 section 2.3). */
void buf_url(struct buf *, str);

/* A JSON string with its quotes (RFC 8259 section 7); safe inside HTML too. */
void buf_json(struct buf *, str);

static inline bool
buf_ok(const struct buf *b)
{
	return !b->full;
}

static inline str
buf_str(const struct buf *b)
{
	return (str){ b->p, b->n };
}

#endif
