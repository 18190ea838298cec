/* test_secret.c - passwords that cost the same right or wrong, and chance without bias. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "vault/secret.h"

static void
a_password_is_verified_and_another_is_not(void **state)
{
	struct arena mem = {0};
	str hash, again;

	(void)state;
	assert_int_equal(password_hash(&mem, S("cheval agrafe \0 pile"), &hash), OK);
	assert_int_equal(password_hash(&mem, S("cheval agrafe \0 pile"), &again), OK);
	assert_true(str_starts(hash, S("$argon2id$v=19$m=65536,t=2,p=1$")));
	assert_false(str_eq(hash, again));	/* salted */
	assert_true(password_verify(hash, S("cheval agrafe \0 pile")));
	assert_false(password_verify(hash, S("cheval agrafe \0 pilf")));
	assert_false(password_verify(hash, S("cheval agrafe ")));
	assert_false(password_verify(hash, (str){0}));
	arena_free(&mem);
}

static void
a_long_password_is_not_cut(void **state)
{
	struct arena mem = {0};
	char *p = arena_alloc(&mem, 256, 1);
	str hash;

	(void)state;
	memset(p, 'a', 256);
	assert_int_equal(password_hash(&mem, (str){ p, 256 }, &hash), OK);
	assert_true(password_verify(hash, (str){ p, 256 }));
	assert_false(password_verify(hash, (str){ p, 255 }));
	p[255] = 'b';
	assert_false(password_verify(hash, (str){ p, 256 }));
	arena_free(&mem);
}

static void
a_hash_that_is_not_ours_verifies_nothing(void **state)
{
	struct arena mem = {0};
	char *endless = arena_alloc(&mem, 300, 1);
	str bad[] = { S(""), S("x"), S("$argon2id$v=19$m=65536,t=2,p=1$"),
	    S("$argon2id$v=19$m=4294967295,t=9,p=1$AAAA$AAAA"), { endless, 300 } };

	(void)state;
	memset(endless, 'A', 300);
	memcpy(endless, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(password_verify(bad[i], S("")));
		assert_false(password_verify(bad[i], S("password")));
	}
	arena_free(&mem);
}

static usec
verify_time(str hash)
{
	struct timespec a, b;
	usec best = INT64_MAX;

	for (int i = 0; i < 3; i++) {
		(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
		assert_false(password_verify(hash, S("wrong")));
		(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
		best = min64(best, (b.tv_sec - a.tv_sec) * USEC_PER_SECOND + (b.tv_nsec - a.tv_nsec) / 1000);
	}
	return best;
}

/* T21, T22: that an account does not exist costs as much as a wrong password. */
static void
no_account_takes_as_long_as_a_wrong_password(void **state)
{
	struct arena mem = {0};
	str hash;

	(void)state;
	assert_int_equal(password_hash(&mem, S("right"), &hash), OK);
	usec real = verify_time(hash), none = verify_time((str){0});
	assert_in_range(none, real / 2, real * 2);
	arena_free(&mem);
}

static void
file_end(FILE **f)
{
	if (*f != NULL)
		(void)fclose(*f);
}

static void *
hash_once(void *arg)
{
	struct arena mem = {0};
	str hash;

	*(bool *)arg = password_hash(&mem, S("flood"), &hash) == OK && password_verify(hash, S("flood"));
	arena_free(&mem);
	return NULL;
}

static long
resident_kib(void)
{
	CLEANUP(file_end) FILE *f = fopen("/proc/self/statm", "r");
	long total, pages;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld %ld", &total, &pages), 2);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* T23: two at a time, so the memory of two; what waits is served, not refused. */
static void
a_flood_of_sign_ins_waits_its_turn(void **state)
{
	enum { THREADS = 6, HASHING_KIB = 64 * 1024 };
	pthread_t threads[THREADS];
	bool done[THREADS] = {0};
	struct rusage use;
	long before = resident_kib();

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hash_once, &done[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_true(done[i]);
	}
	assert_int_equal(getrusage(RUSAGE_SELF, &use), 0);
	assert_in_range(use.ru_maxrss, before, before + 2 * HASHING_KIB + HASHING_KIB / 2);
}

static void
tokens_carry_their_bits_and_differ(void **state)
{
	struct arena mem = {0};
	str a = token_make(&mem, TOKEN_BYTES), b = token_make(&mem, TOKEN_BYTES), bytes;

	(void)state;
	assert_int_equal(a.n, 22);
	assert_false(str_eq(a, b));
	assert_true(str_base64url_decode(&mem, a, &bytes));
	assert_int_equal(bytes.n, TOKEN_BYTES);
	assert_int_equal(token_make(&mem, SESSION_TOKEN_BYTES).n, 43);
	assert_true(str_eq(token_hash(&mem, a), sha256(&mem, a)));
	assert_false(str_eq(token_hash(&mem, a), token_hash(&mem, b)));
	arena_free(&mem);
}

/* FIPS 180-4, example of one block, and the empty message. */
static void
sha256_is_the_standards(void **state)
{
	struct arena mem = {0};

	(void)state;
	assert_true(str_eq(str_hex(&mem, sha256(&mem, S("abc"))),
	    S("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
	assert_true(str_eq(str_hex(&mem, sha256(&mem, (str){0})),
	    S("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")));
	arena_free(&mem);
}

static void
codes_are_digits_without_bias(void **state)
{
	enum { CODES = 10000, DIGITS = 6 };
	struct arena mem = {0};
	int64_t seen[10] = {0};
	double chi = 0;

	(void)state;
	for (int i = 0; i < CODES; i++) {
		str code = code_make(&mem, DIGITS);

		assert_int_equal(code.n, DIGITS);
		for (size_t k = 0; k < code.n; k++) {
			assert_in_range(code.p[k], '0', '9');
			seen[code.p[k] - '0']++;
		}
		arena_reset(&mem);
	}
	for (int d = 0; d < 10; d++) {
		double expected = CODES * DIGITS / 10.0, off = (double)seen[d] - expected;

		chi += off * off / expected;
	}
	/* 9 degrees of freedom: chance alone passes 50 once in ten million runs. */
	assert_true(chi < 50);
	assert_int_equal(code_make(&mem, 12).n, 12);
	arena_free(&mem);
}

static void
secrets_are_equal_only_when_all_bytes_are(void **state)
{
	(void)state;
	assert_true(secret_equal(S("a\0b"), S("a\0b")));
	assert_false(secret_equal(S("a\0b"), S("a\0c")));
	assert_false(secret_equal(S("ab"), S("abc")));
	assert_true(secret_equal((str){0}, S("")));
	assert_false(secret_equal((str){0}, S("a")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_password_is_verified_and_another_is_not),
		cmocka_unit_test(a_long_password_is_not_cut),
		cmocka_unit_test(a_hash_that_is_not_ours_verifies_nothing),
		cmocka_unit_test(no_account_takes_as_long_as_a_wrong_password),
		cmocka_unit_test(a_flood_of_sign_ins_waits_its_turn),
		cmocka_unit_test(tokens_carry_their_bits_and_differ),
		cmocka_unit_test(sha256_is_the_standards),
		cmocka_unit_test(codes_are_digits_without_bias),
		cmocka_unit_test(secrets_are_equal_only_when_all_bytes_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
