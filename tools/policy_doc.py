#!/usr/bin/env python3
"""Write or check the tables of docs/policy.md: words, fields and codes, from src/oath/*.def.

Usage: policy_doc.py          write them
       policy_doc.py --check  exit 1 if they differ
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/policy.md"
WORDS, FIELDS, DIAGNOSTICS = ((ROOT / "src/oath" / f"{name}.def").read_text()
                              for name in ("words", "fields", "diagnostics"))

# Macro of words.def, what it is, where a policy has its words.
SETS = [
    ("SUBJECT", "Subjects", "`subject`, `of`"), ("READER", "Readers", "`readers`, `login`"),
    ("BASIS", "Legal bases (GDPR 6)", "`basis`"), ("CONDITION", "Conditions of article 9", "`condition`"),
    ("EVENT", "Events", "terms"), ("PERIOD", "Periods", "terms"), ("MECHANISM", "Transfer mechanisms", "`under`"),
    ("RIGHT", "Rights", "`rights`, `answers`"), ("COOKIE_KIND", "Kinds of cookies", "`cookie`"),
    ("COOKIE_NAME", "Cookies that the program sets", "`cookie`"), ("HELD", "What a cookie holds", "`holds`"),
    ("VOW", "Promises", "`promise`"), ("AIM", "Purposes", "`purpose`, `for`"), ("LIMIT", "Limits", "`limit`"),
    ("AUTHORITY", "Authorities", "`complaint`"), ("CHANNEL", "Channels", "`channel`"),
    ("CONTENT", "What a message tells", "`content`"), ("STANDING", "Roles of recipients", "`role`"),
    ("TRADE", "Kinds of controllers", "`is`"), ("FACTOR", "Ways to sign in", "`login`"),
    ("WAY", "Ways to verify", "`verify`"), ("PIXEL", "Pixels", "`pixel`"), ("SCOPE", "Scope of a withdrawal", "`scope`"),
    ("DECISION", "Decisions", "`decision`"), ("NEED", "Needs", "`only-if`"), ("AFTER_DEATH", "After a death", "`else`"),
    ("DISPOSAL", "Ends", "`then`"), ("SHARE", "Parts of a backup", "`backup`"), ("CHANGE", "Changes", "`change`"),
    ("TONGUE", "Languages", "`lang`"), ("AGE", "Ages", "`of` of a `keep`"), ("ANSWER", "Yes or no", "`hds`, `tell-persons`"),
]
UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def seconds(number):
    return next(f"{number // unit}{name}" for unit, name in UNITS if number % unit == 0)


def product(text):
    """A number of the table: 31 * 86400."""
    result = 1
    for factor in text.split("*"):
        result *= int(factor)
    return result


def described(macro, name, flags, rest):
    text = f"`{name}`"
    end = re.search(r'"(\d{4}-\d\d-\d\d)"\)', rest) if macro == "MECHANISM" else None
    if end:
        text += f" (dead since {end[1]})"
    if macro == "LIMIT":
        low, high = (product(n) for n in re.search(r", ([\d* ]+), ([\d* ]+)\)$", rest).groups())
        text += f" ({seconds(low)} to {seconds(high)})" if "DURATION" in flags else f" ({low} to {high})"
    return text + ("°" if "PLANNED" in flags else "")


def word_rows():
    yield "| what | where | words |\n|---|---|---|"
    for macro, title, where in SETS:
        rows = re.findall(rf'^{macro}\(\w+, "([^"]+)", ([^,]*), "[^"]*"(.*)$', WORDS, re.M)
        yield f"| {title} | {where} | {', '.join(described(macro, *row) for row in rows)} |"


def field_rows():
    yield "| table | holds | fields |\n|---|---|---|"
    for table, flags, label in re.findall(r'^RECORD\((\w+), ([^,]*), "([^"]*)"', FIELDS, re.M):
        planned = "PLANNED" in flags
        fields = re.findall(rf'^FIELD\({table}, (\w+), \w+, "[^"]*", ([^"]*), "', FIELDS, re.M)
        names = ", ".join(f"`{name}`" + ("°" if "PLANNED" in own and not planned else "") for name, own in fields)
        yield f"| `{table}`{'°' if planned else ''} | {label} | {names} |"


def code_rows():
    yield "| code | says |\n|---|---|"
    for code, text in re.findall(r'^DIAGNOSTIC\((\w+), \w+, "((?:[^"\\]|\\.)*)"', DIAGNOSTICS, re.M):
        text = re.sub(r"\{\d\}", "…", text.replace('\\"', '"').replace("\\\\", "\\")).replace("`…`", "…")
        yield f"| {code} | {text} |"


def main(check):
    page = old = PAGE.read_text()
    for rows in (word_rows, field_rows, code_rows):
        table = "\n".join(rows()) + "\n"
        start = page.index(table[:table.index("\n")])
        end = page.find("\n\n", start)
        page = page[:start] + table + (page[end + 1:] if end >= 0 else "")
    if check and page != old:
        print("docs/policy.md is stale: run tools/policy_doc.py")
    elif not check:
        PAGE.write_text(page)
    return bool(check and page != old)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
