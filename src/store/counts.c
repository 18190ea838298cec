/* counts.c - see counts.h. */
#include <time.h>

#include "store/db_int.h"

usec
tally_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * USEC_PER_SECOND + t.tv_nsec / 1000;
}

void
tally_commit(struct tally *t, int changes, usec began)
{
	int group = 0;

	while (group < STORE_GROUPS - 1 && changes > 1 << group)
		group++;
	t->commits++;
	t->changes += changes;
	t->groups[group]++;
	t->flush_time += tally_now() - began;
}

void
tally_wait(struct tally *t, usec began)
{
	t->waits++;
	t->wait_time += tally_now() - began;
}

void
tally_failure(struct tally *t, err e)
{
	t->retries += e == ERR_RETRY;
	t->conflicts += e == ERR_CONFLICT;
}

struct store_counts
store_counts(const struct store *s)
{
	const struct tally *t = &s->tally;
	struct store_counts c = { .commits = t->commits, .changes = t->changes, .flush_time = t->flush_time,
		.waits = t->waits, .wait_time = t->wait_time, .retries = t->retries, .conflicts = t->conflicts };

	for (int i = 0; i < STORE_GROUPS; i++)
		c.groups[i] = t->groups[i];
	return c;
}
