/* page_enrol.c - see page_enrol.h. */
#include "access/account.h"
#include "access/throttle.h"
#include "format/qr.h"
#include "web/page_enrol.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_enrol, { "code", 20, false }, CARRY_FORM);

enum { KEY_GROUP = 4 };

static const char *const wrong_code =
	T("This code is not right. Check that your phone sets its clock by itself, then type its present code.");

static str
in_groups(struct arena *mem, str key)
{
	struct buf b = buf_in(mem, 2 * key.n + 1);

	for (size_t i = 0; i < key.n; i += KEY_GROUP) {
		if (i > 0)
			buf_byte(&b, ' ');
		buf_add(&b, str_slice(key, i, i + KEY_GROUP));
	}
	return buf_str(&b);
}

static err
enrol_show(struct web *w, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Second factor")) };
	struct enrol_page p = { .layout = &l, .carry = carry_read(w) };
	struct factor_setup setup;
	str svg;

	TRY(factor_begin(&w->c, w->session.account, w->session.id, S("Serment"), &setup));
	p.key = in_groups(w->c.mem, setup.secret);
	if (setup.uri.n > 0 && qr_svg(w->c.mem, setup.uri, &svg) == OK) {
		p.qr = out_html_trusted(svg);
		p.has_qr = true;
	}
	struct out *o = view_begin(w, &l);
	page_enrol_form(o, &p);
	return view_end(w, o, status);
}

static bool
awaits_enrolment(const struct web *w)
{
	return w->session.id != 0 && w->session.stage == STAGE_ENROL;
}

err
page_enrol(struct web *w)
{
	struct carry k = carry_read(w);

	return awaits_enrolment(w) ? enrol_show(w, 200) : signing_lead(w, &k);
}

static err
enrol_refused(struct web *w, err why)
{
	usec until;

	if (why == ERR_THROTTLED) {
		TRY(throttle_next_at(&w->c, THROTTLE_FACTOR, str_of_int(w->c.mem, w->session.account), &until));
		signing_throttled(w, "code", until);
		return enrol_show(w, 429);
	}
	if (why == ERR_CONFLICT) {
		web_error(w, NULL, text(w->c.lang, T("This picture is out of date. Scan the new one.")));
		return enrol_show(w, 409);
	}
	web_error(w, "code", text(w->c.lang, wrong_code));
	return enrol_show(w, 422);
}

err
enrol_codes_show(struct web *w, const struct factor_codes *codes, str next)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Recovery codes")),
		.once = true };
	const struct zone *zone = w->zone != NULL ? w->zone : zone_get(S("Europe/Paris"));
	struct account a;

	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	struct codes_page p = { .layout = &l, .codes = codes, .account = a.email, .next = next,
		.on = text_date_year(w->c.mem, w->c.lang, zone_local(zone, w->c.now).day) };
	struct out *o = view_begin(w, &l);
	page_codes(o, &p);
	return view_end(w, o, 200);
}

err
page_enrol_confirm(struct web *w)
{
	struct carry k = carry_read(w);
	struct factor_codes codes;
	int64_t ended;

	if (!awaits_enrolment(w))
		return signing_lead(w, &k);
	err e = factor_confirm(&w->c, w->session.account, w->session.id, web_field(w, "code"), &codes);
	if (e == ERR_DENIED || e == ERR_THROTTLED || e == ERR_CONFLICT)
		return enrol_refused(w, e);
	TRY(e);
	/* Somebody else with the password may be waiting to enrol, too. */
	TRY(session_end_others(&w->c, w->session.account, w->session.id, &ended));
	TRY(signing_complete(w, false));
	/* The answer is the codes; where the session leads comes after them. */
	str next = S("/");
	for (size_t i = 0; i < w->answer->headers_n; i++)
		if (str_eq_nocase(w->answer->headers[i].name, S("Location")))
			next = w->answer->headers[i].value;
	http_set(w->answer, S("Location"), (str){0});
	return enrol_codes_show(w, &codes, next);
}
