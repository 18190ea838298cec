#!/usr/bin/env python3
"""200 clients fight for one slot, 100 rounds, on both engines: one winner each.

The requests of a round are written on 200 open connections before any answer is
read.  And twelve send one and the same request at once: all are told of one booking.
Afterwards the history of all answers is checked against what the server
shows: every acknowledged booking stands, no two overlap, and every loser was told
of three other times.  (ux-26; the storage's invariant of booking.h)
"""
import json
import os
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import Tests, check, database, demo, engines, equal, first_motive, free_slots, patient, serving

CLIENTS, ROUNDS = 200, int(os.environ.get("ROUNDS", "100"))
# All clients come from one address: more than one address is allowed by default.
MANY_CONNECTIONS = {"connections_per_address_max": 1000}
TWINS, TWIN_ROUNDS = 12, 20


def request(path, token, body, key=None):
    data = json.dumps(body).encode()
    once = f"Idempotency-Key: {key}\r\n" if key else ""
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{once}"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n").encode() + data


def read_answer(stream):
    status = int(stream.readline().split()[1])
    length = 0
    while (line := stream.readline().strip()):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, json.loads(stream.read(length) or b"null")


def fight(engine):
    with database(engine) as store, demo(store=store, patients=CLIENTS) as world, \
            serving(world, settings=MANY_CONNECTIONS) as server:
        slug, practitioner, motive = first_motive(server, world)
        token = world.account("secretary")["api_token"]
        slots = free_slots(server, slug, practitioner, motive)
        check(len(slots) >= ROUNDS, f"only {len(slots)} slots to fight for")
        sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(CLIENTS)]
        streams = [s.makefile("rb") for s in sockets]
        won = {}
        for number in range(ROUNDS):
            slot = slots[number * len(slots) // ROUNDS]
            body = {"motive": motive, "practitioner": practitioner, "start": slot["start"]}
            for client, connection in enumerate(sockets):
                connection.sendall(request(f"/api/v1/orgs/{slug}/bookings", token,
                                           {**body, "patient": patient(client)}))
            answers = [read_answer(stream) for stream in streams]
            winners = [a for status, a in answers if status == 201]
            equal(len(winners), 1, f"winners of round {number}")
            won[winners[0]["id"]] = slot
            losers = [a for status, a in answers if status == 409]
            equal(len(losers), CLIENTS - 1, f"losers of round {number}")
            for loser in losers:
                equal(loser["error"], "slot_taken")
                equal(len(loser["alternatives"]), 3, "other times")
                check(all(s["start"] != slot["start"] for s in loser["alternatives"]), "offered what is taken")
        for connection in sockets:
            connection.close()
        # The independent check: read everything back.
        spans = []
        for booking, slot in won.items():
            answer = server.api("GET", f"/orgs/{slug}/bookings/{booking}", token)
            equal(answer.status, 200, "an acknowledged booking")
            equal(answer.json()["start"], slot["start"], "its start")
            spans.append((answer.json()["start"], answer.json()["end"]))
        spans.sort()
        for before, after in zip(spans, spans[1:]):
            check(before[1] <= after[0], f"{before} and {after} overlap")


def twins(engine):
    with database(engine) as store, demo(store=store) as world, serving(world) as server:
        slug, practitioner, motive = first_motive(server, world)
        token = world.account("secretary")["api_token"]
        slots = free_slots(server, slug, practitioner, motive)
        sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(TWINS)]
        streams = [s.makefile("rb") for s in sockets]
        for number in range(TWIN_ROUNDS):
            body = {"motive": motive, "practitioner": practitioner, "patient": patient(number),
                    "start": slots[number * len(slots) // TWIN_ROUNDS]["start"]}
            for connection in sockets:
                connection.sendall(request(f"/api/v1/orgs/{slug}/bookings", token, body, f"twin-{number}"))
            answers = [read_answer(stream) for stream in streams]
            equal({status for status, _ in answers}, {201}, f"answers of round {number}: {answers}")
            equal(len({a["id"] for _, a in answers}), 1, f"bookings of round {number}")
        for connection in sockets:
            connection.close()


tests = Tests()
for name in engines():
    tests.run(f"of {CLIENTS} clients one wins each of {ROUNDS} rounds on {name}", fight, name)
    tests.run(f"{TWINS} twins of a request are one booking, {TWIN_ROUNDS} times on {name}", twins, name)
tests.end()
