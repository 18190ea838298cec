#!/bin/bash
# Every parser of tests/fuzz against any bytes whatever: fuzz.sh [SECONDS [TARGET…]].
# What is found is left in build/fuzz/found; put it into corpus/ with the fix.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-20}
shift || true
command -v clang >/dev/null || { echo "fuzz: install clang first (apt-get install clang)" >&2; exit 1; }
[ -f build/fuzz/build.ninja ] || CC=clang meson setup build/fuzz -Dfuzz=true -Db_sanitize=address,undefined \
	-Db_lundef=false -Dc_args="-fsanitize=fuzzer-no-link -Wno-unknown-warning-option" >/dev/null
targets=("$@")
[ $# -gt 0 ] || targets=($(cd tests/fuzz && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//'))
ninja -C build/fuzz --quiet "${targets[@]/#/tests/fuzz/fuzz_}"
passed=0 failed=0
for t in "${targets[@]}"; do
	mkdir -p "build/fuzz/corpus/$t" build/fuzz/found
	if build/fuzz/tests/fuzz/fuzz_"$t" -max_total_time="$seconds" -timeout=10 -max_len=65536 \
		-artifact_prefix="build/fuzz/found/$t-" "build/fuzz/corpus/$t" "tests/fuzz/corpus/$t" \
		>"build/fuzz/$t.log" 2>&1; then
		echo "fuzz $t: $(grep -o 'Done [0-9]* runs' "build/fuzz/$t.log")"
		passed=$((passed + 1))
	else
		echo "fuzz $t: FAILED"
		tail -30 "build/fuzz/$t.log"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
