#!/usr/bin/env python3
"""T1 from outside: a valid account, its session stolen, asks for the whole practice.

It gets the budget and no more; a code gives ten times as much; then reading
stops until another administrator lifts it.  The day's work goes on meanwhile.
The last line is "N passed, N failed".
"""
import itertools
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import Browser, Failed, Tests, check, demo, equal, serving, totp  # noqa: E402

BUDGET, PROVEN_TIMES = 60, 10       # of the default promise
PATIENTS = 900
LETTERS = "abcdefghijklmnoprstuv"


def sign_in(server, world, role):
    b = Browser(server)
    b.sign_in(world.account(role))
    equal(b.get("/aujourdhui").status, 200, f"{role} is signed in")
    return b


def scrape(browser, seen, until):
    """Search after search, as a program would; the page that stopped it, or None."""
    for first, second in itertools.product(LETTERS, LETTERS):
        browser.get("/patients")
        answer = browser.submit("/patients", q=first + second)
        if answer.status == 303:
            return answer.header("Location")
        equal(answer.status, 200, f"searching {first}{second}")
        seen |= set(re.findall(r"patient=(\d+)", answer.body))
        if len(seen) > until:
            return None
    raise Failed(f"the demonstration has only {len(seen)} patients to steal")


def the_theft(world, server):
    thief, stolen = sign_in(server, world, "practitioner"), set()
    began = time.monotonic()
    equal(scrape(thief, stolen, PATIENTS), "/lecture?retour=%2Fpatients", "where the search leads")
    # Patients with an appointment around now are free; the demonstration made none.
    check(len(stolen) <= BUDGET + 1, f"{len(stolen)} files were read")
    check(len(stolen) > BUDGET // 2, f"the budget was not used: {len(stolen)}")
    equal(thief.get("/agenda").status, 200, "the agenda of the day")
    thief.get("/lecture")
    equal(thief.submit("/lecture", code="000000").status, 422, "a wrong code")
    administrator = sign_in(server, world, "administrator")
    page = administrator.get("/reglages/alertes").body
    check("Un code a été demandé" in page, "no alarm is shown")
    check(time.monotonic() - began < 60, "the alarm took longer than a minute")
    return thief, stolen, administrator


def the_stop(world, server, thief, stolen, administrator):
    account = world.account("practitioner")
    thief.get("/lecture?retour=/patients")
    answer = thief.submit("/lecture", code=totp(account["totp_secret"], server.now() + 30))
    equal((answer.status, answer.header("Location").split("?")[0]), (303, "/patients"), "back after the code")
    before = len(stolen)
    check(scrape(thief, stolen, PATIENTS) is not None, "nothing stopped it")
    check(before < len(stolen) <= BUDGET * PROVEN_TIMES + 1, f"{len(stolen)} files were read")
    check("arrêtée pour votre compte" in thief.get("/lecture").text, "it does not say so")
    # One's own stop is lifted by somebody else; a stranger's address is no alarm.
    page = administrator.get("/reglages/alertes").body
    alarm = re.search(r'action="(/reglages/alertes/\d+/lever)"', page)
    check(alarm is not None, "the administrator cannot lift it")
    csrf = thief.form("/deconnexion")["csrf"]
    equal(thief.post(alarm[1], {"csrf": csrf}).status, 403, "the thief lifts it")
    equal(administrator.submit(alarm[1]).status, 303, "lifting")
    equal(thief.get("/patients").status, 200, "the page of the search")
    equal(thief.submit("/patients", q="dupont").status, 200, "reading again")


tests = Tests()
with demo(patients=PATIENTS, appointments=0) as the_world, serving(the_world) as the_server:
    kept = []
    tests.run("a stolen session reads the budget and no more, and an alarm rings",
              lambda: kept.extend(the_theft(the_world, the_server)))
    if kept:
        tests.run("a code gives more, then reading stops until somebody else lifts it",
                  the_stop, the_world, the_server, *kept)
tests.end()
