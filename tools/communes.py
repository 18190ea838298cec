#!/usr/bin/env python3
"""The communes of France with a postal code each, for a search by name.

    communes.py NODE_MODULES > src/practice/communes.txt

Rewrites the list from npm's @etalab/decoupage-administratif (Licence Ouverte 2.0).  A line
is a name, folded as format/fold.c folds it, a tab, and the commune's first postal code;
lines are in the order of their bytes.  Of communes with one name the most populated stays.
"""
import json
import pathlib
import sys
import unicodedata

LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "-": " ", "'": " ", "’": " "})


def folded(name):
    plain = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    words = "".join(c for c in plain if not unicodedata.combining(c)).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def main():
    data = pathlib.Path(sys.argv[1], "@etalab/decoupage-administratif/data/communes.json")
    largest = {}
    for commune in json.loads(data.read_text()):
        if commune["type"] != "commune-actuelle" or not commune.get("codesPostaux"):
            continue
        name, people = folded(commune["nom"]), commune.get("population", 0)
        if name not in largest or people > largest[name][0]:
            largest[name] = people, min(commune["codesPostaux"])
    lines = sorted(f"{name}\t{postal}\n" for name, (_, postal) in largest.items())
    sys.stdout.write("".join(sorted(lines, key=str.encode)))


if __name__ == "__main__":
    main()
