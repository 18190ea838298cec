/* consent.c - see consent.h. */
#include "access/audit.h"
#include "privacy/consent.h"
#include "store/db.h"
#include "vault/secret.h"

static bool
rests_on_consent(enum purpose purpose)
{
	return (promise()->consent_purposes & PURPOSE_BIT(purpose)) != 0;
}

static err
lives(struct ctx *c, id person, enum purpose purpose, bool *ret)
{
	int64_t act;
	err e = db_one_int(c->db, SQL("SELECT act FROM consent WHERE org = $1 AND person = $2"
	    " AND purpose = $3 ORDER BY id DESC LIMIT 1"),
	    BINDS(INT(c->org), INT(person), INT((int64_t)purpose)), &act);

	*ret = e == OK && act == CONSENT_GIVEN;
	return e == ERR_NOT_FOUND ? OK : e;
}

static err
words_keep(struct ctx *c, str hash, str words)
{
	int64_t changed;

	return db_run(c->db, SQL("INSERT INTO consent_text (hash, lang, body, first_at)"
	    " VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING"),
	    BINDS(BLOB(hash), INT((int64_t)c->lang), TEXT(words), INT(c->now)), &changed);
}

/* In the caller's change or in one of its own.  words: of a withdrawal, empty. */
static err
add(struct ctx *c, id person, enum purpose purpose, enum consent_act act, str words,
    enum consent_source source)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	str hash = act == CONSENT_GIVEN ? sha256(c->mem, words) : S("");
	bool alive;

	if (!db_in_change(c->db))
		TRY(db_begin(c->db, &tx));
	TRY(lives(c, person, purpose, &alive));
	if (alive != (act == CONSENT_GIVEN)) {
		id row = ctx_id(c);

		if (act == CONSENT_GIVEN)
			TRY(words_keep(c, hash, words));
		TRY(db_run(c->db, SQL("INSERT INTO consent (org, person, purpose, id, act,"
		    " text_hash, policy_hash, source, at, actor, role)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
		    BINDS(INT(c->org), INT(person), INT((int64_t)purpose), INT(row),
		    INT((int64_t)act), hash.n == 0 ? NIL : BLOB(hash), BLOB(promise()->policy_hash),
		    INT((int64_t)source), INT(c->now), INT(c->actor), INT(c->role)), NULL));
		TRY(audit_add(c, act == CONSENT_GIVEN ? S("consent.give") : S("consent.withdraw"),
		    row, person, (int64_t)purpose));
	}
	return tx.db == NULL ? OK : db_commit(&tx);
}

err
consent_give(struct ctx *c, id person, enum purpose purpose, str words, enum consent_source source)
{
	if (!rests_on_consent(purpose) || str_trim(words).n == 0)
		return ERR_INVALID;
	if (words.n > CONSENT_WORDS_BYTES_MAX)
		return ERR_TOO_LARGE;
	return add(c, person, purpose, CONSENT_GIVEN, words, source);
}

/* Also for a purpose that is promised no more: nobody is kept in an agreement. */
err
consent_withdraw(struct ctx *c, id person, enum purpose purpose, enum consent_source source)
{
	return add(c, person, purpose, CONSENT_WITHDRAWN, S(""), source);
}

err
consent_lives(struct ctx *c, enum purpose purpose, const id *persons, size_t n, bool *ret)
{
	for (size_t i = 0; i < n; i++)
		TRY(lives(c, persons[i], purpose, &ret[i]));
	return OK;
}

err
consent_history(struct ctx *c, id person, struct consent **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct consent *list = NEW_N(c->mem, struct consent, CONSENT_HISTORY_MAX);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT id, purpose, act, source, at, text_hash, policy_hash, actor,"
	    " role FROM consent WHERE org = $1 AND person = $2 ORDER BY id DESC LIMIT $3"),
	    BINDS(INT(c->org), INT(person), INT(CONSENT_HISTORY_MAX)), &r));
	while ((e = db_next(r)) == OK)
		list[n++] = (struct consent){ .id = db_int(r, 0), .person = person,
		    .purpose = (enum purpose)db_int(r, 1), .act = (enum consent_act)db_int(r, 2),
		    .source = (enum consent_source)db_int(r, 3), .at = db_int(r, 4),
		    .text_hash = db_text(r, c->mem, 5), .policy_hash = db_text(r, c->mem, 6),
		    .actor = db_int(r, 7), .role = (int)db_int(r, 8) };
	*ret = list;
	*ret_n = n;
	return e == ERR_NOT_FOUND ? OK : e;
}

err
consent_words(struct ctx *c, str text_hash, str *ret, enum lang *ret_lang)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL("SELECT body, lang FROM consent_text WHERE hash = $1"),
	    BINDS(BLOB(text_hash)), &r));
	TRY(db_next(r));
	*ret = db_text(r, c->mem, 0);
	*ret_lang = (enum lang)db_int(r, 1);
	return OK;
}
