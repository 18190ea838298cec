/* project.c - JSON from the compiled lists.  base/ has no writer with commas: begin and next are enough. */
#include "oath/project.h"

struct json_out {
	struct buf	*out;
	bool		 comma;
};

static void
key(struct json_out *j, const char *name)
{
	if (j->comma)
		buf_byte(j->out, ',');
	j->comma = true;
	if (name != NULL) {
		buf_json(j->out, str_c(name));
		buf_byte(j->out, ':');
	}
}

static void
begin(struct json_out *j, const char *name, char bracket)
{
	key(j, name);
	buf_byte(j->out, bracket);
	j->comma = false;
}

static void
end(struct json_out *j, char bracket)
{
	buf_byte(j->out, bracket);
	j->comma = true;
}

static void
put_str(struct json_out *j, const char *name, str s)
{
	key(j, name);
	buf_json(j->out, s);
}

static void
put_int(struct json_out *j, const char *name, int64_t n)
{
	key(j, name);
	buf_int(j->out, n);
}

static void
put_bool(struct json_out *j, const char *name, bool b)
{
	key(j, name);
	buf_add(j->out, b ? S("true") : S("false"));
}

/* A word, or null where it is not said. */
static void
put_word(struct json_out *j, const char *name, enum vocabulary v, int number)
{
	if (number != NOT_SAID) {
		put_str(j, name, word_name(v, number));
		return;
	}
	key(j, name);
	buf_add(j->out, S("null"));
}

static void
put_words(struct json_out *j, const char *name, enum vocabulary v, uint64_t set)
{
	begin(j, name, '[');
	for (int i = 0; i < 64; i++)
		if ((set >> i & 1) != 0)
			put_str(j, NULL, word_name(v, i));
	end(j, ']');
}

static void
put_categories(struct json_out *j, const char *name, const struct policy *p, category_set set)
{
	begin(j, name, '[');
	for (size_t i = 0; i < p->categories_n; i++)
		if ((set >> i & 1) != 0)
			put_str(j, NULL, p->categories[i].name);
	end(j, ']');
}

/* A text of the policy, without its escapes. */
static void
put_text(struct json_out *j, const char *name, str text)
{
	struct buf plain = buf_in(j->out->mem, POLICY_LINE_BYTES_MAX);

	for (size_t i = 0; i < text.n; i++) {
		i += text.p[i] == '\\' && i + 1 < text.n;
		buf_byte(&plain, text.p[i]);
	}
	put_str(j, name, buf_str(&plain));
}

static void
put_duration(struct json_out *j, const char *name, struct duration d)
{
	static const char *const units[] = { "", "s", "m", "h", "d", "mo", "y" };

	if (d.unit == UNIT_NONE) {
		key(j, name);
		buf_add(j->out, S("null"));
		return;
	}
	begin(j, name, '{');
	put_int(j, "number", d.number);
	put_str(j, "unit", str_c(units[d.unit]));
	end(j, '}');
}

static void
put_after(struct json_out *j, const char *name, const struct term *t)
{
	begin(j, name, '{');
	put_str(j, "kind", t->kind == TERM_DURING ? S("during") : S("after"));
	if (t->kind == TERM_DURING)
		put_str(j, "period", word_name(WORDS_PERIOD, t->period));
	put_str(j, "event", word_name(WORDS_EVENT, t->event));
	put_duration(j, "duration", t->duration);
	end(j, '}');
}

static void
put_term(struct json_out *j, const char *name, const struct term *t)
{
	if (t == NULL) {
		key(j, name);
		buf_add(j->out, S("null"));
		return;
	}
	if (t->kind == TERM_AFTER || t->kind == TERM_DURING) {
		put_after(j, name, t);
		return;
	}
	begin(j, name, '{');
	if (t->kind == TERM_EARLIER || t->kind == TERM_LATER) {
		put_str(j, "kind", t->kind == TERM_EARLIER ? S("earlier") : S("later"));
		put_after(j, "a", t->a);
		put_after(j, "b", t->b);
	} else if (t->kind == TERM_AS) {
		put_str(j, "kind", S("as"));
		put_str(j, "category", t->name);
		put_term(j, "else", t->b);
	} else {
		put_str(j, "kind", S("parameter"));
		put_str(j, "name", t->name);
	}
	end(j, '}');
}

static void
put_head(struct json_out *j, const struct policy *p, str hash)
{
	put_text(j, "policy", p->title);
	put_int(j, "version", p->version);
	put_str(j, "dated", p->dated);
	put_words(j, "lang", WORDS_TONGUE, p->tongues);
	put_str(j, "hash", hash);
}

static void
put_people(struct json_out *j, const struct policy *p)
{
	begin(j, "controllers", '[');
	for (size_t i = 0; i < p->controllers_n; i++) {
		const struct policy_controller *k = &p->controllers[i];

		begin(j, NULL, '{');
		put_str(j, "name", k->name);
		put_text(j, "title", k->title);
		put_word(j, "is", WORDS_TRADE, (int)k->trade);
		put_words(j, "of", WORDS_SUBJECT, k->subjects);
		put_text(j, "contact", k->contact);
		put_word(j, "complaint", WORDS_AUTHORITY, k->complaint);
		put_words(j, "answers", WORDS_RIGHT, k->answers);
		end(j, '}');
	}
	end(j, ']');
	begin(j, "recipients", '[');
	for (size_t i = 0; i < p->recipients_n; i++) {
		const struct policy_recipient *r = &p->recipients[i];

		begin(j, NULL, '{');
		put_str(j, "name", r->name);
		put_text(j, "title", r->title);
		put_word(j, "role", WORDS_STANDING, r->role);
		put_word(j, "place", WORDS_PLACE, r->place);
		put_bool(j, "hds", r->hds);
		put_categories(j, "gets", p, r->receives);
		put_words(j, "for", WORDS_AIM, r->purposes);
		put_word(j, "basis", WORDS_BASIS, r->basis);
		put_duration(j, "on_grant", r->grant);
		end(j, '}');
	}
	end(j, ']');
}

static void
put_transfers(struct json_out *j, const struct policy *p)
{
	begin(j, "transfers", '[');
	for (size_t i = 0; i < p->transfers_n; i++) {
		const struct policy_transfer *t = &p->transfers[i];

		if (t->place == NOT_SAID)
			continue;
		begin(j, NULL, '{');
		put_word(j, "to", WORDS_PLACE, t->place);
		put_categories(j, "of", p, t->of);
		put_word(j, "under", WORDS_MECHANISM, t->mechanism);
		put_str(j, "recipient", t->recipient);
		end(j, '}');
	}
	end(j, ']');
}

static void
put_fields(struct json_out *j, const struct policy_category *k)
{
	begin(j, "fields", '[');
	for (size_t i = 0; i < k->fields_n; i++) {
		const struct field_row *row = field_row(k->fields[i]);

		put_str(j, NULL, str_printf(j->out->mem, "%s.%s", word_get(WORDS_RECORD, row->record)->name,
		    row->name));
	}
	end(j, ']');
}

static void
put_categories_all(struct json_out *j, const struct policy *p)
{
	begin(j, "categories", '[');
	for (size_t i = 0; i < p->categories_n; i++) {
		const struct policy_category *k = &p->categories[i];

		begin(j, NULL, '{');
		put_str(j, "name", k->name);
		put_text(j, "title", k->title);
		put_words(j, "of", WORDS_SUBJECT, k->subjects);
		put_fields(j, k);
		put_bool(j, "encrypt", k->encrypt);
		put_bool(j, "pseudonym", k->pseudonym);
		put_bool(j, "health", k->health);
		put_bool(j, "freetext", k->freetext);
		end(j, '}');
	}
	end(j, ']');
}

static void
put_purposes(struct json_out *j, const struct policy *p)
{
	begin(j, "purposes", '[');
	for (size_t i = 0; i < p->purposes_n; i++) {
		const struct policy_purpose *u = &p->purposes[i];

		begin(j, NULL, '{');
		put_word(j, "name", WORDS_AIM, (int)u->word);
		put_categories(j, "uses", p, u->uses);
		put_word(j, "basis", WORDS_BASIS, u->basis);
		put_word(j, "condition", WORDS_CONDITION, u->condition);
		put_str(j, "notice", u->notice);
		put_words(j, "readers", WORDS_READER, u->readers);
		put_words(j, "channels", WORDS_CHANNEL, u->channels);
		put_words(j, "content", WORDS_CONTENT, u->contents);
		put_bool(j, "transactional", u->transactional);
		put_word(j, "pixel", WORDS_PIXEL, u->pixel);
		put_word(j, "only_if", WORDS_NEED, u->only_if);
		end(j, '}');
	}
	end(j, ']');
}

static void
put_keeps(struct json_out *j, const struct policy *p)
{
	begin(j, "keeps", '[');
	for (size_t i = 0; i < p->keeps_n; i++) {
		const struct policy_keep *k = &p->keeps[i];

		begin(j, NULL, '{');
		put_str(j, "category", p->categories[k->category].name);
		put_bool(j, "minor", k->minor);
		put_term(j, "term", k->term);
		put_term(j, "floor", k->floor);
		put_term(j, "ceiling", k->ceiling);
		put_duration(j, "active", k->active);
		put_duration(j, "archive", k->archive);
		put_word(j, "then", WORDS_DISPOSAL, (int)k->disposal);
		put_bool(j, "apart", k->apart);
		put_bool(j, "signed", k->is_signed);
		put_text(j, "source", k->source);
		end(j, '}');
	}
	end(j, ']');
}

static void
put_traces(struct json_out *j, const struct policy *p)
{
	begin(j, "cookies", '[');
	for (size_t i = 0; i < p->cookies_n; i++) {
		const struct policy_cookie *k = &p->cookies[i];

		begin(j, NULL, '{');
		put_str(j, "name", k->name);
		put_word(j, "kind", WORDS_COOKIE_KIND, (int)k->kind);
		put_duration(j, "life", k->life);
		put_bool(j, "on_demand", k->on_demand);
		put_bool(j, "script", k->script);
		put_words(j, "holds", WORDS_HELD, k->holds);
		end(j, '}');
	}
	end(j, ']');
	begin(j, "logs", '[');
	for (size_t i = 0; i < p->logs_n; i++) {
		begin(j, NULL, '{');
		put_str(j, "name", p->logs[i].name);
		put_duration(j, "keep", p->logs[i].keep);
		put_text(j, "reason", p->logs[i].reason);
		end(j, '}');
	}
	end(j, ']');
	begin(j, "measures", '[');
	for (size_t i = 0; i < p->measures_n; i++) {
		begin(j, NULL, '{');
		put_str(j, "name", p->measures[i].name);
		put_str(j, "through", p->measures[i].through);
		put_duration(j, "data", p->measures[i].data);
		put_word(j, "basis", WORDS_BASIS, p->measures[i].basis);
		end(j, '}');
	}
	end(j, ']');
}

static void
put_rights(struct json_out *j, const struct policy *p)
{
	begin(j, "rights", '[');
	for (size_t i = 0; i < p->rights_n; i++) {
		const struct policy_right *r = &p->rights[i];

		begin(j, NULL, '{');
		put_word(j, "right", WORDS_RIGHT, (int)r->right);
		put_str(j, "of", r->category == NOT_SAID ? S("") : p->categories[r->category].name);
		put_duration(j, "wait", r->wait);
		put_duration(j, "answer", r->answer);
		put_duration(j, "limit", r->limit);
		put_word(j, "verify", WORDS_WAY, r->verify);
		put_word(j, "scope", WORDS_SCOPE, r->scope);
		put_bool(j, "refuse_on_floor", r->refuse_on_floor);
		put_bool(j, "at_once", r->at_once);
		end(j, '}');
	}
	end(j, ']');
	begin(j, "directives", '{');
	put_bool(j, "declared", p->directives.declared);
	put_bool(j, "on_record", p->directives.on_record);
	put_word(j, "else", WORDS_AFTER_DEATH, (int)p->directives.otherwise);
	put_bool(j, "unless_floor", p->directives.unless_floor);
	end(j, '}');
}

static void
put_desk(struct json_out *j, const struct policy *p)
{
	begin(j, "logins", '[');
	for (size_t i = 0; i < p->logins_n; i++) {
		begin(j, NULL, '{');
		put_words(j, "readers", WORDS_READER, p->logins[i].readers);
		put_word(j, "factor", WORDS_FACTOR, (int)p->logins[i].factor);
		put_duration(j, "idle", p->logins[i].idle);
		put_duration(j, "absolute", p->logins[i].absolute);
		end(j, '}');
	}
	end(j, ']');
	begin(j, "limits", '{');
	for (size_t i = 0; i < p->limits_n; i++)
		put_int(j, word_get(WORDS_LIMIT, p->limits[i].limit)->name, p->limits[i].number);
	end(j, '}');
	begin(j, "backup", '{');
	for (int i = 0; i < SHARE_COUNT; i++) {
		const struct policy_backup *b = &p->backup[i];

		begin(j, word_get(WORDS_SHARE, i)->name, '{');
		put_int(j, "daily", b->daily);
		put_int(j, "monthly", b->monthly);
		put_bool(j, "sealed", b->sealed);
		put_bool(j, "apart", b->apart);
		put_duration(j, "epoch", b->epoch);
		put_duration(j, "horizon", b->horizon);
		end(j, '}');
	}
	end(j, '}');
}

static void
put_breach(struct json_out *j, const struct policy *p)
{
	begin(j, "breach", '{');
	put_duration(j, "detect", p->breach.detect);
	put_int(j, "budget", p->breach.budget);
	put_duration(j, "budget_per", p->breach.budget_per);
	put_duration(j, "tell_controller", p->breach.tell_controller);
	put_duration(j, "tell_authority", p->breach.tell_authority);
	put_bool(j, "tell_persons", p->breach.declared && p->breach.tell_persons == ANSWER_YES);
	end(j, '}');
	begin(j, "change", '{');
	for (int i = 0; i < CHANGE_COUNT; i++) {
		begin(j, word_get(WORDS_CHANGE, i)->name, '{');
		put_duration(j, "notice", p->change[i].notice);
		put_words(j, "channels", WORDS_CHANNEL, p->change[i].channels);
		put_bool(j, "archive", p->change[i].archive);
		end(j, '}');
	}
	end(j, '}');
	put_words(j, "promises", WORDS_VOW, p->vows);
}

void
policy_json(const struct policy *p, str hash, struct buf *out)
{
	struct json_out j = { .out = out };

	begin(&j, NULL, '{');
	put_head(&j, p, hash);
	put_people(&j, p);
	put_transfers(&j, p);
	put_categories_all(&j, p);
	put_purposes(&j, p);
	put_keeps(&j, p);
	put_traces(&j, p);
	put_rights(&j, p);
	put_desk(&j, p);
	put_breach(&j, p);
	end(&j, '}');
	buf_byte(out, '\n');
}

/* --- DPV --- */

/* Terms of https://w3id.org/dpv# that are nearest to our purposes; the label says it exactly. */
static const char *const dpv_purposes[AIM_COUNT] = {
	[AIM_BOOK] = "RequestedServiceProvision", [AIM_DESK] = "ServiceProvision",
	[AIM_NOTIFY] = "CommunicationManagement", [AIM_ACCOUNT] = "AccountManagement",
	[AIM_SECURE] = "EnforceSecurity", [AIM_MANAGE] = "OrganisationGovernance",
	[AIM_PUBLISH] = "ServiceProvision", [AIM_CARE] = "RequestedServiceProvision",
	[AIM_LETTER] = "CommunicationManagement", [AIM_DOCUMENT] = "RecordManagement",
	[AIM_TRAIN] = "RequestedServiceProvision", [AIM_ATTENDANCE] = "RecordManagement",
	[AIM_WAITLIST] = "RequestedServiceProvision", [AIM_REMIND] = "CommunicationManagement",
	[AIM_MESSAGE] = "CommunicationManagement", [AIM_CALL] = "RecordManagement",
	[AIM_NEWS] = "DirectMarketing", [AIM_SURVEY] = "ImproveExistingProductsAndServices",
	[AIM_CONTEST] = "DirectMarketing", [AIM_INVITE] = "DirectMarketing",
	[AIM_PROSPECT] = "DirectMarketing", [AIM_ADVERTISE] = "Advertising",
	[AIM_PERSONALISE] = "Personalisation", [AIM_MEASURE] = "ServiceOptimisation",
	[AIM_IMPROVE] = "ImproveExistingProductsAndServices", [AIM_DEMO] = "CustomerManagement",
	[AIM_SUPPORT] = "CustomerCare", [AIM_MAINTAIN] = "RepairImpairments",
	[AIM_RECRUIT] = "PersonnelHiring", [AIM_BILLING] = "PaymentManagement",
	[AIM_METER] = "PaymentManagement", [AIM_ORDER] = "CustomerOrderManagement",
	[AIM_CONTRACT] = "EstablishContractualAgreement", [AIM_CLAIMS] = "DisputeManagement",
	[AIM_RIGHTS] = "RightsFulfillment", [AIM_OVERSEE] = "OrganisationGovernance",
	[AIM_CONSENT] = "RecordManagement", [AIM_RESEARCH] = "ResearchAndDevelopment",
};

static const char *const dpv_bases[BASIS_COUNT] = {
	[BASIS_CONSENT] = "Consent", [BASIS_CONTRACT] = "ContractPerformance", [BASIS_LEGAL] = "LegalObligation",
	[BASIS_VITAL] = "VitalInterest", [BASIS_PUBLIC] = "PublicInterest", [BASIS_INTEREST] = "LegitimateInterest",
};

static void
put_term_of(struct json_out *j, const char *name, const char *term)
{
	put_str(j, name, str_printf(j->out->mem, "dpv:%s", term));
}

/* References to nodes of this document: "#data-identity". */
static void
put_references(struct json_out *j, const char *name, const struct policy *p, category_set set)
{
	begin(j, name, '[');
	for (size_t i = 0; i < p->categories_n; i++) {
		if ((set >> i & 1) == 0)
			continue;
		begin(j, NULL, '{');
		put_str(j, "@id", str_printf(j->out->mem, "#data-%.*s", STR_FMT(p->categories[i].name)));
		end(j, '}');
	}
	end(j, ']');
}

static void
put_dpv_process(struct json_out *j, const struct policy *p, const struct policy_purpose *u)
{
	begin(j, NULL, '{');
	put_str(j, "@id", str_printf(j->out->mem, "#purpose-%s", word_get(WORDS_AIM, u->word)->name));
	put_term_of(j, "@type", "Process");
	put_str(j, "rdfs:label", word_label(WORDS_AIM, u->word, LANG_EN));
	put_term_of(j, "dpv:hasPurpose", dpv_purposes[u->word]);
	put_term_of(j, "dpv:hasLegalBasis", dpv_bases[u->basis]);
	put_references(j, "dpv:hasPersonalData", p, u->uses);
	begin(j, "dpv:hasRecipient", '[');
	for (size_t i = 0; i < p->recipients_n; i++) {
		const struct policy_recipient *r = &p->recipients[i];

		if ((r->receives & u->uses) == 0 || (r->purposes != 0 && (r->purposes >> u->word & 1) == 0))
			continue;
		begin(j, NULL, '{');
		put_str(j, "@id", str_printf(j->out->mem, "#recipient-%.*s", STR_FMT(r->name)));
		put_term_of(j, "@type", r->role == STANDING_PROCESSOR ? "DataProcessor" : "ThirdParty");
		put_str(j, "dpv:hasCountry", word_name(WORDS_PLACE, r->place));
		end(j, '}');
	}
	end(j, ']');
	end(j, '}');
}

static void
put_dpv_data(struct json_out *j, const struct policy *p, size_t category)
{
	const struct policy_category *k = &p->categories[category];
	const struct policy_keep *keep = policy_keep(p, category, false);
	struct buf term = buf_in(j->out->mem, POLICY_LINE_BYTES_MAX);

	begin(j, NULL, '{');
	put_str(j, "@id", str_printf(j->out->mem, "#data-%.*s", STR_FMT(k->name)));
	put_term_of(j, "@type", k->health ? "SpecialCategoryPersonalData" : "PersonalData");
	put_words(j, "dpv:hasDataSubject", WORDS_SUBJECT, k->subjects);
	term_print(keep->term, &term);
	begin(j, "dpv:hasStorageCondition", '{');
	put_term_of(j, "@type", "StorageDuration");
	put_str(j, "rdfs:label", buf_str(&term));
	end(j, '}');
	if (k->encrypt)
		put_term_of(j, "dpv:hasTechnicalMeasure", "Encryption");
	end(j, '}');
}

void
policy_dpv(const struct policy *p, str hash, struct buf *out)
{
	/* Their values are terms, not words. */
	static const char *const references[] = {
		"dpv:hasPurpose", "dpv:hasLegalBasis", "dpv:hasTechnicalMeasure",
	};
	struct json_out j = { .out = out };

	begin(&j, NULL, '{');
	begin(&j, "@context", '{');
	put_str(&j, "dpv", S("https://w3id.org/dpv#"));
	put_str(&j, "rdfs", S("http://www.w3.org/2000/01/rdf-schema#"));
	for (size_t i = 0; i < COUNT(references); i++) {
		begin(&j, references[i], '{');
		put_str(&j, "@type", S("@id"));
		end(&j, '}');
	}
	end(&j, '}');
	put_str(&j, "@id", str_printf(out->mem, "urn:blake2b:%.*s", STR_FMT(hash)));
	begin(&j, "@graph", '[');
	for (size_t i = 0; i < p->purposes_n; i++)
		put_dpv_process(&j, p, &p->purposes[i]);
	for (size_t i = 0; i < p->categories_n; i++)
		put_dpv_data(&j, p, i);
	end(&j, ']');
	end(&j, '}');
	buf_byte(out, '\n');
}
