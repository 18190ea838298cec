/*
 * compile.c - declarations to lists: names resolved, words gathered.  What may
 * not be promised is refused by check_*.c, over what was gathered here.
 */
#include "oath/compile.h"
#include "oath/grammar.h"

/* --- reading a declaration --- */

struct where
compile_at(const struct declaration *d, enum attribute_word word)
{
	const struct attribute *a = syntax_get(d, word);

	return a != NULL ? a->where : d->where;
}

static int
word_of(const struct declaration *d, enum attribute_word word)
{
	const struct attribute *a = syntax_get(d, word);

	return a != NULL ? (int)a->number : NOT_SAID;
}

static uint64_t
words_in(const struct declaration *d, enum attribute_word word)
{
	const struct attribute *a = syntax_get(d, word);
	uint64_t set = 0;

	for (size_t i = 0; a != NULL && i < a->n; i++)
		set |= UINT64_C(1) << a->items[i].number;
	return set;
}

static str
text_of(const struct declaration *d, enum attribute_word word)
{
	const struct attribute *a = syntax_get(d, word);

	return a != NULL ? a->text : (str){0};
}

static struct duration
duration_of(const struct declaration *d, enum attribute_word word)
{
	const struct attribute *a = syntax_get(d, word);

	return a != NULL ? a->duration : (struct duration){0};
}

static int64_t
number_of(const struct declaration *d, enum attribute_word word)
{
	const struct attribute *a = syntax_get(d, word);

	return a != NULL ? a->number : 0;
}

static const struct term *
term_of(const struct declaration *d, enum attribute_word word)
{
	const struct attribute *a = syntax_get(d, word);

	return a != NULL ? a->term : NULL;
}

static bool
has(const struct declaration *d, enum attribute_word word)
{
	return syntax_get(d, word) != NULL;
}

/* --- names --- */

int
policy_category(const struct policy *p, str name)
{
	for (size_t i = 0; i < p->categories_n; i++)
		if (str_eq(p->categories[i].name, name))
			return (int)i;
	return -1;
}

/* Its index, or -1, and it was said. */
static int
category_named(struct compiler *c, str name, struct where w)
{
	int found = policy_category(c->p, name), best = INT32_MAX;
	str near = {0};

	for (size_t i = 0; found < 0 && i < c->p->categories_n; i++)
		if (word_nearer(name, c->p->categories[i].name, &best))
			near = c->p->categories[i].name;
	if (found < 0)
		COMPLAIN(c->d, E203, w, name, near);
	return found;
}

static category_set
categories_in(struct compiler *c, const struct declaration *d, enum attribute_word word)
{
	const struct attribute *a = syntax_get(d, word);
	category_set set = 0;

	for (size_t i = 0; a != NULL && i < a->n; i++) {
		int found = category_named(c, a->items[i].text, a->items[i].where);

		if (found >= 0)
			set |= (category_set)1 << found;
	}
	return set;
}

/* --- who and what --- */

static void
take_policy(struct compiler *c, const struct declaration *d)
{
	c->p->title = text_of(d, ATTRIBUTE_NAME);
	c->p->version = number_of(d, ATTRIBUTE_VERSION);
	c->p->dated = text_of(d, ATTRIBUTE_DATED);
	c->p->tongues = (uint32_t)words_in(d, ATTRIBUTE_LANG);
	if (c->p->tongues == 0)
		c->p->tongues = BIT(TONGUE_FR);
}

static void
take_subject(struct compiler *c, const struct declaration *d)
{
	c->subjects |= (uint32_t)words_in(d, ATTRIBUTE_SUBJECTS);
}

static void
take_controller(struct compiler *c, const struct declaration *d)
{
	int trade = word_of(d, ATTRIBUTE_IS);

	c->p->controllers[c->p->controllers_n++] = (struct policy_controller){
		.name = text_of(d, ATTRIBUTE_NAME), .title = text_of(d, ATTRIBUTE_TITLE),
		.contact = text_of(d, ATTRIBUTE_CONTACT), .from = d,
		.trade = trade == NOT_SAID ? TRADE_PRACTICE : (enum trade_word)trade,
		.subjects = (uint32_t)words_in(d, ATTRIBUTE_OF),
		.answers = (uint32_t)words_in(d, ATTRIBUTE_ANSWERS), .complaint = word_of(d, ATTRIBUTE_COMPLAINT),
	};
}

static void
take_recipient(struct compiler *c, const struct declaration *d)
{
	c->p->recipients[c->p->recipients_n++] = (struct policy_recipient){
		.name = text_of(d, ATTRIBUTE_NAME), .title = text_of(d, ATTRIBUTE_TITLE), .from = d,
		.role = word_of(d, ATTRIBUTE_ROLE), .place = word_of(d, ATTRIBUTE_PLACE),
		.basis = word_of(d, ATTRIBUTE_BASIS), .hds = word_of(d, ATTRIBUTE_HDS) == ANSWER_YES,
		.receives = categories_in(c, d, ATTRIBUTE_GETS), .purposes = words_in(d, ATTRIBUTE_FOR),
		.grant = duration_of(d, ATTRIBUTE_ACCESS),
	};
}

static void
take_transfer(struct compiler *c, const struct declaration *d)
{
	c->p->transfers[c->p->transfers_n++] = (struct policy_transfer){
		.from = d, .place = word_of(d, ATTRIBUTE_TO), .mechanism = word_of(d, ATTRIBUTE_UNDER),
		.of = categories_in(c, d, ATTRIBUTE_OF), .recipient = text_of(d, ATTRIBUTE_RECIPIENT),
	};
}

static str
field_name(struct arena *mem, enum field f)
{
	const struct field_row *row = field_row(f);

	return str_printf(mem, "%s.%s", word_get(WORDS_RECORD, row->record)->name, row->name);
}

/* One envelope has one category: nobody can open half of it. */
static void
check_envelope(struct compiler *c, int category, enum field f, struct where w)
{
	const struct field_row *row = field_row(f);

	for (enum field other = 0; other < FIELD_COUNT && row->storage == STORAGE_SEALED; other++) {
		const struct field_row *beside = field_row(other);

		if (c->owner[other] == 0 || c->owner[other] == category + 1 || beside->record != row->record ||
		    strcmp(beside->column, row->column) != 0)
			continue;
		COMPLAIN(c->d, E208, w, field_name(c->mem, f), c->p->categories[c->owner[other] - 1].name);
		return;
	}
}

static void
take_field(struct compiler *c, int category, enum field f, struct where w)
{
	struct policy_category *k = &c->p->categories[category];

	if (c->owner[f] == category + 1) {
		COMPLAIN(c->d, E128, w, field_name(c->mem, f));
		return;
	}
	if (c->owner[f] != 0) {
		COMPLAIN(c->d, E207, w, field_name(c->mem, f), c->p->categories[c->owner[f] - 1].name, k->name);
		return;
	}
	check_envelope(c, category, f, w);
	c->owner[f] = category + 1;
	((enum field *)k->fields)[k->fields_n++] = f;
}

static void
take_fields(struct compiler *c, int category, const struct attribute *a)
{
	c->p->categories[category].fields = NEW_N(c->mem, enum field, FIELD_COUNT);
	for (size_t i = 0; i < a->n; i++) {
		const struct item *item = &a->items[i];
		enum record_word record = (enum record_word)item->number;

		for (enum field f = 0; f < FIELD_COUNT && str_eq(item->text, S("*")); f++)
			if (field_row(f)->record == record)
				take_field(c, category, f, item->where);
		if (!str_eq(item->text, S("*")))
			take_field(c, category, field_find(record, item->text), item->where);
	}
}

static void
take_category(struct compiler *c, const struct declaration *d)
{
	const struct attribute *fields = syntax_get(d, ATTRIBUTE_FIELDS);

	if (c->p->categories_n == POLICY_CATEGORIES_MAX) {
		COMPLAIN(c->d, E209, d->where, str_of_int(c->mem, POLICY_CATEGORIES_MAX));
		return;
	}
	c->p->categories[c->p->categories_n] = (struct policy_category){
		.name = text_of(d, ATTRIBUTE_NAME), .title = text_of(d, ATTRIBUTE_TITLE), .from = d,
		.subjects = (uint32_t)words_in(d, ATTRIBUTE_OF), .encrypt = has(d, ATTRIBUTE_ENCRYPT),
		.pseudonym = has(d, ATTRIBUTE_PSEUDONYM), .health = has(d, ATTRIBUTE_HEALTH),
		.freetext = has(d, ATTRIBUTE_FREETEXT),
	};
	if (fields != NULL)
		take_fields(c, (int)c->p->categories_n, fields);
	c->p->categories_n++;
}

static void
take_purpose(struct compiler *c, const struct declaration *d)
{
	struct policy_purpose u = {
		.word = (enum aim_word)word_of(d, ATTRIBUTE_NAME), .from = d,
		.uses = categories_in(c, d, ATTRIBUTE_USES), .basis = word_of(d, ATTRIBUTE_BASIS),
		.condition = word_of(d, ATTRIBUTE_CONDITION), .pixel = word_of(d, ATTRIBUTE_PIXEL),
		.only_if = word_of(d, ATTRIBUTE_ONLY_IF), .notice = text_of(d, ATTRIBUTE_NOTICE),
		.authorisation = text_of(d, ATTRIBUTE_AUTHORISATION),
		.readers = (uint32_t)words_in(d, ATTRIBUTE_READERS),
		.channels = (uint32_t)words_in(d, ATTRIBUTE_CHANNEL),
		.contents = (uint32_t)words_in(d, ATTRIBUTE_CONTENT), .transactional = has(d, ATTRIBUTE_TRANSACTIONAL),
	};

	if (u.readers == 0)
		u.readers = BIT(READER_SERVER);
	c->used |= u.uses;
	if ((int)u.word != NOT_SAID)
		c->p->purposes[c->p->purposes_n++] = u;
}

/* --- until when --- */

static void
resolve_term(struct compiler *c, struct term *t)
{
	if (t == NULL || t->kind != TERM_AS)
		return;
	int found = category_named(c, t->name, t->where);
	t->category = found < 0 ? SIZE_MAX : (size_t)found;
}

static void
take_keep(struct compiler *c, const struct declaration *d)
{
	const struct attribute *name = syntax_get(d, ATTRIBUTE_NAME), *term = syntax_get(d, ATTRIBUTE_TERM);
	const struct attribute *then = syntax_get(d, ATTRIBUTE_THEN);
	int category = name == NULL ? -1 : category_named(c, name->text, name->where);

	if (category >= 0 && !has(d, ATTRIBUTE_OF))
		c->kept |= (category_set)1 << category;
	if (category < 0 || term == NULL)
		return;
	resolve_term(c, term->term);
	c->p->keeps[c->p->keeps_n++] = (struct policy_keep){
		.category = (size_t)category, .from = d, .minor = has(d, ATTRIBUTE_OF), .term = term->term,
		.floor = term_of(d, ATTRIBUTE_FLOOR), .ceiling = term_of(d, ATTRIBUTE_CEILING),
		.active = duration_of(d, ATTRIBUTE_ACTIVE), .archive = duration_of(d, ATTRIBUTE_THEN),
		.disposal = then == NULL ? DISPOSAL_ERASE : (enum disposal_word)then->number,
		.apart = has(d, ATTRIBUTE_APART), .is_signed = has(d, ATTRIBUTE_SIGNED),
		.source = text_of(d, ATTRIBUTE_BY),
	};
}

/* --- the rest --- */

static void
take_cookie(struct compiler *c, const struct declaration *d)
{
	c->p->cookies[c->p->cookies_n++] = (struct policy_cookie){
		.name = text_of(d, ATTRIBUTE_NAME), .reason = text_of(d, ATTRIBUTE_REASON), .from = d,
		.kind = (enum cookie_kind_word)number_of(d, ATTRIBUTE_KIND), .life = duration_of(d, ATTRIBUTE_LIFE),
		.holds = (uint32_t)words_in(d, ATTRIBUTE_HOLDS), .on_demand = has(d, ATTRIBUTE_ON_DEMAND),
		.script = has(d, ATTRIBUTE_SCRIPT),
	};
}

static void
take_rights(struct compiler *c, const struct declaration *d)
{
	const struct attribute *rights = syntax_get(d, ATTRIBUTE_RIGHTS), *of = syntax_get(d, ATTRIBUTE_OF);

	for (size_t i = 0; rights != NULL && i < rights->n; i++) {
		c->p->rights[c->p->rights_n++] = (struct policy_right){
			.right = (enum right_word)rights->items[i].number, .from = d,
			.category = of == NULL ? NOT_SAID : category_named(c, of->text, of->where),
			.wait = duration_of(d, ATTRIBUTE_WAIT), .answer = duration_of(d, ATTRIBUTE_ANSWER),
			.limit = duration_of(d, ATTRIBUTE_LIMIT), .verify = word_of(d, ATTRIBUTE_VERIFY),
			.scope = word_of(d, ATTRIBUTE_SCOPE), .refuse_on_floor = has(d, ATTRIBUTE_REFUSE_ON_FLOOR),
			.at_once = has(d, ATTRIBUTE_AT_ONCE),
		};
	}
}

static void
take_login(struct compiler *c, const struct declaration *d)
{
	c->p->logins[c->p->logins_n++] = (struct policy_login){
		.readers = (uint32_t)words_in(d, ATTRIBUTE_READERS), .from = d,
		.factor = (enum factor_word)number_of(d, ATTRIBUTE_FACTOR),
		.idle = duration_of(d, ATTRIBUTE_IDLE), .absolute = duration_of(d, ATTRIBUTE_ABSOLUTE),
	};
}

static void
take_limit(struct compiler *c, const struct declaration *d)
{
	const struct attribute *amount = syntax_get(d, ATTRIBUTE_AMOUNT);

	if (amount == NULL)
		return;
	c->p->limits[c->p->limits_n++] = (struct policy_limit){
		.limit = (enum limit_word)number_of(d, ATTRIBUTE_NAME), .from = d,
		.number = amount->duration.unit == UNIT_NONE ? amount->number :
		    duration_seconds_least(amount->duration),
	};
}

static void
take_backup(struct compiler *c, const struct declaration *d)
{
	c->p->backup[number_of(d, ATTRIBUTE_NAME)] = (struct policy_backup){
		.declared = true, .sealed = has(d, ATTRIBUTE_SEALED), .apart = has(d, ATTRIBUTE_APART),
		.daily = number_of(d, ATTRIBUTE_DAILY), .monthly = number_of(d, ATTRIBUTE_MONTHLY),
		.epoch = duration_of(d, ATTRIBUTE_EPOCH), .horizon = duration_of(d, ATTRIBUTE_HORIZON),
	};
}

static void
take_breach(struct compiler *c, const struct declaration *d)
{
	c->p->breach = (struct policy_breach){
		.declared = true, .detect = duration_of(d, ATTRIBUTE_DETECT), .budget = number_of(d, ATTRIBUTE_BUDGET),
		.budget_per = duration_of(d, ATTRIBUTE_BUDGET),
		.tell_controller = duration_of(d, ATTRIBUTE_TELL_CONTROLLER),
		.tell_authority = duration_of(d, ATTRIBUTE_TELL_AUTHORITY),
		.tell_persons = word_of(d, ATTRIBUTE_TELL_PERSONS),
	};
}

static void
take_directives(struct compiler *c, const struct declaration *d)
{
	c->p->directives = (struct policy_directives){
		.declared = true, .on_record = has(d, ATTRIBUTE_ON_RECORD),
		.unless_floor = has(d, ATTRIBUTE_UNLESS_FLOOR),
		.otherwise = (enum after_death_word)number_of(d, ATTRIBUTE_ELSE),
	};
}

static void
take_log(struct compiler *c, const struct declaration *d)
{
	c->p->logs[c->p->logs_n++] = (struct policy_log){
		text_of(d, ATTRIBUTE_NAME), text_of(d, ATTRIBUTE_REASON), d, duration_of(d, ATTRIBUTE_KEEP) };
}

static void
take_measure(struct compiler *c, const struct declaration *d)
{
	c->p->measures[c->p->measures_n++] = (struct policy_measure){
		text_of(d, ATTRIBUTE_NAME), text_of(d, ATTRIBUTE_THROUGH), d, duration_of(d, ATTRIBUTE_DATA),
		word_of(d, ATTRIBUTE_BASIS) };
}

static void
take_change(struct compiler *c, const struct declaration *d)
{
	c->p->change[number_of(d, ATTRIBUTE_NAME)] = (struct policy_change){
		true, has(d, ATTRIBUTE_ARCHIVE), duration_of(d, ATTRIBUTE_NOTICE),
		(uint32_t)words_in(d, ATTRIBUTE_CHANNEL) };
}

static void
take_promise(struct compiler *c, const struct declaration *d)
{
	c->p->vows |= BIT(number_of(d, ATTRIBUTE_NAME));
}

static void
take_words(struct compiler *c, const struct declaration *d)
{
	(void)c;
	(void)d;
}

/* What others name comes first: early ones are read in a pass of their own. */
static const struct {
	void	(*take)(struct compiler *, const struct declaration *);
	bool	  early;
} takers[KEYWORD_COUNT] = {
	[KEYWORD_POLICY] = { take_policy, true }, [KEYWORD_SUBJECT] = { take_subject, true },
	[KEYWORD_CATEGORY] = { take_category, true }, [KEYWORD_CONTROLLER] = { take_controller, false },
	[KEYWORD_RECIPIENT] = { take_recipient, false }, [KEYWORD_TRANSFER] = { take_transfer, false },
	[KEYWORD_PURPOSE] = { take_purpose, false }, [KEYWORD_KEEP] = { take_keep, false },
	[KEYWORD_COOKIE] = { take_cookie, false }, [KEYWORD_RIGHTS] = { take_rights, false },
	[KEYWORD_DIRECTIVES] = { take_directives, false }, [KEYWORD_LOGIN] = { take_login, false },
	[KEYWORD_LIMIT] = { take_limit, false }, [KEYWORD_BACKUP] = { take_backup, false },
	[KEYWORD_BREACH] = { take_breach, false }, [KEYWORD_LOG] = { take_log, false },
	[KEYWORD_CHANGE] = { take_change, false }, [KEYWORD_MEASURE] = { take_measure, false },
	[KEYWORD_PROMISE] = { take_promise, false }, [KEYWORD_SECTION] = { take_words, false },
	[KEYWORD_SAY] = { take_words, false },
};

/* --- declared twice --- */

struct seen {
	str		key;
	uint32_t	line;
};

struct seen_set {
	struct seen	*slots;
	size_t		 room;	/* a power of two */
};

static uint64_t
hash_of(str key)
{
	uint64_t h = UINT64_C(14695981039346656037);	/* FNV-1a */

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * UINT64_C(1099511628211);
	return h;
}

static void
see(struct compiler *c, struct seen_set *set, str key, str name, struct where w)
{
	size_t at = (size_t)hash_of(key) & (set->room - 1);

	while (set->slots[at].line != 0 && !str_eq(set->slots[at].key, key))
		at = (at + 1) & (set->room - 1);
	if (set->slots[at].line != 0)
		COMPLAIN(c->d, E205, w, name, str_of_int(c->mem, set->slots[at].line));
	else
		set->slots[at] = (struct seen){ key, w.line };
}

/* What distinguishes declarations of one name: minors, the category of a right. */
static str
variant(const struct declaration *d)
{
	const struct attribute *of = syntax_get(d, ATTRIBUTE_OF);

	if (of == NULL || (d->keyword != KEYWORD_KEEP && d->keyword != KEYWORD_RIGHTS))
		return S("");
	return of->kind == VALUE_WORD ? S("minor") : of->text;
}

static void
see_declaration(struct compiler *c, struct seen_set *set, const struct declaration *d)
{
	const struct attribute *first = d->n > 0 ? &d->attributes[0] : NULL;
	str keyword = keyword_name(d->keyword);

	if (grammar_once(d->keyword)) {
		see(c, set, keyword, keyword, d->where);
		return;
	}
	if (d->keyword == KEYWORD_TRANSFER || d->keyword == KEYWORD_PROMISE || first == NULL)
		return;
	if (first->n == 0) {
		const struct slot *slots[SLOTS_MAX];

		(void)grammar_slots(d->keyword, slots);
		str name = first->kind == VALUE_WORD ? word_name(slots[0]->vocabulary, first->number) : first->text;
		see(c, set, str_printf(c->mem, "%.*s %.*s/%.*s", STR_FMT(keyword), STR_FMT(name), STR_FMT(variant(d))),
		    name, first->where);
	}
	for (size_t i = 0; i < first->n; i++)
		see(c, set, str_printf(c->mem, "%.*s %.*s/%.*s", STR_FMT(keyword), STR_FMT(first->items[i].text),
		    STR_FMT(variant(d))), first->items[i].text, first->items[i].where);
}

/* --- all together --- */

/* What comes first in its line was understood; without it the declaration is about nothing. */
static bool
is_about_something(const struct declaration *d)
{
	const struct slot *slots[SLOTS_MAX];
	size_t n = grammar_slots(d->keyword, slots);

	for (size_t i = 0; i < n && slots[i]->duty == PLACED; i++)
		if (syntax_get(d, slots[i]->word) == NULL)
			return false;
	return true;
}

static void
make_room(struct compiler *c)
{
	size_t n[KEYWORD_COUNT] = {0}, rights = 0;
	struct policy *p = c->p;

	for (size_t i = 0; i < p->syntax.n; i++) {
		const struct declaration *d = &p->syntax.declarations[i];

		n[d->keyword]++;
		if (d->keyword == KEYWORD_RIGHTS && d->n > 0)
			rights += d->attributes[0].n;
	}
	p->categories = NEW_N(c->mem, struct policy_category, POLICY_CATEGORIES_MAX);
	p->purposes = NEW_N(c->mem, struct policy_purpose, n[KEYWORD_PURPOSE]);
	p->keeps = NEW_N(c->mem, struct policy_keep, n[KEYWORD_KEEP]);
	p->cookies = NEW_N(c->mem, struct policy_cookie, n[KEYWORD_COOKIE]);
	p->rights = NEW_N(c->mem, struct policy_right, rights);
	p->controllers = NEW_N(c->mem, struct policy_controller, n[KEYWORD_CONTROLLER]);
	p->recipients = NEW_N(c->mem, struct policy_recipient, n[KEYWORD_RECIPIENT]);
	p->transfers = NEW_N(c->mem, struct policy_transfer, n[KEYWORD_TRANSFER]);
	p->logins = NEW_N(c->mem, struct policy_login, n[KEYWORD_LOGIN]);
	p->limits = NEW_N(c->mem, struct policy_limit, n[KEYWORD_LIMIT]);
	p->logs = NEW_N(c->mem, struct policy_log, n[KEYWORD_LOG]);
	p->measures = NEW_N(c->mem, struct policy_measure, n[KEYWORD_MEASURE]);
}

static void
gather(struct compiler *c)
{
	struct seen_set set = { .room = 256 };
	struct syntax *s = &c->p->syntax;
	size_t keys = 0;

	for (size_t i = 0; i < s->n; i++)
		keys += 1 + (s->declarations[i].n > 0 ? s->declarations[i].attributes[0].n : 0);
	while (set.room < 2 * keys)
		set.room *= 2;
	set.slots = NEW_N(c->mem, struct seen, set.room);
	for (int early = 1; early >= 0; early--) {
		for (size_t i = 0; i < s->n; i++) {
			const struct declaration *d = &s->declarations[i];

			if (takers[d->keyword].early != (early == 1) || !is_about_something(d))
				continue;
			see_declaration(c, &set, d);
			takers[d->keyword].take(c, d);
		}
	}
}

err
policy_compile(struct arena *mem, str source, struct diagnostics *d, const struct policy **ret)
{
	struct compiler *c = NEW(mem, struct compiler);

	*ret = NULL;
	c->mem = mem;
	c->d = d;
	c->p = NEW(mem, struct policy);
	c->p->syntax = syntax_parse(mem, source, d);
	if (c->p->syntax.n == 0)
		return ERR_INVALID;
	make_room(c);
	gather(c);
	check_people(c);
	check_data(c);
	check_time(c);
	check_traces(c);
	check_desk(c);
	*ret = c->p;
	return d->errors > 0 ? ERR_INVALID : OK;
}

/* --- asking --- */

const struct policy_purpose *
policy_purpose(const struct policy *p, enum aim_word word)
{
	for (size_t i = 0; i < p->purposes_n; i++)
		if (p->purposes[i].word == word)
			return &p->purposes[i];
	return NULL;
}

int
policy_category_of(const struct policy *p, enum field f)
{
	for (size_t i = 0; i < p->categories_n; i++)
		for (size_t j = 0; j < p->categories[i].fields_n; j++)
			if (p->categories[i].fields[j] == f)
				return (int)i;
	return -1;
}

const struct policy_keep *
policy_keep(const struct policy *p, size_t category, bool minor)
{
	for (size_t i = 0; i < p->keeps_n; i++)
		if (p->keeps[i].category == category && p->keeps[i].minor == minor)
			return &p->keeps[i];
	return NULL;
}
