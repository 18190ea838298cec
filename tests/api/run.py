#!/usr/bin/env python3
"""The HTTP API from outside: the contract of /api/v1, bad input, races, and its own documentation.

On SQLite, or with --postgres on PostgreSQL.  The last line is "N passed, N failed".
"""
import datetime
import itertools
import pathlib
import re
import subprocess
import sys
import threading
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from client import API, DOCUMENT, Client, unlike  # noqa: E402
from harness import ROOT, Failed, database, demo, serving  # noqa: E402

NOBODY = "900000000000000001"       # an id that was never given
numbers = itertools.count(1)


class Case:
    """What the tests share: one server, clients of both organisations, and times that are free."""

    def __init__(self, server):
        self.server = server
        self.org, self.other = server.demo["organisations"]
        self.base = f"{API}/orgs/{self.org['slug']}"
        self.staff = Client(server, self.token("secretary"))
        self.stranger = Client(server, self.token("secretary", 1))
        self.public = Client(server, address="127.0.0.2")
        self.people = self.staff.get(self.base + "/practitioners").json["practitioners"]
        self.offers = []            # (practitioner, motive), individual, with free times
        for person in self.people:
            for motive in self.motives(person["id"]):
                if motive["capacity"] == 1 and motive["online"] and len(self.slots(person["id"], motive["id"])) > 30:
                    self.offers.append((person["id"], motive["id"]))
                    break
        assert len(self.offers) >= 3, "the demonstration has too few free times"
        self.used = set()

    def token(self, role, organisation=0):
        return self.server.account(role, organisation)["api_token"]

    def motives(self, practitioner):
        return self.staff.get(f"{self.base}/motives?practitioner={practitioner}").json["motives"]

    def slots(self, practitioner, motive, days=30, client=None, **more):
        query = "".join(f"&{k}={v}" for k, v in more.items())
        answer = (client or self.staff).get(
            f"{self.base}/practitioners/{practitioner}/slots?motive={motive}&days={days}{query}")
        assert answer.status == 200, answer.body
        return answer.json["slots"]

    def free(self, n=0):
        """A free time of the n-th offer that no other test has taken."""
        practitioner, motive = self.offers[n]
        for slot in self.slots(practitioner, motive)[3:]:
            if (practitioner, slot["start"]) not in self.used:
                self.used.add((practitioner, slot["start"]))
                return {"practitioner": practitioner, "motive": motive, "start": slot["start"]}
        raise AssertionError("no free time is left")

    def order(self, n=0, patient=None):
        return {**self.free(n), "patient": patient or self.patient()}

    @staticmethod
    def patient():
        n = next(numbers)
        return {"family": f"Essai {n}", "given": "Zoé", "birth_date": "1980-02-29",
                "email": f"essai{n}@example.test", "phone": f"+33 6 39 98 {n // 100:02} {n % 100:02}"}

    def book(self, order, client=None, **headers):
        return (client or self.staff).ask("POST", self.base + "/bookings", order, **headers)


def together(n, act):
    """Call act(0) … act(n - 1) at the same moment; their results."""
    gate, results = threading.Barrier(n), [None] * n

    def one(i):
        gate.wait()
        results[i] = act(i)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# --- the documentation ---

def test_the_document_is_sound_openapi(c):
    run = subprocess.run(["node", "tests/api/openapi.mjs", "src/web/openapi.json"], cwd=ROOT,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    assert run.returncode == 0, run.stdout


def test_the_server_gives_the_same_document(c):
    answer = c.public.get(API + "/openapi.json")
    assert answer.status == 200 and answer.type == "application/json"
    assert answer.json == DOCUMENT


def test_every_route_is_documented_and_every_documented_path_is_a_route(c):
    table = (ROOT / "src/web/routes.def").read_text(encoding="utf-8")
    rows = re.findall(r'^ROUTE\((\w+),\s*"([^"]+)",[^)]*?ROUTE_API', table, re.M | re.S)
    routes = {(method.lower(), pattern) for method, pattern in rows}
    documented = {(method, re.sub(r"\{\w+\}", "{}", path)) for path, item in DOCUMENT["paths"].items()
                  for method in item if method != "parameters"}
    assert len(routes) >= 8 and routes == documented, routes ^ documented


# --- what the public may read ---

def test_practitioners_are_listed_by_slug_and_by_id_alike(c):
    by_slug = c.public.get(c.base + "/practitioners")
    by_id = c.public.get(f"{API}/orgs/{c.org['id']}/practitioners")
    assert by_slug.status == 200 and by_slug.body == by_id.body
    assert len(by_slug.json["practitioners"]) == 6
    assert all(p["name"] and p["specialty"] for p in by_slug.json["practitioners"])


def test_motives_are_those_of_the_practitioner(c):
    practitioner, motive = c.offers[0]
    answer = c.public.get(f"{c.base}/motives?practitioner={practitioner}")
    assert motive in [m["id"] for m in answer.json["motives"]]
    every = {m["id"] for m in c.public.get(c.base + "/motives").json["motives"]}
    assert {m["id"] for m in answer.json["motives"]} <= every
    assert all(m["minutes"] >= 5 and m["online"] for m in answer.json["motives"])


def test_slots_have_the_local_offset_and_lie_in_the_range_in_order(c):
    practitioner, motive = c.offers[0]
    minutes = next(m["minutes"] for m in c.motives(practitioner) if m["id"] == motive)
    tomorrow = datetime.date.fromisoformat(c.server.world.day(1))
    slots = c.slots(practitioner, motive, 92, c.public, **{"from": tomorrow.isoformat()})
    starts = [datetime.datetime.fromisoformat(s["start"]) for s in slots]
    assert starts and starts == sorted(set(starts))
    for slot, start in zip(slots, starts):
        end = datetime.datetime.fromisoformat(slot["end"])
        assert slot["practitioner"] == practitioner
        assert end - start == datetime.timedelta(minutes=minutes)
        assert tomorrow <= start.date() < tomorrow + datetime.timedelta(days=92)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00\+0[12]:00", slot["start"]), slot["start"]
        summer = last_sunday(start.year, 3) <= start.date() < last_sunday(start.year, 10)
        assert start.utcoffset() == datetime.timedelta(hours=2 if summer else 1), slot["start"]


def last_sunday(year, month):
    day = datetime.date(year, month, 31)
    return day - datetime.timedelta(days=(day.weekday() + 1) % 7)


def test_slots_over_all_are_those_of_each(c):
    practitioner, motive = c.offers[0]
    answer = c.staff.get(f"{c.base}/slots?motive={motive}&days=20").json
    assert "next" not in answer
    mine = [s for s in answer["slots"] if s["practitioner"] == practitioner]
    assert mine == c.slots(practitioner, motive, 20)
    keys = [(s["start"], int(s["practitioner"])) for s in answer["slots"]]
    assert keys == sorted(keys)


def test_a_limit_gives_the_first_ones(c):
    practitioner, motive = c.offers[0]
    every = c.staff.get(f"{c.base}/slots?motive={motive}&days=20").json["slots"]
    for n in (1, 2, 7):
        some = c.staff.get(f"{c.base}/slots?motive={motive}&days=20&limit={n}").json["slots"]
        assert [s["start"] for s in some] == [s["start"] for s in every[:n]]
    assert c.slots(practitioner, motive, 20, limit=1) == c.slots(practitioner, motive, 20)[:1]


def test_an_unchanged_answer_is_304_until_a_time_is_taken(c):
    order = c.order()
    path = f"{c.base}/practitioners/{order['practitioner']}/slots?motive={order['motive']}&days=30"
    etag = c.staff.get(path).headers["ETag"]
    again = c.staff.get(path, If_None_Match=etag)
    if again.status == 200:     # the minute passed between the two
        etag = again.headers["ETag"]
        again = c.staff.get(path, If_None_Match=etag)
    assert again.status == 304 and again.body == b"" and again.headers["ETag"] == etag
    assert c.book(order).status == 201
    after = c.staff.get(path, If_None_Match=etag)
    assert after.status == 200 and order["start"] not in [s["start"] for s in after.json["slots"]]


def test_head_has_the_headers_and_no_body(c):
    practitioner, motive = c.offers[0]
    path = f"{c.base}/practitioners/{practitioner}/slots?motive={motive}"
    c.staff.wire.request("HEAD", path, headers={"Authorization": "Bearer " + c.staff.token})
    answer = c.staff.wire.getresponse()
    assert answer.status == 200 and answer.read() == b"" and answer.headers["ETag"]


def test_the_query_is_checked_field_by_field(c):
    practitioner, motive = c.offers[0]
    path = f"{c.base}/practitioners/{practitioner}/slots"
    wrong = [("", "motive"), (f"?motive={motive}&from=2027-02-29", "from"), (f"?motive={motive}&from=demain", "from"),
             (f"?motive={motive}&days=0", "days"), (f"?motive={motive}&days=93", "days"),
             (f"?motive={motive}&days=x", "days"), (f"?motive={motive}&limit=0", "limit"),
             (f"?motive={motive}&limit=1001", "limit"), (f"?motive={'9' * 300}", "motive")]
    for query, field in wrong:
        c.staff.get(path + query).is_problem(422, "invalid_field", field)
    c.staff.get(path + f"?motive={motive}&from=%ff").is_problem(422, "invalid")
    assert c.staff.get(path + f"?motive={motive}&days=92").status == 200


# --- booking ---

def test_a_booking_takes_the_time_and_its_cancellation_gives_it_back(c):
    order = c.order()
    made = c.book(order)
    assert made.status == 201, made.body
    place = f"{c.base}/bookings/{made.json['id']}"
    assert made.headers["Location"] == place
    assert made.json["start"] == order["start"] and made.json["state"] == "confirmed"
    taken = c.slots(order["practitioner"], order["motive"])
    assert order["start"] not in [s["start"] for s in taken]
    read = c.staff.get(place)
    assert read.status == 200
    assert {k: read.json["patient"][k] for k in ("family", "given", "birth_date", "email")} == \
        {k: order["patient"][k] for k in ("family", "given", "birth_date", "email")}
    assert read.json["patient"]["phone"].startswith("+3363998"), read.json["patient"]
    gone = c.staff.ask("DELETE", place)
    assert gone.status == 204 and gone.body == b""
    assert c.staff.get(place).json["state"] == "cancelled"
    assert c.staff.ask("DELETE", place).status == 204
    assert order["start"] in [s["start"] for s in c.slots(order["practitioner"], order["motive"])]


def test_a_taken_time_answers_with_the_next_three_and_they_can_be_booked(c):
    order = c.order()
    assert c.book(order).status == 201
    late = c.book({**order, "patient": c.patient()})
    late.is_problem(409, "slot_taken")
    offered = [s["start"] for s in c.slots(order["practitioner"], order["motive"], 92)]
    later = [s for s in offered if s > order["start"]]
    assert [s["start"] for s in late.json["alternatives"]] == later[:3]
    assert c.book({**order, "start": later[0], "patient": c.patient()}).status == 201


def test_a_time_that_is_not_offered_is_a_conflict(c):
    order = c.order()
    start = datetime.datetime.fromisoformat(order["start"])
    for wrong in (start.replace(hour=3), start + datetime.timedelta(minutes=1), start + datetime.timedelta(seconds=1)):
        c.book({**order, "start": wrong.isoformat()}).is_problem(409, "slot_taken")


def test_another_offset_is_the_same_moment(c):
    order = c.order()
    utc = datetime.datetime.fromisoformat(order["start"]).astimezone(datetime.timezone.utc)
    made = c.book({**order, "start": utc.strftime("%Y-%m-%dT%H:%M:%SZ")})
    assert made.status == 201 and made.json["start"] == order["start"]


def test_the_same_person_is_found_again_and_a_homonym_is_not_the_same(c):
    order = c.order()
    first = c.book(order).json["patient"]["id"]
    typed = {**order["patient"], "family": order["patient"]["family"].upper(), "phone": None}
    assert c.book(c.order(1, typed)).json["patient"]["id"] == first
    homonym = {**order["patient"], "birth_date": "1981-01-01"}
    assert c.book(c.order(2, homonym)).json["patient"]["id"] != first


def test_a_patient_cannot_be_in_two_places(c):
    starts = {}
    for practitioner, motive in c.offers:
        for slot in c.slots(practitioner, motive)[8:]:
            if (practitioner, slot["start"]) not in c.used:
                starts.setdefault(slot["start"], []).append((practitioner, motive))
    start, ((p1, m1), (p2, m2), *_) = next((s, o) for s, o in starts.items() if len(o) > 1)
    patient = c.patient()
    c.used |= {(p1, start), (p2, start)}
    assert c.book({"practitioner": p1, "motive": m1, "start": start, "patient": patient}).status == 201
    c.book({"practitioner": p2, "motive": m2, "start": start, "patient": patient}).is_problem(409, "patient_busy")
    c.book({"practitioner": p1, "motive": m1, "start": start, "patient": patient}).is_problem(409, "slot_taken")


def test_of_sixteen_askers_one_wins(c):
    for _ in range(3):
        order = c.free()
        clients = [Client(c.server, c.staff.token) for _ in range(16)]
        answers = together(16, lambda i: c.book({**order, "patient": c.patient()}, clients[i]))
        assert sorted(a.status for a in answers) == [201] + [409] * 15, [a.body for a in answers if a.status > 409]
        for answer in answers:
            if answer.status == 409:
                answer.is_problem(409, "slot_taken")
                assert len(answer.json["alternatives"]) == 3


def test_a_key_makes_a_request_idempotent(c):
    order = c.order()
    first = c.book(order, Idempotency_Key="essai-1")
    again = c.book(order, Idempotency_Key="essai-1")
    assert first.status == again.status == 201 and first.json == again.json
    c.book({**order, "patient": c.patient()}, Idempotency_Key="essai-1") \
        .is_problem(422, "idempotency_key_reused", "Idempotency-Key")
    c.book(order, Idempotency_Key="k" * 256).is_problem(422, "invalid_field", "Idempotency-Key")


def test_the_same_key_at_the_same_moment_books_once(c):
    order = c.order()
    clients = [Client(c.server, c.staff.token) for _ in range(8)]
    answers = together(8, lambda i: c.book(order, clients[i], Idempotency_Key="essai-2"))
    assert {a.status for a in answers} == {201}, [a.body for a in answers]
    assert len({a.json["id"] for a in answers}) == 1


def test_booking_without_address_or_number_is_possible_for_staff(c):
    patient = {k: v for k, v in c.patient().items() if k in ("family", "given", "birth_date")}
    assert c.book(c.order(0, patient)).status == 201


# --- bad input ---

def test_malformed_json_is_told_with_its_position(c):
    for body, line, column in ((b"{", 1, 2), (b'{"motive":\n  oops}', 2, 3), (b"", 1, 1), (b'{"a":1,"a":2}', 1, 8),
                               (b'{"motive":"\xff"}', 1, 12), (b'{"motive":"\\u0000"}', 1, None), (b"[" * 40, 1, None)):
        answer = c.book(body)
        answer.is_problem(400, "malformed_json")
        assert answer.json["line"] == line and answer.json["offset"] >= 0, answer.body
        assert column is None or answer.json["column"] == column, answer.body


def test_another_type_of_content_is_refused(c):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
        c.book(b"{}", Content_Type=kind).is_problem(415, "unsupported_media_type")
    assert c.book(c.order(), Content_Type="Application/JSON; charset=utf-8").status == 201


def test_every_field_is_checked_and_named(c):
    order = c.order()
    patient = order["patient"]

    def person(**more):
        return {"patient": {**patient, **more}}

    wrong = [({"motive": 12}, "wrong_type", "motive"), ({"start": None}, "wrong_type", "start"),
             ({"patient": "Zoé"}, "wrong_type", "patient"), ({"patient": []}, "wrong_type", "patient"),
             ({"notes": "x"}, "unknown_field", "notes"), (person(nir="1"), "unknown_field", "patient.nir"),
             ({"motive": "x"}, "invalid_field", "motive"), ({"practitioner": "-1"}, "invalid_field", "practitioner"),
             ({"motive": ""}, "missing_field", "motive"), ({"motive": "1" * 20}, "too_long", "motive"),
             (person(family=" "), "missing_field", "patient.family"),
             (person(family="é" * 81), "too_long", "patient.family"),
             (person(given="a\nb"), "invalid_field", "patient.given"),
             (person(birth_date="2027-02-29"), "invalid_field", "patient.birth_date"),
             (person(birth_date="2999-01-01"), "invalid_field", "patient.birth_date"),
             (person(email="nobody"), "invalid_field", "patient.email"),
             (person(email="a@b.test\r\nBcc: c@d.test"), "invalid_field", "patient.email"),
             (person(phone="12"), "invalid_field", "patient.phone"),
             (person(phone=33612345678), "wrong_type", "patient.phone"),
             ({"start": "2027-02-29T10:00:00+01:00"}, "invalid_field", "start"),
             ({"start": "2027-03-01T10:00:00"}, "invalid_field", "start"),
             ({"start": "2027-03-01T25:00:00+01:00"}, "invalid_field", "start"),
             ({"start": "2020-01-06T09:00:00+01:00"}, "past", "start"),
             ({"start": "2150-01-05T09:00:00+01:00"}, "too_far", "start")]
    for change, word, field in wrong:
        c.book({**order, **change}).is_problem(422, word, field)
    for name in order:
        c.book({k: v for k, v in order.items() if k != name}).is_problem(422, "missing_field", name)
    for name in ("family", "given", "birth_date"):
        c.book({**order, "patient": {k: v for k, v in patient.items() if k != name}}) \
            .is_problem(422, "missing_field", "patient." + name)
    c.book([order]).is_problem(422, "wrong_type")
    c.book({"k" * 5000: 1}).is_problem(422, "unknown_field", "?")
    assert order["start"] in [s["start"] for s in c.slots(order["practitioner"], order["motive"])]


def test_a_body_over_the_limit_is_refused(c):
    client = Client(c.server, c.staff.token)
    c.book({**c.order(), "note": "x" * 70000}, client).is_problem(413, "too_large")


def test_wrong_methods_and_addresses_are_problems_too(c):
    answer = c.staff.ask("DELETE", c.base + "/practitioners")
    answer.is_problem(405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]
    answer = c.staff.ask("PUT", c.base + "/bookings/1")
    answer.is_problem(405, "method_not_allowed")
    assert "DELETE" in answer.headers["Allow"]
    for path in (API, API + "/orgs", API + "/nothing", c.base + "/practitioners/", c.base + "/bookings/x/y"):
        c.staff.get(path).is_problem(404, "not_found")


def test_details_are_in_the_language_of_the_asker(c):
    path = c.base + "/slots?motive=1&days=0"
    english = c.staff.get(path, Accept_Language="en-GB,en;q=0.9").json["detail"]
    french = c.staff.get(path, Accept_Language="fr").json["detail"]
    assert english == "A number from 1 to 92 is wanted here." and french == "Un nombre de 1 à 92 est attendu ici."


# --- who may do what ---

def test_without_a_good_token_there_is_no_booking(c):
    order = c.order()
    made = c.book(order).json["id"]
    for header in (None, "Bearer srm_" + "A" * 43, "Bearer x", "Basic YTpi", "Bearer " + c.staff.token + "x"):
        for method, path in (("POST", "/bookings"), ("GET", "/bookings/" + made), ("DELETE", "/bookings/" + made)):
            answer = Client(c.server).ask(method, c.base + path, b"{}" if method == "POST" else None,
                                          Authorization=header)
            answer.is_problem(401, "unauthorized")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert ("invalid_token" in answer.headers["WWW-Authenticate"]) == (header is not None)
    c.public.get(c.base + "/practitioners", Authorization="Bearer x").is_problem(401, "unauthorized")
    assert c.staff.get(f"{c.base}/bookings/{made}").json["state"] == "confirmed"


def test_unknown_ids_and_those_of_another_organisation_answer_with_the_same_bytes(c):
    theirs = f"{API}/orgs/{c.other['slug']}"
    practitioner, motive = c.offers[0]
    stranger = c.stranger.get(theirs + "/practitioners").json["practitioners"][0]["id"]
    their_motive = c.stranger.get(f"{theirs}/motives?practitioner={stranger}").json["motives"][0]["id"]
    booked = c.book(c.order()).json["id"]
    missing = c.staff.get(f"{c.base}/bookings/{NOBODY}")
    missing.is_problem(404, "not_found")
    same = [c.staff.get(f"{c.base}/motives?practitioner={who}") for who in (NOBODY, stranger, "x")]
    same += [c.staff.get(f"{c.base}/practitioners/{who}/slots?motive={motive}") for who in (NOBODY, stranger, "x")]
    same += [c.staff.get(f"{c.base}/practitioners/{practitioner}/slots?motive={what}")
             for what in (NOBODY, their_motive, "x")]
    same += [c.staff.get(f"{c.base}/slots?motive={what}") for what in (NOBODY, their_motive)]
    order = c.order()
    same += [c.book({**order, field: what}) for field in ("practitioner", "motive")
             for what in (NOBODY, stranger, their_motive)]
    for org in (theirs, f"{API}/orgs/nowhere", f"{API}/orgs/{NOBODY}"):     # our token speaks for one organisation
        same += [c.staff.get(org + "/practitioners"), c.staff.get(org + "/motives"),
                 c.staff.get(f"{org}/slots?motive={motive}"),
                 c.staff.ask("POST", org + "/bookings", order), c.staff.get(f"{org}/bookings/{booked}"),
                 c.staff.ask("DELETE", f"{org}/bookings/{booked}")]
    same += [c.stranger.get(f"{c.base}/bookings/{booked}"), c.stranger.ask("DELETE", f"{c.base}/bookings/{booked}"),
             c.stranger.get(f"{theirs}/bookings/{booked}"), c.stranger.ask("DELETE", f"{theirs}/bookings/{booked}")]
    for answer in same:
        assert (answer.status, answer.body) == (404, missing.body), answer.body
    assert c.staff.get(f"{c.base}/bookings/{booked}").json["state"] == "confirmed"


def test_every_staff_role_may_book(c):
    for role in ("administrator", "practitioner", "secretary"):
        assert c.book(c.order(), Client(c.server, c.token(role))).status == 201, role


def test_the_public_is_held_to_its_rate_and_tokens_are_not(c):
    flood = Client(c.server, address="127.0.0.9")
    statuses = [flood.get(c.base + "/practitioners").status for _ in range(260)]
    assert statuses[:100] == [200] * 100 and 429 in statuses and set(statuses) == {200, 429}
    answer = flood.get(c.base + "/practitioners")
    if answer.status == 200:    # a new minute
        answer = next(a for a in (flood.get(c.base + "/practitioners") for _ in range(200)) if a.status != 200)
    answer.is_problem(429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0
    flood.token = c.staff.token
    assert {flood.get(c.base + "/practitioners").status for _ in range(200)} == {200}


# --- at the end ---

def test_every_answer_was_as_documented(c):
    assert unlike == [], "\n".join(sorted(set(unlike)))


def run_all(server):
    passed, failed = 0, 0
    case = Case(server)
    for name, test in [(n, t) for n, t in globals().items() if n.startswith("test_")]:
        try:
            test(case)
            passed += 1
        except Exception:  # a failed test is told, and the others run
            failed += 1
            print(f"FAILED {name}\n{traceback.format_exc(limit=-3)}")
    if re.search(r'"level":"error"', server.log):
        failed += 1
        print(f"FAILED the log tells of no error\n{server.log[-4000:]}")
    return passed, failed


def main():
    with database("postgres" if "--postgres" in sys.argv else "sqlite") as store, \
            demo(store=store, orgs=2, practitioners=6, patients=40, appointments=60, seed=11) as world:
        try:
            with serving(world) as server:
                passed, failed = run_all(server)
        except Failed as why:  # it did not end well
            passed, failed = 0, 1
            print(f"FAILED {why}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0 or passed == 0


if __name__ == "__main__":
    sys.exit(main())
