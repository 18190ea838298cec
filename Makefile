# make help says what is here; README.md begins with the two that a newcomer needs.
SHELL := /bin/bash
DIR ?= var/demo
LISTEN ?= 127.0.0.1:8080
MESON := meson setup --reconfigure
JOBS ?= $(shell nproc)

.PHONY: help run dev build sanitized deps deps-test test check bench coverage fuzz clean

help:		## what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##\s*/\t/' | expand -t 12

run: build	## install what is missing, build, start with a demonstration practice
	@tools/run.sh "$(DIR)" "$(LISTEN)"

dev: build	## the same with a fixed clock and invented patients, in a folder of its own
	@tools/run.sh var/dev "$(LISTEN)" --now 2026-11-23T07:30:00Z

deps:		## Debian packages that the build needs
	@tools/deps.sh build

deps-test: deps	## and those of the tests, with the npm packages of package-lock.json
	@tools/deps.sh test

build: deps	## the program, hardened, at build/serment
	@test -f build/release/build.ninja || meson setup build/release --buildtype=release -Dtests=false >/dev/null
	@ninja -C build/release -j$(JOBS) --quiet >/dev/null || ninja -C build/release -j$(JOBS)
	@install -m 755 build/release/src/app/serment build/serment

sanitized: deps
	@test -f build/sanitized/build.ninja || meson setup build/sanitized -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
	@ninja -C build/sanitized -j$(JOBS) --quiet >/dev/null || ninja -C build/sanitized -j$(JOBS)

check: sanitized	## the fast part, before each commit: a minute or so
	@tools/test.py check

test: deps-test build sanitized	## everything
	@tools/test.py all

bench: deps-test build	## figures, each beside its reference; JSON under bench/results
	@tools/bench.py

fuzz: deps-test	## every parser against any bytes, 20 s each; needs clang
	@tests/fuzz/fuzz.sh 20

coverage: deps-test	## branches of store, vault, access, practice
	@tools/coverage.sh

clean:		## what the build made; var/ stays
	rm -rf build
