/* person_search.c - see person_search.h. */
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/civil.h"
#include "format/fold.h"
#include "practice/person_search.h"
#include "store/db.h"
#include "vault/vault.h"

enum { SLOTS = 256, BATCH = 1000, DIGITS_MIN = 2, REGION_BYTES = 256 * 1024, ALIGN = 8 };

/* Memory for names: not in a core dump, not in the swap, overwritten at the end. */
struct region { struct region *next; size_t n, room; char bytes[]; };

/* What is matched: one block of text a person. */
struct entry {
	id	 person;
	int64_t	 version;
	char	*text;			/* "dupont marie", then NUL; family name first; NULL: not open yet */
	char	 birth[9];		/* DDMMYYYY, or empty */
	char	 phone[16];		/* digits as they are dialled: 0612345678, or empty */
};

/* What is known of an organisation's persons. */
struct known {
	struct region	*memory;
	struct entry	*entries;	/* by id */
	size_t		 n;
	int64_t		 versions, newest;	/* of the rows when we read them */
};

struct names {
	id		 org;
	pthread_mutex_t	 lock;		/* of known; held while it is brought up to date */
	struct known	 known;

	/* Of the index's lock: */
	int		 users;		/* who have taken it; only with none it may be dropped */
	size_t		 counted;	/* in the index's size */
	usec		 used_at;
	struct names	*next;		/* of the same slot */
};

/* The lock is held for a moment only, never while anything is read. */
struct person_index {
	pthread_mutex_t	 lock;
	size_t		 size;		/* entries in all */
	struct names	*slots[SLOTS];
};

static void *
region_alloc(struct region **list, size_t bytes)
{
	struct region *r = *list;

	bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
	if (r == NULL || r->room - r->n < bytes) {
		size_t all = bytes + sizeof(*r) > REGION_BYTES ? bytes + sizeof(*r) : REGION_BYTES;

		r = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (r == MAP_FAILED)
			panic("person_search: no memory");
		(void)mlock(r, all);	/* as far as RLIMIT_MEMLOCK reaches */
		(void)madvise(r, all, MADV_DONTDUMP);
		*r = (struct region){ .next = *list, .room = all - sizeof(*r) };
		*list = r;
	}
	r->n += bytes;
	return r->bytes + r->n - bytes;
}

static void
region_free(struct region **list)
{
	for (struct region *r; (r = *list) != NULL; ) {
		size_t all = r->room + sizeof(*r);

		*list = r->next;
		explicit_bzero(r, all);
		(void)munmap(r, all);
	}
}

struct person_index *
person_index_make(void)
{
	struct person_index *index = mem_alloc(1, sizeof(*index));

	if (pthread_mutex_init(&index->lock, NULL) != 0)
		panic("person_search: no lock");
	return index;
}

static void
known_forget(struct known *k)
{
	region_free(&k->memory);
	*k = (struct known){0};
}

/* With the index's lock, of one that nobody uses, taken out of its slot. */
static void
names_end(struct person_index *index, struct names *names)
{
	index->size -= names->counted;
	known_forget(&names->known);
	(void)pthread_mutex_destroy(&names->lock);
	mem_free(names);
}

/* With the index's lock: drop all that nobody uses and that were last used before then. */
static void
drop_older(struct person_index *index, usec than)
{
	for (size_t i = 0; i < SLOTS; i++)
		for (struct names **at = &index->slots[i]; *at != NULL; ) {
			struct names *names = *at;

			if (names->users > 0 || names->used_at >= than) {
				at = &names->next;
				continue;
			}
			*at = names->next;
			names_end(index, names);
		}
}

void
person_index_rest(struct person_index *index, usec now)
{
	(void)pthread_mutex_lock(&index->lock);
	drop_older(index, now - PERSON_INDEX_IDLE);
	(void)pthread_mutex_unlock(&index->lock);
}

int64_t
person_index_size(struct person_index *index)
{
	(void)pthread_mutex_lock(&index->lock);
	int64_t n = (int64_t)index->size;
	(void)pthread_mutex_unlock(&index->lock);
	return n;
}

void
person_index_end(struct person_index *index)
{
	if (index == NULL)
		return;
	drop_older(index, INT64_MAX);
	(void)pthread_mutex_destroy(&index->lock);
	mem_free(index);
}

/* The organisation's, locked: nobody else reads it or brings it up to date. */
static struct names *
names_take(struct person_index *index, id org, usec now)
{
	struct names **at = &index->slots[((uint64_t)org * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SLOTS];

	(void)pthread_mutex_lock(&index->lock);
	while (*at != NULL && (*at)->org != org)
		at = &(*at)->next;
	if (*at == NULL) {
		*at = mem_alloc(1, sizeof(**at));
		(*at)->org = org;
		if (pthread_mutex_init(&(*at)->lock, NULL) != 0)
			panic("person_search: no lock");
	}
	struct names *names = *at;
	names->users++;
	names->used_at = max64(names->used_at, now);
	(void)pthread_mutex_unlock(&index->lock);
	(void)pthread_mutex_lock(&names->lock);
	return names;
}

/* With the index's lock: whoever searched longest ago of those that nobody uses; false: there is none. */
static bool
oldest(const struct person_index *index, usec *ret)
{
	bool found = false;

	for (size_t i = 0; i < SLOTS; i++)
		for (const struct names *n = index->slots[i]; n != NULL; n = n->next)
			if (n->users == 0 && n->counted > 0 && (!found || n->used_at < *ret)) {
				*ret = n->used_at;
				found = true;
			}
	return found;
}

static void
names_leave(struct person_index *index, struct names *names)
{
	size_t n = names->known.n;
	usec used_at;

	(void)pthread_mutex_unlock(&names->lock);
	(void)pthread_mutex_lock(&index->lock);
	index->size += n - names->counted;
	names->counted = n;
	while (index->size > PERSON_INDEX_MAX && oldest(index, &used_at))
		drop_older(index, used_at + 1);
	names->users--;
	(void)pthread_mutex_unlock(&index->lock);
}

/* ISO 1980-03-12 as people here type it: 12031980. */
static void
birth_digits(str iso, char *ret)
{
	struct civil_date d;
	day on;

	if (!civil_parse_date(iso, &on))
		return;
	d = civil_date(on);
	(void)snprintf(ret, 9, "%02d%02d%04d", d.day % 100, d.month % 100, d.year % 10000);
}

/* +33612345678 as it is dialled at home: 0612345678. */
static void
phone_digits(str e164, char *ret)
{
	size_t n = 0;

	if (str_starts(e164, S("+33"))) {
		ret[n++] = '0';
		e164 = str_slice(e164, 3, e164.n);
	}
	for (size_t i = 0; i < e164.n && n < 15; i++)
		if (e164.p[i] >= '0' && e164.p[i] <= '9')
			ret[n++] = e164.p[i];
	ret[n] = '\0';
}

static char *
text_keep(struct region **memory, str text)
{
	char *kept = region_alloc(memory, text.n + 1);

	if (text.n > 0)
		memcpy(kept, text.p, text.n);
	kept[text.n] = '\0';
	return kept;
}

static void
entry_fill(struct arena *mem, const struct person *p, struct region **memory, struct entry *ret)
{
	ret->text = text_keep(memory, fold(mem, person_name_by_family(mem, p)));
	birth_digits(p->birth_date, ret->birth);
	phone_digits(p->phone, ret->phone);
}

struct stored { id person; int64_t version; };

static err
stored_read(struct ctx *c, struct stored **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct stored *list;
	int64_t count;
	size_t n = 0;
	err e;

	TRY(db_one_int(c->db, SQL("SELECT count(*) FROM person WHERE org = $1"), BINDS(INT(c->org)), &count));
	if (count > PERSON_SEARCH_MAX)
		return ERR_TOO_LARGE;
	list = NEW_N(c->mem, struct stored, (size_t)count);
	TRY(db_read(c->db, SQL("SELECT id, version FROM person WHERE org = $1 ORDER BY id"),
	    BINDS(INT(c->org)), &rows));
	/* Whoever came between the two reads is found at the next search. */
	while ((e = db_next(rows)) == OK && n < (size_t)count)
		list[n++] = (struct stored){ db_int(rows, 0), db_int(rows, 1) };
	*ret = list;
	*ret_n = n;
	return e == ERR_NOT_FOUND ? OK : e;
}

/*
 * Fill the entries that are new or changed, through the vault, a batch at a
 * time.  The index is the server's: who asked first has not read them all; the
 * few that are found are opened again, and count.
 */
static err
entries_open(struct ctx *c, struct known *known)
{
	struct entry *entries = known->entries;
	const size_t n = known->n;
	struct person *people = NEW_N(c->mem, struct person, BATCH);
	struct ctx uncounted = *c;
	id ids[BATCH];
	size_t at[BATCH], waiting = 0;

	uncounted.budget = NULL;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && entries[i].text == NULL) {
			ids[waiting] = entries[i].person;
			at[waiting++] = i;
		}
		if (waiting == 0 || (waiting < BATCH && i < n))
			continue;
		TRY(person_get_many(&uncounted, PURPOSE_DESK, ids, waiting, people));
		for (size_t k = 0; k < waiting; k++)
			if (people[k].id != 0) {
				entry_fill(c->mem, &people[k], &known->memory, &entries[at[k]]);
				entries[at[k]].version = people[k].version;
			}
		waiting = 0;
	}
	return OK;
}

/* The rows of now, with the texts of those that we know already; the others go. */
static err
known_renew(struct ctx *c, struct known *known)
{
	struct stored *rows;
	struct known fresh = {0};
	size_t n, old = 0;

	TRY(stored_read(c, &rows, &n));
	fresh.entries = region_alloc(&fresh.memory, n * sizeof(struct entry));
	fresh.n = n;
	fresh.newest = n > 0 ? rows[n - 1].person : 0;
	for (size_t i = 0; i < n; i++) {
		fresh.versions += rows[i].version;
		while (old < known->n && known->entries[old].person < rows[i].person)
			old++;
		if (old < known->n && known->entries[old].person == rows[i].person &&
		    known->entries[old].version == rows[i].version) {
			fresh.entries[i] = known->entries[old];
			if (fresh.entries[i].text != NULL)
				fresh.entries[i].text = text_keep(&fresh.memory, str_c(fresh.entries[i].text));
		}
		fresh.entries[i].person = rows[i].person;
	}
	known_forget(known);
	*known = fresh;
	err e = entries_open(c, known);
	if (e != OK)
		known_forget(known);
	return e;
}

/* Count, sum of the versions and the newest id: one of them changes with every change. */
static err
known_is_fresh(struct ctx *c, const struct known *known, bool *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT count(*), CAST(coalesce(sum(version), 0) AS BIGINT),"
	    " coalesce(max(id), 0) FROM person WHERE org = $1"), BINDS(INT(c->org)), &rows));
	TRY(db_next(rows));
	*ret = db_int(rows, 0) == (int64_t)known->n && db_int(rows, 1) == known->versions &&
	    db_int(rows, 2) == known->newest;
	return OK;
}

struct word { str text; bool digits; };
struct query { str whole; struct word words[PERSON_SEARCH_WORDS_MAX]; size_t n; };

static bool
is_digits(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n >= DIGITS_MIN;
}

/* 12/03/80 and 06.12.34.56.78 are one word of digits each. */
static str
without_marks(struct arena *mem, str typed)
{
	char *p = arena_alloc(mem, typed.n + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++) {
		bool between = i > 0 && i + 1 < typed.n && typed.p[i - 1] >= '0' && typed.p[i - 1] <= '9' &&
		    typed.p[i + 1] >= '0' && typed.p[i + 1] <= '9';

		if (!between || strchr("/.- ", typed.p[i]) == NULL)
			p[n++] = typed.p[i];
	}
	return (str){ p, n };
}

static bool
query_read(struct arena *mem, str typed, struct query *ret)
{
	str rest = fold(mem, without_marks(mem, typed)), piece;

	ret->whole = rest;
	ret->n = 0;
	while (str_split(&rest, ' ', &piece)) {
		if (piece.n == 0)
			continue;
		if (ret->n == PERSON_SEARCH_WORDS_MAX)
			return false;
		ret->words[ret->n++] = (struct word){ piece, is_digits(piece) };
	}
	return true;
}

/* 120380 is 12 March 1980, 1203 any 12 March, 1980 the year. */
static bool
birth_matches(const char *birth, str digits)
{
	str whole = str_c(birth);

	if (whole.n != 8)
		return false;
	if (digits.n == 6)
		return str_eq(str_slice(whole, 0, 4), str_slice(digits, 0, 4)) &&
		    str_eq(str_slice(whole, 6, 8), str_slice(digits, 4, 6));
	return (digits.n >= 4 && str_starts(whole, digits)) ||
	    (digits.n == 4 && str_ends(whole, digits));
}

static bool
matches(const struct entry *e, const struct query *q)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct word *w = &q->words[i];
		str phone = str_c(e->phone);

		if (!w->digits && !fold_starts_word(str_c(e->text), w->text))
			return false;
		if (w->digits && !birth_matches(e->birth, w->text) && !str_starts(phone, w->text) &&
		    !str_ends(phone, w->text))
			return false;
	}
	return true;
}

/* Whose name begins as it was typed comes first; then by name, then by id. */
static bool
before(const struct entry *a, const struct entry *b, str whole)
{
	bool first_a = str_starts(str_c(a->text), whole), first_b = str_starts(str_c(b->text), whole);
	int order = strcmp(a->text, b->text);

	if (first_a != first_b)
		return first_a;
	return order != 0 ? order < 0 : a->person < b->person;
}

/* The best matches in order, by insertion into a short list. */
static size_t
best(const struct known *known, const struct query *q, const struct entry **found, bool *ret_more)
{
	size_t n = 0;

	*ret_more = false;
	for (size_t i = 0; i < known->n; i++) {
		const struct entry *e = &known->entries[i];
		size_t at = n;

		if (e->text == NULL || !matches(e, q))
			continue;
		while (at > 0 && before(e, found[at - 1], q->whole))
			at--;
		*ret_more |= n == PERSON_SEARCH_FOUND_MAX;
		if (at == PERSON_SEARCH_FOUND_MAX)
			continue;
		n += n < PERSON_SEARCH_FOUND_MAX;
		memmove(found + at + 1, found + at, (n - 1 - at) * sizeof(*found));
		found[at] = e;
	}
	return n;
}

/* With the lock of the names: the ids of the best matches. */
static err
ids_find(struct ctx *c, struct known *known, const struct query *q, id *ids, size_t *ret_n, bool *ret_more)
{
	const struct entry *found[PERSON_SEARCH_FOUND_MAX + 1];
	bool fresh;

	TRY(known_is_fresh(c, known, &fresh));
	if (!fresh)
		TRY(known_renew(c, known));
	*ret_n = best(known, q, found, ret_more);
	for (size_t i = 0; i < *ret_n; i++)
		ids[i] = found[i]->person;
	return OK;
}

err
person_search(struct ctx *c, str typed, struct person **ret, size_t *ret_n, bool *ret_more)
{
	struct person_index *index = c->people;
	struct query q;
	id ids[PERSON_SEARCH_FOUND_MAX];
	size_t n = 0, kept = 0;
	bool more = false;

	if (!str_utf8_ok(typed))
		return ERR_INVALID;
	if (str_utf8_count(typed) > PERSON_SEARCH_QUERY_MAX || !query_read(c->mem, typed, &q))
		return ERR_TOO_LARGE;
	if (q.n > 0) {
		if (index == NULL)
			index = person_index_make();
		struct names *names = names_take(index, c->org, c->now);
		err e = ids_find(c, &names->known, &q, ids, &n, &more);
		names_leave(index, names);
		if (c->people == NULL)
			person_index_end(index);
		TRY(e);
	}

	struct person *people = NEW_N(c->mem, struct person, PERSON_SEARCH_FOUND_MAX);
	TRY(person_get_many(c, PURPOSE_DESK, ids, n, people));
	for (size_t i = 0; i < n; i++)
		if (people[i].id != 0)
			people[kept++] = people[i];
	*ret = people;
	*ret_n = kept;
	*ret_more = more;
	return OK;
}
