/*
 * base.h - the vocabulary that every other file speaks: results, ids, times,
 * scoped cleanup.  Strings, arenas and buffers have headers of their own.
 */
#ifndef BASE_H
#define BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MUST_USE	__attribute__((warn_unused_result))
#define CLEANUP(fn)	__attribute__((cleanup(fn)))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* Return the error to our caller; CLEANUP variables release themselves. */
#define TRY(call) do { err err_ = (call); if (err_ != OK) return err_; } while (0)

/*
 * The closed list.  A foreign error (engine, socket, file) is logged once,
 * where it happens, and becomes one of these; web/view.c maps each to a status
 * and to words for people.
 */
typedef enum err {
	OK = 0,
	ERR_INVALID,	/* the input breaks a rule the caller could have checked */
	ERR_DENIED,	/* the actor may not do this */
	ERR_NOT_FOUND,	/* no such row, or not visible to this actor */
	ERR_CONFLICT,	/* somebody else was faster, or the state has moved on */
	ERR_EXPIRED,	/* it was valid once: a hold, a link, a code */
	ERR_THROTTLED,	/* too many tries; wait */
	ERR_TOO_LARGE,	/* a stated limit was reached */
	ERR_RETRY,	/* the engine asks for the whole transaction again */
	ERR_STORE,	/* the database failed; nothing was saved */
	ERR_SEALED,	/* key destroyed or ciphertext forged */
	ERR_FROZEN,	/* the person's data are kept, not processed (GDPR 18) */
	ERR_BUDGET,	/* too many files in too short a time: a second factor, or no more */
	ERR_IO,		/* a file or a peer failed */
} err;

typedef int64_t id;	/* 63 bits, positive, made by mint.h, never reused; 0: none */
typedef int64_t usec;	/* microseconds since 1970-01-01T00:00:00Z */

#define USEC_PER_SECOND	((usec)1000 * 1000)
#define USEC_PER_MINUTE	(60 * USEC_PER_SECOND)
#define USEC_PER_HOUR	(60 * USEC_PER_MINUTE)
#define USEC_PER_DAY	(24 * USEC_PER_HOUR)

/* For people who read logs; stable, lower case, no spaces. */
const char *err_name(err);

/* Our own mistake or true exhaustion: say why and abort; a supervisor restarts. */
_Noreturn void panic(const char *why);

/* Arithmetic on lengths, counts, money and times that may not wrap. */
static inline bool
add_ok(int64_t a, int64_t b, int64_t *ret)
{
	return !__builtin_add_overflow(a, b, ret);
}

static inline bool
mul_ok(int64_t a, int64_t b, int64_t *ret)
{
	return !__builtin_mul_overflow(a, b, ret);
}

static inline int64_t
min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t
max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
