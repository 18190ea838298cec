/*
 * fuzz_link.c - tokens of cancel and move links, and of drafts, from any bytes: none
 * but the right one finds the appointment (T6).  The practice is made once.
 */
#include "../unit/agenda.h"
#include "fuzz.h"
#include "practice/draft.h"

struct practice { void *state; struct agenda a; struct booking b; str token; };

/* Of the whole program: an engine calls us a million times. */
static const struct practice *
practice(void)
{
	static const struct engine_case empty = { NULL, true };
	static struct practice p = { .state = (void *)(uintptr_t)&empty };

	if (p.token.n > 0)
		return &p;
	(void)engine_setup_sqlite(&p.state);
	p.a = agenda_begin(&p.state);
	struct booking_ask ask = agenda_ask(&p.a, agenda_at(&p.a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&p.a, S("Marie")) };
	if (booking_create(p.a.c, &ask, &who, &p.b) != OK || booking_link(p.a.c, p.b.id, &p.token) != OK)
		panic("fuzz_link: no appointment to look for");
	return &p;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct practice *p = practice();
	CLEANUP(arena_free) struct arena mem = {0};
	str token = { (const char *)bytes, n };
	struct ctx stranger = *p->a.c;
	struct booking found;
	struct draft d;

	if (n > FUZZ_BYTES_MAX)
		return 0;
	stranger.mem = &mem;
	stranger.org = 0;
	err e = booking_find_by_link(&stranger, token, &found);
	require(e == (str_eq(token, p->token) ? OK : ERR_NOT_FOUND), "another token opens the door");
	require(draft_find(&stranger, token, &d) == ERR_NOT_FOUND, "a draft that nobody began");
	stranger.org = 0;
	require(booking_find_by_link(&stranger, p->token, &found) == OK && found.id == p->b.id,
	    "the right token does not");
	return 0;
}
