/* api_bookings.c - appointments for programs: POST, GET and DELETE …/bookings. */
#include "practice/slot.h"
#include "web/api_common.h"
#include "web/api_order.h"
#include "web/pages.h"
#include "web/view.h"

enum { ALTERNATIVES = 3 };

static void
put_patient(struct json_writer *j, id person, const struct person *p)
{
	json_key(j, S("patient"));
	json_object_begin(j);
	api_put_id(j, "id", person);
	if (p->id != 0) {
		api_put_text(j, "family", p->family);
		api_put_text(j, "given", p->given);
		api_put_text(j, "birth_date", p->birth_date);
		api_put_text(j, "email", p->email);
		api_put_text(j, "phone", p->phone);
	}
	json_object_end(j);
}

/* patient.id 0: who it is stays closed, the id alone is told. */
static err
answer_booking(struct web *w, int status, const struct booking *b, const struct person *patient)
{
	static const char *const states[] = {
		[BOOKING_CONFIRMED] = "confirmed", [BOOKING_ARRIVED] = "arrived",
		[BOOKING_IN_CONSULTATION] = "in_consultation", [BOOKING_DONE] = "done",
		[BOOKING_NO_SHOW] = "no_show", [BOOKING_EXCUSED] = "excused",
		[BOOKING_CANCELLED] = "cancelled",
	};
	struct buf text = buf_in(w->c.mem, API_ANSWER_BYTES_MAX);
	struct json_writer j = json_writer(&text);

	json_object_begin(&j);
	api_put_id(&j, "id", b->id);
	api_put_text(&j, "state", str_c(states[b->state]));
	api_put_time(w, &j, "start", b->start);
	api_put_time(w, &j, "end", b->end);
	api_put_id(&j, "practitioner", b->practitioner);
	api_put_id(&j, "motive", b->motive);
	api_put_id(&j, "site", b->site);
	put_patient(&j, b->person, patient);
	api_put_time(w, &j, "created_at", b->created_at);
	json_object_end(&j);
	return view_json(w, status, &text);
}

/* Is it among what GET …/slots shows staff at this moment?  From memory: the change has the last word. */
static err
check_offered(struct web *w, const struct booking_ask *ask)
{
	struct slot_query q = { .motive = ask->motive, .practitioner = ask->practitioner,
	    .from = zone_local(w->zone, ask->start).day, .days = 1 };
	struct slot *slots;
	size_t n;

	TRY(slot_find(&w->c, &q, &slots, &n));
	for (size_t i = 0; i < n; i++)
		if (slots[i].start == ask->start)
			return OK;
	return ERR_CONFLICT;
}

static err
find_patient(struct web *w, const struct person *patient, struct booking_who *ret)
{
	struct person_prepared *fresh = NEW(w->c.mem, struct person_prepared);
	err e = person_find_match(&w->c, patient, &ret->person);

	if (e != ERR_NOT_FOUND)
		return e;
	TRY(person_prepare(&w->c, patient, fresh));
	ret->fresh = fresh;
	return OK;
}

static err
book(struct web *w, const struct api_order *o, struct booking_who *who, struct booking *ret)
{
	if (o->ask.start <= w->c.now)
		return ERR_EXPIRED;
	/* Asked first: who is too late leaves no key and no opening behind. */
	TRY(check_offered(w, &o->ask));
	TRY(find_patient(w, &o->patient, who));
	return booking_create(&w->c, &o->ask, who, ret);
}

/* The same request again gets the same answer, also when its twin is just being served. */
static err
book_once(struct web *w, const struct api_order *o, struct booking_who *who, struct booking *ret)
{
	err e = booking_repeated(&w->c, &o->ask, ret);

	if (e != ERR_NOT_FOUND)
		return e;
	e = book(w, o, who, ret);
	if (e == ERR_CONFLICT && booking_twin(&w->c, &o->ask, ret) == OK)
		return OK;
	return e;
}

static void
put_alternatives(struct web *w, struct json_writer *j, const struct slot *slots, size_t n)
{
	json_key(j, S("alternatives"));
	json_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(j);
		api_put_time(w, j, "start", slots[i].start);
		api_put_time(w, j, "end", slots[i].end);
		api_put_id(j, "practitioner", slots[i].practitioner);
		json_object_end(j);
	}
	json_array_end(j);
}

static err
answer_taken(struct web *w, const struct booking_ask *ask)
{
	struct slot_query q = { .motive = ask->motive, .practitioner = ask->practitioner,
	    .from = zone_local(w->zone, ask->start).day, .days = SLOT_DAYS_MAX,
	    .after = ask->start, .limit = ALTERNATIVES };
	struct api_document d;
	struct slot *slots;
	size_t n;

	TRY(slot_find(&w->c, &q, &slots, &n));
	api_document_begin(w, &(struct api_fault){ .status = 409, .error = "slot_taken",
	    .detail = text(w->c.lang, T("This time is not free. Nothing was booked; here are the next free ones.")) },
	    &d);
	put_alternatives(w, &d.json, slots, n);
	return api_document_end(w, &d);
}

static err
answer_conflict(struct web *w, const struct api_order *o, const struct booking_who *who)
{
	bool busy = false;

	if (who->person != 0)
		TRY(booking_is_person_busy(&w->c, &o->ask, who->person, &busy));
	if (!busy)
		return answer_taken(w, &o->ask);
	return api_refuse(w, &(struct api_fault){ .status = 409, .error = "patient_busy",
	    .detail = text(w->c.lang, T("This patient has another appointment at that time. Nothing was booked.")) });
}

static err
answer_created(struct web *w, const struct booking *b)
{
	TRY(answer_booking(w, 201, b, &(struct person){0}));
	http_set(w->answer, S("Location"), str_printf(w->c.mem, "/api/v1/orgs/%.*s/bookings/%lld",
	    STR_FMT(w->org.slug), (long long)b->id));
	return OK;
}

err
api_booking_create(struct web *w)
{
	struct api_fault fault = {0};
	struct booking_who who = {0};
	struct api_order o;
	struct booking b;

	TRY(api_choose_org(w));
	err e = api_order_read(w, &o, &fault);
	if (e == ERR_INVALID && fault.error != NULL)
		return api_refuse(w, &fault);
	TRY(e);
	e = book_once(w, &o, &who, &b);
	if (e == OK)
		return answer_created(w, &b);
	if (e == ERR_CONFLICT)
		return answer_conflict(w, &o, &who);
	if (e == ERR_INVALID)
		return api_refuse(w, &(struct api_fault){ .status = 422, .error = "idempotency_key_reused",
		    .field = S("Idempotency-Key"), .detail = text(w->c.lang,
		    T("This key came with another request before. Nothing was booked.")) });
	if (e == ERR_EXPIRED)
		return api_refuse(w, &(struct api_fault){ .status = 422, .error = "past",
		    .field = S("start"), .detail = text(w->c.lang, T("That moment is over.")) });
	return e;
}

/* Blocked time, sessions and holds are no appointments of anybody. */
static err
find_booking(struct web *w, struct booking *ret)
{
	struct booking b;
	id booking;

	TRY(api_choose_org(w));
	TRY(web_arg_id(w, 1, &booking));
	TRY(booking_get(&w->c, booking, &b));
	if (b.kind != BOOKING_APPOINTMENT || b.state == BOOKING_HELD)
		return ERR_NOT_FOUND;
	*ret = b;
	return OK;
}

err
api_booking_get(struct web *w)
{
	struct person patient = {0};
	struct booking b;
	err e;

	TRY(find_booking(w, &b));
	e = person_get(&w->c, PURPOSE_DESK, b.person, &patient);
	/* Who was erased: the appointment is still one, of somebody. */
	if (e != OK && e != ERR_SEALED && e != ERR_NOT_FOUND)
		return e;
	return answer_booking(w, 200, &b, &patient);
}

err
api_booking_cancel(struct web *w)
{
	struct booking b;

	TRY(find_booking(w, &b));
	/* Again is no mistake: it is as it was wished. */
	if (b.state != BOOKING_CANCELLED)
		TRY(booking_cancel(&w->c, b.id, false));
	return view_bytes(w, 204, S("application/json"), (str){0});
}
