#!/usr/bin/env python3
"""The sentences of the program in French and English: ui/lang/fr.po and en.po.

    messages.py                     check, for people and tests
    messages.py --build OUT.c --depfile OUT.d
                                    check, then write the table behind format/text.h
    messages.py --add               append the ids that the sources use and the .po lack:
                                    English filled in, French left empty
    messages.py --fill FILE.po      merge translations into fr.po and add what is missing;
                                    spaces and apostrophes are typeset on the way
    messages.py --tidy              drop the ids that nothing uses any more

Ids are collected from {{_ "..." }} and {{n "..." "..." }} in ui/pages and ui/mail, and from T("..."),
SAY("...") and TN("...", "...") there and in src.  Missing, empty, fuzzy or unused entries, placeholders
that differ and bad French typography fail the build.  An id that begins with "format: "
lists what a language may use; its translations choose among the placeholders.

While several people write pages at once, MESSAGES_DRAFT=1 in the environment turns errors
into warnings and falls back to English.  A release build never sets it.
"""

import argparse
import fcntl
import glob
import os
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field

import templates

LANGS = ("fr", "en")
NBSP, NARROW = "\u00a0", "\u202f"
FORMAT = "format: "

HEADERS = {
    "fr": "Language: fr\\nContent-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=n>1;\\n",
    "en": "Language: en\\nContent-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=n!=1;\\n",
}


@dataclass
class Entry:
    id: str
    plural: str = ""
    forms: list = field(default_factory=lambda: [""])
    fuzzy: bool = False
    line: int = 0


class PoError(Exception):
    pass


# --- reading and writing .po -------------------------------------------------------

def parse_po(text, name):
    """{id: Entry} of a .po file, its header left out; raises PoError."""
    entries, entry, target, fuzzy = [], None, None, False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if line.startswith("#,"):
            fuzzy = "fuzzy" in line
            continue
        if not line or (line.startswith("#") and not line.startswith("#~")):
            continue
        m = re.fullmatch(r'(msgid|msgid_plural|msgstr|msgstr\[[01]\])?\s*"((?:[^"\\]|\\.)*)"', line)
        if not m:
            raise PoError(f"{name}:{number}: do not understand: {line[:60]}")
        word, value = m.group(1), unescape(m.group(2))
        if word == "msgid":
            entry = Entry(value, fuzzy=fuzzy, line=number)
            fuzzy = False
            entries.append(entry)
        elif entry is None:
            raise PoError(f"{name}:{number}: {word or 'text'} before the first msgid")
        target = put_po(entry, word or target, value, bool(word))
    found = {}
    for e in entries:
        if e.id in found:
            raise PoError(f"{name}:{e.line}: this msgid was already on line {found[e.id].line}")
        if e.id:
            found[e.id] = e
    return found


def put_po(entry, word, value, begins):
    """Store one quoted piece; the same word again continues it."""
    if word == "msgid":
        entry.id = value if begins else entry.id + value
    elif word == "msgid_plural":
        entry.plural = value if begins else entry.plural + value
        entry.forms = ["", ""]
    else:
        at = 1 if word == "msgstr[1]" else 0
        entry.forms += [""] * (at + 1 - len(entry.forms))
        entry.forms[at] += value
    return word


def unescape(text):
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), text)


def escape(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")


def format_po(lang, entries):
    out = [f'msgid ""\nmsgstr "{HEADERS[lang]}"\n']
    for e in sorted(entries.values(), key=lambda e: e.id.encode()):
        lines = ["#, fuzzy"] if e.fuzzy else []
        lines.append(f'msgid "{escape(e.id)}"')
        if e.plural:
            lines.append(f'msgid_plural "{escape(e.plural)}"')
            lines += [f'msgstr[{i}] "{escape(f)}"' for i, f in enumerate(e.forms)]
        else:
            lines.append(f'msgstr "{escape(e.forms[0])}"')
        out.append("\n".join(lines) + "\n")
    return "\n".join(out)


# --- which ids the sources use -----------------------------------------------------

LITERAL = r'"(?:[^"\\\n]|\\.)*"'
STRINGS = rf"{LITERAL}(?:\s*{LITERAL})*"
MARK = re.compile(rf"\b(?:T|SAY)\(\s*({STRINGS})\s*\)|\bTN\(\s*({STRINGS})\s*,\s*({STRINGS})\s*\)")
COMMENT_OR_STRING = re.compile(rf"/\*.*?\*/|//[^\n]*|{LITERAL}", re.S)


def joined(strings):
    return "".join(templates.unquote(s[1:-1]) for s in re.findall(LITERAL, strings))


def ids_of_c(source):
    """(id, plural, line) for each mark outside comments."""
    blank = lambda m: re.sub(r"[^\n]", " ", m.group()) if m.group()[0] == "/" else m.group()
    source = COMMENT_OR_STRING.sub(blank, source)
    for m in MARK.finditer(source):
        line = source.count("\n", 0, m.start()) + 1
        if m.group(1):
            yield joined(m.group(1)), "", line
        else:
            yield joined(m.group(2)), joined(m.group(3)), line


def ids_of_template(source):
    for out, line in templates.outputs(source):
        if out.how in "_n":
            yield out.message, out.plural, line
    for t in templates.tokens(source):
        if t.kind in "{%!":
            yield from ((id, plural, t.line + line - 1) for id, plural, line in ids_of_c(t.body))


def source_files(root):
    found = []
    for pattern in ("src/**/*.c", "src/**/*.h", "src/**/*.def", "ui/pages/*.html", "ui/mail/*.html",
                    "ui/mail/*.txt"):
        found += glob.glob(os.path.join(root, pattern), recursive=True)
    return sorted(found)


def collect(root):
    """{id: (plural, place)} of all sources, and what contradicts itself."""
    used, mistakes = {}, []
    for path in source_files(root):
        name = os.path.relpath(path, root)
        with open(path, encoding="utf-8") as file:
            source = file.read()
        reader = ids_of_c if path.endswith((".c", ".h", ".def")) else ids_of_template
        try:
            for id, plural, line in reader(source):
                if used.setdefault(id, (plural, f"{name}:{line}"))[0] != plural:
                    mistakes.append(f'{name}:{line}: "{id}" has another plural at {used[id][1]}')
        except templates.TemplateError as e:
            mistakes.append(f"{name}:{e.line}: {e}")
    return used, mistakes


# --- checks ------------------------------------------------------------------------

def placeholders(text):
    return set(templates.PLACEHOLDER.findall(text))


def french_faults(text):
    """What a French typographer would underline."""
    bare = re.sub(r"\w+://\S+", "", text)
    if "'" in bare:
        yield "write ’ for the apostrophe"
    if '"' in bare:
        yield "write « » for quotation marks"
    if "..." in bare:
        yield "write … for three points"
    if re.search(rf"(?<![{NARROW}?!])[;!?]", bare):
        yield "a narrow no-break space (U+202F) before ; ! ?"
    if re.search(rf"(?<!{NBSP}):(?![/\d])", bare) or re.search(rf"(?<!{NBSP})»", bare):
        yield "a no-break space (U+00A0) before : »"
    if re.search(rf"«(?!{NBSP})", bare):
        yield "a no-break space (U+00A0) after «"


def typeset(text):
    """French as typed on a keyboard, made fit for print."""
    text = text.replace("'", "’").replace("...", "…")
    text = re.sub(rf"[ {NBSP}{NARROW}]*([;!?]+)", NARROW + r"\1", text)
    text = re.sub(rf"[ {NBSP}{NARROW}]*:(?![/\d])", NBSP + ":", text)
    text = re.sub(rf"[ {NBSP}{NARROW}]*»", NBSP + "»", text)
    return re.sub(rf"«[ {NBSP}{NARROW}]*", "«" + NBSP, text)


def placeholder_faults(lang, e):
    if e.id.startswith(FORMAT):
        extra = placeholders(e.forms[0]) - placeholders(e.id)
        if extra:
            yield f"unknown placeholder {{{extra.pop()}}}"
        return
    if not e.plural:
        if placeholders(e.forms[0]) != placeholders(e.id):
            yield "its placeholders differ from the id's"
        return
    offered = placeholders(e.id + e.plural) | {"n"}
    if placeholders(e.forms[1]) != placeholders(e.plural):
        yield "the plural's placeholders differ from the id's"
    if placeholders(e.forms[0]) - offered or (offered - {"n"}) - placeholders(e.forms[0]):
        yield "the singular's placeholders differ from the id's"
    if lang == "fr" and "{n}" not in e.forms[0] and "{n}" in e.plural:
        yield "the French singular is also said of 0: it needs {n}"


def entry_faults(lang, e):
    if e.fuzzy:
        yield "is fuzzy"
    if len(e.forms) != (2 if e.plural else 1) or not all(e.forms):
        yield "has no translation"
        return
    yield from placeholder_faults(lang, e)
    if lang == "fr" and not e.id.startswith(FORMAT):
        for form in e.forms:
            yield from french_faults(form)


def faults(used, po):
    """Every mistake as one line."""
    for lang in LANGS:
        name = f"ui/lang/{lang}.po"
        for id, (plural, place) in sorted(used.items()):
            if id not in po[lang]:
                yield f'{place}: "{id}" is missing from {name} (tools/messages.py --add)'
            elif po[lang][id].plural != plural:
                yield f'{name}:{po[lang][id].line}: "{id}" has another plural at {place}'
        for id, e in po[lang].items():
            if id not in used:
                yield f'{name}:{e.line}: "{id}" is used nowhere (tools/messages.py --tidy)'
                continue
            for fault in entry_faults(lang, e):
                yield f'{name}:{e.line}: "{id}": {fault}'


# --- what it writes ----------------------------------------------------------------

def table(used, po):
    """The C table, sorted as strcmp sorts; a draft's holes are filled with English."""
    rows = []
    for id in sorted(used, key=str.encode):
        plural = used[id][0]
        shown = []
        for lang in LANGS:
            forms = po[lang][id].forms if id in po[lang] else []
            pair = [forms[0] if forms and forms[0] else id,
                    (forms[1] if len(forms) > 1 and forms[1] else plural) if plural else None]
            shown.append("{ %s, %s }" % tuple("NULL" if f is None else f'"{escape(f)}"' for f in pair))
        rows.append(f'\t{{ "{escape(id)}", {{ {", ".join(shown)} }} }},\n')
    return ("/* From ui/lang by tools/messages.py: edit those, not this. */\n"
            '#include "format/text_table.h"\n\n'
            "const struct text_message text_messages[] = {\n" + "".join(rows) + "};\n"
            "const size_t text_messages_count = COUNT(text_messages);\n")


def po_path(root, lang):
    return os.path.join(root, "ui/lang", f"{lang}.po")


def read_po(root):
    po = {}
    for lang in LANGS:
        with open(po_path(root, lang), encoding="utf-8") as file:
            po[lang] = parse_po(file.read(), f"ui/lang/{lang}.po")
    return po


@contextmanager
def editing(root):
    """Both .po files, written back at the end; one editor at a time."""
    directory = os.open(os.path.join(root, "ui/lang"), os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        po = read_po(root)
        yield po
        for lang in LANGS:
            path = po_path(root, lang)
            with open(path + ".new", "w", encoding="utf-8") as file:
                file.write(format_po(lang, po[lang]))
            os.replace(path + ".new", path)
    finally:
        os.close(directory)


def add_missing(po, used):
    for id, (plural, _) in used.items():
        for lang in LANGS:
            if id in po[lang] and po[lang][id].plural == plural:
                continue
            english = [id, plural] if plural else [id]
            known = lang == "en" and not id.startswith(FORMAT)
            po[lang][id] = Entry(id, plural, english if known else [""] * len(english))


def fill(po, fragment):
    for id, e in fragment.items():
        keep = id.startswith(FORMAT)
        e.forms = [f if keep else typeset(f) for f in e.forms]
        po["fr"][id] = e


def build(root, used, po, given):
    with open(given.build, "w", encoding="utf-8") as file:
        file.write(table(used, po))
    if given.depfile:
        inputs = source_files(root) + [po_path(root, lang) for lang in LANGS]
        with open(given.depfile, "w", encoding="utf-8") as file:
            file.write(f"{given.build}: " + " ".join(p.replace(" ", "\\ ") for p in inputs) + "\n")


def edit(root, used, given):
    with editing(root) as po:
        if given.fill:
            with open(given.fill, encoding="utf-8") as file:
                fill(po, parse_po(file.read(), given.fill))
        if given.tidy:
            for lang in LANGS:
                po[lang] = {id: e for id, e in po[lang].items() if id in used}
        else:
            add_missing(po, used)
        empty = [e.id for e in po["fr"].values() if not all(e.forms)]
    for id in empty:
        print(f'to translate: "{id}"')


def main():
    options = argparse.ArgumentParser(description="Check, build and edit the translations.")
    options.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    options.add_argument("--build", metavar="OUT.c")
    options.add_argument("--depfile")
    options.add_argument("--add", action="store_true")
    options.add_argument("--fill", metavar="FILE.po")
    options.add_argument("--tidy", action="store_true")
    given = options.parse_args()
    used, mistakes = collect(given.root)
    try:
        if given.add or given.fill or given.tidy:
            edit(given.root, used, given)
            return 0
        po = read_po(given.root)
    except PoError as e:
        print(e, file=sys.stderr)
        return 1
    mistakes += faults(used, po)
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    draft = os.environ.get("MESSAGES_DRAFT") == "1"
    if mistakes and not draft:
        return 1
    if given.build:
        build(given.root, used, po, given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
