/* api_slots.c - free times for programs: GET …/slots, of one practitioner or of all. */
#include "practice/free.h"
#include "practice/plan.h"
#include "practice/slot.h"
#include "web/api_cache.h"
#include "web/api_common.h"
#include "web/pages.h"
#include "web/view.h"

enum {
	DAYS_DEFAULT = 7,
	LIMIT_MAX = 1000,
	ANSWER_SLOTS_MAX = 10000,	/* of all practitioners; "next" tells where to go on */
	DAYS_PER_LOOK = 7,		/* of all practitioners at a time */
	ETAG_BITS = 64,
};

FORM(form_api_slots, { "motive", 20, false }, { "from", 10, false }, { "days", 10, false },
    { "limit", 10, false });

/* An answer's slots, and the day from which it could not go on; 0: it reaches the end. */
struct found {
	struct slot	*slots;
	size_t		 n;
	day		 next;
};

static err
read_query(struct web *w, struct slot_query *q, struct api_fault *fault)
{
	enum lang lang = w->c.lang;
	int64_t days = DAYS_DEFAULT, limit = 0;

	*fault = api_query_checked(w);
	if (fault->error != NULL)
		return ERR_INVALID;
	q->from = zone_local(w->zone, w->c.now).day;
	if (!web_field_sent(w, "motive"))
		*fault = api_query_fault("motive", text(lang, T("Say which motive: its id.")));
	else if (web_field_sent(w, "from") && !civil_parse_date(web_field(w, "from"), &q->from))
		*fault = api_query_fault("from",
		    text(lang, T("A date of the calendar is wanted here, like 2026-11-23.")));
	else if (web_field_sent(w, "days") && !web_field_int(w, "days", 1, SLOT_DAYS_MAX, &days))
		*fault = api_query_fault("days", FILL(w->c.mem, lang,
		    T("A number from {low} to {high} is wanted here."), ARG("low", S("1")),
		    ARG("high", str_of_int(w->c.mem, SLOT_DAYS_MAX))));
	else if (web_field_sent(w, "limit") && !web_field_int(w, "limit", 1, LIMIT_MAX, &limit))
		*fault = api_query_fault("limit", FILL(w->c.mem, lang,
		    T("A number from {low} to {high} is wanted here."), ARG("low", S("1")),
		    ARG("high", str_of_int(w->c.mem, LIMIT_MAX))));
	if (fault->error != NULL)
		return ERR_INVALID;
	q->days = (int)days;
	q->limit = (int)limit;
	q->online = api_is_public(w);
	return web_field_id(w, "motive", &q->motive) ? OK : ERR_NOT_FOUND;
}

static void
append(struct arena *mem, struct found *f, const struct slot *more, size_t n)
{
	struct slot *all = NEW_N(mem, struct slot, f->n + n);

	if (f->n > 0)
		memcpy(all, f->slots, f->n * sizeof(*all));
	if (n > 0)
		memcpy(all + f->n, more, n * sizeof(*all));
	f->slots = all;
	f->n += n;
}

/*
 * Of all practitioners: some days at a time, for a thousand agendas over three
 * months are more than anybody reads, and than a request may hold in memory.
 */
static err
find_of_all(struct ctx *c, const struct slot_query *q, struct found *ret)
{
	size_t most = q->limit > 0 ? (size_t)q->limit : ANSWER_SLOTS_MAX;
	struct slot_query part = *q;
	struct slot *more;
	size_t n;

	for (day end = q->from + q->days; part.from < end && ret->n < most; part.from += part.days) {
		part.days = (int)min64(DAYS_PER_LOOK, end - part.from);
		TRY(slot_find(c, &part, &more, &n));
		append(c->mem, ret, more, n);
	}
	if (q->limit > 0)
		ret->n = ret->n < most ? ret->n : most;
	else if (part.from < q->from + q->days)
		ret->next = part.from;
	return OK;
}

static err
find(struct ctx *c, const struct slot_query *q, struct found *ret)
{
	err e;

	if (q->practitioner != 0)
		return slot_find(c, q, &ret->slots, &ret->n);
	if (q->limit == 1) {
		ret->slots = NEW(c->mem, struct slot);
		e = slot_first(c, q, ret->slots);
		ret->n = e == OK;
	} else {
		e = find_of_all(c, q, ret);
	}
	/* The motive is known to the caller: nobody who offers it has no slot either. */
	return e == ERR_NOT_FOUND ? OK : e;
}

static err
write_answer(struct web *w, const struct found *f, struct buf *b)
{
	struct json_writer j = json_writer(b);

	json_object_begin(&j);
	json_key(&j, S("slots"));
	json_array_begin(&j);
	for (size_t i = 0; i < f->n; i++) {
		json_object_begin(&j);
		api_put_time(w, &j, "start", f->slots[i].start);
		api_put_time(w, &j, "end", f->slots[i].end);
		api_put_id(&j, "practitioner", f->slots[i].practitioner);
		json_object_end(&j);
	}
	json_array_end(&j);
	if (f->next != 0)
		api_put_text(&j, "next", civil_iso_date(w->c.mem, f->next));
	json_object_end(&j);
	return buf_ok(b) ? OK : ERR_TOO_LARGE;
}

/* A weak hash is enough: a tag is compared with tags of the same address only. */
static void
write_etag(str body, char *ret)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t h = UINT64_C(14695981039346656037);	/* FNV-1a */

	for (size_t i = 0; i < body.n; i++)
		h = (h ^ (unsigned char)body.p[i]) * UINT64_C(1099511628211);
	*ret++ = '"';
	for (int shift = ETAG_BITS - 4; shift >= 0; shift -= 4)
		*ret++ = digits[h >> shift & 15];
	*ret++ = '"';
	*ret = '\0';
}

static err
make(struct web *w, const struct slot_query *q, struct api_cached *ret)
{
	struct buf b = buf_in(w->c.mem, API_ANSWER_BYTES_MAX);
	struct found f = {0};

	TRY(find(&w->c, q, &f));
	TRY(write_answer(w, &f, &b));
	ret->body = http_shared_make(buf_str(&b));
	write_etag(buf_str(&b), ret->etag);
	return OK;
}

static err
answer(struct web *w, const struct api_cached *a)
{
	str etag = str_c(str_z(w->c.mem, str_c(a->etag)));
	bool known = str_eq(http_header(w->http, S("If-None-Match")), etag);

	TRY(view_bytes(w, known ? 304 : 200, S("application/json"), (str){0}));
	http_set(w->answer, S("ETag"), etag);
	http_set(w->answer, S("Cache-Control"), S("no-cache"));
	if (known)
		http_shared_release(a->body);
	else
		w->answer->shared = a->body;	/* the answer's now */
	return OK;
}

/* The epoch is read before the slots: a change meanwhile makes the answer one of the past. */
static err
slots(struct web *w, struct slot_query *q)
{
	CLEANUP(plan_release) const struct plan *plan = NULL;
	struct api_cache_state state;
	struct api_cached a;

	TRY(plan_get(&w->c, &plan));
	const struct plan_motive *m = plan_motive(plan, q->motive);
	if (m == NULL || (q->online && !m->online))
		return ERR_NOT_FOUND;
	struct api_cache_key key = { w->c.org, q->practitioner, q->motive, q->from, q->days, q->limit, q->online };
	state = (struct api_cache_state){ plan->version, free_epoch(w->c.free, w->c.org),
	    w->c.now / USEC_PER_MINUTE };
	if (!api_cache_get(&key, &state, &a)) {
		TRY(make(w, q, &a));
		api_cache_put(&key, &state, &a);
	}
	return answer(w, &a);
}

static err
refused(struct web *w, err e, const struct api_fault *fault)
{
	return fault->error != NULL ? api_refuse(w, fault) : e;
}

err
api_slots_of_practitioner(struct web *w)
{
	struct slot_query q = {0};
	struct api_fault fault = {0};
	err e;

	TRY(api_choose_org(w));
	TRY(web_arg_id(w, 1, &q.practitioner));
	if ((e = read_query(w, &q, &fault)) != OK)
		return refused(w, e, &fault);
	return slots(w, &q);
}

err
api_slots_of_all(struct web *w)
{
	struct slot_query q = {0};
	struct api_fault fault = {0};
	err e;

	TRY(api_choose_org(w));
	if ((e = read_query(w, &q, &fault)) != OK)
		return refused(w, e, &fault);
	return slots(w, &q);
}
