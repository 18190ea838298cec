/*
 * http_reaper.c - the library's own timeout restarts at every byte, so that one
 * byte a second keeps a connection for ever (T29).  Here each phase of an
 * exchange has a deadline, and a thread cuts what has passed it.
 */
#include <errno.h>
#include <sys/socket.h>
#include <time.h>

#include "base/log.h"
#include "net/http_parts.h"

enum { SWEEP_MILLISECONDS = 250 };

static struct timespec
monotonic(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) != 0)
		panic("http: no monotonic clock");
	return t;
}

static int64_t
now_milliseconds(void)
{
	struct timespec t = monotonic(CLOCK_MONOTONIC_COARSE);

	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
http_reaper_allow(struct http_connection *c, int64_t seconds)
{
	atomic_store_explicit(&c->deadline, now_milliseconds() + seconds * 1000, memory_order_relaxed);
}

/*
 * Under the lock a connection in the list has not been closed, so that its
 * descriptor is still its own.  shutdown leaves the closing to the event thread.
 */
static void
sweep(const struct http_reaper *r)
{
	int64_t now = now_milliseconds();

	for (struct http_connection *c = r->first; c != NULL; c = c->next)
		if (atomic_load_explicit(&c->deadline, memory_order_relaxed) < now) {
			(void)shutdown(c->fd, SHUT_RDWR);
			atomic_store_explicit(&c->deadline, HTTP_NEVER, memory_order_relaxed);
		}
}

static void *
reap(void *arg)
{
	struct http_reaper *r = arg;

	pthread_mutex_lock(&r->lock);
	while (!r->stopping) {
		struct timespec until = monotonic(CLOCK_MONOTONIC);

		until.tv_nsec += SWEEP_MILLISECONDS * 1000000L;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&r->stop, &r->lock, &until);
		sweep(r);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

err
http_reaper_start(struct http_reaper *r)
{
	pthread_condattr_t monotonic_waits;
	int error;

	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&monotonic_waits);
	pthread_condattr_setclock(&monotonic_waits, CLOCK_MONOTONIC);
	pthread_cond_init(&r->stop, &monotonic_waits);
	pthread_condattr_destroy(&monotonic_waits);
	if ((error = pthread_create(&r->thread, NULL, reap, r)) != 0) {
		LOG_ERROR("http", "no thread for the reaper", LOG_TEXT("error", strerror(error)));
		return ERR_IO;
	}
	r->running = true;
	return OK;
}

void
http_reaper_stop(struct http_reaper *r)
{
	if (!r->running)
		return;
	pthread_mutex_lock(&r->lock);
	r->stopping = true;
	pthread_cond_signal(&r->stop);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
}

void
http_reaper_add(struct http_reaper *r, struct http_connection *c)
{
	pthread_mutex_lock(&r->lock);
	c->next = r->first;
	c->place = &r->first;
	if (r->first != NULL)
		r->first->place = &c->next;
	r->first = c;
	atomic_fetch_add(&r->connections, 1);
	pthread_mutex_unlock(&r->lock);
}

void
http_reaper_remove(struct http_reaper *r, struct http_connection *c)
{
	pthread_mutex_lock(&r->lock);
	*c->place = c->next;
	if (c->next != NULL)
		c->next->place = c->place;
	atomic_fetch_sub(&r->connections, 1);
	pthread_mutex_unlock(&r->lock);
}
