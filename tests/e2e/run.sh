#!/usr/bin/env bash
# The pages in Chromium.  Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.."
export SERMENT_BIN=${SERMENT_BIN:-$PWD/build/serment}
report=$(mktemp)
PLAYWRIGHT_JSON_OUTPUT_NAME=$report node_modules/.bin/playwright test \
	--config tests/e2e/playwright.config.mjs --reporter=list,json "$@"
python3 - "$report" <<'PY'
import json, sys
try:
    stats = json.load(open(sys.argv[1]))["stats"]
    print(f"{stats['expected'] + stats['flaky']} passed, {stats['unexpected']} failed")
    sys.exit(stats["unexpected"] > 0 or stats["expected"] == 0)
except (OSError, ValueError):
    print("0 passed, 1 failed")
    sys.exit(1)
PY
code=$?
rm -f "$report"
exit $code
