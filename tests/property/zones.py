#!/usr/bin/python3
"""Every zone of the tz database, 2020 to 2040: our reader against Python's.

Asks zone_dump for offsets on a coarse grid and one second around each change,
and for the instants of local times around each change, gaps and folds included
(PEP 495 and RFC 5545 3.3.5 agree on both).
"""
import os
import subprocess
import sys
import tempfile
import zoneinfo
from datetime import datetime, timedelta, timezone

ROOT = "/usr/share/zoneinfo"
EPOCH = datetime(1970, 1, 1)
FIRST = int(datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp())
LAST = int(datetime(2040, 12, 31, tzinfo=timezone.utc).timestamp())
STEP = 7 * 86400 + 3 * 3600 + 17
PLAIN, GAP, FOLD = 0, 1, 2


def offset(zone, second):
    delta = datetime.fromtimestamp(second, zone).utcoffset()
    return delta.days * 86400 + delta.seconds


def changes(zone, grid):
    """The first second of each stretch, with the offsets before and after."""
    seconds = list(grid)
    for low, high in zip(seconds, seconds[1:]):
        before = grid[low]
        if before == grid[high]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if offset(zone, middle) == before:
                low = middle
            else:
                high = middle
        yield high, before, offset(zone, high)


def local_answer(zone, day, minute):
    wall = EPOCH + timedelta(days=day, minutes=minute)
    first = wall.replace(tzinfo=zone, fold=0).utcoffset()
    second = wall.replace(tzinfo=zone, fold=1).utcoffset()
    kind = PLAIN if first == second else FOLD if first > second else GAP
    instant = wall - first - EPOCH
    return f"{instant.days * 86400 + instant.seconds} {kind}"


def local_minutes(at, before, after):
    """Minutes since 1970 on the wall: both edges of the gap or fold, and within."""
    edges = sorted(((at + before) // 60, (at + after) // 60))
    middle = (edges[0] + edges[1]) // 2
    return {e + d for e in edges for d in (-60, -1, 0, 1, 60)} | {middle}


def questions(name):
    zone = zoneinfo.ZoneInfo(name)
    grid = {s: offset(zone, s) for s in range(FIRST, LAST, STEP)}
    yield f"Z {name}", None
    for second, expected in grid.items():
        yield f"U {second}", str(expected)
    for day in range(FIRST // 86400, LAST // 86400, 97):
        minute = day * 7 % 1440
        yield f"L {day} {minute}", local_answer(zone, day, minute)
    for at, before, after in changes(zone, grid):
        yield f"U {at - 1}", str(before)
        yield f"U {at}", str(after)
        yield f"U {at + 1}", str(after)
        for wall in local_minutes(at, before, after):
            day, minute = divmod(wall, 1440)
            yield f"L {day} {minute}", local_answer(zone, day, minute)


def main():
    zoneinfo.reset_tzpath([ROOT])
    names = sorted(n for n in zoneinfo.available_timezones()
                   if os.path.isfile(os.path.join(ROOT, n)))
    asked = [(name, q, a) for name in names for q, a in questions(name)]
    with tempfile.TemporaryFile("w+") as file:
        file.writelines(q + "\n" for _, q, _ in asked)
        file.seek(0)
        run = subprocess.run([sys.argv[1]], stdin=file, capture_output=True, text=True)
    expected = [(name, q, a) for name, q, a in asked if a is not None]
    answers = run.stdout.splitlines()
    wrong = [(n, q, a, got) for (n, q, a), got in zip(expected, answers) if a != got]
    kinds = [sum(a.endswith(f" {k}") for _, q, a in expected if q[0] == "L")
             for k in (PLAIN, GAP, FOLD)]
    print(f"{len(names)} zones, {len(expected)} questions, of which local times: "
          f"{kinds[PLAIN]} plain, {kinds[GAP]} in gaps, {kinds[FOLD]} in folds; "
          f"{len(wrong)} wrong")
    for name, question, answer, got in wrong[:20]:
        print(f"{name}: {question}: expected {answer}, got {got}")
    if run.returncode != 0 or len(answers) != len(expected):
        print(f"zone_dump: status {run.returncode}, {len(answers)} answers\n{run.stderr}")
        return 1
    # A database without gaps, folds or most of its zones would prove nothing.
    if len(names) < 400 or min(kinds) < 1000:
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
