/* page_audit.c - the log of the practice, its check, its checkpoint and its proofs. */
#include "access/member.h"
#include "practice/motive.h"
#include "practice/resource.h"
#include "web/page_audit.h"
#include "web/page_staff.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_audit, { "avant", 20, false });

static const struct { const char *action, *words; } actions[] = {
#define ACTION(action, words) { action, words },
#include "web/audit_words.def"
#undef ACTION
};

/* An action of a newer program keeps its own name. */
static str
action_words(const struct web *w, str action)
{
	for (size_t i = 0; i < COUNT(actions); i++)
		if (str_eq(action, str_c(actions[i].action)))
			return text(w->c.lang, actions[i].words);
	return action;
}

/* What ids of the log can be named by; nothing of a patient. */
struct names {
	struct member_line	*members;
	struct practitioner	*practitioners;
	struct motive		*motives;
	struct resource		*resources;
	struct site		*sites;
	size_t			 members_n, practitioners_n, motives_n, resources_n, sites_n;
};

static err
read_names(struct web *w, struct names *ret)
{
	TRY(member_list(&w->c, &ret->members, &ret->members_n));
	TRY(practitioner_list(&w->c, true, &ret->practitioners, &ret->practitioners_n));
	TRY(motive_list(&w->c, true, &ret->motives, &ret->motives_n));
	TRY(resource_list(&w->c, true, &ret->resources, &ret->resources_n));
	return site_list(&w->c, true, &ret->sites, &ret->sites_n);
}

static str
account_name(const struct names *names, id account)
{
	for (size_t i = 0; i < names->members_n; i++)
		if (names->members[i].member.account == account)
			return names->members[i].name;
	return (str){0};
}

static str
practitioner_of(struct web *w, const struct names *names, id practitioner)
{
	for (size_t i = 0; i < names->practitioners_n; i++)
		if (names->practitioners[i].id == practitioner)
			return practitioner_name(w->c.mem, &names->practitioners[i]);
	return (str){0};
}

static str
who(struct web *w, const struct names *names, const struct audit_line *l)
{
	str name = account_name(names, l->actor);

	if (name.n > 0)
		return name;
	if (l->actor == 0)
		return text(w->c.lang, l->role == ROLE_JOB ? T("The server") : T("Somebody online, not signed in"));
	return text(w->c.lang, l->role == ROLE_PATIENT ? T("A patient, signed in") :
	    T("Somebody who is not of the staff any more"));
}

static str
object_name(struct web *w, const struct names *names, id object)
{
	for (size_t i = 0; i < names->motives_n; i++)
		if (names->motives[i].id == object)
			return names->motives[i].name;
	for (size_t i = 0; i < names->resources_n; i++)
		if (names->resources[i].id == object)
			return names->resources[i].name;
	for (size_t i = 0; i < names->sites_n; i++)
		if (names->sites[i].id == object)
			return names->sites[i].name;
	str name = practitioner_of(w, names, object);

	return name.n > 0 ? name : account_name(names, object);
}

/* By its name; an appointment by its page; rules of time by whose they are (detail). */
static void
about(struct web *w, const struct names *names, const struct audit_line *l, struct audit_row *row)
{
	if (str_starts(l->action, S("booking."))) {
		row->about = text(w->c.lang, T("See the appointment"));
		row->about_url = str_printf(w->c.mem, "/agenda/rdv/%lld", (long long)l->object);
	} else if (str_starts(l->action, S("absence.")) || str_starts(l->action, S("hours."))) {
		row->about = practitioner_of(w, names, l->detail);
	} else {
		row->about = object_name(w, names, l->object);
	}
	if (row->about.n == 0 && l->object != 0)
		row->about = FILL(w->c.mem, w->c.lang, T("No. {id}"), ARG("id", str_of_int(w->c.mem, l->object)));
}

static str
moment(struct web *w, usec at)
{
	struct civil local = zone_local(w->zone, at);
	str date = text_date_numeric(w->c.mem, w->c.lang, local.day);
	str hour = text_hour(w->c.mem, w->c.lang, local.minute);

	return str_printf(w->c.mem, "%.*s, %.*s", STR_FMT(date), STR_FMT(hour));
}

static err
read_point(struct web *w, struct audit_page *p)
{
	struct checkpoint_key key;
	err e = audit_checkpoint_last(&w->c, &p->point);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	TRY(checkpoint_key(&w->c, &key));
	p->key = checkpoint_key_text(w->c.mem, &key);
	p->point_when = moment(w, p->point.at);
	return OK;
}

static err
read_rows(struct web *w, const struct names *names, id before, struct audit_page *p)
{
	struct audit_line *lines;
	size_t n;

	TRY(audit_list(&w->c, before, AUDIT_PAGE + 1, &lines, &n));
	struct audit_row *rows = NEW_N(w->c.mem, struct audit_row, n);

	for (p->n = 0; p->n < n && p->n < AUDIT_PAGE; p->n++) {
		const struct audit_line *l = &lines[p->n];

		rows[p->n] = (struct audit_row){
			.when = moment(w, l->at), .seq = l->seq,
			.who = who(w, names, l), .what = action_words(w, l->action),
			.role = l->actor != 0 && l->role >= 0 && l->role < ROLE_COUNT ?
			    staff_role(w->c.lang, (enum role)l->role) : (str){0},
		};
		about(w, names, l, &rows[p->n]);
		if (l->seq != 0 && l->seq <= p->point.size)
			rows[p->n].proof_url = str_printf(w->c.mem, "/reglages/journal/%lld/preuve", (long long)l->id);
	}
	p->rows = rows;
	if (n > AUDIT_PAGE)
		p->older_url = str_printf(w->c.mem, "/reglages/journal?avant=%lld",
		    (long long)lines[AUDIT_PAGE - 1].id);
	return OK;
}

/* The chain is of the whole server; what is told of it is a number. */
static err
read_check(struct web *w, const struct names *names, struct audit_page *p)
{
	err e = audit_check_last(&w->c, &p->check);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	str name = account_name(names, p->check.asked_by);

	p->asked = FILL(w->c.mem, w->c.lang, T("{when}, by {who}"), ARG("when", moment(w, p->check.asked_at)),
	    ARG("who", name.n > 0 ? name : text(w->c.lang, T("somebody who is not of the staff any more"))));
	if (p->check.done_at != 0)
		p->done = moment(w, p->check.done_at);
	return OK;
}

err
page_audit(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Log")) };
	struct audit_page p = { .layout = &l };
	struct names names;
	id before = 0;

	if (web_field_sent(w, "avant") && !web_field_id(w, "avant", &before))
		return ERR_NOT_FOUND;
	p.first = before == 0;
	TRY(read_names(w, &names));
	TRY(read_point(w, &p));
	TRY(read_rows(w, &names, before, &p));
	TRY(read_check(w, &names, &p));
	struct out *o = view_begin(w, &l);

	page_audit_show(o, &p);
	return view_end(w, o, 200);
}

err
page_audit_check(struct web *w)
{
	TRY(audit_check_ask(&w->c));
	return view_redirect(w, S("/reglages/journal"), NULL);
}

/* To be kept elsewhere: it is of no use beside the log that it vouches for. */
err
page_audit_checkpoint(struct web *w)
{
	struct audit_checkpoint last;

	TRY(audit_checkpoint_last(&w->c, &last));
	return view_download(w, S("text/plain; charset=utf-8"),
	    str_z(w->c.mem, str_printf(w->c.mem, "point-de-controle-%lld.txt", (long long)last.size)), last.note);
}

err
page_audit_proof(struct web *w)
{
	struct buf b = buf_in(w->c.mem, WEB_PAGE_BYTES_MAX);
	struct audit_proof proof;
	id line;

	TRY(web_arg_id(w, 0, &line));
	err e = audit_prove(&w->c, line, &proof);
	if (e == ERR_CONFLICT) {
		view_status(w, 409, text(w->c.lang, T("No checkpoint covers this line yet.")),
		    text(w->c.lang, T("One is signed every hour: come back then.")));
		return OK;
	}
	TRY(e);
	audit_proof_print(w->c.mem, &proof, &b);
	if (!buf_ok(&b))
		return ERR_TOO_LARGE;
	return view_download(w, S("application/json"),
	    str_z(w->c.mem, str_printf(w->c.mem, "preuve-%lld.json", (long long)proof.seq)), buf_str(&b));
}
