/* page_practitioner.c - a practice, a practitioner, and the choice of a time. */
#include "practice/hours.h"
#include "web/appointment.h"
#include "web/page_booking.h"
#include "web/page_practitioner.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_practitioner, { "motif", 20, false }, { "du", 20, false });
FORM(form_choice, { "motif", 20, false }, { "debut", 40, false });

static struct offered_time
offered(struct web *w, const struct week_ask *ask, const struct slot *s)
{
	struct civil at = zone_local(w->zone, s->start);

	return (struct offered_time){
		.value = civil_rfc3339(w->c.mem, w->zone, s->start),
		.hour = text_hour(w->c.mem, w->c.lang, at.minute),
		.spoken = text_date_hour(w->c.mem, w->c.lang, at.day, at.minute),
		.places = ask->group ? s->places : 0,
	};
}

/* Each time says where it is, if they are not all at one place. */
static err
name_sites(struct web *w, const struct slot *slots, size_t n, struct offered_time *times)
{
	struct site *sites;
	size_t sites_n;
	bool mixed = false;

	for (size_t i = 1; i < n; i++)
		mixed |= slots[i].site != slots[0].site;
	if (!mixed)
		return OK;
	TRY(site_list(&w->c, false, &sites, &sites_n));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sites_n; k++)
			if (sites[k].id == slots[i].site)
				times[i].site = sites[k].name;
	return OK;
}

static err
times_of(struct web *w, const struct week_ask *ask, const struct slot *slots, size_t n,
    struct offered_time **ret)
{
	struct offered_time *times = NEW_N(w->c.mem, struct offered_time, n);

	for (size_t i = 0; i < n; i++)
		times[i] = offered(w, ask, &slots[i]);
	TRY(name_sites(w, slots, n, times));
	*ret = times;
	return OK;
}

static str
week_url(struct web *w, const struct week_ask *ask, day from)
{
	str date = civil_iso_date(w->c.mem, from);

	return str_printf(w->c.mem, "%.*s%sdu=%.*s", STR_FMT(ask->page),
	    str_find(ask->page, '?') >= 0 ? "&" : "?", STR_FMT(date));
}

/* Where the first free day is, when this week has none. */
static err
first_elsewhere(struct web *w, const struct week_ask *ask, day from, struct week *ret)
{
	struct slot_query q = { .motive = ask->motive, .practitioner = ask->practitioner,
	    .from = from, .days = SLOT_DAYS_MAX, .online = true };
	struct slot first;
	err e = slot_first(&w->c, &q, &first);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	day on = zone_local(w->zone, first.start).day;
	ret->first_day = text_date(w->c.mem, w->c.lang, on);
	ret->first_url = week_url(w, ask, on);
	return OK;
}

static void
into_days(struct web *w, const struct slot *slots, size_t n, day from, struct week *ret)
{
	size_t at = 0;

	for (ret->days_n = 0; ret->days_n < WEEK_DAYS; ret->days_n++) {
		struct offered_day *d = &ret->days[ret->days_n];
		day on = from + (day)ret->days_n;
		size_t first = at;

		while (at < n && zone_local(w->zone, slots[at].start).day == on)
			at++;
		d->name = text_date(w->c.mem, w->c.lang, on);
		d->times += first;
		d->n = at - first;
	}
}

static void
week_begin(struct web *w, const struct week_ask *ask, struct week *ret)
{
	*ret = (struct week){ .action = ask->action, .csrf = view_csrf(w), .motive = ask->motive,
	    .phone = w->org.phone };
}

err
week_read(struct web *w, const struct week_ask *ask, struct week *ret)
{
	day today = zone_local(w->zone, w->c.now).day, from = today;
	struct offered_time *times;
	struct slot *slots;
	size_t n;

	week_begin(w, ask, ret);
	if (ask->from.n > 0 && !civil_parse_date(ask->from, &from))
		return ERR_INVALID;
	if (from < today)
		from = today;
	struct slot_query q = { .motive = ask->motive, .practitioner = ask->practitioner,
	    .from = from, .days = WEEK_DAYS, .online = true };

	TRY(slot_find(&w->c, &q, &slots, &n));
	TRY(times_of(w, ask, slots, n, &times));
	for (size_t i = 0; i < WEEK_DAYS; i++)
		ret->days[i].times = times;
	into_days(w, slots, n, from, ret);
	ret->times_n = n;
	ret->range = FILL(w->c.mem, w->c.lang, T("From {from} to {to}"),
	    ARG("from", text_date(w->c.mem, w->c.lang, from)),
	    ARG("to", text_date(w->c.mem, w->c.lang, from + WEEK_DAYS - 1)));
	if (from > today)
		ret->previous_url = week_url(w, ask, from - WEEK_DAYS > today ? from - WEEK_DAYS : today);
	if (n == 0)
		return first_elsewhere(w, ask, from, ret);
	ret->next_url = week_url(w, ask, from + WEEK_DAYS);
	return OK;
}

err
next_times(struct web *w, const struct week_ask *ask, struct week *ret)
{
	usec from = max64(w->c.now, ask->wanted);
	struct slot_query q = { .motive = ask->motive, .practitioner = ask->practitioner,
	    .from = zone_local(w->zone, from).day, .days = SLOT_DAYS_MAX, .after = from,
	    .limit = NEXT_SLOTS, .online = true };
	struct slot *slots;
	size_t n;

	week_begin(w, ask, ret);
	TRY(slot_find(&w->c, &q, &slots, &n));
	if (n == 0 && from > w->c.now) {	/* it was too far ahead, or the last */
		q.from = zone_local(w->zone, w->c.now).day;
		q.after = w->c.now;
		TRY(slot_find(&w->c, &q, &slots, &n));
	}
	TRY(times_of(w, ask, slots, n, &ret->days[0].times));
	ret->days[0].n = ret->times_n = n;
	ret->days_n = 1;
	for (size_t i = 0; i < n; i++)
		ret->days[0].times[i].hour = ret->days[0].times[i].spoken;
	return OK;
}

err
taken_show(struct web *w, const struct week_ask *ask, bool too_late)
{
	struct layout l = { .shell = SHELL_PUBLIC, .place = w->org.name, .title =
	    too_late ? text(w->c.lang, T("This time can no longer be booked online")) :
	    text(w->c.lang, T("Somebody has just taken this time")) };
	struct taken_page p = { .layout = &l, .title = l.title, .back_url = ask->page };

	p.why = too_late ? text(w->c.lang, T("It is too close, or too far ahead. Nothing was booked.")) :
	    text(w->c.lang, T("Nothing was booked for you. These are the next free times."));
	TRY(next_times(w, ask, &p.week));
	struct out *o = view_begin(w, &l);

	page_taken(o, &p);
	return view_end(w, o, 409);
}

/* By the path, for the public: those who are not listed do not exist. */
static err
find_listed(struct web *w, struct practitioner *ret)
{
	TRY(web_choose_org(w, w->args[0]));
	TRY(practitioner_find_by_slug(&w->c, w->args[1], ret));
	return ret->listed && ret->closed_at == 0 ? OK : ERR_NOT_FOUND;
}

static struct site_shown
shown(const struct web *w, struct site s)
{
	return (struct site_shown){ s, s.phone.n > 0 ? s.phone : w->org.phone };
}

/* Where he receives, by his opening hours; without any, every site of the practice. */
static err
sites_of(struct web *w, id practitioner, const struct site_shown **ret, size_t *ret_n)
{
	day today = zone_local(w->zone, w->c.now).day;
	struct hours *hours;
	struct site *sites;
	size_t hours_n, sites_n, n = 0;

	TRY(site_list(&w->c, false, &sites, &sites_n));
	TRY(hours_list(&w->c, practitioner, today, &hours, &hours_n));
	struct site_shown *list = NEW_N(w->c.mem, struct site_shown, sites_n);

	for (size_t i = 0; i < sites_n; i++) {
		bool there = hours_n == 0;

		for (size_t k = 0; k < hours_n; k++)
			there |= hours[k].site == sites[i].id;
		if (there)
			list[n++] = shown(w, sites[i]);
	}
	*ret = list;
	*ret_n = n;
	return OK;
}

/* In the reader's language; a code that we have no word for stays a code. */
static str
language_names(struct web *w, str codes)
{
	static const struct { const char *code, *name; } known[] = {
		{ "ar", T("Arabic") }, { "bg", T("Bulgarian") }, { "br", T("Breton") },
		{ "cs", T("Czech") }, { "da", T("Danish") }, { "de", T("German") }, { "el", T("Greek") },
		{ "en", T("English") }, { "es", T("Spanish") }, { "eu", T("Basque") },
		{ "fa", T("Persian") }, { "fr", T("French") }, { "he", T("Hebrew") },
		{ "hu", T("Hungarian") }, { "hy", T("Armenian") }, { "it", T("Italian") },
		{ "ja", T("Japanese") }, { "ko", T("Korean") }, { "nl", T("Dutch") },
		{ "pl", T("Polish") }, { "pt", T("Portuguese") }, { "ro", T("Romanian") },
		{ "ru", T("Russian") }, { "sr", T("Serbian") }, { "sv", T("Swedish") },
		{ "tr", T("Turkish") }, { "uk", T("Ukrainian") }, { "vi", T("Vietnamese") },
		{ "zh", T("Chinese") },
	};
	struct buf b = buf_in(w->c.mem, 1024);
	str code;

	while (str_split(&codes, ',', &code)) {
		str name = code;

		for (size_t i = 0; i < COUNT(known); i++)
			if (str_eq(code, str_c(known[i].code)))
				name = text(w->c.lang, known[i].name);
		if (b.n > 0)
			buf_add(&b, S(", "));
		buf_add(&b, name);
	}
	return buf_str(&b);
}

/* The one that the address names, else the first that anybody may take. */
static err
choose_motive(const struct web *w, const struct motive *list, size_t n, const struct motive **ret)
{
	id wanted = 0;

	*ret = n > 0 ? &list[0] : NULL;
	if (!web_field_sent(w, "motif")) {
		for (size_t i = n; i-- > 0;)
			if (list[i].audience != MOTIVE_FOR_KNOWN)
				*ret = &list[i];
		return OK;
	}
	if (!web_field_id(w, "motif", &wanted))
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < n; i++)
		if (list[i].id == wanted) {
			*ret = &list[i];
			return OK;
		}
	return ERR_NOT_FOUND;
}

static struct week_ask
ask_for(struct web *w, const struct practitioner *who, const struct motive *m)
{
	return (struct week_ask){
		.practitioner = who->id, .motive = m->id, .group = m->capacity > 1,
		.page = str_printf(w->c.mem, "/s/%.*s/%.*s?motif=%lld", STR_FMT(w->org.slug),
		    STR_FMT(who->slug), (long long)m->id),
		.action = str_printf(w->c.mem, "/s/%.*s/%.*s/creneau", STR_FMT(w->org.slug),
		    STR_FMT(who->slug)),
	};
}

err
page_practitioner(struct web *w)
{
	struct layout l = { .shell = SHELL_PUBLIC };
	struct practitioner_page p = { .layout = &l, .org = &w->org };
	struct motive *motives;

	TRY(find_listed(w, &p.who));
	TRY(motive_list_for(&w->c, p.who.id, true, &motives, &p.motives_n));
	p.motives = motives;
	TRY(choose_motive(w, motives, p.motives_n, &p.chosen));
	TRY(sites_of(w, p.who.id, &p.sites, &p.sites_n));
	p.name = practitioner_name(w->c.mem, &p.who);
	p.languages = language_names(w, p.who.languages);
	p.base = str_printf(w->c.mem, "/s/%.*s/%.*s", STR_FMT(w->org.slug), STR_FMT(p.who.slug));
	l.place = w->org.name;
	l.home = str_printf(w->c.mem, "/s/%.*s", STR_FMT(w->org.slug));
	l.title = p.who.specialty.n > 0 ? str_printf(w->c.mem, "%.*s, %.*s", STR_FMT(p.name),
	    STR_FMT(p.who.specialty)) : p.name;
	l.description = FILL(w->c.mem, w->c.lang, T("Book an appointment with {name} online: free times, address, how to get in."),
	    ARG("name", l.title));
	if (p.chosen != NULL) {
		struct week_ask ask = ask_for(w, &p.who, p.chosen);

		ask.from = web_field(w, "du");
		TRY(week_read(w, &ask, &p.week));
	}
	struct out *o = view_begin(w, &l);

	page_practitioner_show(o, &p);
	return view_end(w, o, 200);
}

err
page_practitioner_photo(struct web *w)
{
	struct practitioner who;
	str type, bytes;

	TRY(find_listed(w, &who));
	TRY(practitioner_photo_get(&w->c, who.id, &type, &bytes));
	if (bytes.n == 0)
		return ERR_NOT_FOUND;
	TRY(view_bytes(w, 200, type, bytes));
	/* Published, and the same for everybody. */
	http_set(w->answer, S("Cache-Control"), S("public, max-age=3600"));
	return OK;
}

/* POST: hold the time, and go on to the details. */
err
page_choose(struct web *w)
{
	struct booking_ask ask = { .online = true, .source = SOURCE_ONLINE };
	struct practitioner who;
	struct motive m;
	err e;

	TRY(find_listed(w, &who));
	if (!web_field_id(w, "motif", &ask.motive))
		return ERR_NOT_FOUND;
	TRY(motive_get(&w->c, ask.motive, &m));
	if (!civil_parse_rfc3339(web_field(w, "debut"), &ask.start))
		return ERR_INVALID;
	ask.practitioner = who.id;
	e = booking_begin(w, &ask, 0);
	if (e == ERR_THROTTLED)
		return booking_refused(w);
	if (e == ERR_CONFLICT || e == ERR_EXPIRED) {
		struct week_ask again = ask_for(w, &who, &m);

		again.wanted = ask.start;
		return taken_show(w, &again, e == ERR_EXPIRED);
	}
	TRY(e);
	return view_redirect(w, S("/coordonnees"), NULL);
}

err
page_practice(struct web *w)
{
	struct layout l = { .shell = SHELL_PUBLIC };
	struct practice_page p = { .layout = &l, .org = &w->org };
	struct practitioner *list;
	struct site *sites;
	size_t n;

	TRY(web_choose_org(w, w->args[0]));
	TRY(practitioner_list(&w->c, false, &list, &n));
	TRY(site_list(&w->c, false, &sites, &p.sites_n));
	struct practice_member *members = NEW_N(w->c.mem, struct practice_member, n);
	struct site_shown *places = NEW_N(w->c.mem, struct site_shown, p.sites_n);

	for (size_t i = 0; i < n; i++) {
		if (!list[i].listed)
			continue;
		members[p.members_n++] = (struct practice_member){
			.url = str_printf(w->c.mem, "/s/%.*s/%.*s", STR_FMT(w->org.slug), STR_FMT(list[i].slug)),
			.name = practitioner_name(w->c.mem, &list[i]), .specialty = list[i].specialty,
		};
	}
	for (size_t i = 0; i < p.sites_n; i++)
		places[i] = shown(w, sites[i]);
	p.members = members;
	p.sites = places;
	l.place = l.title = w->org.name;
	l.home = str_printf(w->c.mem, "/s/%.*s", STR_FMT(w->org.slug));
	l.description = FILL(w->c.mem, w->c.lang, T("{name}: professionals, address, appointments online."),
	    ARG("name", w->org.name));
	struct out *o = view_begin(w, &l);

	page_practice_show(o, &p);
	return view_end(w, o, 200);
}
