/* member.c - memberships: every statement names the organisation. */
#include "access/member.h"

#include <assert.h>

#include "access/audit.h"
#include "access/join.h"
#include "access/session.h"

static bool
is_staff(enum role role)
{
	return (ROLE_BIT(role) & ROLES_STAFF) != 0;
}

err
member_add(struct ctx *c, const struct member *m)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	assert(c->org > 0 && (is_staff(m->role) || m->role == ROLE_PATIENT));
	TRY(join_begin(c, &tx));
	TRY(db_one_int(c->db, SQL("SELECT id FROM account WHERE id = $1 AND state <> $2"),
	    BINDS(INT(m->account), INT(ACCOUNT_CLOSED)), &changed));
	/* A row that is live stays as it is: the WHERE spares it, on both engines. */
	TRY(db_run(c->db, SQL(
	    "INSERT INTO membership (account, org, role, practitioner, person, created_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6)"
	    " ON CONFLICT (account, org, role) DO UPDATE SET ended_at = NULL,"
	    " practitioner = excluded.practitioner, person = excluded.person,"
	    " created_at = excluded.created_at WHERE membership.ended_at IS NOT NULL"),
	    BINDS(INT(m->account), INT(c->org), INT((int64_t)m->role), REF(m->practitioner),
	    REF(m->person), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	TRY(audit_add(c, S("member.add"), m->account, m->person, (int64_t)m->role));
	return join_commit(&tx);
}

err
member_recognise(struct ctx *c, str login_blind, id person)
{
	struct member m = { .role = ROLE_PATIENT, .person = person };
	err e = db_one_int(c->db, SQL(
	    "SELECT id FROM account a WHERE login_blind = $1 AND state = $2 AND"
	    " (NOT EXISTS (SELECT 1 FROM membership m WHERE m.account = a.id AND m.ended_at IS NULL)"
	    " OR EXISTS (SELECT 1 FROM membership m WHERE m.account = a.id AND m.role = $3"
	    " AND m.ended_at IS NULL))"),
	    BINDS(BLOB(login_blind), INT(ACCOUNT_ACTIVE), INT(ROLE_PATIENT)), &m.account);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	e = member_add(c, &m);
	return e == ERR_CONFLICT ? OK : e;	/* known here before */
}

/*
 * Two administrators who dismiss each other at the same moment would both see
 * the other one left.  The organisation's row is the lock between them.
 */
static err
org_lock(struct ctx *c)
{
	int64_t changed;

	return db_run(c->db, SQL("UPDATE org SET version = version WHERE id = $1"),
	    BINDS(INT(c->org)), &changed);
}

static err
administrator_remains(struct ctx *c)
{
	int64_t n;

	TRY(db_one_int(c->db, SQL(
	    "SELECT COUNT(*) FROM membership WHERE org = $1 AND role = $2 AND ended_at IS NULL"),
	    BINDS(INT(c->org), INT(ROLE_ADMINISTRATOR)), &n));
	return n > 0 ? OK : ERR_CONFLICT;
}

err
member_end(struct ctx *c, id account, enum role role)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	TRY(join_begin(c, &tx));
	if (role == ROLE_ADMINISTRATOR)
		TRY(org_lock(c));
	TRY(db_run(c->db, SQL(
	    "UPDATE membership SET ended_at = $4"
	    " WHERE account = $1 AND org = $2 AND role = $3 AND ended_at IS NULL"),
	    BINDS(INT(account), INT(c->org), INT((int64_t)role), INT(c->now)), &n));
	if (n == 0)
		return ERR_NOT_FOUND;
	if (role == ROLE_ADMINISTRATOR)
		TRY(administrator_remains(c));
	TRY(session_end_membership(c, account, c->org, role));
	/* Revoked, not only refused: a membership that begins anew must not wake old devices. */
	TRY(db_run(c->db, SQL(
	    "UPDATE api_token SET revoked_at = $4"
	    " WHERE account = $1 AND org = $2 AND role = $3 AND revoked_at IS NULL"),
	    BINDS(INT(account), INT(c->org), INT((int64_t)role), INT(c->now)), &n));
	/* What an agenda shows to one who has left is of no use to anybody. */
	TRY(db_run(c->db, SQL("DELETE FROM agenda_column WHERE account = $1 AND org = $2"),
	    BINDS(INT(account), INT(c->org)), &n));
	TRY(audit_add(c, S("member.end"), account, 0, (int64_t)role));
	return join_commit(&tx);
}

err
member_reopen(struct ctx *c, id account, enum role role)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL(
	    "UPDATE membership SET ended_at = NULL, created_at = $4"
	    " WHERE account = $1 AND org = $2 AND role = $3 AND role IN ($5, $6, $7) AND ended_at IS NOT NULL"
	    " AND EXISTS (SELECT 1 FROM account a WHERE a.id = $1 AND a.state <> $8)"),
	    BINDS(INT(account), INT(c->org), INT((int64_t)role), INT(c->now), INT(ROLE_SECRETARY),
	    INT(ROLE_PRACTITIONER), INT(ROLE_ADMINISTRATOR), INT(ACCOUNT_CLOSED)), &n));
	if (n == 0)
		return ERR_NOT_FOUND;
	TRY(audit_add(c, S("member.reopen"), account, 0, (int64_t)role));
	return join_commit(&tx);
}

struct place { id org; enum role role; };

static err
places_read(struct ctx *c, id account, struct place *places, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL(
	    "SELECT org, role FROM membership WHERE account = $1 AND ended_at IS NULL"
	    " ORDER BY org, role LIMIT $2"), BINDS(INT(account), INT(MEMBER_ORGS_MAX)), &r));
	while (n < MEMBER_ORGS_MAX && (e = db_next(r)) != ERR_NOT_FOUND) {
		TRY(e);
		places[n++] = (struct place){ db_int(r, 0), (enum role)db_int(r, 1) };
	}
	*ret_n = n;
	return OK;
}

err
member_end_all(struct ctx *c, id account)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct place *places = NEW_N(c->mem, struct place, MEMBER_ORGS_MAX);
	size_t n;

	TRY(join_begin(c, &tx));
	do {
		TRY(places_read(c, account, places, &n));
		for (size_t i = 0; i < n; i++) {
			struct ctx there = *c;

			there.org = places[i].org;
			TRY(member_end(&there, account, places[i].role));
		}
	} while (n == MEMBER_ORGS_MAX);
	return join_commit(&tx);
}

err
member_get(struct ctx *c, id account, enum role role, struct member *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT practitioner, person, created_at FROM membership"
	    " WHERE account = $1 AND org = $2 AND role = $3 AND ended_at IS NULL"),
	    BINDS(INT(account), INT(c->org), INT((int64_t)role)), &r));
	TRY(db_next(r));
	*ret = (struct member){ account, role, db_int(r, 0), db_int(r, 1), db_int(r, 2), 0 };
	return OK;
}

static err
lines_read(struct ctx *c, bool ended, struct member_line *lines, struct vault_item *items, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	size_t n = 0;
	err e;

	/* Live ones have no end: they stay by account. */
	TRY(db_read(c->db, SQL(
	    "SELECT m.account, m.role, m.practitioner, m.person, m.created_at, a.state,"
	    " CASE WHEN a.totp_sealed IS NULL THEN 0 ELSE 1 END, a.signed_in_at, a.version, a.identity_sealed,"
	    " COALESCE(m.ended_at, 0)"
	    " FROM membership m JOIN account a ON a.id = m.account"
	    " WHERE m.org = $1 AND m.role IN ($2, $3, $4) AND (m.ended_at IS NULL) = ($5 = 0)"
	    " AND ($5 = 0 OR a.state <> $6)"
	    " ORDER BY COALESCE(m.ended_at, 0) DESC, m.account, m.role LIMIT $7"),
	    BINDS(INT(c->org), INT(ROLE_SECRETARY), INT(ROLE_PRACTITIONER), INT(ROLE_ADMINISTRATOR),
	    INT(ended), INT(ACCOUNT_CLOSED), INT(MEMBER_LIST_MAX)), &r));
	while (n < MEMBER_LIST_MAX && (e = db_next(r)) != ERR_NOT_FOUND) {
		TRY(e);
		lines[n] = (struct member_line){
			.member = { db_int(r, 0), (enum role)db_int(r, 1), db_int(r, 2), db_int(r, 3),
			    db_int(r, 4), db_int(r, 10) },
			.state = (enum account_state)db_int(r, 5), .has_factor = db_int(r, 6) != 0,
			.signed_in_at = db_int(r, 7),
		};
		items[n].place = account_identity_place(lines[n].member.account, db_int(r, 8));
		items[n++].envelope = db_text(r, c->mem, 9);
	}
	*ret_n = n;
	return OK;
}

static err
list(struct ctx *c, bool ended, struct member_line **ret, size_t *ret_n)
{
	struct member_line *lines = NEW_N(c->mem, struct member_line, MEMBER_LIST_MAX);
	struct vault_item *items = NEW_N(c->mem, struct vault_item, MEMBER_LIST_MAX);
	size_t n;

	TRY(lines_read(c, ended, lines, items, &n));
	TRY(vault_open_batch(c, PURPOSE_MANAGE, items, n));
	for (size_t i = 0; i < n; i++)
		if (items[i].why == OK)
			account_identity_split(items[i].clear, &lines[i].email, &lines[i].name);
	*ret = lines;
	*ret_n = n;
	return OK;
}

err
member_list(struct ctx *c, struct member_line **ret, size_t *ret_n)
{
	return list(c, false, ret, ret_n);
}

err
member_list_ended(struct ctx *c, struct member_line **ret, size_t *ret_n)
{
	return list(c, true, ret, ret_n);
}

err
member_orgs(struct ctx *c, id account, struct member_org **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct member_org *list = NEW_N(c->mem, struct member_org, MEMBER_ORGS_MAX);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL(
	    "SELECT o.id, o.slug, o.name, m.role, m.practitioner, m.person, m.created_at"
	    " FROM membership m JOIN org o ON o.id = m.org"
	    " WHERE m.account = $1 AND m.ended_at IS NULL AND o.closed_at IS NULL"
	    " ORDER BY o.name, o.id, m.role LIMIT $2"), BINDS(INT(account), INT(MEMBER_ORGS_MAX)), &r));
	while (n < MEMBER_ORGS_MAX && (e = db_next(r)) != ERR_NOT_FOUND) {
		TRY(e);
		list[n++] = (struct member_org){ .org = db_int(r, 0),
			.slug = db_text(r, c->mem, 1), .name = db_text(r, c->mem, 2),
			.member = { account, (enum role)db_int(r, 3), db_int(r, 4), db_int(r, 5), db_int(r, 6), 0 } };
	}
	*ret = list;
	*ret_n = n;
	return OK;
}

err
member_is_staff(struct ctx *c, id account, bool *ret)
{
	int64_t n;

	TRY(db_one_int(c->db, SQL(
	    "SELECT COUNT(*) FROM membership WHERE account = $1 AND role IN ($2, $3, $4) AND ended_at IS NULL"),
	    BINDS(INT(account), INT(ROLE_SECRETARY), INT(ROLE_PRACTITIONER), INT(ROLE_ADMINISTRATOR)), &n));
	*ret = n > 0;
	return OK;
}
