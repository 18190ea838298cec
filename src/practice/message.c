/* message.c - see message.h. */
#include <assert.h>

#include "format/contact.h"
#include "format/mime.h"
#include "practice/message.h"
#include "practice/message_int.h"
#include "practice/person.h"

/* A series of BOOKING_SERIES_MAX dates, each with its link, fits. */
enum { TEXT_BYTES_MAX = 64 * 1024, HTML_BYTES_MAX = 128 * 1024, HOST_BYTES_MAX = 253 };

/* One message while it is made. */
struct draught {
	struct ctx			*c;	/* in the message's organisation and language */
	enum purpose			 purpose;
	const struct message_server	*server;
	const struct outbox_message	*m;
	struct message_view		 view;
	struct org			 org;	/* id 0: of no organisation */
	str				 to, calendar, method;
};

/* "https://agenda.example:8443/x" is "agenda.example"; what cannot stand in an id is "serment". */
static str
host_of(str url)
{
	ptrdiff_t at = str_find_str(url, S("://"));
	str host = at < 0 ? url : str_slice(url, (size_t)at + 3, url.n);
	size_t n = 0;

	while (n < host.n && (host.p[n] == '-' || host.p[n] == '.' ||
	    (host.p[n] >= '0' && host.p[n] <= '9') || (host.p[n] >= 'a' && host.p[n] <= 'z') ||
	    (host.p[n] >= 'A' && host.p[n] <= 'Z')))
		n++;
	return n == 0 || n > HOST_BYTES_MAX ? S("serment") : str_slice(host, 0, n);
}

static str
join(struct arena *mem, str a, str between, str b)
{
	if (a.n == 0 || b.n == 0)
		return a.n == 0 ? b : a;
	return str_cat(mem, str_cat(mem, a, between), b);
}

static str
address_of(struct arena *mem, const struct site *s)
{
	return join(mem, s->street, S(", "), join(mem, s->postal_code, S(" "), s->city));
}

static str
when(struct arena *mem, enum lang lang, const struct org *org, usec at)
{
	struct civil local = zone_local(zone_get(org->zone), at);

	return text_date_hour(mem, lang, local.day, local.minute);
}

static str
link_to(struct ctx *c, const struct message_server *server, const char *path, str token)
{
	return str_cat(c->mem, str_cat(c->mem, server->public_url, str_c(path)), token);
}

/* --- the calendar --- */

static str
location_of(struct arena *mem, const struct org *org, const struct site *s)
{
	str name = str_eq(s->name, org->name) ? (str){0} : s->name;

	return join(mem, name, S(", "), address_of(mem, s));
}

static err
event_of(struct ctx *c, const struct message_server *server, const struct message_event *e,
    struct ical_event *ret)
{
	const struct booking *b = e->booking;
	struct org org;
	struct site site;
	str token;

	TRY(org_get(c, &org));
	TRY(site_get(c, b->site, &site));
	TRY(booking_link(c, b->id, &token));
	*ret = (struct ical_event){
		.uid = str_printf(c->mem, "%lld@%.*s", (long long)b->id,
		    STR_FMT(host_of(server->public_url))),
		.sequence = b->sequence, .method = e->method,
		.status = e->method == ICAL_CANCEL ? ICAL_CANCELLED : ICAL_CONFIRMED,
		.start = b->start, .end = b->end, .created = b->created_at, .stamp = c->now,
		.zone = zone_get(org.zone),
		.summary = FILL(c->mem, c->lang, T("Appointment – {practice}"), ARG("practice", org.name)),
		.location = location_of(c->mem, &org, &site),
		.url = link_to(c, server, MESSAGE_PATH_BOOKING, token),
		.organizer_name = org.name, .organizer_email = server->from,
		.attendee_email = e->attendee, .alarm_minutes = ICAL_NO_ALARM,
	};
	return OK;
}

err
message_calendar(struct ctx *c, const struct message_server *server, const struct message_event *e,
    str *ret)
{
	struct ical_event event;

	TRY(event_of(c, server, e, &event));
	return ical_event(c->mem, &event, ret);
}

err
message_calendar_of(struct ctx *c, const struct message_server *server, const struct booking *list, size_t n,
    str *ret)
{
	struct ical_event *events = NEW_N(c->mem, struct ical_event, n);

	for (size_t i = 0; i < n; i++)
		TRY(event_of(c, server, &(struct message_event){ .booking = &list[i], .method = ICAL_PUBLISH },
		    &events[i]));
	return ical_events(c->mem, events, n, ret);
}

/* --- about a booking --- */

str
message_booking_opening(enum lang lang, enum message_kind kind)
{
	switch (kind) {
	case MESSAGE_BOOKED:
		return text(lang, T("Your appointment is confirmed."));
	case MESSAGE_MOVED:
		return text(lang, T("Your appointment has been moved. It is now at this time:"));
	case MESSAGE_CANCELLED:
		return text(lang, T("Your appointment has been cancelled."));
	case MESSAGE_REMINDER:
		return text(lang, T("You have an appointment soon."));
	case MESSAGE_SERIES:
		return text(lang, T("Your appointments are confirmed. Here are all the dates:"));
	case MESSAGE_CODE:
	case MESSAGE_INVITATION:
	case MESSAGE_RESET:
	case MESSAGE_ADDRESS:
	case MESSAGE_ADDRESS_STOP:
	case MESSAGE_ADDRESS_LEFT:
		break;
	}
	panic("message: not about a booking");
}

static str
booking_subject(struct arena *mem, enum lang lang, enum message_kind kind, str time)
{
	const char *words = T("Appointment confirmed: {when}");

	if (kind == MESSAGE_MOVED)
		words = T("Appointment moved: {when}");
	else if (kind == MESSAGE_CANCELLED)
		words = T("Appointment cancelled: {when}");
	else if (kind == MESSAGE_REMINDER)
		words = T("Reminder of your appointment: {when}");
	return FILL(mem, lang, words, ARG("when", time));
}

/* The address, and the language of whoever reads it: the person's, or of the one who books for him. */
static err
addressee(struct draught *d)
{
	struct person p;

	TRY(person_get(d->c, d->purpose, d->m->person, &p));
	if (p.email.n == 0 && p.guardian != 0)
		TRY(person_get(d->c, d->purpose, p.guardian, &p));
	if (p.email.n == 0)
		return ERR_NOT_FOUND;
	d->to = p.email;
	d->c->lang = p.lang;
	return OK;
}

/* A message may wait for hours: the appointment has gone on meanwhile. */
static bool
still_true(enum message_kind kind, const struct booking *b, usec now)
{
	enum booking_state told = kind == MESSAGE_CANCELLED ? BOOKING_CANCELLED : BOOKING_CONFIRMED;

	return b->state == told && b->start > now;
}

static str
place_of(struct draught *d, const struct site *s)
{
	return str_eq(s->name, d->org.name) ? d->org.name : join(d->c->mem, d->org.name, S(", "), s->name);
}

static err
about_booking(struct draught *d)
{
	struct ctx *c = d->c;
	struct message_view *v = &d->view;
	struct booking b;
	struct site site;
	str token;

	TRY(booking_get(c, d->m->booking, &b));
	if (!still_true(d->m->kind, &b, c->now))
		return ERR_EXPIRED;
	TRY(addressee(d));
	TRY(site_get(c, b.site, &site));
	TRY(booking_link(c, b.id, &token));
	str time = when(c->mem, c->lang, &d->org, b.start);

	v->when = text_capital(c->mem, time);
	v->subject = booking_subject(c->mem, c->lang, d->m->kind, time);
	v->place = place_of(d, &site);
	v->address = address_of(c->mem, &site);
	v->link = link_to(c, d->server, MESSAGE_PATH_BOOKING, token);
	if (d->m->kind == MESSAGE_REMINDER)
		return OK;
	struct message_event event = { .booking = &b, .attendee = d->to,
	    .method = d->m->kind == MESSAGE_CANCELLED ? ICAL_CANCEL : ICAL_REQUEST };

	d->method = ical_method_name(event.method);
	return message_calendar(c, d->server, &event, &d->calendar);
}

/* --- about a series: every date that stands now, whatever was made of it meanwhile --- */

/* Those to come, of a series that this booking is one of; it may be the one that was cancelled. */
static err
dates_to_come(struct draught *d, struct booking **ret, size_t *ret_n)
{
	struct ctx *c = d->c;
	struct booking first, *list;
	size_t n, kept = 0;

	TRY(booking_get(c, d->m->booking, &first));
	TRY(booking_list_of_series(c, first.series, c->now + 1, &list, &n));
	for (size_t i = 0; i < n; i++)
		if (list[i].state == BOOKING_CONFIRMED)
			list[kept++] = list[i];
	*ret = list;
	*ret_n = kept;
	return kept == 0 ? ERR_EXPIRED : OK;
}

static err
about_series(struct draught *d)
{
	struct ctx *c = d->c;
	struct message_view *v = &d->view;
	struct message_date *dates;
	struct booking *list;
	struct site site;
	size_t n;
	str token;

	TRY(dates_to_come(d, &list, &n));
	TRY(addressee(d));
	dates = NEW_N(c->mem, struct message_date, n);
	for (size_t i = n; i-- > 0;) {	/* the first one last: its place stands below all */
		TRY(site_get(c, list[i].site, &site));
		TRY(booking_link(c, list[i].id, &token));
		dates[i].when = text_capital(c->mem, when(c->mem, c->lang, &d->org, list[i].start));
		dates[i].place = list[i].site == list[0].site ? (str){0} : place_of(d, &site);
		dates[i].link = link_to(c, d->server, MESSAGE_PATH_BOOKING, token);
	}
	v->dates = dates;
	v->dates_n = n;
	v->place = place_of(d, &site);
	v->address = address_of(c->mem, &site);
	v->subject = text_n_fill(c->mem, c->lang, (struct text_plural){
	    TN("{n} appointment confirmed: {when}", "{n} appointments confirmed, the first one: {when}"), (int64_t)n },
	    &ARG("when", when(c->mem, c->lang, &d->org, list[0].start)), 1);
	d->method = ical_method_name(ICAL_PUBLISH);
	return message_calendar_of(c, d->server, list, n, &d->calendar);
}

/* --- about an account or an address --- */

static usec
life_of(enum message_kind kind)
{
	if (kind == MESSAGE_CODE)
		return promise()->code_life;
	if (kind == MESSAGE_INVITATION)
		return promise()->invitation_life;
	if (kind == MESSAGE_ADDRESS_LEFT)
		return USEC_PER_DAY;	/* news, not a link: true for longer, of use for less */
	return kind == MESSAGE_RESET ? promise()->reset_life : promise()->address_life;
}

static str
life_words(struct arena *mem, enum lang lang, usec life)
{
	if (life % USEC_PER_DAY == 0)
		return text_n(mem, lang, TN("{n} day", "{n} days"), life / USEC_PER_DAY);
	return text_duration(mem, lang, (int)(life / USEC_PER_MINUTE));
}

static const char *const link_paths[] = {
	[MESSAGE_INVITATION] = MESSAGE_PATH_INVITATION, [MESSAGE_RESET] = MESSAGE_PATH_RESET,
	[MESSAGE_ADDRESS] = MESSAGE_PATH_ADDRESS, [MESSAGE_ADDRESS_STOP] = MESSAGE_PATH_ADDRESS_STOP,
	[MESSAGE_ADDRESS_LEFT] = NULL,
};

static str
payload_subject(struct ctx *c, enum message_kind kind, str practice)
{
	static const char *const words[] = {
		[MESSAGE_CODE] = T("Your code for {practice}"),
		[MESSAGE_INVITATION] = T("Invitation from {practice}"),
		[MESSAGE_RESET] = T("Choose a new password"),
		[MESSAGE_ADDRESS] = T("Confirm your new e-mail address"),
		[MESSAGE_ADDRESS_STOP] = T("Your e-mail address is about to change"),
		[MESSAGE_ADDRESS_LEFT] = T("Your e-mail address was changed"),
	};

	return FILL(c->mem, c->lang, words[kind], ARG("practice", practice));
}

static err
about_payload(struct draught *d)
{
	struct ctx *c = d->c;
	struct message_view *v = &d->view;
	struct outbox_payload p;
	usec life = life_of(d->m->kind);

	if (c->now >= d->m->created_at + life)
		return ERR_EXPIRED;
	TRY(outbox_payload(c, d->purpose, d->m, &p));
	if (p.to.n == 0)
		return ERR_NOT_FOUND;
	d->to = p.to;
	c->lang = p.lang;
	v->life = life_words(c->mem, c->lang, life);
	v->word = d->m->kind == MESSAGE_INVITATION ? p.name : p.word;
	v->subject = payload_subject(c, d->m->kind, v->practice);
	if (link_paths[d->m->kind] != NULL)
		v->link = link_to(c, d->server, link_paths[d->m->kind], p.word);
	return OK;
}

/* --- the whole --- */

typedef void template(struct out *, const struct message_view *);

static const struct form { template *text, *html; } forms[] = {
	[MESSAGE_BOOKED] = { mail_booking_text, mail_booking_html },
	[MESSAGE_MOVED] = { mail_booking_text, mail_booking_html },
	[MESSAGE_CANCELLED] = { mail_booking_text, mail_booking_html },
	[MESSAGE_REMINDER] = { mail_booking_text, mail_booking_html },
	[MESSAGE_CODE] = { mail_code_text, mail_code_html },
	[MESSAGE_INVITATION] = { mail_link_text, mail_link_html },
	[MESSAGE_RESET] = { mail_link_text, mail_link_html },
	[MESSAGE_ADDRESS] = { mail_address_text, mail_address_html },
	[MESSAGE_ADDRESS_STOP] = { mail_address_text, mail_address_html },
	[MESSAGE_ADDRESS_LEFT] = { mail_address_text, mail_address_html },
	[MESSAGE_SERIES] = { mail_series_text, mail_series_html },
};

static err
fill(struct draught *d, template *page, size_t bytes_max, str *ret)
{
	struct buf b = buf_in(d->c->mem, bytes_max);
	struct out o = { .b = &b, .mem = d->c->mem, .lang = d->c->lang };

	page(&o, &d->view);
	if (!buf_ok(&b))
		return ERR_TOO_LARGE;
	*ret = buf_str(&b);
	return OK;
}

/*
 * The id of the mail is that of the row: a mail program that gets a message
 * twice, because a server died after sending it, can tell.  Its right part is
 * the sender's domain, which is one for certain; a server's host may be a number.
 */
static err
envelope(struct draught *d, str text, str *ret)
{
	struct arena *mem = d->c->mem;
	str from = d->server->from, html;
	struct mime_message mail = {
		.from_name = d->view.practice, .from = from, .to = d->to, .subject = d->view.subject,
		.date = d->c->now, .lang = d->c->lang == LANG_FR ? S("fr") : S("en"),
		.text = text, .calendar = d->calendar, .calendar_method = d->method, .automatic = true,
	};
	ptrdiff_t at = str_find(from, '@');

	if (at < 0)
		return ERR_INVALID;
	mail.message_id = str_cat(mem, str_of_int(mem, d->m->id), str_slice(from, (size_t)at, from.n));
	TRY(fill(d, forms[d->m->kind].html, HTML_BYTES_MAX, &html));
	mail.html = html;
	return mime_build(mem, &mail, ret);
}

err
message_render(struct ctx *c, enum purpose purpose, const struct message_server *server,
    const struct outbox_message *m, struct message_mail *ret)
{
	struct ctx own = *c;
	struct draught d = { .c = &own, .purpose = purpose, .server = server, .m = m,
	    .view = { .kind = m->kind, .practice = server->name } };
	struct message_mail mail = {0};

	assert(m->kind >= MESSAGE_BOOKED && (size_t)m->kind < COUNT(forms));
	own.org = m->org;
	if (m->org != 0) {
		TRY(org_get(&own, &d.org));
		d.view.practice = d.org.name;
		d.view.phone = d.org.phone;
	}
	TRY(m->kind == MESSAGE_SERIES ? about_series(&d) :
	    outbox_is_of_booking(m->kind) ? about_booking(&d) : about_payload(&d));
	TRY(fill(&d, forms[m->kind].text, TEXT_BYTES_MAX, &mail.text));
	if (server->from.n > 0)
		TRY(envelope(&d, mail.text, &mail.mail));
	mail.to = d.to;
	mail.subject = d.view.subject;
	*ret = mail;
	return OK;
}
