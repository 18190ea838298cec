/* scene.c - see scene.h. */
#include <ftw.h>
#include <unistd.h>

#include "access/audit.h"
#include "practice/motive.h"
#include "practice/practitioner.h"
#include "scene.h"

/* Of the test that runs; the last one ends with the program. */
static struct { char dir[64]; struct vault *vault; } shared;

static int
entry_remove(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s;
	(void)kind;
	(void)at;
	return remove(path);
}

static void
vault_end(void)
{
	if (shared.vault == NULL)
		return;
	vault_close(shared.vault);
	shared.vault = NULL;
	(void)nftw(shared.dir, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* The mint of every test gives the same ids: the keys of the test before must go. */
static struct vault *
vault_new(void)
{
	if (shared.dir[0] == '\0')
		(void)atexit(vault_end);
	vault_end();
	(void)snprintf(shared.dir, sizeof(shared.dir), "/tmp/serment-scene-XXXXXX");
	assert_non_null(mkdtemp(shared.dir));
	assert_ok(vault_init(shared.dir));
	assert_ok(vault_open_dir(shared.dir, audit_opening, &shared.vault));
	return shared.vault;
}

struct org
scene_org(str slug)
{
	return (struct org){ .slug = slug, .name = S("Cabinet des Tilleuls"),
	    .zone = S("Europe/Paris"), .lang = LANG_FR, .phone = S("02 40 00 00 01"),
	    .colour = 5, .cancel_limit_minutes = 24 * 60, .reminder_hours = 48 };
}

struct scene
scene_begin(void **state)
{
	struct scene s = { .c = *state };
	struct org tilleuls = scene_org(S("tilleuls")), acacias = scene_org(S("acacias"));
	struct site a = { .name = S("Nantes") }, b = { .name = S("Rezé") };

	s.c->vault = vault_new();
	s.c->role = ROLE_ADMINISTRATOR;
	s.c->purposes = PURPOSE_BIT(PURPOSE_BOOK) | PURPOSE_BIT(PURPOSE_DESK);
	s.other = *s.c;
	assert_ok(org_create(s.c, &tilleuls, &s.org));
	assert_ok(org_create(s.c, &acacias, &s.other.org));
	s.c->org = s.org;
	assert_ok(site_create(s.c, &a, &s.site));
	assert_ok(site_create(s.c, &b, &s.site_b));
	return s;
}

id
scene_practitioner(struct ctx *c, str given, str family)
{
	struct practitioner p = { .title = S("Dre"), .given = given, .family = family,
	    .languages = S("fr,en"), .listed = true };
	id made;

	assert_ok(practitioner_create(c, &p, &made));
	return made;
}

id
scene_motive(struct ctx *c, str name)
{
	struct motive m = { .name = name, .minutes = 15, .online = true, .horizon_days = 60,
	    .capacity = 1 };
	id made;

	assert_ok(motive_create(c, &m, &made));
	return made;
}

err
scene_motive_save(struct ctx *c, const struct motive *form)
{
	struct motive_needs needs;
	struct motive m = *form, stored;
	id *practitioners, *resources;

	TRY(motive_get(c, m.id, &stored));
	m.version = stored.version;
	TRY(motive_practitioners(c, m.id, &practitioners, &needs.practitioners_n));
	TRY(motive_resources(c, m.id, &resources, &needs.resources_n));
	needs.practitioners = practitioners;
	needs.resources = resources;
	return motive_save(c, &m, &needs, &m.id);
}

int64_t
scene_lines(struct ctx *c, str action)
{
	int64_t n;

	assert_ok(db_one_int(c->db, SQL("SELECT COUNT(*) FROM audit WHERE org = $1 AND action = $2"),
	    BINDS(INT(c->org), TEXT(action)), &n));
	return n;
}

int64_t
scene_count(struct ctx *c, struct sql q)
{
	int64_t n;

	assert_ok(db_one_int(c->db, q, BINDS(INT(c->org)), &n));
	return n;
}
