/*
 * page_agenda_new.c - a new appointment by the practice: who, why, when; alone or
 * every week.  Searching for the patient is a post to this same form, so that no
 * name ever stands in an address, a history or a log.
 */
#include "asset_names.h"
#include "format/birth.h"
#include "format/contact.h"
#include "practice/booking_undo.h"
#include "practice/person_search.h"
#include "web/page_agenda_change.h"
#include "web/page_agenda_new.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_agenda_new,
	{ "praticien", 20, false }, { "motif", 20, false }, { "debut", 20, false }, { "jour", 10, false },
	{ "date", 10, false }, { "heure", 10, false }, { "creneau", 20, false }, { "minutes", 5, false },
	{ "note", BOOKING_NOTE_MAX, false }, { "retour", 1000, false }, { "cle", 20, false },
	{ "q", PERSON_SEARCH_QUERY_MAX, false }, { "chercher", 1, false }, { "patient", 20, false },
	{ "nom", 80, false }, { "prenom", 80, false }, { "naissance", 20, false }, { "email", 254, false },
	{ "telephone", 30, false }, { "doublon", 1, false },
	{ "repeter", 1, false }, { "fois", 3, false }, { "jusqu", 10, false }, { "sauter", 1, false },
	{ "prevenir", 1, false }, { "entre-deux", 1, false });

static bool
is_new(const struct new_form *f)
{
	return str_eq(f->patient, S("nouveau"));
}

/* ---- what was typed, or asked for by the address ---- */

static void
when_read(struct web *w, struct new_form *f)
{
	str asked = web_field(w, "creneau").n > 0 ? web_field(w, "creneau") : web_field(w, "debut");
	usec at;

	f->date = web_field(w, "date").n > 0 ? web_field(w, "date") : web_field(w, "jour");
	f->hour = web_field(w, "heure");
	if (!agenda_moment_read(w->zone, asked, &at))
		return;
	struct civil local = zone_local(w->zone, at);
	f->date = civil_iso_date(w->c.mem, local.day);
	f->hour = str_printf(w->c.mem, "%02d:%02d", local.minute / 60, local.minute % 60);
}

static void
typed(struct web *w, struct new_form *f)
{
	f->whom = web_field(w, "praticien");
	f->motive = web_field(w, "motif");
	f->minutes = web_field(w, "minutes");
	f->note = web_field(w, "note");
	f->back = web_field(w, "retour");
	f->key = web_field(w, "cle");
	f->query = web_field(w, "q");
	f->patient = web_field(w, "patient");
	f->family = web_field(w, "nom");
	f->given = web_field(w, "prenom");
	f->birth_date = web_field(w, "naissance");
	f->email = web_field(w, "email");
	f->phone = web_field(w, "telephone");
	f->repeat = web_field(w, "repeter").n > 0 ? web_field(w, "repeter") : S("0");
	f->times = web_field(w, "fois");
	f->until = web_field(w, "jusqu");
	f->told = w->http->method != HTTP_POST || web_field_sent(w, "prevenir");
	when_read(w, f);
	if (f->key.n == 0)
		f->key = str_of_int(w->c.mem, ctx_id(&w->c));
	if (!out_url_is_local(f->back))
		f->back = (str){0};
}

static err
choices_read(struct web *w, struct new_form *f)
{
	struct practitioner *all;
	struct motive *motives, *own;
	id who = w->session.practitioner;
	size_t own_n;

	TRY(practitioner_list(&w->c, false, &all, &f->practitioners_n));
	f->practitioners = practitioner_choices(w, all, f->practitioners_n);
	if (f->whom.n == 0 && who == 0 && f->practitioners_n > 0)
		who = all[0].id;
	if (f->whom.n == 0 && who != 0)
		f->whom = str_of_int(w->c.mem, who);
	TRY(motive_list(&w->c, false, &motives, &f->motives_n));
	f->motives = NEW_N(w->c.mem, struct choice, f->motives_n);
	for (size_t i = 0; i < f->motives_n; i++)
		f->motives[i] = (struct choice){ .value = str_of_int(w->c.mem, motives[i].id),
		    .label = str_printf(w->c.mem, "%.*s (%.*s)", STR_FMT(motives[i].name),
			STR_FMT(text_duration(w->c.mem, w->c.lang, motives[i].minutes))) };
	if (f->motive.n > 0 || !str_int(f->whom, 1, INT64_MAX, &who))
		return OK;
	err e = motive_list_for(&w->c, who, false, &own, &own_n);
	if (e == OK && own_n > 0)
		f->motive = str_of_int(w->c.mem, own[0].id);
	return e == ERR_NOT_FOUND ? OK : e;
}

/* ---- the patient ---- */

struct found_person
found_line(struct web *w, const struct person *p)
{
	struct ctx *c = &w->c;
	day born, today = zone_local(w->zone, c->now).day;
	str detail = {0}, phone = phone_display(c->mem, p->phone);

	if (civil_parse_date(p->birth_date, &born) && born <= today)
		detail = str_printf(c->mem, "%.*s, %.*s", STR_FMT(text_date_numeric(c->mem, c->lang, born)),
		    STR_FMT(text_age(c->mem, c->lang, born, today)));
	/* The end tells homonyms apart; the whole number need not stand on every screen. */
	if (phone.n > 5)
		detail = str_printf(c->mem, "%.*s%s… %.*s", STR_FMT(detail), detail.n > 0 ? ", " : "",
		    STR_FMT(str_slice(phone, phone.n - 5, phone.n)));
	return (struct found_person){ .value = str_of_int(c->mem, p->id),
	    .name = person_name_by_family(c->mem, p), .detail = detail };
}

static err
search(struct web *w, str query, struct new_form *f)
{
	struct person *people;
	size_t n;

	TRY(person_search(&w->c, query, &people, &n, &f->more));
	f->searched = query.n > 0;
	f->found = NEW_N(w->c.mem, struct found_person, n + 1);
	f->found_n = n;
	for (size_t i = 0; i < n; i++)
		f->found[i] = found_line(w, &people[i]);
	return OK;
}

/* The one chosen before stays in the list, whatever is searched. */
static err
keep_chosen(struct web *w, struct new_form *f)
{
	struct person p;
	id chosen;

	if (!str_int(f->patient, 1, INT64_MAX, &chosen))
		return OK;
	for (size_t i = 0; i < f->found_n; i++)
		if (str_eq(f->found[i].value, f->patient))
			return OK;
	err e = person_get(&w->c, PURPOSE_DESK, chosen, &p);
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	if (f->found == NULL)
		f->found = NEW(w->c.mem, struct found_person);
	f->found[f->found_n++] = found_line(w, &p);
	return OK;
}

static void
person_error(struct web *w, enum person_field field)
{
	static const struct { const char *field, *words; } rows[] = {
		[PERSON_FIELD_family] = { "nom", T("Give the family name.") },
		[PERSON_FIELD_given] = { "prenom", T("Give the given name.") },
		[PERSON_FIELD_birth_date] = { "naissance", T("Give a birth date like 12/03/1980, or leave it empty.") },
		[PERSON_FIELD_email] = { "email", T("This is not an e-mail address; it may stay empty.") },
		[PERSON_FIELD_phone] = { "telephone", T("This is not a phone number; it may stay empty.") },
		[PERSON_FIELD_lang] = { NULL, T("Something in this form is not right") },
	};

	web_error(w, rows[field].field, text(w->c.lang, rows[field].words));
}

/*
 * Somebody of the same family name and birth date, or of the same names where no
 * date was given, may be the same (ux-5): they are shown before another is made.
 */
static err
look_for_double(struct web *w, const struct person *p, day born, struct new_form *f)
{
	struct civil_date d = civil_date(born);
	str query = p->birth_date.n > 0 ?
	    str_printf(w->c.mem, "%.*s %02d%02d%04d", STR_FMT(p->family), d.day, d.month, d.year) :
	    str_printf(w->c.mem, "%.*s %.*s", STR_FMT(p->family), STR_FMT(p->given));

	if (web_field_sent(w, "doublon"))
		return OK;
	/* A name too long to be searched has no double to show. */
	err e = search(w, query, f);
	if (e == ERR_TOO_LARGE)
		return OK;
	TRY(e);
	if (f->found_n > 0) {
		f->doubtful = true;
		web_error(w, "patient", text(w->c.lang,
		    T("A patient like this one exists already: choose them, or say that it is somebody else.")));
	}
	return OK;
}

static err
new_person(struct web *w, struct new_form *f, struct person *ret)
{
	struct person p = { .family = f->family, .given = f->given, .email = f->email, .phone = f->phone,
	    .lang = w->org.lang };
	day born = 0;
	enum person_field wrong = PERSON_SOUND;

	if (f->birth_date.n > 0 && !birth_parse(f->birth_date, zone_local(w->zone, w->c.now).day, &born))
		wrong = PERSON_FIELD_birth_date;
	else if (f->birth_date.n > 0)
		p.birth_date = civil_iso_date(w->c.mem, born);
	if (wrong == PERSON_SOUND)
		wrong = person_clean(&w->c, false, &p);
	if (wrong != PERSON_SOUND) {
		person_error(w, wrong);
		return OK;
	}
	*ret = p;
	return look_for_double(w, &p, born, f);
}

/* ---- the appointment ---- */

struct order {
	struct booking_ask	 ask;
	struct booking_who	 who;
	struct person		 fresh;		/* to be made, when who.person is 0 */
	struct series_rule	 rule;		/* every_weeks 0: once */
};

static void
order_when(struct web *w, const struct new_form *f, struct booking_ask *ask)
{
	if (!agenda_moment_of(w->zone, f->date, f->hour, &ask->start))
		web_error(w, "heure", text(w->c.lang, T("Give a date and an hour that exist, for example 10 h 35.")));
	else if (ask->start % (DAY_ROW_MINUTES * USEC_PER_MINUTE) != 0)
		web_error(w, "heure", text(w->c.lang, T("Appointments begin on a multiple of five minutes.")));
}

static err
order_motive(struct web *w, struct booking_ask *ask)
{
	struct motive m;
	int64_t minutes;

	if (!web_field_id(w, "praticien", &ask->practitioner))
		web_error(w, "praticien", text(w->c.lang, T("Choose a practitioner.")));
	if (!web_field_id(w, "motif", &ask->motive)) {
		web_error(w, "motif", text(w->c.lang, T("Choose a motive.")));
		return OK;
	}
	if (web_field(w, "minutes").n == 0) {
		err e = motive_get(&w->c, ask->motive, &m);

		if (e == ERR_NOT_FOUND)
			web_error(w, "motif", text(w->c.lang, T("Choose a motive.")));
		ask->minutes = e == OK ? m.minutes : 0;
		return e == ERR_NOT_FOUND ? OK : e;
	}
	if (!web_field_int(w, "minutes", DAY_ROW_MINUTES, BOOKING_MINUTES_MAX, &minutes) ||
	    minutes % DAY_ROW_MINUTES != 0)
		web_error(w, "minutes", text(w->c.lang, T("Give a duration in steps of five minutes.")));
	else
		ask->minutes = (int)minutes;
	return OK;
}

static void
order_rule(struct web *w, const struct new_form *f, struct series_rule *rule)
{
	int64_t every = 0, times = 0;

	if (!web_field_int(w, "repeter", 1, SERIES_WEEKS_MAX, &every))
		return;
	rule->every_weeks = (int)every;
	if (f->until.n > 0 && !civil_parse_date(f->until, &rule->until))
		web_error(w, "jusqu", text(w->c.lang, T("Give the last date, or how many times.")));
	else if (f->until.n == 0 && !web_field_int(w, "fois", 2, BOOKING_SERIES_MAX, &times))
		web_error(w, "fois", FILL(w->c.mem, w->c.lang,
		    T("Give how many times, from 2 to {max}, or the last date."),
		    ARG("max", str_of_int(w->c.mem, BOOKING_SERIES_MAX))));
	rule->times = (int)times;
}

static err
order_read(struct web *w, struct new_form *f, struct order *ret)
{
	struct person p;

	ret->ask = (struct booking_ask){ .source = SOURCE_STAFF, .quiet = !f->told, .note = f->note,
	    .overlap = web_field_sent(w, "entre-deux"), .idempotency_key = f->key };
	TRY(order_motive(w, &ret->ask));
	order_when(w, f, &ret->ask);
	order_rule(w, f, &ret->rule);
	if (is_new(f))
		return new_person(w, f, &ret->fresh);
	if (!str_int(f->patient, 1, INT64_MAX, &ret->who.person) ||
	    person_get(&w->c, PURPOSE_DESK, ret->who.person, &p) != OK)
		web_error(w, "patient", text(w->c.lang, T("Search and choose the patient, or enter a new one.")));
	return OK;
}

static err
show(struct web *w, struct new_form *f, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("New appointment")),
	    .script = str_c(ASSET_AGENDA_JS) };

	f->layout = &l;
	TRY(choices_read(w, f));
	TRY(keep_chosen(w, f));
	struct out *o = view_begin(w, &l);
	page_agenda_new_view(o, f);
	return view_end(w, o, status);
}

static err
refused(struct web *w, struct new_form *f, const struct order *order)
{
	struct clash clash;

	TRY(clash_read(w, &(struct clash_ask){ .practitioner = order->ask.practitioner,
	    .motive = order->ask.motive, .start = order->ask.start, .minutes = order->ask.minutes,
	    .beside = order->ask.overlap }, &clash));
	f->clash = &clash;
	return show(w, f, 409);
}

static err
done(struct web *w, const struct new_form *f, const struct booking *b, str undo, const char *notice)
{
	struct civil at = zone_local(w->zone, b->start);
	str to = f->back.n > 0 ? f->back : str_printf(w->c.mem, "/agenda?date=%.*s",
	    STR_FMT(civil_iso_date(w->c.mem, at.day)));

	return agenda_return(w, to, &(struct undo_offer){ b->id, undo, {0} }, notice);
}

static void
list_dates(struct web *w, const usec *starts, size_t n, struct new_form *f)
{
	f->series_clashes = NEW_N(w->c.mem, str, n);
	for (size_t i = 0; i < n; i++)
		if (starts[i] >= 0)
			f->series_clashes[f->series_clashes_n++] = text_date_year(w->c.mem, w->c.lang,
			    zone_local(w->zone, starts[i]).day);
}

/* Dates that are taken are shown first; only when that was seen are they left out. */
static err
create_series(struct web *w, struct new_form *f, struct order *order)
{
	struct series_result made;
	usec *starts, *taken;
	size_t n, taken_n;
	str undo;

	if (series_starts(w->c.mem, w->zone, order->ask.start, &order->rule, &starts, &n) != OK) {
		web_error(w, "jusqu", text(w->c.lang, T("Give the last date, or how many times.")));
		return show(w, f, 422);
	}
	order->ask.idempotency_key = (str){0};
	TRY(series_clashes(&w->c, &order->ask, starts, n, &taken, &taken_n));
	if (taken_n > 0 && !order->ask.overlap && !web_field_sent(w, "sauter")) {
		list_dates(w, taken, taken_n, f);
		f->series_n = n - taken_n;
		return show(w, f, 409);
	}
	err e = series_create(&w->c, &order->ask, &order->who, starts, n, &made);
	if (e == ERR_CONFLICT)
		return refused(w, f, order);
	TRY(e);
	struct undo_series all = { .act = UNDO_CREATE, .shown_by = made.done[0].id, .is = made.done, .n = made.done_n };
	TRY(booking_undo_of_series(&w->c, &all, &undo));
	return done(w, f, &made.done[0], undo, made.clashes_n > 0 ? "serie-en-partie" : "serie-creee");
}

static err
create(struct web *w, struct new_form *f, struct order *order)
{
	struct person_prepared fresh;
	struct booking made;
	str undo;

	if (order->who.person == 0) {
		TRY(person_prepare(&w->c, &order->fresh, &fresh));
		order->who.fresh = &fresh;
	}
	if (order->rule.every_weeks > 0)
		return create_series(w, f, order);
	/* The same form sent twice makes one appointment. */
	order->ask.request_hash = str_printf(w->c.mem, "%lld %lld %lld", (long long)order->ask.practitioner,
	    (long long)order->ask.motive, (long long)order->ask.start);
	err e = booking_create(&w->c, &order->ask, &order->who, &made);
	if (e == ERR_CONFLICT)
		return refused(w, f, order);
	if (e == ERR_NOT_FOUND || e == ERR_INVALID) {
		web_error(w, e == ERR_NOT_FOUND ? "motif" : NULL, text(w->c.lang, e == ERR_NOT_FOUND ?
		    T("This practitioner does not offer this motive.") :
		    T("This form has already made another appointment. Open a new one.")));
		return show(w, f, 422);
	}
	TRY(e);
	TRY(booking_undo_of_create(&w->c, &made, &undo));
	return done(w, f, &made, undo, "cree");
}

err
page_agenda_new(struct web *w)
{
	struct new_form f = {0};

	typed(w, &f);
	return show(w, &f, 200);
}

err
page_agenda_new_send(struct web *w)
{
	struct new_form f = {0};
	struct order order = {0};

	typed(w, &f);
	if (web_field_sent(w, "chercher")) {
		err e = search(w, f.query, &f);

		if (e == ERR_TOO_LARGE)
			web_error(w, "q", text(w->c.lang, T("Search with fewer words.")));
		else
			TRY(e);
		return show(w, &f, w->errors_n > 0 ? 422 : 200);
	}
	TRY(order_read(w, &f, &order));
	if (w->errors_n > 0)
		return show(w, &f, 422);
	return create(w, &f, &order);
}
