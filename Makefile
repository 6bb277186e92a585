# One command each. CARGO_TARGET_DIR is respected. Every build takes the whole workspace, so that features are
# unified once and aws-sdk-ec2 is compiled once.
target := $(or $(CARGO_TARGET_DIR),target)
install := tests/counterparts/install
installed := $(or $(LARDER_COUNTERPARTS),.counterparts)
deny := $(installed)/cargo_deny/bin/cargo-deny
charts := crates/dashboard/node_modules/.package-lock.json
functions := $(patsubst crates/lambdas/src/bin/%.rs,--bin %,$(wildcard crates/lambdas/src/bin/*.rs))

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

run: page ## serve a demo fleet on http://127.0.0.1:8080 (ARGS="--listen 127.0.0.1:9000" for more flags)
	cargo build --workspace --bins
	exec $(target)/debug/larder serve --demo $(ARGS)

local-cloud: page ## deploy it to a ministack on this machine, and keep it there until Ctrl-C
	@$(install) ministack sam
	cargo build --release --workspace $(functions)
	cargo build --workspace --example local-cloud
	exec $(target)/debug/examples/local-cloud

test: counterparts page ## all tests, against real counterparts
	cargo build --workspace --bins
	cargo build --release --workspace $(functions)
	cargo test --workspace

mutants: ## break the cache in one way after another: the simulated fleets notice each
	crates/cache/mutants/run $(ARGS)

lint: ## formatting, clippy, dependencies, templates, secrets
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	$(install) cargo_deny scanners sam
	$(deny) --workspace check licenses bans sources
	tests/counterparts/advisories $(deny)
	tests/scanners/run $(abspath $(installed)/scanners) $(abspath $(installed)/sam)

bench: counterparts page ## the benchmarks, optimised; all of them write bench/RESULTS.md
	@$(install) bentocache
	cargo build --release --workspace --bins
	$(target)/release/larder-bench $(ARGS)

build: page ## the programs and functions, optimised
	cargo build --release --workspace --bins

deploy: page ## build and deploy to AWS, as STAGE=dev or another stage of cfn/samconfig.toml (ARGS="..." for more flags of sam deploy)
	@[ -n "$(STAGE)" ] || { echo 'which stage? make deploy STAGE=dev, or another of cfn/samconfig.toml' >&2; exit 2; }
	@$(install) sam
	cargo build --release --workspace $(functions)
	CARGO_TARGET_DIR=$(abspath $(target)) SAM=$(abspath $(installed)/sam) cfn/deploy $(STAGE) $(ARGS)

page: ## what the page takes from npm, where npm is there: without, it has tables and no charts
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(charts); else echo 'no charts on the page: npm is needed for them'; fi

# Only when the lock is newer than what npm installed of it.
$(charts): crates/dashboard/package-lock.json
	npm ci --silent --no-audit --no-fund --ignore-scripts --prefix crates/dashboard
	@touch $@

counterparts: ## install what tests run against (DynamoDB Local, ministack, moto, sam, ...)
	@$(install)

.PHONY: help run local-cloud test mutants lint bench build deploy page counterparts
