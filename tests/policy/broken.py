#!/usr/bin/env python3
"""Broken policies and what is said about each: every one, exactly, in both languages.

Each file of broken/ begins with `# expect: LINE:COLUMN error CODE, ...`: all that
check and lint say of it, notes apart.  What would be too large to keep is made here.
Usage: broken.py PROGRAM
"""
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAID = re.compile(r"^[^\n]*?\.policy:(\d+):(\d+): (error|warning|note|erreur|avertissement|remarque): ([EWN]\d+): (.*)$", re.M)
WORDS = {"erreur": "error", "avertissement": "warning", "remarque": "note"}
failures = []
FILES_AT_ONCE = 60


def run(program, *words):
    """Exit status and what was printed; a fault of the program itself is a failure."""
    done = subprocess.run([program, "policy", *map(str, words)], capture_output=True, text=True, errors="replace")
    if done.returncode not in (0, 1) or "Sanitizer" in done.stderr or "runtime error" in done.stderr:
        failures.append(f"{words}: status {done.returncode}\n{done.stderr[:2000]}")
    return done.returncode, done.stdout


def said(program, paths, *options):
    """Of each file all that check and lint say, in the order of the lines, and the text."""
    found, texts = {path.name: [] for path in paths}, {path.name: "" for path in paths}
    for verb in ("check", "lint"):
        for at in range(0, len(paths), FILES_AT_ONCE):
            group = paths[at:at + FILES_AT_ONCE]
            status, out = run(program, verb, *group, *options)
            any_error = False
            for path in group:
                text = "\n".join(p for p in re.split(r"(?m)^(?=[^\n]*\.policy)", out) if p.startswith(str(path)))
                here = [(int(line), int(column), WORDS.get(kind, kind), code)
                        for line, column, kind, code, _ in SAID.findall(text)]
                any_error = any_error or any(kind == "error" for _, _, kind, _ in here)
                if here != sorted(here, key=lambda h: h[:2]):
                    failures.append(f"{path.name}: {verb} does not say it in the order of the lines")
                found[path.name] += [h for h in here if h not in found[path.name]]
                texts[path.name] += text
            if (status == 1) != any_error:
                failures.append(f"{[p.name for p in group]}: {verb} ends with status {status}")
    return {name: sorted(list_) for name, list_ in found.items()}, texts


def check_words(path, text):
    """Nothing is left to be filled in, and each word said about stands under a caret."""
    for _, _, _, code, sentence in SAID.findall(text):
        if re.search(r"\{\d\}", sentence) or "``" in sentence or "«  »" in sentence:
            failures.append(f"{path.name}: {code} leaves something out: {sentence}")
    if re.search(r"\{[1-3]\}", text):
        failures.append(f"{path.name}: a place of the sentence was not filled")
    if text.count("^") < len(SAID.findall(text)):
        failures.append(f"{path.name}: a caret is missing")


def check_file(path, found, french, texts):
    first = path.read_bytes().split(b"\n", 1)[0].decode()
    expected = [tuple(e.split()) for e in first.removeprefix("# expect: ").split(", ")]
    expected = sorted((*map(int, place.split(":")), kind, code) for place, kind, code in expected)
    if [f for f in found if f[2] != "note"] != expected:
        failures.append(f"{path.name}: expected {expected}\n  but it says {found}\n{texts[0]}")
    if french != found:
        failures.append(f"{path.name}: says another thing in French: {french}")
    for words in texts:
        check_words(path, words)


def large_ones(folder):
    """Files that pass the limits of size, and one whose words are planned."""
    base = (HERE / "broken/no-date.policy").read_text().replace(" version 1 ", " version 1 dated 2026-11-23 ")
    fields = re.findall(r"^FIELD\((\w+), (\w+), (?:BARE|HASHED|CLEAR|NOWHERE)", (ROOT / "src/oath/fields.def").read_text(), re.M)
    fields = [f for f in fields if f[0] not in ("person", "booking")][:65]
    many = [f"category c{i} of patient fields {'.'.join(f)}\nkeep c{i} 1y after created\n" for i, f in enumerate(fields)]
    uses = ",".join(f"c{i}" for i in range(62))
    many.append(f"purpose manage basis interest notice manage uses\n {uses.replace('c31,', 'c31, ' + chr(10) + ' ')}\n")
    made = {"E100": ("#" * 80 + "\n") * 20000, "E101": "#\n" * 20001, "E209": base + "".join(many),
            "N02": (ROOT / "policies/default.policy").read_text() + "cookie shoe essential session\n"}
    for code, text in made.items():
        path = folder / f"{code}.policy"
        path.write_text(text)
        yield path, code


def check_projections(program, path):
    """Every policy of ours becomes a page, registers and data, in both languages."""
    data = json.loads(run(program, "json", path)[1])
    for lang in ("fr", "en"):
        page = run(program, "render", path, "--html", "--lang", lang)[1]
        if page.count("<section") != page.count("</section>") or page.count("<section") < 14 or "(null)" in page:
            failures.append(f"{path.name}: the page in {lang} is not whole")
        rows = list(csv.reader(io.StringIO(run(program, "register", path, "--lang", lang)[1])))
        if len(rows) != 1 + len(data["purposes"]) or len({len(row) for row in rows}) != 1:
            failures.append(f"{path.name}: the register in {lang} has {len(rows)} rows")
        for category in data["categories"]:
            status, text = run(program, "explain", path, category["name"], "--lang", lang)
            if status != 0 or text.count("\n") < 6:
                failures.append(f"{path.name}: {category['name']} is not explained in {lang}")
    processors = list(csv.reader(io.StringIO(run(program, "register", path, "--processors")[1])))
    if len(processors) != 1 + sum(r["role"] == "processor" for r in data["recipients"]):
        failures.append(f"{path.name}: the register of processors has {len(processors)} rows")
    if len(json.loads(run(program, "dpv", path)[1])["@graph"]) != len(data["purposes"]) + len(data["categories"]):
        failures.append(f"{path.name}: the vocabulary has not one node each")


def check_commands(program, folder):
    """What the other verbs print, and how they end."""
    default = ROOT / "policies/default.policy"
    for path in sorted((ROOT / "policies").glob("*.policy")) + sorted((HERE / "as-published").glob("*.policy")):
        status, out = run(program, "fmt", path)
        again = folder / path.name
        again.write_text(out)
        if status == 0 and run(program, "fmt", again) != (0, out):
            failures.append(f"{path.name}: its canonical form is not stable")
        if status == 0 and out.count("#") != path.read_text().count("#"):
            failures.append(f"{path.name}: fmt loses a comment")
        if status == 0 and run(program, "diff", path, again)[1] != "0 loosen, 0 tighten, 0 neutral\n":
            failures.append(f"{path.name}: its canonical form means another thing")
    data = json.loads(run(program, "json", default)[1])
    if data["version"] != 1 or {k["category"] for k in data["keeps"]} != {c["name"] for c in data["categories"]}:
        failures.append("json: not every category has a term")
    graph = json.loads(run(program, "dpv", default)[1])["@graph"]
    ids = [node["@id"] for node in graph]
    used = {ref["@id"] for node in graph for ref in node.get("dpv:hasPersonalData", [])}
    if len(set(ids)) != len(ids) or not used or not used <= set(ids):
        failures.append("dpv: a reference leads nowhere")
    if re.search(r"hash ([0-9a-f]{64})", run(program, "check", default)[1])[1] != data["hash"]:
        failures.append("json: another hash than check's")
    broken = HERE / "broken/no-basis.policy"
    for words in (("fmt", broken), ("json", broken), ("diff", default, broken), ("explain", broken, "identity"),
                  ("clauses", broken), ("check", folder / "none.policy"), ("explain", default, "nothing")):
        if run(program, *words) != (1, ""):
            failures.append(f"{words}: should print nothing and end with status 1")
    for words in ((), ("check",), ("fmt", default, default), ("words", default), ("sing",),
                  ("check", default, "--lang", "de")):
        done = subprocess.run([program, "policy", *map(str, words)], capture_output=True, text=True)
        if done.returncode != 2 or not done.stderr.startswith("serment: "):
            failures.append(f"{words}: should be refused with status 2: {done}")


def main(program):
    files = sorted((HERE / "broken").glob("*.policy"))
    found, texts = said(program, files)
    french, french_texts = said(program, files, "--lang", "fr")
    for path in files:
        check_file(path, found[path.name], french[path.name], (texts[path.name], french_texts[path.name]))
    codes = {code for list_ in found.values() for *_, code in list_}
    with tempfile.TemporaryDirectory() as folder:
        check_commands(program, pathlib.Path(folder))
        for path in sorted((ROOT / "policies").glob("*.policy")):
            check_projections(program, path)
        for path, code in large_ones(pathlib.Path(folder)):
            here = {c for *_, c in said(program, [path])[0][path.name]}
            codes |= here
            if code not in here:
                failures.append(f"{path.name}: does not say {code} but {here}")
    every = set(re.findall(r"^DIAGNOSTIC\((\w+)", (ROOT / "src/oath/diagnostics.def").read_text(), re.M))
    if every - codes:
        failures.append(f"no broken policy for {sorted(every - codes)}")
    if len(files) < 100:
        failures.append(f"only {len(files)} broken policies")
    print("\n".join(failures) or f"{len(files)} broken policies: each told of, in both languages")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
