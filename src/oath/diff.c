/* diff.c - see diff.h.  What one has and the other has not, then what both have. */
#include "oath/diff.h"

#include "oath/compile.h"
#include "oath/explain.h"

static const struct { const char *text[LANG_COUNT][2]; } rows[] = {
#define PAIR(tag, en_loose, en_tight, fr_loose, fr_tight) \
	[CHANGED_##tag] = { { { fr_loose, fr_tight }, { en_loose, en_tight } } },
#include "oath/diff.def"
};

enum { WORDS_BYTES_MAX = 8192 };

struct differ {
	struct arena		*mem;
	const struct policy	*old, *new;
	struct change		*list;
	size_t			 n, room;
};

static void
add(struct differ *x, const struct change *c)
{
	if (x->n == x->room) {
		size_t room = x->room == 0 ? 32 : 2 * x->room;
		struct change *grown = NEW_N(x->mem, struct change, room);

		if (x->n > 0)
			memcpy(grown, x->list, x->n * sizeof(*grown));
		x->list = grown;
		x->room = room;
	}
	x->list[x->n++] = *c;
}

static enum direction
loosened(bool truth)
{
	return truth ? DIRECTION_LOOSEN : DIRECTION_TIGHTEN;
}

static void
say(struct differ *x, enum change_what what, enum direction way, str one, str two, str three)
{
	add(x, &(struct change){ .direction = way, .what = what, .arg = { one, two, three } });
}

static void
say_word(struct differ *x, enum change_what what, enum direction way, const struct policy_word *word, str two)
{
	add(x, &(struct change){ .direction = way, .what = what, .word = word, .arg = { {0}, two, {0} } });
}

/* --- values --- */

/* What is not said is a dash. */
static void
say_durations(struct differ *x, const struct change *c, struct duration old, struct duration new)
{
	struct change said = *c;

	said.arg[1] = said.arg[2] = S("-");
	said.duration[1] = old;
	said.duration[2] = new;
	add(x, &said);
}

static void
say_terms(struct differ *x, const struct change *c, const struct term *old, const struct term *new)
{
	struct change said = *c;

	said.arg[1] = said.arg[2] = S("-");
	said.term[1] = old;
	said.term[2] = new;
	add(x, &said);
}

static str
term_text(struct differ *x, const struct term *t)
{
	struct buf b = buf_in(x->mem, WORDS_BYTES_MAX);

	if (t == NULL)
		return S("-");
	term_print(t, &b);
	return buf_str(&b);
}

static bool
same_duration(struct duration a, struct duration b)
{
	return (a.unit == UNIT_NONE) == (b.unit == UNIT_NONE) && duration_within(a, b) && duration_within(b, a);
}

/* Longer loosens; not said at all is the longest. */
static void
compare_durations(struct differ *x, enum change_what what, str name, struct duration old, struct duration new)
{
	if (same_duration(old, new))
		return;
	bool longer = new.unit == UNIT_NONE || (old.unit != UNIT_NONE && !duration_within(new, old));

	say_durations(x, &(struct change){ .direction = loosened(longer), .what = what, .arg = { name } }, old, new);
}

static str
names_of(struct differ *x, const struct policy *p, category_set set)
{
	struct buf b = buf_in(x->mem, WORDS_BYTES_MAX);

	for (size_t i = 0; i < p->categories_n; i++)
		if ((set >> i & 1) != 0)
			buf_printf(&b, "%s%.*s", b.n > 0 ? ", " : "", STR_FMT(p->categories[i].name));
	return buf_str(&b);
}

/* Words that one set has and the other lacks. */
static str
words_beyond(struct differ *x, enum vocabulary v, uint64_t set, uint64_t beyond)
{
	struct buf b = buf_in(x->mem, WORDS_BYTES_MAX);

	for (int i = 0; i < 64; i++)
		if ((set >> i & 1) != 0 && (beyond >> i & 1) == 0)
			buf_printf(&b, "%s%s", b.n > 0 ? ", " : "", word_get(v, i)->name);
	return buf_str(&b);
}

struct pair {
	enum change_what	 what;
	enum vocabulary		 words;
	const struct policy_word *word;	/* {1}: its label; else name */
	str			 name;
};

static void
compare_sets(struct differ *x, const struct pair *of, uint64_t old, uint64_t new)
{
	str more = words_beyond(x, of->words, new, old), less = words_beyond(x, of->words, old, new);

	if (more.n > 0)
		add(x, &(struct change){ .direction = DIRECTION_LOOSEN, .what = of->what, .word = of->word,
		    .arg = { of->name, more } });
	if (less.n > 0)
		add(x, &(struct change){ .direction = DIRECTION_TIGHTEN, .what = of->what, .word = of->word,
		    .arg = { of->name, less } });
}

/* --- purposes --- */

/* The set of b's categories by their names, in a's numbers; those that a lacks are left out. */
static category_set
translated(const struct policy *a, const struct policy *b, category_set set)
{
	category_set found = 0;

	for (size_t i = 0; i < b->categories_n; i++) {
		int at = (set >> i & 1) != 0 ? policy_category(a, b->categories[i].name) : -1;

		if (at >= 0)
			found |= (category_set)1 << at;
	}
	return found;
}

static void
compare_uses(struct differ *x, const struct policy_purpose *old, const struct policy_purpose *new)
{
	const struct policy_word *word = word_get(WORDS_AIM, new->word);
	category_set more = new->uses & ~translated(x->new, x->old, old->uses);
	category_set less = old->uses & ~translated(x->old, x->new, new->uses);

	if (more != 0)
		add(x, &(struct change){ .direction = DIRECTION_LOOSEN, .what = CHANGED_USES, .word = word,
		    .arg = { {0}, names_of(x, x->new, more) }, .asks_consent = new->basis == BASIS_CONSENT });
	if (less != 0)
		say_word(x, CHANGED_USES, DIRECTION_TIGHTEN, word, names_of(x, x->old, less));
}

static void
compare_purpose(struct differ *x, const struct policy_purpose *old, const struct policy_purpose *new)
{
	const struct policy_word *word = word_get(WORDS_AIM, new->word);
	int pixel = new->pixel == NOT_SAID ? PIXEL_NONE : new->pixel;
	int before = old->pixel == NOT_SAID ? PIXEL_NONE : old->pixel;

	compare_uses(x, old, new);
	compare_sets(x, &(struct pair){ CHANGED_READERS, WORDS_READER, word, {0} }, old->readers, new->readers);
	compare_sets(x, &(struct pair){ CHANGED_CHANNELS, WORDS_CHANNEL, word, {0} }, old->channels, new->channels);
	if (pixel != before)
		say_word(x, CHANGED_PIXEL, loosened(pixel > before), word, (str){0});
	if (old->basis == new->basis)
		return;
	/* To ask is to promise more; any other ground asks less, or cannot be compared. */
	add(x, &(struct change){ .direction = loosened(new->basis != BASIS_CONSENT), .what = CHANGED_BASIS,
	    .word = word, .arg = { {0}, word_name(WORDS_BASIS, old->basis), word_name(WORDS_BASIS, new->basis) } });
}

static void
diff_purposes(struct differ *x)
{
	for (enum aim_word a = 0; a < AIM_COUNT; a++) {
		const struct policy_purpose *old = policy_purpose(x->old, a), *new = policy_purpose(x->new, a);

		if (old != NULL && new != NULL)
			compare_purpose(x, old, new);
		else if (old != NULL || new != NULL)
			say_word(x, CHANGED_PURPOSE, loosened(new != NULL), word_get(WORDS_AIM, a), (str){0});
	}
}

/* --- categories and their terms --- */

static str
fields_beyond(struct differ *x, const struct policy_category *k, const struct policy_category *beyond)
{
	struct buf b = buf_in(x->mem, WORDS_BYTES_MAX);

	for (size_t i = 0; i < k->fields_n; i++) {
		const struct field_row *row = field_row(k->fields[i]);
		bool both = false;

		for (size_t j = 0; j < beyond->fields_n; j++)
			both = both || beyond->fields[j] == k->fields[i];
		if (!both)
			buf_printf(&b, "%s%s.%s", b.n > 0 ? ", " : "",
			    word_get(WORDS_RECORD, row->record)->name, row->name);
	}
	return buf_str(&b);
}

static void
compare_flag(struct differ *x, enum change_what what, str name, str flag, const bool old_new[2])
{
	if (old_new[0] != old_new[1])
		say(x, what, loosened(old_new[0]), name, flag, (str){0});
}

static void
compare_category(struct differ *x, const struct policy_category *old, const struct policy_category *new)
{
	str more = fields_beyond(x, new, old), less = fields_beyond(x, old, new);

	if (more.n > 0)
		say(x, CHANGED_FIELDS, DIRECTION_LOOSEN, new->name, more, (str){0});
	if (less.n > 0)
		say(x, CHANGED_FIELDS, DIRECTION_TIGHTEN, new->name, less, (str){0});
	compare_sets(x, &(struct pair){ CHANGED_SUBJECTS, WORDS_SUBJECT, NULL, new->name }, old->subjects,
	    new->subjects);
	compare_flag(x, CHANGED_GUARD, new->name, S("encrypt"), (bool[]){ old->encrypt, new->encrypt });
	compare_flag(x, CHANGED_GUARD, new->name, S("pseudonym"), (bool[]){ old->pseudonym, new->pseudonym });
	compare_flag(x, CHANGED_GUARD, new->name, S("health"), (bool[]){ old->health, new->health });
}

/* Surely no longer than before: tightened.  Surely no shorter, or not to be compared: loosened. */
static enum direction
term_direction(struct differ *x, const struct term *old, const struct term *new)
{
	bool simple = old->kind == TERM_AFTER || old->kind == TERM_DURING;

	if (simple && term_at_most(x->new, new, old) == VERDICT_YES)
		return DIRECTION_TIGHTEN;
	simple = new->kind == TERM_AFTER || new->kind == TERM_DURING;
	return simple && term_at_least(x->old, old, new) == VERDICT_YES ? DIRECTION_TIGHTEN : DIRECTION_LOOSEN;
}

static void
compare_bound(struct differ *x, enum change_what what, str name, const struct term *old, const struct term *new)
{
	struct change c = { .what = what, .arg = { name } };

	if (str_eq(term_text(x, old), term_text(x, new)))
		return;
	if (what == CHANGED_FLOOR)
		c.direction = DIRECTION_NEUTRAL;
	else
		c.direction = loosened(new == NULL || (old != NULL && term_direction(x, old, new) == DIRECTION_LOOSEN));
	/* The one bound that the sentence names: that which went, or that which holds. */
	say_terms(x, &c, c.direction == DIRECTION_LOOSEN ? old : new, NULL);
}

static void
compare_keep(struct differ *x, str name, const struct policy_keep *old, const struct policy_keep *new)
{
	if (!str_eq(term_text(x, old->term), term_text(x, new->term)))
		say_terms(x, &(struct change){ .what = CHANGED_KEEP, .arg = { name },
		    .direction = term_direction(x, old->term, new->term) }, old->term, new->term);
	compare_bound(x, CHANGED_CEILING, name, old->ceiling, new->ceiling);
	compare_bound(x, CHANGED_FLOOR, name, old->floor, new->floor);
	if (old->disposal != new->disposal)
		say(x, CHANGED_DISPOSAL, loosened(new->disposal == DISPOSAL_ANONYMISE), name, (str){0}, (str){0});
	compare_flag(x, CHANGED_GUARD, name, S("apart"), (bool[]){ old->apart, new->apart });
	compare_flag(x, CHANGED_GUARD, name, S("signed"), (bool[]){ old->is_signed, new->is_signed });
	compare_flag(x, CHANGED_GUARD, name, S("archive"),
	    (bool[]){ old->archive.unit != UNIT_NONE, new->archive.unit != UNIT_NONE });
}

static void
compare_keeps(struct differ *x, size_t old, size_t new)
{
	str name = x->new->categories[new].name;

	for (int minor = 0; minor <= 1; minor++) {
		const struct policy_keep *before = policy_keep(x->old, old, minor == 1);
		const struct policy_keep *after = policy_keep(x->new, new, minor == 1);

		if (before != NULL && after != NULL)
			compare_keep(x, name, before, after);
		else if (before != NULL || after != NULL)
			say_terms(x, &(struct change){ .what = CHANGED_KEEP, .arg = { name },
			    .direction = DIRECTION_LOOSEN }, before == NULL ? NULL : before->term,
			    after == NULL ? NULL : after->term);
	}
}

static void
diff_categories(struct differ *x)
{
	for (size_t i = 0; i < x->new->categories_n; i++) {
		const struct policy_category *k = &x->new->categories[i];
		int old = policy_category(x->old, k->name);

		if (old < 0) {
			say(x, CHANGED_CATEGORY, DIRECTION_LOOSEN, k->name, (str){0}, (str){0});
			continue;
		}
		compare_category(x, &x->old->categories[old], k);
		compare_keeps(x, (size_t)old, i);
	}
	for (size_t i = 0; i < x->old->categories_n; i++)
		if (policy_category(x->new, x->old->categories[i].name) < 0)
			say(x, CHANGED_CATEGORY, DIRECTION_TIGHTEN, x->old->categories[i].name, (str){0}, (str){0});
}

/* --- traces --- */

static const struct policy_cookie *
cookie_named(const struct policy *p, str name)
{
	for (size_t i = 0; i < p->cookies_n; i++)
		if (str_eq(p->cookies[i].name, name))
			return &p->cookies[i];
	return NULL;
}

/* Until the browser closes is the shortest life. */
static void
compare_cookie(struct differ *x, const struct policy_cookie *old, const struct policy_cookie *new)
{
	bool session = new->life.unit == UNIT_NONE, before = old->life.unit == UNIT_NONE;

	if (!session && !before)
		compare_durations(x, CHANGED_COOKIE_LIFE, new->name, old->life, new->life);
	else if (session != before)
		add(x, &(struct change){ .what = CHANGED_COOKIE_LIFE, .direction = loosened(before),
		    .arg = { new->name, S("session"), S("session") },
		    .duration = { [1] = old->life, [2] = new->life } });
	if ((old->kind == COOKIE_KIND_CONSENT) != (new->kind == COOKIE_KIND_CONSENT))
		say(x, CHANGED_COOKIE_KIND, loosened(old->kind == COOKIE_KIND_CONSENT), new->name, (str){0}, (str){0});
}

static void
diff_cookies(struct differ *x)
{
	for (size_t i = 0; i < x->new->cookies_n; i++) {
		const struct policy_cookie *k = &x->new->cookies[i], *old = cookie_named(x->old, k->name);

		if (old == NULL)
			say(x, CHANGED_COOKIE, DIRECTION_LOOSEN, k->name, (str){0}, (str){0});
		else
			compare_cookie(x, old, k);
	}
	for (size_t i = 0; i < x->old->cookies_n; i++)
		if (cookie_named(x->new, x->old->cookies[i].name) == NULL)
			say(x, CHANGED_COOKIE, DIRECTION_TIGHTEN, x->old->cookies[i].name, (str){0}, (str){0});
}

static const struct policy_log *
log_named(const struct policy *p, str name)
{
	for (size_t i = 0; i < p->logs_n; i++)
		if (str_eq(p->logs[i].name, name))
			return &p->logs[i];
	return NULL;
}

static const struct policy_measure *
measure_named(const struct policy *p, str name)
{
	for (size_t i = 0; i < p->measures_n; i++)
		if (str_eq(p->measures[i].name, name))
			return &p->measures[i];
	return NULL;
}

static void
diff_logs(struct differ *x)
{
	for (size_t i = 0; i < x->new->logs_n; i++) {
		const struct policy_log *l = &x->new->logs[i], *old = log_named(x->old, l->name);

		compare_durations(x, CHANGED_LOG, l->name,
		    old == NULL ? (struct duration){ 1, UNIT_SECOND } : old->keep, l->keep);
	}
	for (size_t i = 0; i < x->new->measures_n; i++) {
		const struct policy_measure *m = &x->new->measures[i], *old = measure_named(x->old, m->name);

		if (old == NULL || !str_eq(old->through, m->through) || !same_duration(old->data, m->data))
			say(x, CHANGED_MEASURE, DIRECTION_LOOSEN, m->name, (str){0}, (str){0});
	}
	for (size_t i = 0; i < x->old->measures_n; i++)
		if (measure_named(x->new, x->old->measures[i].name) == NULL)
			say(x, CHANGED_MEASURE, DIRECTION_TIGHTEN, x->old->measures[i].name, (str){0}, (str){0});
}

/* --- recipients and transfers --- */

static const struct policy_recipient *
recipient_named(const struct policy *p, str name)
{
	for (size_t i = 0; i < p->recipients_n; i++)
		if (str_eq(p->recipients[i].name, name))
			return &p->recipients[i];
	return NULL;
}

static void
compare_recipient(struct differ *x, const struct policy_recipient *old, const struct policy_recipient *new)
{
	category_set more = new->receives & ~translated(x->new, x->old, old->receives);
	category_set less = old->receives & ~translated(x->old, x->new, new->receives);

	if (more != 0)
		say(x, CHANGED_GETS, DIRECTION_LOOSEN, new->name, names_of(x, x->new, more), (str){0});
	if (less != 0)
		say(x, CHANGED_GETS, DIRECTION_TIGHTEN, new->name, names_of(x, x->old, less), (str){0});
	if (old->place != new->place && old->place != NOT_SAID && new->place != NOT_SAID) {
		bool out = (word_get(WORDS_PLACE, new->place)->flags & WORD_EEA) == 0;

		say(x, CHANGED_PLACE, out ? DIRECTION_LOOSEN : DIRECTION_NEUTRAL, new->name,
		    word_name(WORDS_PLACE, old->place), word_name(WORDS_PLACE, new->place));
	}
	compare_flag(x, CHANGED_GUARD, new->name, S("hds"), (bool[]){ old->hds, new->hds });
	compare_flag(x, CHANGED_GUARD, new->name, S("on-grant"),
	    (bool[]){ old->grant.unit != UNIT_NONE, new->grant.unit != UNIT_NONE });
}

static bool
has_transfer(const struct policy *p, const struct policy_transfer *t)
{
	for (size_t i = 0; i < p->transfers_n; i++)
		if (p->transfers[i].place == t->place && p->transfers[i].mechanism == t->mechanism &&
		    str_eq(p->transfers[i].recipient, t->recipient))
			return true;
	return false;
}

static void
diff_transfers(struct differ *x, const struct policy *one, const struct policy *other, enum direction way)
{
	for (size_t i = 0; i < one->transfers_n; i++)
		if (one->transfers[i].place != NOT_SAID && !has_transfer(other, &one->transfers[i]))
			say(x, CHANGED_TRANSFER, way, word_name(WORDS_PLACE, one->transfers[i].place), (str){0},
			    (str){0});
}

static void
diff_recipients(struct differ *x)
{
	for (size_t i = 0; i < x->new->recipients_n; i++) {
		const struct policy_recipient *r = &x->new->recipients[i], *old = recipient_named(x->old, r->name);

		if (old == NULL)
			say(x, CHANGED_RECIPIENT, DIRECTION_LOOSEN, r->name, (str){0}, (str){0});
		else
			compare_recipient(x, old, r);
	}
	for (size_t i = 0; i < x->old->recipients_n; i++)
		if (recipient_named(x->new, x->old->recipients[i].name) == NULL)
			say(x, CHANGED_RECIPIENT, DIRECTION_TIGHTEN, x->old->recipients[i].name, (str){0}, (str){0});
	diff_transfers(x, x->new, x->old, DIRECTION_LOOSEN);
	diff_transfers(x, x->old, x->new, DIRECTION_TIGHTEN);
}

/* --- requests, sign-in, limits --- */

static const struct policy_right *
right_of(const struct policy *p, int right)
{
	for (size_t i = 0; i < p->rights_n; i++)
		if ((int)p->rights[i].right == right && p->rights[i].category == NOT_SAID)
			return &p->rights[i];
	return NULL;
}

static void
diff_rights(struct differ *x)
{
	for (int i = 0; i < RIGHT_COUNT; i++) {
		const struct policy_right *old = right_of(x->old, i), *new = right_of(x->new, i);
		str name = word_name(WORDS_RIGHT, i);

		if (old != NULL && new != NULL) {
			compare_durations(x, CHANGED_CLOCK, name, old->answer, new->answer);
			compare_durations(x, CHANGED_CLOCK, name, old->limit, new->limit);
		} else if (old != NULL || new != NULL) {
			say_word(x, CHANGED_RIGHT, loosened(new == NULL), word_get(WORDS_RIGHT, i), (str){0});
		}
	}
}

static const struct policy_login *
login_of(const struct policy *p, int reader)
{
	for (size_t i = 0; i < p->logins_n; i++)
		if ((p->logins[i].readers & BIT(reader)) != 0)
			return &p->logins[i];
	return NULL;
}

static void
diff_logins(struct differ *x)
{
	for (int i = 0; i < READER_COUNT; i++) {
		const struct policy_login *old = login_of(x->old, i), *new = login_of(x->new, i);
		str name = word_name(WORDS_READER, i);

		if (old == NULL || new == NULL)
			continue;
		if (old->factor != new->factor)
			say(x, CHANGED_LOGIN, loosened(new->factor != FACTOR_TWO), name,
			    word_name(WORDS_FACTOR, old->factor), word_name(WORDS_FACTOR, new->factor));
		compare_durations(x, CHANGED_IDLE, name, old->idle, new->idle);
		compare_durations(x, CHANGED_IDLE, name, old->absolute, new->absolute);
	}
}

static int64_t
limit_of(const struct policy *p, int limit)
{
	for (size_t i = 0; i < p->limits_n; i++)
		if ((int)p->limits[i].limit == limit)
			return p->limits[i].number;
	return 0;
}

/* More tries, longer links loosen; a longer shortest password tightens. */
static void
diff_limits(struct differ *x)
{
	for (int i = 0; i < LIMIT_COUNT; i++) {
		int64_t old = limit_of(x->old, i), new = limit_of(x->new, i);
		bool more_is_strict = i == LIMIT_PASSWORD_LENGTH_MIN || i == LIMIT_SIGNIN_LOCK;

		if (old != new && old != 0 && new != 0)
			say(x, CHANGED_LIMIT, loosened((new > old) != more_is_strict), word_name(WORDS_LIMIT, i),
			    str_of_int(x->mem, old), str_of_int(x->mem, new));
	}
}

/* --- copies, breaches, promises, texts --- */

static void
diff_copies(struct differ *x)
{
	for (int i = 0; i < SHARE_COUNT; i++) {
		const struct policy_backup *old = &x->old->backup[i], *new = &x->new->backup[i];
		str name = word_name(WORDS_SHARE, i);

		compare_durations(x, CHANGED_BACKUP, name, old->horizon, new->horizon);
		compare_durations(x, CHANGED_BACKUP, name, old->epoch, new->epoch);
		compare_flag(x, CHANGED_GUARD, name, S("sealed"), (bool[]){ old->sealed, new->sealed });
		compare_flag(x, CHANGED_GUARD, name, S("apart"), (bool[]){ old->apart, new->apart });
		if (old->daily != new->daily)
			say(x, CHANGED_BACKUP, loosened(new->daily > old->daily), name, str_of_int(x->mem, old->daily),
			    str_of_int(x->mem, new->daily));
	}
	compare_durations(x, CHANGED_BREACH, S("detect"), x->old->breach.detect, x->new->breach.detect);
	compare_durations(x, CHANGED_BREACH, S("tell-controller"), x->old->breach.tell_controller,
	    x->new->breach.tell_controller);
	compare_durations(x, CHANGED_BREACH, S("tell-authority"), x->old->breach.tell_authority,
	    x->new->breach.tell_authority);
	if (x->old->breach.budget != x->new->breach.budget)
		say(x, CHANGED_BREACH, loosened(x->new->breach.budget > x->old->breach.budget), S("budget"),
		    str_of_int(x->mem, x->old->breach.budget), str_of_int(x->mem, x->new->breach.budget));
}

/* A notice is the other way round: the longer the better. */
static void
diff_notices(struct differ *x)
{
	struct duration old = x->old->change[CHANGE_LOOSEN].notice, new = x->new->change[CHANGE_LOOSEN].notice;

	bool later = new.unit == UNIT_NONE || (old.unit != UNIT_NONE && duration_within(new, old));

	if (!same_duration(old, new))
		say_durations(x, &(struct change){ .direction = loosened(later), .what = CHANGED_NOTICE }, old, new);
}

static void
diff_vows(struct differ *x)
{
	for (int i = 0; i < VOW_COUNT; i++)
		if (((x->old->vows ^ x->new->vows) & BIT(i)) != 0)
			say_word(x, CHANGED_VOW, loosened((x->new->vows & BIT(i)) == 0), word_get(WORDS_VOW, i),
			    (str){0});
}

static void
diff_controllers(struct differ *x)
{
	for (size_t i = 0; i < x->new->controllers_n; i++) {
		const struct policy_controller *k = &x->new->controllers[i];
		bool same = false;

		for (size_t j = 0; j < x->old->controllers_n; j++)
			same = same || (str_eq(x->old->controllers[j].name, k->name) &&
			    str_eq(x->old->controllers[j].contact, k->contact) &&
			    x->old->controllers[j].complaint == k->complaint);
		if (!same)
			say(x, CHANGED_CONTROLLER, DIRECTION_NEUTRAL, k->name, (str){0}, (str){0});
	}
}

/* --- all together --- */

static int
by_direction(const struct change *a, const struct change *b)
{
	return (int)b->direction - (int)a->direction;
}

/* A stable sort: few changes, most of them in order already. */
static void
sort(struct change *list, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct change c = list[i];
		size_t at = i;

		for (; at > 0 && by_direction(&list[at - 1], &c) > 0; at--)
			list[at] = list[at - 1];
		list[at] = c;
	}
}

struct change_list
policy_diff(struct arena *mem, const struct policy *old, const struct policy *new)
{
	struct differ x = { .mem = mem, .old = old, .new = new };

	diff_purposes(&x);
	diff_categories(&x);
	diff_cookies(&x);
	diff_logs(&x);
	diff_recipients(&x);
	diff_rights(&x);
	diff_logins(&x);
	diff_limits(&x);
	diff_copies(&x);
	diff_notices(&x);
	diff_vows(&x);
	diff_controllers(&x);
	sort(x.list, x.n);
	return (struct change_list){ x.list, x.n };
}

str
direction_name(enum direction d)
{
	static const char *const names[] = {
		[DIRECTION_NEUTRAL] = "neutral", [DIRECTION_TIGHTEN] = "tighten", [DIRECTION_LOOSEN] = "loosen",
	};

	return str_c(names[d]);
}

static void
argument_words(const struct change *c, size_t i, enum lang lang, struct buf *out)
{
	if (i == 0 && c->word != NULL)
		buf_add(out, str_c(c->word->label[lang]));
	else if (c->term[i] != NULL)
		term_words(c->term[i], lang, out);
	else if (c->duration[i].unit != UNIT_NONE)
		duration_words(c->duration[i], lang, out);
	else
		buf_add(out, c->arg[i]);
}

void
change_sentence(const struct change *c, enum lang lang, struct buf *out)
{
	const char *text = rows[c->what].text[lang][c->direction != DIRECTION_LOOSEN];

	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] != '{' || p[1] < '1' || p[1] > '3') {
			buf_byte(out, *p);
			continue;
		}
		argument_words(c, (size_t)(p[1] - '1'), lang, out);
		p += 2;
	}
}

void
policy_diff_print(const struct policy *old, const struct policy *new, enum lang lang, struct buf *out)
{
	struct change_list l = policy_diff(out->mem, old, new);
	size_t n[3] = {0};

	for (size_t i = 0; i < l.n; i++) {
		n[l.list[i].direction]++;
		buf_printf(out, "%.*s\t", STR_FMT(direction_name(l.list[i].direction)));
		change_sentence(&l.list[i], lang, out);
		if (l.list[i].asks_consent)
			buf_add(out, lang == LANG_FR ? S(" (nouveau consentement)") : S(" (consent is asked again)"));
		buf_byte(out, '\n');
	}
	buf_printf(out, "%zu loosen, %zu tighten, %zu neutral\n", n[DIRECTION_LOOSEN], n[DIRECTION_TIGHTEN],
	    n[DIRECTION_NEUTRAL]);
}
