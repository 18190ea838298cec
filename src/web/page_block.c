/* page_block.c - time that nobody may book, for a reason that is nobody's business (ux-20). */
#include "asset_names.h"
#include "practice/booking_undo.h"
#include "web/page_agenda_change.h"
#include "web/page_block.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_block, { "praticien", 20, false }, { "jour", 10, false }, { "debut", 20, false }, { "date", 10, false },
	{ "de", 10, false }, { "a", 10, false }, { "note", BOOKING_NOTE_MAX, false }, { "retour", 1000, false },
	{ "entre-deux", 1, false });

static void
typed(struct web *w, struct block_form *f)
{
	usec at;

	f->whom = web_field(w, "praticien");
	f->date = web_field(w, "date").n > 0 ? web_field(w, "date") : web_field(w, "jour");
	f->from = web_field(w, "de");
	f->to = web_field(w, "a");
	f->note = web_field(w, "note");
	f->back = out_url_is_local(web_field(w, "retour")) ? web_field(w, "retour") : (str){0};
	if (f->whom.n == 0 && w->session.practitioner != 0)
		f->whom = str_of_int(w->c.mem, w->session.practitioner);
	if (!agenda_moment_read(w->zone, web_field(w, "debut"), &at))
		return;
	struct civil local = zone_local(w->zone, at);
	f->date = civil_iso_date(w->c.mem, local.day);
	f->from = str_printf(w->c.mem, "%02d:%02d", local.minute / 60, local.minute % 60);
}

static err
show(struct web *w, struct block_form *f, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Block time")) };
	struct practitioner *all;

	f->layout = &l;
	TRY(practitioner_list(&w->c, false, &all, &f->practitioners_n));
	f->practitioners = practitioner_choices(w, all, f->practitioners_n);
	struct out *o = view_begin(w, &l);
	page_block_view(o, f);
	return view_end(w, o, status);
}

static void
ask_read(struct web *w, const struct block_form *f, struct booking_ask *ask)
{
	usec grain = DAY_ROW_MINUTES * USEC_PER_MINUTE, end = 0;

	*ask = (struct booking_ask){ .source = SOURCE_STAFF, .quiet = true, .note = f->note,
	    .overlap = web_field_sent(w, "entre-deux") };
	if (!web_field_id(w, "praticien", &ask->practitioner))
		web_error(w, "praticien", text(w->c.lang, T("Choose a practitioner.")));
	if (!agenda_moment_of(w->zone, f->date, f->from, &ask->start) || ask->start % grain != 0)
		web_error(w, "de", text(w->c.lang, T("Give a date and an hour that exist, in steps of five minutes.")));
	else if (!agenda_moment_of(w->zone, f->date, f->to, &end) || end % grain != 0 || end <= ask->start)
		web_error(w, "a", text(w->c.lang, T("The end comes after the beginning, the same day.")));
	else
		ask->minutes = (int)((end - ask->start) / USEC_PER_MINUTE);
}

err
page_block(struct web *w)
{
	struct block_form f = {0};

	typed(w, &f);
	return show(w, &f, 200);
}

err
page_block_send(struct web *w)
{
	struct block_form f = {0};
	struct booking_ask ask;
	struct booking made;
	struct clash clash;

	typed(w, &f);
	ask_read(w, &f, &ask);
	if (w->errors_n > 0)
		return show(w, &f, 422);
	err e = booking_block(&w->c, &ask, &made);
	if (e == ERR_CONFLICT) {
		TRY(clash_read(w, &(struct clash_ask){ .practitioner = ask.practitioner, .start = ask.start,
		    .minutes = ask.minutes, .beside = ask.overlap }, &clash));
		f.clash = &clash;
		return show(w, &f, 409);
	}
	if (e == ERR_NOT_FOUND) {
		web_error(w, "praticien", text(w->c.lang, T("Choose a practitioner.")));
		return show(w, &f, 422);
	}
	TRY(e);
	struct undo_offer undo = { .booking = made.id };
	TRY(booking_undo_of_create(&w->c, &made, &undo.token));
	return agenda_return(w, f.back.n > 0 ? f.back : str_printf(w->c.mem, "/agenda?date=%.*s", STR_FMT(f.date)),
	    &undo, "bloque");
}
