#!/usr/bin/python3
"""Prepares every SQL("...") of src/ on both engines, against the schema of sql/.

  sqlcheck.py [ROOT]     prints file:line: message for each fault; exit status 1 if any

What is checked: SQLite and PostgreSQL both accept the statement; its placeholders
are $1, $2 ... without a gap, as many as there are binds; PostgreSQL takes each for
what the bind is; a result is a BIGINT, TEXT or blob too; nothing of the list FORBIDDEN;
and nobody outside src/store speaks to an engine directly.
"""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

import pg_private

BINDS_MAX = 24  # DB_BINDS_MAX of db.h
BIND_TYPES = {"bigint", "text", "bytea"}
KIND_TYPES = {"INT": "bigint", "TEXT": "text", "BLOB": "bytea"}
RESULT_TYPES = BIND_TYPES | {"integer", "boolean"}
TOKENS = {"sqlite": {"@BLOB@": "BLOB", "@CLUSTERED@": "WITHOUT ROWID"},
          "postgres": {"@BLOB@": "BYTEA", "@CLUSTERED@": ""}}

FORBIDDEN = [
    (r"\bSELECT\s+(\w+\.)?\*|,\s*\w+\.\*|\bRETURNING\s+\*", "SELECT *: name the columns"),
    (r"\bI?LIKE\b|\bGLOB\b|\bSIMILAR\s+TO\b", "LIKE: the engines disagree on letters; compare or search in C"),
    (r"\b(TRUE|FALSE|BOOLEAN)\b", "a boolean: SQLite has none; use 0 and 1"),
    (r"--|/\*", "a comment inside a statement: put it into the C"),
    (r";", "two statements, or a semicolon at the end"),
]
DIRECT = re.compile(r"\b(sqlite3_(?:prepare|exec|get_table)\w*|PQ(?:prepare|exec|send)\w*)\s*\(")

C_TOKEN = re.compile(r'''(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*")|(?P<char>'(?:\\.|[^'\\\n])*')
    |(?P<word>\w+)|(?P<other>.)''', re.S | re.X)
C_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'", "0": "\0"}


class Statement:
    """kinds: the binds' macros as written beside the statement, or None if they stand elsewhere."""
    def __init__(self, path, line, text, kinds):
        self.path, self.line, self.text, self.kinds = path, line, text, kinds
        # Without its quoted texts, for looking at its words.
        self.bare = re.sub(r"'(?:[^']|'')*'", "''", text)
        self.numbers = sorted({int(n) for n in re.findall(r"\$(\d+)", self.bare)})


def unquote(literal):
    return re.sub(r"\\(.)", lambda m: C_ESCAPES[m.group(1)], literal[1:-1], flags=re.S)


def defined_texts(source):
    """The macros of a file that stand for text: a list of columns that several statements share."""
    found = {}
    for name, body in re.findall(r"^[ \t]*#define[ \t]+(\w+)[ \t]+((?:\\\n|[^\n])*)", source, re.M):
        tokens = [m for m in C_TOKEN.finditer(body.replace("\\\n", " ")) if m.lastgroup != "space"]
        if tokens and all(m.lastgroup == "string" or m.group() in found for m in tokens):
            found[name] = "".join(found.get(m.group()) or unquote(m.group()) for m in tokens)
    return found


def bind_kinds(tokens, at):
    """INT, TEXT ... of the argument BINDS(...) or NULL, 0 that starts at this token; None: neither."""
    words = [t.group() for t in tokens[at:at + 4]]
    if words[:1] != [","]:
        return None
    if words[1:] == ["NULL", ",", "0"]:
        return []
    if words[1:3] != ["BINDS", "("]:
        return None
    kinds, depth, first = [], 1, True
    for token in tokens[at + 3:]:
        if first:
            kinds.append(token.group())
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        first = depth == 1 and token.group() == ","
        if depth == 0:
            break
    return kinds


def calls(source, name):
    """Of each name(...): its line, the text of its string literals, the kinds of the binds after it."""
    defined = defined_texts(source)
    tokens = [m for m in C_TOKEN.finditer(source) if m.lastgroup != "space"]
    for at, token in enumerate(tokens[:-1]):
        if token.group() != name or tokens[at + 1].group() != "(":
            continue
        depth, pieces = 0, []
        for end, inner in enumerate(tokens[at + 1:], at + 1):
            depth += {"(": 1, ")": -1}.get(inner.group(), 0)
            if inner.lastgroup == "string":
                pieces.append(unquote(inner.group()))
            elif inner.group() in defined:
                pieces.append(defined[inner.group()])
            if depth == 0:
                break
        yield source.count("\n", 0, token.start()) + 1, "".join(pieces), bind_kinds(tokens, end + 1)


def sources(root):
    for folder, _, names in sorted(os.walk(os.path.join(root, "src"))):
        for name in sorted(names):
            if name.endswith(".c"):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as f:
                    yield os.path.relpath(path, root), f.read()


def schema(root, engine, texts):
    """What migrate.c makes by itself, and the steps of sql/ in the engine's words."""
    migrate = texts.get("src/store/migrate.c", "")
    parts = [text + ";" for _, text, _ in calls(migrate, "db_script") if text]
    folder = os.path.join(root, "sql")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".sql"):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                parts.append(f.read())
    # A database with steps of its own, in C: the vault's.
    for text in texts.values():
        for steps in re.findall(r"^static const struct migration \w+\[\] = \{(.*?)^\};", text, re.M | re.S):
            for step in re.findall(r'\{\s*\d+,\s*"\w+",((?:\s*"(?:[^"\\\n]|\\.)*")+)\s*\}', steps):
                parts.append("".join(unquote(one) for one in re.findall(r'"(?:[^"\\\n]|\\.)*"', step)))
    whole = "\n".join(parts)
    for token, word in TOKENS[engine].items():
        whole = whole.replace(token, word)
    return whole


def extremum_of_several(bare):
    """max(a, b): a row's greatest on SQLite, an error on PostgreSQL."""
    for found in re.finditer(r"\b(?:MAX|MIN)\s*\(", bare, re.I):
        depth = 1
        for c in bare[found.end():]:
            depth += {"(": 1, ")": -1}.get(c, 0)
            if depth == 0:
                break
            if c == "," and depth == 1:
                return True
    return False


def check_words(s):
    for pattern, message in FORBIDDEN:
        if re.search(pattern, s.bare, re.I):
            yield message
    if extremum_of_several(s.bare):
        yield "max or min of several values: use CASE"
    if s.numbers != list(range(1, len(s.numbers) + 1)):
        yield "placeholders are not $1, $2 ... without a gap"
    if len(s.numbers) > BINDS_MAX:
        yield f"more than {BINDS_MAX} placeholders"
    if s.kinds is not None and len(s.kinds) != len(s.numbers):
        yield f"{len(s.kinds)} binds for {len(s.numbers)} placeholders"


def check_sqlite(root, texts, statements):
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema(root, "sqlite", texts))
    for s in statements:
        try:
            connection.execute("EXPLAIN " + s.text, {str(n): None for n in s.numbers})
        except sqlite3.Error as e:
            yield s, f"SQLite: {e}"


def psql(url, script):
    """Output, and the errors as (line of the script, message)."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as f:
        f.write(script)
        f.flush()
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-d", url, "-f", f.name],
                              capture_output=True, text=True, check=False)
    errors = re.findall(r"^psql:[^\n]*?:(\d+): ERROR:  (.*)$", done.stderr, re.M)
    if done.returncode != 0:
        sys.exit("sqlcheck: psql failed\n" + done.stderr)
    return done.stdout, [(int(line), message) for line, message in errors]


def prepare_lines(statements):
    """PREPARE as the program will: a bind's type is declared, or open while it is NULL."""
    for i, s in enumerate(statements):
        kinds = s.kinds if s.kinds is not None and len(s.kinds) == len(s.numbers) else ["?"] * len(s.numbers)
        variants = {tuple(KIND_TYPES.get(k, "unknown") for k in kinds)}
        if "REF" in kinds:
            variants.add(tuple("bigint" if k == "REF" else KIND_TYPES.get(k, "unknown") for k in kinds))
        for types in sorted(variants):
            guessed = "?" in kinds
            declared = f" ({', '.join(types)})" if types else ""
            one_line = s.text.replace("\n", " ")
            yield i, guessed, declared + f" AS {one_line};"


def check_postgres(url, root, texts, statements):
    _, errors = psql(url, schema(root, "postgres", texts))
    for line, message in errors:
        yield None, f"the schema on PostgreSQL, line {line} of all steps: {message}"
    # A statement a line, so that the line in a message tells which one it is.
    lines = list(prepare_lines(statements))
    output, errors = psql(url, "".join(f"PREPARE s{n}{rest}\n" for n, (_, _, rest) in enumerate(lines)) +
                          "SELECT name, array_to_string(parameter_types, ',')"
                          " FROM pg_prepared_statements;\n")
    refused = {lines[line - 1][0]: message for line, message in errors}
    for i, message in refused.items():
        yield statements[i], f"PostgreSQL: {message}"
    for row in output.splitlines():
        name, types = row.split("\t")
        i, guessed, _ = lines[int(name[1:])]
        for n, kind in enumerate(filter(None, types.split(",")), 1):
            if guessed and kind not in BIND_TYPES:
                yield statements[i], f"PostgreSQL takes ${n} for {kind}: CAST it"
    script = "".join(f"\\echo @{i}\n{t} \\gdesc\n" for i, t in
                     enumerate(s.text.replace("\n", " ") for s in statements) if i not in refused)
    output, _ = psql(url, script)
    current = None
    for row in output.splitlines():
        if row.startswith("@"):
            current = statements[int(row[1:])]
        elif "\t" in row and row.split("\t")[1] not in RESULT_TYPES:
            column, kind = row.split("\t")
            yield current, f"PostgreSQL returns {column} as {kind}: CAST it"


def main(arguments):
    root = os.path.abspath(arguments[0] if arguments else
                           os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    texts = dict(sources(root))
    statements = [Statement(path, line, text, kinds) for path, source in texts.items()
                  for line, text, kinds in calls(source, "SQL")]
    faults = []
    for path, source in texts.items():
        if not path.startswith("src/store/"):
            for found in DIRECT.finditer(source):
                line = source.count("\n", 0, found.start()) + 1
                faults.append((path, line, f"{found.group(1)} outside src/store"))
    found = [(s, message) for s in statements for message in check_words(s)]
    found += check_sqlite(root, texts, statements)
    with pg_private.server_url() as url:
        if url is None:
            print("# PostgreSQL is not installed: statements were not prepared on it")
        else:
            found += check_postgres(url, root, texts, statements)
    faults += [(s.path, s.line, message) if s else ("sql", 0, message) for s, message in found]
    for path, line, message in sorted(faults):
        print(f"{path}:{line}: {message}")
    print(f"# {len(statements)} statements, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
