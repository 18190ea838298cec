/* ticket.c - each use is one UPDATE that changes a row for exactly one of those who race. */
#include "access/ticket.h"

#include <assert.h>

#include "access/audit.h"
#include "access/join.h"
#include "access/throttle.h"
#include "format/contact.h"
#include "vault/secret.h"

enum { TOKEN_TEXT_MAX = 64 };

struct row {
	str			hash;
	id			id, org, account;
	enum ticket_kind	kind;
	enum role		role;
	id			practitioner;
	str			sealed, code_mac;
	int64_t			tries;
	usec			created_at, lapses_at;
};

/* Sealed for the organisation: the invited person has no key yet. */
static struct vault_place
invitation_place(id org, id ticket)
{
	return (struct vault_place){ .org = org, .person = org, .table = TABLE_INVITATION,
		.facet = FACET_ACCOUNT, .row = ticket };
}

/* The state of a ticket; what it opens is only known from one that is still good. */
static err
row_read(struct ctx *c, str token, enum ticket_kind kind, struct row *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct row row = { .kind = kind };

	if (token.n == 0 || token.n > TOKEN_TEXT_MAX)
		return ERR_NOT_FOUND;
	row.hash = token_hash(c->mem, token);
	TRY(db_read(c->db, SQL(
	    "SELECT id, org, account, role, practitioner, detail_sealed, code_mac, tries,"
	    " created_at, lapses_at, used_at FROM ticket WHERE hash = $1 AND kind = $2"),
	    BINDS(BLOB(row.hash), INT((int64_t)kind)), &r));
	TRY(db_next(r));
	if (!db_null(r, 10))
		return ERR_CONFLICT;
	row.lapses_at = db_int(r, 9);
	if (row.lapses_at <= c->now)
		return ERR_EXPIRED;
	row.id = db_int(r, 0);
	row.org = db_int(r, 1);
	row.account = db_int(r, 2);
	row.role = (enum role)db_int(r, 3);
	row.practitioner = db_int(r, 4);
	row.sealed = db_text(r, c->mem, 5);
	row.code_mac = db_text(r, c->mem, 6);
	row.tries = db_int(r, 7);
	row.created_at = db_int(r, 8);
	*ret = row;
	return OK;
}

static struct bind
blob_or_nil(str s)
{
	return s.n == 0 ? NIL : BLOB(s);
}

static err
row_insert(struct ctx *c, const struct row *row, str action)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO ticket (hash, id, kind, org, account, role, practitioner, detail_sealed,"
	    " code_mac, tries, created_at, created_by, lapses_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12)"),
	    BINDS(BLOB(row->hash), INT(row->id), INT((int64_t)row->kind), INT(row->org),
	    REF(row->account), INT((int64_t)row->role), REF(row->practitioner),
	    blob_or_nil(row->sealed), blob_or_nil(row->code_mac), INT(c->now), REF(c->actor),
	    INT(row->lapses_at)), NULL));
	TRY(audit_add(c, action, row->id, 0, row->account));
	return join_commit(&tx);
}

/* Inside a change. */
static err
row_use(struct ctx *c, const struct row *row)
{
	int64_t changed;

	TRY(db_run(c->db, SQL(
	    "UPDATE ticket SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND lapses_at > $2"),
	    BINDS(BLOB(row->hash), INT(c->now)), &changed));
	return changed == 1 ? OK : ERR_CONFLICT;
}

static struct ctx
as_account(const struct ctx *c, id account, id org)
{
	struct ctx as = *c;

	as.actor = account;
	as.org = org;
	return as;
}

err
ticket_invite(struct ctx *c, const struct invitation *i, id *ret_id, str *ret_token)
{
	str email = email_normal(c->mem, i->email), name = str_trim(i->name);
	str token = token_make(c->mem, TOKEN_BYTES);
	struct row row = { .hash = token_hash(c->mem, token), .id = ctx_id(c), .org = c->org,
		.kind = TICKET_INVITATION, .role = i->role, .practitioner = i->practitioner,
		.lapses_at = c->now + promise()->invitation_life };
	struct vault_place place = invitation_place(c->org, row.id);

	assert(c->org > 0);
	if (i->role <= ROLE_PUBLIC || i->role >= ROLE_COUNT || (ROLE_BIT(i->role) & ROLES_STAFF) == 0)
		return ERR_INVALID;
	TRY(account_identity_check(email, name));
	TRY(vault_seal(c, &place, account_identity_text(c->mem, email, name), &row.sealed));
	TRY(row_insert(c, &row, S("ticket.invite")));
	*ret_id = row.id;
	*ret_token = token;
	return OK;
}

static struct invitation
invitation_of(const struct row *row, str clear)
{
	struct invitation i = { .id = row->id, .org = row->org, .role = row->role,
		.practitioner = row->practitioner, .created_at = row->created_at,
		.lapses_at = row->lapses_at };

	account_identity_split(clear, &i.email, &i.name);
	return i;
}

err
ticket_invitation(struct ctx *c, str token, struct invitation *ret)
{
	struct row row;
	str clear;

	TRY(row_read(c, token, TICKET_INVITATION, &row));
	struct vault_place place = invitation_place(row.org, row.id);
	/* Whoever holds the link may come from nowhere, or from another practice. */
	struct ctx there = *c;
	there.org = row.org;
	TRY(vault_open(&there, PURPOSE_SECURE, &place, row.sealed, &clear));
	*ret = invitation_of(&row, clear);
	return OK;
}

/* Inside a change: the ticket is used up by this account, which becomes a member. */
static err
join_org(struct ctx *c, const struct row *row, id account)
{
	struct ctx as = as_account(c, account, row->org);

	TRY(row_use(c, row));
	TRY(member_add(&as, &(struct member){ .account = account, .role = row->role,
	    .practitioner = row->practitioner }));
	return audit_add(&as, S("ticket.accept"), row->id, 0, account);
}

static err
accept_write(struct ctx *c, const struct row *row, const struct account_draft *d, str hash)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct ctx as = as_account(c, d->id, row->org);

	TRY(db_begin(c->db, &tx));
	/* An address that has an account conflicts here, even one made a moment ago (T26). */
	TRY(account_insert(&as, d));
	TRY(account_write_password(&as, d->id, hash, 0));
	TRY(join_org(c, row, d->id));
	return db_commit(&tx);
}

err
ticket_accept(struct ctx *c, str token, const struct acceptance *a,
    enum password_fault *ret_fault, id *ret_account)
{
	struct account_draft draft;
	struct invitation i;
	struct row row;
	str hash;
	id other;

	assert(!db_in_change(c->db));
	TRY(row_read(c, token, TICKET_INVITATION, &row));
	TRY(ticket_invitation(c, token, &i));
	err e = account_find(c, i.email, &other);
	if (e != ERR_NOT_FOUND)
		return e == OK ? ERR_CONFLICT : e;
	*ret_fault = password_fault(a->password, i.email, a->name);
	if (*ret_fault != PASSWORD_GOOD)
		return ERR_INVALID;
	TRY(account_identity_check(i.email, str_trim(a->name)));
	TRY(password_hash(c->mem, a->password, &hash));
	TRY(account_draft(c, i.email, a->name, a->lang, &draft));
	if ((e = accept_write(c, &row, &draft, hash)) != OK) {
		account_drop(c, &draft);
		return e;
	}
	*ret_account = draft.id;
	return OK;
}

err
ticket_bind(struct ctx *c, str token)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct row row;

	assert(c->actor > 0);
	TRY(join_begin(c, &tx));
	TRY(row_read(c, token, TICKET_INVITATION, &row));
	TRY(join_org(c, &row, c->actor));
	return join_commit(&tx);
}

static err
invitations_read(struct ctx *c, struct invitation *list, struct vault_item *items, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL(
	    "SELECT id, role, practitioner, created_at, lapses_at, detail_sealed FROM ticket"
	    " WHERE org = $1 AND kind = $2 AND used_at IS NULL ORDER BY id DESC LIMIT $3"),
	    BINDS(INT(c->org), INT(TICKET_INVITATION), INT(TICKET_LIST_MAX)), &r));
	while (n < TICKET_LIST_MAX && (e = db_next(r)) != ERR_NOT_FOUND) {
		TRY(e);
		list[n] = (struct invitation){ .id = db_int(r, 0), .org = c->org,
			.role = (enum role)db_int(r, 1), .practitioner = db_int(r, 2),
			.created_at = db_int(r, 3), .lapses_at = db_int(r, 4),
			.lapsed = db_int(r, 4) <= c->now };
		items[n].place = invitation_place(c->org, list[n].id);
		items[n++].envelope = db_text(r, c->mem, 5);
	}
	*ret_n = n;
	return OK;
}

err
ticket_list(struct ctx *c, struct invitation **ret, size_t *ret_n)
{
	struct invitation *list = NEW_N(c->mem, struct invitation, TICKET_LIST_MAX);
	struct vault_item *items = NEW_N(c->mem, struct vault_item, TICKET_LIST_MAX);
	size_t n;

	TRY(invitations_read(c, list, items, &n));
	TRY(vault_open_batch(c, PURPOSE_MANAGE, items, n));
	for (size_t i = 0; i < n; i++) {
		TRY(items[i].why);
		account_identity_split(items[i].clear, &list[i].email, &list[i].name);
	}
	*ret = list;
	*ret_n = n;
	return OK;
}

err
ticket_withdraw(struct ctx *c, id invitation)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL(
	    "DELETE FROM ticket WHERE org = $1 AND kind = $2 AND id = $3 AND used_at IS NULL"),
	    BINDS(INT(c->org), INT(TICKET_INVITATION), INT(invitation)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	TRY(audit_add(c, S("ticket.withdraw"), invitation, 0, 0));
	return join_commit(&tx);
}

/* 0: nobody; the ticket is made all the same. */
static err
account_or_nobody(struct ctx *c, str email, id *ret)
{
	err e = account_find(c, email, ret);

	if (e == ERR_NOT_FOUND)
		*ret = 0;
	return e == ERR_NOT_FOUND ? OK : e;
}

err
ticket_reset(struct ctx *c, str email, str *ret_token, id *ret_account)
{
	str token = token_make(c->mem, TOKEN_BYTES);
	struct row row = { .hash = token_hash(c->mem, token), .id = ctx_id(c),
		.kind = TICKET_RESET, .lapses_at = c->now + promise()->reset_life };

	TRY(account_or_nobody(c, email, &row.account));
	TRY(row_insert(c, &row, S("ticket.reset")));
	*ret_token = token;
	*ret_account = row.account;
	return OK;
}

err
ticket_reset_check(struct ctx *c, str token)
{
	struct row row;

	TRY(row_read(c, token, TICKET_RESET, &row));
	return row.account != 0 ? OK : ERR_NOT_FOUND;
}

static err
reset_write(struct ctx *c, const struct row *row, str email, str hash)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct ctx as = as_account(c, row->account, 0);
	int64_t n;

	TRY(db_begin(c->db, &tx));
	TRY(row_use(c, row));
	TRY(account_write_password(&as, row->account, hash, 0));
	/* Links and codes that somebody else may have asked for die with the old password. */
	TRY(db_run(c->db, SQL(
	    "UPDATE ticket SET used_at = $2 WHERE account = $1 AND used_at IS NULL"),
	    BINDS(INT(row->account), INT(c->now)), &n));
	/* Who forgot a password has tried a few. */
	TRY(throttle_clear(c, THROTTLE_LOGIN, email));
	TRY(audit_add(&as, S("ticket.reset_used"), row->id, 0, row->account));
	return db_commit(&tx);
}

err
ticket_reset_use(struct ctx *c, str token, str password,
    enum password_fault *ret_fault, id *ret_account)
{
	struct account a;
	struct row row;
	str hash;

	assert(!db_in_change(c->db));
	TRY(row_read(c, token, TICKET_RESET, &row));
	TRY(account_get(c, PURPOSE_SECURE, row.account, &a));
	enum password_fault fault = password_fault(password, a.email, a.name);
	if (fault != PASSWORD_GOOD) {
		*ret_fault = fault;
		return ERR_INVALID;
	}
	TRY(password_hash(c->mem, password, &hash));
	TRY(reset_write(c, &row, a.email, hash));
	*ret_account = row.account;
	return OK;
}

/* With the ticket's hash: the same code of two tickets has two of them. */
static err
code_mac(struct ctx *c, str hash, str code, str *ret)
{
	return vault_mac(c, S("ticket.code"), str_cat(c->mem, hash, code), ret);
}

err
ticket_code(struct ctx *c, str email, struct ticket_code *ret)
{
	struct ticket_code t = { .token = token_make(c->mem, TOKEN_BYTES),
		.code = code_make(c->mem, TICKET_CODE_DIGITS) };
	struct row row = { .hash = token_hash(c->mem, t.token), .id = ctx_id(c),
		.kind = TICKET_CODE, .lapses_at = c->now + promise()->code_life };

	TRY(account_or_nobody(c, email, &row.account));
	TRY(code_mac(c, row.hash, t.code, &row.code_mac));
	TRY(row_insert(c, &row, S("ticket.code")));
	t.account = row.account;
	*ret = t;
	return OK;
}

err
ticket_code_anybody(struct ctx *c, str email, enum lang lang, struct ticket_code *ret)
{
	struct ticket_code t = { .token = token_make(c->mem, TOKEN_BYTES),
		.code = code_make(c->mem, TICKET_CODE_DIGITS) };
	struct row row = { .hash = token_hash(c->mem, t.token), .id = ctx_id(c),
		.kind = TICKET_CODE, .lapses_at = c->now + promise()->code_life };
	struct vault_place place = invitation_place(0, row.id);

	email = email_normal(c->mem, email);
	TRY(account_identity_check(email, email));
	TRY(account_or_nobody(c, email, &row.account));
	/* Sealed for those who have an account too: the same work (T21). */
	str identity = account_identity_text(c->mem, email, lang == LANG_EN ? S("en") : S("fr"));
	TRY(vault_seal(c, &place, identity, &row.sealed));
	TRY(code_mac(c, row.hash, t.code, &row.code_mac));
	TRY(row_insert(c, &row, S("ticket.code")));
	t.account = row.account;
	*ret = t;
	return OK;
}

/* The account of the address that the code has proven, made now if need be. */
static err
account_of_code(struct ctx *c, const struct row *row, id *ret)
{
	struct vault_place place = invitation_place(0, row->id);
	str clear, email, lang;

	if (row->account != 0 || row->sealed.n == 0) {
		*ret = row->account;
		return OK;
	}
	TRY(vault_open(c, PURPOSE_SECURE, &place, row->sealed, &clear));
	account_identity_split(clear, &email, &lang);
	/* Two codes of one address may be used one after the other. */
	TRY(account_or_nobody(c, email, ret));
	return *ret != 0 ? OK :
	    account_create(c, email, email, str_eq(lang, S("en")) ? LANG_EN : LANG_FR, ret);
}

/* Counted on its own and before the comparison, so that guesses at the same moment count too. */
static err
count_try(struct ctx *c, const struct row *row)
{
	int64_t changed;

	TRY(db_run(c->db, SQL(
	    "UPDATE ticket SET tries = tries + 1 WHERE hash = $1 AND used_at IS NULL AND tries < $2"),
	    BINDS(BLOB(row->hash), INT(promise()->code_tries)), &changed));
	return changed == 1 ? OK : ERR_EXPIRED;
}

static err
code_write(struct ctx *c, const struct row *row, bool right)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct ctx as = as_account(c, right ? row->account : c->actor, 0);

	TRY(db_begin(c->db, &tx));
	if (right) {
		TRY(row_use(c, row));
		TRY(account_activate(&as, row->account));
	}
	TRY(audit_add(&as, right ? S("signin.code") : S("signin.code_fail"), row->id, 0, row->account));
	return db_commit(&tx);
}

err
ticket_code_use(struct ctx *c, str token, str code, id *ret_account)
{
	struct row row;
	str mac;

	assert(!db_in_change(c->db));
	TRY(row_read(c, token, TICKET_CODE, &row));
	TRY(count_try(c, &row));
	TRY(code_mac(c, row.hash, str_trim(code), &mac));
	bool right = secret_equal(mac, row.code_mac);
	if (right)
		TRY(account_of_code(c, &row, &row.account));
	right = right && row.account != 0;
	TRY(code_write(c, &row, right));
	if (!right)
		return ERR_DENIED;
	*ret_account = row.account;
	return OK;
}

err
ticket_purge(struct ctx *c, int64_t *ret_n)
{
	/* Kept for a while, so that an old link is told to be old. */
	return db_run(c->db, SQL("DELETE FROM ticket WHERE lapses_at < $1"),
	    BINDS(INT(c->now - promise()->invitation_life)), ret_n);
}
