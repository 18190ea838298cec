#!/usr/bin/env python3
"""House rules that no compiler knows: lengths, complexity, banned habits, words.

Limits are those of STYLE.md.  An exception stands in EXCEPTIONS with its reason.
Exit 1 and file:line: message for each breach.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FUNCTION_LINES_MAX, COMPLEXITY_MAX = 60, 15
FILE_LINES_MAX, HEADER_LINES_MAX = 800, 120

EXCEPTIONS = {
    # "file:function" or "file": why
    "src/practice/booking.h": "the contract of bookings is one; split it and readers need both halves",
    "src/web/web.h": "one request as every page sees it",
    "src/vault/vault.h": "the one door, read as a whole by whoever reviews it",
    "src/net/smtp.c:configure": "a list of options, each of which must be taken",
    "src/practice/hours.c:check_days": "a list of rules, one a line",
    "src/web/layout.h": "what every page has around it",
    "src/oath/policy.h": "the meaning of every declaration, read as a whole",
    "src/oath/syntax.h": "every kind of value, read as a whole",
    "src/oath/word_tags.h": "four lines a vocabulary",
    "src/oath/parse_value.c:parse_value": "one line a kind of value",
    "src/oath/print.c:value_print": "one line a kind of value",
}

# Branches that a reader must follow.
BRANCH = re.compile(r"\b(if|for|while|case)\b|&&|\|\||\?")
FUNCTION = re.compile(r"^(?P<name>[a-z_][a-z0-9_]*)\([^;]*$")


def without_comments(text):
    """Comments and strings blanked, line numbers kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    text = re.sub(r"/\*.*?\*/|//[^\n]*", blank, text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\\n])*"', lambda m: '"' + " " * (len(m.group(0)) - 2) + '"', text)


def functions(text):
    """(name, first line, body lines, complexity) of each function, by the house's layout."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line != "{" or number == 0:
            continue
        head = number - 1
        while head > 0 and not re.match(r"^[a-z_][A-Za-z0-9_]*\(", lines[head]):
            head -= 1
        match = re.match(r"^([a-z_][A-Za-z0-9_]*)\(", lines[head])
        end = next((i for i in range(number, len(lines)) if lines[i] == "}"), len(lines) - 1)
        body = "\n".join(lines[number:end + 1])
        yield (match[1] if match else "?"), head + 1, end - number - 1, 1 + len(BRANCH.findall(body))


def complaints():
    for path in sorted((ROOT / "src").rglob("*.[ch]")):
        name = str(path.relative_to(ROOT))
        raw = path.read_text()
        count = raw.count("\n")
        limit = HEADER_LINES_MAX if path.suffix == ".h" else FILE_LINES_MAX
        if count > limit and name not in EXCEPTIONS:
            yield f"{name}:1: {count} lines, the limit is {limit}"
        text = without_comments(raw)
        for number, line in enumerate(raw.splitlines(), 1):
            if line.rstrip() != line:
                yield f"{name}:{number}: blank at the end of the line"
            if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                yield f"{name}:{number}: unfinished"
            # A sentence for people is not broken: it is found by its text.
            if len(line.expandtabs(8)) > 120 and not re.search(r'\bTN?\("', line):
                yield f"{name}:{number}: longer than 120 columns"
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\bgoto\b", line):
                yield f"{name}:{number}: goto; use CLEANUP"
            if re.search(r"\b(time|clock_gettime|gettimeofday)\(", line) and not re.match(
                    r"src/(app|net|base/log|store)", name):
                yield f"{name}:{number}: the clock belongs to app/; use ctx.now"
            if re.search(r"\b(malloc|calloc|realloc|free)\(", line) and not re.match(
                    r"src/(base|net|vault|store|format)/", name):
                yield f"{name}:{number}: allocate from an arena, or with mem_alloc"
        if path.suffix == ".c":
            for function, number, lines, complexity in functions(text):
                if f"{name}:{function}" in EXCEPTIONS:
                    continue
                if lines > FUNCTION_LINES_MAX:
                    yield f"{name}:{number}: {function} has {lines} lines, the limit is {FUNCTION_LINES_MAX}"
                if complexity > COMPLEXITY_MAX:
                    yield f"{name}:{number}: {function} has complexity {complexity}, the limit is {COMPLEXITY_MAX}"


def forgotten_tests():
    """Test files that the build does not know."""
    listed = (ROOT / "tests/unit/meson.build").read_text()
    for path in sorted((ROOT / "tests/unit").glob("test_*.c")):
        stem = path.stem.removeprefix("test_")
        if f"'{stem}':" not in listed:
            yield f"{path.relative_to(ROOT)}:1: not in tests/unit/meson.build: it never runs"


def unused_functions():
    """Public functions that nobody calls, tests apart."""
    sources = {p: without_comments(p.read_text()) for p in (ROOT / "src").rglob("*.[ch]")}
    other = [p.read_text() for folder in ("ui", "src") for p in (ROOT / folder).rglob("*")
             if p.suffix in (".html", ".txt", ".def")]
    other.append((ROOT / "tools/templates.py").read_text())  # what templates become calls some
    for header, text in sorted(sources.items()):
        if header.suffix != ".h":
            continue
        for match in re.finditer(r"^[a-z].*?[ *]([a-z][a-z0-9_]+)\(", text, re.M):
            name = match[1]
            word = re.compile(rf"\b{name}\b")
            uses = sum(len(word.findall(body)) for body in sources.values()) - 1  # its own prototype
            uses += sum(len(word.findall(body)) for body in other)
            if uses < 2 and not text[match.start():].startswith(("static", "typedef")):
                tests = subprocess.run(["grep", "-rlw", name, str(ROOT / "tests"), str(ROOT / "bench")],
                                       capture_output=True, text=True).stdout
                yield f"{header.relative_to(ROOT)}: {name} is called by nobody" + (" but tests" if tests else "")


if __name__ == "__main__":
    found = list(complaints()) + list(forgotten_tests())
    if "--unused" in sys.argv:
        found += list(unused_functions())
    print("\n".join(found) or "house rules: kept")
    sys.exit(bool(found))
