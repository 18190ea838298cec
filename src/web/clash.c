/* clash.c - a time that is taken: who is there, since when, and where there is room (ux-19, ux-26). */
#include "access/account.h"
#include "web/page_agenda_booking.h"

/* "created 3 s ago by Sophie": only of what was just made, by somebody who is known. */
static str
just_made(struct web *w, const struct booking *b)
{
	struct ctx *c = &w->c;
	int64_t seconds = (c->now - b->created_at) / USEC_PER_SECOND;
	struct account who;

	if (seconds < 0 || seconds >= 10 * 60)
		return (str){0};
	str ago = seconds < 60 ? str_printf(c->mem, "%d s", (int)seconds) :
	    text_duration(c->mem, c->lang, (int)(seconds / 60));
	if (b->created_by == 0)
		return FILL(c->mem, c->lang, T("booked online {ago} ago"), ARG("ago", ago));
	if (account_get(c, PURPOSE_DESK, b->created_by, &who) != OK)
		return FILL(c->mem, c->lang, T("created {ago} ago"), ARG("ago", ago));
	return FILL(c->mem, c->lang, T("created {ago} ago by {who}"), ARG("ago", ago), ARG("who", who.name));
}

static err
line(struct web *w, const struct booking *b, str *ret)
{
	struct ctx *c = &w->c;
	struct person p;
	struct motive m;
	str who = b->kind == BOOKING_BLOCK ? text(c->lang, T("blocked time")) :
	    b->state == BOOKING_HELD ? text(c->lang, T("somebody who is booking online")) : (str){0};
	str made = just_made(w, b);

	if (b->person != 0 && person_get(c, PURPOSE_DESK, b->person, &p) == OK)
		who = person_name_by_family(c->mem, &p);
	if (b->motive != 0 && motive_get(c, b->motive, &m) == OK)
		who = str_printf(c->mem, "%.*s%s%.*s", STR_FMT(who), who.n > 0 ? ", " : "", STR_FMT(m.name));
	*ret = FILL(c->mem, c->lang, T("{start} to {end}: {who}"),
	    ARG("start", text_hour(c->mem, c->lang, zone_local(w->zone, b->start).minute)),
	    ARG("end", text_hour(c->mem, c->lang, zone_local(w->zone, b->end).minute)), ARG("who", who));
	if (made.n > 0)
		*ret = str_printf(c->mem, "%.*s (%.*s)", STR_FMT(*ret), STR_FMT(made));
	return OK;
}

static err
slots_read(struct web *w, const struct clash_ask *ask, struct clash *ret)
{
	struct ctx *c = &w->c;
	struct slot_query q = { .motive = ask->motive, .practitioner = ask->practitioner,
	    .from = zone_local(w->zone, ask->start).day, .days = NEXT_SLOTS_DAYS, .after = ask->start,
	    .minutes = ask->minutes, .limit = NEXT_SLOTS_OFFERED };
	struct slot *slots;
	size_t n;
	err e = slot_find(c, &q, &slots, &n);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	for (size_t i = 0; i < n; i++) {
		struct civil at = zone_local(w->zone, slots[i].start);

		ret->slots[i].value = agenda_moment(c->mem, w->zone, slots[i].start);
		ret->slots[i].words = text_capital(c->mem, text_date_hour(c->mem, c->lang, at.day, at.minute));
	}
	ret->slots_n = n;
	return OK;
}

err
clash_read(struct web *w, const struct clash_ask *ask, struct clash *ret)
{
	struct clash found = {0};
	struct booking *there;
	size_t n;

	TRY(booking_clashes(&w->c, ask->practitioner, ask->start,
	    ask->start + ask->minutes * USEC_PER_MINUTE, &there, &n));
	found.lines = NEW_N(w->c.mem, str, n + 1);
	for (size_t i = 0; i < n && !ask->beside; i++)
		if (there[i].id != ask->except)
			TRY(line(w, &there[i], &found.lines[found.n++]));
	found.may_overlap = found.n > 0;
	if (found.n == 0)
		found.lines[found.n++] = text(w->c.lang,
		    T("The patient, a room or a device is already taken at that time."));
	if (ask->motive != 0)
		TRY(slots_read(w, ask, &found));
	*ret = found;
	return OK;
}

struct choice *
practitioner_choices(struct web *w, const struct practitioner *list, size_t n)
{
	struct choice *choices = NEW_N(w->c.mem, struct choice, n);

	for (size_t i = 0; i < n; i++)
		choices[i] = (struct choice){ .value = str_of_int(w->c.mem, list[i].id),
		    .label = practitioner_name(w->c.mem, &list[i]) };
	return choices;
}
