#!/usr/bin/python3
"""The hour that a patient reads is the hour of the place: every zone, 2020 to 2040.

Asks `mailed` for the mail and the calendar file of appointments on either side of each
change of clocks and at random times, in French and in English, and compares date, hour
and DTSTART with Python's own zones and names.
"""
import os
import random
import subprocess
import sys
import tempfile
import zoneinfo
from datetime import datetime

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from zones import FIRST, LAST, ROOT, STEP, changes, offset  # noqa: E402

RANDOM_A_ZONE = 4
QUARTER = 900           # appointments begin on five minutes; some clocks change off them
FRENCH = (("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
          ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre"))
ENGLISH = (("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
           ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December"))


def words(local, language):
    if language == "en":
        days, months = ENGLISH
        return f"{days[local.weekday()]} {local.day} {months[local.month - 1]} at {local:%H:%M}"
    days, months = FRENCH
    day = "1er" if local.day == 1 else str(local.day)
    hour = f"{local.hour} h" + (f" {local.minute:02}" if local.minute else "")
    return f"{days[local.weekday()]} {day} {months[local.month - 1]} à {hour}"


def times(name, dice):
    """Both sides of each change of clocks, and some more."""
    zone = zoneinfo.ZoneInfo(name)
    grid = {s: offset(zone, s) for s in range(FIRST, LAST, STEP)}
    for at, _, _ in changes(zone, grid):
        edge = at - at % QUARTER
        yield from (edge - QUARTER, edge)
    for _ in range(RANDOM_A_ZONE):
        yield dice.randrange(FIRST // QUARTER, LAST // QUARTER) * QUARTER


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def wrong(question, answer):
    """What the answer should have said; None: it is right."""
    name, second, language = question
    subject, text, start = answer.split("\x1f")
    local = datetime.fromtimestamp(second, zoneinfo.ZoneInfo(name))
    when = words(local, language)
    lines = plain(text).split("\x1e")
    if not plain(subject).endswith(": " + when) or lines.count(when[0].upper() + when[1:]) != 1:
        return when
    utc = f"DTSTART:{datetime.utcfromtimestamp(second):%Y%m%dT%H%M%S}Z"
    stamp = f"DTSTART;TZID={name}:{local:%Y%m%dT%H%M%S}"
    return None if start in (utc, stamp) else stamp


def main():
    zoneinfo.reset_tzpath([ROOT])
    names = sorted(n for n in zoneinfo.available_timezones() if os.path.isfile(os.path.join(ROOT, n)))
    dice = random.Random(5)
    # By turns, so that each side of the changes is asked for in both languages.
    asked = [(name, second, ("fr", "en")[(i // 2 + i) % 2]) for name in names
             for i, second in enumerate(times(name, dice))]
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", newline="\n") as answers:
        run = subprocess.run([sys.argv[1]], input="".join(f"{n} {s} {l}\n" for n, s, l in asked), text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env={**os.environ, "MAILED_ANSWERS": answers.name})
        said = answers.read().split("\n")[:-1]
    if run.returncode != 0 or len(said) != len(asked):
        print(f"mailed: status {run.returncode}, {len(said)} answers to {len(asked)}\n{run.stdout[-3000:]}")
        return 1
    bad = [(q, a, w) for q, a in zip(asked, said) if (w := wrong(q, a))]
    local = sum("TZID=" in a for a in said)
    print(f"{len(names)} zones, {len(asked)} mails and calendar files, {local} of them by local hour; {len(bad)} wrong")
    for question, answer, wanted in bad[:20]:
        print(f"{question}: wanted {wanted}, got {answer!r}")
    return 1 if bad or len(names) < 400 or len(asked) < 10000 or local < len(asked) // 2 else 0


sys.exit(main())
