/* patient.c - see patient.h. */
#include <assert.h>
#include <stdlib.h>

#include "access/member.h"
#include "format/contact.h"
#include "practice/patient.h"
#include "store/db.h"

/* The oldest person of that address who books for himself.  ERR_NOT_FOUND: none. */
static err
oldest_of(struct ctx *c, str email, id *ret)
{
	str blind;

	TRY(vault_blind(c, c->org, BLIND_EMAIL, email, &blind));
	return db_one_int(c->db, SQL("SELECT id FROM person WHERE org = $1 AND email_blind = $2"
	    " ORDER BY CASE WHEN guardian IS NULL THEN 0 ELSE 1 END, id LIMIT 1"),
	    BINDS(INT(c->org), BLOB(blind)), ret);
}

static err
link_one(struct ctx *c, id account, str email, bool *ret_added)
{
	struct member m = { .account = account, .role = ROLE_PATIENT };
	err e = oldest_of(c, email, &m.person);

	*ret_added = false;
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	e = member_add(c, &m);
	if (e == ERR_CONFLICT)
		return OK;	/* known there since an earlier sign-in */
	TRY(e);
	*ret_added = true;
	return OK;
}

static err
link_page(struct ctx *c, const struct account *a, const struct org *orgs, size_t n, int64_t *added)
{
	struct ctx there = *c;

	there.actor = a->id;
	there.role = ROLE_PATIENT;
	for (size_t i = 0; i < n; i++) {
		bool is_new;

		if (orgs[i].closed_at != 0)
			continue;
		there.org = orgs[i].id;
		TRY(link_one(&there, a->id, a->email, &is_new));
		*added += is_new;
	}
	return OK;
}

err
patient_link(struct ctx *c, id account, int64_t *ret_n)
{
	struct account a;
	struct org *orgs;
	int64_t added = 0;
	size_t n;
	id after = 0;

	assert(!db_in_change(c->db));
	TRY(account_get(c, PURPOSE_SECURE, account, &a));
	a.email = email_normal(c->mem, a.email);
	do {
		TRY(org_list(c, after, &orgs, &n));
		TRY(link_page(c, &a, orgs, n, &added));
		after = n > 0 ? orgs[n - 1].id : 0;
	} while (n == ORG_PAGE_MAX);
	*ret_n = added;
	return OK;
}

static err
follow_one(struct ctx *c, const struct patient_address *k, const struct person *p)
{
	struct person moved = *p;

	if (p->id == 0 || !str_eq(p->email, k->old))
		return OK;
	moved.email = k->new;
	err e = person_update(c, &moved);
	return e == ERR_CONFLICT ? OK : e;	/* the practice has just written another itself */
}

static err
follow_family(struct ctx *c, const struct patient_address *k, id own)
{
	struct person self, *relatives;
	size_t n;
	err e = person_get(c, PURPOSE_ACCOUNT, own, &self);

	if (e == ERR_NOT_FOUND || e == ERR_SEALED)
		return OK;	/* erased */
	TRY(e);
	TRY(person_relatives(c, PURPOSE_ACCOUNT, own, &relatives, &n));
	for (size_t i = 0; i < n; i++)
		TRY(follow_one(c, k, &relatives[i]));
	return follow_one(c, k, &self);
}

err
patient_follow(struct ctx *c, id account, const struct patient_address *k)
{
	struct member_org *places;
	size_t n;

	assert(!db_in_change(c->db));
	TRY(member_orgs(c, account, &places, &n));
	for (size_t i = 0; i < n; i++) {
		struct ctx there = *c;

		if (places[i].member.role != ROLE_PATIENT || places[i].member.person == 0)
			continue;
		there.org = places[i].org;
		there.role = ROLE_PATIENT;
		TRY(follow_family(&there, k, places[i].member.person));
	}
	return OK;
}

static bool
is_named(const struct patient_relative *list, size_t n, const struct person *p)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].person.family, p->family) && str_eq(list[i].person.given, p->given) &&
		    str_eq(list[i].person.birth_date, p->birth_date))
			return true;
	return false;
}

static void
family_add(struct patient_relative *list, size_t *n, const struct patient_relative *r)
{
	/* Who books for others may be known by name alone: that is not enough to come oneself. */
	if (*n < PERSON_RELATIVES_MAX && r->person.id != 0 && r->person.birth_date.n > 0 &&
	    !is_named(list, *n, &r->person))
		list[(*n)++] = *r;
}

static err
family_of_org(struct ctx *c, enum purpose purpose, const struct member_org *place,
    struct patient_relative *list, size_t *n)
{
	struct patient_relative r = { .org = place->org, .org_name = place->name, .self = place->member.person };
	struct person *wards;
	size_t wards_n;
	err e = person_get(c, purpose, r.self, &r.person);

	if (e == ERR_NOT_FOUND || e == ERR_SEALED)
		return OK;	/* erased */
	TRY(e);
	r.family = r.person.family;
	r.given = r.person.given;
	r.phone = r.person.phone;
	family_add(list, n, &r);
	TRY(person_relatives(c, purpose, r.self, &wards, &wards_n));
	for (size_t i = 0; i < wards_n; i++) {
		r.person = wards[i];
		if (person_is_ward(c, &wards[i]))
			family_add(list, n, &r);
	}
	return OK;
}

err
patient_family(struct ctx *c, enum purpose purpose, id first, struct patient_relative **ret, size_t *ret_n)
{
	struct patient_relative *list = NEW_N(c->mem, struct patient_relative, PERSON_RELATIVES_MAX);
	struct member_org *places;
	size_t places_n, n = 0;

	assert(c->actor > 0);
	TRY(member_orgs(c, c->actor, &places, &places_n));
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < places_n; i++) {
			struct ctx there = *c;

			if (places[i].member.role != ROLE_PATIENT || places[i].member.person == 0 ||
			    (places[i].org == first) != (round == 0))
				continue;
			there.org = places[i].org;
			there.role = ROLE_PATIENT;
			TRY(family_of_org(&there, purpose, &places[i], list, &n));
		}
	}
	*ret = list;
	*ret_n = n;
	return OK;
}

err
patient_release(struct ctx *c, id org, id person)
{
	struct ctx there = *c;
	struct person p, guardian;
	struct member m;

	assert(!db_in_change(c->db));
	there.org = org;
	there.role = ROLE_PATIENT;
	TRY(member_get(&there, c->actor, ROLE_PATIENT, &m));
	TRY(person_get(&there, PURPOSE_ACCOUNT, person, &p));
	if (p.guardian == 0 || (p.guardian != m.person && p.id != m.person))
		return ERR_NOT_FOUND;
	TRY(person_get(&there, PURPOSE_ACCOUNT, p.guardian, &guardian));
	if (str_eq(p.email, guardian.email))
		p.email = (str){0};
	if (str_eq(p.phone, guardian.phone))
		p.phone = (str){0};
	p.guardian = 0;
	return person_update(&there, &p);
}

/* While the visits of all organisations are collected. */
struct gathering {
	struct patient_visit	*list;
	size_t			 n;
	const struct org	*org;	/* of those that are being read */
};

static bool
is_to_come(const struct booking *b, usec now)
{
	return b->end > now && b->state >= BOOKING_CONFIRMED && b->state <= BOOKING_IN_CONSULTATION;
}

static err
visit_read(struct ctx *c, const struct gathering *g, const struct person *p, const struct booking *b,
    struct patient_visit *ret)
{
	struct patient_visit v = { .org = g->org, .booking = *b, .who = person_name(c->mem, p),
		.to_come = is_to_come(b, c->now) };

	TRY(practitioner_get(c, b->practitioner, &v.practitioner));
	TRY(site_get(c, b->site, &v.site));
	TRY(booking_link(c, b->id, &v.link));
	*ret = v;
	return OK;
}

static bool
is_there(const struct gathering *g, id booking)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->list[i].booking.id == booking)
			return true;
	return false;
}

static err
visits_of_person(struct ctx *c, const struct person *p, struct gathering *g)
{
	struct booking *bookings;
	size_t n, past = 0;

	if (p->id == 0)
		return OK;	/* erased */
	TRY(booking_list_of_person(c, p->id, &bookings, &n));
	for (size_t i = 0; i < n && g->n < PATIENT_VISITS_MAX; i++) {
		/* A relative with the same address is met twice. */
		if (is_there(g, bookings[i].id))
			continue;
		if (!is_to_come(&bookings[i], c->now) && past++ >= PATIENT_PAST_MAX)
			continue;
		TRY(visit_read(c, g, p, &bookings[i], &g->list[g->n]));
		g->n++;
	}
	return OK;
}

static err
visits_of_family(struct ctx *c, const struct person *p, struct gathering *g)
{
	struct person *relatives;
	size_t n;

	TRY(visits_of_person(c, p, g));
	if (p->id == 0 || p->guardian != 0)
		return OK;
	TRY(person_relatives(c, PURPOSE_ACCOUNT, p->id, &relatives, &n));
	for (size_t i = 0; i < n; i++)
		if (person_is_ward(c, &relatives[i]))
			TRY(visits_of_person(c, &relatives[i], g));
	return OK;
}

static err
visits_of_org(struct ctx *c, str email, id own, struct gathering *g)
{
	struct person *people, self;
	size_t n;

	TRY(person_find_by_email(c, PURPOSE_ACCOUNT, email, &people, &n));
	for (size_t i = 0; i < n; i++) {
		/* A child that has grown up, and left the address of its parent behind. */
		if (people[i].guardian == 0 || person_is_ward(c, &people[i]))
			TRY(visits_of_family(c, &people[i], g));
		if (people[i].id == own)
			own = 0;
	}
	if (own == 0)
		return OK;
	err e = person_get(c, PURPOSE_ACCOUNT, own, &self);
	if (e == ERR_NOT_FOUND || e == ERR_SEALED)
		return OK;	/* erased */
	TRY(e);
	return visits_of_family(c, &self, g);
}

static int
in_order(const void *a, const void *b)
{
	const struct patient_visit *x = a, *y = b;
	int by_start = (x->booking.start > y->booking.start) - (x->booking.start < y->booking.start);

	if (x->to_come != y->to_come)
		return x->to_come ? -1 : 1;
	return x->to_come ? by_start : -by_start;
}

err
patient_visits(struct ctx *c, struct patient_visit **ret, size_t *ret_n)
{
	struct gathering g = { .list = NEW_N(c->mem, struct patient_visit, PATIENT_VISITS_MAX) };
	struct member_org *places;
	struct account a;
	size_t places_n;

	assert(c->actor > 0);
	TRY(account_get(c, PURPOSE_SECURE, c->actor, &a));
	TRY(member_orgs(c, c->actor, &places, &places_n));
	for (size_t i = 0; i < places_n; i++) {
		struct ctx there = *c;
		struct org *org = NEW(c->mem, struct org);

		if (places[i].member.role != ROLE_PATIENT)
			continue;
		there.org = places[i].org;
		there.role = ROLE_PATIENT;
		TRY(org_get(&there, org));
		g.org = org;
		TRY(visits_of_org(&there, a.email, places[i].member.person, &g));
	}
	qsort(g.list, g.n, sizeof(g.list[0]), in_order);
	*ret = g.list;
	*ret_n = g.n;
	return OK;
}
