#!/usr/bin/env python3
"""SIGKILL at random moments during 1,000 bookings: what was acknowledged is there after.

Clients keep booking while the server is killed and started again.  A booking that was
answered 201 must be found by its id; one whose answer was lost may or may not be there,
and asking again with the same Idempotency-Key must give exactly one.
"""
import http.client
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import Failed, Tests, check, database, demo, engines, equal, first_motive, free_slots, patient, serving

BOOKINGS, KILLS, CLIENTS = 1000, 8, 8


class Fleet:
    """The server that is alive now, or none."""

    def __init__(self, world):
        self.world, self.server, self.lock = world, serving(world).start(), threading.Lock()

    def kill_and_start(self):
        self.server.kill()
        with self.lock:
            self.server = serving(self.world).start()


def book(fleet, slug, token, work, acknowledged, repeated):
    while True:
        with fleet.lock:
            if not work:
                return
            number, slot = work.pop()
        body = {"motive": slot["motive"], "practitioner": slot["practitioner"], "start": slot["start"],
                "patient": patient(number)}
        for attempt in range(200):
            with fleet.lock:
                server = fleet.server
            try:
                answer = server.api("POST", f"/orgs/{slug}/bookings", token, body, Idempotency_Key=f"key-{number}")
            except (http.client.HTTPException, OSError):
                time.sleep(0.05)
                repeated[0] += 1
                continue
            if answer.status == 503:
                time.sleep(0.05)
                continue
            equal(answer.status, 201, f"booking {number}, attempt {attempt}: {answer.body[:200]}")
            acknowledged[number] = (answer.json()["id"], slot["start"])
            break
        else:
            raise Failed(f"booking {number} never went through")


def survive(engine):
    rng = random.Random(4)
    with database(engine) as store, demo(store=store, practitioners=8, appointments=0) as world:
        fleet = Fleet(world)
        try:
            server = fleet.server
            slug = world.organisations[0]["slug"]
            token = world.account("secretary")["api_token"]
            work = []
            for practitioner in server.api("GET", f"/orgs/{slug}/practitioners").json()["practitioners"]:
                motives = server.api("GET", f"/orgs/{slug}/motives?practitioner={practitioner['id']}").json()["motives"]
                motive = next(m for m in motives if m.get("capacity", 1) == 1)
                for slot in free_slots(server, slug, practitioner["id"], motive["id"]):
                    work.append({**slot, "motive": motive["id"]})
            check(len(work) >= BOOKINGS, f"only {len(work)} slots")
            work = list(enumerate(work[:BOOKINGS]))
            acknowledged, repeated, problems = {}, [0], []

            def client():
                try:
                    book(fleet, slug, token, work, acknowledged, repeated)
                except Exception as why:
                    problems.append(why)
                    work.clear()

            threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
            for thread in threads:
                thread.start()
            kills = 0
            while kills < KILLS and any(t.is_alive() for t in threads):
                goal = BOOKINGS - (kills + 1) * BOOKINGS // (KILLS + 1)
                while len(work) > goal and any(t.is_alive() for t in threads):
                    time.sleep(0.005)
                time.sleep(rng.random() * 0.05)
                fleet.kill_and_start()
                kills += 1
            for thread in threads:
                thread.join()
            if problems:
                raise problems[0]
            fleet.kill_and_start()
            equal(kills, KILLS, "kills")
            equal(len(acknowledged), BOOKINGS, "acknowledged")
            equal(len({i for i, _ in acknowledged.values()}), BOOKINGS, "different bookings")
            for number, (booking, at) in acknowledged.items():
                answer = fleet.server.api("GET", f"/orgs/{slug}/bookings/{booking}", token)
                equal(answer.status, 200, f"booking {number} after the kills")
                equal(answer.json()["start"], at)
            print(f"# {engine}: {KILLS} kills, {repeated[0]} requests had to be repeated")
        finally:
            fleet.server.kill()


tests = Tests()
for name in engines():
    tests.run(f"every acknowledged booking of {BOOKINGS} survives {KILLS} kills on {name}", survive, name)
tests.end()
