#!/usr/bin/env python3
"""The policies of the tree: ours compile clean, and the mistakes of the published texts are named.

In tests/policy/as-published a comment `# defect N CODE` stands on the line at which the
compiler or the linter must speak; all of 1 to 22 must be there.
The last line is "N passed, N failed".
"""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from harness import PROGRAM, ROOT, Failed, Tests, check, equal  # noqa: E402

PUBLISHED_DEFECTS = 22


def said(verb, path):
    """Exit code, and {(line, code)} of its diagnostics."""
    run = subprocess.run([PROGRAM, "policy", verb, str(path)], capture_output=True, text=True, timeout=60)
    found = re.findall(r"^\S+?:(\d+):\d+: (?:error|warning|note): ([EWN]\d+):", run.stdout + run.stderr, re.M)
    return run.returncode, {(int(line), code) for line, code in found}, run.stdout + run.stderr


def compiles(path):
    code, _, text = said("check", path)
    equal(code, 0, text)
    code, found, text = said("lint", path)
    check(not [c for _, c in found if not c.startswith("N")], f"lint of {path.name}:\n{text}")


def is_canonical(path, folder):
    """Printing is a fixed point, and means the same: comparing the two finds no change."""
    printed = pathlib.Path(folder) / "printed.policy"
    for _ in range(2):
        source = printed if printed.exists() else path
        run = subprocess.run([PROGRAM, "policy", "fmt", str(source)], capture_output=True, text=True, timeout=60)
        equal(run.returncode, 0, run.stderr)
        before = printed.read_text() if printed.exists() else None
        printed.write_text(run.stdout)
    equal(before, run.stdout, "printing what was printed")
    run = subprocess.run([PROGRAM, "policy", "diff", str(path), str(printed)], capture_output=True, text=True, timeout=60)
    check(run.stdout.strip().endswith("0 loosen, 0 tighten, 0 neutral"), run.stdout)


def mistakes_are_named(path, seen):
    code, found, text = said("lint", path)
    equal(code, 1, "a text with mistakes")
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for defect, wanted in re.findall(r"# defect (\d+) ([EW]\d+)", line):
            if (number, wanted) not in found:
                raise Failed(f"defect {defect}: {wanted} is not said of line {number}\n{text}")
            seen.add(int(defect))


tests = Tests()
for policy in sorted((ROOT / "policies").glob("*.policy")):
    tests.run(f"{policy.name} compiles, and the linter has nothing to say", compiles, policy)
    with tempfile.TemporaryDirectory(prefix="serment-policy-") as folder:
        tests.run(f"{policy.name} printed means the same", is_canonical, policy, folder)
named = set()
for policy in sorted((HERE / "as-published").glob("*.policy")):
    tests.run(f"the mistakes of {policy.stem}, as published, are named one by one", mistakes_are_named, policy, named)
tests.run(f"all {PUBLISHED_DEFECTS} of them",
          lambda: equal(set(range(1, PUBLISHED_DEFECTS + 1)) - named, set(), "not named"))
tests.end()
