#!/usr/bin/env bash
# Start the server on a demonstration practice, made on the first start.
# Usage: run.sh FOLDER ADDRESS:PORT [options of serve]
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$1 listen=$2
shift 2

if [ ! -f "$dir/demo.json" ]; then
	echo "First start: filling $dir with a demonstration practice (invented people)."
	mkdir -p "$dir"
	build/serment demo --dir "$dir" --seed 1 --orgs 1 --practitioners 4 --patients 300 \
		--appointments 1500 --json >"$dir/demo.json.new"
	mv "$dir/demo.json.new" "$dir/demo.json"
fi
tools/addresses.py "$dir/demo.json" "http://localhost:${listen##*:}"
exec build/serment serve --dir "$dir" --listen "$listen" --demo "$@"
