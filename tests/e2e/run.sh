#!/usr/bin/env bash
# The pages in Chromium, then Lighthouse.  Ends with "N passed, N failed".
# With arguments (run.sh pages.spec -g agenda) Playwright alone, on what they name.
set -uo pipefail
cd "$(dirname "$0")/../.."
[ -x build/node/bin/node ] && export PATH="$PWD/build/node/bin:$PATH"	# put there by tools/deps.sh
export SERMENT_BIN=${SERMENT_BIN:-$PWD/build/serment}
report=$(mktemp)
lighthouse=$(mktemp)
trap 'rm -f "$report" "$lighthouse"' EXIT
PLAYWRIGHT_JSON_OUTPUT_NAME=$report node_modules/.bin/playwright test \
	--config tests/e2e/playwright.config.mjs --reporter=list,json "$@"
if [ $# -eq 0 ]; then
	node tests/e2e/lighthouse.mjs 2>&1 | tee "$lighthouse"
fi
python3 - "$report" "$lighthouse" "$#" <<'PY'
import json, re, sys
passed = failed = 0
try:
    stats = json.load(open(sys.argv[1]))["stats"]
    passed, failed = stats["expected"] + stats["flaky"], stats["unexpected"]
except (OSError, ValueError):
    failed = 1
if sys.argv[3] == "0":
    said = re.findall(r"^(\d+) passed, (\d+) failed$", open(sys.argv[2]).read(), re.M)
    good, bad = map(int, said[-1]) if said else (0, 1)
    passed, failed = passed + good, failed + bad
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
PY
