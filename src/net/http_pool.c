/* http_pool.c - workers, each with state of its own, behind one bounded queue. */
#include <assert.h>

#include "base/log.h"
#include "net/http_parts.h"

struct http_worker {
	struct http_pool		*pool;
	const struct http_options	*options;
	void				*state;
	pthread_t			 thread;
};

bool
http_pool_reserve(struct http_pool *p)
{
	if (atomic_fetch_add(&p->waiting, 1) < p->waiting_max)
		return true;
	atomic_fetch_sub(&p->waiting, 1);
	return false;
}

/*
 * Under the lock: whether to wake a worker.  Only one is ever on its way: when it
 * runs it wakes the next if work remains.  An event thread that hands over fifty
 * requests pays for one wake-up, and under load the busy workers take it all.
 */
static bool
must_wake(struct http_pool *p)
{
	if (p->first == NULL || p->sleeping == 0 || p->waking)
		return false;
	p->waking = true;
	return true;
}

bool
http_pool_push(struct http_pool *p, struct http_exchange *e)
{
	bool closed, wake = false;

	e->next = NULL;
	pthread_mutex_lock(&p->lock);
	closed = p->closed;
	if (!closed) {
		*p->last = e;
		p->last = &e->next;
		wake = must_wake(p);
	}
	pthread_mutex_unlock(&p->lock);
	if (wake)
		pthread_cond_signal(&p->more);
	if (closed)
		atomic_fetch_sub(&p->waiting, 1);
	return !closed;
}

/* The next exchange; NULL: the pool has closed and nothing is left. */
static struct http_exchange *
take(struct http_pool *p)
{
	struct http_exchange *e;
	bool wake;

	pthread_mutex_lock(&p->lock);
	while (p->first == NULL && !p->closed) {
		p->sleeping++;
		pthread_cond_wait(&p->more, &p->lock);
		p->sleeping--;
		p->waking = false;
	}
	e = p->first;
	if (e != NULL) {
		p->first = e->next;
		if (p->first == NULL)
			p->last = &p->first;
	}
	wake = must_wake(p);
	pthread_mutex_unlock(&p->lock);
	if (wake)
		pthread_cond_signal(&p->more);
	if (e != NULL)
		atomic_fetch_sub(&p->waiting, 1);
	return e;
}

static void *
work(void *arg)
{
	struct http_worker *w = arg;
	struct http_exchange *e;

	while ((e = take(w->pool)) != NULL) {
		if (atomic_load(&w->pool->hurried)) {
			http_answer_refuse(e, MHD_HTTP_SERVICE_UNAVAILABLE);
		} else {
			w->options->handle(w->state, &e->request, &e->response);
			http_answer_make(e, atomic_load(&e->server->draining));
		}
		e->stage = HTTP_STAGE_ANSWERED;
		/* Its event thread queues the answer; e is not ours from here on. */
		MHD_resume_connection(e->wire);
	}
	return NULL;
}

err
http_pool_start(struct http_pool *p, const struct http_options *o)
{
	assert(o->workers > 0 && o->handle != NULL);
	p->last = &p->first;
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
