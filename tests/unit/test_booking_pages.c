/* test_booking_pages.c - the public's way through the pages, where time can be moved at will. */
#include <stdio.h>

#include "agenda.h"
#include "practice/draft.h"
#include "practice/hours.h"
#include "practice/outbox.h"
#include "practice/practitioner.h"
#include "web/web.h"

enum { FORM_BYTES_MAX = 64 * 1024 };

/* A browser: it keeps the booking's cookie and the form's token of the last page. */
struct visitor {
	struct agenda		 a;
	struct ctx		 c;
	struct web_site		 site;
	str			 cookie, csrf;
	const char		*from;		/* Sec-Fetch-Site */
	struct http_response	 answer;
};

static struct visitor
visit(void **state)
{
	struct visitor v = { .a = agenda_begin(state), .from = "same-origin",
	    .site = { .public_url = "http://localhost:8080", .mail_is_sent = true } };

	v.c = *v.a.c;
	v.c.role = ROLE_PUBLIC;
	v.c.actor = v.c.org = 0;
	return v;
}

static void
visit_end(struct visitor *v)
{
	agenda_end(&v->a);
}

static str
header_of(const struct http_response *r, str name)
{
	for (size_t i = 0; i < r->headers_n; i++)
		if (str_eq_nocase(r->headers[i].name, name))
			return r->headers[i].value;
	return (str){0};
}

/* What stands between two marks; empty: the first is not there. */
static str
between(str text, const char *before, const char *after)
{
	ptrdiff_t at = str_find_str(text, str_c(before));

	if (at < 0)
		return (str){0};
	str rest = str_slice(text, (size_t)at + strlen(before), text.n);
	ptrdiff_t end = str_find_str(rest, str_c(after));

	return end < 0 ? (str){0} : str_slice(rest, 0, (size_t)end);
}

static bool
says(const struct visitor *v, const char *words)
{
	return str_find_str(v->answer.body, str_c(words)) >= 0;
}

static void
request(struct visitor *v, enum http_method method, str url, str body)
{
	struct http_request *r = NEW(v->a.c->mem, struct http_request);
	str target = url, path;

	(void)str_split(&target, '?', &path);
	*r = (struct http_request){ .method = method, .path = path, .query = target, .body = body,
	    .peer = S("192.0.2.1"), .mem = v->a.c->mem };
	r->headers[r->headers_n++] = (struct http_pair){ S("Host"), S("localhost:8080") };
	r->headers[r->headers_n++] = (struct http_pair){ S("Sec-Fetch-Site"), str_c(v->from) };
	if (v->cookie.n > 0)
		r->headers[r->headers_n++] = (struct http_pair){ S("Cookie"),
		    str_cat(r->mem, S("__Host-booking="), v->cookie) };
	web_handle(&v->c, &v->site, r, &v->answer);
	str cookie = between(header_of(&v->answer, S("Set-Cookie")), "__Host-booking=", ";");
	if (cookie.n > 0)
		v->cookie = cookie;
	str csrf = between(v->answer.body, "name=\"csrf\" value=\"", "\"");
	if (csrf.n > 0)
		v->csrf = csrf;
}

static int
get(struct visitor *v, const char *url)
{
	request(v, HTTP_GET, str_c(url), (str){0});
	return v->answer.status;
}

/* "name=value&..." as it stands, and the token. */
static int
post(struct visitor *v, const char *url, const char *form)
{
	struct buf b = buf_in(v->a.c->mem, FORM_BYTES_MAX);

	buf_printf(&b, "csrf=%.*s&%s", STR_FMT(v->csrf), form);
	assert_true(buf_ok(&b));
	request(v, HTTP_POST, str_c(url), buf_str(&b));
	return v->answer.status;
}

static void
assert_leads(const struct visitor *v, const char *to)
{
	str location = header_of(&v->answer, S("Location"));

	if (v->answer.status != 303 || !str_starts(location, str_c(to)))
		fail_msg("%d, to \"%.*s\", not to %s", v->answer.status, STR_FMT(location), to);
}

/* The minute of AGENDA_DAY, posted as the page's button does. */
static int
choose(struct visitor *v, int minute)
{
	str start = civil_rfc3339(v->a.c->mem, v->a.paris, agenda_at(&v->a, 0, minute));
	struct buf b = buf_in(v->a.c->mem, 1024);

	buf_printf(&b, "motif=%lld&debut=", (long long)v->a.motive);
	buf_url(&b, start);
	return post(v, "/s/tilleuls/claire-martin/creneau", str_z(v->a.c->mem, buf_str(&b)));
}

#define DETAILS "pour=moi&nom=Dupont&prenom=L%C3%A9a&naissance=12%2F03%2F80&email=lea%40example.org&telephone="

static void
to_code(struct visitor *v, int minute)
{
	assert_int_equal(choose(v, minute), 303);
	assert_int_equal(get(v, "/coordonnees"), 200);
	(void)post(v, "/coordonnees", DETAILS);
	assert_leads(v, "/confirmer");
	assert_int_equal(get(v, "/confirmer"), 200);
}

/* The code that left last, as the sending job reads it. */
static const char *
code(struct visitor *v)
{
	struct ctx c = *v->a.c;
	struct outbox_message *list;
	struct outbox_payload payload;
	size_t n;

	c.role = ROLE_JOB;
	c.purposes = PURPOSE_BIT(PURPOSE_NOTIFY);
	assert_ok(outbox_list(&c, 50, &list, &n));
	for (size_t i = 0; i < n; i++)
		if (list[i].kind == MESSAGE_CODE) {
			assert_ok(outbox_payload(&c, PURPOSE_NOTIFY, &list[i], &payload));
			return str_z(c.mem, str_cat(c.mem, S("code="), payload.word));
		}
	fail_msg("no code was sent");
	return NULL;
}

/* All the way; the appointment's address. */
static const char *
book(struct visitor *v, int minute)
{
	to_code(v, minute);
	(void)post(v, "/confirmer", code(v));
	assert_leads(v, "/rdv/");
	str location = header_of(&v->answer, S("Location")), path;

	(void)str_split(&location, '?', &path);
	return str_z(v->a.c->mem, path);
}

static const char *
below(const struct visitor *v, const char *base, const char *more)
{
	return str_z(v->a.c->mem, str_cat(v->a.c->mem, str_c(base), str_c(more)));
}

static void
from_the_free_times_to_the_appointment(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);

	assert_int_equal(get(&v, "/s/tilleuls/claire-martin?du=2026-11-30"), 200);
	assert_true(says(&v, "value=\"2026-11-30T09:00:00+01:00\""));	/* ux-48: in the HTML */
	assert_false(says(&v, "value=\"2026-11-30T12:00:00+01:00\""));
	const char *link = book(&v, 9 * 60);
	assert_int_equal(get(&v, below(&v, link, "?fait=confirme")), 200);
	assert_true(says(&v, "Rendez-vous confirmé"));
	assert_true(says(&v, "/rdv.ics"));
	assert_int_equal(agenda_slots(&v.a, 0), 11);
	assert_int_equal(scene_lines(v.a.c, S("booking.create")), 1);
}

static void
the_last_step_repeated_leads_to_the_same_appointment(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);
	const char *sent;

	to_code(&v, 9 * 60);
	sent = code(&v);
	(void)post(&v, "/confirmer", sent);
	str first = header_of(&v.answer, S("Location"));
	(void)post(&v, "/confirmer", sent);
	str path = between(first, "", "?");
	assert_leads(&v, str_z(v.a.c->mem, path));
	assert_int_equal(get(&v, "/coordonnees"), 303);
	assert_int_equal(scene_lines(v.a.c, S("booking.create")), 1);
}

/* ux-50: the time was kept for five minutes; nobody came, so it is still his. */
static void
who_types_slowly_keeps_a_time_that_is_still_free(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);

	assert_int_equal(choose(&v, 9 * 60), 303);
	v.c.now += promise()->hold + USEC_PER_MINUTE;
	assert_int_equal(get(&v, "/coordonnees"), 200);
	assert_true(says(&v, "ne vous est plus réservé"));
	(void)post(&v, "/coordonnees", DETAILS);
	assert_leads(&v, "/confirmer");
	v.c.now += promise()->hold + USEC_PER_MINUTE;
	(void)post(&v, "/confirmer", code(&v));
	assert_leads(&v, "/rdv/");
}

static void
a_time_that_was_lost_is_said_and_the_words_are_kept(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);
	struct visitor other;

	assert_int_equal(choose(&v, 9 * 60), 303);
	assert_int_equal(get(&v, "/coordonnees"), 200);
	v.c.now += promise()->hold + USEC_PER_MINUTE;
	other = v;
	other.cookie = other.csrf = (str){0};
	assert_int_equal(choose(&other, 9 * 60), 303);
	assert_int_equal(post(&v, "/coordonnees", DETAILS), 409);
	assert_true(says(&v, "Ce créneau vient d’être pris"));
	assert_true(says(&v, "value=\"2026-11-30T09:15:00+01:00\""));
	assert_int_equal(choose(&v, 10 * 60), 303);
	assert_int_equal(get(&v, "/coordonnees"), 200);
	assert_true(says(&v, "value=\"Dupont\""));
	assert_true(says(&v, "value=\"12/03/1980\""));
}

static void
another_choice_gives_the_first_one_back(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);

	assert_int_equal(choose(&v, 9 * 60), 303);
	assert_int_equal(choose(&v, 9 * 60), 303);	/* again the same: his own hold is no obstacle */
	assert_int_equal(agenda_slots(&v.a, 0), 11);
	assert_int_equal(choose(&v, 10 * 60), 303);
	assert_int_equal(agenda_slots(&v.a, 0), 11);
	assert_int_equal(scene_count(v.a.c, SQL("SELECT COUNT(*) FROM booking WHERE org = $1 AND state = 1")), 1);
	assert_int_equal(scene_count(v.a.c, SQL("SELECT COUNT(*) FROM draft WHERE org = $1")), 1);
}

static void
a_time_that_cannot_be_had_says_why(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);
	const char *page = "/s/tilleuls/claire-martin/creneau";
	char form[200];

	assert_int_equal(choose(&v, 8 * 60), 409);		/* before opening */
	assert_int_equal(choose(&v, 9 * 60 + 7), 422);		/* no such mark on the clock */
	(void)snprintf(form, sizeof(form), "motif=%lld&debut=2026-11-16T09%%3A00%%3A00%%2B01%%3A00", (long long)v.a.motive);
	assert_int_equal(post(&v, page, form), 409);		/* past */
	assert_true(says(&v, "ne peut plus être réservé"));
	(void)snprintf(form, sizeof(form), "motif=%lld&debut=2027-11-29T09%%3A00%%3A00%%2B01%%3A00", (long long)v.a.motive);
	assert_int_equal(post(&v, page, form), 409);		/* too far */
	(void)snprintf(form, sizeof(form), "motif=%lld&debut=lundi", (long long)v.a.motive);
	assert_int_equal(post(&v, page, form), 422);
	assert_int_equal(scene_count(v.a.c, SQL("SELECT COUNT(*) FROM booking WHERE org = $1")), 0);
}

static void
what_does_not_exist_or_is_not_for_the_public_is_the_same_404(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);
	struct practitioner petit;
	id foreign;

	assert_ok(practitioner_get(v.a.c, v.a.petit, &petit));
	petit.listed = false;
	assert_ok(practitioner_update(v.a.c, &petit));
	v.a.s.other.free = v.a.c->free;
	foreign = scene_motive(&v.a.s.other, S("Ailleurs"));
	const char *const nowhere[] = {
		"/s/nulle-part", "/s/nulle-part/claire-martin", "/s/tilleuls/personne", "/s/tilleuls/anne-petit",
		"/s/tilleuls/anne-petit/photo", "/s/tilleuls/claire-martin/photo", "/s/acacias/claire-martin",
		"/s/tilleuls/claire-martin?motif=1", "/s/tilleuls/claire-martin?motif=x",
		str_z(v.a.c->mem, str_printf(v.a.c->mem, "/s/tilleuls/claire-martin?motif=%lld", (long long)foreign)),
		"/rdv/x", "/rdv/AAAAAAAAAAAAAAAAAAAAAA", "/rdv/AAAAAAAAAAAAAAAAAAAAAA/annuler",
		"/rdv/AAAAAAAAAAAAAAAAAAAAAA/rdv.ics", "/s/%FF/x", "/soignants?page=0", "/soignants?page=x",
	};

	for (size_t i = 0; i < COUNT(nowhere); i++)
		if (get(&v, nowhere[i]) != 404)
			fail_msg("%s: %d", nowhere[i], v.answer.status);
	assert_true(says(&v, "Cette page n’existe pas"));
	assert_int_equal(get(&v, "/s/tilleuls/claire-martin?du=2027-02-29"), 422);
}

static void
mistakes_come_back_with_what_was_typed(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);

	assert_int_equal(choose(&v, 9 * 60), 303);
	assert_int_equal(get(&v, "/coordonnees"), 200);
	assert_int_equal(post(&v, "/coordonnees", "pour=proche&nom=%3Cb%3E%22O%27Brien&prenom=&naissance=31%2F02%2F1980"
	    "&email=lea%40&telephone=12"), 422);
	assert_true(says(&v, "value=\"&lt;b&gt;&quot;O&#39;Brien\""));
	assert_true(says(&v, "value=\"31/02/1980\""));
	assert_true(says(&v, "href=\"#f-prenom\""));
	assert_true(says(&v, "href=\"#f-naissance\""));
	assert_true(says(&v, "href=\"#f-email\""));
	assert_true(says(&v, "href=\"#f-telephone\""));
	assert_true(says(&v, "href=\"#f-nom_demandeur\""));
	assert_int_equal(post(&v, "/coordonnees", "nom=%FF"), 422);
	assert_int_equal(post(&v, "/coordonnees", "pour=moi&nom=a%01b&prenom=L&naissance=12%2F03%2F1980&email=a%40example.org"), 422);
	char long_name[400] = "pour=moi&prenom=L&naissance=12%2F03%2F1980&email=a%40example.org&nom=";
	memset(long_name + strlen(long_name), 'n', 81);
	assert_int_equal(post(&v, "/coordonnees", long_name), 422);
	assert_true(says(&v, "href=\"#f-nom\""));
	assert_int_equal(scene_count(v.a.c, SQL("SELECT COUNT(*) FROM outbox WHERE org = $1")), 0);
}

static void
codes_are_guessed_five_times_and_sent_five_times(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);
	const char *sent;

	to_code(&v, 9 * 60);
	sent = code(&v);
	for (int i = 0; i < promise()->code_tries; i++)
		assert_int_equal(post(&v, "/confirmer", "code=12"), 422);
	assert_int_equal(post(&v, "/confirmer", sent), 422);
	assert_true(says(&v, "n’est plus valable"));
	for (int i = 1; i < DRAFT_CODES_MAX; i++) {
		(void)post(&v, "/confirmer/code", "");
		assert_leads(&v, "/confirmer?fait=code");
	}
	assert_int_equal(post(&v, "/confirmer/code", ""), 429);
	(void)post(&v, "/confirmer", code(&v));
	assert_leads(&v, "/rdv/");
}

/* T11: the form's word is needed, and a page of elsewhere is refused. */
static void
a_form_of_elsewhere_does_nothing(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);

	to_code(&v, 9 * 60);
	str kept = v.csrf;
	v.csrf = S("forged");
	assert_int_equal(post(&v, "/confirmer", code(&v)), 410);
	v.csrf = kept;
	v.from = "cross-site";
	assert_int_equal(post(&v, "/confirmer", code(&v)), 403);
	assert_int_equal(choose(&v, 10 * 60), 403);
	v.from = "same-origin";
	(void)post(&v, "/confirmer", code(&v));
	assert_leads(&v, "/rdv/");
}

static void
without_its_cookie_a_booking_is_not_there(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);

	to_code(&v, 9 * 60);
	v.cookie = (str){0};
	assert_int_equal(get(&v, "/coordonnees"), 410);
	assert_int_equal(get(&v, "/confirmer"), 410);
	assert_false(says(&v, "Dupont"));
	v.cookie = S("AAAAAAAAAAAAAAAAAAAAAA");
	assert_int_equal(get(&v, "/confirmer"), 410);
}

/* ux-51 */
static void
a_move_leaves_the_old_time_until_it_is_confirmed(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);
	const char *link = book(&v, 9 * 60);

	assert_int_equal(get(&v, below(&v, link, "/deplacer?du=2026-11-30")), 200);
	assert_false(says(&v, "value=\"2026-11-30T09:00:00+01:00\""));
	(void)post(&v, below(&v, link, "/deplacer"), "debut=2026-11-30T10%3A00%3A00%2B01%3A00");
	assert_leads(&v, "/confirmer");
	assert_int_equal(agenda_slots(&v.a, 0), 10);	/* both are his */
	assert_int_equal(get(&v, "/confirmer"), 200);
	assert_false(says(&v, "name=\"code\""));
	(void)post(&v, "/confirmer", "");
	assert_leads(&v, link);
	assert_int_equal(agenda_slots(&v.a, 0), 11);
	assert_int_equal(get(&v, link), 200);
	assert_true(says(&v, "30 novembre à 10"));
}

/* ux-46: scene_org lets cancel until 24 hours before. */
static void
too_late_the_telephone_is_shown_and_nothing_changes(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);
	const char *link = book(&v, 9 * 60);

	v.c.now = agenda_at(&v.a, -1, 9 * 60 + 1);
	assert_int_equal(get(&v, link), 200);
	assert_true(says(&v, "tel:0240000001"));
	assert_false(says(&v, "/annuler"));
	(void)post(&v, below(&v, link, "/annuler"), "");
	assert_leads(&v, link);
	assert_int_equal(get(&v, below(&v, link, "/deplacer")), 303);
	(void)post(&v, below(&v, link, "/deplacer"), "debut=2026-12-07T10%3A00%3A00%2B01%3A00");
	assert_leads(&v, link);
	assert_int_equal(scene_lines(v.a.c, S("booking.cancel")), 0);
}

static void
a_cancelled_appointment_says_so_and_its_time_is_free(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);
	const char *link = book(&v, 9 * 60);

	assert_int_equal(get(&v, below(&v, link, "/annuler")), 200);
	assert_int_equal(agenda_slots(&v.a, 0), 11);	/* asking changes nothing */
	(void)post(&v, below(&v, link, "/annuler"), "");
	assert_leads(&v, link);
	assert_int_equal(agenda_slots(&v.a, 0), 12);
	(void)post(&v, below(&v, link, "/annuler"), "");
	assert_leads(&v, link);
	assert_int_equal(get(&v, link), 200);
	assert_true(says(&v, "Rendez-vous annulé"));
	assert_int_equal(get(&v, below(&v, link, "/rdv.ics")), 200);
	assert_true(says(&v, "STATUS:CANCELLED"));
}

static void
a_week_without_free_times_leads_to_the_first_that_has_some(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);

	v.c.now = agenda_at(&v.a, 0, 13 * 60);	/* Monday is over */
	assert_int_equal(get(&v, "/s/tilleuls/claire-martin?du=2026-12-01"), 200);
	assert_true(says(&v, "lundi 7 décembre"));
	v.c.now = agenda_at(&v.a, 0, 0);
	assert_int_equal(get(&v, "/s/tilleuls/anne-petit"), 200);
	assert_true(says(&v, "Aucun créneau ne peut être réservé en ligne"));
	assert_true(says(&v, "tel:0240000001"));
}

static void
the_search_shows_the_first_free_time(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);

	assert_int_equal(get(&v, "/soignants?q=martin&ou="), 200);
	assert_true(says(&v, "Claire Martin"));
	assert_false(says(&v, "Anne Petit"));
	assert_int_equal(get(&v, "/soignants?q=zzzz"), 200);
	assert_true(says(&v, "Aucun soignant trouvé"));
	assert_int_equal(get(&v, "/soignants?q=%FF"), 422);
	assert_int_equal(get(&v, "/"), 200);
	assert_true(says(&v, "Premier créneau"));
	assert_true(says(&v, "Pas de disponibilité en ligne"));
	static const char *const others[] = { "/s/tilleuls", "/confidentialite", "/cookies", "/accessibilite", "/mentions-legales" };
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(get(&v, others[i]), 200);
}

/* The page in the other language: that of the form, which can be visited. */
static void
an_answer_to_a_form_still_leads_to_the_other_language(void **state)
{
	CLEANUP(visit_end) struct visitor v = visit(state);
	const char *link;

	assert_int_equal(choose(&v, 8 * 60), 409);
	assert_true(says(&v, "href=\"/langue/en?retour=%2Fs%2Ftilleuls%2Fclaire-martin\""));
	assert_int_equal(choose(&v, 9 * 60), 303);
	assert_int_equal(get(&v, "/coordonnees"), 200);
	assert_int_equal(post(&v, "/coordonnees", "pour=moi"), 422);
	assert_true(says(&v, "href=\"/langue/en?retour=%2Fcoordonnees\""));
	assert_int_equal(post(&v, "/coordonnees/prolonger", "pour=moi"), 200);
	assert_true(says(&v, "href=\"/langue/en?retour=%2Fcoordonnees\""));
	v.csrf = S("forged");
	assert_int_equal(post(&v, "/confirmer/code", ""), 410);
	assert_true(says(&v, "href=\"/langue/en?retour=%2Fconfirmer\""));
	assert_int_equal(get(&v, "/coordonnees"), 200);
	link = book(&v, 9 * 60);
	assert_int_equal(post(&v, below(&v, link, "/deplacer"), "debut=lundi"), 422);
	assert_true(says(&v, "%2Fdeplacer\""));
	assert_int_equal(post(&v, "/nulle-part", ""), 404);
	assert_true(says(&v, "href=\"/langue/en?retour=%2F\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(from_the_free_times_to_the_appointment),
		ENGINE_TEST_SCHEMA(the_last_step_repeated_leads_to_the_same_appointment),
		ENGINE_TEST_SCHEMA(who_types_slowly_keeps_a_time_that_is_still_free),
		ENGINE_TEST_SCHEMA(a_time_that_was_lost_is_said_and_the_words_are_kept),
		ENGINE_TEST_SCHEMA(another_choice_gives_the_first_one_back),
		ENGINE_TEST_SCHEMA(a_time_that_cannot_be_had_says_why),
		ENGINE_TEST_SCHEMA(what_does_not_exist_or_is_not_for_the_public_is_the_same_404),
		ENGINE_TEST_SCHEMA(mistakes_come_back_with_what_was_typed),
		ENGINE_TEST_SCHEMA(codes_are_guessed_five_times_and_sent_five_times),
		ENGINE_TEST_SCHEMA(a_form_of_elsewhere_does_nothing),
		ENGINE_TEST_SCHEMA(without_its_cookie_a_booking_is_not_there),
		ENGINE_TEST_SCHEMA(a_move_leaves_the_old_time_until_it_is_confirmed),
		ENGINE_TEST_SCHEMA(too_late_the_telephone_is_shown_and_nothing_changes),
		ENGINE_TEST_SCHEMA(a_cancelled_appointment_says_so_and_its_time_is_free),
		ENGINE_TEST_SCHEMA(a_week_without_free_times_leads_to_the_first_that_has_some),
		ENGINE_TEST_SCHEMA(the_search_shows_the_first_free_time),
		ENGINE_TEST_SCHEMA(an_answer_to_a_form_still_leads_to_the_other_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
