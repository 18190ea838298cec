#!/bin/bash
# Branch coverage of the layers that keep data, from the unit tests on both engines:
# a table, and status 1 when a folder has less than LEAST per cent.
#
# What is left out of the measure, and why, the table itself says.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly LEAST=85 BUILD=build/coverage FOLDERS="store vault access practice"

[ -f $BUILD/build.ninja ] || meson setup $BUILD -Db_coverage=true -Doptimization=0 >/dev/null
ninja -C $BUILD --quiet
find $BUILD -name '*.gcda' -delete
tools/pg_private.py -- meson test -C $BUILD --no-rebuild --suite unit --suite slow --quiet --print-errorlogs \
	--timeout-multiplier 4

measure() {	# NAME [gcovr's option...]
	gcovr --root . --object-directory $BUILD --filter 'src/(store|vault|access|practice)/' \
		--json-summary "$BUILD/$1.json" "${@:2}" >/dev/null
}
measure all
measure kept --exclude-branches-by-pattern '.*\b(TRY|assert)\(|.*\b(sodium|crypto|pthread)_\w+\(.* (!=|<) 0'

python3 - $BUILD $LEAST $FOLDERS <<'EOF'
import json
import sys

build, least, folders = sys.argv[1], float(sys.argv[2]), sys.argv[3:]


def read(name):
    with open(f"{build}/{name}.json", encoding="utf-8") as file:
        return json.load(file)["files"]


def share(files, folder):
    mine = [f for f in files if f["filename"].startswith(f"src/{folder}/")]
    total = sum(f["branch_total"] for f in mine)
    return 100.0 * sum(f["branch_covered"] for f in mine) / max(total, 1), total


every, kept, low = read("all"), read("kept"), 0
print("Branches that the unit tests take, on both engines, of the folders that keep data.")
print("Left out of 'covered', and counted in 'of all': the second branch of TRY(...), where a call below")
print("failed and so do we; of assert(...), where the mistake is our own; and of calls of libsodium and")
print("pthread whose failure ends the process.  tests/nth takes many of them, from outside.")
print(f"{'folder':10} {'branches':>9} {'covered':>8}   of all")
for folder in folders:
    percent, total = share(kept, folder)
    raw, raw_total = share(every, folder)
    low += percent < least or total == 0
    print(f"{folder:10} {total:9} {percent:7.1f}%   {raw:.1f}% of {raw_total}")
print("least covered:")
for f in sorted((f for f in kept if f["branch_total"] > 0), key=lambda f: f["branch_percent"])[:12]:
    print(f"  {f['filename']:38} {f['branch_percent']:5.1f}% of {f['branch_total']}")
print(f"coverage: {len(folders) - low} of {len(folders)} folders have at least {least:.0f} % of their branches"
      + ("" if low == 0 else f"; {low} have less, which is a failure"))
print(f"{len(folders) - low} passed, {low} failed")
sys.exit(low > 0)
EOF
