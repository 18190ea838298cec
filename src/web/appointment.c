/* appointment.c - see appointment.h. */
#include "practice/motive.h"
#include "practice/practitioner.h"
#include "web/appointment.h"

str
site_town(struct arena *mem, const struct site *s)
{
	return str_trim(str_printf(mem, "%.*s %.*s", STR_FMT(s->postal_code), STR_FMT(s->city)));
}

err
appointment_read(struct web *w, const struct booking *b, struct appointment *ret)
{
	struct civil start = zone_local(w->zone, b->start);
	struct practitioner p;
	struct motive m;
	struct appointment a = {0};

	TRY(practitioner_get(&w->c, b->practitioner, &p));
	TRY(motive_get(&w->c, b->motive, &m));
	TRY(site_get(&w->c, b->site, &a.site));
	a.when = text_date_hour(w->c.mem, w->c.lang, start.day, start.minute);
	a.practitioner = practitioner_name(w->c.mem, &p);
	a.practitioner_slug = p.slug;
	a.specialty = p.specialty;
	a.motive = m.name;
	a.duration = text_duration(w->c.mem, w->c.lang, (int)((b->end - b->start) / USEC_PER_MINUTE));
	a.instructions = m.instructions;
	a.org_name = w->org.name;
	a.org_slug = w->org.slug;
	a.phone = a.site.phone.n > 0 ? a.site.phone : w->org.phone;
	*ret = a;
	return OK;
}
