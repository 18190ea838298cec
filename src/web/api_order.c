/* api_order.c - see api_order.h. */
#include "practice/motive.h"
#include "web/api_body.h"
#include "web/api_order.h"

enum { ID_DIGITS_MAX = 19, TIME_MAX = 40, PHONE_TYPED_MAX = 40 };

static err
wrong(struct api_fault *ret, const char *error, str field, str detail)
{
	*ret = api_field_fault(error, field, detail);
	return ERR_INVALID;
}

static err
read_id(struct web *w, const struct api_member *m, id *ret, struct api_fault *fault)
{
	if (str_int(api_member_text(m), 1, INT64_MAX, ret))
		return OK;
	return wrong(fault, "invalid_field", str_c(m->name), text(w->c.lang, T("This is not an id.")));
}

static err
read_start(struct web *w, const struct api_member *m, usec *ret, struct api_fault *fault)
{
	str name = str_c(m->name);

	if (!civil_parse_rfc3339(api_member_text(m), ret))
		return wrong(fault, "invalid_field", name, text(w->c.lang,
		    T("A moment with its offset is wanted here, like 2026-11-23T08:45:00+01:00.")));
	if (*ret > w->c.now + MOTIVE_HORIZON_DAYS_MAX * USEC_PER_DAY)
		return wrong(fault, "too_far", name, FILL(w->c.mem, w->c.lang,
		    T("That is more than {n} days ahead."),
		    ARG("n", str_of_int(w->c.mem, MOTIVE_HORIZON_DAYS_MAX))));
	return OK;
}

static str
patient_field(struct web *w, enum person_field field)
{
	for (size_t i = 0; i < person_rows_n; i++)
		if (person_rows[i].field == field)
			return str_cat(w->c.mem, S("patient."), str_c(person_rows[i].name));
	return S("patient");
}

static err
read_patient(struct web *w, const struct json *object, struct person *ret, struct api_fault *fault)
{
	struct api_member members[] = {
		{ "family", JSON_KIND_STR, 80, true, NULL },
		{ "given", JSON_KIND_STR, 80, true, NULL },
		{ "birth_date", JSON_KIND_STR, 10, true, NULL },
		{ "email", JSON_KIND_STR, 254, false, NULL },
		{ "phone", JSON_KIND_STR, PHONE_TYPED_MAX, false, NULL },
	};

	TRY(api_members(w, object, "patient.", members, COUNT(members), fault));
	*ret = (struct person){
		.family = api_member_text(&members[0]), .given = api_member_text(&members[1]),
		.birth_date = api_member_text(&members[2]), .email = api_member_text(&members[3]),
		.phone = api_member_text(&members[4]), .lang = w->org.lang,
	};
	enum person_field bad = person_clean(&w->c, false, ret);
	if (bad == PERSON_SOUND)
		return OK;
	return wrong(fault, "invalid_field", patient_field(w, bad), bad == PERSON_FIELD_birth_date ?
	    text(w->c.lang, T("A date of the calendar is wanted here, like 2026-11-23.")) :
	    text(w->c.lang, T("This cannot be right as it stands.")));
}

/* RFC 9110 section 5.5: visible ASCII, so that nothing is compared that was changed on its way. */
static err
read_key(struct web *w, struct booking_ask *ask, struct api_fault *fault)
{
	str key = http_header(w->http, S("Idempotency-Key"));
	bool sound = key.n <= API_IDEMPOTENCY_KEY_BYTES_MAX;

	for (size_t i = 0; i < key.n && sound; i++)
		sound = key.p[i] >= ' ' && key.p[i] <= '~';
	if (!sound)
		return wrong(fault, "invalid_field", S("Idempotency-Key"), FILL(w->c.mem, w->c.lang,
		    T("At most {n} visible ASCII characters are wanted here."),
		    ARG("n", str_of_int(w->c.mem, API_IDEMPOTENCY_KEY_BYTES_MAX))));
	ask->idempotency_key = key;
	return key.n == 0 ? OK : booking_request_hash(&w->c, w->http->body, &ask->request_hash);
}

err
api_order_read(struct web *w, struct api_order *ret, struct api_fault *fault)
{
	struct api_member members[] = {
		{ "motive", JSON_KIND_STR, ID_DIGITS_MAX, true, NULL },
		{ "practitioner", JSON_KIND_STR, ID_DIGITS_MAX, true, NULL },
		{ "start", JSON_KIND_STR, TIME_MAX, true, NULL },
		{ "patient", JSON_KIND_OBJECT, 0, true, NULL },
	};
	struct api_order o = { .ask = { .source = SOURCE_API, .offered = true } };
	const struct json *body;

	TRY(api_body(w, &body, fault));
	TRY(api_members(w, body, "", members, COUNT(members), fault));
	TRY(read_id(w, &members[0], &o.ask.motive, fault));
	TRY(read_id(w, &members[1], &o.ask.practitioner, fault));
	TRY(read_patient(w, members[3].value, &o.patient, fault));
	TRY(read_key(w, &o.ask, fault));
	TRY(read_start(w, &members[2], &o.ask.start, fault));
	*ret = o;
	return OK;
}
