/*
 * test_zone.c - base/civil.h, the zones.  Every zone of the database is
 * compared with another reader in tests/property/zones.py; here are the rules
 * themselves, the edges and the files that lie.
 */
#include <pthread.h>
#include <stdio.h>

#include "assert_str.h"
#include "base/buf.h"
#include "base/civil.h"

static usec
utc(const char *rfc3339)
{
	usec at;

	assert_true(civil_parse_rfc3339(str_c(rfc3339), &at));
	return at;
}

static usec
instant(const char *zone, const char *date, int hour, int minute, enum zone_kind kind)
{
	const struct zone *z = zone_get(str_c(zone));
	enum zone_kind got;
	day d;

	assert_non_null(z);
	assert_true(civil_parse_date(str_c(date), &d));
	usec at = zone_instant(z, d, hour * 60 + minute, &got);

	assert_int_equal(got, kind);
	return at;
}

static void
the_hour_that_spring_skips_becomes_the_next(void **state)
{
	(void)state;
	/* RFC 5545 section 3.3.5: with the offset before the jump. */
	assert_true(instant("Europe/Paris", "2027-03-28", 2, 30, ZONE_GAP) == utc("2027-03-28T01:30:00Z"));
	assert_true(instant("Europe/Paris", "2027-03-28", 2, 0, ZONE_GAP) == utc("2027-03-28T01:00:00Z"));
	assert_true(instant("Europe/Paris", "2027-03-28", 1, 59, ZONE_PLAIN) == utc("2027-03-28T00:59:00Z"));
	assert_true(instant("Europe/Paris", "2027-03-28", 3, 0, ZONE_PLAIN) == utc("2027-03-28T01:00:00Z"));
	/* Samoa left out a whole day. */
	assert_true(instant("Pacific/Apia", "2011-12-30", 12, 0, ZONE_GAP) == utc("2011-12-30T22:00:00Z"));
	/* Half an hour only, on Lord Howe. */
	assert_true(instant("Australia/Lord_Howe", "2026-10-04", 2, 15, ZONE_GAP) == utc("2026-10-03T15:45:00Z"));
}

static void
the_hour_that_autumn_repeats_is_the_first(void **state)
{
	(void)state;
	assert_true(instant("Europe/Paris", "2027-10-31", 2, 30, ZONE_FOLD) == utc("2027-10-31T00:30:00Z"));
	assert_true(instant("Europe/Paris", "2027-10-31", 3, 0, ZONE_PLAIN) == utc("2027-10-31T02:00:00Z"));
	assert_true(instant("Europe/Paris", "2027-10-31", 1, 59, ZONE_PLAIN) == utc("2027-10-30T23:59:00Z"));
}

static void
rules_with_hours_outside_the_day_are_followed_for_long(void **state)
{
	(void)state;
	/* IST-2IDT,M3.4.4/26,M10.5.0: the Friday before the last Sunday, at two. */
	assert_true(instant("Asia/Jerusalem", "2060-03-26", 2, 30, ZONE_GAP) == utc("2060-03-26T00:30:00Z"));
	/* <-02>2<-01>,M3.5.0/-1,M10.5.0/0: Saturday at 23. */
	assert_true(instant("America/Nuuk", "2060-03-27", 23, 30, ZONE_GAP) == utc("2060-03-28T01:30:00Z"));
	assert_true(instant("Europe/Paris", "2200-07-01", 12, 0, ZONE_PLAIN) == utc("2200-07-01T10:00:00Z"));
	assert_true(instant("Asia/Kathmandu", "2026-07-01", 12, 0, ZONE_PLAIN) == utc("2026-07-01T06:15:00Z"));
}

static void
minutes_outside_the_day_count_from_its_midnight(void **state)
{
	(void)state;
	assert_true(instant("Europe/Paris", "2026-11-23", 24, 0, ZONE_PLAIN) ==
	    instant("Europe/Paris", "2026-11-24", 0, 0, ZONE_PLAIN));
	assert_true(instant("Europe/Paris", "2026-11-23", -1, 0, ZONE_PLAIN) ==
	    instant("Europe/Paris", "2026-11-22", 23, 0, ZONE_PLAIN));
}

static void
local_time_floors_before_1970_too(void **state)
{
	const struct zone *z = zone_get(S("Etc/UTC"));
	struct civil c = zone_local(z, -1);

	(void)state;
	assert_int_equal(c.day, -1);
	assert_int_equal(c.minute, 1439);
	assert_int_equal(c.second, 59);
	assert_int_equal(zone_offset(zone_get(S("Europe/Paris")), utc("1850-01-01T00:00:00Z")), 561);
}

static void
changes_are_found_on_both_sides_of_an_instant(void **state)
{
	const struct zone *z = zone_get(S("Europe/Paris"));
	struct zone_change c;

	(void)state;
	assert_true(zone_change_before(z, utc("2026-11-23T00:00:00Z"), &c));
	assert_true(c.at == utc("2026-10-25T01:00:00Z") && c.from == 7200 && c.to == 3600);
	assert_true(zone_change_after(z, utc("2026-11-23T00:00:00Z"), &c));
	assert_true(c.at == utc("2027-03-28T01:00:00Z") && c.from == 3600 && c.to == 7200);
	assert_true(zone_change_before(z, c.at, &c));
	assert_true(c.at == utc("2027-03-28T01:00:00Z"));
	assert_true(zone_change_after(z, c.at, &c));
	assert_true(c.at == utc("2027-10-31T01:00:00Z"));
	assert_false(zone_change_before(z, utc("1801-01-01T00:00:00Z"), &c));
	assert_false(zone_change_after(z, utc("2200-12-31T00:00:00Z"), &c));
	assert_false(zone_change_before(zone_get(S("Etc/UTC")), 0, &c));
	assert_false(zone_change_after(zone_get(S("Etc/UTC")), 0, &c));
}

static void
names_cannot_leave_the_folder(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", "../passwd", "/etc/passwd", "Europe/../../etc/passwd", "Europe/",
		"Europe//Paris", "/Europe/Paris", "Europe\\Paris", "Europe/Paris ", "zone.tab",
		"Europe/Paris\n", "Europe/Par\u00eds",
	};
	CLEANUP(arena_free) struct arena mem = {0};
	struct zone *z = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(zone_load(str_c(bad[i]), &z), ERR_INVALID);
		assert_null(zone_get(str_c(bad[i])));
	}
	char *name = arena_alloc(&mem, ZONE_NAME_BYTES_MAX + 1, 1);

	memset(name, 'a', ZONE_NAME_BYTES_MAX + 1);
	assert_int_equal(zone_load((str){ name, ZONE_NAME_BYTES_MAX + 1 }, &z), ERR_INVALID);
	assert_int_equal(zone_load((str){ name, ZONE_NAME_BYTES_MAX }, &z), ERR_NOT_FOUND);
	assert_int_equal(zone_load((str){ "Europe/Paris\0x", 14 }, &z), ERR_INVALID);
	assert_int_equal(zone_load(S("Europe"), &z), ERR_NOT_FOUND);
	assert_int_equal(zone_load(S("Europe/Atlantis"), &z), ERR_NOT_FOUND);
	assert_int_equal(zone_load(S("Europe/Paris/x"), &z), ERR_NOT_FOUND);
	assert_null(z);
	zone_free(NULL);
}

static void *
get_zones(void *arg)
{
	static const char *const names[] = { "Europe/Paris", "America/Cayenne", "Indian/Reunion" };
	const struct zone **found = arg;

	for (size_t i = 0; i < COUNT(names); i++)
		found[i] = zone_get(str_c(names[i]));
	return NULL;
}

static void
threads_share_one_copy_of_a_zone(void **state)
{
	const struct zone *found[4][3];
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, get_zones, found[i]), 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_memory_equal(found[i], found[0], sizeof(found[0]));
	assert_str(zone_name(found[0][1]), S("America/Cayenne"));
}

/* ---- Files made by hand ---- */

static void
put32(struct buf *b, uint32_t v)
{
	char bytes[] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };

	buf_add(b, (str){ bytes, 4 });
}

/* counts: universals, standards, leaps, changes, types, characters */
static void
put_header(struct buf *b, char version, const uint32_t counts[6])
{
	buf_add(b, S("TZif"));
	buf_byte(b, version);
	for (int i = 0; i < 15; i++)
		buf_byte(b, '\0');
	for (int i = 0; i < 6; i++)
		put32(b, counts[i]);
}

/* One type at UTC, no change, the rule given. */
static str
file_with_rule(struct arena *mem, const char *rule)
{
	static const uint32_t none[6] = { 0, 0, 0, 0, 0, 0 }, one[6] = { 0, 0, 0, 0, 1, 4 };
	struct buf b = buf_in(mem, 4096);

	put_header(&b, '3', none);
	put_header(&b, '3', one);
	put32(&b, 0);
	buf_add(&b, (str){ "\0\0UTC\0", 6 });
	buf_printf(&b, "\n%s\n", rule);
	return buf_str(&b);
}

static int
offset_by_rule(const char *rule, const char *at)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct zone *z;

	assert_int_equal(zone_parse(file_with_rule(&mem, rule), &z), OK);
	int offset = zone_offset(z, utc(at));

	zone_free(z);
	return offset;
}

static void
each_form_of_rule_is_understood(void **state)
{
	(void)state;
	assert_int_equal(offset_by_rule("XYZ4:30:15", "2026-01-01T00:00:00Z"), -(4 * 3600 + 1815));
	/* Jn never counts 29 February, n does. */
	assert_int_equal(offset_by_rule("AAA0BBB,J60/0,J300", "2028-02-29T23:59:59Z"), 0);
	assert_int_equal(offset_by_rule("AAA0BBB,J60/0,J300", "2028-03-01T00:00:00Z"), 3600);
	assert_int_equal(offset_by_rule("AAA0BBB,J60/0,J300", "2027-02-28T23:59:59Z"), 0);
	assert_int_equal(offset_by_rule("AAA0BBB,J60/0,J300", "2027-03-01T00:00:00Z"), 3600);
	assert_int_equal(offset_by_rule("AAA0BBB,59/0,300", "2028-02-28T23:59:59Z"), 0);
	assert_int_equal(offset_by_rule("AAA0BBB,59/0,300", "2028-02-29T00:00:00Z"), 3600);
	assert_int_equal(offset_by_rule("AAA0BBB,59/0,300", "2027-03-01T00:00:00Z"), 3600);
	/* The default hour is two o'clock. */
	assert_int_equal(offset_by_rule("<+01>-1<+02>,M3.5.0,M10.5.0/3", "2027-03-28T00:59:59Z"), 3600);
	assert_int_equal(offset_by_rule("<+01>-1<+02>,M3.5.0,M10.5.0/3", "2027-03-28T01:00:00Z"), 7200);
	/* South of the equator, summer spans the new year; "week 5" may be the fourth. */
	assert_int_equal(offset_by_rule("AAA-10BBB,M10.1.0,M2.5.0", "2027-01-01T00:00:00Z"), 39600);
	assert_int_equal(offset_by_rule("AAA-10BBB,M10.1.0,M2.5.0", "2027-02-28T00:00:00Z"), 36000);
	/* RFC 8536 section 3.3.1: summer time all the year. */
	assert_int_equal(offset_by_rule("XXX3EDT4,0/0,J365/23", "2027-01-01T03:00:00Z"), -14400);
	assert_int_equal(offset_by_rule("XXX3EDT4,0/0,J365/23", "2027-06-01T00:00:00Z"), -14400);
	/* 167 hours after a day. */
	assert_int_equal(offset_by_rule("AAA0BBB,0/167,200", "2027-01-07T22:59:59Z"), 0);
	assert_int_equal(offset_by_rule("AAA0BBB,0/167,200", "2027-01-07T23:00:00Z"), 3600);
}

static void
broken_rules_are_refused(void **state)
{
	static const char *const bad[] = {
		"A", "AB1", "AAA", "AAA0BBB", "AAA0BBB,M3.5.0", "AAA0BBB,M3.5.0,", "AAA0BBB,M13.5.0,M10.5.0",
		"AAA0BBB,M3.6.0,M10.5.0", "AAA0BBB,M3.5.7,M10.5.0", "AAA0BBB,M3.0.0,M10.5.0",
		"AAA0BBB,J0,J5", "AAA0BBB,J366,J5", "AAA0BBB,366,5", "AAA0BBB,1/168,5", "AAA0BBB,1,5x",
		"<AAA0", "<A>0", "AAA27", "AAA0:60", "AAA0BBB,1/99999999999999,5", "AAA0BBB28,1,5",
	};
	CLEANUP(arena_free) struct arena mem = {0};
	struct zone *z = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(zone_parse(file_with_rule(&mem, bad[i]), &z), ERR_INVALID);
	assert_null(z);
}

static str
file_of(struct arena *mem, const char *path)
{
	char *p = arena_alloc(mem, 65536, 1);
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	size_t n = fread(p, 1, 65536, f);

	(void)fclose(f);
	return (str){ p, n };
}

static void
a_file_cut_anywhere_is_refused(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str whole = file_of(&mem, "/usr/share/zoneinfo/Europe/Paris");
	struct zone *z;

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		/* A copy of its own, so that a read past the end is seen. */
		char *cut = mem_alloc(n, 1);

		memcpy(cut, whole.p, n);
		assert_int_equal(zone_parse((str){ cut, n }, &z), ERR_INVALID);
		mem_free(cut);
	}
	assert_int_equal(zone_parse(whole, &z), OK);
	zone_free(z);
}

static void
a_file_with_any_byte_changed_is_refused_or_still_answers(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str whole = file_of(&mem, "/usr/share/zoneinfo/Asia/Jerusalem");
	char *p = str_z(&mem, whole);
	size_t refused = 0;

	(void)state;
	for (size_t i = 0; i < whole.n; i++) {
		static const char flips[] = { (char)0xff, (char)0x80, 0x01 };

		for (size_t k = 0; k < COUNT(flips); k++) {
			struct zone *z;

			p[i] = (char)(whole.p[i] ^ flips[k]);
			if (zone_parse((str){ p, whole.n }, &z) == OK) {
				int offset = zone_offset(z, utc("2027-07-01T00:00:00Z"));

				assert_in_range(offset + 26 * 3600, 0, 52 * 3600);
				zone_free(z);
			} else {
				refused++;
			}
		}
		p[i] = whole.p[i];
	}
	assert_true(refused > 100);
}

static void
lying_headers_are_refused(void **state)
{
	/* universals, standards, leaps, changes, types, characters */
	static const uint32_t bad[][6] = {
		{ 0, 0, 0, 0, 0, 0 },		/* no type at all */
		{ 0, 0, 0, UINT32_MAX, 1, 4 },
		{ 0, 0, 0, 4097, 1, 4 },
		{ 0, 0, 0, 0, 257, 4 },
		{ UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX },
		{ 0, 0, 1, 0, 1, 4 },		/* leap seconds: another clock */
		{ 0, 0, 0, 1, 1, 4 },		/* a change that is not there */
	};
	CLEANUP(arena_free) struct arena mem = {0};
	struct zone *z = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct buf b = buf_in(&mem, 4096);

		put_header(&b, '2', (const uint32_t[6]){0});
		put_header(&b, '2', bad[i]);
		put32(&b, 0);
		buf_add(&b, (str){ "\0\0UTC\0\n\n", 8 });
		assert_int_equal(zone_parse(buf_str(&b), &z), ERR_INVALID);
	}
	char *large = arena_alloc(&mem, 64 * 1024 + 1, 1);
	str good = file_with_rule(&mem, "UTC0");

	memcpy(large, good.p, good.n);
	assert_int_equal(zone_parse((str){ large, 64 * 1024 + 1 }, &z), ERR_INVALID);
	assert_int_equal(zone_parse(file_of(&mem, "/usr/share/zoneinfo/right/Europe/Paris"), &z),
	    ERR_INVALID);
	assert_null(z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hour_that_spring_skips_becomes_the_next),
		cmocka_unit_test(the_hour_that_autumn_repeats_is_the_first),
		cmocka_unit_test(rules_with_hours_outside_the_day_are_followed_for_long),
		cmocka_unit_test(minutes_outside_the_day_count_from_its_midnight),
		cmocka_unit_test(local_time_floors_before_1970_too),
		cmocka_unit_test(changes_are_found_on_both_sides_of_an_instant),
		cmocka_unit_test(names_cannot_leave_the_folder),
		cmocka_unit_test(threads_share_one_copy_of_a_zone),
		cmocka_unit_test(each_form_of_rule_is_understood),
		cmocka_unit_test(broken_rules_are_refused),
		cmocka_unit_test(a_file_cut_anywhere_is_refused),
		cmocka_unit_test(a_file_with_any_byte_changed_is_refused_or_still_answers),
		cmocka_unit_test(lying_headers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
