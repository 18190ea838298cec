/* person_clean.c - see person.h: the field table, and what may be typed into it. */
#include "base/civil.h"
#include "format/contact.h"
#include "practice/check.h"
#include "practice/person.h"

enum { PHONE_TYPED_MAX = 40 };	/* with blanks and brackets; what is stored is shorter */

const struct person_row person_rows[] = {
#define FIELD(tag, name, type, max, category, label, required) \
	{ PERSON_FIELD_##name, #name, PERSON_##type, (max), PERSON_##category, (label), (required) },
#include "practice/person_fields.def"
#undef FIELD
};
const size_t person_rows_n = COUNT(person_rows);

static bool
birth_date_clean(struct ctx *c, str *s)
{
	day born, tomorrow = (day)(c->now / USEC_PER_DAY) + 1;

	if (!civil_parse_date(*s, &born) || born > tomorrow ||
	    civil_age(born, tomorrow) > PERSON_AGE_MAX)
		return false;
	*s = civil_iso_date(c->mem, born);
	return true;
}

static bool
value_clean(struct ctx *c, const struct person_row *row, str *s)
{
	size_t max = row->type == PERSON_PHONE ? PHONE_TYPED_MAX : row->max;

	if (!check_line(s, 0, max))
		return false;
	if (s->n == 0)
		return true;
	switch (row->type) {
	case PERSON_DATE:
		return birth_date_clean(c, s);
	case PERSON_EMAIL:
		*s = email_normal(c->mem, *s);
		return email_ok(*s);
	case PERSON_PHONE:
		return phone_e164(c->mem, *s, s);
	case PERSON_TEXT:
	case PERSON_LANG:
		return true;
	}
	return false;
}

enum person_field
person_clean(struct ctx *c, bool booking, struct person *p)
{
	str *const values[] = {
		[PERSON_FIELD_family] = &p->family,
		[PERSON_FIELD_given] = &p->given,
		[PERSON_FIELD_birth_date] = &p->birth_date,
		[PERSON_FIELD_email] = &p->email,
		[PERSON_FIELD_phone] = &p->phone,
		[PERSON_FIELD_lang] = NULL,
	};
	_Static_assert(COUNT(values) == PERSON_FIELD_lang + 1, "a field without a value");

	for (size_t i = 0; i < person_rows_n; i++) {
		const struct person_row *row = &person_rows[i];
		str *value = values[row->field];
		bool name = row->field == PERSON_FIELD_family || row->field == PERSON_FIELD_given;

		if (value == NULL)
			continue;
		if (!value_clean(c, row, value) ||
		    (value->n == 0 && (name || (booking && row->required))))
			return row->field;
	}
	return (unsigned)p->lang < LANG_COUNT ? PERSON_SOUND : PERSON_FIELD_lang;
}
