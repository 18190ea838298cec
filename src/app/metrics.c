/* metrics.c - see metrics.h.  Format: Prometheus text 0.0.4. */
#include <inttypes.h>
#include <unistd.h>

#include "app/file.h"
#include "app/metrics.h"
#include "practice/person_search.h"
#include "store/counts.h"

static const usec bounds[METRICS_BUCKETS] = {
	500, 1000, 2500, 5000, 10000, 25000, 100000, 250000, 1000000, 5000000,
};

void
metrics_request(struct metrics *m, int status, usec spent)
{
	size_t bucket = 0;
	int class = status / 100;

	while (bucket < METRICS_BUCKETS && spent > bounds[bucket])
		bucket++;
	m->buckets[bucket]++;
	m->spent += spent;
	m->by_class[class >= 1 && class < METRICS_CLASSES ? class : 0]++;
}

static void
head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP serment_%s %s\n# TYPE serment_%s %s\n", name, help, name, type);
}

static void
one(struct buf *b, const char *name, const char *type, const char *help, int64_t value)
{
	head(b, name, type, help);
	buf_printf(b, "serment_%s %" PRId64 "\n", name, value);
}

static void
seconds(struct buf *b, const char *name, const char *help, usec spent)
{
	head(b, name, "counter", help);
	buf_printf(b, "serment_%s %.6f\n", name, (double)spent / (double)USEC_PER_SECOND);
}

static void
requests(struct metrics *m, struct buf *b)
{
	int64_t below = 0;

	head(b, "requests_total", "counter", "Requests that a handler answered, by class of status.");
	for (int i = 1; i < METRICS_CLASSES; i++)
		buf_printf(b, "serment_requests_total{status=\"%dxx\"} %" PRId64 "\n", i, m->by_class[i]);
	head(b, "request_seconds", "histogram", "Time spent in handlers.");
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		below += m->buckets[i];
		buf_printf(b, "serment_request_seconds_bucket{le=\"%g\"} %" PRId64 "\n",
		    (double)bounds[i] / (double)USEC_PER_SECOND, below);
	}
	below += m->buckets[METRICS_BUCKETS];
	buf_printf(b, "serment_request_seconds_bucket{le=\"+Inf\"} %" PRId64 "\n"
	    "serment_request_seconds_sum %.6f\nserment_request_seconds_count %" PRId64 "\n",
	    below, (double)m->spent / (double)USEC_PER_SECOND, below);
}

static void
store(const struct store *s, struct buf *b)
{
	struct store_counts c = store_counts(s);
	int64_t below = 0;

	one(b, "store_commits_total", "counter", "Transactions brought to disk.", c.commits);
	head(b, "store_group_changes", "histogram", "Changes that shared one commit.");
	for (int i = 0; i < STORE_GROUPS - 1; i++) {
		below += c.groups[i];
		buf_printf(b, "serment_store_group_changes_bucket{le=\"%d\"} %" PRId64 "\n", 1 << i, below);
	}
	below += c.groups[STORE_GROUPS - 1];
	buf_printf(b, "serment_store_group_changes_bucket{le=\"+Inf\"} %" PRId64 "\n"
	    "serment_store_group_changes_sum %" PRId64 "\nserment_store_group_changes_count %" PRId64 "\n",
	    below, c.changes, below);
	seconds(b, "store_flush_seconds_total", "Time spent bringing commits to disk.", c.flush_time);
	one(b, "store_waits_total", "counter", "Changes that waited for their turn.", c.waits);
	seconds(b, "store_wait_seconds_total", "Time that changes waited for their turn.", c.wait_time);
	one(b, "store_retries_total", "counter", "Changes that the database asked for again.", c.retries);
	one(b, "store_conflicts_total", "counter", "Changes refused because somebody was faster.", c.conflicts);
}

/* Resident pages of this process: the second number of the kernel's line. */
static int64_t
resident_bytes(void)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str text, pages;
	int64_t n;

	if (file_read(&mem, "/proc/self/statm", 256, &text) != OK ||
	    !str_split(&text, ' ', &pages) || !str_split(&text, ' ', &pages) ||
	    !str_int(pages, 0, INT32_MAX, &n))
		return 0;
	return n * sysconf(_SC_PAGESIZE);
}

void
metrics_print(struct metrics *m, usec now, struct buf *b)
{
	const struct http_server *http = m->http;

	requests(m, b);
	if (http != NULL) {
		struct http_counts c = http_counts(http);

		one(b, "connections", "gauge", "Open connections.", c.connections);
		one(b, "requests_in_flight", "gauge", "Requests being answered.", c.in_flight);
		one(b, "http_requests_total", "counter", "Requests read, refused ones included.", c.requests);
		one(b, "http_refused_total", "counter", "Requests refused before a handler saw them.", c.refused);
	}
	one(b, "outbox_waiting", "gauge", "Messages that wait to be sent.", m->outbox_waiting);
	one(b, "outbox_sent_total", "counter", "Messages that the mail server took.", m->outbox_sent);
	one(b, "outbox_refused_total", "counter", "Messages refused for ever.", m->outbox_refused);
	one(b, "outbox_later_total", "counter", "Tries that will be made again.", m->outbox_later);
	one(b, "jobs_total", "counter", "Runs of the server's own work.", m->jobs_run);
	one(b, "jobs_failed_total", "counter", "Runs that failed; the log says why.", m->jobs_failed);
	if (m->server != NULL) {
		store(m->server->store, b);
		one(b, "person_index_entries", "gauge", "Patients whose names lie in memory for searching.",
		    person_index_size(m->server->people));
	}
	one(b, "resident_bytes", "gauge", "Memory in use.", resident_bytes());
	one(b, "uptime_seconds", "gauge", "Since the start.", (now - m->started_at) / USEC_PER_SECOND);
}
