/* page_messages.c - the outbox, for the administrator (ux-43). */
#include "practice/booking.h"
#include "practice/message.h"
#include "web/page_messages.h"
#include "web/pages.h"
#include "web/view.h"

static const char *const kinds[] = {
	[MESSAGE_BOOKED] = T("Confirmation of an appointment"),
	[MESSAGE_MOVED] = T("Move of an appointment"),
	[MESSAGE_CANCELLED] = T("Cancellation of an appointment"),
	[MESSAGE_REMINDER] = T("Reminder of an appointment"),
	[MESSAGE_CODE] = T("Code that proves an address"),
	[MESSAGE_INVITATION] = T("Invitation of a member of staff"),
	[MESSAGE_RESET] = T("Link for a new password"),
	[MESSAGE_ADDRESS] = T("Link that confirms an e-mail address"),
	[MESSAGE_ADDRESS_STOP] = T("Link that stops a change of e-mail address"),
	[MESSAGE_ADDRESS_LEFT] = T("News of a change of e-mail address"),
	[MESSAGE_SERIES] = T("Confirmation of a series of appointments"),
};

static str
moment(const struct web *w, usec at)
{
	struct civil local = zone_local(w->zone, at);

	return text_date_hour(w->c.mem, w->c.lang, local.day, local.minute);
}

/* What the mail server's number means is for whoever runs it; it is shown as it came. */
static str
with_code(struct web *w, const char *words, int code)
{
	str said = text(w->c.lang, words);

	if (code == 0)
		return said;
	return FILL(w->c.mem, w->c.lang, T("{what} Answer of the mail server: {code}."), ARG("what", said),
	    ARG("code", str_of_int(w->c.mem, code)));
}

static void
describe_waiting(struct web *w, const struct outbox_message *m, struct messages_line *line)
{
	line->state = text(w->c.lang, T("Waiting"));
	line->tone = "tag";
	if (!w->site->mail_is_sent) {
		line->url = str_printf(w->c.mem, "/messages/%lld", (long long)m->id);
	} else if (m->attempts > 0) {
		line->tone = "tag warn";
		line->detail = FILL(w->c.mem, w->c.lang, T("Tried {n} times out of {max}. Next try: {when}."),
		    ARG("n", str_of_int(w->c.mem, m->attempts)),
		    ARG("max", str_of_int(w->c.mem, OUTBOX_ATTEMPTS_MAX)), ARG("when", moment(w, m->next_at)));
	}
}

static void
describe_state(struct web *w, const struct outbox_message *m, struct messages_line *line)
{
	switch (m->state) {
	case OUTBOX_WAITING:
		describe_waiting(w, m, line);
		return;
	case OUTBOX_SENT:
		line->state = text(w->c.lang, T("Sent"));
		line->tone = "tag ok";
		line->detail = moment(w, m->sent_at);
		return;
	case OUTBOX_FAILED:
		line->state = text(w->c.lang, T("Not delivered"));
		line->tone = "tag bad";
		line->detail = with_code(w, T("It will not be tried again."), m->last_code);
		return;
	case OUTBOX_WITHDRAWN:
		line->state = text(w->c.lang, T("Not needed any more"));
		line->tone = "tag";
		return;
	case OUTBOX_UNADDRESSED:
		line->state = text(w->c.lang, T("No e-mail address"));
		line->tone = "tag warn";
		return;
	}
	panic("messages: a state without words");
}

static err
describe(struct web *w, const struct outbox_message *m, struct messages_line *line)
{
	struct booking b;

	line->what = text(w->c.lang, kinds[m->kind]);
	line->made = moment(w, m->created_at);
	describe_state(w, m, line);
	if (m->booking == 0)
		return OK;
	err e = booking_get(&w->c, m->booking, &b);
	if (e == ERR_NOT_FOUND)
		return OK;
	line->booking = moment(w, b.start);
	line->booking_url = str_printf(w->c.mem, "/agenda/rdv/%lld", (long long)b.id);
	return e;
}

/*
 * Sign-in codes and links for a new password are no practice's, and nobody's to
 * read; but with invented people and no mail, a visitor must be able to.
 */
static bool
shows_the_servers(const struct web *w)
{
	return w->site->demo && !w->site->mail_is_sent;
}

err
page_messages(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Messages")) };
	struct messages_page p = { .layout = &l, .mail_is_sent = w->site->mail_is_sent };
	struct outbox_message *list, *servers = NULL;
	size_t n, servers_n = 0;

	TRY(outbox_list(&w->c, MESSAGES_SHOWN, &list, &n));
	if (shows_the_servers(w)) {
		struct ctx server = w->c;

		server.org = 0;
		TRY(outbox_list(&server, MESSAGES_SHOWN, &servers, &servers_n));
	}
	p.lines = NEW_N(w->c.mem, struct messages_line, n + servers_n);
	for (size_t i = 0; i < servers_n; i++)
		TRY(describe(w, &servers[i], &p.lines[p.lines_n++]));
	for (size_t i = 0; i < n; i++)
		TRY(describe(w, &list[i], &p.lines[p.lines_n++]));
	struct out *o = view_begin(w, &l);

	page_messages_show(o, &p);
	return view_end(w, o, 200);
}

static str
why_not(struct web *w, err e)
{
	if (e == ERR_NOT_FOUND)
		return text(w->c.lang, T("There is no e-mail address to send it to."));
	return text(w->c.lang, T("It would not be true any more, and will not be sent."));
}

/*
 * Where mail is sent, nobody at the practice reads it on its way: a link or a
 * code in it is for the addressee alone.
 */
err
page_message(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF };
	struct message_page p = { .layout = &l };
	struct message_server server = { .public_url = str_c(w->site->public_url), .name = S("Serment") };
	struct outbox_message m;
	struct message_mail mail;
	id wanted;

	TRY(web_arg_id(w, 0, &wanted));
	err e = outbox_get(&w->c, wanted, &m);
	if (e == ERR_NOT_FOUND && shows_the_servers(w)) {
		struct ctx server_own = w->c;

		server_own.org = 0;
		e = outbox_get(&server_own, wanted, &m);
	}
	TRY(e);
	if (w->site->mail_is_sent || m.state != OUTBOX_WAITING)
		return ERR_NOT_FOUND;
	e = message_render(&w->c, PURPOSE_MANAGE, &server, &m, &mail);
	if (e == OK) {
		p.to = mail.to;
		p.subject = mail.subject;
		p.text = mail.text;
	} else if (e == ERR_NOT_FOUND || e == ERR_EXPIRED) {
		p.subject = text(w->c.lang, kinds[m.kind]);
		p.why_not = why_not(w, e);
	} else {
		return e;
	}
	l.title = p.subject;
	struct out *o = view_begin(w, &l);

	page_message_show(o, &p);
	return view_end(w, o, 200);
}
