#!/usr/bin/env python3
"""Write sql/NNNN_name.sql as the C table that store/migrate.h runs.

Usage: embed_sql.py SQL_FOLDER OUTPUT.c DEPFILE
Numbers begin at 1 and have no gap: a step that was forgotten fails the build.
"""
import pathlib
import re
import sys


def c_literal(text):
    lines = []
    for line in text.splitlines(keepends=True):
        escaped = line.replace("\\", "\\\\").replace('"', '\\"')
        escaped = escaped.replace("\n", "\\n").replace("\t", "\\t")
        lines.append(f'\t    "{escaped}"')
    return "\n".join(lines)


def main(folder, output, depfile):
    entries = []
    paths = sorted(pathlib.Path(folder).glob("*.sql"))
    for expected, path in enumerate(paths, 1):
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", path.name)
        if not match or int(match[1]) != expected:
            sys.exit(f"{path}: expected a name like {expected:04}_subject.sql")
        text = c_literal(path.read_text(encoding="utf-8"))
        entries.append(f'\t{{ {expected}, "{match[2]}",\n{text} }},\n')
    if not entries:
        sys.exit(f"{folder}: no migration found")
    pathlib.Path(output).write_text(
        '/* Written by tools/embed_sql.py from sql/: do not edit. */\n'
        '#pragma GCC diagnostic ignored "-Woverlength-strings"\n'
        '#include "app/migrations.h"\n\n'
        "const struct migration migrations[] = {\n" + "".join(entries) + "};\n"
        "const size_t migrations_n = COUNT(migrations);\n", encoding="utf-8")
    # The folder too: a step that is added makes it newer.
    pathlib.Path(depfile).write_text(
        f"{output}: {folder} {' '.join(str(p) for p in paths)}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
