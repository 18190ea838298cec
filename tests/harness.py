"""A real server on invented data, for tests from outside: start it, sign in, ask, stop it.

    with database("postgres") as store, demo(store=store) as world, serving(world) as server:
        answer = server.get("/healthz")

    with Server(mail=True) as server:       # on a copy of a small demonstration
        browser = Browser(server)

Everything lies in a temporary folder and ends with the `with`.  The program is the
sanitized build unless SERMENT_BIN names another.  Standard library only.

Time is the test's own: demonstration and server begin at START, a Monday morning, or
at SERMENT_TEST_NOW (seconds since 1970), and go on from there whatever the hour of the
machine.  A test asks the world or the server for the time, never the machine.
"""
import atexit
import base64
import contextlib
import datetime
import email
import hashlib
import hmac
import html
import html.parser
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("SERMENT_BIN", str(ROOT / "build/sanitized/src/app/serment"))
START = int(os.environ.get("SERMENT_TEST_NOW", "1795417200"))  # 2026-11-23T07:00:00Z, 8 h in Paris
START_SECONDS_MAX = 60

sys.path.insert(0, str(ROOT / "tools"))
import pg_private  # noqa: E402


class Failed(Exception):
    pass


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def run(*argv):
    """A command of the program, which must succeed; what it printed."""
    done = subprocess.run([PROGRAM, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
    if done.returncode != 0:
        raise Failed(f"{argv[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


# --- data ---------------------------------------------------------------------------

@contextlib.contextmanager
def database(engine):
    """None for SQLite; for PostgreSQL the URL of a server of our own (None if not installed)."""
    if engine == "sqlite":
        yield None
        return
    server = subprocess.Popen([sys.executable, str(ROOT / "tools/pg_private.py")], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().strip()
    try:
        if not url:
            raise Failed("PostgreSQL is not installed: install the package postgresql-15")
        yield url
    finally:
        server.stdin.close()
        server.wait(timeout=30)


def has_postgres():
    return pg_private.programs() is not None


class World:
    """A data folder, what `serment demo` said of it, and the time that it is there."""

    def __init__(self, folder, store, said):
        self.folder, self.store, self.said = folder, store, said
        self.organisations = said["organisations"]
        self.start, self.began = START, time.monotonic()

    def now(self):
        return self.start + time.monotonic() - self.began

    def day(self, later=0):
        """Today in Paris, or so many days later: 2026-11-23."""
        return (local(self.now()).date() + datetime.timedelta(days=later)).isoformat()

    def account(self, role, organisation=0):
        slug = self.organisations[organisation]["slug"]
        return next(a for a in self.said["accounts"] if a["role"] == role and a["organisation"] == slug)


def local(seconds):
    """On the clocks of the demonstration, which follow the rule of the European Union."""
    utc = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    change = [datetime.datetime(utc.year, month, 31, 1, tzinfo=datetime.timezone.utc) for month in (3, 10)]
    spring, autumn = (at - datetime.timedelta(days=(at.weekday() + 1) % 7) for at in change)
    return utc.astimezone(datetime.timezone(datetime.timedelta(hours=2 if spring <= utc < autumn else 1)))


@contextlib.contextmanager
def demo(store=None, orgs=1, practitioners=3, patients=60, appointments=200, seed=7):
    folder = tempfile.mkdtemp(prefix="serment-test-")
    engine = ["--store", store] if store else []
    try:
        said = run("demo", "--dir", folder, "--now", rfc3339(START), "--seed", str(seed), "--orgs", str(orgs),
                   "--practitioners", str(practitioners), "--patients", str(patients),
                   "--appointments", str(appointments), "--json", *engine)
        yield World(folder, store, json.loads(said))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Sample:
    """The small demonstration that servers without a world of their own are given a copy of."""
    made = None

    @classmethod
    def copy(cls):
        if cls.made is None:
            stack = contextlib.ExitStack()
            cls.made = stack.enter_context(demo(orgs=2, practitioners=2, patients=30, appointments=120, seed=1))
            atexit.register(stack.close)
        folder = tempfile.mkdtemp(prefix="serment-test-")
        shutil.copytree(cls.made.folder, folder, dirs_exist_ok=True)
        return World(folder, None, cls.made.said)


# --- a server -----------------------------------------------------------------------

class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw

    @property
    def body(self):
        return self.raw.decode("utf-8")

    @property
    def text(self):
        """The words of a page, without its markup and with plain spaces."""
        words = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.body)))
        return words.replace("\u00a0", " ").replace("\u202f", " ")

    def json(self):
        return json.loads(self.raw)

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")

    @property
    def cookies(self):
        return [v for k, v in self.headers if k.lower() == "set-cookie"]


class Mail:
    """A mail server of our own: what arrives, by recipient."""

    def __init__(self):
        self.child = subprocess.Popen(["/usr/bin/python3", "-u", str(ROOT / "tests/unit/smtp_sink.py"), "plain"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = self.child.stdout.readline().strip()
        if not self.port.isdigit():
            raise Failed("no mail server: install the package python3-aiosmtpd")
        self.messages = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.child.stdout:
            word, *rest = line.split()
            if word == "MAIL":
                self.messages.append((rest[2], bytes.fromhex(rest[3]).decode()))

    def to(self, address, nth=1, seconds=15):
        end = time.monotonic() + seconds
        while len(mine := [m for to, m in list(self.messages) if to == address]) < nth:
            if time.monotonic() > end:
                raise Failed(f"message {nth} to {address} did not arrive")
            time.sleep(0.05)
        return mine[nth - 1]

    def count(self, address):
        return sum(to == address for to, _ in self.messages)

    def words(self, address, nth=1):
        for part in email.message_from_string(self.to(address, nth)).walk():
            if part.get_content_type() == "text/plain":
                return part.get_payload(decode=True).decode()
        raise Failed("no plain text")

    def code(self, address, nth=1):
        return "".join(re.search(r"\b(\d{3})\s?(\d{3})\b", self.words(address, nth)).groups())

    def stop(self):
        self.child.terminate()
        self.child.wait()
        self.child.stdout.close()


class Server:
    """`serment serve` on a world's folder; its standard error goes to a file in it.

    options are the command's own; settings go into the configuration; without invented,
    the time is the machine's.
    """

    def __init__(self, world=None, *options, mail=False, settings=None, env=None, invented=True):
        self.own = world is None
        self.world = Sample.copy() if world is None else world
        self.options, self.env = options, env
        self.mail = Mail() if mail else None
        self.settings = dict(settings or {})
        if mail:
            self.settings.update(smtp_url=f"smtp://127.0.0.1:{self.mail.port}", smtp_from="rdv@example.test",
                                 smtp_require_tls="no")
        self.local = threading.local()
        self.invented, self.tries = invented, 2
        self.process = None

    @property
    def demo(self):
        return self.world.said

    def account(self, role, organisation=0):
        return self.world.account(role, organisation)

    def now(self):
        return self.world.now()

    @property
    def log(self):
        return pathlib.Path(self.world.folder, "server.log").read_text(errors="replace")

    def start(self):
        argv = [PROGRAM, "serve", "--dir", self.world.folder, "--listen", "127.0.0.1:0", *self.options]
        if self.invented:
            argv += ["--now", rfc3339(self.world.now())]
        if self.settings:
            path = pathlib.Path(self.world.folder, "test.conf")
            path.write_text("".join(f"{key} = {value}\n" for key, value in self.settings.items()))
            argv += ["--config", str(path)]
        if self.world.store:
            argv += ["--store", self.world.store]
        with open(os.path.join(self.world.folder, "server.log"), "ab") as log:
            self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log, text=True,
                                            env={**os.environ, **(self.env or {})})
        watchdog = threading.Timer(START_SECONDS_MAX, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        match = re.match(r"listening on http://\S*:(\d+)", line)
        if not match:
            self.kill()
            raise Failed(f"serve said {line!r}; {self.log[-2000:]}")
        self.port = int(match[1])
        return self

    def stop(self, seconds=30):
        """It must end by itself, and well."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed("serve did not stop on SIGTERM") from None
        self.process.stdout.close()
        if code != 0 or re.search(r"Sanitizer|runtime error|panic: ", self.log):
            raise Failed(f"serve ended with {code}: {self.log[-3000:]}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def jump(self, seconds, *command):
        """Stop, run a command of the program, and start again that much later; what it printed."""
        self.stop()
        self.world.start += seconds
        said = run(command[0], "--dir", self.world.folder, *command[1:]) if command else ""
        self.start()
        return said

    def __enter__(self):
        return self.start()

    def __exit__(self, failed, *_):
        try:
            if self.process.poll() is None and failed:
                self.kill()     # what failed is told, not how it ends after that
            elif self.process.poll() is None:
                self.stop()
        finally:
            if self.mail:
                self.mail.stop()
            if self.own:
                shutil.rmtree(self.world.folder)

    def ask(self, method, path, body=None, headers=None):
        """One request on this thread's connection; reconnects once if the server closed it."""
        for left in reversed(range(self.tries)):
            port, connection = getattr(self.local, "connection", (0, None))
            if port != self.port:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                self.local.connection = (self.port, connection)
            try:
                connection.request(method, path, body=body, headers=headers or {})
                response = connection.getresponse()
                return Answer(response.status, response.getheaders(), response.read())
            except (http.client.HTTPException, ConnectionError, OSError):
                connection.close()
                self.local.connection = (0, None)
                if left == 0:
                    raise

    def get(self, path, **headers):
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def api(self, method, path, token=None, value=None, **headers):
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        body = None
        if value is not None:
            body = value if isinstance(value, (bytes, str)) else json.dumps(value)
            sent.setdefault("Content-Type", "application/json")
        return self.ask(method, "/api/v1" + path, body=body, headers=sent)


def serving(world, *options, **more):
    """A server for a `with`."""
    return Server(world, *options, **more)


# --- a browser without a screen ------------------------------------------------------

def totp(secret, seconds):
    """RFC 6238, on its own: the server is not asked what it would accept."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(seconds) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


class Forms(html.parser.HTMLParser):
    """Every form of a page: action, the fields that a browser would send untouched, and the buttons."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.inside = [], False
        self.select, self.area = None, None
        self.feed(page)

    def put(self, name, value):
        """A name may come several times: boxes that are ticked."""
        fields = self.forms[-1][1]
        if name in fields:
            before = fields[name] if isinstance(fields[name], list) else [fields[name]]
            value = before + [value]
        fields[name] = value

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.forms.append((a.get("action", ""), {}, []))
            self.inside = True
        elif self.select and tag == "option":
            if "selected" in a or self.select not in self.forms[-1][1]:
                self.forms[-1][1][self.select] = a.get("value", "")
        elif not self.inside or "name" not in a:
            return
        elif tag == "button":
            self.forms[-1][2].append((a["name"], a.get("value", "")))
        elif tag == "select":
            self.select = a["name"]
        elif tag == "textarea":
            self.area = [a["name"], ""]
        elif tag == "input" and "checked" in a:
            self.put(a["name"], a.get("value", ""))
        elif tag == "input" and a.get("type") not in ("radio", "checkbox", "submit"):
            self.forms[-1][1][a["name"]] = a.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.area:
            self.put(self.area[0], self.area[1].removeprefix("\n"))
            self.area = None


class Browser:
    """Keeps cookies and sends the forms of its page; no JavaScript, and it follows only when told."""

    def __init__(self, server, language="fr"):
        self.server, self.jar, self.page, self.path, self.language = server, {}, None, "/", language

    def request(self, method, path, fields=None, headers=None):
        sent = {"Host": "localhost", "Accept-Language": self.language,
                "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
        body = None if fields is None else urllib.parse.urlencode(fields, doseq=True)
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        if method != "GET":
            sent["Origin"] = "http://localhost"
        if self.jar:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.jar.items())
        sent.update(headers or {})
        self.page, self.path = self.server.ask(method, path, body, sent), path
        for cookie in self.page.cookies:
            name, value = cookie.split(";")[0].split("=", 1)
            if value:
                self.jar[name] = value
            else:
                self.jar.pop(name, None)
        return self.page

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, fields, **more):
        return self.request("POST", path, fields, **more)

    def follow(self):
        """To where the page leads."""
        for _ in range(6):
            if self.page.status != 303:
                break
            self.get(self.page.header("Location"))
        return self.page

    def find(self, action):
        """The page's form of that action; without one, of an action that ends so."""
        forms = Forms(self.page.body).forms
        for same in (lambda a: a == action, lambda a: a.split("?")[0].endswith(action)):
            for form in forms:
                if same(form[0]):
                    return form
        raise AssertionError(f"no form {action} in {self.path}: {self.page.status}: {self.page.text[:300]}")

    def form(self, action):
        return dict(self.find(action)[1])

    def submit(self, action, **fields):
        at, own, _ = self.find(action)
        return self.post(at, {**own, **fields})

    def press(self, action, nth=0):
        """One of the form's named buttons."""
        at, own, buttons = self.find(action)
        return self.post(at, {**own, **dict([buttons[nth]])})

    @property
    def session(self):
        return self.jar.get("__Host-session")

    def sign_in(self, account, when=0, to="/compte"):
        """when: of which step of 30 seconds the code is, -1, 0 or 1: each works once."""
        self.get("/connexion?retour=" + urllib.parse.quote(to, safe=""))
        self.submit("/connexion", email=account["login"], mot_de_passe=account["password"])
        if self.page.status != 303:
            raise Failed(f"sign-in: {self.page.status} {self.page.text}")
        self.get(self.page.header("Location"))
        if self.path.startswith("/connexion/code"):
            self.submit("/connexion/code", code=totp(account["totp_secret"], self.server.now() + 30 * when))
        return self.page


# --- telling -------------------------------------------------------------------------

class Tests:
    """Runs functions as tests; each name is a sentence."""

    def __init__(self):
        self.passed = self.failed = 0

    def run(self, name, function, *args):
        started = time.monotonic()
        try:
            function(*args)
        except Exception as why:  # a test may fail in any way
            self.failed += 1
            import traceback
            print(f"not ok - {name}: {type(why).__name__}: {why}")
            print("".join(traceback.format_tb(why.__traceback__)[-4:]), end="", flush=True)
        else:
            self.passed += 1
            print(f"ok - {name} ({time.monotonic() - started:.1f} s)", flush=True)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(self.failed > 0 or self.passed == 0)


def check(condition, message="not so"):
    if not condition:
        raise Failed(message)


def equal(got, wanted, message=""):
    if got != wanted:
        raise Failed(f"{message or 'values differ'}: got {got!r}, wanted {wanted!r}")


def engines():
    """Both, or what SERMENT_TEST_ENGINES names."""
    return os.environ.get("SERMENT_TEST_ENGINES", "sqlite postgres").split()


def first_motive(server, world, organisation=0):
    """(organisation's slug, practitioner, motive) of something that can be booked alone."""
    slug = world.organisations[organisation]["slug"]
    for practitioner in server.api("GET", f"/orgs/{slug}/practitioners").json()["practitioners"]:
        motives = server.api("GET", f"/orgs/{slug}/motives?practitioner={practitioner['id']}").json()["motives"]
        for motive in motives:
            if motive.get("capacity", 1) == 1:
                return slug, practitioner["id"], motive["id"]
    raise Failed("the demonstration offers nothing to book")


def free_slots(server, slug, practitioner, motive, days=85):
    """From a week ahead: what is nearer may be past the term for cancelling."""
    answer = server.api("GET", f"/orgs/{slug}/practitioners/{practitioner}/slots"
                               f"?motive={motive}&from={server.world.day(7)}&days={days}")
    equal(answer.status, 200, "slots")
    return answer.json()["slots"]


def patient(number):
    return {"family": f"Essai{number}", "given": "Alix", "birth_date": "1980-03-12",
            "email": f"essai{number}@example.org", "phone": "+33639980000"}
