/* page_agenda_booking.c - one appointment on its page: what it is, and its message log. */
#include "access/account.h"
#include "asset_names.h"
#include "format/contact.h"
#include "practice/booking_undo.h"
#include "practice/reminder.h"
#include "web/page_agenda_booking.h"
#include "web/page_agenda_change.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_agenda_booking, { "defaire", 300, false }, { "retour", 1000, false }, { "debut", 20, false },
	{ "praticien", 20, false });

static const struct { enum booking_state state; const char *value, *words, *icon; } state_rows[] = {
	{ BOOKING_CONFIRMED, "attendu", T("Expected"), ICON("calendar-check") },
	{ BOOKING_ARRIVED, "arrive", T("Arrived"), ICON("door-open") },
	{ BOOKING_IN_CONSULTATION, "en-consultation", T("In consultation"), ICON("stethoscope") },
	{ BOOKING_DONE, "termine", T("Finished"), ICON("check") },
	{ BOOKING_NO_SHOW, "absent", T("Did not come"), ICON("user-x") },
	{ BOOKING_EXCUSED, "excuse", T("Sent apologies"), ICON("message-circle-off") },
};

bool
agenda_state_read(str value, enum booking_state *ret)
{
	for (size_t i = 0; i < COUNT(state_rows); i++)
		if (str_eq(value, str_c(state_rows[i].value))) {
			*ret = state_rows[i].state;
			return true;
		}
	return false;
}

void
agenda_state_choices(struct web *w, const struct booking *b, struct state_choice *ret, size_t *ret_n)
{
	*ret_n = 0;
	if (b->kind != BOOKING_APPOINTMENT || b->state < BOOKING_CONFIRMED || b->state > BOOKING_EXCUSED)
		return;
	for (size_t i = 0; i < COUNT(state_rows); i++)
		ret[(*ret_n)++] = (struct state_choice){ .value = str_c(state_rows[i].value),
		    .words = text(w->c.lang, state_rows[i].words), .icon = state_rows[i].icon,
		    .current = b->state == state_rows[i].state,
		    .step = b->state <= BOOKING_IN_CONSULTATION && state_rows[i].state == b->state + 1 };
}

static const char *
tag_of(enum booking_state state)
{
	if (state == BOOKING_ARRIVED || state == BOOKING_IN_CONSULTATION || state == BOOKING_DONE)
		return "ok";
	return state == BOOKING_NO_SHOW || state == BOOKING_CANCELLED ? "bad" : state == BOOKING_EXCUSED ? "warn" : "";
}

static str
moment_words(struct web *w, usec at)
{
	struct civil local = zone_local(w->zone, at);

	return text_date_hour(w->c.mem, w->c.lang, local.day, local.minute);
}

/* "Monday 23 November at 10:35, by Sophie"; of the public's own, "online". */
static str
made_words(struct web *w, const struct booking *b)
{
	struct ctx *c = &w->c;
	str when = moment_words(w, b->created_at);
	struct account who;

	if (b->source == SOURCE_ONLINE)
		return FILL(c->mem, c->lang, T("{when}, online"), ARG("when", when));
	if (b->created_by != 0 && account_get(c, PURPOSE_DESK, b->created_by, &who) == OK)
		return FILL(c->mem, c->lang, T("{when}, by {who}"), ARG("when", when), ARG("who", who.name));
	return when;
}

static void
describe_person(struct web *w, struct booking_panel *p)
{
	struct ctx *c = &w->c;
	day born, today = zone_local(w->zone, c->now).day;

	if (civil_parse_date(p->person->birth_date, &born) && born <= today)
		p->born = str_printf(c->mem, "%.*s, %.*s", STR_FMT(text_date_numeric(c->mem, c->lang, born)),
		    STR_FMT(text_age(c->mem, c->lang, born, today)));
	p->phone = p->person->phone;
	p->phone_shown = phone_display(c->mem, p->person->phone);
	p->title = person_name_by_family(c->mem, p->person);
}

static err
describe(struct web *w, const struct booking *b, struct booking_panel *p)
{
	struct ctx *c = &w->c;
	struct civil start = zone_local(w->zone, b->start);
	struct practitioner who;
	struct motive motive;
	struct site site;

	TRY(practitioner_get(c, b->practitioner, &who));
	p->practitioner = practitioner_name(c->mem, &who);
	p->whom = str_of_int(c->mem, who.id);
	p->title = text(c->lang, b->kind == BOOKING_BLOCK ? T("Blocked time") :
	    b->state == BOOKING_HELD ? T("A booking under way online") : T("Group session"));
	p->tint = 6;
	if (b->motive != 0 && motive_get(c, b->motive, &motive) == OK) {
		p->motive = motive.name;
		p->tint = motive.colour;
	}
	if (site_get(c, b->site, &site) == OK)
		p->site = site.name;
	p->minutes = str_of_int(c->mem, (b->end - b->start) / USEC_PER_MINUTE);
	p->duration = text_duration(c->mem, c->lang, (int)((b->end - b->start) / USEC_PER_MINUTE));
	p->when = text_capital(c->mem, text_date_hour(c->mem, c->lang, start.day, start.minute));
	p->date = civil_iso_date(c->mem, start.day);
	p->hour = str_printf(c->mem, "%02d:%02d", start.minute / 60, start.minute % 60);
	p->state_tag = tag_of(b->state);
	p->state_words = text_capital(c->mem, agenda_state_words(c->lang, b->state));
	p->live = b->state >= BOOKING_CONFIRMED && b->state <= BOOKING_DONE;
	p->cancelled = b->state == BOOKING_CANCELLED;
	p->movable = p->live && b->kind != BOOKING_SESSION;
	p->made = made_words(w, b);
	if (b->state == BOOKING_ARRIVED && b->arrived_at != 0)
		p->waiting = FILL(c->mem, c->lang, T("waiting for {duration}"), ARG("duration",
		    text_duration(c->mem, c->lang, (int)max64((c->now - b->arrived_at) / USEC_PER_MINUTE, 0))));
	agenda_state_choices(w, b, p->states, &p->states_n);
	return booking_note(c, PURPOSE_DESK, b, &p->note);
}

static err
messages_read(struct web *w, const struct booking *b, struct booking_panel *p)
{
	static const char *const kinds[] = {
		[MESSAGE_BOOKED] = T("Confirmation"), [MESSAGE_MOVED] = T("Change of time"),
		[MESSAGE_CANCELLED] = T("Cancellation"), [MESSAGE_REMINDER] = T("Reminder message"),
		[MESSAGE_SERIES] = T("Confirmation of the series"),
	};
	static const struct { const char *words, *tag; } sent[] = {
		[OUTBOX_WAITING] = { T("{message}, waiting to leave"), "" },
		[OUTBOX_SENT] = { T("{message}, delivered"), "ok" },
		[OUTBOX_FAILED] = { T("{message}, not delivered"), "bad" },
		[OUTBOX_WITHDRAWN] = { T("{message}, not sent: it was no longer needed"), "" },
		[OUTBOX_UNADDRESSED] = { T("{message}, not sent: no e-mail address"), "warn" },
	};
	_Static_assert(COUNT(sent) == OUTBOX_UNADDRESSED + 1, "every state has its words");
	struct outbox_message *list;
	size_t n;

	TRY(outbox_list_of_booking(&w->c, b->id, &list, &n));
	p->messages = NEW_N(w->c.mem, struct message_line, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct outbox_message *m = &list[i];

		if (!outbox_is_of_booking(m->kind))
			continue;
		p->messages[p->messages_n++] = (struct message_line){
			.words = FILL(w->c.mem, w->c.lang, sent[m->state].words,
			    ARG("message", text(w->c.lang, kinds[m->kind]))),
			.when = moment_words(w, m->sent_at != 0 ? m->sent_at : m->created_at),
			.kind = sent[m->state].tag,
		};
	}
	usec reminder = reminder_at(&w->org, b);
	if (reminder > w->c.now)
		p->messages[p->messages_n++] = (struct message_line){ .kind = "",
			.words = text(w->c.lang, T("Reminder message, to leave by itself")),
			.when = moment_words(w, reminder) };
	return OK;
}

/* Who comes to a group session: its own bookings, at its own time. */
static err
seats_read(struct web *w, const struct booking *b, struct booking_panel *p)
{
	struct booking *list;
	struct person *people;
	id *ids;
	size_t n, kept = 0;

	if (b->kind != BOOKING_SESSION)
		return OK;
	TRY(booking_list(&w->c, b->practitioner, b->start, b->start + 1, &list, &n));
	ids = NEW_N(w->c.mem, id, n);
	people = NEW_N(w->c.mem, struct person, n);
	for (size_t i = 0; i < n; i++)
		if (list[i].session == b->id) {
			ids[kept] = list[i].person;
			list[kept++] = list[i];
		}
	TRY(person_get_many(&w->c, PURPOSE_DESK, ids, kept, people));
	p->seats = arena_alloc(w->c.mem, kept, sizeof(*p->seats));
	p->seats_n = kept;
	for (size_t i = 0; i < kept; i++) {
		p->seats[i].name = people[i].id != 0 ? person_name_by_family(w->c.mem, &people[i]) :
		    agenda_state_words(w->c.lang, list[i].state);
		p->seats[i].url = str_printf(w->c.mem, "/agenda/rdv/%lld", (long long)list[i].id);
	}
	return OK;
}

static str
back_url(struct web *w, const struct booking_panel *p)
{
	str wanted = web_field(w, "retour");

	return out_url_is_local(wanted) ? wanted :
	    str_printf(w->c.mem, "/agenda?date=%.*s", STR_FMT(p->date));
}

err
agenda_booking_show(struct web *w, const struct booking *b, const struct move_form *form, struct clash *clash)
{
	struct layout l = { .shell = SHELL_STAFF, .script = str_c(ASSET_AGENDA_JS) };
	struct booking_panel p = { .layout = &l, .b = b, .clash = clash, .told = true };
	struct practitioner *all;
	struct person person;

	TRY(describe(w, b, &p));
	if (b->person != 0 && person_get(&w->c, PURPOSE_DESK, b->person, &person) == OK) {
		p.person = &person;
		describe_person(w, &p);
	}
	TRY(messages_read(w, b, &p));
	TRY(seats_read(w, b, &p));
	TRY(practitioner_list(&w->c, false, &all, &p.practitioners_n));
	p.practitioners = practitioner_choices(w, all, p.practitioners_n);
	p.back_url = back_url(w, &p);
	p.cut_url = str_printf(w->c.mem, "/agenda?date=%.*s&coupe=%lld", STR_FMT(p.date), (long long)b->id);
	if (form != NULL) {
		p.moving = true;
		p.date = form->date;
		p.hour = form->hour;
		p.minutes = form->minutes.n > 0 ? form->minutes : p.minutes;
		p.whom = form->whom.n > 0 ? form->whom : p.whom;
		p.move_back = out_url_is_local(form->back) ? form->back : (str){0};
		p.told = form->told;
	} else if (booking_undo_left(&w->c, b->id, web_field(w, "defaire")) > 0) {
		p.undo = (struct undo_offer){ b->id, web_field(w, "defaire"), {0} };
	}
	l.title = p.title;
	struct out *o = view_begin(w, &l);
	page_agenda_booking_view(o, &p);
	return view_end(w, o, clash != NULL ? 409 : w->errors_n > 0 ? 422 : 200);
}

void
agenda_move_at(struct web *w, str moment, struct move_form *f)
{
	usec at;

	if (!agenda_moment_read(w->zone, moment, &at))
		return;
	struct civil local = zone_local(w->zone, at);
	f->date = civil_iso_date(w->c.mem, local.day);
	f->hour = str_printf(w->c.mem, "%02d:%02d", local.minute / 60, local.minute % 60);
}

/* With a moment: what was cut, about to be pasted there; nothing is changed before it is sent. */
err
page_agenda_booking(struct web *w)
{
	struct move_form paste = { .whom = web_field(w, "praticien"), .back = web_field(w, "retour"), .told = true };
	struct booking b;
	id booking;

	TRY(web_arg_id(w, 0, &booking));
	TRY(booking_get(&w->c, booking, &b));
	agenda_move_at(w, web_field(w, "debut"), &paste);
	return agenda_booking_show(w, &b, paste.date.n > 0 ? &paste : NULL, NULL);
}
