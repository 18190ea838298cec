#!/usr/bin/env python3
"""Rights: every route of routes.def × every role × own and other organisation.

What is expected is read from the row itself (roles, scopes, flags); who asks has
signed in through the real pages, with a second factor.  Objects of another
organisation must be answered with the very bytes of an id that does not exist.
(T6, T11)
"""
import html
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import ROOT, Browser, Failed, Tests, check, demo, equal, first_motive, free_slots, patient, serving

STAFF = {"secretary", "practitioner", "administrator"}
ROLES = ["public", "patient", "secretary", "practitioner", "administrator"]
WORDS = {"ANYBODY": set(ROLES), "STAFF": STAFF, "ADMIN": {"administrator"}, "PATIENT": {"patient"}}
# Words of a mail or of a visitor, not ids: there is no other organisation's to try.
BY_WORD = ("/rdv/{}", "/adresse/{}", "/adresse/arret/{}", "/invitation/{}", "/mot-de-passe/{}", "/langue/{}", "/s/{}")
# Made by what a mail server, a second device, a thief or a relative does: the pages have none to show.
NO_OBJECT = {"/reglages/alertes/{}/lever", "/mes-proches/{}/{}/fin", "/compte/appareils/{}/fin", "/taches/{}/faite"}
# Open to anybody who is signed in, in whatever role.
OWN_PAGES = {("POST", "/session"), ("POST", "/compte")}
# No photograph was sent, nobody's access was withdrawn.
MAY_LACK = {"/reglages/soignants/{}/photo", "/reglages/equipe/{}/retablir"}
# These end the session of the one who asks, so they are asked last.
LAST = ("/compte/jetons/{}/fin", "/compte/appareils/fin", "/compte/appareils/{}/fin", "/compte/mot-de-passe",
        "/reglages/equipe/{}/fin", "/connexion/cabinet", "/deconnexion")
ABSENT = "912000000000000001"


class Row:
    def __init__(self, method, pattern, name, roles, flags, scopes):
        self.method, self.pattern, self.name, self.flags, self.scopes = method, pattern, name, flags, scopes
        self.roles = set()
        for word in roles.split("|"):
            if word.strip() not in WORDS:
                raise Failed(f"{pattern}: unknown roles {roles}")
            self.roles |= WORDS[word.strip()]
        self.api = "ROUTE_API" in flags
        self.open = "public" in self.roles

    @property
    def holes(self):
        return self.pattern.count("{}")

    def path(self, *ids):
        return self.pattern.format(*ids)


def site_map():
    text = (ROOT / "src/web/routes.def").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    found = re.findall(r'^ROUTE\(\s*(\w+)\s*,\s*"([^"]+)"\s*,\s*(\w+)\s*,\s*([^,]+),[^,]+,[^,]+,\s*([^,]+),\s*([^)]+)\)',
                       text, re.M)
    equal(len(found), len(re.findall(r"^ROUTE\(", text, re.M)), "rows that could be read")
    return [Row(m, p, n, r, f, s.strip()) for m, p, n, r, f, s in found]


class Client:
    """One who asks: a browser that has signed in, each time from another address."""
    count = 0

    def __init__(self, server, world, role, organisation=0):
        self.server, self.role, self.token, self.csrf = server, role, None, None
        self.browser = Browser(server)
        self.browser.server = self
        if role != "public":
            account = world.account(role, organisation)
            self.token = account["api_token"]
            self.sign_in(account)

    def ask(self, method, path, body=None, headers=None):
        # The public's allowance is counted by address: a proxy is trusted, and we are many.
        Client.count += 1
        number = Client.count
        return self.server.ask(method, path, body=body, headers={
            **(headers or {}), "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"})

    def now(self):
        return self.server.now()

    def sign_in(self, account):
        self.browser.sign_in(account)
        equal(self.browser.get("/compte").status, 200, f"{self.role} is signed in")
        self.csrf = self.browser.form("/compte")["csrf"]

    def send(self, row, path):
        if row.api:
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            body = None
            if row.method == "POST":
                headers["Content-Type"], body = "application/json", "{}"
            return self.ask(row.method, path, body, headers)
        if row.method == "GET":
            return self.browser.get(path)
        if "ROUTE_UPLOAD" in row.flags:
            return self.upload(path)
        return self.browser.request(row.method, path, {"csrf": self.csrf or ""})

    def upload(self, path):
        body = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self.csrf or ""}\r\n--x--\r\n'
        return self.ask("POST", path, body, {
            "Content-Type": "multipart/form-data; boundary=x", "Origin": "http://localhost", "Host": "localhost",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.browser.jar.items())})


# --- objects of an organisation -------------------------------------------------------

class Objects:
    """Ids as the pages of its administrator link them."""

    def __init__(self, server, client, world, organisation):
        self.slug = world.organisations[organisation]["slug"]
        self.make(server, client, world, organisation)
        self.links = self.crawl(client)

    def crawl(self, client):
        """What the administrator's pages link to: the objects, and how many there are."""
        links = set()
        seen, todo = set(), ["/aujourdhui", "/agenda", "/reglages", "/messages", "/taches", "/compte"]
        while todo and len(seen) < 150:
            path = todo.pop()
            seen.add(path)
            answer = client.browser.get(path)
            if answer.status != 200 or "html" not in (answer.header("Content-Type") or ""):
                continue
            for link in re.findall(r'(?:href|action|formaction|src)="(/[^"#]*)', answer.body):
                link = html.unescape(link).split("?")[0]
                if link.startswith("/s/") and not link.startswith(f"/s/{self.slug}"):
                    continue  # the public pages of the others
                links.add(link)
                shape = re.sub(r"\d{6,}", "{}", link)
                if shape not in {re.sub(r"\d{6,}", "{}", s) for s in seen | set(todo)}:
                    todo.append(link)
        return links

    def make(self, server, client, world, organisation):
        """What a demonstration may lack: an appointment of ours, an invitation."""
        _, practitioner, motive = first_motive(server, world, organisation)
        self.practitioner = practitioner
        slot = free_slots(server, self.slug, practitioner, motive)[0]
        answer = server.api("POST", f"/orgs/{self.slug}/bookings", client.token, {
            "motive": motive, "practitioner": practitioner, "start": slot["start"], "patient": patient(organisation)})
        equal(answer.status, 201, answer.body[:300])
        self.booking, self.state = answer.json()["id"], answer.json().get("state")
        client.browser.post("/reglages/equipe/inviter", {
            "csrf": client.csrf, "email": f"neuf{organisation}@example.org", "role": "2", "nom": "Neuf",
            "praticien": "0"})

    def ids(self, row):
        """Arguments that name an object of this organisation, or None."""
        if row.pattern.startswith("/api/v1/orgs/{}"):
            second = self.practitioner if "/practitioners/{}" in row.pattern else self.booking
            return [self.slug, second][:row.holes]
        if row.pattern.startswith("/agenda/rdv/{}"):
            return [self.booking]
        shape = re.escape(row.pattern.split("{}")[0]) + r"(\d{6,})"
        whole = re.escape(row.pattern).replace(r"\{\}", r"(\d{6,})")
        for wanted in (whole + "$", shape + "(?:/.*)?$"):
            for link in sorted(self.links):
                if match := re.match(wanted, link):
                    return [match[1]]
        return None


# --- what is expected ------------------------------------------------------------------

def refused(row, role, answer):
    if row.api:
        return answer.status in (401, 403)
    if row.method == "GET" and role == "public":
        return answer.status == 303 and (answer.header("Location") or "").startswith("/connexion")
    # Whoever is not signed in is told that he is not (his session has ended while he typed).
    return answer.status == (401 if role == "public" else 403)


def granted(row, role, answer):
    if role == "public" and (row.method, row.pattern) in OWN_PAGES:
        return answer.status == 401     # told that nobody is signed in; what was typed is carried
    if answer.status >= 500 or answer.status == 401:
        return False
    if row.open and not row.api:
        # Everybody may come to these; some then lead on by what the session lacks.
        return row.method != "GET" or answer.status != 403
    return answer.status != 403 and not (answer.header("Location") or "").startswith("/connexion")


class Matrix:
    def __init__(self, rows, own, other):
        self.rows, self.own, self.other = rows, own, other
        self.asked, self.strange, self.no_object = 0, [], set()

    def note(self, good, role, row, what, answer):
        self.asked += 1
        if not good:
            self.strange.append(f"{role} {row.method} {row.pattern} ({what}): {answer.status} "
                                f"{answer.header('Location') or ''}")

    def absent(self, row):
        ids = self.own.ids(row) or []
        return [*ids[:-1], ABSENT] if row.api else [ABSENT] * row.holes

    def foreign(self, client, row):
        """Another organisation's object is not there at all."""
        if row.open or row.holes == 0 or client.role not in row.roles:
            return
        ids = self.other.ids(row)
        if ids is None:
            self.no_object.add(row.pattern)
            return
        trials = [ids] if not row.api else [ids, [self.own.slug, *ids[1:]]][:row.holes]
        missing = client.send(row, row.path(*self.absent(row)))
        for trial in trials:
            answer = client.send(row, row.path(*trial))
            same = answer.status == missing.status and \
                answer.body.replace(trial[-1], "?") == missing.body.replace(self.absent(row)[-1], "?")
            if row.api and row.holes == 1:
                same = answer.status in (403, 404)  # there is no id that could be absent
            elif row.method == "GET":
                same = same and answer.status == 404
            self.note(same and answer.status < 500, client.role, row, "another organisation's", answer)

    def row(self, client, row, own_objects):
        ids = []
        if row.holes > 0:
            found = self.own.ids(row) if not row.pattern.startswith(BY_WORD) else None
            if found is None and not row.pattern.startswith(BY_WORD):
                self.no_object.add(row.pattern)
            ids = found if found is not None and own_objects else self.absent(row)
        answer = client.send(row, row.path(*ids))
        if client.role in row.roles:
            good = granted(row, client.role, answer)
            if ids and own_objects and found is not None and not row.open and row.pattern not in MAY_LACK:
                good = good and answer.status != 404
            self.note(good, client.role, row, "own" if own_objects else "", answer)
        else:
            self.note(refused(row, client.role, answer), client.role, row, "forbidden", answer)

    def run(self, client):
        harmless = [r for r in self.rows if r.method == "GET"]
        changes = [r for r in self.rows if r.method != "GET" and r.pattern not in LAST]
        ends = re.compile("(fermer|supprimer|retirer|annuler)$")
        # What ends goes last, and a thing after its parts: without them it may be gone as well.
        changes.sort(key=lambda r: (r.method == "DELETE" or bool(ends.search(r.pattern)), -r.pattern.count("/")))
        for row in harmless:
            self.row(client, row, True)
        for row in self.rows:
            self.foreign(client, row)
        # What would be taken away by one role is asked for last by the one who may most.
        for row in changes:
            self.row(client, row, client.role == "administrator" or client.role not in row.roles)
        for pattern in LAST:
            for row in self.rows:
                if row.pattern == pattern and row.method != "GET":
                    self.row(client, row, client.role not in row.roles)


def everybody_gets_what_the_map_says():
    with demo(orgs=2, practitioners=3, patients=30, appointments=120) as world:
        with serving(world, settings={"trust_proxy": "yes"}) as server:
            rows = site_map()
            clients = {role: Client(server, world, role) for role in ROLES}
            own = Objects(server, clients["administrator"], world, 0)
            stranger = Client(server, world, "administrator", 1)
            other = Objects(server, stranger, world, 1)
            matrix = Matrix(rows, own, other)
            for role in ROLES:
                matrix.run(clients[role])
            print(f"# {len(rows)} routes, {len(ROLES)} roles, {matrix.asked} answers; "
                  f"unexpected answers {len(matrix.strange)}")
            equal(matrix.no_object, NO_OBJECT, "routes without an object to try")
            check(not matrix.strange, "\n  ".join(["unexpected:", *matrix.strange]))
            check(matrix.asked > 3 * len(rows), "most of the table was not asked")
            # And whatever was tried on it, the other organisation is as it was.
            equal(other.crawl(stranger) ^ other.links, set(), "what the other organisation has")
            answer = server.api("GET", f"/orgs/{other.slug}/bookings/{other.booking}", stranger.token)
            equal((answer.status, answer.json().get("state")), (200, other.state), "its appointment")


def the_map_itself_is_sound():
    rows = site_map()
    check(len(rows) >= 80, "rows went missing")
    equal(len({(r.method, r.pattern) for r in rows}), len(rows), "one row for each method and pattern")
    for row in rows:
        check("ROUTE_API" not in row.flags or row.pattern.startswith("/api/v1/"), f"{row.pattern}: not under /api")
        check(row.method == "GET" or "public" in row.roles or "NOTHING" not in row.roles, row.pattern)
        if row.api and row.method != "GET":
            check(row.scopes != "0", f"{row.pattern}: a change without a scope")


tests = Tests()
tests.run("the site map is sound", the_map_itself_is_sound)
tests.run("every role gets what the site map says, and nothing of another organisation",
          everybody_gets_what_the_map_says)
tests.end()
