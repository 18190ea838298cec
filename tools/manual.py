#!/usr/bin/env python3
"""Write or check docs/man: the manual pages that `serment debug manual` prints.

Usage: manual.py PROGRAM FOLDER          write them
       manual.py --check PROGRAM FOLDER  exit 1 if one differs, is missing or is left over
"""
import pathlib
import re
import subprocess
import sys


def pages(program):
    """Name of the file and its text, of the program and of each command of its help."""
    def run(*words):
        return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout
    found = {"serment.1": run("debug", "manual")}
    listed = run("--help").split("Commands:\n", 1)[1].split("\n\n", 1)[0]
    for name in re.findall(r"^  ([a-z]+) ", listed, re.M):
        found[f"serment-{name}.1"] = run("debug", "manual", name)
    return found


def main(words):
    check = words[:1] == ["--check"]
    program, folder = words[check:check + 2]
    folder = pathlib.Path(folder)
    wanted = pages(program)
    there = {p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.1")}
    if check:
        faults = sorted(n for n in wanted.keys() | there.keys() if wanted.get(n) != there.get(n))
        for name in faults:
            print(f"docs/man/{name} is not what the program says: run tools/manual.py")
        return bool(faults)
    folder.mkdir(parents=True, exist_ok=True)
    for name in there.keys() - wanted.keys():
        (folder / name).unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
