# One recipe per check; `.ci/run` has the same commands, for machines without just.

default: check

# What CI runs, but for `postgres` and `tools`, which need more than Rust.
check: fmt clippy doc test features

# What the README says.
test:
    cargo test --workspace

fmt:
    cargo fmt --all --check

clippy:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps

# The suite of compile errors.
ui:
    cargo test -p ui-tests

# Every behaviour on PostgreSQL; fails where there is no server.
postgres:
    REQUIRE_POSTGRES=1 cargo test -p resource-runtime -p it --all-features

# Every feature by itself compiles, without a warning.
features:
    for it in "" macros server sqlite postgres postgres-tls conformance password client-core client "server,docs-ui"; do \
        cargo clippy -p resource-runtime --no-default-features --features "$it" -- -D warnings || exit 1; \
    done

# Query strings, filter trees and cursors under a fuzzer (needs nightly and cargo-fuzz). Without one, a test runs the
# corpus and what comes of it by chance: `FUZZ_SECONDS=60 cargo test -p it --test fuzz`.
fuzz seconds="60":
    cd fuzz && for target in query filter cursor; do cargo +nightly fuzz run $target -- -max_total_time={{seconds}}; done

# What requests cost, next to servers by hand (`tests/bench/README.md`).
bench *options="--quick":
    cd tests/bench && cargo run --release -p driver -- {{options}}

# Instructions of the hot paths, next to serde and validator (needs valgrind and `cargo install gungraun-runner --version 0.20.0`).
bench-instructions *filter:
    cd resource-runtime/benches && cargo bench -- {{filter}}

# The document, judged by tools that others wrote (needs Python and Node).
tools:
    tests/tools/run

# Bless snapshots and the messages of compile errors; read the diff afterwards.
bless:
    TRYBUILD=overwrite cargo test -p ui-tests
    INSTA_UPDATE=always cargo test -p resource-macros
    BLESS=1 cargo test -p resource-runtime

# Licences, sources, duplicate majors (needs cargo-deny).
deny:
    cargo deny check licenses bans sources
