# Everything that is not plain cargo. `make` alone lists it.

.PHONY: help demo test soak bench check fmt schema record-config

# $(call where_installed,COMMAND,ARGUMENTS,SUBJECT)
where_installed = @if command -v $(1) >/dev/null; then $(1) $(2); \
	else echo "check: $(1) is not installed, so nobody looked at $(3)" >&2; fi

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## an engine, a build, and the tour of both brokers on it
	@scripts/demo

test: ## all that must hold before anything lands: fast, live and browser tests
	@scripts/engine run scripts/test

soak: ## every page of the sites in every setting, and the full matrices on this engine, Docker 26 and Podman 5: hours
	@scripts/soak

bench: ## the figures of BENCHMARKS.md, each beside its bare baseline
	@scripts/engine run scripts/bench/run

check: ## formatting, lints, licences and advisories
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	$(call where_installed,shellcheck,-e SC1091 -e SC2154 $$(git grep -lE '^#!.*sh$$'),the scripts)
	$(call where_installed,cargo-deny,check,licences and advisories)

fmt: ## format the sources
	cargo fmt

schema: ## print the JSON Schema of mqlab.yaml
	@cargo run --locked --quiet -- schema

record-config: ## record again which configuration keys each broker version knows
	@scripts/engine run scripts/record-config/all
