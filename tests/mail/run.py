#!/usr/bin/python3
"""What patients find in their mailbox, end to end: a real server, a real mail server on loopback.

A patient books, moves and cancels through the public pages, staff through the API; the mails that
arrive are taken apart with Python's own parsers.  Needs python3-aiosmtpd.  The last line is
"N passed, N failed"; the exit status is 1 if one failed.
R49, R52, T18, ux-43.
"""
import contextlib
import datetime
import email
import email.policy
import os
import pathlib
import re
import socket
import sqlite3
import sys
import threading
import time
import unicodedata
import urllib.parse
import zoneinfo

from aiosmtpd.controller import Controller

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import Browser, Tests, check, demo, first_motive, free_slots, serving  # noqa: E402

FROM = "agenda@cabinet.example"
WAIT_SECONDS = 30       # a change by staff may be undone for ten seconds: no notice leaves before


# --- the mail server -----------------------------------------------------------------------------

class Sink:
    """Takes mail; recipients named unknown@ do not exist."""

    def __init__(self):
        self.lock = threading.Condition()
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown@"):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.lock:
            self.mails.append((envelope.rcpt_tos[0], envelope.mail_from, message, session.peer[1]))
            self.lock.notify_all()
        return "250 taken"

    def wait(self, address, subject, seconds=WAIT_SECONDS):
        """The newest mail to this address whose subject begins so."""
        end = time.monotonic() + seconds
        with self.lock:
            while True:
                for to, sender, message, port in reversed(self.mails):
                    if to == address and plain(message["Subject"]).startswith(subject):
                        return Mail(sender, message, port)
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"no mail {subject!r} for {address} in {seconds} s; there are "
                                         f"{[(m[0], m[2]['Subject']) for m in self.mails]}")
                self.lock.wait(left)

    def count(self, address):
        with self.lock:
            return sum(1 for m in self.mails if m[0] == address)


def plain(text):
    """No-break spaces as spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


class Mail:
    """One mail, taken apart."""

    def __init__(self, sender, message, port):
        self.sender, self.message, self.port = sender, message, port
        self.subject = plain(message["Subject"])
        self.text = plain(message.get_body(("plain",)).get_content()).replace("\r\n", "\n")
        self.html = message.get_body(("html",)).get_content()
        self.calendars = [p for p in message.walk() if p.get_content_type() in
                          ("text/calendar", "application/ics")]

    def calendar(self):
        """{NAME: value} of the one event, and of the calendar around it."""
        ics = self.calendars[0].get_content()
        if isinstance(ics, bytes):
            ics = ics.decode("utf-8")
        ics = re.sub(r"\r?\n[ \t]", "", ics)
        ics = re.sub(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r?\n", "", ics, flags=re.S)
        found = {}
        for line in ics.splitlines():
            name, _, value = line.partition(":")
            found[name.split(";")[0]] = value
            if ";TZID=" in name:
                found[name.split(";")[0] + ".TZID"] = name.split(";TZID=")[1]
        return found

    def link(self):
        links = re.findall(r"https?://\S+", self.text)
        assert len(links) == 1, f"one link, the one it is about, not {links}"
        return links[0]


# --- the practice --------------------------------------------------------------------------------

class Practice:
    """The demonstration practice, through the API."""

    def __init__(self, server, world):
        self.server, self.name = server, world.organisations[0]["name"]
        self.token = world.account("secretary")["api_token"]
        self.slug, practitioner, motive = first_motive(server, world)
        self.practitioner = self.find("/practitioners", practitioner)
        self.motive = self.find(f"/motives?practitioner={practitioner}", motive)
        self.slots = free_slots(server, self.slug, practitioner, motive)
        check(len(self.slots) > 20, "the demonstration has too few free times")

    def find(self, path, wanted):
        _, listed = self.call("GET", path)
        return next(row for rows in listed.values() for row in rows if row["id"] == wanted)

    def call(self, method, path, body=None):
        answer = self.server.api(method, f"/orgs/{self.slug}{path}", self.token, body)
        return answer.status, answer.json() if answer.raw else None

    def book(self, given, address, slot):
        status, answer = self.call("POST", "/bookings", {
            "motive": self.motive["id"], "practitioner": self.practitioner["id"], "start": slot["start"],
            "patient": {"family": "Essai", "given": given, "birth_date": "1980-03-12", "email": address,
                        "phone": "06 39 98 12 34"}})
        assert status == 201, f"booking: {status} {answer}"
        return answer["id"]


# --- what is expected ----------------------------------------------------------------------------

WORDS = {
    "fr": {"code": "Votre code pour", "booked": "Rendez-vous confirmé : ", "moved": "Rendez-vous déplacé : ",
           "cancelled": "Rendez-vous annulé : ", "reminder": "Rappel de votre rendez-vous : ",
           "hour": r" à (\d+) h(?: (\d\d))?$"},
    "en": {"code": "Your code for", "booked": "Appointment confirmed: ", "moved": "Appointment moved: ",
           "cancelled": "Appointment cancelled: ", "reminder": "Reminder of your appointment: ",
           "hour": r" at (\d\d):(\d\d)$"},
}


def check_form(mail, practice, lang):
    """Of every mail: structure, sender, and what must not be in it."""
    m = mail.message
    assert mail.sender == FROM, mail.sender
    assert m["From"].addresses[0].addr_spec == FROM
    assert m["From"].addresses[0].display_name == practice.name, m["From"]
    assert m["Content-Language"] == lang, m["Content-Language"]
    assert m["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<\d+@cabinet\.example>", m["Message-ID"]), m["Message-ID"]
    assert not m.defects and not [d for p in m.walk() for d in p.defects]
    assert f'<html lang="{lang}">' in mail.html
    page = mail.html.lower()
    for remote in ("<img", "src=", "url(", "<link", "<script", "@import", "<iframe"):
        assert remote not in page, f"{remote} in the HTML (R49)"
    health = [practice.motive["name"], practice.practitioner["name"].split()[-1],
              practice.practitioner.get("specialty") or practice.motive["name"]]
    for part in (mail.subject, mail.text, mail.html, *map(str, mail.calendars)):
        for word in health:
            assert word.lower() not in part.lower(), f"{word} in a mail (R52)"


def check_booking(mail, practice, lang, kind):
    check_form(mail, practice, lang)
    event = mail.calendar()
    method = "CANCEL" if kind == "cancelled" else "REQUEST"
    assert [p.get_content_type() for p in mail.calendars] == ["text/calendar", "application/ics"]
    assert mail.calendars[0].get_param("method") == method
    assert mail.message.get_content_type() == "multipart/mixed"
    alternatives = next(mail.message.iter_parts())
    assert alternatives.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in alternatives.iter_parts()] == \
        ["text/plain", "text/html", "text/calendar"]
    assert event["METHOD"] == method and event["STATUS"] == ("CANCELLED" if kind == "cancelled" else "CONFIRMED")
    assert event["ORGANIZER"] == f"mailto:{FROM}", event["ORGANIZER"]
    assert event["URL"] == mail.link() and mail.link() in mail.html
    hour = re.search(WORDS[lang]["hour"], mail.subject)
    assert hour, mail.subject
    start = event["DTSTART"]
    assert (int(start[9:11]), int(start[11:13])) == (int(hour.group(1)), int(hour.group(2) or 0)), \
        f"{mail.subject} but DTSTART {start}"
    assert event["DTSTART.TZID"] == "Europe/Paris"
    return event


# --- the tests -----------------------------------------------------------------------------------

class Suite:
    def __init__(self, world):
        self.world, self.sink, self.smtp = world, Sink(), None
        self.smtp_start(0)
        self.server = serving(world, settings={"smtp_url": f"smtp://127.0.0.1:{self.smtp_port}", "smtp_from": FROM,
                                               "smtp_require_tls": "no"}).start()
        self.practice = Practice(self.server, world)
        self.slots = reversed(self.practice.slots)      # visitors take the first ones

    def smtp_start(self, port):
        self.smtp = Controller(self.sink, hostname="127.0.0.1", port=port or free_port())
        self.smtp.start()
        self.smtp_port = self.smtp.port

    def end(self):
        self.server.stop()
        if self.smtp:
            self.smtp.stop()

    def rows(self, sql, *binds):
        with contextlib.closing(sqlite3.connect(f"file:{self.world.folder}/serment.db?mode=ro", uri=True)) as db:
            return db.execute(sql, binds).fetchall()

    def wait_row(self, sql, *binds, seconds=WAIT_SECONDS):
        end = time.monotonic() + seconds
        while not (rows := self.rows(sql, *binds)):
            assert time.monotonic() < end, f"nothing after {seconds} s: {sql}"
            time.sleep(0.2)
        return rows[0]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ascii_of(name):
    letters = unicodedata.normalize("NFD", name.lower())
    return "".join(c for c in letters if c.isascii())


def went(visitor):
    """The page took it, and led on to another."""
    answer = visitor.follow()
    assert answer.status == 200, f"{visitor.path}: {answer.status} {answer.text[:300]}"


def book_in_public(s, visitor, address):
    """Time, details, code, confirmation; the mails of it."""
    p = s.practice
    pages = Browser(s.server, "en")
    pages.get(f"/s/{p.slug}")
    mine = next(x for x in sorted(set(re.findall(rf'href="(/s/{p.slug}/[a-z0-9-]+)', pages.page.body)))
                if x.endswith(ascii_of(p.practitioner["name"].split()[-1])))
    visitor.get(f"{mine}?motif={p.motive['id']}&du={s.world.day(8)}")
    visitor.press("/creneau")
    went(visitor)
    visitor.submit("/coordonnees", pour="moi", nom="Essai", prenom=address.partition("@")[0].partition(".")[0],
                   naissance="1990-05-04", email=address, telephone="")
    went(visitor)
    lang = visitor.language
    code = s.sink.wait(address, WORDS[lang]["code"])
    check_form(code, p, lang)
    assert not code.calendars
    digits = re.search(r"^(\d{6})$", code.text, re.M)
    assert digits and digits.group(1) not in code.subject
    visitor.submit("/confirmer", code=digits.group(1))
    went(visitor)
    return s.sink.wait(address, WORDS[lang]["booked"])


def a_patient_books_moves_and_cancels_and_the_calendar_follows(s, lang):
    address = f"camille.{lang}@example.org"
    visitor = Browser(s.server, lang)
    booked = book_in_public(s, visitor, address)
    first = check_booking(booked, s.practice, lang, "booked")
    path = urllib.parse.urlsplit(booked.link()).path
    visitor.get(path + "/deplacer")
    visitor.press("/deplacer", -1)
    went(visitor)
    visitor.submit("/confirmer")
    went(visitor)
    moved = s.sink.wait(address, WORDS[lang]["moved"])
    second = check_booking(moved, s.practice, lang, "moved")
    visitor.get(path + "/annuler")
    visitor.submit("/annuler")
    went(visitor)
    cancelled = s.sink.wait(address, WORDS[lang]["cancelled"])
    third = check_booking(cancelled, s.practice, lang, "cancelled")
    assert first["UID"] == second["UID"] == third["UID"], "one entry in the calendar"
    assert int(first["SEQUENCE"]) < int(second["SEQUENCE"]) < int(third["SEQUENCE"])
    assert first["DTSTART"] != second["DTSTART"] == third["DTSTART"]
    assert first["ATTENDEE"] == f"mailto:{address}"
    assert s.sink.count(address) == 4, "code, confirmation, move, cancellation: no mail twice"


def the_download_is_the_same_entry_as_the_mail(s):
    address = "dominique@example.org"
    visitor = Browser(s.server, "fr")
    booked = book_in_public(s, visitor, address)
    answer = visitor.get(urllib.parse.urlsplit(booked.link()).path + "/rdv.ics")
    assert answer.status == 200
    assert booked.calendar()["UID"] in re.sub(r"\r\n ", "", answer.body)


def staff_may_undo_before_anything_is_told(s):
    booking = s.practice.book("Sacha", "sacha@example.org", next(s.slots))
    status, _ = s.practice.call("DELETE", f"/bookings/{booking}")
    assert status == 204, status
    s.practice.book("Noa", "noa@example.org", next(s.slots))
    s.sink.wait("noa@example.org", WORDS["fr"]["booked"])
    assert s.sink.count("sacha@example.org") == 0


def a_cancellation_by_the_practice_is_told(s):
    booking = s.practice.book("Alix", "alix@example.org", next(s.slots))
    s.sink.wait("alix@example.org", WORDS["fr"]["booked"])
    s.wait_row("SELECT 1 FROM outbox WHERE booking = ? AND state = 2", int(booking))
    assert s.practice.call("DELETE", f"/bookings/{booking}")[0] == 204
    check_booking(s.sink.wait("alix@example.org", WORDS["fr"]["cancelled"]), s.practice, "fr", "cancelled")


def a_refused_address_holds_nobody_up_and_becomes_a_task(s):
    wrong = s.practice.book("Maxime", "unknown@example.org", next(s.slots))
    s.practice.book("Charlie", "charlie@example.org", next(s.slots))
    s.sink.wait("charlie@example.org", WORDS["fr"]["booked"])
    row = s.wait_row("SELECT o.state, o.last_code, o.payload_sealed FROM task t JOIN outbox o ON o.org = t.org"
                     " AND o.id = t.outbox WHERE t.booking = ? AND t.done_at IS NULL", int(wrong))
    assert row == (3, 550, None), row


def a_mail_server_that_was_down_gets_its_messages_later(s):
    s.smtp.stop()
    s.smtp = None
    late = [s.practice.book(name, f"{name.lower()}@example.org", next(s.slots)) for name in ("Lou", "Ange", "Eden")]
    for booking in late:
        attempts, code = s.wait_row("SELECT attempts, last_code FROM outbox WHERE booking = ? AND attempts > 0"
                                    " AND claimed_until = 0", int(booking))
        assert (attempts, code) == (1, 0), "no busy loop"
    s.smtp_start(s.smtp_port)
    s.server.jump(120)
    mails = [s.sink.wait(f"{name}@example.org", WORDS["fr"]["booked"]) for name in ("lou", "ange", "eden")]
    for mail, name in zip(mails, ("lou", "ange", "eden")):
        assert s.sink.count(f"{name}@example.org") == 1
    assert len({mail.port for mail in mails}) == 1, "one connection for all of them"


def start_of(mail):
    """The instant of the appointment, from the calendar in the mail."""
    local = datetime.datetime.strptime(mail.calendar()["DTSTART"], "%Y%m%dT%H%M%S")
    return local.replace(tzinfo=zoneinfo.ZoneInfo("Europe/Paris"))


def go_on_at(s, moment):
    """The server stops, and is started again at that moment."""
    s.server.jump(moment.timestamp() - s.server.now())


def patients_are_reminded_two_days_before_and_once(s):
    booked = {lang: book_in_public(s, Browser(s.server, lang), f"rappel.{lang}@example.org") for lang in WORDS}
    gone = book_in_public(s, (visitor := Browser(s.server, "fr")), "parti@example.org")
    visitor.get(urllib.parse.urlsplit(gone.link()).path + "/annuler")
    visitor.submit("/annuler")
    s.sink.wait("parti@example.org", WORDS["fr"]["cancelled"])
    first, last = min(map(start_of, booked.values())), max(map(start_of, booked.values()))
    go_on_at(s, first - datetime.timedelta(hours=48, minutes=3))
    time.sleep(3)
    assert s.rows("SELECT count(*) FROM outbox WHERE kind = 4 AND booking IN (SELECT id FROM booking WHERE"
                  " start_at >= ?)", int(first.timestamp()) * 1000000) == [(0,)], "nobody is reminded earlier"
    go_on_at(s, last - datetime.timedelta(hours=48) + datetime.timedelta(minutes=6))
    for lang, confirmation in booked.items():
        address = f"rappel.{lang}@example.org"
        mail = s.sink.wait(address, WORDS[lang]["reminder"])
        check_form(mail, s.practice, lang)
        assert mail.subject.removeprefix(WORDS[lang]["reminder"]) == \
            confirmation.subject.removeprefix(WORDS[lang]["booked"]), "the same time"
        path = urllib.parse.urlsplit(mail.link()).path
        assert path == urllib.parse.urlsplit(confirmation.link()).path and not mail.calendars
        visitor = Browser(s.server, lang)
        visitor.get(path + "/annuler")
        visitor.form("/annuler")
        visitor.get(path + "/deplacer")
    go_on_at(s, last - datetime.timedelta(hours=47))
    s.wait_row("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE state = 1)")
    for lang in booked:
        assert s.sink.count(f"rappel.{lang}@example.org") == 3, "code, confirmation, one reminder"
    assert s.sink.count("parti@example.org") == 3, "code, confirmation, cancellation"


def what_was_sent_leaves_no_word_in_the_database(s):
    s.wait_row("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE state = 1)")
    assert s.rows("SELECT count(*) FROM outbox WHERE payload_sealed IS NOT NULL") == [(0,)]
    for path in pathlib.Path(s.world.folder).rglob("*"):
        everything = path.read_bytes() if path.is_file() else b""
        for word in (b"camille.fr@", b"charlie@example", b"unknown@example"):
            assert word not in everything, f"{word} in {path.name}"


with demo(practitioners=2, patients=20, appointments=20) as made:
    suite, tests = Suite(made), Tests()
    try:
        for language in ("fr", "en"):
            tests.run(f"a patient books, moves and cancels, and the calendar follows ({language})",
                      a_patient_books_moves_and_cancels_and_the_calendar_follows, suite, language)
        for test in (the_download_is_the_same_entry_as_the_mail, staff_may_undo_before_anything_is_told,
                     a_cancellation_by_the_practice_is_told, a_refused_address_holds_nobody_up_and_becomes_a_task,
                     a_mail_server_that_was_down_gets_its_messages_later,
                     patients_are_reminded_two_days_before_and_once,
                     what_was_sent_leaves_no_word_in_the_database):
            tests.run(test.__name__.replace("_", " "), test, suite)
    finally:
        suite.end()
tests.end()
