"""Reminders as the practice sees them: what left, what could not, what will leave by itself (ux-43)."""
import http.client
import json
import re
import time

from harness import Browser, Server

WAIT_SECONDS = 60
CHOSEN = {"delai": "1440", "langue": "0", "fuseau": "Europe/Paris"}     # of the form's lists, as they are


def messages(b):
    """The outbox page, once nothing waits any more."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        page = b.get("/messages")
        assert page.status == 200
        if "Rappel de rendez-vous" in page.text and "En attente" not in page.text:
            return page
        assert time.monotonic() < end, page.text[-2000:]
        time.sleep(0.5)


def appointment(page, state):
    """The page of the appointment of a message that ended so."""
    for row in re.split(r"<(?:tr|li)\b", page.body):
        if state in row and (found := re.search(r"/agenda/rdv/\d+", row)):
            return found.group()
    raise AssertionError(f"no message {state!r}: {page.text[-2000:]}")


def test_the_practice_sees_which_reminders_left_and_which_could_not():
    with Server(mail=True) as s:
        b = Browser(s)
        b.sign_in(s.account("administrator"))
        page = messages(b)
        sent = b.get(appointment(page, "Envoyé"))
        assert sent.status == 200 and "Rappel, remis" in sent.text, sent.text[-1500:]
        unaddressed = b.get(appointment(page, "Pas d’adresse e-mail"))
        assert unaddressed.status == 200
        assert "Rappel, non envoyé : pas d’adresse e-mail" in unaddressed.text, unaddressed.text[-1500:]


def api(s, method, path, value=None):
    wire = http.client.HTTPConnection("127.0.0.1", s.port, timeout=30)
    wire.request(method, f"/api/v1/orgs/{s.demo['organisations'][0]['slug']}{path}", value and json.dumps(value),
                 {"Authorization": "Bearer " + s.account("secretary")["api_token"], "Content-Type": "application/json"})
    answer = json.loads(wire.getresponse().read())
    wire.close()
    return answer


def book_in_a_week(s):
    who = api(s, "GET", "/practitioners")["practitioners"][0]["id"]
    from_day = time.strftime("%Y-%m-%d", time.gmtime(s.now() + 7 * 86400))
    for motive in api(s, "GET", f"/motives?practitioner={who}")["motives"]:
        path = f"/practitioners/{who}/slots?motive={motive['id']}&from={from_day}&days=14"
        if slots := api(s, "GET", path)["slots"]:
            return api(s, "POST", "/bookings", {
                "motive": motive["id"], "practitioner": who, "start": slots[-1]["start"],
                "patient": {"family": "Essai", "given": "Lou", "birth_date": "1980-03-12",
                            "email": "lou@example.org", "phone": "06 39 98 12 34"}})["id"]
    raise AssertionError("no free time in a week")


def test_an_appointment_says_when_its_reminder_will_leave_unless_the_practice_sends_none():
    with Server() as s:
        b = Browser(s)
        b.sign_in(s.account("administrator"))
        planned = f"/agenda/rdv/{book_in_a_week(s)}"
        assert "Rappel, partira tout seul" in b.get(planned).text
        b.get("/reglages/cabinet")
        assert re.search(r'name="rappel".*?value="48" selected', b.page.body, re.S)
        b.submit("/reglages/cabinet", rappel="9999", **CHOSEN)
        assert b.page.status == 422 and "Choisissez quand les patients reçoivent un rappel" in b.page.text
        b.submit("/reglages/cabinet", rappel="0", **CHOSEN)
        assert b.page.status == 303
        assert "partira tout seul" not in b.get(planned).text
        b.get("/reglages/cabinet")
        b.submit("/reglages/cabinet", rappel="72", **CHOSEN)
        assert "partira tout seul" in b.get(planned).text


def test_a_practice_that_opens_on_public_holidays_says_so():
    with Server() as s:
        b = Browser(s)
        b.sign_in(s.account("administrator"))
        b.get("/reglages/cabinet")
        form = b.form("/reglages/cabinet")
        assert form.pop("feries") == "1", "closed, if nobody has said otherwise"
        b.post("/reglages/cabinet", {**form, "rappel": "48", **CHOSEN})
        assert b.page.status == 303, b.page.text[:1500]
        b.get("/reglages/cabinet")
        assert "feries" not in b.form("/reglages/cabinet")
