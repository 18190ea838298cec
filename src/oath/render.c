/* render.c - the public page of a policy: fourteen sections of articles 13 and 14, then what else is promised. */
#include "oath/render.h"

#include "oath/explain.h"

const char *const render_anchors[14] = {
	"controller", "contact", "purposes", "grounds", "data", "recipients", "transfers", "durations", "rights",
	"withdrawal", "complaint", "required", "decisions", "source",
};

enum { LINE_BYTES_MAX = 64 * 1024 };

struct page {
	const struct policy	*p;
	struct buf		*out;
	enum lang		 lang;
	bool			 html, open;	/* a section is open */
};

static str
pick(const struct page *g, str fr, str en)
{
	return g->lang == LANG_FR ? fr : en;
}

static void
text(struct page *g, str s)
{
	if (g->html)
		buf_html(g->out, s);
	else
		buf_add(g->out, s);
}

static void
section(struct page *g, const char *anchor, str fr, str en)
{
	str title = pick(g, fr, en);

	if (g->html) {
		buf_printf(g->out, "%s<section id=\"%s\">\n<h2>", g->open ? "</section>\n" : "", anchor);
		text(g, title);
		buf_add(g->out, S("</h2>\n"));
	} else {
		buf_printf(g->out, "\n%.*s\n", STR_FMT(title));
		for (size_t i = 0; i < str_utf8_count(title); i++)
			buf_byte(g->out, '-');
		buf_byte(g->out, '\n');
	}
	g->open = true;
}

static void
paragraph(struct page *g, str s)
{
	buf_add(g->out, g->html ? S("<p>") : S(""));
	text(g, s);
	buf_add(g->out, g->html ? S("</p>\n") : S("\n"));
}

static void
list_begin(struct page *g)
{
	buf_add(g->out, g->html ? S("<ul>\n") : S(""));
}

static void
item(struct page *g, str name, str what)
{
	buf_add(g->out, g->html ? S("<li>") : S("- "));
	if (name.n > 0) {
		buf_add(g->out, g->html ? S("<strong>") : S(""));
		text(g, name);
		buf_add(g->out, g->html ? S("</strong>") : S(""));
	}
	if (name.n > 0 && what.n > 0)
		text(g, pick(g, S(" : "), S(": ")));
	text(g, what);
	buf_add(g->out, g->html ? S("</li>\n") : S("\n"));
}

static void
list_end(struct page *g)
{
	buf_add(g->out, g->html ? S("</ul>\n") : S(""));
}

static struct buf
line(struct page *g)
{
	return buf_in(g->out->mem, LINE_BYTES_MAX);
}

static str
titled(struct page *g, str name, str title)
{
	return policy_text(g->out->mem, policy_title(g->p, name, title, g->lang));
}

static str
category_title(struct page *g, const struct policy_category *k)
{
	return titled(g, k->name, k->title);
}

static str
categories(struct page *g, category_set set)
{
	struct buf b = line(g);

	for (size_t i = 0; i < g->p->categories_n; i++)
		if ((set >> i & 1) != 0)
			buf_printf(&b, "%s%.*s", b.n > 0 ? ", " : "", STR_FMT(category_title(g, &g->p->categories[i])));
	return buf_str(&b);
}

/* --- who (13.1.a, b) --- */

static void
render_controllers(struct page *g)
{
	section(g, "controller", S("Qui est responsable de vos données"), S("Who answers for your data"));
	list_begin(g);
	for (size_t i = 0; i < g->p->controllers_n; i++) {
		const struct policy_controller *k = &g->p->controllers[i];
		struct buf b = line(g);

		buf_add(&b, word_label(WORDS_TRADE, k->trade, g->lang));
		if (k->subjects != 0) {
			buf_add(&b, pick(g, S(", pour : "), S(", for: ")));
			set_words(WORDS_SUBJECT, k->subjects, g->lang, &b);
		}
		if (k->answers != 0) {
			buf_add(&b, pick(g, S(" ; répond de : "), S("; answers: ")));
			set_words(WORDS_RIGHT, k->answers, g->lang, &b);
		}
		item(g, titled(g, k->name, k->title), buf_str(&b));
	}
	list_end(g);
	section(g, "contact", S("À qui écrire"), S("Whom to write to"));
	list_begin(g);
	for (size_t i = 0; i < g->p->controllers_n; i++)
		if (g->p->controllers[i].contact.n > 0)
			item(g, (str){0}, policy_text(g->out->mem, g->p->controllers[i].contact));
	list_end(g);
}

/* --- what for (13.1.c, d) --- */

static void
render_purposes(struct page *g)
{
	uint32_t bases = 0;

	section(g, "purposes", S("Pourquoi elles servent"), S("What they are used for"));
	list_begin(g);
	for (size_t i = 0; i < g->p->purposes_n; i++) {
		const struct policy_purpose *u = &g->p->purposes[i];
		struct buf b = line(g);

		bases |= BIT(u->basis);
		buf_add(&b, categories(g, u->uses));
		buf_printf(&b, "%.*s%.*s", STR_FMT(pick(g, S(" ; fondement : "), S("; ground: "))),
		    STR_FMT(word_label(WORDS_BASIS, u->basis, g->lang)));
		if (u->condition != NOT_SAID)
			buf_printf(&b, ", %s", word_get(WORDS_CONDITION, u->condition)->label[g->lang]);
		buf_add(&b, pick(g, S(" ; y accèdent : "), S("; seen by: ")));
		set_words(WORDS_READER, u->readers, g->lang, &b);
		item(g, word_label(WORDS_AIM, u->word, g->lang), buf_str(&b));
	}
	list_end(g);
	section(g, "grounds", S("Sur quel fondement"), S("On which ground"));
	list_begin(g);
	for (int i = 0; i < BASIS_COUNT; i++)
		if ((bases & BIT(i)) != 0)
			item(g, (str){0}, word_label(WORDS_BASIS, i, g->lang));
	list_end(g);
	if ((bases & BIT(BASIS_INTEREST)) != 0)
		paragraph(g, pick(g, S("Là où le fondement est un intérêt légitime, vous pouvez vous opposer."),
		    S("Where the ground is a legitimate interest, you may object.")));
}

/* --- which data (14.1.d) --- */

static void
render_data(struct page *g)
{
	section(g, "data", S("Quelles données"), S("Which data"));
	list_begin(g);
	for (size_t i = 0; i < g->p->categories_n; i++) {
		const struct policy_category *k = &g->p->categories[i];
		struct buf b = line(g);

		fields_words(k, g->lang, &b);
		buf_add(&b, pick(g, S(" ; concerne : "), S("; of: ")));
		set_words(WORDS_SUBJECT, k->subjects, g->lang, &b);
		if (k->health)
			buf_add(&b, pick(g, S(" ; données de santé"), S("; health data")));
		if (k->encrypt)
			buf_add(&b, pick(g, S(" ; les mots sont chiffrés"), S("; the words are encrypted")));
		item(g, category_title(g, k), buf_str(&b));
	}
	list_end(g);
}

/* --- who else (13.1.e, f) --- */

static void
render_recipient(struct page *g, const struct policy_recipient *r)
{
	struct buf b = line(g);

	buf_printf(&b, "%s, %s", word_get(WORDS_STANDING, r->role)->label[g->lang],
	    word_get(WORDS_PLACE, r->place)->label[g->lang]);
	if (r->hds)
		buf_add(&b, pick(g, S(", hébergeur de données de santé certifié"),
		    S(", certified host of health data")));
	if (r->receives != 0)
		buf_printf(&b, "%.*s%.*s", STR_FMT(pick(g, S(" ; reçoit : "), S("; receives: "))),
		    STR_FMT(categories(g, r->receives)));
	if (r->grant.unit != UNIT_NONE) {
		buf_add(&b, pick(g, S(" ; seulement avec l'accord du cabinet, au plus "),
		    S("; only with the practice's grant, for at most ")));
		duration_words(r->grant, g->lang, &b);
	}
	item(g, titled(g, r->name, r->title), buf_str(&b));
}

static void
render_recipients(struct page *g)
{
	bool any = false;

	section(g, "recipients", S("Qui d'autre les reçoit"), S("Who else receives them"));
	list_begin(g);
	for (size_t i = 0; i < g->p->recipients_n; i++)
		render_recipient(g, &g->p->recipients[i]);
	if (g->p->recipients_n == 0)
		item(g, (str){0}, pick(g, S("Personne d'autre."), S("Nobody else.")));
	list_end(g);
	section(g, "transfers", S("Hors de l'Espace économique européen"), S("Outside the European Economic Area"));
	list_begin(g);
	for (size_t i = 0; i < g->p->transfers_n; i++) {
		const struct policy_transfer *t = &g->p->transfers[i];

		if (t->place == NOT_SAID)
			continue;
		item(g, word_label(WORDS_PLACE, t->place, g->lang), str_printf(g->out->mem, "%.*s (%.*s)",
		    STR_FMT(categories(g, t->of)), STR_FMT(word_label(WORDS_MECHANISM, t->mechanism, g->lang))));
		any = true;
	}
	if (!any)
		item(g, (str){0}, pick(g, S("Aucune donnée n'en sort."), S("No data leave it.")));
	list_end(g);
}

/* --- until when (13.2.a) --- */

static void
render_durations(struct page *g)
{
	section(g, "durations", S("Combien de temps"), S("For how long"));
	list_begin(g);
	for (size_t i = 0; i < g->p->categories_n; i++) {
		for (int minor = 0; minor <= 1; minor++) {
			const struct policy_keep *k = policy_keep(g->p, i, minor == 1);
			struct buf b = line(g);

			if (k == NULL)
				continue;
			keep_words(k, g->lang, &b);
			item(g, category_title(g, &g->p->categories[i]), policy_text(g->out->mem, buf_str(&b)));
		}
	}
	list_end(g);
	if (g->p->backup[SHARE_KEYS].horizon.unit != UNIT_NONE) {
		struct buf b = line(g);

		buf_add(&b, pick(g, S("Les copies de sauvegarde n'en gardent plus rien de lisible après "),
		    S("Nothing of it can be read in backups any more after ")));
		duration_words(g->p->backup[SHARE_KEYS].horizon, g->lang, &b);
		buf_byte(&b, '.');
		paragraph(g, buf_str(&b));
	}
}

/* --- rights (13.2.b to d) --- */

static void
clock_words(struct page *g, struct buf *b, str what, struct duration d)
{
	if (d.unit == UNIT_NONE)
		return;
	buf_printf(b, "%s%.*s ", b->n > 0 ? ", " : "", STR_FMT(what));
	duration_words(d, g->lang, b);
}

static void
render_right(struct page *g, const struct policy_right *r)
{
	struct buf b = line(g);

	if (r->category != NOT_SAID)
		buf_add(&b, category_title(g, &g->p->categories[r->category]));
	if (r->at_once)
		buf_printf(&b, "%s%.*s", b.n > 0 ? ", " : "", STR_FMT(pick(g, S("aussitôt"), S("at once"))));
	clock_words(g, &b, pick(g, S("après une réflexion de"), S("after a time to reflect of")), r->wait);
	clock_words(g, &b, pick(g, S("réponse en"), S("answer in")), r->answer);
	clock_words(g, &b, pick(g, S("au plus tard en"), S("at the latest in")), r->limit);
	if (r->verify == WAY_CODE || r->verify == WAY_ACCOUNT)
		buf_printf(&b, "%s%.*s%s", b.n > 0 ? ", " : "",
		    STR_FMT(pick(g, S("vous êtes reconnu par "), S("you are recognised by "))),
		    word_get(WORDS_WAY, r->verify)->label[g->lang]);
	if (r->refuse_on_floor)
		buf_add(&b, pick(g, S(" ; refusé, avec sa raison, là où la loi impose de garder"),
		    S("; refused, with the reason, where the law has data kept")));
	item(g, word_label(WORDS_RIGHT, r->right, g->lang), buf_str(&b));
}

static void
render_rights(struct page *g)
{
	section(g, "rights", S("Vos droits"), S("Your rights"));
	list_begin(g);
	for (size_t i = 0; i < g->p->rights_n; i++)
		render_right(g, &g->p->rights[i]);
	list_end(g);
	if (g->p->directives.declared)
		paragraph(g, str_printf(g->out->mem, "%.*s%.*s%.*s.",
		    STR_FMT(pick(g, S("Après votre mort, vos directives sont suivies ; sans directive, "),
		    S("After your death your directives are followed; without any, "))),
		    STR_FMT(word_label(WORDS_AFTER_DEATH, g->p->directives.otherwise, g->lang)),
		    STR_FMT(g->p->directives.unless_floor ? pick(g, S(", sauf si la loi impose de les garder"),
		    S(", unless the law has them kept")) : S(""))));
	section(g, "withdrawal", S("Revenir sur un accord"), S("Withdrawing a consent"));
	paragraph(g, pick(g, S("Ce que vous avez accepté, vous pouvez le refuser à tout moment, aussi simplement ;"
	    " ce qui a été fait avant reste valable."),
	    S("What you accepted you can refuse at any time, as easily; what was done before stays lawful.")));
	section(g, "complaint", S("Se plaindre"), S("Lodging a complaint"));
	list_begin(g);
	for (size_t i = 0; i < g->p->controllers_n; i++) {
		int authority = g->p->controllers[i].complaint;

		if (authority != NOT_SAID)
			item(g, word_label(WORDS_AUTHORITY, authority, g->lang),
			    str_c(word_get(WORDS_AUTHORITY, authority)->more));
	}
	list_end(g);
}

/* --- the rest of articles 13 and 14 --- */

static void
render_duties(struct page *g)
{
	section(g, "required", S("Ce qui est nécessaire"), S("What is needed"));
	paragraph(g, pick(g, S("Les champs marqués obligatoires sont nécessaires à ce que vous demandez ; sans eux,"
	    " nous ne pouvons pas le faire. Les autres sont libres."),
	    S("Fields marked as required are needed for what you ask; without them we cannot do it."
	    " The others are up to you.")));
	section(g, "decisions", S("Décisions automatiques"), S("Automated decisions"));
	paragraph(g, pick(g, S("Aucune décision sur vous n'est prise par un programme"
	    " seul, et aucun profil n'est établi."),
	    S("No decision about you is taken by a program alone, and no profile is made.")));
	section(g, "source", S("D'où elles viennent"), S("Where they come from"));
	paragraph(g, pick(g, S("De vous, de la personne qui réserve pour vous, et des soignants qui vous reçoivent."),
	    S("From you, from whoever books for you, and from the practitioners who receive you.")));
}

/* --- besides --- */

static void
render_cookies(struct page *g)
{
	section(g, "cookies", S("Cookies"), S("Cookies"));
	list_begin(g);
	for (size_t i = 0; i < g->p->cookies_n; i++) {
		const struct policy_cookie *k = &g->p->cookies[i];
		int known = word_find(WORDS_COOKIE_NAME, k->name);
		struct buf b = line(g);

		if (known >= 0)
			buf_printf(&b, "%s, ", word_get(WORDS_COOKIE_NAME, known)->label[g->lang]);
		buf_printf(&b, "%s, ", word_get(WORDS_COOKIE_KIND, k->kind)->label[g->lang]);
		if (k->life.unit == UNIT_NONE)
			buf_add(&b, pick(g, S("jusqu'à la fermeture du navigateur"), S("until the browser closes")));
		else
			duration_words(k->life, g->lang, &b);
		item(g, k->name, buf_str(&b));
	}
	if (g->p->cookies_n == 0)
		item(g, (str){0}, pick(g, S("Aucun."), S("None.")));
	list_end(g);
}

/* A sentence that is the title of something stands there, not among the promises. */
static bool
is_title(const struct policy *p, str name)
{
	bool used = policy_category(p, name) >= 0;

	for (size_t i = 0; i < p->purposes_n; i++)
		used = used || str_eq(p->purposes[i].notice, name);
	for (size_t i = 0; i < p->recipients_n; i++)
		used = used || str_eq(p->recipients[i].name, name);
	for (size_t i = 0; i < p->controllers_n; i++)
		used = used || str_eq(p->controllers[i].name, name);
	return used;
}

static void
render_promises(struct page *g)
{
	section(g, "promises", S("Ce que nous promettons en outre"), S("What we promise besides"));
	list_begin(g);
	for (int i = 0; i < VOW_COUNT; i++)
		if ((g->p->vows & BIT(i)) != 0)
			item(g, (str){0}, word_label(WORDS_VOW, i, g->lang));
	for (size_t i = 0; i < g->p->logins_n; i++) {
		struct buf b = line(g);

		set_words(WORDS_READER, g->p->logins[i].readers, g->lang, &b);
		item(g, buf_str(&b), word_label(WORDS_FACTOR, g->p->logins[i].factor, g->lang));
	}
	for (size_t i = 0; i < g->p->syntax.n; i++) {
		const struct declaration *d = &g->p->syntax.declarations[i];
		const struct attribute *said = syntax_get(d, g->lang == LANG_FR ? ATTRIBUTE_FR : ATTRIBUTE_EN);

		if (d->keyword == KEYWORD_SAY && said != NULL && !is_title(g->p, syntax_get(d, ATTRIBUTE_NAME)->text))
			item(g, (str){0}, policy_text(g->out->mem, said->text));
	}
	list_end(g);
}

static void
render_changes(struct page *g)
{
	const struct policy_change *loosen = &g->p->change[CHANGE_LOOSEN];
	struct buf b = line(g);

	section(g, "changes", S("Quand ce texte change"), S("When this text changes"));
	if (loosen->notice.unit != UNIT_NONE) {
		buf_add(&b, pick(g, S("Un changement qui promet moins est annoncé "),
		    S("A change that promises less is announced ")));
		duration_words(loosen->notice, g->lang, &b);
		buf_add(&b, pick(g, S(" à l'avance. "), S(" before. ")));
	}
	if (loosen->archive || g->p->change[CHANGE_ANY].archive)
		buf_add(&b, pick(g, S("Les versions précédentes restent publiées."),
		    S("Earlier versions stay published.")));
	paragraph(g, buf_str(&b));
}

void
policy_render(const struct policy *p, enum lang lang, enum render_form form, struct buf *out)
{
	struct page g = { .p = p, .out = out, .lang = lang, .html = form == RENDER_HTML };

	paragraph(&g, str_printf(out->mem, lang == LANG_FR ? "%.*s, version %d, du %.*s" : "%.*s, version %d, of %.*s",
	    STR_FMT(policy_text(out->mem, p->title)), (int)p->version, STR_FMT(p->dated)));
	render_controllers(&g);
	render_purposes(&g);
	render_data(&g);
	render_recipients(&g);
	render_durations(&g);
	render_rights(&g);
	render_duties(&g);
	render_cookies(&g);
	render_promises(&g);
	render_changes(&g);
	if (g.html)
		buf_add(out, S("</section>\n"));
}
