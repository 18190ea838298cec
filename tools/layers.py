#!/usr/bin/env python3
"""Fail when an #include climbs, or when a foreign header lies in the wrong room.

The table is the one of ARCHITECTURE.md: a folder, and the folders it may use.
Usage: layers.py SRC
"""
import pathlib
import re
import sys

MAY_USE = {
    "base": "",
    "oath": "base",
    "store": "base",
    "vault": "base oath store",
    "format": "base",
    "net": "base",
    "access": "base oath vault store format",
    "privacy": "base oath vault store access",
    "practice": "base oath vault store format access privacy",
    "web": "base oath format net access privacy practice",
    "app": "base oath vault store format net access privacy practice web",
}
ONLY_IN = {
    "sodium.h": "vault", "liboath/oath.h": "vault",
    "sqlite3.h": "store", "libpq-fe.h": "store",
    "microhttpd.h": "net", "curl/curl.h": "net",
    "jansson.h": "format", "utf8proc.h": "format", "qrencode.h": "format",
}


def complaints(src):
    for path in sorted(src.rglob("*.[ch]")):
        here = path.relative_to(src).parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            ours = re.match(r'#include "(\w+)/', line)
            foreign = re.match(r"#include <(.+)>", line)
            if ours and ours[1] in MAY_USE and ours[1] != here and ours[1] not in MAY_USE[here].split():
                yield f"{path}:{number}: {here}/ must not use {ours[1]}/"
            elif foreign and ONLY_IN.get(foreign[1], here) != here:
                yield f"{path}:{number}: <{foreign[1]}> belongs to {ONLY_IN[foreign[1]]}/"


if __name__ == "__main__":
    found = list(complaints(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "layers: every arrow points up the list")
    sys.exit(bool(found))
