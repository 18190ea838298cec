/*
 * page_link.c - the appointment afterwards, by the link that its holder was
 * given: whoever has the link may see, move and cancel it, and nothing else.
 */
#include "practice/message.h"
#include "practice/motive.h"
#include "practice/practitioner.h"
#include "web/page_booking.h"
#include "web/page_link.h"
#include "web/page_practitioner.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_appointment, { "fait", 20, false });
FORM(form_move, { "du", 20, false }, { "debut", 40, false });

static err
find(struct web *w, struct booking *ret)
{
	TRY(booking_find_by_link(&w->c, w->args[0], ret));
	return web_choose_org_id(w, w->c.org);
}

static str
url_of(struct web *w, const char *more)
{
	return str_printf(w->c.mem, "/rdv/%.*s%s", STR_FMT(w->args[0]), more);
}

static enum link_state
state_of(const struct web *w, const struct booking *b)
{
	usec limit = w->org.cancel_limit_minutes * USEC_PER_MINUTE;

	if (b->state == BOOKING_CANCELLED || b->state == BOOKING_EXCUSED)
		return LINK_CANCELLED;
	if (b->start <= w->c.now || b->state != BOOKING_CONFIRMED)
		return LINK_PAST;
	return w->c.now + limit > b->start ? LINK_TOO_LATE : LINK_OPEN;
}

/* So that a parent of two knows which child it is; a person who was erased has no name. */
static err
given_name(struct web *w, const struct booking *b, str *ret)
{
	struct person p = {0};

	if (b->person == 0)
		return OK;
	err e = person_get(&w->c, PURPOSE_BOOK, b->person, &p);

	if (e == OK)
		*ret = p.given;
	return e == ERR_SEALED || e == ERR_NOT_FOUND ? OK : e;
}

static err
page_read(struct web *w, const struct booking *b, struct layout *l, struct link_page *ret)
{
	struct link_page p = { .layout = l, .state = state_of(w, b), .base = url_of(w, ""),
	    .mail_is_sent = w->site->mail_is_sent };

	TRY(appointment_read(w, b, &p.appointment));
	p.again_url = str_printf(w->c.mem, "/s/%.*s/%.*s", STR_FMT(w->org.slug),
	    STR_FMT(p.appointment.practitioner_slug));
	p.limit = text_duration(w->c.mem, w->c.lang, w->org.cancel_limit_minutes);
	l->shell = SHELL_PUBLIC;
	l->place = w->org.name;
	l->home = str_printf(w->c.mem, "/s/%.*s", STR_FMT(w->org.slug));
	*ret = p;
	return OK;
}

err
page_appointment(struct web *w)
{
	struct layout l = {0};
	struct link_page p;
	struct booking b;

	TRY(find(w, &b));
	TRY(page_read(w, &b, &l, &p));
	TRY(given_name(w, &b, &p.appointment.given));
	p.fresh = str_eq(web_field(w, "fait"), S("confirme")) && p.state != LINK_CANCELLED;
	l.title = text(w->c.lang, p.fresh ? T("Appointment confirmed") :
	    p.state == LINK_CANCELLED ? T("Appointment cancelled") : T("Your appointment"));
	struct out *o = view_begin(w, &l);

	page_link_show(o, &p);
	return view_end(w, o, 200);
}

err
page_appointment_ics(struct web *w)
{
	struct message_server server = { .public_url = str_c(w->site->public_url) };
	struct message_event event = { .method = ICAL_PUBLISH };
	struct booking b;
	str ics;

	TRY(find(w, &b));
	event.booking = &b;
	if (state_of(w, &b) == LINK_CANCELLED)
		event.method = ICAL_CANCEL;
	TRY(message_calendar(&w->c, &server, &event, &ics));
	return view_download(w, S("text/calendar; charset=utf-8"), "rendez-vous.ics", ics);
}

/* Ask first; when it is too late for that, the appointment's own page says why. */
err
page_cancel(struct web *w)
{
	struct layout l = {0};
	struct link_page p;
	struct booking b;

	TRY(find(w, &b));
	if (state_of(w, &b) != LINK_OPEN)
		return view_redirect(w, url_of(w, ""), NULL);
	TRY(page_read(w, &b, &l, &p));
	l.title = text(w->c.lang, T("Cancel this appointment?"));
	struct out *o = view_begin(w, &l);

	page_cancel_show(o, &p);
	return view_end(w, o, 200);
}

err
page_cancel_do(struct web *w)
{
	struct booking b;
	err e;

	TRY(find(w, &b));
	if (state_of(w, &b) != LINK_OPEN)	/* too late, or the form was sent twice */
		return view_redirect(w, url_of(w, ""), NULL);
	e = booking_cancel(&w->c, b.id, false);
	return e == OK || e == ERR_CONFLICT ? view_redirect(w, url_of(w, ""), "annule") : e;
}

static struct week_ask
ask_of(struct web *w, const struct booking *b, const struct motive *m)
{
	return (struct week_ask){
		.practitioner = b->practitioner, .motive = b->motive, .group = m->capacity > 1,
		.page = url_of(w, "/deplacer"), .action = url_of(w, "/deplacer"),
		.from = w->route->method == HTTP_GET ? web_field(w, "du") : (str){0},
	};
}

/* What the public can no longer book, it cannot move to either: the practice can. */
static err
movable(struct web *w, const struct booking *b, struct motive *ret, bool *ret_movable)
{
	struct practitioner who;

	TRY(motive_get(&w->c, b->motive, ret));
	TRY(practitioner_get(&w->c, b->practitioner, &who));
	*ret_movable = state_of(w, b) == LINK_OPEN && ret->online && ret->closed_at == 0 &&
	    who.listed && who.closed_at == 0;
	return OK;
}

err
page_move(struct web *w)
{
	struct layout l = {0};
	struct link_page p;
	struct booking b;
	struct motive m;
	bool may;

	TRY(find(w, &b));
	TRY(movable(w, &b, &m, &may));
	if (state_of(w, &b) != LINK_OPEN)
		return view_redirect(w, url_of(w, ""), NULL);
	TRY(page_read(w, &b, &l, &p));
	p.by_phone_only = !may;
	if (may) {
		struct week_ask ask = ask_of(w, &b, &m);

		TRY(week_read(w, &ask, &p.week));
		p.week.motive = 0;
	}
	l.title = text(w->c.lang, T("Move this appointment"));
	struct out *o = view_begin(w, &l);

	page_move_show(o, &p);
	return view_end(w, o, 200);
}

/* POST: hold the new time.  The old one stays until the new one is confirmed (ux-51). */
err
page_move_to(struct web *w)
{
	struct booking_ask ask = { .online = true, .source = SOURCE_ONLINE };
	struct booking b;
	struct motive m;
	bool may;
	err e;

	TRY(find(w, &b));
	TRY(movable(w, &b, &m, &may));
	if (!may)
		return view_redirect(w, url_of(w, ""), NULL);
	if (!civil_parse_rfc3339(web_field(w, "debut"), &ask.start))
		return ERR_INVALID;
	ask.motive = b.motive;
	ask.practitioner = b.practitioner;
	e = booking_begin(w, &ask, b.id);
	if (e == ERR_THROTTLED)
		return booking_refused(w);
	if (e == ERR_CONFLICT || e == ERR_EXPIRED) {
		struct week_ask again = ask_of(w, &b, &m);

		again.wanted = ask.start;
		return taken_show(w, &again, e == ERR_EXPIRED);
	}
	TRY(e);
	return view_redirect(w, S("/confirmer"), NULL);
}
