"""A real server on invented data, for tests from outside: start it, sign in, ask, stop it.

    with database() as store, demo(store=store) as world, serving(world) as server:
        answer = server.get("/healthz")

Everything lies in a temporary folder and ends with the `with`.  The program is the
sanitized build unless SERMENT_BIN names another.  Standard library only.
"""
import base64
import contextlib
import hashlib
import hmac
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
START_SECONDS_MAX = 60

sys.path.insert(0, str(ROOT / "tools"))
import pg_private  # noqa: E402


class Failed(Exception):
    pass


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
    """A data folder and what `serment demo` said of it."""

    def __init__(self, folder, store, said):
        self.folder, self.store, self.said = folder, store, said
        self.organisations = said["organisations"]

    def account(self, role, organisation=0):
        slug = self.organisations[organisation]["slug"]
        return next(a for a in self.said["accounts"] if a["role"] == role and a["organisation"] == slug)


@contextlib.contextmanager
def demo(store=None, orgs=1, practitioners=3, patients=60, appointments=200, seed=7, extra=()):
    folder = tempfile.mkdtemp(prefix="serment-test-")
    argv = [PROGRAM, "demo", "--dir", folder, "--seed", str(seed), "--orgs", str(orgs),
            "--practitioners", str(practitioners), "--patients", str(patients),
            "--appointments", str(appointments), "--json", *extra]
    if store:
        argv += ["--store", store]
    try:
        run = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
        if run.returncode != 0:
            raise Failed(f"demo: {run.stderr[-2000:]}")
        yield World(folder, store, json.loads(run.stdout))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- a server -----------------------------------------------------------------------

class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


class Server:
    def __init__(self, process, port, log):
        self.process, self.port, self.log = process, port, log
        self.local = threading.local()

    def ask(self, method, path, body=None, headers=None):
        """One request on this thread's connection; reconnects once if the server closed it."""
        for attempt in (0, 1):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                self.local.connection = connection
            try:
                connection.request(method, path, body=body, headers=headers or {})
                response = connection.getresponse()
                data = response.read()
                return Answer(response.status, response.getheaders(), data)
            except (http.client.HTTPException, ConnectionError, OSError):
                connection.close()
                self.local.connection = None
                if attempt:
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

    def stop(self, seconds=30):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)

    def kill(self):
        self.process.kill()
        self.process.wait()


def start(world, *extra, env=None):
    """A server on the world's folder; its standard error goes to a file beside it."""
    log = open(os.path.join(world.folder, "server.log"), "ab")
    argv = [PROGRAM, "serve", "--dir", world.folder, "--listen", "127.0.0.1:0", *extra]
    if world.store:
        argv += ["--store", world.store]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **(env or {})})
    watchdog = threading.Timer(START_SECONDS_MAX, process.kill)
    watchdog.start()
    line = process.stdout.readline()
    watchdog.cancel()
    match = re.match(r"listening on http://\S*:(\d+)", line)
    if not match:
        process.kill()
        process.wait()
        raise Failed(f"serve said {line!r}; {read_log(world)[-2000:]}")
    return Server(process, int(match[1]), log.name)


def read_log(world):
    return pathlib.Path(world.folder, "server.log").read_text(errors="replace")


@contextlib.contextmanager
def serving(world, *extra, env=None):
    server = start(world, *extra, env=env)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            try:
                code = server.stop()
            except subprocess.TimeoutExpired:
                server.kill()
                raise Failed("serve did not stop on SIGTERM") from None
            if code != 0:
                raise Failed(f"serve ended with {code}: {read_log(world)[-3000:]}")


# --- a browser without a screen ------------------------------------------------------

def totp(secret, at=None):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    step = struct.pack(">Q", int((at or time.time()) // 30))
    digest = hmac.new(key, step, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000:06d}"


class Browser:
    """Keeps cookies, follows redirects, sends forms with the token of the page before."""

    def __init__(self, server, language="fr"):
        self.server, self.language, self.cookies, self.page, self.path = server, language, {}, None, "/"

    def send(self, method, path, form=None, follow=True):
        headers = {"Accept-Language": self.language}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://127.0.0.1:{self.server.port}"
            body = urllib.parse.urlencode(form)
        answer = self.server.ask(method, path, body=body, headers=headers)
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                content = rest.split(";")[0]
                if "Max-Age=0" in value:
                    self.cookies.pop(key, None)
                else:
                    self.cookies[key] = content
        self.page, self.path = answer, path
        if follow and answer.status == 303:
            return self.send("GET", answer.header("Location"))
        return answer

    def get(self, path, follow=True):
        return self.send("GET", path, follow=follow)

    def csrf(self):
        match = re.search(r'name="csrf" value="([^"]*)"', self.page.text)
        return match[1] if match else None

    def post(self, path, follow=True, **form):
        token = self.csrf() if self.page is not None else None
        if token and "csrf" not in form:
            form["csrf"] = token
        return self.send("POST", path, form, follow=follow)


# --- telling -------------------------------------------------------------------------

class Tests:
    """Runs functions as tests; each name is a sentence."""

    def __init__(self):
        self.passed = self.failed = 0

    def run(self, name, function, *args):
        started = time.time()
        try:
            function(*args)
        except Exception as why:  # a test may fail in any way
            self.failed += 1
            import traceback
            print(f"not ok - {name}: {type(why).__name__}: {why}")
            print("".join(traceback.format_tb(why.__traceback__)[-3:]), end="", flush=True)
        else:
            self.passed += 1
            print(f"ok - {name} ({time.time() - started:.1f} s)", flush=True)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(self.failed > 0)


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
    """From a week ahead: what is nearer may be past the term for cancelling, depending on the hour of the test."""
    start_day = time.strftime("%Y-%m-%d", time.localtime(time.time() + 7 * 86400))
    answer = server.api("GET", f"/orgs/{slug}/practitioners/{practitioner}/slots"
                               f"?motive={motive}&from={start_day}&days={days}")
    equal(answer.status, 200, "slots")
    return answer.json()["slots"]


def patient(number):
    return {"family": f"Essai{number}", "given": "Alix", "birth_date": "1980-03-12",
            "email": f"essai{number}@example.org", "phone": "+33639980000"}
