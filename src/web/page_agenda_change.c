/*
 * page_agenda_change.c - moving, cancelling, restoring an appointment, its states
 * and its note.  The grid's script posts to the same addresses as the forms; it
 * says X-Frag and gets a short JSON object with words to announce.
 */
#include "practice/booking_undo.h"
#include "practice/series.h"
#include "web/page_agenda_change.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_agenda_state, { "etat", 20, false }, { "retour", 1000, false });
FORM(form_agenda_note, { "note", BOOKING_NOTE_MAX, false }, { "version", 20, false }, { "retour", 1000, false },
	{ "defaire", 300, false });
FORM(form_agenda_move, { "date", 10, false }, { "heure", 10, false }, { "debut", 20, false },
	{ "creneau", 20, false }, { "praticien", 20, false }, { "minutes", 5, false }, { "version", 20, false },
	{ "prevenir", 1, false }, { "entre-deux", 1, false }, { "portee", 10, false }, { "retour", 1000, false },
	{ "defaire", 300, false });
FORM(form_agenda_cancel, { "prevenir", 1, false }, { "portee", 10, false }, { "retour", 1000, false });
FORM(form_agenda_restore, { "retour", 1000, false }, { "defaire", 300, false });
FORM(form_agenda_undo, { "jeton", 300, false }, { "retour", 1000, false });

static bool
wants_json(const struct web *w)
{
	return str_eq(http_header(w->http, S("X-Frag")), S("json"));
}

static err
answer_json(struct web *w, int status, str words, str undo)
{
	struct buf b = buf_in(w->c.mem, 4096);
	struct json_writer j = json_writer(&b);

	json_object_begin(&j);
	json_key(&j, S("message"));
	json_put_str(&j, words);
	if (undo.n > 0) {
		json_key(&j, S("undo"));
		json_put_str(&j, undo);
	}
	json_object_end(&j);
	return view_json(w, status, &b);
}

/* Where the form came from, else the appointment; with what takes the change back. */
static err
go_back(struct web *w, id booking, str undo, const char *notice)
{
	str to = web_field(w, "retour");
	struct buf b = buf_in(w->c.mem, 4096);

	if (out_url_is_local(to))
		buf_add(&b, to);
	else
		buf_printf(&b, "/agenda/rdv/%lld", (long long)booking);
	if (undo.n > 0) {
		buf_printf(&b, "%srdv=%lld&defaire=", str_find(buf_str(&b), '?') >= 0 ? "&" : "?", (long long)booking);
		buf_url(&b, undo);
	}
	if (!buf_ok(&b))
		return ERR_TOO_LARGE;
	return view_redirect(w, buf_str(&b), notice);
}

static err
this_booking(struct web *w, struct booking *ret)
{
	id booking;

	TRY(web_arg_id(w, 0, &booking));
	return booking_get(&w->c, booking, ret);
}

err
page_agenda_state(struct web *w)
{
	enum booking_state state;
	struct booking b;

	TRY(this_booking(w, &b));
	if (!agenda_state_read(web_field(w, "etat"), &state))
		return ERR_INVALID;
	TRY(booking_set_state(&w->c, b.id, state));
	return go_back(w, b.id, (str){0}, "etat");
}

err
page_agenda_note(struct web *w)
{
	struct booking b;
	int64_t version;

	TRY(this_booking(w, &b));
	if (!web_field_int(w, "version", 1, INT64_MAX, &version))
		return ERR_INVALID;
	if (w->errors_n > 0)
		return agenda_booking_show(w, &b, NULL, NULL);
	TRY(booking_note_set(&w->c, b.id, version, web_field(w, "note")));
	return go_back(w, b.id, (str){0}, "enregistre");
}

static enum series_scope
scope_of(struct web *w)
{
	str scope = web_field(w, "portee");

	return str_eq(scope, S("suivants")) ? SERIES_FOLLOWING : str_eq(scope, S("tous")) ? SERIES_ALL : SERIES_ONE;
}

/* ---- move ---- */

static struct move_form
move_typed(struct web *w)
{
	return (struct move_form){ .date = web_field(w, "date"), .hour = web_field(w, "heure"),
	    .minutes = web_field(w, "minutes"), .whom = web_field(w, "praticien"),
	    .told = web_field_sent(w, "prevenir") };
}

/* A slot offered instead, the grid's own word, or date and hour as they were typed. */
static bool
move_start(struct web *w, const struct move_form *f, usec *ret)
{
	if (web_field(w, "creneau").n > 0)
		return agenda_moment_read(w->zone, web_field(w, "creneau"), ret);
	if (web_field(w, "debut").n > 0)
		return agenda_moment_read(w->zone, web_field(w, "debut"), ret);
	return agenda_moment_of(w->zone, f->date, f->hour, ret);
}

static void
move_read(struct web *w, const struct booking *b, const struct move_form *f, struct booking_ask *ask)
{
	int64_t minutes = 0;

	*ask = (struct booking_ask){ .practitioner = b->practitioner, .quiet = !f->told,
	    .overlap = web_field_sent(w, "entre-deux"), .source = SOURCE_STAFF };
	if (!move_start(w, f, &ask->start))
		web_error(w, "heure", text(w->c.lang, T("Give a date and an hour that exist, for example 10 h 35.")));
	else if (ask->start % (DAY_ROW_MINUTES * USEC_PER_MINUTE) != 0)
		web_error(w, "heure", text(w->c.lang, T("Appointments begin on a multiple of five minutes.")));
	if (f->whom.n > 0 && !web_field_id(w, "praticien", &ask->practitioner))
		web_error(w, "praticien", text(w->c.lang, T("Choose a practitioner.")));
	if (f->minutes.n > 0 && (!web_field_int(w, "minutes", DAY_ROW_MINUTES, BOOKING_MINUTES_MAX, &minutes) ||
	    minutes % DAY_ROW_MINUTES != 0))
		web_error(w, "minutes", text(w->c.lang, T("Give a duration in steps of five minutes.")));
	ask->minutes = minutes > 0 ? (int)minutes : (int)((b->end - b->start) / USEC_PER_MINUTE);
}

static str
moved_words(struct web *w, const struct booking *b)
{
	struct civil at = zone_local(w->zone, b->start);
	struct practitioner who;

	if (practitioner_get(&w->c, b->practitioner, &who) != OK)
		return text(w->c.lang, T("The appointment was moved."));
	return FILL(w->c.mem, w->c.lang, T("Moved to {when}, {who}."),
	    ARG("when", text_date_hour(w->c.mem, w->c.lang, at.day, at.minute)),
	    ARG("who", agenda_short_name(w->c.mem, &who)));
}

/* ERR_CONFLICT has two reasons: the time is taken, or somebody changed the appointment meanwhile. */
static err
move_refused(struct web *w, const struct booking *b, const struct move_form *f, const struct booking_ask *ask)
{
	struct clash clash;
	int64_t version;
	bool stale = web_field_int(w, "version", 1, INT64_MAX, &version) && version != b->version;

	if (stale && wants_json(w))
		return answer_json(w, 409, text(w->c.lang,
		    T("Somebody changed this appointment meanwhile. It stays where it is now.")), (str){0});
	TRY(clash_read(w, &(struct clash_ask){ .practitioner = ask->practitioner, .motive = b->motive,
	    .start = ask->start, .minutes = ask->minutes, .except = b->id, .beside = ask->overlap }, &clash));
	if (stale)
		clash.lines[0] = text(w->c.lang,
		    T("Somebody changed this appointment meanwhile. It stays where it is now."));
	if (!wants_json(w))
		return agenda_booking_show(w, b, f, &clash);
	return answer_json(w, 409, FILL(w->c.mem, w->c.lang, T("That time is taken, it was put back. {what}"),
	    ARG("what", clash.lines[0])), (str){0});
}

static err
move_done(struct web *w, const struct booking *was, const struct booking *is, bool quiet, bool alone)
{
	str undo = {0};

	/* A series is many changes: each is undone on its own page. */
	if (alone)
		TRY(booking_undo_of_move(&w->c, was, is, quiet, &undo));
	if (wants_json(w))
		return answer_json(w, 200, moved_words(w, is), undo);
	return go_back(w, is->id, undo, alone ? "deplace" : "serie-deplacee");
}

err
page_agenda_move(struct web *w)
{
	struct move_form f = move_typed(w);
	struct series_change change = { .scope = scope_of(w) };
	struct series_result moved;
	struct booking_ask ask;
	struct booking b;

	TRY(this_booking(w, &b));
	move_read(w, &b, &f, &ask);
	if (w->errors_n > 0)
		return wants_json(w) ? answer_json(w, 422, w->errors[0].text, (str){0}) :
		    agenda_booking_show(w, &b, &f, NULL);
	change.booking = b.id;
	(void)web_field_int(w, "version", 1, INT64_MAX, &change.version);
	err e = series_move(&w->c, w->zone, &change, &ask, &moved);
	if (e == ERR_CONFLICT)
		return move_refused(w, &b, &f, &ask);
	if (e == ERR_NOT_FOUND) {	/* of this motive, or at all */
		web_error(w, "praticien", text(w->c.lang, T("This practitioner does not offer this motive.")));
		return wants_json(w) ? answer_json(w, 422, w->errors[0].text, (str){0}) :
		    agenda_booking_show(w, &b, &f, NULL);
	}
	TRY(e);
	if (moved.clashes_n > 0)
		return go_back(w, b.id, (str){0}, "serie-en-partie");
	return move_done(w, &b, &moved.done[0], ask.quiet, moved.done_n == 1);
}

/* ---- cancel, restore, undo ---- */

err
page_agenda_cancel(struct web *w)
{
	struct series_change change = { .scope = scope_of(w) };
	struct series_result gone;
	bool quiet = !web_field_sent(w, "prevenir");
	struct booking b;
	str undo = {0};

	TRY(this_booking(w, &b));
	change.booking = b.id;
	TRY(series_cancel(&w->c, &change, quiet, &gone));
	if (gone.done_n == 1)
		TRY(booking_undo_of_cancel(&w->c, &b, quiet, &undo));
	if (wants_json(w))
		return answer_json(w, 200, text(w->c.lang, T("The appointment was cancelled.")), undo);
	return go_back(w, b.id, undo, gone.done_n == 1 ? "annule" : "serie-annulee");
}

err
page_agenda_restore(struct web *w)
{
	struct clash clash;
	struct booking b;

	TRY(this_booking(w, &b));
	err e = booking_restore(&w->c, b.id);
	if (e == ERR_CONFLICT && b.state == BOOKING_CANCELLED) {
		TRY(clash_read(w, &(struct clash_ask){ .practitioner = b.practitioner, .motive = b.motive,
		    .start = b.start, .minutes = (int)((b.end - b.start) / USEC_PER_MINUTE) }, &clash));
		clash.may_overlap = false;
		clash.slots_n = 0;
		return agenda_booking_show(w, &b, NULL, &clash);
	}
	TRY(e);
	return go_back(w, b.id, (str){0}, "retabli");
}

err
page_agenda_undo(struct web *w)
{
	struct booking b;

	TRY(this_booking(w, &b));
	size_t left = 0;
	err e = booking_undo(&w->c, b.id, web_field(w, "jeton"), &left);
	if (e == ERR_EXPIRED || e == ERR_CONFLICT) {
		str words = text(w->c.lang, e == ERR_EXPIRED ?
		    T("Too late to undo: the patient is being told. Move it again if need be.") :
		    T("It cannot be undone: the old time was taken, or the appointment changed meanwhile."));

		if (wants_json(w))
			return answer_json(w, view_status_of(e), words, (str){0});
		return go_back(w, b.id, (str){0}, e == ERR_EXPIRED ? "trop-tard" : "pas-annulable");
	}
	TRY(e);
	if (wants_json(w))
		return answer_json(w, 200, text(w->c.lang, T("The change was undone.")), (str){0});
	return go_back(w, b.id, (str){0}, "defait");
}
