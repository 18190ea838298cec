"""A server of its own with invented data, and a client that holds it to its documentation."""
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from schema import check, resolve

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("SERMENT_BIN", str(ROOT / "build/sanitized/src/app/serment"))
API = "/api/v1"


class Server:
    def __init__(self, store=None):
        engine = ["--store", store] if store else []
        self.dir = tempfile.mkdtemp(prefix="serment-api-")
        data = self.dir + "/data"
        made = subprocess.run([BIN, "demo", "--dir", data, "--seed", "11", "--orgs", "2", "--practitioners", "6",
                               "--patients", "40", "--appointments", "60", "--json", *engine],
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120)
        self.demo = json.loads(made.stdout)
        self.log = open(self.dir + "/log", "w+b")
        self.process = subprocess.Popen([BIN, "serve", "--dir", data, "--listen", "127.0.0.1:0", *engine],
                                        stdout=subprocess.PIPE, stderr=self.log)
        self.port = int(self.process.stdout.readline().decode().rsplit(":", 1)[1])
        self.doc = json.loads((ROOT / "src/web/openapi.json").read_text(encoding="utf-8"))
        self.unlike = []        # answers that differ from the documentation

    def stop(self):
        self.process.terminate()
        code = self.process.wait(60)
        self.log.seek(0)
        log = self.log.read().decode(errors="replace")
        shutil.rmtree(self.dir)
        return code, log

    def org(self, n):
        return self.demo["organisations"][n]

    def token(self, n, role="secretary"):
        return next(a["api_token"] for a in self.demo["accounts"]
                    if a["organisation"] == self.org(n)["slug"] and a["role"] == role)


class Answer:
    def __init__(self, raw):
        self.status, self.headers, self.body = raw.status, raw.headers, raw.read()
        self.type = (self.headers["Content-Type"] or "").split(";")[0]

    @property
    def json(self):
        return json.loads(self.body)

    def is_problem(self, status, word, field=None):
        assert self.status == status, (self.status, self.body)
        assert self.type == "application/problem+json", self.type
        assert self.json["status"] == status and self.json["error"] == word, self.body
        assert self.json.get("field") == field, self.body
        assert self.json["title"] and self.json["detail"]


class Client:
    """One connection, from an address of its own: the public's rate is per address."""

    def __init__(self, server, token=None, address="127.0.0.1"):
        self.server, self.token = server, token
        self.wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60, source_address=(address, 0))

    def ask(self, method, path, body=None, **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = "Bearer " + self.token
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.wire.request(method, path, body, {k: v for k, v in sent.items() if v is not None})
        answer = Answer(self.wire.getresponse())
        self.compare(method.lower(), path.split("?")[0], answer)
        return answer

    def get(self, path, **headers):
        return self.ask("GET", path, None, **headers)

    def compare(self, method, path, answer):
        """Documented paths answer as documented; the tests of other paths look for themselves."""
        doc = self.server.doc
        for pattern, item in doc["paths"].items():
            if not re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path) or method not in item:
                continue
            response = item[method]["responses"].get(str(answer.status))
            if response is None:
                self.server.unlike.append(f"{method} {pattern}: {answer.status} is not documented")
                return
            content = resolve(doc, response).get("content", {})
            if answer.type not in content:
                if answer.body:
                    self.server.unlike.append(f"{method} {pattern} {answer.status}: {answer.type}")
                return
            self.server.unlike += [f"{method} {pattern} {answer.status} {what}"
                                   for what in check(doc, content[answer.type]["schema"], answer.json)]
            return
