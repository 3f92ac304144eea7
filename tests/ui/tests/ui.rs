//! Every file of `ui/` is a mistake (or several), with what the compiler says of it beside it.
//!
//! To bless what it says now: `TRYBUILD=overwrite cargo test -p ui-tests`. Then read it: the message
//! alone has to be enough for someone who sees the framework for the first time.

#[test]
fn ui() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
