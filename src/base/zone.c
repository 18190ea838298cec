/*
 * zone.c - see civil.h.  A zone is one sorted table of changes: those of its
 * TZif file (RFC 8536), then those that the file's POSIX rule predicts, so
 * that every question is one binary search.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/log.h"

enum {
	FILE_BYTES_MAX	= 64 * 1024,	/* the largest of the database has 4 KB */
	CHANGES_MAX	= 4096,		/* in a file */
	TYPES_MAX	= 256,
	HEADER_BYTES	= 44,
	OFFSET_MAX	= 26 * 3600,	/* RFC 8536 section 3.2 */
	RULE_TIME_MAX	= 167 * 3600,	/* section 3.3.1 */
	SECONDS_PER_DAY	= 24 * 3600,
	RULE_YEAR_FIRST	= 1801,
	RULE_YEAR_LAST	= 2200,
};

struct change {
	int64_t	at;	/* seconds since 1970, UTC */
	int32_t	offset;	/* from then on, seconds east */
};

struct zone {
	struct zone	*next;		/* in the cache */
	char		 name[ZONE_NAME_BYTES_MAX];
	size_t		 name_n;
	int32_t		 first;		/* offset before the first change */
	size_t		 n;
	struct change	*changes;	/* sorted, no two at one instant */
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* ---- The POSIX rule at the end of a file (RFC 8536 section 3.3) ---- */

struct rule {
	char	form;			/* 'J', 'N' (days from 0) or 'M' */
	int	month, week, day;	/* day: of the week from Sunday, or of the year */
	int	seconds;		/* after that day's midnight; may be negative */
};

struct posix {
	int		standard, summer;	/* seconds east */
	bool		has_summer;
	struct rule	start, end;
};

static bool
take(str *rest, char wanted)
{
	if (rest->n == 0 || rest->p[0] != wanted)
		return false;
	*rest = str_slice(*rest, 1, rest->n);
	return true;
}

static bool
take_number(str *rest, int low, int high, int *ret)
{
	int v = 0;
	size_t n = 0;

	while (n < rest->n && n < 4 && rest->p[n] >= '0' && rest->p[n] <= '9')
		v = v * 10 + (rest->p[n++] - '0');
	if (n == 0 || v < low || v > high)
		return false;
	*rest = str_slice(*rest, n, rest->n);
	*ret = v;
	return true;
}

/* [+-]h[:mm[:ss]], in seconds. */
static bool
take_time(str *rest, int *ret)
{
	bool negative = take(rest, '-');
	int hour, minute = 0, second = 0;

	if (!negative)
		(void)take(rest, '+');
	if (!take_number(rest, 0, RULE_TIME_MAX / 3600, &hour))
		return false;
	if (take(rest, ':') && !take_number(rest, 0, 59, &minute))
		return false;
	if (take(rest, ':') && !take_number(rest, 0, 59, &second))
		return false;
	int sum = hour * 3600 + minute * 60 + second;

	*ret = negative ? -sum : sum;
	return true;
}

/* An abbreviation: letters, or anything between angle brackets.  We do not keep it. */
static bool
take_abbreviation(str *rest)
{
	size_t n = 0;

	if (take(rest, '<')) {
		ptrdiff_t end = str_find(*rest, '>');

		if (end < 3)
			return false;
		*rest = str_slice(*rest, (size_t)end + 1, rest->n);
		return true;
	}
	while (n < rest->n && ((rest->p[n] >= 'A' && rest->p[n] <= 'Z') ||
	    (rest->p[n] >= 'a' && rest->p[n] <= 'z')))
		n++;
	*rest = str_slice(*rest, n, rest->n);
	return n >= 3;
}

static bool
take_rule(str *rest, struct rule *ret)
{
	struct rule r = { .form = 'N', .seconds = 2 * 3600 };
	bool ok;

	if (take(rest, 'M')) {
		r.form = 'M';
		ok = take_number(rest, 1, 12, &r.month) && take(rest, '.') &&
		    take_number(rest, 1, 5, &r.week) && take(rest, '.') &&
		    take_number(rest, 0, 6, &r.day);
	} else if (take(rest, 'J')) {
		r.form = 'J';
		ok = take_number(rest, 1, 365, &r.day);
	} else {
		ok = take_number(rest, 0, 365, &r.day);
	}
	if (!ok || (take(rest, '/') && !take_time(rest, &r.seconds)))
		return false;
	*ret = r;
	return true;
}

/* Offsets of POSIX count westwards. */
static bool
take_west(str *rest, int *ret_east)
{
	int west;

	if (!take_time(rest, &west) || west > OFFSET_MAX || west < -OFFSET_MAX)
		return false;
	*ret_east = -west;
	return true;
}

static bool
posix_parse(str text, struct posix *ret)
{
	struct posix p = {0};

	if (!take_abbreviation(&text) || !take_west(&text, &p.standard))
		return false;
	p.has_summer = text.n > 0;
	if (p.has_summer) {
		if (!take_abbreviation(&text))
			return false;
		p.summer = p.standard + 3600;
		if (text.n > 0 && text.p[0] != ',' && !take_west(&text, &p.summer))
			return false;
		if (!take(&text, ',') || !take_rule(&text, &p.start) ||
		    !take(&text, ',') || !take_rule(&text, &p.end) || text.n > 0)
			return false;
	}
	*ret = p;
	return true;
}

/* A date that the program makes itself, from a year of the rule's range. */
static day
day_of(int year, int month, int mday)
{
	day d;

	if (!civil_day((struct civil_date){ year, month, mday }, &d))
		panic("zone: a rule left the calendar");
	return d;
}

/* The rule's moment in that year, as local seconds since 1970. */
static int64_t
rule_moment(const struct rule *r, int year)
{
	day first = day_of(year, r->form == 'M' ? r->month : 1, 1), d;

	switch (r->form) {
	case 'M':
		/* ISO weekday modulo 7 counts from Sunday, as the rule does. */
		d = first + (r->day - civil_weekday(first) % 7 + 7) % 7 + (r->week - 1) * 7;
		/* Week 5 means the last one, which may be the fourth. */
		if (civil_date(d).month != r->month)
			d -= 7;
		break;
	case 'J':
		/* 29 February is never counted: day 60 is always 1 March. */
		d = first + r->day - 1 + (r->day >= 60 && day_of(year, 3, 1) - first == 60);
		break;
	default:
		d = first + r->day;
		break;
	}
	return (int64_t)d * SECONDS_PER_DAY + r->seconds;
}

/* ---- The file ---- */

struct tzif {
	uint32_t	leaps, changes, types, characters, standards, universals;
	const unsigned char *data;
};

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t
be64(const unsigned char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* Take a header and the data block that it announces; word: bytes of a time. */
static bool
take_block(str *rest, uint32_t word, struct tzif *ret)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	struct tzif t;

	if (rest->n < HEADER_BYTES || !str_starts(*rest, S("TZif")) || p[4] < '2')
		return false;
	t.universals = be32(p + 20);
	t.standards = be32(p + 24);
	t.leaps = be32(p + 28);
	t.changes = be32(p + 32);
	t.types = be32(p + 36);
	t.characters = be32(p + 40);
	/* Bounded before they are added up, so that no sum can wrap. */
	if (t.universals > TYPES_MAX || t.standards > TYPES_MAX || t.types > TYPES_MAX ||
	    t.characters > FILE_BYTES_MAX || t.leaps > CHANGES_MAX || t.changes > CHANGES_MAX)
		return false;
	size_t bytes = t.changes * (word + 1) + t.types * 6 + t.characters +
	    t.leaps * (word + 4) + t.standards + t.universals;

	if (rest->n - HEADER_BYTES < bytes)
		return false;
	t.data = p + HEADER_BYTES;
	*rest = str_slice(*rest, HEADER_BYTES + bytes, rest->n);
	*ret = t;
	return true;
}

static bool
type_offset(const struct tzif *t, uint32_t type, int32_t *ret)
{
	if (type >= t->types)
		return false;
	int32_t offset = (int32_t)be32(t->data + (size_t)t->changes * 9 + (size_t)type * 6);

	if (offset > OFFSET_MAX || offset < -OFFSET_MAX)
		return false;
	*ret = offset;
	return true;
}

/* The changes that the file lists, which must rise strictly. */
static bool
read_changes(struct zone *z, const struct tzif *t)
{
	if (!type_offset(t, 0, &z->first))
		return false;
	for (uint32_t i = 0; i < t->changes; i++) {
		struct change *c = &z->changes[z->n];

		c->at = be64(t->data + (size_t)i * 8);
		if (!type_offset(t, t->data[(size_t)t->changes * 8 + i], &c->offset))
			return false;
		if (i > 0 && c->at <= c[-1].at)
			return false;
		z->n++;
	}
	return true;
}

static int
by_instant(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static int
rule_first_year(const struct zone *z)
{
	if (z->n == 0)
		return RULE_YEAR_FIRST;
	int64_t last = z->changes[z->n - 1].at;

	/* Nothing to predict past the calendar's end; clamped before civil_date. */
	if (last >= (int64_t)day_of(RULE_YEAR_LAST, 12, 31) * SECONDS_PER_DAY)
		return RULE_YEAR_LAST + 1;
	last = max64(last, (int64_t)day_of(RULE_YEAR_FIRST, 1, 1) * SECONDS_PER_DAY);
	return civil_date((day)floor_div(last, SECONDS_PER_DAY)).year;
}

/*
 * Append what the rule predicts after the file's last change.  Summer time all
 * the year is written as an end and a start at the same instant (section
 * 3.3.1): there the start wins.
 */
static void
add_rule(struct zone *z, const struct posix *p)
{
	size_t listed = z->n, kept = z->n;

	for (int year = rule_first_year(z); year <= RULE_YEAR_LAST; year++) {
		struct change starts = { rule_moment(&p->start, year) - p->standard, p->summer };
		struct change ends = { rule_moment(&p->end, year) - p->summer, p->standard };

		if (listed == 0 || starts.at > z->changes[listed - 1].at)
			z->changes[z->n++] = starts;
		if (listed == 0 || ends.at > z->changes[listed - 1].at)
			z->changes[z->n++] = ends;
	}
	qsort(z->changes + listed, z->n - listed, sizeof(*z->changes), by_instant);
	for (size_t i = listed; i < z->n; i++) {
		if (i + 1 < z->n && z->changes[i + 1].at == z->changes[i].at)
			z->changes[i + 1].offset = p->summer;
		else
			z->changes[kept++] = z->changes[i];
	}
	z->n = kept;
}

/* The rule between two newlines that ends the file; it may be empty. */
static bool
take_footer(str rest, str *ret)
{
	str line;

	if (!take(&rest, '\n') || str_find(rest, '\n') < 0 || !str_split(&rest, '\n', &line))
		return false;
	*ret = line;
	return true;
}

static void
zone_free_at(struct zone **z)
{
	zone_free(*z);
}

err
zone_parse(str tzif, struct zone **ret)
{
	CLEANUP(zone_free_at) struct zone *z = NULL;
	struct tzif old, t;
	struct posix rule = {0};
	str footer;

	/* The first block repeats the data in 32 bits, for readers of the last century. */
	if (tzif.n > FILE_BYTES_MAX || !take_block(&tzif, 4, &old) || !take_block(&tzif, 8, &t) ||
	    !take_footer(tzif, &footer))
		return ERR_INVALID;
	/* A file that counts leap seconds has another clock than usec. */
	if (t.leaps > 0 || (footer.n > 0 && !posix_parse(footer, &rule)))
		return ERR_INVALID;
	z = mem_alloc(1, sizeof(*z));
	z->changes = mem_alloc(t.changes + 2 * (RULE_YEAR_LAST - RULE_YEAR_FIRST + 1),
	    sizeof(*z->changes));
	if (!read_changes(z, &t))
		return ERR_INVALID;
	if (rule.has_summer)
		add_rule(z, &rule);
	else if (footer.n > 0 && z->n == 0)
		z->first = rule.standard;
	z->changes = mem_resize(z->changes, z->n + 1, sizeof(*z->changes));
	*ret = z;
	z = NULL;
	return OK;
}

void
zone_free(struct zone *z)
{
	if (z == NULL)
		return;
	mem_free(z->changes);
	mem_free(z);
}

str
zone_name(const struct zone *z)
{
	return (str){ z->name, z->name_n };
}

/* Area/Place of letters, digits, '_', '+', '-': no dot, hence no way out of the folder. */
static bool
name_ok(str name)
{
	str part;

	if (name.n == 0 || name.n > ZONE_NAME_BYTES_MAX)
		return false;
	while (str_split(&name, '/', &part)) {
		if (part.n == 0)
			return false;
		for (size_t i = 0; i < part.n; i++) {
			char c = part.p[i];
			bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

			if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '+' && c != '-')
				return false;
		}
	}
	return true;
}

static void
fd_close_at(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* Up to FILE_BYTES_MAX + 1 bytes, so that a longer file shows. */
static err
file_read(const char *path, struct arena *mem, str *ret)
{
	CLEANUP(fd_close_at) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	size_t n = 0;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return ERR_NOT_FOUND;
	if (fd < 0 || fstat(fd, &st) != 0) {
		LOG_ERROR("zone", "open", LOG_TEXT("why", strerrordesc_np(errno)));
		return ERR_IO;
	}
	if (!S_ISREG(st.st_mode))
		return ERR_NOT_FOUND;
	char *p = arena_alloc(mem, FILE_BYTES_MAX + 1, 1);

	while (n < FILE_BYTES_MAX + 1) {
		ssize_t got = read(fd, p + n, FILE_BYTES_MAX + 1 - n);

		if (got < 0) {
			LOG_ERROR("zone", "read", LOG_TEXT("why", strerrordesc_np(errno)));
			return ERR_IO;
		}
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*ret = (str){ p, n };
	return OK;
}

err
zone_load(str name, struct zone **ret)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct zone *z;
	str bytes;

	if (!name_ok(name))
		return ERR_INVALID;
	str path = str_cat(&mem, S("/usr/share/zoneinfo/"), name);

	TRY(file_read(str_z(&mem, path), &mem, &bytes));
	TRY(zone_parse(bytes, &z));
	memcpy(z->name, name.p, name.n);
	z->name_n = name.n;
	*ret = z;
	return OK;
}

/*
 * Entries are never changed nor removed, so what zone_get returned may be read
 * without the lock.  Only names of files enter: the list is as long as the
 * database at most, whatever names are asked for.
 */
static struct zone	*cache;
static pthread_mutex_t	 cache_lock = PTHREAD_MUTEX_INITIALIZER;

const struct zone *
zone_get(str name)
{
	struct zone *z;

	(void)pthread_mutex_lock(&cache_lock);
	for (z = cache; z != NULL; z = z->next)
		if (str_eq(zone_name(z), name))
			break;
	if (z == NULL && zone_load(name, &z) == OK) {
		z->next = cache;
		cache = z;
	}
	(void)pthread_mutex_unlock(&cache_lock);
	return z;
}

/* ---- Questions ---- */

/* How many changes lie at or before the second: the last of them rules. */
static size_t
changes_until(const struct zone *z, int64_t second)
{
	size_t low = 0, high = z->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->changes[middle].at <= second)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The offset between change n - 1 and change n. */
static int32_t
offset_of(const struct zone *z, size_t n)
{
	return n == 0 ? z->first : z->changes[n - 1].offset;
}

int
zone_offset(const struct zone *z, usec at)
{
	return offset_of(z, changes_until(z, floor_div(at, USEC_PER_SECOND)));
}

struct civil
zone_local(const struct zone *z, usec at)
{
	int64_t second = floor_div(at, USEC_PER_SECOND) + zone_offset(z, at);
	int64_t days = floor_div(second, SECONDS_PER_DAY);
	int in_day = (int)(second - days * SECONDS_PER_DAY);

	return (struct civil){ (day)days, in_day / 60, in_day % 60 };
}

/* Change n of the table; false when usec cannot hold it ("big bang" entries) or there is none. */
static bool
change_at(const struct zone *z, size_t n, struct zone_change *ret)
{
	usec at;

	if (n >= z->n || !mul_ok(z->changes[n].at, USEC_PER_SECOND, &at))
		return false;
	*ret = (struct zone_change){ at, offset_of(z, n), offset_of(z, n + 1) };
	return true;
}

bool
zone_change_before(const struct zone *z, usec at, struct zone_change *ret)
{
	size_t n = changes_until(z, floor_div(at, USEC_PER_SECOND));

	/* Files list changes of name alone: not one of the clocks. */
	while (n > 0 && offset_of(z, n) == offset_of(z, n - 1))
		n--;
	return n > 0 && change_at(z, n - 1, ret);
}

bool
zone_change_after(const struct zone *z, usec at, struct zone_change *ret)
{
	size_t n = changes_until(z, floor_div(at, USEC_PER_SECOND));

	while (n < z->n && offset_of(z, n) == offset_of(z, n + 1))
		n++;
	return change_at(z, n, ret);
}

usec
zone_instant(const struct zone *z, day d, int minute, enum zone_kind *ret)
{
	int64_t local = (int64_t)d * SECONDS_PER_DAY + (int64_t)minute * 60;
	int64_t found = 0, in_gap = 0;
	int matches = 0;

	/*
	 * Between two changes the local time is one offset away; try each
	 * stretch that offsets of at most 26 hours leave possible.
	 */
	for (size_t n = changes_until(z, local - OFFSET_MAX); n <= z->n; n++) {
		int64_t at = local - offset_of(z, n);
		bool begun = n == 0 || z->changes[n - 1].at <= at;
		bool over = n < z->n && z->changes[n].at <= at;

		if (begun && !over && matches++ == 0)
			found = at;
		/* Past this stretch, not yet in the next: the offset before the jump. */
		if (over && local - offset_of(z, n + 1) < z->changes[n].at)
			in_gap = at;
		if (n < z->n && z->changes[n].at > local + OFFSET_MAX)
			break;
	}
	if (ret != NULL)
		*ret = matches == 0 ? ZONE_GAP : matches == 1 ? ZONE_PLAIN : ZONE_FOLD;
	return (matches == 0 ? in_gap : found) * USEC_PER_SECOND;
}
