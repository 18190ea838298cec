/*
 * demo_agenda.c - how the appointments spread over time: full days now, thinner
 * ones later, and as much past as the number asks for.
 */
#include "app/demo_int.h"

enum {
	FULL_PERCENT = 80, PACKED_PERCENT = 95,
	FULL_DAYS = 5,			/* from today on; then it thins out */
	FUTURE_DAYS = 80,		/* within the motives' horizon */
	FUTURE_SHARE = 45,		/* percent of all appointments, at most */
	PER_DAY = 15,			/* of one practitioner, roughly: for estimates only */
	PAST_DAY_FIRST = 1096,		/* 1973-01-01: times before 1970 are nobody's */
	ROWS_PER_CHANGE = 20000,
};

static err
change_next(struct demo *d, struct db_tx *tx)
{
	TRY(db_commit(tx));
	arena_reset(d->batch);
	d->in_change = 0;
	return db_begin(d->c.db, tx);
}

static err
fill_day(struct demo *d, struct db_tx *tx, day on, int percent)
{
	demo_day_begin(d);
	for (int64_t i = 0; i < d->options->practitioners && d->left > 0; i++) {
		TRY(demo_day(d, &d->practitioners[i], on, percent));
		if (d->in_change >= ROWS_PER_CHANGE)
			TRY(change_next(d, tx));
	}
	return OK;
}

/* How fast the days to come thin out, so that they hold about so many appointments. */
static double
fading_days(const struct demo *d, int64_t appointments)
{
	double days = (double)appointments / (double)(d->options->practitioners * PER_DAY);

	days = (days - FULL_DAYS * 5.0 / 7.0) * 7.0 / 5.0;
	return days < 1.0 ? 1.0 : days > 25.0 ? 25.0 : days;
}

static err
future(struct demo *d, struct db_tx *tx)
{
	int64_t share = d->left * FUTURE_SHARE / 100, keep = d->left - share;
	double fading = fading_days(d, share), full = 1.0;

	for (int i = 0; i < FUTURE_DAYS && d->left > keep; i++) {
		if (i >= FULL_DAYS)
			full *= fading / (fading + 1.0);
		TRY(fill_day(d, tx, d->today + (day)i, (int)(FULL_PERCENT * full)));
	}
	return OK;
}

/* When it would not fit, days are packed; when that is not enough either, it is too much. */
static err
past(struct demo *d, struct db_tx *tx)
{
	int64_t days = (d->today - PAST_DAY_FIRST) * 5 / 7;
	bool packed = d->left > days * d->options->practitioners * PER_DAY * 7 / 10;

	for (day on = d->today - 1; on >= PAST_DAY_FIRST && d->left > 0; on--)
		TRY(fill_day(d, tx, on, packed ? PACKED_PERCENT : FULL_PERCENT));
	return d->left > 0 ? ERR_TOO_LARGE : OK;
}

err
demo_agenda(struct demo *d)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	d->left = d->options->appointments;
	d->in_change = 0;
	if (d->options->practitioners == 0 || d->options->patients == 0)
		return d->left > 0 ? ERR_TOO_LARGE : OK;
	TRY(db_begin(d->c.db, &tx));
	TRY(future(d, &tx));
	TRY(past(d, &tx));
	TRY(db_commit(&tx));
	arena_reset(d->batch);
	return OK;
}
