/*
 * free.c - pages of busy cells in an open-addressing table.
 *
 * A page is read from the storage without any lock held.  To keep a change
 * that commits meanwhile from being lost, the reader notes the epoch of the
 * holder before it reads, and the page is kept only if free_forget has not
 * advanced the epoch since.
 */
#include <assert.h>
#include <pthread.h>

#include "practice/free.h"
#include "store/db.h"

/* Who shares an epoch with somebody else only reads again more often. */
enum { EPOCHS = 4096, ORGS = 1024, PAGE_WORDS = CELLS_PER_PAGE / 64, PROBES_MAX = 16 };

struct page {
	id		 org, holder;
	int64_t		 number;	/* its first cell / CELLS_PER_PAGE */
	usec		 good_until;	/* the earliest hold that lapses; INT64_MAX: none */
	uint64_t	*busy;		/* NULL: the place is empty */
	_Atomic bool	 used;		/* second chance, when room is needed */
};

struct free_cache {
	pthread_rwlock_t lock;
	struct page	 pages[FREE_PAGES_MAX];
	_Atomic uint32_t epochs[EPOCHS];
	_Atomic uint64_t org_epochs[ORGS];
};

static uint64_t
mix(id org, id holder, int64_t number)
{
	uint64_t h = (uint64_t)org * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ (uint64_t)holder) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ (h >> 29) ^ (uint64_t)number) * UINT64_C(0x94d049bb133111eb);
	return h ^ (h >> 32);
}

static _Atomic uint32_t *
epoch_of(struct free_cache *f, id org, id holder)
{
	return &f->epochs[mix(org, holder, 0) % EPOCHS];
}

struct free_cache *
free_make(void)
{
	struct free_cache *f = mem_alloc(1, sizeof(*f));

	if (pthread_rwlock_init(&f->lock, NULL) != 0)
		panic("free: no lock");
	return f;
}

void
free_end(struct free_cache *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < FREE_PAGES_MAX; i++)
		mem_free(f->pages[i].busy);
	(void)pthread_rwlock_destroy(&f->lock);
	mem_free(f);
}

static struct page *
find(struct free_cache *f, id org, id holder, int64_t number)
{
	uint64_t h = mix(org, holder, number);

	for (uint64_t i = 0; i < PROBES_MAX; i++) {
		struct page *p = &f->pages[(h + i) % FREE_PAGES_MAX];

		if (p->busy != NULL && p->holder == holder && p->org == org && p->number == number)
			return p;
	}
	return NULL;
}

/* An empty place, or one that nobody used since we last looked for room. */
static struct page *
place_for(struct free_cache *f, id org, id holder, int64_t number)
{
	uint64_t h = mix(org, holder, number);
	struct page *victim = find(f, org, holder, number);

	for (uint64_t i = 0; i < PROBES_MAX && victim == NULL; i++)
		if (f->pages[(h + i) % FREE_PAGES_MAX].busy == NULL)
			victim = &f->pages[(h + i) % FREE_PAGES_MAX];
	for (uint64_t i = 0; i < 2 * PROBES_MAX && victim == NULL; i++) {
		struct page *p = &f->pages[(h + i % PROBES_MAX) % FREE_PAGES_MAX];

		if (!p->used)
			victim = p;
		p->used = false;
	}
	if (victim->busy == NULL)
		victim->busy = mem_alloc(PAGE_WORDS, sizeof(uint64_t));
	return victim;
}

static void
set_bits(uint64_t *bits, int64_t at)
{
	bits[at / 64] |= UINT64_C(1) << (at % 64);
}

/* Read one page from the storage into words. */
static err
page_read(struct ctx *c, id holder, int64_t number, uint64_t *words, usec *ret_good_until)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	usec good_until = INT64_MAX;
	int64_t base = number * CELLS_PER_PAGE;
	err e;

	TRY(db_read(c->db, SQL("SELECT cell, until FROM busy"
	    " WHERE org = $1 AND holder = $2 AND cell >= $3 AND cell < $4"),
	    BINDS(INT(c->org), INT(holder), INT(base), INT(base + CELLS_PER_PAGE)), &rows));
	while ((e = db_next(rows)) == OK) {
		usec until = db_int(rows, 1);

		if (until != 0 && until <= c->now)
			continue;
		if (until != 0)
			good_until = min64(good_until, until);
		set_bits(words, db_int(rows, 0) - base);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_good_until = good_until;
	return OK;
}

static err
page_get(struct ctx *c, id holder, int64_t number, uint64_t *words)
{
	struct free_cache *f = c->free;
	usec good_until;
	bool hit = false;

	(void)pthread_rwlock_rdlock(&f->lock);
	struct page *p = find(f, c->org, holder, number);
	if (p != NULL && p->good_until > c->now) {
		memcpy(words, p->busy, PAGE_WORDS * sizeof(uint64_t));
		atomic_store(&p->used, true);
		hit = true;
	}
	(void)pthread_rwlock_unlock(&f->lock);
	if (hit)
		return OK;

	uint32_t epoch = atomic_load(epoch_of(f, c->org, holder));
	memset(words, 0, PAGE_WORDS * sizeof(uint64_t));
	TRY(page_read(c, holder, number, words, &good_until));

	(void)pthread_rwlock_wrlock(&f->lock);
	if (atomic_load(epoch_of(f, c->org, holder)) == epoch) {
		p = place_for(f, c->org, holder, number);
		uint64_t *busy = p->busy;

		memcpy(busy, words, PAGE_WORDS * sizeof(uint64_t));
		*p = (struct page){ c->org, holder, number, good_until, busy, true };
	}
	(void)pthread_rwlock_unlock(&f->lock);
	return OK;
}

static int64_t
page_of(int64_t cell)
{
	return cell >= 0 ? cell / CELLS_PER_PAGE : -((-cell + CELLS_PER_PAGE - 1) / CELLS_PER_PAGE);
}

err
free_cells(struct ctx *c, id holder, int64_t first, int64_t n, struct cells *ret)
{
	assert(n > 0 && n <= FREE_RANGE_CELLS_MAX);
	int64_t from = page_of(first), to = page_of(first + n - 1);
	uint64_t *words = NEW_N(c->mem, uint64_t, (size_t)(to - from + 1) * PAGE_WORDS);

	for (int64_t number = from; number <= to; number++)
		TRY(page_get(c, holder, number, words + (number - from) * PAGE_WORDS));
	/* Whole pages are handed out: the range asked for lies within. */
	*ret = (struct cells){ from * CELLS_PER_PAGE, (to - from + 1) * CELLS_PER_PAGE, words };
	return OK;
}

/* Under the lock: what every page of the range is told of, with its cells of the range. */
static void
forget_page(struct page *p, int64_t first, int64_t n)
{
	(void)first;
	(void)n;
	p->good_until = 0;
}

static void
take_page(struct page *p, int64_t first, int64_t n)
{
	int64_t base = p->number * CELLS_PER_PAGE;
	int64_t end = min64(first + n - base, CELLS_PER_PAGE);

	for (int64_t at = max64(first - base, 0); at < end; at++)
		set_bits(p->busy, at);
}

struct change { id org, holder; int64_t first, n; };

static void
tell(struct free_cache *f, const struct change *c, void (*page)(struct page *, int64_t, int64_t))
{
	for (int64_t number = page_of(c->first); number <= page_of(c->first + max64(c->n, 1) - 1); number++) {
		struct page *p = find(f, c->org, c->holder, number);

		if (p != NULL)
			page(p, c->first, c->n);
	}
	atomic_fetch_add(epoch_of(f, c->org, c->holder), 1);
	/* Last: whoever reads the new count can no longer find the old pages. */
	atomic_fetch_add(&f->org_epochs[mix(c->org, 0, 0) % ORGS], 1);
}

void
free_forget(struct free_cache *f, id org, id holder, int64_t first, int64_t n)
{
	if (f == NULL)
		return;
	(void)pthread_rwlock_wrlock(&f->lock);
	tell(f, &(struct change){ org, holder, first, n }, forget_page);
	(void)pthread_rwlock_unlock(&f->lock);
}

void
free_forget_all(struct free_cache *f)
{
	(void)pthread_rwlock_wrlock(&f->lock);
	for (size_t i = 0; i < FREE_PAGES_MAX; i++)
		f->pages[i].good_until = 0;
	for (size_t i = 0; i < EPOCHS; i++)
		atomic_fetch_add(&f->epochs[i], 1);
	for (size_t i = 0; i < ORGS; i++)
		atomic_fetch_add(&f->org_epochs[i], 1);
	(void)pthread_rwlock_unlock(&f->lock);
}

uint32_t
free_mark(struct free_cache *f, id org, id holder)
{
	return f == NULL ? 0 : atomic_load(epoch_of(f, org, holder));
}

/*
 * A change that committed after ours and freed these cells again would have
 * moved the epoch past our mark, so that its page is not made busy by us.
 */
void
free_taken(struct free_cache *f, id org, id holder, uint32_t mark, int64_t first, int64_t n)
{
	if (f == NULL)
		return;
	(void)pthread_rwlock_wrlock(&f->lock);
	bool alone = atomic_load(epoch_of(f, org, holder)) == mark;
	tell(f, &(struct change){ org, holder, first, n }, alone ? take_page : forget_page);
	(void)pthread_rwlock_unlock(&f->lock);
}

uint64_t
free_epoch(struct free_cache *f, id org)
{
	return atomic_load(&f->org_epochs[mix(org, 0, 0) % ORGS]);
}

bool
cells_all_free(const struct cells *s, int64_t from, int64_t n)
{
	int64_t at = from - s->first, end = at + n;

	if (at < 0 || end > s->n)
		return false;
	while (at < end) {
		int64_t bit = at % 64, run = min64(64 - bit, end - at);
		uint64_t mask = run == 64 ? ~UINT64_C(0) : ((UINT64_C(1) << run) - 1) << bit;

		if ((s->busy[at / 64] & mask) != 0)
			return false;
		at += run;
	}
	return true;
}
