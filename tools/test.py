#!/usr/bin/env python3
"""Run the tests and count them: the last line is "N passed, N failed".

Usage: test.py check    what takes a minute or so: tools, unit and property tests
       test.py all      everything, browsers and both engines included

Each step prints what it does; one that cannot run at all counts as a failure.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SANITIZED = ROOT / "build/sanitized"
PYTHON = "/usr/bin/python3"

os.environ["PATH"] = f"{ROOT}/build/node/bin:{os.environ['PATH']}"  # where tools/deps.sh put a newer one

# When tests and programs go wrong that know only working hours, for SERMENT_TEST_NOW.
MOMENTS = {"a Friday at 23:58": 1795820280, "as the clocks go forward": 1806195570,
           "in the hour that comes twice": 1792888200, "New Year's Eve": 1798757880, "29 February": 1835427600}

passed, failed, failures = 0, 0, []


def count(name, good, bad, log=""):
    global passed, failed
    passed += good
    failed += bad
    if bad:
        failures.append(name)
        sys.stdout.write(log[-6000:])
    print(f"  {name}: {good} passed, {bad} failed", flush=True)


def command(name, argv, env=None, seconds=900):
    """A step that is one test: its exit code decides; a summary line of its own is believed."""
    try:
        run = subprocess.run(argv, cwd=ROOT, env={**os.environ, **(env or {})}, timeout=seconds,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             errors="replace")
        code, log = run.returncode, run.stdout
    except subprocess.TimeoutExpired as late:
        code, log = 1, (late.stdout or b"").decode(errors="replace") + f"\n{name}: no end after {seconds} s\n"
    except FileNotFoundError as missing:
        code, log = 1, f"{name}: {missing}\n"
    said = re.findall(r"^(\d+) passed, (\d+) failed$", log, re.M)
    if said:
        good, bad = int(said[-1][0]), int(said[-1][1])
        count(name, good, max(bad, int(code != 0)), log)
    else:
        count(name, int(code == 0), int(code != 0), log)


def meson(name, *choice):
    """Every TAP line of every binary is a test; a binary that crashes is one that failed."""
    log_file = SANITIZED / "meson-logs/testlog.json"
    log_file.unlink(missing_ok=True)
    argv = ["meson", "test", "-C", str(SANITIZED), "--no-rebuild", "--print-errorlogs"]
    argv += choice
    started = time.time()
    run = subprocess.run([PYTHON, "tools/pg_private.py", "--"] + argv, cwd=ROOT, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    good = bad = 0
    log = ""
    lines = log_file.read_text().splitlines() if log_file.exists() else []
    for line in lines:
        test = json.loads(line)
        out = test.get("stdout", "")
        ok = len(re.findall(r"^\s*ok \d+", out, re.M))
        not_ok = len(re.findall(r"^\s*not ok \d+(?!.*# SKIP)", out, re.M))
        if test["result"] == "OK":
            good += ok or 1
        elif test["result"] != "SKIP":
            good, bad = good + ok, bad + max(not_ok, 1)
            log += f"--- {test['name']}: {test['result']}\n{out[-3000:]}\n{test.get('stderr', '')[-3000:]}\n"
    if not lines:
        bad, log = 1, run.stdout
    count(f"{name} ({time.time() - started:.0f} s)", good, max(bad, int(run.returncode != 0)), log)


def rules():
    command("layers", ["tools/layers.py", "src"])
    command("house rules", [PYTHON, "tools/check.py"])
    command("translations", [PYTHON, "tools/messages.py"])


def check():
    rules()
    meson("unit tests", "--suite", "unit")


def clang():
    """The other compiler takes the whole program, warnings being errors for it too."""
    folder = ROOT / "build/clang"
    if not (folder / "build.ninja").exists():
        subprocess.run(["meson", "setup", str(folder), "-Dtests=false"], cwd=ROOT, check=True,
                       env={**os.environ, "CC": "clang"}, stdout=subprocess.DEVNULL)
    command("clang", ["ninja", "-C", str(folder)])


def everything():
    rules()
    clang()
    meson("unit and property tests")
    command("SQL on both engines", [PYTHON, "tools/sqlcheck.py"])
    for step in sorted((ROOT / "tests").glob("*/run.*")):
        command(step.parent.name, [PYTHON if step.suffix == ".py" else "bash", str(step)], seconds=1500)
    for name, moment in MOMENTS.items():
        command(f"api, {name}", [PYTHON, "tests/api/run.py"], env={"SERMENT_TEST_NOW": str(moment)})


{"check": check, "all": everything}[sys.argv[1]]()
for name in failures:
    print(f"FAILED: {name}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
