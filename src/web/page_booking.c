/*
 * page_booking.c - details, code, confirmation.  A hold that lapsed is taken
 * again in silence when the time is still free: nobody loses his place for
 * having typed slowly, and nobody waits for one who went away.
 */
#include "access/account.h"
#include "base/log.h"
#include "format/birth.h"
#include "format/contact.h"
#include "practice/practitioner.h"
#include "practice/motive.h"
#include "web/page_booking.h"
#include "web/page_practitioner.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_details,
	{ "pour", 10, false }, { "nom", 80, false }, { "prenom", 80, false },
	{ "naissance", 20, false }, { "email", 254, false }, { "telephone", 30, false },
	{ "nom_demandeur", 80, false }, { "prenom_demandeur", 80, false }, { "personne", 40, false });
FORM(form_confirm, { "code", 20, false });

/* The booking under way, with its hold and its organisation. */
struct step {
	struct draft	draft;
	struct booking	hold;
	bool		held;		/* the time is still kept for this visitor */
	struct motive	motive;
	struct practitioner who;
};

static err
hold_read(struct web *w, const struct draft *d, struct booking *ret, bool *ret_held)
{
	err e = booking_get(&w->c, d->hold, ret);

	*ret_held = e == OK && ret->state == BOOKING_HELD && ret->hold_until > w->c.now;
	if (e == ERR_NOT_FOUND || (e == OK && !*ret_held && !d->done)) {
		*ret = (struct booking){ .practitioner = d->practitioner, .motive = d->motive,
		    .start = d->start };
		return OK;
	}
	return e;
}

/* A hold that was swept away has lost its end and its place: they follow from the rules. */
static err
hold_complete(struct web *w, struct step *s)
{
	struct slot_query q = { .motive = s->draft.motive, .practitioner = s->draft.practitioner };
	struct slot slot;
	struct site *sites;
	size_t n;

	if (s->hold.site != 0)
		return OK;
	s->hold.end = s->hold.start + s->motive.minutes * USEC_PER_MINUTE;
	err e = slot_check(&w->c, &q, s->hold.start, &slot);
	if (e == OK) {
		s->hold.site = slot.site;
		return OK;
	}
	if (e != ERR_CONFLICT && e != ERR_EXPIRED)
		return e;
	TRY(site_list(&w->c, true, &sites, &n));
	if (n == 0)
		return ERR_NOT_FOUND;
	s->hold.site = sites[0].id;
	return OK;
}

static err
step_read(struct web *w, struct step *ret)
{
	struct step s = {0};

	if (w->guest_token.n == 0)
		return ERR_NOT_FOUND;
	TRY(draft_find(&w->c, w->guest_token, &s.draft));
	TRY(web_choose_org_id(w, s.draft.org));
	TRY(hold_read(w, &s.draft, &s.hold, &s.held));
	TRY(motive_get(&w->c, s.draft.motive, &s.motive));
	TRY(practitioner_get(&w->c, s.draft.practitioner, &s.who));
	TRY(hold_complete(w, &s));
	*ret = s;
	return OK;
}

static err
to_appointment(struct web *w, id booking, const char *notice)
{
	str token;

	TRY(booking_link(&w->c, booking, &token));
	return view_redirect(w, str_printf(w->c.mem, "/rdv/%.*s", STR_FMT(token)), notice);
}

enum page_of { OF_DETAILS, OF_CODE };
typedef err step_page(struct web *, struct step *);

/*
 * Every page of a booking under way: where the visitor is, he goes on; else he
 * is led there.  No cookie, or an hour has passed, is said as what it is, not
 * as a page that does not exist.
 */
static err
at_step(struct web *w, enum page_of page, step_page *go_on)
{
	struct step s;
	err e = step_read(w, &s);

	if (e == ERR_NOT_FOUND) {
		view_status(w, 410, text(w->c.lang, T("No booking is under way")),
		    text(w->c.lang, T("It may have ended, or your browser does not keep this site’s cookies. Nothing was booked. Choose a time again.")));
		return OK;
	}
	TRY(e);
	if (s.draft.done)
		return to_appointment(w, s.draft.hold, NULL);
	if (page == OF_CODE && s.draft.moves == 0 && !s.draft.detailed)
		return view_redirect(w, S("/coordonnees"), NULL);
	return go_on(w, &s);
}

/* Where another time is chosen: the practitioner's page, or the page of the move. */
static err
choice_of(struct web *w, const struct step *s, struct week_ask *ret)
{
	struct week_ask ask = { .practitioner = s->draft.practitioner, .motive = s->draft.motive,
	    .group = s->motive.capacity > 1, .wanted = s->draft.start };

	if (s->draft.moves != 0) {
		str token;

		TRY(booking_link(&w->c, s->draft.moves, &token));
		ask.page = ask.action = str_printf(w->c.mem, "/rdv/%.*s/deplacer", STR_FMT(token));
	} else {
		str base = str_printf(w->c.mem, "/s/%.*s/%.*s", STR_FMT(w->org.slug), STR_FMT(s->who.slug));

		ask.page = str_printf(w->c.mem, "%.*s?motif=%lld", STR_FMT(base), (long long)ask.motive);
		ask.action = str_cat(w->c.mem, base, S("/creneau"));
	}
	*ret = ask;
	return OK;
}

/* Give a hold back; that it is gone already is as good. */
static err
let_go(struct web *w, id org, id hold)
{
	struct ctx there = w->c;

	there.org = org;
	err e = booking_hold_release(&there, hold);
	return e == ERR_NOT_FOUND || e == ERR_CONFLICT ? OK : e;
}

/* A hold that nobody would know of: what asked for it failed, and answers that nothing was saved. */
static err
forsake(struct web *w, const struct booking *hold, err why)
{
	if (why != OK && let_go(w, w->c.org, hold->id) != OK)
		LOG_WARN("booking", "a hold of nobody's stays until it lapses", LOG_INT("hold", hold->id));
	return why;
}

/* The booking under way has this time now; one that was finished meanwhile needs none. */
static err
retime(struct web *w, const struct booking *hold)
{
	return forsake(w, hold, draft_retime(&w->c, w->guest_token, hold));
}

/* A booking begins with this time; what was under way elsewhere ends. */
static err
start(struct web *w, const struct draft *old, const struct booking *hold, id moves)
{
	err e = old == NULL ? OK : let_go(w, old->org, old->hold);
	str token;

	if (e == OK)
		e = draft_begin(&w->c, &(struct draft_start){ hold, moves, w->http->peer }, &token);
	if (e != OK)
		return forsake(w, hold, e);
	view_cookie_set(w, COOKIE_BOOKING, token);
	return OK;
}

/* The visitor's own earlier hold may stand in the way of his new choice, or be it. */
static err
take(struct web *w, const struct booking_ask *ask, const struct draft *old, struct booking *ret)
{
	struct booking own;
	bool held;
	usec until;
	err e;

	if (old == NULL)
		return booking_hold(&w->c, ask, ret);
	TRY(hold_read(w, old, &own, &held));
	if (held && own.start == ask->start && own.practitioner == ask->practitioner &&
	    own.motive == ask->motive) {
		*ret = own;
		return booking_hold_extend(&w->c, own.id, &until);
	}
	e = booking_hold(&w->c, ask, ret);
	if (e != OK && e != ERR_CONFLICT)
		return e;
	if (!held)
		return e;
	err gone = let_go(w, w->c.org, own.id);

	if (e == ERR_CONFLICT)
		return gone == OK ? booking_hold(&w->c, ask, ret) : gone;
	return gone == OK ? OK : forsake(w, ret, gone);
}

err
booking_begin(struct web *w, const struct booking_ask *ask, id moves)
{
	id org = w->c.org;
	struct booking hold;
	struct draft d;
	bool there = false, same = false;

	if (w->guest_token.n > 0) {
		err e = draft_find(&w->c, w->guest_token, &d);

		w->c.org = org;
		if (e != OK && e != ERR_NOT_FOUND)
			return e;
		there = e == OK && !d.done;
		same = there && d.org == org && d.moves == moves;
	}
	if (!same)
		TRY(draft_room(&w->c, w->http->peer));
	TRY(take(w, ask, same ? &d : NULL, &hold));
	if (same)
		return retime(w, &hold);
	return start(w, there ? &d : NULL, &hold, moves);
}

err
booking_refused(struct web *w)
{
	http_set(w->answer, S("Retry-After"), str_of_int(w->c.mem, promise()->hold / USEC_PER_SECOND));
	view_status(w, 429, text(w->c.lang, T("Several times are already kept for your connection")),
	    FILL(w->c.mem, w->c.lang, T("Nothing was lost: finish one of the bookings that you have begun, or wait {time} and choose this time again. If you share your connection with others, the practice books for you by telephone."),
	    ARG("time", text_duration(w->c.mem, w->c.lang, (int)(promise()->hold / USEC_PER_MINUTE)))));
	return OK;
}

/* Hold on for another while, or take the time again.  ERR_CONFLICT, ERR_EXPIRED: it is gone. */
static err
keep_held(struct web *w, struct step *s)
{
	struct booking_ask ask = { .motive = s->draft.motive, .practitioner = s->draft.practitioner,
	    .start = s->draft.start, .online = true, .source = SOURCE_ONLINE };

	if (s->held) {
		err e = booking_hold_extend(&w->c, s->hold.id, &s->hold.hold_until);

		if (e != ERR_EXPIRED)	/* a storage that fails has not given the time to somebody else */
			return e;
	}
	s->held = false;
	TRY(booking_hold(&w->c, &ask, &s->hold));
	TRY(retime(w, &s->hold));
	s->draft.hold = s->hold.id;
	s->held = true;
	return OK;
}

static struct kept
kept(struct web *w, const struct step *s)
{
	if (!s->held)
		return (struct kept){0};
	return (struct kept){ text_hour(w->c.mem, w->c.lang, zone_local(w->zone, s->hold.hold_until).minute),
		(s->hold.hold_until - w->c.now) / USEC_PER_SECOND };
}

/* Whoever is signed in for himself: staff books for patients elsewhere. */
static bool
is_patient(const struct web *w)
{
	return w->session.id != 0 && w->session.stage == STAGE_COMPLETE &&
	    !(ROLE_BIT(w->session.role) & ROLES_STAFF);
}

/* ux-52: for whom he may book, in one tap. */
static err
family_read(struct web *w, struct patient_relative **ret, size_t *ret_n)
{
	*ret_n = 0;
	return is_patient(w) ? patient_family(&w->c, PURPOSE_BOOK, w->org.id, ret, ret_n) : OK;
}

/*
 * What is known already is not typed again (WCAG 3.3.7): the address of who is
 * signed in and, since a new person is then somebody close, his own name.
 */
static err
known_already(struct web *w, const struct patient_relative *family, size_t n, struct draft_details *x)
{
	struct account a;

	if (!is_patient(w))
		return OK;
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	x->patient.email = a.email;
	if (n == 0)
		return OK;
	x->for_relative = true;
	x->booker_family = family[0].family;
	x->booker_given = family[0].given;
	x->patient.phone = family[0].phone;
	return OK;
}

static str
birth_shown(struct web *w, str iso)
{
	day born;

	return civil_parse_date(iso, &born) ? text_date_numeric(w->c.mem, w->c.lang, born) : (str){0};
}

str
birth_words(const struct out *o, str iso)
{
	day born;

	return civil_parse_date(iso, &born) ? text_date_numeric(o->mem, o->lang, born) : (str){0};
}

static void
from_details(struct web *w, const struct draft_details *x, struct details_page *p)
{
	p->relative = x->for_relative;
	p->family = x->patient.family;
	p->given = x->patient.given;
	p->birth = birth_shown(w, x->patient.birth_date);
	p->email = x->patient.email;
	p->phone = phone_display(w->c.mem, x->patient.phone);
	p->booker_family = x->booker_family;
	p->booker_given = x->booker_given;
}

static void
from_fields(const struct web *w, struct details_page *p)
{
	p->relative = str_eq(web_field(w, "pour"), S("proche"));
	p->family = web_field(w, "nom");
	p->given = web_field(w, "prenom");
	p->birth = web_field(w, "naissance");
	p->email = web_field(w, "email");
	p->phone = web_field(w, "telephone");
	p->booker_family = web_field(w, "nom_demandeur");
	p->booker_given = web_field(w, "prenom_demandeur");
}

static err
details_show(struct web *w, const struct step *s, struct details_page *p, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .place = w->org.name };
	struct patient_relative *family = NULL;
	struct week_ask choice;

	TRY(family_read(w, &family, &p->known_n));
	p->known = family;
	TRY(appointment_read(w, &s->hold, &p->appointment));
	TRY(choice_of(w, s, &choice));
	p->layout = &l;
	p->choose_url = choice.page;
	p->kept = kept(w, s);
	l.hold = s->held;
	l.title = text(w->c.lang, T("Your details"));
	struct out *o = view_begin(w, &l);

	page_details_show(o, p);
	return view_end(w, o, status);
}

static err
details(struct web *w, struct step *s)
{
	struct patient_relative *family;
	struct details_page p = {0};
	size_t n;

	if (s->draft.moves != 0)
		return view_redirect(w, S("/confirmer"), NULL);
	TRY(family_read(w, &family, &n));
	if (!s->draft.detailed)
		TRY(known_already(w, family, n, &s->draft.details));
	p.typed = s->draft.detailed && s->draft.details.person == 0;
	from_details(w, &s->draft.details, &p);
	return details_show(w, s, &p, 200);
}

err
page_details(struct web *w)
{
	return at_step(w, OF_DETAILS, details);
}

static bool
has_error(const struct web *w, const char *name)
{
	return error_of(w->errors, w->errors_n, name).n > 0;
}

/* The first thing that is wrong with a field is enough. */
static void
complain(struct web *w, bool wrong, const char *field, const char *msgid)
{
	if (wrong && !has_error(w, field))
		web_error(w, field, text(w->c.lang, msgid));
}

static void
check_person(struct web *w, struct person *p)
{
	day today = zone_local(w->zone, w->c.now).day, born;
	str birth = web_field(w, "naissance"), phone = web_field(w, "telephone");
	bool born_ok = birth_parse(birth, today, &born) && civil_age(born, today) <= PERSON_AGE_MAX;

	*p = (struct person){ .family = web_field(w, "nom"), .given = web_field(w, "prenom"),
	    .email = email_normal(w->c.mem, web_field(w, "email")), .phone = phone, .lang = w->c.lang };
	complain(w, p->family.n == 0, "nom", T("Write the family name."));
	complain(w, p->given.n == 0, "prenom", T("Write the given name."));
	complain(w, birth.n == 0, "naissance", T("Write the date of birth, for example 12/03/1980."));
	complain(w, birth.n > 0 && !born_ok, "naissance",
	    T("This date of birth does not exist. Write day, month and year, for example 12/03/1980."));
	complain(w, p->email.n == 0, "email", T("Write an e-mail address: the code will be sent there."));
	complain(w, p->email.n > 0 && !email_ok(p->email), "email",
	    T("This e-mail address is not complete. It looks like name@example.fr."));
	complain(w, phone.n > 0 && !phone_e164(w->c.mem, phone, &p->phone), "telephone",
	    T("This telephone number is not complete. Write ten digits, or + and the country’s code."));
	if (born_ok)
		p->birth_date = civil_iso_date(w->c.mem, born);
}

/* What the checks above let pass must still be clean: no control characters in a name. */
static void
check_clean(struct web *w, struct person *p)
{
	static const char *const fields[] = {
		[PERSON_FIELD_family] = "nom", [PERSON_FIELD_given] = "prenom",
		[PERSON_FIELD_birth_date] = "naissance", [PERSON_FIELD_email] = "email",
		[PERSON_FIELD_phone] = "telephone", [PERSON_FIELD_lang] = "nom",
	};
	enum person_field wrong = w->errors_n == 0 ? person_clean(&w->c, true, p) : PERSON_SOUND;

	if (wrong != PERSON_SOUND)
		web_error(w, fields[wrong], text(w->c.lang, T("This cannot be read. Write it again by hand.")));
}

static void
check_details(struct web *w, struct draft_details *ret)
{
	struct draft_details x = { .for_relative = str_eq(web_field(w, "pour"), S("proche")) };

	check_person(w, &x.patient);
	if (x.for_relative) {
		x.booker_family = web_field(w, "nom_demandeur");
		x.booker_given = web_field(w, "prenom_demandeur");
		complain(w, x.booker_family.n == 0, "nom_demandeur", T("Write your own family name."));
		complain(w, x.booker_given.n == 0, "prenom_demandeur", T("Write your own given name."));
		struct person booker = { .family = x.booker_family, .given = x.booker_given };

		complain(w, w->errors_n == 0 && person_clean(&w->c, false, &booker) != PERSON_SOUND,
		    "nom_demandeur", T("This cannot be read. Write it again by hand."));
	}
	check_clean(w, &x.patient);
	*ret = x;
}

static err
lost(struct web *w, const struct step *s, bool too_late)
{
	struct week_ask choice;

	TRY(choice_of(w, s, &choice));
	return taken_show(w, &choice, too_late);
}

/* Keep the words first: they are safe whatever becomes of the time. */
static err
describe(struct web *w, struct step *s, const struct draft_details *x)
{
	TRY(draft_describe(&w->c, w->guest_token, &s->draft, x));
	s->draft.proven = s->draft.proven && str_eq(s->draft.details.patient.email, x->patient.email);
	s->draft.details = *x;
	s->draft.detailed = true;
	s->draft.version++;
	return OK;
}

static err
details_again(struct web *w, const struct step *s, int status)
{
	struct details_page p = { .typed = true };

	from_fields(w, &p);
	return details_show(w, s, &p, status);
}

/* "ORG.PERSON", of one's own family alone (T6). */
static err
details_of_relative(struct web *w, str chosen, struct draft_details *ret)
{
	struct patient_relative *family;
	struct draft_details x = {0};
	struct account a;
	size_t n, i = 0;

	TRY(family_read(w, &family, &n));
	while (i < n && !str_eq(chosen, str_printf(w->c.mem, "%lld.%lld", (long long)family[i].org,
	    (long long)family[i].person.id)))
		i++;
	if (i == n)
		return ERR_NOT_FOUND;
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	TRY(known_already(w, family, n, &x));
	x.for_relative = family[i].person.id != family[i].self;
	if (family[i].person.phone.n == 0)
		family[i].person.phone = x.patient.phone;
	x.patient = (struct person){ .family = family[i].person.family, .given = family[i].person.given,
		.birth_date = family[i].person.birth_date, .phone = family[i].person.phone, .email = a.email,
		.lang = w->c.lang };
	if (family[i].org == w->org.id)
		x.person = family[i].person.id;
	*ret = x;
	return OK;
}

/* Who is signed in has proven this address already. */
static err
vouch(struct web *w, struct step *s)
{
	struct account a;

	if (s->draft.proven || !is_patient(w))
		return OK;
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	if (!str_eq(a.email, s->draft.details.patient.email))
		return OK;
	err e = draft_vouch(&w->c, w->guest_token, &s->draft);
	s->draft.proven = e == OK;
	return e == ERR_CONFLICT ? OK : e;
}

/* What was chosen, or typed: then its mistakes stand beside the fields. */
static err
details_read(struct web *w, struct draft_details *ret)
{
	str chosen = web_field(w, "personne");

	if (chosen.n > 0)
		return details_of_relative(w, chosen, ret);
	check_details(w, ret);
	return OK;
}

/* POST: from the details to the code. */
static err
details_give(struct web *w, struct step *s)
{
	struct draft_details x = {0};
	err e;

	TRY(details_read(w, &x));
	if (w->errors_n > 0)
		return details_again(w, s, 422);
	e = describe(w, s, &x);
	if (e == ERR_THROTTLED) {
		web_error(w, "email", text(w->c.lang,
		    T("Several bookings were begun with this address and not finished. Finish one, or wait an hour.")));
		return details_again(w, s, 429);
	}
	if (e == ERR_CONFLICT)	/* the same form, sent twice at once: the other one goes on */
		return view_redirect(w, S("/confirmer"), NULL);
	TRY(e);
	TRY(vouch(w, s));
	e = keep_held(w, s);
	if (e == ERR_CONFLICT || e == ERR_EXPIRED)
		return lost(w, s, e == ERR_EXPIRED);
	TRY(e);
	if (s->draft.proven)
		return view_redirect(w, S("/confirmer"), NULL);
	e = draft_send_code(&w->c, w->guest_token, &s->draft);
	if (e == ERR_THROTTLED) {
		web_error(w, "email", text(w->c.lang, T("Too many codes were sent. Use the last one, or wait an hour.")));
		return details_again(w, s, 429);
	}
	return e == OK || e == ERR_CONFLICT ? view_redirect(w, S("/confirmer"), NULL) : e;
}

err
page_details_give(struct web *w)
{
	return at_step(w, OF_DETAILS, details_give);
}

/* POST: a while longer; what is in the form so far comes back as it is (WCAG 2.2.1). */
static err
details_extend(struct web *w, struct step *s)
{
	err e;

	w->errors_n = 0;
	e = keep_held(w, s);
	if (e != OK && e != ERR_CONFLICT && e != ERR_EXPIRED)
		return e;
	return details_again(w, s, e == OK ? 200 : 409);
}

err
page_details_extend(struct web *w)
{
	return at_step(w, OF_DETAILS, details_extend);
}

static err
old_time(struct web *w, const struct step *s, struct confirm_page *p)
{
	struct booking old;

	if (s->draft.moves == 0)
		return OK;
	TRY(booking_get(&w->c, s->draft.moves, &old));
	struct civil at = zone_local(w->zone, old.start);

	p->old_when = text_date_hour(w->c.mem, w->c.lang, at.day, at.minute);
	return OK;
}

static err
confirm_show(struct web *w, const struct step *s, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .place = w->org.name };
	const struct person *patient = &s->draft.details.patient;
	struct confirm_page p = { .layout = &l, .mail_is_sent = w->site->mail_is_sent };
	struct week_ask choice;

	TRY(appointment_read(w, &s->hold, &p.appointment));
	TRY(choice_of(w, s, &choice));
	TRY(old_time(w, s, &p));
	p.choose_url = choice.page;
	p.kept = kept(w, s);
	l.hold = s->held;
	p.proven = s->draft.proven || s->draft.moves != 0;
	if (s->draft.moves == 0) {
		p.patient = person_name(w->c.mem, patient);
		p.birth = birth_shown(w, patient->birth_date);
		p.email = patient->email;
	}
	l.title = text(w->c.lang, s->draft.moves != 0 ? T("Confirm the new time") : T("Confirm the appointment"));
	struct out *o = view_begin(w, &l);

	page_confirm_show(o, &p);
	return view_end(w, o, status);
}

static err
confirm(struct web *w, struct step *s)
{
	return confirm_show(w, s, 200);
}

err
page_confirm(struct web *w)
{
	return at_step(w, OF_CODE, confirm);
}

static str
digits_of(struct arena *mem, str typed)
{
	struct buf b = buf_in(mem, 64);

	for (size_t i = 0; i < typed.n; i++)
		if (typed.p[i] >= '0' && typed.p[i] <= '9')
			buf_byte(&b, typed.p[i]);
	return buf_str(&b);
}

/* ERR_INVALID: said on the page. */
static err
prove(struct web *w, struct step *s)
{
	str code = digits_of(w->c.mem, web_field(w, "code"));
	err e;

	if (s->draft.moves != 0 || s->draft.proven)
		return OK;
	e = code.n > 0 ? draft_prove(&w->c, w->guest_token, code) : ERR_INVALID;
	s->draft.proven = e == OK;
	if (code.n == 0)
		web_error(w, "code", text(w->c.lang, T("Write the code that was sent to you.")));
	else if (e == ERR_EXPIRED)
		web_error(w, "code", text(w->c.lang, T("This code no longer works. Ask for another one below.")));
	else if (e == ERR_INVALID)
		web_error(w, "code", text(w->c.lang, T("This is not the code. Look at the latest message and try again.")));
	return e == ERR_EXPIRED ? ERR_INVALID : e;
}

/* A hold that lapsed is taken again, if it can be, and only then is it lost. */
static err
finish(struct web *w, struct step *s, struct booking *ret)
{
	err e = draft_finish(&w->c, w->guest_token, &s->draft, ret);

	if (e != ERR_EXPIRED)
		return e;
	e = keep_held(w, s);
	if (e == ERR_CONFLICT)
		e = ERR_EXPIRED;
	TRY(e);
	return draft_finish(&w->c, w->guest_token, &s->draft, ret);
}

/* POST: the last step. */
static err
confirm_do(struct web *w, struct step *s)
{
	struct booking made;
	err e;

	e = prove(w, s);
	if (e == ERR_INVALID)
		return confirm_show(w, s, 422);
	TRY(e);
	e = finish(w, s, &made);
	if (e == ERR_EXPIRED)
		return lost(w, s, false);
	if (e == ERR_TOO_LARGE) {
		web_error(w, NULL, text(w->c.lang,
		    T("Several appointments are already to come for this person. For one more, call the practice.")));
		return confirm_show(w, s, 409);
	}
	if (e == ERR_CONFLICT) {
		web_error(w, NULL, s->draft.moves != 0 ?
		    text(w->c.lang, T("This appointment can no longer be moved. It stays as it is.")) :
		    text(w->c.lang, T("This person already has an appointment at that time. Choose another time.")));
		return confirm_show(w, s, 409);
	}
	TRY(e);
	return to_appointment(w, made.id, s->draft.moves != 0 ? "deplace" : "confirme");
}

err
page_confirm_do(struct web *w)
{
	return at_step(w, OF_CODE, confirm_do);
}

/* POST: another code. */
static err
confirm_code(struct web *w, struct step *s)
{
	err e;

	if (s->draft.proven || s->draft.moves != 0)
		return view_redirect(w, S("/confirmer"), NULL);
	if (s->held)
		(void)keep_held(w, s);
	e = draft_send_code(&w->c, w->guest_token, &s->draft);
	if (e == ERR_THROTTLED) {
		web_error(w, "code", text(w->c.lang, T("Too many codes were sent. Use the last one, or wait an hour.")));
		return confirm_show(w, s, 429);
	}
	return e == OK || e == ERR_CONFLICT ? view_redirect(w, S("/confirmer"), "code") : e;
}

err
page_confirm_code(struct web *w)
{
	return at_step(w, OF_CODE, confirm_code);
}

/* POST: a while longer for the code to arrive. */
static err
confirm_extend(struct web *w, struct step *s)
{
	err e;

	e = keep_held(w, s);
	if (e == ERR_CONFLICT || e == ERR_EXPIRED)
		return lost(w, s, e == ERR_EXPIRED);
	return e == OK ? view_redirect(w, S("/confirmer"), NULL) : e;
}

err
page_confirm_extend(struct web *w)
{
	return at_step(w, OF_CODE, confirm_extend);
}
