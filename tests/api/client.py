"""A client that holds the server to its documentation."""
import http.client
import json
import re

from harness import ROOT
from schema import check, resolve

API = "/api/v1"
DOCUMENT = json.loads((ROOT / "src/web/openapi.json").read_text(encoding="utf-8"))
unlike = []         # answers that differ from the documentation


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
        self.token = token
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
        for pattern, item in DOCUMENT["paths"].items():
            if not re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path) or method not in item:
                continue
            response = item[method]["responses"].get(str(answer.status))
            if response is None:
                unlike.append(f"{method} {pattern}: {answer.status} is not documented")
                return
            content = resolve(DOCUMENT, response).get("content", {})
            if answer.type not in content:
                if answer.body:
                    unlike.append(f"{method} {pattern} {answer.status}: {answer.type}")
                return
            unlike.extend(f"{method} {pattern} {answer.status} {what}"
                          for what in check(DOCUMENT, content[answer.type]["schema"], answer.json))
            return
