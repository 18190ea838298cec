/* page_tasks.c - what the practice has to do by hand: call whom no message reaches (ux-43). */
#include "format/contact.h"
#include "practice/person.h"
#include "practice/task.h"
#include "web/page_tasks.h"
#include "web/pages.h"
#include "web/view.h"

static const char *const undelivered[] = {
	[MESSAGE_BOOKED] = T("{name} has not received the confirmation of the appointment."),
	[MESSAGE_MOVED] = T("{name} has not been told that the appointment was moved."),
	[MESSAGE_CANCELLED] = T("{name} has not been told that the appointment was cancelled."),
	[MESSAGE_REMINDER] = T("{name} has not received the reminder of the appointment."),
	[MESSAGE_SERIES] = T("{name} has not received the dates of the series of appointments."),
	[MESSAGE_INVITATION] = T("An invitation to join the practice could not be delivered."),
};

/* Whom to call: the patient, or whoever books for one without a telephone. */
struct callee { struct person patient, guardian; };

static err
open_people(struct web *w, const struct task *tasks, size_t n, struct callee *ret)
{
	id *ids = NEW_N(w->c.mem, id, n);
	struct person *people = NEW_N(w->c.mem, struct person, n);

	for (size_t i = 0; i < n; i++)
		ids[i] = tasks[i].booking != 0 ? tasks[i].person : 0;
	TRY(person_get_many(&w->c, PURPOSE_DESK, ids, n, people));
	for (size_t i = 0; i < n; i++) {
		ret[i].patient = people[i];
		ids[i] = people[i].phone.n == 0 ? people[i].guardian : 0;
	}
	TRY(person_get_many(&w->c, PURPOSE_DESK, ids, n, people));
	for (size_t i = 0; i < n; i++)
		ret[i].guardian = people[i];
	return OK;
}

static str
advice(struct web *w, const struct task *t, str phone)
{
	const char *words = T("Call to tell them, and correct the e-mail address.");

	if (t->booking == 0)
		words = T("Check the address under Settings, then invite again.");
	else if (t->start <= w->c.now)
		words = T("The time has passed: correct the e-mail address for the next appointment.");
	else if (phone.n == 0)
		words = T("No telephone number is known: a letter, or a word at the next visit.");
	return text(w->c.lang, words);
}

static struct tasks_line
describe(struct web *w, const struct task *t, const struct callee *who)
{
	struct arena *mem = w->c.mem;
	const struct person *p = who->patient.phone.n > 0 ? &who->patient : &who->guardian;
	/* Erased meanwhile: nobody is left to be called, but the line can be ended. */
	str name = who->patient.id != 0 ? person_name(mem, &who->patient) :
	    text(w->c.lang, T("A person who was erased"));
	struct tasks_line line = { .id = t->id, .phone = p->phone, .phone_shown = phone_display(mem, p->phone) };

	line.what = FILL(mem, w->c.lang, undelivered[t->message], ARG("name", name));
	line.advice = advice(w, t, p->phone);
	line.done_spoken = FILL(mem, w->c.lang, T("Done: {what}"), ARG("what", line.what));
	if (t->start != 0) {
		struct civil local = zone_local(w->zone, t->start);

		line.booking = text_date_hour(mem, w->c.lang, local.day, local.minute);
		line.booking_url = str_printf(mem, "/agenda/rdv/%lld", (long long)t->booking);
	}
	return line;
}

err
page_tasks(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("To do")) };
	struct tasks_page p = { .layout = &l };
	struct task *tasks;

	TRY(task_list(&w->c, &tasks, &p.lines_n));
	TRY(task_count(&w->c, &p.open));
	struct callee *people = NEW_N(w->c.mem, struct callee, TASK_LIST_MAX);

	if (p.lines_n > 0)
		TRY(open_people(w, tasks, p.lines_n, people));
	p.lines = NEW_N(w->c.mem, struct tasks_line, TASK_LIST_MAX);
	for (size_t i = 0; i < p.lines_n; i++)
		p.lines[i] = describe(w, &tasks[i], &people[i]);
	struct out *o = view_begin(w, &l);

	page_tasks_show(o, &p);
	return view_end(w, o, 200);
}

err
page_task_done(struct web *w)
{
	id task;

	TRY(web_arg_id(w, 0, &task));
	TRY(task_done(&w->c, task));
	return view_redirect(w, S("/taches"), "tache-faite");
}
