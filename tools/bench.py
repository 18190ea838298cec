#!/usr/bin/env python3
"""Measure, beside a named reference in the same run; a table, and JSON in bench/results.

Usage: bench.py [bookings] [slots] [growth] [first] [process]     all of them by default
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
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ["SERMENT_BIN"] = os.environ.get("SERMENT_BIN", str(ROOT / "build/serment"))
os.environ["SERMENT_PG_DURABLE"] = "1"  # as slow as an honest disk makes it
sys.path.insert(0, str(ROOT / "tests"))
from harness import PROGRAM, database, demo, first_motive, has_postgres, serving, start  # noqa: E402

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


def commits(mode, clients=1):
    program = ROOT / "build/bench-commits"
    if not program.exists():
        subprocess.run(["cc", "-O2", "-o", program, ROOT / "bench/commits.c", "-lsqlite3", "-lpthread"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([program, f"{folder}/c.db", mode, str(SECONDS), str(clients)],
                             capture_output=True, text=True, check=True).stdout
    return float(out)


def pgbench(url, clients):
    """Single-row durable inserts a second, by PostgreSQL's own load program."""
    binary = next(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    psql = binary.parent / "psql"
    subprocess.run([psql, url, "-qc", "CREATE TABLE IF NOT EXISTS bench_row (id BIGINT PRIMARY KEY, t TEXT)"],
                   check=True, stderr=subprocess.DEVNULL)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("INSERT INTO bench_row VALUES ((random() * 9e18)::bigint, 'x');\n")
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
    tomorrow = (datetime.date.today() + datetime.timedelta(days=1)).isoformat()
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
            binary = next(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))
            subprocess.run([binary, store, "-qc", "ANALYZE"], check=True)
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
            rate, p50, p99, bad = wrk(server.port, f"/api/v1/orgs/{slug}/bookings", clients, script=str(lua))
            at += int(rate * SECONDS * 1.1) + 200
            reference = commits("group", clients) if engine == "sqlite" else pgbench(store, clients)
            name = "raw group commit" if engine == "sqlite" else "pgbench"
            rate -= bad / SECONDS
            row(f"durable bookings, {engine}, {clients} clients (p99 {p99:.1f} ms, {bad} refused)", rate, "/s",
                reference, name, ">= 0.5 at 64" if clients == 64 else "")
            if engine == "sqlite" and clients == 1:
                row("  beside one commit each", rate, "/s", commits("plain"), "plain commits")


def bookings():
    print("Durable bookings through the HTTP API")
    bookings_on("sqlite")
    if has_postgres():
        bookings_on("postgres")


def slots_path(server, world, days=30):
    slug, practitioner, motive = first_motive(server, world)
    tomorrow = (datetime.date.today() + datetime.timedelta(days=1)).isoformat()
    return f"/api/v1/orgs/{slug}/practitioners/{practitioner}/slots?motive={motive}&from={tomorrow}&days={days}"


def asset_path(server):
    return re.search(r'href="(/a/[^"]+\.css)"', server.get("/").text)[1]


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
        tomorrow = (datetime.date.today() + datetime.timedelta(days=1)).isoformat()
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
            server = start(world)
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


ALL = {"bookings": bookings, "slots": slots, "first": first, "growth": growth, "process": process}


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
