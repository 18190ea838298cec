#!/usr/bin/env bash
# Install what is missing, and only that.  Usage: deps.sh build|test
set -euo pipefail
cd "$(dirname "$0")/.."

build=(gcc libc6-dev meson ninja-build pkg-config python3 brotli libmicrohttpd-dev libsqlite3-dev libpq-dev
	libsodium-dev libutf8proc-dev libjansson-dev liboath-dev libcurl4-openssl-dev libqrencode-dev tzdata
	ca-certificates)
tests=(clang libcmocka-dev libical-dev postgresql-15 python3-aiosmtpd openssl chromium fonts-dejavu-core
	mandoc gcovr wrk sqlite3 libclang-rt-14-dev)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing() {
	for package in "$@"; do
		dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || echo "$package"
	done
}

install_packages() {
	mapfile -t wanted < <(missing "$@")
	[ "${#wanted[@]}" -eq 0 ] && return
	echo "Installing Debian packages: ${wanted[*]}"
	as_root apt-get update -qq
	DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
}

# The browsers' test tools want Node 20; Debian 12 has 18.  npm carries newer ones as packages.
node_too_old() { [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; }

install_node() {
	local arch
	case "$(uname -m)" in
	x86_64) arch=x64 ;;
	aarch64) arch=arm64 ;;
	*) echo "deps: Node 20 or newer is needed for the browser tests" >&2; return 1 ;;
	esac
	[ -x build/node/bin/node ] && return
	echo "Installing Node 20 for the browser tests"
	mkdir -p build/node
	npm install --prefix build/node --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
		"node-linux-$arch@20.20.2"
	mkdir -p build/node/bin
	ln -sf "../node_modules/node-linux-$arch/bin/node" build/node/bin/node
}

# The front-end packages: only the tests need them, the program embeds what was made of them.
install_npm() {
	command -v npm >/dev/null || install_packages nodejs npm
	if node_too_old; then install_node; fi
	local stamp=node_modules/.lock-installed
	if [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
		echo "Installing npm packages"
		PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1 \
			npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
		cp package-lock.json "$stamp"
	fi
}

install_packages "${build[@]}"
if [ "${1:-build}" = test ]; then
	install_packages "${tests[@]}"
	install_npm
fi
