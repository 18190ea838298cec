"""A server of its own for a case, and a browser without JavaScript that speaks to it."""
import base64
import hashlib
import hmac
import html.parser
import http.client
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("SERMENT_BIN", str(ROOT / "build/serment"))
START = 1795417200  # 2026-11-23T07:00:00Z, a Monday


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def totp(secret, seconds):
    """RFC 6238, on its own: the server is not asked what it would accept."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(seconds) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


class Mail:
    """What the server sends, by recipient."""

    def __init__(self):
        self.child = subprocess.Popen(["/usr/bin/python3", "-u", str(ROOT / "tests/unit/smtp_sink.py"), "plain"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = self.child.stdout.readline().strip()
        self.messages = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.child.stdout:
            word, *rest = line.split()
            if word == "MAIL":
                self.messages.append((rest[2], bytes.fromhex(rest[3]).decode()))

    def to(self, address, nth=1, seconds=15):
        for _ in range(seconds * 10):
            mine = [m for to, m in self.messages if to == address]
            if len(mine) >= nth:
                return mine[nth - 1]
            time.sleep(0.1)
        raise AssertionError(f"message {nth} to {address} did not arrive")

    def count(self, address):
        return sum(to == address for to, _ in self.messages)

    def words(self, address, nth=1):
        import email
        for part in email.message_from_string(self.to(address, nth)).walk():
            if part.get_content_type() == "text/plain":
                return part.get_payload(decode=True).decode()
        raise AssertionError("no plain text")

    def code(self, address, nth=1):
        return "".join(re.search(r"\b(\d{3})\s?(\d{3})\b", self.words(address, nth)).groups())

    def stop(self):
        self.child.terminate()
        self.child.wait()
        self.child.stdout.close()


class Server:
    """Invented data in a temporary folder; its clock begins at START and jumps when it is told to."""

    template = None
    demo = None

    def __init__(self, mail=False):
        if Server.template is None:
            Server.template = tempfile.mkdtemp(prefix="serment-web-")
            made = run("demo", "--dir", Server.template + "/data", "--now", rfc3339(START), "--orgs", "2",
                       "--practitioners", "2", "--patients", "30", "--appointments", "120", "--json")
            Server.demo = json.loads(made)
        self.dir = tempfile.mkdtemp(prefix="serment-web-")
        shutil.copytree(Server.template + "/data", self.dir + "/data")
        self.mail = Mail() if mail else None
        config = f"smtp_url = smtp://127.0.0.1:{self.mail.port}\nsmtp_from = rdv@example.test\n" \
                 "smtp_require_tls = no\n" if mail else ""
        pathlib.Path(self.dir + "/serment.conf").write_text(config)
        self.child, self.offset = None, 0
        self.start()

    def start(self):
        self.child = subprocess.Popen(
            [PROGRAM, "serve", "--dir", self.dir + "/data", "--config", self.dir + "/serment.conf",
             "--now", rfc3339(START + self.offset), "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=open(self.dir + "/log", "ab"), text=True)
        line = self.child.stdout.readline()
        self.began = time.time()
        self.port = int(line.rsplit(":", 1)[1])

    def now(self):
        return START + self.offset + (time.time() - self.began)

    def halt(self):
        self.child.terminate()
        code = self.child.wait()
        self.child.stdout.close()
        log = pathlib.Path(self.dir + "/log").read_text()
        assert code == 0 and "ERROR: " not in log and "runtime error" not in log, log[-3000:]

    def jump(self, seconds, *command):
        """Stop, run a command of the program, and start again that much later."""
        later = self.now() + seconds
        self.halt()
        said = run(command[0], "--dir", self.dir + "/data", *command[1:]) if command else ""
        self.offset = later - START
        self.start()
        return said

    def account(self, role, org=0):
        return [a for a in self.demo["accounts"] if a["role"] == role][org]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.halt()
        if self.mail:
            self.mail.stop()
        shutil.rmtree(self.dir)


def run(*argv):
    done = subprocess.run([PROGRAM, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Forms(html.parser.HTMLParser):
    """Every form of a page: action and the fields that a browser would send untouched."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.inside = [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.forms.append((a.get("action"), {}))
            self.inside = True
        elif self.inside and "name" in a and tag == "input" and a.get("type") not in ("radio", "checkbox", "submit"):
            self.forms[-1][1][a["name"]] = a.get("value", "")
        elif self.inside and "name" in a and tag == "input" and "checked" in a:
            self.forms[-1][1][a["name"]] = a.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return next((v for n, v in self.headers if n.lower() == name.lower()), "")

    @property
    def cookies(self):
        return [v for n, v in self.headers if n.lower() == "set-cookie"]

    @property
    def text(self):
        import html
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.body))).replace("\u00a0", " ").replace("\u202f", " ")


class Browser:
    def __init__(self, server, language="fr"):
        self.server, self.jar, self.page, self.language = server, {}, None, language

    def request(self, method, path, fields=None, headers=None, keep=True):
        body = None if fields is None else urllib.parse.urlencode(fields, doseq=True)
        sent = {"Host": "localhost", "Accept-Language": self.language,
                "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        if self.jar:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.jar.items())
        sent.update(headers or {})
        wire = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        wire.request(method, path, body, sent)
        got = wire.getresponse()
        answer = Answer(got.status, got.getheaders(), got.read().decode())
        wire.close()
        for cookie in answer.cookies:
            name, value = cookie.split(";")[0].split("=", 1)
            if value:
                self.jar[name] = value
            else:
                self.jar.pop(name, None)
        if keep:
            self.page = answer
        return answer

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, fields, **more):
        return self.request("POST", path, fields, **more)

    def form(self, action):
        for at, fields in Forms(self.page.body).forms:
            if at == action:
                return dict(fields)
        raise AssertionError(f"no form {action} in {self.page.status}: {self.page.text[:300]}")

    def submit(self, action, **fields):
        return self.post(action, {**self.form(action), **fields})

    @property
    def session(self):
        return self.jar.get("__Host-session")

    def sign_in(self, account, when=0, to="/compte"):
        """when: of which step of 30 seconds the code is, -1, 0 or 1: each works once."""
        self.get("/connexion?retour=" + urllib.parse.quote(to, safe=""))
        self.submit("/connexion", email=account["login"], mot_de_passe=account["password"])
        assert self.page.status == 303, self.page.text
        self.get(self.page.header("Location"))
        self.submit("/connexion/code", code=totp(account["totp_secret"], self.server.now() + 30 * when))
        return self.page
