#!/usr/bin/env python3
"""The log from outside (D7, T4, R41): what serment says of it and what tools/verify_log.py, which shares
no line of code with it, says of its export; whatever is altered is found by both, and named.

SERMENT_BIN names the program, SERMENT_TEST_ENGINES the engines.  The last line is "N passed, N failed".
"""
import base64
import contextlib
import io
import json
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import PROGRAM, ROOT, Browser, Tests, check, database, demo, engines, equal, serving  # noqa: E402
import verify_log  # noqa: E402

FLIPS = 600
YEARS_LATER = "2032-01-01T08:00:00Z"


def audit(world, *words, code=0):
    argv = [PROGRAM, "audit", *words, "--dir", world.folder] + (["--store", world.store] if world.store else [])
    run = subprocess.run(argv, capture_output=True, timeout=300)
    equal(run.returncode, code, f"serment audit {' '.join(words)}: {run.stderr.decode()[-500:]}")
    return run.stdout.decode() if code == 0 or "--json" in words else run.stderr.decode()


def wait_for_checkpoint(server, past=0):
    for _ in range(300):
        answer = server.api("GET", "/log/checkpoint")
        if answer.status == 200 and int(answer.body.split("\n")[1]) > past:
            return answer.body
        time.sleep(0.1)
    raise AssertionError("no checkpoint was signed")


def second_verifier(export, key=None, note=None):
    """(its words, None) or (None, why not), as the tool's main does."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            verify_log.verify_export(io.BytesIO(export), verify_log.Key(key) if key else None, note)
    except (verify_log.Broken, ValueError, KeyError, TypeError) as why:
        return None, str(why)
    return said.getvalue(), None


class Scene:
    """A log with changes, openings, a checkpoint, and lines after it."""

    def __init__(self, world):
        self.world = world
        with serving(world) as server:
            self.first = wait_for_checkpoint(server)
            self.look(sign_in(server, world))   # a session, and openings
            time.sleep(2)                       # their places
        self.key = audit(world, "key").strip()
        self.export = audit(world, "export").encode()
        self.records = [json.loads(line) for line in self.export.decode().splitlines()]
        self.leaves = [r for r in self.records if r["kind"] == "leaf"]

    def look(self, browser):
        page = browser.get("/reglages/journal").body
        links = re.findall(r'href="(/reglages/journal/\d+/preuve)"', page)
        self.page_proof = browser.get(links[0]).raw if links else None
        point = browser.get("/reglages/journal/point")
        equal(point.body, self.first, "the page's checkpoint")
        check("attachment" in point.header("Content-Disposition"), "it is a file to keep")


def sign_in(server, world, role="administrator"):
    browser = Browser(server)
    browser.sign_in(world.account(role))
    equal(browser.get("/compte").status, 200, "signed in")
    return browser


# --- both agree ---------------------------------------------------------------------

def both_verifiers_agree(scene):
    words = json.loads(audit(scene.world, "verify", "--json"))
    check(words["holds"], words)
    equal(words["lines"], len(scene.leaves))
    check(words["lines"] > words["signed_lines"] > 0, "there are signed lines, and lines after them")
    said, why = second_verifier(scene.export, scene.key, scene.first)
    check(said, why)
    check(f"{words['lines']} lines" in said and f"{words['signed_lines']} lines signed" in said, said)
    tree = verify_log.Tree()
    for leaf in scene.leaves:
        tree.append(base64.b64decode(leaf["hash"]))
    equal(base64.b64encode(tree.root()).decode(), words["root"], "the root")
    run = subprocess.run([sys.executable, ROOT / "tools/verify_log.py", "-", "--key", scene.key],
                         input=scene.export, capture_output=True)
    equal((run.returncode, run.stdout.decode()), (0, said), run.stderr.decode())


def leaves_hold_no_word_of_a_person(scene):
    """Ids, times, codes; actions are words of ours.  The invented people's names are in none of them."""
    text = b"".join(base64.b64decode(leaf["leaf"]) for leaf in scene.leaves)
    for account in scene.world.said["accounts"]:
        check(account["login"].encode() not in text, "an address")
    actions = {base64.b64decode(leaf["leaf"])[130:].decode() for leaf in scene.leaves}
    check(all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", action) for action in actions), actions)
    check("open" in actions and "session.start" in actions, f"openings and changes: {actions}")


# --- T4: whatever is flipped is named --------------------------------------------------

def named(why, record, records):
    """The line that the verifier names is the one whose record was flipped."""
    if record["kind"] == "log":
        return "head" in why or "line 1" in why or "is missing" in why
    size = record["seq"] if record["kind"] == "leaf" else record["size"] + 1
    return f"line {size}," in why or f"line {size} is missing" in why


def every_flipped_byte_of_an_export_is_named(scene):
    chance = random.Random(4)
    starts, at = [], 0
    for line in scene.export.splitlines(keepends=True):
        starts.append((at, at + len(line)))
        at += len(line)
    places = [chance.randrange(len(scene.export)) for _ in range(FLIPS)]
    places += range(*starts[0]), *starts[1]     # the head, and one byte of the first line
    flat = [p for place in places for p in (place if isinstance(place, range) else [place])]
    point = next(i for i, r in enumerate(scene.records) if r["kind"] == "checkpoint")
    flat += range(starts[point][0], starts[point][1], 3)
    for place in flat:
        place = min(place, len(scene.export) - 1)
        flipped = bytearray(scene.export)
        flipped[place] ^= 1 << chance.randrange(8)
        said, why = second_verifier(bytes(flipped), scene.key)
        check(said is None, f"byte {place} was flipped unnoticed")
        index = next(i for i, (low, high) in enumerate(starts) if low <= place < high)
        check(named(why, scene.records[index], scene.records), f"byte {place}, {scene.records[index]}: {why}")


def a_cut_export_is_told_from_a_short_one(scene):
    lines = scene.export.splitlines(keepends=True)
    for keep in range(len(lines)):
        said, why = second_verifier(b"".join(lines[:keep]), scene.key)
        check(said is None and ("missing" in why or "empty" in why), f"{keep} lines: {why}")
    head = json.loads(lines[0])
    head["lines"] = 5                           # and says so in its head
    short = json.dumps(head, separators=(",", ":")).encode() + b"\n" + b"".join(lines[1:6])
    check(second_verifier(short, scene.key)[0], "five lines are a log")
    said, why = second_verifier(short, scene.key, scene.first)
    check(said is None and "line 6 is missing" in why, why)


def without_its_content_a_line_is_still_bound_by_the_checkpoint(scene):
    signed = int(scene.first.split("\n")[1])
    for seq in (1, signed // 2, signed):
        records = json.loads(json.dumps(scene.records))
        leaf = next(r for r in records if r.get("seq") == seq)
        del leaf["leaf"], leaf["persons"]
        leaf["hash"] = base64.b64encode(bytes(32)).decode()
        export = "".join(json.dumps(r, separators=(",", ":"), ensure_ascii=False).replace("\\n", "\\u000a") + "\n"
                         for r in records).encode()
        said, why = second_verifier(export, scene.key)
        check(said is None and f"line 1 or a later one, to line {signed}" in why, why)


# --- proofs ---------------------------------------------------------------------------

def proofs_hold_and_only_as_they_are(scene):
    check(scene.page_proof, "the journal links a proof")
    some = base64.b64decode(scene.leaves[3]["leaf"])
    by_command = audit(scene.world, "prove", str(int.from_bytes(some[2:10], "big"))).encode()
    equal(json.loads(by_command)["seq"], 4)
    for proof in (scene.page_proof, by_command):
        with contextlib.redirect_stdout(io.StringIO()):
            verify_log.verify_proof(proof.decode(), verify_log.Key(scene.key))
        chance = random.Random(5)
        for place in chance.sample(range(len(proof)), 150):
            flipped = bytearray(proof)
            flipped[place] ^= 1 << chance.randrange(7)
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    verify_log.verify_proof(flipped.decode(), verify_log.Key(scene.key))
            except (verify_log.Broken, ValueError, KeyError, TypeError):
                continue
            # What nobody relies on: the key that a proof names of itself, when another was given.
            check(json.loads(flipped)["key"] != scene.key, f"byte {place} was flipped unnoticed")


def commands_refuse_in_words(scene):
    with tempfile.TemporaryDirectory() as folder:
        def file(content, mode="w"):
            path = pathlib.Path(folder, "point.txt")
            with open(path, mode) as out:
                out.write(content)
            return str(path)

        check("first" not in audit(scene.world, "verify", "--checkpoint", file(scene.first)), "a saved checkpoint")
        for content, mode, words in (
                ("", "w", "is no checkpoint"), ("bonjour\n", "w", "is no checkpoint"),
                (b"\xff\xfe\0\n\n", "wb", "is no checkpoint"), ("a" * 100_000, "w", "is no checkpoint"),
                (scene.first.replace("serment.log/", "serment.log/0", 1), "w", "of another log"),
                (re.sub(r"\n(\d+)\n", lambda m: f"\n{int(m[1]) + 1}\n", scene.first), "w", "signature")):
            said = audit(scene.world, "verify", "--checkpoint", file(content, mode), code=1)
            check(words in said, said)
        said = audit(scene.world, "verify", "--checkpoint", folder + "/none", code=1)
        check("cannot be read: No such file" in said, said)
    check("there is no line 12345" in audit(scene.world, "prove", "12345", code=1))
    for words in ((), ("prove",), ("prove", "x"), ("verify", "x"), ("nothing",)):
        audit(scene.world, *words, code=2)


# --- the public interface --------------------------------------------------------------

def subproof(leaves, m, whole=True):
    """RFC 6962 2.1.2, word by word."""
    def root(hashes):
        tree = verify_log.Tree()
        for value in hashes:
            tree.append(value)
        return tree.root()
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if m <= k:
        return subproof(leaves[:k], m, whole) + [root(leaves[k:])]
    return subproof(leaves[k:], m - k, False) + [root(leaves[:k])]


def a_witness_has_what_it_needs(scene):
    hashes = [base64.b64decode(leaf["hash"]) for leaf in scene.leaves]
    with serving(scene.world) as server:
        note = wait_for_checkpoint(server)
        equal(server.api("GET", "/log/key").text.strip(), scene.key)
        size = int(note.split("\n")[1])
        for old, new in ((1, size), (size // 3, size), (7, 20), (size, size), (0, size)):
            answer = server.api("GET", f"/log/growth?from={old}&to={new}")
            equal(answer.status, 200, answer.text)
            wanted = subproof(hashes[:new], old) if old else []
            equal([base64.b64decode(h) for h in answer.json()["path"]], wanted, f"{old} to {new}")
        equal(server.api("GET", f"/log/growth?from={size}").json(), {"from": size, "to": size, "path": []})
        for query in ("", "?from=-1", f"?from={size + 1}", "?from=3&to=2", "?from=x", f"?from=1&to={size + 1}",
                      "?from=1&to=99999999999999999999"):
            answer = server.api("GET", "/log/growth" + query)
            equal((answer.status, answer.json()["error"]), (422, "invalid_field"), query)


# --- the database altered under it ---------------------------------------------------------

def every_altered_row_is_named(scene):
    """Any column of any line, by somebody with the operator's rights (SQLite: the file is at hand)."""
    chance = random.Random(6)
    path = pathlib.Path(scene.world.folder, "serment.db")
    for _ in range(25):
        db = sqlite3.connect(path)
        table = chance.choice(("audit", "opening"))
        columns = [r[1] for r in db.execute(f"PRAGMA table_info({table})") if r[1] not in ("seq", "id")]
        column = chance.choice(columns)
        seq, old = db.execute(f"SELECT seq, {column} FROM {table} WHERE seq IS NOT NULL ORDER BY random()").fetchone()
        if isinstance(old, bytes):
            new = bytearray(old)
            new[chance.randrange(len(new))] ^= 1 << chance.randrange(8)
        else:
            new = old + "x" if isinstance(old, str) else old ^ 1 << chance.randrange(31)
        db.execute(f"UPDATE {table} SET {column} = ? WHERE seq = ?", (new, seq))
        db.commit()
        words = json.loads(audit(scene.world, "verify", "--json", code=1))
        equal((words["fault"], words["line"]), ("line_altered", seq), f"{table}.{column}")
        check(f"line {seq} is not as it was written" in audit(scene.world, "verify", code=1))
        said, why = second_verifier(audit(scene.world, "export").encode(), scene.key)
        check(said is None and f"line {seq}," in why, why)
        db.execute(f"UPDATE {table} SET {column} = ? WHERE seq = ?", (old, seq))
        db.commit()
        db.close()
    check(json.loads(audit(scene.world, "verify", "--json"))["holds"])


def a_log_whose_end_was_cut_is_refused_by_a_saved_checkpoint(scene):
    """Lines, hashes and the server's own checkpoints: all that the insider can reach."""
    with tempfile.TemporaryDirectory() as folder:
        note = pathlib.Path(folder, "kept.txt")
        note.write_text(scene.first)
        signed = int(scene.first.split("\n")[1])
        db = sqlite3.connect(pathlib.Path(scene.world.folder, "serment.db"))
        for table in ("audit", "opening"):
            db.execute(f"DELETE FROM {table} WHERE seq >= ?", (signed,))
        hashes, = db.execute("SELECT hashes FROM audit_tile WHERE level = 0").fetchone()
        db.execute("UPDATE audit_tile SET hashes = ? WHERE level = 0", (hashes[:32 * (signed - 1)],))
        db.commit()
        said = audit(scene.world, "verify", code=1)
        check(f"it ends with line {signed - 1}, and the checkpoint was signed for {signed} lines" in said, said)
        db.execute("DELETE FROM audit_checkpoint")
        db.commit()
        check("The log holds" in audit(scene.world, "verify"), "alone it cannot know")
        said = audit(scene.world, "verify", "--checkpoint", str(note), code=1)
        check(f"it ends with line {signed - 1}, and the saved checkpoint was signed for {signed} lines" in said, said)
        db.close()


def purged_lines_leave_their_hashes_and_their_proofs(world):
    with serving(world) as server:
        note = wait_for_checkpoint(server)
    key, export = audit(world, "key").strip(), audit(world, "export").encode()
    leaf = base64.b64decode(json.loads(export.splitlines()[5])["leaf"])
    proof = audit(world, "prove", str(int.from_bytes(leaf[2:10], "big")))
    with serving(world, "--now", YEARS_LATER, invented=False) as server:
        wait_for_checkpoint(server, past=int(note.split("\n")[1]))
    words = json.loads(audit(world, "verify", "--json"))
    check(words["holds"] and words["purged"] >= len(export.splitlines()) - 2, words)
    check(json.loads(audit(world, "export").splitlines()[5]).keys() == {"kind", "seq", "hash"}, "its content is gone")
    said, why = second_verifier(audit(world, "export").encode(), key, note)
    check(said and f"{words['purged']} of them as hashes only" in said, why)
    with contextlib.redirect_stdout(io.StringIO()):
        verify_log.verify_proof(proof, verify_log.Key(key))
    check("it was purged" in audit(world, "prove", str(json.loads(proof)["id"]), code=1))


def main():
    tests = Tests()
    for engine in engines():
        with database(engine) as store, demo(store=store) as world:
            scene = Scene(world)
            for test in (both_verifiers_agree, leaves_hold_no_word_of_a_person,
                         every_flipped_byte_of_an_export_is_named, a_cut_export_is_told_from_a_short_one,
                         without_its_content_a_line_is_still_bound_by_the_checkpoint,
                         proofs_hold_and_only_as_they_are, commands_refuse_in_words, a_witness_has_what_it_needs):
                tests.run(f"{test.__name__.replace('_', ' ')} on {engine}", test, scene)
            if engine == "sqlite":
                for test in (every_altered_row_is_named, a_log_whose_end_was_cut_is_refused_by_a_saved_checkpoint):
                    tests.run(test.__name__.replace("_", " "), test, scene)
        with database(engine) as store, demo(store=store) as world:
            tests.run(f"purged lines leave their hashes and their proofs on {engine}",
                      purged_lines_leave_their_hashes_and_their_proofs, world)
    tests.end()


main()
