/*
 * free.h - busy time in memory: one bit a 5-minute cell, a page of cells for
 * each practitioner, room and device that somebody asked about.
 *
 * The storage decides, these pages only propose: a page may be behind by the
 * time that another server's change takes to be heard of, and a slot that was
 * offered can then be refused.  Within a server a change is seen at once:
 * whoever changes busy time calls free_forget after its commit.
 */
#ifndef FREE_H
#define FREE_H

#include "base/ctx.h"

enum {
	CELL_MINUTES = 5,
	CELLS_PER_PAGE = 8192,		/* 28.4 days */
	FREE_RANGE_CELLS_MAX = 100 * 288,
	FREE_PAGES_MAX = 16384,		/* about 17 MB when all are in use */
};
#define CELL_USEC	(CELL_MINUTES * USEC_PER_MINUTE)

/* The busy cells from first on, as a bitmap in an arena: bit 0 is first. */
struct cells {
	int64_t		 first;
	int64_t		 n;
	uint64_t	*busy;
};

struct free_cache *free_make(void);
void free_end(struct free_cache *);

/*
 * What the holder's time looks like in [first, first + n), n at most
 * FREE_RANGE_CELLS_MAX.  Holds that lapsed by c->now count as free.
 */
err  free_cells(struct ctx *, id holder, int64_t first, int64_t n, struct cells *ret) MUST_USE;

/* After a commit that took or freed cells of the holder. */
void free_forget(struct free_cache *, id org, id holder, int64_t first, int64_t n);
/* After the loss of changes that memory was told of. */
void free_forget_all(struct free_cache *);

/*
 * The same for a change that only took cells, without reading them all again:
 * mark is the holder's free_mark from before the commit.  If somebody else's
 * change of the holder was heard of since, it is forgotten after all.
 */
uint32_t free_mark(struct free_cache *, id org, id holder);
void free_taken(struct free_cache *, id org, id holder, uint32_t mark, int64_t first, int64_t n);

/*
 * Rises with every free_forget and free_taken of the organisation.  What was worked out from
 * its busy time after this was read is true as long as it still reads the same.
 */
uint64_t free_epoch(struct free_cache *, id org);

/* All cells of [from, from + n) are free; cells outside the range count as busy. */
bool cells_all_free(const struct cells *, int64_t from, int64_t n);

static inline int64_t
cell_of(usec at)
{
	return at >= 0 ? at / CELL_USEC : -((-at + CELL_USEC - 1) / CELL_USEC);
}

#endif
