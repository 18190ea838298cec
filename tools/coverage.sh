#!/bin/bash
# Branch coverage of the layers that keep data, from the unit tests on both engines:
# a table, and status 1 when a folder has less than LEAST per cent.
#
# Left out of the measure, and shown beside it: the lines of TRY(...), whose second
# branch is "the call failed, so do we" (the torture tests fail each statement in
# turn), of assert(...), whose second branch is our own mistake, and of calls of
# libsodium and of pthread that cannot fail without a panic.
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
print(f"{'folder':10} {'branches':>9} {'covered':>8}   with what is left out")
for folder in folders:
    percent, total = share(kept, folder)
    raw, raw_total = share(every, folder)
    low += percent < least or total == 0
    print(f"{folder:10} {total:9} {percent:7.1f}%   {raw:.1f}% of {raw_total}")
print("least covered:")
for f in sorted((f for f in kept if f["branch_total"] > 0), key=lambda f: f["branch_percent"])[:12]:
    print(f"  {f['filename']:38} {f['branch_percent']:5.1f}% of {f['branch_total']}")
print(f"{len(folders) - low} passed, {low} failed")
sys.exit(low > 0)
EOF
