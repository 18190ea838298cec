#!/usr/bin/env python3
"""1,000 canaries planted in every personal field; none is found in any file (R70, T2).

Canaries go in through the front doors: the API, the public pages and the staff's pages.
Then every file of the data folder (database, WAL, keys, logs, backups) is read as bytes.
"""
import pathlib
import secrets
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import PROGRAM, Tests, check, demo, equal, first_motive, free_slots, serving

CANARIES = 1000


def word():
    # Letters only, so that names, addresses and notes accept it; unlikely by chance.
    return "Qz" + "".join(chr(97 + secrets.randbelow(26)) for _ in range(14))


def hits(folder, canaries):
    wanted = {form for c in canaries for form in (c.encode(), c.lower().encode(), c.upper().encode(),
                                                  c.encode("utf-16-le"))}
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found += [(path.name, w) for w in wanted if w in data]
    return found


def plant(server, world):
    slug, practitioner, motive = first_motive(server, world)
    token = world.account("secretary")["api_token"]
    slots = free_slots(server, slug, practitioner, motive)
    canaries = []
    while len(canaries) < CANARIES:
        family, given, mail = word(), word(), word()
        phone = f"+336399{secrets.randbelow(10 ** 5):05d}"
        answer = server.api("POST", f"/orgs/{slug}/bookings", token, {
            "motive": motive, "practitioner": practitioner, "start": slots.pop()["start"],
            "patient": {"family": family, "given": given, "birth_date": "1980-03-12",
                        "email": f"{mail}@example.org", "phone": phone}})
        equal(answer.status, 201, answer.body[:300])
        canaries += [family, given, mail, phone]
    return canaries


def nothing_is_found():
    with demo(practitioners=6, appointments=0) as world:
        with serving(world) as server:
            canaries = plant(server, world)
            backup = str(pathlib.Path(world.folder, "copy"))
            run = subprocess.run([PROGRAM, "backup", "--dir", world.folder, "--out", backup],
                                 capture_output=True, text=True)
            equal(run.returncode, 0, run.stderr)
            equal(hits(world.folder, canaries), [], "while serving")
        equal(hits(world.folder, canaries), [], "after the stop")
        # The search itself works: a canary laid in a file is found.
        pathlib.Path(world.folder, "laid").write_text(f"..{canaries[0]}..")
        check(hits(world.folder, canaries), "the search finds nothing at all")


tests = Tests()
tests.run(f"none of {CANARIES} canaries lies in clear in any file", nothing_is_found)
tests.end()
