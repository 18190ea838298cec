/* page_reading.c - see page_reading.h. */
#include "access/factor.h"
#include "access/member.h"
#include "access/throttle.h"
#include "oath/promise.h"
#include "web/page_reading.h"
#include "web/pages.h"
#include "web/signing.h"
#include "web/view.h"

FORM(form_reading, { "code", 20, false }, { "retour", CARRY_PATH_MAX, false });

static str
way_back(const struct web *w)
{
	str wanted = web_field(w, "retour");

	return out_url_is_local(wanted) ? wanted : (str){0};
}

static err
show(struct web *w, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Many files in a short time")) };
	struct reading_page p = { .layout = &l, .persons = promise()->budget_persons, .back = way_back(w) };

	TRY(budget_state(&w->c, &p.state));
	struct out *o = view_begin(w, &l);
	page_reading_show(o, &p);
	return view_end(w, o, status);
}

err
page_reading(struct web *w)
{
	return show(w, 200);
}

static err
refused(struct web *w, err why)
{
	usec until;

	if (why == ERR_THROTTLED) {
		TRY(throttle_next_at(&w->c, THROTTLE_FACTOR, str_of_int(w->c.mem, w->c.actor), &until));
		signing_throttled(w, "code", until);
		return show(w, 429);
	}
	web_error(w, "code", text(w->c.lang, T("This code is not right, or was used already. Wait for the next one.")));
	return show(w, 422);
}

err
page_reading_prove(struct web *w)
{
	str back = way_back(w);
	err e = factor_check(&w->c, w->c.actor, web_field(w, "code"));

	if (e == ERR_DENIED || e == ERR_THROTTLED)
		return refused(w, e);
	TRY(e);
	TRY(budget_prove(&w->c));
	return view_redirect(w, back.n > 0 ? back : S("/aujourdhui"), "lecture-prouvee");
}

static str
name_of(const struct member_line *members, size_t n, id account)
{
	for (size_t i = 0; i < n; i++)
		if (members[i].member.account == account)
			return members[i].name;
	return (str){0};
}

static struct alarm_line
describe(struct web *w, const struct budget_alarm *a, const struct member_line *members, size_t n)
{
	struct arena *mem = w->c.mem;
	struct civil at = zone_local(w->zone, a->at);
	struct alarm_line line = { .id = a->id, .stopped = a->kind == ALARM_STOPPED,
	    .standing = a->ended_at == 0, .own = a->actor == w->c.actor };

	line.who = name_of(members, n, a->actor);
	if (line.who.n == 0)
		line.who = text(w->c.lang, T("Somebody who is not of the staff any more"));
	line.when = text_date_hour(mem, w->c.lang, at.day, at.minute);
	line.what = FILL(mem, w->c.lang, line.stopped ?
	    T("{n} files of people without an appointment were read within an hour, after a proof. Reading was stopped.") :
	    T("{n} files of people without an appointment were read within an hour. A code was asked."),
	    ARG("n", str_of_int(mem, a->strangers)));
	if (!line.standing) {
		struct civil ended = zone_local(w->zone, a->ended_at);
		str by = name_of(members, n, a->ended_by);

		line.ended = a->ended_by == a->actor ?
		    FILL(mem, w->c.lang, T("The code was given on {when}."),
			ARG("when", text_date_hour(mem, w->c.lang, ended.day, ended.minute))) :
		    FILL(mem, w->c.lang, T("Lifted on {when} by {who}."),
			ARG("when", text_date_hour(mem, w->c.lang, ended.day, ended.minute)),
			ARG("who", by.n > 0 ? by : text(w->c.lang, T("Somebody who is not of the staff any more"))));
	}
	line.lift_spoken = FILL(mem, w->c.lang, T("Let {who} read again"), ARG("who", line.who));
	return line;
}

err
page_alarms(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Alarms")) };
	struct alarms_page p = { .layout = &l };
	struct budget_alarm *alarms;
	struct member_line *members;
	struct alarm_line *lines;
	size_t members_n;

	TRY(budget_alarms(&w->c, &alarms, &p.lines_n));
	TRY(member_list(&w->c, &members, &members_n));
	lines = NEW_N(w->c.mem, struct alarm_line, BUDGET_ALARMS_MAX);
	for (size_t i = 0; i < p.lines_n; i++)
		lines[i] = describe(w, &alarms[i], members, members_n);
	p.lines = lines;
	struct out *o = view_begin(w, &l);
	page_alarms_show(o, &p);
	return view_end(w, o, 200);
}

err
page_alarm_lift(struct web *w)
{
	id alarm;

	TRY(web_arg_id(w, 0, &alarm));
	err e = budget_lift(&w->c, alarm);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	return view_redirect(w, S("/reglages/alertes"), e == OK ? "alerte-levee" : "alerte-finie");
}
