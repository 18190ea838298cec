/* demo_accounts.c - one account a role, ready to sign in with: all of it told, for nobody is real. */
#include "access/account.h"
#include "access/audit.h"
#include "access/member.h"
#include "access/token.h"
#include "app/demo_int.h"
#include "practice/person.h"
#include "vault/secret.h"

enum { PASSWORD_WORDS = 4 };

static const struct { enum role role; const char *login, *name; } roles[DEMO_ROLES] = {
	{ ROLE_ADMINISTRATOR, "administration", "Dominique Lenoir" },
	{ ROLE_PRACTITIONER, "praticien", "Claude Armand" },
	{ ROLE_SECRETARY, "secretaire", "Sacha Perrot" },
	{ ROLE_PATIENT, "patient", "Camille Duval" },
};

str
demo_login(struct arena *mem, enum role role, str slug)
{
	for (size_t i = 0; i < COUNT(roles); i++)
		if (roles[i].role == role)
			return str_printf(mem, "%s@%.*s.example.test", roles[i].login, STR_FMT(slug));
	panic("demo: no account of that role");
}

/* Four words: easy to type, and well over the bits that a password needs. */
static str
password_of(struct demo *d, struct arena *mem, const char *role)
{
	str secret = demo_secret(d, "password", role);
	struct buf b = buf_in(mem, 100);

	for (size_t i = 0; i < PASSWORD_WORDS; i++)
		buf_printf(&b, "%s%s", i > 0 ? "-" : "",
		    demo_words.items[(unsigned char)secret.p[i] % demo_words.n]);
	return buf_str(&b);
}

/* Straight into the tables: the program's own functions would choose the secrets themselves. */
static err
secrets_insert(struct demo *d, id account, enum role role, str totp_sealed, str token)
{
	TRY(db_run(d->c.db, SQL("UPDATE account SET totp_sealed = $1, totp_step = 0 WHERE id = $2"),
	    BINDS(BLOB(totp_sealed), INT(account)), NULL));
	if (token.n == 0)
		return OK;
	return db_run(d->c.db, SQL("INSERT INTO api_token (hash, id, account, org, role, name, scopes, created_at)"
	    " VALUES ($1, $2, $3, $4, $5, 'demo', $6, $7)"),
	    BINDS(BLOB(token_hash(d->c.mem, token)), INT(ctx_id(&d->c)), INT(account), INT(d->c.org),
	    INT(role), INT(SCOPES_ALL), INT(d->c.now)), NULL);
}

static err
member_make(struct demo *d, id account, enum role role)
{
	struct member m = { .account = account, .role = role };

	if (role == ROLE_PRACTITIONER && d->options->practitioners > 0)
		m.practitioner = d->practitioners[0].id;
	if (role == ROLE_PATIENT && d->options->patients > 0)
		m.person = d->people[0].id;
	return member_add(&d->c, &m);
}

static err
account_make(struct demo *d, size_t i, struct arena *keep, struct demo_account *a)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	bool staff = a->role != ROLE_PATIENT;
	str totp = str_slice(demo_secret(d, "totp", roles[i].login), 0, TOTP_SECRET_BYTES);
	str sealed, hash;
	id account;

	a->login = demo_login(keep, a->role, d->slug);
	a->password = password_of(d, keep, roles[i].login);
	a->totp_secret = totp_base32(keep, totp);
	if (staff)
		a->api_token = str_cat(keep, S("srm_"), str_base64url(keep, demo_secret(d, "token", roles[i].login)));
	TRY(account_create(&d->c, a->login, str_c(roles[i].name), LANG_FR, &account));
	struct vault_place place = { .person = account, .table = TABLE_TOTP, .facet = FACET_ACCOUNT,
		.row = account };
	TRY(vault_seal(&d->c, &place, totp, &sealed));
	TRY(password_hash(d->c.mem, a->password, &hash));
	TRY(db_begin(d->c.db, &tx));
	TRY(account_write_password(&d->c, account, hash, 0));
	TRY(secrets_insert(d, account, a->role, sealed, a->api_token));
	TRY(member_make(d, account, a->role));
	return db_commit(&tx);
}

err
demo_accounts(struct demo *d, struct arena *keep, struct demo_made *io)
{
	for (size_t i = 0; i < DEMO_ROLES; i++) {
		struct demo_account *a = &io->accounts[io->accounts_n];

		*a = (struct demo_account){ .org = io->orgs_n - 1, .role = roles[i].role };
		TRY(account_make(d, i, keep, a));
		io->accounts_n++;
	}
	arena_reset(d->batch);
	return OK;
}
