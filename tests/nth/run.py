#!/usr/bin/env python3
"""The n-th call fails, for every n until none is left: memory, disk, sockets, database, mail.

A visitor books through the pages, finds the appointment and cancels it; the practice
books and cancels through the API.  During one request of that walk one call of the
server fails: an allocation, a write or flush of its files, a send or receive of a
client, of the database or of the mail server, or it moves a single byte.  The visitor
gets an answer that tells of it or a closed connection, asks for the same again and gets
it; what was acknowledged is there, once, after a restart as well.  (T11, T13, ux-26)

Where our own code is refused memory the server ends by contract (base/arena.h): it must
say so, and whoever supervises it starts it again.  A library that is refused memory
makes an answer, and the server goes on.
"""
import collections
import contextlib
import errno
import http.client
import json
import mmap
import os
import pathlib
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import (PROGRAM, Browser, Failed, Tests, check, database, demo, engines, equal, first_motive,
                     free_slots, patient, pg_private, serving)

MEMORY, DISK, CLIENT, OUTWARD, DATABASE = range(1, 6)
NEVER = 1 << 40
CALLS_MAX = 4000        # of one kind in one request: more, and it never ends
PATIENCE_SECONDS = 20   # a request that takes longer hangs
CONFIRMED = 2


class Fault:
    """The plan that the shim in the server follows."""

    def __init__(self, folder):
        self.shim, path = os.path.join(folder, "shim.so"), os.path.join(folder, "plan")
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-shared", "-fPIC",
                        "-o", self.shim, str(HERE / "shim.c")], check=True)
        with open(path, "w+b") as file:
            file.truncate(4096)
            self.map = mmap.mmap(file.fileno(), 4096)
        # libcurl 7.88 forgets four bytes when its connection is cut in the middle of a mail.
        known = pathlib.Path(folder, "known")
        known.write_text("leak:libcurl\n")
        asan = os.environ.get("ASAN_OPTIONS", "")
        self.env = {"LD_PRELOAD": self.shim, "SERMENT_FAULT": path,
                    "LSAN_OPTIONS": f"suppressions={known}:print_suppressions=0",
                    "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0:allocator_may_return_null=1"}

    def arm(self, kind, n, error, lasting):
        self.map[:40] = struct.pack("5q", 0, n, error, 0, lasting)
        self.map[:8] = struct.pack("q", kind)

    def fired(self):
        return struct.unpack("5q", self.map[:40])[3]

    def disarm(self):
        """How many calls have failed."""
        self.map[:8] = struct.pack("q", 0)
        return self.fired()


@contextlib.contextmanager
def fault():
    with tempfile.TemporaryDirectory(prefix="serment-nth-") as folder:
        yield Fault(folder)


class Rig:
    """A server with the shim in it, and the one request during which a call fails."""

    def __init__(self, server, plan):
        self.server, self.plan = server, plan
        self.request = self.at = 0
        self.armed = None
        self.ended, self.outcomes = False, collections.Counter()

    def now(self):
        return self.server.now()

    def arm(self, at, kind, n, error=errno.ENOMEM, lasting=False):
        self.request, self.at, self.ended = 0, at, False
        self.armed = (kind, n, error, lasting)

    def ask(self, method, path, body=None, headers=None):
        self.request += 1
        if self.request != self.at:
            return self.server.ask(method, path, body, headers)
        answer = self.try_once(method, path, body, headers)
        if answer is not None and answer.status < 500:
            self.outcomes["went well"] += 1
            return answer
        self.outcomes["closed" if answer is None else str(answer.status)] += 1
        self.told(answer)
        return self.server.ask(method, path, body, headers)

    def try_once(self, *request):
        self.server.local.connection = (0, None)    # its own connection from the beginning
        self.server.tries = 1
        self.plan.arm(*self.armed)
        began = time.monotonic()
        try:
            return self.server.ask(*request)
        except (http.client.HTTPException, OSError):
            return None
        finally:
            check(time.monotonic() < began + PATIENCE_SECONDS, f"{request[0]} {request[1]} hangs")
            self.fell = self.plan.disarm()
            self.ended = self.fell == 0
            self.server.local.connection = (0, None)
            self.live()
            self.server.tries = 2

    def told(self, answer):
        check(self.fell > 0, f"{answer and answer.status} although nothing had failed")
        if answer is not None:
            equal(answer.status, 503, answer.body[:300])
            check("Rien n’a été enregistré" in answer.text, answer.text[:500])

    def live(self):
        """It goes on, unless our own code was refused memory: then it has said so."""
        with contextlib.suppress(http.client.HTTPException, OSError):
            equal(self.server.get("/healthz").status, 200, "afterwards")
            return
        code = self.server.process.wait(timeout=PATIENCE_SECONDS)
        words = self.server.log
        check(self.armed[0] == MEMORY and self.fell > 0 and code == -signal.SIGABRT and
              re.search(r"^panic: .*memory", words, re.M) and "Sanitizer" not in words,
              f"the server ended with {code}: {words[-3000:]}")
        pathlib.Path(self.server.world.folder, "server.log").write_text("")
        self.outcomes["ended by contract"] += 1
        self.server.process.stdout.close()
        self.server.start()


class Walk:
    """What visitor and practice do; each time another person."""
    number = 0

    def __init__(self, rig, world):
        self.rig, self.world, self.server = rig, world, rig.server
        self.slug, self.practitioner, self.motive = first_motive(self.server, world)
        self.token = world.account("secretary")["api_token"]
        self.desk = Browser(self.server)
        self.desk.sign_in(world.account("administrator"))
        links = re.findall(rf'href="(/s/{self.slug}/[a-z0-9-]+)', Browser(self.server).get(f"/s/{self.slug}").body)
        self.page = f"{sorted(set(links))[0]}?du={world.day(50)}"    # those of order() come before
        self.slots = free_slots(self.server, self.slug, self.practitioner, self.motive)
        self.kept = {}

    def address(self):
        """The public is held to its rate by address, and proven by mailbox: each walk has its own."""
        Walk.number += 1
        n = Walk.number
        return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}", f"visiteuse{n}@example.org"

    def code(self, address):
        for message in re.findall(r'href="(/messages/\d+)"', self.desk.get("/messages").body)[:60]:
            text = self.desk.get(message).text
            if address in text:
                return re.search(r"code : (\d{6})", text)[1]
        raise Failed(f"no code for {address}")

    def visit(self):
        ip, mail = self.address()
        b = Browser(self)
        self.headers = {"X-Forwarded-For": ip}
        b.get(self.page)
        b.press("/creneau")
        if b.page.status == 409:    # the answer that said it is ours was lost: it is nobody's for five minutes
            b.press("/creneau")
        b.follow()
        b.submit("/coordonnees", pour="moi", nom="Essai", prenom="Zoé", naissance="1990-05-04", email=mail,
                 telephone="")
        b.follow()
        check(b.path.startswith("/confirmer"), f"led to {b.path}: {b.page.text[:200]}")
        b.submit("/confirmer", code=self.code(mail))
        link = b.page.header("Location").split("?")[0]
        check(link.startswith("/rdv/"), f"led to {link}: {b.page.status} {b.page.text[:300]}")
        b.follow()
        equal(b.page.status, 200, link)
        b.get(link + "/annuler")
        b.submit(link + "/annuler")
        b.follow()
        equal(b.page.status, 200, "after cancelling")

    def ask(self, method, path, body=None, headers=None):
        return self.rig.ask(method, path, body, {**(headers or {}), **self.headers})

    def now(self):
        return self.server.now()

    def api(self, method, path, value=None, **headers):
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
                **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.rig.ask(method, f"/api/v1/orgs/{self.slug}{path}", value and json.dumps(value), sent)

    def order(self, cancel=True):
        """The practice's program: an answer that was lost is asked for again, with its key."""
        Walk.number += 1
        n, slot = Walk.number, self.slots.pop(0)
        made = self.api("POST", "/bookings", {"motive": self.motive, "practitioner": self.practitioner,
                                              "start": slot["start"], "patient": patient(n)},
                        Idempotency_Key=f"nth-{n}")
        equal(made.status, 201, made.body[:300])
        booking = made.json()["id"]
        equal(self.api("GET", f"/bookings/{booking}").json()["start"], slot["start"])
        if cancel:
            equal(self.api("DELETE", f"/bookings/{booking}").status, 204)
        else:
            self.kept[booking] = slot["start"]

    def keep(self):
        self.order(cancel=False)

    def all_is_whole(self, confirmed_before):
        """After a kill, too: exactly what was acknowledged, and the database is sound."""
        self.server.kill()
        self.server.start()
        for booking, start in self.kept.items():
            answer = self.server.api("GET", f"/orgs/{self.slug}/bookings/{booking}", self.token)
            equal((answer.status, answer.json().get("start")), (200, start), f"booking {booking}")
        equal(confirmed(self.world), confirmed_before + len(self.kept), "bookings, no more than were acknowledged")
        store = ["--store", self.world.store] if self.world.store else []
        said = subprocess.run([PROGRAM, "doctor", "--dir", self.world.folder, *store], stdout=subprocess.PIPE,
                              text=True).stdout
        check("ok    integrity" in said and "ok    log" in said and "ok    keys" in said, said)


def confirmed(world):
    query = f"SELECT count(*) FROM booking WHERE state = {CONFIRMED}"
    if world.store is None:
        with contextlib.closing(sqlite3.connect(f"file:{world.folder}/serment.db?mode=ro", uri=True)) as db:
            return db.execute(query).fetchone()[0]
    said = subprocess.run([f"{pg_private.programs()}/psql", world.store, "-Atqc", query], check=True,
                          stdout=subprocess.PIPE, text=True)
    return int(said.stdout)


def every(rig, way, kind, step=1, **how):
    """Fail each call of each request of the way, until a request passes without one failing."""
    at = calls = 0
    while True:
        at += 1
        for n in range(1, CALLS_MAX, step):
            rig.arm(at, kind, n, **how)
            way()
            if rig.request < at:
                rig.at = 0
                check(at > 2 and calls > 0, "nothing ever failed")
                return at - 1, calls
            if rig.ended:
                break
            calls += 1
        else:
            raise Failed(f"request {at} makes {CALLS_MAX} calls")


def fails(engine, title, ways):
    """ways: (what of Walk, kind, and how)."""
    with fault() as plan, database(engine) as store, \
            demo(store=store, practitioners=1, patients=5, appointments=0) as world, \
            serving(world, settings={"trust_proxy": "yes"}, env=plan.env) as server:
        rig = Rig(server, plan)
        walk = Walk(rig, world)
        before = confirmed(world)
        for name, kind, how in ways:
            began = time.monotonic()
            requests, calls = every(rig, getattr(walk, name), kind, **how)
            print(f"# {title}, {name} {how}: {calls} calls of {requests} requests failed: "
                  f"{dict(rig.outcomes)}, {time.monotonic() - began:.0f} s", flush=True)
            rig.outcomes.clear()
        walk.all_is_whole(before)


class Post:
    """Codes by mail, one an address."""

    def __init__(self, server, plan):
        self.server, self.plan, self.asked = server, plan, []

    def ask(self, *fault):
        address = f"pli{len(self.asked)}@example.org"
        b = Browser(self.server)
        page = {"X-Forwarded-For": f"10.9.{len(self.asked) >> 8}.{len(self.asked) & 255}"}
        b.get("/connexion/patient", headers=page)
        self.plan.arm(OUTWARD, *fault, False)
        b.post("/connexion/patient", {**b.form("/connexion/patient"), "email": address}, headers=page)
        equal(b.page.status, 200, address)
        self.asked.append(address)
        end = time.monotonic() + 4 * PATIENCE_SECONDS  # after a failure the sender may rest for a minute
        while not self.server.mail.count(address) and not self.plan.fired():
            check(time.monotonic() < end, f"nothing was sent to {address}")
            time.sleep(0.02)
        if fault[1] != 0:
            time.sleep(0.1)     # it may have arrived, and only the answer was lost
        return address

    def all_arrive(self):
        self.server.jump(120)   # when it is tried again
        for address in self.asked:
            self.server.mail.to(address, seconds=PATIENCE_SECONDS)
            ids = {re.search(r"^Message-ID: (.*)$", message, re.M | re.I)[1].strip()
                   for to, message in self.server.mail.messages if to == address}
            equal(len(ids), 1, f"{address}: whoever gets it twice can tell")


def mail_is_sent_all_the_same():
    with fault() as plan, demo(practitioners=1, patients=5, appointments=0) as world, \
            serving(world, mail=True, settings={"trust_proxy": "yes"}, env=plan.env) as server:
        post, failed = Post(server, plan), 0
        for error in (0, errno.ECONNRESET):
            for n in range(1, CALLS_MAX):
                address = post.ask(n, error)
                if error == 0:
                    server.mail.to(address)     # a short one is only slower
                if plan.disarm() == 0:
                    break
                failed += 1
        check(failed > 10, f"only {failed} calls failed")
        print(f"# {failed} calls failed, {len(post.asked)} messages")
        post.all_arrive()
        with contextlib.closing(sqlite3.connect(f"file:{world.folder}/serment.db?mode=ro", uri=True)) as db:
            equal(db.execute("SELECT count(*) FROM task").fetchone()[0], 0, "messages given up")


# Of what the longer walks make, every n-th call in this pass; SERMENT_TEST_EVERY=1 takes all of them.
STEP = int(os.environ.get("SERMENT_TEST_EVERY", "13"))
RESET, SHORT = {"error": errno.ECONNRESET}, {"error": 0}
WAYS = {
    "client": [("visit", CLIENT, RESET), ("keep", CLIENT, RESET)],
    "disk": [("keep", DISK, {"error": errno.EIO}), ("keep", DISK, {"error": errno.ENOSPC, "lasting": True}),
             ("keep", DISK, SHORT), ("visit", DISK, {"error": errno.EIO})],
    "memory": [("order", MEMORY, {"step": min(STEP, 3)}), ("visit", MEMORY, {"step": STEP})],
    "database": [("keep", DATABASE, RESET), ("keep", DATABASE, SHORT), ("visit", DATABASE, {**RESET, "step": min(STEP, 3)})],
}
ON = {"sqlite": ("client", "disk", "memory"), "postgres": ("database",)}

tests = Tests()
word = sys.argv[1] if len(sys.argv) > 1 else ""
for engine in engines():
    for what in ON[engine]:
        if word in what:
            tests.run(f"a booking survives each failing call: {what}, {engine}", fails, engine, what, WAYS[what])
if word in "mail":
    tests.run("a mail is sent whatever call to its server fails", mail_is_sent_all_the_same)
tests.end()
