/*
 * http_pool.c - workers, each with state of its own, behind bounded queues.
 *
 * Exchanges whose answers may be held stand in a queue of their own, which one
 * worker at a time serves: it goes from one to the next without waiting for the
 * disk.  More of them would only hand the same change of the data to and fro,
 * and a switch of threads costs more than a change; meanwhile the queue grows,
 * and with it the number of those who share the next flush.
 */
#include <assert.h>
#include <time.h>

#include "base/log.h"
#include "net/http_parts.h"

enum { HOLD_NANOSECONDS_MAX = 5000000 };

struct http_worker {
	struct http_pool		*pool;
	const struct http_options	*options;
	void				*state;
	pthread_t			 thread;
	bool				 holder;	/* the pool's one */
	struct http_exchange		*held[HTTP_HELD_MAX];
	size_t				 held_n;
	struct timespec			 held_since;	/* the first of them */
};

bool
http_pool_reserve(struct http_pool *p)
{
	if (atomic_fetch_add(&p->waiting, 1) < p->waiting_max)
		return true;
	atomic_fetch_sub(&p->waiting, 1);
	return false;
}

/* Under the lock: the queue whose turn it is; NULL: there is nothing to take. */
static struct http_queue *
queue_next(struct http_pool *p)
{
	const struct http_exchange *plain = p->plain.first;
	const struct http_exchange *holdable = p->holder ? NULL : p->holdable.first;

	if (holdable != NULL && (plain == NULL || holdable->number < plain->number))
		return &p->holdable;
	return plain != NULL ? &p->plain : NULL;
}

/*
 * Under the lock: whether to wake a worker.  Only one is ever on its way: when it
 * runs it wakes the next if work remains.  An event thread that hands over fifty
 * requests pays for one wake-up, and under load the busy workers take it all.
 */
static bool
must_wake(struct http_pool *p)
{
	if (p->sleeping == 0 || p->waking || queue_next(p) == NULL)
		return false;
	p->waking = true;
	return true;
}

bool
http_pool_push(struct http_pool *p, struct http_exchange *e)
{
	struct http_queue *q = e->request.may_hold ? &p->holdable : &p->plain;
	bool closed, wake = false;

	e->next = NULL;
	pthread_mutex_lock(&p->lock);
	closed = p->closed;
	if (!closed) {
		e->number = p->pushed++;
		*q->last = e;
		q->last = &e->next;
		wake = must_wake(p);
	}
	pthread_mutex_unlock(&p->lock);
	if (wake)
		pthread_cond_signal(&p->more);
	if (closed)
		atomic_fetch_sub(&p->waiting, 1);
	return !closed;
}

/* Under the lock. */
static struct http_exchange *
queue_take(struct http_queue *q)
{
	struct http_exchange *e = q->first;

	if (e != NULL) {
		q->first = e->next;
		if (q->first == NULL)
			q->last = &q->first;
	}
	return e;
}

/* The next exchange, for a worker that holds nothing; NULL: the pool has closed and nothing is left. */
static struct http_exchange *
take(struct http_worker *w)
{
	struct http_pool *p = w->pool;
	struct http_queue *q;
	struct http_exchange *e = NULL;
	bool wake;

	pthread_mutex_lock(&p->lock);
	if (w->holder)
		p->holder = false;
	while ((q = queue_next(p)) == NULL && !p->closed) {
		p->sleeping++;
		pthread_cond_wait(&p->more, &p->lock);
		p->sleeping--;
		p->waking = false;
	}
	w->holder = q == &p->holdable;
	if (w->holder)
		p->holder = true;
	if (q != NULL)
		e = queue_take(q);
	wake = must_wake(p);
	pthread_mutex_unlock(&p->lock);
	if (wake)
		pthread_cond_signal(&p->more);
	if (e != NULL)
		atomic_fetch_sub(&p->waiting, 1);
	return e;
}

static void
send_off(struct http_exchange *e)
{
	http_answer_make(e, atomic_load(&e->server->draining));
	e->stage = HTTP_STAGE_ANSWERED;
	/* Its event thread queues the answer; e is not ours from here on. */
	MHD_resume_connection(e->wire);
}

static void
settle(struct http_worker *w)
{
	struct http_held held[HTTP_HELD_MAX];

	for (size_t i = 0; i < w->held_n; i++)
		held[i] = (struct http_held){ &w->held[i]->request, &w->held[i]->response };
	w->options->settle(w->state, held, w->held_n);
	for (size_t i = 0; i < w->held_n; i++)
		send_off(w->held[i]);
	w->held_n = 0;
}

/* Whether to do more before settling; whoever holds nothing has nothing to settle. */
static bool
holds_on(const struct http_worker *w)
{
	struct timespec now;

	if (w->held_n == 0 || w->held_n == HTTP_HELD_MAX)
		return false;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - w->held_since.tv_sec) * 1000000000 + now.tv_nsec -
	    w->held_since.tv_nsec < HOLD_NANOSECONDS_MAX;
}

/* The next holdable exchange; NULL: it is time to settle. */
static struct http_exchange *
take_on(struct http_worker *w)
{
	struct http_pool *p = w->pool;
	struct http_exchange *e;

	if (!holds_on(w))
		return NULL;
	pthread_mutex_lock(&p->lock);
	e = queue_take(&p->holdable);
	pthread_mutex_unlock(&p->lock);
	if (e != NULL)
		atomic_fetch_sub(&p->waiting, 1);
	return e;
}

static void
serve(struct http_worker *w, struct http_exchange *e)
{
	if (atomic_load(&w->pool->hurried)) {
		http_answer_refuse(e, MHD_HTTP_SERVICE_UNAVAILABLE);
		e->stage = HTTP_STAGE_ANSWERED;
		MHD_resume_connection(e->wire);
		return;
	}
	w->options->handle(w->state, &e->request, &e->response);
	if (!e->response.held) {
		send_off(e);
		return;
	}
	assert(e->request.may_hold && w->options->settle != NULL);
	if (w->held_n == 0)
		(void)clock_gettime(CLOCK_MONOTONIC, &w->held_since);
	w->held[w->held_n++] = e;
}

static void *
work(void *arg)
{
	struct http_worker *w = arg;
	struct http_exchange *e;

	while ((e = take(w)) != NULL) {
		do
			serve(w, e);
		while ((e = take_on(w)) != NULL);
		if (w->held_n > 0)
			settle(w);
	}
	return NULL;
}

err
http_pool_start(struct http_pool *p, const struct http_options *o)
{
	assert(o->workers > 0 && o->handle != NULL);
	p->plain.last = &p->plain.first;
	p->holdable.last = &p->holdable.first;
	p->waiting_max = o->workers * HTTP_WAITING_PER_WORKER;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	p->workers = mem_alloc((size_t)o->workers, sizeof(*p->workers));
	for (; p->workers_n < o->workers; p->workers_n++) {
		struct http_worker *w = &p->workers[p->workers_n];

		*w = (struct http_worker){ .pool = p, .options = o };
		if (o->worker_start != NULL)
			TRY(o->worker_start(o->app, &w->state));
	}
	for (; p->threads_n < o->workers; p->threads_n++) {
		struct http_worker *w = &p->workers[p->threads_n];
		int error = pthread_create(&w->thread, NULL, work, w);

		if (error != 0) {
			LOG_ERROR("http", "no thread for a worker", LOG_TEXT("error", strerror(error)));
			return ERR_IO;
		}
	}
	return OK;
}

void
http_pool_hurry(struct http_pool *p)
{
	atomic_store(&p->hurried, true);
}

void
http_pool_stop(struct http_pool *p, const struct http_options *o)
{
	if (p->workers == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->closed = true;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->threads_n; i++)
		pthread_join(p->workers[i].thread, NULL);
	for (int i = 0; i < p->workers_n; i++)
		if (o->worker_end != NULL)
			o->worker_end(o->app, p->workers[i].state);
	mem_free(p->workers);
	p->workers = NULL;
	/* The lock stays usable: an event thread may still try to push, and is told no. */
}
