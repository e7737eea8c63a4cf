# `make test` is what must hold before anything lands.

.PHONY: test check fmt

test:
	cargo test --lib --test it

check:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

fmt:
	cargo fmt
