#!/usr/bin/env python3
"""1,000 canaries planted in every personal field; none is found in any file (R70, T2).

Canaries go in through every door that takes a person's words: the API, the public pages
(for oneself and for a relative, before the address is proven), the staff's appointments
and notes, blocked time, absences, invitations and accounts.  Then every file of the data folder (database, WAL, keys, logs, backups) is read as bytes.
"""
import html
import pathlib
import re
import secrets
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import (PROGRAM, Browser, Tests, check, database, demo, engines, equal, first_motive, free_slots,
                     serving)

CANARIES = {"sqlite": 1000, "postgres": 200}     # PostgreSQL has many files of its own to look through


def word():
    # Letters only, so that names, addresses and notes accept it; unlikely by chance.
    return "Qz" + "".join(chr(97 + secrets.randbelow(26)) for _ in range(14))


def hits(folder, canaries):
    wanted = {form for c in canaries for form in (c.encode(), c.lower().encode(), c.upper().encode(),
                                                  c.encode("utf-16-le"))}
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            try:
                data = path.read_bytes()
            except FileNotFoundError:   # PostgreSQL removes files while we look
                continue
            found += [(path.name, w) for w in wanted if w in data]
    return found


def posted(browser, what):
    """The page took it: it led on, and what it led to is no form with mistakes."""
    answer = browser.follow()
    said = re.sub(r"<[^>]+>|\s+", " ", " ".join(re.findall(r'(?s)class="error.*?</', answer.body)))[:300]
    check(answer.status == 200 and "error-summary" not in answer.body, f"{what}: {answer.status} {said}")


def send(browser, page, action, what, **fields):
    """As a person does: open the page, fill its form in."""
    browser.get(page)
    browser.submit(action, **fields)
    posted(browser, what)


def plant_at_the_desk(server, world, practitioner, motive, slot):
    """Appointment with a note, note changed, blocked time, absence, invitation, own name."""
    browser = Browser(server)
    browser.sign_in(world.account("administrator"))
    posted(browser, "sign-in")
    family, given, mail, note, later, block, absence, invited, invited_mail, own = (word() for _ in range(10))
    day, hour = slot["start"][:10], slot["start"][11:16]
    send(browser, "/agenda/rdv/nouveau", "/agenda/rdv/nouveau", "appointment", praticien=practitioner, motif=motive,
         date=day, heure=hour, patient="nouveau", nom=family, prenom=given, naissance="12/03/1980",
         email=f"{mail}@example.org", note=note)
    page = browser.get(f"/agenda?vue=colonnes&date={day}").body
    mine = next(i for i in re.findall(r"/agenda/rdv/(\d+)", page) if family in browser.get(f"/agenda/rdv/{i}").body)
    send(browser, f"/agenda/rdv/{mine}", f"/agenda/rdv/{mine}/note", "note", note=later)
    send(browser, "/agenda/blocage", "/agenda/blocage", "block", praticien=practitioner, date=day, de="21:00",
         a="21:30", note=block)
    send(browser, "/reglages/absences/nouvelle", "/reglages/absences/nouvelle", "absence", praticien=practitioner,
         debut_jour=day, debut_heure="22:00", fin_jour=day, fin_heure="22:30", repete="0",
         raison=absence)
    send(browser, "/reglages/equipe/inviter", "/reglages/equipe/inviter", "invitation",
         email=f"{invited_mail}@example.org", nom=invited, role="2")
    send(browser, "/compte", "/compte", "own name", nom=own, langue="fr")
    shown = [browser.get(f"/agenda/rdv/{mine}").body, browser.get(f"/reglages/absences?praticien={practitioner}").body,
             browser.get("/reglages/equipe").body, browser.get("/compte").body]
    for number, planted in ((0, family), (0, later), (1, absence), (2, invited), (3, own)):
        check(planted in shown[number], f"page {number} does not show {planted}: it was not planted")
    return [family, given, mail, note, later, block, absence, invited, invited_mail, own]


def plant_as_a_visitor(server, world):
    """Up to the code, which is not given: what was typed lies in the draft, and the code in the outbox."""
    browser, slug = Browser(server), world.organisations[0]["slug"]
    family, given, mail, other, first = (word() for _ in range(5))
    page = browser.get(f"/s/{slug}").body
    browser.get(re.search(rf'"(/s/{slug}/[a-z0-9-]+)"', page)[1])
    for _ in range(10):
        form = re.search(r'<form[^>]*action="([^"]*/creneau)".*?</form>', browser.page.body, re.S)
        if form and 'name="debut"' in form[0]:
            break
        following = re.search(r'href="([^"]*)"[^>]*>[^<]*(?:<[^>]*>)*\s*Jours suivants', browser.page.body)
        browser.get(html.unescape(following[1]))
    fields = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form[0]))
    fields["debut"] = re.search(r'name="debut" value="([^"]*)"', form[0])[1]
    browser.post(html.unescape(form[1]), fields)
    posted(browser, "choice of a time")
    browser.submit("/coordonnees", pour="proche", nom=family, prenom=given, naissance="12/03/2015",
                   email=f"{mail}@example.org", telephone="0639980042", nom_demandeur=other, prenom_demandeur=first)
    posted(browser, "details")
    check(browser.path.startswith("/confirmer"), f"led to {browser.path}")
    return [family, given, mail, other, first, "+33639980042"]


def plant(server, world, wanted):
    slug, practitioner, motive = first_motive(server, world)
    token = world.account("secretary")["api_token"]
    slots = free_slots(server, slug, practitioner, motive)
    canaries = []
    while len(canaries) < wanted:
        family, given, mail = word(), word(), word()
        phone = f"+336399{secrets.randbelow(10 ** 5):05d}"
        answer = server.api("POST", f"/orgs/{slug}/bookings", token, {
            "motive": motive, "practitioner": practitioner, "start": slots.pop()["start"],
            "patient": {"family": family, "given": given, "birth_date": "1980-03-12",
                        "email": f"{mail}@example.org", "phone": phone}})
        equal(answer.status, 201, answer.body[:300])
        canaries += [family, given, mail, phone]
    return canaries


def nothing_is_found(engine):
    with database(engine) as store, demo(store=store, practitioners=6, appointments=0) as world:
        # PostgreSQL's own files, where it keeps them.
        folders = [world.folder] + ([store.split("host=")[1]] if store else [])
        with serving(world) as server:
            canaries = plant_as_a_visitor(server, world)
            slug, practitioner, motive = first_motive(server, world)
            canaries += plant_at_the_desk(server, world, practitioner, motive,
                                          free_slots(server, slug, practitioner, motive)[-1])
            canaries += plant(server, world, CANARIES[engine])
            backup = str(pathlib.Path(world.folder, "copy"))
            run = subprocess.run([PROGRAM, "backup", "--dir", world.folder, "--out", backup,
                                  *(["--store", store] if store else [])], capture_output=True, text=True)
            equal(run.returncode, 0, run.stderr)
            for half in ("data", "keys"):
                check(pathlib.Path(f"{backup}.{half}").stat().st_size > 10000, f"no backup of the {half}")
            for folder in folders:
                equal(hits(folder, canaries), [], "while serving")
        for folder in folders:
            equal(hits(folder, canaries), [], "after the stop")
        # The search itself works: a canary laid in a file is found.
        pathlib.Path(world.folder, "laid").write_text(f"..{canaries[0]}..")
        check(hits(world.folder, canaries), "the search finds nothing at all")


tests = Tests()
for which in engines():
    tests.run(f"none of {CANARIES[which]} canaries lies in clear in any file on {which}", nothing_is_found, which)
tests.end()
