#!/usr/bin/env bash
# Start the server on a demonstration practice, made on the first start.
# Usage: run.sh FOLDER ADDRESS:PORT [options of serve]
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$1 listen=$2
shift 2

if [ ! -f "$dir/demo.json" ]; then
	echo "First start: filling $dir with a demonstration practice (invented people)."
	mkdir -p "$(dirname "$dir")"
	# demo keeps what it prints in the folder, as demo.json, once all is there.
	build/serment demo --dir "$dir" --seed 1 --orgs 1 --practitioners 4 --patients 300 \
		--appointments 1500 --json >/dev/null 2>"$dir.log" || { cat "$dir.log"; exit 1; }
fi
printf 'public_url = http://localhost:%s\n' "${listen##*:}" >"$dir.conf"
tools/addresses.py "$dir/demo.json" "http://localhost:${listen##*:}"
exec build/serment serve --dir "$dir" --config "$dir.conf" --listen "$listen" --demo "$@"
