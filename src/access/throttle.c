/* throttle.c - a row a key: how many tries, and when the next one may come. */
#include "access/throttle.h"

#include <arpa/inet.h>
#include <assert.h>

#include "oath/promise.h"
#include "store/db.h"
#include "vault/vault.h"

enum {
	RACES_MAX = 16,		/* lost that many times against others: it is a flood */
	IPV6_NETWORK_BYTES = 8,
};

struct row {
	int64_t	tries;
	usec	first_at, next_at;
};

usec
throttle_wait(enum throttle_kind kind, int64_t tries)
{
	const struct promise *p = promise();

	if (kind == THROTTLE_PEER)
		tries /= p->signin_peer_times;
	if (tries >= p->signin_lock_tries)
		return p->signin_lock;
	if (tries < p->signin_free_tries)
		return 0;
	/* 1 s, 2 s, 4 s …; never longer than the lock, whatever the promise says. */
	int64_t doublings = min64(tries - p->signin_free_tries, 30);
	return min64(USEC_PER_SECOND << doublings, p->signin_lock);
}

str
throttle_network(struct arena *mem, str peer)
{
	struct in6_addr a;

	if (str_find(peer, ':') < 0 || peer.n >= INET6_ADDRSTRLEN ||
	    inet_pton(AF_INET6, str_z(mem, peer), &a) != 1)
		return peer;
	/* One IPv4 host seen through an IPv6 socket is not the whole IPv4 world. */
	size_t n = IN6_IS_ADDR_V4MAPPED(&a) ? sizeof(a.s6_addr) : IPV6_NETWORK_BYTES;
	return str_hex(mem, (str){ (const char *)a.s6_addr, n });
}

static err
key_mac(struct ctx *c, enum throttle_kind kind, str key, str *ret)
{
	if (kind == THROTTLE_PEER)
		key = throttle_network(c->mem, key);
	return vault_mac(c, S("throttle"), str_printf(c->mem, "%d:%.*s", (int)kind, STR_FMT(key)), ret);
}

static err
row_read(struct ctx *c, str mac, struct row *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT tries, first_at, next_at FROM throttle WHERE key_mac = $1"),
	    BINDS(BLOB(mac)), &r));
	TRY(db_next(r));
	*ret = (struct row){ db_int(r, 0), db_int(r, 1), db_int(r, 2) };
	return OK;
}

static bool
is_forgotten(const struct ctx *c, const struct row *row)
{
	return row->next_at <= c->now - promise()->signin_memory;
}

/* Write the next state of the row, unless somebody else was there since we read it. */
static err
row_write(struct ctx *c, str mac, const struct row *old, const struct row *new, bool *ret_done)
{
	int64_t changed;

	if (old == NULL)
		TRY(db_run(c->db, SQL(
		    "INSERT INTO throttle (key_mac, tries, first_at, next_at)"
		    " VALUES ($1, $2, $3, $4) ON CONFLICT (key_mac) DO NOTHING"),
		    BINDS(BLOB(mac), INT(new->tries), INT(new->first_at), INT(new->next_at)),
		    &changed));
	else
		TRY(db_run(c->db, SQL(
		    "UPDATE throttle SET tries = $2, first_at = $3, next_at = $4"
		    " WHERE key_mac = $1 AND tries = $5 AND next_at = $6"),
		    BINDS(BLOB(mac), INT(new->tries), INT(new->first_at), INT(new->next_at),
		    INT(old->tries), INT(old->next_at)), &changed));
	*ret_done = changed == 1;
	return OK;
}

err
throttle_take(struct ctx *c, enum throttle_kind kind, str key)
{
	str mac;

	assert(!db_in_change(c->db));
	TRY(key_mac(c, kind, key, &mac));
	for (int race = 0; race < RACES_MAX; race++) {
		struct row old, new = { .tries = 1, .first_at = c->now };
		bool done;
		err e = row_read(c, mac, &old);

		if (e != OK && e != ERR_NOT_FOUND)
			return e;
		if (e == OK && old.next_at > c->now)
			return ERR_THROTTLED;
		if (e == OK && !is_forgotten(c, &old))
			new = (struct row){ .tries = old.tries + 1, .first_at = old.first_at };
		new.next_at = c->now + throttle_wait(kind, new.tries);
		TRY(row_write(c, mac, e == OK ? &old : NULL, &new, &done));
		if (done)
			return OK;
	}
	return ERR_THROTTLED;
}

err
throttle_next_at(struct ctx *c, enum throttle_kind kind, str key, usec *ret)
{
	struct row row;
	str mac;

	TRY(key_mac(c, kind, key, &mac));
	err e = row_read(c, mac, &row);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	*ret = e == OK ? row.next_at : c->now;
	return OK;
}

err
throttle_give_back(struct ctx *c, enum throttle_kind kind, str key)
{
	int64_t changed;
	str mac;

	TRY(key_mac(c, kind, key, &mac));
	return db_run(c->db, SQL(
	    "UPDATE throttle SET tries = tries - 1, next_at = $2 WHERE key_mac = $1 AND tries > 0"),
	    BINDS(BLOB(mac), INT(c->now)), &changed);
}

err
throttle_clear(struct ctx *c, enum throttle_kind kind, str key)
{
	int64_t changed;
	str mac;

	TRY(key_mac(c, kind, key, &mac));
	return db_run(c->db, SQL("DELETE FROM throttle WHERE key_mac = $1"), BINDS(BLOB(mac)), &changed);
}

err
throttle_purge(struct ctx *c, int64_t *ret_n)
{
	return db_run(c->db, SQL("DELETE FROM throttle WHERE next_at <= $1"),
	    BINDS(INT(c->now - promise()->signin_memory)), ret_n);
}
