//! Each module is a place that makes it hard for printed code; that it compiles is most of the test.
//!
//! Findings of printed code are errors here: every lint that a user's crate may deny is denied.
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications)]
#![deny(single_use_lifetimes, unused_lifetimes, clippy::all, clippy::pedantic, clippy::nursery)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::missing_const_for_fn,
    clippy::pub_underscore_fields,
    clippy::trivially_copy_pass_by_ref,
    clippy::used_underscore_binding,
    clippy::unnecessary_wraps,
    clippy::non_minimal_cfg,
    reason = "what is written here by hand"
)]

pub mod everything;
pub mod functions;
pub mod idents;
pub mod made_by_macro;
pub mod no_prelude;
mod private;
mod shadowed;
