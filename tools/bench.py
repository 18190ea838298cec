#!/usr/bin/env python3
"""Measure, beside a named reference in the same run; a table, and JSON in bench/results.

Usage: bench.py [bookings] [slots] [growth] [first] [process] [log] [policy]     all of them by default
       SECONDS=5 in the environment: how long each rate is measured

The load comes from other processes (wrk, pgbench, bench/commits); the program is the
release build.  Figures are good as ratios within one run; the machine is named.
"""
import contextlib
import datetime
import json
import os
import pathlib
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ["SERMENT_BIN"] = os.environ.get("SERMENT_BIN", str(ROOT / "build/serment"))
os.environ["SERMENT_PG_DURABLE"] = "1"  # as slow as an honest disk makes it
sys.path.insert(0, str(ROOT / "tests"))
from harness import PROGRAM, Browser, database, demo, first_motive, has_postgres, serving  # noqa: E402

SECONDS = float(os.environ.get("SECONDS", "5"))
rows = []


def row(what, value, unit, reference=None, reference_name="", target=""):
    ratio = value / reference if reference else None
    rows.append({"what": what, "value": value, "unit": unit, "reference": reference,
                 "reference_name": reference_name, "ratio": ratio, "target": target})
    beside = f"{ratio:8.2f} x {reference_name} ({reference:,.0f})" if reference else ""
    print(f"  {what:<58} {value:>12,.1f} {unit:<6} {beside:<44} {target}", flush=True)


# --- loads --------------------------------------------------------------------------

def wrk(port, path, connections, seconds=None, script=None):
    """(requests a second, p50 ms, p99 ms, answers that were not 2xx)."""
    argv = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds or SECONDS))}s", "--latency"]
    if script:
        argv += ["-s", script]
    out = subprocess.run(argv + [f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)

    def percentile(which):
        number, unit = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s)\s*$", out, re.M).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    return rate, percentile(50), percentile(99), int(bad[1]) if bad else 0


def schema(blob, clustered):
    text = "".join(p.read_text() for p in sorted((ROOT / "sql").glob("*.sql")))
    return text.replace("@BLOB@", blob).replace("@CLUSTERED@", clustered)


def commits(mode, clients=1, rows_of_a_booking=False):
    """Durable changes a second by SQLite alone: of one small row, or of all rows that a booking writes."""
    program, source = ROOT / "build/bench-commits", ROOT / "bench/commits.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-o", program, source, "-lsqlite3", "-lpthread"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        argv = [program, f"{folder}/c.db", mode, str(SECONDS), str(clients)]
        if rows_of_a_booking:
            pathlib.Path(folder, "schema.sql").write_text(schema("BLOB", "WITHOUT ROWID"))
            argv.append(f"{folder}/schema.sql")
        out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return float(out)


PG_ROW = "INSERT INTO bench_row VALUES ((random() * 9e18)::bigint, 'x');\n"

# What one booking changes, as one would type it: a statement a table, in one transaction.
PG_BOOKING = r"""
\set n random(1, 2000000000000000)
\set q random(1, 60)
\set p random(1000, 1479)
BEGIN;
UPDATE person SET last_act_at = :n WHERE org = 1 AND id = :p;
DELETE FROM busy WHERE org = 1 AND holder IN (:q, :p) AND cell >= :n AND cell <= :n::bigint + 2 AND until > 0;
INSERT INTO busy VALUES (1, :q, :n, 0, :n, 0), (1, :q, :n::bigint + 1, 0, :n, 0), (1, :q, :n::bigint + 2, 0, :n, 0),
 (1, :p, :n, 0, :n, 0), (1, :p, :n::bigint + 1, 0, :n, 0), (1, :p, :n::bigint + 2, 0, :n, 0);
INSERT INTO booking (org, id, kind, state, practitioner, site, motive, person, start_at, end_at, lane, sequence,
 link_hash, source, created_at, created_by, version) VALUES (1, :n, 1, 2, :q, 5, 6, :p, :n, :n::bigint + 9, 0, 0,
 sha256(int8send(:n::bigint)), 3, 1, 7, 1);
INSERT INTO outbox (org, id, kind, person, booking, state, attempts, next_at, claimed_until, last_code, created_at)
 VALUES (1, :n, 1, :p, :n, 1, 0, 1, 0, 0, 1);
INSERT INTO audit (id, org, at, actor, role, purposes, action, object, person, detail, policy)
 VALUES (:n, 1, 1, 7, 3, 2, 'booking.create', :n, :p, :q, sha256(int8send(:n::bigint)));
COMMIT;
""".replace("\n ", " ")

PG_PEOPLE = """
INSERT INTO person (org, id, version, identity_sealed, email_blind, phone_blind, match_email, match_phone,
 created_at, last_act_at)
SELECT 1, i, 1, decode(repeat('ab', 210), 'hex'), int8send(i), int8send(i), int8send(i), int8send(i), 0, 0
FROM generate_series(1000, 1479) AS i;
"""


def psql(url, text):
    binary = next(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))
    subprocess.run([binary, url, "-qv", "ON_ERROR_STOP=1"], input=text, text=True, check=True)


def pg_references(url):
    """A database of its own on the same server, with the same schema and people to book for."""
    psql(url, "CREATE DATABASE bench_reference")
    beside = urllib.parse.urlsplit(url)._replace(path="/bench_reference").geturl()
    psql(beside, schema("BYTEA", "") + PG_PEOPLE + "CREATE TABLE bench_row (id BIGINT PRIMARY KEY, t TEXT); ANALYZE;")
    return beside


def pgbench(url, clients, statements):
    """Durable transactions a second, by PostgreSQL's own load program."""
    binary = next(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(statements)
        script.flush()
        os.chmod(script.name, 0o644)
        out = subprocess.run([binary, "-n", "-M", "prepared", "-f", script.name, "-c", str(clients), "-j", "2",
                              "-T", str(max(1, round(SECONDS))), url], capture_output=True, text=True).stdout
    return float(re.search(r"tps = ([\d.]+)", out)[1])


# --- what is measured ----------------------------------------------------------------

BOOK_LUA = """
local bodies, at = {}, tonumber(os.getenv("AT") or "1")
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
function request()
	local body = bodies[at]
	at = at + 1
	return wrk.format(nil, nil, nil, body or "{}")
end
"""


def bodies_of(server, world, token, wanted):
    """That many requests which can all be booked: free times of every practitioner, for known people."""
    slug = world.organisations[0]["slug"]
    tomorrow = world.day(1)
    found = []
    practitioners = server.api("GET", f"/orgs/{slug}/practitioners").json()["practitioners"]
    for index, practitioner in enumerate(practitioners):
        motives = server.api("GET", f"/orgs/{slug}/motives?practitioner={practitioner['id']}").json()["motives"]
        motive = min((m for m in motives if m.get("capacity", 1) == 1), key=lambda m: m["minutes"])
        answer = server.api("GET", f"/orgs/{slug}/practitioners/{practitioner['id']}/slots"
                                   f"?motive={motive['id']}&from={tomorrow}&days=92", token)
        # Every other one: some motives keep a distance, and would refuse their neighbour.
        for number, slot in enumerate(answer.json()["slots"][::2]):
            # Everybody has a practitioner of his own: nobody is wanted in two places at a time.
            person = index * 8 + number % 8
            found.append({"motive": motive["id"], "practitioner": practitioner["id"], "start": slot["start"],
                          "patient": {"family": f"Banc{person}", "given": "Alix", "birth_date": "1980-03-12",
                                      "email": f"banc{person}@example.org", "phone": "+33639980000"}})
            if len(found) >= wanted:
                return slug, found
    return slug, found


def server_cpu(pid):
    """Seconds in program and kernel; of PostgreSQL only our side."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bookings_on(engine):
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(database(engine))
        world = stack.enter_context(demo(store=store, practitioners=60, patients=500, appointments=0))
        server = stack.enter_context(serving(world))
        token = world.account("secretary")["api_token"]
        slug, bodies = bodies_of(server, world, token, 120_000)
        # The people of the load are known before it begins.
        seen = set()
        for body in list(bodies):
            if body["patient"]["family"] not in seen:
                seen.add(body["patient"]["family"])
                server.api("POST", f"/orgs/{slug}/bookings", token, body)
                bodies.remove(body)
        if store:  # what autovacuum does within a minute of a real server's life
            psql(store, "ANALYZE")
            beside = pg_references(store)
        # Neighbours in the load are not neighbours in an agenda.
        bodies.sort(key=lambda b: (hash((b["practitioner"], b["start"])) & 0xffff))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        lua = pathlib.Path(folder, "book.lua")
        lua.write_text(BOOK_LUA)
        listing = pathlib.Path(folder, "bodies")
        listing.write_text("\n".join(json.dumps(b) for b in bodies))
        os.environ.update(BODIES=str(listing), TOKEN=token)
        at = 1
        for clients in (1, 16, 64):
            os.environ["AT"] = str(at)
            busy, wrk_busy = server_cpu(server.process.pid), children_cpu()
            rate, p50, p99, bad = wrk(server.port, f"/api/v1/orgs/{slug}/bookings", clients, script=str(lua))
            busy, wrk_busy = server_cpu(server.process.pid) - busy, children_cpu() - wrk_busy
            answers = rate * SECONDS
            at += int(answers * 1.1) + 200
            rate -= bad / SECONDS
            what = f"durable bookings, {engine}, {clients} clients (p99 {p99:.1f} ms, {bad} refused)"
            if engine == "sqlite":
                row(what, rate, "/s", commits("group", clients, rows_of_a_booking=True), "a booking's rows, raw")
                row("  beside one small row each", rate, "/s", commits("group", clients), "raw group commit",
                    ">= 0.5 at 64" if clients == 64 else "")
            else:
                row(what, rate, "/s", pgbench(beside, clients, PG_BOOKING), "a booking's rows, pgbench")
                row("  beside one small row each", rate, "/s", pgbench(beside, clients, PG_ROW), "pgbench",
                    ">= 0.5 at 64" if clients == 64 else "")
            if engine == "sqlite" and clients == 1:
                row("  beside one commit each", rate, "/s", commits("plain"), "plain commits")
            row("  processor time of the server, a booking", busy / answers * 1e6, "us")
            row("  of the load program, on the same cores", wrk_busy / answers * 1e6, "us")


def bookings():
    print("Durable bookings through the HTTP API")
    bookings_on("sqlite")
    if has_postgres():
        bookings_on("postgres")


def slots_path(server, world, days=30):
    slug, practitioner, motive = first_motive(server, world)
    tomorrow = world.day(1)
    return f"/api/v1/orgs/{slug}/practitioners/{practitioner}/slots?motive={motive}&from={tomorrow}&days={days}"


def asset_path(server):
    return re.search(r'href="(/a/[^"]+\.css)"', server.get("/").body)[1]


def slots():
    print("Free times of one practitioner over 30 days, beside a static file of the same server")
    with demo(practitioners=5, patients=300, appointments=2000) as world, serving(world) as server:
        server.token = world.account("secretary")["api_token"]
        path, asset = slots_path(server, world), asset_path(server)
        for connections in (16, 64):
            wrk(server.port, path, connections, seconds=1)
            reference, _, static_p99, _ = wrk(server.port, asset, connections)
            rate, p50, p99, bad = wrk(server.port, path, connections, script=anonymous_many(server))
            row(f"slots, {connections} connections (p50 {p50:.2f} ms, p99 {p99:.2f} ms)", rate, "/s", reference,
                f"static (p99 {static_p99:.2f} ms)", ">= 0.5, p99 < 3 ms" if connections == 16 else "")
            if bad:
                row(f"  answers refused by the public's rate limit, {connections} connections", bad, "")


def anonymous_many(server):
    """The public's rate limit would answer 429: the load shows a token, as a program of the practice does."""
    path = pathlib.Path(tempfile.gettempdir(), f"serment-bench-{os.getpid()}.lua")
    path.write_text(f'wrk.headers["Authorization"] = "Bearer {server.token}"\n' if hasattr(server, "token") else "")
    return str(path)


def first():
    print("First free time of all")
    with demo(practitioners=1000, patients=50, appointments=2000) as world, serving(world) as server:
        slug, _, motive = first_motive(server, world)
        tomorrow = world.day(1)
        path = f"/api/v1/orgs/{slug}/slots?motive={motive}&from={tomorrow}&days=92&limit=1"
        token = world.account("secretary")["api_token"]
        times = []
        for _ in range(60):
            began = time.perf_counter()
            answer = server.ask("GET", path, headers={"Authorization": f"Bearer {token}"})
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status == 200 and len(answer.json()["slots"]) == 1, answer.body[:200]
        row("first free among 1,000 practitioners, first question", times[0], "ms")
        row("first free among 1,000 practitioners, median", statistics.median(times[1:]), "ms", target="< 10 ms")


def growth():
    print("The same with 10,000 and with 1,000,000 appointments in the database")
    figures = {}
    for appointments in (10_000, 1_000_000):
        began = time.time()
        with demo(practitioners=100, patients=5_000, appointments=appointments) as world:
            row(f"making {appointments:,} appointments", time.time() - began, "s",
                target="< 120 s" if appointments > 100_000 else "")
            with serving(world) as server:
                token = server.token = world.account("secretary")["api_token"]
                path = slots_path(server, world)
                wrk(server.port, path, 16, seconds=1, script=anonymous_many(server))
                slot_figures = wrk(server.port, path, 16, script=anonymous_many(server))
                slug, bodies = bodies_of(server, world, token, 3000)
                times = []
                for body in bodies[::10][:200]:
                    began = time.perf_counter()
                    answer = server.api("POST", f"/orgs/{slug}/bookings", token, body)
                    times.append((time.perf_counter() - began) * 1000)
                    assert answer.status in (201, 409), answer.body[:200]
                figures[appointments] = (slot_figures[1], statistics.median(times))
    small, large = figures.values()
    row("slots, p50, 1,000,000 beside 10,000 appointments", large[0], "ms", small[0], "10,000", "<= 1.2")
    row("one booking, p50, 1,000,000 beside 10,000", large[1], "ms", small[1], "10,000", "<= 1.2")


def memory_of(process):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


def process():
    print("The process")
    with demo(practitioners=5, patients=300, appointments=2000) as world:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            server = serving(world).start()
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(0.5)
            idle = memory_of(server.process)
            path = slots_path(server, world)
            if len(times) == 5:
                wrk(server.port, path, 64, seconds=SECONDS)
                loaded = memory_of(server.process)
            server.stop()
        row("start until it listens, median of 5", statistics.median(times), "ms", target="< 200 ms")
        row("memory at rest", idle, "MB", target="< 30 MB")
        row("memory after a load of 64 connections", loaded, "MB")
        row("the program", os.path.getsize(PROGRAM) / 2**20, "MB")


def large_policy(folder, lines):
    """The default policy, and declarations of every kind behind it up to that many lines."""
    kinds = [
        'say sentence-{0} fr "Une phrase de la page publique, accentuée." en "A sentence of the page."\n',
        'recipient r{0} role processor place FR hds yes gets identity,agenda for book,desk\n'
        '\ttitle "Destinataire {0}" clause C{0} by "contract {0}"\n',
        "log log-{0} keep 6mo\n",
        "cookie c{0} essential 6mo on-demand # comment {0}\n",
    ]
    text = [(ROOT / "policies/default.policy").read_text()]
    count = text[0].count("\n")
    while count < lines:
        text.append(kinds[len(text) % len(kinds)].format(len(text)))
        count += text[-1].count("\n")
    path = pathlib.Path(folder) / "large.policy"
    path.write_text("".join(text))
    return path


def policy():
    print("Policies")
    with tempfile.TemporaryDirectory() as folder:
        path = large_policy(folder, 10000)

        def median_ms(*words):
            times = []
            for _ in range(15):
                began = time.perf_counter()
                subprocess.run([PROGRAM, *words], check=True, stdout=subprocess.DEVNULL)
                times.append((time.perf_counter() - began) * 1000)
            return statistics.median(times)

        start_ms = median_ms("version")
        row("read and check a policy of 10,000 lines", median_ms("policy", "lint", str(path)), "ms",
            start_ms, "starting the program", "< 100 ms")
        row("read and check the default policy", median_ms("policy", "lint", str(ROOT / "policies/default.policy")),
            "ms", start_ms, "starting the program")


def fill_log(path, lines):
    """That many lines of a practice's year, none with a place yet: every other one an opening of three records."""
    db = sqlite3.connect(path)
    first = db.execute("SELECT MAX(id) FROM audit").fetchone()[0] + 1
    at, policy, persons = int(time.time() * 1e6), bytes(32), b"".join(n.to_bytes(8, "big") for n in (101, 102, 103))
    with db:
        db.executemany("INSERT INTO audit (id, org, at, actor, role, purposes, action, object, person, detail, policy)"
                       " VALUES (?, 1, ?, 2, 3, 4, 'booking.create', ?, 7, 8, ?)",
                       ((first + n, at, n, policy) for n in range(0, lines, 2)))
        db.executemany("INSERT INTO opening (id, org, at, actor, role, purpose, facet, persons, policy)"
                       " VALUES (?, 1, ?, 2, 3, 2, 1, ?, ?)",
                       ((first + n, at, persons, policy) for n in range(1, lines, 2)))
    db.close()


def wait_until_placed(path):
    db = sqlite3.connect(path)
    while db.execute("SELECT EXISTS (SELECT 1 FROM audit WHERE seq IS NULL)"
                     " OR EXISTS (SELECT 1 FROM opening WHERE seq IS NULL)").fetchone()[0]:
        time.sleep(0.05)
    db.close()


def timed(argv, **options):
    """Seconds it took, and seconds of a processor: the machine may have other work."""
    began, before = time.time(), os.times()
    subprocess.run(argv, check=True, stderr=subprocess.DEVNULL, **options)
    after = os.times()
    return (time.time() - began, after.children_user + after.children_system
            - before.children_user - before.children_system)


def proofs(server, world):
    """One proof after another, as an administrator's page asks for them: session, line, path, JSON."""
    browser = Browser(server)
    browser.sign_in(world.account("administrator"), to="/reglages/journal")
    path = re.search(r'href="(/reglages/journal/\d+/preuve)"', browser.get("/reglages/journal").body)[1]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        cookies = "; ".join(f"{k}={v}" for k, v in browser.jar.items())
        script.write(f'wrk.headers["Cookie"] = "{cookies}"\n')
        script.flush()
        return wrk(server.port, path, 16, script=script.name)


def log():
    print("The log")
    lines = 1_000_000
    with demo(patients=50, appointments=100) as world:
        path = f"{world.folder}/serment.db"
        fill_log(path, lines)
        with serving(world) as server:
            began = time.time()
            wait_until_placed(path)
            row("lines placed in the tree, while nothing else is done", lines / (time.time() - began), "/s")
            while server.api("GET", "/log/checkpoint").status != 200 or \
                    int(server.api("GET", "/log/checkpoint").body.split("\n")[1]) < lines:
                time.sleep(0.2)
            rate, p50, p99, bad = proofs(server, world)
            row(f"proofs over HTTP, log of 1,000,000 (p50 {p50:.1f} ms, p99 {p99:.1f} ms, {bad} bad)", rate, "/s")
        read, _ = timed(["sqlite3", path, "SELECT SUM(LENGTH(action) + detail) FROM audit WHERE seq > 0;"
                                       "SELECT SUM(LENGTH(persons) + facet) FROM opening WHERE seq > 0"],
                     stdout=subprocess.DEVNULL)
        wall, cpu = timed([PROGRAM, "audit", "verify", "--dir", world.folder], stdout=subprocess.DEVNULL)
        row(f"verifying 1,000,000 lines (processor {cpu:.1f} s)", wall, "s", read, "sqlite3 reading them")
        export = f"{world.folder}/export"
        with open(export, "wb") as out:
            wall, cpu = timed([PROGRAM, "audit", "export", "--dir", world.folder], stdout=out)
        row(f"exporting them (processor {cpu:.1f} s)", wall, "s")
        wall, cpu = timed([sys.executable, ROOT / "tools/verify_log.py", export], stdout=subprocess.DEVNULL)
        row(f"verifying the export, tools/verify_log.py (processor {cpu:.1f} s)", wall, "s")
        row("the export", os.path.getsize(export) / 2**20, "MB")


ALL = {"bookings": bookings, "slots": slots, "first": first, "growth": growth, "process": process,
       "log": log, "policy": policy}


def main():
    print(f"{os.cpu_count()} cores, {SECONDS:g} s each, {datetime.date.today()}, {PROGRAM}")
    for name in sys.argv[1:] or ALL:
        ALL[name]()
    results = ROOT / "bench/results"
    results.mkdir(parents=True, exist_ok=True)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    (results / f"{stamp}.json").write_text(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=1) + "\n")
    print(f"JSON: bench/results/{stamp}.json")


main()
