/* agenda_view.c - see agenda_view.h. */
#include "practice/columns.h"
#include "web/agenda_view.h"

FORM(form_agenda,
	{ "vue", 10, false }, { "date", 10, false }, { "agendas", 100, true },
	{ "presents", 1, false }, { "feuille", 3, false }, { "coupe", 20, false }, { "libre", 20, false },
	{ "pour", 20, false }, { "apres", 20, false }, { "praticien", 20, false }, { "sens", 10, false },
	{ "defaire", 300, false }, { "rdv", 20, false });

static const char *const kind_names[] = {
	[AGENDA_DAY] = "jour", [AGENDA_WEEK] = "semaine", [AGENDA_COLUMNS] = "colonnes",
};

/* ---- the address ---- */

static const struct practitioner *
by_slug(const struct agenda_view *v, str slug)
{
	for (size_t i = 0; i < v->all_n; i++)
		if (str_eq(v->all[i].slug, slug))
			return &v->all[i];
	return NULL;
}

static void
choose(struct agenda_view *v, const struct practitioner *p, size_t max)
{
	if (p != NULL && v->chosen_n < max && agenda_practitioner(v->chosen, v->chosen_n, p->id) == NULL)
		v->chosen[v->chosen_n++] = *p;
}

/* Those that the address names; else one's own, or the account's choice; else all. */
static err
choose_columns(struct web *w, struct agenda_view *v)
{
	size_t max = v->kind == AGENDA_COLUMNS ? v->all_n : 1, kept_n = 0;
	id *kept;
	str slug;

	v->chosen = NEW_N(w->c.mem, struct practitioner, v->all_n + 1);
	for (size_t i = 0; web_field_nth(w, "agendas", i, &slug); i++)
		choose(v, by_slug(v, slug), max);
	v->chosen_by_hand = v->chosen_n > 0;
	if (v->kind == AGENDA_COLUMNS)
		TRY(columns_get(&w->c, &kept, &kept_n));
	else
		choose(v, agenda_practitioner(v->all, v->all_n, w->session.practitioner), max);
	for (size_t i = 0; !v->chosen_by_hand && i < kept_n; i++)
		choose(v, agenda_practitioner(v->all, v->all_n, kept[i]), max);
	bool none = v->chosen_n == 0;
	for (size_t i = 0; none && i < v->all_n; i++)
		choose(v, &v->all[i], max);
	return OK;
}

/* Of those chosen, who is there that day; and which sheet of them. */
static err
choose_there(struct web *w, struct agenda_view *v)
{
	struct day_query q = { .practitioners = v->chosen, .practitioners_n = v->chosen_n, .from = v->date, .days = 1 };
	bool *present = NEW_N(w->c.mem, bool, v->chosen_n + 1);
	int64_t sheet = 1;

	v->there = v->chosen;
	v->there_n = v->chosen_n;
	if (v->present_only) {
		TRY(day_present(&w->c, w->zone, &q, present));
		v->there = NEW_N(w->c.mem, struct practitioner, v->chosen_n + 1);
		v->there_n = 0;
		for (size_t i = 0; i < v->chosen_n; i++)
			if (present[i])
				v->there[v->there_n++] = v->chosen[i];
	}
	(void)web_field_int(w, "feuille", 1, (int64_t)(v->there_n / DAY_COLUMNS_MAX) + 1, &sheet);
	if ((size_t)(sheet - 1) * DAY_COLUMNS_MAX >= v->there_n)
		sheet = 1;
	v->sheet = (int)sheet - 1;
	return OK;
}

/* What was cut, if it still is there to be moved. */
static err
cut_read(struct web *w, struct agenda_view *v)
{
	struct booking b;
	id booking;

	if (!web_field_id(w, "coupe", &booking))
		return OK;
	err e = booking_get(&w->c, booking, &b);
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	if (b.state >= BOOKING_CONFIRMED && b.state <= BOOKING_DONE && b.kind != BOOKING_SESSION)
		v->cut = b;
	return OK;
}

err
agenda_view_read(struct web *w, struct agenda_view *ret)
{
	struct agenda_view v = { .today = zone_local(w->zone, w->c.now).day };
	str kind = web_field(w, "vue");

	v.kind = w->session.practitioner != 0 ? AGENDA_DAY : AGENDA_COLUMNS;
	for (size_t i = 0; i < COUNT(kind_names); i++)
		if (str_eq(kind, str_c(kind_names[i])))
			v.kind = (enum agenda_kind)i;
	if (!civil_parse_date(web_field(w, "date"), &v.date))
		v.date = v.today;
	v.present_only = str_eq(web_field(w, "presents"), S("1")) && v.kind == AGENDA_COLUMNS;
	TRY(practitioner_list(&w->c, false, &v.all, &v.all_n));
	TRY(choose_columns(w, &v));
	TRY(choose_there(w, &v));
	TRY(cut_read(w, &v));
	if (!agenda_moment_read(w->zone, web_field(w, "libre"), &v.marked) || !web_field_id(w, "pour", &v.marked_for))
		v.marked = 0;
	*ret = v;
	return OK;
}

struct day_query
agenda_query(const struct agenda_view *v)
{
	bool week = v->kind == AGENDA_WEEK;
	size_t first = (size_t)v->sheet * DAY_COLUMNS_MAX;

	return (struct day_query){ .practitioners = v->there + first,
	    .practitioners_n = (size_t)min64((int64_t)(v->there_n - first), DAY_COLUMNS_MAX),
	    .from = week ? civil_monday(v->date) : v->date, .days = week ? 7 : 1 };
}

err
agenda_version(struct web *w, const struct agenda_view *v, str *ret)
{
	struct day_query q = agenda_query(v);
	str version;

	TRY(day_version(&w->c, w->zone, &q, &version));
	/* Every five minutes the present moment has gone on, and what was free is past. */
	*ret = str_printf(w->c.mem, "%.*s-%lld", STR_FMT(version),
	    (long long)(w->c.now / (DAY_ROW_MINUTES * USEC_PER_MINUTE)));
	return OK;
}

static void
add_columns(struct buf *b, const struct agenda_view *v)
{
	/* A day or a week is of one; what the account has chosen need not be spelled out. */
	size_t n = v->kind != AGENDA_COLUMNS ? (size_t)min64(1, (int64_t)v->chosen_n) :
	    v->chosen_by_hand ? v->chosen_n : 0;

	for (size_t i = 0; i < n; i++) {
		buf_add(b, S("&agendas="));
		buf_url(b, v->chosen[i].slug);
	}
}

str
agenda_url_at(struct web *w, const struct agenda_view *v, const char *path)
{
	struct buf b = buf_in(w->c.mem, AGENDA_URL_BYTES_MAX);
	str head = str_printf(w->c.mem, "%s?vue=%s&date=%.*s", path, kind_names[v->kind],
	    STR_FMT(civil_iso_date(w->c.mem, v->date)));

	buf_add(&b, head);
	add_columns(&b, v);
	if (v->present_only)
		buf_add(&b, S("&presents=1"));
	if (v->sheet > 0)
		buf_printf(&b, "&feuille=%d", v->sheet + 1);
	if (v->cut.id != 0)
		buf_printf(&b, "&coupe=%lld", (long long)v->cut.id);
	return buf_ok(&b) ? buf_str(&b) : head;
}

str
agenda_url(struct web *w, const struct agenda_view *v)
{
	return agenda_url_at(w, v, "/agenda");
}

str
agenda_url_on(struct web *w, const struct agenda_view *v, day on)
{
	struct agenda_view other = *v;

	other.date = on;
	return agenda_url(w, &other);
}

str
agenda_url_as(struct web *w, const struct agenda_view *v, enum agenda_kind kind)
{
	struct agenda_view other = *v;

	other.kind = kind;
	other.present_only = v->present_only && kind == AGENDA_COLUMNS;
	other.sheet = kind == v->kind ? v->sheet : 0;
	/* From one agenda to columns: to all of them. */
	if (v->kind != AGENDA_COLUMNS && kind == AGENDA_COLUMNS)
		other.chosen_by_hand = false;
	return agenda_url(w, &other);
}

/* ---- shared words ---- */

static const struct { const char *words, *class; } states[] = {
	[BOOKING_HELD] = { T("being booked online"), "busy" },
	[BOOKING_CONFIRMED] = { T("confirmed"), "" },
	[BOOKING_ARRIVED] = { T("arrived"), "here" },
	[BOOKING_IN_CONSULTATION] = { T("in consultation"), "here" },
	[BOOKING_DONE] = { T("finished"), "done" },
	[BOOKING_NO_SHOW] = { T("did not come"), "gone" },
	[BOOKING_EXCUSED] = { T("excused"), "gone" },
	[BOOKING_CANCELLED] = { T("cancelled"), "gone" },
};

str
agenda_state_words(enum lang lang, enum booking_state state)
{
	return text(lang, states[state].words);
}

str
agenda_moment(struct arena *mem, const struct zone *zone, usec at)
{
	struct civil local = zone_local(zone, at);

	return str_printf(mem, "%.*sT%02d:%02d", STR_FMT(civil_iso_date(mem, local.day)),
	    local.minute / 60, local.minute % 60);
}

/* "9 h" and "21h" are hours too. */
static bool
hour_read(str typed, int *ret_minute)
{
	int64_t hour;

	if (civil_parse_hour(typed, ret_minute))
		return true;
	if (!str_ends(typed, S("h")) || !str_int(str_trim(str_slice(typed, 0, typed.n - 1)), 0, 23, &hour))
		return false;
	*ret_minute = (int)hour * 60;
	return true;
}

bool
agenda_moment_of(const struct zone *zone, str date, str hour, usec *ret)
{
	enum zone_kind kind;
	int minute;
	usec at;
	day on;

	if (!civil_parse_date(date, &on) || !hour_read(str_trim(hour), &minute))
		return false;
	at = zone_instant(zone, on, minute, &kind);
	if (kind == ZONE_GAP)
		return false;
	*ret = at;
	return true;
}

bool
agenda_moment_read(const struct zone *zone, str moment, usec *ret)
{
	str date;

	return str_split(&moment, 'T', &date) && agenda_moment_of(zone, date, moment, ret);
}

const struct practitioner *
agenda_practitioner(const struct practitioner *list, size_t n, id practitioner)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == practitioner)
			return &list[i];
	return NULL;
}

const struct motive *
agenda_motive(const struct motive *list, size_t n, id motive)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == motive)
			return &list[i];
	return NULL;
}

str
agenda_short_name(struct arena *mem, const struct practitioner *p)
{
	if (p->title.n > 0)
		return str_printf(mem, "%.*s %.*s", STR_FMT(p->title), STR_FMT(p->family));
	return practitioner_name(mem, p);
}

/* ---- the grid ---- */

struct painter {
	struct web		*w;
	const struct agenda_view *v;
	const struct practitioner *who;
	str			 who_words;	/* empty where every column is the same one's */
	day			 on;
};

static str
hour_of(const struct painter *p, int row)
{
	return text_hour(p->w->c.mem, p->w->c.lang, row * DAY_ROW_MINUTES);
}

/* A short name that is only the name cut off says less than the style's own cut. */
static str
motive_words(const struct motive *m)
{
	return m->short_name.n > 0 && !str_starts(m->name, m->short_name) ? m->short_name : m->name;
}

/* "arrived" and for how long; of the others, the word alone. */
static str
waiting_words(const struct painter *p, const struct booking *b)
{
	struct ctx *c = &p->w->c;
	str word = agenda_state_words(c->lang, b->state);

	if (b->state != BOOKING_ARRIVED || b->arrived_at == 0)
		return word;
	return FILL(c->mem, c->lang, T("arrived, waiting {duration}"), ARG("duration",
	    text_duration(c->mem, c->lang, (int)max64((c->now - b->arrived_at) / USEC_PER_MINUTE, 0))));
}

static str
joined(struct arena *mem, str list, str more)
{
	if (more.n == 0)
		return list;
	return list.n == 0 ? more : str_printf(mem, "%.*s, %.*s", STR_FMT(list), STR_FMT(more));
}

static void
paint_booking(const struct painter *p, struct agenda_item *item)
{
	struct ctx *c = &p->w->c;
	const struct day_item *d = item->day;
	const struct booking *b = d->booking;
	str minutes = text_duration(c->mem, c->lang, (int)((b->end - b->start) / USEC_PER_MINUTE));
	str words;

	item->url = str_printf(c->mem, "/agenda/rdv/%lld", (long long)b->id);
	item->name = d->name;
	item->state = states[b->state].class;
	item->tint = d->motive != NULL ? d->motive->colour : 6;
	if (b->kind == BOOKING_BLOCK) {
		item->name = text(c->lang, T("Blocked"));
		item->state = "block";
	} else if (b->kind == BOOKING_SESSION && d->motive != NULL) {
		item->name = d->motive->name;
		item->detail = FILL(c->mem, c->lang, T("{taken} of {places} places"),
		    ARG("taken", str_of_int(c->mem, b->seats_taken)),
		    ARG("places", str_of_int(c->mem, d->motive->capacity)));
	} else if (d->motive != NULL) {
		item->detail = motive_words(d->motive);
	}
	if (item->name.n == 0)
		item->name = agenda_state_words(c->lang, b->state);
	words = joined(c->mem, item->hour, item->name);
	words = joined(c->mem, words, b->kind == BOOKING_APPOINTMENT && d->motive != NULL ?
	    d->motive->name : item->detail);
	words = joined(c->mem, joined(c->mem, words, minutes), p->who_words);
	if (b->kind == BOOKING_APPOINTMENT && b->state != BOOKING_CONFIRMED) {
		str state = waiting_words(p, b);

		words = joined(c->mem, words, state);
		if (b->state == BOOKING_ARRIVED || b->state == BOOKING_IN_CONSULTATION)
			item->detail = state;
	}
	item->cut = b->id == p->v->cut.id;
	if (item->cut)
		item->state = "cut";
	item->words = d->beside ? joined(c->mem, words, text(c->lang, T("beside another one"))) : words;
}

/* Where a free time leads: to a new appointment, or to the move of what was cut. */
static str
free_url(const struct painter *p, usec at)
{
	struct web *w = p->w;
	struct buf url = buf_in(w->c.mem, 2 * AGENDA_URL_BYTES_MAX);
	struct agenda_view pasted = *p->v;

	if (p->v->cut.id == 0)
		buf_add(&url, S("/agenda/rdv/nouveau"));
	else
		buf_printf(&url, "/agenda/rdv/%lld", (long long)p->v->cut.id);
	buf_printf(&url, "?praticien=%lld&debut=%.*s", (long long)p->who->id,
	    STR_FMT(agenda_moment(w->c.mem, w->zone, at)));
	if (p->v->cut.id != 0) {
		pasted.cut.id = 0;
		buf_add(&url, S("&retour="));
		buf_url(&url, agenda_url(w, &pasted));
	}
	return buf_str(&url);
}

static void
paint_free(const struct painter *p, struct agenda_item *item)
{
	struct ctx *c = &p->w->c;
	const struct day_item *d = item->day;
	usec at = zone_instant(p->w->zone, p->on, d->start * DAY_ROW_MINUTES, NULL);

	item->url = free_url(p, at);
	/* A gap too short for the motive is still one: an appointment of its length. */
	if (p->v->cut.id == 0 && d->motive != NULL && d->end - d->start < d->motive->minutes / DAY_ROW_MINUTES)
		item->url = str_printf(c->mem, "%.*s&minutes=%d", STR_FMT(item->url),
		    (d->end - d->start) * DAY_ROW_MINUTES);
	item->marked = at == p->v->marked && p->who->id == p->v->marked_for;
	item->name = text(c->lang, p->v->cut.id != 0 ? T("paste here") : T("free"));
	item->words = joined(c->mem, joined(c->mem, item->hour, item->name), p->who_words);
}

static void
paint(const struct painter *p, const struct day_item *d, struct agenda_item *item)
{
	struct ctx *c = &p->w->c;

	*item = (struct agenda_item){ .day = d, .hour = hour_of(p, d->start), .state = "" };
	switch (d->kind) {
	case DAY_BOOKING:
		item->hour = text_hour(c->mem, c->lang, zone_local(p->w->zone, d->booking->start).minute);
		paint_booking(p, item);
		break;
	case DAY_FREE:
		paint_free(p, item);
		break;
	case DAY_ABSENCE:
		item->name = d->name.n > 0 ? d->name : text(c->lang, T("Absent"));
		break;
	case DAY_CLOSED:
		break;
	}
}

static void
head(const struct painter *p, const struct day_column *d, struct agenda_column *col)
{
	struct ctx *c = &p->w->c;
	bool week = p->v->kind == AGENDA_WEEK;
	struct agenda_view alone = *p->v;

	alone.kind = week ? AGENDA_DAY : p->v->kind == AGENDA_COLUMNS ? AGENDA_WEEK : AGENDA_DAY;
	alone.date = p->on;
	alone.chosen = (struct practitioner *)(uintptr_t)d->practitioner;
	alone.chosen_n = 1;
	alone.chosen_by_hand = true;
	alone.present_only = false;
	col->title = week ? text_date_short(c->mem, c->lang, p->on) : agenda_short_name(c->mem, p->who);
	col->words = joined(c->mem, practitioner_name(c->mem, p->who), text_date(c->mem, c->lang, p->on));
	alone.sheet = 0;
	col->url = p->v->kind == AGENDA_DAY ? (str){0} : agenda_url(p->w, &alone);
	if (d->appointments + d->free > 0)
		col->detail = str_printf(c->mem, "%d/%d", d->appointments, d->appointments + d->free);
}

err
agenda_grid_read(struct web *w, const struct agenda_view *v, struct agenda_grid *ret)
{
	bool week = v->kind == AGENDA_WEEK;
	struct day_query q = agenda_query(v);
	struct civil now = zone_local(w->zone, w->c.now);
	struct agenda_grid g = {0};
	struct day_table t;

	/* First: what changes while we read is then seen by the next look. */
	TRY(agenda_version(w, v, &g.version));
	TRY(day_read(&w->c, w->zone, &q, &t));
	/* A week end on which nobody receives takes no room. */
	while (week && t.n > 5 && !t.columns[t.n - 1].present)
		t.n--;
	g.columns = NEW_N(w->c.mem, struct agenda_column, t.n);
	g.n = t.n;
	g.first_hour = t.first_hour;
	g.last_hour = t.last_hour;
	g.motives = t.motives;
	g.motives_n = t.motives_n;
	for (size_t i = 0; i < t.n; i++) {
		const struct day_column *d = &t.columns[i];
		struct agenda_column *col = &g.columns[i];
		struct painter p = { .w = w, .v = v, .who = d->practitioner, .on = d->on };

		p.who_words = agenda_short_name(w->c.mem, d->practitioner);
		col->practitioner = d->practitioner->id;
		col->date = civil_iso_date(w->c.mem, d->on);
		col->today = d->on == v->today;
		col->now_row = col->today ? now.minute / DAY_ROW_MINUTES : -1;
		if (col->now_row < t.first_hour * 12 || col->now_row >= t.last_hour * 12)
			col->now_row = -1;
		head(&p, d, col);
		col->items = NEW_N(w->c.mem, struct agenda_item, d->n);
		col->n = d->n;
		for (size_t k = 0; k < d->n; k++) {
			paint(&p, &d->items[k], &col->items[k]);
			g.links += col->items[k].url.n > 0;
		}
	}
	*ret = g;
	return OK;
}
