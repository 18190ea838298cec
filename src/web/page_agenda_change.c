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

FORM(form_agenda_state, { "etat", 20, false }, { "retour", 1000, false }, { "defaire", 300, false });
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

err
agenda_return(struct web *w, str to, const struct undo_offer *undo, const char *notice)
{
	struct buf b = buf_in(w->c.mem, 4096);

	buf_add(&b, to);
	if (undo->token.n > 0) {
		buf_printf(&b, "%srdv=%lld&defaire=", str_find(to, '?') >= 0 ? "&" : "?", (long long)undo->booking);
		buf_url(&b, undo->token);
	}
	if (!buf_ok(&b))
		return ERR_TOO_LARGE;
	return view_redirect(w, buf_str(&b), notice);
}

/* Where the form came from, else the appointment; with what takes the change back. */
static err
go_back(struct web *w, id booking, str undo, const char *notice)
{
	str to = web_field(w, "retour");

	if (!out_url_is_local(to))
		to = str_printf(w->c.mem, "/agenda/rdv/%lld", (long long)booking);
	return agenda_return(w, to, &(struct undo_offer){ booking, undo, {0} }, notice);
}

static err
this_booking(struct web *w, struct booking *ret)
{
	id booking;

	TRY(web_arg_id(w, 0, &booking));
	return booking_get(&w->c, booking, ret);
}

/* What was given back cannot be had again: who is there now. */
static err
not_again(struct web *w, const struct booking *b)
{
	struct clash clash;

	TRY(clash_read(w, &(struct clash_ask){ .practitioner = b->practitioner, .motive = b->motive,
	    .start = b->start, .minutes = (int)((b->end - b->start) / USEC_PER_MINUTE) }, &clash));
	clash.may_overlap = false;
	clash.slots_n = 0;
	return agenda_booking_show(w, b, NULL, &clash);
}

err
page_agenda_state(struct web *w)
{
	enum booking_state state;
	struct booking b;

	TRY(this_booking(w, &b));
	if (!agenda_state_read(web_field(w, "etat"), &state))
		return ERR_INVALID;
	err e = booking_set_state(&w->c, b.id, state);
	/* The time of one who was excused is somebody else's by now. */
	if (e == ERR_CONFLICT && b.state == BOOKING_EXCUSED)
		return not_again(w, &b);
	TRY(e);
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
	struct move_form f = { .date = web_field(w, "date"), .hour = web_field(w, "heure"),
	    .minutes = web_field(w, "minutes"), .whom = web_field(w, "praticien"),
	    .back = web_field(w, "retour"), .told = web_field_sent(w, "prevenir") };

	agenda_move_at(w, web_field(w, "debut"), &f);
	return f;
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

static bool
is_length_only(const struct booking *was, const struct booking *is)
{
	return was->start == is->start && was->practitioner == is->practitioner && was->end != is->end;
}

static str
moved_words(struct web *w, const struct booking *was, const struct booking *b)
{
	struct civil at = zone_local(w->zone, b->start);
	struct practitioner who;

	if (is_length_only(was, b))
		return FILL(w->c.mem, w->c.lang, T("It now lasts {duration}, until {end}."),
		    ARG("duration", text_duration(w->c.mem, w->c.lang, (int)((b->end - b->start) / USEC_PER_MINUTE))),
		    ARG("end", text_hour(w->c.mem, w->c.lang, zone_local(w->zone, b->end).minute)));

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
	return answer_json(w, 409, FILL(w->c.mem, w->c.lang, ask->start == b->start &&
	    ask->practitioner == b->practitioner ? T("There is no room to last that long: it stays as it was. {what}") :
	    T("That time is taken, it was put back. {what}"), ARG("what", clash.lines[0])), (str){0});
}

/* One change has a token of its own; those of a series are kept together. */
static err
undo_of(struct web *w, enum undo_act act, const struct booking *b, const struct series_result *r, bool quiet,
    str *ret)
{
	struct undo_series all = { .act = act, .quiet = quiet, .shown_by = b->id, .was = r->was, .is = r->done,
	    .n = r->done_n };

	if (r->done_n > 1)
		return booking_undo_of_series(&w->c, &all, ret);
	return act == UNDO_MOVE ? booking_undo_of_move(&w->c, &r->was[0], &r->done[0], quiet, ret) :
	    booking_undo_of_cancel(&w->c, &r->was[0], quiet, ret);
}

static err
move_done(struct web *w, const struct booking *b, const struct series_result *moved, bool quiet)
{
	const char *notice = "deplace";
	str undo;

	TRY(undo_of(w, UNDO_MOVE, b, moved, quiet, &undo));
	if (wants_json(w))
		return answer_json(w, 200, moved_words(w, &moved->was[0], &moved->done[0]), undo);
	if (moved->clashes_n > 0)
		notice = "serie-en-partie";
	else if (moved->done_n > 1)
		notice = "serie-deplacee";
	else if (is_length_only(&moved->was[0], &moved->done[0]))
		notice = "duree";
	return go_back(w, b->id, undo, notice);
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
	return move_done(w, &b, &moved, ask.quiet);
}

/* ---- cancel, restore, undo ---- */

err
page_agenda_cancel(struct web *w)
{
	struct series_change change = { .scope = scope_of(w) };
	struct series_result gone;
	bool quiet = !web_field_sent(w, "prevenir");
	const char *notice;
	struct booking b;
	str undo;

	TRY(this_booking(w, &b));
	change.booking = b.id;
	TRY(series_cancel(&w->c, &change, quiet, &gone));
	TRY(undo_of(w, UNDO_CANCEL, &b, &gone, quiet, &undo));
	notice = gone.done_n > 1 ? "serie-annulee" : b.kind == BOOKING_BLOCK ? "libere" : "annule";
	return go_back(w, b.id, undo, notice);
}

err
page_agenda_restore(struct web *w)
{
	struct booking b;

	TRY(this_booking(w, &b));
	err e = booking_restore(&w->c, b.id);
	if (e == ERR_CONFLICT && b.state == BOOKING_CANCELLED)
		return not_again(w, &b);
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
		return answer_json(w, 200, text(w->c.lang, left > 0 ?
		    T("Undone, except where the time was taken meanwhile: look at those dates again.") :
		    T("The change was undone.")), (str){0});
	return go_back(w, b.id, (str){0}, left > 0 ? "defait-en-partie" : "defait");
}
